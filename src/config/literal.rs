//! Where a part of a TOML string's value stands in the file: what quotes and escapes take is counted in, so that the
//! caret under a query points at the very word.

/// Where the byte `wanted` of a TOML string's value stands in its literal.
pub(super) fn offset_in_literal(literal: &str, wanted: usize) -> usize {
    let (open, escapes) = match literal {
        _ if literal.starts_with("\"\"\"") => (3, true),
        _ if literal.starts_with("'''") => (3, false),
        _ if literal.starts_with('"') => (1, true),
        _ if literal.starts_with('\'') => (1, false),
        _ => (0, false),
    };
    let mut at = open;
    let rest = |at: usize| literal.get(at..).unwrap_or_default();
    if open == 3 {
        // A line break right after the opening quotes is no part of the value.
        at += rest(at).strip_prefix("\r\n").map_or(usize::from(rest(at).starts_with('\n')), |_| 2);
    }
    let mut value_at = 0;
    while let Some(c) = rest(at).chars().next() {
        let (source_bytes, value_bytes) =
            if escapes && c == '\\' { escape(rest(at)) } else { (c.len_utf8(), c.len_utf8()) };
        // What adds nothing to the value is stepped over even where the place is reached.
        if value_at >= wanted && value_bytes > 0 {
            break;
        }
        at += source_bytes;
        value_at += value_bytes;
    }
    at.min(literal.len())
}

/// How many bytes an escape takes in the file and in the value.
fn escape(text: &str) -> (usize, usize) {
    let hex = |digits: usize| {
        let code = text.get(2..2 + digits).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        (2 + digits, code.and_then(char::from_u32).map_or(1, char::len_utf8))
    };
    match text.chars().nth(1) {
        Some('u') => hex(4),
        Some('U') => hex(8),
        Some('x') => hex(2),
        // A backslash at the end of a line swallows the break and the blanks after it.
        Some(c) if c.is_whitespace() => {
            let blanks = text.chars().skip(1).take_while(|c| c.is_whitespace()).map(char::len_utf8).sum::<usize>();
            (1 + blanks, 0)
        }
        _ => (2, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_a_byte_in_a_string_counts_what_the_literal_adds() {
        for (literal, value_at, literal_at) in [
            ("'abc'", 0, 1),
            ("\"abc\"", 2, 3),
            ("\"a\\\"bc\"", 2, 4),
            ("\"\\u00e4b\"", 2, 7),
            ("'''\nabc'''", 0, 4),
            ("\"\"\"\r\nabc\"\"\"", 1, 6),
            ("\"\"\"a \\\n   b\"\"\"", 2, 10),
            ("'ab'", 9, 4),
        ] {
            assert_eq!(offset_in_literal(literal, value_at), literal_at, "{literal} at {value_at}");
        }
    }
}
