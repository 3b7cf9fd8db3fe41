//! Text constructs: titles, summaries and contents, whose text is plain, HTML written as text, or markup outright.

use base64::Engine as _;

use super::names::Element;
use crate::engine::markup::{Scanner, Tag, Token, named, plain_text, unescape_into};

/// Longest text of one element, in bytes; what is longer is cut.
pub(super) const FIELD_MAX_BYTES: usize = 4 << 20;

/// Longest title and name, in bytes.
pub(super) const LINE_MAX_BYTES: usize = 4096;

/// What a text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    Html,
    /// Markup as part of the document.
    Xhtml,
    /// Neither text nor markup: an image, say.
    Foreign,
}

/// A text construct, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) kind: Kind,
    pub(super) value: String,
}

impl Text {
    /// The text on one line without markup.
    pub(super) fn into_line(self) -> Option<String> {
        let line = match self.kind {
            Kind::Plain if self.value.contains(['\n', '\r', '\t']) => {
                self.value.split_whitespace().collect::<Vec<_>>().join(" ")
            }
            Kind::Plain => self.value,
            Kind::Html | Kind::Xhtml => plain_text(&self.value),
            Kind::Foreign => return None,
        };
        let line = shortened(line, LINE_MAX_BYTES);
        (!line.is_empty()).then_some(line)
    }
}

/// A text construct while it is read: what stands between its tags is text, whatever it looks like.
#[derive(Debug)]
pub(super) struct Capture<'a> {
    pub(super) name: &'a str,
    pub(super) element: Element,
    kind: Kind,
    declared: Declared,
    out: String,
    /// Open elements inside that have this element's own name.
    same_name: u32,
}

/// What the element's own attributes say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Declared {
    base64: bool,
    xhtml: bool,
    typed: bool,
}

impl<'a> Capture<'a> {
    pub(super) fn new(tag: &Tag<'a>, element: Element) -> Self {
        let stated = tag.attribute("type").map(|text| text.trim().to_ascii_lowercase());
        let mode = tag.attribute("mode").map(|text| text.trim().to_ascii_lowercase()).unwrap_or_default();
        let kind = match stated.as_deref().map(|text| text.split(';').next().unwrap_or_default().trim()) {
            Some("html" | "text/html") => Kind::Html,
            Some("xhtml" | "application/xhtml+xml") => Kind::Xhtml,
            Some(xml) if xml.ends_with("/xml") || xml.ends_with("+xml") => Kind::Xhtml,
            Some("" | "text" | "plain") | None => default_kind(element),
            Some(text) if text.starts_with("text/") || !text.contains('/') => Kind::Plain,
            Some(_) => Kind::Foreign,
        };
        // `type="text"` of Atom 1.0 is plain even where an RSS element of that name would be HTML.
        let kind = if matches!(stated.as_deref(), Some("text" | "plain")) { Kind::Plain } else { kind };
        let declared = Declared {
            base64: mode == "base64" || kind == Kind::Foreign,
            xhtml: kind == Kind::Xhtml,
            typed: stated.is_some(),
        };
        Self { name: tag.name, element, kind, declared, out: String::new(), same_name: 0 }
    }

    fn room(&self) -> bool {
        self.out.len() < FIELD_MAX_BYTES
    }

    pub(super) fn text(&mut self, text: &str) {
        if !self.room() {
            return;
        }
        if self.kind == Kind::Xhtml {
            let mut plain = String::with_capacity(text.len());
            unescape_into(text, &mut plain);
            escape_into(&plain, &mut self.out);
        } else {
            unescape_into(text, &mut self.out);
        }
    }

    pub(super) fn cdata(&mut self, text: &str) {
        if !self.room() {
            return;
        }
        if self.kind == Kind::Xhtml { escape_into(text, &mut self.out) } else { self.out.push_str(text) }
    }

