//! The reasons for a match: the words that were found, with the text around them.

use super::document::Document;
use super::eval::{Evaluation, Span, What};
use super::score::Found;
use crate::model::topic::{Evidence, Field};

/// Longest text of one piece of evidence, in characters.
const TEXT_MAX_CHARS: usize = 160;

/// Most pieces of evidence of one match.
const EVIDENCE_MAX: usize = 12;

/// The evidence of a match, the strongest first: the title's before the lead's before the rest; of each term one a place.
pub(super) fn evidence(evaluation: &Evaluation<'_>, found: &Found) -> Vec<Evidence> {
    let mut leaves: Vec<(u8, Span)> = Vec::new();
    for span in found.parts.iter().flatten() {
        evaluation.each_leaf(*span, &mut |leaf| {
            let rank = rank(evaluation.document.field(leaf.first));
            let known = |(known_rank, known): &(u8, Span)| *known_rank == rank && same_term(known.what, leaf.what);
            if !leaves.iter().any(known) {
                leaves.push((rank, leaf));
            }
        });
    }
    leaves.sort_by_key(|(rank, leaf)| (*rank, leaf.start));
    let found = leaves.into_iter().take(EVIDENCE_MAX).filter_map(|(_, leaf)| {
        let field = evaluation.document.field(leaf.first);
        let text = around(evaluation.document, leaf.first, leaf.after)?;
        Some(Evidence { term: term(evaluation, leaf.what), field, text })
    });
    found.collect()
}

fn rank(field: Field) -> u8 {
    match field {
        Field::Title => 0,
        Field::Lead => 1,
        Field::Body => 2,
        _ => 3,
    }
}

fn same_term(a: What, b: What) -> bool {
    match (a, b) {
        (What::Hit { atom: a, .. }, What::Hit { atom: b, .. }) => a == b,
        _ => a == b,
    }
}

/// The term as the query or its group writes it.
pub(super) fn term(evaluation: &Evaluation<'_>, what: What) -> String {
    match what {
        What::Hit { atom, pattern } => {
            let Some(atom) = evaluation.query.atoms.get(atom as usize) else { return String::new() };
            let pattern = atom.group.patterns(&evaluation.document.language).nth(pattern as usize);
            pattern.map_or_else(|| atom.label.clone(), |pattern| pattern.text.clone())
        }
        What::Regex(regex) => {
            evaluation.query.regexes.get(regex as usize).map_or_else(String::new, |regex| regex.label.clone())
        }
        What::Pair(_) => String::new(),
    }
}

/// The text around some tokens: the whole segment if it is short, else as many words before and after as there is room
/// for, with an ellipsis where it is cut.
pub(super) fn around(document: &Document, first: u32, after: u32) -> Option<String> {
    let from = document.tokens.get(first as usize)?;
    let to = document.tokens.get(after.checked_sub(1)? as usize)?;
    let segment = document.segments.get(from.segment as usize)?;
    let text = segment.text.as_str();
    if text.len() <= TEXT_MAX_CHARS || (!segment.ascii && text.chars().count() <= TEXT_MAX_CHARS) {
        return Some(one_line(text));
    }
    let room = TEXT_MAX_CHARS - 2;
    let length = |start: u32, end: u32| match text.get(start as usize..end as usize) {
        Some(piece) if segment.ascii => piece.len(),
        Some(piece) => piece.chars().count(),
        None => room,
    };
    let (mut left, mut right) = (first, after - 1);
    let (mut start, mut end) = (from.start, to.end);
    let mut used = length(start, end);
    // Grows by a word to the left and one to the right in turn, until neither fits.
    loop {
        let before = left.checked_sub(1).filter(|left| *left >= segment.tokens.start);
        let before = before.and_then(|left| document.tokens.get(left as usize)).map(|token| token.start);
        let more = before.map_or(0, |before| length(before, start));
        let grown_left = before.filter(|_| used + more <= room);
        if let Some(before) = grown_left {
            (left, start, used) = (left - 1, before, used + more);
        }
        let behind = Some(right + 1).filter(|right| *right < segment.tokens.end);
        let behind = behind.and_then(|right| document.tokens.get(right as usize)).map(|token| token.end);
        let more = behind.map_or(0, |behind| length(end, behind));
        let grown_right = behind.filter(|_| used + more <= room);
        if let Some(behind) = grown_right {
            (right, end, used) = (right + 1, behind, used + more);
        }
        if grown_left.is_none() && grown_right.is_none() {
            break;
        }
    }
    let piece = text.get(start as usize..end as usize)?;
    let cut = piece.char_indices().nth(room).map_or(piece.len(), |(at, _)| at);
    let piece = one_line(piece.get(..cut)?);
    let before = if left > segment.tokens.start { "…" } else { "" };
    let behind = if right + 1 < segment.tokens.end { "…" } else { "" };
    Some(format!("{before}{piece}{behind}"))
}

/// Runs of blanks as one; most texts have none.
fn one_line(text: &str) -> String {
    let plain = !text.contains(['\n', '\t', '\r']) && !text.contains("  ") && text.trim().len() == text.len();
    if plain { text.to_owned() } else { text.split_whitespace().collect::<Vec<_>>().join(" ") }
}
