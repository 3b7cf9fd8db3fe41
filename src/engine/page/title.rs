//! The headline, without the site's suffix.

use std::cell::OnceCell;

use super::dom::{Name, NodeId, Tag};
use super::home;
use super::metadata::{Said, has_property, squeeze};
use super::same_letters;
use crate::model::url::WebUrl;

/// Signs between a headline and the site's name.
const SEPARATORS: [&str; 19] = [
    " | ", " - ", " – ", " — ", " :: ", " » ", " · ", " • ", " : ", " ‹ ", " « ", " / ", " ~ ", " ⋆ ", " › ", " -",
    "| ", "_", " (",
];
/// Signs at which a page's title goes on behind its headline, where the page shows the headline alone.
const GOES_ON: [char; 18] =
    ['|', '-', '–', '—', ':', '»', '·', '•', '‹', '«', '/', '~', '⋆', '›', '_', '(', '【', '｜'];
/// Fewest letters of a beginning of the title that is the headline since the page shows it.
const SHOWN_MIN_CHARS: usize = 10;

/// Fewest letters by which a heading is known for the title's.
const BEGINNING_MIN_CHARS: usize = 6;
/// Most letters that a heading has beside the headline.
const MORE_MAX_CHARS: usize = 12;
/// What sections are called that no page needs to state.
const SECTIONS: [&str; 8] = ["News", "World", "Politics", "Opinion", "Business", "Sport", "Sports", "Culture"];
/// Headings of each kind whose texts are read.
const HEADINGS_MAX: usize = 8;
/// Longest heading, in characters.
const HEADING_MAX_CHARS: u32 = 600;

/// Words in the class of the element that holds the headline.
const NAMED: [&str; 8] =
    ["hed", "headline", "articletitle", "entrytitle", "posttitle", "storytitle", "articleheadline", "pagetitle"];

/// The headline of a page, and where it stands.
#[derive(Debug, Default)]
pub(super) struct Headline {
    /// Its text.
    pub(super) text: Option<String>,
    /// The element that shows it.
    pub(super) element: Option<NodeId>,
}

/// Where a headline is read from.
struct Places<'a> {
    said: &'a Said<'a>,
    /// The feed's title for the page.
    entry: Option<&'a str>,
    /// What links to the front page call it, once that was asked.
    home: OnceCell<Vec<String>>,
}

/// The headline of a page: what the site's rules found, else what page and feed agree on.
pub(super) fn headline(said: &Said<'_>, entry: Option<&str>, ruled: Option<String>) -> Headline {
    Places { said, entry, home: OnceCell::new() }.headline(ruled)
}

struct Heading {
    element: NodeId,
    text: String,
    named: bool,
}