    /// A tag inside. Where the text was said not to be markup, it is markup all the same; a lone wrapping `<div>` is
    /// dropped (blog hosts write it around escaped text).
    pub(super) fn start(&mut self, tag: &Tag<'_>) {
        if tag.name.eq_ignore_ascii_case(self.name) && !tag.empty {
            self.same_name += 1;
        }
        let local = local_name(tag.name);
        if self.kind != Kind::Xhtml {
            if local.eq_ignore_ascii_case("div") {
                return;
            }
            self.kind = Kind::Xhtml;
        }
        if !self.room() {
            return;
        }
        self.out.push('<');
        self.out.push_str(local);
        for (name, value) in tag.attributes() {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            self.out.push_str(&value.replace('"', "&quot;"));
            self.out.push('"');
        }
        self.out.push_str(match (tag.empty, is_void(local)) {
            (true, true) => " />",
            (true, false) => "></",
            (false, _) => ">",
        });
        if tag.empty && !is_void(local) {
            self.out.push_str(local);
            self.out.push('>');
        }
    }

    /// A closing tag inside; whether it closes this very element.
    pub(super) fn closes(&mut self, name: &str) -> bool {
        if name.eq_ignore_ascii_case(self.name) {
            let Some(open) = self.same_name.checked_sub(1) else { return true };
            self.same_name = open;
        }
        let local = local_name(name);
        if self.kind != Kind::Xhtml && local.eq_ignore_ascii_case("div") {
            return false;
        }
        self.kind = Kind::Xhtml;
        if self.room() && !is_void(local) {
            self.out.push_str("</");
            self.out.push_str(local);
            self.out.push('>');
        }
        false
    }

    /// Whether nothing was said about what the text is, and nothing in it tells.
    pub(super) fn is_markup(&self) -> bool {
        self.declared.xhtml
    }

    /// The text, once its element is closed. In RSS, what says nothing about itself may be HTML.
    pub(super) fn finish(self, version: &str) -> Text {
        let (mut kind, mut value) = (self.kind, self.out);
        if self.declared.base64
            && let Some(decoded) = from_base64(&value)
        {
            value = decoded;
            kind = Kind::Html;
        }
        let trimmed = value.trim();
        let trimmed = if version == "atom1.0" && kind == Kind::Xhtml { without_wrapper(trimmed) } else { trimmed };
        let mut value = mended(trimmed);
        if kind == Kind::Plain && !version.starts_with("atom") && !self.declared.typed && looks_like_html(&value) {
            kind = Kind::Html;
        }
        value = shortened(value, FIELD_MAX_BYTES);
        Text { kind, value }
    }
}

fn default_kind(element: Element) -> Kind {
    match element {
        Element::Description | Element::ContentEncoded => Kind::Html,
        Element::Body => Kind::Xhtml,
        _ => Kind::Plain,
    }
}

/// A text cut to so many bytes, between characters.
pub(super) fn shortened(mut text: String, bytes: usize) -> String {
    if text.len() > bytes {
        let end = (0..=bytes).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
    }
    text
}

/// A text without the damage that publishing systems do: control characters, windows-1252 punctuation as C1 controls,
/// and UTF-8 that was taken for Latin-1 and encoded again.
pub(super) fn mended(text: &str) -> String {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return text.to_owned();
    }
    let text = twice_encoded(text).unwrap_or_else(|| text.to_owned());
    text.chars()
        .filter_map(|c| match c {
            '\t' | '\n' | '\r' => Some(c),
            '\0'..'\u{20}' | '\u{7f}' | '\u{fffe}' | '\u{ffff}' => None,
            '\u{80}'..'\u{a0}' => crate::engine::markup::unescape(&format!("&#{};", u32::from(c))).chars().next(),
            _ => Some(c),
        })
        .collect()
}

/// The text whose UTF-8 bytes are this text's characters, if they are.
fn twice_encoded(text: &str) -> Option<String> {
    let mut above = false;
    for c in text.chars() {
        if u32::from(c) > 0xff {
            return None;
        }
        above |= !c.is_ascii();
    }
    if !above {
        return None;
    }
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    String::from_utf8(bytes?).ok()
}

