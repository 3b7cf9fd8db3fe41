//! Whether a longer text is a collection: a round-up, a digest, a newsletter. It holds several texts, and is a copy of none.
//!
//! Known texts tell it best: what holds two of them side by side is no version of either. Where only one is known, a passage
//! of a text speaks of what the rest of it speaks of.

use std::collections::HashSet;

use super::prepared::{Prepared, common, covered_words, same_headline};
use crate::model::ids::StoryId;

/// Share of a text's words that stand in what holds it: round-ups leave out the ends.
const HELD_SHARE: f64 = 0.5;

/// Words from one shared word to the next that an edit may take. A reply has comments between what it quotes.
const HELD_GAP: usize = 8;

/// Share of what is held that must lie outside a passage to stand beside it.
const BESIDE_SHARE: f64 = 0.7;

/// Fewest words of a text that is held beside another.
const HELD_MIN_WORDS: usize = 25;

/// Fewest words of a beginning that stands for its text, and where it begins at the latest.
const BEGUN_MIN_WORDS: usize = 40;
const BEGUN_AT: usize = 10;

/// What is held beside a passage is at least this share of it: a long report may hold the brief that its agency sent ahead.
const BESIDE_SIZE: f64 = 0.5;

/// The same where that speaks of other matters, or there are two such: teasers of other articles that were read with a
/// text are smaller.
const COLLECTED_SIZE: f64 = 0.1;

/// So many words are not small beside the longest passage.
const COLLECTED_MAX_WORDS: f64 = 100.0;

/// Of the headlines' words, the share from which two texts have one headline.
pub(super) const SAME_HEADLINE: f64 = 0.4;

/// The share from which it is the very headline, and not one that only begins with it, as a round-up's may.
pub(super) const ONE_HEADLINE: f64 = 0.9;

/// Share of the names of a passage that the rest of the text has too. Of passages of news reports nine in ten have it, of
/// reports held in round-ups three in ten.
const COHERENT_NAMES: f64 = 0.1;

/// Fewest names of a passage, and of the rest, for that to tell anything.
const NAMES_MIN: usize = 3;

/// A text that a holder has, as marks on the shingles of both.
#[derive(Clone, Copy)]
pub(super) struct Passage<'a> {
    pub(super) text: &'a Prepared,
    pub(super) marks: &'a [bool],
    pub(super) holder_marks: &'a [bool],
    /// Its story, if that is neither the holder's nor that of the text beside which it stands.
    pub(super) story: Option<StoryId>,
}

