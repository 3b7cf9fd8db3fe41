//! What a page says of itself in JSON-LD: arrays, `@graph`, nesting and common damage included.

use std::collections::{HashMap, VecDeque};

use serde_json::Value;

use super::dom::{Dom, Name, Tag};
use crate::model::url::WebUrl;

/// Largest block that is parsed, in bytes.
const JSON_MAX_BYTES: usize = 2 << 20;
/// Most nodes that are looked at.
const NODES_MAX: usize = 2_000;

/// The facts of the page's article, as written.
#[derive(Debug, Default)]
pub(super) struct JsonLd {
    pub(super) headline: Option<String>,
    pub(super) authors: Vec<String>,
    pub(super) published: Option<String>,
    pub(super) modified: Option<String>,
    pub(super) publisher: Option<String>,
    pub(super) section: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) image: Option<String>,
    pub(super) language: Option<String>,
    pub(super) url: Option<String>,
    pub(super) body: Option<String>,
    pub(super) breadcrumb: Option<String>,
}

/// Reads all blocks of a page. The article that names this page's address wins, else the first; the others fill what it lacks
/// only where their headline is the same, since pages state the articles that they link to as well.
pub(super) fn read(dom: &Dom<'_>, url: &WebUrl) -> JsonLd {
    let mut found = JsonLd::default();
    let mut blocks = Vec::new();
    for id in dom.ids() {
        if dom.tag(id) != Some(Tag::Script)
            || !dom.attribute(id, Name::Type).is_some_and(|kind| kind.contains("ld+json"))
        {
            continue;
        }
        let text = dom.text_content(id);
        if text.len() > JSON_MAX_BYTES {
            continue;
        }
        match parse(&text) {
            Some(value) => blocks.push(value),
            None => salvage(&text, &mut found),
        }
    }
    let nodes = Nodes::of(&blocks);
    let own = |node: &&&Value| {
        let stated = text(node.get("mainEntityOfPage")).or_else(|| text(node.get("url")));
        stated.is_some_and(|stated| is_same_page(&stated, url))
    };
    let primary = nodes.articles.iter().find(own).or_else(|| nodes.articles.first());
    for node in primary.into_iter().chain(&nodes.articles) {
        let headline = text(node.get("headline"));
        let differs = headline.is_some() && found.headline.is_some() && headline != found.headline;
        if !differs {
            article(node, &nodes, &mut found);
        }
    }
    for page in &nodes.pages {
        fill(&mut found.published, text(page.get("datePublished")));
        fill(&mut found.modified, text(page.get("dateModified")));
    }
    found.breadcrumb = nodes.breadcrumb;
    found
}

/// The nodes of a page that say something of it.
#[derive(Default)]
struct Nodes<'a> {
    articles: Vec<&'a Value>,
    pages: Vec<&'a Value>,
    names: HashMap<&'a str, &'a Value>,
    breadcrumb: Option<String>,
}

impl<'a> Nodes<'a> {
    fn of(blocks: &'a [Value]) -> Self {
        let mut nodes = Self::default();
        let mut queue: VecDeque<&Value> = blocks.iter().collect();
        let mut seen = 0;
        while let Some(value) = queue.pop_front() {
            seen += 1;
            if seen > NODES_MAX {
                break;
            }
            match value {
                Value::Array(values) => queue.extend(values),
                Value::Object(object) => {
                    nodes.take(value);
                    for key in ["@graph", "mainEntity", "mainEntityOfPage", "hasPart", "breadcrumb"] {
                        queue.extend(object.get(key).filter(|nested| nested.is_object() || nested.is_array()));
                    }
                }
                _ => {}
            }
        }
        nodes
    }

    fn take(&mut self, value: &'a Value) {
        if is_article(value) {
            self.articles.push(value);
        } else if has_type(value, "WebPage") {
            self.pages.push(value);
        } else if has_type(value, "BreadcrumbList") {
            self.breadcrumb = self.breadcrumb.take().or_else(|| breadcrumb(value));
        }
        if let (Some(id), Some(name)) = (value.get("@id").and_then(Value::as_str), value.get("name")) {
            self.names.insert(id, name);
        }
    }
}

/// Whether an address names the page at `url`, whatever its scheme, `www.` and query.
fn is_same_page(stated: &str, url: &WebUrl) -> bool {
    let bare = |url: &WebUrl| {
        (url.host().trim_start_matches("www.").to_owned(), url.as_url().path().trim_end_matches('/').to_owned())
    };
    WebUrl::parse(stated).is_ok_and(|stated| bare(&stated) == bare(url))
}

