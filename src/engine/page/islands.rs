//! Blocks that stand apart from an article whose paragraphs stand together. Where nearly all prose is in one element, the trunk,
//! what is beside it or in boxes inside it is mostly not the article: what is said below images, labels, teasers, prompts.
//! Names of classes say so on some sites; where things stand says so on all.

use super::blocks::RawBlock;
use super::dom::{Dom, NodeId, Tag};
use super::marks::{self, Marks};
use crate::model::article::BlockKind;

/// A block is a paragraph from this length on, in characters.
const PARAGRAPH_MIN_CHARS: u32 = 80;
/// A trunk has so many paragraphs, so much prose, and this share of all.
const TRUNK_PARAGRAPHS: usize = 4;
const TRUNK_MIN_CHARS: u32 = 600;
const TRUNK_SHARE: f64 = 0.7;
/// Longest text that is said below an image, in characters.
const CAPTION_MAX_CHARS: u32 = 400;
/// How far up from a caption its image is, and how many nodes are looked at there.
const CAPTION_HEIGHT: usize = 4;
const CAPTION_NODES_MAX: usize = 60;
/// An island is so short, in characters, and has no sentence so long.
const ISLAND_MAX_CHARS: u32 = 250;
const SENTENCE_MIN_CHARS: u32 = 70;
const STANDFIRST_MAX_CHARS: u32 = 100;

/// In a box with an image, a block of so many characters tells something of its own; so many nodes of it are looked at.
const TOLD_MIN_CHARS: u32 = 160;
const SHOWN_NODES_MAX: usize = 200;

/// Why a block is left out that is said below an image.
const CAPTION: &str = "below an image, apart from the text";
/// Why the line between the headline and the text is.
const STANDFIRST: &str = "the standfirst";
/// Why other blocks are.
const APART: &str = "short, apart from the text";

/// Says for each block why it is no part of the text, if the way it stands tells; empty where it tells of none.
/// `headline` is where the page shows it.
pub(super) fn apart(
    dom: &Dom<'_>,
    marks: &Marks,
    blocks: &[RawBlock],
    headline: Option<NodeId>,
) -> Vec<Option<&'static str>> {
    let Some(trunk) = trunk(dom, blocks) else { return Vec::new() };
    let mut out = vec![None; blocks.len()];
    if let Some(at) = headline.and_then(|headline| standfirst(dom, blocks, trunk, headline)) {
        out[at] = Some(STANDFIRST);
    }
    let is_begun = blocks.iter().filter(|block| block.element < trunk && is_paragraph(block)).nth(1).is_some();
    let mut at = 0;
    while let Some(block) = blocks.get(at) {
        let Some(island) = island(dom, trunk, block) else {
            at += 1;
            continue;
        };
        let inside = dom.subtree(island);
        let length =
            blocks.get(at..).unwrap_or_default().iter().take_while(|next| inside.contains(&next.element)).count();
        let end = at + length.max(1);
        let of = blocks.get(at..end).unwrap_or_default();
        // What stands above the text and is no longer than one line is its standfirst, where it stands there alone.
        let least = if island < trunk && !is_begun { STANDFIRST_MAX_CHARS } else { SENTENCE_MIN_CHARS };
        let is_short = is_short(of, least) || is_shown(dom, island, of);
        for (slot, block) in out.iter_mut().skip(at).zip(of) {
            if slot.is_some() {
                continue;
            }
            if is_caption(dom, marks, block) {
                *slot = Some(CAPTION);
            } else if is_short {
                *slot = Some(APART);
            }
        }
        at = end;
    }
    out
}

/// The one paragraph between the headline and the text that stands with the headline and not with the text.
fn standfirst(dom: &Dom<'_>, blocks: &[RawBlock], trunk: NodeId, headline: NodeId) -> Option<usize> {
    let inside = dom.subtree(trunk);
    let above = |block: &RawBlock| block.element > headline && block.element < trunk;
    let mut found = blocks.iter().enumerate().filter(|(_, block)| above(block) && is_paragraph(block));
    let (at, block) = found.next()?;
    let together = dom.ancestors(block.element).find(|up| dom.subtree(*up).contains(&trunk))?;
    let is_alone = found.next().is_none() && block.chars <= marks::STANDFIRST_MAX_CHARS;
    (is_alone && !inside.contains(&block.element) && dom.subtree(together).contains(&headline)).then_some(at)
}

