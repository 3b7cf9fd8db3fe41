//! Per-site rules: CSS selectors, written by people, that overrule what extraction finds.
//!
//! The page is given to the selector engine as our own parser bounded it, so that no page can make it run away.

use scraper::{Html, Selector};
use xxhash_rust::xxh3::xxh3_64;

use super::dom::{Dom, Tag};

/// Rules as the config has them: any number of selectors each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawRules {
    /// Where the headline is.
    pub title: Vec<String>,
    /// Where the authors are.
    pub author: Vec<String>,
    /// Where the date of publication is (its text, or its `datetime` or `content`).
    pub published: Vec<String>,
    /// Where the body is.
    pub body: Vec<String>,
    /// What is none of the article.
    pub remove: Vec<String>,
}

/// A selector that does not parse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{selector}` is no CSS selector: {reason}")]
pub struct RuleError {
    /// Which rule.
    pub field: &'static str,
    /// The selector.
    pub selector: String,
    /// What is wrong.
    pub reason: String,
}

/// Compiled rules; the default has none.
#[derive(Debug, Clone, Default)]
pub struct SiteRules {
    title: Vec<Selector>,
    author: Vec<Selector>,
    published: Vec<Selector>,
    body: Vec<Selector>,
    remove: Vec<Selector>,
    key: u64,
}

impl SiteRules {
    /// Compiles rules; fails at the first selector that does not parse.
    pub fn compile(raw: &RawRules) -> Result<Self, RuleError> {
        let all = |field: &'static str, texts: &[String]| -> Result<Vec<Selector>, RuleError> {
            texts
                .iter()
                .map(|text| {
                    Selector::parse(text).map_err(|_| RuleError {
                        field,
                        selector: text.clone(),
                        reason: "write it as a browser's inspector does, such as `div.article-body > p`".to_owned(),
                    })
                })
                .collect()
        };
        let fields = [&raw.title, &raw.author, &raw.published, &raw.body, &raw.remove];
        Ok(Self {
            key: xxh3_64(fields.map(|field| field.join("\n")).join("\n\n").as_bytes()),
            title: all("title", &raw.title)?,
            author: all("author", &raw.author)?,
            published: all("published", &raw.published)?,
            body: all("body", &raw.body)?,
            remove: all("remove", &raw.remove)?,
        })
    }

    /// These rules laid over others: a field that is given here replaces what is there, what is to be removed adds up.
    #[must_use]
    pub fn over(&self, below: &Self) -> Self {
        let field =
            |own: &Vec<Selector>, below: &Vec<Selector>| if own.is_empty() { below.clone() } else { own.clone() };
        Self {
            title: field(&self.title, &below.title),
            author: field(&self.author, &below.author),
            published: field(&self.published, &below.published),
            body: field(&self.body, &below.body),
            remove: below.remove.iter().chain(&self.remove).cloned().collect(),
            key: self.key.rotate_left(1) ^ below.key,
        }
    }

    /// Equal for equal rules, from run to run; 0 for none.
    pub fn key(&self) -> u64 {
        if self.is_empty() { 0 } else { self.key }
    }

    /// Whether there is no rule.
    pub fn is_empty(&self) -> bool {
        [&self.title, &self.author, &self.published, &self.body, &self.remove].iter().all(|rules| rules.is_empty())
    }
}

/// What rules found on a page.
#[derive(Debug, Default)]
pub(super) struct Ruled {
    pub(super) title: Option<String>,
    pub(super) authors: Vec<String>,
    pub(super) published: Option<String>,
    /// The page with `remove` taken out and, where `body` fits, with only that in its body.
    pub(super) html: Option<String>,
    /// The texts that `remove` took out, for people; the first of them.
    pub(super) removed: Vec<String>,
}

/// Texts of removed elements that are kept for people.
const REMOVED_MAX: usize = 100;

/// Applies rules to a parsed page.
pub(super) fn apply(rules: &SiteRules, dom: &Dom<'_>) -> Ruled {
    let mut page = Html::parse_document(&written(dom));
    let title =
        rules.title.iter().find_map(|selector| page.select(selector).map(text_of).find(|text| !text.is_empty()));
    let mut ruled = Ruled { title, ..Ruled::default() };
    ruled.published = rules.published.iter().find_map(|selector| {
        page.select(selector).find_map(|element| {
            let stated = element.value().attr("datetime").or_else(|| element.value().attr("content"));
            stated.map(str::to_owned).or_else(|| Some(text_of(element))).filter(|text| !text.is_empty())
        })
    });
    ruled.authors =
        rules.author.iter().flat_map(|selector| page.select(selector).map(text_of).collect::<Vec<_>>()).collect();
    let mut changed = false;
    let removed: Vec<_> = rules
        .remove
        .iter()
        .flat_map(|selector| page.select(selector).map(|found| found.id()).collect::<Vec<_>>())
        .collect();
    for id in removed {
        if ruled.removed.len() < REMOVED_MAX
            && let Some(element) = page.tree.get(id).and_then(scraper::ElementRef::wrap)
        {
            ruled.removed.push(text_of(element));
        }
        if let Some(mut node) = page.tree.get_mut(id) {
            node.detach();
            changed = true;
        }
    }
    ruled.removed.retain(|text| !text.is_empty());
    let bodies: Vec<String> = rules
        .body
        .iter()
        .find_map(|selector| {
            let found: Vec<String> = page.select(selector).map(|element| element.html()).collect();
            (!found.is_empty()).then_some(found)
        })
        .unwrap_or_default();
    if !bodies.is_empty() {
        ruled.html = Some(format!("<div itemprop=\"articleBody\">{}</div>", bodies.concat()));
    } else if changed {
        ruled.html = Some(page.html());
    }
    ruled
}

fn text_of(element: scraper::ElementRef<'_>) -> String {
    super::metadata::squeeze(&element.text().collect::<Vec<_>>().join(" "))
}

/// Writes an attribute into a tag.
pub(super) fn attribute(name: &str, value: &str, out: &mut String) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    out.push_str(&escaped(value));
    out.push('"');
}

/// The bounded tree as markup.
fn written(dom: &Dom<'_>) -> String {
    let mut out = String::new();
    let mut open: Vec<(u32, Tag)> = Vec::new();
    for id in dom.ids().skip(1) {
        while let Some(&(until, tag)) = open.last() {
            if id < until {
                break;
            }
            open.pop();
            close(&mut out, tag);
        }
        match (dom.tag(id), dom.text(id)) {
            (Some(Tag::Script | Tag::Style), _) | (None, None) => {}
            (Some(tag), _) => {
                out.push('<');
                out.push_str(tag.name());
                for (name, value) in dom.all_attributes(id) {
                    if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':')) {
                        attribute(&name, &value, &mut out);
                    }
                }
                out.push('>');
                if !tag.is_void() {
                    open.push((dom.after(id), tag));
                }
            }
            (None, Some(text)) => out.push_str(&escaped(text)),
        }
    }
    while let Some((_, tag)) = open.pop() {
        close(&mut out, tag);
    }
    out
}

fn close(out: &mut String, tag: Tag) {
    out.push_str("</");
    out.push_str(tag.name());
    out.push('>');
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
