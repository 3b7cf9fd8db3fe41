//! One event as a message reads it: plain, cleaned texts and addresses that are safe to link. Shared by the digest, the
//! chat formats and the feeds that go out.
//!
//! Invariants: no text holds a control or a direction-changing character; every address is http or https. What an event
//! lacks is empty or `None`: reading never fails.

pub mod lines;

use serde_json::Value;

pub use self::lines::{Line, LineKind, Piece, PieceKind};
use crate::model::event::{Event, EventKind};
use crate::model::time::Timestamp;
use crate::model::url::WebUrl;

/// An article of an event's story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The article's id.
    pub id: i64,
    /// The publication.
    pub source_name: String,
    /// Its address.
    pub url: Option<String>,
    /// How its text relates to the one it copies.
    pub relation: Option<String>,
    /// Whether the others copy it.
    pub origin: bool,
}

/// An event, ready to be rendered.
#[derive(Debug, Clone, PartialEq)]
pub struct Brief {
    /// What happened.
    pub kind: EventKind,
    /// When it was seen.
    pub at: Timestamp,
    /// 0 to 1.
    pub significance: f64,
    /// The topics it is told for: id and name.
    pub topics: Vec<(String, String)>,
    /// The article's id.
    pub article: Option<i64>,
    /// The story's id.
    pub story: Option<i64>,
    /// The headline, or what stands for it.
    pub headline: String,
    /// The article's (or the source's) address.
    pub url: Option<String>,
    /// The publication.
    pub source_name: String,
    /// The beginning of the text.
    pub excerpt: String,
    /// As the publisher writes it.
    pub published: Option<String>,
    /// BCP 47.
    pub language: Option<String>,
    /// The authors.
    pub authors: Vec<String>,
    /// The revision's number.
    pub revision: Option<u64>,
    /// The kinds of change.
    pub changes: Vec<String>,
    /// Whether the page says that it was changed.
    pub acknowledged: bool,
    /// The correction or update note.
    pub notice: Option<String>,
    /// Words that came.
    pub added_words: u64,
    /// Words that went.
    pub removed_words: u64,
    /// What changed, line by line.
    pub lines: Vec<Line>,
    /// The words that were found.
    pub evidence: Vec<String>,
    /// The story's articles.
    pub members: Vec<Member>,
    /// For source events: what the last failed poll said; for deliveries that were given up, how many and why.
    pub error: Option<String>,
    /// For copies that still carry what the origin took back: these words.
    pub withdrawn: Vec<String>,
}

impl Brief {
    /// Reads an event.
    pub fn of(event: &Event) -> Self {
        let data = &event.data;
        let (article, revision, source) = (&data["article"], &data["revision"], &data["source"]);
        let topics = topics(event);
        let source_name = match event.kind {
            EventKind::SourceFailing | EventKind::SourceRecovered => first_text(source, &["name", "id"]),
            kind if kind.is_about_a_channel() => format!("Channel {}", text(&data["channel"])),
            _ => first_text(article, &["source_name", "site", "source"]),
        };
        let url = safe_url(&article["url"]).or_else(|| safe_url(&source["url"]));
        Self {
            kind: event.kind,
            at: event.timestamp,
            significance: event.significance,
            topics,
            article: event.article.map(|id| id.0),
            story: event.story.map(|id| id.0),
            headline: headline(event, &source_name, url.as_deref()),
            url,
            source_name,
            excerpt: text(&article["excerpt"]),
            published: some_text(&article["published"]),
            language: some_text(&article["language"]),
            authors: texts(&article["authors"]),
            revision: revision["number"].as_u64(),
            changes: texts(&revision["change"]),
            acknowledged: revision["acknowledged"].as_bool().unwrap_or(false),
            notice: some_text(&revision["notice"]),
            added_words: revision["added_words"].as_u64().unwrap_or(0),
            removed_words: revision["removed_words"].as_u64().unwrap_or(0),
            lines: lines::read(data["diff"]["html"].as_str().unwrap_or_default()),
            evidence: evidence(data),
            members: members(data),
            error: some_text(&source["error"]).or_else(|| undelivered(event)),
            withdrawn: texts(&data["withdrawn"]),
        }
    }

