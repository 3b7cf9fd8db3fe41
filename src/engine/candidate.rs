//! What one page, feed entry or imported line says, ready to be decided on: decode → extract → normalize → canonical →
//! fingerprint. Pure; a candidate has one maker and private fields, so that nothing unnormalized reaches the store.

use super::fingerprint::fingerprint;
use crate::model::article::Content;
use crate::model::url::{CanonicalUrl, WebUrl};

/// The version of extraction and normalization. It is raised when the same page gives another text, so that the
/// difference is recorded as technical and never told as an edit.
pub const EXTRACTOR_VERSION: u32 = 1;

/// Why a capture is not believed at first sight.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Suspicion {
    /// A challenge, consent or login page in place of the article. Never an article.
    Blocked(String),
    /// No body text at all.
    Empty,
    /// An error page with a good status, or a redirect to the front page.
    SoftGone(String),
}

/// Where a content was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MadeFrom {
    /// The article's page.
    Page,
    /// The feed's own full content.
    Feed,
    /// A line of an import.
    Import,
}

impl MadeFrom {
    /// The word in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Feed => "feed",
            Self::Import => "import",
        }
    }
}

/// A normalized article as one capture shows it.
#[derive(Debug, Clone)]
pub struct Candidate {
    content: Content,
    url: WebUrl,
    canonical: CanonicalUrl,
    elsewhere: Option<String>,
    exact: u64,
    bands: Vec<u64>,
    edges: Vec<u64>,
    suspicion: Option<Suspicion>,
    made_from: MadeFrom,
}

/// Why nothing could be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CandidateError {
    /// Neither HTML nor text.
    #[error("read {url}: {reason}")]
    Unreadable {
        /// The page.
        url: WebUrl,
        /// What it is instead.
        reason: String,
    },
}

/// The hash under which a site's repeated blocks are learnt.
pub fn block_hash(text: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(super::text::fold::fold(text).as_bytes())
}

/// What a candidate is assembled from.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    /// Normalized.
    pub content: Content,
    /// Where it was found, after redirects.
    pub url: WebUrl,
    /// The article's identity.
    pub canonical: CanonicalUrl,
    /// The canonical address at another site that the page names.
    pub elsewhere: Option<String>,
    /// Hashes of the blocks at head and tail.
    pub edges: Vec<u64>,
    /// Why it is not believed at first sight.
    pub suspicion: Option<Suspicion>,
    /// Where it was read from.
    pub made_from: MadeFrom,
}

impl Candidate {
    pub(crate) fn assemble(parts: Parts) -> Self {
        let fingerprint = fingerprint(&parts.content);
        Self {
            content: parts.content,
            url: parts.url,
            canonical: parts.canonical,
            elsewhere: parts.elsewhere,
            exact: fingerprint.exact,
            bands: fingerprint.bands,
            edges: parts.edges,
            suspicion: parts.suspicion,
            made_from: parts.made_from,
        }
    }

    /// The content.
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// Where it was found, after redirects.
    pub fn url(&self) -> &WebUrl {
        &self.url
    }

    /// The article's identity.
    pub fn canonical(&self) -> &CanonicalUrl {
        &self.canonical
    }

    /// The canonical address at another site that the page names, if it does.
    pub fn elsewhere(&self) -> Option<&str> {
        self.elsewhere.as_deref()
    }

    /// Equal for equal texts.
    pub fn exact(&self) -> u64 {
        self.exact
    }

    /// Keys that similar texts share.
    pub fn bands(&self) -> &[u64] {
        &self.bands
    }

    /// Hashes of the blocks at its head and tail, from which a site's boilerplate is learnt.
    pub fn edges(&self) -> &[u64] {
        &self.edges
    }

    /// Why it is not believed at first sight.
    pub fn suspicion(&self) -> Option<&Suspicion> {
        self.suspicion.as_ref()
    }

    /// Where it was read from.
    pub fn made_from(&self) -> MadeFrom {
        self.made_from
    }
}
