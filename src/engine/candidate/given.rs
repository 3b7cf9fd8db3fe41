//! Articles that come with their body: a feed's own content, an imported line.

use crate::engine::normalize;
use crate::engine::page::rules::SiteRules;
use crate::engine::page::{self, Learned, PageInput};
use crate::model::article::{Block, BlockKind, Content};
use crate::model::time::Published;
use crate::model::url::WebUrl;

/// An article that comes from elsewhere than a page of its own.
#[derive(Debug, Clone)]
pub struct Given<'a> {
    /// Its address.
    pub url: &'a WebUrl,
    /// Its headline.
    pub title: Option<&'a str>,
    /// Its body.
    pub body: GivenBody<'a>,
    /// Names.
    pub authors: &'a [String],
    /// As stated.
    pub published: Option<Published>,
    /// As stated.
    pub modified: Option<Published>,
    /// BCP 47, as stated.
    pub language: Option<&'a str>,
    /// Categories.
    pub tags: &'a [String],
}

/// A body that comes with its article.
#[derive(Debug, Clone, Copy)]
pub enum GivenBody<'a> {
    /// Plain: blank lines, or where there are none line breaks, end paragraphs.
    Text(&'a str),
    /// HTML: a fragment, or a whole page.
    Html(&'a str),
}

/// The content of a body, not yet normalized where it is a fragment or plain.
pub(super) fn content(given: &Given<'_>) -> Content {
    match given.body {
        GivenBody::Text(text) => Content { blocks: paragraphs(text), ..Content::default() },
        GivenBody::Html(html) if is_whole_page(html) => {
            let rules = SiteRules::default();
            let learned = Learned::default();
            let input = PageInput { html, url: given.url, rules: &rules, entry: None, learned: &learned };
            normalize::normalize(page::extract(&input)).into_content()
        }
        GivenBody::Html(html) => Content { blocks: page::from_html_fragment(html, given.url), ..Content::default() },
    }
}

fn is_whole_page(html: &str) -> bool {
    let head: String = html.chars().take(2000).collect::<String>().to_ascii_lowercase();
    head.contains("<html") || head.contains("<body") || head.contains("<head")
}

/// Plain text as paragraphs.
fn paragraphs(text: &str) -> Vec<Block> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let blank_line = text.split('\n').any(|line| line.trim().is_empty()) && text.trim().contains('\n');
    let mut paragraphs: Vec<String> = vec![String::new()];
    for line in text.split('\n') {
        let line = line.trim();
        if line.is_empty() || !blank_line {
            paragraphs.push(String::new());
        }
        if let Some(last) = paragraphs.last_mut()
            && !line.is_empty()
        {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(line);
        }
    }
    let block = |text: String| Block { kind: BlockKind::Paragraph, text };
    paragraphs.into_iter().filter(|paragraph| !paragraph.is_empty()).map(block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_at_blank_lines_or_else_at_line_breaks() {
        let texts = |text: &str| paragraphs(text).into_iter().map(|block| block.text).collect::<Vec<_>>();
        assert_eq!(texts("a\nb\n\nc"), ["a b", "c"]);
        assert_eq!(texts("a\r\nb"), ["a", "b"]);
        assert_eq!(texts("\n\na\n"), ["a"]);
        assert_eq!(texts(""), Vec::<String>::new());
    }
}
