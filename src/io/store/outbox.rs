//! The outbox: deliveries are leased, sent with no transaction open, and settled.
//!
//! Invariants: a delivery's id is minted at insert and never again; a channel's later delivery about an article is not
//! leased while an earlier one is pending; a lease that runs out, or whose process died, makes the delivery free again.

use rusqlite::{Connection, OptionalExtension, named_params, params};

use super::Store;
use super::error::{Answer, StoreError};
use super::events::{insert_delivery, insert_event, read_delivery, read_event};
use super::value::{at, cut, ms, parsed};
use crate::model::channel::ChannelKind;
use crate::model::event::{Delivery, Event};
use crate::model::ids::{ChannelId, DeliveryId};
use crate::model::time::Timestamp;

/// What an attempt to send came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// Accepted.
    Delivered,
    /// Accepted for some recipients, and refused for good by the others.
    DeliveredInPart {
        /// Who refused it, in the other side's words.
        refused: String,
    },
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
    /// Given up, though the other side answers: it will not have this one (a recipient that is not there). The channel is
    /// none the worse for it.
    Refused {
        /// What it said.
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
    /// Until when it is left alone, because it failed.
    pub held_until: Option<Timestamp>,
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

/// When the store next has something to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NextDue {
    /// A source's poll.
    pub poll: Option<Timestamp>,
    /// An article's next look.
    pub recheck: Option<Timestamp>,
}

/// A person's word that a channel works again.
pub(super) const OPEN: &str = "UPDATE channel SET closed = NULL, closed_at = NULL, held_until = NULL WHERE id = ?1";

impl Store {
    /// Leases a channel's deliveries that are due until `lease_until`, the oldest first.
    pub async fn lease(
        &self,
        channel: &ChannelId,
        now: Timestamp,
        lease_until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        self.be_sender().await?;
        let channel = channel.clone();
        self.writer.call(move |connection| lease(connection, &channel, (now, lease_until), limit)).await
    }

    /// Records what an attempt came to.
    pub async fn settle(&self, id: &DeliveryId, settlement: Settlement, now: Timestamp) -> Result<(), StoreError> {
        let id = id.clone();
        self.writer.call(move |connection| settle(connection, &id, &settlement, cut(now))).await
    }

    /// The events that wait for a channel's digest, the oldest first.
    pub async fn digest_due_items(&self, channel: &ChannelId) -> Result<Vec<Event>, StoreError> {
        let channel = channel.clone();
        self.read(move |connection| digest_items(connection, &channel)).await
    }

    /// Moves the waiting events into one delivery that is due at once, and notes the digest's time. `None` where
    /// nothing waits (the time is noted all the same).
    pub async fn make_digest(&self, channel: &ChannelId, now: Timestamp) -> Result<Option<Delivery>, StoreError> {
        let channel = channel.clone();
        self.writer.call(move |connection| make_digest(connection, &channel, cut(now))).await
    }

    /// Enqueues one event for one channel, outside any ingest (a ping).
    pub async fn enqueue(
        &self,
        channel: &ChannelId,
        kind: ChannelKind,
        event: Event,
        now: Timestamp,
    ) -> Result<DeliveryId, StoreError> {
        let channel = channel.clone();
        self.writer
            .call(move |connection| {
                let id = insert_event(connection, &event)?;
                insert_delivery(connection, (&channel, kind), event.article, &[id], cut(now))
            })
            .await
    }

    /// How a channel fares.
    pub async fn channel_state(&self, channel: &ChannelId) -> Result<ChannelState, StoreError> {
        let channel = channel.clone();
        self.read(move |connection| channel_state(connection, &channel)).await
    }

    /// Opens a closed channel again.
    pub async fn reopen_channel(&self, channel: &ChannelId) -> Result<(), StoreError> {
        let channel = channel.clone();
        self.writer
            .call(move |connection| {
                connection.execute(OPEN, [channel.as_str()])?;
                Ok(())
            })
            .await
    }

    /// When a source or an article is next looked at.
    pub async fn next_due(&self) -> Result<NextDue, StoreError> {
        self.read(|connection| {
            let first = |sql: &str| {
                connection.prepare_cached(sql)?.query_row([], |row| row.get::<_, Option<i64>>(0)).map(|ms| ms.map(at))
            };
            Ok(NextDue {
                poll: first("SELECT min(next_poll) FROM source WHERE enabled = 1")?,
                recheck: first("SELECT min(next_check) FROM article WHERE next_check IS NOT NULL")?,
            })
        })
        .await
    }
}

