//! Character references to characters, and markup to plain text.

use std::borrow::Cow;

use super::names::NAMED;
use super::scan::{Scanner, Token};

/// Longest name of a reference, in bytes: HTML's longest has 31.
const NAME_MAX_BYTES: usize = 32;

/// A text with the references of XML and HTML replaced by their characters. What is no reference (`AT&T`, `&unknown;`)
/// stays as written.
pub fn unescape(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'&', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    unescape_into(text, &mut out);
    Cow::Owned(out)
}

/// Appends a text to `out`, with its references replaced by their characters.
pub fn unescape_into(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        let (before, reference) = rest.split_at(at);
        out.push_str(before);
        let length = resolve(reference, out);
        if length.is_none() {
            out.push('&');
        }
        rest = reference.get(length.unwrap_or(1)..).unwrap_or_default();
    }
    out.push_str(rest);
}

/// Appends what the reference at the start of `text` stands for; its length, or nothing if it is none.
fn resolve(text: &str, out: &mut String) -> Option<usize> {
    let bytes = text.as_bytes();
    let end = bytes.iter().take(NAME_MAX_BYTES + 2).position(|byte| *byte == b';')?;
    let name = text.get(1..end)?;
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        if let Some(c) = character(code) {
            out.push(c);
        }
    } else {
        out.push(named(name)?);
    }
    Some(end + 1)
}

/// The character of a named reference; of the commonest also in capitals (`&NBSP;`).
pub fn named(name: &str) -> Option<char> {
    let find = |name: &str| NAMED.binary_search_by(|(known, _)| (*known).cmp(name)).ok().and_then(|at| NAMED.get(at));
    find(name)
        .or_else(|| {
            let common = ["NBSP", "AMP", "LT", "GT", "QUOT", "APOS", "COPY", "REG"];
            if common.contains(&name) { find(&name.to_ascii_lowercase()) } else { None }
        })
        .map(|(_, c)| *c)
}

/// The character of a numeric reference. 128 to 159 are meant as windows-1252, as every browser reads them; what is no
/// character (NUL, surrogates, beyond Unicode) is nothing.
fn character(code: u32) -> Option<char> {
    match code {
        0 => None,
        0x80..=0x9f => u8::try_from(code).ok().map(windows_1252),
        _ => char::from_u32(code),
    }
}

/// A byte of the C1 range as windows-1252 has it.
pub(super) fn windows_1252(byte: u8) -> char {
    let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(std::slice::from_ref(&byte));
    text.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The readable text of a fragment of HTML, on one line: for headlines. Elements that break lines are blanks; what
/// scripts and styles hold is not text.
pub fn plain_text(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut skipped: Option<&str> = None;
    for token in Scanner::new(html) {
        match token {
            Token::Start(tag) => {
                if !tag.empty && skipped.is_none() && is_unread(tag.name) {
                    skipped = Some(tag.name);
                }
                if breaks_line(tag.name) {
                    out.push(' ');
                }
            }
            Token::End(name) => {
                if skipped.is_some_and(|open| open.eq_ignore_ascii_case(name)) {
                    skipped = None;
                }
                if breaks_line(name) {
                    out.push(' ');
                }
            }
            Token::Text(text) if skipped.is_none() => unescape_into(text, &mut out),
            Token::CData(text) if skipped.is_none() => out.push_str(text),
            Token::Text(_) | Token::CData(_) => {}
        }
    }
    one_line(&out)
}

fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split([' ', '\t', '\n', '\r', '\u{c}']).filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

fn is_unread(name: &str) -> bool {
    ["script", "style", "iframe", "noscript"].iter().any(|unread| name.eq_ignore_ascii_case(unread))
}

fn breaks_line(name: &str) -> bool {
    ["br", "p", "div", "li", "hr", "td", "h1", "h2", "h3"].iter().any(|block| name.eq_ignore_ascii_case(block))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_become_characters_and_what_is_none_stays() {
        for (text, expected) in [
            ("AT&T &amp; co", "AT&T & co"),
            ("&nbsp;&NBSP;x", "\u{a0}\u{a0}x"),
            ("&#8217;&#x2019;&#146;", "’’’"),
            ("&alpha;&Alpha;&yuml;&Yuml;&cacute;&zwnj;x", "αΑÿŸć\u{200c}x"),
            ("&unknown; &#; &#x110000;x &;", "&unknown; &#; x &;"),
            ("&#0;&#xD800;x", "x"),
            ("&hellip", "&hellip"),
        ] {
            assert_eq!(unescape(text), expected, "{text}");
        }
    }

    #[test]
    fn names_are_in_order() {
        assert!(NAMED.is_sorted_by_key(|(name, _)| *name));
    }

    #[test]
    fn a_headline_with_markup_is_its_text_on_one_line() {
        for (html, expected) in [
            ("The <b>News</b> &amp;\n more", "The News & more"),
            ("a<br/>b <script>x</script>c", "a b c"),
            ("5 < 6", "5 < 6"),
        ] {
            assert_eq!(plain_text(html), expected, "{html}");
        }
    }
}