/// The dates of a block that is no JSON, mostly for a quotation mark inside a description.
fn salvage(block: &str, found: &mut JsonLd) {
    if !block.contains("Article\"") && !block.contains("Posting\"") {
        return;
    }
    let value = |key: &str| {
        let (_, rest) = block.split_once(key)?;
        let rest = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
        let (value, _) = rest.split_once('"')?;
        (value.len() <= 40 && !value.is_empty()).then(|| value.to_owned())
    };
    if found.authors.is_empty() {
        found.authors.extend(salvaged_author(block));
    }
    fill(&mut found.published, value("\"datePublished\""));
    fill(&mut found.modified, value("\"dateModified\""));
}

/// The first author that a broken block states, as a name or as an object with one.
fn salvaged_author(block: &str) -> Option<String> {
    let quoted = |text: &str| {
        let (name, _) = text.trim_start().strip_prefix('"')?.split_once('"')?;
        (!name.is_empty() && name.len() <= 60 && !name.contains('\\')).then(|| name.to_owned())
    };
    let (_, rest) = block.split_once("\"author\"")?;
    let rest = rest.trim_start().strip_prefix(':')?.trim_start();
    let rest = rest.strip_prefix('[').unwrap_or(rest).trim_start();
    let Some(object) = rest.strip_prefix('{') else { return quoted(rest) };
    let (object, _) = object.split_once('}')?;
    let (_, name) = object.split_once("\"name\"")?;
    quoted(name.trim_start().strip_prefix(':')?)
}

fn fill(slot: &mut Option<String>, new: Option<String>) {
    if slot.is_none() {
        *slot = new;
    }
}

/// Parses, mending what publishers break: comments and CDATA marks around it, raw line breaks inside strings, commas before
/// a closing bracket.
pub(super) fn parse(text: &str) -> Option<Value> {
    let trimmed =
        text.trim().trim_start_matches("<!--").trim_start_matches("//<![CDATA[").trim_start_matches("<![CDATA[");
    let trimmed = trimmed
        .trim()
        .trim_end_matches("-->")
        .trim_end_matches("//]]>")
        .trim_end_matches("]]>")
        .trim()
        .trim_end_matches(';');
    serde_json::from_str(trimmed).ok().or_else(|| serde_json::from_str(&mended(trimmed)).ok())
}

fn mended(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut inside, mut escaped) = (false, false);
    for c in text.chars() {
        if inside {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => inside = false,
                c if c.is_control() => {
                    out.push(' ');
                    continue;
                }
                _ => {}
            }
        } else if c == '"' {
            inside = true;
        } else if matches!(c, '}' | ']') {
            let kept = out.trim_end().trim_end_matches(',').len();
            out.truncate(kept);
        }
        out.push(c);
    }
    out
}

fn types(value: &Value) -> impl Iterator<Item = &str> {
    let kind = value.get("@type");
    let one = kind.and_then(Value::as_str);
    let several = kind.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    one.into_iter().chain(several)
}

fn has_type(value: &Value, wanted: &str) -> bool {
    types(value).any(|kind| kind.rsplit(['/', ':']).next() == Some(wanted))
}

fn is_article(value: &Value) -> bool {
    types(value).any(|kind| {
        let kind = kind.rsplit(['/', ':']).next().unwrap_or(kind);
        kind.ends_with("Article")
            || kind.ends_with("BlogPosting")
            || matches!(kind, "BlogPost" | "Report" | "Review" | "LiveBlogPosting")
    })
}

fn text(value: Option<&Value>) -> Option<String> {
    let text = match value? {
        Value::String(text) => text.trim().to_owned(),
        Value::Array(values) => return text(values.first()),
        Value::Object(object) => {
            return text(object.get("name").or_else(|| object.get("@value")).or_else(|| object.get("url")));
        }
        _ => return None,
    };
    (!text.is_empty()).then(|| super::entities::decode(&text))
}

/// Names of people, in order; a reference (`"@id"`) is looked up in `nodes`.
fn names(value: Option<&Value>, nodes: &Nodes<'_>, out: &mut Vec<String>) {
    match value {
        Some(Value::Array(values)) => values.iter().take(32).for_each(|value| names(Some(value), nodes, out)),
        Some(Value::Object(object)) => match object.get("name") {
            Some(name @ Value::Array(_)) => names(Some(name), nodes, out),
            None => {
                let id = object.get("@id").and_then(Value::as_str);
                out.extend(text(id.and_then(|id| nodes.names.get(id)).copied()));
            }
            name => out.extend(text(name)),
        },
        Some(Value::String(name)) if !name.starts_with("http") => out.extend(text(value)),
        _ => {}
    }
}

