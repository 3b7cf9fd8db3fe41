//! Cuts XML into tags and text. A stray `<` is text, a tag without its `>` ends at the next `<`, an instruction
//! without its end is one tag long, a comment without its end is none.

use memchr::{memchr, memchr2, memmem};

/// One piece of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// `<name …>` or `<name …/>`.
    Start(Tag<'a>),
    /// `</name>`: the name.
    End(&'a str),
    /// Text with its references as written.
    Text(&'a str),
    /// The inside of a CDATA section.
    CData(&'a str),
}

/// A start tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag<'a> {
    /// As written, with its prefix.
    pub name: &'a str,
    /// Whether it is `<name/>`.
    pub empty: bool,
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    /// Its attributes, in order, values as written.
    pub fn attributes(&self) -> Attributes<'a> {
        Attributes { rest: self.attributes, left: ATTRIBUTES_MAX }
    }

    /// Its attributes as one text, as written.
    pub fn attributes_text(&self) -> &'a str {
        self.attributes
    }

    /// The unescaped value of the attribute of this name, in any case of letters.
    pub fn attribute(&self, name: &str) -> Option<String> {
        self.attributes()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| super::unescape(value).into_owned())
    }
}

/// Most attributes that one tag is read for; no element of a feed has as many.
const ATTRIBUTES_MAX: usize = 64;

/// The attributes of a tag: name and value as written.
#[derive(Debug, Clone)]
pub struct Attributes<'a> {
    rest: &'a str,
    left: usize,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let rest =
            self.rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '=' | '"' | '\''));
        if rest.is_empty() {
            return None;
        }
        let name_end = rest.find(|c: char| c.is_ascii_whitespace() || c == '=').unwrap_or(rest.len());
        let (name, after) = rest.split_at(name_end);
        let Some(value) = after.trim_start().strip_prefix('=') else {
            self.rest = after;
            return Some((name, ""));
        };
        let value = value.trim_start();
        let quoted = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        if let Some(quote) = quoted
            && let Some((inside, after)) = value.get(1..).unwrap_or_default().split_once(quote)
        {
            self.rest = after;
            return Some((name, inside));
        }
        let value = value.trim_start_matches(['"', '\'']);
        let end = value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len());
        let (inside, after) = value.split_at(end);
        self.rest = after;
        Some((name, inside))
    }
}

/// The ends that markup waits for. Once one is known to be missing from the rest of the document it is not looked for
/// again: a million openings of comments would else make reading quadratic.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "six independent facts about one document")]
struct Missing {
    comment: bool,
    instruction: bool,
    subset: bool,
    single_quote: bool,
    double_quote: bool,
    tag: bool,
}

/// Reads tokens off a document.
#[derive(Debug)]
pub struct Scanner<'a> {
    text: &'a str,
    at: usize,
    missing: Missing,
}