impl Places<'_> {
    fn headline(&self, ruled: Option<String>) -> Headline {
        let headings = self.headings();
        let ruled = ruled.map(|text| Headline { text: Some(text), element: None });
        let mut found = ruled.unwrap_or_else(|| self.choose(&headings));
        if found.element.is_none() {
            let same = |heading: &&Heading| found.text.as_deref().is_some_and(|text| same_letters(text, &heading.text));
            found.element = headings
                .iter()
                .find(same)
                .map(|heading| heading.element)
                .or_else(|| found.text.as_deref().and_then(|text| self.showing(text)))
                .or_else(|| headings.first().map(|heading| heading.element));
        }
        found
    }

    fn headings(&self) -> Vec<Heading> {
        let is_other = |id| {
            matches!(
                self.said.marks.dropped(id),
                Some("related links" | "comments" | "advertisement" | "subscription prompt" | "aside")
            )
        };
        let is_named = |id: NodeId| {
            let class = self.said.dom.attribute(id, Name::Class).unwrap_or_default().to_ascii_lowercase();
            let mut words = class.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').flat_map(|one| {
                let whole = one.replace('-', "");
                one.split('-').map(str::to_owned).chain(std::iter::once(whole)).collect::<Vec<_>>()
            });
            has_property(self.said.dom, id, "headline") || words.any(|word| NAMED.contains(&word.as_str()))
        };
        let is_heading = |id: &NodeId| matches!(self.said.dom.tag(*id), Some(Tag::H1 | Tag::H2 | Tag::H3));
        let is_line = |id: &NodeId| self.said.marks.sums(*id).text <= HEADING_MAX_CHARS;
        let headings = self.said.dom.ids().filter(|id| is_heading(id) && is_line(id) && !is_other(*id));
        // Blogs set their own name as the first heading and the article's below it, named as such. The others' texts are not
        // needed, and of those that are only named few: menus and lists name their teasers the same.
        let mut teased = 0;
        let mut is_asked = |element: NodeId, named: bool| {
            let is_first = self.said.dom.tag(element) == Some(Tag::H1);
            teased += usize::from(named && !is_first);
            is_first || (named && teased <= HEADINGS_MAX)
        };
        let first = headings.map(|id| (id, is_named(id))).filter(|(id, named)| is_asked(*id, *named));
        let found = first
            .map(|(element, named)| Heading {
                element,
                text: self.stripped(&squeeze(&self.said.dom.text_content(element))),
                named,
            })
            .filter(|heading| {
                !heading.text.is_empty() && !self.names_site(&heading.text) && !self.leads_home(heading.element)
            });
        found.take(2 * HEADINGS_MAX).collect()
    }

    /// Whether all of a heading is a link to the front page: then it is the site's name.
    fn leads_home(&self, heading: NodeId) -> bool {
        let dom = self.said.dom;
        let link = dom.subtree(heading).find(|id| dom.tag(*id) == Some(Tag::A));
        let all = |link| squeeze(&dom.text_content(link)) == squeeze(&dom.text_content(heading));
        let href = link.filter(|link| all(*link)).and_then(|link| dom.attribute(link, Name::Href));
        href.is_some_and(|href| home::leads_home(self.said.url, href))
    }

    /// Whether all of a heading is a link to another page: then it is that page's.
    fn leads_elsewhere(&self, heading: NodeId) -> bool {
        let dom = self.said.dom;
        let own = self.said.url.as_url().path();
        let links = dom.subtree(heading).chain(std::iter::once(dom.parent(heading)));
        let link = links.into_iter().find(|id| dom.tag(*id) == Some(Tag::A));
        let all = |link| squeeze(&dom.text_content(link)).len() >= squeeze(&dom.text_content(heading)).len();
        let href = link.filter(|link| all(*link)).and_then(|link| dom.attribute(link, Name::Href));
        href.filter(|href| !href.starts_with('#'))
            .is_some_and(|href| self.said.url.join(href).is_ok_and(|to| to.as_url().path() != own))
    }

    /// The one heading that microdata call the headline.
    fn marked<'b>(&self, headings: &'b [Heading]) -> Option<&'b Heading> {
        let mut marked = headings.iter().filter(|heading| {
            has_property(self.said.dom, heading.element, "headline") && !self.leads_elsewhere(heading.element)
        });
        marked.next().filter(|_| marked.next().is_none())
    }

    /// Whether links to the front page call it so.
    fn is_called(&self, name: &str) -> bool {
        let known = self.home.get_or_init(|| home::names(self.said.dom, self.said.url));
        known.iter().any(|known| same_letters(known, name))
    }

    /// What a page without a heading shows of its title, up to a sign: the longest such beginning.
    fn shown_beginning(&self) -> Option<Headline> {
        let title = self.said.head.title.as_deref()?;
        let (dom, marks) = (self.said.dom, self.said.marks);
        let goes_on = |text: &str| {
            title.strip_prefix(text).is_some_and(|rest| {
                // Titles in Chinese are parted by a blank too.
                let by_blank = !text.is_ascii() && rest.starts_with(' ');
                rest.trim_start().starts_with(GOES_ON) || by_blank
            })
        };
        let is_line = |id: NodeId| {
            let parent = dom.parent(id);
            !matches!(
                marks.dropped(parent),
                Some("no text of the page" | "navigation" | "related links" | "comments" | "footer")
            ) && !marks.is_linked(id)
                && dom.children(parent).filter(|child| dom.text(*child).is_some()).nth(1).is_none()
        };
        let first = title.chars().next()?;
        let shown = dom.ids().filter_map(|id| Some((id, dom.text(id)?.trim()))).filter(|(id, text)| {
            text.starts_with(first)
                && text.len() < title.len()
                && text.chars().filter(|c| c.is_alphanumeric()).count() >= SHOWN_MIN_CHARS
                && goes_on(text)
                && !self.names_site(text)
                && is_line(*id)
        });
        let (id, text) = shown.max_by_key(|(id, text)| (text.len(), std::cmp::Reverse(*id)))?;
        Some(Headline { text: Some(text.to_owned()), element: Some(dom.parent(id)) })
    }

    /// What a page without a heading shows of its title behind a sign, in an element that is named for the headline: the site's
    /// name stands before it.
    fn shown_ending(&self) -> Option<Headline> {
        let title = self.said.head.title.as_deref()?;
        let (dom, marks) = (self.said.dom, self.said.marks);
        let ends = |text: &str| {
            let before = title.strip_suffix(text).map(str::trim_end);
            before.is_some_and(|before| before.ends_with(GOES_ON)) && !self.names_site(text)
        };
        let is_named = |id: NodeId| {
            [Name::Class, Name::Id].into_iter().filter_map(|name| dom.attribute(id, name)).any(|value| {
                let words = value.split(|c: char| !c.is_ascii_alphanumeric());
                words.into_iter().any(|word| NAMED.iter().any(|known| word.eq_ignore_ascii_case(known)))
            })
        };
        let shown = dom.ids().filter_map(|id| Some((dom.parent(id), dom.text(id)?.trim()))).find(|(parent, text)| {
            text.chars().filter(|c| c.is_alphanumeric()).count() >= SHOWN_MIN_CHARS
                && ends(text)
                && is_named(*parent)
                && marks.dropped(*parent).is_none()
                && !marks.is_linked(*parent)
        });
        shown.map(|(element, text)| Headline { text: Some(text.to_owned()), element: Some(element) })
    }

    fn choose(&self, headings: &[Heading]) -> Headline {
        let meta = self.said.head.first(&[
            "og:title",
            "twitter:title",
            "parsely-title",
            "sailthru.title",
            "dc.title",
            "citation_title",
            "headline",
        ]);
        let title = self.said.head.title.as_deref();
        let stated: Vec<String> = [self.said.json.headline.as_deref(), meta, title, self.entry]
            .into_iter()
            .flatten()
            .map(|text| self.stripped(&squeeze(text)))
            .filter(|text| !text.is_empty() && !self.names_site(text) && !is_key(text))
            .collect();
        // The heading that another place confirms is the headline as readers see it.
        let is_confirmed = |heading: &&Heading| {
            stated.iter().any(|one| same_letters(one, &heading.text))
                || title.is_some_and(|title| {
                    begins(title, &heading.text)
                        || (heading.named && ends(title, &heading.text))
                        || self.is_begun_by(&heading.text, title)
                })
        };
        let confirmed = headings.iter().filter(|heading| heading.named).find(is_confirmed);
        let confirmed = confirmed.or_else(|| self.marked(headings)).or_else(|| headings.iter().find(is_confirmed));
        let agreed = |text: &str| stated.iter().filter(|one| same_letters(one, text)).count() > 1;
        if confirmed.is_none()
            && !stated.first().is_some_and(|text| agreed(text))
            && let Some(shown) = self.shown_beginning().or_else(|| self.shown_ending())
        {
            return shown;
        }
        // Metadata is written for search engines: the page's own heading is what it calls the article, where it is marked as
        // the headline or speaks of the same thing.
        let own = || {
            let long = |heading: &&Heading| {
                heading.text.split_whitespace().count() >= 4
                    || heading.text.chars().filter(|c| !c.is_ascii()).count() >= 8
            };
            let mut own = headings.iter().filter(|heading| !self.leads_elsewhere(heading.element));
            own.clone()
                .find(|heading| heading.named && heading.text.split_whitespace().count() > 1)
                .or_else(|| own.find(|one| long(one) && stated.iter().any(|other| shares_words(&one.text, other))))
        };
        let heading = confirmed.or_else(own).or_else(|| headings.first().filter(|_| stated.is_empty()));
        let Some(heading) = heading else {
            // A page that names its site as its title has no other.
            let title = || title.map(squeeze);
            return Headline { text: stated.into_iter().next().or_else(title), element: None };
        };
        // A heading may hold a little more than the headline: how long it takes to read.
        let short = stated.first().filter(|text| {
            let more = folded(&heading.text).chars().count().saturating_sub(folded(text).chars().count());
            agreed(text) && begins(&heading.text, text) && (1..=MORE_MAX_CHARS).contains(&more)
        });
        let lines = || self.without_lines_around(heading, &stated).unwrap_or_else(|| heading.text.clone());
        Headline { text: Some(short.cloned().unwrap_or_else(lines)), element: Some(heading.element) }
    }

    /// Whether a heading goes on from what stands before the first sign or `_` in the page's title: titles are cut short.
    fn is_begun_by(&self, heading: &str, title: &str) -> bool {
        let ends = SEPARATORS.iter().copied().chain(["_"]).filter_map(|sign| title.find(sign));
        let part = title.get(..ends.min().unwrap_or(title.len())).unwrap_or_default();
        let short = folded(part);
        short.chars().count() >= BEGINNING_MIN_CHARS && !self.names_site(part) && folded(heading).starts_with(&short)
    }

    /// The line of a heading of several lines that is the headline by what the page states; the others are its kicker or date.
    fn without_lines_around(&self, heading: &Heading, stated: &[String]) -> Option<String> {
        // Where two places state them together, they are one.
        if stated.iter().filter(|one| same_letters(one, &heading.text)).count() > 1 {
            return None;
        }
        let dom = self.said.dom;
        let text = dom.text_content(heading.element);
        // A kicker in an element of its own may stand there without a blank.
        let parts = dom.children(heading.element).map(|part| match dom.text(part) {
            Some(text) => squeeze(text),
            None => squeeze(&dom.text_content(part)),
        });
        let lines = parts.chain(text.lines().map(squeeze)).filter(|line| !line.is_empty());
        let lines: Vec<String> = lines.filter(|line| *line != heading.text).collect();
        let is_stated = |line: &&String| stated.iter().any(|one| same_letters(one, line));
        lines.iter().find(is_stated).cloned()
    }

    /// The element that shows a text and nothing else, where no heading does.
    fn showing(&self, text: &str) -> Option<NodeId> {
        let first = text.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase());
        let shown = self.said.dom.ids().find(|id| {
            self.said.dom.text(*id).is_some_and(|own| {
                own.trim_start().chars().find(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase()) == first
                    && own.len() < 2 * text.len() + 200
                    && self.said.marks.dropped(self.said.dom.parent(*id)) != Some("no text of the page")
                    && same_letters(own, text)
            })
        })?;
        Some(self.said.dom.parent(shown))
    }

    fn stripped(&self, text: &str) -> String {
        let short =
            strip(text, |part| names_site(part, self.said.site, self.said.url) || self.is_called(part), self.said.site);
        // The sign of a link to the heading itself.
        self.without_section(&short, text).trim_end_matches(['¶', ' ']).to_owned()
    }

    /// A title out of which the site's name was cut, without the section that stood before that: the page states it, or its
    /// address has it.
    fn without_section<'b>(&self, short: &'b str, whole: &str) -> &'b str {
        let last = SEPARATORS.iter().filter_map(|sign| Some((short.rfind(sign)?, sign.len()))).max();
        let Some((at, sign)) = last.filter(|_| short.len() < whole.len()) else { return short };
        let (head, tail) = (short.get(..at).unwrap_or_default().trim(), short.get(at + sign..).unwrap_or_default());
        let section = super::details::section(self.said.head, self.said.json);
        let mut folders = self.said.url.as_url().path().split('/').filter(|part| !part.is_empty());
        let is_section = section.is_some_and(|section| same_letters(&section, tail))
            || folders.any(|folder| same_letters(folder, tail))
            || SECTIONS.contains(&tail);
        if is_section && !head.is_empty() { head } else { short }
    }

    fn names_site(&self, text: &str) -> bool {
        self.said.site.is_some_and(|site| same_letters(site, text)) || self.is_host(text)
    }

    /// Whether a text is what the site's host is called.
    fn is_host(&self, text: &str) -> bool {
        let label = self.said.url.site().split('.').next().unwrap_or_default();
        label.len() > 4 && same_letters(label, text)
    }
}

