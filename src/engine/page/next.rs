//! The next part of an article that is split over several pages: what the head links as `next`, or a link among the page
//! numbers, where its address differs from the page's own in the part's number alone.

use memchr::memmem;

use super::dom::{Dom, Name, Tag};
use super::marks::Marks;
use super::metadata::Head;
use crate::engine::split;
use crate::model::url::WebUrl;

/// Links that are looked at.
const LINKS_MAX: usize = 3_000;

/// The next part's address, if there is one.
pub(super) fn next(dom: &Dom<'_>, marks: &Marks, head: &Head, url: &WebUrl) -> Option<WebUrl> {
    let follows = |href: &str| url.join(href).ok().filter(|next| split::may_follow(url, next));
    head.next.as_deref().and_then(follows).or_else(|| {
        let name = name(url)?;
        let finder = memmem::Finder::new(name.as_bytes());
        let links = dom.ids().filter(|id| dom.tag(*id) == Some(Tag::A)).take(LINKS_MAX);
        // Readers' comments have pages too.
        links.filter(|id| marks.dropped(*id) != Some("comments")).find_map(|id| {
            let href = dom.attribute(id, Name::Href)?.trim();
            let names_page = href.starts_with('?') || finder.find(href.as_bytes()).is_some();
            if names_page && !href.contains("comment") && !href.contains('#') { follows(href) } else { None }
        })
    })
}

/// The part of an address's path that says most, or all of a short one, as the next part's address has it too. It tells nearly all other links apart
/// before they are resolved.
fn name(url: &WebUrl) -> Option<&str> {
    let longest = url.as_url().path().split('/').max_by_key(|part| part.len())?;
    let stem = longest.rsplit_once('.').map_or(longest, |(stem, _)| stem);
    let stem = stem.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '-' | '_' | ','));
    let path = url.as_url().path();
    if stem.len() >= 4 { Some(stem) } else { Some(path).filter(|path| path.len() >= 3) }
}

#[cfg(test)]
mod tests {
    use crate::engine::page::tests::next_of;

    #[test]
    fn the_next_part_is_told_from_the_next_article() {
        for (url, html, expected) in [
            ("https://a.test/talks", "<link rel=next href=/talks/2>", Some("https://a.test/talks/2")),
            (
                "https://a.test/talks",
                "<link rel=next href=/pier-opens><p><a href='?page=2'>2</a>",
                Some("https://a.test/talks?page=2"),
            ),
            (
                "https://a.test/talks/2",
                "<a href=/talks>1</a><a href=/talks/3>Weiter</a>",
                Some("https://a.test/talks/3"),
            ),
            (
                "https://a.test/talks.html",
                "<div class=pagination><a href=talks-2.html>2</a></div>",
                Some("https://a.test/talks-2.html"),
            ),
            (
                "https://a.test/x1",
                "<a href='/x1?page=1'>1</a><a href='/x1?page=2'>2</a>",
                Some("https://a.test/x1?page=2"),
            ),
            ("https://a.test/talks", "<link rel=next href=/pier-opens>", None),
            ("https://a.test/talks", "<div class=comments><a href=/talks?page=2>Older</a></div>", None),
            (
                "https://a.test/talks",
                "<a href=/talks/comment-page-2>Older</a><a href='/talks?page=2#comments'>Older</a>",
                None,
            ),
            ("https://a.test/talks", "<a href=https://b.test/talks/2>2</a>", None),
        ] {
            assert_eq!(next_of(html, url).as_deref(), expected, "{html}");
        }
    }
}
