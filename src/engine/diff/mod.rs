//! What changed between two contents, word by word.
//!
//! Invariants: [`Diff::apply`] to the content before gives the content after; a paragraph that only moved is a move, not
//! a removal and an addition; equal contents give an empty diff. Never judges what a change means: that is
//! [`super::revision`].

mod apply;
mod blocks;
mod fields;
mod render;
mod words;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::text::fold::plain;
use super::text::words::count;
use crate::model::article::{BlockKind, Content};

/// The differences between two contents.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Diff {
    /// The headline, if it changed.
    pub title: Option<TitleChange>,
    /// Authors, dates, section and the like that changed.
    pub fields: Vec<FieldChange>,
    /// The body in the order of the new text; what is gone stands where it was.
    pub body: Vec<BodyChange>,
}

/// A headline that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TitleChange {
    /// As it was.
    pub before: Option<String>,
    /// As it is.
    pub after: Option<String>,
    /// Word by word.
    pub spans: Vec<Span>,
}

/// A metadata field that changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field's name as in the content.
    pub field: String,
    /// As it was; null if it was not there.
    pub before: serde_json::Value,
    /// As it is; null if it is gone.
    pub after: serde_json::Value,
}

/// What became of some words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SpanKind {
    /// In both.
    Equal,
    /// Only in the text before.
    Delete,
    /// Only in the text after.
    Insert,
}

/// Words in a row with one fate. Paragraphs joined or split are told apart by [`PARAGRAPH_BREAK`] inside the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Their fate.
    pub op: SpanKind,
    /// The words with their blanks and marks.
    pub text: String,
}

/// What separates paragraphs inside a [`Span`].
pub const PARAGRAPH_BREAK: char = '\u{2029}';

/// What became of a block. Positions count blocks from 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum BodyChange {
    /// As it was, where it was.
    Same {
        /// Where it was.
        before: usize,
        /// Where it is.
        after: usize,
        /// What it is.
        kind: BlockKind,
        /// Its text.
        text: String,
    },
    /// As it was, elsewhere.
    Moved {
        /// Where it was.
        before: usize,
        /// Where it is.
        after: usize,
        /// What it is.
        kind: BlockKind,
        /// Its text.
        text: String,
    },
    /// New.
    Added {
        /// Where it is.
        after: usize,
        /// What it is.
        kind: BlockKind,
        /// Its text.
        text: String,
    },
    /// Gone.
    Removed {
        /// Where it was.
        before: usize,
        /// What it was.
        kind: BlockKind,
        /// Its text.
        text: String,
    },
    /// Changed inside; several blocks where paragraphs were joined or split.
    Edited {
        /// Where they were, in a row.
        before: Vec<usize>,
        /// Where they are, in a row.
        after: Vec<usize>,
        /// What the new blocks are.
        kinds: Vec<BlockKind>,
        /// Whether they stand elsewhere now.
        moved: bool,
        /// The words.
        spans: Vec<Span>,
    },
}

/// Which differences count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compare {
    /// Every character.
    Exact,
    /// Not typography: other quotation marks, dashes and blanks are the same, and the new text's are shown.
    Plain,
}

impl Compare {
    /// What is compared of one piece of text.
    fn key(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Plain if !text.is_ascii() || text.contains("  ") => Cow::Owned(plain_piece(text)),
            Self::Exact | Self::Plain => Cow::Borrowed(text),
        }
    }
}

/// [`plain`] for a piece that may be a blank itself.
fn plain_piece(text: &str) -> String {
    if text.chars().all(char::is_whitespace) { " ".to_owned() } else { plain(text) }
}

/// Compares two contents.
pub fn diff(before: &Content, after: &Content) -> Diff {
    diff_by(before, after, Compare::Exact)
}

/// Compares two contents, typography aside. [`Diff::apply`] is no use on the result.
pub(super) fn diff_plain(before: &Content, after: &Content) -> Diff {
    diff_by(before, after, Compare::Plain)
}

fn diff_by(before: &Content, after: &Content, compare: Compare) -> Diff {
    Diff {
        title: fields::title(before, after, compare),
        fields: fields::changed(before, after),
        body: blocks::changes(&before.blocks, &after.blocks, compare),
    }
}

impl Diff {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.title.is_none()
            && self.fields.is_empty()
            && self.body.iter().all(|change| matches!(change, BodyChange::Same { .. }))
    }

    /// The body's words that are new, each stretch as one text; whole blocks whole.
    pub fn added_texts(&self) -> Vec<String> {
        self.texts(SpanKind::Insert)
    }

    /// The body's words that are gone, each stretch as one text; whole blocks whole.
    pub fn removed_texts(&self) -> Vec<String> {
        self.texts(SpanKind::Delete)
    }

    /// How many words are new, the headline's included.
    pub fn added_words(&self) -> usize {
        self.word_count(SpanKind::Insert)
    }

    /// How many words are gone, the headline's included.
    pub fn removed_words(&self) -> usize {
        self.word_count(SpanKind::Delete)
    }

    fn word_count(&self, fate: SpanKind) -> usize {
        let title: usize = self.title.iter().flat_map(|title| &title.spans).map(|span| span_words(span, fate)).sum();
        title + self.texts(fate).iter().map(|text| count(text)).sum::<usize>()
    }

    fn texts(&self, fate: SpanKind) -> Vec<String> {
        let mut texts = Vec::new();
        for change in &self.body {
            match change {
                BodyChange::Added { text, .. } if fate == SpanKind::Insert => texts.push(text.clone()),
                BodyChange::Removed { text, .. } if fate == SpanKind::Delete => texts.push(text.clone()),
                BodyChange::Edited { spans, .. } => {
                    let of_fate = spans.iter().filter(|span| span.op == fate);
                    texts.extend(of_fate.map(|span| span.text.replace(PARAGRAPH_BREAK, " ").trim().to_owned()));
                }
                BodyChange::Added { .. }
                | BodyChange::Removed { .. }
                | BodyChange::Same { .. }
                | BodyChange::Moved { .. } => {}
            }
        }
        texts.retain(|text| text.chars().any(char::is_alphanumeric));
        texts
    }

    /// As an HTML fragment: paragraphs with `<ins>` and `<del>`, everything escaped, long unchanged stretches left out.
    pub fn to_html(&self) -> String {
        render::html::render(self)
    }

    /// As text for mail and pipes: `-` and `+` lines with the words marked `[-so-]` and `{+so+}`.
    pub fn to_unified(&self) -> String {
        render::unified::render(self)
    }

    /// For a terminal of `width` columns: side by side from 120 columns on; colours only if asked for.
    pub fn to_terminal(&self, width: usize, colour: bool) -> String {
        render::terminal::render(self, width, colour)
    }
}

fn span_words(span: &Span, fate: SpanKind) -> usize {
    if span.op == fate { count(&span.text) } else { 0 }
}

#[cfg(test)]
mod tests;