    /// What happened, in a word or two.
    pub fn what(&self) -> &'static str {
        match self.kind {
            EventKind::Matched => "New",
            EventKind::Revised => "Edited",
            EventKind::Gone => "Removed",
            EventKind::Restored => "Back online",
            EventKind::Crossposted => "Republished",
            EventKind::Diverged => "Copies outdated",
            EventKind::SourceFailing => "Source failing",
            EventKind::SourceRecovered => "Source recovered",
            EventKind::DeliveryFailed => "Not delivered",
            EventKind::ChannelFailing => "Channel failing",
            EventKind::ChannelRecovered => "Channel recovered",
            EventKind::Ping => "Test",
        }
    }

    /// The kinds of change in words: `headline and figures changed, not acknowledged`. Empty where nothing changed.
    pub fn changed_words(&self) -> String {
        if self.changes.is_empty() {
            return String::new();
        }
        let kinds: Vec<&str> = self.changes.iter().map(|kind| change_word(kind)).collect();
        let kinds = match kinds.as_slice() {
            [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
            kinds => kinds.concat(),
        };
        let silent = if self.acknowledged { "the page says so" } else { "without a note" };
        format!("{kinds} changed, {silent}")
    }

    /// The story's other articles, origin first.
    pub fn others(&self) -> Vec<&Member> {
        let mut others: Vec<&Member> =
            self.members.iter().filter(|member| self.article.is_none_or(|own| member.id != own)).collect();
        others.sort_by_key(|member| !member.origin);
        others
    }
}

fn change_word(kind: &str) -> &str {
    match kind {
        "figure" => "figures",
        "quote" => "quotes",
        "name" => "names",
        "date" => "dates",
        "body" => "text",
        "typo" => "spelling",
        "correction" => "correction note",
        other => other,
    }
}

fn headline(event: &Event, source_name: &str, url: Option<&str>) -> String {
    let title = text(&event.data["article"]["title"]);
    match event.kind {
        kind if kind.is_about_the_service() => source_name.to_owned(),
        EventKind::Ping => "wirewatch reaches this channel".to_owned(),
        _ if !title.is_empty() => title,
        _ => url.unwrap_or("(untitled)").to_owned(),
    }
}

/// `3 deliveries given up: hooks.example.org answered 500`, `nothing accepted since …`
fn undelivered(event: &Event) -> Option<String> {
    let data = &event.data;
    let counted = |n: u64| format!("{n} {}", if n == 1 { "delivery" } else { "deliveries" });
    match event.kind {
        EventKind::DeliveryFailed => {
            let failed = counted(data["failed"].as_u64().unwrap_or(1));
            let closed = if data["closed"].as_bool().unwrap_or(false) { ", and the channel is closed" } else { "" };
            Some(format!("{failed} given up{closed}: {}", text(&data["error"])))
        }
        EventKind::ChannelFailing => {
            let (since, waiting) = (text(&data["since"]), counted(data["waiting"].as_u64().unwrap_or(0)));
            Some(format!("nothing accepted since {since}, {waiting} waiting: {}", text(&data["error"])))
        }
        EventKind::ChannelRecovered => Some("it accepts deliveries again".to_owned()),
        _ => None,
    }
}

fn topics(event: &Event) -> Vec<(String, String)> {
    let listed = event.data["topics"].as_array().map_or(&[][..], Vec::as_slice);
    let name = |id: &str| {
        let found = listed.iter().find(|one| one["id"].as_str() == Some(id)).map(|one| text(&one["name"]));
        found.filter(|name| !name.is_empty()).unwrap_or_else(|| id.to_owned())
    };
    event.topics.iter().map(|id| (id.as_str().to_owned(), name(id.as_str()))).collect()
}

