//! Feeds of every kind to entries.

use crate::model::entry::ParsedFeed;
use crate::model::url::WebUrl;

/// Why bytes are no feed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    /// Nothing, or blanks.
    #[error("the answer is empty")]
    Empty,
}

/// Reads a feed of any kind. Beside it, what had to be mended.
pub fn parse(
    _bytes: &[u8],
    _content_type: Option<&str>,
    _base: &WebUrl,
) -> Result<(ParsedFeed, Vec<String>), FeedError> {
    Err(FeedError::Empty)
}
