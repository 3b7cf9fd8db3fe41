//! Index pages whose links are entries.

use crate::model::entry::ParsedFeed;
use crate::model::url::WebUrl;

/// Whether a text is a CSS selector that link rules can use.
pub fn check_selector(selector: &str) -> Result<(), String> {
    scraper::Selector::parse(selector).map(drop).map_err(|error| error.to_string())
}

/// The links of an index page that the selectors choose, in the order of the page.
pub fn parse(_html: &str, _base: &WebUrl, _selectors: &[String]) -> ParsedFeed {
    ParsedFeed {
        format: "page".to_owned(),
        title: None,
        link: None,
        language: None,
        updated: None,
        ttl_s: None,
        hub: None,
        self_url: None,
        entries: Vec::new(),
    }
}
