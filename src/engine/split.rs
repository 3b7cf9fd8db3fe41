//! Articles that are split over several pages: which address is the next part, and all parts as one stored answer, so that what
//! is kept is what the text derives from.
//!
//! The joined body is the bodies of the parts as they came; before each but the first stands a comment with its address.

use bytes::Bytes;
use memchr::memmem;

use crate::model::fetch::Page;
use crate::model::url::WebUrl;

/// Most parts of one article.
pub const PARTS_MAX: usize = 10;
/// Largest body of all parts together, in bytes.
const JOINED_MAX_BYTES: usize = 16 << 20;
/// What stands before a part's address.
const MARK: &str = "\n<!-- wirewatch: part ";
/// What stands after it.
const MARK_END: &str = " -->\n";

/// The words that number a part in an address's path, and the names of parameters that do.
const PATH_WORDS: [&str; 5] = ["page", "seite", "pagina", "p", "part"];
const PARAMETERS: [&str; 9] = ["page", "p", "pg", "pagina", "seite", "pagenum", "paged", "part", "pageno"];

/// Whether `next` is part `number` of the article whose first part is at `first`: the same host, and an address that differs
/// in nothing but the part's number. `rel=next` alone says nothing, since many systems put it on the next article.
pub fn continues(first: &WebUrl, next: &WebUrl, number: u32) -> bool {
    if first.host() != next.host() || !(2..=u32::try_from(PARTS_MAX).unwrap_or(u32::MAX)).contains(&number) {
        return false;
    }
    let firsts = forms(first);
    forms(next).iter().any(|(base, at)| *at == number && firsts.iter().any(|(own, at)| *at == 1 && own == base))
}

/// Whether `next` may be the part after the one at `url`, whichever that is.
pub fn may_follow(url: &WebUrl, next: &WebUrl) -> bool {
    let own = forms(url);
    url.host() == next.host()
        && forms(next)
            .iter()
            .any(|(base, at)| (2..=99).contains(at) && own.iter().any(|one| one == &(base.clone(), at - 1)))
}

/// An address as part of a whole, in each way in which it may be read: what is left without the number, and the number.
fn forms(url: &WebUrl) -> Vec<(String, u32)> {
    let url = url.as_url();
    let number = |text: &str| text.parse::<u32>().ok().filter(|n| (1..=99).contains(n) && !text.starts_with('0'));
    let mut named = None;
    let mut query = Vec::new();
    for (name, value) in url.query_pairs() {
        match number(&value).filter(|_| PARAMETERS.contains(&name.to_ascii_lowercase().as_str())) {
            Some(at) => named = Some(at),
            None => query.push(format!("{name}={value}")),
        }
    }
    query.sort();
    let with = |path: &str| format!("{}?{}", path.trim_end_matches('/'), query.join("&"));
    let path = url.path().trim_end_matches('/');
    if let Some(at) = named {
        return vec![(with(path), at)];
    }
    let mut found = vec![(with(path), 1)];
    let (head, last) = path.rsplit_once('/').unwrap_or(("", path));
    if let Some(at) = number(last) {
        found.push((with(head), at));
        if let Some((above, word)) = head.rsplit_once('/')
            && PATH_WORDS.contains(&word)
        {
            found.push((with(above), at));
        }
    }
    let (stem, extension) =
        last.rsplit_once('.').map_or((last, String::new()), |(stem, end)| (stem, format!(".{end}")));
    if let Some((name, at)) = stem.rsplit_once(['-', '_', ',']).and_then(|(name, at)| Some((name, number(at)?))) {
        found.push((with(&format!("{head}/{name}{extension}")), at));
        let word = name.rsplit_once(['-', '_', ',']).filter(|(_, word)| PATH_WORDS.contains(word));
        if let Some((name, _)) = word {
            found.push((with(&format!("{head}/{name}{extension}")), at));
        }
    }
    found
}

/// The answer with one more part. None where it would pass the bound on all parts.
pub fn join(page: &Page, part: &Page) -> Option<Page> {
    let mark = format!("{MARK}{}{MARK_END}", part.final_url);
    let bytes = page.body.len() + mark.len() + part.body.len();
    (bytes <= JOINED_MAX_BYTES).then(|| {
        let body: Bytes = [page.body.as_ref(), mark.as_bytes(), part.body.as_ref()].concat().into();
        Page { body, ..page.clone() }
    })
}

