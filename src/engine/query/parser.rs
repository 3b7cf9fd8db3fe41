//! Reads a query into an [`Expr`]. Every problem is found in one run: after each the reading goes on with what was most
//! likely meant, so that one slip does not hide the next.

use std::ops::Range;

use super::QueryProblem;
use super::expr::{Expr, Link, Term, TermKind, field_name};
use super::lexer::{Lexeme, Spanned, lex, problem};
use super::pattern::check_term;
use crate::model::topic::Field;

/// Longest query, in bytes: generous for a list of names, small enough to read.
pub(super) const QUERY_MAX_BYTES: usize = 64 * 1024;

/// Deepest nesting of parentheses.
const DEPTH_MAX: usize = 60;

/// Largest compiled regular expression, in bytes.
const REGEX_MAX_BYTES: usize = 256 * 1024;

/// Most problems that one run reports.
const PROBLEMS_MAX: usize = 50;

/// Reads a query. `known` says whether an alias group exists and, if not, which name is nearest.
pub(super) fn parse(text: &str, known: &dyn Fn(&str) -> Result<(), Option<String>>) -> Result<Expr, Vec<QueryProblem>> {
    if text.len() > QUERY_MAX_BYTES {
        let message = format!("the query is longer than {QUERY_MAX_BYTES} bytes");
        return Err(vec![problem(0..0, message, "put long lists into alias groups under [terms]".to_owned())]);
    }
    let (lexemes, problems) = lex(text);
    if lexemes.is_empty() && problems.is_empty() {
        let message = "the query is empty: expected words to look for";
        return Err(vec![problem(0..text.len(), message, "for example: $us NEAR/15 $china".to_owned())]);
    }
    let mut parser = Parser { text, lexemes, at: 0, depth: 0, problems, known, too_deep: false };
    let expr = parser.whole();
    if parser.problems.is_empty() {
        return Ok(expr);
    }
    parser.problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
    parser.problems.dedup();
    parser.problems.truncate(PROBLEMS_MAX);
    Err(parser.problems)
}

struct Parser<'a> {
    text: &'a str,
    lexemes: Vec<Spanned>,
    at: usize,
    depth: usize,
    problems: Vec<QueryProblem>,
    known: &'a dyn Fn(&str) -> Result<(), Option<String>>,
    too_deep: bool,
}

/// What stands where an operand is missing.
fn nothing() -> Expr {
    Expr::And(Vec::new())
}

