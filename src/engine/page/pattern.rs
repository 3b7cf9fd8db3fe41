//! How the patterns of this module are compiled. There are some thirty of them, and the first page of a process pays for each, so
//! the classes that Unicode defines by hundreds of ranges are written as the few blocks that news is written in.

use std::panic::{RefUnwindSafe, UnwindSafe};

use aho_corasick::AhoCorasick;
use regex::{Regex, RegexBuilder};
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson;
use regex_automata::util::pool::Pool;
use regex_automata::util::syntax;
use regex_automata::{HalfMatch, Input};

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

/// A pattern of which nothing is asked but whether it fits and where it ends. A [`Regex`] can do more, and prepares for it when it
/// is compiled: that takes several times as long as this single automaton, whose states are made as texts ask for them.
#[derive(Debug)]
pub(super) struct Phrases {
    automaton: DFA,
    states: Pool<Cache, Box<dyn Fn() -> Cache + Send + Sync + UnwindSafe + RefUnwindSafe>>,
}

impl Phrases {
    /// A pattern as [`pattern`] reads it.
    pub(super) fn new(text: &str) -> Self {
        Self::built(text, syntax::Config::new().ignore_whitespace(true))
    }

    /// The same where blanks count.
    pub(super) fn spaced(text: &str) -> Self {
        Self::built(text, syntax::Config::new())
    }

    fn built(text: &str, syntax: syntax::Config) -> Self {
        let automaton = DFA::builder()
            .syntax(syntax.case_insensitive(true).utf8(false))
            .thompson(thompson::Config::new().utf8(false))
            .build(&few_ranges(&by_bytes(text)))
            .expect("the pattern is a constant, compiled by a test");
        let of = automaton.clone();
        Self { automaton, states: Pool::new(Box::new(move || of.create_cache())) }
    }

    /// Whether it fits somewhere in a text.
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.search(&Input::new(text).earliest(true)).is_some()
    }

    /// Where the first place ends that it fits.
    pub(super) fn end(&self, text: &str) -> Option<usize> {
        self.search(&Input::new(text)).map(|found| found.offset())
    }

    fn search(&self, input: &Input<'_>) -> Option<HalfMatch> {
        let found = self.automaton.try_search_fwd(&mut self.states.get(), input);
        found.expect("the automaton knows all bytes, and makes its states anew as often as it has to")
    }
}

/// A pattern in which "any character" and "none of these", repeated, are read byte by byte, which takes one state instead of those
/// for all lengths of characters. They fit the same texts: what they exclude is ASCII, and what follows them in a pattern never
/// begins inside a character.
fn by_bytes(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '\\' => 1 + rest.chars().nth(1).map_or(0, char::len_utf8),
            '[' => bracket_len(rest),
            _ => c.len_utf8(),
        };
        let (piece, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        let is_wide = piece == "." || (piece.starts_with("[^") && piece.is_ascii() && !piece.contains("\\p"));
        match after.strip_prefix("{2,}") {
            Some(after) if is_wide => {
                out.extend([piece, "(?-u:", piece, ")+"]);
                rest = after;
            }
            _ if is_wide && after.starts_with(['*', '+']) => {
                out.extend(["(?-u:", piece, ")"]);
                rest = after;
            }
            _ => {
                out.push_str(piece);
                rest = after;
            }
        }
    }
    out
}

/// How long a class in brackets is, in bytes.
fn bracket_len(text: &str) -> usize {
    let mut is_escaped = false;
    let end = text.find(|c| {
        c == ']' && !is_escaped || {
            is_escaped = c == '\\' && !is_escaped;
            false
        }
    });
    end.map_or(text.len(), |end| end + 1)
}

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

/// Finds whether a text has any of some words, as they are written.
pub(super) fn any_of<const N: usize>(words: [&str; N]) -> AhoCorasick {
    AhoCorasick::new(words).expect("so few words fit")
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

    #[test]
    fn bytes_fit_what_characters_do() {
        for (text, expected) in [
            ("a.*b", "a(?-u:.)*b"),
            (r"\.*x.{2,}$", r"\.*x.(?-u:.)+$"),
            (r"[^.!?]+[^\]]*", r"(?-u:[^.!?])+(?-u:[^\]])*"),
            (r"[^.!?]{2,40}[^é]*.", r"[^.!?]{2,40}[^é]*."),
        ] {
            assert_eq!(by_bytes(text), expected);
        }
        let phrases = Phrases::new(r"^\W*(?:©.{2,} | (written|told)\ by\b[^.!?]{2,} | mehr\ zum\ .*? thema)$");
        for text in
            ["©ü", "© “x” Länge", "«Told by Žofie", "written by é", "Mehr zum großen Thema", "told by é.", "© ", "mehr"]
        {
            let expected =
                pattern(r"^\W*(?:©.{2,} | (written|told)\ by\b[^.!?]{2,} | mehr\ zum\ .*? thema)$").is_match(text);
            assert_eq!(phrases.is_match(text), expected, "{text}");
        }
    }
}
