//! Addresses. A [`WebUrl`] is safe to fetch and to print; a [`CanonicalUrl`] is an article's identity.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use url::Url;

/// Longest address, in bytes, that is kept: longer ones are session dumps, not addresses.
pub const URL_MAX_BYTES: usize = 2048;

/// Why a text is no address wirewatch will use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebUrlError {
    /// It does not parse.
    #[error("`{text}` is no URL: {reason}")]
    Malformed {
        /// The text, cut to 200 characters.
        text: String,
        /// What the parser said.
        reason: String,
    },
    /// Neither http nor https.
    #[error("`{scheme}:` is not fetched: only http and https are")]
    Scheme {
        /// The scheme found.
        scheme: String,
    },
    /// Over [`URL_MAX_BYTES`].
    #[error("the URL is longer than 2048 bytes")]
    TooLong,
}

/// An absolute http or https address with a host and without credentials (they are dropped, so that no log or mail
/// shows them), at most [`URL_MAX_BYTES`] long.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WebUrl(Url);

impl WebUrl {
    /// Parses an absolute address.
    pub fn parse(text: &str) -> Result<Self, WebUrlError> {
        Self::checked(Url::parse(text.trim()), text)
    }

    /// Resolves `reference` against this address.
    pub fn join(&self, reference: &str) -> Result<Self, WebUrlError> {
        Self::checked(self.0.join(reference.trim()), reference)
    }

    fn checked(parsed: Result<Url, url::ParseError>, text: &str) -> Result<Self, WebUrlError> {
        let mut url = parsed.map_err(|error| WebUrlError::Malformed {
            text: masked(text).chars().take(200).collect(),
            reason: error.to_string(),
        })?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(WebUrlError::Scheme { scheme: url.scheme().to_owned() });
        }
        if url.as_str().len() > URL_MAX_BYTES {
            return Err(WebUrlError::TooLong);
        }
        // Both calls fail only for addresses without a host, and http(s) addresses have one.
        if url.set_username("").is_err() || url.set_password(None).is_err() {
            return Err(WebUrlError::Malformed {
                text: masked(text).chars().take(200).collect(),
                reason: "no host".to_owned(),
            });
        }
        Ok(Self(url))
    }

    /// The parsed address.
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The host, as written (lower-cased, IDN as punycode).
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Scheme, host and port: what credentials and politeness are tied to.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The registrable domain by the public suffix list (`news.bbc.co.uk` gives `bbc.co.uk`); the host itself where the
    /// list has none (an address literal, `localhost`).
    pub fn site(&self) -> &str {
        let host = self.host();
        match self.0.host() {
            Some(url::Host::Domain(_)) => psl::domain_str(host).unwrap_or(host),
            _ => host,
        }
    }
}

/// For people: logs, messages, tables. Secrets in it are stars; [`WebUrl::as_str`] has the address that is fetched.
impl fmt::Display for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&masked(self.0.as_str()))
    }
}

impl TryFrom<String> for WebUrl {
    type Error = WebUrlError;
    fn try_from(text: String) -> Result<Self, WebUrlError> {
        Self::parse(&text)
    }
}

impl From<WebUrl> for String {
    fn from(url: WebUrl) -> Self {
        url.0.into()
    }
}

/// Names of parameters whose values are secrets, as they are written in addresses; and what the names of others end with.
const SECRET_NAMES: &[&str] = &[
    "token",
    "key",
    "apikey",
    "auth",
    "authorization",
    "sig",
    "signature",
    "secret",
    "password",
    "passwd",
    "pwd",
    "pass",
    "hmac",
    "session",
    "sessionid",
    "sid",
    "jwt",
    "credential",
];

/// A text with the secrets of the addresses in it made stars, as many bytes as they were: user names and passwords, and
/// the values of parameters such as `token` or `api_key`. What a person wrote down, and what is fetched, may be shown
/// where these may not.
pub fn masked(text: &str) -> Cow<'_, str> {
    let mut out = Cow::Borrowed(text);
    let mut from = 0;
    while let Some(found) = text.get(from..).and_then(|rest| rest.find("://")) {
        let start = from + found + 3;
        let rest = text.get(start..).unwrap_or_default();
        let quoted = |letter: char| matches!(letter, '"' | '\'' | '<' | '>' | '`') || letter.is_whitespace();
        let ends = |letter: char| matches!(letter, '/' | '?' | '#') || quoted(letter);
        let authority = rest.split(ends).next().unwrap_or_default();
        if let Some(at) = authority.rfind('@') {
            out.to_mut().replace_range(start..start + at, &"*".repeat(at));
        }
        let address = rest.split(quoted).next().unwrap_or_default();
        // The next address in the text, as in `http://a/?u=http://b/`, has its own turn.
        let address = address.split("://").next().unwrap_or_default();
        for value in secret_values(address) {
            let (begins, length) = (start + value.start, value.len());
            out.to_mut().replace_range(begins..begins + length, &"*".repeat(length));
        }
        from = start;
    }
    out
}

