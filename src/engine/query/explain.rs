//! Why a query did or did not match: each part, whether it held, and how near it was.

use std::fmt;

use serde::Serialize;

use super::absent::{times, why_absent};
use super::compiled::{Node, Query};
use super::document::{Document, WORD};
use super::eval::{Evaluation, Span};
use super::evidence::{around, evidence, term};
use super::expr::{Expr, Link};
use super::score::{ScorePart, Weights, find, nearest_gap, points};
use super::set::{TopicSpec, admits_language, admits_source};
use super::single::all_hits;
use crate::model::ids::SourceId;
use crate::model::topic::{Evidence, Field};

/// Why a query did or did not match.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// Whether the query holds (whatever the topic's minimum score).
    pub matched: bool,
    /// 0 to 1; 0 where it does not hold.
    pub score: f64,
    /// The language whose inflections counted.
    pub language: String,
    /// What the score is made of.
    pub parts: Vec<ScorePart>,
    /// Why the topic does not match although its query holds.
    pub held_back: Vec<String>,
    /// The query and its parts.
    pub clause: Clause,
    /// The words that were found.
    pub evidence: Vec<Evidence>,
}

/// A part of a query.
#[derive(Debug, Clone, Serialize)]
pub struct Clause {
    /// The part as written.
    pub text: String,
    /// Whether it held.
    pub held: bool,
    /// What was found, or how near it was.
    pub detail: String,
    /// Its parts.
    pub clauses: Vec<Self>,
}

/// Says which clause of a query held in a document, which failed, and how near it was.
pub fn explain(query: &Query, document: &Document) -> Explanation {
    explain_weighted(query, &Weights::default(), document)
}

/// [`explain`] with a topic's own weights.
pub fn explain_weighted(query: &Query, weights: &Weights, document: &Document) -> Explanation {
    let hits = all_hits(query, document);
    let mut evaluation = Evaluation::new(document, query, hits.iter().map(Vec::as_slice).collect());
    let found = find(&mut evaluation, weights);
    let points = found.as_ref().map(|found| points(&evaluation, found, weights));
    let parts = points.map(|points| points.parts()).unwrap_or_default();
    let evidence = found.as_ref().map(|found| evidence(&evaluation, found)).unwrap_or_default();
    let clause = clause(&mut evaluation, &query.root, query.expr());
    Explanation {
        matched: found.is_some(),
        score: points.map_or(0.0, |points| points.score()),
        language: document.language.clone(),
        parts,
        held_back: Vec::new(),
        clause,
        evidence,
    }
}

/// Says why a topic did or did not match: its query by its weights, its minimum score, sources and languages.
pub fn explain_topic(spec: &TopicSpec, document: &Document) -> Explanation {
    let mut explanation = explain_weighted(&spec.query, &spec.weights, document);
    if !explanation.matched {
        return explanation;
    }
    let held_back = &mut explanation.held_back;
    if explanation.score < spec.min_score {
        held_back.push(format!("its score is under the topic's min_score, {}", spec.min_score));
    }
    if !admits_source(spec, document) {
        let sources: Vec<&str> = spec.sources.iter().map(SourceId::as_str).collect();
        held_back.push(format!("the topic asks for the sources {}", sources.join(", ")));
    }
    if !admits_language(spec, document) {
        held_back.push(format!("the topic asks for the languages {}", spec.languages.join(", ")));
    }
    explanation
}

fn clause(evaluation: &mut Evaluation<'_>, node: &Node, expr: &Expr) -> Clause {
    // A field is no node of its own: it has gone into the atoms below it.
    if let Expr::Field(_, inner) | Expr::First(_, inner) = expr {
        let mut clause = clause(evaluation, node, inner);
        clause.text = expr.to_string();
        return clause;
    }
    let spans = evaluation.eval(node);
    let held = spans.is_some();
    let spans = spans.unwrap_or_default();
    let (nodes, exprs) = children(node, expr);
    let clauses: Vec<Clause> =
        nodes.into_iter().zip(exprs).map(|(node, expr)| clause(evaluation, node, expr)).collect();
    let detail = match node {
        Node::Atom(_) | Node::Regex(_) if held => places(evaluation, &spans),
        Node::Atom(atom) => why_absent(evaluation, *atom),
        Node::Regex(_) => "not found".to_owned(),
        Node::AtLeast(count, inner) => {
            let found = evaluation.eval(inner).map_or(0, |spans| spans.len());
            format!("found {}, {count} are asked for", times(found))
        }
        Node::Of(count, items) => {
            let found = clauses.iter().filter(|clause| clause.held).count();
            format!("{found} of {} hold, {count} are asked for", items.len())
        }
        Node::Chain { link, items, gaps } => {
            if held {
                let shortest = spans.iter().min_by_key(|span| span.end - span.start).copied();
                let text = shortest.and_then(|span| around(evaluation.document, span.first, span.after));
                format!("found {}: {}", times(spans.len()), text.unwrap_or_default())
            } else {
                how_near(evaluation, *link, items, gaps)
            }
        }
        Node::Not(_) if held => "not there, as asked".to_owned(),
        Node::Not(_) => "is there and must not be".to_owned(),
        Node::And(_) | Node::Or(_) => {
            let found = clauses.iter().filter(|clause| clause.held).count();
            format!("{found} of {} parts hold", clauses.len())
        }
    };
    Clause { text: expr.to_string(), held, detail, clauses }
}

