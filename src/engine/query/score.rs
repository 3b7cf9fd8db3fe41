//! How much an article is about a topic: from 0 to 1, by where and how often its query is found.
//!
//! A headline counts above the first words, those above the rest; more of the same counts less and less. For a query of
//! several parts joined by AND, the part that is found least decides half. Measured on judged articles, three groups
//! within 15 words of each other with these weights and a minimum score reach an F1 near 0.9, the bare query 0.6.

use serde::{Deserialize, Serialize};

use super::compiled::Node;
use super::eval::{Evaluation, Span, What};
use crate::model::topic::Field;

/// What each place counts in a score.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Weights {
    /// A hit in the title.
    pub title: f64,
    /// A hit in the first 120 words.
    pub lead: f64,
    /// Each hit in the rest of the body.
    pub body: f64,
    /// So many hits in the rest of the body count.
    pub body_max: u32,
}

impl Default for Weights {
    fn default() -> Self {
        Self { title: 3.0, lead: 2.0, body: 0.75, body_max: 4 }
    }
}

/// The points at which a score reaches 0.63; a title alone gives about 0.7, title and lead 0.85.
const SATURATION_POINTS: f64 = 3.5;

/// Points for all terms and groups of the query being in the title, together or apart; a part of them gets its part.
const COVER_POINTS: f64 = 1.0;

/// Points for hits as close together as can be.
const NEAR_POINTS: f64 = 0.5;

/// One part of a score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScorePart {
    /// `title`, `lead`, `body`, `cover` or `near`.
    pub name: &'static str,
    /// Points; their sum saturates to the score.
    pub points: f64,
    /// What they are for.
    pub reason: String,
}

/// A query that holds: the parts joined by AND that are looked for in running text, each with its places.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) parts: Vec<Vec<Span>>,
}

/// Evaluates the whole query; where alternatives hold, the one with the most points counts.
pub(super) fn find(evaluation: &mut Evaluation<'_>, weights: &Weights) -> Option<Found> {
    let root = &evaluation.query.root;
    find_node(evaluation, root, weights)
}

fn find_node(evaluation: &mut Evaluation<'_>, node: &Node, weights: &Weights) -> Option<Found> {
    match node {
        Node::And(items) => {
            let mut found = Found::default();
            for item in items {
                found.parts.extend(find_node(evaluation, item, weights)?.parts);
            }
            Some(found)
        }
        Node::Or(items) => {
            let mut best: Option<(f64, Found)> = None;
            for item in items {
                if let Some(found) = find_node(evaluation, item, weights) {
                    let points = points(evaluation, &found, weights).total();
                    if best.as_ref().is_none_or(|(most, _)| points > *most) {
                        best = Some((points, found));
                    }
                }
            }
            best.map(|(_, found)| found)
        }
        Node::Not(_) => evaluation.eval(node).map(|_| Found::default()),
        _ => evaluation.eval(node).map(|spans| Found { parts: vec![spans] }),
    }
}

/// The points of a query that holds, as shares of what each part can get.
#[derive(Debug, Clone, Copy)]
pub(super) struct Points {
    /// `None` for a query that asks for fields alone.
    shares: Option<Shares>,
    weights: Weights,
}

#[derive(Debug, Clone, Copy)]
struct Shares {
    title: f64,
    lead: f64,
    /// Hits, not a share.
    body: f64,
    covered: u32,
    asked: u32,
    near: f64,
}

impl Points {
    fn total(&self) -> f64 {
        // Nothing but filters, such as a source or a language: who asks for all of it gets all of it.
        let Some(shares) = &self.shares else { return 3.0 * SATURATION_POINTS };
        self.weights.title * shares.title
            + self.weights.lead * shares.lead
            + self.weights.body * shares.body
            + COVER_POINTS * shares.cover()
            + NEAR_POINTS * shares.near
    }

    /// From points to a score.
    pub(super) fn score(&self) -> f64 {
        let score = 1.0 - (-self.total().max(0.0) / SATURATION_POINTS).exp();
        // Three decimals are more than the measure is good for, and make it stable in output.
        (score * 1000.0).round() / 1000.0
    }

    /// The parts in words.
    pub(super) fn parts(&self) -> Vec<ScorePart> {
        let part = |name, points: f64, reason: String| ScorePart { name, points, reason };
        let Some(shares) = &self.shares else {
            let reason = "the query asks for fields only, which an article has or has not".to_owned();
            return vec![part("field", self.total(), reason)];
        };
        let Shares { title, lead, body, covered, asked, near } = *shares;
        let weights = &self.weights;
        vec![
            part("title", weights.title * title, found_in(title, "in the title")),
            part("lead", weights.lead * lead, found_in(lead, "in the first 120 words")),
            part(
                "body",
                weights.body * body,
                format!("{body:.1} hits further down, at most {} count", weights.body_max),
            ),
            part("cover", COVER_POINTS * shares.cover(), format!("{covered} of {asked} terms and groups in the title")),
            part("near", NEAR_POINTS * near, format!("closest hits {:.0} % of as close as can be", near * 100.0)),
        ]
    }
}

