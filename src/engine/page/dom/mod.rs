//! A page as a tree, made by a parser of our own: bounded in depth, nodes and time whatever the markup, without recursion.
//! The peers' parsers take more than 40 s for a megabyte of nested elements (measured); this one is linear.
//!
//! Nodes lie in document order in one arena, so a parent's index is always smaller than its children's: one pass forward
//! hands facts down the tree, one pass backward sums them up.

mod parse;
mod tag;
mod tokenize;

pub use parse::parse;
pub use tag::Tag;

/// A node's place in the arena.
pub type NodeId = u32;

/// What stands for "no node".
const NONE: NodeId = u32::MAX;

/// Most nodes that are kept; the largest news pages hold some 20,000.
pub const NODES_MAX: usize = 400_000;
/// Deepest nesting that is kept; deeper elements become siblings at this depth. News pages reach 60.
pub const DEPTH_MAX: usize = 256;

/// A piece of the arena's text.
#[derive(Debug, Clone, Copy, Default)]
struct Span {
    start: u32,
    end: u32,
}

/// What a node is.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Element { tag: Tag, attributes: Span },
    Text(Span),
}

#[derive(Debug, Clone, Copy)]
struct Node {
    parent: NodeId,
    first_child: NodeId,
    last_child: NodeId,
    next: NodeId,
    kind: Kind,
}

/// One attribute: its name in lower case and its value with entities resolved.
#[derive(Debug, Clone, Copy)]
struct Attribute {
    name: Span,
    value: Span,
}

/// A parsed page.
#[derive(Debug)]
pub struct Dom {
    nodes: Vec<Node>,
    attributes: Vec<Attribute>,
    text: String,
    cut: bool,
}

impl Dom {
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
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
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
        let mut next = self.node(id).map_or(NONE, |node| node.first_child);
        std::iter::from_fn(move || {
            let at = next;
            next = self.node(at)?.next;
            Some(at)
        })
    }

    /// The first node after `id` and all that is below it, in document order.
    pub fn after(&self, id: NodeId) -> NodeId {
        let mut at = id;
        loop {
            let Some(node) = self.node(at) else { return NONE };
            if node.next != NONE {
                return node.next;
            }
            if at == Self::ROOT {
                return u32::try_from(self.nodes.len()).unwrap_or(NONE);
            }
            at = node.parent;
        }
    }

    /// `id` and everything below it, in document order.
    pub fn subtree(&self, id: NodeId) -> std::ops::Range<NodeId> {
        id..self.after(id)
    }

    /// The element's tag; `None` for text.
    pub fn tag(&self, id: NodeId) -> Option<Tag> {
        match self.node(id)?.kind {
            Kind::Element { tag, .. } => Some(tag),
            Kind::Text(_) => None,
        }
    }

    /// The text of a text node.
    pub fn text(&self, id: NodeId) -> Option<&str> {
        match self.node(id)?.kind {
            Kind::Text(span) => Some(self.slice(span)),
            Kind::Element { .. } => None,
        }
    }

    /// The element's attributes in order.
    pub fn attributes(&self, id: NodeId) -> impl Iterator<Item = (&str, &str)> {
        let span = match self.node(id).map(|node| node.kind) {
            Some(Kind::Element { attributes, .. }) => attributes,
            Some(Kind::Text(_)) | None => Span::default(),
        };
        let attributes = self.attributes.get(span.start as usize..span.end as usize).unwrap_or_default();
        attributes.iter().map(|attribute| (self.slice(attribute.name), self.slice(attribute.value)))
    }

    /// The first attribute of that name.
    pub fn attribute(&self, id: NodeId, name: &str) -> Option<&str> {
        self.attributes(id).find(|(known, _)| *known == name).map(|(_, value)| value)
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
