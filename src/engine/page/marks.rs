//! What the markup says of each node before any text is read: which subtrees are chrome (navigation, share bars, related
//! lists, forms …), by element, role, visibility and the words in `class` and `id`.
//!
//! A mark never hides the article: a subtree that holds a good part of the page's prose is kept whatever its name, since
//! publishers write `class="has-sidebar"` on the body and wrap whole pages in a form.

use std::collections::{HashMap, HashSet};

use super::blanks;
use super::dom::{Dom, Name, NodeId, Tag};
use super::signs;

/// A subtree with at least this share of the page's prose is never chrome by its name alone.
const PROSE_SHARE_KEPT: f64 = 0.35;
/// A body that the publisher names as such is one where it holds so much prose, in characters. Readers' comments are the page
/// only where there is less beside them.
const BODY_MIN_CHARS: u32 = 250;
/// A gallery inside a named body is left out where so much prose stands around it, in characters: the article is not its
/// captions.
const AROUND_GALLERY_CHARS: u32 = 1_000;
/// A hidden subtree is the article only where a script is to show nearly all of the page.
const HIDDEN_SHARE_KEPT: f64 = 0.6;
/// Nodes of what is named as chrome in which a headline is looked for.
const HEADLINE_NODES_MAX: usize = 60;
/// Below a headline an article has so much prose, in characters.
const HEADED_MIN_CHARS: u32 = 150;
/// Longest standfirst, in characters.
pub(super) const STANDFIRST_MAX_CHARS: u32 = 300;
/// The mark of readers' comments.
pub(super) const COMMENTS: &str = "comments";
/// The mark of pictures, players, charts and what is said below them.
pub(super) const FIGURE: &str = "figure or caption";
/// The mark of hidden subtrees.
pub(super) const HIDDEN: &str = "hidden";
/// The mark of what opens on a click or beside the pointer.
pub(super) const DIALOG: &str = "dialog or menu";
/// Prose: a block of text of at least so many characters, mostly outside links.
const PROSE_MIN_CHARS: u32 = 80;

/// Sums over a node's subtree, in characters other than spaces.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    /// All text.
    pub(super) text: u32,
    /// Text inside links.
    pub(super) link: u32,
    /// Text of prose blocks.
    pub(super) prose: u32,
    /// Text that stands in no block below the node, and how much of it is inside links.
    loose: u32,
    loose_link: u32,
}

impl Sums {
    /// The share of the text that is inside links.
    pub(super) fn link_density(self) -> f64 {
        if self.text == 0 { 0.0 } else { f64::from(self.link) / f64::from(self.text) }
    }
}

/// What is known of every node.
#[derive(Debug)]
pub(super) struct Marks {
    sums: Vec<Sums>,
    dropped: Vec<Option<&'static str>>,
    linked: Vec<bool>,
}

impl Marks {
    /// Reads the whole page once forward and once backward.
    pub(super) fn read(dom: &Dom<'_>) -> Self {
        let linked = inside_links(dom);
        let sums = sums(dom, &linked);
        let body = named_body(dom, &sums);
        let judge = Judge { dom, sums: &sums, body: body.as_ref() };
        let (mut dropped, lost) = judge.marks(Names::Believed);
        if body.as_ref().is_some_and(|body| lost * 2 >= body.prose) {
            dropped = judge.marks(Names::DoubtedInBody).0;
        }
        Self { sums, dropped, linked }
    }

    /// The sums of a node's subtree.
    pub(super) fn sums(&self, id: NodeId) -> Sums {
        self.sums.get(id as usize).copied().unwrap_or_default()
    }

    /// Why a node is chrome, if it is.
    pub(super) fn dropped(&self, id: NodeId) -> Option<&'static str> {
        self.dropped.get(id as usize).copied().flatten()
    }

    /// Whether a node is inside a link.
    pub(super) fn is_linked(&self, id: NodeId) -> bool {
        self.linked.get(id as usize).copied().unwrap_or(false)
    }
}

/// What the names of a body's pieces are worth: `section--ads` says nothing where it takes half of the body away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Names {
    Believed,
    DoubtedInBody,
}

