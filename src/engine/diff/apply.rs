//! Putting a diff on the content it was made from.

use serde_json::Value;

use super::fields::metadata;
use super::{BodyChange, Diff, PARAGRAPH_BREAK, Span, SpanKind};
use crate::model::article::{Block, BlockKind, Content};

impl Diff {
    /// The content after, from the content before; `None` if the diff is not one of `before`.
    pub fn apply(&self, before: &Content) -> Option<Content> {
        let mut fields = metadata(before);
        for change in &self.fields {
            if fields.get(&change.field)? != &change.before {
                return None;
            }
            fields.insert(change.field.clone(), change.after.clone());
        }
        fields.insert("title".to_owned(), Value::Null);
        fields.insert("blocks".to_owned(), Value::Array(Vec::new()));
        let mut content: Content = serde_json::from_value(Value::Object(fields)).ok()?;
        content.title = match &self.title {
            None => before.title.clone(),
            Some(change) if change.before == before.title => change.after.clone(),
            Some(_) => return None,
        };
        content.blocks = self.apply_body(&before.blocks)?;
        Some(content)
    }

    fn apply_body(&self, before: &[Block]) -> Option<Vec<Block>> {
        let mut used = 0;
        let mut blocks = Vec::new();
        for change in &self.body {
            match change {
                BodyChange::Same { before: at, .. } | BodyChange::Moved { before: at, .. } => {
                    used += 1;
                    blocks.push(before.get(*at)?.clone());
                }
                BodyChange::Added { kind, text, .. } => blocks.push(Block { kind: *kind, text: text.clone() }),
                BodyChange::Removed { before: at, text, .. } => {
                    used += 1;
                    (before.get(*at)?.text == *text).then_some(())?;
                }
                BodyChange::Edited { before: from, kinds, spans, .. } => {
                    used += from.len();
                    let old: Option<Vec<&str>> = from.iter().map(|at| Some(before.get(*at)?.text.as_str())).collect();
                    (side(spans, SpanKind::Delete) == old?.join(BREAK)).then_some(())?;
                    blocks.extend(split(&side(spans, SpanKind::Insert), kinds));
                }
            }
        }
        (used == before.len()).then_some(blocks)
    }
}

const BREAK: &str = "\u{2029}";

/// The text of one side: the equal words and those of one fate.
pub(super) fn side(spans: &[Span], fate: SpanKind) -> String {
    spans.iter().filter(|span| span.op == SpanKind::Equal || span.op == fate).map(|span| span.text.as_str()).collect()
}

fn split(text: &str, kinds: &[BlockKind]) -> Vec<Block> {
    match kinds {
        // One block may hold the break itself; it is no separator then.
        [kind] => vec![Block { kind: *kind, text: text.to_owned() }],
        kinds => {
            let texts = text.split(PARAGRAPH_BREAK);
            kinds.iter().zip(texts).map(|(kind, text)| Block { kind: *kind, text: text.to_owned() }).collect()
        }
    }
}