fn children<'a>(node: &'a Node, expr: &'a Expr) -> (Vec<&'a Node>, Vec<&'a Expr>) {
    match (node, expr) {
        (Node::Chain { items, .. }, Expr::Chain { items: exprs, .. })
        | (Node::Of(_, items), Expr::Of(_, exprs))
        | (Node::And(items), Expr::And(exprs))
        | (Node::Or(items), Expr::Or(exprs)) => (items.iter().collect(), exprs.iter().collect()),
        (Node::Not(inner), Expr::Not(expr)) | (Node::AtLeast(_, inner), Expr::AtLeast(_, expr)) => {
            (vec![inner], vec![expr])
        }
        _ => (Vec::new(), Vec::new()),
    }
}

/// How often and where, with the first of the words.
fn places(evaluation: &Evaluation<'_>, spans: &[Span]) -> String {
    let mut counts: Vec<(Field, usize)> = Vec::new();
    for span in spans {
        let field = evaluation.document.field(span.first);
        match counts.iter_mut().find(|(known, _)| *known == field) {
            Some((_, count)) => *count += 1,
            None => counts.push((field, 1)),
        }
    }
    let places: Vec<String> =
        counts.iter().map(|(field, count)| format!("{} in the {}", times(*count), field.name())).collect();
    let first = spans.first().map(|span| term(evaluation, span.what)).unwrap_or_default();
    if places.is_empty() { "found".to_owned() } else { format!("found {} (first as {first})", places.join(", ")) }
}

/// Beyond the distance between two fields there is no distance.
const APART_WORDS: u32 = 4_000;

/// For a chain that fails: the parts that are missing, or the pair that is too far apart.
fn how_near(evaluation: &mut Evaluation<'_>, link: Link, items: &[Node], gaps: &[u32]) -> String {
    let all: Vec<Vec<Span>> = items.iter().map(|item| evaluation.eval(item).unwrap_or_default()).collect();
    let missing = all.iter().filter(|spans| spans.is_empty()).count();
    if missing > 0 {
        return format!("{missing} of {} parts are not there", all.len());
    }
    let close = |(index, words): &(usize, u32)| gaps.get(*index).is_some_and(|gap| words <= gap);
    let pairs = all.windows(2).enumerate().filter_map(|(index, pair)| {
        let [a, b] = pair else { return None };
        let words = nearest_gap(a, b) / WORD + 1;
        Some((index, words))
    });
    let pairs: Vec<(usize, u32)> = pairs.collect();
    if pairs.iter().all(close) {
        return match link {
            Link::Before => "each pair is near somewhere, but not in this order at one place".to_owned(),
            _ => "each pair is near somewhere, but not around one occurrence of the part between them".to_owned(),
        };
    }
    let told: Vec<String> = pairs
        .into_iter()
        .map(|(index, words)| {
            let asked = gaps
                .get(index)
                .map_or_else(|| format!("one {}", link.name().to_lowercase()), |gap| format!("{gap} asked for"));
            if words > APART_WORDS {
                format!("part {} and part {} are in different fields", index + 1, index + 2)
            } else {
                format!("part {} and part {} are {words} words apart at the closest ({asked})", index + 1, index + 2)
            }
        })
        .collect();
    format!("not bound together: {}", told.join("; "))
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.held_back.is_empty() {
            writeln!(f, "no match, though the query holds with score {:.2} (language {})", self.score, self.language)?;
            self.held_back.iter().try_for_each(|why| writeln!(f, "  {why}"))?;
        } else if self.matched {
            writeln!(f, "matches, score {:.2} (language {})", self.score, self.language)?;
        } else {
            writeln!(f, "does not match (language {})", self.language)?;
        }
        for part in &self.parts {
            writeln!(f, "  {:5} {:+5.2}  {}", part.name, part.points, part.reason)?;
        }
        self.clause.print(f, 0)?;
        for found in &self.evidence {
            writeln!(f, "  {}  {}: {}", found.term, found.field.name(), found.text)?;
        }
        Ok(())
    }
}

impl Clause {
    fn print(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        let mark = if self.held { "✓" } else { "✗" };
        writeln!(f, "  {:indent$}{mark} {}: {}", "", self.text, self.detail, indent = depth * 2)?;
        self.clauses.iter().try_for_each(|clause| clause.print(f, depth + 1))
    }
}
