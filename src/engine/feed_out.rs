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
mod tests {
    use super::*;
    use crate::engine::feed;
    use crate::model::event::EventKind;
    use crate::model::ids::{ArticleId, TopicId};

    fn event(article: i64, second: i64, kind: EventKind) -> Event {
        Event {
            kind,
            timestamp: Timestamp::from_second(second).unwrap(),
            topics: vec![TopicId::new("talks").unwrap()],
            article: Some(ArticleId(article)),
            story: None,
            significance: 0.5,
            data: json!({
                "article": {"title": "A <b> & \"c\"\u{1}]]>", "url": "https://a.test/?x=1&y=2", "source_name": "A & B"},
                "diff": {"html": "<div class=\"diff\"><p>costs <del>12</del><ins>&lt;19&gt;</ins></p></div>"},
                "topics": [{"id": "talks", "name": "Talks & more"}],
            }),
        }
    }

    fn ids_of(text: &str) -> Vec<String> {
        let base = WebUrl::parse("https://desk.test/feeds/talks").unwrap();
        let (parsed, problems) = feed::parse(text.as_bytes(), None, &base).unwrap();
        assert_eq!(problems, Vec::<String>::new());
        parsed.entries.iter().map(|entry| entry.id.clone()).collect()
    }

    #[test]
    fn both_forms_read_back_with_the_same_ids_and_texts() {
        let events =
            [event(2, 20, EventKind::Gone), event(1, 20, EventKind::Revised), event(1, 10, EventKind::Revised)];
        let base = WebUrl::parse("https://desk.test/").unwrap();
        let installation = installation(0);
        let feed = FeedOut {
            id: "talks",
            title: "Talks & <more>",
            base: Some(&base),
            installation: &installation,
            events: &events,
        };
        let (atom, json) = (feed.atom(), feed.json());
        assert_eq!(ids_of(&atom), ids_of(&json));
        assert_eq!(ids_of(&atom).iter().collect::<std::collections::BTreeSet<_>>().len(), 3);
        let newer = FeedOut { events: &events[1..], ..feed };
        assert_eq!(ids_of(&newer.atom()), ids_of(&atom)[1..]);
        assert!(atom.contains("&lt;del&gt;12&lt;/del&gt;&lt;ins&gt;&amp;lt;19&amp;gt;&lt;/ins&gt;"), "{atom}");
    }

    #[test]
    fn a_feed_of_nothing_is_a_feed() {
        let feed = FeedOut { id: "all", title: "All", base: None, installation: &installation(0), events: &[] };
        assert!(feed.atom().contains("<updated>1970-01-01T00:00:00Z</updated>"));
        assert_eq!(serde_json::from_str::<Value>(&feed.json()).unwrap()["items"], json!([]));
    }

    fn installation(plain_until_s: i64) -> Installation {
        Installation { id: "5eed".to_owned(), plain_until: Timestamp::from_second(plain_until_s).unwrap() }
    }

    #[test]
    fn no_two_archives_give_the_same_ids_and_known_ones_stay() {
        let events = [event(1, 20, EventKind::Revised), event(1, 10, EventKind::Revised)];
        let of = |installation: &Installation| {
            let feed = FeedOut { id: "talks", title: "Talks", base: None, installation, events: &events };
            (feed.feed_id(), feed.ids())
        };
        let (here, there) = (of(&installation(0)), of(&Installation { id: "other".to_owned(), ..installation(0) }));
        assert_eq!(of(&installation(0)), here);
        assert!(here.0 != there.0 && here.1.iter().all(|id| !there.1.contains(id)));
        assert!(here.1.iter().chain([&here.0]).all(|id| id.starts_with("urn:uuid:")), "{here:?}");
        // An archive that published before: what readers know keeps its id.
        let (feed, entries) = of(&installation(10));
        assert_eq!(feed, "urn:wirewatch:feed:talks");
        assert_eq!(entries, [here.1[0].clone(), "urn:wirewatch:article:1:article.revised:10000:talks".to_owned()]);
    }

    #[test]
    fn two_events_alike_still_differ_in_their_ids() {
        let events = [event(1, 10, EventKind::Revised), event(1, 10, EventKind::Revised)];
        assert_eq!(
            ids(&events),
            [
                "urn:wirewatch:article:1:article.revised:10000:talks:2",
                "urn:wirewatch:article:1:article.revised:10000:talks"
            ]
        );
    }

    #[test]
    fn what_one_change_is_told_of_to_two_keeps_its_ids_when_older_entries_leave() {
        let mut other = event(1, 10, EventKind::Revised);
        other.topics = vec![crate::model::ids::TopicId::new("chips").unwrap()];
        let both = [event(1, 10, EventKind::Revised), other];
        assert_ne!(ids(&both)[0], ids(&both)[1]);
        assert_eq!(ids(&both[..1]), ids(&both)[..1]);
    }
}
