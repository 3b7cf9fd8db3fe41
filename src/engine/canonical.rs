//! An article's identity out of its address: what does not tell articles apart is taken off.
//!
//! Tracking parameters come from the table beside this file (`canonical_parameters.txt`, one name or `prefix*` a line); what is
//! not in it may name the article and stays. Nothing is taken off on a guess: index files and trailing slashes stay as they
//! are, since some servers give different pages for them.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use crate::model::url::{CanonicalUrl, WebUrl};

struct Parameters {
    names: HashSet<&'static str>,
    prefixes: Vec<&'static str>,
}

static PARAMETERS: LazyLock<Parameters> = LazyLock::new(|| {
    let lines = include_str!("canonical_parameters.txt").lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let (prefixes, names): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.ends_with('*'));
    Parameters {
        names: names.into_iter().collect(),
        prefixes: prefixes.into_iter().map(|line| line.trim_end_matches('*')).collect(),
    }
});

/// Fewest characters of a session's key.
const SESSION_MIN_CHARS: usize = 16;

/// Whether a parameter says how a reader came or in which form the article is shown, not which article it is.
fn is_dropped(pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        // Old systems number their stories by these names, and a number may be the story's.
        "sid" => value.len() >= SESSION_MIN_CHARS,
        "cid" => !value.bytes().all(|byte| byte.is_ascii_digit()),
        "amp" => true,
        "outputtype" | "output" => value.eq_ignore_ascii_case("amp"),
        _ => {
            PARAMETERS.names.contains(name.as_str())
                || PARAMETERS.prefixes.iter().any(|prefix| name.starts_with(prefix))
        }
    }
}

/// The publisher's address inside that of an AMP cache's copy or a search engine's viewer:
/// `https://www.google.com/amp/s/example.org/story`, `https://example-org.cdn.ampproject.org/c/s/example.org/story`.
fn out_of_cache(url: &WebUrl) -> Option<WebUrl> {
    let parsed = url.as_url();
    let rest = if url.host().ends_with(".cdn.ampproject.org") {
        parsed.path().strip_prefix("/c/").or_else(|| parsed.path().strip_prefix("/v/"))?
    } else if url.site().starts_with("google.") {
        parsed.path().strip_prefix("/amp/")?
    } else {
        return None;
    };
    let (scheme, rest) = rest.strip_prefix("s/").map_or(("http", rest), |rest| ("https", rest));
    let query = parsed.query().map(|query| format!("?{query}")).unwrap_or_default();
    let inside = WebUrl::parse(&format!("{scheme}://{rest}{query}")).ok()?;
    inside.site().contains('.').then_some(inside)
}

/// Percent-encoding in one way: letters, digits and `-._~` as themselves, the rest in upper case. A text with a bare percent
/// sign stays as it is.
fn encoded_once(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, from)) = rest.split_once('%') {
        let digits = from.get(..2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) else {
            return Cow::Borrowed(text);
        };
        out.push_str(plain);
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&digits.unwrap_or_default().to_ascii_uppercase());
        }
        rest = from.get(2..).unwrap_or_default();
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The canonical form of an address. Idempotent.
pub fn canonical(url: &WebUrl) -> CanonicalUrl {
    let url = &out_of_cache(url).unwrap_or_else(|| url.clone());
    let mut parsed = url.as_url().clone();
    parsed.set_fragment(None);
    let kept: Vec<String> = parsed
        .query()
        .unwrap_or_default()
        .split('&')
        .map(encoded_once)
        .filter(|pair| !pair.is_empty() && !is_dropped(pair))
        .map(Cow::into_owned)
        .collect();
    parsed.set_query(if kept.is_empty() { None } else { Some(kept.join("&")) }.as_deref());
    let path = without_session(&without_twin(&encoded_once(parsed.path())));
    parsed.set_path(&path);
    if let Some(host) = desktop_host(parsed.host_str().unwrap_or_default()) {
        // Fails only for addresses that cannot have a host; this one has.
        if parsed.set_host(Some(&host)).is_err() {
            return CanonicalUrl::from_canonical(url.clone());
        }
    }
    let parsed = WebUrl::parse(parsed.as_str()).unwrap_or_else(|_| url.clone());
    CanonicalUrl::from_canonical(parsed)
}

/// Takes what the page names as its canonical address where that is plausible: the same site, and neither the front page nor a
/// section in place of an article.
pub fn choose(fetched: &WebUrl, hint: Option<&WebUrl>) -> CanonicalUrl {
    match hint {
        Some(hint) if is_plausible(fetched, hint) => canonical(hint),
        _ => canonical(fetched),
    }
}

fn is_plausible(fetched: &WebUrl, hint: &WebUrl) -> bool {
    let segments = |url: &WebUrl| url.as_url().path().split('/').filter(|part| !part.is_empty()).count();
    let (own, named) = (segments(fetched), segments(hint));
    let has_query = hint.as_url().query().is_some();
    fetched.site() == hint.site()
        && fetched.as_url().port() == hint.as_url().port()
        && (named > 0 || own == 0 || has_query)
        && (named + 2 >= own || named >= 2 || has_query)
}

