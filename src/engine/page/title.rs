//! The headline, without the site's suffix.

use super::dom::{NodeId, Tag};
use super::metadata::{Said, property, squeeze};
use super::same_letters;
use crate::model::url::WebUrl;

/// Signs between a headline and the site's name.
const SEPARATORS: [&str; 11] = [" | ", " - ", " – ", " — ", " :: ", " » ", " · ", " • ", " : ", " ‹ ", " « "];

/// Fewest letters by which a heading is known for the title's.
const BEGINNING_MIN_CHARS: usize = 6;
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
}

/// The headline of a page: what the site's rules found, else what page and feed agree on.
pub(super) fn headline(said: &Said<'_>, entry: Option<&str>, ruled: Option<String>) -> Headline {
    Places { said, entry }.headline(ruled)
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
        let read = |id| {
            let text = self.stripped(&squeeze(&self.said.dom.text_content(id)));
            let itemprop = property(self.said.dom, id).is_some_and(|name| name.eq_ignore_ascii_case("headline"));
            let class = self.said.dom.attribute(id, "class").unwrap_or_default().to_ascii_lowercase();
            let mut words = class.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').flat_map(|one| {
                let whole = one.replace('-', "");
                one.split('-').map(str::to_owned).chain(std::iter::once(whole)).collect::<Vec<_>>()
            });
            let named = itemprop || words.any(|word| NAMED.contains(&word.as_str()));
            Heading { element: id, text, named }
        };
        let is_heading = |id: &NodeId| matches!(self.said.dom.tag(*id), Some(Tag::H1 | Tag::H2 | Tag::H3));
        let is_line = |id: &NodeId| self.said.marks.sums(*id).text <= HEADING_MAX_CHARS;
        let headings =
            self.said.dom.ids().filter(|id| is_heading(id) && is_line(id) && !is_other(*id)).take(60).map(read);
        // Blogs set their own name as the first heading and the article's below it, named as such.
        let is_first = |heading: &Heading| heading.named || self.said.dom.tag(heading.element) == Some(Tag::H1);
        let found = headings.filter(|heading| {
            is_first(heading)
                && !heading.text.is_empty()
                && !self.names_site(&heading.text)
                && !self.leads_home(heading.element)
        });
        found.take(8).collect()
    }

    /// Whether all of a heading is a link to the front page: then it is the site's name.
    fn leads_home(&self, heading: NodeId) -> bool {
        let dom = self.said.dom;
        let link = dom.subtree(heading).find(|id| dom.tag(*id) == Some(Tag::A));
        let all = |link| squeeze(&dom.text_content(link)) == squeeze(&dom.text_content(heading));
        link.filter(|link| all(*link)).and_then(|link| dom.attribute(link, "href")).is_some_and(|href| {
            self.said.url.join(href).is_ok_and(|to| {
                to.site() == self.said.url.site() && to.as_url().path() == "/" && to.as_url().query().is_none()
            })
        })
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
            .filter(|text| !text.is_empty() && !self.names_site(text))
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
        let confirmed = confirmed.or_else(|| headings.iter().find(is_confirmed));
        // Metadata is written for search engines: the page's own heading is what it calls the article, where it is marked as
        // the headline or speaks of the same thing.
        let own = || {
            let long = |heading: &&Heading| {
                heading.text.split_whitespace().count() >= 4
                    || heading.text.chars().filter(|c| !c.is_ascii()).count() >= 8
            };
            headings.iter().find(|heading| heading.named && heading.text.split_whitespace().count() > 1).or_else(|| {
                headings.iter().find(|one| long(one) && stated.iter().any(|other| shares_words(&one.text, other)))
            })
        };
        let heading = confirmed.or_else(own).or_else(|| headings.first().filter(|_| stated.is_empty()));
        match heading {
            Some(heading) => {
                let text = self.without_lines_around(heading, &stated).unwrap_or_else(|| heading.text.clone());
                Headline { text: Some(text), element: Some(heading.element) }
            }
            None => Headline { text: stated.into_iter().next(), element: None },
        }
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
        let text = self.said.dom.text_content(heading.element);
        let lines: Vec<String> = text.lines().map(squeeze).filter(|line| !line.is_empty()).collect();
        let is_stated = |line: &&String| stated.iter().any(|one| same_letters(one, line));
        lines.iter().find(is_stated).filter(|_| lines.len() > 1).cloned()
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
        // The sign of a link to the heading itself.
        strip(text, self.said.site, self.said.url).trim_end_matches(['¶', ' ']).to_owned()
    }

    fn names_site(&self, text: &str) -> bool {
        self.said.site.is_some_and(|site| same_letters(site, text))
    }
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

/// Cuts off a last (or first) part that names the site, its host or its section.
fn strip(title: &str, site: Option<&str>, url: &WebUrl) -> String {
    let mut title = title.trim();
    for _ in 0..3 {
        let last = SEPARATORS.iter().filter_map(|sign| Some((title.rfind(sign)?, sign.len()))).max();
        let first = SEPARATORS.iter().filter_map(|sign| Some((title.find(sign)?, sign.len()))).min();
        let (Some((last, last_len)), Some((first, first_len))) = (last, first) else { break };
        let head = title.get(..last).unwrap_or_default().trim();
        let tail = title.get(last + last_len..).unwrap_or_default().trim();
        if names_site(tail, site, url) && !head.is_empty() {
            title = head;
            continue;
        }
        let (start, rest) =
            (title.get(..first).unwrap_or_default().trim(), title.get(first + first_len..).unwrap_or_default().trim());
        if names_site(start, site, url) && !rest.is_empty() {
            title = rest;
            continue;
        }
        break;
    }
    title.to_owned()
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
        site == part || (part.starts_with(site) && part.chars().count() < site.chars().count() + 14)
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
        ] {
            assert_eq!(strip(title, site, &url), expected);
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
}
