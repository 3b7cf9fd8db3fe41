//! Builds the tree: a small part of the HTML standard's tree construction (section 13.2.6), enough for the markup that
//! publishers write, with every search up the stack bounded by the stack's own bound.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use memchr::memchr;

use super::tag::{Name, Tag};
use super::tokenize::{Token, Tokens, attributes};
use super::{Attribute, DEPTH_MAX, Dom, NODES_MAX, NONE, Node, NodeId, Span};
use crate::engine::page::entities;
use crate::engine::page::lexicon::Word;
use crate::engine::page::pattern::any_of;
use crate::engine::text::fold::is_dropped;

/// Parses a page. Never fails: what is no markup is text.
pub fn parse(html: &str) -> Dom<'_> {
    // Offsets are 32 bits; no body that large is ever fetched.
    let html = if html.len() < u32::MAX as usize / 4 { html } else { "" };
    let mut builder = Builder::new(html);
    let mut tokens = Tokens::new(html);
    while let Some(token) = tokens.next() {
        if builder.dom.nodes.len() >= NODES_MAX {
            builder.dom.cut = true;
            break;
        }
        match token {
            Token::Text(text) => builder.text(text),
            Token::Cdata(text) => {
                builder.append(None, text, Span::default());
            }
            Token::Close(name) => builder.close(builder.tag_of(name)),
            Token::Open { name, attributes } => {
                let tag = builder.tag_of(name);
                let (id, is_open) = builder.open(tag, attributes);
                if tag.is_raw_text() && is_open {
                    let text = tokens.raw_text(name);
                    builder.raw(id, tag, text);
                }
            }
        }
    }
    builder.finish()
}

struct Builder<'a> {
    dom: Dom<'a>,
    stack: Vec<(NodeId, Tag)>,
}

impl<'a> Builder<'a> {
    fn new(html: &'a str) -> Self {
        let bytes = html.len();
        let dom = Dom {
            tags: Vec::with_capacity(bytes / 24 + 1),
            nodes: Vec::with_capacity(bytes / 24 + 1),
            attributes: Vec::with_capacity(bytes / 48),
            html,
            resolved: String::new(),
            cut: false,
        };
        let mut builder = Self { dom, stack: Vec::with_capacity(64) };
        builder.append(Some(Tag::Other), Span::default(), Span::default());
        builder
    }

