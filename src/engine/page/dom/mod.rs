//! A page as a tree, made by a parser of our own: bounded in depth, nodes and time whatever the markup, without recursion.
//! The peers' parsers take more than 40 s for a megabyte of nested elements (measured); this one is linear.
//!
//! Nodes lie in document order in one arena, so a parent's index is always smaller than its children's: one pass forward
//! hands facts down the tree, one pass backward sums them up.

mod parse;
mod tag;
mod tokenize;

use super::entities;

pub use parse::parse;
pub use tag::{Name, Tag};

/// A node's place in the arena.
pub type NodeId = u32;

/// What stands for "no node".
const NONE: NodeId = u32::MAX;

/// Most nodes that are kept; the largest news pages hold some 20,000.
pub const NODES_MAX: usize = 400_000;
/// Deepest nesting that is kept; deeper elements become siblings at this depth. News pages reach 60.
pub const DEPTH_MAX: usize = 256;

/// A piece of the arena's text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Span {
    start: u32,
    end: u32,
}

impl Span {
    fn of(start: usize, end: usize) -> Self {
        // OK because `parse` refuses pages whose text could pass 32 bits.
        Self { start: u32::try_from(start).unwrap_or(0), end: u32::try_from(end).unwrap_or(0) }
    }
}

#[derive(Debug, Clone, Copy)]
struct Node {
    parent: NodeId,
    /// The first node after this one and all that is below it.
    end: NodeId,
    /// A text, or an element's attributes as the page has them.
    written: Span,
    /// The places of an element's attributes in the list of those that are known by name.
    attributes: Span,
}

/// One attribute, its value with entities resolved.
#[derive(Debug, Clone, Copy)]
struct Attribute {
    name: Name,
    value: Span,
}

/// A parsed page.
#[derive(Debug)]
pub struct Dom<'a> {
    /// Each node's tag, none for text: asked for more often than all else, so they lie side by side.
    tags: Vec<Option<Tag>>,
    nodes: Vec<Node>,
    attributes: Vec<Attribute>,
    html: &'a str,
    /// Texts whose entities are resolved. A span that begins behind the page is one of these.
    resolved: String,
    cut: bool,
}

impl Dom<'_> {
    /// The root, above `html`.
    pub const ROOT: NodeId = 0;

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is nothing but the root.
    pub fn is_empty(&self) -> bool {
        self.nodes.len() <= 1
    }

    /// Whether the page was cut at [`NODES_MAX`].
    pub fn was_cut(&self) -> bool {
        self.cut
    }

    /// All nodes in document order, the root first.
    pub fn ids(&self) -> std::ops::Range<NodeId> {
        // OK because NODES_MAX fits: the parser stops there.
        0..u32::try_from(self.nodes.len()).unwrap_or(NONE)
    }

    fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id as usize)
    }

    fn slice(&self, span: Span) -> &str {
        let (start, end) = (span.start as usize, span.end as usize);
        let found = match start.checked_sub(self.html.len()) {
            Some(behind) => self.resolved.get(behind..end - self.html.len()),
            None => self.html.get(start..end),
        };
        found.unwrap_or_default()
    }

    /// The parent; the root is its own.
    pub fn parent(&self, id: NodeId) -> NodeId {
        self.node(id).map_or(Self::ROOT, |node| node.parent)
    }

    /// The node and its ancestors, up to the root.
    pub fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let mut next = Some(id);
        std::iter::from_fn(move || {
            let at = next?;
            next = (at != Self::ROOT).then(|| self.parent(at));
            Some(at)
        })
    }

    /// The children in order.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let subtree = self.subtree(id);
        let mut next = subtree.start + 1;
        std::iter::from_fn(move || {
            let at = next;
            next = self.after(at);
            (at < subtree.end).then_some(at)
        })
    }

    /// The first node after `id` and all that is below it, in document order.
    pub fn after(&self, id: NodeId) -> NodeId {
        self.node(id).map_or(NONE, |node| node.end)
    }

    /// `id` and everything below it, in document order.
    pub fn subtree(&self, id: NodeId) -> std::ops::Range<NodeId> {
        id..self.after(id)
    }

    /// The element's tag; `None` for text.
    pub fn tag(&self, id: NodeId) -> Option<Tag> {
        self.tags.get(id as usize).copied().flatten()
    }

    /// The text of a text node.
    pub fn text(&self, id: NodeId) -> Option<&str> {
        let node = self.node(id).filter(|_| self.tag(id).is_none())?;
        Some(self.slice(node.written))
    }

    fn attributes_of(&self, id: NodeId) -> &[Attribute] {
        let Span { start, end } = self.node(id).map_or(Span::default(), |node| node.attributes);
        self.attributes.get(start as usize..end as usize).unwrap_or_default()
    }

    /// The element's attributes that are known by name, in order.
    pub fn attributes(&self, id: NodeId) -> impl Iterator<Item = (Name, &str)> {
        self.attributes_of(id).iter().map(|attribute| (attribute.name, self.slice(attribute.value)))
    }

    /// All of the element's attributes in order, names in lower case and values with entities resolved.
    pub fn all_attributes(&self, id: NodeId) -> impl Iterator<Item = (String, String)> {
        let node = self.node(id).filter(|_| self.tag(id).is_some());
        tokenize::attributes(self.html.as_bytes(), node.map_or(Span::default(), |node| node.written))
            .map(|(name, value)| (self.slice(name).to_ascii_lowercase(), entities::decode(self.slice(value))))
    }

    /// The first attribute of that name.
    pub fn attribute(&self, id: NodeId, name: Name) -> Option<&str> {
        let found = self.attributes_of(id).iter().find(|attribute| attribute.name == name)?;
        Some(self.slice(found.value))
    }

    /// All text below a node, with a line end where a block begins or ends, or a line breaks.
    pub fn text_content(&self, id: NodeId) -> String {
        let mut out = String::new();
        // Where the blocks end that are open.
        let mut ends: Vec<NodeId> = Vec::new();
        for at in self.subtree(id) {
            while ends.last().is_some_and(|end| at >= *end) {
                ends.pop();
                out.push('\n');
            }
            match (self.text(at), self.tag(at)) {
                (Some(text), _) => out.push_str(text),
                (None, Some(Tag::Br)) => out.push('\n'),
                (None, Some(tag)) if tag.is_block() && at != id => {
                    out.push('\n');
                    ends.push(self.after(at));
                }
                _ => {}
            }
        }
        out
    }
}
