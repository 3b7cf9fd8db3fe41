//! Cuts markup into tags and text, by the shapes of the HTML standard's tokenizer (section 13.2.5) without its error
//! reports. Each step moves forward, so the whole is linear.

use memchr::{memchr, memchr3, memmem};

use super::Span;

/// A piece of markup, as spans of the page.
#[derive(Debug)]
pub(super) enum Token {
    /// Text with its entities as written.
    Text(Span),
    /// `<name attributes>`; the attributes as written.
    Open { name: Span, attributes: Span },
    /// `</name>`.
    Close(Span),
    /// A CDATA section's text, as it is.
    Cdata(Span),
}

/// Gives tokens one by one.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(html: &'a str) -> Self {
        Self { bytes: html.as_bytes(), at: 0 }
    }

    fn rest(&self, from: usize) -> &'a [u8] {
        self.bytes.get(from..).unwrap_or_default()
    }

    /// The text up to the end tag of a raw text element; the end tag is taken too.
    pub(super) fn raw_text(&mut self, name: Span) -> Span {
        let name = self.bytes.get(name.start as usize..name.end as usize).unwrap_or_default();
        let start = self.at;
        let mut from = start;
        while let Some(found) = memchr(b'<', self.rest(from)) {
            let open = from + found;
            let rest = self.rest(open + 1);
            let named = rest.first() == Some(&b'/')
                && rest.get(1..=name.len()).is_some_and(|end| end.eq_ignore_ascii_case(name))
                && rest.get(name.len() + 1).is_none_or(|after| !after.is_ascii_alphanumeric());
            if named {
                self.past(open + 1);
                return Span::of(start, open);
            }
            from = open + 1;
        }
        self.at = self.bytes.len();
        Span::of(start, self.at)
    }

    fn comment(&mut self, open: usize) {
        let rest = self.rest(open + 4);
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
        self.at = memchr(b'>', self.rest(from)).map_or(self.bytes.len(), |end| from + end + 1);
    }

    fn tag(&mut self, open: usize) -> Token {
        let closing = self.bytes.get(open + 1) == Some(&b'/');
        let start = open + 1 + usize::from(closing);
        let end = find(self.bytes, start, &TAG_NAME_END);
        let name = Span::of(start, end);
        let attributes = Span::of(end, self.attributes_end(end));
        self.at = (attributes.end as usize + 1).min(self.bytes.len());
        if closing { Token::Close(name) } else { Token::Open { name, attributes } }
    }

    /// Where the tag ends: at the first `>` outside quoted values.
    fn attributes_end(&self, from: usize) -> usize {
        let mut at = from;
        loop {
            let rest = self.rest(at);
            let Some(found) = memchr3(b'>', b'"', b'\'', rest) else { return self.bytes.len() };
            let byte = rest.get(found).copied().unwrap_or(b'>');
            if byte == b'>' {
                return at + found;
            }
            // A quote opens a value only after `=`; elsewhere it is a stray character.
            let before = self.bytes.get(from..at + found).unwrap_or_default().trim_ascii_end();
            at += found + 1;
            if before.last() == Some(&b'=') {
                match memchr(byte, self.rest(at)) {
                    Some(close) => at += close + 1,
                    // A value that never closes: the tag ends at its first `>`, or the page would be swallowed.
                    None => return memchr(b'>', self.rest(at)).map_or(self.bytes.len(), |end| at + end),
                }
            }
        }
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        loop {
            let start = self.at;
            let rest = self.bytes.get(start..).filter(|rest| !rest.is_empty())?;
            let mut open = memchr(b'<', rest);
            // A `<` that begins no markup is text.
            while let Some(found) = open {
                let after = rest.get(found + 1).copied().unwrap_or(b' ');
                if after.is_ascii_alphabetic() || matches!(after, b'/' | b'!' | b'?') {
                    break;
                }
                open = memchr(b'<', rest.get(found + 1..).unwrap_or_default()).map(|next| found + 1 + next);
            }
            let found = open.unwrap_or(rest.len());
            if found > 0 {
                self.at = start + found;
                return Some(Token::Text(Span::of(start, self.at)));
            }
            match rest.get(1..).unwrap_or_default() {
                [b'/', letter, ..] if letter.is_ascii_alphabetic() => return Some(self.tag(start)),
                [b'!', b'-', b'-', ..] => self.comment(start),
                [b'!', b'[', b'C', b'D', b'A', b'T', b'A', b'[', inner @ ..] => {
                    let end = memmem::find(inner, b"]]>").unwrap_or(inner.len());
                    self.at = (start + 9 + end + 3).min(self.bytes.len());
                    return Some(Token::Cdata(Span::of(start + 9, start + 9 + end)));
                }
                [b'!' | b'?' | b'/', ..] => self.past(start),
                _ => return Some(self.tag(start)),
            }
        }
    }
}

/// Most attributes of one element that are read.
const ATTRIBUTES_MAX: usize = 64;

/// Gives the attributes of a tag, which are a span of the page: names and values as written.
pub(super) fn attributes(html: &[u8], written: Span) -> impl Iterator<Item = (Span, Span)> {
    let bytes = html.get(..written.end as usize).unwrap_or_default();
    let mut at = written.start as usize;
    std::iter::from_fn(move || {
        let start = find(bytes, at, &NAME_START);
        if start >= bytes.len() {
            return None;
        }
        // `=x` alone: the sign is part of the name by the standard; it is of no use, so it is passed over.
        let end = find(bytes, start, &NAME_END).max(start + 1);
        let name = Span::of(start, end);
        let sign = find(bytes, end, &NO_BLANK);
        if bytes.get(sign) != Some(&b'=') {
            at = end;
            return Some((name, Span::default()));
        }
        let start = find(bytes, sign + 1, &NO_BLANK);
        if let Some(&quote @ (b'"' | b'\'')) = bytes.get(start) {
            let inner = bytes.get(start + 1..).unwrap_or_default();
            let end = memchr(quote, inner).map_or(bytes.len(), |end| start + 1 + end);
            at = end + 1;
            return Some((name, Span::of(start + 1, end)));
        }
        at = find(bytes, start, &VALUE_END);
        Some((name, Span::of(start, at)))
    })
    .take(ATTRIBUTES_MAX)
}

/// For each byte whether it is of a kind.
type Kind = [bool; 256];

static NO_BLANK: Kind = none_of(b" \t\n\r\x0c");
static TAG_NAME_END: Kind = any_of(b" \t\n\r\x0c>/");
static NAME_START: Kind = none_of(b" \t\n\r\x0c/\"'");
static NAME_END: Kind = any_of(b" \t\n\r\x0c=/");
static VALUE_END: Kind = any_of(b" \t\n\r");

const fn any_of(bytes: &[u8]) -> Kind {
    let mut kind = [false; 256];
    let mut rest = bytes;
    while let [byte, after @ ..] = rest {
        kind[*byte as usize] = true;
        rest = after;
    }
    kind
}

const fn none_of(bytes: &[u8]) -> Kind {
    let mut kind = any_of(bytes);
    let mut at = 0;
    while at < kind.len() {
        kind[at] = !kind[at];
        at += 1;
    }
    kind
}

/// Where the first byte of a kind stands, from a place on; the end where there is none.
fn find(bytes: &[u8], from: usize, kind: &Kind) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    rest.iter().position(|byte| kind[usize::from(*byte)]).map_or(bytes.len().max(from), |found| from + found)
}
