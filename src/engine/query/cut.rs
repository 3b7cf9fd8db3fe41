//! Cuts text into the words that queries are matched against. Queries and articles go through the same cut, so that
//! what an analyst writes and what a publisher prints meet: hyphens and blanks are equal, `China's` is `China`,
//! `U.S.` is `US` (and `US$` is neither), French `l'Amérique` is two words, Chinese, Japanese, Korean and Thai are
//! single characters.
//!
//! Never panics on any text; the pieces are in order and do not overlap.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::engine::text::fold::{fold, is_invisible};
use crate::engine::text::words::is_ideograph;

/// One word, number or ideograph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    /// As written, without apostrophes, dots of initials and what shows nothing.
    pub(super) surface: Cow<'a, str>,
    /// Where it begins, in bytes.
    pub(super) start: usize,
    /// Where it ends, in bytes.
    pub(super) end: usize,
    /// One character of a script without blanks: counts as half a word.
    pub(super) wide: bool,
    /// Was written with dots between its letters (`U.S.`).
    pub(super) dotted: bool,
}

/// Clitics of French, Italian and Catalan that are written together with the next word.
const ELIDED: &[&str] = &[
    "l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "dell", "all", "nell", "sull",
    "dall", "un", "quest", "quell", "dov", "com", "gl", "degl", "agl",
];

/// What follows the apostrophe in English short forms.
const SHORT_FORMS: &[&str] = &["t", "re", "ve", "ll", "d", "m"];

/// Longest suffix after an apostrophe that Turkish or Finnish hangs on a name (`Türkiye'nin`, `USA:n`).
const NAME_SUFFIX_MAX_CHARS: usize = 4;

/// Case endings of Turkish names, as they follow the apostrophe.
const TURKISH_ENDINGS: &[&str] = &[
    "in", "ın", "un", "ün", "nin", "nın", "nun", "nün", "de", "da", "te", "ta", "den", "dan", "ten", "tan", "ye", "ya",
    "yi", "yı", "yu", "yü", "li", "lı", "lu", "lü", "le", "la", "yle", "yla",
];

fn is_hangul(c: char) -> bool {
    matches!(c, '\u{AC00}'..='\u{D7AF}' | '\u{1100}'..='\u{11FF}' | '\u{3130}'..='\u{318F}')
}

/// Whether one character stands for half a word.
pub(super) fn is_wide(c: char) -> bool {
    is_ideograph(c) || is_hangul(c)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{02BC}' | '\u{FF07}' | '`')
}

fn is_hebrew(c: char) -> bool {
    matches!(c, '\u{05D0}'..='\u{05EA}')
}

/// Marks inside Hebrew abbreviations (`ארה"ב`), dropped between two Hebrew letters.
fn is_gershayim(c: char) -> bool {
    matches!(c, '"' | '\'' | '\u{05F3}' | '\u{05F4}' | '\u{2019}' | '\u{201D}')
}

/// Whether a character shows nothing.
pub(super) fn is_nothing(c: char) -> bool {
    is_invisible(c)
}

/// Whether the mark at `at` stands between two Hebrew letters.
pub(super) fn between_hebrew(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|before| before.chars().next_back());
    let after = text.get(at..).and_then(|after| after.chars().nth(1));
    before.is_some_and(is_hebrew) && after.is_some_and(is_hebrew)
}

/// Cuts a text into words.
pub(super) fn cut(text: &str) -> Vec<Piece<'_>> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let at = |index: usize| chars.get(index).map_or(text.len(), |(at, _)| *at);
    let mut pieces = Vec::with_capacity(chars.len() / 5 + 1);
    let mut index = 0;
    while let Some((start, c)) = chars.get(index).copied() {
        if is_wide(c) {
            let end = index + 1 + chars.iter().skip(index + 1).take_while(|(_, c)| is_combining_mark(*c)).count();
            let surface = text.get(start..at(end)).unwrap_or_default().nfkc().collect();
            pieces.push(Piece { surface, start, end: at(end), wide: true, dotted: false });
            index = end;
        } else if c.is_alphanumeric() {
            index = word(&chars, index, text, &mut pieces);
        } else {
            index += 1;
        }
    }
    pieces
}

