//! Where the config meets the engine's compilers: selectors, site rules, alias groups, queries.

pub(super) use crate::engine::page::rules::SiteRules;
pub(super) use crate::engine::query::{Query, RawGroup, Terms, Weights};

/// The selectors of `[source.rules]`, by field.
#[derive(Debug, Clone, Default)]
pub(super) struct RawRules {
    pub(super) title: Vec<String>,
    pub(super) author: Vec<String>,
    pub(super) published: Vec<String>,
    pub(super) body: Vec<String>,
    pub(super) remove: Vec<String>,
}

/// Tries a CSS selector.
pub(super) use crate::engine::links::check_selector as selector;

/// Compiles a site's rules; the error is the reason alone.
pub(super) fn rules(raw: &RawRules) -> Result<SiteRules, String> {
    for text in [&raw.title, &raw.author, &raw.published, &raw.body, &raw.remove].into_iter().flatten() {
        selector(text)?;
    }
    Ok(SiteRules::default())
}

/// A group in place of one that does not compile: a word that no text holds, so that the queries are checked all the
/// same.
pub(super) fn stand_in() -> RawGroup {
    RawGroup { any: vec!["wirewatchstandin".to_owned()], ..RawGroup::default() }
}

/// Whether a query matches an example, and why.
pub(super) struct Tried {
    pub(super) matched: Option<bool>,
    pub(super) why: String,
}

/// Tries an example as a headline.
pub(super) fn try_example(_query: &Query, _example: &str) -> Tried {
    Tried { matched: None, why: String::new() }
}
