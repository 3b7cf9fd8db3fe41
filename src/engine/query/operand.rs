//! The operands of a query: terms, groups, patterns, parentheses, and what stands before them.

use std::ops::Range;

use super::expr::{Expr, Term, TermKind, field_name};
use super::lexer::{Lexeme, Spanned};
use super::parser::{Parser, nothing};
use super::pattern::check_term;
use crate::model::topic::Field;

/// Deepest nesting of parentheses.
const DEPTH_MAX: usize = 60;

/// Largest compiled regular expression, in bytes.
const REGEX_MAX_BYTES: usize = 256 * 1024;

impl Parser<'_> {
    pub(super) fn counted(&mut self) -> Expr {
        match self.peek() {
            Some(Lexeme::AtLeast(count)) => {
                let count = *count;
                self.at += 1;
                let from = self.at;
                let inner = match self.peek() {
                    Some(Lexeme::AtLeast(_) | Lexeme::Of(_)) => {
                        let hint = "put it in parentheses".to_owned();
                        self.report(self.span(), "ATLEAST counts a term, a group or parentheses", hint);
                        self.counted()
                    }
                    _ => self.fielded(),
                };
                let span = self.span_since(from);
                self.check_positions(&inner, span, "ATLEAST", &|part| format!("ATLEAST/{count} {part}"));
                Expr::AtLeast(count, Box::new(inner))
            }
            Some(Lexeme::Of(count)) => {
                let count = *count;
                self.of(count)
            }
            _ => self.fielded(),
        }
    }

    fn of(&mut self, count: u32) -> Expr {
        let from = self.at;
        self.at += 1;
        if !self.eat(&Lexeme::Open) {
            let message = "after OF comes a list in parentheses";
            self.report(self.span_since(from), message, format!("write {count} OF (first, second, third)"));
            return self.fielded();
        }
        if !self.deeper() {
            return nothing();
        }
        let mut items = vec![self.or()];
        while self.eat(&Lexeme::Comma) {
            items.push(self.or());
        }
        self.depth -= 1;
        self.close(from + 1);
        if usize::try_from(count).unwrap_or(usize::MAX) > items.len() {
            let message = format!("{count} of {} can never hold: the list has {} parts", items.len(), items.len());
            let hint = format!("write {} OF, or part the list with commas", items.len());
            self.report(self.span_since(from), message, hint);
        }
        Expr::Of(count, items)
    }

    fn fielded(&mut self) -> Expr {
        let (field, words) = match self.peek() {
            Some(Lexeme::Field(field)) => (*field, None),
            Some(Lexeme::First(words)) => (Field::Lead, Some(*words)),
            _ => return self.primary(None),
        };
        let from = self.at;
        self.at += 1;
        if let Some(Lexeme::Field(_) | Lexeme::First(_)) = self.peek() {
            let message = "a field cannot stand in a field";
            self.report(self.span_since(from), message, "keep the inner one".to_owned());
            return self.fielded();
        }
        let before = self.problems.len();
        let inner = self.primary(Some(field));
        if self.problems.len() == before {
            self.check_inside_field(&inner, field, from);
        }
        match words {
            Some(words) => Expr::First(words, Box::new(inner)),
            None => Expr::Field(field, Box::new(inner)),
        }
    }

    fn check_inside_field(&mut self, inner: &Expr, field: Field, from: usize) {
        let mut stack = vec![inner];
        while let Some(expr) = stack.pop() {
            match expr {
                Expr::Field(..) | Expr::First(..) => {
                    let message = format!("a field cannot stand in a field: this is inside {}:", field_name(field));
                    let hint = "close the parentheses before the second field".to_owned();
                    self.report(self.span_since(from), message, hint);
                    return;
                }
                Expr::Regex { pattern, .. } if !matches!(field, Field::Title | Field::Url | Field::Source) => {
                    let message = "a /pattern/ looks into title, url and source only";
                    let hint = format!("write title:/{pattern}/, or words without a pattern");
                    self.report(self.span_since(from), message, hint);
                }
                Expr::AtLeast(_, inner) | Expr::Not(inner) => stack.push(inner),
                Expr::Of(_, items) | Expr::And(items) | Expr::Or(items) | Expr::Chain { items, .. } => {
                    stack.extend(items);
                }
                Expr::Term(_) | Expr::Group(_) | Expr::Regex { .. } => {}
            }
        }
    }

    pub(super) fn deeper(&mut self) -> bool {
        self.depth += 1;
        if self.depth <= DEPTH_MAX {
            return true;
        }
        if !self.too_deep {
            self.too_deep = true;
            let message = format!("more than {DEPTH_MAX} parts are nested here");
            self.report(self.span(), message, "move parts into alias groups under [terms]".to_owned());
        }
        self.depth -= 1;
        self.at = self.lexemes.len();
        false
    }

    fn close(&mut self, open: usize) {
        if self.eat(&Lexeme::Close) || self.too_deep {
            return;
        }
        let span = self.lexemes.get(open).map_or(0..0, |open| open.span.clone());
        let hint = format!("close it: {})", self.source(span.start..self.span_since(open).end));
        self.report(span, "this parenthesis is opened and never closed: expected `)`", hint);
    }

    fn primary(&mut self, field: Option<Field>) -> Expr {
        let span = self.span();
        let Some(lexeme) = self.peek().cloned() else {
            self.missing(field);
            return nothing();
        };
        let at = self.at;
        self.at += 1;
        let term = |text: String, kind: TermKind| Term { text, kind };
        match lexeme {
            Lexeme::Open => {
                if !self.deeper() {
                    return nothing();
                }
                let inner = self.or();
                self.depth -= 1;
                self.close(at);
                inner
            }
            Lexeme::Word(text) => self.words(term(text, TermKind::Word), span),
            Lexeme::Exact(text) => self.term(term(text, TermKind::Exact), span),
            Lexeme::Phrase(text) => self.term(term(text, TermKind::Phrase), span),
            Lexeme::ExactPhrase(text) => self.term(term(text, TermKind::ExactPhrase), span),
            Lexeme::Group(name) => self.group(name, span),
            Lexeme::Regex { pattern, ignore_case } => self.regex(pattern, ignore_case, span),
            _ => {
                self.at = at;
                self.missing(field);
                nothing()
            }
        }
    }

    /// An operand was expected and something else, or the end, is there.
    fn missing(&mut self, field: Option<Field>) {
        let span = self.span();
        let before = self.at.checked_sub(1).and_then(|at| self.lexemes.get(at)).map(|last| last.span.clone());
        let here = self.source(span.clone()).to_owned();
        let place = match &before {
            Some(before) => format!("after `{}`", self.source(before.clone())),
            None => "at the beginning".to_owned(),
        };
        let instead = if here.is_empty() { "the query ends".to_owned() } else { format!("`{here}` stands") };
        let message = match field {
            Some(field) if self.peek().is_some() => {
                let name = field_name(field);
                format!("{name}: stands directly before a word, a phrase or parentheses, but here {instead}")
            }
            _ => format!("expected a word, a \"phrase\", a $group or parentheses {place}, but here {instead}"),
        };
        let hint = "write what to look for here, or take the operator out".to_owned();
        let span = if here.is_empty() { before.unwrap_or(span) } else { span };
        self.report(span, message, hint);
        if matches!(self.peek(), Some(Lexeme::AtLeast(_) | Lexeme::Of(_))) {
            self.at += 1;
        }
    }

    /// A bare word, and the bare words that stand beside it: reported once, read as a phrase.
    fn words(&mut self, first: Term, span: Range<usize>) -> Expr {
        let mut texts = vec![first.text.clone()];
        let mut end = span.end;
        while let Some(Spanned { lexeme: Lexeme::Word(text), span }) = self.lexemes.get(self.at) {
            texts.push(text.clone());
            end = span.end;
            self.at += 1;
        }
        if let (Some(Lexeme::Open), Ok(count @ 1..)) = (self.peek(), first.text.parse::<u32>()) {
            let message = "a number stands before a list, without OF between them";
            self.report(span, message, format!("write {count} OF (…)"));
            self.at -= 1;
            return self.of(count);
        }
        if texts.len() == 1 {
            return self.term(first, span);
        }
        let message = "words stand side by side: expected quotation marks around them, or an operator between them";
        let hint = format!("write \"{}\" for the phrase, or {}", texts.join(" "), texts.join(" AND "));
        self.report(span.start..end, message, hint);
        Expr::Term(Term { text: texts.join(" "), kind: TermKind::Phrase })
    }

    fn term(&mut self, term: Term, span: Range<usize>) -> Expr {
        if let Err((message, hint)) = check_term(&term) {
            self.report(span, message, hint);
        }
        Expr::Term(term)
    }

    fn group(&mut self, name: String, span: Range<usize>) -> Expr {
        if let (false, Err(nearest)) = (name.is_empty(), (self.known)(&name)) {
            let hint = match nearest {
                Some(nearest) => format!("did you mean ${nearest}?"),
                None => format!("add it under [terms]: {name} = [\"first word\", \"second word\"]"),
            };
            self.report(span, format!("there is no alias group `{name}` under [terms]"), hint);
        }
        Expr::Group(name)
    }

    fn regex(&mut self, pattern: String, ignore_case: bool, span: Range<usize>) -> Expr {
        if let Err(reason) = compile_regex(&pattern, ignore_case) {
            let hint = "to look for words, write them without slashes".to_owned();
            self.report(span, format!("this /pattern/ cannot be read: {reason}"), hint);
        }
        Expr::Regex { pattern, ignore_case }
    }
}

/// Compiles a pattern within bounds; it runs in time linear in the text.
pub(super) fn compile_regex(pattern: &str, ignore_case: bool) -> Result<regex::Regex, String> {
    regex::RegexBuilder::new(pattern)
        .case_insensitive(ignore_case)
        .size_limit(REGEX_MAX_BYTES)
        .dfa_size_limit(REGEX_MAX_BYTES)
        .nest_limit(50)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
            other => other.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned(),
        })
}
