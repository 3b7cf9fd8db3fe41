//! Sitemaps and sitemap indexes.

use crate::model::entry::ParsedFeed;
use crate::model::time::Published;
use crate::model::url::WebUrl;

/// What a sitemap file is.
#[derive(Debug, Clone, PartialEq)]
pub enum Sitemap {
    /// A list of pages.
    Urls(ParsedFeed),
    /// A list of sitemaps.
    Index(Vec<IndexEntry>),
}

/// One sitemap that an index names.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexEntry {
    /// Where it is.
    pub url: WebUrl,
    /// When it changed, as the index says: a hint.
    pub modified: Option<Published>,
}

/// Why bytes are no sitemap.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SitemapError {
    /// Nothing, or blanks.
    #[error("the answer is empty")]
    Empty,
}

/// Reads a sitemap, a news sitemap or a sitemap index.
pub fn parse(_bytes: &[u8], _content_type: Option<&str>, _base: &WebUrl) -> Result<Sitemap, SitemapError> {
    Err(SitemapError::Empty)
}
