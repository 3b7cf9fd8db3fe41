//! Reads a feed in XML, whatever version and however damaged: an element is what its name says wherever it stands, a
//! missing end is supplied by the end of what is around it, a superfluous one is passed over.
//!
//! Invariants: one pass; open elements, namespaces, entries and texts are bounded by the constants below; an entry that
//! the document's end cuts off is left out and said.

use super::draft::{DateOf, Draft, Person};
use super::names::{Element, Space, element, space_of, space_of_undeclared};
use super::text::{Capture, FIELD_MAX_BYTES, Text};
use crate::engine::markup::{Scanner, Tag, Token, unescape, unescape_into};
use crate::model::entry::Entry;
use crate::model::url::WebUrl;

/// Deepest nesting that is followed; deeper elements are passed over. Feeds nest some ten deep.
pub(super) const DEPTH_MAX: usize = 256;

/// Most entries that one answer is read for: more is an archive or an attack.
pub(super) const ENTRIES_MAX: usize = 20_000;

/// Most namespaces in scope at once.
const NAMESPACES_MAX: usize = 128;

/// An open element.
#[derive(Debug)]
struct Frame<'a> {
    name: &'a str,
    element: Element,
    text: String,
    namespaces: usize,
    has_base: bool,
    person: Option<Person>,
    permalink: bool,
}

/// What a document in XML turned out to hold.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// `rss2.0`, `atom1.0` …; empty if no element of a feed was met.
    pub(super) version: String,
    pub(super) feed: Draft,
    pub(super) entries: Vec<Entry>,
    /// Entries that were begun, whole or not.
    pub(super) begun: usize,
    pub(super) ttl: Option<u64>,
    pub(super) update_period_s: Option<u64>,
    pub(super) update_frequency: Option<u64>,
    pub(super) hub: Option<WebUrl>,
    pub(super) self_url: Option<WebUrl>,
    /// The document ended inside of an entry, which was left out.
    pub(super) cut: bool,
    pub(super) too_deep: bool,
    pub(super) too_many: bool,
    /// The first element, as written.
    pub(super) root: Option<String>,
}

/// Reads a document.
pub(super) fn read(text: &str, base: &WebUrl) -> Read {
    let mut reader = Reader {
        frames: Vec::new(),
        beyond: 0,
        namespaces: Vec::new(),
        bases: vec![base.clone()],
        capture: None,
        entry: None,
        asides: 0,
        read: Read::default(),
    };
    let mut scanner = Scanner::new(text);
    for token in scanner.by_ref() {
        match token {
            Token::Start(tag) => reader.start(&tag),
            Token::End(name) => reader.end(name),
            Token::Text(text) => reader.text(text),
            Token::CData(text) => reader.cdata(text),
        }
        if reader.read.too_many {
            break;
        }
    }
    reader.finish(scanner.is_cut())
}

struct Reader<'a> {
    frames: Vec<Frame<'a>>,
    /// Elements open beyond [`DEPTH_MAX`].
    beyond: usize,
    namespaces: Vec<(&'a str, Space)>,
    bases: Vec<WebUrl>,
    capture: Option<Capture<'a>>,
    entry: Option<Draft>,
    asides: usize,
    read: Read,
}

impl<'a> Reader<'a> {
    fn start(&mut self, tag: &Tag<'a>) {
        let declared = self.namespaces.len();
        if self.capture.is_none() || tag.attributes_text().contains("xmlns") {
            self.declare(tag);
        }
        let element = self.element(tag.name);
        if let Some(capture) = &mut self.capture {
            let ends_capture = element.is_structure() || (!capture.is_markup() && ends_text(capture.element, element));
            if !ends_capture {
                capture.start(tag);
                self.namespaces.truncate(declared);
                return;
            }
            self.end_capture();
        }
        if element == Element::Entry {
            self.end_entry();
        }
        let has_base = self.enter_base(tag);
        let mut frame = Frame {
            name: tag.name,
            element,
            text: String::new(),
            namespaces: declared,
            has_base,
            person: None,
            permalink: false,
        };
        self.open(tag, &mut frame);
        if element.is_text_construct() && self.asides == 0 && !tag.empty {
            self.capture = Some(Capture::new(tag, element));
            self.leave(&frame);
            return;
        }
        if tag.empty {
            self.close(frame);
        } else if self.frames.len() < DEPTH_MAX {
            self.frames.push(frame);
        } else {
            self.leave(&frame);
            self.asides -= usize::from(element == Element::Aside);
            self.beyond += 1;
            self.read.too_deep = true;
        }
    }

