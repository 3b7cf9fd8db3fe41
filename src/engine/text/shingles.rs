//! Words of a content as hashes, and their three-word shingles: what copies are recognised by.

use xxhash_rust::xxh3::xxh3_64;

use super::fold::mend;
use super::spelling::american;
use super::words::{Token, TokenKind, folded_into, tokens};
use crate::model::article::{BlockKind, Content};

/// Words in a shingle.
pub const SHINGLE_WORDS: usize = 3;

/// Letters that the words of a shingle must have together to say something.
const TELLING_MIN_CHARS: u32 = 14;

/// One word of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextWord {
    /// Of the word folded (case, accents, apostrophes, British spelling).
    pub hash: u64,
    /// Letters of the folded word.
    pub chars: u32,
    /// Whether it begins with a digit.
    pub is_number: bool,
    /// Whether it has a capital inside a sentence.
    pub is_name: bool,
    /// Whether it stands inside quotation marks or a block quotation.
    pub is_quoted: bool,
}

/// Three words in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shingle {
    /// Of the three words.
    pub hash: u64,
    /// Made of small words only, such as many texts have.
    pub is_common: bool,
}

/// The words of a body in reading order. In scripts without blanks a word is two neighbouring characters.
pub fn text_words(content: &Content) -> Vec<TextWord> {
    let mut words = Vec::with_capacity(content.blocks.iter().map(|block| block.text.len() / 6).sum());
    let mut buffer = String::new();
    for block in &content.blocks {
        let text = mend(&block.text);
        let tokens = tokens(&text);
        let mut place = Place::default();
        for (at, token) in tokens.iter().enumerate() {
            place.pass(token);
            if token.is_word() {
                let mut word = text_word(token, tokens.get(at + 1), &mut buffer);
                word.is_quoted = place.in_quotes || block.kind == BlockKind::Quote;
                word.is_name = place.in_sentence && token.text.chars().next().is_some_and(char::is_uppercase);
                place.in_sentence = true;
                words.push(word);
            }
        }
    }
    words
}

fn text_word(token: &Token<'_>, next: Option<&Token<'_>>, buffer: &mut String) -> TextWord {
    folded_into(token, buffer);
    if let Some(next) = next
        && token.kind == TokenKind::Ideograph
        && next.kind == TokenKind::Ideograph
    {
        buffer.push_str(next.text);
    }
    let chars = u32::try_from(buffer.chars().count()).unwrap_or(u32::MAX);
    let is_number = token.kind == TokenKind::Number;
    let hash =
        if token.kind == TokenKind::Word { xxh3_64(american(buffer).as_bytes()) } else { xxh3_64(buffer.as_bytes()) };
    // One character of a script without blanks says about as much as three letters.
    let chars = if token.kind == TokenKind::Ideograph { chars * 3 } else { chars };
    TextWord { hash, chars, is_number, is_name: false, is_quoted: false }
}

/// Where in its paragraph a word stands. A quotation ends with its paragraph at the latest.
#[derive(Default)]
struct Place {
    in_quotes: bool,
    in_sentence: bool,
}

impl Place {
    fn pass(&mut self, token: &Token<'_>) {
        match token.text {
            "“" | "«" | "„" | "「" | "『" => (self.in_quotes, self.in_sentence) = (true, false),
            "”" | "»" | "」" | "』" => self.in_quotes = false,
            "\"" => {
                self.in_quotes = !self.in_quotes;
                self.in_sentence = self.in_sentence && !self.in_quotes;
            }
            "." | "!" | "?" | ":" => self.in_sentence = false,
            _ => {}
        }
    }
}

/// The shingles of a sequence of words, in order.
pub fn shingles(words: &[TextWord]) -> Vec<Shingle> {
    words
        .windows(SHINGLE_WORDS)
        .map(|window| {
            let hash = window.iter().fold(0x9E37_79B9_7F4A_7C15, |hash, word| mix(hash, word.hash));
            let chars: u32 = window.iter().map(|word| word.chars).sum();
            let longest = window.iter().map(|word| word.chars).max().unwrap_or_default();
            Shingle { hash, is_common: chars < TELLING_MIN_CHARS || longest < 5 }
        })
        .collect()
}

/// One hash of the whole sequence.
pub fn hash_words(words: &[TextWord]) -> u64 {
    words.iter().fold(0, |hash, word| mix(hash, word.hash))
}

/// Order matters; every bit of the word reaches every bit of the result.
fn mix(hash: u64, word: u64) -> u64 {
    let mut mixed = (hash.rotate_left(23) ^ word).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    mixed ^= mixed >> 33;
    mixed = mixed.wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    mixed ^ (mixed >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::article::Block;

    fn words_of(kind: BlockKind, text: &str) -> Vec<TextWord> {
        text_words(&Content { blocks: vec![Block { kind, text: text.to_owned() }], ..Content::default() })
    }

    #[test]
    fn words_in_quotation_marks_are_known() {
        let quoted = |text: &str| -> Vec<bool> {
            words_of(BlockKind::Paragraph, text).iter().map(|word| word.is_quoted).collect()
        };
        assert_eq!(quoted("He said: “We won” today"), [false, false, true, true, false]);
        assert_eq!(quoted("\"Go\" she said"), [true, false, false]);
        assert!(words_of(BlockKind::Quote, "all of it").iter().all(|word| word.is_quoted));
    }

    #[test]
    fn scripts_without_blanks_have_words_of_two_characters() {
        let words = words_of(BlockKind::Paragraph, "東京は晴れ。");
        assert_eq!(words.len(), 5);
        assert_eq!(words.first().map(|word| word.chars), Some(6));
    }
}