/// Reads the word that begins at `index`; gives the index after it.
fn word<'a>(chars: &[(usize, char)], index: usize, text: &'a str, pieces: &mut Vec<Piece<'a>>) -> usize {
    let at = |index: usize| chars.get(index).map_or(text.len(), |(at, _)| *at);
    if let Some((surface, end)) = initials(chars, index) {
        pieces.push(Piece { surface: Cow::Owned(surface), start: at(index), end: at(end), wide: false, dotted: true });
        return end;
    }
    let mut end = index + 1;
    while let Some((_, c)) = chars.get(end) {
        if !is_inside(chars, end, *c) {
            break;
        }
        end += 1;
    }
    let raw = chars.get(index..end).unwrap_or_default();
    let before = pieces.len();
    // Most words are plain.
    match text.get(at(index)..at(end)) {
        Some(plain) if plain.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            pieces.push(Piece {
                surface: Cow::Borrowed(plain),
                start: at(index),
                end: at(end),
                wide: false,
                dotted: false,
            });
        }
        _ => split_apostrophes(raw, at(end), pieces),
    }
    // "US$" is a currency, not a country.
    let sign = chars.get(end).is_some_and(|(_, c)| *c == '$') && raw.last().is_some_and(|(_, c)| c.is_alphabetic());
    if let (true, Some(last)) = (sign && pieces.len() > before, pieces.last_mut()) {
        last.surface.to_mut().push('$');
        last.end = at(end + 1);
        return end + 1;
    }
    end
}

fn is_inside(chars: &[(usize, char)], index: usize, c: char) -> bool {
    let next = chars.get(index + 1).map(|(_, c)| *c);
    let previous = index.checked_sub(1).and_then(|index| chars.get(index)).map(|(_, c)| *c);
    if is_wide(c) {
        return false;
    }
    if c.is_alphanumeric() || is_combining_mark(c) {
        return true;
    }
    let (Some(previous), Some(next)) = (previous, next) else { return false };
    if next.is_alphanumeric() && !is_wide(next) && is_invisible(c) {
        return true;
    }
    if is_gershayim(c) && is_hebrew(previous) && is_hebrew(next) {
        return true;
    }
    (is_apostrophe(c) && next.is_alphabetic() && !is_wide(next))
        || (matches!(c, ',' | '.' | ':') && previous.is_ascii_digit() && next.is_ascii_digit())
}

/// `U.S.`, `U.S`, `J.R.R.`: at least two single letters with dots between them. Gives them in capitals.
fn initials(chars: &[(usize, char)], index: usize) -> Option<(String, usize)> {
    let char_at = |index: usize| chars.get(index).map(|(_, c)| *c);
    let is_letter = |index: usize| char_at(index).is_some_and(|c| c.is_alphabetic() && !is_wide(c));
    let mut surface = String::new();
    let mut at = index;
    while let Some(letter) = char_at(at).filter(|_| is_letter(at)) {
        let dotted = char_at(at + 1) == Some('.');
        let alone = !char_at(at + 1).is_some_and(|c| c.is_alphanumeric() || is_combining_mark(c));
        if !dotted && !alone {
            break;
        }
        surface.extend(letter.to_uppercase());
        // The last dot may be the sentence's own; it belongs to no word either way.
        at += if dotted { 2 } else { 1 };
        if !dotted {
            break;
        }
    }
    if surface.chars().count() < 2 {
        return None;
    }
    // "U.S.'s": the possessive goes with the word.
    let possessive = char_at(at).is_some_and(is_apostrophe) && char_at(at + 1) == Some('s') && !is_letter(at + 2);
    Some((surface, if possessive { at + 2 } else { at }))
}

fn split_apostrophes(raw: &[(usize, char)], raw_end: usize, pieces: &mut Vec<Piece<'_>>) {
    let push = |part: &str, start: usize, end: usize, pieces: &mut Vec<Piece<'_>>| {
        let surface: String =
            if part.is_ascii() { part.to_owned() } else { part.chars().filter(|c| !is_invisible(*c)).nfkc().collect() };
        if !surface.is_empty() {
            pieces.push(Piece { surface: Cow::Owned(surface), start, end, wide: false, dotted: false });
        }
    };
    let Some((mut start, _)) = raw.first().copied() else { return };
    let mut part = String::new();
    let mut rest = raw.iter().copied().peekable();
    while let Some((at, c)) = rest.next() {
        if !is_apostrophe(c) && !is_gershayim(c) {
            part.push(c);
            continue;
        }
        let after: String =
            rest.clone().map(|(_, c)| c).take_while(|c| !is_apostrophe(*c)).flat_map(char::to_lowercase).collect();
        let before = part.to_lowercase();
        if after == "s" || is_name_suffix(&part, &after) {
            // The possessive or the case ending is no part of the name.
            rest.by_ref().take(after.chars().count()).for_each(drop);
        } else if ELIDED.contains(&before.as_str()) && !SHORT_FORMS.contains(&after.as_str()) {
            push(&part, start, at, pieces);
            part.clear();
            start = rest.peek().map_or(raw_end, |(at, _)| *at);
        }
    }
    push(&part, start, raw_end, pieces);
}