impl<'a> Scanner<'a> {
    /// From the beginning of a text.
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0, missing: Missing::default() }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Takes `length` bytes (cut to the document, moved on to the next character).
    fn take(&mut self, length: usize) -> &'a str {
        let mut end = self.at.saturating_add(length).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        let taken = self.text.get(self.at..end).unwrap_or_default();
        self.at = end;
        taken
    }

    fn text_token(&mut self, least: usize) -> Token<'a> {
        let rest = self.rest().as_bytes();
        let end = rest.get(least..).and_then(|tail| memchr(b'<', tail)).map_or(rest.len(), |at| at + least);
        Token::Text(self.take(end))
    }

    fn start_or_end(&mut self) -> Option<Token<'a>> {
        let closing = self.rest().as_bytes().get(1) == Some(&b'/');
        let inside_from = if closing { 2 } else { 1 };
        let Some((length, whole)) = self.tag_length(inside_from) else {
            // The document ends inside this tag. A closing tag is understood all the same.
            let inside = self.rest().get(inside_from..).unwrap_or_default();
            self.at = self.text.len();
            return closing.then(|| Token::End(inside.trim()));
        };
        let inside = self.rest().get(inside_from..length).unwrap_or_default();
        self.take(length + usize::from(whole));
        if closing {
            let end = inside.find(|c: char| c.is_ascii_whitespace()).unwrap_or(inside.len());
            return Some(Token::End(inside.get(..end).unwrap_or_default()));
        }
        let empty = inside.ends_with('/');
        let inside = inside.strip_suffix('/').unwrap_or(inside);
        let end = inside.find(|c: char| c.is_ascii_whitespace() || c == '/').unwrap_or(inside.len());
        let (name, attributes) = inside.split_at(end);
        Some(Token::Start(Tag { name, empty, attributes }))
    }

    /// Where the tag at hand ends: the offset of its `>` and true, or of the `<` that cuts it short and false.
    fn tag_length(&mut self, from: usize) -> Option<(usize, bool)> {
        if self.missing.tag {
            return None;
        }
        let bytes = self.rest().as_bytes();
        let mut at = from;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'>' => return Some((at, true)),
                b'<' => return Some((at, false)),
                quote @ (b'"' | b'\'') if opens_value(bytes, at) => {
                    let missing =
                        if *quote == b'"' { &mut self.missing.double_quote } else { &mut self.missing.single_quote };
                    let end = if *missing { None } else { bytes.get(at + 1..).and_then(|tail| memchr(*quote, tail)) };
                    *missing = end.is_none();
                    at += end.map_or(1, |end| end + 2);
                }
                _ => at += 1,
            }
        }
        // Nothing after this can end a tag either: every byte was looked at.
        self.missing.tag = true;
        None
    }

    fn comment(&mut self) {
        if !self.missing.comment
            && let Some(end) = memmem::find(self.rest().as_bytes(), b"-->")
        {
            self.take(end + 3);
            return;
        }
        // Only the mark itself is passed over: what a forgotten end would hide is worth more than it.
        self.missing.comment = true;
        self.take("<!--".len());
    }

    fn instruction(&mut self) {
        if !self.missing.instruction
            && let Some(end) = memmem::find(self.rest().as_bytes(), b"?>")
        {
            // `<?php if (…): >` has no `?>` of its own: an instruction does not run over the next tag.
            let line = self.rest().get(..end).unwrap_or_default();
            if !line.contains('>') || end < INSTRUCTION_MAX_BYTES {
                self.take(end + 2);
                return;
            }
        } else {
            self.missing.instruction = true;
        }
        self.skip_one_tag();
    }

    /// `<!DOCTYPE …>` with or without an internal subset, which is thrown away unread.
    fn declaration(&mut self) {
        let bytes = self.rest().as_bytes();
        let first = memchr2(b'[', b'>', bytes);
        if let Some(open) = first
            && bytes.get(open) == Some(&b'[')
            && !self.missing.subset
        {
            if let Some(close) = subset_end(bytes.get(open..).unwrap_or_default()) {
                self.take(open + close + 1);
                return;
            }
            self.missing.subset = true;
        }
        self.skip_one_tag();
    }

    fn skip_one_tag(&mut self) {
        match memchr(b'>', self.rest().as_bytes()) {
            Some(end) => {
                self.take(end + 1);
            }
            None => {
                self.at = self.text.len();
            }
        }
    }
}

/// Longest processing instruction: beyond it, a `?>` belongs to something else.
const INSTRUCTION_MAX_BYTES: usize = 4096;

/// The offset of the `>` that ends the declaration whose `[` is the first byte: the first `]` that only blanks part
/// from a `>`.
fn subset_end(bytes: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b']', bytes).find_map(|close| {
        let tail = bytes.get(close + 1..)?;
        // Bounded: a subset ends as `]>` or with a line break between.
        let blanks = tail.iter().take(64).take_while(|byte| byte.is_ascii_whitespace()).count();
        (tail.get(blanks) == Some(&b'>')).then_some(close + 1 + blanks)
    })
}