/// The parts of a decoded body, the first at `url`. A page that is not split is one part.
pub fn parts<'a>(html: &'a str, url: &WebUrl) -> Vec<(WebUrl, &'a str)> {
    let cut = cuts(html.as_bytes(), url);
    cut.into_iter().map(|(url, range)| (url, html.get(range).unwrap_or_default())).collect()
}

/// The parts of a stored body, the first at `url`.
pub fn bodies<'a>(body: &'a [u8], url: &WebUrl) -> Vec<(WebUrl, &'a [u8])> {
    cuts(body, url).into_iter().map(|(url, range)| (url, body.get(range).unwrap_or_default())).collect()
}

fn cuts(body: &[u8], url: &WebUrl) -> Vec<(WebUrl, std::ops::Range<usize>)> {
    let mut found = Vec::new();
    let (mut at, mut from) = (url.clone(), 0);
    for mark in memmem::find_iter(body, MARK.as_bytes()).take(PARTS_MAX * 2) {
        let rest = body.get(mark + MARK.len()..).unwrap_or_default();
        let Some(end) = memmem::find(rest.get(..rest.len().min(4096)).unwrap_or_default(), MARK_END.as_bytes()) else {
            continue;
        };
        let named = rest.get(..end).and_then(|named| std::str::from_utf8(named).ok());
        // A page that writes such a comment itself gains nothing: it must name a part of its own host.
        let Some(next) = named.and_then(|named| WebUrl::parse(named).ok()).filter(|next| next.host() == url.host())
        else {
            continue;
        };
        found.push((std::mem::replace(&mut at, next), from..mark));
        from = mark + MARK.len() + end + MARK_END.len();
    }
    found.push((at, from..body.len()));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> WebUrl {
        WebUrl::parse(text).unwrap()
    }

    #[test]
    fn a_part_differs_from_the_first_in_its_number_alone() {
        for (first, next, number) in [
            ("https://a.test/talks", "https://a.test/talks/2", 2),
            ("https://a.test/talks/", "https://a.test/talks/page/3/", 3),
            ("https://a.test/talks/1", "https://a.test/talks/2", 2),
            ("https://a.test/talks.html", "https://a.test/talks-2.html", 2),
            ("https://a.test/talks.html", "https://a.test/talks-seite-2.html", 2),
            ("https://a.test/talks", "https://a.test/talks?page=2", 2),
            ("https://a.test/talks?id=7", "https://a.test/talks?page=2&id=7", 2),
            ("https://a.test/talks?id=7&p=1", "https://a.test/talks?id=7&p=2", 2),
        ] {
            assert!(continues(&url(first), &url(next), number), "{first} {next}");
            assert!(!continues(&url(first), &url(next), number + 1), "{first} {next}");
        }
        for (first, next) in [
            ("https://a.test/talks", "https://a.test/other"),
            ("https://a.test/talks", "https://b.test/talks/2"),
            ("https://a.test/story/4", "https://a.test/story/5"),
            ("https://a.test/story/1234", "https://a.test/story/1235"),
            ("https://a.test/2026/03/19/talks", "https://a.test/2026/03/20/pier"),
            ("https://a.test/talks?id=7", "https://a.test/talks?id=8"),
            ("https://a.test/talks?id=7", "https://a.test/talks?id=8&page=2"),
            ("https://a.test/talks", "https://a.test/talks/comments/2"),
        ] {
            assert!((2..=10).all(|number| !continues(&url(first), &url(next), number)), "{first} {next}");
        }
        assert!(may_follow(&url("https://a.test/talks/2"), &url("https://a.test/talks/3")));
        assert!(!may_follow(&url("https://a.test/talks/2"), &url("https://a.test/talks/1")));
    }

    #[test]
    fn parts_come_back_as_they_were_joined() {
        let (first, second) = (url("https://a.test/talks"), url("https://a.test/talks/2"));
        let body = format!("<p>ü</p>{MARK}{second}{MARK_END}<p>zwei</p>");
        assert_eq!(parts(&body, &first), [(first.clone(), "<p>ü</p>"), (second, "<p>zwei</p>")]);
        assert_eq!(bodies(body.as_bytes(), &first).len(), 2);
        for whole in ["<p>a</p>", "\n<!-- wirewatch: part https://b.test/ -->\nx", "\n<!-- wirewatch: part x", ""] {
            assert_eq!(parts(whole, &first), [(first.clone(), whole)], "{whole}");
        }
    }
}
