//! Where the config meets the engine's compilers: selectors, site rules, alias groups, queries.

pub(super) use crate::engine::page::rules::{RawRules, SiteRules};
use crate::engine::query::{Clause, Document, DocumentInput, Explanation, explain_weighted};
pub(super) use crate::engine::query::{Query, RawGroup, Terms, Weights};
use crate::model::article::{Block, BlockKind, Content};

/// Tries a CSS selector.
pub(super) use crate::engine::links::check_selector as selector;

/// Compiles a site's rules; the error is the reason alone.
pub(super) fn rules(raw: &RawRules) -> Result<SiteRules, String> {
    SiteRules::compile(raw).map_err(|error| selector(&error.selector).err().unwrap_or(error.reason))
}

/// A group in place of one that does not compile: a word that no text holds, so that the queries are checked all the
/// same.
pub(super) fn stand_in() -> RawGroup {
    RawGroup { any: vec!["wirewatchstandin".to_owned()], ..RawGroup::default() }
}

/// What a topic asks of a match: its query, and how much an article must be about it.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) query: &'a Query,
    pub(super) weights: &'a Weights,
    pub(super) min_score: f64,
}

/// Whether a topic matches an example, and why.
pub(super) struct Tried {
    pub(super) matched: bool,
    pub(super) why: String,
}

/// Tries an example as the headline of an article without a body, and as the body of one without a headline: a query
/// that asks one field only must find it too.
pub(super) fn try_example(asked: Asked<'_>, example: &str) -> Tried {
    let paragraph = Block { kind: BlockKind::Paragraph, text: example.to_owned() };
    let headline = Content { title: Some(example.to_owned()), ..Content::default() };
    let body = Content { blocks: vec![paragraph], ..Content::default() };
    let [headline, body] = [headline, body].map(|content| {
        let input = DocumentInput { content: &content, url: "", source_id: "", source_name: "" };
        explain_weighted(asked.query, asked.weights, &Document::new(input))
    });
    // Where the query does not hold, the score is 0.
    let told = if body.score > headline.score { body } else { headline };
    let matched = told.matched && told.score >= asked.min_score;
    let why = if matched {
        found(&told)
    } else if told.matched {
        format!(
            "the query holds, but its score, {:.2}, is under the topic's min_score, {}: lower it, or widen the query",
            told.score, asked.min_score
        )
    } else {
        lacking(&told.clause)
    };
    Tried { matched, why }
}

/// Which words made it match.
fn found(explanation: &Explanation) -> String {
    let mut terms: Vec<String> = explanation.evidence.iter().map(|evidence| format!("`{}`", evidence.term)).collect();
    terms.dedup();
    format!("it finds {}: narrow the query, or take the words away with NOT or a group's `none`", terms.join(", "))
}

/// The first parts that did not hold, down to the terms.
fn lacking(clause: &Clause) -> String {
    let failed: Vec<&Clause> = clause.clauses.iter().filter(|part| !part.held).collect();
    if failed.is_empty() {
        return format!("`{}`: {}", clause.text, clause.detail);
    }
    failed.into_iter().map(lacking).collect::<Vec<_>>().join("; ")
}
