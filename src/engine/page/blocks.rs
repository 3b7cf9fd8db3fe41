//! Cuts a part of the tree into blocks of text in reading order: what stands on lines of its own.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;

use super::blanks;
use super::dom::{Dom, NodeId, Tag};
use super::marks::Marks;
use crate::model::article::BlockKind;

/// Longest block that is kept, in bytes; longer text is one block cut there.
const BLOCK_MAX_BYTES: usize = 64 << 10;
/// A paragraph in a table's cell is prose from this length on, in characters.
const PARAGRAPH_MIN_CHARS: u32 = 60;
/// A paragraph that stands alone with an image and is no sentence is what is said below it up to this length, in characters.
const LONE_CAPTION_MAX_CHARS: u32 = 120;
/// Of a table so many nodes are looked at.
const TABLE_NODES_MAX: usize = 2_000;
/// A cell that holds half of its table lays it out where the table has so many characters.
const LAID_OUT_MIN_CHARS: u32 = 400;
/// Most blocks of one page.
const BLOCKS_MAX: usize = 20_000;

/// One block as the page has it.
#[derive(Debug, Clone)]
pub(super) struct RawBlock {
    /// What it is.
    pub(super) kind: BlockKind,
    /// Its text with runs of blanks as one.
    pub(super) text: String,
    /// The block element that holds it.
    pub(super) element: NodeId,
    /// The list or table that it belongs to.
    pub(super) group: Option<NodeId>,
    /// The table's row that it is a cell of.
    pub(super) row: Option<NodeId>,
    /// Characters other than spaces.
    pub(super) chars: u32,
    /// Of these, inside links.
    pub(super) linked: u32,
    /// Of these, emphasised.
    pub(super) emphasised: u32,
    /// Of these, strong.
    pub(super) strong: u32,
    /// It is all the text of an element that holds an image too.
    pub(super) captions_image: bool,
}

impl RawBlock {
    /// The share of its characters inside links.
    pub(super) fn link_density(&self) -> f64 {
        f64::from(self.linked) / f64::from(self.chars.max(1))
    }
}

/// The blocks below `root` that no mark takes out; with `keep_marked`, those too.
pub(super) fn cut(dom: &Dom<'_>, marks: &Marks, root: NodeId, base_reason: Option<&'static str>) -> Vec<RawBlock> {
    let (open, tables) = (Open::default(), RefCell::default());
    let mut cutter = Cutter { dom, marks, base_reason, blocks: Vec::new(), open, inline: Vec::new(), tables };
    cutter.walk(root);
    cutter.blocks
}

/// Those of a page's blocks that are below `root`, where they are what [`cut`] gives for it.
pub(super) fn below<'a>(dom: &Dom<'_>, marks: &Marks, all: &'a [RawBlock], root: NodeId) -> Cow<'a, [RawBlock]> {
    let is_cut_alike = marks.dropped(root).is_none()
        && dom.tag(root).is_some_and(Tag::is_block)
        && !dom.ancestors(root).any(|at| dom.tag(at).is_some_and(is_emphasis))
        && all.len() < BLOCKS_MAX;
    if !is_cut_alike {
        return Cow::Owned(cut(dom, marks, root, marks.dropped(root)));
    }
    Cow::Borrowed(within(dom, all, root))
}

/// The blocks inside an element, which follow each other.
pub(super) fn within<'a>(dom: &Dom<'_>, blocks: &'a [RawBlock], element: NodeId) -> &'a [RawBlock] {
    let range = dom.subtree(element);
    let is_inside = |block: &RawBlock| range.contains(&block.element);
    let first = blocks.iter().position(is_inside).unwrap_or(blocks.len());
    let rest = blocks.get(first..).unwrap_or_default();
    let end = rest.iter().rposition(is_inside).map_or(0, |last| last + 1);
    rest.get(..end).unwrap_or_default()
}

/// Whether an element sets its text off from what is around it in the same line.
fn is_emphasis(tag: Tag) -> bool {
    matches!(tag, Tag::Em | Tag::I | Tag::Cite | Tag::Strong | Tag::B)
}

