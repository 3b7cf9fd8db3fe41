//! What is known of a feed or of one entry while it is read, and which of several statements counts.

use xxhash_rust::xxh3::xxh3_64;

use super::text::{Kind, LINE_MAX_BYTES, Text, mended, shortened};
use crate::engine::dates;
use crate::model::entry::Entry;
use crate::model::time::Published;
use crate::model::url::WebUrl;

/// Longest id that is kept as it is, in bytes; a longer one is hashed.
const ID_MAX_BYTES: usize = 2048;

/// Most tags, and most authors, of an entry.
const NAMES_MAX: usize = 64;

/// A statement and how deep in the document it stood: a title inside of `media:content` does not outrank the entry's.
#[derive(Debug)]
struct Ranked<T> {
    value: Option<T>,
    depth: usize,
}

impl<T> Default for Ranked<T> {
    fn default() -> Self {
        Self { value: None, depth: usize::MAX }
    }
}

impl<T> Ranked<T> {
    /// The first statement at the shallowest depth counts.
    fn first(&mut self, depth: usize, value: T) {
        if self.value.is_none() || depth < self.depth {
            self.value = Some(value);
            self.depth = depth;
        }
    }

    /// The last statement at the shallowest depth counts.
    fn last(&mut self, depth: usize, value: T) {
        if self.value.is_none() || depth <= self.depth {
            self.value = Some(value);
            self.depth = depth;
        }
    }
}

/// A date as stated and as understood.
#[derive(Debug, Default)]
struct Date(Ranked<String>);

impl Date {
    fn parsed(&self) -> Option<Published> {
        self.0.value.as_deref().and_then(dates::parse)
    }
}

/// An author or another person.
#[derive(Debug, Default)]
pub(super) struct Person {
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
}

impl Person {
    /// From `Name`, `a@b.test`, `a@b.test (Name)`, `Name <a@b.test>` and the like.
    pub(super) fn from_text(text: &str) -> Self {
        let Some(email) = email_in(text) else {
            return Self { name: non_empty(text.trim().to_owned()), email: None };
        };
        let bare = text.replacen("mailto:", "", 1).replacen(email, "", 1);
        let bare = bare.replace("()", "").replace("<>", "").replace("&lt;&gt;", "");
        let bare = bare.trim();
        let bare = bare.strip_prefix('(').unwrap_or(bare);
        let bare = bare.strip_suffix(')').unwrap_or(bare);
        Self { name: non_empty(bare.trim().to_owned()), email: Some(email.to_owned()) }
    }

    /// The name; the address where there is no name.
    fn into_name(self) -> Option<String> {
        let name = self.name.filter(|name| !name.trim().is_empty()).or(self.email)?;
        let name = mended(&name).split_whitespace().collect::<Vec<_>>().join(" ");
        non_empty(shortened(name, LINE_MAX_BYTES))
    }
}

/// The first e-mail address in a text.
fn email_in(text: &str) -> Option<&str> {
    let is_local = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '+');
    let is_domain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    text.match_indices('@').take(8).find_map(|(at, _)| {
        let (before, after) = (text.get(..at)?, text.get(at + 1..)?);
        let local = before.trim_end_matches(is_local).len();
        let domain = after.find(|c| !is_domain(c)).unwrap_or(after.len());
        let domain = after.get(..domain)?.trim_end_matches('.');
        (local < at && domain.contains('.')).then(|| text.get(local..at + 1 + domain.len()))?
    })
}

fn non_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// A feed or an entry, as far as it is read.
#[derive(Debug, Default)]
pub(super) struct Draft {
    title: Ranked<Text>,
    media_title: Option<Text>,
    link: Option<WebUrl>,
    link_of_id: Option<WebUrl>,
    alternate: Option<WebUrl>,
    id: Ranked<String>,
    published: Date,
    updated: Date,
    created: Date,
    dc_date: Date,
    summary: Ranked<Text>,
    fallback_summary: Option<Text>,
    contents: Vec<Text>,
    has_content: bool,
    people: Vec<Person>,
    tags: Vec<String>,
    pub(super) language: Option<String>,
}

/// Which date a date is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DateOf {
    Publication,
    Update,
    Creation,
    /// Dublin Core's, which says only that something happened.
    Something,
}

impl Draft {
    pub(super) fn title(&mut self, depth: usize, text: Text) {
        if !text.value.is_empty() {
            self.title.first(depth, text);
        }
    }

    pub(super) fn media_title(&mut self, text: Text) {
        if !text.value.is_empty() {
            self.media_title.get_or_insert(text);
        }
    }

    /// A second summary is the content: publishers send the teaser and the text under one name.
    pub(super) fn summary(&mut self, depth: usize, text: Text) {
        if self.summary.value.as_ref().is_some_and(|first| !first.value.is_empty()) && !self.has_content {
            self.content(text);
        } else {
            self.summary.last(depth, text);
        }
    }

    pub(super) fn fallback_summary(&mut self, text: Text) {
        if !text.value.is_empty() {
            self.fallback_summary.get_or_insert(text);
        }
    }

    pub(super) fn content(&mut self, text: Text) {
        self.has_content = true;
        if text.kind != Kind::Foreign && !text.value.is_empty() {
            self.contents.push(text);
        }
    }

    /// `<link>address</link>`, or an alternate that is HTML.
    pub(super) fn link(&mut self, url: WebUrl) {
        self.link = Some(url);
    }

