//! Subscription lists (OPML), in and out.
//!
//! Invariant: what [`write()`] writes, [`parse`] reads back the same.

use std::collections::HashSet;
use std::fmt::Write as _;

use crate::engine::markup::{Scanner, Tag, Token};
use crate::model::url::WebUrl;

/// Most subscriptions that a list is read for.
pub const SOURCES_MAX: usize = 20_000;

/// Deepest folder that is followed.
const DEPTH_MAX: usize = 64;

/// One subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpmlSource {
    /// Its name; the feed's address where the list has none.
    pub title: String,
    /// The feed.
    pub feed: WebUrl,
    /// The site.
    pub site: Option<WebUrl>,
    /// The folder it stands in; of nested ones, `outer/inner`.
    pub category: Option<String>,
}

/// Why a text is no subscription list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpmlError {
    /// Nothing in it looks like OPML.
    #[error("this is no OPML: it has no <opml> and no <outline>")]
    NotOpml,
    /// OPML without feeds.
    #[error("the list has {outlines} outlines and none has the address of a feed (xmlUrl)")]
    NoFeeds {
        /// How many outlines it has.
        outlines: usize,
    },
}

/// Reads a subscription list. A feed that is listed twice is taken once, where it stands first.
pub fn parse(text: &str) -> Result<Vec<OpmlSource>, OpmlError> {
    let mut sources = Vec::new();
    let mut seen = HashSet::new();
    let mut folders: Vec<Option<String>> = Vec::new();
    let (mut is_opml, mut outlines) = (false, 0);
    for token in Scanner::new(text) {
        match token {
            Token::Start(tag) if tag.name.eq_ignore_ascii_case("opml") => is_opml = true,
            Token::Start(tag) if tag.name.eq_ignore_ascii_case("outline") => {
                outlines += 1;
                let source = source(&tag, &folders);
                if !tag.empty && folders.len() < DEPTH_MAX {
                    folders.push(if source.is_none() { name(&tag) } else { None });
                }
                sources.extend(source.filter(|source| seen.insert(source.feed.clone())));
            }
            Token::End(name) if name.eq_ignore_ascii_case("outline") => {
                folders.pop();
            }
            _ => {}
        }
        if sources.len() >= SOURCES_MAX {
            break;
        }
    }
    match (is_opml || outlines > 0, sources.is_empty() && outlines > 0) {
        (false, _) => Err(OpmlError::NotOpml),
        (true, true) => Err(OpmlError::NoFeeds { outlines }),
        (true, false) => Ok(sources),
    }
}

fn source(tag: &Tag<'_>, folders: &[Option<String>]) -> Option<OpmlSource> {
    let feed =
        ["xmlUrl", "url"].into_iter().find_map(|attribute| tag.attribute(attribute).and_then(|it| address(&it)))?;
    let is_link = tag.attribute("type").is_some_and(|kind| matches!(kind.trim(), "link" | "include" | "html"));
    if is_link && tag.attribute("xmlUrl").is_none() {
        return None;
    }
    let folder = folders.iter().flatten().map(String::as_str).collect::<Vec<_>>().join("/");
    let stated = tag
        .attribute("category")
        .map(|text| text.split(',').next().unwrap_or_default().trim().trim_matches('/').to_owned());
    let category = if folder.is_empty() { stated.filter(|text| !text.is_empty()) } else { Some(folder) };
    Some(OpmlSource {
        title: name(tag).unwrap_or_else(|| feed.as_str().to_owned()),
        site: tag.attribute("htmlUrl").and_then(|text| address(&text)),
        feed,
        category,
    })
}

/// An address, also in the readers' own schemes: `feed://a.test/x` and `feed:https://a.test/x`.
fn address(text: &str) -> Option<WebUrl> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix("feed://") {
        return WebUrl::parse(&format!("http://{rest}")).ok();
    }
    WebUrl::parse(text.strip_prefix("feed:").unwrap_or(text)).ok()
}

fn name(tag: &Tag<'_>) -> Option<String> {
    ["title", "text"].into_iter().find_map(|attribute| {
        let text = tag.attribute(attribute)?;
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then_some(text)
    })
}

