//! The article in the state that a page carries for its scripts, where the markup lacks it: framework data (`__NEXT_DATA__`,
//! `__NUXT_DATA__`), assignments such as `window.__PRELOADED_STATE__ = {…}`, and other JSON in scripts.
//!
//! A state holds much that is no article (menus, texts of other stories, messages of the interface). A body is taken only from
//! an object that is an article by its keys, one with this page's headline before any other. Reading is bounded in size, nodes
//! and depth.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::dom::{Dom, Name, Tag};
use super::letters;
use super::rules::escaped;

/// Largest script that is parsed, in bytes.
const SCRIPT_MAX_BYTES: usize = 8 << 20;
/// Scripts with data that are looked at: a page has dozens of small ones.
const SCRIPTS_MAX: usize = 64;
/// Most nodes of one state that are looked at.
pub(super) const NODES_MAX: usize = 200_000;
/// Deepest nesting that is looked at: an element of a component's tree takes three levels.
pub(super) const DEPTH_MAX: usize = 192;
/// Shortest body, in characters of text.
const BODY_MIN_CHARS: usize = 200;
/// Longest body that is taken, in bytes of HTML.
const BODY_MAX_BYTES: usize = 1 << 20;

/// Keys under which a body stands, as text, HTML or a list of blocks.
const BODY_KEYS: [&str; 18] = [
    "articleBody",
    "content_elements",
    "bodyHtml",
    "body_html",
    "bodyHTML",
    "bodyText",
    "body",
    "contentHtml",
    "content_html",
    "articleContent",
    "fullText",
    "storyBody",
    "content",
    "contents",
    "components",
    "paragraphs",
    "blocks",
    "html",
];
/// Keys of a headline.
const TITLE_KEYS: [&str; 6] = ["headline", "title", "headlines", "hed", "heading", "name"];
/// Keys that an article has beside its headline and body.
const ARTICLE_KEYS: [&str; 16] = [
    "publishedAt",
    "published_at",
    "publishedDate",
    "published_date",
    "datePublished",
    "pubDate",
    "publishDate",
    "publish_date",
    "display_date",
    "first_publish_date",
    "firstPublished",
    "published",
    "date",
    "authors",
    "author",
    "byline",
];

/// The article's body as HTML, from the scripts or from `streamed`, the values of a stream.
pub(super) fn body(dom: &Dom<'_>, streamed: &[Value], title: Option<&str>) -> Option<String> {
    let mut best: Option<Found> = None;
    let scripts = scripts(dom).filter_map(value).take(SCRIPTS_MAX).map(|value| Cow::Owned(flat(value)));
    for value in scripts.chain(streamed.iter().map(Cow::Borrowed)) {
        let mut search = Search { title: title.map(letters), best: None, nodes: 0 };
        search.look(&value, 0);
        if let Some(found) = search.best
            && best.as_ref().is_none_or(|best| found.weight() > best.weight())
        {
            best = Some(found);
        }
    }
    best.map(|found| found.html)
}

/// Scripts that hold data, but not what they state for search engines, which is read elsewhere.
pub(super) fn scripts<'a>(dom: &'a Dom<'_>) -> impl Iterator<Item = &'a str> {
    dom.ids().filter(|id| dom.tag(*id) == Some(Tag::Script)).filter_map(|id| {
        let is_stated = dom.attribute(id, Name::Type).is_some_and(|kind| kind.contains("ld+json"));
        let text = dom.children(id).find_map(|child| dom.text(child))?;
        (!is_stated && text.len() <= SCRIPT_MAX_BYTES).then_some(text)
    })
}

/// Assignments of a script that are tried.
const ASSIGNMENTS_MAX: usize = 8;
/// Bytes of text that count as a node where one text may be named from many places.
const BYTES_A_NODE: usize = 256;

/// The data of a script: all of it, or the first object or list that it assigns and that is not empty.
fn value(script: &str) -> Option<Value> {
    let script = script.trim();
    if script.starts_with(['{', '[']) {
        return first(script);
    }
    let assigned = script.match_indices('=').filter_map(|(at, _)| script.get(at + 1..).map(str::trim_start));
    let is_data = |assigned: &&str| assigned.starts_with(['{', '[']) || assigned.starts_with("JSON.parse(");
    assigned.filter(is_data).take(ASSIGNMENTS_MAX).find_map(|assigned| {
        let value = match assigned.strip_prefix("JSON.parse(") {
            Some(quoted) => first(first(quoted.trim_start())?.as_str()?),
            None => first(assigned),
        };
        value.filter(|value| value.as_object().is_none_or(|object| !object.is_empty()))
    })
}

