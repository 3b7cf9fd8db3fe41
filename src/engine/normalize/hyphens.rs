//! Words that were parted at a line's end: texts that come from print keep the hyphen and the line's end of their columns, and a
//! browser shows "recon- struction".
//!
//! There is no dictionary here, so the article itself says what is a word: a part that stands alone elsewhere in it is one, and
//! is left as it is. One such place may be a dash that somebody typed badly; only where there are several is the text mended.

use std::collections::HashSet;

use crate::model::article::{Block, BlockKind};

/// Parted words from which on a text counts as wrapped.
const PARTED_MIN: usize = 2;

/// What follows a hyphen that stands for the rest of a later word: "pre- and post-war", «Ein- und Ausgang».
const JOINING: [&str; 26] = [
    "and", "or", "to", "nor", "but", "than", "vs", "versus", "through", "und", "oder", "bis", "sowie", "bzw", "et",
    "ou", "y", "e", "o", "en", "of", "och", "og", "i", "и", "или",
];

/// First parts of words that keep their hyphen.
const KEEPING: [&str; 34] = [
    "well", "long", "self", "non", "ex", "co", "anti", "pro", "all", "half", "high", "low", "short", "full", "part",
    "old", "new", "so", "one", "two", "three", "four", "five", "ten", "first", "second", "third", "right", "left",
    "far", "mid", "post", "pre", "vice",
];

/// Joins parted words.
pub(super) fn mend(blocks: &mut [Block]) {
    // Nearly all texts have no such place.
    if !blocks.iter().any(|block| is_prose(block) && block.text.contains("- ")) {
        return;
    }
    let places = |blocks: &[Block], words: &HashSet<String>| -> usize {
        blocks.iter().filter(|block| is_prose(block)).map(|block| joined(&block.text, words).1).sum()
    };
    // Nor are most of those that have parted anything: whatever the words, there would be no more places.
    if places(blocks, &HashSet::new()) < PARTED_MIN {
        return;
    }
    let words: HashSet<String> = blocks
        .iter()
        .flat_map(|block| block.text.split(|c: char| !c.is_alphanumeric() && c != '-'))
        .filter(|word| !word.is_empty() && !word.ends_with('-'))
        .map(str::to_lowercase)
        .collect();
    if places(blocks, &words) >= PARTED_MIN {
        for block in blocks.iter_mut().filter(|block| is_prose(block)) {
            block.text = joined(&block.text, &words).0;
        }
    }
}

fn is_prose(block: &Block) -> bool {
    block.kind != BlockKind::Code
}

/// The text with its parted words joined, and how many they were.
fn joined(text: &str, words: &HashSet<String>) -> (String, usize) {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut count = 0;
    while let Some((before, after)) = rest.split_once("- ") {
        out.push_str(before);
        let first = last_word(before).to_lowercase();
        match part(&first, after, words) {
            Some(Part::Hyphened) => out.push('-'),
            Some(Part::Plain) => {}
            None => {
                out.push_str("- ");
                rest = after;
                continue;
            }
        }
        count += 1;
        rest = after;
    }
    out.push_str(rest);
    (out, count)
}

enum Part {
    Hyphened,
    Plain,
}

fn part(first: &str, after: &str, words: &HashSet<String>) -> Option<Part> {
    let second: String = after.chars().take_while(|c| c.is_alphabetic()).collect();
    let is_parted = first.chars().count() >= 2
        && first.chars().all(char::is_alphabetic)
        && second.chars().count() >= 2
        && second.chars().all(char::is_lowercase)
        && !JOINING.contains(&second.as_str());
    match () {
        () if !is_parted => None,
        () if KEEPING.contains(&first) => Some(Part::Hyphened),
        () if words.contains(first) => None,
        () => Some(Part::Plain),
    }
}

fn last_word(text: &str) -> &str {
    let start = text
        .rfind(|c: char| !c.is_alphanumeric())
        .map_or(0, |at| at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
    text.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(texts: &[&str]) -> Vec<String> {
        let block = |text: &&str| Block { kind: BlockKind::Paragraph, text: (*text).to_owned() };
        let mut blocks: Vec<Block> = texts.iter().map(block).collect();
        mend(&mut blocks);
        let once = blocks.clone();
        mend(&mut blocks);
        assert_eq!(once, blocks, "mending again changes nothing");
        blocks.into_iter().map(|block| block.text).collect()
    }

    #[test]
    fn parted_words_are_joined_where_a_text_is_wrapped() {
        for (texts, expected) in [
            (vec!["The recon- struction of infra- structure."], vec!["The reconstruction of infrastructure."]),
            (
                vec!["“Infra- structure”, said the well- known", "and recon- struction."],
                vec!["“Infrastructure”, said the well-known", "and reconstruction."],
            ),
            (
                vec!["Die Ein- und Ausgänge der Wieder- aufbaustelle und Ver- waltung"],
                vec!["Die Ein- und Ausgänge der Wiederaufbaustelle und Verwaltung"],
            ),
            // A dash that somebody typed badly is no parted word, once or after a word of the text.
            (vec!["He came- which was odd."], vec!["He came- which was odd."]),
            (vec!["He said- no, she said- yes, he said so."], vec!["He said- no, she said- yes, he said so."]),
            (
                vec!["From pre- and post-war days, two- to three-year terms."],
                vec!["From pre- and post-war days, two- to three-year terms."],
            ),
            (vec!["Monday- Friday, 5- 6 pm, A- b"], vec!["Monday- Friday, 5- 6 pm, A- b"]),
        ] {
            assert_eq!(mended(&texts), expected);
        }
    }
}
