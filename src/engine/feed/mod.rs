//! Feeds of every kind to entries: RSS 0.90 to 2.0, RDF, Atom 0.3 and 1.0, CDF, JSON Feed.
//!
//! The reader is our own. The crates at hand read what is well formed and lose the whole feed to one bare ampersand; one
//! of them can be crashed by a feed. Feeds are damaged so often that the tolerant way has to be the only way.
//!
//! Invariants: never panics, whatever the bytes; time is linear in the input and memory bounded by it and by the
//! constants; an answer that lists entries of which none could be read is an error, never an empty feed; an entry's id
//! depends on nothing but what the source says about it.

mod attributes;
mod draft;
mod json;
mod names;
mod reader;
mod sniff;
mod text;
mod version;

use std::borrow::Cow;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::engine::decode;
use crate::model::entry::{Entry, ParsedFeed};
use crate::model::url::WebUrl;

pub use sniff::FeedError;

/// Longest answer that is read, in bytes, before and after decompression. The fetcher's own limit is lower; this one
/// bounds files.
pub const BYTES_MAX: usize = 64 << 20;

/// Reads a feed of any kind. Beside it, what had to be mended, a sentence each.
pub fn parse(bytes: &[u8], content_type: Option<&str>, base: &WebUrl) -> Result<(ParsedFeed, Vec<String>), FeedError> {
    // The reader has no known panic. Should it have an unknown one, it costs this feed and not the process.
    catch_unwind(AssertUnwindSafe(|| read(bytes, content_type, base))).unwrap_or(Err(FeedError::Defect))
}

fn read(bytes: &[u8], content_type: Option<&str>, base: &WebUrl) -> Result<(ParsedFeed, Vec<String>), FeedError> {
    let mut problems = Vec::new();
    let bytes = decode::gunzip(bytes, BYTES_MAX).map_err(|_| FeedError::BrokenGzip)?;
    if matches!(bytes, Cow::Owned(_)) {
        problems.push("the answer is gzip without saying so".to_owned());
    }
    let bytes = &*bytes;
    if bytes.len() > BYTES_MAX {
        return Err(FeedError::TooLarge { bytes_max: BYTES_MAX });
    }
    sniff::refuse_binary(bytes)?;
    let text = decode::xml(bytes, content_type);
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\0');
    if text.is_empty() {
        return Err(FeedError::Empty);
    }
    let mut feed = if text.starts_with(['{', '[']) {
        json::read(text, base, &mut problems)?
    } else {
        read_xml(text, base, &mut problems)?
    };
    part_equal_ids(&mut feed.entries);
    Ok((feed, problems))
}

fn read_xml(text: &str, base: &WebUrl, problems: &mut Vec<String>) -> Result<ParsedFeed, FeedError> {
    let mut read = reader::read(text, base);
    if read.version.is_empty() || (read.begun == 0 && sniff::is_page(read.root.as_deref())) {
        return Err(sniff::what_it_is(text, read.root.as_deref()));
    }
    if read.entries.is_empty() && read.begun > 0 {
        return Err(FeedError::Unreadable { begun: read.begun });
    }
    if read.entries.is_empty() && read.unclosed {
        return Err(FeedError::CutOff);
    }
    if read.cut {
        problems.push("the feed is cut off: its last entry is left out until it is whole".to_owned());
    }
    if read.too_deep {
        problems.push(format!("elements nested more than {} deep are passed over", reader::DEPTH_MAX));
    }
    if read.too_many {
        problems.push(format!("only the first {} entries are read", reader::ENTRIES_MAX));
    }
    if !text.starts_with('<') {
        problems.push("there is text before the first tag".to_owned());
    }
    let ttl_s = read.ttl_s();
    Ok(ParsedFeed {
        format: read.version,
        title: read.feed.take_title(),
        link: read.feed.take_link(),
        language: read.feed.language.take(),
        updated: read.feed.changed(),
        ttl_s,
        hub: read.hub,
        self_url: read.self_url,
        entries: read.entries,
    })
}

/// Entries that share an id and not an address are told apart by the address: some publishers give every entry the
/// site's own id.
fn part_equal_ids(entries: &mut [Entry]) {
    let mut addresses: HashMap<&str, Option<&WebUrl>> = HashMap::new();
    let mut shared: Vec<String> = Vec::new();
    for entry in entries.iter() {
        let first = addresses.entry(&entry.id).or_insert(entry.url.as_ref());
        if *first != entry.url.as_ref() {
            shared.push(entry.id.clone());
        }
    }
    if shared.is_empty() {
        return;
    }
    let shared: std::collections::HashSet<String> = shared.into_iter().collect();
    for entry in entries.iter_mut().filter(|entry| shared.contains(&entry.id)) {
        if let Some(url) = &entry.url {
            entry.id = format!("{} {}", entry.id, url.as_str());
        }
    }
}
