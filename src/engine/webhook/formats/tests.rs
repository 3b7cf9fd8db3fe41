//! Each service's message, as it is sent.

use serde_json::json;

use super::*;
use crate::model::ids::{ArticleId, StoryId, TopicId};

const ALL: [WebhookFormat; 7] = [
    WebhookFormat::Standard,
    WebhookFormat::Slack,
    WebhookFormat::Discord,
    WebhookFormat::Teams,
    WebhookFormat::Matrix,
    WebhookFormat::Ntfy,
    WebhookFormat::Mattermost,
];

fn url(text: &str) -> WebUrl {
    WebUrl::parse(text).unwrap()
}

fn edited(diff_html: &str) -> Event {
    Event {
        kind: EventKind::Revised,
        timestamp: "2026-06-15T12:00:00Z".parse().unwrap(),
        topics: vec![TopicId::new("us-china-talks").unwrap()],
        article: Some(ArticleId(7)),
        story: Some(StoryId(3)),
        significance: 0.7,
        data: json!({
            "article": {"title": "*Talks* <at> @everyone [x](http://e.test) & more", "url": "https://herald.test/a_(1)",
                        "source_name": "The Herald"},
            "topics": [{"id": "us-china-talks", "name": "US–China talks"}],
            "revision": {"number": 2, "change": ["figure", "quote"], "acknowledged": false},
            "diff": {"html": diff_html},
            "story": {"articles": [{"id": 7, "source_name": "The Herald", "origin": true},
                                   {"id": 8, "source_name": "Ledger_", "origin": false}]},
        }),
    }
}

const DIFF: &str = "<div class=\"diff\">\n<p>The work costs <del>12 *million*</del><ins>19 &lt;b&gt;million</ins> \
                    crowns.</p>\n<p><ins>&lt;!channel&gt; “We have no choice”</ins></p>\n</div>\n";

fn shaped(name: WebhookFormat, event: &Event) -> Message {
    let target = match name {
        WebhookFormat::Ntfy => url("https://ntfy.test/desk"),
        WebhookFormat::Matrix => url("https://m.test/_matrix/client/v3/rooms/!r:m.test/send/m.room.message"),
        _ => url("https://hook.test/x?sig=1"),
    };
    format(name, &target, "0199-id", event)
}

#[test]
fn each_service_gets_its_own_message() {
    for name in ALL.into_iter().filter(|name| *name != WebhookFormat::Standard) {
        let message = shaped(name, &edited(DIFF));
        let body: Value = serde_json::from_slice(&message.body).unwrap();
        let shown = json!({"put": message.put, "url": message.url.as_str(), "body": body});
        let name = serde_json::to_value(name).unwrap();
        insta::assert_json_snapshot!(name.as_str().unwrap(), shown);
    }
}

#[test]
fn a_match_and_a_delivery_that_failed_read_well_too() {
    let mut found = edited("");
    found.kind = EventKind::Matched;
    found.data["article"]["excerpt"] = json!("Negotiators of both sides met in Geneva.");
    let mut failed = edited("");
    (failed.kind, failed.topics) = (EventKind::DeliveryFailed, Vec::new());
    failed.data = json!({"channel": "ops", "failed": 3, "closed": true, "error": "hooks.test answered 410"});
    for name in ALL.into_iter().filter(|name| *name != WebhookFormat::Standard) {
        let body = |event: &Event| serde_json::from_slice::<Value>(&shaped(name, event).body).unwrap();
        let shown = json!({"found": body(&found), "failed": body(&failed)});
        let name = serde_json::to_value(name).unwrap();
        insta::assert_json_snapshot!(format!("{}_others", name.as_str().unwrap()), shown);
    }
}

/// Everything at its longest: headline, notice, withdrawn words, copies, topics, and each kind of long diff.
fn longest(diff_html: &str, text: &str) -> Event {
    let mut event = edited(diff_html);
    let long = text.repeat(3000);
    event.data["article"]["title"] = json!(long);
    event.data["article"]["excerpt"] = json!(long);
    event.data["article"]["source_name"] = json!(long);
    event.data["topics"][0]["name"] = json!(long);
    event.data["revision"]["notice"] = json!(long);
    event.data["withdrawn"] = json!([long, long, long, long]);
    let member = |id: usize| json!({"id": id, "source_name": long, "origin": false});
    event.data["story"]["articles"] = (8..40).map(member).collect();
    event
}

