//! One query over one document, without a set: for examples and explanations, and as the yardstick of the set.

use super::document::Document;
use super::eval::Evaluation;
use super::hits::{Hit, look_up};
use super::inflect::Inflector;
use super::set::{TopicSpec, admits, matched};
use super::{Query, Weights};
use crate::model::topic::TopicMatch;

/// The hits of each of a query's atoms.
pub(super) fn all_hits(query: &Query, document: &Document) -> Vec<Vec<Hit>> {
    let inflector = Inflector::new(document.inflection);
    query.atoms.iter().map(|atom| look_up(document, atom, &inflector)).collect()
}

/// Evaluates one topic over a document; gives what [`super::TopicSet::matches`] gives for it.
pub fn evaluate(topic: &TopicSpec, document: &Document) -> Option<TopicMatch> {
    if !admits(topic, document) {
        return None;
    }
    let hits = all_hits(&topic.query, document);
    matched(topic, document, hits.iter().map(Vec::as_slice).collect())
}

/// Whether a query holds for a document and how much it is about it: `None` where it does not hold.
pub fn score(query: &Query, weights: &Weights, document: &Document) -> Option<f64> {
    let hits = all_hits(query, document);
    let mut evaluation = Evaluation::new(document, query, hits.iter().map(Vec::as_slice).collect());
    let found = super::score::find(&mut evaluation, weights)?;
    Some(super::score::points(&evaluation, &found, weights).score())
}