fn article(value: &Value, nodes: &Nodes<'_>, found: &mut JsonLd) {
    let get = |key| text(value.get(key));
    fill(&mut found.headline, get("headline").or_else(|| get("name")));
    fill(&mut found.published, get("datePublished").or_else(|| get("dateCreated")));
    fill(&mut found.modified, get("dateModified"));
    let publisher = value.get("publisher").map(|publisher| {
        let mut named = Vec::new();
        names(Some(publisher), nodes, &mut named);
        named
    });
    fill(&mut found.publisher, publisher.and_then(|named| named.into_iter().next()));
    fill(&mut found.section, get("articleSection"));
    fill(&mut found.language, get("inLanguage"));
    fill(&mut found.body, get("articleBody"));
    fill(&mut found.url, get("mainEntityOfPage").filter(|url| url.starts_with("http")).or_else(|| get("url")));
    fill(&mut found.image, image(value.get("image")));
    if found.authors.is_empty() {
        names(value.get("author").or_else(|| value.get("creator")), nodes, &mut found.authors);
    }
    if found.tags.is_empty() {
        match value.get("keywords") {
            Some(Value::String(line)) => found.tags.extend(line.split([',', ';']).map(|tag| tag.trim().to_owned())),
            keywords => names(keywords, nodes, &mut found.tags),
        }
    }
}

fn image(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::Array(values) => image(values.first()),
        Value::Object(object) => text(object.get("url").or_else(|| object.get("contentUrl"))),
        other => text(Some(other)),
    }
}

fn breadcrumb(value: &Value) -> Option<String> {
    let items = value.get("itemListElement")?.as_array()?;
    let names: Vec<String> =
        items.iter().filter_map(|item| text(item.get("name").or_else(|| item.get("item")?.get("name")))).collect();
    // The first is the front page, the last often the article itself.
    if names.len() >= 3 { names.get(1).cloned() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::page::dom;

    fn read_text(json: &str) -> JsonLd {
        let url = WebUrl::parse("https://www.lantern.test/talks?from=feed").unwrap();
        read(&dom::parse(&format!("<script type=\"application/ld+json\">{json}</script>")), &url)
    }

    #[test]
    fn an_article_is_found_wherever_it_stands() {
        for json in [
            r#"{"@type":"NewsArticle","headline":"Talks","author":{"name":"Jo"}}"#,
            r#"[{"@type":"WebSite","name":"x"},{"@type":["NewsArticle"],"headline":"Talks","author":[{"name":"Jo"}]}]"#,
            r#"{"@graph":[{"@type":"Organization"},{"@type":"http://schema.org/Article","headline":"Talks","author":"Jo"}]}"#,
            "{\"@type\":\"Article\",\"headline\":\"Talks\",\"author\":{\"name\":[\"Jo\"]},\"x\":\"a\nb\",}",
            r#"<!-- {"@type":"WebPage","mainEntity":{"@type":"Article","headline":"Talks","author":[{"name":"Jo"}]}} -->"#,
        ] {
            let found = read_text(json);
            assert_eq!(
                (found.headline.as_deref(), found.authors.as_slice()),
                (Some("Talks"), &["Jo".to_owned()][..]),
                "{json}"
            );
        }
        assert!(read_text("{").headline.is_none());
    }

    #[test]
    fn the_article_that_names_the_page_wins_and_others_are_not_mixed_in() {
        for (json, headline, author, published) in [
            // Teasers of other articles stand first.
            (
                r#"[{"@type":"Article","headline":"Other","url":"https://lantern.test/other","author":"Al","datePublished":"2020-01-01"},
                    {"@type":"Article","headline":"Talks","url":"http://lantern.test/talks/","author":"Jo"}]"#,
                Some("Talks"),
                Some("Jo"),
                None,
            ),
            // What the article lacks is not taken from another one.
            (
                r#"[{"@type":"Article","headline":"Talks"},{"@type":"Article","headline":"Other","author":"Al"}]"#,
                Some("Talks"),
                None,
                None,
            ),
            // A reference is looked up, wherever the person stands.
            (
                r##"{"@graph":[{"@type":"Article","headline":"Talks","author":{"@id":"#jo"}},{"@type":"Person","@id":"#jo","name":"Jo"}]}"##,
                Some("Talks"),
                Some("Jo"),
                None,
            ),
            // The page's own date where no article is stated.
            (r#"{"@type":"WebPage","name":"x","datePublished":"2020-01-02"}"#, None, None, Some("2020-01-02")),
            // A quotation mark that was not escaped.
            (
                r#"{"@type":"Article","description":"He said "no"","datePublished": "2020-01-03"}"#,
                None,
                None,
                Some("2020-01-03"),
            ),
        ] {
            let found = read_text(json);
            assert_eq!(found.headline.as_deref(), headline, "{json}");
            assert_eq!(found.authors.first().map(String::as_str), author, "{json}");
            assert_eq!(found.published.as_deref(), published, "{json}");
        }
    }
}