/// The value at the head of a text; what follows it is a script's. `undefined` stands where JSON has null.
pub(super) fn first(text: &str) -> Option<Value> {
    let read = |text: &str| serde_json::Deserializer::from_str(text).into_iter::<Value>().next()?.ok();
    read(text).or_else(|| read(&text.replace(":undefined", ":null")))
}

/// Nuxt writes its state as one flat list in which numbers name other places of the list.
fn flat(value: Value) -> Value {
    let Value::Array(places) = &value else { return value };
    let is_flat = places.first().and_then(Value::as_array).and_then(|head| head.first()).and_then(Value::as_str);
    if !is_flat.is_some_and(|word| word.ends_with("Reactive")) {
        return value;
    }
    let mut left = NODES_MAX;
    unflat(places, 0, 0, &mut left)
}

fn unflat(places: &[Value], at: usize, depth: usize, left: &mut usize) -> Value {
    let Some(place) = places.get(at).filter(|_| depth < DEPTH_MAX && *left > 0) else { return Value::Null };
    *left = left.saturating_sub(1 + place.as_str().map_or(0, str::len) / BYTES_A_NODE);
    let mut follow = |value: &Value| match value.as_u64().and_then(|at| usize::try_from(at).ok()) {
        Some(at) => unflat(places, at, depth + 1, left),
        None => Value::Null,
    };
    match place {
        Value::Object(object) => {
            Value::Object(object.iter().map(|(key, value)| (key.clone(), follow(value))).collect())
        }
        Value::Array(values) => match values.first() {
            // `["Reactive", 5]` stands for what is at 5.
            Some(Value::String(_)) => values.get(1).map_or(Value::Null, follow),
            _ => Value::Array(values.iter().map(follow).collect()),
        },
        other => other.clone(),
    }
}

struct Found {
    html: String,
    chars: usize,
    titled: bool,
}

impl Found {
    fn weight(&self) -> (bool, usize) {
        (self.titled, self.chars)
    }
}

struct Search {
    title: Option<String>,
    best: Option<Found>,
    nodes: usize,
}

impl Search {
    fn look(&mut self, value: &Value, depth: usize) {
        self.nodes += 1;
        if depth > DEPTH_MAX || self.nodes > NODES_MAX {
            return;
        }
        match value {
            Value::Array(values) => values.iter().for_each(|value| self.look(value, depth + 1)),
            Value::Object(object) => {
                self.weigh(object);
                object.values().for_each(|value| self.look(value, depth + 1));
            }
            _ => {}
        }
    }

    fn weigh(&mut self, object: &Map<String, Value>) {
        let titles: Vec<String> =
            TITLE_KEYS.iter().filter_map(|key| words(object.get(*key)?)).map(|one| letters(&one)).collect();
        let titled = self.title.as_deref().is_some_and(|title| titles.iter().any(|own| own == title));
        let is_article = !titles.is_empty() && ARTICLE_KEYS.iter().any(|key| object.contains_key(*key));
        if !titled && !is_article {
            return;
        }
        for key in BODY_KEYS {
            let Some(html) = object.get(key).and_then(body_html) else { continue };
            let chars = text_chars(&html);
            let found = Found { html, chars, titled };
            if chars >= BODY_MIN_CHARS && self.best.as_ref().is_none_or(|best| found.weight() > best.weight()) {
                self.best = Some(found);
            }
        }
    }
}

/// A headline as text: itself, or what Arc calls `headlines.basic`.
fn words(value: &Value) -> Option<String> {
    let text = value.as_str().or_else(|| value.get("basic")?.as_str()).or_else(|| value.get("rendered")?.as_str())?;
    (!text.trim().is_empty()).then(|| super::entities::decode(text))
}

/// Characters outside of tags.
fn text_chars(html: &str) -> usize {
    let mut inside = false;
    html.chars()
        .filter(|c| {
            match c {
                '<' => inside = true,
                '>' => inside = false,
                _ => return !inside && !c.is_whitespace(),
            }
            false
        })
        .count()
}

/// A body as HTML, whatever its form: a string, a list of blocks, or a tree of rich text.
fn body_html(value: &Value) -> Option<String> {
    let mut out = String::new();
    match value {
        Value::String(text) => paragraphs(text, &mut out),
        Value::Array(blocks) => blocks.iter().for_each(|one| block(one, 0, &mut out)),
        Value::Object(object) => match object.get("rendered").and_then(Value::as_str) {
            Some(text) => paragraphs(text, &mut out),
            None => block(value, 0, &mut out),
        },
        _ => {}
    }
    (!out.is_empty()).then_some(out)
}

