//! What an article's history would be if lines of its text had been ignored: which revisions would not have been
//! recorded, and which would have become smaller. Composes candidate and revision; pure, and changes nothing.

use regex::Regex;

use super::candidate::without_ignored;
use super::revision::{Verdict, compare};
use crate::model::article::{ChangeKind, Content};

/// The rule by which a revision is held back of which nothing is left.
pub const IGNORED: &str = "ignored";

/// One recorded revision.
#[derive(Debug, Clone)]
pub struct Past {
    /// As it was recorded.
    pub recorded: Content,
    /// What its stored page gives by the rules of today, where the page is kept.
    pub reread: Option<Content>,
    /// What it was recorded as.
    pub was: Extent,
    /// Read anew by a newer extractor: no edit, whatever the rules.
    pub technical: bool,
}

/// How far a revision changes its article.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Extent {
    /// What changed.
    pub change: Vec<ChangeKind>,
    /// Words that came.
    pub added_words: usize,
    /// Words that went.
    pub removed_words: usize,
}

/// What would have become of a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The first capture, or a technical revision: no rule touches those.
    Untouched,
    /// Recorded all the same.
    Stays,
    /// Recorded, with less in it.
    Smaller(Extent),
    /// Not recorded: nothing would have been left, or only what this rule holds back.
    HeldBack(String),
}

/// Walks the revisions of one article, the oldest first.
#[derive(Debug, Default)]
pub struct Replay {
    /// The last revision that would have been recorded.
    standing: Option<Past>,
}

impl Replay {
    /// What becomes of the next revision where lines that match `ignore` are left out.
    pub fn next(&mut self, next: Past, ignore: &[Regex]) -> Fate {
        let fate = match &self.standing {
            Some(before) if !next.technical => fate(before, &next, ignore),
            Some(_) | None => Fate::Untouched,
        };
        if !matches!(fate, Fate::HeldBack(_)) {
            self.standing = Some(next);
        }
        fate
    }
}

fn fate(before: &Past, after: &Past, ignore: &[Regex]) -> Fate {
    // Both by the rules of today, or both as recorded: what an extractor does otherwise is no edit.
    let (old, new) = match (&before.reread, &after.reread) {
        (Some(old), Some(new)) => (old, new),
        _ => (&before.recorded, &after.recorded),
    };
    match compare(&without_ignored(old, ignore), &without_ignored(new, ignore)) {
        Verdict::Unchanged => Fate::HeldBack(IGNORED.to_owned()),
        Verdict::Cosmetic { rule } => Fate::HeldBack(rule),
        Verdict::Changed(change) => {
            let would = Extent {
                added_words: change.diff.added_words(),
                removed_words: change.diff.removed_words(),
                change: change.kinds,
            };
            let words = |extent: &Extent| extent.added_words + extent.removed_words;
            if words(&would) < words(&after.was) { Fate::Smaller(would) } else { Fate::Stays }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::article::{Block, BlockKind};

    fn past(paragraphs: &[&str], words: usize) -> Past {
        let block = |text: &&str| Block { kind: BlockKind::Paragraph, text: (*text).to_owned() };
        Past {
            recorded: Content { blocks: paragraphs.iter().map(block).collect(), ..Content::default() },
            reread: None,
            was: Extent { added_words: words, ..Extent::default() },
            technical: false,
        }
    }

    const TEXT: &str = "The council met on Monday and put the vote off until the spring, the mayor said.";

    #[test]
    fn a_revision_of_ignored_lines_alone_would_not_have_been_recorded() {
        let ignore = [Regex::new("^Gold stands at").unwrap()];
        let mut replay = Replay::default();
        assert_eq!(replay.next(past(&[TEXT, "Gold stands at 1,812 dollars."], 0), &ignore), Fate::Untouched);
        let fate = replay.next(past(&[TEXT, "Gold stands at 1,799 dollars."], 2), &ignore);
        assert_eq!(fate, Fate::HeldBack(IGNORED.to_owned()));
        let fate = replay.next(past(&[TEXT, "Nobody voted.", "Gold stands at 1,700 dollars."], 4), &ignore);
        let change = vec![ChangeKind::Body];
        assert_eq!(fate, Fate::Smaller(Extent { change, added_words: 2, removed_words: 0 }));
        let fate = replay.next(past(&[TEXT, "Everybody voted.", "Gold stands at 1,700 dollars."], 2), &ignore);
        assert_eq!(fate, Fate::Stays);
    }

    #[test]
    fn what_was_held_back_is_compared_through() {
        // The second would not have been recorded, so the third is an edit of the first.
        let ignore = [Regex::new("^Live:").unwrap()];
        let mut replay = Replay::default();
        let texts = [vec![TEXT, "Live: a"], vec![TEXT, "Live: b"], vec![TEXT, "Live: c"]];
        let fates: Vec<Fate> = texts.iter().map(|text| replay.next(past(text, 1), &ignore)).collect();
        let held = Fate::HeldBack(IGNORED.to_owned());
        assert_eq!(fates, [Fate::Untouched, held.clone(), held]);
    }

    #[test]
    fn stored_pages_speak_where_both_are_kept() {
        let with_page = |paragraphs: &[&str], reread: &[&str]| Past {
            reread: Some(past(reread, 0).recorded),
            ..past(paragraphs, 3)
        };
        let mut replay = Replay::default();
        replay.next(with_page(&[TEXT, "A box of links."], &[TEXT]), &[]);
        let fate = replay.next(with_page(&[TEXT, "Another box of links."], &[TEXT]), &[]);
        assert_eq!(fate, Fate::HeldBack(IGNORED.to_owned()));
        assert_eq!(replay.next(past(&[TEXT, "Links once more."], 3), &[]), Fate::Stays);
        let technical = Past { technical: true, ..past(&[TEXT], 3) };
        assert_eq!(replay.next(technical, &[]), Fate::Untouched);
    }
}
