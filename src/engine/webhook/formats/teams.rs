//! Teams: an adaptive card.

use serde_json::{Value, json};

use super::{Parts, replaces};
use crate::engine::brief::PieceKind;

pub(super) fn message(parts: &Parts) -> Value {
    let rich = |runs: Vec<Value>| json!({"type": "RichTextBlock", "inlines": runs});
    let run = |text: &str| json!({"type": "TextRun", "text": text});
    let mut body = vec![
        rich(vec![json!({"type": "TextRun", "text": parts.label, "size": "Small", "weight": "Bolder"})]),
        rich(vec![json!({"type": "TextRun", "text": parts.headline, "size": "Large", "weight": "Bolder"})]),
        rich(vec![json!({"type": "TextRun", "text": parts.meta, "size": "Small", "isSubtle": true})]),
    ];
    body.extend(parts.plain().map(|text| rich(vec![run(text)])));
    for line in &parts.lines {
        let mut runs: Vec<Value> = Vec::new();
        for (at, piece) in line.pieces.iter().enumerate() {
            if replaces(line, at) {
                runs.push(run(" "));
            }
            runs.push(match piece.kind {
                PieceKind::Same => run(&piece.text),
                PieceKind::Removed => {
                    json!({"type": "TextRun", "text": piece.text, "strikethrough": true, "color": "Attention"})
                }
                PieceKind::Added => json!({"type": "TextRun", "text": piece.text, "weight": "Bolder", "color": "Good"}),
            });
        }
        body.push(rich(runs));
    }
    body.extend(parts.tail().map(|text| rich(vec![json!({"type": "TextRun", "text": text, "isSubtle": true})])));
    let open = parts.url.iter().map(|url| json!({"type": "Action.OpenUrl", "title": "Open the article", "url": url}));
    let actions: Vec<Value> = open.collect();
    json!({"type": "message", "attachments": [{
        "contentType": "application/vnd.microsoft.card.adaptive",
        "content": {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
            "msteams": {"width": "Full"}, "body": body, "actions": actions,
        },
    }]})
}
