//! Slack: styled runs of rich text.

use serde_json::{Value, json};

use super::{Parts, replaces};
use crate::engine::brief::PieceKind;

pub(super) fn message(parts: &Parts) -> Value {
    let run = |text: &str, style: Value| json!({"type": "text", "text": text, "style": style});
    let plain = |text: &str| json!({"type": "text", "text": text});
    let section = |elements: Vec<Value>| json!({"type": "rich_text_section", "elements": elements});
    let headline = match &parts.url {
        Some(url) => json!({"type": "link", "url": url, "text": parts.headline, "style": {"bold": true}}),
        None => run(&parts.headline, json!({"bold": true})),
    };
    let mut sections =
        vec![section(vec![plain(&format!("{}\n", parts.label)), headline, plain(&format!("\n{}", parts.meta))])];
    sections.extend(parts.plain().map(|text| section(vec![plain(&format!("\n{text}"))])));
    for line in &parts.lines {
        let mut runs: Vec<Value> = Vec::new();
        for (at, piece) in line.pieces.iter().enumerate() {
            if replaces(line, at) {
                runs.push(plain(" "));
            }
            runs.push(match piece.kind {
                PieceKind::Same => plain(&piece.text),
                PieceKind::Removed => run(&piece.text, json!({"strike": true})),
                PieceKind::Added => run(&piece.text, json!({"bold": true})),
            });
        }
        sections.push(json!({"type": "rich_text_quote", "elements": runs}));
    }
    sections.extend(parts.tail().map(|text| section(vec![run(text, json!({"italic": true}))])));
    let fallback = format!("{}: {}", parts.label, parts.headline);
    let escaped = fallback.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    json!({
        "text": escaped, "unfurl_links": false, "unfurl_media": false,
        "blocks": [{"type": "rich_text", "elements": sections}],
    })
}
