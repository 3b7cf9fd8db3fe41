//! The keys under which the store finds the texts that a new one may be a copy of.
//!
//! [`Fingerprint::exact`] is the same for word-for-word copies. [`Fingerprint::bands`] are the lowest hashes of the
//! text's three-word shingles under one fixed order (a bottom-k sketch). A part of a text has every key of the whole
//! that lies within the part, so that a third of a text shares about a third of the whole's keys with it, which banded
//! MinHash cannot promise. Whether two texts are copies is decided on the texts, by `engine::crosspost`.

use crate::model::article::Content;

use super::text::shingles::{Shingle, hash_words, shingles, text_words};

/// Raised whenever the same content would give other keys: the store then indexes anew.
pub const VERSION: u8 = 1;

/// Most keys of one text. At about 19 bytes a key the index stays under 300 bytes an article.
pub const BANDS_MAX: usize = 15;

/// Fewest words that are told apart from others by their text alone: «Watch live» is no copy of another «Watch live».
const EXACT_MIN_WORDS: usize = 6;

/// Keys are cut to 31 bits: SQLite stores them in four bytes, and of a million articles with fifteen keys each less than
/// one in a hundred look-ups meets a stranger.
const BAND_MASK: u64 = 0x7FFF_FFFF;

/// What the store indexes of one text.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Fingerprint {
    /// [`VERSION`] at the time of making.
    pub version: u8,
    /// The same for texts that agree in every word; 0 for a text too short to be identified, which equals nothing.
    pub exact: u64,
    /// At most [`BANDS_MAX`] keys below 2^31, ascending, without repeats. Texts with one in common are worth comparing;
    /// the more in common, the more alike.
    pub bands: Vec<u64>,
}

/// The keys of a content's body. Title and metadata do not count: copies have others.
pub fn fingerprint(content: &Content) -> Fingerprint {
    let words = text_words(content);
    let exact = if words.len() < EXACT_MIN_WORDS { 0 } else { hash_words(&words).max(1) };
    Fingerprint { version: VERSION, exact, bands: bands(&shingles(&words)) }
}

fn bands(shingles: &[Shingle]) -> Vec<u64> {
    // Shingles of small words («one of the») are in thousands of texts: they serve only where nothing better is there.
    // The order is the same for every text, or a part would not have the keys of the whole.
    let mut ordered: Vec<(bool, u64)> = shingles.iter().map(|shingle| (shingle.is_common, shingle.hash)).collect();
    ordered.sort_unstable();
    ordered.dedup();
    let mut bands: Vec<u64> = ordered.into_iter().take(BANDS_MAX).map(|(_, hash)| hash & BAND_MASK).collect();
    bands.sort_unstable();
    bands.dedup();
    bands
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
}
