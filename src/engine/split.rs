//! Articles that stand on several pages: the parts of a long one, or the AMP twin of one whose own page lacks its text. Which
//! address is the next part or a twin, and all pages as one stored answer, so that what is kept is what the text derives from.
//!
//! The joined body is the bodies of the pages as they came; before each but the first stands a comment with its address.

use bytes::Bytes;
use memchr::memmem;

use crate::model::fetch::Page;
use crate::model::url::WebUrl;

/// Most parts of one article.
pub const PARTS_MAX: usize = 10;
/// Largest body of all parts together, in bytes.
const JOINED_MAX_BYTES: usize = 16 << 20;
/// What stands before what a page is and its address.
const MARK: &str = "\n<!-- wirewatch: ";
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

/// Hosts that keep copies of publishers' AMP pages, each publisher's below a name of its own or all in one place.
const AMP_CACHES: [&str; 4] = ["cdn.ampproject.org", "ampproject.net", "bing-amp.com", "amp.cloudflare.com"];

/// Whether `twin` may be the AMP form of the page at `url`: at the same site, or the copy of the same site's page that a known
/// cache keeps.
pub fn may_be_twin(url: &WebUrl, twin: &WebUrl) -> bool {
    if url == twin {
        return false;
    }
    if url.site() == twin.site() {
        return true;
    }
    let host = twin.host();
    let is_cache = AMP_CACHES
        .iter()
        .any(|cache| host.strip_suffix(cache).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')));
    let path = twin.as_url().path();
    // `/c/s/example.org/story/amp`, and the search engine's viewer: `/amp/s/example.org/story/amp`.
    let is_viewer = host == "www.google.com" && path.starts_with("/amp/");
    let names_site =
        |part: &str| WebUrl::parse(&format!("https://{part}/")).is_ok_and(|named| named.site() == url.site());
    (is_cache || is_viewer) && path.split('/').take(5).any(|part| part.contains('.') && names_site(part))
}

/// What a page is to its article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// The article's own page, its first part.
    First,
    /// A later part.
    Part,
    /// The AMP twin of the first.
    Twin,
}

impl Piece {
    /// The word in a mark.
    fn word(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Part => "part",
            Self::Twin => "twin",
        }
    }

    /// Whether a page at `other` may be this to the one at `url`. A page that writes a mark itself gains nothing: it must name
    /// an address that would have been asked for.
    fn may_be(self, url: &WebUrl, other: &WebUrl) -> bool {
        match self {
            Self::First => false,
            Self::Part => url.host() == other.host(),
            Self::Twin => may_be_twin(url, other),
        }
    }
}

/// The answer with one more page. None where it would pass the bound on all pages.
pub fn join(page: &Page, part: &Page, piece: Piece) -> Option<Page> {
    let mark = format!("{MARK}{} {}{MARK_END}", piece.word(), part.final_url.as_str());
    let bytes = page.body.len() + mark.len() + part.body.len();
    (bytes <= JOINED_MAX_BYTES).then(|| {
        let body: Bytes = [page.body.as_ref(), mark.as_bytes(), part.body.as_ref()].concat().into();
        Page { body, ..page.clone() }
    })
}

/// The pages of a stored body, the first at `url`. An answer that was not joined is one page.
pub fn pieces<'a>(body: &'a [u8], url: &WebUrl) -> Vec<(Piece, WebUrl, &'a [u8])> {
    let mut found = Vec::new();
    let (mut piece, mut at, mut from) = (Piece::First, url.clone(), 0);
    for mark in memmem::find_iter(body, MARK.as_bytes()).take(PARTS_MAX * 2) {
        let rest = body.get(mark + MARK.len()..).unwrap_or_default();
        let Some(end) = memmem::find(rest.get(..rest.len().min(4096)).unwrap_or_default(), MARK_END.as_bytes()) else {
            continue;
        };
        let Some((next, address)) = rest.get(..end).and_then(|named| named_page(named, url)) else { continue };
        let body = body.get(from..mark).unwrap_or_default();
        found.push((std::mem::replace(&mut piece, next), std::mem::replace(&mut at, address), body));
        from = mark + MARK.len() + end + MARK_END.len();
    }
    found.push((piece, at, body.get(from..).unwrap_or_default()));
    found
}

fn named_page(mark: &[u8], url: &WebUrl) -> Option<(Piece, WebUrl)> {
    let (word, address) = std::str::from_utf8(mark).ok()?.split_once(' ')?;
    let piece = [Piece::Part, Piece::Twin].into_iter().find(|piece| piece.word() == word)?;
    let address = WebUrl::parse(address).ok()?;
    piece.may_be(url, &address).then_some((piece, address))
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
    fn pages_come_back_as_they_were_joined() {
        let (first, second) = (url("https://a.test/talks"), url("https://a.test/talks/2"));
        let twin = url("https://amp.a.test/talks");
        let body = format!("<p>ü</p>{MARK}twin {twin}{MARK_END}<p>AMP</p>{MARK}part {second}{MARK_END}<p>zwei</p>");
        assert_eq!(
            pieces(body.as_bytes(), &first),
            [
                (Piece::First, first.clone(), "<p>ü</p>".as_bytes()),
                (Piece::Twin, twin, b"<p>AMP</p>"),
                (Piece::Part, second, b"<p>zwei</p>")
            ]
        );
        for whole in [
            "<p>a</p>",
            "\n<!-- wirewatch: part https://b.test/ -->\nx",
            "\n<!-- wirewatch: twin https://b.test/ -->\nx",
            "\n<!-- wirewatch: first https://a.test/2 -->\nx",
            "\n<!-- wirewatch: other https://a.test/ -->\nx",
            "\n<!-- wirewatch: part x",
            "",
        ] {
            assert_eq!(pieces(whole.as_bytes(), &first), [(Piece::First, first.clone(), whole.as_bytes())], "{whole}");
        }
    }

    #[test]
    fn a_twin_is_the_sites_own_or_a_caches_copy_of_it() {
        for (page, twin, expected) in [
            ("https://a.test/talks", "https://a.test/talks/amp", true),
            ("https://www.a.test/talks", "https://amp.a.test/talks", true),
            ("https://www.a.co.uk/talks", "https://a-co-uk.cdn.ampproject.org/c/s/www.a.co.uk/talks/amp", true),
            ("https://www.a.test/talks", "https://www.google.com/amp/s/www.a.test/talks/amp", true),
            ("https://a.test/talks", "https://a.test/talks", false),
            ("https://a.test/talks", "https://b.test/talks/amp", false),
            ("https://a.test/talks", "https://b-test.cdn.ampproject.org/c/s/b.test/talks/amp", false),
            ("https://a.test/talks", "https://cdn.ampproject.org.b.test/c/s/a.test/talks", false),
            ("https://a.test/talks", "https://www.google.com/url?q=https://a.test/talks", false),
        ] {
            assert_eq!(may_be_twin(&url(page), &url(twin)), expected, "{page} {twin}");
        }
    }
}
