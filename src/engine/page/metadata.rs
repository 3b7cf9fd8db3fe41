//! A page's metadata, agreed between what it says in several places. Precedence, the first that is plausible wins:
//!
//! - title: JSON-LD headline, `og:title`, the page's `h1`, other meta, `<title>`, the feed's entry; the site's suffix is cut
//!   off, and where two of them agree after that, they win over a lone one;
//! - authors: JSON-LD, meta, microdata and `rel=author`, the visible byline, the feed's entry;
//! - dates: JSON-LD, `article:published_time` and its relatives, microdata, `<time>` near the headline, the visible dateline,
//!   the feed's entry, the address. A date is never invented from the body.

use super::authors;
use super::dates;
use super::dom::{Dom, NodeId, Tag};
use super::jsonld::JsonLd;
use super::marks::Marks;
use crate::model::time::Published;
use crate::model::url::WebUrl;

/// Most `meta` elements that are read.
const METAS_MAX: usize = 600;

/// The `meta` and `link` elements of a page, by name.
#[derive(Debug, Default)]
pub(super) struct Head {
    metas: Vec<(String, String)>,
    pub(super) title: Option<String>,
    pub(super) canonical: Option<String>,
    pub(super) next: Option<String>,
    pub(super) language: Option<String>,
}

impl Head {
    pub(super) fn read(dom: &Dom) -> Self {
        let mut head = Self::default();
        for id in dom.ids() {
            match dom.tag(id) {
                Some(Tag::Html) if head.language.is_none() => {
                    head.language =
                        dom.attribute(id, "lang").or_else(|| dom.attribute(id, "xml:lang")).map(str::to_owned);
                }
                Some(Tag::Meta) if head.metas.len() < METAS_MAX => head.meta(dom, id),
                Some(Tag::Title)
                    if head.title.is_none() && !dom.ancestors(id).any(|at| dom.tag(at) == Some(Tag::Svg)) =>
                {
                    head.title = Some(squeeze(&dom.text_content(id))).filter(|title| !title.is_empty());
                }
                Some(Tag::Link) => head.link(dom, id),
                _ => {}
            }
        }
        head
    }

    fn meta(&mut self, dom: &Dom, id: NodeId) {
        let name = ["property", "name", "itemprop", "http-equiv"].iter().find_map(|name| dom.attribute(id, name));
        let (Some(name), Some(content)) = (name, dom.attribute(id, "content")) else { return };
        let content = squeeze(content);
        if !content.is_empty() {
            self.metas.push((name.trim().to_ascii_lowercase(), content));
        }
    }

    fn link(&mut self, dom: &Dom, id: NodeId) {
        let (Some(rel), Some(href)) = (dom.attribute(id, "rel"), dom.attribute(id, "href")) else { return };
        if href.trim().is_empty() {
            return;
        }
        for rel in rel.split_ascii_whitespace() {
            let slot = match rel.to_ascii_lowercase().as_str() {
                "canonical" => &mut self.canonical,
                "next" => &mut self.next,
                _ => continue,
            };
            slot.get_or_insert_with(|| href.trim().to_owned());
        }
    }

    /// The first content under one of the names, in the order of the names.
    pub(super) fn first(&self, names: &[&str]) -> Option<&str> {
        names
            .iter()
            .find_map(|name| self.metas.iter().find(|(known, _)| known == name).map(|(_, content)| content.as_str()))
    }

    /// All contents under a name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.metas.iter().filter(move |(known, _)| known == name).map(|(_, content)| content.as_str())
    }
}

/// Runs of blanks as one.
pub(super) fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

const PUBLISHED: [&str; 20] = [
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "dc.date.created",
    "citation_publication_date",
    "citation_date",
    "publish-date",
    "publishdate",
    "pubdate",
    "publication_date",
    "cxenseparse:recs:publishtime",
    "article.published",
    "date",
];
const MODIFIED: [&str; 9] = [
    "article:modified_time",
    "og:updated_time",
    "og:modified_time",
    "datemodified",
    "dcterms.modified",
    "dc.date.modified",
    "last-modified",
    "lastmod",
    "article.updated",
];

/// When the page says that it was published and modified.
pub(super) fn dates(
    dom: &Dom,
    marks: &Marks,
    head: &Head,
    json: &JsonLd,
    url: &WebUrl,
) -> (Option<Published>, Option<Published>) {
    let language = head.language.as_deref();
    let read = |text: &str| dates::parse(text, language);
    let from_meta = |names: &[&str]| names.iter().find_map(|name| head.all(name).find_map(read));
    let in_address = dates::from_url(url.as_url().path());
    let stated = json.published.as_deref().and_then(read).or_else(|| from_meta(&PUBLISHED));
    let modified = json.modified.as_deref().and_then(read).or_else(|| from_meta(&MODIFIED));
    let published = stated
        .or_else(|| by_itemprop(dom, "datePublished", language))
        .or_else(|| visible(dom, marks, language))
        .or(in_address);
    (published, modified.or_else(|| by_itemprop(dom, "dateModified", language)))
}