fn evidence(data: &Value) -> Vec<String> {
    let listed = data["evidence"].as_array().map_or(&[][..], Vec::as_slice);
    listed.iter().map(|one| text(&one["text"])).filter(|text| !text.is_empty()).collect()
}

fn members(data: &Value) -> Vec<Member> {
    let listed = data["story"]["articles"].as_array().map_or(&[][..], Vec::as_slice);
    let member = |one: &Value| Member {
        id: one["id"].as_i64().unwrap_or_default(),
        source_name: first_text(one, &["source_name", "site", "source"]),
        url: safe_url(&one["url"]),
        relation: some_text(&one["relation"]),
        origin: one["origin"].as_bool().unwrap_or(false),
    };
    listed.iter().map(member).collect()
}

fn first_text(value: &Value, keys: &[&str]) -> String {
    keys.iter().map(|key| text(&value[*key])).find(|text| !text.is_empty()).unwrap_or_default()
}

fn text(value: &Value) -> String {
    clean(value.as_str().unwrap_or_default())
}

fn some_text(value: &Value) -> Option<String> {
    Some(text(value)).filter(|text| !text.is_empty())
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().map_or(&[][..], Vec::as_slice).iter().map(text).filter(|text| !text.is_empty()).collect()
}

fn safe_url(value: &Value) -> Option<String> {
    WebUrl::parse(value.as_str()?).ok().map(String::from)
}

/// A text on one line without characters that steer a terminal or turn the direction of what stands around it.
pub fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => {
                if !cleaned.ends_with(' ') {
                    cleaned.push(' ');
                }
            }
            c if is_unsafe(c) => {}
            c => cleaned.push(c),
        }
    }
    cleaned.trim().to_owned()
}

/// Control characters and those that turn the direction of text.
pub(crate) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// The beginning of a text of at most `chars` characters, cut at a word where one ends near.
pub fn cut(text: &str, chars: usize) -> String {
    if text.chars().count() <= chars {
        return text.to_owned();
    }
    let head: String = text.chars().take(chars.saturating_sub(1)).collect();
    let kept = match head.rsplit_once(char::is_whitespace) {
        Some((whole, tail)) if tail.chars().count() <= 24 => whole,
        _ => head.as_str(),
    };
    format!("{}…", kept.trim_end_matches([' ', ',', '.', ';', ':']))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(kind: EventKind, data: Value) -> Event {
        let at = Timestamp::UNIX_EPOCH;
        Event { kind, timestamp: at, topics: Vec::new(), article: None, story: None, significance: 0.0, data }
    }

    #[test]
    fn an_event_without_any_data_still_reads() {
        for kind in [EventKind::Matched, EventKind::SourceFailing, EventKind::DeliveryFailed, EventKind::Ping] {
            let brief = Brief::of(&event(kind, Value::Null));
            assert!(brief.lines.is_empty() && brief.url.is_none());
        }
    }

    #[test]
    fn texts_lose_what_could_steer_a_terminal_or_turn_the_line() {
        assert_eq!(clean("a\u{202E}b\u{1b}[31mc\r\nd\u{7}"), "ab[31mc d");
        let brief =
            Brief::of(&event(EventKind::Matched, json!({"article": {"title": "x\u{2066}y", "url": "javascript:1"}})));
        assert_eq!((brief.headline.as_str(), brief.url), ("xy", None));
    }

    #[test]
    fn kinds_of_change_read_as_a_sentence() {
        let revision = |change: &[&str]| {
            Brief::of(&event(EventKind::Revised, json!({"revision": {"change": change}}))).changed_words()
        };
        assert_eq!(revision(&["headline", "figure", "typo"]), "headline, figures and spelling changed, without a note");
        assert_eq!(revision(&["body"]), "text changed, without a note");
        assert_eq!(revision(&[]), "");
    }

    #[test]
    fn a_cut_ends_at_a_word_and_shows_that_it_is_one() {
        assert_eq!(cut("one two three", 9), "one two…");
        assert_eq!(cut("one", 9), "one");
        assert_eq!(cut("国国国国国国", 4), "国国国…");
    }
}
