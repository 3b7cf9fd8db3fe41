//! The head of an answer as plain data: its headers, bounded, and what they say about the next request.

use reqwest::header::{ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};

use super::clients::HEADER_BYTES_MAX;
use super::encoding::{self, Coding};
use super::failure;
use crate::model::fetch::{CacheHints, FetchError, Validators};
use crate::model::time::{SignedDuration, Timestamp};
use crate::model::url::WebUrl;

/// No wait is taken longer than this: beyond a month a header is a mistake.
const WAIT_MAX: SignedDuration = SignedDuration::from_hours(31 * 24);

/// A validator longer than this is not worth its storage; the next request is then unconditional.
const VALIDATOR_BYTES_MAX: usize = 1024;

/// Everything before the body.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// In their order, names in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) validators: Validators,
    pub(super) hints: CacheHints,
    /// How the body is compressed.
    pub(super) codings: Vec<Coding>,
}

impl Answer {
    /// Reads status and headers; refuses more than [`HEADER_BYTES_MAX`] of them.
    pub(super) fn read(status: u16, headers: &HeaderMap, url: &WebUrl, now: Timestamp) -> Result<Self, FetchError> {
        let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        if bytes > HEADER_BYTES_MAX as usize {
            return Err(FetchError::TooLarge { url: url.clone(), reason: format!("{bytes} bytes of headers") });
        }
        let validators = validators(headers);
        let headers: Vec<(String, String)> =
            headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
        let encodings = headers.iter().filter(|(name, _)| name == "content-encoding").map(|(_, value)| value.as_str());
        let codings = encoding::codings(encodings)
            .map_err(|name| failure::unreachable(url, format!("the Content-Encoding `{name}` is not understood")))?;
        Ok(Self { status, validators, hints: hints(&headers, now), codings, headers })
    }

    /// The first value of a header; `name` in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }
}

fn first<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// A header's text: UTF-8 where it is that, else Latin-1, in which no byte is lost.
fn text(value: &HeaderValue) -> String {
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => text.to_owned(),
        Err(_) => latin1(value),
    }
}

/// A letter a byte.
fn latin1(value: &HeaderValue) -> String {
    value.as_bytes().iter().map(|&byte| char::from(byte)).collect()
}

fn validators(headers: &HeaderMap) -> Validators {
    let keep = |name: HeaderName| {
        let value = headers.get(name)?;
        let fits = !value.is_empty() && value.len() <= VALIDATOR_BYTES_MAX;
        fits.then(|| latin1(value))
    };
    Validators { etag: keep(ETAG), last_modified: keep(LAST_MODIFIED) }
}

/// The headers that make a request conditional: each stored validator byte for byte as it came, which is what
/// [`latin1`] is for.
pub(super) fn conditions(validators: &Validators) -> impl Iterator<Item = (HeaderName, HeaderValue)> + use<> {
    let value = |validator: &Option<String>| {
        let bytes = validator.as_deref()?.chars().map(|letter| u8::try_from(u32::from(letter)).ok());
        HeaderValue::from_bytes(&bytes.collect::<Option<Vec<u8>>>()?).ok()
    };
    [(IF_NONE_MATCH, value(&validators.etag)), (IF_MODIFIED_SINCE, value(&validators.last_modified))]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
}

fn hints(headers: &[(String, String)], now: Timestamp) -> CacheHints {
    CacheHints {
        fresh_for: fresh_for(headers, now),
        retry_after: first(headers, "retry-after").and_then(|value| retry_after(value, server_now(headers, now))),
    }
}

/// The server's own time, by which its dates are meant; ours where it sends none.
fn server_now(headers: &[(String, String)], now: Timestamp) -> Timestamp {
    first(headers, "date").and_then(http_date).unwrap_or(now)
}

/// `Cache-Control: max-age`, else `Expires` less `Date`; less the `Age` spent in caches on the way.
fn fresh_for(headers: &[(String, String)], now: Timestamp) -> Option<SignedDuration> {
    let mut max_age = None;
    for (_, value) in headers.iter().filter(|(name, _)| name == "cache-control") {
        for directive in value.split(',') {
            let (name, argument) = directive.split_once('=').unwrap_or((directive, ""));
            match name.trim().to_ascii_lowercase().as_str() {
                "no-cache" | "no-store" => return None,
                "max-age" => max_age = max_age.or_else(|| seconds(argument.trim().trim_matches('"'))),
                _ => {}
            }
        }
    }
    let lifetime = match max_age {
        Some(lifetime) => lifetime,
        None => http_date(first(headers, "expires")?)?.duration_since(server_now(headers, now)),
    };
    let age = first(headers, "age").and_then(seconds).unwrap_or(SignedDuration::ZERO);
    let left = lifetime.checked_sub(age)?.min(WAIT_MAX);
    left.is_positive().then_some(left)
}