/// The first in line: no earlier delivery about the same article is pending for the same channel.
const FIRST: &str = "NOT EXISTS (SELECT 1 FROM delivery e WHERE e.state = 'pending' AND e.channel = d.channel
                       AND e.article = d.article AND e.seq < d.seq)";

fn lease(
    connection: &Connection,
    channel: &ChannelId,
    (now, until): (Timestamp, Timestamp),
    limit: usize,
) -> Answer<Vec<Delivery>> {
    let state = channel_state(connection, channel)?;
    if state.closed.is_some() || state.held_until.is_some_and(|until| until > now) {
        return Ok(Vec::new());
    }
    // A lease that ran out is none: its sender died.
    connection
        .prepare_cached(
            "UPDATE delivery SET lease_until = NULL WHERE channel = ?1 AND state = 'pending' AND lease_until <= ?2",
        )?
        .execute(params![channel.as_str(), ms(now)])?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let free: Vec<i64> = connection
        .prepare_cached(&format!(
            "SELECT seq FROM delivery d WHERE channel = :channel AND state = 'pending' AND lease_until IS NULL
               AND due <= :now AND {FIRST} ORDER BY due, seq LIMIT :limit"
        ))?
        .query_map(named_params! { ":channel": channel.as_str(), ":now": ms(now), ":limit": limit }, |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut leased = Vec::with_capacity(free.len());
    for seq in free {
        connection
            .prepare_cached("UPDATE delivery SET lease_until = ?2 WHERE seq = ?1")?
            .execute(params![seq, ms(until)])?;
        leased.push(read_delivery(connection, seq)?);
    }
    Ok(leased)
}

/// When each channel that has something pending may be leased for, past times included. Closed channels have no time.
pub(super) fn channels_due(connection: &Connection) -> Answer<Vec<(ChannelId, Timestamp)>> {
    let mut due = Vec::new();
    let mut after = String::new();
    // From one channel to the next on the index: a backlog is not read to find out whose it is.
    let next = "SELECT min(channel) FROM delivery WHERE state = 'pending' AND channel > ?1";
    while let Some(name) =
        connection.prepare_cached(next)?.query_row([&after], |row| row.get::<_, Option<String>>(0))?
    {
        let channel = parsed("a channel's id", ChannelId::new(name.clone()))?;
        let state = channel_state(connection, &channel)?;
        let first = if state.closed.is_some() { None } else { first_due(connection, &channel)? };
        due.extend(first.map(|first| (channel, state.held_until.map_or(first, |held| first.max(held)))));
        after = name;
    }
    Ok(due)
}

/// When the first of a channel's deliveries is due, or the lease of one ends.
fn first_due(connection: &Connection, channel: &ChannelId) -> Answer<Option<Timestamp>> {
    let free: Option<i64> = connection
        .prepare_cached(&format!(
            "SELECT due FROM delivery d WHERE channel = ?1 AND state = 'pending' AND lease_until IS NULL AND {FIRST}
             ORDER BY due LIMIT 1"
        ))?
        .query_row([channel.as_str()], |row| row.get(0))
        .optional()?;
    let leased: Option<i64> = connection
        .prepare_cached(
            "SELECT min(lease_until) FROM delivery WHERE channel = ?1 AND state = 'pending' AND lease_until IS NOT NULL",
        )?
        .query_row([channel.as_str()], |row| row.get(0))?;
    Ok(free.into_iter().chain(leased).min().map(at))
}

fn settle(connection: &Connection, id: &DeliveryId, settlement: &Settlement, now: Timestamp) -> Answer<()> {
    let channel: Option<String> = connection
        .prepare_cached("SELECT channel FROM delivery WHERE id = ?1")?
        .query_row([&id.0], |row| row.get(0))
        .optional()?;
    let Some(channel) = channel else {
        return Err(StoreError::NotFound { what: "delivery", name: id.0.clone() }.into());
    };
    let (state, counted, due, error) = match settlement {
        Settlement::Delivered => ("delivered", 1, None, None),
        Settlement::DeliveredInPart { refused } => ("delivered", 1, None, Some(refused)),
        Settlement::Retry { due, error } => ("pending", 1, Some(ms(*due)), Some(error)),
        Settlement::Failed { error } | Settlement::Refused { error } | Settlement::ChannelClosed { error } => {
            ("failed", 1, None, Some(error))
        }
        Settlement::Released { due } => ("pending", 0, Some(ms(*due)), None),
    };
    // A lease that ran out may have been settled by another sender: delivered stays delivered.
    connection
        .prepare_cached(
            "UPDATE delivery SET state = :state, attempts = attempts + :counted, due = coalesce(:due, due),
               lease_until = NULL, last_error = coalesce(:error, last_error),
               settled = iif(:state = 'pending', NULL, :now)
             WHERE id = :id AND state <> 'delivered'",
        )?
        .execute(named_params! {
            ":id": id.0, ":state": state, ":counted": counted, ":due": due, ":error": error, ":now": ms(now),
        })?;
    note_channel(connection, &channel, settlement, now)
}

fn note_channel(connection: &Connection, channel: &str, settlement: &Settlement, now: Timestamp) -> Answer<()> {
    connection.prepare_cached("INSERT OR IGNORE INTO channel (id) VALUES (?1)")?.execute([channel])?;
    match settlement {
        Settlement::Released { .. } => 0,
        Settlement::Delivered | Settlement::DeliveredInPart { .. } => connection
            .prepare_cached(
                "UPDATE channel SET last_success = ?2, failing_since = NULL, failures = 0, held_until = NULL
                 WHERE id = ?1",
            )?
            .execute(params![channel, ms(now)])?,
        Settlement::Refused { error } => connection
            .prepare_cached(
                "UPDATE channel SET failing_since = NULL, failures = 0, held_until = NULL, last_error = ?2 WHERE id = ?1",
            )?
            .execute(params![channel, error])?,
        Settlement::Retry { error, .. } | Settlement::Failed { error } | Settlement::ChannelClosed { error } => {
            let closed = matches!(settlement, Settlement::ChannelClosed { .. });
            connection
                .prepare_cached(
                    "UPDATE channel SET failing_since = coalesce(failing_since, :now), failures = failures + 1,
                       last_error = :error, closed = iif(:closed, :error, closed),
                       closed_at = iif(:closed, :now, closed_at)
                     WHERE id = :id",
                )?
                .execute(named_params! { ":id": channel, ":now": ms(now), ":error": error, ":closed": closed })?
        }
    };
    Ok(())
}

/// The events that wait for a channel's digest.
pub(super) fn digest_items(connection: &Connection, channel: &ChannelId) -> Answer<Vec<Event>> {
    let mut statement = connection.prepare_cached(
        "SELECT e.* FROM digest_item i JOIN event e ON e.id = i.event WHERE i.channel = ?1 ORDER BY i.event",
    )?;
    let mut rows = statement.query([channel.as_str()])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push(read_event(row)?);
    }
    Ok(events)
}

