//! Decides whether a new capture of an article is a revision, of which kinds, and how much it matters; and links
//! revisions into a chain of hashes.
//!
//! Invariants: what a reader would not see, or a page shows anew at each load, is never a change; every other difference
//! of headline, authors or body is; a number in a sentence always counts («12 dead» to «19 dead» is news).

mod chain;
mod details;
mod lexicon;
mod lines;
mod noise;
mod notices;
mod quotes;
mod significance;

pub use chain::{chain, text_hash};

use serde::{Deserialize, Serialize};

use crate::model::article::{ChangeKind, Content};

use self::noise::{STEPS, Step, key, without_noise};
use super::diff::{Diff, diff_plain};

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
    if key(before, &[]) == key(after, &[]) {
        return if same_metadata(before, after) { Verdict::Unchanged } else { cosmetic("metadata") };
    }
    if key(before, STEPS) == key(after, STEPS) {
        return cosmetic(&rule(before, after));
    }
    Verdict::Changed(Box::new(change(before, after)))
}

fn cosmetic(rule: &str) -> Verdict {
    Verdict::Cosmetic { rule: rule.to_owned() }
}

fn same_metadata(before: &Content, after: &Content) -> bool {
    // Headline, authors, notes and body are compared by their key.
    (&before.published, &before.modified, &before.language, &before.site)
        == (&after.published, &after.modified, &after.language, &after.site)
        && (&before.section, &before.tags, &before.image, &before.origin)
            == (&after.section, &after.tags, &after.image, &after.origin)
}

/// The steps without which the two would not be equal, by name.
fn rule(before: &Content, after: &Content) -> String {
    let mut needed: Vec<Step> = STEPS.to_vec();
    for step in STEPS {
        let without: Vec<Step> = needed.iter().copied().filter(|other| other != step).collect();
        if key(before, &without) == key(after, &without) {
            needed = without;
        }
    }
    needed.iter().map(|step| step.as_str()).collect::<Vec<_>>().join("+")
}

fn change(before: &Content, after: &Content) -> Change {
    let (bare_before, bare_after) = (without_noise(before), without_noise(after));
    let diff = diff_plain(&bare_before, &bare_after);
    let mut details = details::details(&bare_before, &bare_after, &diff);
    if details.is_empty() {
        // Something differs that no kind knows; it is a change all the same, and the diff shows it.
        details.push(Detail { kind: ChangeKind::Body, before: None, after: None, speaker: None });
    }
    let mut kinds: Vec<ChangeKind> = details.iter().map(|detail| detail.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let notice = details::new_notice(&details);
    let acknowledged = notice.is_some() || was_dated(before, after);
    let (significance, reasons) = significance::significance(&bare_before, &details, &kinds, &diff);
    Change { kinds, details, acknowledged, notice, significance, reasons, diff }
}

/// Whether the page's modified date came or moved on.
fn was_dated(before: &Content, after: &Content) -> bool {
    match (before.modified, after.modified) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(before), Some(after)) => after.instant() > before.instant(),
    }
}

#[cfg(test)]
mod tests;
