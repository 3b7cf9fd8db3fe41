//! What a term looks for: a row of word patterns.

use super::cut::{cut, folded, is_wide};
use super::expr::{Term, TermKind};

/// Shortest prefix before a star, in letters: shorter ones match half the dictionary.
const PREFIX_MIN_LETTERS: usize = 4;

/// Longest phrase, in words.
const PHRASE_MAX_WORDS: usize = 32;

/// One word of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum WordPattern {
    /// That form and case.
    Exact(String),
    /// That form, folded.
    Form(String),
    /// With its inflections: as written, and folded.
    Word {
        /// Case and accents kept, for the stemmers.
        surface: String,
        /// Folded.
        folded: String,
    },
    /// Words that begin so, folded.
    Prefix(String),
}

/// Words in a row.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Pattern {
    /// As the query or the group writes it.
    pub(super) text: String,
    /// Its words, at least one.
    pub(super) words: Vec<WordPattern>,
}

impl Pattern {
    /// The pattern of a checked term of a query, or of an entry of a group, where several words need no quotation marks
    /// and keep their inflections.
    pub(super) fn of(term: &Term) -> Self {
        let prefix = matches!(term.kind, TermKind::Word) && term.text.ends_with('*');
        let pieces = cut(term.text.trim_end_matches('*'));
        let last = pieces.len().saturating_sub(1);
        let words = pieces.into_iter().enumerate().map(|(index, piece)| {
            let form = folded(&piece.surface);
            match term.kind {
                TermKind::Exact | TermKind::ExactPhrase => WordPattern::Exact(piece.surface.into_owned()),
                // Dotted initials are an abbreviation, and an abbreviation has one case: `U.S.` is no "us".
                TermKind::Word | TermKind::Phrase if piece.dotted => WordPattern::Exact(piece.surface.into_owned()),
                TermKind::Phrase => WordPattern::Form(form),
                TermKind::Word if prefix && index == last && !piece.wide => WordPattern::Prefix(form),
                TermKind::Word if piece.wide => WordPattern::Form(form),
                TermKind::Word => WordPattern::Word { surface: piece.surface.into_owned(), folded: form },
            }
        });
        Self { text: term.to_string(), words: words.collect() }
    }
}

/// Whether a term can be looked for: message and what to write instead.
pub(super) fn check_term(term: &Term) -> Result<(), (String, Option<String>)> {
    let text = term.text.as_str();
    let stem = text.trim_end_matches('*');
    let pieces = cut(stem);
    if pieces.is_empty() {
        let hint = "write a word, or take this out".to_owned();
        return Err((format!("`{text}` has no letters or digits to look for"), Some(hint)));
    }
    if pieces.len() > PHRASE_MAX_WORDS {
        let hint = "keep its most telling words".to_owned();
        return Err((format!("a phrase has at most {PHRASE_MAX_WORDS} words"), Some(hint)));
    }
    if stem.contains('*') {
        let before = stem.split('*').next().unwrap_or_default();
        let hint = if before.chars().count() < PREFIX_MIN_LETTERS {
            "list the words you mean, as in (woman OR women)".to_owned()
        } else {
            format!("write {before}*")
        };
        return Err(("a star stands only at the end of a word, for any ending".to_owned(), Some(hint)));
    }
    if stem.len() == text.len() {
        return Ok(());
    }
    if term.kind != TermKind::Word {
        let hint = format!("leave out the star, or write {stem}* as a bare word");
        return Err(("an exact term or phrase has no star".to_owned(), Some(hint)));
    }
    let letters = pieces.last().map_or(0, |piece| piece.surface.chars().count());
    if letters < PREFIX_MIN_LETTERS && !stem.chars().any(is_wide) {
        let message =
            format!("`{text}` would match too much: a star needs at least {PREFIX_MIN_LETTERS} letters before it");
        return Err((message, Some(format!("write {stem} without the star, or list the words you mean"))));
    }
    Ok(())
}
