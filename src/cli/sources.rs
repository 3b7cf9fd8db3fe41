//! `sources`: list, test, discover, import, export.

use std::path::Path;

use anyhow::{Context as _, anyhow, bail};
use serde::Serialize;

use super::args::{Cli, SourcesAction};
use super::input::Inputs;
use super::output::{Output, counted, printable, shorten};
use super::replay;
use crate::config::{Config, SourceConfig};
use crate::engine::schedule::format_duration;
use crate::engine::{feed, opml, sitemap};
use crate::io::clock::Clock;
use crate::io::store::{Reader, StoreError};
use crate::model::entry::ParsedFeed;
use crate::model::fetch::Page;
use crate::model::record::SourceRecord;
use crate::model::source::WaitReason;
use crate::model::time::SignedDuration;
use crate::model::url::WebUrl;

pub(crate) fn run(cli: &Cli, action: Option<&SourcesAction>, json: bool) -> anyhow::Result<()> {
    super::quiet_log(cli);
    let output = Output::new(json);
    match action {
        None => list(cli, output),
        Some(SourcesAction::Test { url }) => test(cli, &address(url)?, output),
        Some(SourcesAction::Discover { url }) => super::discover::run(cli, &address(url)?, output),
        Some(SourcesAction::Import { file, write }) => import(cli, file, *write, output),
        Some(SourcesAction::Export) => export(cli, output),
        Some(SourcesAction::Replay { source, ignore, since }) => {
            replay::run(cli, &replay::Ask { source: source.as_deref(), ignore, since: since.as_deref() }, output)
        }
    }
}

fn address(text: &str) -> anyhow::Result<WebUrl> {
    WebUrl::parse(text).map_err(|error| anyhow!("{error}; write the whole address, such as https://example.org/rss"))
}

/// The sources of the config, in its order, each as the store knows it; also where there is no store yet.
pub(crate) fn lines(config: &Config) -> Result<Vec<SourceRecord>, StoreError> {
    let known = match Reader::open(&config.store.path) {
        Ok(reader) => reader.sources(Clock::system().now())?,
        Err(StoreError::Missing { .. }) => Vec::new(),
        Err(error) => return Err(error),
    };
    let line = |source: &SourceConfig| known.iter().find(|line| line.id == source.id).cloned();
    Ok(config.sources.iter().map(|source| line(source).unwrap_or_else(|| unknown(source))).collect())
}

/// A source that no poll has met yet.
fn unknown(source: &SourceConfig) -> SourceRecord {
    SourceRecord {
        id: source.id.clone(),
        name: source.name.clone(),
        url: source.url.as_str().to_owned(),
        status: "new".to_owned(),
        last_success: None,
        last_error: None,
        last_poll: None,
        next_poll: None,
        interval_s: None,
        interval_reason: None,
        push: None,
        articles_per_day: 0.0,
        articles: 0,
        moved_to: None,
    }
}

fn list(cli: &Cli, output: Output) -> anyhow::Result<()> {
    let config = super::config_to_read(cli)?;
    let lines = lines(&config)?;
    if output.is_json() {
        for line in &lines {
            output.record(line)?;
        }
        return Ok(());
    }
    let rows = lines.iter().map(|line| {
        vec![
            line.id.to_string(),
            line.status.clone(),
            line.last_success.map_or_else(|| "never".to_owned(), |at| at.strftime("%F %H:%M").to_string()),
            line.next_poll.map_or_else(|| "-".to_owned(), |at| at.strftime("%F %H:%M").to_string()),
            rhythm(line),
            format!("{:.1}", line.articles_per_day),
            shorten(line.last_error.as_deref().unwrap_or(""), 60),
        ]
    });
    let heading = ["source", "status", "last success", "next poll", "every", "articles/day", "error"];
    Ok(output.table(&heading, rows.collect(), "no sources: add a [[source]] to the config")?)
}

