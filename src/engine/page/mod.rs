//! From a page's markup to the article in it. The order of attempts: parse into a bounded tree; mark chrome; read metadata;
//! find the container and cut it into blocks; prune the blocks; where that leaves too little, read the article from the data
//! that the page carries for machines.
//!
//! Pure: the same page gives the same article. Whatever the markup, time and memory are linear in its length.

mod authors;
mod blanks;
mod blocks;
mod bylines;
mod calendars;
mod captions;
mod container;
pub mod dates;
mod details;
mod discussion;
pub mod dom;
pub mod entities;
mod flight;
mod home;
mod islands;
mod jsonld;
mod labels;
mod learned;
mod lexicon;
mod marks;
mod metadata;
mod months;
mod next;
mod pattern;
mod phrases;
mod prune;
mod rescue;
pub mod rules;
mod signs;
mod state;
mod story;
mod teasers;
mod title;

use std::collections::{BTreeSet, HashSet};

pub use learned::{Learned, block_hash, without};

use crate::model::article::{Block, BlockKind, Content};
use crate::model::entry::Entry;
use crate::model::time::Published;
use crate::model::url::WebUrl;
use authors::Outlet;
use blocks::RawBlock;
use dom::{Dom, NodeId};
use learned::Sought;
use marks::Marks;
use metadata::{Head, Near, Said};
use rules::SiteRules;
use teasers::Teasers;

/// Blocks at the head and at the tail from which a site's boilerplate is learnt.
const EDGE_BLOCKS: usize = 8;
/// Only the part of a page up to this many bytes is read.
const HTML_MAX_BYTES: usize = 16 << 20;

/// What extraction works on.
#[derive(Debug)]
pub struct PageInput<'a> {
    /// The page, decoded.
    pub html: &'a str,
    /// Where it was found, after redirects.
    pub url: &'a WebUrl,
    /// The site's rules; the default has none.
    pub rules: &'a SiteRules,
    /// The feed's entry that led to it.
    pub entry: Option<&'a Entry>,
    /// What the site is known to repeat.
    pub learned: &'a Learned,
}

/// The letters and digits of a text in lower case, without anything between them.
fn letters(text: &str) -> String {
    first_letters(text, usize::MAX)
}

/// The first of a text's [`letters`]: so many bytes of them, where there are as many.
fn first_letters(text: &str, bytes: usize) -> String {
    let mut letters = String::with_capacity(text.len().min(bytes));
    for c in text.chars() {
        if letters.len() >= bytes {
            break;
        }
        // Most characters are ASCII or punctuation, which need no tables.
        match c {
            'a'..='z' | '0'..='9' => letters.push(c),
            'A'..='Z' => letters.push(c.to_ascii_lowercase()),
            '\0'..='\x7f' | '\u{2000}'..='\u{206f}' => {}
            _ if c.is_alphanumeric() => letters.extend(c.to_lowercase()),
            _ => {}
        }
    }
    letters
}

/// Whether two texts have the same letters and digits, at least one.
fn same_letters(a: &str, b: &str) -> bool {
    let first = |text: &str| text.chars().find(|c| c.is_alphanumeric()).and_then(|c| c.to_lowercase().next());
    // Most texts differ in their first letter.
    first(a).is_some() && first(a) == first(b) && letters(a) == letters(b)
}

/// Why a block of the container is in or out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockTrace {
    /// Its text.
    pub text: String,
    /// Whether it is in the body.
    pub kept: bool,
    /// The rule that said so.
    pub rule: String,
}

/// An article as it stands on its page, before normalization.
#[derive(Debug)]
pub struct Extracted {
    content: Content,
    canonical: Option<WebUrl>,
    next: Option<WebUrl>,
    twin: Option<WebUrl>,
    moved: Option<WebUrl>,
    trace: Vec<BlockTrace>,
    edges: Vec<u64>,
    repeated: BTreeSet<u64>,
}

impl Extracted {
    /// The canonical address that the page names.
    pub fn canonical_hint(&self) -> Option<&WebUrl> {
        self.canonical.as_ref()
    }

    /// The article's next page, where it is split over several.
    pub fn next_page(&self) -> Option<&WebUrl> {
        self.next.as_ref()
    }

    /// The AMP form that the page names, where it lacks the text itself.
    pub fn amp_twin(&self) -> Option<&WebUrl> {
        self.twin.as_ref()
    }

