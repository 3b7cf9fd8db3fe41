//! Keeps or drops each block of the container. The container is the easy part; what no container can do is told here, by
//! three lines of defence: the block's own shape (links, symbols, repeats of the title), known prompts by what they say at
//! the head or tail of the article, and what the site is known to repeat.

use std::collections::HashMap;

use super::blocks::RawBlock;
use super::captions;
use super::discussion;
use super::learned::Sought;
use super::phrases;
use super::{BlockTrace, first_letters, letters, same_letters};
use crate::model::article::BlockKind;

/// Blocks at the head and at the tail in which prompts are looked for.
const EDGE_BLOCKS: usize = 12;
/// A block is short up to this many characters.
const SHORT_CHARS: u32 = 220;
/// Longest caption without markup of its own, in characters.
const CAPTION_MAX_CHARS: u32 = 180;
/// A block from this length on is prose where two of them follow each other.
const PROSE_CHARS: u32 = 120;

/// A sentence of a text with short paragraphs has so many characters.
const TOLD_MIN_CHARS: u32 = 60;

/// What readers discuss has so many characters above their comments.
const DISCUSSED_MIN_CHARS: u32 = 150;

/// A heading of so many characters that ends as a sentence does says something by itself.
const SENTENCE_MIN_CHARS: u32 = 60;

/// A paragraph that is a link and a sentence is part of the text from this length on, in characters.
const LINKED_SENTENCE_MIN_CHARS: u32 = 40;
/// A paragraph announces a list from this length on, in characters.
const ANNOUNCING_MIN_CHARS: u32 = 40;

/// Why a block that is nothing but a link is out.
const A_LINK: &str = "a link";
/// So many linked headings over prose part an article.
const LINKED_HEADINGS_MIN: usize = 3;

/// What pruning knows beside the blocks.
pub(super) struct About<'a> {
    /// The headline, if known.
    pub(super) title: Option<&'a str>,
    /// The authors' names.
    pub(super) authors: &'a [String],
    /// The publication's name.
    pub(super) site: Option<&'a str>,
    /// What the site repeats.
    pub(super) learned: &'a Sought<'a>,
}