fn by_itemprop(dom: &Dom, name: &str, language: Option<&str>) -> Option<Published> {
    dom.ids()
        .filter(|id| dom.attribute(*id, "itemprop").is_some_and(|known| known.eq_ignore_ascii_case(name)))
        .find_map(|id| {
            let stated = ["content", "datetime", "title"].iter().find_map(|name| dom.attribute(id, name));
            stated
                .and_then(|text| dates::parse(text, language))
                .or_else(|| dates::parse(&dom.text_content(id), language))
        })
}

/// The date near the headline: a `<time>`, or a line that is named as a date or begins like one.
fn visible(dom: &Dom, marks: &Marks, language: Option<&str>) -> Option<Published> {
    let headline = dom.ids().find(|id| dom.tag(*id) == Some(Tag::H1))?;
    let from = near(dom, marks, headline);
    let in_time = from.clone().filter(|id| dom.tag(*id) == Some(Tag::Time)).find_map(|id| {
        let stated = dom.attribute(id, "datetime").and_then(|text| dates::parse(text, language));
        stated.or_else(|| dates::parse(&dom.text_content(id), language))
    });
    in_time.or_else(|| {
        from.filter_map(|id| dom.text(id)).find_map(|text| {
            let line = squeeze(text);
            // A dateline is short; a date inside a sentence is news, not the date of the article.
            if line.len() > 60 || line.ends_with(['.', '?']) { None } else { dates::parse(&line, language) }
        })
    })
}

/// The nodes around a headline: a little before it, and on to the first paragraphs.
fn near(dom: &Dom, marks: &Marks, headline: NodeId) -> std::iter::Take<impl Iterator<Item = NodeId> + Clone + use<>> {
    let before = headline.saturating_sub(60);
    let mut end = headline;
    let mut prose = 0;
    for id in headline..u32::try_from(dom.len()).unwrap_or(u32::MAX) {
        end = id;
        if dom.tag(id) == Some(Tag::P) && marks.sums(id).prose > 0 {
            prose += 1;
        }
        if prose > 1 || id > headline + 400 {
            break;
        }
    }
    (before..end).take(600)
}

/// The authors, as clean names.
pub(super) fn authors(dom: &Dom, marks: &Marks, head: &Head, json: &JsonLd, site: Option<&str>) -> Vec<String> {
    let from_json = authors::clean(json.authors.iter().map(String::as_str), site);
    if !from_json.is_empty() {
        return from_json;
    }
    for name in [
        "author",
        "article:author",
        "parsely-author",
        "sailthru.author",
        "dc.creator",
        "dcterms.creator",
        "citation_author",
        "byl",
        "article.author",
        "twitter:creator:name",
    ] {
        let named = authors::clean(head.all(name).filter(|name| !name.contains("://")), site);
        if !named.is_empty() {
            return named;
        }
    }
    let marked: Vec<String> =
        dom.ids().filter(|id| is_author_element(dom, *id)).take(12).map(|id| squeeze(&dom.text_content(id))).collect();
    let marked = authors::clean(marked.iter().map(String::as_str), site);
    if !marked.is_empty() {
        return marked;
    }
    byline(dom, marks, site)
}

fn is_author_element(dom: &Dom, id: NodeId) -> bool {
    let itemprop = dom.attribute(id, "itemprop");
    if itemprop == Some("author") {
        // The name inside, where the element holds more than that.
        return !dom.subtree(id).skip(1).any(|below| dom.attribute(below, "itemprop") == Some("name"));
    }
    if itemprop == Some("name") {
        return dom.ancestors(id).skip(1).take(3).any(|at| dom.attribute(at, "itemprop") == Some("author"));
    }
    dom.attribute(id, "rel").is_some_and(|rel| rel.split_ascii_whitespace().any(|rel| rel == "author"))
        && dom.tag(id) == Some(Tag::A)
}

/// The visible line near the headline that begins with "By" or is named as a byline.
fn byline(dom: &Dom, marks: &Marks, site: Option<&str>) -> Vec<String> {
    let Some(headline) = dom.ids().find(|id| dom.tag(*id) == Some(Tag::H1)) else { return Vec::new() };
    for id in near(dom, marks, headline) {
        let Some(tag) = dom.tag(id) else { continue };
        if !(tag.is_block() || matches!(tag, Tag::Span | Tag::A)) {
            continue;
        }
        if marks.sums(id).text > 120 || marks.sums(id).text == 0 {
            continue;
        }
        // A box of several lines is read line by line.
        if dom.subtree(id).skip(1).any(|below| dom.tag(below).is_some_and(Tag::is_block)) {
            continue;
        }
        let line = squeeze(&dom.text_content(id));
        let is_named = ["class", "id"].iter().any(|name| {
            dom.attribute(id, name).is_some_and(|value| {
                let value = value.to_ascii_lowercase();
                value.contains("byline")
                    || value.contains("author-name")
                    || value.contains("authorname")
                    || value.contains("author_name")
            })
        });
        if let Some(after) = authors::after_by(&line) {
            let named = authors::clean(std::iter::once(after), site);
            if !named.is_empty() {
                return named;
            }
        } else if is_named {
            let named = authors::clean(std::iter::once(line.as_str()), site);
            if !named.is_empty() {
                return named;
            }
        }
    }
    Vec::new()
}
