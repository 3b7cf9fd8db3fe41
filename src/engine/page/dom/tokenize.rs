//! Cuts markup into tags and text, by the shapes of the HTML standard's tokenizer (section 13.2.5) without its error
//! reports. Each step moves forward, so the whole is linear.

use memchr::{memchr, memchr2, memchr3, memmem};

/// A piece of markup.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Text with its entities as written.
    Text(&'a str),
    /// `<name attributes>`; the attributes as written.
    Open { name: &'a str, attributes: &'a str, self_closing: bool },
    /// `</name>`.
    Close(&'a str),
    /// A CDATA section's text, as it is.
    Cdata(&'a str),
}

/// Gives tokens one by one.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    html: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(html: &'a str) -> Self {
        Self { html, at: 0 }
    }

    fn slice(&self, from: usize, to: usize) -> &'a str {
        // All cuts are made at ASCII bytes, so they never fall inside a character.
        self.html.get(from..to).unwrap_or_default()
    }

    /// The text up to the end tag of a raw text element; the end tag is taken too.
    pub(super) fn raw_text(&mut self, name: &str) -> &'a str {
        let bytes = self.html.as_bytes();
        let start = self.at;
        let mut from = start;
        while let Some(found) = memchr(b'<', bytes.get(from..).unwrap_or_default()) {
            let open = from + found;
            let rest = bytes.get(open + 1..).unwrap_or_default();
            let named = rest.first() == Some(&b'/')
                && rest.get(1..=name.len()).is_some_and(|end| end.eq_ignore_ascii_case(name.as_bytes()))
                && rest.get(name.len() + 1).is_none_or(|after| !after.is_ascii_alphanumeric());
            if named {
                let end = memchr(b'>', rest).map_or(bytes.len(), |close| open + 1 + close + 1);
                self.at = end;
                return self.slice(start, open);
            }
            from = open + 1;
        }
        self.at = bytes.len();
        self.slice(start, bytes.len())
    }

    fn comment(&mut self, open: usize) {
        let bytes = self.html.as_bytes();
        let rest = bytes.get(open + 4..).unwrap_or_default();
        // `<!-->` and `<!--->` are whole comments.
        let skip = if rest.starts_with(b">") {
            1
        } else if rest.starts_with(b"->") {
            2
        } else {
            memmem::find(rest, b"-->").map_or(rest.len(), |end| end + 3)
        };
        self.at = open + 4 + skip;
    }

    fn past(&mut self, from: usize) {
        let rest = self.html.as_bytes().get(from..).unwrap_or_default();
        self.at = memchr(b'>', rest).map_or(self.html.len(), |end| from + end + 1);
    }

    fn tag(&mut self, open: usize) -> Token<'a> {
        let bytes = self.html.as_bytes();
        let closing = bytes.get(open + 1) == Some(&b'/');
        let name_at = open + 1 + usize::from(closing);
        let rest = bytes.get(name_at..).unwrap_or_default();
        let name_len =
            rest.iter().position(|&b| b.is_ascii_whitespace() || b == b'>' || b == b'/').unwrap_or(rest.len());
        let name = self.slice(name_at, name_at + name_len);
        let attributes_at = name_at + name_len;
        let end = self.attributes_end(attributes_at);
        let inner = self.slice(attributes_at, end);
        self.at = (end + 1).min(bytes.len());
        if closing {
            return Token::Close(name);
        }
        let self_closing = inner.ends_with('/');
        Token::Open { name, attributes: inner, self_closing }
    }

    /// Where the tag ends: at the first `>` outside quoted values.
    fn attributes_end(&self, from: usize) -> usize {
        let bytes = self.html.as_bytes();
        let mut at = from;
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            let Some(found) = memchr3(b'>', b'"', b'\'', rest) else { return bytes.len() };
            let byte = rest.get(found).copied().unwrap_or(b'>');
            if byte == b'>' {
                return at + found;
            }
            // A quote opens a value only after `=`; elsewhere it is a stray character.
            let before = bytes.get(from..at + found).unwrap_or_default().trim_ascii_end();
            at += found + 1;
            if before.last() == Some(&b'=') {
                match memchr(byte, bytes.get(at..).unwrap_or_default()) {
                    Some(close) => at += close + 1,
                    // A value that never closes: the tag ends at its first `>`, or the page would be swallowed.
                    None => {
                        return memchr(b'>', bytes.get(at..).unwrap_or_default()).map_or(bytes.len(), |end| at + end);
                    }
                }
            }
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let bytes = self.html.as_bytes();
        loop {
            let start = self.at;
            let rest = bytes.get(start..).filter(|rest| !rest.is_empty())?;
            let mut open = memchr(b'<', rest);
            // A `<` that begins no markup is text.
            while let Some(found) = open {
                let after = rest.get(found + 1).copied().unwrap_or(b' ');
                if after.is_ascii_alphabetic() || matches!(after, b'/' | b'!' | b'?') {
                    break;
                }
                open = memchr(b'<', rest.get(found + 1..).unwrap_or_default()).map(|next| found + 1 + next);
            }
            let Some(found) = open else {
                self.at = bytes.len();
                return Some(Token::Text(self.slice(start, bytes.len())));
            };
            if found > 0 {
                self.at = start + found;
                return Some(Token::Text(self.slice(start, start + found)));
            }
            let markup = rest.get(1..).unwrap_or_default();
            if markup.starts_with(b"!--") {
                self.comment(start);
            } else if markup.starts_with(b"![CDATA[") {
                let inner = rest.get(9..).unwrap_or_default();
                let end = memmem::find(inner, b"]]>").unwrap_or(inner.len());
                self.at = (start + 9 + end + 3).min(bytes.len());
                return Some(Token::Cdata(self.slice(start + 9, start + 9 + end)));
            } else if markup.starts_with(b"!")
                || markup.starts_with(b"?")
                || (markup.starts_with(b"/") && !markup.get(1).is_some_and(u8::is_ascii_alphabetic))
            {
                self.past(start);
            } else {
                return Some(self.tag(start));
            }
        }
    }
}

/// Gives the attributes of a tag: names as written, values with their entities as written.
pub(super) fn attributes(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/' || c == '"' || c == '\'');
        if rest.is_empty() {
            return None;
        }
        let bytes = rest.as_bytes();
        let name_len =
            bytes.iter().position(|&b| b.is_ascii_whitespace() || b == b'=' || b == b'/').unwrap_or(bytes.len());
        // `=x` alone: the sign is part of the name by the standard; it is of no use, so it is passed over.
        let name_len = name_len.max(1);
        let (name, after) = rest.split_at_checked(name_len)?;
        let trimmed = after.trim_ascii_start();
        let Some(value) = trimmed.strip_prefix('=') else {
            rest = after;
            return Some((name, ""));
        };
        let value = value.trim_ascii_start();
        let (value, after) = if let Some(&quote @ (b'"' | b'\'')) = value.as_bytes().first() {
            let inner = value.get(1..).unwrap_or_default();
            let end = memchr(quote, inner.as_bytes()).unwrap_or(inner.len());
            (inner.get(..end).unwrap_or_default(), inner.get(end + 1..).unwrap_or_default())
        } else {
            let end = memchr2(b' ', b'\t', value.as_bytes()).unwrap_or(value.len());
            let end = memchr2(b'\n', b'\r', value.as_bytes()).map_or(end, |line| line.min(end));
            (value.get(..end).unwrap_or_default(), value.get(end..).unwrap_or_default())
        };
        rest = after;
        Some((name, value))
    })
}
