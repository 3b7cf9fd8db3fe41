//! Finds the part of the page that holds the article: paragraphs vote for what is above them (the scoring of Arc90's
//! Readability), names such as `articleBody` outvote them where they hold as much, and a body that is split over siblings is
//! taken whole.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::blocks::{self, RawBlock};
use super::discussion;
use super::dom::{Dom, Name, NodeId, Tag};
use super::marks::Marks;
use super::metadata::has_property;
use super::pattern::any_of;
use super::story;
use super::teasers::Teasers;
use crate::model::article::BlockKind;

/// A block votes from this length on, in characters.
const VOTE_MIN_CHARS: u32 = 25;
/// A clause has so many characters in an alphabet, and so many in Chinese and Japanese.
const CHARS_A_COMMA: u32 = 50;
const CHARS_A_WIDE_COMMA: u32 = 10;
/// How far up a vote reaches.
const VOTE_HEIGHT: usize = 6;
/// A named body is taken where it holds at least this share of the voted container's prose.
const NAMED_SHARE: f64 = 0.6;
/// A named body around the voted container is the page around the article where it adds so much beside prose, as a share of its
/// prose; so much less where it hardly adds prose.
const CHROME_SHARE: f64 = 0.6;
const CHROME_ALONE_SHARE: f64 = 0.2;
/// The parent is taken where it holds so much more prose.
const CLIMB_GAIN: f64 = 1.08;

/// A body begins before its container with so much prose, in characters; what is shorter is a standfirst.
const BEGINNING_MIN_CHARS: f64 = 400.0;
/// So much of what stands there is that prose.
const BEGINNING_PURE_SHARE: f64 = 0.85;
/// A body is in pieces by the looks of what its pieces are in where there are so many others.
const PIECES_MIN: usize = 3;
/// A block of an article is one of its paragraphs from this length on, in characters.
const PARAGRAPH_MIN_CHARS: u32 = 80;

/// The element whose blocks are the article's. `headline` is where the page shows it.
pub(super) fn find(
    dom: &Dom<'_>,
    marks: &Marks,
    blocks: &[RawBlock],
    headline: Option<NodeId>,
    teasers: &Teasers,
) -> Option<NodeId> {
    let top = choose(dom, marks, blocks)?;
    let top = teased(dom, marks, blocks, (top, headline), teasers).unwrap_or(top);
    let top = discussion::subject(dom, marks, blocks, top).unwrap_or(top);
    let Some(story) = headline.and_then(|headline| story::of(dom, blocks, headline)) else { return Some(top) };
    if !story::is_of_another(dom, blocks, top, story) {
        return Some(top);
    }
    let own = choose(dom, marks, blocks::within(dom, blocks, story.element))?;
    Some(if dom.subtree(story.element).contains(&own) { own } else { story.element })
}

/// The article where most of the voted container teases others: what is voted for without these, below the headline.
fn teased(
    dom: &Dom<'_>,
    marks: &Marks,
    blocks: &[RawBlock],
    (top, headline): (NodeId, Option<NodeId>),
    teasers: &Teasers,
) -> Option<NodeId> {
    if !teasers.prevail(blocks::within(dom, blocks, top)) {
        return None;
    }
    let left: Vec<RawBlock> = blocks.iter().filter(|block| !teasers.has(block.element)).cloned().collect();
    let found = choose(dom, marks, &left)?;
    let is_below = headline.is_none_or(|headline| dom.after(found) > headline);
    (is_below && told(blocks::within(dom, &left, found)) >= PARAGRAPH_MIN_CHARS).then_some(found)
}

pub(super) fn choose(dom: &Dom<'_>, marks: &Marks, blocks: &[RawBlock]) -> Option<NodeId> {
    let top = vote(dom, marks, blocks)?;
    let prose = Prose::read(dom, blocks);
    let top = climb(dom, marks, blocks, &prose, top);
    Some(named(dom, marks, &prose, top).unwrap_or(top))
}

pub(super) fn is_paragraph(block: &RawBlock) -> bool {
    block.chars >= PARAGRAPH_MIN_CHARS && block.link_density() < 0.5
}

/// How much some blocks tell: the characters of their paragraphs.
pub(super) fn told<'b>(blocks: impl IntoIterator<Item = &'b RawBlock>) -> u32 {
    blocks.into_iter().filter(|block| is_paragraph(block)).map(|block| block.chars).sum()
}