    /// An alternate of another type: the link where there is no better one.
    pub(super) fn alternate(&mut self, url: WebUrl) {
        self.alternate.get_or_insert(url);
    }

    pub(super) fn id(&mut self, depth: usize, id: String, permalink: Option<WebUrl>) {
        if id.is_empty() {
            return;
        }
        self.id.last(depth, id);
        if let Some(url) = permalink {
            self.link_of_id.get_or_insert(url);
        }
    }

    pub(super) fn date(&mut self, of: DateOf, depth: usize, text: String) {
        if text.is_empty() {
            return;
        }
        let date = match of {
            DateOf::Publication => &mut self.published,
            DateOf::Update => &mut self.updated,
            DateOf::Creation => &mut self.created,
            DateOf::Something => &mut self.dc_date,
        };
        date.0.last(depth, text);
    }

    pub(super) fn person(&mut self, person: Person) {
        if self.people.len() < NAMES_MAX {
            self.people.push(person);
        }
    }

    pub(super) fn tag(&mut self, tag: &str) {
        let tag = mended(tag).split_whitespace().collect::<Vec<_>>().join(" ");
        let tag = shortened(tag, LINE_MAX_BYTES);
        if !tag.is_empty() && self.tags.len() < NAMES_MAX && !self.tags.contains(&tag) {
            self.tags.push(tag);
        }
    }

    pub(super) fn take_link(&mut self) -> Option<WebUrl> {
        self.link.take().or_else(|| self.link_of_id.take()).or_else(|| self.alternate.take())
    }

    pub(super) fn take_title(&mut self) -> Option<String> {
        self.title.value.take().or_else(|| self.media_title.take()).and_then(Text::into_line)
    }

    /// When the feed says it changed.
    pub(super) fn changed(&self) -> Option<Published> {
        self.updated.parsed().or_else(|| self.dc_date.parsed()).or_else(|| self.published.parsed())
    }

    /// The entry that this draft has become.
    pub(super) fn into_entry(mut self) -> Entry {
        let url = self.take_link();
        let title = self.take_title();
        let summary = self.summary.value.take().filter(|text| !text.value.is_empty());
        let summary = summary.or_else(|| self.fallback_summary.take()).map(|text| text.value);
        let content = self.contents.into_iter().next().map(|text| text.value);
        let stated = self.published.parsed();
        let published = stated.or_else(|| self.created.parsed()).or_else(|| self.dc_date.parsed());
        let updated = self.updated.parsed().or_else(|| self.dc_date.parsed());
        let mut authors: Vec<String> = Vec::new();
        for name in self.people.into_iter().filter_map(Person::into_name) {
            if !authors.contains(&name) {
                authors.push(name);
            }
        }
        let date = self.published.0.value.or(self.created.0.value).or(self.dc_date.0.value);
        let id = stable_id(
            self.id.value.take(),
            url.as_ref(),
            [title.as_deref(), date.as_deref(), summary.as_deref().or(content.as_deref())],
        );
        Entry {
            id,
            url,
            title,
            authors,
            published,
            updated,
            summary,
            content,
            tags: self.tags,
            language: self.language,
        }
    }
}

/// The source's own id, else the address, else a hash of what tells entries apart: of the title and the date, or of
/// the text where there is no title. A corrected summary is not another entry.
pub(super) fn stable_id(id: Option<String>, url: Option<&WebUrl>, said: [Option<&str>; 3]) -> String {
    let own = id.map(|id| mended(id.trim())).filter(|id| !id.is_empty());
    if let Some(id) = own.or_else(|| url.map(|url| url.as_str().to_owned())) {
        return if id.len() > ID_MAX_BYTES { format!("hash:{:016x}", xxh3_64(id.as_bytes())) } else { id };
    }
    let [title, date, text] = said;
    let text = if title.is_some() { None } else { text };
    let said = [title, date, text].map(Option::unwrap_or_default).join("\u{0}");
    format!("hash:{:016x}", xxh3_64(said.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_have_names_and_addresses_in_any_order() {
        for (text, name, email) in [
            ("Jo Bloggs", "Jo Bloggs", ""),
            ("jo@a.test", "", "jo@a.test"),
            ("jo@a.test (Jo Bloggs)", "Jo Bloggs", "jo@a.test"),
            ("Jo Bloggs <jo@a.test>", "Jo Bloggs", "jo@a.test"),
            ("Jo（jo@a.test）", "Jo（）", "jo@a.test"),
            ("“jo@a.test”", "“”", "jo@a.test"),
            ("@jo", "@jo", ""),
        ] {
            let person = Person::from_text(text);
            assert_eq!(person.name.as_deref().unwrap_or_default(), name, "{text}");
            assert_eq!(person.email.as_deref().unwrap_or_default(), email, "{text}");
        }
    }

    #[test]
    fn an_entry_without_id_and_link_keeps_its_id_when_its_summary_changes() {
        let id = |title, date, text| stable_id(None, None, [title, date, text]);
        assert_eq!(id(Some("t"), Some("d"), Some("a")), id(Some("t"), Some("d"), Some("b")));
        assert_ne!(id(Some("t"), Some("d"), None), id(Some("t"), Some("e"), None));
        assert_ne!(id(None, None, Some("a")), id(None, None, Some("b")));
    }
}
