//! The first words of a text, `lead/40:` before a term or parentheses: where the news is, and background is not yet. Other
//! engines have it too (`/F40/`, `FIRST/40`), and are read and told.

use super::borrowed;
use super::expr::FIELDS;
use super::lexer::{DISTANCE_MAX_WORDS, Lexeme, Lexer, nearest_field, problem};
use crate::model::topic::Field;

/// How many words are offered where no number can be used: one or two sentences of news.
const LIKELY_WORDS: u32 = 40;

impl Lexer<'_> {
    /// `lead/40:`, and other fields with a number, which is reported.
    pub(super) fn first_words(&mut self, name: &str, number: &str) -> bool {
        let lower = name.to_ascii_lowercase();
        let known = FIELDS.iter().find(|(known, _)| *known == lower || borrowed::field(&lower) == Some(*known));
        let misspelt = || number.parse::<u32>().ok().and_then(|_| nearest_field(&lower));
        let Some((own, field)) = known.or_else(misspelt) else { return false };
        let words = number.parse::<u32>().ok().filter(|words| (1..=DISTANCE_MAX_WORDS).contains(words));
        let likely = words.unwrap_or(if number.len() > 3 { DISTANCE_MAX_WORDS } else { LIKELY_WORDS });
        let told = match (field, words) {
            (Field::Lead, Some(_)) if *own == lower => None,
            (Field::Lead | Field::Body, None) => {
                let asked = format!("expected a whole number from 1 to {DISTANCE_MAX_WORDS} after the slash");
                Some((format!("`{name}/{number}:`: {asked}"), format!("write lead/{likely}:")))
            }
            (Field::Lead | Field::Body, Some(words)) => {
                let message = format!("the first words of an article are called `lead/{words}:` here");
                Some((message, format!("write lead/{words}:")))
            }
            _ => {
                let message = format!("only lead: takes a number of words, {own}: is looked at as a whole");
                Some((message, format!("write {own}:, or lead/{likely}: for the first words of the text")))
            }
        };
        let length = name.len() + number.len() + 2;
        let span = self.at..self.at + length;
        self.problems.extend(told.map(|(message, hint)| problem(span, message, hint)));
        let lexeme = match field {
            Field::Lead | Field::Body => Lexeme::First(likely),
            other => Lexeme::Field(*other),
        };
        self.push(lexeme, length);
        true
    }

    /// The first words of a text as other search engines write them.
    pub(super) fn first_elsewhere(&mut self) -> bool {
        let Some((words, length)) = elsewhere(self.rest()) else { return false };
        let words = words.clamp(1, DISTANCE_MAX_WORDS);
        let message = "the first words of an article are written as a field here, before a term or parentheses";
        self.problems.push(problem(self.at..self.at + length, message, format!("write lead/{words}:…")));
        self.push(Lexeme::First(words), length);
        true
    }
}

/// `FIRST/50`, `FIRST(50)`, `/F50/`: how many words, and the bytes of the query.
fn elsewhere(text: &str) -> Option<(u32, usize)> {
    let forms = [("FIRST/", ""), ("FIRST(", ")"), ("/F", "/"), ("/f", "/")];
    let (opens, closes) = forms.into_iter().find(|(opens, _)| text.starts_with(opens))?;
    let number = text.strip_prefix(opens)?;
    let digits = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    let words = number.get(..digits)?.parse().ok()?;
    let rest = number.get(digits..)?.strip_prefix(closes)?;
    let ends = rest.chars().next().is_none_or(|c| !c.is_alphanumeric());
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    ends.then_some((words, text.len() - rest.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_words_of_other_engines_are_read() {
        for (text, expected) in [
            ("FIRST/50 China", Some((50, 8))),
            ("FIRST(5) China", Some((5, 8))),
            ("FIRST/50:China", Some((50, 9))),
            ("/F20/ talks", Some((20, 5))),
            ("/f20/", Some((20, 5))),
            ("/F20", None),
            ("/Fed/", None),
            ("FIRST 100 days", None),
            ("FIRST/x", None),
            ("FIRST/50th", None),
            ("", None),
        ] {
            assert_eq!(elsewhere(text), expected, "{text}");
        }
    }
}