fn make_digest(connection: &Connection, channel: &ChannelId, now: Timestamp) -> Answer<Option<Delivery>> {
    connection
        .prepare_cached(
            "INSERT INTO channel (id, last_digest) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET last_digest = ?2",
        )?
        .execute(params![channel.as_str(), ms(now)])?;
    let events: Vec<i64> = connection
        .prepare_cached("SELECT event FROM digest_item WHERE channel = ?1 ORDER BY event")?
        .query_map([channel.as_str()], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if events.is_empty() {
        return Ok(None);
    }
    insert_delivery(connection, (channel, ChannelKind::Email), None, &events, now)?;
    let seq: i64 = connection.query_row("SELECT max(seq) FROM delivery", [], |row| row.get(0))?;
    connection.prepare_cached("DELETE FROM digest_item WHERE channel = ?1")?.execute([channel.as_str()])?;
    read_delivery(connection, seq).map(Some)
}

/// How a channel fares.
pub(super) fn channel_state(connection: &Connection, channel: &ChannelId) -> Answer<ChannelState> {
    let state = connection
        .prepare_cached("SELECT * FROM channel WHERE id = ?1")?
        .query_row([channel.as_str()], |row| {
            let time = |column: &str| row.get::<_, Option<i64>>(column).map(|ms| ms.map(at));
            Ok(ChannelState {
                closed: row.get("closed")?,
                held_until: time("held_until")?,
                last_digest: time("last_digest")?,
                last_success: time("last_success")?,
                failing_since: time("failing_since")?,
                failures: row.get("failures")?,
                last_error: row.get("last_error")?,
            })
        })
        .optional()?;
    Ok(state.unwrap_or_default())
}
