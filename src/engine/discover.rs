//! Where a site's feeds are.

use crate::model::url::WebUrl;

/// A feed that a page names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFeed {
    /// Where it is.
    pub url: WebUrl,
    /// As the page calls it.
    pub title: Option<String>,
    /// `rss`, `atom` or `json`, by its media type.
    pub format: String,
}

/// The feeds that a page names.
pub fn feeds(_html: &str, _base: &WebUrl) -> Vec<FoundFeed> {
    Vec::new()
}

/// Where feeds often are, the likeliest first.
pub fn common_paths(_base: &WebUrl) -> Vec<WebUrl> {
    Vec::new()
}
