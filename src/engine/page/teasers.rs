//! Teasers of other stories, told by their shape: several siblings that look the same, each with a linked title of its own and a
//! line or two of text. They stand below articles, beside them and between their paragraphs, and where an article is short they
//! hold more prose than it does.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::blocks::RawBlock;
use super::container;
use super::dom::{Dom, Name, NodeId};
use super::marks::Marks;

/// A list of teasers has so many.
const TEASERS_MIN: usize = 3;
/// A linked title is between so many characters.
const TITLE_CHARS: Range<u32> = 12..160;
/// What may stand above a title, and what leads from each teaser to its story, in characters.
const LABEL_MAX_CHARS: u32 = 40;
const MORE_MAX_CHARS: u32 = 30;
/// How far up from its title a teaser reaches.
const TEASER_HEIGHT: usize = 7;
/// A teaser is no longer than so many characters, and all of a list are so long on average.
const TEASER_MAX_CHARS: u32 = 700;
const TEASER_MEAN_CHARS: u32 = 400;
/// What is left without its teasers is an article where it has so much prose, in characters.
const LEFT_MIN_CHARS: u32 = 80;

/// The teasers of a page.
#[derive(Debug, Default)]
pub(super) struct Teasers {
    /// In the order of the page, apart from each other.
    found: Vec<Range<NodeId>>,
}

impl Teasers {
    /// Finds those among a page's blocks. None holds the page's `headline`.
    pub(super) fn read(dom: &Dom<'_>, marks: &Marks, blocks: &[RawBlock], headline: Option<NodeId>) -> Self {
        // What may be a teaser, by what it is in.
        let mut lists: HashMap<NodeId, Vec<NodeId>> = HashMap::new();
        let more = more(blocks);
        for (at, block) in blocks.iter().enumerate() {
            // A title stands first, but for a label or a date; «Read the rest» stands last.
            let beside = match block {
                title if is_title(title) => at.checked_sub(1).and_then(|before| blocks.get(before)),
                link if more.contains(link.text.as_str()) => blocks.get(at + 1),
                _ => continue,
            };
            for up in dom.ancestors(block.element).take(TEASER_HEIGHT) {
                let text = marks.sums(up).text;
                let goes_on = beside
                    .is_some_and(|beside| beside.chars > LABEL_MAX_CHARS && dom.subtree(up).contains(&beside.element));
                if text > TEASER_MAX_CHARS || goes_on || dom.tag(up).is_none() {
                    break;
                }
                // What holds its title alone is none yet, and what stands alone is one of no list.
                let parent = dom.parent(up);
                let is_one_of_some = up > parent + 1 || dom.after(up) < dom.after(parent);
                if text > block.chars && is_one_of_some {
                    let list = lists.entry(parent).or_default();
                    if list.last() != Some(&up) {
                        list.push(up);
                    }
                }
            }
        }
        let is_list = |list: &Vec<NodeId>| {
            let chars: u32 = list.iter().map(|at| marks.sums(*at).text).sum();
            list.len() >= TEASERS_MIN && chars as usize <= TEASER_MEAN_CHARS as usize * list.len()
        };
        let lists = lists.into_values().filter(|list| list.len() >= TEASERS_MIN).flat_map(|list| alike(dom, list));
        let all = lists.filter(is_list).flatten().map(|at| dom.subtree(at));
        let mut found: Vec<_> =
            all.filter(|range| headline.is_none_or(|headline| !range.contains(&headline))).collect();
        found.sort_unstable_by_key(|range| (range.start, range.end));
        found.dedup_by(|next, last| {
            let holds = next.start < last.end;
            last.end = if holds { last.end.max(next.end) } else { last.end };
            holds
        });
        Self { found }
    }

    /// Whether an element stands in one.
    pub(super) fn has(&self, element: NodeId) -> bool {
        let before = self.found.partition_point(|range| range.start <= element);
        self.found.get(before.wrapping_sub(1)).is_some_and(|range| range.contains(&element))
    }

    /// Whether most of a container's prose is theirs.
    pub(super) fn prevail(&self, blocks: &[RawBlock]) -> bool {
        let own = container::told(blocks.iter().filter(|block| self.has(block.element)));
        let all = container::told(blocks);
        own * 2 > all
    }