fn is_name_suffix(name: &str, suffix: &str) -> bool {
    let (letters, short) = (name.chars().count(), suffix.chars().count() <= NAME_SUFFIX_MAX_CHARS);
    // A short name (`Çin'in`, `AB'nin`) might be an elision: its case ending must be one.
    let is_ending = letters >= NAME_SUFFIX_MAX_CHARS || (letters >= 2 && TURKISH_ENDINGS.contains(&suffix));
    name.starts_with(char::is_uppercase) && short && is_ending && !SHORT_FORMS.contains(&suffix)
}

/// A word folded: lower case, accents dropped, Arabic letters that are written both ways made one, vowel points
/// dropped, no thousands separators.
pub(super) fn folded(surface: &str) -> String {
    if surface.is_ascii() {
        let mut folded = surface.to_ascii_lowercase();
        if folded.starts_with(|c: char| c.is_ascii_digit()) {
            folded.retain(|c| c != ',');
        }
        return folded;
    }
    fold(surface).chars().filter_map(semitic).collect()
}

fn semitic(c: char) -> Option<char> {
    Some(match c {
        '\u{064B}'..='\u{0655}' | '\u{0670}' | '\u{0640}' | '\u{0591}'..='\u{05BD}' | '\u{05BF}'..='\u{05C7}' => {
            return None;
        }
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ى' | 'ئ' => 'ي',
        'ة' => 'ه',
        'ؤ' => 'و',
        _ => c,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = cut(text).into_iter().map(|piece| piece.surface.into_owned()).collect();
        assert_eq!(found, expected, "in {text:?}");
    }

    #[test]
    fn hyphens_slashes_and_possessives_do_not_hide_a_name() {
        check("Sino/US talks: China's US–China", &["Sino", "US", "talks", "China", "US", "China"]);
        check("the workers' and O'Neill don’t", &["the", "workers", "and", "ONeill", "dont"]);
        check("l’Amérique d'Angelo jusqu'à", &["l", "Amérique", "d", "Angelo", "jusqu", "à"]);
        check("Türkiye'nin Ankara’da", &["Türkiye", "Ankara"]);
        check("Çin’in AB'nin ABD’den", &["Çin", "AB", "ABD"]);
    }

    #[test]
    fn dotted_initials_are_one_word_and_a_currency_is_no_country() {
        check(
            "The U.S. and the U.S.A. paid US$5 to the u.s.",
            &["The", "US", "and", "the", "USA", "paid", "US$", "5", "to", "the", "US"],
        );
        check("U.S.-China, U.S.'s, U.S', e.g. J.Smith", &["US", "China", "US", "US", "EG", "J", "Smith"]);
        check("Plan B. A new one", &["Plan", "B", "A", "new", "one"]);
        check("1,234.5 at 10:30, 5.", &["1,234.5", "at", "10:30", "5"]);
    }

    #[test]
    fn ideographs_are_words_of_their_own() {
        check("中美G20会谈", &["中", "美", "G20", "会", "谈"]);
        check("한국과 U.S.", &["한", "국", "과", "US"]);
        check("ארה\"ב אמרה", &["ארהב", "אמרה"]);
    }

    #[test]
    fn arabic_letters_written_both_ways_are_one() {
        assert_eq!(folded("الولاياتُ"), "الولايات");
        assert_eq!(folded("أمريكا"), folded("امريكا"));
        assert_eq!(folded("1,200"), "1200");
        assert_eq!(folded("Élysée"), "elysee");
    }

    proptest! {
        #[test]
        fn pieces_are_in_order_within_the_text(text in "\\PC{0,60}") {
            let mut at = 0;
            for piece in cut(&text) {
                prop_assert!(piece.start >= at && piece.end > piece.start && piece.end <= text.len());
                prop_assert!(text.get(piece.start..piece.end).is_some());
                prop_assert!(!piece.surface.is_empty());
                at = piece.end;
            }
        }
    }
}
