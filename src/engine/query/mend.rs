//! A query with mistakes written out as what it most likely means: from the tree that the parser went on with, each part
//! brought into a form that can be looked for. It is offered only where it reads without a mistake.

use super::cut::cut;
use super::expr::{Expr, Link, Term, TermKind};
use super::operand::compile_regex;
use super::pattern::check_term;
use super::terms::Terms;
use crate::model::topic::Field;

/// Parts nested more deeply fall away: mistakes nest without bound (`title:title:title:…`), and nobody means them.
const DEPTH_MAX: usize = 60;

/// The tree without what cannot be looked for; `None` where nothing is left.
pub(super) fn mended(expr: &Expr, terms: &Terms) -> Option<Expr> {
    within(expr, terms, DEPTH_MAX)
}

fn within(expr: &Expr, terms: &Terms, depth: usize) -> Option<Expr> {
    let depth = depth.checked_sub(1)?;
    let one = |inner: &Expr| within(inner, terms, depth);
    let each = |items: &[Expr]| items.iter().filter_map(one).collect::<Vec<_>>();
    match expr {
        Expr::Term(term) => mended_term(term).map(Expr::Term),
        Expr::Group(name) => match terms.known(name) {
            Ok(()) => Some(expr.clone()),
            Err(Some(nearest)) => Some(Expr::Group(nearest)),
            Err(None) => {
                mended_term(&Term { text: name.replace(['-', '_', '.'], " "), kind: TermKind::Phrase }).map(Expr::Term)
            }
        },
        Expr::Regex { pattern, ignore_case } => compile_regex(pattern, *ignore_case).is_ok().then(|| expr.clone()),
        Expr::Field(field, inner) => {
            one(inner).map(|inner| in_field(*field, inner, &|inner| Expr::Field(*field, Box::new(inner))))
        }
        Expr::First(words, inner) => {
            one(inner).map(|inner| in_field(Field::Lead, inner, &|inner| Expr::First(*words, Box::new(inner))))
        }
        Expr::AtLeast(count, inner) => one(inner).map(|inner| at_least(*count, inner)),
        Expr::Of(count, items) => {
            let items = each(items);
            let most = u32::try_from(items.len()).unwrap_or(u32::MAX);
            joined(items, |items| Expr::Of((*count).clamp(1, most), items))
        }
        Expr::Chain { link, items, gaps } => chain(*link, each(items), gaps),
        Expr::Not(inner) => one(inner).map(|inner| Expr::Not(Box::new(inner))),
        Expr::And(items) => joined(each(items), Expr::And),
        Expr::Or(items) => {
            let items = each(items);
            // What must not be there is no alternative to what must.
            let excludes = items.iter().any(|item| matches!(item, Expr::Not(_)));
            joined(items, if excludes { Expr::And } else { Expr::Or })
        }
    }
}

fn joined(mut items: Vec<Expr>, join: impl FnOnce(Vec<Expr>) -> Expr) -> Option<Expr> {
    match items.len() {
        0 | 1 => items.pop(),
        _ => Some(join(items)),
    }
}

/// A star keeps the place where one may stand; what has no letters is left out.
fn mended_term(term: &Term) -> Option<Term> {
    let whole = |text: String, kind: TermKind| Some(Term { text, kind }).filter(|term| check_term(term).is_ok());
    if check_term(term).is_ok() {
        return Some(term.clone());
    }
    let stem = term.text.split('*').next().unwrap_or_default();
    let prefix = || whole(format!("{stem}*"), TermKind::Word).filter(|_| term.kind == TermKind::Word);
    let plain =
        |text: &str| Some(text).filter(|text| !cut(text).is_empty()).and_then(|text| whole(text.to_owned(), term.kind));
    // A star inside a word whose beginning says too little leaves nothing to go by.
    let inside = term.kind == TermKind::Word && term.text.trim_end_matches('*').contains('*');
    prefix().or_else(|| Some(stem).filter(|_| !inside).and_then(plain))
}

