//! Discord and Mattermost: markdown that shows what a page wrote as it is.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Parts, colour};
use crate::engine::brief::{Line, PieceKind, cut};

pub(super) fn discord(parts: &Parts) -> Value {
    // Escaping at most doubles the text: 4096 holds it, and the cut is for texts of signs alone.
    let description = cut(&body(parts), 4000);
    let mut embed = json!({
        "author": {"name": cut(&parts.label, 250)}, "title": cut(&escaped(&parts.headline), 256), "description": description,
        "color": colour(parts.kind), "footer": {"text": parts.meta}, "timestamp": parts.at,
    });
    if let (Value::Object(embed), Some(url)) = (&mut embed, &parts.url) {
        embed.insert("url".to_owned(), json!(url));
    }
    json!({"embeds": [embed], "allowed_mentions": {"parse": []}})
}

pub(super) fn mattermost(parts: &Parts) -> Value {
    let headline = match &parts.url {
        Some(url) => format!("[{}]({})", escaped(&parts.headline), address(url)),
        None => escaped(&parts.headline),
    };
    let text = format!("{}\n**{headline}**\n{}\n\n{}", escaped(&parts.label), escaped(&parts.meta), body(parts));
    let fallback = format!("{}: {}", parts.label, parts.headline);
    let colour = format!("#{:06x}", colour(parts.kind));
    json!({"attachments": [{"fallback": fallback, "color": colour, "text": cut(&text, 7000)}]})
}

fn body(parts: &Parts) -> String {
    let plain = parts.plain().map(escaped);
    let lines = parts.lines.iter().map(shown);
    let tail = parts.tail().map(|text| format!("*{}*", escaped(text)));
    plain.chain(lines).chain(tail).collect::<Vec<_>>().join("\n")
}

fn shown(line: &Line) -> String {
    let mut text = String::from("> ");
    for piece in &line.pieces {
        // A mark must touch the words it marks, so that blanks stand outside.
        let trimmed = piece.text.trim();
        let (before, after) = piece.text.split_once(trimmed).unwrap_or(("", ""));
        let mark = match piece.kind {
            PieceKind::Removed if !trimmed.is_empty() => "~~",
            PieceKind::Added if !trimmed.is_empty() => "**",
            _ => "",
        };
        write!(text, "{before}{mark}{}{mark}{after}", escaped(trimmed)).unwrap_or_default();
    }
    text.replace("~~**", "~~ **")
}

/// Markdown that shows a text as it is.
fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '*' | '_' | '~' | '`' | '|' | '[' | ']' | '(' | ')' | '<' | '>' | '#' | '-' | '+' | '!' | ':' => {
                shown.push('\\');
                shown.push(c);
            }
            // A mention needs its sign at once before the name.
            '@' => shown.push_str("@\u{200B}"),
            c => shown.push(c),
        }
    }
    shown
}

/// An address inside a markdown link.
fn address(url: &str) -> String {
    url.replace('(', "%28").replace(')', "%29")
}
