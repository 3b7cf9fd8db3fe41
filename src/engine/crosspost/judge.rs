//! When two texts are copies of one. Each rule has the case that it is for; the thresholds are measured on made and real
//! copies, and rather miss a copy than join two texts.

use super::measure::Measure;
use crate::model::story::Relation;

/// Fewest words of a text that is joined on likeness. Below, alerts on different events differ in a word or two.
const LIKENESS_MIN_WORDS: usize = 50;

/// Fewest words of an excerpt that has not a word of its own.
const EXCERPT_MIN_WORDS: usize = 25;

/// A judgement, with the rule by name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Judgement {
    /// A copy.
    Copy { relation: Relation, confidence: f64, rule: &'static str },
    /// Text in common, no copy.
    Shares { rule: &'static str },
    /// Nothing worth a word.
    Apart,
}

/// Judges a pair of which not every word is the same.
pub(super) fn judge(measure: &Measure, same_site: bool) -> Judgement {
    let shares = |rule: &'static str| {
        if measure.containment >= 0.25 && measure.shared_words >= 30 {
            Judgement::Shares { rule }
        } else {
            Judgement::Apart
        }
    };
    if measure.shorter_words >= EXCERPT_MIN_WORDS
        && measure.longest_run == measure.shorter_words
        && measure.length_ratio >= if measure.is_at_top() { 0.25 } else { 0.3 }
        && !measure.is_quoted_by_one()
    {
        // Word for word in the other text, without a gap, and not a small part of it.
        return Judgement::Copy { relation: relation(measure), confidence: 0.9, rule: "contained word for word" };
    }
    if measure.shorter_words < LIKENESS_MIN_WORDS {
        return shares("too short for anything but the same words");
    }
    if let Some(rule) = objection(measure) {
        return shares(rule);
    }
    if same_site && measure.resemblance < 0.8 {
        // Two days of one column share their frame; versions of one text at one site share nearly all.
        return shares("parts in common at one site");
    }
    match acceptance(measure) {
        Some((rule, confidence)) => Judgement::Copy { relation: relation(measure), confidence, rule },
        None => shares("a part in common"),
    }
}

/// What speaks against a copy whatever the likeness.
fn objection(measure: &Measure) -> Option<&'static str> {
    let nearly_all = measure.resemblance >= 0.9;
    if measure.numbers_agreed.is_some_and(|agreed| agreed < 0.5) {
        // Pages filled from one template: earthquakes, results, share prices.
        return Some("other numbers");
    }
    if measure.names_agreed.is_some_and(|agreed| agreed < 0.5) {
        return Some("other names");
    }
    // Two copies may each have a local lead in front: what they share is half of both, in one piece, under one headline.
    let is_one_block = measure.resemblance >= 0.5 && measure.compactness.min(measure.shorter_compactness) >= 0.9;
    if !nearly_all && measure.lead < 0.4 && !(is_one_block && measure.has_one_headline()) {
        // A shared disclaimer or background: neither begins with what the other says.
        return Some("neither begins with the other's text");
    }
    if measure.is_quoted_by_one() {
        return Some("one quotes the other");
    }
    let both_quoted = measure.own_quoted.min(measure.other_quoted);
    if both_quoted >= 0.6 && measure.unquoted_share < 0.35 {
        return Some("quotations in common");
    }
    None
}

/// Why it is a copy, and how sure that is.
fn acceptance(measure: &Measure) -> Option<(&'static str, f64)> {
    let Measure { resemblance, containment, compactness, .. } = *measure;
    if resemblance >= 0.8 {
        return Some(("resemblance", 0.9 + resemblance / 10.0));
    }
    // Passages of the other text with comments between them are no copy: there the shared words lie scattered on the
    // side that has the comments.
    if resemblance >= 0.5 && compactness >= 0.7 && measure.shorter_compactness >= 0.7 {
        return Some(("resemblance", 0.7 + resemblance / 4.0));
    }
    let at_top = measure.is_at_top();
    let large = measure.block_share >= 0.25;
    // Below the top, the rest of the shorter text must be little: two reports of one event may share a long passage.
    let placed = (at_top && containment >= 0.6) || (large && containment >= 0.8);
    if placed && compactness >= 0.7 && measure.block_share >= 0.15 {
        return Some(("one block", 0.6 + 0.3 * containment));
    }
    // Far down and small, it is a passage among others: a round-up has several such.
    if containment >= 0.85 && measure.longer_lead >= 0.3 && measure.length_ratio >= 0.25 && (at_top || large) {
        return Some(("abridged", 0.55 + 0.35 * containment));
    }
    if containment >= 0.9 && measure.title >= 0.5 {
        return Some(("same headline", 0.8));
    }
    // A short excerpt with a lead or a tail of its own. A newsletter may have the headline of its first text, but much more.
    let is_one_block = compactness.min(measure.shorter_compactness) >= 0.9 && resemblance >= 0.22;
    if containment >= 0.5 && is_one_block && measure.lead >= 0.7 && measure.has_one_headline() {
        return Some(("same headline and beginning", 0.5 + 0.3 * containment));
    }
    let is_large =
        containment >= 0.5 && resemblance >= 0.27 && measure.length_ratio >= 0.4 && measure.longest_run >= 40;
    // A text that names other people and places beside the passage is about something else.
    let same_matter = measure.names_agreed.is_none_or(|agreed| agreed >= 0.65);
    let is_unquoted = measure.unquoted_share >= 0.45;
    if is_large && same_matter && is_unquoted && compactness >= 0.5 && measure.lead >= 0.5 {
        return Some(("containment", 0.5 + 0.3 * containment));
    }
    None
}

impl Measure {
    /// Whether the shared block stands where the longer text begins.
    fn is_at_top(&self) -> bool {
        self.block_start <= 0.2
    }

    /// Whether both have the same headline, or nearly.
    pub(super) fn has_one_headline(&self) -> bool {
        self.title >= 0.6
    }

    /// Whether what both have is a quotation in one of them alone: a reply quotes what it replies to, and has another
    /// headline. Where a quotation ends is hard to tell in an excerpt that begins in the middle of it.
    pub(super) fn is_quoted_by_one(&self) -> bool {
        self.resemblance < 0.7 && !self.has_one_headline() && (self.own_quoted - self.other_quoted).abs() >= 0.3
    }
}

fn relation(measure: &Measure) -> Relation {
    let Measure { resemblance, containment, length_ratio, own_is_shorter, .. } = *measure;
    if resemblance >= 0.8 {
        Relation::Edited
    } else if containment >= 0.7 && length_ratio < 0.85 {
        if own_is_shorter { Relation::Excerpt } else { Relation::Extended }
    } else if resemblance >= 0.6 {
        Relation::Edited
    } else {
        Relation::Rewrite
    }
}
