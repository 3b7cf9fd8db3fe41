//! What other search engines write: read as what it means, so that who comes from one of them is told what is written here.

use super::lexer::{DISTANCE_MAX_WORDS, Lexeme, Lexer, Spanned, problem};

/// Fields by the names that they have elsewhere.
const FIELDS_ELSEWHERE: &[(&str, &str)] = &[
    ("intitle", "title"),
    ("allintitle", "title"),
    ("headline", "title"),
    ("hlead", "lead"),
    ("hl", "title"),
    ("hd", "title"),
    ("ingress", "lead"),
    ("intro", "lead"),
    ("text", "body"),
    ("intext", "body"),
    ("allintext", "body"),
    ("content", "body"),
    ("by", "author"),
    ("byline", "author"),
    ("writer", "author"),
    ("publisher", "source"),
    ("outlet", "source"),
    ("publication", "source"),
    ("category", "section"),
    ("keyword", "tag"),
    ("keywords", "tag"),
    ("hashtag", "tag"),
    ("inurl", "url"),
    ("allinurl", "url"),
    ("site", "url"),
    ("domain", "url"),
    ("link", "url"),
    ("language", "lang"),
    ("la", "lang"),
];

/// The field that another engine calls so; `name` is in small letters.
pub(super) fn field(name: &str) -> Option<&'static str> {
    FIELDS_ELSEWHERE.iter().find(|(known, _)| *known == name).map(|(_, own)| *own)
}

/// A distance in words as other engines write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Distance {
    /// Whether the words must stand in order.
    pub(super) ordered: bool,
    pub(super) words: u32,
    /// Bytes of the query.
    pub(super) length: usize,
}

/// `w/5`, `NEAR5`, `near:5`, `AROUND(5)`, `ADJ3` and their like at the beginning of a text.
pub(super) fn distance(text: &str) -> Option<Distance> {
    let name_length = text.find(|c: char| !c.is_ascii_alphabetic())?;
    let (name, after) = text.split_at_checked(name_length)?;
    let name = name.to_ascii_uppercase();
    let ordered = matches!(name.as_str(), "ADJ" | "ONEAR" | "BEFORE" | "PRE" | "P");
    // `N95` is a mask and `W3` a grid square: a letter alone needs its slash.
    let needs_slash = matches!(name.as_str(), "W" | "N" | "PRE" | "P");
    if !needs_slash && !matches!(name.as_str(), "NEAR" | "AROUND" | "WITHIN" | "ADJ" | "ONEAR" | "BEFORE") {
        return None;
    }
    let number = match after.chars().next()? {
        '/' => after.get(1..)?.trim_start(),
        ':' | '~' | '(' if !needs_slash => after.get(1..)?,
        ' ' if !needs_slash && text.starts_with(&name) => after.trim_start(),
        c if c.is_ascii_digit() && !needs_slash => after,
        _ => return None,
    };
    let digits = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    let words = number.get(..digits)?.parse().ok()?;
    let rest = number.get(digits..)?;
    let rest = if after.starts_with('(') { rest.strip_prefix(')')? } else { rest };
    let ends = rest.chars().next().is_none_or(|c| !c.is_alphanumeric());
    ends.then_some(Distance { ordered, words, length: text.len() - rest.len() })
}

/// `~5` after a phrase: its words within so many of each other.
pub(super) fn slop(text: &str) -> Option<(u32, usize)> {
    let number = text.strip_prefix('~')?;
    let digits = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    Some((number.get(..digits)?.parse().ok()?, 1 + digits))
}

/// A phrase between single quotation marks: its text and the bytes it takes. One word alone may have an apostrophe.
pub(super) fn single_quoted(text: &str) -> Option<(&str, usize)> {
    let open = text.chars().next().filter(|c| matches!(c, '\'' | '‘' | '‚' | '‹'))?;
    let inside = text.get(open.len_utf8()..)?;
    let closes = |(at, c): &(usize, char)| {
        let after = inside.get(at + c.len_utf8()..).and_then(|rest| rest.chars().next());
        matches!(c, '\'' | '’' | '‘' | '›') && after.is_none_or(|after| !after.is_alphanumeric())
    };
    let (at, close) = inside.char_indices().find(closes)?;
    let phrase = inside.get(..at)?;
    phrase.trim().contains(char::is_whitespace).then_some((phrase, open.len_utf8() + at + close.len_utf8()))
}

/// A word with a sign that elsewhere stands for one letter or for likeness.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wild {
    /// What can be written instead.
    Instead(String),
    /// `wom?n`: nothing but a list of the words.
    List,
}

/// `negotiat?`, `wom?n`, `China~1`.
pub(super) fn wildcard(word: &str) -> Option<Wild> {
    let (before, after) = word.split_at_checked(word.find(['?', '~'])?)?;
    if !before.chars().any(char::is_alphanumeric) {
        return None;
    }
    let is_likeness = after.starts_with('~');
    let ends = after.chars().all(|c| matches!(c, '?' | '~' | '.') || c.is_ascii_digit());
    let long = before.chars().filter(|c| c.is_alphabetic()).count() >= 4;
    Some(match (is_likeness, long, ends) {
        (true, _, _) | (false, false, true) => Wild::Instead(before.to_owned()),
        (false, true, _) => Wild::Instead(format!("{before}*")),
        (false, false, false) => Wild::List,
    })
}

