//! Where a site's feeds are: what its pages name, and where feeds usually are.

use std::collections::HashSet;

use crate::engine::markup::{Scanner, Tag, Token, plain_text};
use crate::model::url::WebUrl;

/// Most feeds that one page is asked for.
pub const FEEDS_MAX: usize = 200;

/// How much of a page is looked through, in bytes.
pub const PAGE_MAX_BYTES: usize = 4 << 20;

/// A feed that a page names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFeed {
    /// Where it is.
    pub url: WebUrl,
    /// As the page calls it.
    pub title: Option<String>,
    /// `rss`, `atom` or `json`, by its media type; `feed` where only the address looks like one.
    pub format: String,
}

/// The feeds that a page names: those of its `<link>`s first, then links whose address looks like a feed's. Feeds of
/// comments come last.
pub fn feeds(html: &str, base: &WebUrl) -> Vec<FoundFeed> {
    let end = (0..=PAGE_MAX_BYTES.min(html.len())).rev().find(|end| html.is_char_boundary(*end)).unwrap_or(0);
    let (mut base, mut base_stated) = (base.clone(), false);
    let (mut named, mut guessed): (Vec<FoundFeed>, Vec<FoundFeed>) = (Vec::new(), Vec::new());
    for token in Scanner::new(html.get(..end).unwrap_or_default()) {
        let Token::Start(tag) = token else { continue };
        if tag.name.eq_ignore_ascii_case("base") && !base_stated {
            if let Some(stated) = tag.attribute("href").and_then(|href| base.join(&href).ok()) {
                (base, base_stated) = (stated, true);
            }
        } else if tag.name.eq_ignore_ascii_case("link") {
            named.extend(declared(&tag, &base));
        } else if tag.name.eq_ignore_ascii_case("a") && guessed.len() < FEEDS_MAX {
            guessed.extend(looks_like_feed(&tag, &base));
        }
        if named.len() >= FEEDS_MAX {
            break;
        }
    }
    named.append(&mut guessed);
    named.sort_by_key(is_of_comments);
    let mut seen = HashSet::new();
    named.retain(|found| seen.insert(found.url.clone()));
    named.truncate(FEEDS_MAX);
    named
}

fn declared(tag: &Tag<'_>, base: &WebUrl) -> Option<FoundFeed> {
    let relations = tag.attribute("rel")?.to_ascii_lowercase();
    if !relations.split_ascii_whitespace().any(|relation| matches!(relation, "alternate" | "feed")) {
        return None;
    }
    let kind = tag.attribute("type").unwrap_or_default().to_ascii_lowercase();
    let format = match kind.split(';').next().unwrap_or_default().trim() {
        "application/rss+xml" | "text/rss+xml" | "application/rdf+xml" | "application/x-rss+xml" => "rss",
        "application/atom+xml" | "text/atom+xml" => "atom",
        "application/feed+json" => "json",
        "application/json" if is_feed_path(&tag.attribute("href")?) => "json",
        "application/xml" | "text/xml" => "feed",
        "" if relations.contains("feed") => "feed",
        _ => return None,
    };
    let url = base.join(&tag.attribute("href").filter(|href| !href.trim().is_empty())?).ok()?;
    let title = tag.attribute("title").map(|title| plain_text(&title)).filter(|title| !title.is_empty());
    Some(FoundFeed { url, title, format: format.to_owned() })
}

fn looks_like_feed(tag: &Tag<'_>, base: &WebUrl) -> Option<FoundFeed> {
    let url = base.join(&tag.attribute("href")?).ok()?;
    // A link to another site's feed is not this site's.
    if !is_feed_path(url.as_str()) || url.site() != base.site() {
        return None;
    }
    let title = tag.attribute("title").map(|title| plain_text(&title)).filter(|title| !title.is_empty());
    Some(FoundFeed { url, title, format: "feed".to_owned() })
}

