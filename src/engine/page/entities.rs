//! Character references of HTML (standard, section 13.2.5.72 and 13.5).

use memchr::memchr;

/// Longest name of a reference, in bytes (`CounterClockwiseContourIntegral` has 31).
const NAME_MAX_BYTES: usize = 32;

/// Appends `text` with its references resolved; what is no reference stays as it is.
pub fn decode_into(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = memchr(b'&', rest.as_bytes()) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let after = from.strip_prefix('&').unwrap_or_default();
        if let Some((resolved, length)) = reference(after) {
            resolved.push_to(out);
            rest = after.get(length..).unwrap_or_default();
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
}

/// `text` with its references resolved.
pub fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    decode_into(text, &mut out);
    out
}

enum Resolved {
    One(char),
    Named(&'static str),
}

impl Resolved {
    fn push_to(&self, out: &mut String) {
        match self {
            Self::One(c) => out.push(*c),
            Self::Named(text) => out.push_str(text),
        }
    }
}

/// The reference at the head of `after` (which follows the ampersand), and its length.
fn reference(after: &str) -> Option<(Resolved, usize)> {
    let bytes = after.as_bytes();
    if bytes.first() == Some(&b'#') {
        return numeric(after);
    }
    let length = bytes
        .iter()
        .take(NAME_MAX_BYTES)
        .position(|b| !b.is_ascii_alphanumeric())
        .unwrap_or(bytes.len().min(NAME_MAX_BYTES));
    let name = after.get(..length).filter(|name| !name.is_empty())?;
    if bytes.get(length) == Some(&b';') {
        // First our own table: that of quick-xml 0.42 is wrong for letters (`&scaron;`, `&alpha;`).
        if let Some(c) = crate::engine::markup::named(name) {
            return Some((Resolved::One(c), length + 1));
        }
        return quick_xml::escape::resolve_html5_entity(name).map(|text| (Resolved::Named(text), length + 1));
    }
    // Without the semicolon only the oldest names count, and only where no word goes on.
    let text = match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "nbsp" => "\u{a0}",
        "copy" => "©",
        "reg" => "®",
        _ => return None,
    };
    Some((Resolved::Named(text), length))
}

fn numeric(after: &str) -> Option<(Resolved, usize)> {
    let digits = after.strip_prefix('#')?;
    let (radix, digits, prefix) = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => (16, hex, 2),
        None => (10, digits, 1),
    };
    let length = digits.bytes().take(8).position(|b| !char::from(b).is_digit(radix)).unwrap_or(digits.len().min(8));
    let code = u32::from_str_radix(digits.get(..length)?, radix).ok()?;
    let semicolon = usize::from(digits.as_bytes().get(length) == Some(&b';'));
    Some((Resolved::One(character(code)), prefix + length + semicolon))
}

/// 128 to 159 are windows-1252 by the standard; what is no character is the replacement character.
fn character(code: u32) -> char {
    const WINDOWS_1252: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match code {
        128..=159 => WINDOWS_1252.get(code as usize - 128).copied().unwrap_or('\u{fffd}'),
        0 => '\u{fffd}',
        _ => char::from_u32(code).unwrap_or('\u{fffd}'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_as_browsers_do() {
        for (text, expected) in [
            ("a &amp; b", "a & b"),
            ("AT&T", "AT&T"),
            ("&lt;p&gt;", "<p>"),
            ("&rsquo;&hellip;", "’…"),
            ("&#8217;&#x2019;&#146;", "’’’"),
            ("&nbsp", "\u{a0}"),
            ("&unknown; &", "&unknown; &"),
            ("&#0;&#x110000;", "\u{fffd}\u{fffd}"),
            ("?a=1&copy=2", "?a=1©=2"),
        ] {
            assert_eq!(decode(text), expected, "{text}");
        }
    }
}
