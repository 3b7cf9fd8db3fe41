//! JSON Feed 1.0 and 1.1, read with patience: numbers for ids, one author for a list of them, a missing title or
//! version, raw control characters, trailing commas, a file that is cut off.
//!
//! The document is cut into its members and items without being parsed as a whole: what is held in memory beside the
//! text is one item at a time, and a broken item costs itself alone.

use std::fmt::Write as _;

use serde_json::Value;

use super::FeedError;
use super::draft::stable_id;
use super::reader::ENTRIES_MAX;
use super::text::{FIELD_MAX_BYTES, Kind, LINE_MAX_BYTES, Text, mended, shortened};
use crate::engine::dates;
use crate::model::entry::{Entry, ParsedFeed};
use crate::model::url::WebUrl;

/// Longest item that is parsed, in bytes.
const ITEM_MAX_BYTES: usize = 2 * FIELD_MAX_BYTES;

/// Most members that are looked at in the outermost object.
const MEMBERS_MAX: usize = 256;

/// Most authors and tags of an item.
const NAMES_MAX: usize = 64;

/// Reads a JSON Feed.
pub(super) fn read(text: &str, base: &WebUrl, problems: &mut Vec<String>) -> Result<ParsedFeed, FeedError> {
    let mut feed = ParsedFeed {
        format: "json".to_owned(),
        title: None,
        link: None,
        language: None,
        updated: None,
        ttl_s: None,
        hub: None,
        self_url: None,
        entries: Vec::new(),
    };
    let mut items = None;
    let mut members = Members::new(text, b'{').ok_or(FeedError::OtherJson)?;
    for _ in 0..MEMBERS_MAX {
        let Some((key, value)) = members.next_member() else { break };
        if key == "items" {
            items = Some(value);
        } else {
            member(&mut feed, &key, value, base);
        }
    }
    let items = items.ok_or(FeedError::OtherJson)?;
    let begun = read_items(items, base, &mut feed.entries, problems).ok_or(FeedError::OtherJson)?;
    if feed.entries.is_empty() && begun > 0 {
        return Err(FeedError::Unreadable { begun });
    }
    Ok(feed)
}

fn member(feed: &mut ParsedFeed, key: &str, value: &str, base: &WebUrl) {
    let value = parsed(value);
    let url = |value: &Value| line(value).and_then(|text| base.join(&text).ok());
    match key {
        "version" => {
            let version = line(&value).unwrap_or_default();
            let number = version.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            if matches!(number, "1" | "1.0" | "1.1") {
                feed.format = format!("json{}", if number == "1" { "1.0" } else { number });
            }
        }
        "title" => feed.title = headline(&value),
        "home_page_url" => feed.link = url(&value),
        "feed_url" => feed.self_url = url(&value),
        "language" => feed.language = line(&value),
        "hubs" => {
            let named = value.as_array().and_then(|hubs| hubs.iter().find(|hub| is_websub(hub)));
            feed.hub = named.and_then(|hub| url(hub.get("url")?));
        }
        _ => {}
    }
}

/// JSON Feed names hubs of other kinds too (rssCloud). One that does not say its kind is taken at its word.
fn is_websub(hub: &Value) -> bool {
    let kind = hub.get("type").and_then(Value::as_str);
    kind.is_none_or(|kind| ["websub", "pubsubhubbub"].iter().any(|known| kind.eq_ignore_ascii_case(known)))
}

/// Reads the items of an array; how many it has, or nothing if it is no array.
fn read_items(array: &str, base: &WebUrl, entries: &mut Vec<Entry>, problems: &mut Vec<String>) -> Option<usize> {
    let mut items = Members::new(array, b'[')?;
    let (mut begun, mut broken) = (0, 0_usize);
    while let Some(item) = items.next_item() {
        begun += 1;
        if entries.len() >= ENTRIES_MAX {
            problems.push(format!("only the first {ENTRIES_MAX} entries are read"));
            break;
        }
        match parsed(item) {
            Value::Object(object) => entries.push(entry(&Value::Object(object), base)),
            _ => broken += 1,
        }
    }
    if items.cut {
        problems.push("the feed is cut off: its last entry is left out until it is whole".to_owned());
        begun += 1;
    }
    if broken > 0 {
        problems.push(format!("{broken} items are no objects and are left out"));
    }
    Some(begun)
}

fn entry(item: &Value, base: &WebUrl) -> Entry {
    let text = |name: &str| item.get(name).and_then(line).filter(|text| !text.is_empty());
    let address = |name: &str| text(name).and_then(|text| base.join(&text).ok());
    let url = address("url").or_else(|| address("external_url"));
    let title = item.get("title").and_then(headline);
    let published = text("date_published");
    let updated = text("date_modified");
    let summary = text("summary");
    let content = text("content_html").or_else(|| text("content_text"));
    let said = [title.as_deref(), published.as_deref(), summary.as_deref().or(content.as_deref())];
    let id = stable_id(text("id"), url.as_ref(), said);
    Entry {
        id,
        url,
        title,
        authors: authors(item),
        published: published.as_deref().and_then(dates::parse),
        updated: updated.as_deref().and_then(dates::parse),
        summary,
        content,
        tags: names(item.get("tags")),
        language: text("language"),
    }
}

