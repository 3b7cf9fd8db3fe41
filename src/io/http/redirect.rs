//! One chain of redirects: where it stands, what it may carry along, when it has gone too far.
//!
//! Credentials, own headers and cookies belong to one origin. Once a chain has left it they stay dropped, also if a
//! later hop leads back: whoever wrote that hop chose the address they would be sent to.

use std::collections::HashMap;

use super::answer::Answer;
use super::failure;
use crate::model::fetch::FetchError;
use crate::model::url::WebUrl;

/// Redirects followed for one request. RFC 9309 asks for five at least; real chains (tracker, https, www, slash) are
/// seldom longer.
pub(super) const REDIRECTS_MAX: usize = 8;

/// Cookies kept for one origin in one chain, and the bytes of one.
const COOKIES_MAX: usize = 32;
const COOKIE_BYTES_MAX: usize = 4096;

/// The state of one chain.
#[derive(Debug)]
pub(super) struct Chain {
    /// What was asked for.
    pub(super) first: WebUrl,
    /// What is asked now.
    pub(super) url: WebUrl,
    /// Whether the source's headers and credentials may be sent to `url`.
    pub(super) carries_credentials: bool,
    /// Where the permanent redirects at its beginning led.
    pub(super) moved_to: Option<WebUrl>,
    permanent: bool,
    visited: Vec<WebUrl>,
    jar: Option<Jar>,
}

impl Chain {
    /// Begins at `url`. Credentials belong to `home`; `with_cookies` keeps cookies along the chain.
    pub(super) fn begin(url: &WebUrl, home: Option<&WebUrl>, jar: Option<Jar>) -> Self {
        Self {
            first: url.clone(),
            url: url.clone(),
            carries_credentials: home.is_none_or(|home| may_carry(home, url)),
            moved_to: None,
            permanent: true,
            visited: vec![url.clone()],
            jar,
        }
    }

    /// The `Cookie` header for the next request.
    pub(super) fn cookies(&self) -> Option<String> {
        self.jar.as_ref()?.header(&self.url)
    }

    /// Goes where a 301, 302, 303, 307 or 308 leads.
    pub(super) fn follow(&mut self, answer: &Answer, location: &str) -> Result<(), FetchError> {
        let from = self.url.clone();
        let next = target(&from, location)?;
        let learned = self.jar.as_mut().is_some_and(|jar| jar.learn(&from, answer));
        if self.visited.len() > REDIRECTS_MAX {
            return Err(FetchError::TooLarge {
                url: self.first.clone(),
                reason: format!("it redirects more than {REDIRECTS_MAX} times"),
            });
        }
        // A server that sets a cookie and sends the visitor to the same address again makes no loop.
        if self.visited.contains(&next) && !learned {
            return Err(failure::unreachable(&self.first, format!("it redirects in a loop by way of {next}")));
        }
        self.permanent &= matches!(answer.status, 301 | 308);
        if self.permanent {
            self.moved_to = Some(next.clone());
        }
        self.carries_credentials &= may_carry(&from, &next);
        self.visited.push(next.clone());
        self.url = next;
        Ok(())
    }
}

/// Where `location` leads from `from`, if that may be followed.
fn target(from: &WebUrl, location: &str) -> Result<WebUrl, FetchError> {
    let forbidden = |reason: String| FetchError::Forbidden { url: from.clone(), reason };
    let next = from.join(location).map_err(|error| forbidden(format!("it redirects to no web page: {error}")))?;
    // What was asked for under a certificate is not taken from whoever sits on the wire.
    if from.as_url().scheme() == "https" && next.as_url().scheme() == "http" {
        return Err(forbidden(format!(
            "it redirects from https to the unprotected {next}; name that address itself if you accept it"
        )));
    }
    Ok(next)
}

/// Whether what belongs to `home` may be sent to `next`: the same origin, or the same host's own step up to https.
fn may_carry(home: &WebUrl, next: &WebUrl) -> bool {
    let (from, to) = (home.as_url(), next.as_url());
    home.origin() == next.origin()
        || (from.host() == to.host()
            && (from.scheme(), to.scheme()) == ("http", "https")
            && from.port().is_none()
            && to.port().is_none())
}

/// The cookies of one chain, host by host. `Domain` is not honoured: a cookie goes back to the very origin that set it.
#[derive(Debug, Default)]
pub(super) struct Jar(HashMap<String, Vec<(String, String)>>);

impl Jar {
    /// Whether the answer changed what would be sent to its own origin.
    fn learn(&mut self, from: &WebUrl, answer: &Answer) -> bool {
        let cookies = self.0.entry(from.origin()).or_default();
        let before = cookies.clone();
        for (_, line) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let pair = line.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else { continue };
            let (name, value) = (name.trim(), value.trim());
            if name.is_empty() || pair.len() > COOKIE_BYTES_MAX {
                continue;
            }
            cookies.retain(|(known, _)| known != name);
            if cookies.len() < COOKIES_MAX {
                cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        *cookies != before
    }

    fn header(&self, url: &WebUrl) -> Option<String> {
        let cookies = self.0.get(&url.origin()).filter(|cookies| !cookies.is_empty())?;
        Some(cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> WebUrl {
        WebUrl::parse(text).unwrap()
    }

    #[test]
    fn credentials_stay_with_their_origin() {
        let rows = [
            ("https://a.test/x", "https://a.test/y", true),
            ("http://a.test/", "https://a.test/", true),
            ("https://a.test/", "http://a.test/", false),
            ("http://a.test/", "https://a.test:8443/", false),
            ("http://a.test:8080/", "https://a.test/", false),
            ("https://a.test/", "https://a.test:8443/", false),
            ("https://a.test/", "https://b.a.test/", false),
            ("https://a.test/", "https://b.test/", false),
        ];
        for (home, next, carried) in rows {
            assert_eq!(may_carry(&url(home), &url(next)), carried, "{home} to {next}");
        }
    }

    #[test]
    fn a_redirect_leads_to_a_web_page_and_never_down_from_https() {
        let rows = [
            ("http://a.test/x/", "../y", Some("http://a.test/y")),
            ("http://a.test/", "//b.test/z", Some("http://b.test/z")),
            ("http://a.test/", "https://u:p@b.test/", Some("https://b.test/")),
            ("https://a.test/", "http://a.test/", None),
            ("http://a.test/", "ftp://a.test/", None),
            ("http://a.test/", "file:///etc/passwd", None),
            ("http://a.test/", "javascript:alert(1)", None),
            ("http://a.test/", "http://", None),
        ];
        for (from, location, to) in rows {
            assert_eq!(target(&url(from), location).ok().as_ref().map(WebUrl::as_str), to, "{location}");
        }
    }
}