struct Judge<'a> {
    dom: &'a Dom<'a>,
    sums: &'a [Sums],
    body: Option<&'a NamedBody>,
}

impl Judge<'_> {
    /// Why each node is chrome, and how much prose of the named body its pieces lost by such names.
    fn marks(&self, names: Names) -> (Vec<Option<&'static str>>, u32) {
        let mut dropped: Vec<Option<&'static str>> = vec![None; self.dom.len()];
        let mut alike = Alike::default();
        let mut lost = 0;
        for id in self.dom.ids().skip(1) {
            let inherited = dropped.get(self.dom.parent(id) as usize).copied().flatten();
            let found = inherited.or_else(|| {
                let own = self.sums.get(id as usize).copied().unwrap_or_default();
                let word = self.reason(id, own, &mut alike)?;
                let names_piece = own.prose > 0
                    && matches!(word, "advertisement" | "share prompt" | "subscription prompt")
                    && self.body.is_some_and(|body| body.is_around(self.dom, id));
                if names_piece && names == Names::DoubtedInBody {
                    return None;
                }
                lost += if names_piece { own.prose } else { 0 };
                Some(word)
            });
            if let Some(slot) = dropped.get_mut(id as usize) {
                *slot = found;
            }
        }
        (dropped, lost)
    }

    /// Why a node is chrome that is in none.
    fn reason<'b>(&'b self, id: NodeId, own: Sums, alike: &mut Alike<'b>) -> Option<&'static str> {
        let reason = reason(self.dom, id, own)?;
        let total = self.sums.first().map_or(0, |all| all.prose);
        let share = |whole: u32| f64::from(own.prose) / f64::from(whole.max(1));
        let kept = if reason.word() == HIDDEN { HIDDEN_SHARE_KEPT } else { PROSE_SHARE_KEPT };
        let is_chrome = match self.body {
            _ if reason.is_certain() => true,
            Some(body) if body.is_around(self.dom, id) => {
                share(body.prose) < kept || (reason.word() == FIGURE && body.prose - own.prose >= AROUND_GALLERY_CHARS)
            }
            // What is beside the body that the page names is none of the article, however long.
            Some(body) if body.is_beside(self.dom, id) && reason.word() != HIDDEN => true,
            _ if reason.word() == COMMENTS && total - own.prose >= BODY_MIN_CHARS => true,
            _ => share(total) < kept,
        };
        let is_chrome = is_chrome && !(own.prose > 0 && self.is_of_body(id, reason, alike));
        is_chrome.then(|| reason.word())
    }

    /// Whether a name is that of most of the page's prose: what it says of each paragraph it says of the body.
    fn is_of_body<'a>(&'a self, id: NodeId, reason: Reason, alike: &mut Alike<'a>) -> bool {
        if reason.is_certain() || matches!(reason.word(), COMMENTS | FIGURE | HIDDEN) {
            return false;
        }
        let Some(class) = self.dom.attribute(id, Name::Class) else { return false };
        let parent = self.dom.parent(id);
        let total = self.sums.first().map_or(0, |all| all.prose);
        // All children at once: a page may give each of thousands of siblings a class of its own.
        if alike.summed.insert(parent) {
            for child in self.dom.children(parent) {
                let Some(class) = self.dom.attribute(child, Name::Class) else { continue };
                let prose = self.sums.get(child as usize).map_or(0, |sums| sums.prose);
                *alike.prose.entry((parent, class)).or_default() += prose;
            }
        }
        let held = alike.prose.get(&(parent, class)).copied().unwrap_or_default();
        u64::from(held) * 2 >= u64::from(total)
    }
}

/// The prose of siblings of one class, by their parent.
#[derive(Default)]
struct Alike<'a> {
    summed: HashSet<NodeId>,
    prose: HashMap<(NodeId, &'a str), u32>,
}

/// The element that the publisher names as the article's body.
struct NamedBody {
    element: NodeId,
    prose: u32,
}

impl NamedBody {
    /// Whether a node is inside it.
    fn is_around(&self, dom: &Dom<'_>, id: NodeId) -> bool {
        id > self.element && id < dom.after(self.element)
    }

