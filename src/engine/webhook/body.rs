//! The contract's body, bounded: receivers read a webhook into memory, and many refuse long ones.
//!
//! Invariant: the same event gives the same bytes at every attempt, since they are what is signed.

use serde_json::{Map, Value, json};

use crate::model::event::{Event, EventKind};
use crate::model::time::Timestamp;

/// No body is longer: the Standard Webhooks specification asks for payloads under some 20 kB.
pub const BODY_BYTES_MAX: usize = 20_000;
/// A text of a list is cut to this when the body is too long.
const TEXT_CHARS_WHEN_LONG: usize = 300;
/// So many members of a list stay when the body is too long.
const LIST_MAX_WHEN_LONG: usize = 10;

/// `{"type","timestamp","data"}`. What is too long loses the diff as HTML, then as text, then the ends of its lists and
/// texts, and says `"truncated": true`.
pub fn body(event: &Event) -> Vec<u8> {
    let whole = envelope(event, &event.data);
    if whole.len() <= BODY_BYTES_MAX {
        return whole;
    }
    let mut data = event.data.clone();
    let steps: [fn(&mut Value); 4] = [
        |data| drop_from(data, "diff", "html"),
        |data| drop_from(data, "diff", "text"),
        |data| shorten(data, LIST_MAX_WHEN_LONG, TEXT_CHARS_WHEN_LONG),
        |data| shorten(data, 1, 100),
    ];
    mark(&mut data);
    let mut bytes = Vec::new();
    for step in steps {
        step(&mut data);
        bytes = envelope(event, &data);
        if bytes.len() <= BODY_BYTES_MAX {
            return bytes;
        }
    }
    // Thousands of keys are no event of ours; what is left says which article it was about.
    if bytes.len() > BODY_BYTES_MAX {
        bytes = envelope(event, &json!({"truncated": true, "article": {"id": event.article}}));
    }
    bytes
}

/// The event of `check --connect`.
pub fn ping(channel: &str, now: Timestamp) -> Event {
    Event {
        kind: EventKind::Ping,
        timestamp: now,
        topics: Vec::new(),
        article: None,
        story: None,
        significance: 0.0,
        data: json!({"channel": channel, "message": "wirewatch reaches this channel"}),
    }
}

fn envelope(event: &Event, data: &Value) -> Vec<u8> {
    json!({"type": event.kind.as_str(), "timestamp": event.timestamp, "data": data}).to_string().into_bytes()
}

fn mark(data: &mut Value) {
    if let Value::Object(data) = data {
        data.insert("truncated".to_owned(), Value::Bool(true));
    }
}

fn drop_from(data: &mut Value, object: &str, key: &str) {
    if let Some(Value::Object(inner)) = data.get_mut(object) {
        let _: Option<Value> = inner.shift_remove(key);
    }
}

fn shorten(value: &mut Value, list_max: usize, chars_max: usize) {
    match value {
        Value::String(text) if !text.starts_with("http") && text.chars().count() > chars_max => {
            *text = text.chars().take(chars_max).chain(['…']).collect();
        }
        // A cut address is another address: one of absurd length goes whole.
        Value::String(text) if text.len() > 4000 => text.clear(),
        Value::Array(list) => {
            list.truncate(list_max);
            for value in list {
                shorten(value, list_max, chars_max);
            }
        }
        Value::Object(map) => shorten_map(map, list_max, chars_max),
        _ => {}
    }
}

fn shorten_map(map: &mut Map<String, Value>, list_max: usize, chars_max: usize) {
    for (_, value) in map.iter_mut() {
        shorten(value, list_max, chars_max);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::ArticleId;

    fn event(data: Value) -> Event {
        Event {
            kind: EventKind::Revised,
            timestamp: "2026-06-15T12:00:00Z".parse().unwrap(),
            topics: Vec::new(),
            article: Some(ArticleId(7)),
            story: None,
            significance: 0.5,
            data,
        }
    }

    fn sent(data: Value) -> Value {
        let bytes = body(&event(data));
        assert!(bytes.len() <= BODY_BYTES_MAX, "{} bytes", bytes.len());
        serde_json::from_slice(&bytes).unwrap()
    }

    #[test]
    fn the_body_is_type_timestamp_and_data() {
        let text = String::from_utf8(body(&event(json!({"article": {"id": 7}})))).unwrap();
        assert_eq!(
            text,
            r#"{"type":"article.revised","timestamp":"2026-06-15T12:00:00Z","data":{"article":{"id":7}}}"#
        );
    }

    #[test]
    fn what_is_too_long_loses_the_diff_first_and_says_so() {
        let long = "word ".repeat(20_000);
        let sent =
            sent(json!({"article": {"title": "kept"}, "diff": {"html": long, "text": "kept", "added": ["kept"]}}));
        let data = &sent["data"];
        assert_eq!(data["truncated"], true);
        assert_eq!(data["diff"], json!({"text": "kept", "added": ["kept"]}));
        assert_eq!(data["article"]["title"], "kept");
    }

    #[test]
    fn a_body_is_bounded_whatever_is_long() {
        let many: Vec<String> = (0..5000).map(|n| format!("text {n} {}", "x".repeat(500))).collect();
        let keys: Map<String, Value> = (0..5000).map(|n| (n.to_string(), json!("x".repeat(50)))).collect();
        assert_eq!(sent(json!({"diff": {"added": many}}))["data"]["diff"]["added"].as_array().unwrap().len(), 10);
        assert_eq!(sent(Value::Object(keys))["data"]["article"]["id"], 7);
        assert_eq!(
            sent(json!({"article": {"url": format!("https://a.test/{}", "x".repeat(90_000))}}))["data"]["truncated"],
            true
        );
    }
}
