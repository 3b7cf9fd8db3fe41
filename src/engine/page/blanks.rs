//! Blanks in texts. Whatever is counted here is counted in all of a page's text, so bytes are looked at without a branch for each:
//! the compiler takes many at once.

use memchr::{memchr_iter, memchr3_iter};

/// How many characters of a text are no blanks.
pub(super) fn visible(text: &str) -> usize {
    let ascii = text.bytes().filter(|byte| matches!(byte, b'\t'..=b'\r' | b' ')).count();
    if text.is_ascii() { text.len() - ascii } else { text.chars().count() - ascii - wide(text) }
}

/// How many of a text's characters are blanks of Unicode.
fn wide(text: &str) -> usize {
    // Their first bytes are four, of which the last begins the mark of Ogham and the letters of many scripts.
    let places = memchr3_iter(0xc2, 0xe2, 0xe3, text.as_bytes()).chain(memchr_iter(0xe1, text.as_bytes()));
    places.filter(|at| text.get(*at..).and_then(|rest| rest.chars().next()).is_some_and(char::is_whitespace)).count()
}

/// The same where the only blanks are single spaces, as in nearly all prose.
pub(super) fn visible_by_single_spaces(text: &str) -> Option<usize> {
    let next = text.as_bytes().get(1..).unwrap_or_default();
    let pairs = text.as_bytes().iter().zip(next).filter(|pair| *pair == (&b' ', &b' ')).count();
    let controls = text.bytes().filter(|byte| *byte < b' ').count();
    if pairs + controls > 0 || (!text.is_ascii() && wide(text) > 0) {
        return None;
    }
    Some(text.chars().count() - text.bytes().filter(|byte| matches!(byte, b' ')).count())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_blank_is_known() {
        for c in ('\0'..=char::MAX).filter(|c| c.is_whitespace()) {
            let text = format!("å{c}å");
            assert_eq!(visible(&text), 2, "{c:?}");
            assert_eq!(visible_by_single_spaces(&text), (c == ' ').then_some(2), "{c:?}");
        }
        assert_eq!(visible_by_single_spaces("a  b"), None);
        assert_eq!(visible_by_single_spaces(" “a” b "), Some(4));
    }

    proptest! {
        #[test]
        fn what_is_visible_is_no_blank(text in "(?s).{0,60}") {
            prop_assert_eq!(visible(&text), text.chars().filter(|c| !c.is_whitespace()).count());
        }
    }
}
