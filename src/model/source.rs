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

/// What decided when a source is polled next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WaitReason {
    /// The interval that the config says.
    Config,
    /// Its cron line.
    Cron,
    /// How often its entries appear.
    Rhythm,
    /// It has brought nothing for long.
    Silence,
    /// Its hub pushes what is new; polls only make sure.
    Push,
    /// The publisher asked for a longer wait (`max-age`, `Expires`, `ttl`, `Retry-After`).
    Publisher,
    /// It failed, and is tried again with growing waits.
    Failing,
}

impl WaitReason {
    /// All of them, for reading one back.
    const ALL: [Self; 7] =
        [Self::Config, Self::Cron, Self::Rhythm, Self::Silence, Self::Push, Self::Publisher, Self::Failing];

    /// The word in the store, in `sources --json` and in `export`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Cron => "cron",
            Self::Rhythm => "rhythm",
            Self::Silence => "silence",
            Self::Push => "push",
            Self::Publisher => "publisher",
            Self::Failing => "failing",
        }
    }

    /// The reason behind a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }
}
