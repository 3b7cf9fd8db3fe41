//! Diffs for people: what all renderings share. Long unchanged stretches are left out, with a word on how long.

pub(super) mod html;
pub(super) mod terminal;
pub(super) mod unified;

use std::fmt::{self, Write as _};

use super::{BodyChange, Diff, PARAGRAPH_BREAK, Span, SpanKind};
use crate::engine::text::words::{Token, tokens};
use crate::model::article::BlockKind;

/// Words that are shown of unchanged text beside a change.
const CONTEXT_WORDS: usize = 16;

/// One line of a rendering.
struct Line {
    mark: Mark,
    kind: BlockKind,
    spans: Vec<Span>,
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// So many unchanged blocks are left out.
    Gap(usize),
    /// Unchanged, shown for orientation.
    Context,
    Removed,
    Added,
    Edited,
    /// From this block, counted from 1.
    Moved(usize),
}

/// The body's changes with one unchanged block before and after each.
fn lines(diff: &Diff) -> Vec<Line> {
    let is_same = |at: usize| matches!(diff.body.get(at), Some(BodyChange::Same { .. }) | None);
    let mut lines = Vec::new();
    let mut left_out = 0;
    for (at, change) in diff.body.iter().enumerate() {
        let is_far = is_same(at) && is_same(at + 1) && at.checked_sub(1).is_none_or(is_same);
        if is_far {
            left_out += 1;
            continue;
        }
        push_gap(&mut lines, &mut left_out);
        lines.push(line(change));
    }
    push_gap(&mut lines, &mut left_out);
    lines
}

fn push_gap(lines: &mut Vec<Line>, left_out: &mut usize) {
    if *left_out > 0 {
        lines.push(Line { mark: Mark::Gap(*left_out), kind: BlockKind::Paragraph, spans: Vec::new() });
        *left_out = 0;
    }
}

fn line(change: &BodyChange) -> Line {
    let whole = |op: SpanKind, text: &str| vec![Span { op, text: text.to_owned() }];
    match change {
        BodyChange::Same { kind, text, .. } => {
            Line { mark: Mark::Context, kind: *kind, spans: whole(SpanKind::Equal, &shortened(text)) }
        }
        BodyChange::Moved { before, kind, text, .. } => {
            Line { mark: Mark::Moved(before + 1), kind: *kind, spans: whole(SpanKind::Equal, &shortened(text)) }
        }
        BodyChange::Added { kind, text, .. } => {
            Line { mark: Mark::Added, kind: *kind, spans: whole(SpanKind::Insert, text) }
        }
        BodyChange::Removed { kind, text, .. } => {
            Line { mark: Mark::Removed, kind: *kind, spans: whole(SpanKind::Delete, text) }
        }
        BodyChange::Edited { before, kinds, moved, spans, .. } => Line {
            mark: match before.first() {
                Some(first) if *moved => Mark::Moved(first + 1),
                Some(_) | None => Mark::Edited,
            },
            kind: kinds.first().copied().unwrap_or(BlockKind::Paragraph),
            spans: shortened_spans(spans),
        },
    }
}

/// Beginning and end of a long text.
fn shortened(text: &str) -> String {
    elided(text, CONTEXT_WORDS, CONTEXT_WORDS)
}

/// Equal stretches shortened on the sides that face no change.
fn shortened_spans(spans: &[Span]) -> Vec<Span> {
    let last = spans.len().saturating_sub(1);
    let shorten = |(at, span): (usize, &Span)| {
        let text = match span.op {
            SpanKind::Equal if at == 0 && at == last => shortened(&span.text),
            SpanKind::Equal if at == 0 => elided(&span.text, 0, CONTEXT_WORDS),
            SpanKind::Equal if at == last => elided(&span.text, CONTEXT_WORDS, 0),
            SpanKind::Equal => elided(&span.text, CONTEXT_WORDS, CONTEXT_WORDS),
            SpanKind::Delete | SpanKind::Insert => span.text.clone(),
        };
        Span { op: span.op, text }
    };
    spans.iter().enumerate().map(shorten).collect()
}

/// The first and the last words of a text, if there is much between.
fn elided(text: &str, first_words: usize, last_words: usize) -> String {
    let words: Vec<Token<'_>> = tokens(text).into_iter().filter(Token::is_word).collect();
    if words.len() <= first_words + last_words + CONTEXT_WORDS {
        return text.to_owned();
    }
    let head_end = first_words.checked_sub(1).and_then(|at| words.get(at)).map_or(0, Token::end);
    let tail_start = words.get(words.len() - last_words).map_or(text.len(), |token| token.start);
    let (head, tail) = (text.get(..head_end).unwrap_or_default(), text.get(tail_start..).unwrap_or_default());
    match (head.is_empty(), tail.is_empty()) {
        (true, _) => format!("… {tail}"),
        (_, true) => format!("{head} …"),
        (false, false) => format!("{head} … {tail}"),
    }
}

/// Writes to the end of a text.
fn add(text: &mut String, piece: fmt::Arguments<'_>) {
    text.write_fmt(piece).expect("a String takes whatever is written to it");
}

/// How many blocks are left out, in words.
fn gap_words(blocks: usize) -> String {
    if blocks == 1 { "1 paragraph unchanged".to_owned() } else { format!("{blocks} paragraphs unchanged") }
}

/// A metadata value as people write it.
fn value_words(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => "–".to_owned(),
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(items) => items.iter().map(value_words).collect::<Vec<_>>().join(", "),
        serde_json::Value::Object(fields) => {
            fields.values().filter(|value| !value.is_null()).map(value_words).collect::<Vec<_>>().join(" ")
        }
        serde_json::Value::Bool(_) | serde_json::Value::Number(_) => value.to_string(),
    }
}

/// Text for a terminal or a mail: paragraph breaks as a sign, no control characters (a page could move the cursor).
fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            PARAGRAPH_BREAK => shown.push_str(" ¶ "),
            '\n' | '\t' => shown.push(' '),
            c if c.is_control() => {}
            c => shown.push(c),
        }
    }
    shown
}