/// How many characters a text has; most are ASCII.
fn count(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

/// Lines from which on preformatted text may be prose that an old system wrapped.
const WRAPPED_LINES_MIN: usize = 4;

/// Whether preformatted text is prose in lines of a column's width: words and sentences, hardly a sign of code.
fn is_wrapped_prose(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let letters = text.chars().filter(|c| c.is_alphabetic() || c.is_whitespace()).count();
    let in_column = lines.iter().filter(|line| (20..=90).contains(&line.chars().count()) && line.contains(' ')).count();
    lines.len() >= WRAPPED_LINES_MIN
        && in_column * 10 >= lines.len() * 7
        && letters * 100 >= text.chars().count() * 92
        && text.contains(['.', '?', '!'])
}

#[derive(Default)]
struct Open {
    text: String,
    element: NodeId,
    chars: u32,
    linked: u32,
    emphasised: u32,
    strong: u32,
    breaks: u32,
}

struct Cutter<'a> {
    dom: &'a Dom<'a>,
    marks: &'a Marks,
    base_reason: Option<&'static str>,
    blocks: Vec<RawBlock>,
    open: Open,
    inline: Vec<(NodeId, Tag)>,
    /// Which tables lay the page out.
    tables: RefCell<HashMap<NodeId, bool>>,
}