/// The interval between two polls, and what decided on it where that is not the config.
fn rhythm(line: &SourceRecord) -> String {
    // To the minute, or to the second below one.
    let whole = |seconds: f64| if seconds < 60.0 { seconds.ceil() } else { (seconds / 60.0).round() * 60.0 };
    let wait = line.interval_s.and_then(|seconds| SignedDuration::try_from_secs_f64(whole(seconds)).ok());
    let wait = wait.map(format_duration);
    let said = match line.interval_reason.as_deref().and_then(WaitReason::parse) {
        None | Some(WaitReason::Config) => None,
        Some(WaitReason::Cron) => Some("cron"),
        Some(WaitReason::Rhythm) => Some("its rhythm"),
        Some(WaitReason::Silence) => Some("silent"),
        Some(WaitReason::Push) => Some("its hub pushes"),
        Some(WaitReason::Publisher) => Some("publisher asks"),
        Some(WaitReason::Failing) => Some("failing"),
    };
    match (wait, said) {
        (Some(wait), Some(said)) => format!("{wait} ({said})"),
        (Some(wait), None) => wait,
        (None, Some(said)) => said.to_owned(),
        (None, None) => "-".to_owned(),
    }
}

/// What a URL turned out to be.
pub(super) enum Found {
    Listing(Box<ParsedFeed>, Vec<String>),
    SitemapIndex(Vec<sitemap::IndexEntry>),
    NoListing(String),
}

pub(super) fn recognise(page: &Page) -> Found {
    let (bytes, kind, base) = (&page.body[..], page.content_type(), &page.final_url);
    match feed::parse(bytes, kind, base) {
        Ok((parsed, problems)) => Found::Listing(Box::new(parsed), problems),
        Err(why) => match sitemap::parse(bytes, kind, base) {
            Ok(sitemap::Sitemap::Urls(parsed)) => Found::Listing(Box::new(parsed), Vec::new()),
            Ok(sitemap::Sitemap::Index(children)) => Found::SitemapIndex(children),
            Err(_) => Found::NoListing(why.to_string()),
        },
    }
}

#[derive(Serialize)]
struct TestLine<'a> {
    url: &'a WebUrl,
    final_url: &'a WebUrl,
    status: u16,
    format: &'a str,
    title: Option<&'a str>,
    entries: usize,
    etag: Option<&'a str>,
    last_modified: Option<&'a str>,
    problems: &'a [String],
}

fn test(cli: &Cli, url: &WebUrl, output: Output) -> anyhow::Result<()> {
    let page = Inputs::new(cli).fetch(url)?;
    let (parsed, problems) = match recognise(&page) {
        Found::Listing(parsed, problems) => (parsed, problems),
        Found::SitemapIndex(children) => {
            return Ok(output.line(format!(
                "{url}: a sitemap index of {}; use it as `sitemap = …`",
                counted(children.len(), "sitemap")
            ))?);
        }
        Found::NoListing(why) => {
            bail!("{url} lists nothing: {why}\nhint: find the site's feeds with `wirewatch sources discover {url}`")
        }
    };
    if output.is_json() {
        return Ok(output.record(&TestLine {
            url,
            final_url: &page.final_url,
            status: page.status,
            format: &parsed.format,
            title: parsed.title.as_deref(),
            entries: parsed.entries.len(),
            etag: page.validators.etag.as_deref(),
            last_modified: page.validators.last_modified.as_deref(),
            problems: &problems,
        })?);
    }
    let title = parsed.title.as_deref().unwrap_or("(no title)");
    output.line(printable(&format!("{title}: {}, {} entries", parsed.format, parsed.entries.len())))?;
    let conditional = if page.validators.etag.is_some() || page.validators.last_modified.is_some() {
        "conditional requests work (the server sends validators)"
    } else {
        "the server sends no ETag and no Last-Modified: every poll costs it the whole answer"
    };
    output.line(conditional)?;
    if let Some(moved) = &page.moved_to {
        output.line(format!("it moved for good: use {}", moved.as_str()))?;
    }
    for problem in &problems {
        output.line(printable(&format!("mended: {problem}")))?;
    }
    let rows = parsed.entries.iter().take(5).map(|entry| {
        vec![
            entry.published.map_or_else(|| "-".to_owned(), |at| at.to_string()),
            shorten(entry.title.as_deref().unwrap_or("(no title)"), 90),
        ]
    });
    Ok(output.table(&["published", "title"], rows.collect(), "no entries")?)
}