/// Says for each block why it is in or out, in order. `apart` says why some stand apart; it is empty where none do.
pub(super) fn prune(blocks: &[RawBlock], apart: &[Option<&'static str>], about: &About<'_>) -> Vec<BlockTrace> {
    let mut out: Vec<Option<String>> = blocks.iter().map(|block| by_shape(block, about)).collect();
    for (at, reason) in apart.iter().enumerate() {
        if let Some(reason) = reason {
            drop_at(&mut out, at, reason);
        }
    }
    linked_headings(blocks, &mut out);
    announced_links(blocks, &mut out);
    lists(blocks, &mut out);
    closing(blocks, &mut out);
    signed_off(blocks, &mut out);
    edges(blocks, about, &mut out);
    emphasised_tail(blocks, &mut out);
    repeats(blocks, &mut out);
    headings(blocks, &mut out);
    blocks
        .iter()
        .zip(out)
        .map(|(block, reason)| BlockTrace {
            text: block.text.clone(),
            kept: reason.is_none(),
            rule: reason.unwrap_or_else(|| "body".to_owned()),
        })
        .collect()
}

fn drop_at(out: &mut [Option<String>], at: usize, reason: &str) {
    if let Some(slot) = out.get_mut(at)
        && slot.is_none()
    {
        *slot = Some(reason.to_owned());
    }
}

fn by_shape(block: &RawBlock, about: &About<'_>) -> Option<String> {
    let text = block.text.as_str();
    // Agencies part the sections of a report by a line of underscores; other signs alone are ornaments.
    let is_line = text.len() >= 3 && text.chars().all(|c| c == '_');
    if !is_line && !text.chars().any(char::is_alphanumeric) {
        return Some("no words".to_owned());
    }
    if block.captions_image && block.chars <= CAPTION_MAX_CHARS {
        return Some("stands with its image alone".to_owned());
    }
    if matches!(block.kind, BlockKind::Paragraph | BlockKind::Item) && captions::credits_image(text, block.chars) {
        return Some("an image's credit".to_owned());
    }
    let may_be_headline = !matches!(block.kind, BlockKind::Item | BlockKind::Table);
    if may_be_headline && about.title.is_some_and(|title| same_letters(title, text)) {
        return Some("the headline again".to_owned());
    }
    if is_clock(text) && matches!(block.kind, BlockKind::Paragraph | BlockKind::Heading) {
        return Some("a time of day".to_owned());
    }
    if about.learned.has(text) {
        return Some("repeated by the site".to_owned());
    }
    // Headlines are no sentences.
    let says = block.kind == BlockKind::Paragraph
        && block.chars >= LINKED_SENTENCE_MIN_CHARS
        && text.ends_with(['.', '!', '。'])
        && !text.ends_with("...");
    if block.link_density() >= 0.9
        && block.kind != BlockKind::Table
        && !says
        && !(block.kind == BlockKind::Heading && block.chars > 30)
    {
        return Some(A_LINK.to_owned());
    }
    let is_sentence = text.ends_with(['.', '!', '?', '”', '"', ':', '。', '！', '？', '।', '؟']);
    if block.link_density() >= 0.7
        && !shows_address(text)
        && block.chars < 400
        && !is_sentence
        && block.kind == BlockKind::Paragraph
    {
        return Some("a line of links".to_owned());
    }
    if let Some(rule) = phrases::anywhere(text, block.chars, block.link_density()) {
        return Some(format!("prompt: {rule}"));
    }
    None
}

fn shows_address(text: &str) -> bool {
    text.contains("www.") || text.contains("://") || (text.contains('@') && !text.contains(' '))
}

/// Short headings that are links are told by their number: where several stand over prose, they part the article (games, films,
/// places), and lead to what each part is about.
fn linked_headings(blocks: &[RawBlock], out: &mut [Option<String>]) {
    let over_prose: Vec<usize> = (0..blocks.len())
        .filter(|&at| {
            let prose = blocks.get(at + 1).is_some_and(|next| next.chars >= PROSE_CHARS && next.link_density() < 0.3);
            let named = blocks.get(at).is_some_and(|block| block.kind == BlockKind::Heading);
            named && prose && out.get(at).and_then(Option::as_deref) == Some(A_LINK)
        })
        .collect();
    if over_prose.len() >= LINKED_HEADINGS_MIN {
        for at in over_prose {
            if let Some(slot) = out.get_mut(at) {
                *slot = None;
            }
        }
    }
}

/// An address alone on its line is part of the text where the paragraph before says what it is: «The petition can be signed here:».
fn announced_links(blocks: &[RawBlock], out: &mut [Option<String>]) {
    for at in 1..blocks.len() {
        let is_link = blocks.get(at).is_some_and(|block| shows_address(&block.text))
            && out.get(at).and_then(Option::as_deref) == Some(A_LINK);
        let is_announced = out.get(at - 1).is_some_and(Option::is_none) && blocks.get(at - 1).is_some_and(announces);
        if is_link
            && is_announced
            && let Some(slot) = out.get_mut(at)
        {
            *slot = None;
        }
    }
}

/// The time of a running report's post, alone on its line: "14:32", "2:05 pm GMT".
pub(super) fn is_clock(text: &str) -> bool {
    let Some((hour, rest)) = text.split_once(':').filter(|_| text.len() <= 14) else { return false };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let zone = rest.get(digits..).unwrap_or_default();
    (1..=2).contains(&hour.len())
        && hour.bytes().all(|byte| byte.is_ascii_digit())
        && digits == 2
        && zone.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '.'))
}

/// Lists of links, whole.
fn lists(blocks: &[RawBlock], out: &mut [Option<String>]) {
    let mut at = 0;
    while let Some(block) = blocks.get(at) {
        let group = block.group;
        let mut end = at + 1;
        if group.is_some() {
            while blocks.get(end).is_some_and(|next| next.group == group) {
                end += 1;
            }
            let list = blocks.get(at..end).unwrap_or_default();
            let chars: u32 = list.iter().map(|one| one.chars).sum();
            let linked: u32 = list.iter().map(|one| one.linked).sum();
            let items = list.iter().filter(|one| one.kind == BlockKind::Item).count();
            if items > 0 && f64::from(linked) > 0.6 * f64::from(chars.max(1)) {
                let is_announced = at > 0 && out.get(at - 1).is_some_and(Option::is_none) && announces(&blocks[at - 1]);
                for index in at..end {
                    if !is_announced {
                        drop_at(out, index, "a list of links");
                    } else if let Some(slot) = out.get_mut(index)
                        && slot.as_deref() == Some(A_LINK)
                    {
                        *slot = None;
                    }
                }
            }
        }
        at = end;
    }
}

