//! Tells pages that stand in place of the content: challenges, captchas, consent walls, log-in pages, "not found" pages
//! sent as 200.

use crate::model::fetch::Page;

/// What kind of page in place of the content this is, if it is one.
pub fn recognise(page: &Page, text: &str) -> Option<String> {
    of_refusal(page.status, &page.headers, text).map(str::to_owned)
}

/// What kind of challenge a refusal is, if it is one.
pub fn of_refusal(_status: u16, headers: &[(String, String)], _body: &str) -> Option<&'static str> {
    let challenged = headers.iter().any(|(name, value)| name == "cf-mitigated" && value.contains("challenge"));
    challenged.then_some("a Cloudflare challenge")
}