fn import(cli: &Cli, file: &Path, write: bool, output: Output) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
    let listed = opml::parse(&text).with_context(|| format!("read {} as OPML", file.display()))?;
    let mut taken: Vec<String> = match super::config_to_read(cli) {
        Ok(config) => config.sources.iter().map(|source| source.id.to_string()).collect(),
        Err(error) if write => return Err(error),
        Err(_) => Vec::new(),
    };
    let mut tables = String::new();
    for source in &listed {
        let id = slug(&source.title, source.feed.host(), &taken);
        let name = toml::Value::String(printable(&source.title));
        let feed = toml::Value::String(source.feed.as_str().to_owned());
        tables.extend([
            "[[source]]\nid = \"",
            &id,
            "\"\nname = ",
            &name.to_string(),
            "\nfeed = ",
            &feed.to_string(),
            "\n\n",
        ]);
        taken.push(id);
    }
    if !write {
        return Ok(output.raw(tables.as_bytes())?);
    }
    let config = super::config_to_read(cli)?;
    let dir = config.path.parent().unwrap_or(Path::new(".")).join("conf.d");
    std::fs::create_dir_all(&dir).with_context(|| format!("create {}", dir.display()))?;
    let stem = file.file_stem().map_or_else(|| "opml".into(), |stem| stem.to_string_lossy());
    let path = dir.join(format!("{}.toml", slug(&stem, "opml", &[])));
    if path.exists() {
        bail!("{} exists already: remove it first, or import without --write", path.display());
    }
    std::fs::write(&path, tables).with_context(|| format!("write {}", path.display()))?;
    Ok(output.line(format!(
        "wrote {} to {}; `wirewatch check` validates them",
        counted(listed.len(), "source"),
        path.display()
    ))?)
}

/// An id from a title, else from the host; with a number where it is taken.
fn slug(title: &str, host: &str, taken: &[String]) -> String {
    let make = |text: &str| {
        let mut out = String::new();
        for c in text.to_lowercase().chars() {
            match c {
                'a'..='z' | '0'..='9' => out.push(c),
                _ if !out.ends_with('-') && !out.is_empty() => out.push('-'),
                _ => {}
            }
        }
        out.trim_end_matches('-').chars().take(48).collect::<String>().trim_end_matches('-').to_owned()
    };
    let base = [make(title), make(host)].into_iter().find(|base| !base.is_empty()).unwrap_or_else(|| "source".into());
    let numbered = (2..).map(|number| format!("{base}-{number}"));
    std::iter::once(base.clone()).chain(numbered).find(|id| !taken.contains(id)).unwrap_or(base)
}

fn export(cli: &Cli, output: Output) -> anyhow::Result<()> {
    let config = super::config_to_read(cli)?;
    let listed: Vec<opml::OpmlSource> = config.sources.iter().map(|source| outline(source)).collect();
    Ok(output.raw(opml::write("wirewatch sources", &listed).as_bytes())?)
}

fn outline(source: &SourceConfig) -> opml::OpmlSource {
    opml::OpmlSource { title: source.name.clone(), feed: source.url.clone(), site: None, category: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_imported_source_gets_a_readable_id_of_its_own() {
        assert_eq!(slug("BBC News — World", "x.test", &[]), "bbc-news-world");
        assert_eq!(slug("新华社", "news.test", &[]), "news-test");
        assert_eq!(slug("A", "b", &["a".to_owned(), "a-2".to_owned()]), "a-3");
    }
}