    fn declare(&mut self, tag: &Tag<'a>) {
        if !tag.attributes_text().contains("xmlns") {
            return;
        }
        for (name, value) in tag.attributes() {
            let prefix = match name.strip_prefix("xmlns") {
                Some("") => "",
                Some(prefix) => prefix.strip_prefix(':').unwrap_or_default(),
                None => continue,
            };
            let address = unescape(value);
            if self.namespaces.len() < NAMESPACES_MAX {
                self.namespaces.push((prefix, space_of(&address)));
            }
            self.read.note_namespace(&address, prefix);
        }
    }

    fn element(&self, name: &str) -> Element {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let declared = self.namespaces.iter().rev().find(|(bound, _)| *bound == prefix).map(|(_, space)| *space);
        let space = match (prefix, declared) {
            // An unknown default namespace does not make a feed's elements unknown.
            ("", None | Some(Space::Other)) => Space::Feed,
            (_, Some(space)) => space,
            (prefix, None) => space_of_undeclared(prefix),
        };
        element(space, local)
    }

    fn base(&self) -> Option<&WebUrl> {
        self.bases.last()
    }

    fn enter_base(&mut self, tag: &Tag<'a>) -> bool {
        if !tag.attributes_text().contains("base") {
            return false;
        }
        let stated = tag.attribute("xml:base").or_else(|| tag.attribute("base"));
        let resolved = stated.and_then(|stated| self.base()?.join(&stated).ok());
        let Some(resolved) = resolved else { return false };
        self.bases.push(resolved);
        true
    }

    /// Gives back what an element's attributes brought into scope.
    fn leave(&mut self, frame: &Frame<'a>) {
        self.namespaces.truncate(frame.namespaces);
        if frame.has_base {
            self.bases.pop();
        }
    }

    fn draft(&mut self) -> Option<&mut Draft> {
        if self.asides > 0 {
            return None;
        }
        Some(self.entry.as_mut().unwrap_or(&mut self.read.feed))
    }

    /// What an element says by its start tag.
    fn open(&mut self, tag: &Tag<'a>, frame: &mut Frame<'a>) {
        if self.read.root.is_none() {
            self.read.root = Some(tag.name.to_owned());
        }
        match frame.element {
            Element::Rss => self.read.note_rss(tag.attribute("version")),
            Element::Rdf => self.read.note_root("rss1.0"),
            Element::Feed => {
                self.read.note_atom(tag.attribute("version"));
                self.note_language(tag);
            }
            Element::Channel => {
                self.read.note_root(if tag.name == "CHANNEL" { "cdf" } else { "rss" });
                self.channel_definition(tag);
            }
            Element::Entry => {
                self.read.begun += 1;
                self.read.note_root(if tag.name.eq_ignore_ascii_case("entry") { "atom" } else { "rss" });
                self.entry = Some(Draft::default());
                self.asides = 0;
                self.channel_definition(tag);
                self.note_language(tag);
                if let Some(about) = tag.attribute("rdf:about")
                    && let Some(entry) = &mut self.entry
                {
                    let url = WebUrl::parse(&about).ok();
                    entry.id(usize::MAX - 1, about.trim().to_owned(), url);
                }
            }
            Element::Aside => self.asides += 1,
            Element::Author | Element::OtherPerson => frame.person = Some(Person::default()),
            Element::Guid => {
                let stated = tag.attribute("isPermaLink");
                frame.permalink = stated.is_none_or(|stated| stated.trim().eq_ignore_ascii_case("true"));
            }
            Element::Link => self.linked(tag),
            Element::Category | Element::ItunesCategory => {
                let term = tag.attribute("term").or_else(|| tag.attribute("text")).or_else(|| tag.attribute("label"));
                if let (Some(term), Some(draft)) = (term, self.draft()) {
                    draft.tag(&term);
                }
            }
            _ => {}
        }
        if matches!(frame.element, Element::Rss | Element::Rdf) {
            self.note_language(tag);
        }
    }

