//! A page's metadata, agreed between what it says in several places. Precedence, the first that is plausible wins:
//!
//! - title: JSON-LD headline, `og:title`, the page's `h1`, other meta, `<title>`, the feed's entry; the site's suffix is cut
//!   off, and where two of them agree after that, they win over a lone one;
//! - authors: JSON-LD, meta, microdata and `rel=author`, the visible byline, the feed's entry;
//! - dates: JSON-LD, `article:published_time` and its relatives, microdata, `<time>` near the headline, the visible dateline,
//!   the feed's entry, the address. A date is never invented from the body.

use super::dates;
use super::dom::{Dom, Name, NodeId, Tag};
use super::jsonld::JsonLd;
use super::labels;
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
    pub(super) amp: Option<String>,
    pub(super) language: Option<String>,
}

impl Head {
    pub(super) fn read(dom: &Dom<'_>) -> Self {
        let mut head = Self::default();
        for id in dom.ids() {
            match dom.tag(id) {
                Some(Tag::Html) if head.language.is_none() => {
                    head.language =
                        dom.attribute(id, Name::Lang).or_else(|| dom.attribute(id, Name::XmlLang)).map(str::to_owned);
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

    fn meta(&mut self, dom: &Dom<'_>, id: NodeId) {
        let name = [Name::Property, Name::Name, Name::Itemprop, Name::HttpEquiv]
            .into_iter()
            .find_map(|name| dom.attribute(id, name));
        let (Some(name), Some(content)) = (name, dom.attribute(id, Name::Content)) else { return };
        let content = squeeze(content);
        if !content.is_empty() {
            self.metas.push((name.trim().to_ascii_lowercase(), content));
        }
    }

    fn link(&mut self, dom: &Dom<'_>, id: NodeId) {
        let (Some(rel), Some(href)) = (dom.attribute(id, Name::Rel), dom.attribute(id, Name::Href)) else { return };
        if href.trim().is_empty() {
            return;
        }
        for rel in rel.split_ascii_whitespace() {
            let slot = match rel.to_ascii_lowercase().as_str() {
                "canonical" => &mut self.canonical,
                "next" => &mut self.next,
                "amphtml" => &mut self.amp,
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

/// Whether an element's text is this in the words of schema.org, by microdata or RDFa. Both name several properties at once,
/// parted by blanks (HTML standard, section 5.2.3; RDFa Core 1.1, section 5).
pub(super) fn has_property(dom: &Dom<'_>, id: NodeId, name: &str) -> bool {
    let rdfa = || dom.attribute(id, Name::Property).filter(|_| dom.tag(id) != Some(Tag::Meta));
    let named = dom.attribute(id, Name::Itemprop).or_else(rdfa).unwrap_or_default();
    named.split_ascii_whitespace().any(|one| one.strip_prefix("schema:").unwrap_or(one).eq_ignore_ascii_case(name))
}

/// Runs of blanks as one.
pub(super) fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Names of metas that say when an article was published, as content systems and portals write them; the first that is read
/// counts.
const PUBLISHED: [&str; 40] = [
    "article:published_time",
    "article:published",
    "article:publicationdate",
    "article:post_date",
    "article_date_original",
    "og:article:published_time",
    "og:article:published",
    "og:published_time",
    "og:publish_date",
    "og:pubdate",
    "datepublished",
    "date_published",
    "published_time",
    "published-date",
    "published_date",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dc.date.publication",
    "dcterms.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "dc.date.created",
    "citation_publication_date",
    "citation_date",
    "publish-date",
    "publish_date",
    "publishdate",
    "publish_time",
    "pubdate",
    "publication_date",
    "originalpublicationdate",
    "bt:pubdate",
    "rnews:datepublished",
    "weibo:article:create_at",
    "bytedance:published_time",
    "cxenseparse:recs:publishtime",
    "article.published",
    "date",
];
/// The same for its last change.
const MODIFIED: [&str; 15] = [
    "article:modified_time",
    "article:modified",
    "og:article:modified_time",
    "og:updated_time",
    "og:modified_time",
    "datemodified",
    "date_modified",
    "dcterms.modified",
    "dc.date.modified",
    "last-modified",
    "lastmod",
    "bt:moddate",
    "weibo:article:update_at",
    "bytedance:updated_time",
    "article.updated",
];

/// What a page says of itself, and where it was found.
pub(super) struct Said<'a> {
    pub(super) dom: &'a Dom<'a>,
    pub(super) marks: &'a Marks,
    pub(super) head: &'a Head,
    pub(super) json: &'a JsonLd,
    /// The publication's name.
    pub(super) site: Option<&'a str>,
    pub(super) url: &'a WebUrl,
}

/// When the page says that it was published and modified. `near` are the nodes around the headline; `language` says how
/// `03/04/2026` is read.
pub(super) fn dates(said: &Said<'_>, near: &Near, language: Option<&str>) -> (Option<Published>, Option<Published>) {
    let Said { dom, marks, head, json, .. } = *said;
    let read = |text: &str| dates::parse(text, language);
    let from_meta = |names: &[&str]| names.iter().find_map(|name| head.all(name).find_map(read));
    let from_itemprop = |name| by_itemprop(dom, marks, name, language);
    let published = json.published.as_deref().and_then(read).or_else(|| from_meta(&PUBLISHED));
    let published = published.map(|stated| shown_at(dom, near, stated));
    let published = published
        .or_else(|| from_itemprop("datePublished"))
        .or_else(|| visible(dom, marks, near, language).filter(|_| near.is_of_headline()))
        .or_else(|| from_itemprop("dateCreated"))
        .or_else(|| named(dom, marks, language))
        .or_else(|| head.title.as_deref().and_then(|title| in_title(title, language)))
        .or_else(|| dates::from_url(said.url.as_url().path()))
        .or_else(|| {
            let named = super::details::canonical(head, said.url).filter(|named| named.site() == said.url.site());
            dates::from_url(named?.as_url().path())
        });
    let modified = json.modified.as_deref().and_then(read).or_else(|| from_meta(&MODIFIED));
    (published, modified.or_else(|| from_itemprop("dateModified")))
}

/// Systems that state a day alone state it by the clock of Greenwich: a `<time>` near the headline whose instant is on that day
/// there says which day it was where the article appeared.
fn shown_at(dom: &Dom<'_>, near: &Near, stated: Published) -> Published {
    let Published::Day(day) = stated else { return stated };
    let times = near.after_first().filter(|id| dom.tag(*id) == Some(Tag::Time));
    let mut instants = times.filter_map(|id| dates::parse(dom.attribute(id, Name::Datetime)?, None));
    let is_same = |at: &Published| match at {
        Published::Instant(at, _) => jiff::tz::Offset::UTC.to_datetime(*at).date() == day,
        Published::Day(_) => false,
    };
    instants.find(is_same).unwrap_or(stated)
}

/// The date that a page's title ends in behind a sign: «Berlin confronts its past | DW | 19.01.2020».
fn in_title(title: &str, language: Option<&str>) -> Option<Published> {
    let (_, last) =
        [" | ", " - ", " – "].iter().filter_map(|sign| title.rsplit_once(sign)).min_by_key(|(_, last)| last.len())?;
    let is_bare = last.len() <= 10 && last.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '/' | '-'));
    dates::parse(last, language).filter(|_| is_bare)
}

/// Whether a node belongs to something else than the article: readers' comments, other stories, a picture.
fn is_foreign(marks: &Marks, id: NodeId) -> bool {
    matches!(
        marks.dropped(id),
        Some("comments" | "related links" | "advertisement" | "figure or caption" | "no text of the page")
    )
}

fn by_itemprop(dom: &Dom<'_>, marks: &Marks, name: &str, language: Option<&str>) -> Option<Published> {
    dom.ids()
        .filter(|id| has_property(dom, *id, name))
        .filter(|id| !matches!(marks.dropped(*id), Some("comments" | "related links")))
        .find_map(|id| {
            let stated =
                [Name::Content, Name::Datetime, Name::Title].into_iter().find_map(|name| dom.attribute(id, name));
            stated
                .and_then(|text| dates::parse(text, language))
                .or_else(|| dates::parse(&dom.text_content(id), language))
        })
}

/// Words in the class of an element that holds when an article was published, wherever it stands.
const DATE_NAMES: [&str; 14] = [
    "published",
    "pubdate",
    "publishdate",
    "publisheddate",
    "publicationdate",
    "datepublished",
    "postdate",
    "entrydate",
    "articledate",
    "submitted",
    "postmeta",
    "entrymeta",
    "assetmeta",
    "postfooter",
];
/// Longest line that says when an article was published, beside who and where, in characters.
const DATE_LINE_MAX_CHARS: u32 = 160;
/// Elements that are looked at.
const DATE_LINES_MAX: usize = 40;

/// The one day that elements state which are named for it. Where they differ, one of them is another story's.
fn named(dom: &Dom<'_>, marks: &Marks, language: Option<&str>) -> Option<Published> {
    let lines = dom.ids().filter(|id| {
        let chars = marks.sums(*id).text;
        let is_line = (6..=DATE_LINE_MAX_CHARS).contains(&chars) && is_date_name(dom, *id);
        (is_line || dom.text(*id).is_some_and(labels::is_labelled)) && !is_foreign(marks, *id)
    });
    let mut found: Option<Published> = None;
    for id in lines.take(DATE_LINES_MAX) {
        // A label's date may stand in a node of its own.
        let whole = |at| squeeze(&dom.text_content(at));
        let behind = |label: &str| {
            let holder = Some(dom.parent(id)).filter(|holder| marks.sums(*holder).text <= DATE_LINE_MAX_CHARS)?;
            let line = whole(holder);
            line.find(label.trim()).and_then(|at| line.get(at..)).map(str::to_owned)
        };
        let text = match dom.text(id) {
            Some(label) => behind(label).unwrap_or_else(|| squeeze(label)),
            None => whole(id),
        };
        // «发布日期: 2012-06-24» is read as a line.
        let date = dates::parse(&text, language).or_else(|| dates::in_line(&text, language));
        let Some(date) = date.filter(|_| !labels::says_changed(&text)) else { continue };
        if found.is_some_and(|known| known.day() != date.day()) {
            return None;
        }
        found = found.or(Some(date));
    }
    found
}

fn is_date_name(dom: &Dom<'_>, id: NodeId) -> bool {
    dom.attribute(id, Name::Class).filter(|class| class.len() <= 200).is_some_and(|class| {
        class.split_whitespace().any(|name| {
            let squeezed: String =
                name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
            DATE_NAMES.iter().any(|known| squeezed.ends_with(known))
        })
    })
}

/// Whether a node is a cell of a table that the headline is not in: facts in figures, not the article's own.
fn is_fact(dom: &Dom<'_>, near: &Near, id: NodeId) -> bool {
    let table = dom.ancestors(id).find(|at| dom.tag(*at) == Some(Tag::Table));
    table.is_some_and(|table| !dom.subtree(table).contains(&near.after.start))
}

/// The date near the headline: a `<time>`, or a line that is a date or says when the article was published. What says that it
/// is of a change is taken where nothing else is said.
fn visible(dom: &Dom<'_>, marks: &Marks, near: &Near, language: Option<&str>) -> Option<Published> {
    let nodes = near.after_first().filter(|id| !is_foreign(marks, *id) && marks.dropped(*id) != Some("hidden"));
    let nodes = nodes.filter(|id| near.after.contains(id) || is_beside_headline(dom, near, *id));
    // Around an event's headline stand its own days and those of a calendar.
    if nodes.clone().any(|id| may_state(dom, id) && is_of_event(dom, id)) {
        return None;
    }
    let is_own_time = |id: &NodeId| dom.tag(*id) == Some(Tag::Time) && !is_of_teaser(dom, marks, *id);
    let times = nodes.clone().filter(is_own_time).filter_map(|id| {
        let stated = dom.attribute(id, Name::Datetime).and_then(|text| dates::parse(text, language));
        let text = squeeze(&dom.text_content(id));
        // Content systems put the last change there, below the words of publishing.
        let said = || dates::parse(&text, language).filter(|_| labels::says_published(&text));
        let found = match stated {
            Some(stated) => said().filter(|said| said.day() != stated.day()).unwrap_or(stated),
            None => dates::parse(&text, language)?,
        };
        Some((found, is_of_change(dom, id, &text)))
    });
    let lines = nodes.filter_map(|id| {
        let line = squeeze(dom.text(id)?);
        // «Updated 20 March 2026 | First published 19 March 2026»
        let published = labels::published_part(&line).and_then(|part| dates::in_line(part, language));
        let found = published.or_else(|| dates::in_line(&line, language))?;
        (!is_fact(dom, near, id)).then(|| (found, published.is_none() && is_of_change(dom, id, &line)))
    });
    first_published(times).or_else(|| first_published(lines))
}

fn may_state(dom: &Dom<'_>, id: NodeId) -> bool {
    dom.tag(id) == Some(Tag::Time) || dom.text(id).is_some_and(|text| text.contains(|c: char| c.is_ascii_digit()))
}

/// Whether a date is that of an event, in the words of schema.org.
fn is_of_event(dom: &Dom<'_>, id: NodeId) -> bool {
    dom.ancestors(id).take(12).any(|at| {
        ["startDate", "endDate", "doorTime"].into_iter().any(|name| has_property(dom, at, name))
            || dom.attribute(at, Name::Itemtype).is_some_and(|kind| kind.trim_end().ends_with("Event"))
    })
}

/// A list's item with so many linked characters leads to another story.
const TEASER_MIN_CHARS: u32 = 25;

/// Whether a date stands in a list's item that leads to another story.
fn is_of_teaser(dom: &Dom<'_>, marks: &Marks, id: NodeId) -> bool {
    let item = dom.ancestors(id).take(6).find(|at| dom.tag(*at) == Some(Tag::Li));
    item.is_some_and(|item| marks.sums(item).link >= TEASER_MIN_CHARS)
}

/// The first date that is of no change, else the first.
fn first_published(dates: impl Iterator<Item = (Published, bool)>) -> Option<Published> {
    let mut changed = None;
    for (date, is_of_change) in dates {
        if !is_of_change {
            return Some(date);
        }
        changed = changed.or(Some(date));
    }
    changed
}

/// Nodes before a date in which its label stands.
const LABEL_NODES: u32 = 6;
/// Longest label, in bytes.
const LABEL_MAX_BYTES: usize = 40;

/// Whether a date says that it is of a change, or the words right before it do.
fn is_of_change(dom: &Dom<'_>, id: NodeId, text: &str) -> bool {
    if has_property(dom, id, "dateModified") || labels::says_changed(text) {
        return true;
    }
    let before = (id.saturating_sub(LABEL_NODES)..id).rev().filter_map(|at| dom.text(at)).map(str::trim);
    let label = before.into_iter().find(|text| !text.is_empty());
    label.is_some_and(|label| {
        label.len() <= LABEL_MAX_BYTES && !label.contains(|c: char| c.is_ascii_digit()) && labels::says_changed(label)
    })
}

/// Whether a line before the headline stands with it: what they have in common is less than the page, at whose top today's date
/// may stand.
fn is_beside_headline(dom: &Dom<'_>, near: &Near, id: NodeId) -> bool {
    let common = dom.ancestors(id).find(|above| dom.subtree(*above).contains(&near.after.start));
    common.is_some_and(|common| common != Dom::ROOT && !matches!(dom.tag(common), Some(Tag::Body | Tag::Html)))
}

/// Nodes before a headline that may be its dateline.
const NEAR_BEFORE: u32 = 60;
/// Nodes after a headline in which its byline and dateline stand.
const NEAR_AFTER: u32 = 400;

/// The nodes around a headline.
#[derive(Debug, Clone, Default)]
pub(super) struct Near {
    before: std::ops::Range<NodeId>,
    after: std::ops::Range<NodeId>,
}

impl Near {
    /// Whether there is a headline. A date at the page's head may be today's.
    fn is_of_headline(&self) -> bool {
        self.after.start != Dom::ROOT
    }

    /// In the page's order.
    pub(super) fn in_order(&self) -> std::ops::Range<NodeId> {
        self.before.start..self.after.end
    }

    /// The headline and what follows, then what stands before it, the nearest first.
    fn after_first(&self) -> impl Iterator<Item = NodeId> + Clone + use<> {
        self.after.clone().chain(self.before.clone().rev())
    }
}

/// The nodes around a headline: a little before it, and on to the first paragraphs. Where there is no headline, from the page's
/// head on.
pub(super) fn near(dom: &Dom<'_>, marks: &Marks, headline: Option<NodeId>) -> Near {
    let headline = headline.unwrap_or(Dom::ROOT);
    let mut end = headline;
    let mut prose = 0;
    for id in headline..u32::try_from(dom.len()).unwrap_or(u32::MAX) {
        end = id;
        // Paragraphs in Chinese are short, and have signs that no dateline has.
        let has_clauses = || dom.subtree(id).filter_map(|at| dom.text(at)).any(|text| text.contains(['，', '。']));
        if dom.tag(id) == Some(Tag::P) && (marks.sums(id).prose > 0 || has_clauses()) {
            prose += 1;
        }
        if prose > 1 || id > headline + NEAR_AFTER {
            break;
        }
    }
    Near { before: headline.saturating_sub(NEAR_BEFORE)..headline, after: headline..end }
}

#[cfg(test)]
mod tests {
    use crate::engine::page::tests::read_at;

    const PROSE: &str =
        "<p>The council met on Tuesday, and agreed to rebuild the pier by spring, officials of the harbour said.</p>";

    fn below(lines: &str) -> String {
        format!("<main><article><h1>Pier to be rebuilt</h1>{lines}{PROSE}{PROSE}</article></main>")
    }

    fn published(html: &str) -> Option<String> {
        let found = read_at(&format!("<body>{html}</body>"), "https://www.lantern.test/pier");
        found.published.map(|at| at.to_string())
    }

    #[test]
    fn the_day_of_publishing_is_told_from_others() {
        for (name, html, expected) in [
            (
                "both in a line",
                below("<p>Updated 20 March 2026 | First published 19 March 2026</p>"),
                Some("2026-03-19"),
            ),
            (
                "the other way round",
                below("<p>Published: 19 March 2026 Updated: 20 March 2026</p>"),
                Some("2026-03-19"),
            ),
            ("in lines", below("<p>Updated: 20 March 2026</p><p>Published: 19 March 2026</p>"), Some("2026-03-19")),
            (
                "labels apart",
                below("<b>Updated</b> <i>20 March 2026</i> <b>Published</b> <i>19 March 2026</i>"),
                Some("2026-03-19"),
            ),
            (
                "in elements",
                below("Updated <time datetime=2026-03-20>then</time>, published <time datetime=2026-03-19>then</time>"),
                Some("2026-03-19"),
            ),
            ("a change alone", below("<p>Updated 20 March 2026</p>"), Some("2026-03-20")),
            ("today's date", format!("<div>Thursday, 26 November 2026</div>{}", below("")), None),
            ("above the headline", format!("<div><span>19 March 2026</span>{}</div>", below("")), Some("2026-03-19")),
            (
                "named in Chinese",
                below("").replace("</article>", "</article><div class=pubDate>发布日期: <i>2026-03-19</i></div>"),
                Some("2026-03-19"),
            ),
            (
                "an opinion's header",
                below("").replace(
                    "<h1>Pier to be rebuilt</h1>",
                    "<header class='page-header comment'><h1>Pier to be rebuilt</h1><p>19 March 2026</p></header>",
                ),
                Some("2026-03-19"),
            ),
            (
                "the next stories'",
                below(
                    "<aside><i>2026-03-19 11:10 The Lantern</i></aside><ul><li><a href=/x>The lamps of the quay are lit again</a> <time>2026-03-20</time></ul>",
                ),
                Some("2026-03-19"),
            ),
            (
                "of a kind of meta",
                format!("<meta property=article:published content=2026-03-19>{}", below("")),
                Some("2026-03-19"),
            ),
            (
                "two properties at once",
                below("<i itemprop='dateCreated datePublished' content=2026-03-19>then</i>"),
                Some("2026-03-19"),
            ),
            ("a case's number", below("<p>Case 03/095/2018 (13/09/2018-7)</p>"), None),
        ] {
            assert_eq!(published(&html).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn the_day_of_publishing_is_found_where_little_says_that_it_is_one() {
        for (name, html, expected) in [
            (
                "above short paragraphs in Chinese",
                format!(
                    "<main><h1>码头将重建</h1><aside>2026-03-19 11:10 晨报网</aside>{}<div><a href=/x>灯</a> <time>2026-03-20</time></div></main>",
                    "<p>委员会周二开会，同意重建码头。</p>".repeat(3)
                ),
                Some("2026-03-19"),
            ),
            (
                "behind a label and a comment",
                below("").replace(
                    "</article>",
                    "<font>发布日期：<!-- x -->2026-03-19<!-- y --> 责任编辑：王伟</font></article>",
                ),
                Some("2026-03-19"),
            ),
            (
                "a day by Greenwich's clock",
                format!(
                    "<meta property=article:published content=2026-03-20>{}",
                    below("<time datetime='2026-03-19 20:08:00-0400'>March 19</time>")
                ),
                Some("2026-03-19T20:08:00-04:00"),
            ),
            (
                "another day's time",
                format!(
                    "<meta property=article:published content=2026-03-20>{}",
                    below("<time datetime='2026-03-22T20:08:00Z'>22</time>")
                ),
                Some("2026-03-20"),
            ),
            (
                "at the end of the title",
                format!("<title>Pier to be rebuilt | The Lantern | 19.03.2026</title>{}", below("")),
                Some("2026-03-19"),
            ),
            ("an event's hours", below("<p>19 March 2026, 19:00 – 21:00, Town Hall</p>"), None),
            ("an event's hours on its clock", below("<p>March 19, 2026, 7–9 pm</p>"), None),
            (
                "a zone in brackets",
                below("<p>الأحد، 04 آب/اغسطس 2013، آخر تحديث 02:21 (GMT+0400)</p>"),
                Some("2013-08-04T02:21:00+04:00"),
            ),
            ("an event's day behind its label", below("<p>When: 19 March 2026</p><p>Where: Town Hall</p>"), None),
            (
                "an event in the words of schema.org",
                below(
                    "<div itemscope itemtype='https://schema.org/MusicEvent'><time datetime=2026-03-19>19 March 2026</time></div><p>26 November 2026</p>",
                ),
                None,
            ),
            (
                "the day that an event begins",
                below("<p>From <time itemprop=startDate datetime=2026-03-19>19 March</time></p>"),
                None,
            ),
            (
                "the nearest of those above",
                format!(
                    "<div><div>7 October 2025</div><p>The lamps of the quay</p><div>19 March 2026</div>{}</div>",
                    below("")
                ),
                Some("2026-03-19"),
            ),
        ] {
            assert_eq!(published(&html).as_deref(), expected, "{name}");
        }
    }
}
