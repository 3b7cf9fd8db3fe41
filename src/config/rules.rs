//! Which rules a page is read by: those that the source has, over those that its site shares.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Config, SourceConfig};
use crate::engine::page::rules::SiteRules;
use crate::model::url::WebUrl;

/// The rules of one site, from a file of the `rules` directory.
#[derive(Debug, Clone)]
pub struct SharedRules {
    /// The host, in lower case and punycode; the hosts below it too.
    pub site: String,
    /// The file.
    pub file: PathBuf,
    /// Compiled.
    pub rules: Arc<SiteRules>,
}

impl SharedRules {
    /// Whether they are for a page.
    fn fits(&self, page: &WebUrl) -> bool {
        let below = page.host().strip_suffix(self.site.as_str());
        below.is_some_and(|below| below.is_empty() || below.ends_with('.'))
    }
}

/// The rules for one page, and where they stand.
#[derive(Debug, Clone, Default)]
pub struct PageRules {
    /// Compiled.
    pub rules: Arc<SiteRules>,
    /// For people: files of the `rules` directory, `[source.rules]` of a source; the strongest last.
    pub from: Vec<String>,
}

impl Config {
    /// The rules for a page. A field that the source sets wins over its site's, and a part of a site over the whole; what
    /// is to be removed adds up. `source` is the one that listed the page, if any did.
    pub fn rules_for(&self, source: Option<&SourceConfig>, page: &WebUrl) -> PageRules {
        let shared = self.shared_rules.iter().filter(|shared| shared.fits(page));
        let mut found: Vec<(Arc<SiteRules>, String)> =
            shared.map(|shared| (Arc::clone(&shared.rules), shared.file.display().to_string())).collect();
        if let Some(source) = source.filter(|source| !source.rules.is_empty()) {
            found.push((Arc::clone(&source.rules), format!("[source.rules] of {}", source.id)));
        }
        let mut page = PageRules::default();
        for (rules, from) in found {
            page.rules = if page.rules.is_empty() { rules } else { Arc::new(rules.over(&page.rules)) };
            page.from.push(from);
        }
        page
    }
}
