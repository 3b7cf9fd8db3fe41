//! What binds two places together: a distance, a sentence, a paragraph. Chains are evaluated by it; and where a query cannot
//! hold unless two of its atoms are bound somewhere, a look at their hits turns it away before it is evaluated.

use super::compiled::Node;
use super::document::{Document, WORD};
use super::expr::Link;
use super::hits::Hit;

/// How two places belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bond {
    /// The second begins so many words after the first ends, at most.
    Within(u32),
    /// In one sentence.
    Sentence,
    /// In one paragraph.
    Paragraph,
}

impl Bond {
    /// The bond of a chain's link; the order that BEFORE asks for is not part of it.
    pub(super) fn of(link: Link, gap: Option<u32>) -> Self {
        match link {
            Link::Near | Link::Before => Self::Within(gap.unwrap_or(1)),
            Link::Sentence => Self::Sentence,
            Link::Paragraph => Self::Paragraph,
        }
    }

    /// Whether a place that ends before the token `left_after` and one that begins later, at `right_first`, are bound.
    pub(super) fn binds(self, document: &Document, left_after: u32, right_first: u32) -> bool {
        let token = |index: u32| document.tokens.get(index as usize);
        let (Some(last), Some(first)) = (token(left_after.saturating_sub(1)), token(right_first)) else { return false };
        match self {
            Self::Within(words) => first.at.saturating_sub(last.after) < words.saturating_mul(WORD),
            Self::Sentence => last.sentence == first.sentence,
            Self::Paragraph => last.segment == first.segment,
        }
    }
}

/// Two atoms of a query that must be bound somewhere, or it cannot hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bound<Atom> {
    pub(super) first: Atom,
    pub(super) second: Atom,
    pub(super) bond: Bond,
}

/// The pairs of atoms without whose bond a query cannot hold.
pub(super) fn bounds(node: &Node) -> Vec<Bound<usize>> {
    match node {
        Node::Chain { link, items, gaps } => {
            let pairs = items.windows(2).enumerate().filter_map(|(index, pair)| match pair {
                [Node::Atom(first), Node::Atom(second)] => {
                    let bond = Bond::of(*link, gaps.get(index).copied());
                    Some(Bound { first: *first, second: *second, bond })
                }
                _ => None,
            });
            pairs.chain(items.iter().flat_map(bounds)).collect()
        }
        Node::And(items) => items.iter().flat_map(bounds).collect(),
        Node::AtLeast(_, inner) => bounds(inner),
        Node::Atom(_) | Node::Regex(_) | Node::Of(..) | Node::Not(_) | Node::Or(_) => Vec::new(),
    }
}

/// Whether some hit of one list may be bound to one of the other; `false` is certain. Both lists ascend, and each is walked
/// once: of two hits that are bound, two neighbours between them are.
pub(super) fn may_meet(document: &Document, first: &[Hit], second: &[Hit], bond: Bond) -> bool {
    let (mut a, mut b) = (0, 0);
    while let (Some(x), Some(y)) = (first.get(a), second.get(b)) {
        let (left, right) = if x.first <= y.first { (x, y) } else { (y, x) };
        // What overlaps is left to the evaluation.
        if left.after > right.first || bond.binds(document, left.after, right.first) {
            return true;
        }
        if x.first <= y.first {
            a += 1;
        } else {
            b += 1;
        }
    }
    false
}
