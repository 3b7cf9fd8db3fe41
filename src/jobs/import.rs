//! Brings in articles from elsewhere: JSON Lines, through the same normalize → dedupe → revision → topic path as pages.

use std::io::BufRead;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Context;
use crate::config::Backlog;
use crate::engine::candidate::{Candidate, Given, GivenBody};
use crate::engine::ingest::{AskedBy, Capture, Ingested, Outcome, Reread};
use crate::engine::page::dates;
use crate::io::store::StoreError;
use crate::model::ids::SourceId;
use crate::model::time::{Published, Timestamp};
use crate::model::url::WebUrl;

/// Longest line that is read, in bytes.
const LINE_MAX_BYTES: usize = 16 << 20;
/// The source of lines that name none.
const DEFAULT_SOURCE: &str = "import";

/// What happened while reading.
#[derive(Debug)]
pub enum Step {
    /// So many bytes more were read.
    Read(u64),
    /// A line that was skipped.
    Bad {
        /// Its number, from 1.
        line: u64,
        /// Why.
        reason: String,
    },
}

/// What an import came to.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Imported {
    /// Lines that hold something.
    pub lines: u64,
    /// New articles.
    pub new: u64,
    /// New revisions.
    pub revised: u64,
    /// Nothing new.
    pub unchanged: u64,
    /// Skipped.
    pub bad: u64,
}

/// One line, as the contract has it; other keys are ignored, so that an archive's own exports come in.
#[derive(Debug, Deserialize)]
struct Line {
    url: String,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    html: Option<String>,
    #[serde(default)]
    published: Option<String>,
    #[serde(default, alias = "authors")]
    author: Option<Authors>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    fetched: Option<String>,
}

/// One name, or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Authors {
    One(String),
    Several(Vec<String>),
}

/// Reads lines until the end; a bad one is told and skipped. Fails only where the store or the reading does.
pub async fn lines(
    context: &Arc<Context>,
    mut from: Box<dyn BufRead>,
    told: &mut dyn FnMut(Step),
) -> Result<Imported, ImportError> {
    let mut imported = Imported::default();
    let mut number = 0;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let read = std::io::Read::take(&mut *from, LINE_MAX_BYTES as u64 + 1).read_until(b'\n', &mut buffer)?;
        if read == 0 {
            return Ok(imported);
        }
        number += 1;
        told(Step::Read(read as u64));
        let text = buffer.trim_ascii();
        if text.is_empty() {
            continue;
        }
        imported.lines += 1;
        let taken = if buffer.len() > LINE_MAX_BYTES {
            skip_line(&mut *from)?;
            Err("it is longer than 16 MiB".to_owned())
        } else {
            read_line(text)
        };
        match taken {
            Err(reason) => {
                imported.bad += 1;
                told(Step::Bad { line: number, reason });
            }
            Ok(line) => match one(context, line).await? {
                Ok(Outcome::New) => imported.new += 1,
                Ok(Outcome::Revised { .. }) => imported.revised += 1,
                Ok(_) => imported.unchanged += 1,
                Err(reason) => {
                    imported.bad += 1;
                    told(Step::Bad { line: number, reason });
                }
            },
        }
    }
}

/// Why an import stopped.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read on.
    #[error("the file cannot be read")]
    Read(#[from] std::io::Error),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

/// A line, checked.
struct Checked {
    url: WebUrl,
    line: Line,
    fetched: Option<Timestamp>,
    source: SourceId,
    source_name: String,
}

fn read_line(text: &[u8]) -> Result<Checked, String> {
    let line: Line = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    let url = WebUrl::parse(&line.url).map_err(|error| error.to_string())?;
    let empty = |text: &Option<String>| text.as_deref().is_none_or(|text| text.trim().is_empty());
    if empty(&line.text) && empty(&line.html) {
        return Err(format!("{url}: it has neither `text` nor `html`"));
    }
    let fetched = match &line.fetched {
        Some(text) => {
            let at = Published::parse_stored(text).map(Published::instant);
            Some(at.ok_or_else(|| format!("`fetched` = `{text}` is neither RFC 3339 nor YYYY-MM-DD"))?)
        }
        None => None,
    };
    let name = line.source.clone().unwrap_or_else(|| DEFAULT_SOURCE.to_owned());
    Ok(Checked { source: source_id(&name), source_name: name, url, line, fetched })
}

/// A source's name as an id: lower-cased, with what an id cannot hold as a hyphen.
fn source_id(name: &str) -> SourceId {
    let slug: String = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_') { c } else { '-' })
        .take(64)
        .collect();
    let slug = slug.trim_start_matches(['-', '.', '_']);
    SourceId::new(slug)
        .or_else(|_| SourceId::new(DEFAULT_SOURCE))
        .expect("`import` is a slug, which a test of SourceId shows")
}

fn skip_line(from: &mut dyn BufRead) -> std::io::Result<()> {
    loop {
        let seen = from.fill_buf()?;
        if seen.is_empty() {
            return Ok(());
        }
        if let Some(end) = seen.iter().position(|&byte| byte == b'\n') {
            from.consume(end + 1);
            return Ok(());
        }
        let length = seen.len();
        from.consume(length);
    }
}

async fn one(context: &Arc<Context>, checked: Checked) -> Result<Result<Outcome, String>, ImportError> {
    let Checked { url, line, fetched, source, source_name } = checked;
    let at = fetched.unwrap_or_else(|| context.clock.now());
    let authors = match line.author {
        None => Vec::new(),
        Some(Authors::One(name)) => vec![name],
        Some(Authors::Several(names)) => names,
    };
    let published = line.published.as_deref().and_then(|text| dates::parse(text, None));
    let work = context.read(move || {
        let body = match (&line.html, &line.text) {
            (Some(html), _) if !html.trim().is_empty() => GivenBody::Html(html),
            (_, text) => GivenBody::Text(text.as_deref().unwrap_or_default()),
        };
        Candidate::from_import(&Given {
            url: &url,
            title: line.title.as_deref(),
            body,
            authors: &authors,
            published,
            modified: None,
            language: None,
            tags: &[],
        })
    });
    let Ok(candidate) = work.await else {
        return Ok(Err("reading it failed inside wirewatch; please report it with the line".to_owned()));
    };
    let capture = Capture {
        source,
        source_name,
        entry: None,
        article: None,
        candidate,
        page: None,
        // What comes from elsewhere is history, not news.
        backlog: Backlog::Record,
        asked_by: AskedBy::Person,
        reread: Reread::NotAsked,
        jitter: context.clock.jitter(),
    };
    match context.store.ingest(capture, Arc::clone(&context.topics), at).await {
        Ok(Ingested::Recorded(recorded)) => Ok(Ok(recorded.outcome)),
        // Only a page is compared with a page.
        Ok(Ingested::ReadOtherwise(_)) => Ok(Ok(Outcome::Unchanged)),
        Err(error @ StoreError::Decision { .. }) => Ok(Err(error.to_string())),
        Err(error) => Err(error.into()),
    }
}