fn is_prose(block: &RawBlock) -> bool {
    block.chars >= VOTE_MIN_CHARS && block.link_density() < 0.5 && !is_chinese_line(&block.text)
}

/// Whether a text in Chinese has none of the signs that part its clauses: a headline or a label. In so few characters of an
/// alphabet there is no telling.
fn is_chinese_line(text: &str) -> bool {
    text.starts_with(|c: char| !c.is_ascii())
        && text.chars().filter(|c| matches!(c, '\u{4e00}'..='\u{9fff}')).count() * 2 > text.chars().count()
        && !text.contains(['，', '。', '！', '？', '；', '、'])
}

fn is_cut_off(text: &str) -> bool {
    text.ends_with('…') || text.ends_with("...")
}

fn vote(dom: &Dom<'_>, marks: &Marks, blocks: &[RawBlock]) -> Option<NodeId> {
    let mut scores = vec![0.0_f32; dom.len()];
    for block in blocks.iter().filter(|block| is_prose(block)) {
        let (mut commas, mut wide) = (0, 0);
        for c in block.text.chars() {
            commas += u32::from(matches!(c, ',' | '،'));
            wide += u32::from(matches!(c, '，' | '、' | '。'));
        }
        // Lists of names have more commas than prose has.
        let commas = (commas.min(block.chars / CHARS_A_COMMA) + wide.min(block.chars / CHARS_A_WIDE_COMMA)).min(12);
        let length = (block.chars / 100).min(3);
        let full = f32::from(u8::try_from(1 + commas + length).unwrap_or(u8::MAX));
        // The teaser of another story begins with a link and is cut off.
        let teases = block.linked > 0 && is_cut_off(&block.text);
        let score = if teases { full * 0.2 } else { full };
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

/// Prose below each node, by the blocks that are not taken out already: sums over the document's order, so that the prose of
/// a subtree is one subtraction.
struct Prose {
    before: Vec<u64>,
}

impl Prose {
    fn read(dom: &Dom<'_>, blocks: &[RawBlock]) -> Self {
        let mut before = vec![0_u64; dom.len() + 1];
        for block in blocks.iter().filter(|block| is_prose(block)) {
            if let Some(slot) = before.get_mut(block.element as usize + 1) {
                *slot += u64::from(block.chars);
            }
        }
        let mut sum = 0;
        for slot in &mut before {
            sum += *slot;
            *slot = sum;
        }
        Self { before }
    }

    #[expect(clippy::cast_precision_loss, reason = "lengths of pages")]
    fn of(&self, dom: &Dom<'_>, id: NodeId) -> f64 {
        let range = dom.subtree(id);
        let at = |index: NodeId| self.before.get((index as usize).min(self.before.len().saturating_sub(1))).copied();
        at(range.end).unwrap_or(0).saturating_sub(at(range.start).unwrap_or(0)) as f64
    }
}

/// Takes an ancestor where the body goes on in it: bodies are split by advertisements and full-width images.
fn climb(dom: &Dom<'_>, marks: &Marks, blocks: &[RawBlock], prose: &Prose, top: NodeId) -> NodeId {
    let holders = holders(dom, blocks, top);
    let (mut at, mut own) = (top, prose.of(dom, top));
    for above in dom.ancestors(top).skip(1).take(5) {
        if above == Dom::ROOT || matches!(dom.tag(above), Some(Tag::Body | Tag::Html)) {
            break;
        }
        let held = prose.of(dom, above);
        if held <= own * CLIMB_GAIN || marks.sums(above).link_density() >= 0.35 {
            continue;
        }
        if is_live(dom, above)
            || is_begun(dom, marks, blocks, prose, (above, at))
            || is_continued(dom, blocks, above, at, &holders)
            || is_parted(dom, marks, blocks, prose, (above, at))
        {
            (at, own) = (above, held);
        }
    }
    at
}

/// Whether the body begins in what stands right before the container: long prose and nothing else, and nothing of length behind
/// it. Blogs set what their front page shows and what follows it in elements of their own. Where the headline stands above all this,
/// one paragraph there is the text's; and a header that was kept for its prose begins it.
fn is_begun(dom: &Dom<'_>, marks: &Marks, blocks: &[RawBlock], prose: &Prose, (above, at): (NodeId, NodeId)) -> bool {
    let branch = dom.ancestors(at).take_while(|up| *up != above).last().unwrap_or(at);
    let has_headline = |range: Range<NodeId>| range.into_iter().any(|id| dom.tag(id) == Some(Tag::H1));
    if prose.of(dom, branch) > prose.of(dom, at) || (branch != at && has_headline(branch..at)) {
        return false;
    }
    let beside = |is_wanted: &dyn Fn(NodeId) -> bool| {
        let found = dom.children(above).filter(|child| is_wanted(*child) && marks.dropped(*child).is_none());
        found.fold((0.0, 0.0), |(text, told), child| {
            (text + f64::from(marks.sums(child).text), told + prose.of(dom, child))
        })
    };
    let (text, told) = beside(&|child| child < branch);
    let (_, behind) = beside(&|child| child > branch);
    if behind >= f64::from(PARAGRAPH_MIN_CHARS) {
        return false;
    }
    let is_lead = || {
        let mut before = blocks::within(dom, blocks, above).iter().filter(|block| block.element < branch);
        before.next().is_some_and(|lead| is_paragraph(lead) && lead.kind == BlockKind::Paragraph)
            && before.next().is_none()
    };
    let is_header = |id: NodeId| dom.tag(id) == Some(Tag::Header) && marks.dropped(id).is_none();
    let is_pure = told >= text * BEGINNING_PURE_SHARE;
    (is_pure && told >= BEGINNING_MIN_CHARS)
        || (is_pure && is_lead() && !has_headline(dom.subtree(above)) && has_headline(Dom::ROOT..above))
        || (told >= f64::from(PARAGRAPH_MIN_CHARS)
            && dom.children(above).any(|child| child < branch && is_header(child)))
}

/// Whether the body is parted into siblings that look the same to the letter, whatever they are called, and hold nearly all prose
/// of what is above them: paragraphs of the same kind as the container's, and no headline of their own.
fn is_parted(dom: &Dom<'_>, marks: &Marks, blocks: &[RawBlock], prose: &Prose, (above, at): (NodeId, NodeId)) -> bool {
    let same = |id: NodeId| (dom.tag(id), dom.attribute(id, Name::Class).unwrap_or_default());
    let branch = dom.ancestors(at).take_while(|up| *up != above).last().unwrap_or(at);
    let kind = |id: NodeId| {
        blocks::within(dom, blocks, id)
            .iter()
            .filter(|block| is_paragraph(block))
            .map(|block| dom.tag(block.element))
            .next()
    };
    let own = kind(branch);
    let is_twin = |child: &NodeId| {
        *child != branch
            && same(*child) == same(branch)
            && marks.dropped(*child).is_none()
            && marks.sums(*child).link_density() < PART_LINK_DENSITY
            && prose.of(dom, *child) >= f64::from(PARAGRAPH_MIN_CHARS)
            && kind(*child) == own
            && !dom.subtree(*child).any(|id| matches!(dom.tag(id), Some(Tag::H1 | Tag::H2)))
    };
    let twins: f64 = dom.children(above).take(PARTS_MAX).filter(is_twin).map(|twin| prose.of(dom, twin)).sum();
    let own = prose.of(dom, at);
    twins > 0.0 && own + twins >= prose.of(dom, above) * PARTS_SHARE
}

/// Siblings that are looked at.
const PARTS_MAX: usize = 400;
/// A part of a body has no more text inside links.
const PART_LINK_DENSITY: f64 = 0.25;
/// The parts hold so much of the prose of what is above them.
const PARTS_SHARE: f64 = 0.9;

/// Whether an element is a running report by its name: its posts are one article, each in a container of its own.
pub(super) fn is_live(dom: &Dom<'_>, id: NodeId) -> bool {
    [Name::Class, Name::Id, Name::DataComponent, Name::DataTestid, Name::Itemtype].into_iter().any(|name| {
        dom.attribute(id, name).is_some_and(|value| {
            let mut words = value.split(|c: char| !c.is_ascii_alphanumeric());
            words.any(|word| {
                let word = word.to_ascii_lowercase();
                word == "live" || word.starts_with("liveblog") || word.starts_with("livefeed")
            })
        })
    })
}

pub(super) type Looks<'a> = (Option<Tag>, &'a str);

/// The longest class tells most; pieces that are numbered (`story-body-2`) look the same.
pub(super) fn looks<'a>(dom: &'a Dom<'_>, id: NodeId) -> Looks<'a> {
    let class = dom.attribute(id, Name::Class).unwrap_or_default();
    let name = class.split_whitespace().max_by_key(|name| name.len()).unwrap_or_default();
    let unnumbered = name.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '-' | '_'));
    (dom.tag(id), if unnumbered.len() >= 4 { unnumbered } else { name })
}

