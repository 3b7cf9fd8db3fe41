//! Reads a query into an [`Expr`]. Every problem is found in one run: after each the reading goes on with what was most
//! likely meant, so that one slip does not hide the next.

use std::ops::Range;

use super::QueryProblem;
use super::expr::{Expr, Link};
use super::lexer::{Known, Lexeme, Spanned, lex, problem};
use crate::model::topic::Field;

/// Longest query, in bytes: generous for a list of names, small enough to read.
pub(super) const QUERY_MAX_BYTES: usize = 64 * 1024;

/// Most problems that one run reports.
const PROBLEMS_MAX: usize = 50;

/// A query that could not be read.
#[derive(Debug)]
pub(super) struct Unread {
    pub(super) problems: Vec<QueryProblem>,
    /// What the reading went on with after each problem.
    pub(super) meant: Option<Expr>,
}

/// Reads a query.
pub(super) fn parse(text: &str, known: &Known<'_>) -> Result<Expr, Unread> {
    if text.len() > QUERY_MAX_BYTES {
        let message = format!("the query is longer than {QUERY_MAX_BYTES} bytes");
        let hint = "put long lists into alias groups under [terms]".to_owned();
        return Err(Unread { problems: vec![problem(0..0, message, hint)], meant: None });
    }
    let (lexemes, problems) = lex(text, known);
    if lexemes.is_empty() && problems.is_empty() {
        let message = "the query is empty: expected words to look for";
        let hint = "for example: $us NEAR/15 $china".to_owned();
        return Err(Unread { problems: vec![problem(0..text.len(), message, hint)], meant: None });
    }
    let mut parser = Parser { text, lexemes, at: 0, depth: 0, problems, known, too_deep: false };
    parser.operators_in_small_letters();
    let expr = parser.whole();
    if parser.problems.is_empty() {
        return Ok(expr);
    }
    parser.problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
    parser.problems.dedup();
    parser.problems.truncate(PROBLEMS_MAX);
    let meant = (!parser.too_deep).then_some(expr);
    Err(Unread { problems: parser.problems, meant })
}

pub(super) struct Parser<'a> {
    text: &'a str,
    pub(super) lexemes: Vec<Spanned>,
    pub(super) at: usize,
    pub(super) depth: usize,
    pub(super) problems: Vec<QueryProblem>,
    pub(super) known: &'a Known<'a>,
    pub(super) too_deep: bool,
}

/// A link operator as written.
struct Bond {
    distance: Option<u32>,
}

/// What stands where an operand is missing.
pub(super) fn nothing() -> Expr {
    Expr::And(Vec::new())
}

fn many(mut items: Vec<Expr>, make: impl FnOnce(Vec<Expr>) -> Expr) -> Expr {
    if items.len() == 1 { items.remove(0) } else { make(items) }
}