/// A string is HTML where it has paragraphs; else each of its lines is one.
fn paragraphs(text: &str, out: &mut String) {
    if out.len() + text.len() > BODY_MAX_BYTES {
        return;
    }
    if text.contains("</p>") || text.contains("<br") || text.contains("</div>") {
        out.push_str(text);
        return;
    }
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        wrapped("p", line, out);
    }
}

fn wrapped(tag: &str, inner: &str, out: &mut String) {
    out.push('<');
    out.push_str(tag);
    out.push('>');
    out.push_str(inner);
    out.push_str("</");
    out.push_str(tag);
    out.push('>');
}

/// One block of a list: Arc's `content_elements`, the blocks of editors, Contentful's and ProseMirror's trees.
fn block(value: &Value, depth: usize, out: &mut String) {
    if depth > DEPTH_MAX || out.len() > BODY_MAX_BYTES {
        return;
    }
    if let Some(text) = value.as_str() {
        return paragraphs(text, out);
    }
    let Some(object) = value.as_object() else { return };
    let kind = ["type", "nodeType", "__typename", "kind", "component"]
        .iter()
        .find_map(|key| object.get(*key)?.as_str())
        .unwrap_or_default()
        .to_ascii_lowercase();
    let is = |words: &[&str]| words.iter().any(|word| kind.contains(word));
    // What stands among the paragraphs and is none: pictures with their captions, embeds, advertisements, links to other stories.
    if is(&[
        "image",
        "video",
        "gallery",
        "embed",
        "promo",
        "ad-",
        "advert",
        "related",
        "newsletter",
        "link_list",
        "interstitial",
    ]) || kind == "ad"
    {
        return;
    }
    let children = ["content_elements", "items", "content", "children", "blocks", "paragraphs", "data", "props"]
        .iter()
        .find_map(|key| object.get(*key).filter(|value| value.is_array() || value.is_object()));
    let own = ["content", "text", "html", "value", "copy", "body", "paragraph"]
        .iter()
        .find_map(|key| object.get(*key)?.as_str());
    let tag = match () {
        () if is(&["head"]) => "h2",
        () if is(&["quote"]) => "blockquote",
        () if is(&["list-item", "listitem", "list_item"]) => "li",
        () if is(&["list"]) => "ul",
        () => "p",
    };
    match (own, children) {
        (Some(text), _) if text.contains("</p>") => out.push_str(text),
        (Some(text), _) => wrapped(tag, text, out),
        (None, Some(children)) if tag == "ul" => {
            out.push_str("<ul>");
            for item in each(children) {
                let mut inner = String::new();
                block(item, depth + 1, &mut inner);
                wrapped("li", &inner, out);
            }
            out.push_str("</ul>");
        }
        (None, Some(children)) => {
            let mut inner = String::new();
            if each(children).any(is_block_like) {
                each(children).for_each(|child| block(child, depth + 1, out));
            } else {
                each(children).for_each(|child| run(child, depth + 1, &mut inner));
                if !inner.trim().is_empty() {
                    wrapped(tag, &inner, out);
                }
            }
        }
        (None, None) => {}
    }
}

fn each(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Array(values) => Box::new(values.iter()),
        other => Box::new(std::iter::once(other)),
    }
}

/// Whether a child is a block of its own, not a run of text inside one.
fn is_block_like(value: &Value) -> bool {
    let kind = ["type", "nodeType"].iter().find_map(|key| value.get(*key)?.as_str()).unwrap_or_default();
    let is_run = matches!(
        kind,
        "text" | "hyperlink" | "link" | "mark" | "span" | "hard_break" | "hardBreak" | "entry-hyperlink"
    );
    value.is_object() && !is_run && !(kind.is_empty() && value.get("text").is_some())
}

/// A run of text inside a block, with its children's.
fn run(value: &Value, depth: usize, out: &mut String) {
    if depth > DEPTH_MAX || out.len() > BODY_MAX_BYTES {
        return;
    }
    if let Some(text) = value.as_str() {
        return out.push_str(&escaped(text));
    }
    match ["text", "value"].iter().find_map(|key| value.get(*key)?.as_str()) {
        Some(text) => out.push_str(&escaped(text)),
        None => {
            for key in ["content", "children"] {
                value.get(key).into_iter().flat_map(each).for_each(|child| run(child, depth + 1, out));
            }
        }
    }
}