fn is_paragraph(block: &RawBlock) -> bool {
    block.kind == BlockKind::Paragraph && block.chars >= PARAGRAPH_MIN_CHARS && block.link_density() < 0.5
}

/// The element that a block's prose is counted for: that which holds it, or which it is one of several lines of.
fn holder(dom: &Dom<'_>, blocks: &[RawBlock], at: usize) -> Option<NodeId> {
    let element = blocks.get(at)?.element;
    let is_same = |other: Option<&RawBlock>| other.is_some_and(|other| other.element == element);
    let is_line = is_same(at.checked_sub(1).and_then(|before| blocks.get(before))) || is_same(blocks.get(at + 1));
    Some(if is_line { element } else { dom.parent(element) })
}

/// The element that holds nearly all paragraphs, each right below it.
fn trunk(dom: &Dom<'_>, blocks: &[RawBlock]) -> Option<NodeId> {
    let mut held: Vec<(NodeId, usize, u32)> = Vec::new();
    let mut all = 0;
    for (at, block) in blocks.iter().enumerate() {
        if !is_paragraph(block) {
            continue;
        }
        let holder = holder(dom, blocks, at)?;
        all += block.chars;
        let is_full = held.len() >= HOLDERS_MAX;
        match held.iter_mut().find(|(known, ..)| *known == holder) {
            Some((_, count, chars)) => (*count, *chars) = (*count + 1, *chars + block.chars),
            None if is_full => {}
            None => held.push((holder, 1, block.chars)),
        }
    }
    let (trunk, count, chars) = held.into_iter().max_by_key(|(.., chars)| *chars)?;
    let is_trunk =
        count >= TRUNK_PARAGRAPHS && chars >= TRUNK_MIN_CHARS && f64::from(chars) >= f64::from(all) * TRUNK_SHARE;
    is_trunk.then_some(trunk)
}

/// Holders of paragraphs that are told apart: a trunk is among the first.
const HOLDERS_MAX: usize = 64;

/// The box that a block stands in, inside the trunk or beside it; none where it is the trunk's own.
fn island(dom: &Dom<'_>, trunk: NodeId, block: &RawBlock) -> Option<NodeId> {
    if block.element == trunk || dom.parent(block.element) == trunk {
        return None;
    }
    let path = dom.subtree(trunk);
    if path.contains(&block.element) {
        return dom.ancestors(block.element).find(|at| dom.parent(*at) == trunk);
    }
    // Beside the trunk: what has nothing of it.
    dom.ancestors(block.element).take_while(|at| !dom.subtree(*at).contains(&trunk)).last()
}

/// Whether a box holds a few short lines: no list, quote or table, no sentence of at least so many characters, no
/// heading alone.
fn is_short(blocks: &[RawBlock], least: u32) -> bool {
    let is_line = |block: &RawBlock| matches!(block.kind, BlockKind::Paragraph | BlockKind::Heading);
    let says = |block: &RawBlock| {
        block.chars >= least && block.text.ends_with(['.', '!', '?', '”', '"', ':', '。', '！', '？', '।', '؟'])
    };
    let heads = |block: &RawBlock| block.kind == BlockKind::Heading && block.link_density() < 0.5;
    blocks.iter().map(|block| block.chars).sum::<u32>() <= ISLAND_MAX_CHARS
        && blocks.iter().all(is_line)
        && !blocks.iter().any(says)
        && !blocks.iter().all(heads)
}

/// Whether a box shows an image or a film, and says little of it.
fn is_shown(dom: &Dom<'_>, island: NodeId, blocks: &[RawBlock]) -> bool {
    let is_line = |block: &RawBlock| {
        matches!(block.kind, BlockKind::Paragraph | BlockKind::Heading) && block.chars < TOLD_MIN_CHARS
    };
    blocks.iter().map(|block| block.chars).sum::<u32>() <= CAPTION_MAX_CHARS
        && blocks.iter().all(is_line)
        && dom.subtree(island).take(SHOWN_NODES_MAX).any(|id| is_image(dom.tag(id)))
}

/// Whether a block is all that is said in a box with an image.
fn is_caption(dom: &Dom<'_>, marks: &Marks, block: &RawBlock) -> bool {
    if block.chars > CAPTION_MAX_CHARS || !matches!(block.kind, BlockKind::Paragraph | BlockKind::Item) {
        return false;
    }
    let most = block.chars + block.chars.max(120) / 2;
    let own = dom.tag(block.element) == Some(Tag::P);
    dom.ancestors(block.element)
        .skip(usize::from(own))
        .take(CAPTION_HEIGHT)
        .take_while(|at| marks.sums(*at).text <= most)
        .any(|at| dom.subtree(at).take(CAPTION_NODES_MAX).any(|id| is_image(dom.tag(id))))
}