/// All texts in a JSON value.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text.as_str()],
        Value::Array(all) => all.iter().flat_map(texts).collect(),
        Value::Object(all) => all.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

fn chars(value: &Value) -> usize {
    value.as_str().unwrap_or_default().chars().count()
}

/// What the services document of their limits.
#[track_caller]
fn check_limits(name: WebhookFormat, event: &Event) {
    let message = shaped(name, event);
    let body: Value = serde_json::from_slice(&message.body).unwrap();
    let said = format!("{name:?}: {} bytes", message.body.len());
    match name {
        WebhookFormat::Standard => assert!(message.body.len() <= super::super::BODY_BYTES_MAX, "{said}"),
        WebhookFormat::Slack => {
            let blocks = body["blocks"].as_array().unwrap();
            assert!(blocks.len() <= 50, "{said}");
            for block in blocks {
                let all: usize = texts(&block["elements"]).iter().map(|text| text.chars().count()).sum();
                // The words that name styles and types are counted along.
                assert!(all <= 8000, "{said}: {all}");
            }
            let elements = blocks[0]["elements"].as_array().unwrap();
            let shown = elements.iter().flat_map(|one| one["elements"].as_array().unwrap());
            let all: usize = shown.map(|run| chars(&run["text"])).sum();
            assert!(all <= 3000, "{said}: {all} characters");
            assert!(chars(&body["text"]) <= 3000, "{said}");
        }
        WebhookFormat::Discord => {
            let embeds = body["embeds"].as_array().unwrap();
            assert!(embeds.len() <= 10 && chars(&body["content"]) <= 2000, "{said}");
            let one = &embeds[0];
            let all = [&one["title"], &one["description"], &one["author"]["name"], &one["footer"]["text"]].map(chars);
            assert!(all[0] <= 256 && all[1] <= 4096 && all[2] <= 256 && all[3] <= 2048, "{said}: {all:?}");
            assert!(all.iter().sum::<usize>() <= 6000, "{said}: {all:?}");
        }
        WebhookFormat::Teams => assert!(message.body.len() <= 28_000, "{said}"),
        WebhookFormat::Matrix => assert!(message.body.len() <= 60_000, "{said}"),
        WebhookFormat::Ntfy => {
            assert!(body["message"].as_str().unwrap().len() <= 4096 && chars(&body["title"]) <= 250, "{said}");
        }
        WebhookFormat::Mattermost => assert!(texts(&body).concat().chars().count() <= 16_383, "{said}"),
    }
}

#[test]
fn no_message_is_over_its_services_limit_whatever_the_event_holds() {
    let long = format!("<p><del>{}</del><ins>{}</ins></p>", "*_".repeat(1000), "国".repeat(3000));
    let short = "<p>a<ins>b</ins>c<del>d</del>e</p>".to_owned();
    let split = format!("<p>{}</p>", "<ins>*</ins>国".repeat(2000));
    for diff in [long.repeat(60), short.repeat(2000), split, String::new()] {
        for text in ["*_", "国", "a ", "&<"] {
            let event = longest(&format!("<div class=\"diff\">{diff}</div>"), text);
            for name in ALL {
                check_limits(name, &event);
            }
        }
    }
    let event = edited(&format!("<div class=\"diff\">{}</div>", long.repeat(60)));
    let body: Value = serde_json::from_slice(&shaped(WebhookFormat::Discord, &event).body).unwrap();
    assert!(body["embeds"][0]["description"].as_str().unwrap().contains("more changes"), "what is left out is counted");
}

#[test]
fn an_event_without_data_makes_a_message_too() {
    let mut event = edited("");
    event.data = Value::Null;
    for name in ALL {
        for kind in [EventKind::Matched, EventKind::SourceFailing, EventKind::DeliveryFailed, EventKind::Ping] {
            event.kind = kind;
            assert!(serde_json::from_slice::<Value>(&shaped(name, &event).body).is_ok(), "{name:?}");
        }
    }
}

#[test]
fn matrix_through_a_bridge_is_posted() {
    let message = format(WebhookFormat::Matrix, &url("https://hookshot.test/webhook/abc"), "id", &edited(DIFF));
    assert_eq!((message.put, message.url.as_str()), (false, "https://hookshot.test/webhook/abc"));
}
