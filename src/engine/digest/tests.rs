use serde_json::json;

use super::*;
use crate::model::event::EventKind;
use crate::model::ids::{ArticleId, StoryId, TopicId};

const DIFF: &str = "<div class=\"diff\">\n<h2>Talks <del>resume</del><ins>stall</ins></h2>\n<p class=\"gap\">… 2 paragraphs \
                    unchanged …</p>\n<p>The tariff falls from 25 to <del>12</del><ins>19</ins> percent, an official said.</p>\n\
                    <p><del>“We have a deal,” the envoy said &lt;in&gt; Geneva.</del></p>\n</div>\n";

fn event(kind: EventKind, (article, story): (i64, i64), at: &str, significance: f64) -> Event {
    let member = |id: i64, name: &str, origin: bool| {
        json!({"id": id, "source_name": name, "url": format!("https://{}.test/{id}", name.to_lowercase()),
               "relation": if origin { None } else { Some("identical") }, "origin": origin})
    };
    let mut data = json!({
        "article": {"id": article, "title": format!("Headline <{article}> & “more”"), "source_name": "Herald",
                    "url": format!("https://herald.test/{article}?a=1&b=2"), "excerpt": "Negotiators of both sides met in Geneva."},
        "topics": [{"id": "us-china-talks", "name": "US–China talks"}, {"id": "chips", "name": "Chips"}],
        "story": {"id": story, "articles": [member(story * 10, "Herald", true), member(story * 10 + 1, "Ledger", false)]},
    });
    if kind == EventKind::Revised {
        data["revision"] = json!({"number": 2, "change": ["headline", "figure", "quote"], "acknowledged": false,
                                  "added_words": 2, "removed_words": 9, "notice": "Correction: the <figure> was wrong."});
        data["diff"] = json!({"html": DIFF});
    }
    Event {
        kind,
        timestamp: at.parse().unwrap(),
        topics: vec![TopicId::new("us-china-talks").unwrap()],
        article: Some(ArticleId(article)),
        story: Some(StoryId(story)),
        significance,
        data,
    }
}

fn failing(name: &str) -> Event {
    Event {
        kind: EventKind::SourceFailing,
        timestamp: "2026-06-15T06:00:00Z".parse().unwrap(),
        topics: Vec::new(),
        article: None,
        story: None,
        significance: 0.3,
        data: json!({"source": {"id": "s", "name": name, "error": "fetch https://s.test/: the server says 500"}}),
    }
}

fn a_day() -> Vec<Event> {
    let mut chips = event(EventKind::Matched, (40, 4), "2026-06-15T11:00:00Z", 0.4);
    chips.topics = vec![TopicId::new("chips").unwrap()];
    vec![
        event(EventKind::Matched, (10, 1), "2026-06-15T07:00:00Z", 0.6),
        event(EventKind::Revised, (10, 1), "2026-06-15T08:30:00Z", 0.8),
        event(EventKind::Matched, (20, 2), "2026-06-15T09:00:00Z", 0.5),
        event(EventKind::Gone, (20, 2), "2026-06-15T10:00:00Z", 0.9),
        event(EventKind::Crossposted, (11, 1), "2026-06-15T10:30:00Z", 0.2),
        chips,
        failing("Gazette"),
    ]
}

fn input<'a>(events: &'a [Event], zone: &'a TimeZone, web: Option<&'a WebUrl>) -> DigestInput<'a> {
    let at = "2026-06-15T15:30:00Z".parse().unwrap();
    DigestInput { channel: "desk", events, zone, web, unsubscribe: None, at, max_items: 40, immediate: false }
}

fn geneva() -> TimeZone {
    TimeZone::get("Europe/Zurich").unwrap()
}

#[test]
fn a_day_as_text() {
    let web = WebUrl::parse("https://desk.test/").unwrap();
    let rendered = render(&input(&a_day(), &geneva(), Some(&web)));
    insta::assert_snapshot!(format!("{}\n\n{}", rendered.subject, rendered.text));
}

#[test]
fn a_day_as_html() {
    let web = WebUrl::parse("https://desk.test/").unwrap();
    insta::assert_snapshot!(render(&input(&a_day(), &geneva(), Some(&web))).html);
}

#[test]
fn the_subject_says_what_happened() {
    let (zone, events) = (geneva(), a_day());
    let subject =
        |events: &[Event], immediate: bool| render(&DigestInput { immediate, ..input(events, &zone, None) }).subject;
    let headline = "— “Headline <10> & “more””";
    assert_eq!(subject(&events[..2], false), format!("US–China talks: 1 new, 1 edited {headline}"));
    assert_eq!(subject(&events[1..2], true), format!("US–China talks: edited {headline}"));
    assert_eq!(subject(&events[6..], true), "Source failing: Gazette");
    assert_eq!(subject(&[], false), "wirewatch desk: nothing new");
}

