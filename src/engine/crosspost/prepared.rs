//! A text made ready for comparing: its words and shingles as hashes, sorted for intersecting.

use super::super::text::shingles::{SHINGLE_WORDS, TextWord, hash_words, shingles, text_words};
use super::super::text::words::folded;
use super::Text;

/// Longest text that is compared, in words; of a longer one the beginning. Bounds the time of a decision.
const WORDS_MAX: usize = 12_000;

pub(super) struct Prepared {
    pub(super) words: Vec<TextWord>,
    /// Of all words in order; equal for word-for-word copies.
    pub(super) exact: u64,
    /// The shingles in reading order.
    pub(super) shingles: Vec<u64>,
    /// (shingle, position), ascending.
    sorted: Vec<(u64, u32)>,
    /// Hashes of the numbers, ascending, without repeats.
    pub(super) numbers: Vec<u64>,
    /// Hashes of the capitalised words inside sentences, ascending, without repeats.
    pub(super) names: Vec<u64>,
    /// The headline's words, folded, ascending, without repeats.
    pub(super) title: Vec<String>,
}

impl Prepared {
    pub(super) fn new(text: &Text<'_>) -> Self {
        let mut words = text_words(text.content);
        let exact = hash_words(&words);
        words.truncate(WORDS_MAX);
        let shingles: Vec<u64> = shingles(&words).iter().map(|shingle| shingle.hash).collect();
        let mut sorted: Vec<(u64, u32)> = shingles.iter().copied().zip(0..).collect();
        sorted.sort_unstable();
        let mut title = folded(text.content.title.as_deref().unwrap_or_default());
        title.sort_unstable();
        title.dedup();
        let numbers = hashes(&words, |word| word.is_number);
        let names = hashes(&words, |word| word.is_name);
        Self { words, exact, shingles, sorted, numbers, names, title }
    }

    /// For each shingle of `self` and of `other`, in reading order, whether the other text has it.
    pub(super) fn shared(&self, other: &Self) -> (Vec<bool>, Vec<bool>) {
        let mut own = vec![false; self.shingles.len()];
        let mut others = vec![false; other.shingles.len()];
        let (mut at, mut other_at) = (0, 0);
        while let (Some((hash, _)), Some((other_hash, _))) = (self.sorted.get(at), other.sorted.get(other_at)) {
            match hash.cmp(other_hash) {
                std::cmp::Ordering::Less => at += 1,
                std::cmp::Ordering::Greater => other_at += 1,
                std::cmp::Ordering::Equal => {
                    at = mark(&self.sorted, at, &mut own);
                    other_at = mark(&other.sorted, other_at, &mut others);
                }
            }
        }
        (own, others)
    }
}

/// Marks every position of the shingle at `at`; gives the index after its last.
fn mark(sorted: &[(u64, u32)], mut at: usize, marks: &mut [bool]) -> usize {
    let hash = sorted.get(at).map(|(hash, _)| *hash);
    while let Some((found, position)) = sorted.get(at)
        && Some(*found) == hash
    {
        if let Some(mark) = marks.get_mut(*position as usize) {
            *mark = true;
        }
        at += 1;
    }
    at
}

fn hashes(words: &[TextWord], belongs: impl Fn(&TextWord) -> bool) -> Vec<u64> {
    let mut hashes: Vec<u64> = words.iter().filter(|word| belongs(word)).map(|word| word.hash).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// How many members two ascending lists have in common.
pub(super) fn common<T: Ord>(one: &[T], other: &[T]) -> usize {
    one.iter().filter(|member| other.binary_search(member).is_ok()).count()
}

/// The share of the words of the headlines that both have.
pub(super) fn same_headline(one: &Prepared, other: &Prepared) -> f64 {
    common(&one.title, &other.title) as f64 / one.title.len().max(other.title.len()).max(1) as f64
}

/// Which words lie in one of the marked shingles.
pub(super) fn covered_words(marks: &[bool], words: usize) -> Vec<bool> {
    let mut covered = vec![false; words];
    for (at, _) in marks.iter().enumerate().filter(|(_, mark)| **mark) {
        for word in covered.iter_mut().skip(at).take(SHINGLE_WORDS) {
            *word = true;
        }
    }
    covered
}
