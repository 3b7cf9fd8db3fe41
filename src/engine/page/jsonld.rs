//! What a page says of itself in JSON-LD: arrays, `@graph`, nesting and common damage included.

use serde_json::Value;

use super::dom::{Dom, Tag};

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

/// Reads all blocks of a page. The first article wins; others fill what it lacks only if nothing names another page.
pub(super) fn read(dom: &Dom) -> JsonLd {
    let mut found = JsonLd::default();
    for id in dom.ids() {
        if dom.tag(id) != Some(Tag::Script) || !dom.attribute(id, "type").is_some_and(|kind| kind.contains("ld+json")) {
            continue;
        }
        let text = dom.text_content(id);
        if text.len() > JSON_MAX_BYTES {
            continue;
        }
        if let Some(value) = parse(&text) {
            take(&value, &mut found);
        }
    }
    found
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

fn take(value: &Value, found: &mut JsonLd) {
    let mut queue = vec![value];
    let mut seen = 0;
    while let Some(value) = queue.pop() {
        seen += 1;
        if seen > NODES_MAX {
            return;
        }
        match value {
            Value::Array(values) => queue.extend(values.iter().rev()),
            Value::Object(object) => {
                if is_article(value) {
                    article(value, found);
                } else if has_type(value, "BreadcrumbList") {
                    found.breadcrumb = found.breadcrumb.take().or_else(|| breadcrumb(value));
                }
                for key in ["@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "hasPart", "breadcrumb"] {
                    if let Some(nested) = object.get(key)
                        && (nested.is_object() || nested.is_array())
                        && key != "itemListElement"
                    {
                        queue.push(nested);
                    }
                }
            }
            _ => {}
        }
    }
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

fn names(value: Option<&Value>, out: &mut Vec<String>) {
    match value {
        Some(Value::Array(values)) => values.iter().take(32).for_each(|value| names(Some(value), out)),
        Some(Value::Object(object)) => match object.get("name") {
            Some(name @ Value::Array(_)) => names(Some(name), out),
            name => out.extend(text(name)),
        },
        Some(Value::String(name)) if !name.starts_with("http") => out.extend(text(value)),
        _ => {}
    }
}

fn article(value: &Value, found: &mut JsonLd) {
    let get = |key| text(value.get(key));
    let fill = |slot: &mut Option<String>, new: Option<String>| {
        if slot.is_none() {
            *slot = new;
        }
    };
    fill(&mut found.headline, get("headline").or_else(|| get("name")));
    fill(&mut found.published, get("datePublished").or_else(|| get("dateCreated")));
    fill(&mut found.modified, get("dateModified"));
    fill(&mut found.publisher, value.get("publisher").and_then(|publisher| text(publisher.get("name"))));
    fill(&mut found.section, get("articleSection"));
    fill(&mut found.language, get("inLanguage"));
    fill(&mut found.body, get("articleBody"));
    fill(&mut found.url, get("mainEntityOfPage").filter(|url| url.starts_with("http")).or_else(|| get("url")));
    fill(&mut found.image, image(value.get("image")));
    if found.authors.is_empty() {
        names(value.get("author").or_else(|| value.get("creator")), &mut found.authors);
    }
    if found.tags.is_empty() {
        match value.get("keywords") {
            Some(Value::String(line)) => found.tags.extend(line.split([',', ';']).map(|tag| tag.trim().to_owned())),
            keywords => names(keywords, &mut found.tags),
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
        read(&dom::parse(&format!("<script type=\"application/ld+json\">{json}</script>")))
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
}