/// Whether a paragraph says what the list below it is of.
fn announces(block: &RawBlock) -> bool {
    block.kind == BlockKind::Paragraph
        && block.chars >= ANNOUNCING_MIN_CHARS
        && block.text.ends_with([':', '：'])
        && !phrases::labels_links(&block.text)
}

/// What follows a closing heading in the second half of the text, where it is no prose any more.
fn closing(blocks: &[RawBlock], out: &mut [Option<String>]) {
    let total: u32 = blocks.iter().map(|block| block.chars).sum();
    let mut before = 0;
    for (at, block) in blocks.iter().enumerate() {
        before += block.chars;
        let rest = blocks.get(at + 1..).unwrap_or_default();
        let is_early = before * 5 < total * 2;
        // A long discussion stands below a short article.
        if block.chars > 70 || (is_early && (before < DISCUSSED_MIN_CHARS || !discussion::opens(block, rest))) {
            continue;
        }
        let is_prose = |block: &RawBlock| block.chars >= PROSE_CHARS && block.link_density() < 0.3;
        let goes_on = rest.windows(2).any(|pair| pair.iter().all(is_prose));
        let is_line = !block.text.ends_with(['.', '!', '?', '。']);
        let told = rest.iter().filter(|block| is_told(block)).count();
        let ends = !rest.iter().any(is_prose) && told < 2 && phrases::labels_links(&block.text);
        let rule = if discussion::opens(block, rest) {
            "readers' comments"
        } else if is_line && (ends || (!goes_on && phrases::closes(&block.text))) {
            "below a closing heading"
        } else if is_line && before * 2 > total && is_heading_like(block) && is_about(&block.text, rest) {
            "the publisher of itself"
        } else {
            continue;
        };
        for index in at..blocks.len() {
            drop_at(out, index, rule);
        }
        return;
    }
}

/// Whether a block is a sentence of the text, however short its paragraphs are.
fn is_told(block: &RawBlock) -> bool {
    block.kind == BlockKind::Paragraph
        && block.chars >= TOLD_MIN_CHARS
        && block.link_density() < 0.3
        && block.text.ends_with(['.', '!', '?', '”', '"', '。'])
}

/// Whether a publisher writes of itself below this heading.
fn is_about(heading: &str, rest: &[RawBlock]) -> bool {
    rest.first().is_some_and(|below| phrases::heads_about(heading, &below.text))
}

/// What follows the line in which an agency names who reported and edited: its next stories.
fn signed_off(blocks: &[RawBlock], out: &mut [Option<String>]) {
    let Some(at) = blocks.iter().position(|block| phrases::signs_off(&block.text)) else { return };
    let chars = |blocks: &[RawBlock]| blocks.iter().map(|block| block.chars).sum::<u32>();
    if chars(blocks.get(..at).unwrap_or_default()) > chars(blocks.get(at + 1..).unwrap_or_default()) {
        for index in at + 1..blocks.len() {
            drop_at(out, index, "below the sign-off");
        }
    }
}

fn is_heading_like(block: &RawBlock) -> bool {
    block.kind == BlockKind::Heading || f64::from(block.strong) > 0.8 * f64::from(block.chars.max(1))
}

