//! Tokens of a text: words, numbers kept whole, single ideographs, blanks, marks.

use super::fold::fold;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Letters, with apostrophes inside (`don't`) and digits after the first letter (`G20`).
    Word,
    /// Begins with a digit: `1,234.5`, `10:30`, `19th`, `3bn`.
    Number,
    /// One character of a script written without blanks between words (Han, kana, Thai …), with its marks.
    Ideograph,
    /// A run of blanks.
    Blank,
    /// One character that is none of these.
    Mark,
}

/// A piece of a text, by reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// The piece as written.
    pub text: &'a str,
    /// Where it begins in the text, in bytes.
    pub start: usize,
    /// What it is.
    pub kind: TokenKind,
}

impl Token<'_> {
    /// A word, number or ideograph: what is counted and matched.
    pub fn is_word(&self) -> bool {
        matches!(self.kind, TokenKind::Word | TokenKind::Number | TokenKind::Ideograph)
    }

    /// Where it ends, in bytes.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// Scripts written without blanks between words.
pub fn is_ideograph(c: char) -> bool {
    c >= '\u{0E00}'
        && matches!(c,
            '\u{0E00}'..='\u{0EFF}'        // Thai, Lao
            | '\u{1000}'..='\u{109F}'      // Myanmar
            | '\u{1780}'..='\u{17FF}'      // Khmer
            | '\u{2E80}'..='\u{2FDF}'      // radicals
            | '\u{3005}'..='\u{3007}'
            | '\u{3040}'..='\u{30FF}'      // kana
            | '\u{31F0}'..='\u{31FF}'
            | '\u{3400}'..='\u{4DBF}'      // Han
            | '\u{4E00}'..='\u{9FFF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{FF66}'..='\u{FF9F}'      // half-width kana
            | '\u{20000}'..='\u{3FFFF}'
        )
        && c.is_alphanumeric()
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{02BC}' | '\u{FF07}')
}

fn is_joiner(c: char) -> bool {
    // A soft hyphen or a zero-width joiner inside a word does not end it.
    matches!(c, '\u{00AD}' | '\u{200C}' | '\u{200D}' | '\u{2060}')
}

fn is_mark_of_letter(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Cuts a text into tokens that together are the whole text.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::with_capacity(text.len() / 3 + 1);
    let mut start = 0;
    while let Some(rest) = text.get(start..) {
        let Some(first) = rest.chars().next() else { break };
        let (kind, length) = first_token(rest, first);
        let Some(piece) = rest.get(..length) else { break };
        tokens.push(Token { text: piece, start, kind });
        start += length;
    }
    tokens
}

/// The words, numbers and ideographs of a text, in order.
pub fn words(text: &str) -> impl Iterator<Item = Token<'_>> {
    tokens(text).into_iter().filter(Token::is_word)
}

/// How many words a text has; an ideograph counts as one.
pub fn count(text: &str) -> usize {
    words(text).count()
}

/// The words of a text, folded: lower case, no accents, no apostrophes, no soft hyphens. What two typesettings of one
/// text agree in. A number keeps its digits alone with its decimal point (`1,234.5` is `1234.5`).
pub fn folded(text: &str) -> Vec<String> {
    words(text).map(|token| folded_token(&token)).collect()
}

/// One token as [`folded`] gives it.
pub fn folded_token(token: &Token<'_>) -> String {
    let mut folded = String::with_capacity(token.text.len());
    folded_into(token, &mut folded);
    folded
}

/// As [`folded_token`], into a buffer that is emptied first: for loops over whole texts.
pub fn folded_into(token: &Token<'_>, buffer: &mut String) {
    buffer.clear();
    if token.text.is_ascii() {
        buffer.push_str(token.text);
        buffer.make_ascii_lowercase();
    } else {
        buffer.push_str(&fold(token.text));
    }
    let is_number = token.kind == TokenKind::Number;
    if is_number || buffer.contains('\'') {
        buffer.retain(|c| c != '\'' && !(is_number && c == ','));
    }
}

fn first_token(rest: &str, first: char) -> (TokenKind, usize) {
    if first.is_whitespace() {
        return (TokenKind::Blank, span(rest, char::is_whitespace));
    }
    if is_ideograph(first) {
        let marks = rest.get(first.len_utf8()..).map_or(0, |tail| span(tail, is_mark_of_letter));
        return (TokenKind::Ideograph, first.len_utf8() + marks);
    }
    if first.is_numeric() {
        return (TokenKind::Number, number_length(rest));
    }
    if first.is_alphabetic() {
        return (TokenKind::Word, word_length(rest));
    }
    (TokenKind::Mark, first.len_utf8())
}

fn span(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.char_indices().find(|(_, c)| !belongs(*c)).map_or(text.len(), |(at, _)| at)
}

fn word_length(text: &str) -> usize {
    // Most words are ASCII letters up to a blank or a mark.
    let letters = text.bytes().take_while(u8::is_ascii_alphanumeric).count();
    match text.as_bytes().get(letters) {
        None => return letters,
        Some(next) if next.is_ascii() && *next != b'\'' => return letters,
        Some(_) => {}
    }
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let inside = (c.is_alphanumeric() && !is_ideograph(c)) || is_mark_of_letter(c) || is_joiner(c);
        let next_is_letter = chars.peek().is_some_and(|(_, next)| next.is_alphabetic() && !is_ideograph(*next));
        let apostrophe = is_apostrophe(c) && next_is_letter;
        if !inside && !apostrophe {
            return at;
        }
    }
    text.len()
}

fn number_length(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    let mut in_letters = false;
    while let Some((at, c)) = chars.next() {
        let next_is_digit = chars.peek().is_some_and(|(_, next)| next.is_numeric());
        let inside = (c.is_alphanumeric() && !is_ideograph(c)) || is_mark_of_letter(c) || is_joiner(c);
        let separator = matches!(c, ',' | '.' | ':' | '\u{066B}' | '\u{066C}') && next_is_digit && !in_letters;
        if !inside && !separator {
            return at;
        }
        in_letters = in_letters || c.is_alphabetic();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> = words(text).map(|token| token.text).collect();
        assert_eq!(found, expected, "in {text:?}");
    }

    #[test]
    fn words_are_found_in_many_scripts() {
        check("Don’t panic, said O'Neill.", &["Don’t", "panic", "said", "O'Neill"]);
        check("the workers' rights", &["the", "workers", "rights"]);
        check("co-operation – now", &["co", "operation", "now"]);
        check("東京は晴れ OK", &["東", "京", "は", "晴", "れ", "OK"]);
        check("Привет, мир!", &["Привет", "мир"]);
        check("한국 정부", &["한국", "정부"]);
        check("G20中国", &["G20", "中", "国"]);
        check("हिन्दी में", &["हिन्दी", "में"]);
        check("", &[]);
    }

    #[test]
    fn a_number_is_one_word() {
        check("1,234.5 of 3bn at 10:30 on the 19th.", &["1,234.5", "of", "3bn", "at", "10:30", "on", "the", "19th"]);
        check("5% and $2.50, 7.", &["5", "and", "2.50", "7"]);
        assert_eq!(folded("1,234.5 Élan don’t"), ["1234.5", "elan", "dont"]);
    }

    proptest! {
        #[test]
        fn the_tokens_together_are_the_text(text in "\\PC{0,60}") {
            let joined: String = tokens(&text).iter().map(|token| token.text).collect();
            prop_assert_eq!(&joined, &text);
            let mut at = 0;
            for token in tokens(&text) {
                prop_assert_eq!(token.start, at);
                prop_assert!(!token.text.is_empty());
                at = token.end();
            }
        }
    }
}