fn is_feed_path(address: &str) -> bool {
    let lower = address.to_ascii_lowercase();
    let path = lower.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let last = path.rsplit('/').next().unwrap_or_default();
    matches!(
        last,
        "feed"
            | "rss"
            | "atom"
            | "feeds"
            | "feed.xml"
            | "rss.xml"
            | "atom.xml"
            | "index.xml"
            | "index.rdf"
            | "feed.json"
    ) || [".rss", ".atom", ".rdf"].iter().any(|suffix| last.ends_with(suffix))
        || lower.contains("?feed=")
}

fn is_of_comments(found: &FoundFeed) -> bool {
    let title = found.title.as_deref().unwrap_or_default().to_ascii_lowercase();
    title.contains("comment") || found.url.as_url().path().contains("/comments")
}

/// Paths under which the usual publishing systems keep their feeds, the likeliest first.
const COMMON_PATHS: &[&str] = &[
    "feed",
    "rss",
    "feed.xml",
    "rss.xml",
    "atom.xml",
    "index.xml",
    "feed/",
    "?feed=rss2",
    "feed.json",
    "feeds/posts/default",
    "rss/news.xml",
    "index.rdf",
];

/// Where feeds often are, the likeliest first: beside the given page, then at the site's root.
pub fn common_paths(base: &WebUrl) -> Vec<WebUrl> {
    let mut paths: Vec<WebUrl> = Vec::new();
    let beside = if base.as_url().path().ends_with('/') {
        base.clone()
    } else {
        base.join("./").unwrap_or_else(|_| base.clone())
    };
    let root = base.join("/").unwrap_or_else(|_| base.clone());
    for folder in [beside, root] {
        for path in COMMON_PATHS {
            if let Ok(url) = folder.join(path)
                && !paths.contains(&url)
            {
                paths.push(url);
            }
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PAGE: &str = r#"<html><head>
<link rel="alternate" type="application/rss+xml" title="Comments on A" href="/comments/feed">
<LINK REL='alternate' TYPE='application/rss+xml; charset=utf-8' TITLE='A &amp; B' HREF='/rss?x=1&amp;y=2'>
<link rel="alternate" type="application/atom+xml" href="atom.xml">
<link rel="alternate" hreflang="de" href="/de/">
<link rel="stylesheet" type="text/css" href="x.css">
<link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/1">
<link rel="alternate" type="application/feed+json" href="https://cdn.test/feed.json">
</head><body><a href="/sport/index.rdf">RSS</a> <a href="https://other.test/rss">theirs</a> <a href="/rss?x=1&amp;y=2">again</a>"#;

    #[test]
    fn a_page_names_its_feeds() {
        let shown: Vec<String> = feeds(PAGE, &WebUrl::parse("https://a.test/news/").unwrap())
            .into_iter()
            .map(|found| {
                format!("{} {} {}", found.format, found.url, found.title.unwrap_or_default()).trim().to_owned()
            })
            .collect();
        assert_eq!(
            shown,
            [
                "rss https://a.test/rss?x=1&y=2 A & B",
                "atom https://a.test/news/atom.xml",
                "json https://cdn.test/feed.json",
                "feed https://a.test/sport/index.rdf",
                "rss https://a.test/comments/feed Comments on A",
            ]
        );
    }

    #[test]
    fn common_paths_are_tried_beside_the_page_and_at_the_root() {
        let paths = common_paths(&WebUrl::parse("https://a.test/blog/post.html").unwrap());
        assert_eq!(paths[0].as_str(), "https://a.test/blog/feed");
        assert!(paths.iter().any(|url| url.as_str() == "https://a.test/feed"));
        assert_eq!(common_paths(&WebUrl::parse("https://a.test").unwrap()).len(), COMMON_PATHS.len());
    }

    proptest! {
        #[test]
        fn any_page_is_looked_through(html in "[<>a-z=\"'/ link]{0,200}") {
            feeds(&html, &WebUrl::parse("https://a.test/").unwrap());
        }
    }
}
