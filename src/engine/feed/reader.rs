//! Reads a feed in XML, whatever version and however damaged: an element is what its name says wherever it stands, a
//! missing end is supplied by the end of what is around it, a superfluous one is passed over.
//!
//! Invariants: one pass; open elements, namespaces, entries and texts are bounded by the constants below; an entry that
//! the document's end cuts off is left out and said.

use super::draft::{DateOf, Draft, Person};
use super::names::{Element, Space, element, space_of, space_of_undeclared};
use super::text::{Capture, FIELD_MAX_BYTES, Text};
use super::version::Read;
use crate::engine::markup::{Scanner, Tag, Token, unescape, unescape_into};
use crate::model::url::WebUrl;

/// Deepest nesting that is followed; deeper elements are passed over. Feeds nest some ten deep.
pub(super) const DEPTH_MAX: usize = 256;

/// Most entries that one answer is read for: more is an archive or an attack.
pub(super) const ENTRIES_MAX: usize = 20_000;

/// Most namespaces in scope at once.
const NAMESPACES_MAX: usize = 128;

/// An open element.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    pub(super) name: &'a str,
    pub(super) element: Element,
    pub(super) text: String,
    pub(super) namespaces: usize,
    pub(super) has_base: bool,
    pub(super) person: Option<Person>,
    pub(super) permalink: bool,
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
    for token in Scanner::new(text) {
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
    reader.finish()
}

/// A document while it is read.
pub(super) struct Reader<'a> {
    pub(super) frames: Vec<Frame<'a>>,
    /// Elements open beyond [`DEPTH_MAX`].
    pub(super) beyond: usize,
    pub(super) namespaces: Vec<(&'a str, Space)>,
    pub(super) bases: Vec<WebUrl>,
    pub(super) capture: Option<Capture<'a>>,
    pub(super) entry: Option<Draft>,
    pub(super) asides: usize,
    pub(super) read: Read,
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

    pub(super) fn base(&self) -> Option<&WebUrl> {
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

    pub(super) fn draft(&mut self) -> Option<&mut Draft> {
        if self.asides > 0 {
            return None;
        }
        Some(self.entry.as_mut().unwrap_or(&mut self.read.feed))
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

    /// The document is over. An entry that is still open is left out: it may lack its id, and would come as another
    /// entry when the feed is whole again.
    fn finish(mut self) -> Read {
        self.read.cut = self.entry.take().is_some();
        self.read.unclosed = self.capture.is_some() || self.beyond > 0 || !self.frames.is_empty();
        self.end_capture();
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