    /// Where the page sends its reader at once, where it has no text of its own: feeds link to such pages.
    pub fn moved_to(&self) -> Option<&WebUrl> {
        self.moved.as_ref()
    }

    /// Why each block of the container is in or out.
    pub fn trace(&self) -> &[BlockTrace] {
        &self.trace
    }

    /// Hashes of the blocks at the container's head and tail, from which the site's boilerplate is learnt.
    pub fn edge_blocks(&self) -> Vec<u64> {
        self.edges.clone()
    }

    /// Hashes of the blocks that were left out because the site repeats them, ascending.
    pub fn repeated_blocks(&self) -> Vec<u64> {
        self.repeated.iter().copied().collect()
    }

    /// Adds the article's next part: the blocks that it has and no part before it, since each repeats the headline, the
    /// standfirst and the notes. Facts of the first part stand.
    pub(in crate::engine) fn append(&mut self, part: Self) {
        let mut seen: HashSet<u64> = self.content.blocks.iter().map(|block| block_hash(&block.text)).collect();
        for block in part.content.blocks {
            if seen.insert(block_hash(&block.text)) {
                self.content.blocks.push(block);
            }
        }
        for notice in part.content.notices {
            if !self.content.notices.contains(&notice) {
                self.content.notices.push(notice);
            }
        }
        self.trace.extend(part.trace);
        self.repeated.extend(part.repeated);
        // What the parts repeat of each other is the article's, not the site's.
        for edge in part.edges {
            if !self.edges.contains(&edge) {
                self.edges.push(edge);
            }
        }
        self.next = part.next;
    }

    /// Takes the body of the page's AMP twin, where that has the text which this page lacks, and the facts that this page does
    /// not state.
    pub(in crate::engine) fn take_body(&mut self, twin: Self) {
        self.twin = None;
        self.repeated.extend(&twin.repeated);
        if !rescue::is_longer(&twin.content.blocks, &self.content.blocks) {
            return;
        }
        let (own, twins) = (&mut self.content, twin.content);
        own.blocks = twins.blocks;
        // The text says its language, and what it says of itself.
        own.language = twins.language.or(own.language.take());
        own.notices = twins.notices;
        own.title = own.title.take().or(twins.title);
        own.published = own.published.or(twins.published);
        own.modified = own.modified.or(twins.modified);
        own.section = own.section.take().or(twins.section);
        own.image = own.image.take().or(twins.image);
        own.site = own.site.take().or(twins.site);
        own.origin = own.origin.take().or(twins.origin);
        for (own, twins) in [(&mut own.authors, twins.authors), (&mut own.tags, twins.tags)] {
            if own.is_empty() {
                *own = twins;
            }
        }
        self.trace = twin.trace;
        self.edges = twin.edges;
    }

    /// Hands over the content, for normalization alone.
    pub(in crate::engine) fn into_content(self) -> Content {
        self.content
    }
}