/// Whether `holder` has other texts, or most of each, beside a passage and not in it, which together are not small beside it.
pub(super) fn holds_beside(holder: &Prepared, passage: &[bool], others: &[Passage<'_>]) -> bool {
    let passage = covered_words(passage, holder.words.len());
    let mut beside = vec![false; holder.words.len()];
    for other in others.iter().filter(|other| Held::of(other.text, other.marks).is_most_of(other.text)) {
        let covered = covered_words(other.holder_marks, holder.words.len());
        let outside = covered.iter().zip(&passage).filter(|(other, passage)| **other && !**passage).count();
        if outside as f64 >= count(&covered) as f64 * BESIDE_SHARE {
            beside.iter_mut().zip(&covered).for_each(|(beside, covered)| *beside |= *covered);
        }
    }
    beside.contains(&true) && count(&beside) as f64 >= count(&passage) as f64 * BESIDE_SIZE
}

/// Which of the others shows that what holds a passage of `text` is a collection: one that speaks of other people and
/// places under a headline of its own, or one of two that have stories of their own. A report that is longer than the
/// brief its agency sent ahead speaks of the same people.
pub(super) fn collected(
    holder: &Prepared,
    (text, passage): (&Prepared, &[bool]),
    others: &[Passage<'_>],
) -> Option<usize> {
    let passage = covered_words(passage, holder.words.len());
    let least = (count(&passage) as f64 * COLLECTED_SIZE).clamp(HELD_MIN_WORDS as f64, COLLECTED_MAX_WORDS);
    let mut beside: Vec<(usize, Vec<bool>)> = Vec::new();
    for (at, other) in others.iter().enumerate() {
        let covered = covered_words(other.holder_marks, holder.words.len());
        // Two texts that begin alike have a frame in common.
        let is_frame = || covered.iter().position(|word| *word).is_none_or(|first| first <= BEGUN_AT);
        let held = Held::of(other.text, other.marks);
        if !held.is_most_of(other.text) && (!held.is_beginning() || is_frame()) {
            continue;
        }
        if are_beside(&passage, &covered) && !is_quotation(holder, &covered, other) {
            beside.push((at, covered));
        }
    }
    let strange = beside.iter().find(|(at, covered)| {
        let is_strange = others.get(*at).is_some_and(|other| is_strange(holder, text, other));
        is_strange && count(covered) as f64 >= least
    });
    if let Some((at, _)) = strange {
        return Some(*at);
    }
    let of_another = |other: &&Passage<'_>| same_headline(text, other.text) < SAME_HEADLINE;
    let story = |at: &usize| others.get(*at).filter(of_another).and_then(|other| other.story);
    let pair = beside.iter().enumerate().find(|(number, (at, covered))| {
        story(at).is_some()
            && beside.iter().take(*number).any(|(before, earlier)| {
                story(before).is_some()
                    && story(before) != story(at)
                    && are_beside(covered, earlier)
                    && (count(covered) + count(earlier)) as f64 >= least
            })
    });
    pair.map(|(_, (at, _))| *at)
}

/// Whether what of a text stands in its holder is most of it or its beginning.
pub(super) fn is_part(text: &Prepared, marks: &[bool]) -> bool {
    let held = Held::of(text, marks);
    held.is_most_of(text) || held.is_beginning()
}

/// Whether two texts that one has speak of different people and places under headlines of their own. Parts of one story
/// may have its headline; a round-up may have that of its first text.
fn is_strange(holder: &Prepared, text: &Prepared, other: &Passage<'_>) -> bool {
    let differ = |one: &Prepared, two: &Prepared| same_headline(one, two) < SAME_HEADLINE;
    let are_their_own = other.story.is_some() || (differ(text, holder) && differ(other.text, holder));
    let sparser = text.names.len().min(other.text.names.len());
    differ(text, other.text)
        && are_their_own
        && sparser >= NAMES_MIN
        && common(&text.names, &other.text.names) * 2 < sparser
}

/// Whether the holder quotes a text that quotes nobody there.
fn is_quotation(holder: &Prepared, covered: &[bool], other: &Passage<'_>) -> bool {
    let own = covered_words(other.marks, other.text.words.len());
    quoted(holder, covered) - quoted(other.text, &own) >= 0.3
}

fn quoted(text: &Prepared, covered: &[bool]) -> f64 {
    let quoted = covered.iter().zip(&text.words).filter(|(covered, word)| **covered && word.is_quoted).count();
    quoted as f64 / count(covered).max(1) as f64
}

/// Whether most of either of two passages lies outside the other.
fn are_beside(one: &[bool], other: &[bool]) -> bool {
    let both = one.iter().zip(other).filter(|(one, other)| **one && **other).count() as f64;
    both <= (1.0 - BESIDE_SHARE) * count(one).min(count(other)) as f64
}

/// The largest piece of a text that stands in another, in one piece but for edits.
#[derive(Clone, Copy, Default)]
struct Held {
    first: usize,
    words: usize,
}

impl Held {
    fn of(text: &Prepared, marks: &[bool]) -> Self {
        let covered = covered_words(marks, text.words.len());
        let (mut largest, mut piece, mut last) = (Self::default(), Self::default(), None);
        for at in (0..covered.len()).filter(|at| covered.get(*at) == Some(&true)) {
            if last.is_none_or(|last| at - last > HELD_GAP) {
                piece = Self { first: at, words: 0 };
            }
            piece.words += 1;
            last = Some(at);
            if piece.words > largest.words {
                largest = piece;
            }
        }
        largest
    }

    fn is_beginning(&self) -> bool {
        self.words >= BEGUN_MIN_WORDS && self.first <= BEGUN_AT
    }

    fn is_most_of(&self, text: &Prepared) -> bool {
        self.words >= HELD_MIN_WORDS && self.words as f64 >= text.words.len() as f64 * HELD_SHARE
    }
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
