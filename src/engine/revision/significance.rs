//! How much a revision matters, from 0 to 1, and why. A guide for people and thresholds; nothing is suppressed by it.

use super::super::diff::{BodyChange, Diff};
use super::super::text::words::count;
use super::Detail;
use crate::model::article::{ChangeKind, Content};

/// Blocks from the top that most readers read.
const LEAD_BLOCKS: usize = 2;

/// What one change of a kind weighs by itself. Body changes weigh by extent.
fn weight(kind: ChangeKind) -> f64 {
    match kind {
        ChangeKind::Negation => 0.5,
        ChangeKind::Quote | ChangeKind::Figure | ChangeKind::Correction => 0.4,
        ChangeKind::Headline | ChangeKind::Name => 0.35,
        ChangeKind::Date => 0.3,
        ChangeKind::Byline => 0.1,
        ChangeKind::Body => 0.08,
        ChangeKind::Typo => 0.04,
    }
}

/// A further change of the same kind adds less.
const FURTHER_SHARE: f64 = 0.3;

/// The score, rounded to hundredths, and the reasons in the order of the kinds.
pub(super) fn significance(
    before: &Content,
    details: &[Detail],
    kinds: &[ChangeKind],
    diff: &Diff,
) -> (f64, Vec<String>) {
    let mut rest = 1.0;
    let mut reasons = Vec::new();
    for kind in kinds {
        let of_kind: Vec<&Detail> = details.iter().filter(|detail| detail.kind == *kind).collect();
        if *kind != ChangeKind::Body {
            rest *= 1.0 - weight(*kind);
            let further = i32::try_from(of_kind.len().saturating_sub(1).min(5)).unwrap_or(0);
            rest *= (1.0 - weight(*kind) * FURTHER_SHARE).powi(further);
        }
        reasons.extend(reason(*kind, &of_kind));
    }
    if kinds.contains(&ChangeKind::Body) {
        rest *= 1.0 - extent(before, diff, &mut reasons);
    }
    let touches_lead = diff.body.iter().any(is_lead_change);
    if touches_lead && kinds.iter().any(|kind| !matches!(kind, ChangeKind::Typo)) {
        rest *= 0.9;
        reasons.push("it is at the top of the text".to_owned());
    }
    let score = ((1.0 - rest) * 100.0).round() / 100.0;
    (score.clamp(0.0, 1.0), reasons)
}

fn is_lead_change(change: &BodyChange) -> bool {
    match change {
        BodyChange::Same { .. } => false,
        BodyChange::Added { after, .. } | BodyChange::Moved { after, .. } => *after < LEAD_BLOCKS,
        BodyChange::Removed { before, .. } => *before < LEAD_BLOCKS,
        BodyChange::Edited { after, .. } => after.first().is_some_and(|after| *after < LEAD_BLOCKS),
    }
}

fn extent(before: &Content, diff: &Diff, reasons: &mut Vec<String>) -> f64 {
    let words = |texts: Vec<String>| texts.iter().map(|text| count(text)).sum::<usize>();
    let (added, removed) = (words(diff.added_texts()), words(diff.removed_texts()));
    let total: usize = before.blocks.iter().map(|block| count(&block.text)).sum::<usize>().max(1);
    let moved = diff.body.iter().filter(|change| is_moved(change)).count();
    if moved > 0 {
        reasons.push(counted(moved, "paragraph moved", "paragraphs moved"));
    }
    if added + removed == 0 {
        return 0.05;
    }
    reasons.push(format!("{removed} words of {total} gone, {added} new"));
    let share = (added + removed) as f64 / (2 * total) as f64;
    weight(ChangeKind::Body) + 0.6 * (2.0 * share).min(1.0)
}

fn is_moved(change: &BodyChange) -> bool {
    matches!(change, BodyChange::Moved { .. } | BodyChange::Edited { moved: true, .. })
}

fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("a {one}") } else { format!("{count} {many}") }
}

fn reason(kind: ChangeKind, details: &[&Detail]) -> Vec<String> {
    let count = details.len();
    match kind {
        ChangeKind::Headline => vec!["the headline changed".to_owned()],
        ChangeKind::Byline => vec!["the byline changed".to_owned()],
        ChangeKind::Correction => vec!["a correction note came, changed or went".to_owned()],
        ChangeKind::Quote => quote_reasons(details),
        ChangeKind::Figure => vec![counted(count, "figure changed", "figures changed")],
        ChangeKind::Date => vec![counted(count, "date changed", "dates changed")],
        ChangeKind::Name => vec![counted(count, "name changed", "names changed")],
        ChangeKind::Negation => vec!["a negation came or went".to_owned()],
        ChangeKind::Typo => vec![counted(count, "spelling changed", "spellings changed")],
        ChangeKind::Body => Vec::new(),
    }
}

fn quote_reasons(details: &[&Detail]) -> Vec<String> {
    let fates = [
        (details.iter().filter(|d| d.before.is_some() && d.after.is_some()).count(), "altered"),
        (details.iter().filter(|d| d.before.is_none()).count(), "added"),
        (details.iter().filter(|d| d.after.is_none()).count(), "dropped"),
    ];
    let told = |(count, fate): &(usize, &str)| match count {
        0 => None,
        1 => Some(format!("a quotation was {fate}")),
        count => Some(format!("{count} quotations were {fate}")),
    };
    fates.iter().filter_map(told).collect()
}
