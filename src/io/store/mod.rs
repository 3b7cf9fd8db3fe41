//! The store: one SQLite file behind a typed handle.
//!
//! Everything that writes goes through [`Store`], whose jobs run one after another on the writing thread; [`Reader`]
//! is a read-only connection for commands and the web page. SQL never leaves this module.

mod apply;
mod archive;
mod articles;
mod blobs;
mod entries;
mod error;
mod events;
mod export;
mod given_up;
mod health;
mod ingest;
mod load;
mod outbox;
mod pace;
mod prune;
mod reader;
mod records;
mod schema;
mod search;
mod sending;
mod similar;
mod sources;
mod stories;
mod told;
mod unsubscribed;
mod upkeep;
mod value;
mod verify;
mod wayback;
mod websub;
mod writer;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::{OnceCell, watch};

pub use articles::Recheck;
pub use entries::Unknown;
pub use error::StoreError;
pub use given_up::Replay;
pub use outbox::{ChannelState, NextDue, Settlement};
pub use pace::Settled;
pub use prune::{Horizon, Pruned};
pub use reader::{ArticleFilter, DeliveryFilter, Explained, Reader, SearchHit, TopicCount};
pub use sources::{PollRecord, SourceState};
pub use upkeep::DaemonLock;
pub use verify::{Derivation, Derived, Verified, VerifyProblem};
pub use wayback::{WantedCopy, WaybackCounts};
pub use websub::HubSubscription;

use crate::config::StoreConfig;
use crate::engine::ingest::{Capture, Ingested, Observation, Recorded};
use crate::engine::page::Learned;
use crate::engine::route::Topics;
use crate::model::time::Timestamp;
use error::Answer;
use writer::Writer;

/// The handle on the store. Cheap to clone; all clones share one writing thread.
#[derive(Debug, Clone)]
pub struct Store {
    path: Arc<PathBuf>,
    writer: Arc<Writer>,
    reader: Arc<Reader>,
    /// The senders' lock, once this process has leased a delivery.
    sender: Arc<OnceCell<File>>,
}

impl Store {
    /// Opens the store, makes it or brings it forward if need be, and starts the writing thread.
    pub fn open(config: &StoreConfig, now: Timestamp) -> Result<Self, StoreError> {
        let connection = schema::open_writer(&config.path)?;
        tracing::debug!(store.path = %config.path.display(), store.opened = %now, "opened the store");
        let reader = Reader::open(&config.path)?;
        let writer = Writer::start(config.path.clone(), connection)?;
        Ok(Self {
            path: Arc::new(config.path.clone()),
            writer: Arc::new(writer),
            reader: Arc::new(reader),
            sender: Arc::default(),
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A read-only connection of its own.
    pub fn reader(&self) -> Result<Reader, StoreError> {
        Reader::open(&self.path)
    }

    /// Turns true when the writing thread died of a panic: the process is to end.
    pub fn failed(&self) -> watch::Receiver<bool> {
        self.writer.failed()
    }

    /// Ends the writing thread after what is queued, with a last checkpoint. Later calls give [`StoreError::Closed`].
    pub async fn close(&self) {
        self.writer.close().await;
    }

    /// What a site is known to repeat at the head and tail of its articles, for extraction.
    pub async fn learned(&self, site: &str) -> Result<Learned, StoreError> {
        let site = site.to_owned();
        self.read(move |connection| load::learned(connection, &site)).await.map(Learned::from_hashes)
    }

    /// Reads on the handle's own read-only connection, off the async threads.
    async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Answer<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let reader = Arc::clone(&self.reader);
        match tokio::task::spawn_blocking(move || reader.read(job)).await {
            Ok(outcome) => outcome,
            Err(error) => Err(StoreError::Refused(format!("a read of the store was cut off: {error}"))),
        }
    }

    /// Records one captured page: article, revision, story, matches, events and deliveries in one transaction.
    pub async fn ingest(
        &self,
        capture: impl Into<Arc<Capture>>,
        topics: Arc<Topics>,
        now: Timestamp,
    ) -> Result<Ingested, StoreError> {
        let (capture, now) = (capture.into(), value::cut(now));
        self.writer.call(move |connection| ingest::ingest(connection, &capture, &topics, now)).await
    }

    /// Records a look at a page that gave no content.
    pub async fn observe(
        &self,
        observation: Observation,
        topics: Arc<Topics>,
        now: Timestamp,
    ) -> Result<Recorded, StoreError> {
        let now = value::cut(now);
        self.writer.call(move |connection| ingest::observe(connection, &observation, &topics, now)).await
    }
}

#[cfg(test)]
mod tests;
