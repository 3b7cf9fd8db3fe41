//! A query whose groups are resolved and whose problems are none: what is evaluated.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;

use super::bond::{Bound, bounds};
use super::document::Document;
use super::expr::{Expr, Link};
use super::lexer::problem;
use super::mend::mended;
use super::operand::compile_regex;
use super::parser::{Unread, parse};
use super::terms::{Group, Terms};
use crate::model::topic::Field;

/// A problem in a query: where, what, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueryProblem {
    /// Bytes of the query text.
    pub span: Range<usize>,
    /// What is wrong and what was expected, for a reader who does not program.
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
    /// With the last problem of a query: the whole of it as it was most likely meant, which reads without a problem.
    pub mended: Option<String>,
}

/// A mended query that is longer is not shown: who reads it could not see what differs.
const MENDED_MAX_BYTES: usize = 400;

/// Where an atom is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Scope {
    /// As bits.
    fields: u16,
    /// Only in so many words from the body's beginning.
    first_words: Option<u32>,
}

impl Scope {
    /// Title, lead and body: where a term without a field is looked for.
    pub(super) const TEXT: Self = Self { fields: 0b111, first_words: None };

    fn of(field: Field) -> Self {
        let fields = match field {
            // The body begins with the lead.
            Field::Body => bit(Field::Lead) | bit(Field::Body),
            other => bit(other),
        };
        Self { fields, first_words: None }
    }

    fn first(words: u32) -> Self {
        Self { first_words: Some(words), ..Self::of(Field::Body) }
    }

    pub(super) fn holds(self, field: Field) -> bool {
        self.fields & bit(field) != 0
    }

    /// Whether a place from one token to before another lies in it.
    pub(super) fn covers(self, document: &Document, first: u32, after: u32) -> bool {
        let within = |words| after.checked_sub(1).is_some_and(|last| document.is_in_first(words, last));
        self.holds(document.field(first)) && self.first_words.is_none_or(within)
    }

    /// Whether this is where a part without a field is looked for.
    pub(super) fn is_default(self) -> bool {
        self == Self::TEXT
    }

    /// Whether any of it is running text, which a score counts.
    pub(super) fn is_text(self) -> bool {
        self.fields & Self::TEXT.fields != 0
    }
}

fn bit(field: Field) -> u16 {
    1 << match field {
        Field::Title => 0,
        Field::Lead => 1,
        Field::Body => 2,
        Field::Author => 3,
        Field::Source => 4,
        Field::Section => 5,
        Field::Tag => 6,
        Field::Url => 7,
        Field::Lang => 8,
    }
}

/// A term or group in its fields.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Atom {
    /// As the query writes it.
    pub(super) label: String,
    pub(super) scope: Scope,
    pub(super) group: Arc<Group>,
}

/// A `/pattern/` in its fields.
#[derive(Debug, Clone)]
pub(super) struct RegexAtom {
    pub(super) label: String,
    pub(super) scope: Scope,
    pub(super) regex: regex::Regex,
}

/// A query's tree over its atoms.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Atom(usize),
    Regex(usize),
    AtLeast(u32, Box<Self>),
    Of(u32, Vec<Self>),
    Chain { link: Link, items: Vec<Self>, gaps: Vec<u32> },
    Not(Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
}

/// A query, ready to be evaluated.
#[derive(Debug, Clone)]
pub struct Query {
    text: String,
    expr: Expr,
    pub(super) atoms: Vec<Atom>,
    pub(super) regexes: Vec<RegexAtom>,
    pub(super) root: Node,
    /// Atoms that must be bound to each other somewhere, or the query cannot match.
    pub(super) bounds: Vec<Bound<usize>>,
    /// Each holds atoms one of which must be in the text, or the query cannot match. Never empty, unless a pattern alone
    /// can make it match.
    pub(super) clauses: Vec<Vec<usize>>,
}

impl Query {
    /// Reads a query; on failure all its problems at once, the last with the whole query as it was most likely meant.
    pub fn compile(text: &str, terms: &Terms) -> Result<Self, Vec<QueryProblem>> {
        Self::read(text, terms).map_err(|Unread { mut problems, meant }| {
            let meant = meant.and_then(|meant| mended(&meant, terms)).map(|meant| meant.to_string());
            let meant = meant.filter(|meant| meant.len() <= MENDED_MAX_BYTES && Self::read(meant, terms).is_ok());
            if let (Some(meant), Some(last)) = (meant, problems.last_mut()) {
                last.mended = Some(meant);
            }
            problems
        })
    }

