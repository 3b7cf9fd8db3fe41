//! Sources: what is polled, and how it fares.

use serde::{Deserialize, Serialize};

use super::time::Timestamp;

/// How a source lists its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// RSS, Atom or JSON Feed.
    Feed,
    /// A sitemap or a sitemap index.
    Sitemap,
    /// An index page with link rules.
    Page,
}

/// How a source fares.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum SourceHealth {
    /// The last poll worked, or none was made yet.
    #[default]
    Healthy,
    /// Polls have failed in a row.
    Failing {
        /// When the first of them failed.
        since: Timestamp,
        /// How many.
        streak: u32,
        /// What the last one said.
        last: String,
    },
    /// Polled no more until a person acts (410, or the config forbids it).
    Parked {
        /// Why.
        reason: String,
    },
}

impl SourceHealth {
    /// `ok`, `failing` or `parked`: the `status` of `export` and `sources`.
    pub fn status(&self) -> &'static str {
        match self {
            Self::Healthy => "ok",
            Self::Failing { .. } => "failing",
            Self::Parked { .. } => "parked",
        }
    }
}