/// Whether the quote at `at` stands after an equals sign, and so begins a value.
fn opens_value(bytes: &[u8], at: usize) -> bool {
    let before = bytes.get(at.saturating_sub(8)..at).unwrap_or_default();
    before.iter().rev().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'=')
}

impl<'a> Iterator for Scanner<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let bytes = self.rest().as_bytes();
            if bytes.is_empty() {
                return None;
            }
            if bytes.first() != Some(&b'<') {
                return Some(self.text_token(0));
            }
            match bytes.get(1) {
                Some(b'/') if bytes.get(2).is_some_and(|byte| is_name_start(*byte)) => {
                    if let Some(token) = self.start_or_end() {
                        return Some(token);
                    }
                }
                Some(byte) if is_name_start(*byte) => {
                    if let Some(token) = self.start_or_end() {
                        return Some(token);
                    }
                }
                Some(b'!') if bytes.starts_with(b"<!--") => self.comment(),
                Some(b'!') if bytes.starts_with(b"<![CDATA[") => return Some(self.cdata()),
                Some(b'!') if bytes.get(2).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'[') => {
                    self.declaration();
                }
                Some(b'?') => self.instruction(),
                None => {
                    self.at = self.text.len();
                }
                _ => return Some(self.text_token(1)),
            }
        }
    }
}

impl<'a> Scanner<'a> {
    fn cdata(&mut self) -> Token<'a> {
        const OPEN: usize = "<![CDATA[".len();
        let rest = self.rest();
        let Some(end) = memmem::find(rest.as_bytes(), b"]]>") else {
            self.at = self.text.len();
            return Token::CData(rest.get(OPEN..).unwrap_or_default());
        };
        self.take(end + 3);
        Token::CData(rest.get(OPEN..end).unwrap_or_default())
    }
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'_' | b':') || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: &str) {
        let shown = |token: Token<'_>| match token {
            Token::Start(tag) => {
                let attributes: Vec<String> =
                    tag.attributes().map(|(name, value)| format!(" {name}={value}")).collect();
                format!("+{}{}{};", tag.name, attributes.concat(), if tag.empty { "/" } else { "" })
            }
            Token::End(name) => format!("-{name};"),
            Token::Text(text) => format!("t{text};"),
            Token::CData(text) => format!("c{text};"),
        };
        let found: Vec<String> = Scanner::new(text).map(shown).collect();
        let found = found.concat();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn well_formed_markup_is_cut_into_tags_and_text() {
        check("<a b='1' c=\"x>y\">t</a>", "+a b=1 c=x>y;tt;-a;");
        check("<?xml version='1.0'?><!-- <b> --><a/>", "+a/;");
        check("<a><![CDATA[<b>]]></a>", "+a;c<b>;-a;");
        check("<!DOCTYPE a [<!ENTITY x 'y'>\n]><a>&x;</a>", "+a;t&x;;-a;");
    }

    #[test]
    fn malformed_markup_is_read_as_far_as_it_goes() {
        check("a < b", "ta ;t< b;");
        check("<a b=1 c>x", "+a b=1 c=;tx;");
        check("<a <b>x</b", "+a;+b;tx;-b;");
        check("<a><!-- x <b>y", "+a;t x ;+b;ty;");
        check("<a><![CDATA[x", "+a;cx;");
        check("<a b=\"1>x</a>", "+a b=1;tx;-a;");
        check("</ x>", "t</ x>;");
    }

    proptest! {
        #[test]
        fn any_text_is_read_to_its_end(text in "[<>!\\[\\]\\-?/&;='\"a-c é]{0,80}") {
            let mut scanner = Scanner::new(&text);
            prop_assert!(scanner.by_ref().count() <= text.len());
            prop_assert_eq!(scanner.at, text.len());
        }
    }
}
