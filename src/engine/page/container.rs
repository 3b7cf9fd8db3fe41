//! Finds the part of the page that holds the article: paragraphs vote for what is above them (the scoring of Arc90's
//! Readability), names such as `articleBody` outvote them where they hold as much, and a body that is split over siblings is
//! taken whole.

use super::blocks::RawBlock;
use super::dom::{Dom, NodeId, Tag};
use super::marks::Marks;

/// A block votes from this length on, in characters.
const VOTE_MIN_CHARS: u32 = 25;
/// How far up a vote reaches.
const VOTE_HEIGHT: usize = 6;
/// A named body is taken where it holds at least this share of the voted container's prose.
const NAMED_SHARE: f64 = 0.6;
/// The parent is taken where it holds so much more prose.
const CLIMB_GAIN: f64 = 1.08;

/// The roots whose blocks are the article's, in document order.
pub(super) fn find(dom: &Dom, marks: &Marks, blocks: &[RawBlock]) -> Option<NodeId> {
    let top = vote(dom, marks, blocks)?;
    let top = climb(dom, marks, blocks, top);
    Some(named(dom, marks, blocks, top).unwrap_or(top))
}

fn is_prose(block: &RawBlock) -> bool {
    block.chars >= VOTE_MIN_CHARS && block.link_density() < 0.5
}

fn vote(dom: &Dom, marks: &Marks, blocks: &[RawBlock]) -> Option<NodeId> {
    let mut scores = vec![0.0_f32; dom.len()];
    for block in blocks.iter().filter(|block| is_prose(block)) {
        let commas = block.text.chars().filter(|c| matches!(c, ',' | '，' | '、' | '،' | '。')).count().min(12);
        let length = (block.chars / 100).min(3);
        let score = 1.0 + f32::from(u8::try_from(commas).unwrap_or(12)) + f32::from(u8::try_from(length).unwrap_or(3));
        let start = if dom.tag(block.element) == Some(Tag::Div) { block.element } else { dom.parent(block.element) };
        for (height, at) in dom.ancestors(start).take(VOTE_HEIGHT).enumerate() {
            let share = match height {
                0 => 1.0,
                1 => 0.5,
                _ => 1.0 / (3.0 * f32::from(u8::try_from(height).unwrap_or(u8::MAX))),
            };
            if let Some(slot) = scores.get_mut(at as usize) {
                *slot += score * share;
            }
        }
    }
    let mut best = None;
    let mut best_score = 0.0;
    for id in dom.ids() {
        let score = scores.get(id as usize).copied().unwrap_or(0.0);
        if score <= 0.0 || dom.tag(id).is_none() {
            continue;
        }
        #[expect(clippy::cast_possible_truncation, reason = "a density is between 0 and 1")]
        let score = score * (1.0 - marks.sums(id).link_density() as f32);
        if score > best_score {
            best = Some(id);
            best_score = score;
        }
    }
    best
}

/// Prose below a node, by the blocks that are not taken out already.
fn prose(dom: &Dom, blocks: &[RawBlock], root: NodeId) -> u32 {
    let range = dom.subtree(root);
    blocks.iter().filter(|block| is_prose(block) && range.contains(&block.element)).map(|block| block.chars).sum()
}

/// Takes the parent while the body goes on beside the container.
fn climb(dom: &Dom, marks: &Marks, blocks: &[RawBlock], top: NodeId) -> NodeId {
    let mut at = top;
    for _ in 0..4 {
        let parent = dom.parent(at);
        if parent == Dom::ROOT || matches!(dom.tag(parent), Some(Tag::Body | Tag::Html)) {
            break;
        }
        let (own, above) = (prose(dom, blocks, at), prose(dom, blocks, parent));
        let gains = f64::from(above) > f64::from(own) * CLIMB_GAIN;
        let clean = marks.sums(parent).link_density() < 0.35;
        if gains && clean && is_continued(dom, blocks, parent, at) {
            at = parent;
        } else if !gains && dom.children(parent).filter(|child| dom.tag(*child).is_some()).count() == 1 {
            at = parent;
        } else {
            break;
        }
    }
    at
}

/// Whether the prose beside `at` looks like more of the same: paragraphs, or blocks with the same element and class.
fn is_continued(dom: &Dom, blocks: &[RawBlock], parent: NodeId, at: NodeId) -> bool {
    let class = |id: NodeId| {
        dom.attribute(id, "class").unwrap_or_default().split_whitespace().next().unwrap_or_default().to_owned()
    };
    let (tag, own_class) = (dom.tag(at), class(at));
    let mut alike = 0;
    let mut other = 0;
    for child in dom.children(parent).filter(|child| *child != at && dom.tag(*child).is_some()) {
        let prose = prose(dom, blocks, child);
        if prose == 0 {
            continue;
        }
        let same = dom.tag(child) == tag && class(child) == own_class;
        let paragraph =
            matches!(dom.tag(child), Some(Tag::P | Tag::Blockquote | Tag::Ul | Tag::Ol | Tag::H2 | Tag::H3));
        if same || paragraph { alike += prose } else { other += prose }
    }
    alike > other
}

/// The element that the publisher names as the body, where it holds about as much as the voted one.
fn named(dom: &Dom, marks: &Marks, blocks: &[RawBlock], top: NodeId) -> Option<NodeId> {
    let wanted = f64::from(prose(dom, blocks, top)) * NAMED_SHARE;
    let mut best: Option<(NodeId, u32)> = None;
    for id in dom.ids().skip(1) {
        if marks.dropped(id).is_some() || !is_named_body(dom, id) {
            continue;
        }
        let held = prose(dom, blocks, id);
        // The deepest of those that hold the most.
        if f64::from(held) >= wanted && best.is_none_or(|(_, most)| held >= most) {
            best = Some((id, held));
        }
    }
    best.map(|(id, _)| id)
}

fn is_named_body(dom: &Dom, id: NodeId) -> bool {
    if dom
        .tag(id)
        .is_none_or(|tag| !matches!(tag, Tag::Div | Tag::Section | Tag::Article | Tag::Main | Tag::Td | Tag::Span))
    {
        return false;
    }
    if dom.attribute(id, "itemprop").is_some_and(|name| name.eq_ignore_ascii_case("articleBody")) {
        return true;
    }
    ["class", "id", "data-testid", "data-component"].iter().any(|name| {
        dom.attribute(id, name).is_some_and(|value| {
            let squeezed: String = value
                .chars()
                .take(300)
                .filter(|c| c.is_ascii_alphanumeric() || c.is_whitespace())
                .map(|c| c.to_ascii_lowercase())
                .collect();
            squeezed.split_whitespace().any(|token| BODY_NAMES.iter().any(|name| token.contains(name)))
        })
    })
}

/// What content systems call the body, without hyphens and underscores.
const BODY_NAMES: [&str; 26] = [
    "articlebody",
    "articlecontent",
    "articletext",
    "storybody",
    "storycontent",
    "storytext",
    "entrycontent",
    "entrybody",
    "postcontent",
    "postbody",
    "posttext",
    "contentbody",
    "bodycontent",
    "bodytext",
    "bodycopy",
    "fulltext",
    "newstext",
    "articlebodytext",
    "maintext",
    "textcontent",
    "wysiwyg",
    "richtext",
    "pagecontent",
    "singlecontent",
    "tdpostcontent",
    "contentarticle",
];