    /// Whether a node has nothing in common with it.
    fn is_beside(&self, dom: &Dom<'_>, id: NodeId) -> bool {
        id >= dom.after(self.element) || dom.after(id) <= self.element
    }
}

/// The one of the named bodies that holds the most prose, the deepest of equals. None where another holds half as much beside
/// it: then the names tell nothing, or the body is in pieces.
fn named_body(dom: &Dom<'_>, sums: &[Sums]) -> Option<NamedBody> {
    let mut found: Vec<NamedBody> = Vec::new();
    for id in dom.ids().skip(1) {
        let own = sums.get(id as usize).copied().unwrap_or_default();
        if own.prose >= BODY_MIN_CHARS && found.len() < NAMED_MAX && super::container::is_named_body(dom, id) {
            found.push(NamedBody { element: id, prose: own.prose });
        }
    }
    // The vocabulary's own name for it says more than names that content systems choose.
    let stated = |body: &NamedBody| super::container::is_stated_body(dom, body.element);
    if found.iter().any(stated) {
        found.retain(stated);
    }
    let most = found.iter().map(|body| body.prose).max()?;
    let best = found.iter().rposition(|body| body.prose * 10 >= most * 9)?;
    let best = found.swap_remove(best);
    let rival = found.iter().any(|other| best.is_beside(dom, other.element) && other.prose * 2 >= best.prose);
    (!rival).then_some(best)
}

/// Named bodies of a page that are looked at.
const NAMED_MAX: usize = 64;

fn inside_links(dom: &Dom<'_>) -> Vec<bool> {
    let mut linked = vec![false; dom.len()];
    for id in dom.ids().skip(1) {
        let above = linked.get(dom.parent(id) as usize).copied().unwrap_or(false);
        let is_link = dom.tag(id) == Some(Tag::A) && dom.attribute(id, Name::Href).is_some();
        if let Some(slot) = linked.get_mut(id as usize) {
            *slot = above || is_link;
        }
    }
    linked
}

/// Whether an element's text is none of the page's.
fn is_silent(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Script
            | Tag::Style
            | Tag::Noscript
            | Tag::Template
            | Tag::Head
            | Tag::Title
            | Tag::Iframe
            | Tag::Svg
            | Tag::Select
            | Tag::Textarea
            | Tag::Option
            | Tag::Object
            | Tag::Canvas
            | Tag::Noembed
            | Tag::Xmp
            | Tag::Math
            | Tag::Rt
            | Tag::Rp
    )
}

/// What is prose of a text, by how much of it is inside links.
fn prose(text: u32, link: u32) -> u32 {
    if text >= PROSE_MIN_CHARS && u64::from(link) * 10 < u64::from(text) * 4 { text - link } else { 0 }
}

fn sums(dom: &Dom<'_>, linked: &[bool]) -> Vec<Sums> {
    let mut sums = vec![Sums::default(); dom.len()];
    for id in dom.ids().skip(1).rev() {
        let at = id as usize;
        if let Some(text) = dom.text(id).filter(|_| !dom.tag(dom.parent(id)).is_some_and(is_silent)) {
            let length = u32::try_from(blanks::visible(text)).unwrap_or(u32::MAX);
            let link = if linked.get(at).copied().unwrap_or(false) { length } else { 0 };
            if let Some(own) = sums.get_mut(at) {
                *own = Sums { text: length, link, prose: 0, loose: length, loose_link: link };
            }
        }
        let mut own = sums.get(at).copied().unwrap_or_default();
        match dom.tag(id) {
            Some(tag) if is_silent(tag) => own = Sums::default(),
            // The block nearest to the text counts it; what is above only sums up. Text between line breaks, beside blocks of
            // its own, is the element's that holds both.
            Some(Tag::P | Tag::Pre | Tag::Blockquote | Tag::Td | Tag::Li | Tag::Dd) if own.prose == 0 => {
                own.prose = prose(own.text, own.link);
            }
            Some(Tag::P | Tag::Td | Tag::Div | Tag::Section | Tag::Article | Tag::Main | Tag::Span) => {
                let all = if own.prose == 0 { prose(own.text, own.link) } else { 0 };
                let told = all.max(prose(own.loose, own.loose_link));
                own.prose += told;
                if told > 0 {
                    (own.loose, own.loose_link) = (0, 0);
                }
            }
            _ => {}
        }
        if dom.tag(id).is_some_and(Tag::is_block) {
            (own.loose, own.loose_link) = (0, 0);
        }
        if let Some(slot) = sums.get_mut(at) {
            *slot = own;
        }
        if let Some(above) = sums.get_mut(dom.parent(id) as usize) {
            above.text = above.text.saturating_add(own.text);
            above.link = above.link.saturating_add(own.link);
            above.prose = above.prose.saturating_add(own.prose);
            above.loose = above.loose.saturating_add(own.loose);
            above.loose_link = above.loose_link.saturating_add(own.loose_link);
        }
    }
    sums
}

