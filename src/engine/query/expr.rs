//! A query as a tree, and how it is written. Law: reading what is printed gives the same tree.

use std::fmt;

use crate::model::topic::Field;

/// A word, a phrase or a prefix.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    /// Without the `=` and the quotation marks.
    pub text: String,
    /// How it is to be matched.
    pub kind: TermKind,
}

/// How a term is matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TermKind {
    /// `talks`: whole words, case and accents folded, with inflections; `negotiat*`: a prefix.
    Word,
    /// `=US`: that case and form.
    Exact,
    /// `"trade talks"`: these words in a row, case and accents folded.
    Phrase,
    /// `="Trade Talks"`: these words in a row, in that case and form.
    ExactPhrase,
}

/// What binds the parts of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Link {
    /// Within so many words, either order.
    Near,
    /// Within so many words, in order.
    Before,
    /// In one sentence.
    Sentence,
    /// In one paragraph.
    Paragraph,
}

impl Link {
    /// The operator's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Near => "NEAR",
            Self::Before => "BEFORE",
            Self::Sentence => "SENTENCE",
            Self::Paragraph => "PARAGRAPH",
        }
    }

    fn level(self) -> u8 {
        match self {
            Self::Paragraph => 4,
            Self::Sentence => 5,
            Self::Before => 6,
            Self::Near => 7,
        }
    }
}

/// A query as a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// A word, phrase or prefix.
    Term(Term),
    /// `$name`: an alias group.
    Group(String),
    /// `/pattern/` or `/pattern/i`.
    Regex {
        /// Between the slashes.
        pattern: String,
        /// `i` after the last slash.
        ignore_case: bool,
    },
    /// `title:x`
    Field(Field, Box<Expr>),
    /// `lead/40:x`: in the first 40 words of the body.
    First(u32, Box<Expr>),
    /// `ATLEAST/n x`
    AtLeast(u32, Box<Expr>),
    /// `n OF (a, b, c)`
    Of(u32, Vec<Expr>),
    /// `a NEAR/8 b NEAR/8 c` and its like: neighbours are bound to the same occurrence of what is between them.
    Chain {
        /// What binds them.
        link: Link,
        /// The parts, at least two.
        items: Vec<Expr>,
        /// For NEAR and BEFORE: the distance, in words, between each part and the next.
        gaps: Vec<u32>,
    },
    /// `NOT x`
    Not(Box<Expr>),
    /// `a AND b`
    And(Vec<Expr>),
    /// `a OR b`
    Or(Vec<Expr>),
}

/// How tightly an expression binds: higher is tighter.
fn level(expr: &Expr) -> u8 {
    match expr {
        Expr::Or(_) => 1,
        Expr::And(_) => 2,
        Expr::Not(_) => 3,
        Expr::Chain { link, .. } => link.level(),
        Expr::AtLeast(..) | Expr::Of(..) => 8,
        Expr::Field(..) | Expr::First(..) => 9,
        Expr::Term(_) | Expr::Group(_) | Expr::Regex { .. } => 10,
    }
}

impl Expr {
    /// Prints this expression where only what binds as tightly as `at_least` may stand without parentheses.
    fn print(&self, f: &mut fmt::Formatter<'_>, at_least: u8) -> fmt::Result {
        if level(self) >= at_least { write!(f, "{self}") } else { write!(f, "({self})") }
    }

    fn print_list(f: &mut fmt::Formatter<'_>, items: &[Self], between: &str, at_least: u8) -> fmt::Result {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                f.write_str(between)?;
            }
            item.print(f, at_least)?;
        }
        Ok(())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TermKind::Word => f.write_str(&self.text),
            TermKind::Exact => write!(f, "={}", self.text),
            TermKind::Phrase => write!(f, "\"{}\"", self.text),
            TermKind::ExactPhrase => write!(f, "=\"{}\"", self.text),
        }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Term(term) => write!(f, "{term}"),
            Self::Group(name) => write!(f, "${name}"),
            Self::Regex { pattern, ignore_case } => {
                write!(f, "/{}/{}", pattern.replace('/', "\\/"), if *ignore_case { "i" } else { "" })
            }
            Self::Field(field, inner) => {
                write!(f, "{}:", field_name(*field))?;
                inner.print(f, 10)
            }
            Self::First(words, inner) => {
                write!(f, "lead/{words}:")?;
                inner.print(f, 10)
            }
            Self::AtLeast(count, inner) => {
                write!(f, "ATLEAST/{count} ")?;
                inner.print(f, 9)
            }
            Self::Of(count, items) => {
                write!(f, "{count} OF (")?;
                Self::print_list(f, items, ", ", 1)?;
                f.write_str(")")
            }
            Self::Chain { link, items, gaps } => {
                for (index, item) in items.iter().enumerate() {
                    if let Some(before) = index.checked_sub(1) {
                        match gaps.get(before) {
                            Some(gap) => write!(f, " {}/{gap} ", link.name())?,
                            None => write!(f, " {} ", link.name())?,
                        }
                    }
                    item.print(f, link.level() + 1)?;
                }
                Ok(())
            }
            Self::Not(inner) => {
                f.write_str("NOT ")?;
                inner.print(f, 3)
            }
            Self::And(items) => Self::print_list(f, items, " AND ", 3),
            Self::Or(items) => Self::print_list(f, items, " OR ", 2),
        }
    }
}

/// The fields by the names that queries use.
pub(super) const FIELDS: &[(&str, Field)] = &[
    ("title", Field::Title),
    ("lead", Field::Lead),
    ("body", Field::Body),
    ("author", Field::Author),
    ("source", Field::Source),
    ("section", Field::Section),
    ("tag", Field::Tag),
    ("url", Field::Url),
    ("lang", Field::Lang),
];

/// A field's name in queries.
pub(super) fn field_name(field: Field) -> &'static str {
    FIELDS.iter().find(|(_, known)| *known == field).map_or("", |(name, _)| name)
}
