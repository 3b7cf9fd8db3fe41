//! The headline, without the site's suffix.

use super::dom::{Dom, Tag};
use super::jsonld::JsonLd;
use super::metadata::{Head, squeeze};
use crate::model::url::WebUrl;

/// Signs between a headline and the site's name.
const SEPARATORS: [&str; 9] = [" | ", " - ", " – ", " — ", " :: ", " » ", " · ", " • ", " : "];

#[expect(clippy::too_many_arguments, reason = "the places that a headline is read from")]
/// The headline of the page; `entry` is the feed's title for it.
pub(super) fn title(
    dom: &Dom,
    head: &Head,
    json: &JsonLd,
    site: Option<&str>,
    url: &WebUrl,
    entry: Option<&str>,
) -> Option<String> {
    let headings: Vec<String> = dom
        .ids()
        .filter(|id| dom.tag(*id) == Some(Tag::H1))
        .take(8)
        .map(|id| squeeze(&dom.text_content(id)))
        .filter(|text| !text.is_empty())
        .collect();
    let meta =
        head.first(&["og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title", "citation_title"]);
    let stripped = |text: &str| strip(text, site, url);
    let stated: Vec<String> = [json.headline.as_deref(), meta, head.title.as_deref(), entry]
        .into_iter()
        .flatten()
        .map(&squeeze)
        .map(|text| stripped(&text))
        .collect();
    // The heading that another place confirms is the headline as readers see it.
    for heading in &headings {
        let heading = stripped(heading);
        if stated.iter().any(|one| is_same(one, &heading))
            || head.title.as_deref().is_some_and(|title| begins(title, &heading))
        {
            return Some(heading);
        }
    }
    let lone = headings.iter().map(|heading| stripped(heading)).find(|heading| heading.split_whitespace().count() >= 4);
    let plausible = |text: &String| !text.is_empty() && site.is_none_or(|site| !is_same(site, text));
    let mut found = stated.into_iter().chain(headings.iter().map(|heading| stripped(heading)));
    let first = found.find(plausible);
    match (headings.len(), lone, first) {
        // One heading, and metadata written for search engines: the page's own heading is what it calls the article.
        (1, Some(heading), Some(first)) if shares_words(&heading, &first) => Some(heading),
        (_, _, first) => first,
    }
}

fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn is_same(a: &str, b: &str) -> bool {
    let (a, b) = (folded(a), folded(b));
    !a.is_empty() && a == b
}

fn begins(long: &str, short: &str) -> bool {
    let short = folded(short);
    short.chars().count() >= 12 && folded(long).starts_with(&short)
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
            && (part.contains(&folded(registrable))
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
            ("Global Research: Frosty Talks", Some("Global Research"), "Global Research: Frosty Talks"),
            ("China - US: the talks go on", Some("Global Research"), "China - US: the talks go on"),
            ("Frosty Talks - World - Global Research News", Some("Global Research"), "Frosty Talks - World"),
        ] {
            assert_eq!(strip(title, site, &url), expected);
        }
    }
}