    fn finish(mut self) -> Dom<'a> {
        self.pop(self.stack.len());
        let end = self.next_id();
        if let Some(root) = self.dom.nodes.first_mut() {
            root.end = end;
        }
        self.dom
    }

    fn written(&self, span: Span) -> &'a str {
        // All cuts are made at ASCII bytes, so they never fall inside a character.
        self.dom.html.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    fn bytes(&self, span: Span) -> &'a [u8] {
        self.dom.html.as_bytes().get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    fn tag_of(&self, name: Span) -> Tag {
        Tag::of(self.word(name))
    }

    fn word(&self, name: Span) -> Word {
        Word::within(self.dom.html.as_bytes(), name.start as usize..name.end as usize)
    }

    fn top(&self) -> NodeId {
        self.stack.last().map_or(Dom::ROOT, |(id, _)| *id)
    }

    fn next_id(&self) -> NodeId {
        // OK because the parser stops at NODES_MAX.
        u32::try_from(self.dom.nodes.len()).unwrap_or(NONE)
    }

    fn append(&mut self, tag: Option<Tag>, written: Span, attributes: Span) -> NodeId {
        let id = self.next_id();
        self.dom.tags.push(tag);
        self.dom.nodes.push(Node { parent: self.top(), end: id + 1, written, attributes });
        id
    }

    /// Leaves so many of the innermost open elements.
    fn pop(&mut self, count: usize) {
        let end = self.next_id();
        for (id, _) in self.stack.drain(self.stack.len().saturating_sub(count)..) {
            if let Some(node) = self.dom.nodes.get_mut(id as usize) {
                node.end = end;
            }
        }
    }

    /// A text with its entities resolved.
    fn resolved(&mut self, written: Span) -> Span {
        if memchr(b'&', self.bytes(written)).is_none() {
            return written;
        }
        let start = self.dom.resolved.len();
        entities::decode_into(self.written(written), &mut self.dom.resolved);
        self.behind(start)
    }

    /// What was written behind the page from `start` on.
    fn behind(&self, start: usize) -> Span {
        Span::of(self.dom.html.len() + start, self.dom.html.len() + self.dom.resolved.len())
    }

    /// A text without what shows nothing: a soft hyphen inside a word must not hide it from any rule.
    fn shown(&mut self, text: Span) -> Span {
        let whole = self.dom.slice(text);
        if whole.is_ascii() || !whole.contains(is_dropped) {
            return text;
        }
        let shown: String = whole.chars().filter(|c| !is_dropped(*c)).collect();
        let start = self.dom.resolved.len();
        self.dom.resolved.push_str(&shown);
        self.behind(start)
    }

    fn text(&mut self, written: Span) {
        let text = self.resolved(written);
        let text = self.shown(text);
        self.append(None, text, Span::default());
    }

    fn raw(&mut self, id: NodeId, tag: Tag, text: Span) {
        // Scripts are read only where they hold data; style sheets never.
        match tag {
            Tag::Script => {
                let is_json = self.dom.attribute(id, Name::Type).is_some_and(|kind| kind.contains("json"));
                if is_json || is_state(self.written(text)) {
                    self.append(None, text, Span::default());
                }
            }
            Tag::Title | Tag::Textarea => self.text(text),
            _ => {}
        }
        self.pop(1);
    }

    /// Adds an element; says whether it is open then: in drawings, `<title/>` is closed by itself.
    fn open(&mut self, tag: Tag, written: Span) -> (NodeId, bool) {
        self.close_implied(tag);
        let start = self.dom.attributes.len();
        for (name, value) in attributes(self.dom.html.as_bytes(), written) {
            let name = Name::of(self.word(name));
            if name != Name::Other {
                let value = self.resolved(value);
                self.dom.attributes.push(Attribute { name, value });
            }
        }
        let attributes = Span::of(start, self.dom.attributes.len());
        let id = self.append(Some(tag), written, attributes);
        let self_closing = self.bytes(written).last() == Some(&b'/');
        let foreign =
            self_closing && self.stack.iter().rev().take(8).any(|(_, open)| matches!(open, Tag::Svg | Tag::Math));
        let closed = tag.is_void() || foreign || (self_closing && matches!(tag, Tag::Path | Tag::Svg));
        // Deeper than the bound, an element is kept as a leaf and what follows stands beside it.
        let is_open = !closed && (self.stack.len() < DEPTH_MAX || tag.is_raw_text());
        if is_open {
            self.stack.push((id, tag));
        }
        (id, is_open)
    }

    /// Pops down to and with the nearest open `wanted`, unless one of `fences` stands before it.
    fn pop_to(&mut self, wanted: impl Fn(Tag) -> bool, fences: impl Fn(Tag) -> bool) {
        let nearest = self.stack.iter().rev().position(|(_, tag)| wanted(*tag) || fences(*tag));
        if let Some(above) = nearest
            && self.stack.iter().rev().nth(above).is_some_and(|(_, tag)| wanted(*tag))
        {
            self.pop(above + 1);
        }
    }

    fn close_implied(&mut self, tag: Tag) {
        let cell = |tag| matches!(tag, Tag::Td | Tag::Th | Tag::Table | Tag::Caption | Tag::Button | Tag::Object);
        match tag {
            Tag::Body => self.pop_to(|open| open == Tag::Head, |open| open == Tag::Body),
            Tag::Li => {
                self.pop_to(|open| open == Tag::Li, |open| matches!(open, Tag::Ul | Tag::Ol | Tag::Menu) || cell(open));
            }
            Tag::Dt | Tag::Dd => {
                self.pop_to(|open| matches!(open, Tag::Dt | Tag::Dd), |open| open == Tag::Dl || cell(open));
            }
            Tag::Option => self.pop_to(|open| open == Tag::Option, |open| open == Tag::Select),
            Tag::Tr => self.pop_to(|open| open == Tag::Tr, |open| open == Tag::Table),
            Tag::Td | Tag::Th => {
                self.pop_to(|open| matches!(open, Tag::Td | Tag::Th), |open| matches!(open, Tag::Tr | Tag::Table));
            }
            Tag::Tbody | Tag::Thead | Tag::Tfoot => {
                self.pop_to(|open| matches!(open, Tag::Tbody | Tag::Thead | Tag::Tfoot), |open| open == Tag::Table);
            }
            _ => {}
        }
        if tag.is_block() {
            self.pop_to(|open| open == Tag::P, cell);
        }
    }

    fn close(&mut self, tag: Tag) {
        if tag == Tag::Br {
            self.append(Some(Tag::Br), Span::default(), Span::default());
            return;
        }
        if tag == Tag::Other || tag.is_void() {
            // An unknown element's end tag closes the nearest unknown element, and never a block above it.
            return self.pop_to(|open| open == Tag::Other && tag == Tag::Other, Tag::is_block);
        }
        let table_part = matches!(tag, Tag::Table | Tag::Tbody | Tag::Thead | Tag::Tfoot | Tag::Tr | Tag::Td | Tag::Th);
        if tag.is_block() {
            let heading = tag.is_heading();
            // `</h2>` closes an open h3, as the standard has it; no end tag reaches out of a table's cell.
            self.pop_to(
                |open| open == tag || (heading && open.is_heading()),
                |open| !table_part && matches!(open, Tag::Td | Tag::Th | Tag::Table | Tag::Caption),
            );
        } else {
            self.pop_to(|open| open == tag, Tag::is_block);
        }
    }
}

/// Bytes at a script's head in which the name of a framework's state stands.
const STATE_HEAD_BYTES: usize = 600;

/// What frameworks call the state that they write into a script.
static STATES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    any_of([
        "_STATE__",
        "__NEXT_DATA__",
        "__NUXT__",
        "Fusion.globalContent",
        "__PRELOADED_",
        "__INITIAL_",
        "__DATA__",
        "__next_f",
        "__remixContext",
        "__staticRouterHydrationData",
    ])
});

fn is_state(text: &str) -> bool {
    let text = text.trim_start().as_bytes();
    STATES.is_match(text.get(..STATE_HEAD_BYTES).unwrap_or(text))
}
