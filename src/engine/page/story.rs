//! The article that the page's headline stands in, where a page has several: its next ones, or longer texts beside its own.

use super::blocks::{self, RawBlock};
use super::container;
use super::dom::{Dom, Name, NodeId, Tag};
use crate::model::article::BlockKind;

/// An article that its headline stands in has so much prose, in characters.
const STORY_MIN_CHARS: u32 = 300;

/// An article with its headline in it.
#[derive(Clone, Copy)]
pub(super) struct Story {
    /// All of it.
    pub(super) element: NodeId,
    headline: NodeId,
}

/// The article that a headline stands in: pages go on to their next articles, each whole, or show longer texts beside their own.
pub(super) fn of(dom: &Dom<'_>, blocks: &[RawBlock], headline: NodeId) -> Option<Story> {
    let is_told = |element: &NodeId| {
        let paragraphs = blocks::within(dom, blocks, *element).iter().filter(|block| container::is_paragraph(block));
        let (count, chars) = paragraphs.fold((0, 0), |(count, chars), block| (count + 1, chars + block.chars));
        count > 1 && chars >= STORY_MIN_CHARS
    };
    let element = dom.ancestors(headline).skip(1).filter(|at| is_story(dom, *at)).find(is_told)?;
    Some(Story { element, headline })
}

/// Whether an element is an article by its tag or its class.
pub(super) fn is_story(dom: &Dom<'_>, id: NodeId) -> bool {
    match dom.tag(id) {
        Some(Tag::Article) => true,
        Some(Tag::Div | Tag::Section) => dom.attribute(id, Name::Class).is_some_and(|class| {
            class.split_ascii_whitespace().any(|name| ["hentry", "post", "article"].contains(&name))
        }),
        _ => false,
    }
}

/// Whether the voted container is beside the article of the page's headline, or holds others like it.
pub(super) fn is_of_another(dom: &Dom<'_>, blocks: &[RawBlock], top: NodeId, story: Story) -> bool {
    if dom.subtree(story.element).contains(&top) {
        return false;
    }
    let all = dom.subtree(top);
    if !all.contains(&story.element) {
        return true;
    }
    let (own, heading) = (container::looks(dom, story.element), dom.tag(story.headline));
    let inside = dom.subtree(story.element);
    if is_followed(dom, blocks, top, story.element) {
        return true;
    }
    all.filter(|id| !inside.contains(id) && is_story(dom, *id) && container::looks(dom, *id) == own).any(|other| {
        !dom.subtree(other).contains(&story.element)
            && dom.subtree(other).any(|id| dom.tag(id) == heading)
            && blocks::within(dom, blocks, other).iter().filter(|block| container::is_paragraph(block)).nth(1).is_some()
    })
}

/// Whether shorter articles follow one, each with a headline: the next ones, or what teases them. The posts of a running report
/// are no such articles.
fn is_followed(dom: &Dom<'_>, blocks: &[RawBlock], top: NodeId, story: NodeId) -> bool {
    let told = |id: NodeId| container::told(blocks::within(dom, blocks, id));
    let is_headed =
        |id: NodeId| blocks::within(dom, blocks, id).first().is_some_and(|block| block.kind == BlockKind::Heading);
    let own = told(story);
    let (mut others, mut at) = (0, dom.after(story));
    while at < dom.after(top) {
        if is_story(dom, at) && is_headed(at) {
            others += told(at);
            at = dom.after(at);
        } else {
            at += 1;
        }
    }
    others > 0 && others < own && !dom.ancestors(story).any(|up| container::is_live(dom, up))
}
