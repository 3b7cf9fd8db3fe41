//! Whether a longer text is a collection: a round-up, a digest, a newsletter. It holds several texts, and is a copy of none.
//!
//! Known texts tell it best: what holds two of them side by side is no version of either. Where only one is known, a passage
//! of a text speaks of what the rest of it speaks of.

use std::collections::HashSet;

use super::prepared::{Prepared, covered_words};

/// Share of a text's words that stand in what holds it: round-ups leave out the ends.
const HELD_SHARE: f64 = 0.5;

/// How closely these words stand together in their text. A reply has comments between what it quotes.
const HELD_CLOSELY: f64 = 0.8;

/// Share of what is held that must lie outside a passage to stand beside it.
const BESIDE_SHARE: f64 = 0.7;

/// Fewest words of a text that is held beside another.
const HELD_MIN_WORDS: usize = 25;

/// What is held beside a passage is at least this share of it: a long report may hold the brief that its agency sent ahead.
const BESIDE_SIZE: f64 = 0.5;

/// Share of the names of a passage that the rest of the text has too. Of passages of news reports nine in ten have it, of
/// reports held in round-ups three in ten.
const COHERENT_NAMES: f64 = 0.1;

/// Fewest names of a passage, and of the rest, for that to tell anything.
const NAMES_MIN: usize = 3;

/// A text that a holder has, as marks on the shingles of both.
pub(super) struct Passage<'a> {
    pub(super) text: &'a Prepared,
    pub(super) marks: &'a [bool],
    pub(super) holder_marks: &'a [bool],
}

/// Whether `holder` has other texts, or most of each, beside a passage and not in it, which together are not small beside it.
pub(super) fn holds_beside(holder: &Prepared, passage: &[bool], others: &[Passage<'_>]) -> bool {
    let passage = covered_words(passage, holder.words.len());
    let mut beside = vec![false; holder.words.len()];
    for other in others.iter().filter(|other| is_held(other)) {
        let covered = covered_words(other.holder_marks, holder.words.len());
        let outside = covered.iter().zip(&passage).filter(|(other, passage)| **other && !**passage).count();
        if outside as f64 >= count(&covered) as f64 * BESIDE_SHARE {
            beside.iter_mut().zip(&covered).for_each(|(beside, covered)| *beside |= *covered);
        }
    }
    beside.contains(&true) && count(&beside) as f64 >= count(&passage) as f64 * BESIDE_SIZE
}

/// Whether most of a text stands in its holder, in one piece.
fn is_held(other: &Passage<'_>) -> bool {
    let covered = covered_words(other.marks, other.text.words.len());
    let held = count(&covered);
    let first = covered.iter().position(|word| *word).unwrap_or_default();
    let span = covered.iter().rposition(|word| *word).map_or(0, |last| last + 1 - first);
    held >= HELD_MIN_WORDS
        && held as f64 >= other.text.words.len() as f64 * HELD_SHARE
        && held as f64 >= span as f64 * HELD_CLOSELY
}

/// Whether a passage speaks of what the rest of its text speaks of.
pub(super) fn is_coherent(holder: &Prepared, passage: &[bool]) -> bool {
    let covered = covered_words(passage, holder.words.len());
    let names = |inside: bool| -> HashSet<u64> {
        let words = holder.words.iter().zip(&covered);
        words.filter(|(word, covered)| word.is_name && **covered == inside).map(|(word, _)| word.hash).collect()
    };
    let (own, rest) = (names(true), names(false));
    let tells = own.len().min(rest.len()) >= NAMES_MIN;
    !tells || own.intersection(&rest).count() as f64 >= own.len() as f64 * COHERENT_NAMES
}

fn count(words: &[bool]) -> usize {
    words.iter().filter(|word| **word).count()
}
