//! How the patterns of this module are compiled. There are some thirty of them, and the first page of a process pays for each, so
//! the classes that Unicode defines by hundreds of ranges are written as the few blocks that news is written in.

use regex::{Regex, RegexBuilder};

/// Letters, digits and marks: Latin, Greek, Cyrillic, the scripts of India, Southeast Asia and the Near East, CJK, Hangul.
const WORD: &str = r"[0-9A-Za-z_\u{AA}\u{B5}\u{BA}\u{C0}-\u{1FFF}\u{2C00}-\u{2DFF}\u{3005}-\u{3007}\u{3040}-\u{D7FF}\u{F900}-\u{FAFF}\u{FF10}-\u{FF19}\u{FF21}-\u{FF3A}\u{FF41}-\u{FF5A}\u{FF66}-\u{FFDC}]";
/// All that is none of [`WORD`].
const NO_WORD: &str = r"[^0-9A-Za-z_\u{AA}\u{B5}\u{BA}\u{C0}-\u{1FFF}\u{2C00}-\u{2DFF}\u{3005}-\u{3007}\u{3040}-\u{D7FF}\u{F900}-\u{FAFF}\u{FF10}-\u{FF19}\u{FF21}-\u{FF3A}\u{FF41}-\u{FF5A}\u{FF66}-\u{FFDC}]";
/// Letters of [`WORD`].
const LETTER: &str = r"[A-Za-z\u{AA}\u{B5}\u{BA}\u{C0}-\u{1FFF}\u{3005}-\u{3007}\u{3040}-\u{D7FF}\u{F900}-\u{FAFF}]";
/// What a name begins with in a script that has cases; the extensions of Latin mix both.
const UPPER: &str = r"[A-Z\u{C0}-\u{DE}\u{100}-\u{17F}\u{386}-\u{3AB}\u{400}-\u{42F}]";
/// Letters without case.
const UNCASED: &str = r"[\u{5D0}-\u{1FFF}\u{3005}-\u{3007}\u{3040}-\u{D7FF}\u{F900}-\u{FAFF}]";

/// The classes by the names that the patterns have for them.
const CLASSES: [(&str, &str); 6] =
    [(r"\W", NO_WORD), (r"\w", WORD), (r"\d", "[0-9]"), (r"\p{Lu}", UPPER), (r"\p{Lo}", UNCASED), (r"\p{L}", LETTER)];

/// A pattern blind to case, its blanks and line ends left out. Word boundaries are those of ASCII: the automaton that handles
/// Unicode's is ten times slower, and gives up on the quotation marks of any article. A phrase that ends in another letter is
/// written without one.
pub(super) fn pattern(text: &str) -> Regex {
    RegexBuilder::new(&few_ranges(text))
        .case_insensitive(true)
        .ignore_whitespace(true)
        .size_limit(4 << 20)
        .build()
        .expect("the pattern is a constant, compiled by a test")
}

/// The same where blanks count.
pub(super) fn spaced_pattern(text: &str) -> Regex {
    RegexBuilder::new(&few_ranges(text))
        .case_insensitive(true)
        .build()
        .expect("the pattern is a constant, compiled by a test")
}

/// A pattern in which classes of Unicode are those of this module. They hold both cases, and folding the case of so many
/// characters is what compiling would spend most of its time on: outside of brackets they are taken as they are.
pub(super) fn few_ranges(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 4);
    let mut inside = false;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let named = CLASSES.iter().find(|(name, _)| rest.starts_with(name));
        if let Some((name, class)) = named {
            if inside {
                out.push_str(class);
            } else {
                out.push_str("(?-i:");
                out.push_str(class);
                out.push(')');
            }
            rest = rest.get(name.len()..).unwrap_or_default();
            continue;
        }
        // An escaped character is passed over with its sign.
        let length = if c == '\\' { 1 + rest.chars().nth(1).map_or(0, char::len_utf8) } else { c.len_utf8() };
        match c {
            '[' => inside = true,
            ']' => inside = false,
            _ => {}
        }
        out.push_str(rest.get(..length).unwrap_or_default());
        rest = rest.get(length..).unwrap_or_default();
    }
    out.replace(r"\b", r"(?-u:\b)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_hold_the_letters_that_news_is_written_in() {
        let letters = "Aaßéłžşıöøñçœ Ωλ Жя עברית العربية हिंदी ไทย 한국어 日本語 中文 かな";
        let (word, none) = (spaced_pattern(r"^[\w ]+$"), spaced_pattern(r"^\W+$"));
        assert!(word.is_match(letters));
        assert!(none.is_match("–—’“”«»…•|→★、。「」！（）：© ®"));
        assert!(!none.is_match("a") && !word.is_match("—"));
        for (upper, expected) in [("É", true), ("Ж", true), ("é", false), ("ж", false), ("中", false)] {
            assert_eq!(pattern(r"^(?-i:\p{Lu})$").is_match(upper), expected, "{upper}");
        }
        assert!(pattern(r"^(?-i:\p{Lo})$").is_match("中"));
        assert!(pattern(r"^\[x\]\d\\w$").is_match("[X]7\\w"));
    }
}
