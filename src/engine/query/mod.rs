//! Topic queries: from the text an analyst writes to matches with score and evidence.
//!
//! The parts, in the order they are used: the lexer and the parser turn text into an [`Expr`] and report every problem
//! with its place; [`Terms`] are the alias groups; [`Query`] is an expression whose groups are resolved; a [`Document`]
//! is an article cut into words once; [`TopicSet`] finds which of many queries can match by one walk over a trie of
//! all their terms, and evaluates those alone; [`evaluate`] does the same for one topic; [`explain()`] says which
//! clause held and how near the others were; [`suggest()`] names words that a query lacks.
//!
//! Pure: the same query, document and terms give the same answer. Time is linear in the text's length whatever the
//! query: every operator walks sorted lists of hits once, and patterns run on a linear-time engine over short fields.

mod absent;
mod bond;
mod borrowed;
mod compiled;
mod cut;
mod document;
mod english;
mod eval;
mod evidence;
mod explain;
mod expr;
mod first;
mod hits;
mod inflect;
mod lexer;
mod mend;
mod operand;
mod parser;
mod pattern;
mod rarity;
mod score;
mod set;
mod single;
mod suggest;
mod terms;
mod trie;

pub use compiled::{Query, QueryProblem};
pub use document::{Document, DocumentInput};
pub use explain::{Clause, Explanation, explain, explain_topic, explain_weighted};
pub use expr::{Expr, Link, Term, TermKind};
pub use score::{ScorePart, Weights};
pub use set::{TopicSet, TopicSpec};
pub use single::{evaluate, score};
pub use suggest::{Suggestion, suggest};
pub use terms::{RawGroup, Terms, TermsProblem};

#[cfg(test)]
mod gold_tests;
#[cfg(test)]
mod parser_tests;
#[cfg(test)]
mod tests;
