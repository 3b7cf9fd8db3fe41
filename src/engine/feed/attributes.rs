//! What elements say by their attributes: versions, addresses, languages.

use super::draft::{DateOf, Draft, Person};
use super::names::Element;
use super::reader::{Frame, Reader};
use crate::engine::markup::Tag;
use crate::model::url::WebUrl;

impl<'a> Reader<'a> {
    /// What an element says by its start tag.
    pub(super) fn open(&mut self, tag: &Tag<'a>, frame: &mut Frame<'a>) {
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
}