/// Where the values of secret parameters stand in an address, in its query or its fragment.
fn secret_values(address: &str) -> Vec<Range<usize>> {
    let Some(mut from) = address.find(['?', '#']).map(|at| at + 1) else { return Vec::new() };
    let mut values = Vec::new();
    for part in address.get(from..).unwrap_or_default().split(['&', ';', '?', '#']) {
        if let Some((name, value)) = part.split_once('=').filter(|(name, _)| is_secret(name)) {
            let begins = from + name.len() + 1;
            values.push(begins..begins + value.len());
        }
        from += part.len() + 1;
    }
    values
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let last = name.rsplit(['_', '-', '.', '[']).next().unwrap_or_default();
    SECRET_NAMES.contains(&name.as_str()) || SECRET_NAMES.contains(&last)
}

/// An article's identity: its address without what does not tell articles apart. Made by `engine::canonical`, read back
/// by `io::store`, by nobody else (a test over the sources holds this).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct CanonicalUrl(WebUrl);

impl CanonicalUrl {
    /// Wraps an address that is canonical already.
    pub fn from_canonical(url: WebUrl) -> Self {
        Self(url)
    }

    /// The address.
    pub fn as_web_url(&self) -> &WebUrl {
        &self.0
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for CanonicalUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http_addresses_pass_and_credentials_are_dropped() {
        assert_eq!(WebUrl::parse("https://u:p@a.test/x").unwrap().as_str(), "https://a.test/x");
        for bad in ["ftp://a.test/", "javascript:alert(1)", "/x", "http://"] {
            assert!(WebUrl::parse(bad).is_err(), "{bad} should be refused");
        }
    }

    #[test]
    fn credentials_are_masked_wherever_they_stand() {
        for (text, shown) in [
            ("http://u:p@a.test/x@y", "http://***@a.test/x@y"),
            (
                "proxy = \"socks5://ä:p@w@h:1\", https://a.test/?q=b@c",
                "proxy = \"socks5://******@h:1\", https://a.test/?q=b@c",
            ),
            ("http://http://u@b/", "http://http://*@b/"),
            ("a@b.test and http:// and ://@", "a@b.test and http:// and ://@"),
        ] {
            assert_eq!(masked(text), shown);
        }
        assert_eq!(WebUrl::parse("http://u:p@a b/").unwrap_err().to_string().matches("u:p").count(), 0);
    }

    #[test]
    fn the_values_of_secret_parameters_are_masked_and_no_others() {
        for (text, shown) in [
            ("https://a.test/feed?token=abc", "https://a.test/feed?token=***"),
            ("https://a.test/?page=2&api_key=k1&q=key", "https://a.test/?page=2&api_key=**&q=key"),
            ("https://a.test/?X-Amz-Signature=0f&X-Amz-Date=2", "https://a.test/?X-Amz-Signature=**&X-Amz-Date=2"),
            ("https://a.test/?access_token=ä", "https://a.test/?access_token=**"),
            ("https://a.test/#access_token=x&state=1", "https://a.test/#access_token=*&state=1"),
            ("https://u:p@a.test/?sig=1;sig=22", "https://***@a.test/?sig=*;sig=**"),
            ("https://a.test/?u=https://b.test/?key=1&v=2", "https://a.test/?u=https://b.test/?key=*&v=2"),
            (
                "fetch <https://a.test/?auth=1>: `https://b.test/?secret=2`",
                "fetch <https://a.test/?auth=*>: `https://b.test/?secret=*`",
            ),
            (
                "https://a.test/key=1?keyword=2&monkey=3&author=4&token",
                "https://a.test/key=1?keyword=2&monkey=3&author=4&token",
            ),
            ("?token=abc", "?token=abc"),
        ] {
            assert_eq!(masked(text), shown, "{text}");
        }
        let url = WebUrl::parse("https://a.test/feed?token=abc").unwrap();
        assert_eq!(
            (url.as_str(), url.to_string().as_str()),
            ("https://a.test/feed?token=abc", "https://a.test/feed?token=***")
        );
        assert_eq!(serde_json::to_string(&url).unwrap(), "\"https://a.test/feed?token=abc\"");
    }

    #[test]
    fn a_site_is_the_registrable_domain() {
        let site = |text: &str| WebUrl::parse(text).unwrap().site().to_owned();
        assert_eq!(site("https://news.bbc.co.uk/x"), "bbc.co.uk");
        assert_eq!(site("http://127.0.0.1:80/"), "127.0.0.1");
    }
}