/// Writes a subscription list: a folder for each category, in the order in which the categories come.
pub fn write(title: &str, sources: &[OpmlSource]) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n  <head><title>");
    out.push_str(&escaped(title));
    out.push_str("</title></head>\n  <body>\n");
    let mut categories: Vec<Option<&str>> = Vec::new();
    for source in sources {
        let category = source.category.as_deref();
        if !categories.contains(&category) {
            categories.push(category);
        }
    }
    for category in categories {
        let indent = if category.is_some() { "      " } else { "    " };
        if let Some(name) = category {
            line(&mut out, format_args!("    <outline text=\"{}\">", escaped(name)));
        }
        for source in sources.iter().filter(|source| source.category.as_deref() == category) {
            let site = source.site.as_ref().map(|site| format!(" htmlUrl=\"{}\"", escaped(site.as_str())));
            let (name, feed) = (escaped(&source.title), escaped(source.feed.as_str()));
            line(
                &mut out,
                format_args!(
                    "{indent}<outline type=\"rss\" text=\"{name}\" title=\"{name}\" xmlUrl=\"{feed}\"{}/>",
                    site.unwrap_or_default()
                ),
            );
        }
        if category.is_some() {
            out.push_str("    </outline>\n");
        }
    }
    out.push_str("  </body>\n</opml>\n");
    out
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    writeln!(out, "{text}").expect("writing to a string cannot fail");
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIST: &str = r#"<?xml version="1.0"?><opml version="1.1"><head><title>Mine</title></head><body>
<outline text="News &amp; more"><outline text="A" title="The A" type="rss" xmlUrl="https://a.test/rss?x=1&y=2" htmlUrl="https://a.test/"/>
  <outline text="Inner"><OUTLINE TEXT="B" XMLURL='feed://b.test/rss'></OUTLINE></outline></outline>
<outline text="C" xmlUrl="https://c.test/feed" category="/tech,/x"/>
<outline text="again" xmlUrl="https://c.test/feed"/>
<outline text="a link" type="link" url="https://d.test/"/>
<outline text="" xmlUrl="feed:https://e.test/atom">"#;

    #[test]
    fn lists_of_all_readers_are_read() {
        let sources = parse(LIST).unwrap();
        let shown: Vec<String> = sources
            .iter()
            .map(|source| format!("{} | {} | {}", source.title, source.feed, source.category.as_deref().unwrap_or("-")))
            .collect();
        assert_eq!(
            shown,
            [
                "The A | https://a.test/rss?x=1&y=2 | News & more",
                "B | http://b.test/rss | News & more/Inner",
                "C | https://c.test/feed | tech",
                "https://e.test/atom | https://e.test/atom | -",
            ]
        );
    }

    #[test]
    fn what_is_no_list_is_refused_with_a_reason() {
        assert_eq!(parse("<rss/>"), Err(OpmlError::NotOpml));
        assert_eq!(parse("<opml><outline text='x'/></opml>"), Err(OpmlError::NoFeeds { outlines: 1 }));
        assert_eq!(parse("<opml><body/></opml>"), Ok(Vec::new()));
    }

    #[test]
    fn deep_folders_and_long_lists_are_bounded() {
        let deep = format!("{}<outline xmlUrl='https://a.test/'/>", "<outline text='f'>".repeat(100_000));
        assert_eq!(parse(&deep).unwrap().len(), 1);
        let long: Vec<String> =
            (0..SOURCES_MAX + 10).map(|n| format!("<outline xmlUrl='https://a.test/{n}'/>")).collect();
        assert_eq!(parse(&long.concat()).unwrap().len(), SOURCES_MAX);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            names in proptest::collection::vec(("[^\\s\\p{C}]{1,12}", proptest::option::of("[a-z&<\"']{1,8}")), 1..12),
        ) {
            let mut sources: Vec<OpmlSource> = names
                .into_iter()
                .enumerate()
                .map(|(n, (title, category))| OpmlSource {
                    title,
                    feed: WebUrl::parse(&format!("https://a.test/{n}?a=1&b='2'")).unwrap(),
                    site: WebUrl::parse("https://a.test/").ok(),
                    category,
                })
                .collect();
            let mut read = parse(&write("a <title>", &sources)).unwrap();
            sources.sort_by(|a, b| a.feed.cmp(&b.feed));
            read.sort_by(|a, b| a.feed.cmp(&b.feed));
            prop_assert_eq!(read, sources);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[<>a-z=\"'/ outline]{0,120}") {
            parse(&text).ok();
        }
    }
}