fn many(mut items: Vec<Expr>, make: impl FnOnce(Vec<Expr>) -> Expr) -> Expr {
    if items.len() == 1 { items.remove(0) } else { make(items) }
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Lexeme> {
        self.lexemes.get(self.at).map(|spanned| &spanned.lexeme)
    }

    fn span(&self) -> Range<usize> {
        self.lexemes.get(self.at).map_or(self.text.len()..self.text.len(), |spanned| spanned.span.clone())
    }

    fn eat(&mut self, lexeme: &Lexeme) -> bool {
        let found = self.peek() == Some(lexeme);
        self.at += usize::from(found);
        found
    }

    fn report(&mut self, span: Range<usize>, message: impl Into<String>, hint: impl Into<Option<String>>) {
        self.problems.push(problem(span, message, hint));
    }

    fn source(&self, span: Range<usize>) -> &str {
        self.text.get(span).unwrap_or_default()
    }

    /// From the piece at `from` to the one before the next.
    fn span_since(&self, from: usize) -> Range<usize> {
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
            if self.peek().is_some() {
                parts.push(self.or());
            }
        }
        many(parts, Expr::And)
    }

    fn or(&mut self) -> Expr {
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
                if !self.operator_in_small_letters() {
                    self.side_by_side(from);
                }
                items.push(self.not());
            } else {
                return many(items, Expr::And);
            }
        }
    }

    /// `near` and its like between two operands: reported and passed over.
    fn operator_in_small_letters(&mut self) -> bool {
        let Some(Lexeme::Word(word)) = self.peek() else { return false };
        let word = word.clone();
        let follows = self.lexemes.get(self.at + 1).is_some_and(|next| begins_operand(&next.lexeme));
        if !lower_operator(&word) || !follows {
            return false;
        }
        let message = format!("`{word}` is not read as an operator: operators are written in capitals");
        let hint = format!("write {} (or \"{word}\" in quotation marks to look for the word itself)", capitals(&word));
        self.report(self.span(), message, hint);
        self.at += 1;
        true
    }

    /// Two operands without an operator between them.
    fn side_by_side(&mut self, from: usize) {
        let left = self.span_since(from);
        let next = self.span();
        let before = self.lexemes.get(self.at.saturating_sub(1)).map_or(left.clone(), |last| last.span.clone());
        let (first, second) = (self.source(before.clone()).to_owned(), self.source(next.clone()).to_owned());
        let hint = if self.peek() == Some(&Lexeme::Not) {
            format!("write {} AND NOT …", self.source(left))
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
    fn link(&self, link: Link) -> Option<Option<u32>> {
        match (link, self.peek()?) {
            (Link::Near, Lexeme::Near(n)) | (Link::Before, Lexeme::Before(n)) => Some(Some(*n)),
            (Link::Sentence, Lexeme::Sentence) | (Link::Paragraph, Lexeme::Paragraph) => Some(None),
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
        let (mut items, mut gaps) = (vec![first], Vec::new());
        while let Some(gap) = self.link(link) {
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
        many(items, |items| Expr::Chain { link, items, gaps })
    }

    /// NEAR and its like need places in the text on both sides. `each` writes the operator for one part of an AND.
    fn check_positions(&mut self, item: &Expr, span: Range<usize>, operator: &str, each: &dyn Fn(&Expr) -> String) {
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

    fn counted(&mut self) -> Expr {
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
        let Some(Lexeme::Field(field)) = self.peek() else { return self.primary(None) };
        let field = *field;
        let from = self.at;
        self.at += 1;
        if let Some(Lexeme::Field(_)) = self.peek() {
            let message = "a field cannot stand in a field";
            self.report(self.span_since(from), message, "keep the inner one".to_owned());
            return self.fielded();
        }
        let before = self.problems.len();
        let inner = self.primary(Some(field));
        if self.problems.len() == before {
            self.check_inside_field(&inner, field, from);
        }
        Expr::Field(field, Box::new(inner))
    }

    fn check_inside_field(&mut self, inner: &Expr, field: Field, from: usize) {
        let mut stack = vec![inner];
        while let Some(expr) = stack.pop() {
            match expr {
                Expr::Field(..) => {
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

    fn deeper(&mut self) -> bool {
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
            if lower_operator(text) || texts.last().is_some_and(|last| lower_operator(last)) {
                break;
            }
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

fn begins_operand(lexeme: &Lexeme) -> bool {
    matches!(
        lexeme,
        Lexeme::Open
            | Lexeme::Not
            | Lexeme::AtLeast(_)
            | Lexeme::Of(_)
            | Lexeme::Field(_)
            | Lexeme::Group(_)
            | Lexeme::Word(_)
            | Lexeme::Exact(_)
            | Lexeme::Phrase(_)
            | Lexeme::ExactPhrase(_)
            | Lexeme::Regex { .. }
    )
}

/// A word that is an operator in capitals.
fn lower_operator(text: &str) -> bool {
    matches!(text, "near" | "before" | "sentence" | "paragraph" | "of" | "atleast" | "Near" | "Before")
}

fn capitals(word: &str) -> String {
    match word.to_ascii_uppercase().as_str() {
        "NEAR" => "NEAR/8".to_owned(),
        "BEFORE" => "BEFORE/8".to_owned(),
        "ATLEAST" => "ATLEAST/3 term".to_owned(),
        "OF" => "2 OF (first, second, third)".to_owned(),
        other => other.to_owned(),
    }
}
