//! Feeds that go out: Atom 1.0 and JSON Feed 1.1 of what was told, one an event, the newest first.
//!
//! Invariant: an entry's id is made of the archive, what happened to which article, when and for which topics, so that it is
//! the same in every rendering, whatever older entries have left the feed, differs between two edits of one article, and is
//! nobody else's.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::brief::{Brief, Line, PieceKind};
use crate::model::event::Event;
use crate::model::time::Timestamp;
use crate::model::url::WebUrl;

/// What ids are made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// The archive's own, no other's.
    pub id: String,
    /// What was told up to then has ids made without it: an older version published them.
    pub plain_until: Timestamp,
}

/// A feed before it is written.
#[derive(Debug, Clone, Copy)]
pub struct FeedOut<'a> {
    /// The topic's id, or `all`.
    pub id: &'a str,
    /// Its title.
    pub title: &'a str,
    /// How the web page is reached, if it is.
    pub base: Option<&'a WebUrl>,
    /// Whose it is.
    pub installation: &'a Installation,
    /// The newest first.
    pub events: &'a [Event],
}

impl FeedOut<'_> {
    /// As Atom 1.0.
    pub fn atom(&self) -> String {
        let updated = self.events.iter().map(|event| event.timestamp).max().unwrap_or(Timestamp::UNIX_EPOCH);
        let mut xml =
            String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n");
        writeln!(xml, "<title>{}</title>\n<id>{}</id>", escaped(self.title), escaped(&self.feed_id()))
            .unwrap_or_default();
        writeln!(xml, "<updated>{}</updated>\n<author><name>wirewatch</name></author>", second(updated))
            .unwrap_or_default();
        xml.push_str("<generator>wirewatch</generator>\n");
        if let Some(own) = self.address("atom") {
            writeln!(xml, "<link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>", escaped(&own))
                .unwrap_or_default();
        }
        if let Some(base) = self.base {
            writeln!(xml, "<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>", escaped(base.as_str()))
                .unwrap_or_default();
        }
        for (event, id) in self.events.iter().zip(self.ids()) {
            atom_entry(&mut xml, event, &id);
        }
        xml.push_str("</feed>\n");
        xml
    }

    /// As JSON Feed 1.1.
    pub fn json(&self) -> String {
        let items: Vec<Value> = self.events.iter().zip(self.ids()).map(|(event, id)| json_item(event, &id)).collect();
        let mut feed = json!({"version": "https://jsonfeed.org/version/1.1", "title": xml_text(self.title)});
        if let Value::Object(feed) = &mut feed {
            if let Some(own) = self.address("json") {
                feed.insert("feed_url".to_owned(), json!(own));
            }
            if let Some(base) = self.base {
                feed.insert("home_page_url".to_owned(), json!(base.as_str()));
            }
            feed.insert("items".to_owned(), Value::Array(items));
        }
        feed.to_string()
    }

    fn feed_id(&self) -> String {
        let plain = format!("urn:wirewatch:feed:{}", self.id);
        let known = self.installation.plain_until > Timestamp::UNIX_EPOCH;
        if known { plain } else { own_id(self.installation, &plain) }
    }

    fn ids(&self) -> Vec<String> {
        let named = |(event, plain): (&Event, String)| {
            if event.timestamp <= self.installation.plain_until { plain } else { own_id(self.installation, &plain) }
        };
        self.events.iter().zip(ids(self.events)).map(named).collect()
    }

    fn address(&self, suffix: &str) -> Option<String> {
        let base = self.base?;
        Some(format!("{}/feeds/{}.{suffix}", base.as_str().trim_end_matches('/'), self.id))
    }
}

