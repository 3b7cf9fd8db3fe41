//! What is written reads back, and is valid.

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
    let events = [event(2, 20, EventKind::Gone), event(1, 20, EventKind::Revised), event(1, 10, EventKind::Revised)];
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

/// How often an element stands among the children of a piece of Atom that holds no nested elements of that name.
fn count(xml: &str, name: &str) -> usize {
    xml.matches(&format!("<{name}>")).count() + xml.matches(&format!("<{name} ")).count()
}

/// What RFC 4287 asks of a feed and its entries, beyond being XML.
fn check_atom(xml: &str) {
    let forbidden = |c: char| matches!(c, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}');
    assert!(!xml.contains(forbidden) && !xml.contains("]]>"), "{xml}");
    let entity = |rest: &str| ["amp;", "lt;", "gt;", "quot;", "#39;"].iter().any(|name| rest.starts_with(name));
    assert!(xml.split('&').skip(1).all(entity), "{xml}");
    let mut parts = xml.trim_end().strip_suffix("</feed>").unwrap().split("<entry>");
    let head = parts.next().unwrap();
    let mut ids = vec![head.split_once("<id>").unwrap().1.split_once("</id>").unwrap().0];
    for (part, is_entry) in [(head, false)].into_iter().chain(parts.map(|part| (part, true))) {
        for once in ["id", "title", "updated"] {
            assert_eq!(count(part, once), 1, "{once} in {part}");
        }
        assert!(count(part, "published") <= 1 && count(part, "content") <= 1, "{part}");
        assert!(part.matches("rel=\"alternate\"").count() <= 1 && part.matches("rel=\"self\"").count() <= 1, "{part}");
        // An entry has its author, or its feed has one; and a link to what it is about, or content.
        assert!(count(head, "author") == 1 && count(part, "name") == count(part, "author"), "{part}");
        assert!(!is_entry || part.contains("rel=\"alternate\"") || count(part, "content") == 1, "{part}");
        for href in part.split("href=\"").skip(1) {
            let href = href.split_once('"').unwrap().0.replace("&amp;", "&");
            assert!(WebUrl::parse(&href).is_ok(), "{href} is not absolute");
        }
        let updated = part.split_once("<updated>").unwrap().1.split_once("</updated>").unwrap().0;
        assert!(updated.parse::<Timestamp>().is_ok(), "{updated}");
        if is_entry {
            ids.push(part.split_once("<id>").unwrap().1.split_once("</id>").unwrap().0);
        }
    }
    assert!(ids.iter().all(|id| id.starts_with("urn:")), "{ids:?}");
    assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>().len(), ids.len(), "{ids:?}");
}

#[test]
fn a_feed_of_hostile_titles_is_valid() {
    const TITLES: [&str; 7] = [
        "</title></entry>]]><script>alert(1)</script>",
        "& &amp; &lt; &#0; \u{0} \u{1}\u{b}\u{1f}\u{fffe}\u{ffff}",
        "<entry><id>x</id>",
        "\u{202e}محادثات שיחות 中美会谈 👨\u{200d}👩\u{200d}👧",
        "\" ' < > \r\n\t",
        "",
        "\u{85}\u{2028}\u{2029}\u{7f}\u{9f}",
    ];
    let events: Vec<Event> = (1..)
        .zip(TITLES)
        .map(|(article, title)| {
            let mut event = event(article, 10, EventKind::Matched);
            event.data["article"]["title"] = json!(title);
            event.data["article"]["source_name"] = json!(title);
            event.data["topics"] = json!([{"id": "talks", "name": title}]);
            event
        })
        .collect();
    let base = WebUrl::parse("https://desk.test/").unwrap();
    for base in [Some(&base), None] {
        for title in TITLES {
            let feed = FeedOut { id: "talks", title, base, installation: &installation(0), events: &events };
            check_atom(&feed.atom());
            let json: Value = serde_json::from_str(&feed.json()).unwrap();
            assert_eq!(json["items"].as_array().unwrap().len(), TITLES.len());
            let whole = |item: &Value| item["id"].is_string() && item["content_html"].is_string();
            assert!(json["items"].as_array().unwrap().iter().all(whole) && json["title"].is_string());
        }
    }
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