/// What the elements look like that hold the paragraphs of the container, where they have a name.
fn holders<'a>(dom: &'a Dom<'_>, blocks: &[RawBlock], top: NodeId) -> Vec<Looks<'a>> {
    let range = dom.subtree(top);
    let mut found: Vec<Looks<'a>> = Vec::new();
    for block in blocks.iter().filter(|block| is_prose(block) && range.contains(&block.element)).take(200) {
        let looks = looks(dom, dom.parent(block.element));
        if !looks.1.is_empty() && !found.contains(&looks) {
            found.push(looks);
        }
    }
    found
}

/// Whether the prose beside `at` looks like more of the same: paragraphs, or blocks with the same element and class, or held
/// by such.
fn is_continued(dom: &Dom<'_>, blocks: &[RawBlock], above: NodeId, at: NodeId, holders: &[Looks<'_>]) -> bool {
    let (inside, all) = (dom.subtree(at), dom.subtree(above));
    // What has no name of its own looks as what it is in.
    let named = dom.ancestors(at).take_while(|up| *up != above).find(|up| !looks(dom, *up).1.is_empty());
    let own = named.map(|named| looks(dom, named));
    let (mut alike, mut other) = (0, 0);
    let mut pieces: Vec<NodeId> = Vec::new();
    for block in blocks.iter().filter(|block| is_prose(block) && all.contains(&block.element)) {
        if inside.contains(&block.element) {
            continue;
        }
        let paragraph = matches!(dom.tag(block.element), Some(Tag::P | Tag::Blockquote | Tag::H2 | Tag::H3));
        let holder = dom.parent(block.element);
        let piece = dom.ancestors(block.element).take(3).find(|up| *up != above && own == Some(looks(dom, *up)));
        let same = piece.is_some() || (paragraph && (holder == above || holders.contains(&looks(dom, holder))));
        // What is cut off is told elsewhere.
        let same = same && !is_cut_off(&block.text);
        if let Some(piece) = piece.filter(|piece| pieces.last() != Some(piece)) {
            pieces.push(piece);
        }
        if same { alike += block.chars } else { other += block.chars }
    }
    alike > other && (named == Some(at) || pieces.len() >= PIECES_MIN || own.is_none())
}

