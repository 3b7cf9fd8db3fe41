//! Where an atom is found in a document: the hits of its patterns, in its fields, without those that `none` takes back.

use super::compiled::Atom;
use super::document::Document;
use super::inflect::Inflector;
use super::pattern::{Pattern, WordPattern};

/// A place where a pattern is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    /// Its first token.
    pub(super) first: u32,
    /// The token after its last.
    pub(super) after: u32,
    /// Which of the atom's patterns, counted over those that count in the document's language.
    pub(super) pattern: u32,
}

/// Puts the hits of an atom's patterns in order: those outside its fields and those that overlap one of `none` dropped,
/// of two at one place the longer kept. Beginnings and ends both ascend.
pub(super) fn settle(document: &Document, atom: &Atom, mut any: Vec<Hit>, mut none: Vec<Hit>) -> Vec<Hit> {
    any.retain(|hit| atom.scope.covers(document, hit.first, hit.after));
    any.sort_unstable_by_key(|hit| (hit.first, u32::MAX - hit.after));
    none.sort_unstable_by_key(|hit| hit.first);
    let mut blocked_until = 0;
    let mut waiting = none.into_iter().peekable();
    let mut kept: Vec<Hit> = Vec::with_capacity(any.len());
    for hit in any {
        while let Some(none) = waiting.next_if(|none| none.first < hit.after) {
            blocked_until = blocked_until.max(none.after);
        }
        let covered = kept.last().is_some_and(|last| last.after >= hit.after);
        if blocked_until <= hit.first && !covered {
            kept.push(hit);
        }
    }
    kept
}

/// The hits of an atom, looked up word by word. [`super::set::TopicSet`] finds the same in one pass for all atoms.
pub(super) fn look_up(document: &Document, atom: &Atom, inflector: &Inflector) -> Vec<Hit> {
    let any = everywhere(document, atom, inflector);
    let none = if any.is_empty() { Vec::new() } else { takers(document, atom, inflector) };
    settle(document, atom, any, none)
}

/// The hits of an atom's patterns in all fields, whatever `none` says, in no order.
pub(super) fn everywhere(document: &Document, atom: &Atom, inflector: &Inflector) -> Vec<Hit> {
    let mut any = Vec::new();
    for (index, pattern) in (0_u32..).zip(atom.group.patterns(&document.language)) {
        pattern_hits(document, pattern, inflector, index, &mut any);
    }
    any
}

/// The hits of what takes an atom's hits back.
pub(super) fn takers(document: &Document, atom: &Atom, inflector: &Inflector) -> Vec<Hit> {
    let mut none = Vec::new();
    for (index, pattern) in (0_u32..).zip(&atom.group.none) {
        pattern_hits(document, pattern, inflector, index, &mut none);
    }
    none
}

fn pattern_hits(document: &Document, pattern: &Pattern, inflector: &Inflector, index: u32, hits: &mut Vec<Hit>) {
    // The words that each part may be, by their ids.
    let mut parts: Vec<Vec<u32>> = Vec::with_capacity(pattern.words.len());
    for part in &pattern.words {
        let words = words_of(document, part, inflector);
        if words.is_empty() {
            return;
        }
        parts.push(words);
    }
    let Some(first_words) = parts.first() else { return };
    let places = &document.index().places;
    for first in first_words.iter().filter_map(|word| places.get(*word as usize)).flatten() {
        let from = *first as usize;
        let Some(tokens) = document.tokens.get(from..from + parts.len()) else { continue };
        let one_segment = tokens.iter().all(|token| Some(token.segment) == tokens.first().map(|first| first.segment));
        if one_segment && tokens.iter().zip(&parts).all(|(token, words)| words.contains(&token.word)) {
            let length = u32::try_from(parts.len()).unwrap_or(u32::MAX);
            hits.push(Hit { first: *first, after: first + length, pattern: index });
        }
    }
}

fn words_of(document: &Document, part: &WordPattern, inflector: &Inflector) -> Vec<u32> {
    let index = document.index();
    match part {
        WordPattern::Exact(surface) => index.by_surface.get(surface).copied().into_iter().collect(),
        WordPattern::Form(folded) => index.by_folded.get(folded).cloned().unwrap_or_default(),
        WordPattern::Word { surface, folded } => {
            let keys = inflector.query_keys(surface, folded);
            let mut words: Vec<u32> = keys.iter().filter_map(|key| index.by_key.get(key)).flatten().copied().collect();
            words.sort_unstable();
            words.dedup();
            words
        }
        WordPattern::Prefix(prefix) => {
            let words = (0_u32..).zip(&document.words).filter(|(_, word)| word.folded().starts_with(prefix.as_str()));
            words.map(|(id, _)| id).collect()
        }
    }
}