fn from_base64(text: &str) -> Option<String> {
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(bare).ok()?;
    String::from_utf8(bytes).ok()
}

/// The inside of the one `<div>` that Atom 1.0 wraps XHTML in.
fn without_wrapper(text: &str) -> &str {
    if !text.starts_with("<div>") && !text.starts_with("<div ") {
        return text;
    }
    let Some(inside) = text.split_once('>').and_then(|(_, rest)| rest.strip_suffix("</div>")) else { return text };
    let mut depth = 0_i64;
    for token in Scanner::new(inside) {
        match token {
            Token::Start(tag) if tag.name == "div" && !tag.empty => depth += 1,
            Token::End("div") => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return text;
        }
    }
    inside.trim()
}

fn escape_into(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            _ => out.push(c),
        }
    }
}

fn local_name(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn is_void(local: &str) -> bool {
    ["br", "hr", "img", "input", "area", "col", "embed", "wbr", "source", "meta", "link", "base", "param"]
        .iter()
        .any(|void| local.eq_ignore_ascii_case(void))
}

/// The elements of HTML that a text may have to be taken for HTML; any other name in angle brackets is just that.
#[rustfmt::skip]
const HTML_ELEMENTS: &[&str] = &[
    "a", "abbr", "acronym", "address", "area", "article", "aside", "audio", "b", "big", "blockquote", "br", "button",
    "caption", "center", "cite", "code", "col", "colgroup", "dd", "del", "dfn", "dir", "div", "dl", "dt", "em", "fieldset",
    "figure", "figcaption", "font", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img",
    "input", "ins", "kbd", "label", "legend", "li", "map", "mark", "menu", "nav", "ol", "optgroup", "option", "p", "pre",
    "q", "s", "samp", "section", "select", "small", "source", "span", "strike", "strong", "sub", "sup", "table", "tbody",
    "td", "textarea", "tfoot", "th", "thead", "time", "tr", "tt", "u", "ul", "var", "video",
];

/// Whether a text that says nothing about itself is HTML: it has a closing tag or a reference, and no tag or reference
/// in it is unknown to HTML.
fn looks_like_html(text: &str) -> bool {
    let mut evidence = false;
    if memchr::memchr2(b'<', b'&', text.as_bytes()).is_none() {
        return false;
    }
    for piece in text.split('<').skip(1) {
        let closing = piece.starts_with('/');
        let name: String =
            piece.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).take(12).collect();
        if name.is_empty() {
            continue;
        }
        if !HTML_ELEMENTS.contains(&name.to_ascii_lowercase().as_str()) {
            return false;
        }
        evidence |= closing;
    }
    for piece in text.split('&').skip(1) {
        let Some((name, _)) = piece.split_once(';') else { continue };
        let bare = name.strip_prefix('#').unwrap_or(name);
        if bare.is_empty() || bare.len() > 31 || !bare.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            continue;
        }
        if bare == name && named(name).is_none() {
            return false;
        }
        evidence = true;
    }
    evidence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_taken_for_html_only_on_evidence() {
        for html in ["<b>x</b>", "a &amp; b", "&#8217;", "<p>x</p> <br>"] {
            assert!(looks_like_html(html), "{html}");
        }
        for plain in ["a < b", "use <b> here", "<foo>x</foo>", "a & b; c", "&unknown;", "Vec<T></T>"] {
            assert!(!looks_like_html(plain), "{plain}");
        }
    }

    #[test]
    fn damage_is_mended() {
        assert_eq!(mended("donâ\u{80}\u{99}t cafÃ©"), "don’t café");
        assert_eq!(mended("don\u{92}t"), "don’t");
        assert_eq!(mended("a\u{1}b\0c\td"), "abc\td");
        assert_eq!(mended("café"), "café");
    }
}
