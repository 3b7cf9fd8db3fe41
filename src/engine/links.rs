//! Index pages whose links are entries, by CSS selectors from the configuration.

use std::collections::HashMap;

use scraper::{ElementRef, Html, Selector};

use crate::engine::dates;
use crate::model::entry::{Entry, ParsedFeed};
use crate::model::url::WebUrl;

/// Most links that a page is read for.
pub const LINKS_MAX: usize = 2_000;

/// Longest page that is read, in bytes.
pub const PAGE_MAX_BYTES: usize = 16 << 20;

/// Longest text of a link that is a headline, in characters.
const TITLE_MAX_CHARS: usize = 500;

/// Whether a text is a CSS selector that link rules can use; if not, why.
pub fn check_selector(selector: &str) -> Result<(), String> {
    Selector::parse(selector).map(drop).map_err(|error| error.to_string())
}

/// The links of an index page that the selectors choose, in the order of the page. A selector may choose the links
/// themselves or elements that hold them. A page that is linked twice (picture and headline) is one entry, with the
/// headline.
pub fn parse(html: &str, base: &WebUrl, selectors: &[String]) -> ParsedFeed {
    let mut feed = ParsedFeed {
        format: "page".to_owned(),
        title: None,
        link: Some(base.clone()),
        language: None,
        updated: None,
        ttl_s: None,
        hub: None,
        self_url: None,
        entries: Vec::new(),
    };
    // One selector of them all gives the elements in the order of the page.
    let Ok(chosen) = Selector::parse(&selectors.join(", ")) else { return feed };
    let page = Html::parse_document(bounded(html));
    let base = page_base(&page, base);
    feed.title = first(&page, "title").map(text_of).filter(|title| !title.is_empty());
    feed.language = first(&page, "html").and_then(|html| html.attr("lang")).map(str::to_owned);
    let mut places: HashMap<String, usize> = HashMap::new();
    for element in page.select(&chosen) {
        for link in links_of(element) {
            if feed.entries.len() >= LINKS_MAX {
                return feed;
            }
            let Some(entry) = entry(link, element, &base) else { continue };
            if let Some(known) = places.get(&entry.id).and_then(|place| feed.entries.get_mut(*place)) {
                complete(known, entry);
            } else {
                places.insert(entry.id.clone(), feed.entries.len());
                feed.entries.push(entry);
            }
        }
    }
    feed
}

fn bounded(html: &str) -> &str {
    let end = (0..=PAGE_MAX_BYTES.min(html.len())).rev().find(|end| html.is_char_boundary(*end)).unwrap_or(0);
    html.get(..end).unwrap_or_default()
}

/// `<base href>` of the page.
fn page_base(page: &Html, base: &WebUrl) -> WebUrl {
    let stated = first(page, "base[href]").and_then(|element| element.attr("href"));
    stated.and_then(|href| base.join(href).ok()).unwrap_or_else(|| base.clone())
}

fn first<'a>(page: &'a Html, selector: &'static str) -> Option<ElementRef<'a>> {
    page.select(&Selector::parse(selector).ok()?).next()
}

/// The element itself, or the links in it.
fn links_of(element: ElementRef<'_>) -> Vec<ElementRef<'_>> {
    if element.attr("href").is_some() {
        return vec![element];
    }
    let Ok(links) = Selector::parse("a[href]") else { return Vec::new() };
    element.select(&links).take(LINKS_MAX).collect()
}

fn entry(link: ElementRef<'_>, chosen: ElementRef<'_>, base: &WebUrl) -> Option<Entry> {
    let href = link.attr("href")?.trim();
    if href.is_empty() || href.starts_with('#') {
        return None;
    }
    let url = base.join(href.split('#').next().unwrap_or(href)).ok()?;
    let mut entry = Entry::of_url(url);
    entry.title = title_of(link);
    // A date belongs to the link only if it stands in the same chosen element.
    entry.published = Selector::parse("time[datetime]")
        .ok()
        .and_then(|times| chosen.select(&times).next())
        .and_then(|time| time.attr("datetime"))
        .and_then(dates::parse);
    Some(entry)
}

/// The link's text, else what it says of itself, else its picture's.
fn title_of(link: ElementRef<'_>) -> Option<String> {
    let picture = Selector::parse("img[alt]").ok();
    [
        Some(text_of(link)),
        link.attr("aria-label").map(str::to_owned),
        link.attr("title").map(str::to_owned),
        picture.and_then(|picture| link.select(&picture).next()).and_then(|it| it.attr("alt")).map(str::to_owned),
    ]
    .into_iter()
    .flatten()
    .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(TITLE_MAX_CHARS).collect::<String>())
    .find(|text| !text.is_empty())
}

fn text_of(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The longer text of two links to one page is the headline: the other is «read more» or a picture's.
fn complete(known: &mut Entry, again: Entry) {
    let length = |entry: &Entry| entry.title.as_deref().map_or(0, str::len);
    if length(&again) > length(known) {
        known.title = again.title;
    }
    known.published = known.published.or(again.published);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PAGE: &str = r##"<html lang=en><head><title>Front | A</title><base href="https://a.test/news/"></head><body>
<nav><a href="/about">About</a></nav>
<article><a href="one.html#top"><img alt="A picture" src=x></a><h2><a href="one.html">Rain <b>and</b> wind</a></h2>
<time datetime="2024-05-01T10:00:00Z">1 May</time></article>
<article><h2><a href="/two">Two</a></h2><a href="mailto:x@a.test">mail</a><a href="#x">x</a></article>
<a class=teaser href="https://b.test/three" title="Three"></a></body></html>"##;

    fn shown(selectors: &[&str]) -> Vec<String> {
        let selectors: Vec<String> = selectors.iter().map(|text| (*text).to_owned()).collect();
        parse(PAGE, &WebUrl::parse("https://a.test/").unwrap(), &selectors)
            .entries
            .into_iter()
            .map(|entry| {
                let date = entry.published.map(|date| date.to_string()).unwrap_or_default();
                format!("{} {} {date}", entry.id, entry.title.unwrap_or_default()).trim().to_owned()
            })
            .collect()
    }

    #[test]
    fn chosen_links_are_entries_in_the_order_of_the_page() {
        let expected = [
            "https://a.test/news/one.html Rain and wind 2024-05-01T10:00:00Z",
            "https://a.test/two Two",
            "https://b.test/three Three",
        ];
        assert_eq!(shown(&["a.teaser", "article"]), expected);
        assert_eq!(shown(&["h2 a"]), ["https://a.test/news/one.html Rain and wind", "https://a.test/two Two"]);
    }

    #[test]
    fn a_selector_is_checked() {
        assert!(check_selector("article > h2 a[href^='/news']").is_ok());
        assert!(check_selector("a[").is_err());
        assert!(check_selector("").is_err());
    }

    #[test]
    fn deep_pages_are_read_without_the_stack() {
        let deep = format!("{}<a href=/x>x</a>", "<div>".repeat(20_000));
        let feed = parse(&deep, &WebUrl::parse("https://a.test/").unwrap(), &["a".to_owned()]);
        assert_eq!(feed.entries.len(), 1);
    }

    proptest! {
        #[test]
        fn any_page_is_read(html in "[<>a-z=\"'/ ]{0,200}", selector in "[a-z.#>\\[\\]: ]{0,12}") {
            parse(&html, &WebUrl::parse("https://a.test/").unwrap(), &[selector]);
        }
    }
}
