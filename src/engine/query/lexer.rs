//! Cuts a query into words, operators and marks, each with its place. Lower-case operators and marks borrowed from other
//! languages (`&&`, `|`, `-word`) are read as what they mean and reported.

use std::ops::Range;

use super::QueryProblem;
use super::borrowed::{self, Wild};
use super::expr::FIELDS;
use crate::model::topic::Field;

/// Largest distance of NEAR and BEFORE, in words: beyond it, AND or PARAGRAPH say the same.
pub(super) const DISTANCE_MAX_WORDS: u32 = 1000;

/// One piece of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lexeme {
    Open,
    Close,
    Comma,
    And,
    Or,
    Not,
    Near(u32),
    Before(u32),
    Sentence,
    Paragraph,
    AtLeast(u32),
    Of(u32),
    Field(Field),
    /// `lead/40:`
    First(u32),
    Group(String),
    Word(String),
    Exact(String),
    Phrase(String),
    ExactPhrase(String),
    Regex {
        pattern: String,
        ignore_case: bool,
    },
}

/// A piece with its place in the query, in bytes.
#[derive(Debug, Clone)]
pub(super) struct Spanned {
    pub(super) lexeme: Lexeme,
    pub(super) span: Range<usize>,
}

pub(super) fn problem(span: Range<usize>, message: impl Into<String>, hint: impl Into<Option<String>>) -> QueryProblem {
    QueryProblem { span, message: message.into(), hint: hint.into(), mended: None }
}

/// The field that a name in lower case, which is none, was likely meant to be.
pub(super) fn nearest_field(name: &str) -> Option<&'static (&'static str, Field)> {
    let alike = |(known, _): &(&str, Field)| strsim::jaro_winkler(known, name);
    FIELDS.iter().max_by(|a, b| alike(a).total_cmp(&alike(b))).filter(|nearest| alike(nearest) > 0.7)
}

/// Cuts a query; problems come beside the pieces. `known` says whether an alias group exists and, if not, which is nearest.
pub(super) fn lex<'a>(text: &'a str, known: &'a Known<'a>) -> (Vec<Spanned>, Vec<QueryProblem>) {
    let mut lexer = Lexer { text, at: 0, lexemes: Vec::new(), problems: Vec::new(), known };
    while lexer.at < text.len() {
        lexer.step();
    }
    (lexer.lexemes, lexer.problems)
}

/// Whether an alias group exists and, if not, which name is nearest.
pub(super) type Known<'k> = dyn Fn(&str) -> Result<(), Option<String>> + 'k;

pub(super) struct Lexer<'a> {
    text: &'a str,
    pub(super) at: usize,
    pub(super) lexemes: Vec<Spanned>,
    pub(super) problems: Vec<QueryProblem>,
    known: &'a Known<'a>,
}

fn opens_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '＂' | '「' | '『')
}

fn closes_quote(c: char) -> bool {
    matches!(c, '"' | '”' | '“' | '»' | '＂' | '」' | '』')
}

fn is_mark(c: char) -> bool {
    matches!(c, '(' | ')' | '（' | '）' | '[' | ']' | '{' | '}') || opens_quote(c) || closes_quote(c)
}

impl<'a> Lexer<'a> {
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn push(&mut self, lexeme: Lexeme, length: usize) {
        self.lexemes.push(Spanned { lexeme, span: self.at..self.at + length });
        self.at += length;
    }