impl Parser<'_> {
    pub(super) fn peek(&self) -> Option<&Lexeme> {
        self.lexemes.get(self.at).map(|spanned| &spanned.lexeme)
    }

    pub(super) fn span(&self) -> Range<usize> {
        self.lexemes.get(self.at).map_or(self.text.len()..self.text.len(), |spanned| spanned.span.clone())
    }

    pub(super) fn eat(&mut self, lexeme: &Lexeme) -> bool {
        let found = self.peek() == Some(lexeme);
        self.at += usize::from(found);
        found
    }

    pub(super) fn report(&mut self, span: Range<usize>, message: impl Into<String>, hint: impl Into<Option<String>>) {
        self.problems.push(problem(span, message, hint));
    }

    pub(super) fn source(&self, span: Range<usize>) -> &str {
        self.text.get(span).unwrap_or_default()
    }

    /// From the piece at `from` to the one before the next.
    pub(super) fn span_since(&self, from: usize) -> Range<usize> {
        let start = self.lexemes.get(from).map_or(self.text.len(), |spanned| spanned.span.start);
        let end = self.at.checked_sub(1).and_then(|at| self.lexemes.get(at)).map_or(start, |last| last.span.end);
        start..end.max(start)
    }

    fn whole(&mut self) -> Expr {
        let mut parts = vec![self.or()];
        while let Some(lexeme) = self.peek().cloned() {
            let span = self.span();
            if lexeme == Lexeme::Comma {
                let hint = "write OR between alternatives, AND between what must all be there".to_owned();
                self.report(span, "a comma stands only inside the list of `n OF (a, b, c)`", hint);
            } else {
                self.report(span, "this parenthesis closes nothing", "take it out, or open one before".to_owned());
            }
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(Lexeme::And | Lexeme::Or)));
            if self.peek().is_some_and(|next| !matches!(next, Lexeme::Close | Lexeme::Comma)) {
                parts.push(self.or());
            }
        }
        many(parts, Expr::And)
    }

    pub(super) fn or(&mut self) -> Expr {
        let mut items = vec![self.and()];
        while self.eat(&Lexeme::Or) {
            items.push(self.and());
        }
        many(items, Expr::Or)
    }

    fn and(&mut self) -> Expr {
        let from = self.at;
        let mut items = vec![self.not()];
        loop {
            if self.eat(&Lexeme::And) {
                items.push(self.not());
            } else if self.peek().is_some_and(begins_operand) && self.at > from {
                self.side_by_side(from);
                items.push(self.not());
            } else {
                return many(items, Expr::And);
            }
        }
    }

    /// `near` and its like between two operands: reported, and read as what they are in capitals.
    fn operators_in_small_letters(&mut self) {
        for at in 1..self.lexemes.len() {
            let neighbours = (self.lexemes.get(at - 1), self.lexemes.get(at), self.lexemes.get(at + 1));
            let (Some(before), Some(here), Some(after)) = neighbours else { continue };
            let Lexeme::Word(word) = &here.lexeme else { continue };
            let Some((lexeme, proper)) = in_capitals(word) else { continue };
            if !ends_operand(&before.lexeme) || !begins_operand(&after.lexeme) {
                continue;
            }
            let message = format!("`{word}` is not read as an operator: operators are written in capitals");
            let hint = format!("write {proper} (or \"{word}\" in quotation marks to look for the word itself)");
            let span = here.span.clone();
            if let Some(here) = self.lexemes.get_mut(at) {
                here.lexeme = lexeme;
            }
            self.report(span, message, hint);
        }
    }

    /// Two operands without an operator between them.
    fn side_by_side(&mut self, from: usize) {
        let left = self.span_since(from);
        let next = self.span();
        let before = self.lexemes.get(self.at.saturating_sub(1)).map_or(left.clone(), |last| last.span.clone());
        let named = |text: &str| if text == "(" { "(…)".to_owned() } else { text.to_owned() };
        let (first, second) = (named(self.source(before.clone())), named(self.source(next.clone())));
        let hint = if self.peek() == Some(&Lexeme::Not) {
            let taken_out = self.lexemes.get(self.at + 1).map_or("…", |next| self.source(next.span.clone()));
            format!("write {} AND NOT {taken_out}", self.source(left))
        } else {
            format!("write {first} AND {second}, {first} OR {second} or {first} NEAR/8 {second}")
        };
        let message = "two terms stand side by side: expected an operator such as AND, OR or NEAR/8 between them";
        self.report(before.start..next.end, message, hint);
    }

    fn not(&mut self) -> Expr {
        if self.peek() != Some(&Lexeme::Not) {
            return self.chain(Link::Paragraph);
        }
        self.at += 1;
        if !self.deeper() {
            return nothing();
        }
        let inner = self.not();
        self.depth -= 1;
        Expr::Not(Box::new(inner))
    }

    /// The link operator at hand, with its distance, if it is of this kind.
    fn link(&self, link: Link) -> Option<Bond> {
        match (link, self.peek()?) {
            (Link::Near, Lexeme::Near(n)) | (Link::Before, Lexeme::Before(n)) => Some(Bond { distance: Some(*n) }),
            (Link::Sentence, Lexeme::Sentence) | (Link::Paragraph, Lexeme::Paragraph) => Some(Bond { distance: None }),
            _ => None,
        }
    }

    fn tighter(&mut self, link: Link) -> Expr {
        match link {
            Link::Paragraph => self.chain(Link::Sentence),
            Link::Sentence => self.chain(Link::Before),
            Link::Before => self.chain(Link::Near),
            Link::Near => self.counted(),
        }
    }

    fn chain(&mut self, link: Link) -> Expr {
        let from = self.at;
        let first = self.tighter(link);
        let mut spans = vec![self.span_since(from)];
        let (mut items, mut gaps, mut negated) = (vec![first], Vec::new(), Vec::new());
        while let Some(Bond { distance: gap }) = self.link(link) {
            self.at += 1;
            gaps.extend(gap);
            let from = self.at;
            if self.peek() == Some(&Lexeme::Not) {
                let left = self.source(spans.last().cloned().unwrap_or_default()).to_owned();
                let operator = gap.map_or_else(|| link.name().to_owned(), |gap| format!("{}/{gap}", link.name()));
                let message = format!("NOT cannot stand after {}: it joins words that are there", link.name());
                let hint = format!("write {left} AND NOT ({left} {operator} …)");
                self.report(self.span(), message, hint);
                self.at += 1;
                negated.push(items.len());
            }
            items.push(self.tighter(link));
            spans.push(self.span_since(from));
        }
        if items.len() > 1 {
            for (index, (item, span)) in items.iter().zip(spans).enumerate() {
                let operator =
                    gaps.first().map_or_else(|| link.name().to_owned(), |gap| format!("{}/{gap}", link.name()));
                let other = if index == 0 { items.get(1) } else { items.get(index - 1) };
                let other = other.map_or_else(|| "…".to_owned(), ToString::to_string);
                let each = |part: &Expr| match index {
                    0 => format!("{part} {operator} {other}"),
                    _ => format!("{other} {operator} {part}"),
                };
                self.check_positions(item, span, link.name(), &each);
            }
        }
        for (index, item) in items.iter_mut().enumerate() {
            if negated.contains(&index) {
                *item = Expr::Not(Box::new(std::mem::replace(item, nothing())));
            }
        }
        many(items, |items| Expr::Chain { link, items, gaps })
    }

    /// NEAR and its like need places in the text on both sides. `each` writes the operator for one part of an AND.
    pub(super) fn check_positions(
        &mut self,
        item: &Expr,
        span: Range<usize>,
        operator: &str,
        each: &dyn Fn(&Expr) -> String,
    ) {
        let (what, hint) = match item {
            Expr::And(items) if !items.is_empty() => {
                let parts: Vec<String> = items.iter().map(each).collect();
                ("words joined by AND", format!("say it for each: {}", parts.join(" AND ")))
            }
            Expr::Not(_) => ("NOT", "put NOT before the whole part: … AND NOT (…)".to_owned()),
            Expr::Regex { .. } => ("a /pattern/", "join a pattern by AND".to_owned()),
            Expr::Field(Field::Lang | Field::Source | Field::Author | Field::Section | Field::Tag | Field::Url, _) => {
                ("a field without running text", "join it by AND".to_owned())
            }
            Expr::Or(items) => {
                for item in items {
                    self.check_positions(item, span.clone(), operator, each);
                }
                return;
            }
            _ => return,
        };
        let does = if operator == "ATLEAST" { "counts" } else { "joins" };
        let message = format!("{operator} {does} words and groups, but here stands {what}");
        self.report(span, message, hint);
    }
}