/// Prompts and credits at the head and the tail.
fn edges(blocks: &[RawBlock], about: &About<'_>, out: &mut [Option<String>]) {
    let kept: Vec<usize> = (0..blocks.len()).filter(|&at| out.get(at).is_some_and(Option::is_none)).collect();
    let head = kept.iter().take(EDGE_BLOCKS.min(kept.len() / 2 + 1));
    let mut prose_seen = 0;
    for &at in head {
        let Some(block) = blocks.get(at) else { continue };
        if let Some(rule) = phrases::at_head(&block.text, about.authors, about.site) {
            drop_at(out, at, &format!("head: {rule}"));
        } else if block.chars > 120 {
            prose_seen += 1;
            if prose_seen >= 2 {
                break;
            }
        }
    }
    let (mut prose_seen, mut told_below) = (0, 0);
    for &at in kept.iter().rev().take(EDGE_BLOCKS * 2) {
        let Some(block) = blocks.get(at) else { continue };
        // Inside a text, one sentence may lead its readers elsewhere; and a section of it may be about something.
        let is_text = told_below >= 2 && is_told(block) && phrases::leads_elsewhere(&block.text);
        let is_section = block.kind == BlockKind::Heading
            && phrases::may_head_about(&block.text)
            && out.get(at + 1).is_some_and(Option::is_none)
            && blocks
                .get(at + 1)
                .is_some_and(|below| is_told(below) && !phrases::heads_about(&block.text, &below.text));
        if is_text || is_section {
            continue;
        }
        // A heading over several paragraphs is the article's, however it begins: «Help us grow».
        if block.kind == BlockKind::Heading && (1..=2).all(|below| is_kept_prose(blocks, out, at + below)) {
            continue;
        }
        if let Some(rule) = phrases::at_tail(&block.text, block.chars, about.authors, about.site) {
            drop_at(out, at, &format!("tail: {rule}"));
            continue;
        }
        told_below += usize::from(is_told(block));
        prose_seen += usize::from(block.chars > SHORT_CHARS);
        if prose_seen >= 3 {
            break;
        }
    }
}

fn is_kept_prose(blocks: &[RawBlock], out: &[Option<String>], at: usize) -> bool {
    blocks.get(at).is_some_and(|block| block.chars >= PROSE_CHARS && block.link_density() < 0.3)
        && out.get(at).is_some_and(Option::is_none)
}

/// A tail that is set in italics throughout and speaks of the author or to the reader, from its first such block
/// on.
fn emphasised_tail(blocks: &[RawBlock], out: &mut [Option<String>]) {
    let is_italic = |block: &RawBlock| f64::from(block.emphasised) > 0.85 * f64::from(block.chars.max(1));
    let mut start = blocks.len();
    while start > 0
        && blocks
            .get(start - 1)
            .is_some_and(|block| is_italic(block) || out.get(start - 1).is_some_and(Option::is_some))
    {
        start -= 1;
    }
    let tail = blocks.get(start..).unwrap_or_default();
    let short_enough = start > 2 && start * 2 > blocks.len();
    let spoken = tail.iter().position(|block| is_italic(block) && phrases::speaks_of_author_or_reader(&block.text));
    if let Some(first) = spoken.filter(|_| short_enough) {
        for index in start + first..blocks.len() {
            drop_at(out, index, "tail: note in italics");
        }
    }
}

/// Letters by which nearly all blocks of a text are told apart, in bytes.
const BEGINNING_BYTES: usize = 32;

/// A pull quote repeats a sentence of the body; a block that stands twice is told once.
fn repeats(blocks: &[RawBlock], out: &mut [Option<String>]) {
    let mut begun: HashMap<String, Vec<&str>> = HashMap::new();
    for (at, block) in blocks.iter().enumerate() {
        if block.chars <= 40 || out.get(at).is_some_and(Option::is_some) {
            continue;
        }
        let text = block.text.as_str();
        let alike = begun.entry(first_letters(text, BEGINNING_BYTES)).or_default();
        if alike.iter().any(|earlier| letters(earlier) == letters(text)) {
            drop_at(out, at, "stands twice");
        } else {
            alike.push(text);
        }
    }
}

/// A heading with nothing under it goes with what was dropped.
fn headings(blocks: &[RawBlock], out: &mut [Option<String>]) {
    for at in (0..blocks.len()).rev() {
        let Some(block) = blocks.get(at) else { continue };
        let is_sentence = block.chars >= SENTENCE_MIN_CHARS && block.text.ends_with(['.', '!', '?', '。']);
        if block.kind != BlockKind::Heading || is_sentence || out.get(at).is_some_and(Option::is_some) {
            continue;
        }
        let rest = blocks.iter().zip(out.iter()).skip(at + 1);
        let mut under = rest.take_while(|(next, reason)| next.kind != BlockKind::Heading || reason.is_some());
        if !under.any(|(_, reason)| reason.is_none()) {
            let followed = blocks.iter().zip(out.iter()).skip(at + 1).any(|(_, reason)| reason.is_none());
            // Two headings in a row (a label and its title) stay where body follows.
            let dropped_under = out.get(at + 1).is_some_and(Option::is_some);
            if !followed || dropped_under {
                drop_at(out, at, "a heading of nothing");
            }
        }
    }
}
