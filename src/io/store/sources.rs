//! Sources and their entries: how they fare, what they list, which of it is new.

use std::sync::Arc;

use super::Store;
use super::error::StoreError;
use crate::config::SourceConfig;
use crate::engine::route::Topics;
use crate::engine::schedule::PollNext;
use crate::model::entry::Entry;
use crate::model::fetch::Validators;
use crate::model::ids::SourceId;
use crate::model::source::SourceHealth;
use crate::model::time::Timestamp;
use crate::model::url::WebUrl;

/// What the store knows of a source.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceState {
    /// Its id.
    pub id: SourceId,
    /// For the next, conditional request.
    pub validators: Validators,
    /// Of the last full answer.
    pub ttl_s: Option<u64>,
    /// How it fares.
    pub health: SourceHealth,
    /// When it was first polled with success.
    pub first_poll: Option<Timestamp>,
    /// When it was polled last.
    pub last_poll: Option<Timestamp>,
    /// When a poll worked last.
    pub last_success: Option<Timestamp>,
    /// When it is polled next; `None`: never polled yet, or parked.
    pub next_poll: Option<Timestamp>,
    /// Where it moved for good, as its answers say.
    pub moved_to: Option<WebUrl>,
}

/// What one poll came to, for the source's row.
#[derive(Debug, Clone, PartialEq)]
pub struct PollRecord {
    /// Which source.
    pub source: SourceId,
    /// What `engine::schedule::after_poll` decided.
    pub next: PollNext,
    /// The new validators; `None` keeps the old ones (a failed poll).
    pub validators: Option<Validators>,
    /// From the feed itself, with a full answer.
    pub ttl_s: Option<u64>,
    /// Where a permanent redirect led.
    pub moved_to: Option<WebUrl>,
    /// How many entries it listed, with a full answer.
    pub entries: Option<usize>,
}

impl Store {
    /// Brings the sources' rows in line with the config: new ones are added, others keep their state, those that left
    /// the config are no longer polled. A source whose address changed starts with fresh validators and health.
    pub async fn sync_sources(&self, sources: &[Arc<SourceConfig>], now: Timestamp) -> Result<(), StoreError> {
        let _ = (sources, now);
        Err(StoreError::Closed)
    }

    /// The state of every source of the config.
    pub async fn source_states(&self) -> Result<Vec<SourceState>, StoreError> {
        Err(StoreError::Closed)
    }

    /// Records a poll, and the event that it makes.
    pub async fn record_poll(&self, poll: PollRecord, topics: Arc<Topics>, now: Timestamp) -> Result<(), StoreError> {
        drop((poll, topics, now));
        Err(StoreError::Closed)
    }

    /// Of a source's entries those whose page is to be captured: never captured, or changed under the same id. An
    /// entry whose capture failed is given again when its wait is over.
    pub async fn unknown_entries(
        &self,
        source: &SourceId,
        entries: Vec<Entry>,
        now: Timestamp,
    ) -> Result<Vec<Entry>, StoreError> {
        drop((source.clone(), entries, now));
        Err(StoreError::Closed)
    }
}