impl Shares {
    fn cover(&self) -> f64 {
        f64::from(self.covered) / f64::from(self.asked.max(1))
    }
}

/// Where one part of a query is found.
#[derive(Debug, Clone, Copy, Default)]
struct Places {
    title: u32,
    lead: u32,
    rest: u32,
}

/// The points of a query that holds.
pub(super) fn points(evaluation: &Evaluation<'_>, found: &Found, weights: &Weights) -> Points {
    let counted: Vec<(Places, &Vec<Span>)> = found
        .parts
        .iter()
        .map(|spans| (places(evaluation, spans), spans))
        .filter(|(places, _)| places.title + places.lead + places.rest > 0)
        .collect();
    if counted.is_empty() {
        return Points { shares: None, weights: *weights };
    }
    let each =
        |value: &dyn Fn(&Places) -> u32| weakest_and_mean(counted.iter().map(|(places, _)| f64::from(value(places))));
    let title = each(&|places| places.title.min(1));
    // A headline without a body, as in a feed without text or in an example, stands for its lead too.
    let lead = if evaluation.document.has_body() { each(&|places| places.lead.min(1)) } else { title };
    let body = each(&|places| places.body_hits().min(weights.body_max));
    let (covered, asked) = cover(evaluation, found);
    let near = closeness(&counted.iter().map(|(_, spans)| *spans).collect::<Vec<_>>());
    Points { shares: Some(Shares { title, lead, body, covered, asked, near }), weights: *weights }
}

impl Places {
    /// What counts by its number: hits beyond the first of the lead go with the body.
    fn body_hits(self) -> u32 {
        self.rest + self.lead.saturating_sub(1)
    }
}

fn found_in(share: f64, place: &str) -> String {
    if share >= 1.0 {
        format!("found {place}")
    } else if share > 0.0 {
        format!("a part found {place}")
    } else {
        format!("not {place}")
    }
}

/// Half what the weakest part has, half the mean.
fn weakest_and_mean(values: impl Iterator<Item = f64>) -> f64 {
    let (mut least, mut sum, mut count) = (f64::INFINITY, 0.0, 0.0);
    for value in values {
        least = least.min(value);
        sum += value;
        count += 1.0;
    }
    if count > 0.0 { least.midpoint(sum / count) } else { 0.0 }
}

/// How many stretches that do not overlap lie in each place.
fn places(evaluation: &Evaluation<'_>, spans: &[Span]) -> Places {
    let mut places = Places::default();
    let mut free_from = 0;
    for span in spans {
        if span.start < free_from {
            continue;
        }
        free_from = span.end;
        match evaluation.document.field(span.first) {
            Field::Title => places.title += 1,
            Field::Lead => places.lead += 1,
            Field::Body => places.rest += 1,
            _ => {}
        }
    }
    places
}

/// How many of the atoms that are found lie in the title, of those that could.
fn cover(evaluation: &Evaluation<'_>, found: &Found) -> (u32, u32) {
    let mut asked: Vec<u32> = Vec::new();
    let mut covered = 0;
    for span in found.parts.iter().flatten() {
        evaluation.each_leaf(*span, &mut |leaf| {
            let What::Hit { atom, .. } = leaf.what else { return };
            let is_text = evaluation.query.atoms.get(atom as usize).is_some_and(|atom| atom.scope.is_text());
            if !is_text || asked.contains(&atom) {
                return;
            }
            asked.push(atom);
            let hits = evaluation.hits.get(atom as usize).copied().unwrap_or_default();
            // Hits ascend, and the title comes first.
            let in_title = hits.first().is_some_and(|hit| evaluation.document.field(hit.first) == Field::Title);
            covered += u32::from(in_title);
        });
    }
    (covered, u32::try_from(asked.len()).unwrap_or(u32::MAX))
}

/// How close what belongs together stands, from 0 to 1: the shortest stretch of a chain, or the nearest hits of two parts.
fn closeness(parts: &[&Vec<Span>]) -> f64 {
    /// A stretch of so many half words is half as close as can be.
    const HALF_CLOSE: f64 = 24.0;
    let near = |half_words: u32| HALF_CLOSE / (HALF_CLOSE + f64::from(half_words));
    let shortest = |spans: &Vec<Span>| spans.iter().map(|span| span.end - span.start).min().unwrap_or(u32::MAX);
    let Some((first, others)) = parts.split_first() else { return 0.0 };
    if others.is_empty() {
        return near(shortest(first));
    }
    let gaps = others.iter().map(|other| near(nearest_gap(first, other)));
    gaps.fold(1.0, f64::min)
}

/// The fewest half words between a span of one list and one of the other; both ascend.
pub(super) fn nearest_gap(a: &[Span], b: &[Span]) -> u32 {
    let (mut left, mut right, mut best) = (0, 0, u32::MAX);
    while let (Some(x), Some(y)) = (a.get(left), b.get(right)) {
        // One of the two is zero, or both where they overlap.
        let gap = y.start.saturating_sub(x.end).max(x.start.saturating_sub(y.end));
        best = best.min(gap);
        if x.end <= y.end {
            left += 1;
        } else {
            right += 1;
        }
    }
    best
}
