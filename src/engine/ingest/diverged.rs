//! What an origin took back that copies still carry.

use super::known::KnownMember;
use crate::engine::text::sentences::sentences;
use crate::engine::text::words;
use crate::model::article::Content;

/// Shorter sentences stand in unrelated texts by chance.
const SENTENCE_MIN_WORDS: usize = 6;

/// Withdrawn sentences that one event quotes.
const WITHDRAWN_MAX: usize = 10;

/// The sentences that are gone and the copies that still have one of them; `None` where no copy does.
pub(super) fn diverged(before: &Content, after: &Content, copies: &[&KnownMember]) -> Option<(Vec<String>, Vec<i64>)> {
    let now = folded_text(after);
    let gone: Vec<(&str, String)> = before
        .blocks
        .iter()
        .flat_map(|block| sentences(&block.text))
        .filter(|sentence| words::count(sentence) >= SENTENCE_MIN_WORDS)
        .map(|sentence| (sentence, folded(sentence)))
        .filter(|(_, folded)| !now.contains(folded.as_str()))
        .collect();
    if gone.is_empty() {
        return None;
    }
    let mut withdrawn: Vec<String> = Vec::new();
    let mut carried_by = Vec::new();
    for copy in copies {
        let text = folded_text(&copy.text.content);
        let carried: Vec<&str> =
            gone.iter().filter(|(_, folded)| text.contains(folded.as_str())).map(|(sentence, _)| *sentence).collect();
        if carried.is_empty() {
            continue;
        }
        carried_by.push(copy.record.id.0);
        for sentence in carried {
            if withdrawn.len() < WITHDRAWN_MAX && withdrawn.iter().all(|known| known != sentence) {
                withdrawn.push(sentence.to_owned());
            }
        }
    }
    (!carried_by.is_empty()).then_some((withdrawn, carried_by))
}

/// The words alone, each between blanks, so that a sentence is found at word boundaries whatever its typography.
fn folded(text: &str) -> String {
    let mut folded = String::from(" ");
    for word in words::folded(text) {
        folded.push_str(&word);
        folded.push(' ');
    }
    folded
}

fn folded_text(content: &Content) -> String {
    let mut text = String::new();
    for block in &content.blocks {
        text.push_str(&folded(&block.text));
    }
    text
}