    fn read(text: &str, terms: &Terms) -> Result<Self, Unread> {
        let expr = parse(text, &|name| terms.known(name))?;
        let mut builder = Builder { terms, atoms: Vec::new(), regexes: Vec::new(), places: HashMap::new() };
        let root = builder.node(&expr, Scope::TEXT);
        if !needs_something(&root) {
            let message = "this query only says what must not be there, and would match nearly every article";
            let rest = if matches!(expr, Expr::Or(_)) { format!("({expr})") } else { expr.to_string() };
            let hint = format!("say what to look for as well: … AND {rest}");
            return Err(Unread { problems: vec![problem(0..text.len(), message, hint)], meant: Some(expr) });
        }
        let (clauses, bounds) = (clauses(&root), bounds(&root));
        let Builder { atoms, regexes, .. } = builder;
        Ok(Self { text: text.to_owned(), expr, atoms, regexes, root, bounds, clauses })
    }

    /// The query as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The query as a tree; prints in its plainest form.
    pub fn expr(&self) -> &Expr {
        &self.expr
    }
}

struct Builder<'a> {
    terms: &'a Terms,
    atoms: Vec<Atom>,
    regexes: Vec<RegexAtom>,
    places: HashMap<(String, Scope), usize>,
}

impl Builder<'_> {
    fn node(&mut self, expr: &Expr, scope: Scope) -> Node {
        match expr {
            Expr::Term(term) => self.atom(term.to_string(), scope, || Arc::new(Group::single(term))),
            Expr::Group(name) => {
                let group = self.terms.get(name).cloned();
                self.atom(format!("${name}"), scope, || group.unwrap_or_default())
            }
            Expr::Regex { pattern, ignore_case } => match compile_regex(pattern, *ignore_case) {
                Ok(regex) => {
                    self.regexes.push(RegexAtom { label: expr.to_string(), scope, regex });
                    Node::Regex(self.regexes.len() - 1)
                }
                // Cannot be: the parser has compiled it. Nothing matches is the safe reading.
                Err(_) => Node::Or(Vec::new()),
            },
            Expr::Field(field, inner) => self.node(inner, Scope::of(*field)),
            Expr::First(words, inner) => self.node(inner, Scope::first(*words)),
            Expr::AtLeast(count, inner) => Node::AtLeast(*count, Box::new(self.node(inner, scope))),
            Expr::Of(count, items) => Node::Of(*count, self.nodes(items, scope)),
            Expr::Chain { link, items, gaps } => {
                Node::Chain { link: *link, items: self.nodes(items, scope), gaps: gaps.clone() }
            }
            Expr::Not(inner) => Node::Not(Box::new(self.node(inner, scope))),
            Expr::And(items) => Node::And(self.nodes(items, scope)),
            Expr::Or(items) => Node::Or(self.nodes(items, scope)),
        }
    }

    fn nodes(&mut self, items: &[Expr], scope: Scope) -> Vec<Node> {
        items.iter().map(|item| self.node(item, scope)).collect()
    }

    fn atom(&mut self, label: String, scope: Scope, group: impl FnOnce() -> Arc<Group>) -> Node {
        if let Some(place) = self.places.get(&(label.clone(), scope)) {
            return Node::Atom(*place);
        }
        let place = self.atoms.len();
        self.places.insert((label.clone(), scope), place);
        self.atoms.push(Atom { label, scope, group: group() });
        Node::Atom(place)
    }
}

/// Whether something must be there for the query to match.
fn needs_something(node: &Node) -> bool {
    match node {
        Node::Atom(_) | Node::Regex(_) => true,
        Node::Not(_) => false,
        Node::AtLeast(_, inner) => needs_something(inner),
        Node::Chain { items, .. } | Node::And(items) => items.iter().any(needs_something),
        Node::Or(items) => items.iter().all(needs_something),
        Node::Of(count, items) => {
            let free = items.iter().filter(|item| !needs_something(item)).count();
            free < usize::try_from(*count).unwrap_or(usize::MAX)
        }
    }
}

/// The sets of atoms of which each must have one in the text.
fn clauses(node: &Node) -> Vec<Vec<usize>> {
    let smallest = |node: &Node| clauses(node).into_iter().min_by_key(Vec::len);
    match node {
        Node::Atom(atom) => vec![vec![*atom]],
        Node::Regex(_) | Node::Not(_) => Vec::new(),
        Node::AtLeast(_, inner) => clauses(inner),
        Node::Chain { items, .. } | Node::And(items) => {
            let mut all: Vec<Vec<usize>> = items.iter().flat_map(clauses).collect();
            all.sort();
            all.dedup();
            all
        }
        Node::Or(items) => {
            let parts: Option<Vec<Vec<usize>>> = items.iter().map(smallest).collect();
            parts.map(union).into_iter().collect()
        }
        Node::Of(count, items) => {
            let known: Vec<Vec<usize>> = items.iter().filter_map(smallest).collect();
            let unknown = items.len() - known.len();
            if unknown < usize::try_from(*count).unwrap_or(usize::MAX) { vec![union(known)] } else { Vec::new() }
        }
    }
}

fn union(parts: Vec<Vec<usize>>) -> Vec<usize> {
    let mut all: Vec<usize> = parts.into_iter().flatten().collect();
    all.sort_unstable();
    all.dedup();
    all
}