/// Extracts the article from a page. Never fails: what is not there is empty.
pub fn extract(input: &PageInput<'_>) -> Extracted {
    let whole = dom::parse(floor(input.html, HTML_MAX_BYTES));
    let ruled = if input.rules.is_empty() { rules::Ruled::default() } else { rules::apply(input.rules, &whole) };
    let json = jsonld::read(&whole, input.url);
    let head = Head::read(&whole);
    let marks = Marks::read(&whole);
    let site = details::site(&head, &json);

    let said = Said { dom: &whole, marks: &marks, head: &head, json: &json, site: site.as_deref(), url: input.url };
    let entry_title = input.entry.and_then(|entry| entry.title.as_deref());
    let headline = title::headline(&said, entry_title, ruled.title);
    let title = headline.text;
    let near = metadata::near(&whole, &marks, headline.element);
    let authors = authors_of(&said, &near, &ruled.authors, input.entry);

    let sought = Sought::new(input.learned);
    let about = prune::About { title: title.as_deref(), authors: &authors, site: site.as_deref(), learned: &sought };
    let everything = blocks::cut(&whole, &marks, Dom::ROOT, None);
    let body = match &ruled.html {
        Some(html) => {
            let dom = dom::parse(html);
            let marks = Marks::read(&dom);
            Body::of(&dom, &marks, (&blocks::cut(&dom, &marks, Dom::ROOT, None), None), &about)
        }
        None => Body::of(&whole, &marks, (&everything, headline.element), &about),
    };
    // Columns are signed below their text, and nowhere else.
    let signed = if authors.is_empty() { signed(&said, &body.trace) } else { Vec::new() };
    let read = rescue::rescue((body.blocks, body.trace), &whole, &json, &about);
    let read = rescue::captions(read, &whole, &marks);
    let (blocks, mut trace) = rescue::links(read, &whole, &everything, headline.element);
    let authors = if authors.is_empty() { signed } else { authors };
    let by_rule = |text| BlockTrace { text, kept: false, rule: "removed by the site's rules".to_owned() };
    trace.extend(ruled.removed.into_iter().map(by_rule));
    let text: String = blocks.iter().take(20).map(|block| block.text.as_str()).collect::<Vec<_>>().join(" ");
    let language = details::language(&text, &head, &json);
    // `03/04/2026` is read as the page's declared language has it, which knows the region; else as the text's.
    let writes_dates_as = head.language.as_deref().or(language.as_deref());
    let (published, modified) = metadata::dates(&said, &near, writes_dates_as);
    let published = ruled.published.as_deref().and_then(|text| dates::parse(text, writes_dates_as)).or(published);
    let published = settle_date(published, input.entry);
    let content = Content {
        language,
        section: details::section(&head, &json),
        tags: details::tags(&whole, &head, &json),
        image: details::image(&head, &json, input.url),
        origin: details::origin(&whole, &last_of_chrome(&whole, &marks), &everything, input.url),
        notices: details::notices(&everything),
        title,
        authors,
        published,
        modified,
        site,
        blocks,
    };
    Extracted {
        canonical: details::canonical(&head, input.url),
        next: next::next(&whole, &marks, &head, input.url),
        twin: rescue::twin(&content.blocks, &head, input.url),
        moved: rescue::moved(&content.blocks, &head, input.url),
        content,
        trace,
        edges: body.edges,
        repeated: sought.into_found(),
    }
}

/// The authors by the site's rules, else by the page, else by the feed.
fn authors_of(said: &Said<'_>, near: &Near, ruled: &[String], entry: Option<&Entry>) -> Vec<String> {
    let outlet = outlet(said);
    let clean = |names: &[String]| authors::clean(names.iter().map(String::as_str), outlet);
    let ruled = clean(ruled);
    if !ruled.is_empty() {
        return ruled;
    }
    let found = bylines::authors(said, outlet, near);
    if found.is_empty() { entry.map(|entry| clean(&entry.authors)).unwrap_or_default() } else { found }
}

/// The authors that the line names in which the text is signed.
fn signed(said: &Said<'_>, trace: &[BlockTrace]) -> Vec<String> {
    let rule = format!("tail: {}", phrases::SIGNED);
    let line = trace.iter().find(|line| line.rule == rule).map(|line| line.text.as_str());
    authors::clean(line.into_iter(), outlet(said))
}

fn outlet<'a>(said: &Said<'a>) -> Outlet<'a> {
    Outlet {
        site: said.site,
        publisher: said.json.publisher.as_deref(),
        label: said.url.site().split('.').next().unwrap_or_default(),
    }
}

/// The feed says when an entry was published: it fills a gap, and a page date without a time of day takes its instant where
/// both name the same day.
fn settle_date(page: Option<Published>, entry: Option<&Entry>) -> Option<Published> {
    let listed = entry.and_then(|entry| entry.published);
    match (page, listed) {
        (None, listed) => listed,
        (Some(page @ Published::Day(day)), Some(listed)) => Some(if listed.day() == day { listed } else { page }),
        (page, _) => page,
    }
}

/// Blocks at the end of the page's chrome, the last first: publishers put credits into boxes of their own.
fn last_of_chrome(dom: &Dom<'_>, marks: &Marks) -> Vec<RawBlock> {
    let mut found = Vec::new();
    let is_top = |id| marks.dropped(id).is_some() && marks.dropped(dom.parent(id)).is_none();
    for id in dom.ids().skip(1).rev() {
        if found.len() >= details::CREDIT_BLOCKS {
            break;
        }
        if marks.sums(id).text < 2_000 && is_top(id) {
            found.extend(blocks::cut(dom, marks, id, marks.dropped(id)).into_iter().rev());
        }
    }
    found
}

struct Body {
    blocks: Vec<Block>,
    trace: Vec<BlockTrace>,
    edges: Vec<u64>,
}

