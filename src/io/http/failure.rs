//! Errors and statuses in words a person can act on.

use std::error::Error;
use std::io;

use rustls::CertificateError;

use super::answer::Answer;
use super::clients::{CONNECT_TIMEOUT, READ_TIMEOUT, innermost};
use super::resolve::LookupError;
use crate::engine::blocked;
use crate::model::fetch::FetchError;
use crate::model::url::WebUrl;

/// No answer came.
pub(super) fn no_answer(url: &WebUrl, error: &reqwest::Error) -> FetchError {
    if let Some(LookupError::Forbidden { reason, .. }) = find::<LookupError>(error) {
        return FetchError::Forbidden { url: url.clone(), reason: reason.clone() };
    }
    let innermost = innermost(error);
    // The parser's own bounds on the number and the size of header lines.
    if ["too large", "too many headers", "too_many_continuations"].iter().any(|words| innermost.contains(words)) {
        return FetchError::TooLarge { url: url.clone(), reason: "its headers are too many or too long".to_owned() };
    }
    // HTTP/2 has one word for both.
    if innermost.contains("unspecific protocol error") {
        return unreachable(url, "the answer breaks the rules of HTTP/2, or its headers are over 64 KiB");
    }
    unreachable(
        url,
        if let Some(lookup) = find::<LookupError>(error) {
            lookup.to_string()
        } else if let Some(words) = find::<rustls::Error>(error).and_then(certificate_words) {
            words
        } else if error.is_timeout() && error.is_connect() {
            format!("no connection within {} s", CONNECT_TIMEOUT.as_secs())
        } else if error.is_timeout() {
            format!("no answer within {} s", READ_TIMEOUT.as_secs())
        } else {
            connection_words(error).unwrap_or(innermost)
        },
    )
}

/// The answer broke off.
pub(super) fn broken_body(url: &WebUrl, error: &reqwest::Error) -> FetchError {
    unreachable(
        url,
        if error.is_timeout() {
            format!("the body stalled for {} s", READ_TIMEOUT.as_secs())
        } else {
            format!("the body broke off ({})", innermost(error))
        },
    )
}

/// The whole request took too long.
pub(super) fn timed_out(url: &WebUrl, seconds: f64) -> FetchError {
    unreachable(url, format!("not finished within {seconds} s (`timeout` raises the bound)"))
}

/// No connection or no usable answer.
pub(super) fn unreachable(url: &WebUrl, reason: impl Into<String>) -> FetchError {
    FetchError::Unreachable { url: url.clone(), reason: reason.into() }
}

/// Whether the body of an answer with this status may tell a challenge from a plain refusal.
pub(super) fn may_be_a_challenge(status: u16) -> bool {
    matches!(status, 401 | 403 | 405 | 429 | 503)
}

/// What a status other than success, redirect and 304 means. `body` is the beginning of the answer's body.
pub(super) fn of_status(url: &WebUrl, answer: &Answer, body: &[u8]) -> FetchError {
    let (status, url) = (answer.status, url.clone());
    let retry_after = answer.hints.retry_after;
    if may_be_a_challenge(status)
        && let Some(kind) = blocked::of_refusal(&answer.headers, &String::from_utf8_lossy(body))
    {
        return FetchError::Blocked { url, reason: format!("{status}: {kind}") };
    }
    match status {
        404 | 410 | 451 => FetchError::Gone { url, status },
        // Some sites say 403 where they mean 429; the header gives them away.
        401 | 403 if retry_after.is_some() => FetchError::Throttled { url, status, retry_after },
        401 => FetchError::Blocked { url, reason: "401: the server asks for credentials".to_owned() },
        402 => FetchError::Blocked { url, reason: "402: the server asks for payment".to_owned() },
        403 => FetchError::Blocked { url, reason: "403: the server refuses".to_owned() },
        407 => FetchError::Blocked { url, reason: "407: the proxy asks for credentials".to_owned() },
        429 | 503 => FetchError::Throttled { url, status, retry_after },
        _ => FetchError::Status { url, status },
    }
}

/// The first error of type `T` in the chain. An `io::Error` hides what it wraps from `source()`, so it is opened.
fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    None
}

/// What is wrong with a server's certificate, and whose it is to mend.
fn certificate_words(error: &rustls::Error) -> Option<String> {
    let rustls::Error::InvalidCertificate(fault) = error else { return None };
    #[expect(clippy::wildcard_enum_match_arm, reason = "the rest speaks for itself")]
    Some(match fault {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the server's certificate has expired; its publisher must renew it (or this machine's clock is wrong)"
                .to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the server's certificate is not valid yet; is this machine's clock right?".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the server's certificate is for another name; check the address".to_owned()
        }
        CertificateError::UnknownIssuer => {
            "the server's certificate is signed by nobody whom this machine trusts (`fetch.ca_file` names one more \
             authority)"
                .to_owned()
        }
        other => format!("the server's certificate is refused ({other})"),
    })
}

fn connection_words(error: &reqwest::Error) -> Option<String> {
    let cause = find::<io::Error>(error)?;
    Some(match cause.kind() {
        io::ErrorKind::ConnectionRefused => "the connection was refused".to_owned(),
        io::ErrorKind::ConnectionReset => "the connection was reset".to_owned(),
        io::ErrorKind::UnexpectedEof => "the connection was closed before the answer".to_owned(),
        _ => return None,
    })
}