impl Cutter<'_> {
    fn walk(&mut self, root: NodeId) {
        let mut id = root;
        let end = self.dom.after(root);
        // Elements entered and not left yet, with where each ends.
        let mut entered: Vec<(NodeId, NodeId)> = Vec::new();
        while id < end && self.blocks.len() < BLOCKS_MAX {
            while let Some(&(element, until)) = entered.last() {
                if id < until {
                    break;
                }
                entered.pop();
                self.leave(element);
            }
            if self.marks.dropped(id).is_some() && self.marks.dropped(id) != self.base_reason {
                // A figure between two paragraphs parts them; a hidden span inside one does not.
                if self.dom.tag(id).is_some_and(Tag::is_block) {
                    self.flush();
                }
                id = self.dom.after(id);
                continue;
            }
            match self.dom.tag(id) {
                Some(tag) => {
                    entered.push((id, self.dom.after(id)));
                    self.enter(id, tag);
                }
                None => {
                    if let Some(text) = self.dom.text(id) {
                        self.text(id, text);
                    }
                }
            }
            id += 1;
        }
        self.flush();
    }

    fn enter(&mut self, id: NodeId, tag: Tag) {
        if tag == Tag::Br {
            self.open.breaks += 1;
            if self.open.breaks >= 2 {
                self.flush();
            } else if !self.open.text.ends_with(' ') && !self.open.text.is_empty() {
                self.open.text.push(' ');
            }
            return;
        }
        if tag.is_block() {
            self.flush();
            self.open.element = id;
        } else if is_emphasis(tag) {
            self.inline.push((id, tag));
        }
    }

    fn leave(&mut self, id: NodeId) {
        let Some(tag) = self.dom.tag(id) else { return };
        if tag.is_block() {
            self.flush();
            self.open.element = self.dom.parent(id);
        } else if self.inline.last().is_some_and(|(open, _)| *open == id) {
            self.inline.pop();
        }
    }

    fn text(&mut self, id: NodeId, text: &str) {
        let chars = if text.contains('\n') && self.inside(self.open.element, Tag::Pre) {
            self.lines(text)
        } else {
            self.words(text)
        };
        if chars == 0 {
            return;
        }
        self.open.breaks = 0;
        self.open.chars += chars;
        if self.marks.is_linked(id) {
            self.open.linked += chars;
        }
        if self.inline.iter().any(|(_, tag)| matches!(tag, Tag::Em | Tag::I | Tag::Cite)) {
            self.open.emphasised += chars;
        }
        if self.inline.iter().any(|(_, tag)| matches!(tag, Tag::Strong | Tag::B)) {
            self.open.strong += chars;
        }
    }

    /// Adds text with its runs of blanks as one; gives how many characters are no blanks.
    fn words(&mut self, text: &str) -> u32 {
        let inner = text.trim_ascii();
        let fits = self.open.text.len() + inner.len() < BLOCK_MAX_BYTES;
        if let Some(chars) = blanks::visible_by_single_spaces(inner).filter(|_| fits) {
            let is_blank = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_whitespace);
            if is_blank(text.as_bytes().first()) {
                self.part();
            }
            self.open.text.push_str(inner);
            if is_blank(text.as_bytes().last()) {
                self.part();
            }
            return u32::try_from(chars).unwrap_or(u32::MAX);
        }
        if !text.is_ascii() {
            return text.split(char::is_whitespace).enumerate().map(|(at, word)| self.word(at > 0, word)).sum();
        }
        let (mut chars, mut from, mut parted) = (0, 0, false);
        for (at, byte) in text.bytes().enumerate() {
            if matches!(byte, b'\t'..=b'\r' | b' ') {
                chars += self.word(parted, text.get(from..at).unwrap_or_default());
                (from, parted) = (at + 1, true);
            }
        }
        chars + self.word(parted, text.get(from..).unwrap_or_default())
    }

    /// Adds a word, with a blank before it where there was one; gives its length.
    fn word(&mut self, parted: bool, word: &str) -> u32 {
        if parted {
            self.part();
        }
        if word.is_empty() || self.open.text.len() >= BLOCK_MAX_BYTES {
            return 0;
        }
        let word = super::floor(word, BLOCK_MAX_BYTES);
        self.open.text.push_str(word);
        u32::try_from(count(word)).unwrap_or(u32::MAX)
    }

    /// Adds a blank after a word.
    fn part(&mut self) {
        if !self.open.text.is_empty() && !self.open.text.ends_with([' ', '\n']) {
            self.open.text.push(' ');
        }
    }

    /// The same for preformatted text, whose lines stay.
    fn lines(&mut self, text: &str) -> u32 {
        let mut chars = 0;
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                self.open.text.push('\n');
            }
            chars += self.words(line);
        }
        chars
    }

    fn flush(&mut self) {
        let element = self.open.element;
        let open = std::mem::replace(&mut self.open, Open { element, ..Open::default() });
        let text = open.text.trim();
        if !text.is_empty() {
            self.close(&open, text);
        }
        // The next block is written into the same memory.
        self.open.text = open.text;
        self.open.text.clear();
    }

    fn close(&mut self, open: &Open, text: &str) {
        let element = open.element;
        let (kind, group) = self.kind(element, open.chars);
        if kind == BlockKind::Code && is_wrapped_prose(text) {
            return self.paragraphs(text, element);
        }
        let row = group.filter(|_| kind == BlockKind::Table).and_then(|_| self.row(element));
        self.blocks.push(RawBlock {
            kind,
            text: text.to_owned(),
            element,
            group,
            row,
            chars: open.chars,
            linked: open.linked,
            emphasised: open.emphasised,
            strong: open.strong,
            captions_image: self.captions_image(element, open.chars, text),
        });
    }

    /// Whether a table lays a page out, as old pages have it: another table or a page's headings stand in it, or paragraphs of
    /// some length, or a cell that holds most of it.
    fn lays_out(&self, table: NodeId) -> bool {
        if let Some(known) = self.tables.borrow().get(&table) {
            return *known;
        }
        let all = self.marks.sums(table).text;
        let lays_out = self.dom.subtree(table).skip(1).take(TABLE_NODES_MAX).any(|id| match self.dom.tag(id) {
            Some(Tag::Table | Tag::H1 | Tag::H2) => true,
            Some(Tag::Td) => all >= LAID_OUT_MIN_CHARS && self.marks.sums(id).text * 2 >= all,
            _ => false,
        });
        self.tables.borrow_mut().insert(table, lays_out);
        lays_out
    }

    fn row(&self, element: NodeId) -> Option<NodeId> {
        self.dom.ancestors(element).take(10).find(|at| self.dom.tag(*at) == Some(Tag::Tr))
    }

    /// Prose that is set as preformatted text, by paragraphs.
    fn paragraphs(&mut self, text: &str, element: NodeId) {
        for paragraph in text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
            self.blocks.push(RawBlock {
                kind: BlockKind::Paragraph,
                text: paragraph.replace('\n', " "),
                element,
                group: None,
                row: None,
                chars: u32::try_from(count(paragraph)).unwrap_or(u32::MAX),
                linked: 0,
                emphasised: 0,
                strong: 0,
                captions_image: false,
            });
        }
    }

    fn captions_image(&self, element: NodeId, chars: u32, text: &str) -> bool {
        let is_lone = self.dom.tag(element) == Some(Tag::P)
            && chars <= LONE_CAPTION_MAX_CHARS
            && !text.ends_with(['.', '!', '?', '。', '！', '？']);
        let holder = if is_lone { self.dom.parent(element) } else { element };
        matches!(self.dom.tag(holder), Some(Tag::Div | Tag::Center | Tag::Td | Tag::Span))
            && chars < 400
            && self.marks.sums(holder).text == chars
            && self.dom.subtree(holder).take(40).any(|id| self.dom.tag(id) == Some(Tag::Img))
    }

    fn inside(&self, element: NodeId, wanted: Tag) -> bool {
        self.dom.ancestors(element).take(6).any(|at| self.dom.tag(at) == Some(wanted))
    }

    fn kind(&self, element: NodeId, chars: u32) -> (BlockKind, Option<NodeId>) {
        let mut kind = BlockKind::Paragraph;
        // Old pages are laid out by tables: a paragraph in a cell is one, unless it is as short as figures are.
        let is_paragraph = self.dom.tag(element) == Some(Tag::P) && chars >= PARAGRAPH_MIN_CHARS;
        for (height, at) in self.dom.ancestors(element).take(10).enumerate() {
            match self.dom.tag(at) {
                Some(tag) if tag.is_heading() && height < 2 => {
                    // A heading in a list is the title of what the item leads to.
                    let listed = self.dom.ancestors(at).skip(1).take(3).find(|up| self.dom.tag(*up) == Some(Tag::Li));
                    return listed
                        .map_or((BlockKind::Heading, None), |item| (BlockKind::Item, Some(self.dom.parent(item))));
                }
                Some(Tag::Pre) => return (BlockKind::Code, Some(at)),
                Some(Tag::Li | Tag::Dd | Tag::Dt) if kind == BlockKind::Paragraph => kind = BlockKind::Item,
                Some(Tag::Ul | Tag::Ol | Tag::Dl) if kind == BlockKind::Item => return (kind, Some(at)),
                Some(Tag::Blockquote) => return (BlockKind::Quote, Some(at)),
                Some(Tag::Td | Tag::Th | Tag::Tr) if kind == BlockKind::Paragraph && !is_paragraph => {
                    kind = BlockKind::Table;
                }
                Some(Tag::Table) if kind == BlockKind::Table => {
                    return if self.lays_out(at) { (BlockKind::Paragraph, None) } else { (kind, Some(at)) };
                }
                _ => {}
            }
        }
        (kind, None)
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::page::tests::read;
    use crate::model::article::BlockKind;

    #[test]
    fn a_table_that_lays_the_page_out_is_no_table() {
        let line = |at: usize| {
            format!("<div>On day {at} the harbour council agreed to rebuild the pier by spring, officials said.</div>")
        };
        let told: String = (0..6).map(line).collect();
        let data = "<table><tr><td>Pier</td><td>9 million</td></tr><tr><td>Lamps</td><td>2 million</td></tr></table>";
        for (name, html, tables) in [
            ("a cell with the text", format!("<table><tr><td>News</td><td>{told}</td></tr></table>"), 0),
            (
                "tables in tables",
                format!("<table><tr><td><table><tr><td>{told}</td></tr></table></td><td>News</td></tr></table>"),
                0,
            ),
            ("figures", format!("<div>{told}{data}</div>"), 1),
            ("figures in a cell", format!("<table><tr><td>{told}{data}</td></tr></table>"), 1),
        ] {
            let blocks = read(&format!("<body>{html}</body>")).blocks;
            let of = |kind: BlockKind| blocks.iter().filter(|block| block.kind == kind).count();
            assert_eq!((of(BlockKind::Paragraph), of(BlockKind::Table)), (6, tables), "{name}: {blocks:?}");
        }
    }
}