/// `/amp/`, `/amp`, `.amp`, `.amp.html` and `/print` name the same article.
fn without_twin(path: &str) -> String {
    let mut path = path.to_owned();
    // Each round takes at least a part off.
    while let Some(shorter) = without_one_twin(&path) {
        path = shorter;
    }
    path
}

fn without_one_twin(path: &str) -> Option<String> {
    let ends = [("/amp/", "/"), ("/amp", ""), (".amp.html", ".html"), (".amp", ""), ("/print/", "/"), ("/print", "")];
    let cut = ends.iter().find_map(|(suffix, kept)| {
        let rest = path.strip_suffix(suffix).filter(|rest| rest.len() > 1)?;
        Some(format!("{rest}{kept}"))
    });
    cut.or_else(|| path.strip_prefix("/amp/").filter(|rest| rest.len() > 1).map(|rest| format!("/{rest}")))
}

/// `;jsessionid=…` at the end of the path.
fn without_session(path: &str) -> String {
    match path.to_ascii_lowercase().find(";jsessionid=") {
        Some(at) => path.get(..at).unwrap_or(path).to_owned(),
        None => path.to_owned(),
    }
}

/// `m.`, `mobile.` and `amp.` are twins of the desktop host, and so is `www.`.
fn desktop_host(host: &str) -> Option<String> {
    for prefix in ["m.", "mobile.", "amp."] {
        if let Some(rest) = host.strip_prefix(prefix)
            && rest.split('.').count() >= 2
        {
            return Some(format!("www.{rest}"));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(url: &str, expected: &str) {
        assert_eq!(canonical(&WebUrl::parse(url).unwrap()).as_str(), expected, "{url}");
    }

    #[test]
    fn tracking_parameters_are_dropped_and_others_stay() {
        check("https://a.test/x?utm_source=b&id=7", "https://a.test/x?id=7");
        check("https://a.test/x?ID=7", "https://a.test/x?ID=7");
        check("https://a.test/x?fbclid=1&gclid=2", "https://a.test/x");
        check("https://a.test/x?page=2", "https://a.test/x?page=2");
        check("https://a.test:443/x#top", "https://a.test/x");
        check("https://a.test/x?cid=social_a&sid=0123456789abcdef01", "https://a.test/x");
        check("https://a.test/article.pl?sid=26/03/19&cid=712", "https://a.test/article.pl?sid=26/03/19&cid=712");
    }

    #[test]
    fn percent_encoding_is_of_one_form() {
        check("https://a.test/caf%c3%a9/%7Ejo?q=%7e%2f", "https://a.test/caf%C3%A9/~jo?q=~%2F");
        check("https://a.test/café", "https://a.test/caf%C3%A9");
        check("https://a.test/100%/%zz/%4", "https://a.test/100%/%zz/%4");
        check("https://bücher.test/x", "https://xn--bcher-kva.test/x");
    }

    #[test]
    fn twins_are_one_article() {
        check("https://a.test/news/x/amp", "https://a.test/news/x");
        check("https://a.test/amp/news/x", "https://a.test/news/x");
        check("https://m.paper.test/x", "https://www.paper.test/x");
        check("https://a.test/x;jsessionid=AB12", "https://a.test/x");
        check("https://a.test/x?amp", "https://a.test/x");
        check("https://a.test/x?amp=1&id=7", "https://a.test/x?id=7");
        check("https://a.test/x?outputType=amp", "https://a.test/x");
        check("https://a.test/x?output=print", "https://a.test/x?output=print");
        check("https://www.google.com/amp/s/www.paper.test/x/amp", "https://www.paper.test/x");
        check("https://www-paper-test.cdn.ampproject.org/c/s/www.paper.test/x?amp=1", "https://www.paper.test/x");
        check("https://www.google.com/amp/x", "https://www.google.com/amp/x");
        check("https://a.test/amp", "https://a.test/amp");
        check("https://m.test/x", "https://m.test/x");
    }

    #[test]
    fn a_hint_is_taken_only_where_it_is_plausible() {
        let choose = |fetched: &str, hint: &str| {
            choose(&WebUrl::parse(fetched).unwrap(), Some(&WebUrl::parse(hint).unwrap())).as_str().to_owned()
        };
        assert_eq!(choose("https://a.test/x?s=1", "https://a.test/x"), "https://a.test/x");
        assert_eq!(choose("https://a.test/x", "https://a.test/"), "https://a.test/x");
        assert_eq!(choose("https://a.test/x", "https://b.test/x"), "https://a.test/x");
        assert_eq!(choose("https://a.test/2026/03/19/x", "https://a.test/news"), "https://a.test/2026/03/19/x");
    }

    proptest! {
        #[test]
        fn canonical_is_idempotent(path in "([a-z0-9/.;=%-]|%[2-7][0-9a-f]|/amp){0,20}", query in "[a-z_&=0-9%]{0,30}", host in "(m\\.|amp\\.|www\\.)?[a-z]{1,8}\\.test") {
            if let Ok(url) = WebUrl::parse(&format!("https://{host}/{path}?{query}#f")) {
                let once = canonical(&url);
                prop_assert_eq!(&canonical(once.as_web_url()), &once);
            }
        }
    }
}
