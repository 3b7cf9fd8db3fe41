//! What each copy made of the text it took over, and what it still says that the origin has withdrawn.

use serde::Serialize;

use super::super::diff::{BodyChange, Diff, diff_plain};
use super::super::text::sentences::sentences;
use super::super::text::words::{count, folded};
use crate::model::article::Content;

/// What a copy changed, in the reading order of the copy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CopyChanges {
    /// The copy's headline, if it is another one.
    pub title: Option<String>,
    /// Blocks that the copy has before the first one it took over.
    pub head: Vec<String>,
    /// Blocks after the last one.
    pub tail: Vec<String>,
    /// Blocks of the origin that the copy has not, or parts of sentences.
    pub left_out: Vec<String>,
    /// What the copy has between, that the origin has not.
    pub put_in: Vec<String>,
    /// Everything word by word.
    pub diff: Diff,
}

/// Compares a copy with the revision that it copied. Typography does not count.
pub fn changes(origin: &Content, copy: &Content) -> CopyChanges {
    let diff = diff_plain(origin, copy);
    let is_taken = |change: &BodyChange| !matches!(change, BodyChange::Added { .. } | BodyChange::Removed { .. });
    let first = diff.body.iter().position(is_taken).unwrap_or(diff.body.len());
    let last = diff.body.iter().rposition(is_taken).map_or(diff.body.len(), |last| last + 1);
    let added = |part: Option<&[BodyChange]>| -> Vec<String> {
        let texts = part.unwrap_or_default().iter().filter_map(|change| match change {
            BodyChange::Added { text, .. } => Some(text.clone()),
            BodyChange::Same { .. }
            | BodyChange::Moved { .. }
            | BodyChange::Removed { .. }
            | BodyChange::Edited { .. } => None,
        });
        texts.collect()
    };
    let inner = Diff { title: None, fields: Vec::new(), body: diff.body.get(first..last).unwrap_or_default().to_vec() };
    CopyChanges {
        title: diff.title.as_ref().and_then(|title| title.after.clone()),
        head: added(diff.body.get(..first)),
        tail: added(diff.body.get(last..)),
        left_out: diff.removed_texts(),
        put_in: inner.added_texts(),
        diff,
    }
}

/// Shortest sentence, in words, that a withdrawal is worth telling of; shorter ones are in many texts.
const SENTENCE_MIN_WORDS: usize = 6;

/// Share of a sentence's words, in a row or nearly, that a text must have to carry it.
const CARRIED_MIN_SHARE: f64 = 0.9;

/// The sentences of `before` that `after` no longer has, whole or nearly.
pub fn withdrawn(before: &Content, after: &Content) -> Vec<String> {
    let text = Carrier::new(after);
    let all = before.blocks.iter().flat_map(|block| sentences(&block.text));
    all.filter(|sentence| count(sentence) >= SENTENCE_MIN_WORDS && !text.carries(sentence)).map(str::to_owned).collect()
}

/// Which of the sentences a text (still) carries.
pub fn carries(content: &Content, sentences: &[String]) -> Vec<String> {
    let text = Carrier::new(content);
    sentences.iter().filter(|sentence| text.carries(sentence)).cloned().collect()
}

/// The word pairs of each sentence of a text.
struct Carrier {
    sentences: Vec<Vec<(String, String)>>,
}

impl Carrier {
    fn new(content: &Content) -> Self {
        let all = content.blocks.iter().flat_map(|block| sentences(&block.text));
        Self { sentences: all.map(pairs).collect() }
    }

    fn carries(&self, sentence: &str) -> bool {
        let wanted = pairs(sentence);
        let is_like = |other: &Vec<(String, String)>| {
            let shared = wanted.iter().filter(|pair| other.contains(pair)).count();
            shared as f64 >= CARRIED_MIN_SHARE * wanted.len() as f64
        };
        wanted.is_empty() || self.sentences.iter().any(is_like)
    }
}

fn pairs(sentence: &str) -> Vec<(String, String)> {
    let words = folded(sentence);
    words.iter().cloned().zip(words.iter().skip(1).cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::article::{Block, BlockKind};

    fn content(title: &str, paragraphs: &[&str]) -> Content {
        let block = |text: &&str| Block { kind: BlockKind::Paragraph, text: (*text).to_owned() };
        Content { title: Some(title.into()), blocks: paragraphs.iter().map(block).collect(), ..Content::default() }
    }

    const ONE: &str = "The harbour of Velm will close for three weeks from Monday, the port authority said.";
    const TWO: &str = "Dredgers are to deepen the channel. “We have no choice,” said the harbour master.";
    const THREE: &str = "The work costs 12 million crowns, half of it paid by the province.";

    #[test]
    fn what_a_copy_changed_is_told_by_place() {
        let origin = content("Velm closes its harbour", &[ONE, TWO, THREE]);
        let two = TWO.replace("channel", "northern channel").replace(['“', '”'], "\"");
        let copy = content("No ships for Velm", &["From our reporter.", ONE, &two, "Copyright 2026."]);
        let changes = changes(&origin, &copy);
        assert_eq!(changes.title.as_deref(), Some("No ships for Velm"));
        assert_eq!(changes.head, ["From our reporter."]);
        assert_eq!(changes.tail, ["Copyright 2026."]);
        assert_eq!(changes.left_out, [THREE]);
        assert_eq!(changes.put_in, ["northern"]);
    }

    #[test]
    fn a_withdrawn_sentence_is_found_in_the_copies_that_still_carry_it() {
        let before = content("t", &[ONE, TWO, THREE]);
        let after = content("t", &[ONE, "Dredgers are to deepen the channel.", THREE]);
        let gone = withdrawn(&before, &after);
        assert_eq!(gone, ["“We have no choice,” said the harbour master."]);
        assert_eq!(carries(&before, &gone), gone);
        assert_eq!(carries(&after, &gone), Vec::<String>::new());
        assert_eq!(withdrawn(&before, &before), Vec::<String>::new());
    }
}