    /// Whether a text is left without them.
    pub(super) fn leave_text(&self, blocks: &[RawBlock]) -> bool {
        let left = blocks.iter().filter(|block| !self.has(block.element));
        !self.found.is_empty() && container::told(left) >= LEFT_MIN_CHARS
    }
}

/// Siblings by what they look like.
fn alike(dom: &Dom<'_>, siblings: Vec<NodeId>) -> Vec<Vec<NodeId>> {
    let looks = |id: NodeId| (dom.tag(id), dom.attribute(id, Name::Class));
    let mut lists: Vec<Vec<NodeId>> = Vec::new();
    for sibling in siblings {
        let is_full = lists.len() >= LOOKS_MAX;
        match lists.iter_mut().find(|list| list.first().is_some_and(|first| looks(*first) == looks(sibling))) {
            Some(list) => list.push(sibling),
            None if is_full => {}
            None => lists.push(vec![sibling]),
        }
    }
    lists
}

/// Looks of siblings that are told apart.
const LOOKS_MAX: usize = 16;

/// Short texts of links that lead to several stories.
fn more(blocks: &[RawBlock]) -> HashSet<&str> {
    let mut times: HashMap<&str, usize> = HashMap::new();
    for block in blocks.iter().filter(|block| block.chars < MORE_MAX_CHARS && block.link_density() >= 0.9) {
        *times.entry(block.text.as_str()).or_default() += 1;
    }
    times.into_iter().filter(|(_, times)| *times >= TEASERS_MIN).map(|(text, _)| text).collect()
}

fn is_title(block: &RawBlock) -> bool {
    TITLE_CHARS.contains(&block.chars) && block.link_density() >= 0.9
}

#[cfg(test)]
mod tests {
    use crate::engine::page::tests::{read, texts};

    const LINE: &str = "The harbour council agreed on Tuesday to rebuild the pier by spring, and to light the lamps along the quay again.";
    const TEASER: &str = "Nine members met on the island before dawn, and none of them would say to us what they had been told there by the owners.";

    #[test]
    fn teasers_of_other_stories_are_told_by_their_shape() {
        let titled = |at: usize| {
            format!(
                "<div class=qc><h3><a href='/{at}'>Island lamps to be mended again</a></h3><p>{TEASER} {at}</p></div>"
            )
        };
        let dated = |at: usize| {
            format!(
                "<li><span>3 May</span> <div><a href='/{at}'>Island lamps to be mended again</a></div><p>{TEASER} {at}</p></li>"
            )
        };
        let led = |at: usize| {
            format!(
                "<div class=qc><p>Island lamps to be mended</p><p>{TEASER} {at}</p><a href='/{at}'>Read the rest</a></div>"
            )
        };
        let all = |one: &dyn Fn(usize) -> String| [1, 2, 3, 4, 5, 6].map(one).concat();
        for (name, teasers) in
            [("titles", all(&titled)), ("a list", format!("<ul>{}</ul>", all(&dated))), ("what leads on", all(&led))]
        {
            let article = format!("<div class=qa><h1>Pier to be rebuilt by spring</h1><p>{LINE}</p></div>");
            for (place, html) in [
                ("beside a short article", format!("<div class=qx>{article}<div class=qb>{teasers}</div></div>")),
                ("inside it", article.replace("</p></div>", &format!("</p>{teasers}</div>"))),
            ] {
                assert_eq!(texts(&read(&format!("<body>{html}</body>"))), [LINE], "{name}, {place}");
            }
        }
    }

    #[test]
    fn paragraphs_that_links_part_are_no_teasers() {
        let part = |at: usize| {
            format!(
                "<div class=qc><p>{LINE} {at}</p><p>{TEASER} {at}</p><p><a href='/{at}'>Island lamps to be mended again</a></p></div>"
            )
        };
        let html = format!(
            "<body><div class=qa><h1>Pier to be rebuilt by spring</h1>{}</div></body>",
            [1, 2, 3, 4].map(part).concat()
        );
        assert_eq!(texts(&read(&html)).len(), 8);
    }
}