/// Why a subtree may be chrome.
#[derive(Debug, Clone, Copy)]
enum Reason {
    /// Whatever it holds.
    Certain(&'static str),
    /// Unless it holds the prose of the page.
    Likely(&'static str),
}

impl Reason {
    fn is_certain(self) -> bool {
        matches!(self, Self::Certain(_))
    }

    fn word(self) -> &'static str {
        match self {
            Self::Certain(word) | Self::Likely(word) => word,
        }
    }
}

fn reason(dom: &Dom<'_>, id: NodeId, own: Sums) -> Option<Reason> {
    let tag = dom.tag(id)?;
    if is_silent(tag) {
        return Some(Reason::Certain("no text of the page"));
    }
    match tag {
        Tag::Nav => return Some(Reason::Likely("navigation")),
        Tag::Header if begins_text(dom, id, own) => return None,
        Tag::Header => return Some(Reason::Likely("header")),
        Tag::Footer => return Some(Reason::Likely("footer")),
        Tag::Aside => return Some(Reason::Likely("aside")),
        Tag::Form | Tag::Button | Tag::Label | Tag::Fieldset | Tag::Search => return Some(Reason::Likely("form")),
        // Some set a quotation as a figure, with who said it below.
        Tag::Figure if own.text > 0 && quotes(dom, id) => return None,
        Tag::Figure | Tag::Figcaption | Tag::Picture | Tag::Video | Tag::Audio => {
            return Some(Reason::Likely(FIGURE));
        }
        Tag::Dialog | Tag::Menu => return Some(Reason::Likely(DIALOG)),
        _ => {}
    }
    let mut found = None;
    for (name, value) in dom.attributes(id) {
        let reason = match name {
            Name::Hidden => hides(dom, id, own),
            Name::AriaHidden if value == "true" => hides(dom, id, own),
            Name::Style if is_hidden_by_style(value) => hides(dom, id, own),
            Name::Role => by_role(value),
            Name::Class
            | Name::Id
            | Name::DataComponent
            | Name::DataTestid
            | Name::DataModule
            | Name::Itemprop
            | Name::DataBlock => signs::read(value, own.text).map(Reason::Likely),
            _ => None,
        };
        found = found.or(reason);
    }
    // Names on inline pieces of prose (a highlighted `tag`, a linked `author`) say nothing of the paragraph's words.
    let inline = matches!(tag, Tag::A | Tag::Span | Tag::Em | Tag::I | Tag::Strong | Tag::B | Tag::Mark | Tag::Time);
    let found = found?;
    let opens = matches!(found.word(), HIDDEN | DIALOG) && tag != Tag::A;
    let names_prose = inline && !opens && is_in_prose(dom, id, own);
    // A quoted post of a social network is part of the story, unlike buttons that lead there.
    let quotes = matches!(found.word(), "share prompt" | "details line")
        && own.text > 0
        && own.text < 2_000
        && dom.subtree(id).take(80).any(|at| dom.tag(at) == Some(Tag::Blockquote));
    // Nobody writes a share bar of so much prose: the name is a word of the section's heading.
    let is_section = found.word() == "share prompt" && own.prose >= BODY_MIN_CHARS && own.link_density() < 0.3;
    // Opinion is a `comment` to some, and what is for subscribers is behind a `paywall`: nothing of the kind has the headline of
    // a page in it and prose below that.
    let is_named_so = !matches!(found.word(), HIDDEN | DIALOG | "header" | "footer" | "navigation");
    let is_article = is_named_so
        && (found.word() == COMMENTS || own.prose >= HEADED_MIN_CHARS)
        && dom.subtree(id).take(HEADLINE_NODES_MAX).any(|at| dom.tag(at) == Some(Tag::H1));
    (!names_prose && !quotes && !is_section && !is_article).then_some(found)
}

/// Whether an article's header holds the first paragraphs of its text, and no standfirst alone, below the headline.
fn begins_text(dom: &Dom<'_>, id: NodeId, own: Sums) -> bool {
    own.prose >= HEADED_MIN_CHARS
        && own.link_density() < 0.3
        && (own.prose >= STANDFIRST_MAX_CHARS
            || dom.subtree(id).filter(|at| dom.tag(*at) == Some(Tag::P)).nth(1).is_some())
        && dom.subtree(id).take(HEADLINE_NODES_MAX).any(|at| dom.tag(at) == Some(Tag::H1))
}

/// Whether an element holds a quotation, and nothing that is shown.
fn quotes(dom: &Dom<'_>, id: NodeId) -> bool {
    let of = |wanted: &[Tag]| {
        dom.subtree(id).take(HEADLINE_NODES_MAX).any(|at| dom.tag(at).is_some_and(|tag| wanted.contains(&tag)))
    };
    of(&[Tag::Blockquote]) && !of(&[Tag::Img, Tag::Picture, Tag::Video, Tag::Iframe, Tag::Svg])
}

/// Whether an inline element stands in a paragraph with other words.
fn is_in_prose(dom: &Dom<'_>, id: NodeId, own: Sums) -> bool {
    let parent = dom.parent(id);
    if dom.tag(parent) != Some(Tag::P) {
        return false;
    }
    let around: usize =
        dom.children(parent).filter(|child| *child != id).filter_map(|child| dom.text(child)).map(str::len).sum();
    around > own.text as usize
}

/// What an element is hidden for: nothing, where it is a page of a set of tabs or the answer below a question, which a script
/// shows on a click.
fn hides(dom: &Dom<'_>, id: NodeId, own: Sums) -> Option<Reason> {
    let opens = own.prose > 0
        && own.link_density() < 0.3
        && dom.attributes(id).any(|(name, value)| match name {
            Name::Role => value == "tabpanel",
            Name::Class => {
                let mut words = value.split(|c: char| !c.is_ascii_alphanumeric());
                words.any(|word| OPENED.iter().any(|known| word.eq_ignore_ascii_case(known)))
            }
            _ => false,
        });
    (!opens).then_some(Reason::Likely(HIDDEN))
}

/// Words for what a script opens in a text.
const OPENED: [&str; 8] = ["accordion", "collapse", "panel", "tabpanel", "tab", "toggle", "faq", "answer"];

fn is_hidden_by_style(style: &str) -> bool {
    let squeezed: String =
        style.chars().filter(|c| !c.is_whitespace()).take(400).map(|c| c.to_ascii_lowercase()).collect();
    squeezed.contains("display:none") || squeezed.contains("visibility:hidden")
}

fn by_role(role: &str) -> Option<Reason> {
    match role {
        "navigation" | "menu" | "menubar" | "tablist" | "toolbar" => Some(Reason::Likely("navigation")),
        "banner" => Some(Reason::Likely("header")),
        "contentinfo" => Some(Reason::Likely("footer")),
        "complementary" => Some(Reason::Likely("aside")),
        "search" | "form" => Some(Reason::Likely("form")),
        "dialog" | "alertdialog" | "alert" | "tooltip" => Some(Reason::Likely(DIALOG)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::page::tests::{read, texts};

    fn told(lines: usize, class: &str) -> String {
        let line = |at: usize| {
            format!(
                "<p class='{class}'>On day {at} the harbour council agreed to rebuild the pier by spring, officials said after the vote.</p>"
            )
        };
        (0..lines).map(line).collect()
    }

    #[test]
    fn a_name_that_most_of_the_prose_has_says_nothing_of_it() {
        for (name, html, expected) in [
            ("each paragraph by itself", format!("<div>{}</div>", told(6, "sponsored-text")), 6),
            (
                "pieces of a body",
                format!(
                    "<div><div class='entry-content read-more'>{}</div><div>Ad</div><div class='entry-content read-more'>{}</div></div>",
                    told(3, ""),
                    told(7, "").replace("On day", "On night")
                ),
                10,
            ),
            (
                "one of many",
                format!("<div>{}{}</div>", told(6, "text"), told(1, "related-text").replace("On day", "On night")),
                6,
            ),
        ] {
            assert_eq!(texts(&read(&html)).len(), expected, "{name}");
        }
    }

    #[test]
    fn text_between_line_breaks_counts_beside_blocks() {
        let line = |at: usize| {
            format!("On day {at} the harbour council agreed to rebuild the pier by spring, officials said.<br><br>")
        };
        let lines: String = (0..6).map(line).collect();
        let box_inside = "<div><p>A box inside the text that is prose by itself, since it has as many characters as that takes here.</p></div>";
        let html = format!(
            "<div class=sidebar-wrap>{lines}{box_inside}</div><div><p>Lantern House, 1 Quay Street, is where we work, and where all our letters, of which there are few, go.</p></div>"
        );
        assert_eq!(texts(&read(&html)).len(), 7);
    }

    #[test]
    fn what_holds_the_headline_and_prose_is_no_chrome_by_its_name() {
        let beside = told(2, "").replace("On day", "On night");
        for (name, html) in [
            (
                "a header with the first paragraphs",
                format!(
                    "<article><header><h1>Pier</h1>{}</header><div>{}</div></article>",
                    told(2, ""),
                    told(4, "").replace("On day", "On week")
                ),
            ),
            (
                "what subscribers read",
                format!(
                    "<div><div class=isPaywall><h1>Pier</h1>{}</div><div class=paywall-box>{beside}</div></div>",
                    told(6, "")
                ),
            ),
        ] {
            let found = read(&format!("<body>{html}</body>"));
            assert_eq!(texts(&found).len(), 6, "{name}: {:?}", texts(&found));
        }
        let header = "<header><h1>Pier</h1><p>A standfirst of one line that says what the text below it says at more length, and no more.</p></header>";
        let found = read(&format!("<body><article>{header}<div>{}</div></article></body>", told(4, "")));
        assert_eq!(texts(&found).len(), 4);
    }

    #[test]
    fn what_a_script_opens_is_read_and_what_it_hides_is_not() {
        let panel = |attributes: &str, at: usize| {
            format!(
                "<h3>Question {at}?</h3><div {attributes}>{}</div>",
                told(1, "").replace("On day 0", &format!("On day {at}"))
            )
        };
        for (attributes, expected) in [
            ("role=tabpanel hidden", 9),
            ("class=accordion-body style='display:none'", 9),
            ("class='collapse' aria-hidden=true", 9),
            ("class=later style='display:none'", 5),
        ] {
            let panels = [5, 6].map(|at| panel(attributes, at)).concat();
            let found =
                read(&format!("<body><article><h1>Pier</h1><div>{}{panels}</div></article></body>", told(5, "")));
            assert_eq!(texts(&found).len(), expected, "{attributes}: {:?}", texts(&found));
        }
    }

    #[test]
    fn a_quotation_may_be_a_figure() {
        let quoted = "<figure><blockquote>Nobody asked the people who walk.</blockquote><figcaption>Jo Arden, baker</figcaption></figure>";
        let found = read(&format!("<body><article><h1>Pier</h1>{}{quoted}</article></body>", told(5, "")));
        assert!(texts(&found).contains(&"Nobody asked the people who walk."));
        assert_eq!(texts(&found).len(), 6);
    }
}
