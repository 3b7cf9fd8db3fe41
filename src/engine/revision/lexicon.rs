//! The classes that a change is sorted by: what a word is by itself and by its neighbours.

mod words;

use self::words::{ALSO_WORDS, DATES, NEGATIONS, NUMBERS, OPENERS, SPANS, UNITS, WHICH};
use crate::engine::text::words::{Token, TokenKind, folded_token};

/// What a word may be told apart as, by itself and its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WordClass {
    /// It says no.
    Negation,
    /// A month, a day's name, a year, a time of day, a day's number beside a month.
    Date,
    /// A number in digits or words, or what it counts in.
    Figure,
    /// A capital where grammar asks for none.
    Name,
    /// Anything else.
    Word,
}

/// The class of the word at `at`.
pub(super) fn class(tokens: &[Token<'_>], at: usize) -> WordClass {
    let Some(token) = tokens.get(at) else { return WordClass::Word };
    let folded = folded_base(token);
    let word = folded.as_str();
    if token.kind == TokenKind::Ideograph {
        return ideograph_class(tokens, at);
    }
    if NEGATIONS.contains(word) || NEGATIONS.contains(folded_token(token).as_str()) {
        return WordClass::Negation;
    }
    if token.kind == TokenKind::Number {
        return if is_date_number(tokens, at, word) { WordClass::Date } else { WordClass::Figure };
    }
    // «may» and «march» are verbs too: as dates they have their capital.
    let is_capital = token.text.chars().next().is_some_and(char::is_uppercase);
    if DATES.contains(word) && (is_capital || !ALSO_WORDS.contains(&word)) {
        return WordClass::Date;
    }
    let before = word_before(tokens, at);
    if SPANS.contains(word) && before.is_some_and(|before| WHICH.contains(folded_token(before).as_str())) {
        return WordClass::Date;
    }
    if NUMBERS.contains(word) {
        return WordClass::Figure;
    }
    if UNITS.contains(word) && before.is_some_and(is_number) {
        return WordClass::Figure;
    }
    if is_capital && !OPENERS.contains(word) {
        return WordClass::Name;
    }
    WordClass::Word
}

/// A word without its possessive: «Thursday’s» is a day.
fn folded_base(token: &Token<'_>) -> String {
    match token.text.strip_suffix("’s").or_else(|| token.text.strip_suffix("'s")) {
        Some(base) => folded_token(&Token { text: base, ..*token }),
        None => folded_token(token),
    }
}

fn is_number(token: &Token<'_>) -> bool {
    token.kind == TokenKind::Number || NUMBERS.contains(folded_token(token).as_str())
}

/// One character of a script without blanks, by its neighbours: 三 is a figure, 月 after a number a date, 没 a negation.
fn ideograph_class(tokens: &[Token<'_>], at: usize) -> WordClass {
    let text = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map_or("", |token| token.text);
    let (before, this, after) = (text(at.checked_sub(1)), text(Some(at)), text(Some(at + 1)));
    // Japanese says no at a verb's end.
    let is_japanese_no = matches!((this, after), ("な", "い" | "か") | ("せ", "ん")) || (before, this) == ("せ", "ん");
    let is_weekday = after == "曜" || (matches!(before, "周" | "週" | "期") && "一二三四五六日天".contains(this));
    let is_span = |text: &str| matches!(text, "年" | "月" | "日" | "号" | "號");
    let is_part = starts_with_digit(before) && (is_span(this) || matches!(this, "时" | "時" | "分"));
    if NEGATIONS.contains(this) || is_japanese_no {
        WordClass::Negation
    } else if is_weekday || is_part || (NUMBERS.contains(this) && is_span(after)) {
        WordClass::Date
    } else if NUMBERS.contains(this) {
        WordClass::Figure
    } else {
        WordClass::Word
    }
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether the word at `at` begins a sentence, so that its capital says nothing by itself.
pub(super) fn opens_sentence(tokens: &[Token<'_>], at: usize) -> bool {
    let before = tokens.get(..at).unwrap_or_default();
    for token in before.iter().rev() {
        match token.kind {
            TokenKind::Blank => {}
            TokenKind::Mark if matches!(token.text, "." | "!" | "?" | ":" | "…" | "\u{2029}") => return true,
            TokenKind::Mark if matches!(token.text, "\"" | "“" | "”" | "‘" | "’" | "«" | "»" | "(") => {}
            TokenKind::Mark | TokenKind::Word | TokenKind::Number | TokenKind::Ideograph => return false,
        }
    }
    true
}

/// Whether the mark at `at` is the sign of a number: `-4` is not `4`. In `2019-20` and `10 - 12` it is none.
pub(super) fn is_sign(tokens: &[Token<'_>], at: usize) -> bool {
    let kind = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map(|token| token.kind);
    let is_minus = tokens.get(at).is_some_and(|token| matches!(token.text, "-" | "−" | "–"));
    let is_free = match kind(at.checked_sub(1)) {
        None => true,
        Some(TokenKind::Blank) => word_before(tokens, at).is_none_or(|before| before.kind != TokenKind::Number),
        Some(_) => false,
    };
    is_minus && kind(Some(at + 1)) == Some(TokenKind::Number) && is_free
}

fn is_date_number(tokens: &[Token<'_>], at: usize, folded: &str) -> bool {
    if folded.contains(':') || folded.ends_with(['월', '일', '년']) {
        return true;
    }
    // `1990s`
    let value: Option<u32> = folded.strip_suffix('s').unwrap_or(folded).parse().ok();
    if value.is_some_and(|year| (1900..2100).contains(&year)) {
        return true;
    }
    if is_numeric_date(tokens, at, folded) {
        return true;
    }
    let after = tokens.get(at + 1).map_or("", |token| token.text);
    if matches!(after, "年" | "月" | "日" | "号" | "號") {
        return true;
    }
    let digits: String = folded.chars().take_while(char::is_ascii_digit).collect();
    let is_day = digits.parse::<u32>().is_ok_and(|day| (1..=31).contains(&day));
    is_day && neighbours(tokens, at).any(|word| is_month(&word))
}

/// `2018.04.05` is one number; `05/04/2018` and `2018-04-05` are three between marks. One of them is a year.
fn is_numeric_date(tokens: &[Token<'_>], at: usize, folded: &str) -> bool {
    let is_year = |text: &str| text.len() == 4 && (text.starts_with("19") || text.starts_with("20"));
    let parts: Vec<&str> = folded.split('.').collect();
    if parts.len() == 3 && parts.iter().any(|part| is_year(part)) {
        return true;
    }
    // The run of numbers and separators around the word.
    let belongs = |token: &&Token<'_>| token.kind == TokenKind::Number || matches!(token.text, "/" | "-" | ".");
    let before = tokens.get(..at).unwrap_or_default().iter().rev().take(4).take_while(belongs);
    let after = tokens.get(at..).unwrap_or_default().iter().take(5).take_while(belongs);
    let mut numbers: Vec<&str> = Vec::new();
    numbers.extend(before.filter(|token| token.kind == TokenKind::Number).map(|token| token.text));
    numbers.extend(after.filter(|token| token.kind == TokenKind::Number).map(|token| token.text));
    numbers.len() == 3 && numbers.iter().any(|part| is_year(part)) && numbers.iter().all(|part| part.len() <= 4)
}

fn word_before<'t>(tokens: &'t [Token<'t>], at: usize) -> Option<&'t Token<'t>> {
    tokens.get(..at)?.iter().rev().find(|token| token.is_word())
}

/// The nearest words on both sides, folded.
fn neighbours(tokens: &[Token<'_>], at: usize) -> impl Iterator<Item = String> {
    let after = tokens.get(at + 1..).unwrap_or_default().iter().find(|token| token.is_word());
    [word_before(tokens, at), after].into_iter().flatten().map(folded_token)
}

fn is_month(folded: &str) -> bool {
    DATES.contains(folded) && !folded.ends_with("day") && !folded.ends_with("days")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::text::words::tokens;

    /// The class of the word or number that stands in brackets.
    fn check(marked: &str, expected: WordClass) {
        let text = marked.replace(['[', ']'], "");
        let start = marked.find('[').unwrap();
        let tokens = tokens(&text);
        let at = tokens.iter().position(|token| token.start == start).unwrap();
        assert_eq!(class(&tokens, at), expected, "{marked}");
    }

    #[test]
    fn words_are_classed_by_themselves_and_their_neighbours() {
        use WordClass::{Date, Figure, Name, Negation, Word};
        for (marked, expected) in [
            ("set for March [24] in Geneva", Date),
            ("held 24 [March] in Geneva", Date),
            ("they [march] on", Word),
            ("[24] people", Figure),
            ("on [Thursday’s] session", Date),
            ("in the [1990s]", Date),
            ("on [2018.04.05] in", Date),
            ("on 05/[04]/2018 at", Date),
            ("by [2024]-07-01 in", Date),
            ("a score of 3-[1] away", Figure),
            ("10 [months] in prison", Figure),
            ("the [months] after", Word),
            ("next [month] it", Date),
            ("a [month] it", Word),
            ("[two]-thirds", Figure),
            ("it [isn’t] so", Negation),
            ("es ist [nicht] so", Negation),
            ("o ministro [não] vai", Negation),
            ("in [Köln] am", Name),
            ("пройдут в [пятницу] в", Date),
            ("[2]月5日", Date),
            ("2月[5]日", Date),
            ("死了[三]人", Figure),
            ("[金]曜日に", Date),
            ("周[五]开会", Date),
            ("将[不]辞职", Negation),
            ("辞任し[な]い", Negation),
            ("venti [giorni] fa", Figure),
        ] {
            check(marked, expected);
        }
    }

    #[test]
    fn a_minus_is_told_from_a_dash() {
        for (text, expected) in [
            ("fell to -4 degrees", true),
            ("−4 degrees", true),
            ("the 2019-20 season", false),
            ("10 - 12 people", false),
            ("2019 -20", false),
            ("well-4", false),
            ("a dash - and", false),
        ] {
            let tokens = tokens(text);
            let found = (0..tokens.len()).any(|at| is_sign(&tokens, at));
            assert_eq!(found, expected, "{text}");
        }
    }
}