/// The element that the publisher names as the body, where it holds about as much as the voted one.
fn named(dom: &Dom<'_>, marks: &Marks, prose: &Prose, top: NodeId) -> Option<NodeId> {
    let wanted = prose.of(dom, top) * NAMED_SHARE;
    let adds_chrome = |id: NodeId| {
        let (held, own) = (prose.of(dom, id), prose.of(dom, top));
        let more = f64::from(marks.sums(id).text.saturating_sub(marks.sums(top).text));
        let share = if held > own * CLIMB_GAIN { CHROME_SHARE } else { CHROME_ALONE_SHARE };
        dom.subtree(id).contains(&top) && more - (held - own) > held * share
    };
    let mut best: Option<(NodeId, f64)> = None;
    for id in dom.ids().skip(1) {
        if marks.dropped(id).is_some()
            || prose.of(dom, id) < wanted
            || !is_named_body(dom, id)
            || (!is_stated_body(dom, id) && adds_chrome(id))
        {
            continue;
        }
        let held = prose.of(dom, id);
        // The deepest of those that hold the most.
        if best.is_none_or(|(_, most)| held >= most) {
            best = Some((id, held));
        }
    }
    let (best, _) = best?;
    // One of several bodies of the same looks is a piece: what holds them all is the body.
    let own = looks(dom, best);
    let inside = dom.subtree(best);
    let goes_on = dom.subtree(top).any(|id| {
        !inside.contains(&id)
            && looks(dom, id) == own
            && !dom.subtree(id).contains(&best)
            && prose.of(dom, id) > 0.0
            && is_named_body(dom, id)
    });
    if goes_on {
        return None;
    }
    // Its other pieces may be right beside it, where the voted container is none of them.
    let above = dom.parent(best);
    let is_piece = |id: NodeId| {
        id != best
            && looks(dom, id) == own
            && marks.dropped(id).is_none()
            && prose.of(dom, id) >= f64::from(PARAGRAPH_MIN_CHARS)
            && is_named_body(dom, id)
    };
    Some(if dom.children(above).take(PARTS_MAX).any(is_piece) { above } else { best })
}

