//! Builds the tree: a small part of the HTML standard's tree construction (section 13.2.6), enough for the markup that
//! publishers write, with every search up the stack bounded by the stack's own bound.

use super::tag::Tag;
use super::tokenize::{Token, Tokens, attributes};
use super::{Attribute, DEPTH_MAX, Dom, Kind, NODES_MAX, NONE, Node, NodeId, Span};
use crate::engine::page::entities;

/// Most attributes of one element that are kept.
const ATTRIBUTES_MAX: usize = 64;
/// Longest name of an element, in bytes.
const NAME_MAX_BYTES: usize = 32;

/// Parses a page. Never fails: what is no markup is text.
pub fn parse(html: &str) -> Dom {
    // Offsets are 32 bits; no body that large is ever fetched.
    let html = if html.len() < u32::MAX as usize / 2 { html } else { "" };
    let mut builder = Builder::new(html.len());
    let mut tokens = Tokens::new(html);
    while let Some(token) = tokens.next() {
        if builder.dom.nodes.len() >= NODES_MAX {
            builder.dom.cut = true;
            break;
        }
        match token {
            Token::Text(text) => builder.text(text),
            Token::Cdata(text) => builder.plain(text),
            Token::Close(name) => builder.close(tag_of(name)),
            Token::Open { name, attributes, self_closing } => {
                let tag = tag_of(name);
                let id = builder.open(tag, attributes, self_closing);
                if tag.is_raw_text() {
                    let text = tokens.raw_text(name);
                    builder.raw(id, tag, text);
                }
            }
        }
    }
    builder.dom
}

fn tag_of(name: &str) -> Tag {
    let bytes = name.as_bytes();
    let mut lower = [0_u8; NAME_MAX_BYTES];
    let Some(into) = lower.get_mut(..bytes.len()) else { return Tag::Other };
    into.copy_from_slice(bytes);
    into.make_ascii_lowercase();
    Tag::of(into)
}

struct Builder {
    dom: Dom,
    stack: Vec<(NodeId, Tag)>,
}

impl Builder {
    fn new(bytes: usize) -> Self {
        let root = Node {
            parent: Dom::ROOT,
            first_child: NONE,
            last_child: NONE,
            next: NONE,
            kind: Kind::Element { tag: Tag::Other, attributes: Span::default() },
        };
        let mut nodes = Vec::with_capacity(bytes / 24 + 1);
        nodes.push(root);
        let dom =
            Dom { nodes, attributes: Vec::with_capacity(bytes / 48), text: String::with_capacity(bytes), cut: false };
        Self { dom, stack: Vec::with_capacity(64) }
    }

    fn top(&self) -> NodeId {
        self.stack.last().map_or(Dom::ROOT, |(id, _)| *id)
    }

    fn append(&mut self, kind: Kind) -> NodeId {
        let parent = self.top();
        // OK because the parser stops at NODES_MAX.
        let id = u32::try_from(self.dom.nodes.len()).unwrap_or(NONE);
        self.dom.nodes.push(Node { parent, first_child: NONE, last_child: NONE, next: NONE, kind });
        let last = match self.dom.nodes.get_mut(parent as usize) {
            Some(node) => {
                if node.first_child == NONE {
                    node.first_child = id;
                }
                std::mem::replace(&mut node.last_child, id)
            }
            None => NONE,
        };
        if let Some(last) = self.dom.nodes.get_mut(last as usize) {
            last.next = id;
        }
        id
    }

    fn keep(&mut self, text: &str) -> Span {
        let start = self.dom.text.len();
        entities::decode_into(text, &mut self.dom.text);
        span(start, self.dom.text.len())
    }

    fn text(&mut self, text: &str) {
        let span = self.keep(text);
        self.append(Kind::Text(span));
    }

    fn plain(&mut self, text: &str) {
        let start = self.dom.text.len();
        self.dom.text.push_str(text);
        let span = span(start, self.dom.text.len());
        self.append(Kind::Text(span));
    }

    fn raw(&mut self, id: NodeId, tag: Tag, text: &str) {
        // Scripts are read only where they hold data; style sheets never.
        let wanted = match tag {
            Tag::Script => self.dom.attribute(id, "type").is_some_and(|kind| kind.contains("json")) || is_state(text),
            Tag::Title | Tag::Textarea => true,
            _ => false,
        };
        if wanted {
            if tag == Tag::Script { self.plain(text) } else { self.text(text) }
        }
        self.stack.pop();
    }

    fn open(&mut self, tag: Tag, written: &str, self_closing: bool) -> NodeId {
        self.close_implied(tag);
        let start = self.dom.attributes.len();
        for (name, value) in attributes(written).take(ATTRIBUTES_MAX) {
            let at = self.dom.text.len();
            self.dom.text.extend(name.chars().map(|c| c.to_ascii_lowercase()));
            let name = span(at, self.dom.text.len());
            let value = self.keep(value);
            self.dom.attributes.push(Attribute { name, value });
        }
        let attributes = span(start, self.dom.attributes.len());
        let id = self.append(Kind::Element { tag, attributes });
        let foreign =
            self_closing && self.stack.iter().rev().take(8).any(|(_, open)| matches!(open, Tag::Svg | Tag::Math));
        let closed = tag.is_void() || foreign || (self_closing && matches!(tag, Tag::Path | Tag::Svg));
        // Deeper than the bound, an element is kept as a leaf and what follows stands beside it.
        if !closed && (self.stack.len() < DEPTH_MAX || tag.is_raw_text()) {
            self.stack.push((id, tag));
        }
        id
    }

    /// Pops down to and with the nearest open `wanted`, unless one of `fences` stands before it.
    fn pop_to(&mut self, wanted: impl Fn(Tag) -> bool, fences: impl Fn(Tag) -> bool) {
        let found = self.stack.iter().rev().position(|(_, tag)| wanted(*tag));
        let fence = self.stack.iter().rev().position(|(_, tag)| fences(*tag));
        if let Some(found) = found
            && fence.is_none_or(|fence| found <= fence)
        {
            self.stack.truncate(self.stack.len() - found - 1);
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
            self.append(Kind::Element { tag: Tag::Br, attributes: Span::default() });
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

/// The state that frameworks write into a script.
fn is_state(text: &str) -> bool {
    let text = text.trim_start();
    let head = text.as_bytes().get(..STATE_HEAD_BYTES).unwrap_or(text.as_bytes());
    [
        &b"_STATE__"[..],
        b"__NEXT_DATA__",
        b"__NUXT__",
        b"Fusion.globalContent",
        b"__PRELOADED_",
        b"__INITIAL_",
        b"__DATA__",
        b"__next_f",
        b"__remixContext",
        b"__staticRouterHydrationData",
    ]
    .iter()
    .any(|name| memchr::memmem::find(head, name).is_some())
}

fn span(start: usize, end: usize) -> Span {
    // OK because `parse` refuses pages whose text could pass 32 bits.
    Span { start: u32::try_from(start).unwrap_or(0), end: u32::try_from(end).unwrap_or(0) }
}