fn is_image(tag: Option<Tag>) -> bool {
    matches!(tag, Some(Tag::Img | Tag::Picture | Tag::Video | Tag::Iframe))
}

#[cfg(test)]
mod tests {
    use crate::engine::page::tests::{read, texts};

    #[test]
    fn what_stands_apart_from_the_text_is_left_out_where_it_says_little() {
        let line = |at: usize| {
            format!(
                "<p>On day {at} the harbour council agreed to rebuild the pier by spring, officials said after a long vote.</p>"
            )
        };
        let told = |from: usize, to: usize| (from..to).map(line).collect::<String>();
        let image = "<img src='/pier.jpg'>";
        for (name, html, expected) in [
            ("a caption", format!("<div class=qa>{image}<div>Delegates leave the hall on Friday night, as the last ferry is called</div></div>"), 8),
            ("a caption deep in a box", format!("<div class=qa><div>{image}</div><div><span>Delegates leave the hall. The last ferry had been called by then.</span></div></div>"), 8),
            ("a film with a title and a text", "<div class=qa><iframe src='/film'></iframe><h3>The pier from above</h3><p>A film of the pier from above, made by the council for its voters.</p></div>".to_owned(), 8),
            ("a teaser", "<div class=qa><h5><a href='/x'>Lamps to be lit again on the quay</a></h5><p>The lamps of the quay are to be lit</p></div>".to_owned(), 8),
            ("a prompt", "<div class=qa><div>The harbour in your hands</div><div>Every morning</div></div>".to_owned(), 8),
            // What says more is the text's.
            ("a list", "<div class=qa><ul><li>Nine members</li><li>Five votes</li></ul></div>".to_owned(), 10),
            ("a quotation", "<blockquote><p>We will be back.</p></blockquote>".to_owned(), 9),
            ("a heading in a wrapper", "<div class=qa><h2>What was left open</h2></div>".to_owned(), 9),
            ("a note of some length", "<div class=qa><p>Correction: An earlier version of this article gave the wrong number of delegates to the talks.</p></div>".to_owned(), 9),
        ] {
            let html = format!("<body><h1>Pier</h1><div class=qt>{}{html}{}</div></body>", told(0, 4), told(4, 8));
            assert_eq!(texts(&read(&html)).len(), expected, "{name}: {:?}", texts(&read(&html)));
        }
        // Where each paragraph has a box of its own, none stands apart.
        let boxed = |at: usize| format!("<div class=qa>{image}{}</div>", line(at));
        let boxes: String = (0..8).map(boxed).collect();
        assert_eq!(texts(&read(&format!("<body><h1>Pier</h1><div class=qt>{boxes}</div></body>"))).len(), 8);
    }

    #[test]
    fn a_standfirst_stands_with_the_headline_and_a_lead_with_the_text() {
        let first = "<p class=qs>Nine members met before dawn on the island, and what they decided there on the pier will change the harbour and all who live from it for good.</p>";
        let line = |at: usize| {
            format!(
                "<p>On day {at} the harbour council agreed to rebuild the pier by spring, officials said after a long vote.</p>"
            )
        };
        let text: String = (0..8).map(line).collect();
        for (name, html, expected) in [
            (
                "below the headline",
                format!("<h1>Pier to be rebuilt by spring</h1>{first}<div class=qt>{text}</div>"),
                8,
            ),
            (
                "in a box with the text",
                format!(
                    "<h1>Pier to be rebuilt by spring</h1><div class=qb><div>{first}</div><div class=qt>{text}</div></div>"
                ),
                9,
            ),
            ("one of the text", format!("<h1>Pier to be rebuilt by spring</h1><div class=qt>{first}{text}</div>"), 9),
            (
                "two paragraphs",
                format!("<h1>Pier to be rebuilt by spring</h1>{first}{}<div class=qt>{text}</div>", line(9)),
                10,
            ),
        ] {
            let html = format!(
                "<head><title>Pier to be rebuilt by spring</title></head><body><div class=qa>{html}</div></body>"
            );
            assert_eq!(texts(&read(&html)).len(), expected, "{name}: {:?}", texts(&read(&html)));
        }
    }
}
