//! The outbox: deliveries are leased, sent with no transaction open, and settled.
//!
//! Invariants: a delivery's id is minted at insert and never again; a channel's later delivery about an article is not
//! leased while an earlier one is pending; a lease that runs out makes the delivery free again.

use super::Store;
use super::error::StoreError;
use crate::model::channel::ChannelKind;
use crate::model::event::{Delivery, Event};
use crate::model::ids::{ChannelId, DeliveryId};
use crate::model::time::Timestamp;

/// What an attempt to send came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// Accepted.
    Delivered,
    /// To be tried again.
    Retry {
        /// Not before this.
        due: Timestamp,
        /// What the attempt said.
        error: String,
    },
    /// Given up.
    Failed {
        /// What the last attempt said.
        error: String,
    },
    /// The channel is closed: this delivery failed, and nothing more is leased for the channel until a person acts.
    ChannelClosed {
        /// What the other side said.
        error: String,
    },
    /// Not tried after all (the channel is quiet, the daemon stops): free again at `due`, no attempt counted.
    Released {
        /// Not before this.
        due: Timestamp,
    },
}

/// How a channel fares.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChannelState {
    /// Why it is closed, if it is.
    pub closed: Option<String>,
    /// When its last digest was made.
    pub last_digest: Option<Timestamp>,
    /// When a delivery was last accepted.
    pub last_success: Option<Timestamp>,
    /// Since when every attempt failed.
    pub failing_since: Option<Timestamp>,
    /// How many attempts failed in a row.
    pub failures: u32,
    /// What the last failed attempt said.
    pub last_error: Option<String>,
}

/// When the store next has something to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NextDue {
    /// A source's poll.
    pub poll: Option<Timestamp>,
    /// An article's next look.
    pub recheck: Option<Timestamp>,
    /// A delivery.
    pub delivery: Option<Timestamp>,
}

impl Store {
    /// Leases deliveries that are due until `lease_until`, the oldest first.
    pub async fn lease(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        let _ = (now, lease_until, limit);
        Err(StoreError::Closed)
    }

    /// Records what an attempt came to.
    pub async fn settle(&self, id: &DeliveryId, settlement: Settlement, now: Timestamp) -> Result<(), StoreError> {
        drop((id.clone(), settlement, now));
        Err(StoreError::Closed)
    }

    /// Makes a failed (or waiting) delivery due at once, and opens its channel again.
    pub async fn retry_delivery(&self, id: &DeliveryId, now: Timestamp) -> Result<(), StoreError> {
        let _ = (id, now);
        Err(StoreError::Closed)
    }

    /// The events that wait for a channel's digest, the oldest first.
    pub async fn digest_due_items(&self, channel: &ChannelId) -> Result<Vec<Event>, StoreError> {
        let _ = channel;
        Err(StoreError::Closed)
    }

    /// Moves the waiting events into one delivery that is due at once, and notes the digest's time. `None` where
    /// nothing waits (the time is noted all the same).
    pub async fn make_digest(&self, channel: &ChannelId, now: Timestamp) -> Result<Option<Delivery>, StoreError> {
        let _ = (channel, now);
        Err(StoreError::Closed)
    }

    /// Enqueues one event for one channel, outside any ingest (a ping).
    pub async fn enqueue(
        &self,
        channel: &ChannelId,
        kind: ChannelKind,
        event: Event,
        now: Timestamp,
    ) -> Result<DeliveryId, StoreError> {
        drop((channel.clone(), kind, event, now));
        Err(StoreError::Closed)
    }

    /// How a channel fares.
    pub async fn channel_state(&self, channel: &ChannelId) -> Result<ChannelState, StoreError> {
        let _ = channel;
        Err(StoreError::Closed)
    }

    /// Opens a closed channel again.
    pub async fn reopen_channel(&self, channel: &ChannelId) -> Result<(), StoreError> {
        let _ = channel;
        Err(StoreError::Closed)
    }

    /// When something is next due, of any kind.
    pub async fn next_due(&self) -> Result<NextDue, StoreError> {
        Err(StoreError::Closed)
    }
}