/// `authors` of 1.1, `author` of 1.0; objects or mere names.
fn authors(item: &Value) -> Vec<String> {
    let several = names(item.get("authors"));
    if several.is_empty() { names(item.get("author")) } else { several }
}

fn names(value: Option<&Value>) -> Vec<String> {
    let list = match value {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let mut names: Vec<String> = Vec::new();
    for value in list.iter().take(NAMES_MAX) {
        let name = value.get("name").map_or_else(|| line(value), line);
        if let Some(name) = name.map(|name| shortened(name.trim().to_owned(), LINE_MAX_BYTES))
            && !name.is_empty()
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

/// A string, or a number as one.
fn line(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(shortened(mended(text.trim()), FIELD_MAX_BYTES)),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The specification says plain text; references in it say otherwise.
fn headline(value: &Value) -> Option<String> {
    let value = line(value)?;
    let kind =
        if value.contains("</") || value.contains("&#") || value.contains("&amp;") { Kind::Html } else { Kind::Plain };
    Text { kind, value }.into_line()
}

/// A value; null if it cannot be read even after mending what is mendable.
fn parsed(text: &str) -> Value {
    if text.len() > ITEM_MAX_BYTES {
        return Value::Null;
    }
    serde_json::from_str(text).or_else(|_| serde_json::from_str(&repaired(text))).unwrap_or(Value::Null)
}

/// JSON without trailing commas, and with control characters in strings escaped.
fn repaired(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let (mut in_string, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        if in_string {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => in_string = false,
                _ => {}
            }
            if u32::from(c) < 0x20 {
                write!(out, "\\u{:04x}", u32::from(c)).expect("writing to a string cannot fail");
                continue;
            }
        } else if c == '"' {
            in_string = true;
        } else if c == ',' {
            let rest = text.get(at + 1..).unwrap_or_default();
            // Bounded: indentation, not a document of blanks.
            let next = rest.chars().take(256).find(|c| !c.is_ascii_whitespace());
            if matches!(next, Some('}' | ']')) {
                continue;
            }
        }
        out.push(c);
    }
    out
}

/// Walks the members of an object or the items of an array, each as the text it is written in.
struct Members<'a> {
    text: &'a str,
    at: usize,
    /// The text ended inside of a value.
    cut: bool,
}

impl<'a> Members<'a> {
    fn new(text: &'a str, open: u8) -> Option<Self> {
        let skipped = text.len() - text.trim_start().len();
        (text.as_bytes().get(skipped) == Some(&open)).then_some(Self { text, at: skipped + 1, cut: false })
    }

    fn next_member(&mut self) -> Option<(String, &'a str)> {
        let key = self.next_item()?;
        let Value::String(key) = parsed(key) else { return None };
        self.skip(b":");
        let begin = self.at;
        if let Some(value) = self.next_item() {
            return Some((key, value));
        }
        if !std::mem::take(&mut self.cut) {
            return None;
        }
        // The document is cut off inside of this value: the rest of it, so that the whole items in it are found.
        let rest = self.text.get(begin..)?;
        self.at = self.text.len();
        Some((key, rest))
    }

    fn skip(&mut self, bytes: &[u8]) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let skipped = rest.iter().take_while(|byte| byte.is_ascii_whitespace() || bytes.contains(byte)).count();
        self.at += skipped;
    }

    /// The next value; nothing at the end, and nothing if the text ends before the value does.
    fn next_item(&mut self) -> Option<&'a str> {
        self.skip(b",");
        let start = self.at;
        let bytes = self.text.as_bytes();
        let first = *bytes.get(start)?;
        if matches!(first, b'}' | b']') {
            return None;
        }
        let length = value_length(bytes.get(start..)?);
        let Some(length) = length else {
            self.cut = true;
            return None;
        };
        self.at = start + length;
        self.text.get(start..self.at)
    }
}

/// The length of the JSON value that bytes begin with; nothing if they end first.
fn value_length(bytes: &[u8]) -> Option<usize> {
    let (mut depth, mut in_string, mut at) = (0_usize, false, 0);
    loop {
        let byte = *bytes.get(at)?;
        at += 1;
        match byte {
            b'\\' if in_string => at += 1,
            b'"' => {
                in_string = !in_string;
                if !in_string && depth == 0 {
                    return Some(at);
                }
            }
            _ if in_string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at);
                }
            }
            _ if depth == 0 && matches!(bytes.get(at), Some(b',' | b'}' | b']' | b':') | None) => return Some(at),
            _ => {}
        }
    }
}
