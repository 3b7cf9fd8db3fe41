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
    let mut seen: Vec<(u8, u64)> = Vec::new();
    for span in found.parts.iter().flatten() {
        for leaf in evaluation.leaves(*span) {
            let rank = rank(evaluation.document.field(leaf.first));
            let key = (rank, identity(leaf.what));
            if !seen.contains(&key) {
                seen.push(key);
                leaves.push((rank, leaf));
            }
        }
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

fn identity(what: What) -> u64 {
    match what {
        What::Hit { atom, .. } => u64::from(atom),
        What::Regex(regex) => 1 << 32 | u64::from(regex),
        What::Pair(pair) => 1 << 33 | u64::from(pair),
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
    if text.len() <= TEXT_MAX_CHARS || text.chars().count() <= TEXT_MAX_CHARS {
        return Some(text.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    let room = TEXT_MAX_CHARS - 2;
    let chars = |start: u32, end: u32| text.get(start as usize..end as usize).map_or(0, |text| text.chars().count());
    let (mut left, mut right) = (first, after - 1);
    let (mut start, mut end) = (from.start, to.end);
    let mut length = chars(start, end);
    // Grows by a word to the left and one to the right in turn, until neither fits.
    loop {
        let mut grown = false;
        if left > segment.tokens.start
            && let Some(token) = document.tokens.get(left as usize - 1)
        {
            let more = chars(token.start, start);
            if length + more <= room {
                (left, start, length, grown) = (left - 1, token.start, length + more, true);
            }
        }
        if right + 1 < segment.tokens.end
            && let Some(token) = document.tokens.get(right as usize + 1)
        {
            let more = chars(end, token.end);
            if length + more <= room {
                (right, end, length, grown) = (right + 1, token.end, length + more, true);
            }
        }
        if !grown {
            break;
        }
    }
    let piece: String = text.get(start as usize..end as usize)?.chars().take(room).collect();
    let piece = piece.split_whitespace().collect::<Vec<_>>().join(" ");
    let before = if left > segment.tokens.start { "…" } else { "" };
    let behind = if right + 1 < segment.tokens.end { "…" } else { "" };
    Some(format!("{before}{piece}{behind}"))
}
