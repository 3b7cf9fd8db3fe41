//! Why a term or group counts as not found: it has no words in the article's language, none of them is there, they are
//! there in other fields only, or the group's `none` takes every one of them back.

use super::compiled::Atom;
use super::document::Document;
use super::eval::Evaluation;
use super::hits::{Hit, everywhere, settle, takers};
use super::inflect::Inflector;
use super::pattern::Pattern;
use crate::model::topic::Field;

/// Most of the phrases of `none` that are named.
const NAMED_MAX: usize = 3;

/// Says why an atom of a query has no hits.
pub(super) fn why_absent(evaluation: &Evaluation<'_>, atom: usize) -> String {
    let Some(atom) = evaluation.query.atoms.get(atom) else { return "not found".to_owned() };
    let document = evaluation.document;
    let terms = atom.group.patterns(&document.language).count();
    if terms == 0 {
        return format!("has no terms for language `{}`", document.language);
    }
    let inflector = Inflector::new(document.inflection);
    let all = everywhere(document, atom, &inflector);
    let in_scope = settle(document, atom, all.clone(), Vec::new());
    if let Some(first) = in_scope.first() {
        let taken = taken_by(document, atom, &in_scope, &inflector);
        return format!(
            "found {} ({}), but `none` takes it away: {taken}",
            times(in_scope.len()),
            text(document, first)
        );
    }
    match all.iter().min_by_key(|hit| hit.first) {
        Some(first) => format!("not found here, but in the {}", place(document, first)),
        None if terms == 1 => "not found".to_owned(),
        None => format!("none of its {terms} terms found"),
    }
}

/// The phrases of `none` that lie over the hits.
fn taken_by(document: &Document, atom: &Atom, hits: &[Hit], inflector: &Inflector) -> String {
    let over = |taker: &Hit| hits.iter().any(|hit| taker.first < hit.after && hit.first < taker.after);
    let mut patterns: Vec<u32> =
        takers(document, atom, inflector).iter().filter(|taker| over(taker)).map(|taker| taker.pattern).collect();
    patterns.sort_unstable();
    patterns.dedup();
    let named: Vec<&str> = patterns
        .iter()
        .take(NAMED_MAX)
        .filter_map(|pattern| atom.group.none.get(*pattern as usize))
        .map(|pattern: &Pattern| pattern.text.as_str())
        .collect();
    named.join(", ")
}

fn text<'a>(document: &'a Document, hit: &Hit) -> &'a str {
    let token = |index: u32| document.tokens.get(index as usize);
    let (Some(first), Some(last)) = (token(hit.first), token(hit.after.saturating_sub(1))) else { return "" };
    let segment = document.segments.get(first.segment as usize);
    segment.and_then(|segment| segment.text.get(first.start as usize..last.end as usize)).unwrap_or_default()
}

fn place(document: &Document, hit: &Hit) -> &'static str {
    match document.field(hit.first) {
        Field::Lead => "body",
        other => other.name(),
    }
}

/// `once`, `twice`, `3 times`.
pub(super) fn times(count: usize) -> String {
    match count {
        0 => "not once".to_owned(),
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{count} times"),
    }
}
