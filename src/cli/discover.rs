//! `sources discover`: the feeds and sitemaps of a site, each looked at before it is named.

use anyhow::bail;
use serde::Serialize;

use super::args::Cli;
use super::input::Inputs;
use super::output::Output;
use super::sources::{Found, recognise};
use crate::engine::discover::{self, FoundFeed};
use crate::engine::{decode, sitemap};
use crate::model::entry::ParsedFeed;
use crate::model::url::WebUrl;

/// Sitemaps of one site that are looked at: of those that robots.txt names, and of the news among those that an index
/// names.
const SITEMAPS_MAX: usize = 8;

pub(super) fn run(cli: &Cli, url: &WebUrl, output: Output) -> anyhow::Result<()> {
    let mut inputs = Inputs::new(cli);
    let page = inputs.fetch(url)?;
    let mut found = match recognise(&page) {
        Found::Listing(parsed, _) => vec![listing(page.final_url.clone(), *parsed)],
        Found::SitemapIndex(children) => index(&mut inputs, page.final_url.clone(), &children),
        Found::NoListing(_) => discover::feeds(&decode::html(&page.body, page.content_type()), &page.final_url),
    };
    add(&mut found, named_by_robots(&mut inputs, &page.final_url));
    if found.iter().all(|one| one.format.contains("sitemap")) {
        // No feed is named: ask for the addresses that content systems use, and keep what parses.
        let mut usual = Vec::new();
        for path in discover::common_paths(&page.final_url) {
            let Ok(page) = inputs.fetch(&path) else { continue };
            if let Found::Listing(parsed, _) = recognise(&page) {
                usual.push(listing(page.final_url, *parsed));
            }
        }
        add(&mut usual, found);
        found = usual;
    }
    if found.is_empty() {
        bail!(
            "{url}: no feed is named on the page, no sitemap in robots.txt, and none is at the usual addresses; use `page` \
             with `links` rules"
        );
    }
    show(found, output)
}

fn show(found: Vec<FoundFeed>, output: Output) -> anyhow::Result<()> {
    #[derive(Serialize)]
    struct Line<'a> {
        url: &'a WebUrl,
        title: Option<&'a str>,
        format: &'a str,
    }
    if output.is_json() {
        for one in &found {
            output.record(&Line { url: &one.url, title: one.title.as_deref(), format: &one.format })?;
        }
        return Ok(());
    }
    let row = |one: FoundFeed| vec![one.url.as_str().to_owned(), one.format, one.title.unwrap_or_default()];
    Ok(output.table(&["feed", "format", "title"], found.into_iter().map(row).collect(), "")?)
}

/// What robots.txt names, as far as it is there. Some sites name their feeds in it.
fn named_by_robots(inputs: &mut Inputs<'_>, site: &WebUrl) -> Vec<FoundFeed> {
    let mut found = Vec::new();
    for url in inputs.sitemaps(site).unwrap_or_default().into_iter().take(SITEMAPS_MAX) {
        let Ok(page) = inputs.fetch(&url) else { continue };
        match recognise(&page) {
            Found::Listing(parsed, _) => found.push(listing(page.final_url, *parsed)),
            Found::SitemapIndex(children) => found.extend(index(inputs, page.final_url, &children)),
            Found::NoListing(_) => {}
        }
    }
    // Feeds first, then news, then the rest.
    found.sort_by_key(|one| match one.format.as_str() {
        "news sitemap" => 1,
        "sitemap" => 2,
        "sitemap index" => 3,
        _ => 0,
    });
    found
}

/// A sitemap index, with the news sitemaps in it.
fn index(inputs: &mut Inputs<'_>, url: WebUrl, children: &[sitemap::IndexEntry]) -> Vec<FoundFeed> {
    let mut found = Vec::new();
    let news = children.iter().filter(|child| child.url.as_str().to_ascii_lowercase().contains("news"));
    for child in news.take(SITEMAPS_MAX) {
        let Ok(page) = inputs.fetch(&child.url) else { continue };
        if let Found::Listing(parsed, _) = recognise(&page) {
            found.push(listing(page.final_url, *parsed));
        }
    }
    found.push(FoundFeed { url, title: None, format: "sitemap index".to_owned() });
    found
}

fn listing(url: WebUrl, parsed: ParsedFeed) -> FoundFeed {
    // Only a news sitemap gives its pages titles.
    let is_news = parsed.format == "sitemap" && parsed.entries.iter().any(|entry| entry.title.is_some());
    let format = if is_news { "news sitemap".to_owned() } else { parsed.format };
    FoundFeed { url, title: parsed.title, format }
}

/// Adds what is not there yet.
fn add(found: &mut Vec<FoundFeed>, more: Vec<FoundFeed>) {
    for one in more {
        if found.iter().all(|known| known.url != one.url) {
            found.push(one);
        }
    }
}