/// Whether a text is a key of the content system: `harbour-talks-2`.
fn is_key(text: &str) -> bool {
    text.is_ascii()
        && !text.contains(char::is_whitespace)
        && text.matches(['-', '_']).count() > 1
        && !text.contains(char::is_uppercase)
}

fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn begins(long: &str, short: &str) -> bool {
    let short = folded(short);
    short.chars().count() >= 12 && folded(long).starts_with(&short)
}

fn ends(long: &str, short: &str) -> bool {
    let short = folded(short);
    short.chars().count() >= 12 && folded(long).ends_with(&short)
}

fn shares_words(a: &str, b: &str) -> bool {
    let words = |text: &str| -> std::collections::HashSet<String> {
        text.split_whitespace().map(folded).filter(|word| word.chars().count() > 3).collect()
    };
    let (a, b) = (words(a), words(b));
    let shared = a.intersection(&b).count();
    shared * 2 >= a.len().min(b.len()).max(1)
}

/// Cuts off a last (or first) part that names the site.
fn strip(title: &str, names_site: impl Fn(&str) -> bool, site: Option<&str>) -> String {
    let mut title = title.trim();
    for _ in 0..3 {
        // Titles in Chinese name section and site behind such a sign, and have no other use for it.
        if let Some((head, _)) = title.split_once('_').filter(|(head, _)| is_chinese(head)) {
            title = head.trim();
        }
        if let Some((head, tail)) = title.rsplit_once(", ")
            && !head.is_empty()
            && site.is_some_and(|site| same_letters(site, tail))
        {
            title = head;
        }
        let last = SEPARATORS.iter().filter_map(|sign| Some((title.rfind(sign)?, sign.len()))).max();
        let first = SEPARATORS.iter().filter_map(|sign| Some((title.find(sign)?, sign.len()))).min();
        let (Some((last, last_len)), Some((first, first_len))) = (last, first) else { break };
        let head = title.get(..last).unwrap_or_default().trim();
        let tail = title.get(last + last_len..).unwrap_or_default().trim();
        if !head.is_empty() && names_site(tail) {
            title = head;
            continue;
        }
        let (start, rest) =
            (title.get(..first).unwrap_or_default().trim(), title.get(first + first_len..).unwrap_or_default().trim());
        if !rest.is_empty() && names_site(start) {
            title = rest;
            continue;
        }
        break;
    }
    title.to_owned()
}