    fn step(&mut self) {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return };
        match first {
            _ if first.is_whitespace() || super::cut::is_nothing(first) => self.at += first.len_utf8(),
            '(' | '（' => self.push(Lexeme::Open, first.len_utf8()),
            ')' | '）' | ']' | '}' => self.push(Lexeme::Close, first.len_utf8()),
            '[' | '{' => {
                let message = format!("`{first}` is no parenthesis here: parts are held together by `(` and `)`");
                self.problems.push(problem(self.at..self.at + 1, message, "write (…)".to_owned()));
                self.push(Lexeme::Open, 1);
            }
            ',' | '，' | ';' => self.push(Lexeme::Comma, first.len_utf8()),
            '/' if self.first_elsewhere() => {}
            '/' => self.regex(),
            '=' if rest.chars().nth(1).is_some_and(opens_quote) => self.phrase(1),
            _ if opens_quote(first) => self.phrase(0),
            '»' | '」' | '』' => self.at += first.len_utf8(),
            _ => self.borrowed(),
        }
    }

    /// A quoted phrase; `skip` bytes (`=`) stand before the mark.
    fn phrase(&mut self, skip: usize) {
        let rest = self.rest();
        let open = rest.get(skip..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
        let inside = rest.get(skip + open..).unwrap_or_default();
        let close = inside.char_indices().find(|(at, c)| closes_quote(*c) && !super::cut::between_hebrew(inside, *at));
        let (text, length) = match close {
            Some((at, c)) => (inside.get(..at).unwrap_or_default(), skip + open + at + c.len_utf8()),
            None => (inside, rest.len()),
        };
        if close.is_none() {
            let hint = format!("close it: \"{}\"", text.trim_end_matches(')').trim());
            let message = "this quotation mark is opened and never closed: expected a second one after the phrase";
            self.problems.push(problem(self.at..self.at + skip + open, message, hint));
        }
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if super::cut::cut(&text).is_empty() {
            let message = "there is no word between these quotation marks";
            self.problems.push(problem(self.at..self.at + length, message, "write the words to look for".to_owned()));
        }
        if let Some((gap, more)) = rest.get(length..).and_then(borrowed::slop) {
            return self.loose_phrase(&text, gap.clamp(1, DISTANCE_MAX_WORDS), length + more);
        }
        self.push(if skip > 0 { Lexeme::ExactPhrase(text) } else { Lexeme::Phrase(text) }, length);
    }

    fn regex(&mut self) {
        let rest = self.rest();
        let mut pattern = String::new();
        let mut chars = rest.char_indices().skip(1);
        let mut end = None;
        while let Some((at, c)) = chars.next() {
            match c {
                '/' => {
                    end = Some(at + 1);
                    break;
                }
                '\\' => match chars.next() {
                    Some((_, '/')) => pattern.push('/'),
                    Some((_, escaped)) => pattern.extend(['\\', escaped]),
                    None => pattern.push('\\'),
                },
                _ => pattern.push(c),
            }
        }
        let Some(end) = end else {
            let message = "this pattern is opened with `/` and never closed: expected a second `/`";
            let hint = format!("close it: {}/", rest.trim_end());
            self.problems.push(problem(self.at..self.at + 1, message, hint));
            self.push(Lexeme::Regex { pattern, ignore_case: false }, rest.len());
            return;
        };
        let ignore_case = rest.get(end..).is_some_and(|after| after.starts_with('i'));
        self.push(Lexeme::Regex { pattern, ignore_case }, end + usize::from(ignore_case));
    }

    pub(super) fn word(&mut self) {
        let rest = self.rest();
        let length = word_length(rest);
        let Some(text) = rest.get(..length).filter(|text| !text.is_empty()) else {
            self.at += rest.chars().next().map_or(1, char::len_utf8);
            return;
        };
        if self.field(text) {
            return;
        }
        let span = self.at..self.at + length;
        if let Some(name) = text.strip_prefix('$') {
            if name.is_empty() {
                let message = "a `$` stands before the name of an alias group, as in $china";
                self.problems.push(problem(span, message, None));
            }
            self.push(Lexeme::Group(name.to_owned()), length);
        } else if let Some(word) = text.strip_prefix('=').filter(|word| !word.is_empty()) {
            self.push(Lexeme::Exact(word.to_owned()), length);
        } else if let Some(lexeme) = self.operator(text, &span) {
            self.push(lexeme, length);
        } else if let Some(word) = text.strip_prefix(['-', '!', '−']).filter(|word| !word.is_empty()) {
            let message = "a word is left out with NOT, not with a mark before it";
            self.problems.push(problem(span, message, format!("write AND NOT {word}")));
            self.and_unless_joined();
            self.lexemes.push(Spanned { lexeme: Lexeme::Not, span: self.at..self.at + 1 });
            self.at += text.len() - word.len();
        } else if let Some(group) = text.strip_prefix('@').and_then(|name| self.group_nearest(name)) {
            let message = "an alias group is called by `$`, not by `@`";
            self.problems.push(problem(span, message, format!("write ${group}")));
            self.push(Lexeme::Group(group), length);
        } else if let Some(wild) = borrowed::wildcard(text) {
            let (word, hint) = match wild {
                Wild::Instead(word) => (word.clone(), format!("write {word}")),
                Wild::List => (text.to_owned(), "list the words you mean, as in (woman OR women)".to_owned()),
            };
            let message =
                "`?` and `~` stand for nothing: a word is found with its inflections, and a star at its end takes any";
            self.problems.push(problem(span, message, hint));
            self.push(Lexeme::Word(word), length);
        } else if let Some(word) = text.strip_prefix('+').filter(|word| word.starts_with(char::is_alphanumeric)) {
            let message = "words that must all be there are joined by AND, not marked one by one";
            self.problems.push(problem(span, message, format!("write AND {word}")));
            self.and_unless_joined();
            self.at += 1;
        } else {
            self.push(Lexeme::Word(text.to_owned()), length);
        }
    }

    /// An AND that a mark before a word stands for.
    fn and_unless_joined(&mut self) {
        let joined = matches!(
            self.lexemes.last().map(|last| &last.lexeme),
            None | Some(Lexeme::And | Lexeme::Or | Lexeme::Open)
        );
        if !joined {
            self.lexemes.push(Spanned { lexeme: Lexeme::And, span: self.at..self.at });
        }
    }

    fn group_nearest(&self, name: &str) -> Option<String> {
        match (self.known)(name) {
            Ok(()) => Some(name.to_owned()),
            Err(nearest) => nearest,
        }
    }

    /// `title:` and its like; also reports a name that is no field.
    fn field(&mut self, text: &str) -> bool {
        let Some((name, _)) = text.split_once(':') else { return false };
        if let Some((name, words)) = name.split_once('/') {
            return self.first_words(name, words);
        }
        if name.len() < 2 || !name.chars().all(|c| c.is_ascii_alphabetic()) {
            return false;
        }
        let lower = name.to_ascii_lowercase();
        if let Some((_, field)) = FIELDS.iter().find(|(known, _)| *known == lower) {
            self.push(Lexeme::Field(*field), name.len() + 1);
            return true;
        }
        if let Some(own) = borrowed::field(&lower) {
            let message = format!("`{name}:` is called `{own}:` here");
            self.problems.push(problem(self.at..self.at + name.len() + 1, message, format!("write {own}:")));
            let field = FIELDS.iter().find(|(known, _)| *known == own).map_or(Field::Title, |(_, field)| *field);
            self.push(Lexeme::Field(field), name.len() + 1);
            return true;
        }
        let known: Vec<&str> = FIELDS.iter().map(|(known, _)| *known).collect();
        let likely = nearest_field(&lower);
        let message = format!("`{name}:` is no field: expected one of {}", known.join(", "));
        let hint = match likely {
            _ if matches!(lower.as_str(), "http" | "https" | "www") => Some("look into addresses with url:".to_owned()),
            Some((nearest, _)) => Some(format!("did you mean {nearest}: ?")),
            _ => Some(format!("to look for these words, quote them: \"{text}\"")),
        };
        self.problems.push(problem(self.at..self.at + name.len() + 1, message, hint));
        if text.starts_with("http") {
            self.push(Lexeme::Phrase(text.to_owned()), text.len());
        } else if let Some((_, field)) = likely {
            self.push(Lexeme::Field(*field), name.len() + 1);
        } else {
            self.push(Lexeme::Phrase(text.to_owned()), text.len());
        }
        true
    }

    fn operator(&mut self, text: &str, span: &Range<usize>) -> Option<Lexeme> {
        let (name, number) = match text.split_once('/') {
            Some((name, number)) => (name, Some(number)),
            None => (text, None),
        };
        let upper = name.to_ascii_uppercase();
        let lexeme = match (upper.as_str(), number) {
            ("AND" | "&&" | "&" | "+", None) => Lexeme::And,
            ("OR" | "||" | "|", None) => Lexeme::Or,
            ("NOT", None) => Lexeme::Not,
            ("NEAR" | "BEFORE" | "ATLEAST", Some(number)) => self.counted(&upper, number, span),
            ("NEAR" | "BEFORE" | "ATLEAST", None) if name == upper => {
                let (what, example) =
                    if upper == "ATLEAST" { ("how often", "ATLEAST/3") } else { ("within how many words", "NEAR/8") };
                let example = if upper == "BEFORE" { "BEFORE/8" } else { example };
                let message = format!("{upper} does not say {what}: expected a number after a slash");
                self.problems.push(problem(span.clone(), message, format!("write {example}")));
                return Some(match upper.as_str() {
                    "ATLEAST" => Lexeme::AtLeast(3),
                    "BEFORE" => Lexeme::Before(8),
                    _ => Lexeme::Near(8),
                });
            }
            ("SENTENCE", None) if name == upper => Lexeme::Sentence,
            ("PARAGRAPH", None) if name == upper => Lexeme::Paragraph,
            ("OF", None) if name == upper || self.stands_between_number_and_list(span) => self.of(span),
            _ => return None,
        };
        if name != upper || matches!(name, "&&" | "&" | "+" | "||" | "|") {
            let proper = match lexeme {
                Lexeme::And => "AND".to_owned(),
                Lexeme::Or => "OR".to_owned(),
                Lexeme::Not => "NOT".to_owned(),
                Lexeme::Of(_) => "OF".to_owned(),
                _ => format!("{upper}/{}", number.unwrap_or_default()),
            };
            let message = format!("`{text}` is not read as an operator: operators are written in capitals");
            let quote = if name.chars().all(char::is_alphabetic) && number.is_none() {
                format!("write {proper} (or \"{text}\" in quotation marks to look for the word itself)")
            } else {
                format!("write {proper}")
            };
            self.problems.push(problem(span.clone(), message, quote));
        }
        Some(lexeme)
    }

    fn counted(&mut self, name: &str, number: &str, span: &Range<usize>) -> Lexeme {
        let value = number.parse::<u32>().ok().filter(|n| (1..=DISTANCE_MAX_WORDS).contains(n));
        if value.is_none() {
            let message =
                format!("`{name}/{number}`: expected a whole number from 1 to {DISTANCE_MAX_WORDS} after the slash");
            let example = if name == "ATLEAST" { 3 } else { 8 };
            let big = number.len() > 3 && number.chars().all(|c| c.is_ascii_digit());
            let hint = if big { "write PARAGRAPH or AND".to_owned() } else { format!("write {name}/{example}") };
            self.problems.push(problem(span.clone(), message, hint));
        }
        let likely = match number.parse::<u32>() {
            Ok(1..) => DISTANCE_MAX_WORDS,
            _ if name == "ATLEAST" => 3,
            _ => 8,
        };
        let value = value.unwrap_or(likely);
        match name {
            "NEAR" => Lexeme::Near(value),
            "BEFORE" => Lexeme::Before(value),
            _ => Lexeme::AtLeast(value),
        }
    }

    fn stands_between_number_and_list(&self, span: &Range<usize>) -> bool {
        let after = self.text.get(span.end..).unwrap_or_default().trim_start();
        let number = self.lexemes.last().is_some_and(|last| match &last.lexeme {
            Lexeme::Word(word) => word.parse::<u32>().is_ok(),
            _ => false,
        });
        number && after.starts_with('(')
    }

    /// `OF`: takes the number before it.
    fn of(&mut self, span: &Range<usize>) -> Lexeme {
        let count = match self.lexemes.last().map(|last| &last.lexeme) {
            Some(Lexeme::Word(word)) => word.parse::<u32>().ok().filter(|n| *n > 0),
            _ => None,
        };
        if let Some(count) = count {
            self.lexemes.pop();
            return Lexeme::Of(count);
        }
        let message = "OF does not say how many: expected a number before it";
        self.problems.push(problem(span.clone(), message, "write 2 OF (first, second, third)".to_owned()));
        Lexeme::Of(2)
    }
}

/// How far a word reaches: to a blank, a parenthesis, a quotation mark, a comma (unless it parts a number's thousands).
fn word_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    for (at, c) in text.char_indices() {
        let thousands = c == ',' && at > 0 && digit(at - 1) && (1..=3).all(|ahead| digit(at + ahead));
        let comma = matches!(c, ',' | '，' | ';') && !thousands;
        let gershayim = c == '"' && at > 0 && super::cut::between_hebrew(text, at);
        if c.is_whitespace() || comma || (is_mark(c) && !gershayim) {
            return at;
        }
    }
    text.len()
}