/// An id that no other archive gives: a UUID made by hashing.
fn own_id(installation: &Installation, plain: &str) -> String {
    let hash = Sha256::new().chain_update(&installation.id).chain_update([0]).chain_update(plain).finalize();
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(hash) {
        *to = from;
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid().urn().to_string()
}

/// The entries' ids within the archive; two events alike in everything that counts are told apart by their place from the oldest.
fn ids(events: &[Event]) -> Vec<String> {
    let plain = |event: &Event| {
        let (source, channel) = (event.data["source"]["id"].as_str(), event.data["channel"].as_str());
        let subject = match (event.article, source, channel) {
            (Some(article), _, _) => format!("article:{article}"),
            (None, Some(source), _) => format!("source:{source}"),
            (None, None, Some(channel)) => format!("channel:{channel}"),
            (None, None, None) => "service".to_owned(),
        };
        // One change may be told to different readers with different topics, as events of their own.
        let mut id = format!("urn:wirewatch:{subject}:{}:{}", event.kind.as_str(), event.timestamp.as_millisecond());
        for topic in &event.topics {
            write!(id, ":{topic}").unwrap_or_default();
        }
        id
    };
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut ids: Vec<String> = Vec::with_capacity(events.len());
    for event in events.iter().rev() {
        let id = plain(event);
        let times = seen.entry(id.clone()).or_insert(0);
        *times += 1;
        ids.push(if *times == 1 { id } else { format!("{id}:{times}") });
    }
    ids.reverse();
    ids
}

fn title(brief: &Brief) -> String {
    format!("{}: {}", brief.what(), brief.headline)
}

fn atom_entry(xml: &mut String, event: &Event, id: &str) {
    let brief = Brief::of(event);
    let at = second(event.timestamp);
    writeln!(xml, "<entry>\n<id>{}</id>\n<title>{}</title>", escaped(id), escaped(&title(&brief))).unwrap_or_default();
    writeln!(xml, "<updated>{at}</updated>\n<published>{at}</published>").unwrap_or_default();
    if !brief.source_name.is_empty() {
        writeln!(xml, "<author><name>{}</name></author>", escaped(&brief.source_name)).unwrap_or_default();
    }
    if let Some(url) = &brief.url {
        writeln!(xml, "<link rel=\"alternate\" href=\"{}\"/>", escaped(url)).unwrap_or_default();
    }
    for (topic, name) in &brief.topics {
        writeln!(xml, "<category term=\"{}\" label=\"{}\"/>", escaped(topic), escaped(name)).unwrap_or_default();
    }
    writeln!(xml, "<category term=\"{}\"/>", event.kind.as_str()).unwrap_or_default();
    writeln!(xml, "<content type=\"html\">{}</content>\n</entry>", escaped(&content(&brief))).unwrap_or_default();
}

fn json_item(event: &Event, id: &str) -> Value {
    let brief = Brief::of(event);
    let at = second(event.timestamp);
    let mut tags: Vec<&str> = brief.topics.iter().map(|(_, name)| name.as_str()).collect();
    tags.push(event.kind.as_str());
    let mut item = json!({
        "id": id, "title": xml_text(&title(&brief)), "content_html": content(&brief), "date_published": at,
        "date_modified": at, "tags": tags,
    });
    if let Value::Object(item) = &mut item {
        if let Some(url) = &brief.url {
            item.insert("url".to_owned(), json!(url));
        }
        if !brief.source_name.is_empty() {
            item.insert("authors".to_owned(), json!([{"name": brief.source_name}]));
        }
    }
    item
}

/// The entry's body as HTML.
fn content(brief: &Brief) -> String {
    let mut html = String::new();
    let mut paragraph = |text: &str| {
        if !text.is_empty() {
            writeln!(html, "<p>{}</p>", escaped(text)).unwrap_or_default();
        }
    };
    paragraph(&brief.changed_words());
    paragraph(brief.notice.as_deref().unwrap_or_default());
    paragraph(brief.error.as_deref().unwrap_or_default());
    if brief.lines.is_empty() {
        paragraph(&brief.excerpt);
    }
    let others: Vec<&str> = brief.others().iter().take(20).map(|member| member.source_name.as_str()).collect();
    let lines: String = brief.lines.iter().map(line).collect();
    html.push_str(&lines);
    if !others.is_empty() {
        writeln!(html, "<p>Also at: {}</p>", escaped(&others.join(", "))).unwrap_or_default();
    }
    html
}

fn line(line: &Line) -> String {
    let mut html = String::from("<p>");
    for piece in &line.pieces {
        let text = escaped(&piece.text);
        match piece.kind {
            PieceKind::Same => html.push_str(&text),
            PieceKind::Removed => write!(html, "<del>{text}</del>").unwrap_or_default(),
            PieceKind::Added => write!(html, "<ins>{text}</ins>").unwrap_or_default(),
        }
    }
    html.push_str("</p>\n");
    html
}

/// Whole seconds: some readers stumble over more.
fn second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A text without what XML 1.0 cannot hold.
fn xml_text(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '\u{0}'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}'))
        .collect()
}

fn escaped(text: &str) -> String {
    let text = xml_text(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests;
