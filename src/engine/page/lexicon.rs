//! Short words of ASCII as numbers, and tables of them that are laid out when the program is compiled: the names of elements and
//! attributes, the words of classes. A page has tens of thousands of them; to look one up takes a multiplication and mostly one
//! comparison.

use std::ops::Range;

/// Longest word, in bytes.
const WORD_MAX_BYTES: usize = 15;

/// A word, blind to case; none where it is empty or longer than any in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word(u128);

impl Word {
    /// No word.
    pub(super) const NONE: Self = Self(0);

    /// The word that a text is.
    pub(super) const fn of(text: &[u8]) -> Self {
        if text.len() > WORD_MAX_BYTES {
            return Self::NONE;
        }
        let mut number = 0;
        let mut rest = text;
        while let [before @ .., byte] = rest {
            number = number << 8 | *byte as u128;
            rest = before;
        }
        Self::numbered(number, text.len())
    }

    /// The word that a part of a text is.
    pub(super) fn within(text: &[u8], part: Range<usize>) -> Self {
        // Read whole, with what follows it, and cut to its length: a loop over so few letters guesses wrong where it ends.
        match text.get(part.start..).and_then(|rest| rest.first_chunk()) {
            Some(_) if part.len() > WORD_MAX_BYTES => Self::NONE,
            Some(whole) => Self::numbered(u128::from_le_bytes(*whole) & ((1 << (8 * part.len())) - 1), part.len()),
            None => Self::of(text.get(part).unwrap_or_default()),
        }
    }

    /// The length goes with the letters, or words would be the same that differ by zeros at their end.
    const fn numbered(letters: u128, length: usize) -> Self {
        Self(in_lower_case(letters) | (length as u128) << (8 * WORD_MAX_BYTES))
    }

    /// The two words, in this order; none where one of them is none.
    pub(super) const fn followed_by(self, next: Self) -> Self {
        if self.0 == 0 || next.0 == 0 {
            return Self::NONE;
        }
        // Spread over all bits, so that a pair is no other and no word.
        Self(self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835) ^ next.0)
    }

    /// The word that a text is, or the two that it has around a blank.
    const fn written(text: &str) -> Self {
        let mut at = 0;
        while at < text.len() {
            let (first, rest) = text.as_bytes().split_at(at);
            if let [b' ', second @ ..] = rest {
                return Self::of(first).followed_by(Self::of(second));
            }
            at += 1;
        }
        Self::of(text.as_bytes())
    }

    #[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
    const fn slot(self, slots: usize) -> usize {
        let folded = (self.0 as u64) ^ (self.0 >> 64) as u64;
        (folded.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - slots.trailing_zeros())) as usize
    }
}

/// Sixteen bytes with those of upper-case letters as those of lower case: of bytes below 128, the sum with one number sets the
/// highest bit of those from `A` on, with another of those behind `Z`.
const fn in_lower_case(bytes: u128) -> u128 {
    const EACH: u128 = u128::MAX / 255;
    let low = bytes & (EACH * 0x7f);
    let from_a = low + EACH * (0x80 - b'A' as u128);
    let behind_z = low + EACH * (0x7f - b'Z' as u128);
    let upper = from_a & !behind_z & !bytes & (EACH * 0x80);
    bytes | (upper >> 2)
}

/// What words and pairs of words mean. `SLOTS` is a power of two, about twice the number of words.
#[derive(Debug)]
pub(super) struct Lexicon<T, const SLOTS: usize> {
    slots: [(Word, T); SLOTS],
    unknown: T,
}

impl<T: Copy, const SLOTS: usize> Lexicon<T, SLOTS> {
    /// Lays out a table. It does not compile where a word is too long or stands twice, or where there are too many.
    pub(super) const fn new(unknown: T, entries: &[(&[&str], T)]) -> Self {
        let mut slots = [(Word(0), unknown); SLOTS];
        let mut free = SLOTS;
        let mut entries = entries;
        while let [(words, meaning), rest @ ..] = entries {
            let mut words = *words;
            while let [text, after @ ..] = words {
                let word = Word::written(text);
                assert!(word.0 != 0, "a word is too long");
                let mut at = word.slot(SLOTS);
                while slots[at].0.0 != 0 {
                    assert!(slots[at].0.0 != word.0, "a word stands twice");
                    at = (at + 1) % SLOTS;
                }
                slots[at] = (word, *meaning);
                free -= 1;
                assert!(free > SLOTS / 4, "too many words for the table");
                words = after;
            }
            entries = rest;
        }
        Self { slots, unknown }
    }

    /// What a word means.
    pub(super) fn get(&self, word: Word) -> T {
        let mut at = word.slot(SLOTS);
        while let Some((known, meaning)) = self.slots.get(at) {
            if *known == word {
                return *meaning;
            }
            if known.0 == 0 {
                break;
            }
            at = (at + 1) % SLOTS;
        }
        self.unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whatever_their_case() {
        static NUMBERS: Lexicon<u8, 16> =
            Lexicon::new(0, &[(&["one", "un", "eins"], 1), (&["two", "deux", "zwei"], 2), (&["abcdefghijklmno"], 3)]);
        for (text, expected) in [
            ("one", 1),
            ("Eins", 1),
            ("ZWEI", 2),
            ("abcdefghijklmno", 3),
            ("abcdefghijklmnop", 0),
            ("", 0),
            ("on", 0),
            ("\0one", 0),
            ("ünö", 0),
        ] {
            let padded = format!("<{text}=and what follows it");
            let within = Word::within(padded.as_bytes(), 1..1 + text.len());
            assert_eq!(within, Word::of(text.as_bytes()));
            assert_eq!(NUMBERS.get(within), expected, "{text}");
        }
        for byte in 0..=u8::MAX {
            assert_eq!(Word::of(&[byte]), Word::of(&[byte.to_ascii_lowercase()]), "{byte}");
            assert_eq!(Word::of(&[byte]) == Word::of(b"a"), byte.eq_ignore_ascii_case(&b'a'), "{byte}");
        }
    }
}
