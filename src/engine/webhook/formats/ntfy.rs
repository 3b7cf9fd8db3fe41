//! ntfy: plain text, a tag and a priority.

use serde_json::{Value, json};

use super::{Message, Parts};
use crate::engine::brief::{Line, cut};
use crate::model::event::EventKind;
use crate::model::url::WebUrl;

/// ntfy turns longer messages into attachments.
const TEXT_BYTES: usize = 3800;

/// ntfy's JSON is posted to the server's root and names the topic, which the channel's URL ends in.
pub(super) fn message(parts: &Parts, url: &WebUrl) -> Message {
    let topic = url.as_url().path().trim_matches('/').to_owned();
    let mut root = url.as_url().clone();
    root.set_path("/");
    let lines = parts.lines.iter().map(Line::to_text);
    let texts: Vec<String> = std::iter::once(parts.headline.clone())
        .chain(parts.plain().map(str::to_owned))
        .chain(lines)
        .chain(parts.tail().map(str::to_owned))
        .chain([parts.meta.clone()])
        .collect();
    let mut text = texts.join("\n");
    while text.len() > TEXT_BYTES {
        text = cut(&text, text.chars().count() * 9 / 10);
    }
    let (tag, priority) = match parts.kind {
        EventKind::Matched => ("newspaper", 3),
        EventKind::Revised | EventKind::Diverged => ("pencil2", 3),
        EventKind::Gone | EventKind::SourceFailing | EventKind::DeliveryFailed | EventKind::ChannelFailing => {
            ("warning", 4)
        }
        EventKind::Restored | EventKind::SourceRecovered | EventKind::ChannelRecovered => ("white_check_mark", 3),
        EventKind::Crossposted => ("page_facing_up", 2),
        EventKind::Ping => ("wave", 2),
    };
    let mut body = json!({"topic": topic, "title": parts.label, "message": text, "tags": [tag], "priority": priority});
    if let (Value::Object(body), Some(click)) = (&mut body, &parts.url) {
        body.insert("click".to_owned(), json!(click));
    }
    let url = WebUrl::parse(root.as_str()).unwrap_or_else(|_| url.clone());
    Message { url, put: false, body: body.to_string().into_bytes() }
}
