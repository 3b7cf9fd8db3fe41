//! Matrix: a notice in text and HTML, at a homeserver or through the bridge Hookshot.

use std::fmt::Write as _;

use serde_json::json;

use super::{Message, Parts};
use crate::engine::brief::{Line, PieceKind};
use crate::model::url::WebUrl;

/// `PUT …/send/m.room.message/ID` where the URL is a homeserver's (`…/_matrix/client/v3/rooms/ROOM/send/m.room.message`,
/// with the access token as a header); else what the bridge Hookshot takes.
pub(super) fn message(parts: &Parts, url: &WebUrl, id: &str) -> Message {
    let texts: Vec<String> = [parts.label.clone(), parts.headline.clone()]
        .into_iter()
        .chain(parts.url.clone())
        .chain([parts.meta.clone()])
        .chain(parts.plain().map(str::to_owned))
        .chain(parts.lines.iter().map(Line::to_text))
        .chain(parts.tail().map(str::to_owned))
        .collect();
    let (text, html) = (texts.join("\n"), shown(parts));
    if !url.as_url().path().contains("/_matrix/client/") {
        let body = json!({"text": text, "html": html});
        return Message { url: url.clone(), put: false, body: body.to_string().into_bytes() };
    }
    let mut target = url.as_url().clone();
    target.set_path(&format!("{}/{id}", url.as_url().path().trim_end_matches('/')));
    let body = json!({
        "msgtype": "m.notice", "body": text, "format": "org.matrix.custom.html", "formatted_body": html, "m.mentions": {},
    });
    let url = WebUrl::parse(target.as_str()).unwrap_or_else(|_| url.clone());
    Message { url, put: true, body: body.to_string().into_bytes() }
}

fn shown(parts: &Parts) -> String {
    let headline = match &parts.url {
        Some(url) => format!("<a href=\"{}\"><b>{}</b></a>", escaped(url), escaped(&parts.headline)),
        None => format!("<b>{}</b>", escaped(&parts.headline)),
    };
    let mut text = format!("{}<br>{headline}<br>{}", escaped(&parts.label), escaped(&parts.meta));
    for plain in parts.plain() {
        write!(text, "<p>{}</p>", escaped(plain)).unwrap_or_default();
    }
    for line in &parts.lines {
        text.push_str("<blockquote>");
        for piece in &line.pieces {
            let words = escaped(&piece.text);
            match piece.kind {
                PieceKind::Same => text.push_str(&words),
                PieceKind::Removed => write!(text, "<del>{words}</del> ").unwrap_or_default(),
                PieceKind::Added => write!(text, "<b>{words}</b>").unwrap_or_default(),
            }
        }
        text.push_str("</blockquote>");
    }
    for tail in parts.tail() {
        write!(text, "<p><i>{}</i></p>", escaped(tail)).unwrap_or_default();
    }
    text
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}