fn begins_operand(lexeme: &Lexeme) -> bool {
    matches!(
        lexeme,
        Lexeme::Open | Lexeme::Not | Lexeme::AtLeast(_) | Lexeme::Of(_) | Lexeme::Field(_) | Lexeme::First(_)
    ) || is_term(lexeme)
}

fn ends_operand(lexeme: &Lexeme) -> bool {
    *lexeme == Lexeme::Close || is_term(lexeme)
}

fn is_term(lexeme: &Lexeme) -> bool {
    matches!(
        lexeme,
        Lexeme::Group(_)
            | Lexeme::Word(_)
            | Lexeme::Exact(_)
            | Lexeme::Phrase(_)
            | Lexeme::ExactPhrase(_)
            | Lexeme::Regex { .. }
    )
}

/// A word that joins two operands once it is written in capitals.
fn in_capitals(text: &str) -> Option<(Lexeme, &'static str)> {
    match text {
        "near" | "Near" => Some((Lexeme::Near(8), "NEAR/8")),
        "before" | "Before" => Some((Lexeme::Before(8), "BEFORE/8")),
        "sentence" => Some((Lexeme::Sentence, "SENTENCE")),
        "paragraph" => Some((Lexeme::Paragraph, "PARAGRAPH")),
        _ => None,
    }
}
