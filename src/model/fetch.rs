//! What the network said, as data, so that the engine can decide on it without knowing the network.

use bytes::Bytes;

use super::time::{SignedDuration, Timestamp};
use super::url::WebUrl;

/// What a server gave to make the next request conditional, byte for byte as it gave it (RFC 9110 section 13.1). A
/// header that the newest full answer lacks is gone, never kept from an older one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag`, with its quotes and `W/`.
    pub etag: Option<String>,
    /// `Last-Modified`, never parsed.
    pub last_modified: Option<String>,
}

/// How long the server asks us to wait, from one answer's headers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CacheHints {
    /// `Cache-Control: max-age`, or `Expires` less `Date`, of a 200 or a 304.
    pub fresh_for: Option<SignedDuration>,
    /// `Retry-After` in either form, as a wait from now.
    pub retry_after: Option<SignedDuration>,
}

/// One full answer.
#[derive(Debug, Clone)]
pub struct Page {
    /// What was asked for.
    pub url: WebUrl,
    /// What answered, after redirects.
    pub final_url: WebUrl,
    /// Where the permanent redirects (301, 308) that the answer began with led; hops after the first temporary one do
    /// not count.
    pub moved_to: Option<WebUrl>,
    /// The status: 200 to 299.
    pub status: u16,
    /// The response's headers in their order, names in lower case, bounded.
    pub headers: Vec<(String, String)>,
    /// The body after decompression, bounded by `fetch.max_body`.
    pub body: Bytes,
    /// For the next, conditional request.
    pub validators: Validators,
    /// How long to leave the server alone.
    pub hints: CacheHints,
    /// When the answer was complete.
    pub fetched: Timestamp,
}

impl Page {
    /// The first value of a header; `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The `Content-Type` header, if sent.
    pub fn content_type(&self) -> Option<&str> {
        self.header("content-type")
    }
}

/// What one request came to, short of failing.
#[derive(Debug, Clone)]
pub enum FetchOutcome {
    /// The page, whole.
    Fresh(Box<Page>),
    /// 304: what we have is current.
    NotModified {
        /// For the next request: those of the 304, which may refresh them (RFC 9111 section 4.3.4), and where it names
        /// none those that were sent.
        validators: Validators,
        /// How long to leave the server alone.
        hints: CacheHints,
        /// As [`Page::moved_to`].
        moved_to: Option<WebUrl>,
    },
}

/// Why a request gave nothing. Each message is a fragment that completes "could not …".
#[derive(Debug, Clone, thiserror::Error)]
pub enum FetchError {
    /// The address leads where nothing is fetched: a private, loopback or metadata address, a forbidden port or scheme.
    #[error("fetch {url}: {reason}")]
    Forbidden {
        /// The address, at whichever redirect.
        url: WebUrl,
        /// Which rule, and which setting lifts it.
        reason: String,
    },
    /// robots.txt disallows it.
    #[error(
        "fetch {url}: robots.txt of the site disallows it (set `robots = false` on the source if you may fetch it)"
    )]
    Robots {
        /// The address.
        url: WebUrl,
    },
    /// No connection, a failed TLS handshake, a name that does not resolve, a broken body, a time-out.
    #[error("fetch {url}: {reason}")]
    Unreachable {
        /// The address.
        url: WebUrl,
        /// What failed, in words.
        reason: String,
    },
    /// 404 or 410.
    #[error("fetch {url}: the server says {status}: the page is gone")]
    Gone {
        /// The address.
        url: WebUrl,
        /// 404, 410 or 451.
        status: u16,
    },
    /// 429 or 503: later.
    #[error("fetch {url}: the server says {status} and asks to wait")]
    Throttled {
        /// The address.
        url: WebUrl,
        /// The status.
        status: u16,
        /// What it asked for, if it said.
        retry_after: Option<SignedDuration>,
    },
    /// 401, 403, or a challenge, consent or login page in place of the content.
    #[error("fetch {url}: blocked ({reason})")]
    Blocked {
        /// The address.
        url: WebUrl,
        /// How it was told: the status or the kind of page.
        reason: String,
    },
    /// Any other status.
    #[error("fetch {url}: the server says {status}")]
    Status {
        /// The address.
        url: WebUrl,
        /// The status.
        status: u16,
    },
    /// Over a bound: body, headers, redirects.
    #[error("fetch {url}: {reason}")]
    TooLarge {
        /// The address.
        url: WebUrl,
        /// Which bound, and which setting raises it.
        reason: String,
    },
}

/// What to do about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// Again, later, with growing waits.
    RetryLater,
    /// Again after at least this long: the server said so.
    RetryAfter(SignedDuration),
    /// The thing is gone: confirm, then stop.
    Gone,
    /// Refused by the other side; say so and try seldom.
    Blocked,
    /// Refused by our own rules; trying again changes nothing until the config does.
    Never,
}

impl FetchError {
    /// What to do about it; schedules branch on this alone.
    pub fn disposition(&self) -> Disposition {
        match self {
            Self::Forbidden { .. } | Self::Robots { .. } => Disposition::Never,
            Self::Gone { .. } => Disposition::Gone,
            Self::Blocked { .. } => Disposition::Blocked,
            Self::Throttled { retry_after: Some(wait), .. } => Disposition::RetryAfter(*wait),
            Self::Throttled { .. } | Self::Unreachable { .. } | Self::Status { .. } | Self::TooLarge { .. } => {
                Disposition::RetryLater
            }
        }
    }

    /// The HTTP status behind it, where there was one.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Gone { status, .. } | Self::Throttled { status, .. } | Self::Status { status, .. } => Some(*status),
            Self::Forbidden { .. }
            | Self::Robots { .. }
            | Self::Unreachable { .. }
            | Self::Blocked { .. }
            | Self::TooLarge { .. } => None,
        }
    }
}