pub(super) fn is_named_body(dom: &Dom<'_>, id: NodeId) -> bool {
    if dom
        .tag(id)
        .is_none_or(|tag| !matches!(tag, Tag::Div | Tag::Section | Tag::Article | Tag::Main | Tag::Td | Tag::Span))
    {
        return false;
    }
    if is_stated_body(dom, id) {
        return true;
    }
    [Name::Class, Name::Id, Name::DataTestid, Name::DataComponent].into_iter().any(|name| {
        dom.attribute(id, name).is_some_and(|value| {
            let squeezed: String = value
                .chars()
                .take(300)
                .filter(|c| c.is_ascii_alphanumeric() || c.is_whitespace())
                .map(|c| c.to_ascii_lowercase())
                .collect();
            BODY_NAMES.is_match(&squeezed)
        })
    })
}

/// Whether an element is the body in the words of schema.org.
pub(super) fn is_stated_body(dom: &Dom<'_>, id: NodeId) -> bool {
    has_property(dom, id, "articleBody")
}

/// What content systems call the body, without hyphens and underscores.
static BODY_NAMES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    any_of([
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
    ])
});

#[cfg(test)]
mod tests {
    use crate::engine::page::tests::{read, texts};

    #[test]
    fn the_article_of_the_headline_is_read_where_a_page_has_several_or_longer_texts_beside_it() {
        let line = |word: &str| {
            format!(
                "The {word} council met on Tuesday, and agreed to rebuild the pier by spring, officials said after the vote of that night."
            )
        };
        let paragraph = |word: &str, at: usize| format!("<p>{} {at}</p>", line(word));
        let told = |word: &str, lines: usize| (0..lines).map(|at| paragraph(word, at)).collect::<String>();
        let head = "<head><title>Pier to be rebuilt by spring | The Lantern</title></head>";
        let own = format!("<h1>Pier to be rebuilt by spring</h1><div class=text>{}</div>", told("harbour", 3));
        let next = format!("<h1>Lamps to be lit again</h1><div class=text>{}</div>", told("island", 9));
        for (name, html) in [
            (
                "the next article is longer",
                format!("{head}<main><article>{own}</article><article>{next}</article></main>"),
            ),
            (
                "the next ones are shown whole, with a body named as such each",
                format!(
                    "{head}<main>{}</main>",
                    [&own, &next, &next.replace("Lamps", "Masts")]
                        .map(|one| format!(
                            "<article class=minute>{}</article>",
                            one.replace("class=text", "itemprop=articleBody")
                        ))
                        .concat()
                ),
            ),
            (
                "a programme beside it",
                format!("{head}<div class='hentry post'>{own}</div><div class=programme>{}</div>", told("party", 12)),
            ),
        ] {
            let found = read(&html);
            assert_eq!(texts(&found), [0, 1, 2].map(|at| format!("{} {at}", line("harbour"))), "{name}");
        }
        // The next one is no longer, and looks other.
        let html = format!(
            "{head}<main><article class=first><div class=text><h1>Pier to be rebuilt by spring</h1>{}</div></article><section><h4>Next</h4><article class='post other'><h2>Lamps to be lit again</h2>{}</article></section></main>",
            told("harbour", 4),
            told("island", 2)
        );
        assert_eq!(texts(&read(&html)).len(), 4);
        // A header of its own with a long standfirst is no article.
        let html = format!(
            "{head}<article class=header><h1>Pier to be rebuilt by spring</h1><p>{}</p></article><div class=body>{}</div>",
            line("whole"),
            told("harbour", 6)
        );
        assert_eq!(texts(&read(&html)).len(), 6);
    }

