//! One item as a source lists it, before its page is fetched.

use serde::{Deserialize, Serialize};

use super::time::Published;
use super::url::WebUrl;

/// An entry. What the source does not say is `None` or empty, never a guess.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Stable across polls whatever the source lacks: its id, else its address, else a hash of its text.
    pub id: String,
    /// The page, absolute.
    pub url: Option<WebUrl>,
    /// Plain text.
    pub title: Option<String>,
    /// Names.
    pub authors: Vec<String>,
    /// As the source writes it.
    pub published: Option<Published>,
    /// As the source writes it.
    pub updated: Option<Published>,
    /// The summary or description: HTML or text, as sent.
    pub summary: Option<String>,
    /// The full content, if the source carries it: HTML, as sent.
    pub content: Option<String>,
    /// Categories.
    pub tags: Vec<String>,
    /// BCP 47, as sent.
    pub language: Option<String>,
}

impl Entry {
    /// An entry of which only the address is known (sitemaps, index pages).
    pub fn of_url(url: WebUrl) -> Self {
        Self {
            id: url.as_str().to_owned(),
            url: Some(url),
            title: None,
            authors: Vec::new(),
            published: None,
            updated: None,
            summary: None,
            content: None,
            tags: Vec::new(),
            language: None,
        }
    }
}

/// What a source's answer says, whole.
#[derive(Debug, Clone, PartialEq)]
pub struct ParsedFeed {
    /// `rss0.9x`, `rss1.0`, `rss2.0`, `atom0.3`, `atom1.0`, `json1.0`, `json1.1`, `sitemap`, `page` …
    pub format: String,
    /// The feed's title, plain text.
    pub title: Option<String>,
    /// The site it belongs to.
    pub link: Option<WebUrl>,
    /// BCP 47, as sent.
    pub language: Option<String>,
    /// When the feed says it changed.
    pub updated: Option<Published>,
    /// RSS `ttl` or syndication hints, in seconds.
    pub ttl_s: Option<u64>,
    /// The WebSub hub it names.
    pub hub: Option<WebUrl>,
    /// Its own address as it states it.
    pub self_url: Option<WebUrl>,
    /// In the order of the source.
    pub entries: Vec<Entry>,
}