/// `Retry-After` in seconds or as a date, as a wait; a date in the past is no wait at all.
fn retry_after(value: &str, server_now: Timestamp) -> Option<SignedDuration> {
    let value = value.trim();
    let wait = match seconds(value) {
        Some(wait) => wait,
        None => http_date(value)?.duration_since(server_now),
    };
    Some(wait.clamp(SignedDuration::ZERO, WAIT_MAX))
}

/// A whole number of seconds; one too large for a clock is just long.
fn seconds(text: &str) -> Option<SignedDuration> {
    let text = text.trim();
    // `120.0` is seen in the wild.
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    if whole.is_empty() || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(whole.parse().map_or(WAIT_MAX, |secs: u32| SignedDuration::from_secs(i64::from(secs))))
}

fn http_date(text: &str) -> Option<Timestamp> {
    let at = httpdate::parse_http_date(text.trim()).ok()?;
    Timestamp::try_from(at).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: &str = "2026-11-24T12:00:00Z";

    fn hints_of(lines: &[(&str, &str)]) -> (Option<i64>, Option<i64>) {
        let headers: Vec<(String, String)> =
            lines.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let hints = hints(&headers, NOON.parse().unwrap());
        (hints.fresh_for.map(|wait| wait.as_secs()), hints.retry_after.map(|wait| wait.as_secs()))
    }

    #[test]
    fn freshness_is_read_as_caches_read_it() {
        type Lines = &'static [(&'static str, &'static str)];
        let rows: &[(Lines, Option<i64>)] = &[
            (&[], None),
            (&[("cache-control", "max-age=600")], Some(600)),
            (&[("cache-control", "public, MAX-AGE = \"600\", must-revalidate")], Some(600)),
            (&[("cache-control", "public"), ("cache-control", "max-age=60")], Some(60)),
            (&[("cache-control", "s-maxage=900")], None),
            (&[("cache-control", "no-cache, max-age=600")], None),
            (&[("cache-control", "max-age=600, no-store")], None),
            (&[("cache-control", "max-age=0")], None),
            (&[("cache-control", "max-age=-5")], None),
            (&[("cache-control", "max-age=99999999999999999999")], Some(31 * 86_400)),
            (&[("cache-control", "max-age=600"), ("age", "200")], Some(400)),
            (&[("cache-control", "max-age=600"), ("age", "700")], None),
            (&[("cache-control", "max-age=600"), ("expires", "Tue, 24 Nov 2026 18:00:00 GMT")], Some(600)),
            (&[("expires", "Tue, 24 Nov 2026 12:30:00 GMT")], Some(1800)),
            // The server's clock is an hour ahead of ours: its own Date counts.
            (&[("date", "Tue, 24 Nov 2026 13:00:00 GMT"), ("expires", "Tue, 24 Nov 2026 13:10:00 GMT")], Some(600)),
            (&[("expires", "0")], None),
            (&[("expires", "Thu, 01 Dec 1994 16:00:00 GMT")], None),
            (&[("expires", "Tuesday, 24-Nov-26 12:01:00 GMT")], Some(60)),
        ];
        for (lines, expected) in rows {
            assert_eq!(hints_of(lines).0, *expected, "{lines:?}");
        }
    }

    #[test]
    fn retry_after_is_read_in_both_forms() {
        let rows: &[(&str, Option<i64>)] = &[
            ("120", Some(120)),
            (" 120 ", Some(120)),
            ("120.5", Some(120)),
            ("Tue, 24 Nov 2026 12:05:00 GMT", Some(300)),
            ("Tue, 24 Nov 2026 11:00:00 GMT", Some(0)),
            ("soon", None),
            ("-3", None),
            ("", None),
            ("604800", Some(604_800)),
            ("9999999999", Some(31 * 86_400)),
        ];
        for (value, expected) in rows {
            assert_eq!(hints_of(&[("retry-after", value)]).1, *expected, "{value:?}");
        }
        let ahead = [("date", "Tue, 24 Nov 2026 13:00:00 GMT"), ("retry-after", "Tue, 24 Nov 2026 13:01:00 GMT")];
        assert_eq!(hints_of(&ahead).1, Some(60));
    }

    #[test]
    fn validators_go_back_byte_for_byte() {
        let values: &[&[u8]] = &[
            b"\"abc\"",
            b"W/\"abc\"",
            b"abc",
            b"\"\"",
            b"\"a\xffb\"",
            "\"\u{e9}t\u{e9}\"".as_bytes(),
            b"\"\xe9t\xe9\"",
            b"Mon, 01 Jan 0001 00:00:00 GMT",
            b"2026-11-24",
        ];
        for value in values {
            let mut sent = HeaderMap::new();
            sent.insert(ETAG, HeaderValue::from_bytes(value).unwrap());
            sent.insert(LAST_MODIFIED, HeaderValue::from_bytes(value).unwrap());
            let back: HeaderMap = conditions(&validators(&sent)).collect();
            assert_eq!(back.get(IF_NONE_MATCH).unwrap().as_bytes(), *value);
            assert_eq!(back.get(IF_MODIFIED_SINCE).unwrap().as_bytes(), *value);
        }
    }
}