impl Body {
    /// `all` are the blocks of the whole page, with the element that shows its headline.
    fn of(dom: &Dom<'_>, marks: &Marks, all: (&[RawBlock], Option<NodeId>), about: &prune::About<'_>) -> Self {
        let teasers = Teasers::read(dom, marks, all.0, all.1);
        let Some(root) = container::find(dom, marks, all.0, all.1, &teasers) else {
            return Self { blocks: Vec::new(), trace: Vec::new(), edges: Vec::new() };
        };
        let inside = blocks::below(dom, marks, all.0, root);
        let mut apart = islands::apart(dom, marks, &inside, all.1);
        if teasers.leave_text(&inside) {
            apart.resize(inside.len(), None);
            for (reason, _) in apart.iter_mut().zip(inside.iter()).filter(|(_, block)| teasers.has(block.element)) {
                *reason = reason.or(Some("a teaser of another story"));
            }
        }
        let trace = prune::prune(&inside, &apart, about);
        let kept = inside.iter().zip(&trace).filter(|(_, line)| line.kept).map(|(block, _)| block);
        let head = inside.iter().take(EDGE_BLOCKS);
        let tail = inside.iter().rev().take(EDGE_BLOCKS.min(inside.len().saturating_sub(EDGE_BLOCKS)));
        let edges = head.chain(tail).map(|block| block_hash(&block.text)).collect();
        Self { blocks: without_times(dom, &inside, joined(kept)), trace, edges }
    }
}

/// The blocks of a running report without the time in an element of its own at the head of each post's first.
fn without_times(dom: &Dom<'_>, inside: &[RawBlock], mut blocks: Vec<Block>) -> Vec<Block> {
    let is_timed = |block: &&RawBlock| {
        let Some((time, _)) = block.text.split_once(' ').filter(|(time, _)| prune::is_clock(time)) else {
            return false;
        };
        let is_told = |part: &NodeId| dom.text(*part).is_none_or(|text| !text.trim().is_empty());
        let first = dom.children(block.element).find(is_told);
        first.is_some_and(|first| dom.tag(first).is_some() && dom.text_content(first).trim() == time)
    };
    let timed: HashSet<&str> = inside.iter().filter(is_timed).map(|block| block.text.as_str()).collect();
    if timed.len() >= TIMES_MIN {
        for block in blocks.iter_mut().filter(|block| timed.contains(block.text.as_str())) {
            block.text = block.text.split_once(' ').map(|(_, told)| told.to_owned()).unwrap_or_default();
        }
    }
    blocks
}

/// A report whose posts have times has so many.
const TIMES_MIN: usize = 3;

/// Table cells of one row are one line, rows of one table one block.
fn joined<'a>(kept: impl Iterator<Item = &'a RawBlock>) -> Vec<Block> {
    let mut out: Vec<Block> = Vec::new();
    let (mut table, mut row) = (None, None);
    for block in kept {
        if block.kind == BlockKind::Table && block.group.is_some() && block.group == table {
            if let Some(last) = out.last_mut() {
                last.text.push_str(if block.row.is_some() && block.row == row { " | " } else { "\n" });
                last.text.push_str(&block.text);
            }
            row = block.row;
            continue;
        }
        row = block.row;
        table = if block.kind == BlockKind::Table { block.group } else { None };
        out.push(Block { kind: block.kind, text: block.text.clone() });
    }
    out
}

/// The blocks of a piece of HTML that is an article's body already: a feed's full content, an imported line.
pub fn from_html_fragment(html: &str, url: &WebUrl) -> Vec<Block> {
    let dom = dom::parse(floor(html, HTML_MAX_BYTES));
    let marks = Marks::read(&dom);
    let all = blocks::cut(&dom, &marks, Dom::ROOT, None);
    let learned = Learned::default();
    let sought = Sought::new(&learned);
    let about = prune::About { title: None, authors: &[], site: Some(url.site()), learned: &sought };
    let trace = prune::prune(&all, &islands::apart(&dom, &marks, &all, None), &about);
    let kept = joined(all.iter().zip(&trace).filter(|(_, line)| line.kept).map(|(block, _)| block));
    if kept.is_empty() { joined(all.iter()) } else { kept }
}

/// The text cut at a character's border.
fn floor(text: &str, max: usize) -> &str {
    if text.len() <= max {
        return text;
    }
    let end = (0..=max).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests;
