//! Words that a query lacks: frequent in the articles that it found, rare in others.

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;

use super::compiled::Query;
use super::document::Document;
use super::single::all_hits;
use crate::model::topic::Field;

/// Most suggestions of one run.
const SUGGESTIONS_MAX: usize = 30;

/// A word is suggested only if so many matched documents have it.
const MATCHED_MIN: usize = 2;

/// A word whose weight is no more says little.
const WEIGHT_MIN: f64 = 0.1;

/// A word that a topic's matches use often and others do not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suggestion {
    /// The word or pair of words, as most often written.
    pub term: String,
    /// How many of the matched documents have it.
    pub matched: usize,
    /// How many of the other documents have it.
    pub background: usize,
    /// How telling it is: higher is more.
    pub weight: f64,
}

/// Words and pairs of words frequent in matched documents that the query does not look for, the most telling first.
pub fn suggest(matched: &[Document], background: &[Document], query: &Query) -> Vec<Suggestion> {
    let mut written: HashMap<String, HashMap<String, usize>> = HashMap::new();
    let mut inside: HashMap<String, usize> = HashMap::new();
    for document in matched {
        let looked_for = looked_for(query, document);
        for (folded, surface) in terms(document, &looked_for) {
            *written.entry(folded.clone()).or_default().entry(surface).or_default() += 1;
            *inside.entry(folded).or_default() += 1;
        }
    }
    inside.retain(|_, count| *count >= MATCHED_MIN.min(matched.len().max(1)));
    let mut outside: HashMap<String, usize> = HashMap::new();
    for document in background {
        for (folded, _) in terms(document, &BTreeSet::new()) {
            if inside.contains_key(&folded) {
                *outside.entry(folded).or_default() += 1;
            }
        }
    }
    let mut suggestions: Vec<Suggestion> = inside
        .into_iter()
        .filter_map(|(folded, count)| {
            let others = outside.get(&folded).copied().unwrap_or(0);
            let weight = weight(count, matched.len(), others, background.len());
            let forms = written.get(&folded)?;
            let term = forms.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0)))?.0.clone();
            (weight > WEIGHT_MIN).then_some(Suggestion { term, matched: count, background: others, weight })
        })
        .collect();
    suggestions.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.term.cmp(&b.term)));
    drop_parts_of_pairs(&mut suggestions);
    suggestions.truncate(SUGGESTIONS_MAX);
    suggestions
}

/// The share of matched documents times the logarithm of how much likelier the word is there than elsewhere.
fn weight(inside: usize, matched: usize, outside: usize, background: usize) -> f64 {
    let here = inside as f64 / matched.max(1) as f64;
    let there = (outside as f64 + 0.5) / (background as f64 + 1.0);
    let weight = here * (here / there).ln();
    (weight * 1000.0).round() / 1000.0
}

/// The words, by their keys, that the query's hits cover in this document.
fn looked_for(query: &Query, document: &Document) -> BTreeSet<u32> {
    let hits = all_hits(query, document);
    let tokens = hits.iter().flatten().flat_map(|hit| hit.first..hit.after);
    tokens.filter_map(|token| document.tokens.get(token as usize)).map(|token| token.word).collect()
}

/// Each word and pair of words of the running text once: folded, and as written. Common words are left out.
fn terms(document: &Document, looked_for: &BTreeSet<u32>) -> HashMap<String, String> {
    let mut found = HashMap::new();
    for segment in &document.segments {
        if !matches!(segment.field, Field::Title | Field::Body) {
            continue;
        }
        let mut before: Option<(&str, &str)> = None;
        for index in segment.tokens.clone() {
            let Some(token) = document.tokens.get(index as usize) else { continue };
            let Some(word) = document.words.get(token.word as usize) else { continue };
            let wide = token.after - token.at == 1;
            let known = looked_for.contains(&token.word);
            let plain = wide || (word.folded().chars().count() >= 3 && !is_stop_word(word.folded()));
            if known || !plain || word.folded().starts_with(|c: char| c.is_ascii_digit()) {
                before = None;
                continue;
            }
            if let Some((folded, surface)) = before {
                let blank = if wide { "" } else { " " };
                found.insert(format!("{folded}{blank}{}", word.folded()), format!("{surface}{blank}{}", word.surface));
            }
            if !wide {
                found.insert(word.folded().to_owned(), word.surface.clone());
            }
            before = Some((word.folded(), &word.surface));
        }
    }
    found
}

/// A word that says no more than the pair that it is part of is left out.
fn drop_parts_of_pairs(suggestions: &mut Vec<Suggestion>) {
    let pairs: Vec<(String, usize)> = suggestions
        .iter()
        .filter(|suggestion| suggestion.term.contains(' '))
        .map(|suggestion| (suggestion.term.to_lowercase(), suggestion.matched))
        .collect();
    suggestions.retain(|suggestion| {
        let word = suggestion.term.to_lowercase();
        suggestion.term.contains(' ')
            || !pairs.iter().any(|(pair, matched)| {
                pair.split(' ').any(|part| part == word) && *matched * 10 >= suggestion.matched * 9
            })
    });
}

fn is_stop_word(folded: &str) -> bool {
    super::rarity::is_common(folded)
}
