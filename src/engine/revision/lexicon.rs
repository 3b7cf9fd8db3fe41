//! The closed classes of words that a change is sorted by, folded. English first; the commonest of German, French,
//! Spanish, Russian and Chinese beside it.

use crate::engine::text::words::{Token, TokenKind, folded_token};

const NEGATIONS: &[&str] = &[
    "not",
    "no",
    "never",
    "none",
    "nobody",
    "nothing",
    "neither",
    "nor",
    "without",
    "cannot",
    "cant",
    "dont",
    "doesnt",
    "didnt",
    "wont",
    "wouldnt",
    "isnt",
    "arent",
    "wasnt",
    "werent",
    "hasnt",
    "havent",
    "hadnt",
    "couldnt",
    "shouldnt",
    "mustnt",
    "nicht",
    "kein",
    "keine",
    "keinen",
    "nie",
    "niemals",
    "ohne",
    "ne",
    "pas",
    "jamais",
    "aucun",
    "aucune",
    "sans",
    "nunca",
    "sin",
    "ningun",
    "ninguna",
    "jamas",
    "не",
    "нет",
    "никогда",
    "без",
    "不",
    "没",
    "未",
    "无",
    "非",
];

const MONTHS_AND_DAYS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "yesterday",
    "today",
    "tomorrow",
    "tonight",
    "januar",
    "februar",
    "marz",
    "mai",
    "juni",
    "juli",
    "oktober",
    "dezember",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
    "heute",
    "gestern",
    "morgen",
    "janvier",
    "fevrier",
    "avril",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
    "lunes",
    "martes",
    "miercoles",
    "jueves",
    "viernes",
    "sabado",
    "domingo",
];

const NUMBER_WORDS: &[&str] = &[
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
    "hundred",
    "hundreds",
    "thousand",
    "thousands",
    "million",
    "millions",
    "billion",
    "billions",
    "trillion",
    "dozen",
    "dozens",
    "half",
    "third",
    "quarter",
    "double",
    "twice",
    "zwei",
    "drei",
    "vier",
    "funf",
    "sechs",
    "sieben",
    "acht",
    "neun",
    "zehn",
    "hundert",
    "tausend",
    "millionen",
    "milliarden",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "sept",
    "huit",
    "neuf",
    "dix",
    "cent",
    "mille",
    "milliard",
    "milliards",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "mil",
    "millones",
];

/// Words that begin sentences with a capital and are no names.
const SENTENCE_OPENERS: &[&str] = &[
    "the",
    "a",
    "an",
    "he",
    "she",
    "it",
    "they",
    "we",
    "i",
    "you",
    "in",
    "on",
    "at",
    "by",
    "for",
    "from",
    "with",
    "but",
    "and",
    "or",
    "this",
    "that",
    "these",
    "those",
    "there",
    "then",
    "when",
    "while",
    "after",
    "before",
    "since",
    "if",
    "as",
    "his",
    "her",
    "its",
    "their",
    "our",
    "my",
    "some",
    "many",
    "most",
    "all",
    "both",
    "each",
    "other",
    "another",
    "more",
    "however",
    "meanwhile",
    "although",
    "though",
    "because",
    "so",
    "yet",
    "still",
    "now",
    "also",
    "only",
    "officials",
    "police",
    "people",
    "experts",
    "critics",
    "what",
    "who",
    "how",
    "why",
    "where",
    "under",
    "over",
    "to",
    "is",
    "are",
    "was",
    "were",
    "will",
    "has",
    "have",
    "had",
    "up",
    "about",
    "nearly",
    "almost",
    "around",
];

/// What a word may be told apart as, by itself and its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WordClass {
    /// It says no.
    Negation,
    /// A month, a day's name, a year, a time of day, a day's number beside a month.
    Date,
    /// A number in digits or words.
    Figure,
    /// A capital where grammar asks for none.
    Name,
    /// Anything else.
    Word,
}

/// The class of the word at `at`.
pub(super) fn class(tokens: &[Token<'_>], at: usize) -> WordClass {
    let Some(token) = tokens.get(at) else { return WordClass::Word };
    let folded = folded_token(token);
    let has = |list: &[&str]| list.contains(&folded.as_str());
    if has(NEGATIONS) {
        return WordClass::Negation;
    }
    if token.kind == TokenKind::Number {
        return if is_date_number(tokens, at, &folded) { WordClass::Date } else { WordClass::Figure };
    }
    // «may» and «march» are verbs too: as dates they have their capital.
    let is_capital = token.text.chars().next().is_some_and(char::is_uppercase);
    if has(MONTHS_AND_DAYS) && (is_capital || !matches!(folded.as_str(), "may" | "march" | "mar" | "sept" | "mai")) {
        return WordClass::Date;
    }
    if has(NUMBER_WORDS) {
        return WordClass::Figure;
    }
    if is_capital && !has(SENTENCE_OPENERS) {
        return WordClass::Name;
    }
    WordClass::Word
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

fn is_date_number(tokens: &[Token<'_>], at: usize, folded: &str) -> bool {
    if folded.contains(':') {
        return true;
    }
    let value: Option<u32> = folded.parse().ok();
    if value.is_some_and(|year| (1900..2100).contains(&year)) {
        return true;
    }
    let digits: String = folded.chars().take_while(char::is_ascii_digit).collect();
    let is_day = digits.parse::<u32>().is_ok_and(|day| (1..=31).contains(&day));
    is_day && neighbours(tokens, at).any(|word| is_month(&word))
}

/// The nearest words on both sides, folded.
fn neighbours(tokens: &[Token<'_>], at: usize) -> impl Iterator<Item = String> {
    let before = tokens.get(..at).unwrap_or_default().iter().rev().find(|token| token.is_word());
    let after = tokens.get(at + 1..).unwrap_or_default().iter().find(|token| token.is_word());
    [before, after].into_iter().flatten().map(folded_token)
}

fn is_month(folded: &str) -> bool {
    MONTHS_AND_DAYS.contains(&folded) && !folded.ends_with("day")
}