    fn note_language(&mut self, tag: &Tag<'a>) {
        let language = if tag.attributes_text().contains("lang") {
            tag.attribute("xml:lang").or_else(|| tag.attribute("lang"))
        } else {
            None
        };
        if let Some(language) = language.map(|text| text.trim().replace('_', "-")).filter(|text| !text.is_empty())
            && let Some(draft) = self.draft()
        {
            draft.language = Some(language);
        }
    }

    /// The Channel Definition Format says address and date by attributes.
    fn channel_definition(&mut self, tag: &Tag<'a>) {
        if tag.attributes_text().is_empty() {
            return;
        }
        let link = tag.attribute("href").and_then(|href| self.base()?.join(&href).ok());
        let depth = self.frames.len();
        let changed = tag.attribute("lastmod");
        let Some(draft) = self.draft() else { return };
        if let Some(link) = link {
            draft.link(link);
        }
        if let Some(changed) = changed {
            draft.date(DateOf::Update, depth, changed);
        }
    }

    fn linked(&mut self, tag: &Tag<'a>) {
        let href = ["href", "url", "uri"].into_iter().find_map(|name| tag.attribute(name));
        let Some(url) = href.and_then(|href| self.base()?.join(&href).ok()) else { return };
        let relation = tag.attribute("rel").unwrap_or_else(|| "alternate".to_owned()).to_ascii_lowercase();
        let kind = tag.attribute("type").unwrap_or_else(|| "text/html".to_owned()).to_ascii_lowercase();
        let in_feed = self.entry.is_none() && self.asides == 0;
        match relation.trim() {
            "alternate" => {
                let Some(draft) = self.draft() else { return };
                if matches!(kind.as_str(), "text/html" | "application/xhtml+xml" | "html" | "xhtml") {
                    draft.link(url);
                } else {
                    draft.alternate(url);
                }
            }
            "hub" if in_feed => self.read.hub = self.read.hub.take().or(Some(url)),
            "self" if in_feed => self.read.self_url = self.read.self_url.take().or(Some(url)),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(capture) = &mut self.capture {
            capture.text(text);
        } else if let Some(frame) = self.text_frame() {
            unescape_into(text, &mut frame.text);
        }
    }

    fn cdata(&mut self, text: &str) {
        if let Some(capture) = &mut self.capture {
            capture.cdata(text);
        } else if let Some(frame) = self.text_frame() {
            frame.text.push_str(text);
        }
    }

    fn text_frame(&mut self) -> Option<&mut Frame<'a>> {
        if self.beyond > 0 {
            return None;
        }
        self.frames.last_mut().filter(|frame| frame.element.has_text() && frame.text.len() < FIELD_MAX_BYTES)
    }

    fn end(&mut self, name: &str) {
        if let Some(capture) = &mut self.capture {
            // The end of the entry ends what is open in it; other foreign ends are part of the text.
            let ends_structure =
                |frame: &Frame<'a>| frame.element.is_structure() && frame.name.eq_ignore_ascii_case(name);
            if self.frames.iter().any(ends_structure) {
                self.end_capture();
            } else {
                if capture.closes(name) {
                    self.end_capture();
                }
                return;
            }
        }
        let Some(at) = self.frames.iter().rposition(|frame| frame.name.eq_ignore_ascii_case(name)) else {
            self.beyond = self.beyond.saturating_sub(1);
            return;
        };
        if self.beyond > 0 && !self.frames.get(at).is_some_and(|frame| frame.element.is_structure()) {
            self.beyond -= 1;
            return;
        }
        self.beyond = 0;
        while self.frames.len() > at {
            let Some(frame) = self.frames.pop() else { return };
            self.close(frame);
        }
    }

    fn end_capture(&mut self) {
        let Some(capture) = self.capture.take() else { return };
        let element = capture.element;
        let depth = self.frames.len();
        let text = capture.finish(&self.read.version);
        if let Some(draft) = self.draft() {
            put_text(draft, element, depth, text);
        }
    }

    /// Ends the entry at hand, and whatever is open in it.
    fn end_entry(&mut self) {
        if let Some(at) = self.frames.iter().rposition(|frame| frame.element == Element::Entry) {
            self.beyond = 0;
            while self.frames.len() > at {
                let Some(frame) = self.frames.pop() else { return };
                self.close(frame);
            }
        }
    }