/// Whether a text has some words in Chinese characters.
fn is_chinese(text: &str) -> bool {
    text.chars().filter(|c| matches!(c, '\u{4e00}'..='\u{9fff}')).nth(5).is_some()
}

fn names_site(part: &str, site: Option<&str>, url: &WebUrl) -> bool {
    let part = folded(part);
    if part.is_empty() || part.chars().count() > 40 {
        return false;
    }
    let host = url.host().trim_start_matches("www.");
    let name = host.split('.').next().unwrap_or(host);
    let registrable = url.site().split('.').next().unwrap_or_default();
    let without_the = |text: &str| text.strip_prefix("the").unwrap_or(text).to_owned();
    let (part, site) = (without_the(&part), site.map(folded).map(|site| without_the(&site)));
    site.as_deref().is_some_and(|site| {
        site == part || (part.starts_with(site) && part.chars().count() < site.chars().count() + 20)
    }) || part == folded(host)
        || (name.len() > 2 && (part == folded(name) || part == folded(registrable)))
        || (registrable.len() > 3
            // Half of it at least: «comwrap at the fair» is no name of comwrap.
            && ((part.contains(&folded(registrable)) && registrable.len() * 2 >= part.len())
                || (part.chars().count() > 4 && folded(registrable).contains(&part))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_site_is_cut_off_the_headline() {
        let url = WebUrl::parse("https://www.globalresearch.ca/x").unwrap();
        for (title, site, expected) in [
            ("Frosty Talks - Global Research", Some("Global Research"), "Frosty Talks"),
            ("Frosty Talks | globalresearch.ca", None, "Frosty Talks"),
            (
                "Frosty Talks - globalresearch at the fair of 2018",
                None,
                "Frosty Talks - globalresearch at the fair of 2018",
            ),
            ("Global Research: Frosty Talks", Some("Global Research"), "Global Research: Frosty Talks"),
            ("China - US: the talks go on", Some("Global Research"), "China - US: the talks go on"),
            ("Frosty Talks - World - Global Research News", Some("Global Research"), "Frosty Talks - World"),
            ("Frosty Talks -Global Research", Some("Global Research"), "Frosty Talks"),
            ("Frosty Talks_Global Research", Some("Global Research"), "Frosty Talks"),
            ("Frosty Talks / Global Research", Some("Global Research"), "Frosty Talks"),
            ("Frosty Talks, Global Research", Some("Global Research"), "Frosty Talks"),
            ("Frosty Talks (Global Research)", Some("Global Research"), "Frosty Talks"),
            ("Frosty Talks - Global Research, News and Views", Some("Global Research"), "Frosty Talks"),
            ("港口谈判结束未达成协议_国际_晨报网", None, "港口谈判结束未达成协议"),
        ] {
            assert_eq!(strip(title, |part| names_site(part, site, &url), site), expected);
        }
    }

    #[test]
    fn the_headline_is_told_from_other_headings() {
        let prose = "<p>The council met on Tuesday, and agreed to rebuild the pier by spring, officials of the harbour said.</p>";
        let teaser = "<h3 class=entry-title><a href='/news/1'>Museum plans a roof of glass</a></h3>";
        let menu = teaser.repeat(80);
        for (title, headings, expected) in [
            (
                "Ferry subsidy to lapse, papers show - North Sound Post",
                format!("{menu}<h1 class=entry-title>Ferry subsidy to lapse, papers show</h1>"),
                "Ferry subsidy to lapse, papers show",
            ),
            (
                "University of Velm: News",
                "<h1>News</h1><h1>University of Velm</h1><h3 itemprop=headline>Expedition to the lake sets out</h3>".to_owned(),
                "Expedition to the lake sets out",
            ),
            (
                "Lost and found - We no longer leave things",
                "<meta property=og:title content='We no longer leave things'><h1><span>Lost and found</span>We no longer leave things</h1>".to_owned(),
                "We no longer leave things",
            ),
        ] {
            let html = format!("<title>{title}</title><body><div>{headings}{prose}{prose}</div></body>");
            let found = crate::engine::page::tests::read_at(&html, "https://north.test/news/a17").title;
            assert_eq!(found.as_deref(), Some(expected), "{title}");
        }
    }

    #[test]
    fn what_the_logo_says_is_no_part_of_the_headline() {
        let prose = "<p>The council met on Tuesday, and agreed to rebuild the pier by spring, officials of the harbour said.</p>";
        let read = |title: &str, logo: &str, heading: &str| {
            let html = format!("<title>{title}</title><body>{logo}<div>{heading}{prose}{prose}</div></body>");
            crate::engine::page::tests::read_at(&html, "https://velm-council.test/news/17").title
        };
        let logo = "<a href=/><img alt='Citizens of Velm' src=l.png></a>";
        for (title, logo, heading, expected) in [
            ("Citizens of Velm - Pool stays cold, kiosk open", logo, "", "Pool stays cold, kiosk open"),
            ("Pool stays cold | Citizens of Velm", "<h1><a href='/'>Citizens of Velm</a></h1>", "", "Pool stays cold"),
            (
                "Pool stays cold » Citizens of Velm",
                "<a title='Citizens of Velm' href=https://velm-council.test>Home</a>",
                "",
                "Pool stays cold",
            ),
            (
                "Pool stays cold - Citizens of Velm",
                "<a href=/citizens><img alt='Citizens of Velm'></a>",
                "",
                "Pool stays cold - Citizens of Velm",
            ),
            ("Velm Council", "", "<h1>Pool stays cold</h1>", "Pool stays cold"),
        ] {
            assert_eq!(read(title, logo, heading).as_deref(), Some(expected), "{title} {logo}");
        }
    }

    #[test]
    fn the_headline_is_what_the_page_calls_the_article() {
        let page = |title: &str, og: &str, body: &str| {
            format!(
                "<html><head><meta property=og:site_name content='The Lantern'><meta property=og:title content='{og}'><title>{title}</title></head><body>{body}</body></html>"
            )
        };
        for (name, html, expected) in [
            (
                "both agree",
                page(
                    "Talks end without pact - The Lantern",
                    "Talks end without pact",
                    "<h1>Talks end without pact</h1>",
                ),
                "Talks end without pact",
            ),
            (
                "the site's name in a heading first",
                page("Talks end - The Lantern", "Talks end", "<h1>The Lantern</h1><h1>Talks end</h1>"),
                "Talks end",
            ),
            (
                "a heading that the title begins with",
                page("Talks end without pact: live", "SEO words for talks", "<h1>Talks end without pact</h1>"),
                "Talks end without pact",
            ),
            (
                "marked as the headline",
                page(
                    "Why the pier fell",
                    "The great pier mystery",
                    "<article><h1 class=article__hed itemprop=headline>The Fall of Port Ellison</h1></article><aside><h1>More on piers</h1></aside>",
                ),
                "The Fall of Port Ellison",
            ),
            (
                "written for searches",
                page(
                    "Diet of Atkins (14 days) - lose 10 kg. Reviews",
                    "",
                    "<h1>Diet of Atkins - lose ten kilograms in two weeks</h1><p>x</p><h1>Second phase of it</h1>",
                ),
                "Diet of Atkins - lose ten kilograms in two weeks",
            ),
            (
                "like the second statement",
                page(
                    "People Are Becoming Stores and More",
                    "Chasing Numbers, My Friend Became a Grocery Store",
                    "<h1>Why My Friend Became a Grocery Store</h1>",
                ),
                "Why My Friend Became a Grocery Store",
            ),
            (
                "a heading of something else",
                page(
                    "Talks end without a pact",
                    "Talks end without a pact",
                    "<h1>Welcome to all our dear readers</h1>",
                ),
                "Talks end without a pact",
            ),
            (
                "a title that is cut short",
                page("港口谈判结束_国际_晨报网", "", "<h1>港口谈判结束 未达成协议</h1>"),
                "港口谈判结束 未达成协议",
            ),
            ("a heading alone", "<h1>Talks</h1>".to_owned(), "Talks"),
        ] {
            assert_eq!(crate::engine::page::tests::read(&html).title.as_deref(), Some(expected), "{name}");
        }
    }

    #[test]
    fn what_a_page_shows_and_states_cuts_its_title() {
        let page = |title: &str, og: &str, body: &str| {
            format!(
                "<html><head><meta property=og:site_name content='The Lantern'><meta property=og:title content='{og}'><title>{title}</title></head><body>{body}</body></html>"
            )
        };
        for (name, html, expected) in [
            (
                "shown without a heading",
                page("Talks end without pact-Harbour Ministry", "", "<div class=t>Talks end without pact</div><p>x</p>"),
                "Talks end without pact",
            ),
            (
                "a link to another page that begins so",
                page("Harbour talks-end without pact", "", "<a href=/x>Harbour talks</a><p>x</p>"),
                "Harbour talks-end without pact",
            ),
            (
                "more in the heading",
                page("Talks end without pact - The Lantern", "Talks end without pact", "<h1>Talks end without pact <small>3 min read</small></h1>"),
                "Talks end without pact",
            ),
            (
                "a section before the site's name",
                page("Talks end without pact | Harbour | The Lantern", "", "<meta property=article:section content=Harbour>"),
                "Talks end without pact",
            ),
            ("a key of the system", page("Talks end", "harbour-talks-2", "<p>x</p>"), "Talks end"),
            (
                "kicker and headline together",
                page(
                    "Harbour: Talks end without pact",
                    "Harbour: Talks end without pact",
                    "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":\"Talks end without pact\"}</script><h1><p>Harbour:</p><p>Talks end without pact</p></h1>",
                ),
                "Harbour: Talks end without pact",
            ),
            (
                "the title as the site's name",
                "<meta property=og:site_name content='Talks of all the ports end without pact'><title>Talks of all the ports end without pact</title><h1>Talks of all the ports end without pact</h1>".to_owned(),
                "Talks of all the ports end without pact",
            ),
        ] {
            assert_eq!(crate::engine::page::tests::read(&html).title.as_deref(), Some(expected), "{name}");
        }
    }
}