/// `ATLEAST 2`, `ATLEAST(2)`, `ATLEAST2`: how often, and the bytes of the query.
pub(super) fn count(text: &str) -> Option<(u32, usize)> {
    let after = text.strip_prefix("ATLEAST")?;
    let open = after.starts_with('(');
    let number = after.trim_start_matches([' ', ':', '=', '(']);
    let digits = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    let count = number.get(..digits)?.parse().ok()?;
    let rest = number.get(digits..)?;
    let rest = if open { rest.strip_prefix(')')? } else { rest };
    rest.chars().next().is_none_or(char::is_whitespace).then_some((count, text.len() - rest.len()))
}

impl Lexer<'_> {
    /// What other search engines write, or else a word.
    pub(super) fn borrowed(&mut self) {
        let rest = self.rest();
        if let Some((phrase, length)) = single_quoted(rest) {
            let message = "a phrase stands between double quotation marks";
            let span = self.at..self.at + length;
            self.problems.push(problem(span, message, format!("write \"{}\"", phrase.trim())));
            return self.push(Lexeme::Phrase(phrase.split_whitespace().collect::<Vec<_>>().join(" ")), length);
        }
        if let Some((count, length)) = count(rest) {
            let count = count.clamp(1, DISTANCE_MAX_WORDS);
            let message = "ATLEAST does not say how often: expected a number after a slash";
            self.problems.push(problem(self.at..self.at + length, message, format!("write ATLEAST/{count}")));
            return self.push(Lexeme::AtLeast(count), length);
        }
        if self.first_elsewhere() {
            return;
        }
        // `near/5` is this language's own, but for its small letters.
        let own = |text: &str| text.get(..1).is_some_and(|digit| digit.starts_with(|c: char| c.is_ascii_digit()));
        let is_own = ["near/", "before/"].iter().any(|name| {
            rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
                && rest.get(name.len()..).is_some_and(own)
        });
        let Some(distance) = distance(rest).filter(|_| !is_own) else { return self.word() };
        let written = rest.get(..distance.length).unwrap_or_default();
        let words = distance.words.clamp(1, DISTANCE_MAX_WORDS);
        let message =
            format!("`{written}` is not how a distance in words is written here: expected NEAR/n or BEFORE/n");
        let (lexeme, own) = if distance.ordered {
            (Lexeme::Before(words), format!("write BEFORE/{words}, or NEAR/{words} for either order"))
        } else {
            (Lexeme::Near(words), format!("write NEAR/{words}"))
        };
        self.problems.push(problem(self.at..self.at + distance.length, message, own));
        self.push(lexeme, distance.length);
    }

    /// `"US China"~5`: its words near each other.
    pub(super) fn loose_phrase(&mut self, text: &str, gap: u32, length: usize) {
        let words: Vec<&str> = text.split(' ').collect();
        let span = self.at..self.at + length;
        let message = "`~` is not how a distance in words is written here: expected NEAR/n between them";
        let hint = format!("write {}", words.join(&format!(" NEAR/{gap} ")));
        self.problems.push(problem(span.clone(), message, hint));
        let mut add = |lexeme| self.lexemes.push(Spanned { lexeme, span: span.clone() });
        add(Lexeme::Open);
        for (index, word) in words.into_iter().enumerate() {
            if index > 0 {
                add(Lexeme::Near(gap));
            }
            add(Lexeme::Word(word.to_owned()));
        }
        add(Lexeme::Close);
        self.at += length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_of_other_engines_are_read() {
        let cases = [
            ("w/5 x", Some((false, 5, 3))),
            ("W/ 15", Some((false, 15, 5))),
            ("NEAR5", Some((false, 5, 5))),
            ("near:12)", Some((false, 12, 7))),
            ("AROUND(3) x", Some((false, 3, 9))),
            ("adj4", Some((true, 4, 4))),
            ("PRE/2", Some((true, 2, 5))),
            ("N95", None),
            ("W3", None),
            ("NEAR 5 China", Some((false, 5, 6))),
            ("near 5 Downing Street", None),
            ("NEAR 5G", None),
            ("Nearly", None),
            ("NEAR/x", None),
            ("AROUND(3", None),
            ("adj4e", None),
            ("", None),
        ];
        for (text, expected) in cases {
            let read = distance(text).map(|read| (read.ordered, read.words, read.length));
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn wildcards_and_counts_of_other_engines_are_read() {
        let instead = |word: &str| Some(Wild::Instead(word.to_owned()));
        assert_eq!(wildcard("negotiat?"), instead("negotiat*"));
        assert_eq!(wildcard("organi?ation"), instead("organi*"));
        assert_eq!(wildcard("US??"), instead("US"));
        assert_eq!(wildcard("China~0.8"), instead("China"));
        assert_eq!(wildcard("wom?n"), Some(Wild::List));
        assert_eq!(wildcard("?"), None);
        assert_eq!(wildcard("talks"), None);
        assert_eq!(count("ATLEAST 2 China"), Some((2, 9)));
        assert_eq!(count("ATLEAST(3) China"), Some((3, 10)));
        assert_eq!(count("ATLEAST5"), Some((5, 8)));
        assert_eq!(count("ATLEAST 2nd"), None);
        assert_eq!(count("ATLEAST/2 x"), None);
    }
}