#[test]
fn a_channel_that_could_not_be_served_stands_beside_the_sources() {
    let zone = geneva();
    let mut unsent = failing("Gazette");
    unsent.kind = EventKind::DeliveryFailed;
    unsent.data = json!({"channel": "ops", "failed": 3, "closed": true, "error": "hooks.test answered 410"});
    let alone = render(&input(std::slice::from_ref(&unsent), &zone, None));
    assert_eq!(alone.subject, "Not delivered: Channel ops");
    let words = "3 deliveries given up, and the channel is closed: hooks.test answered 410";
    assert!(alone.text.split_whitespace().collect::<Vec<_>>().join(" ").contains(words), "{}", alone.text);
    assert!(alone.html.contains(words) && alone.html.contains(">Channels</h2>"));
    let both = render(&input(&[failing("Gazette"), unsent], &zone, None));
    assert_eq!(both.subject, "wirewatch desk: 1 source failing, 1 channel not served");
    assert!(both.html.contains(">Sources and channels</h2>"));
}

#[test]
fn the_way_out_stands_at_the_end_of_both_parts() {
    let (zone, events, link) = (geneva(), a_day(), "https://desk.test/unsubscribe/desk/0a");
    let rendered = render(&DigestInput { unsubscribe: Some(link), ..input(&events, &zone, None) });
    assert!(rendered.text.trim_end().ends_with(link), "{}", rendered.text);
    assert!(rendered.html.contains(&format!("<a class=\"link\" href=\"{link}\"")));
}

#[test]
fn all_events_about_one_article_are_one_item_and_its_copies_stand_under_it() {
    let zone = geneva();
    let events = a_day();
    let model = Model::of(&input(&events, &zone, None), 40);
    let talks = &model.sections[0];
    assert_eq!(talks.items.len(), 2);
    assert_eq!(talks.items[0].badges, ["removed", "new"]);
    assert_eq!(talks.items[1].badges, ["new", "edited"]);
    assert_eq!(talks.items[1].related[0].badges, ["republished"]);
    assert_eq!(talks.items[1].copies.len(), 0, "the copy has an entry of its own");
    assert_eq!(talks.items[0].copies[0].source, "Ledger");
}

#[test]
fn an_edit_that_leaves_copies_outdated_is_shown_once() {
    let zone = geneva();
    let revised = event(EventKind::Revised, (10, 1), "2026-06-15T08:30:00Z", 0.8);
    let mut diverged = Event { kind: EventKind::Diverged, ..revised.clone() };
    diverged.data["withdrawn"] = json!(["The tariff falls to 12 percent."]);
    let model = Model::of(&input(&[revised, diverged], &zone, None), 40);
    let item = &model.sections[0].items[0];
    assert_eq!((item.edits.len(), item.withdrawn.len()), (1, 1));
    assert_eq!(item.badges, ["edited", "outdated"]);
}

#[test]
fn what_does_not_fit_is_counted() {
    let zone = geneva();
    let events: Vec<Event> = (1_u32..=9)
        .map(|n| {
            event(
                EventKind::Matched,
                (i64::from(n) * 10, i64::from(n)),
                "2026-06-15T07:00:00Z",
                f64::from(n % 3) / 10.0,
            )
        })
        .collect();
    let model = Model::of(&input(&events, &zone, None), 4);
    assert_eq!((model.shown(), model.more, model.sections[0].more), (4, 5, 5));
    assert_eq!(model.sections[0].counts, [Count { what: "new", n: 9 }], "counts are of everything");
    let rendered = render(&DigestInput { max_items: 4, ..input(&events, &zone, None) });
    assert!(rendered.text.contains("5 more items did not fit") && rendered.html.contains("5 more items"));
}

#[test]
fn a_message_stays_under_its_bound_whatever_the_events_hold() {
    let zone = geneva();
    for filler in ["x", "国", "& < "] {
        let paragraph = format!(
            "<p><del>{0}</del><ins>{0}</ins></p>",
            filler.repeat(800).replace('&', "&amp;").replace('<', "&lt;")
        );
        let diff = format!("<div class=\"diff\">{}</div>", paragraph.repeat(30));
        let events: Vec<Event> = (1..=120)
            .map(|n| {
                let mut event = event(EventKind::Revised, (n * 10, n), "2026-06-15T07:00:00Z", 0.5);
                event.data["diff"]["html"] = json!(diff);
                event
            })
            .collect();
        let rendered = render(&DigestInput { max_items: 1000, ..input(&events, &zone, None) });
        let size = encoded_len(&rendered.html) + encoded_len(&rendered.text);
        assert!((10_000..=PARTS_BYTES_MAX).contains(&size), "{filler}: {size}");
        assert!(rendered.text.contains("did not fit"));
    }
}

#[test]
fn what_a_page_wrote_is_text_in_the_html() {
    let mut hostile = event(EventKind::Revised, (10, 1), "2026-06-15T07:00:00Z", 0.5);
    let attack = "\"'><script>alert(1)</script><img src=x onerror=y>";
    hostile.data["article"]["title"] = json!(attack);
    hostile.data["article"]["source_name"] = json!(attack);
    hostile.data["article"]["excerpt"] = json!(attack);
    hostile.data["article"]["url"] = json!("javascript:alert(1)");
    hostile.data["revision"]["notice"] = json!(attack);
    hostile.data["diff"]["html"] = json!(format!("<p><ins>{attack}</ins></p>"));
    hostile.data["topics"][0]["name"] = json!(attack);
    hostile.data["story"]["articles"][1]["source_name"] = json!(attack);
    let rendered = render(&input(&[hostile, failing(attack)], &geneva(), None));
    for bad in ["<script", "<img", "javascript:", "\u{202E}"] {
        assert!(!rendered.html.contains(bad), "{bad}");
    }
}
