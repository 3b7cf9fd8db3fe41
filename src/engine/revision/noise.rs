//! What a page shows anew at each load, and what typesetting changes: the steps after which two captures may be equal.
//!
//! A step removes as little as it can: whole short lines of a known shape, never a word out of a sentence. «3 hours ago»
//! under a byline is noise; «two years ago» in a sentence is a statement.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use super::lexicon::is_sign;
use super::lines::{AGO, COUNTER, ends_like_prose, noises};
use crate::engine::text::fold::{is_invisible, plain};
use crate::engine::text::words::{TokenKind, tokens};
use crate::model::article::{BlockKind, Content};

/// One thing that may differ without a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Quotation marks, dashes, ellipses.
    Typography,
    /// Where paragraphs begin, and what kind of block each is.
    Paragraphs,
    /// Query and fragment of addresses in the text.
    Link,
    /// Lines that say when the page was made or how long ago that was.
    Time,
    /// Lines that count views, shares and comments.
    Counter,
    /// Lines that ask the reader to do something or lead elsewhere.
    Prompt,
    /// Capitals.
    Case,
    /// Marks that are neither quotation marks nor question marks.
    Punctuation,
}

/// Every step, in the order in which a rule names them.
pub(super) const STEPS: &[Step] = &[
    Step::Typography,
    Step::Paragraphs,
    Step::Link,
    Step::Time,
    Step::Counter,
    Step::Prompt,
    Step::Case,
    Step::Punctuation,
];

impl Step {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Typography => "typography",
            Self::Paragraphs => "paragraphs",
            Self::Link => "link",
            Self::Time => "time",
            Self::Counter => "counter",
            Self::Prompt => "prompt",
            Self::Case => "case",
            Self::Punctuation => "punctuation",
        }
    }
}

/// What is compared of a content after some steps. Headline, authors, notes and body; nothing else of it.
pub(super) fn key(content: &Content, steps: &[Step]) -> String {
    let mut key = String::new();
    for part in content.title.iter().chain(&content.authors).chain(&content.notices) {
        key.push_str(&folded_by(part, steps));
        key.push('\n');
    }
    let separator = if steps.contains(&Step::Paragraphs) { ' ' } else { '\n' };
    for (block, noise) in content.blocks.iter().zip(noises(&content.blocks)) {
        if noise.is_some_and(|noise| steps.contains(&noise)) {
            continue;
        }
        let text = folded_by(&block.text, steps);
        if text.is_empty() {
            continue;
        }
        if !steps.contains(&Step::Paragraphs) {
            key.push_str(kind_sign(block.kind));
        }
        key.push_str(&text);
        key.push(separator);
    }
    key
}

fn kind_sign(kind: BlockKind) -> &'static str {
    match kind {
        BlockKind::Paragraph => "",
        BlockKind::Heading => "#",
        BlockKind::Item => "-",
        BlockKind::Quote => ">",
        BlockKind::Table => "|",
        BlockKind::Code => "`",
    }
}

/// The content without the blocks that are noise.
pub(super) fn without_noise(content: &Content) -> Content {
    let mut bare = content.clone();
    let mut noises = noises(&content.blocks).into_iter();
    bare.blocks.retain(|_| noises.next().flatten().is_none());
    bare
}

fn folded_by(text: &str, steps: &[Step]) -> String {
    let has = |step: Step| steps.contains(&step);
    let mut text: Cow<'_, str> = Cow::Owned(bare(text));
    if has(Step::Link) && text.contains("://") {
        text = Cow::Owned(ADDRESS_TAIL.replace_all(&text, "$1").into_owned());
    }
    if !ends_like_prose(&text) {
        if has(Step::Time) {
            text = Cow::Owned(AGO.replace_all(&text, "").into_owned());
        }
        if has(Step::Counter) {
            text = Cow::Owned(COUNTER.replace_all(&text, "").into_owned());
        }
    }
    if has(Step::Typography) {
        text = Cow::Owned(plain(&text));
    }
    if has(Step::Case) {
        text = Cow::Owned(text.to_lowercase());
    }
    if has(Step::Punctuation) {
        text = Cow::Owned(without_marks(&text));
    }
    text.trim().to_owned()
}

/// Composed letters, single blanks, nothing invisible: what no reader sees never differs.
fn bare(text: &str) -> String {
    let visible: String = text.chars().filter(|c| !is_invisible(*c)).nfc().collect();
    let mut bare = String::with_capacity(visible.len());
    for word in visible.split_whitespace() {
        if !bare.is_empty() {
            bare.push(' ');
        }
        bare.push_str(word);
    }
    bare
}

fn without_marks(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let tokens = tokens(text);
    for (at, token) in tokens.iter().enumerate() {
        let is_kept = match token.kind {
            TokenKind::Blank => false,
            TokenKind::Mark => token.text.chars().all(is_telling_mark) || is_sign(&tokens, at),
            TokenKind::Word | TokenKind::Number | TokenKind::Ideograph => true,
        };
        if is_kept {
            words.push_str(token.text);
            words.push(' ');
        }
    }
    words
}

/// Marks that change what is said: who speaks, a question, a unit, a sign.
fn is_telling_mark(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '«' | '»' | '„' | '?' | '%' | '‰' | '°' | '+' | '=' | '<' | '>')
        || matches!(c, '$' | '£' | '€' | '¥' | '₹' | '₽' | '₩')
}

static ADDRESS_TAIL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(https?://[^\s?#]+)[?#][^\s)\]]*").expect("the pattern is a constant, compiled by a test")
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_leaves_sentences_alone() {
        assert_ne!(folded_by("He left two years ago.", STEPS), folded_by("He left three years ago.", STEPS),);
        assert_eq!(folded_by("By Jo Renn, 3 hours ago", STEPS), folded_by("By Jo Renn, 4 hours ago", STEPS));
        assert_eq!(folded_by("see https://a.test/x?s=1", STEPS), folded_by("see https://a.test/x?s=2#t", STEPS));
    }
}