    #[test]
    fn what_is_around_or_beside_the_article_is_not_taken_with_it() {
        let told = |line: &str, days: [&str; 4]| -> String {
            days.map(|day| format!("<p>{}</p>", line.replace('*', day))).concat()
        };
        let days = ["Monday", "Tuesday", "Friday", "Sunday"];
        let line =
            "The harbour council met on *, and agreed to rebuild the pier by spring, officials said after the vote.";
        let body = format!("<div class=text>{}</div>", told(line, days));
        let links = "<div>Read most</div>".repeat(30);
        let teaser = |at: usize| {
            format!(
                "<div class=text><p>The island council met on day {at}, and agreed to mend the lamps of the quay, officials said before...</p></div>"
            )
        };
        let teasers: String = (0..6).map(teaser).collect();
        let lines = "<h4>港口委员会第九次会议本周二在港口城市举行记者到场</h4>".repeat(8);
        let chinese =
            told("港口委员会*开会，同意在春天之前重建码头，官员在投票之后这样说。", ["周一", "周二", "周五", "周日"]);
        for (name, html) in [
            (
                "a wrapper by a body's name",
                format!("<div class='post-content-main'><h1>Pier</h1>{body}<div class=more>{links}</div></div>"),
            ),
            (
                "teasers of the same looks",
                format!("<div><div class=other>{teasers}</div><div><h1>Pier</h1>{body}</div></div>"),
            ),
            (
                "headlines in Chinese",
                format!(
                    "<div class='article-content-left'><h1>码头</h1><div class=text>{chinese}</div><div class=hot>{lines}</div></div>"
                ),
            ),
        ] {
            let found = read(&format!("<body>{html}</body>"));
            assert_eq!(texts(&found).len(), days.len(), "{name}: {:?}", texts(&found));
        }
    }

    #[test]
    fn a_body_begins_in_what_stands_right_before_its_container() {
        let days = |days: &[&str]| -> String {
            let line = "The harbour council met again on that very day, and agreed to rebuild the pier by spring, as its clerk said";
            days.iter().map(|day| format!("<p>{day}: {line} after the vote on {day}.</p>")).collect::<Vec<_>>().concat()
        };
        let (begun, rest) =
            (days(&["Monday", "Tuesday", "Friday", "Sunday"]), days(&["May", "June", "July", "August", "March"]));
        for (name, before, expected) in
            [("what the front page shows", begun.as_str(), 9), ("a standfirst", &days(&["Monday"]), 5)]
        {
            let html = format!(
                "<body><div class=asset><div class=first>{before}</div><div class=rest>{rest}</div></div></body>"
            );
            assert_eq!(texts(&read(&html)).len(), expected, "{name}: {:?}", texts(&read(&html)));
        }
    }

    #[test]
    fn a_body_in_pieces_of_the_same_looks_is_read_whole() {
        let line = |at: usize| {
            format!("<p>On day {at} the harbour council agreed to rebuild the pier by spring, officials said.</p>")
        };
        let told = |from: usize, to: usize| (from..to).map(line).collect::<String>();
        let advert = "<div class=xk><div>Advertisement</div><a href='/shoes'>Save big on shoes today</a></div>";
        for (name, open, close) in [
            ("pieces without a name", "<div>", "</div>"),
            ("pieces of a name that says nothing", "<div class=qz>", "</div>"),
            ("bodies by their name", "<div class=articleBody>", "</div>"),
            ("elements that nobody knows", "<lantern-text>", "</lantern-text>"),
        ] {
            let html = format!(
                "<body><h1>Pier</h1><div class=wrap>{open}{}{close}{advert}{open}{}{close}</div></body>",
                told(0, 3),
                told(3, 8)
            );
            assert_eq!(texts(&read(&html)).len(), 8, "{name}: {:?}", texts(&read(&html)));
        }
    }

    #[test]
    fn a_list_of_names_outvotes_no_paragraphs() {
        let names = "Left to right: Jo Arden, Sam Lee, Kim Roe, Mira Ellison, Lou Park, Ana Sol, Ben Ray, Eve Day, Max Orr, Ida Nye, and Tom Fry.";
        let line = |at: usize| {
            format!("<p>On day {at} the harbour council agreed to rebuild the pier by spring, officials said.</p>")
        };
        let told: String = (0..4).map(line).collect();
        let links = "<li><a href='/x'>Another story of the harbour and its pier</a></li>".repeat(30);
        let html = format!(
            "<body><h1>Pier</h1><div class=qa><p>{names}</p></div><div class=qb><div class=qc>{told}</div><ul>{links}</ul></div></body>"
        );
        assert_eq!(texts(&read(&html)).len(), 4);
    }
}
