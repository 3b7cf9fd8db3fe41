//! What two texts have in common, in numbers. Judging them is [`mod@super::judge`]'s.

use std::ops::Range;

use serde::Serialize;

use super::prepared::{Prepared, common, covered_words, same_headline};

/// Words at the top of a text that tell what it is, at least and at most.
const LEAD_WORDS: std::ops::RangeInclusive<usize> = 50..=150;

/// The share of a text that is its top, within these bounds, as a fraction: a short text with a long disclaimer has that
/// among its first 150 words.
const LEAD_PARTS: (usize, usize) = (2, 5);

/// Fewest numbers or names on the sparser side for their agreement to tell anything.
pub(super) const TELLING_MIN: usize = 3;

/// Measures of a pair. Shares are from 0 to 1. «Own» is the candidate, «other» the text it is compared with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Measure {
    /// Words in common, without boilerplate.
    pub(super) shared_words: usize,
    /// Words of the shorter text.
    pub(super) shorter_words: usize,
    /// Share of the shorter text's words that the longer one has.
    pub(super) containment: f64,
    /// Shared words of all words of both.
    pub(super) resemblance: f64,
    /// The better of both: how much of one text's top the other has.
    pub(super) lead: f64,
    /// How much of the longer text's top the shorter has.
    pub(super) longer_lead: f64,
    /// Words of the shorter text by words of the longer.
    pub(super) length_ratio: f64,
    /// How closely the shared words stand together in the longer text: 1 is one block.
    pub(super) compactness: f64,
    /// Share of the longer text that this block takes.
    pub(super) block_share: f64,
    /// Where in the longer text it begins, as a share of it.
    pub(super) block_start: f64,
    /// The same closeness in the shorter text.
    pub(super) shorter_compactness: f64,
    /// Longest run of shared words.
    pub(super) longest_run: usize,
    /// Share of the sparser side's numbers that the other has; none with fewer than three.
    pub(super) numbers_agreed: Option<f64>,
    /// The same of names.
    pub(super) names_agreed: Option<f64>,
    /// Share of the shared words that are quoted in the candidate.
    pub(super) own_quoted: f64,
    /// Share of the shared words that are quoted in the other text.
    pub(super) other_quoted: f64,
    /// Share of the shorter text's words outside quotations that are shared.
    pub(super) unquoted_share: f64,
    /// Share of the words of the headlines that both have.
    pub(super) title: f64,
    /// Words of the candidate that many stories have, and that do not count.
    pub(super) boilerplate_words: usize,
    /// Whether the candidate is the shorter one.
    #[serde(skip)]
    pub(super) own_is_shorter: bool,
}

/// The shared shingles of a pair, as marks on both sides.
pub(super) struct Marks {
    pub(super) own: Vec<bool>,
    pub(super) other: Vec<bool>,
}

/// One side of a pair with its marks turned into words.
struct Side<'a> {
    text: &'a Prepared,
    covered: Vec<bool>,
    shared: usize,
    /// Words that count: all but boilerplate.
    words: usize,
}

impl<'a> Side<'a> {
    fn new(text: &'a Prepared, marks: &[bool], boilerplate: &[bool]) -> Self {
        let covered = covered_words(marks, text.words.len());
        // A word is boilerplate if only boilerplate shingles cover it.
        let ignored = covered_words(boilerplate, text.words.len());
        let ignored = ignored.iter().zip(&covered).filter(|(ignored, covered)| **ignored && !**covered).count();
        let shared = covered.iter().filter(|word| **word).count();
        Self { text, covered, shared, words: (text.words.len() - ignored).max(1) }
    }

    fn share(&self) -> f64 {
        self.shared as f64 / self.words as f64
    }

    fn lead(&self) -> f64 {
        let words = self.covered.len() * LEAD_PARTS.0 / LEAD_PARTS.1;
        let lead = self.covered.iter().take(words.clamp(*LEAD_WORDS.start(), *LEAD_WORDS.end()));
        let length = lead.len().max(1);
        lead.filter(|word| **word).count() as f64 / length as f64
    }

    fn quoted(&self) -> f64 {
        let quoted =
            self.covered.iter().zip(&self.text.words).filter(|(covered, word)| **covered && word.is_quoted).count();
        quoted as f64 / self.shared.max(1) as f64
    }

    fn unquoted_share(&self) -> f64 {
        let unquoted = || self.covered.iter().zip(&self.text.words).filter(|(_, word)| !word.is_quoted);
        unquoted().filter(|(covered, _)| **covered).count() as f64 / unquoted().count().max(1) as f64
    }

    /// The smallest window that holds four fifths of the shared words.
    fn block(&self) -> Range<usize> {
        let places: Vec<usize> = (0..self.covered.len()).filter(|at| self.covered[*at]).collect();
        let wanted = (places.len() * 4).div_ceil(5).max(1);
        let windows = places.windows(wanted).map(|window| window[0]..window[wanted - 1] + 1);
        windows.min_by_key(|window| (window.len(), window.start)).unwrap_or(0..0)
    }

    fn compactness(&self, block: &Range<usize>) -> f64 {
        let inside = self.covered.get(block.clone()).unwrap_or_default().iter().filter(|word| **word).count();
        inside as f64 / block.len().max(1) as f64
    }

    fn longest_run(&self) -> usize {
        self.covered.split(|word| !*word).map(<[bool]>::len).max().unwrap_or(0)
    }
}

/// Measures a pair; `boilerplate` marks the shingles on both sides that do not count.
pub(super) fn measure(own: &Prepared, other: &Prepared, marks: &Marks, boilerplate: &Marks) -> Measure {
    let own_side = Side::new(own, &marks.own, &boilerplate.own);
    let other_side = Side::new(other, &marks.other, &boilerplate.other);
    let own_is_shorter = own_side.words <= other_side.words;
    let (shorter, longer) = if own_is_shorter { (&own_side, &other_side) } else { (&other_side, &own_side) };
    let block = longer.block();
    let shorter_block = shorter.block();
    let shared = shorter.shared.min(longer.shared);
    Measure {
        shared_words: shared,
        shorter_words: shorter.words,
        containment: rounded(shorter.share()),
        resemblance: rounded(shared as f64 / (shorter.words + longer.words).saturating_sub(shared).max(1) as f64),
        lead: rounded(own_side.lead().max(other_side.lead())),
        longer_lead: rounded(longer.lead()),
        length_ratio: rounded(shorter.words as f64 / longer.words as f64),
        compactness: rounded(longer.compactness(&block)),
        block_share: rounded(block.len() as f64 / longer.words as f64),
        block_start: rounded(block.start as f64 / longer.words as f64),
        shorter_compactness: rounded(shorter.compactness(&shorter_block)),
        longest_run: shorter.longest_run(),
        numbers_agreed: agreed(&own.numbers, &other.numbers),
        names_agreed: agreed(&own.names, &other.names),
        own_quoted: rounded(own_side.quoted()),
        other_quoted: rounded(other_side.quoted()),
        unquoted_share: rounded(shorter.unquoted_share()),
        title: rounded(same_headline(own, other)),
        boilerplate_words: own.words.len().saturating_sub(own_side.words),
        own_is_shorter,
    }
}

fn agreed(own: &[u64], other: &[u64]) -> Option<f64> {
    let sparser = own.len().min(other.len());
    (sparser >= TELLING_MIN).then(|| rounded(common(own, other) as f64 / sparser as f64))
}

/// Hundredths: evidence is read by people, and equal inputs must print equal.
fn rounded(share: f64) -> f64 {
    (share * 100.0).round() / 100.0
}