    /// What an element says once it is closed.
    fn close(&mut self, frame: Frame<'a>) {
        let depth = self.frames.len();
        let text = frame.text.trim();
        match frame.element {
            Element::Entry => {
                if let Some(entry) = self.entry.take() {
                    self.read.too_many = self.read.entries.len() >= ENTRIES_MAX;
                    if !self.read.too_many {
                        self.read.entries.push(entry.into_entry());
                    }
                }
                self.asides = 0;
            }
            Element::Aside => self.asides = self.asides.saturating_sub(1),
            Element::Name | Element::Email => self.close_person_part(frame.element, text),
            Element::Author => {
                let person = frame.person.unwrap_or_default();
                let stated = person.name.is_some() || person.email.is_some();
                let person = if stated { person } else { Person::from_text(text) };
                if let Some(draft) = self.draft() {
                    draft.person(person);
                }
            }
            Element::Ttl | Element::UpdatePeriod | Element::UpdateFrequency => {
                self.read.note_rhythm(frame.element, text);
            }
            Element::Link => {
                let url = if text.is_empty() { None } else { self.base().and_then(|base| base.join(text).ok()) };
                if let (Some(url), Some(draft)) = (url, self.draft()) {
                    draft.link(url);
                }
            }
            Element::Guid => {
                let url = if frame.permalink { WebUrl::parse(text).ok() } else { None };
                if let Some(draft) = self.draft() {
                    draft.id(depth, text.to_owned(), url);
                }
            }
            element => {
                if let Some(draft) = self.draft() {
                    put_line(draft, element, depth, text);
                }
            }
        }
        self.namespaces.truncate(frame.namespaces);
        if frame.has_base {
            self.bases.pop();
        }
    }

    fn close_person_part(&mut self, part: Element, text: &str) {
        let Some(person) = self.frames.iter_mut().rev().find_map(|frame| frame.person.as_mut()) else { return };
        let said = (!text.is_empty()).then(|| text.to_owned());
        match part {
            Element::Name => person.name = said,
            _ => person.email = said,
        }
    }

    /// The document is over. An entry that is still open is kept if only its end tags are missing, and left out if the
    /// cut goes through one of its texts: half a text would look like an edit.
    fn finish(mut self, cut_in_tag: bool) -> Read {
        let in_text = self.capture.is_some() || self.frames.last().is_some_and(|frame| frame.element.has_text());
        if self.entry.is_some() && (cut_in_tag || in_text) {
            self.read.cut = true;
            self.entry = None;
        } else {
            self.end_capture();
            self.end_entry();
        }
        self.read
    }
}

/// Elements that never stand inside of a text, so that one of them ends a text whose end tag is missing.
fn ends_text(text: Element, inner: Element) -> bool {
    matches!(inner, Element::Guid | Element::Published | Element::Updated | Element::ContentEncoded)
        || (matches!(text, Element::Title) && matches!(inner, Element::Description | Element::Link))
}

fn put_text(draft: &mut Draft, element: Element, depth: usize, text: Text) {
    match element {
        Element::Title => draft.title(depth, text),
        Element::MediaTitle => draft.media_title(text),
        Element::Description | Element::Summary | Element::Abstract => draft.summary(depth, text),
        Element::FallbackSummary => draft.fallback_summary(text),
        Element::Content | Element::ContentEncoded | Element::Body => draft.content(text),
        _ => {}
    }
}

fn put_line(draft: &mut Draft, element: Element, depth: usize, text: &str) {
    let date = |draft: &mut Draft, of| draft.date(of, depth, text.to_owned());
    match element {
        Element::Published => date(draft, DateOf::Publication),
        Element::Updated => date(draft, DateOf::Update),
        Element::Created => date(draft, DateOf::Creation),
        Element::DcDate => date(draft, DateOf::Something),
        Element::Category => draft.tag(text),
        Element::Keywords | Element::ItunesKeywords => text.split(',').for_each(|tag| draft.tag(tag)),
        Element::Language if !text.is_empty() => draft.language = Some(text.replace('_', "-")),
        _ => {}
    }
}
