//! The keys under which the store finds the texts that a new one may be a copy of.
//!
//! [`Fingerprint::exact`] is the same for word-for-word copies. [`Fingerprint::bands`] are the lowest hashes of the
//! text's three-word shingles under one fixed order (a bottom-k sketch). A part of a text has every key of the whole
//! that lies within the part, so that a third of a text shares about a third of the whole's keys with it, which banded
//! MinHash cannot promise. A few of the keys are the lowest of the text's beginning alone: most excerpts are that, and
//! a tenth of a text would share one key in ten. Whether two texts are copies is decided on the texts, by
//! `engine::crosspost`.

use crate::model::article::Content;

use super::text::shingles::{Shingle, hash_words, shingles, text_words};

/// Most keys of one text. At about 18 bytes a key the index stays under 300 bytes an article.
pub const BANDS_MAX: usize = 15;

/// How many of these are keys of the text's beginning.
const LEAD_BANDS: usize = 4;

/// Shingles that are the text's beginning: some two paragraphs.
const LEAD_SHINGLES: usize = 100;

/// Keys by which a text looks for others. It looks by more than it is found by: of a short text that is stored, a long
/// one that holds it shares few of its lowest keys, and most of its lower ones.
const PROBES_MAX: usize = 32;

/// Fewest words that are told apart from others by their text alone: «Watch live» is no copy of another «Watch live».
const EXACT_MIN_WORDS: usize = 6;

/// Keys are cut to 31 bits: SQLite stores them in four bytes, and of a million articles with fifteen keys each less than
/// one in a hundred look-ups meets a stranger.
const BAND_MASK: u64 = 0x7FFF_FFFF;

/// What the store indexes of one text, and looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// The same for texts that agree in every word; 0 for a text too short to be identified, which equals nothing.
    pub exact: u64,
    /// At most [`BANDS_MAX`] keys below 2^31, ascending, without repeats, under which the text is found.
    pub bands: Vec<u64>,
    /// The keys under which others are looked for, these among them. Texts with one in common are worth comparing; the
    /// more in common, the more alike.
    pub probes: Vec<u64>,
}

/// The keys of a content's body. Title and metadata do not count: copies have others.
pub fn fingerprint(content: &Content) -> Fingerprint {
    let words = text_words(content);
    let exact = if words.len() < EXACT_MIN_WORDS { 0 } else { hash_words(&words).max(1) };
    let shingles = shingles(&words);
    let ordered = ordered(&shingles);
    let lead: Vec<u64> = self::ordered(shingles.get(..LEAD_SHINGLES).unwrap_or(&shingles));
    let lead = lead.iter().take(LEAD_BANDS);
    let mut bands: Vec<u64> = lead.clone().copied().collect();
    for key in &ordered {
        if bands.len() < BANDS_MAX && !bands.contains(key) {
            bands.push(*key);
        }
    }
    let mut probes: Vec<u64> = ordered.iter().take(PROBES_MAX).chain(lead).copied().collect();
    for keys in [&mut bands, &mut probes] {
        keys.sort_unstable();
        keys.dedup();
    }
    Fingerprint { exact, bands, probes }
}

/// The keys of all shingles in the one order that is the same for every text, or a part would not have the keys of the
/// whole.
fn ordered(shingles: &[Shingle]) -> Vec<u64> {
    // Shingles of small words («one of the») are in thousands of texts: they serve only where nothing better is there.
    let mut ordered: Vec<(bool, u64)> = shingles.iter().map(|shingle| (shingle.is_common, shingle.hash)).collect();
    ordered.sort_unstable();
    ordered.dedup();
    ordered.into_iter().map(|(_, hash)| hash & BAND_MASK).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::article::{Block, BlockKind};

    fn content(paragraphs: &[&str]) -> Content {
        let block = |text: &&str| Block { kind: BlockKind::Paragraph, text: (*text).to_owned() };
        Content { blocks: paragraphs.iter().map(block).collect(), ..Content::default() }
    }

    fn numbered(words: std::ops::Range<usize>) -> String {
        words.map(|n| format!("word{}", n * 7919 % 10_007)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn typesetting_and_paragraphs_do_not_change_the_exact_key() {
        let one = fingerprint(&content(&["“We won’t go,” the minister said.", "The labour programme is over."]));
        let other = fingerprint(&content(&["\"We won't go,\" the Minister said. The labor program is over."]));
        assert_eq!(one, other);
        assert_ne!(
            one.exact,
            fingerprint(&content(&["“We will go,” the minister said. The labor program is over."])).exact
        );
    }

    #[test]
    fn a_text_of_few_words_is_not_identified() {
        assert_eq!(fingerprint(&content(&["Watch live now"])).exact, 0);
        assert_eq!(fingerprint(&Content::default()).bands, Vec::<u64>::new());
    }

    #[test]
    fn a_third_of_a_text_shares_keys_with_the_whole() {
        let whole = fingerprint(&content(&[&numbered(0..900)]));
        for start in (0..600).step_by(30) {
            let part = fingerprint(&content(&["A local lead that nobody else has.", &numbered(start..start + 300)]));
            let shared = part.bands.iter().filter(|band| whole.bands.contains(band)).count();
            assert!(shared >= 1, "the third from word {start} shares no key");
        }
        assert!(whole.bands.len() <= BANDS_MAX);
    }

    #[test]
    fn the_beginning_of_a_long_text_is_found_by_its_keys() {
        for start in (0..9_000).step_by(900) {
            let whole = fingerprint(&content(&[&numbered(start..start + 2_000)]));
            let part = fingerprint(&content(&[&numbered(start..start + 90), "Read on at the Herald."]));
            for (one, other) in [(&part, &whole), (&whole, &part)] {
                let shared = one.probes.iter().filter(|key| other.bands.contains(key)).count();
                assert!(shared >= 2, "{shared} keys from word {start} on");
            }
            assert!(whole.bands.len() <= BANDS_MAX && whole.bands.iter().all(|key| whole.probes.contains(key)));
        }
    }
}