/// The inner of two fields counts, and a pattern moves to where it may stand.
fn in_field(field: Field, inner: Expr, fielded: &dyn Fn(Expr) -> Expr) -> Expr {
    let one = |inner: Expr| in_field(field, inner, fielded);
    let each = |items: Vec<Expr>| items.into_iter().map(one).collect::<Vec<_>>();
    match inner {
        Expr::Field(..) | Expr::First(..) => inner,
        Expr::Regex { .. } if !matches!(field, Field::Title | Field::Url | Field::Source) => {
            Expr::Field(Field::Title, Box::new(inner))
        }
        inner if !has_field(&inner) => fielded(inner),
        Expr::AtLeast(count, inner) => Expr::AtLeast(count, Box::new(one(*inner))),
        Expr::Not(inner) => Expr::Not(Box::new(one(*inner))),
        Expr::Of(count, items) => Expr::Of(count, each(items)),
        Expr::And(items) => Expr::And(each(items)),
        Expr::Or(items) => Expr::Or(each(items)),
        Expr::Chain { link, items, gaps } => Expr::Chain { link, items: each(items), gaps },
        Expr::Term(_) | Expr::Group(_) | Expr::Regex { .. } => fielded(inner),
    }
}

fn has_field(expr: &Expr) -> bool {
    match expr {
        Expr::Field(..) | Expr::First(..) => true,
        Expr::AtLeast(_, inner) | Expr::Not(inner) => has_field(inner),
        Expr::Of(_, items) | Expr::And(items) | Expr::Or(items) | Expr::Chain { items, .. } => {
            items.iter().any(has_field)
        }
        Expr::Term(_) | Expr::Group(_) | Expr::Regex { .. } => false,
    }
}

/// Whether NEAR, ATLEAST and their like can take it: it marks places in running text.
fn has_places(expr: &Expr) -> bool {
    match expr {
        Expr::And(_) | Expr::Not(_) | Expr::Regex { .. } => false,
        Expr::Field(field, _) => matches!(field, Field::Title | Field::Lead | Field::Body),
        Expr::Or(items) => items.iter().all(has_places),
        Expr::Term(_) | Expr::Group(_) | Expr::AtLeast(..) | Expr::Of(..) | Expr::Chain { .. } | Expr::First(..) => {
            true
        }
    }
}

fn at_least(count: u32, inner: Expr) -> Expr {
    match inner {
        Expr::And(items) => Expr::And(items.into_iter().map(|item| at_least(count, item)).collect()),
        inner if has_places(&inner) => Expr::AtLeast(count, Box::new(inner)),
        inner => inner,
    }
}

/// A link that joins only what marks places: said for each part of an AND, and of what a NOT takes out.
fn chain(link: Link, mut items: Vec<Expr>, gaps: &[u32]) -> Option<Expr> {
    // A part that fell away takes a distance along.
    let gaps: Vec<u32> = gaps.iter().copied().take(items.len().saturating_sub(1)).collect();
    if items.len() < 2 || items.iter().all(has_places) {
        return joined(items, |items| Expr::Chain { link, items, gaps });
    }
    if items.len() > 2 {
        return Some(Expr::And(items));
    }
    let (second, first) = (items.pop()?, items.pop()?);
    let pair = |first: Expr, second: Expr| Expr::Chain { link, items: vec![first, second], gaps: gaps.clone() };
    Some(match (first, second) {
        (first, Expr::Not(inner)) => Expr::And(vec![first.clone(), Expr::Not(Box::new(pair(first, *inner)))]),
        (Expr::Not(inner), second) => Expr::And(vec![second.clone(), Expr::Not(Box::new(pair(*inner, second)))]),
        (Expr::And(firsts), second) => Expr::And(firsts.into_iter().map(|first| pair(first, second.clone())).collect()),
        (first, Expr::And(seconds)) => {
            Expr::And(seconds.into_iter().map(|second| pair(first.clone(), second)).collect())
        }
        (first, second) => Expr::And(vec![first, second]),
    })
}
