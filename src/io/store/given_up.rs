//! What was given up: told of once by another channel, and sent again when a person asks.
//!
//! Invariants: a delivery that tells of channels is never told of itself, so that two channels that fail do not tell of each
//! other for ever; a channel's failures are told at most once an hour, with those since then counted.

use rusqlite::{Connection, OptionalExtension, named_params, params};
use serde_json::{Value as Json, json};

use super::Store;
use super::error::{Answer, StoreError};
use super::events::{insert_event, send};
use super::outbox::{OPEN, channel_state};
use super::told::delivery_record;
use super::value::{at, cut, ms, parsed};
use crate::engine::route::Send;
use crate::model::event::{Event, EventKind};
use crate::model::ids::{ChannelId, DeliveryId};
use crate::model::record::DeliveryRecord;
use crate::model::time::{SignedDuration, Timestamp};

/// A channel's failures are told of no more often than this.
const TELL_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// So many of the deliveries are named; the others are counted.
const NAMED_MAX: usize = 20;

/// Which deliveries are sent again.
#[derive(Debug, Clone, Default)]
pub struct Replay {
    /// Enqueued at or after this.
    pub since: Option<Timestamp>,
    /// Enqueued before this.
    pub until: Option<Timestamp>,
    /// To this channel only.
    pub channel: Option<ChannelId>,
    /// Only those that were given up, not those that were accepted.
    pub failed: bool,
}

impl Store {
    /// Tells of what was given up through `sends`; says when there is more to tell.
    pub async fn tell_given_up(&self, sends: Vec<Send>, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        if sends.is_empty() || !self.read(anything_untold).await? {
            return Ok(None);
        }
        self.writer.call(move |connection| tell(connection, &sends, cut(now))).await
    }

    /// Makes a failed (or waiting) delivery due at once, and opens its channel again; of a mail that some refused, it is
    /// these alone who are asked again.
    pub async fn retry_delivery(&self, id: &DeliveryId, now: Timestamp) -> Result<(), StoreError> {
        let id = id.clone();
        self.writer
            .call(move |connection| {
                if state(connection, &id)? == "delivered" && !has_refusals(connection, &id)? {
                    let advice = "`wirewatch deliveries replay` sends it once more";
                    return Err(StoreError::Refused(format!("delivery {id} was delivered already: {advice}")).into());
                }
                ask_again(connection, &id, cut(now))
            })
            .await
    }

    /// Sends a delivery once more, whatever became of it, under its own id.
    pub async fn replay_delivery(&self, id: &DeliveryId, now: Timestamp) -> Result<(), StoreError> {
        let id = id.clone();
        self.writer
            .call(move |connection| {
                if state(connection, &id)? == "delivered" {
                    // Everybody gets it again.
                    connection.execute(
                        "DELETE FROM delivery_recipient WHERE delivery = (SELECT seq FROM delivery WHERE id = ?1)",
                        [&id.0],
                    )?;
                }
                ask_again(connection, &id, cut(now))
            })
            .await
    }
}

/// The settled deliveries that a replay is about, the oldest first.
pub(super) fn replayed(connection: &Connection, replay: &Replay) -> Answer<Vec<DeliveryId>> {
    Ok(connection
        .prepare_cached(
            "SELECT id FROM delivery WHERE state IN ('failed', iif(:failed, 'failed', 'delivered'))
               AND (:since IS NULL OR created >= :since) AND (:until IS NULL OR created < :until)
               AND (:channel IS NULL OR channel = :channel) ORDER BY seq",
        )?
        .query_map(
            named_params! {
                ":failed": replay.failed, ":since": replay.since.map(ms), ":until": replay.until.map(ms),
                ":channel": replay.channel.as_ref().map(ChannelId::as_str),
            },
            |row| row.get(0).map(DeliveryId),
        )?
        .collect::<Result<_, _>>()?)
}

fn state(connection: &Connection, id: &DeliveryId) -> Answer<String> {
    let state = connection
        .prepare_cached("SELECT state FROM delivery WHERE id = ?1")?
        .query_row([&id.0], |row| row.get(0))
        .optional()?;
    state.ok_or_else(|| StoreError::NotFound { what: "delivery", name: id.0.clone() }.into())
}

fn has_refusals(connection: &Connection, id: &DeliveryId) -> Answer<bool> {
    Ok(connection
        .prepare_cached(&format!("SELECT 1 FROM delivery d WHERE id = ?1 AND {REFUSED_BY_SOME}"))?
        .exists([&id.0])?)
}

fn ask_again(connection: &Connection, id: &DeliveryId, now: Timestamp) -> Answer<()> {
    let channel: String = connection.query_row(
        "UPDATE delivery SET state = 'pending', due = ?2, asked = ?2, attempts = 0, lease_until = NULL, settled = NULL,
           told = NULL WHERE id = ?1 RETURNING channel",
        params![id.0, ms(now)],
        |row| row.get(0),
    )?;
    connection.execute(OPEN, [channel])?;
    // Who asks has mended something: those who were refused are tried again.
    connection.execute(
        "DELETE FROM delivery_recipient
         WHERE refused IS NOT NULL AND delivery = (SELECT seq FROM delivery WHERE id = ?1)",
        [&id.0],
    )?;
    Ok(())
}

/// A mail that some recipient refused for good, whatever became of the others.
pub(super) const REFUSED_BY_SOME: &str =
    "d.seq IN (SELECT r.delivery FROM delivery_recipient r WHERE r.refused IS NOT NULL)";

/// A delivery that was given up or refused by some, was not told of, and does not tell of channels itself. In two halves,
/// each with its index: a tick looks at neither all deliveries nor all recipients.
const UNTOLD: &str = "FROM delivery d WHERE d.seq IN (
      SELECT seq FROM delivery WHERE state = 'failed' AND told IS NULL
      UNION SELECT p.seq FROM delivery_recipient r JOIN delivery p ON p.seq = r.delivery
        WHERE r.refused IS NOT NULL AND p.state = 'delivered' AND p.told IS NULL)
    AND NOT EXISTS (SELECT 1 FROM delivery_event de JOIN event e ON e.id = de.event
                    WHERE de.delivery = d.seq AND e.kind IN ('delivery.failed', 'channel.failing', 'channel.recovered'))";

fn anything_untold(connection: &Connection) -> Answer<bool> {
    Ok(connection.prepare_cached(&format!("SELECT 1 {UNTOLD} LIMIT 1"))?.exists([])?)
}

fn tell(connection: &Connection, sends: &[Send], now: Timestamp) -> Answer<Option<Timestamp>> {
    let channels: Vec<(String, Option<i64>)> = connection
        .prepare_cached(&format!(
            "SELECT d.channel, (SELECT told_at FROM channel c WHERE c.id = d.channel) {UNTOLD} GROUP BY d.channel"
        ))?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let mut next: Option<Timestamp> = None;
    for (name, told_at) in channels {
        let channel = parsed("a channel's id", ChannelId::new(name))?;
        let others: Vec<Send> = sends.iter().filter(|send| send.channel != channel).cloned().collect();
        if others.is_empty() {
            continue;
        }
        let again = told_at.and_then(|ms| at(ms).checked_add(TELL_EVERY).ok()).filter(|again| *again > now);
        if let Some(again) = again {
            next = Some(next.map_or(again, |next| next.min(again)));
            continue;
        }
        let event = event(connection, &channel, now)?;
        let id = insert_event(connection, &event)?;
        send(connection, id, &event, &others, now)?;
        connection
            .prepare_cached(
                "INSERT INTO channel (id, told_at) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET told_at = ?2",
            )?
            .execute(params![channel.as_str(), ms(now)])?;
    }
    Ok(next)
}

/// One event about all that a channel was not served; marks them as told.
fn event(connection: &Connection, channel: &ChannelId, now: Timestamp) -> Answer<Event> {
    let seqs: Vec<i64> = connection
        .prepare_cached(&format!("SELECT d.seq {UNTOLD} AND d.channel = ?1 ORDER BY d.seq"))?
        .query_map([channel.as_str()], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut named = Vec::new();
    let mut error = None;
    for seq in &seqs {
        connection.prepare_cached("UPDATE delivery SET told = ?2 WHERE seq = ?1")?.execute(params![seq, ms(now)])?;
    }
    for seq in seqs.iter().rev().take(NAMED_MAX) {
        let delivery = delivery_record(connection, *seq)?;
        error = error.or_else(|| delivery.last_error.clone());
        named.push(shown(&delivery));
    }
    let data = json!({
        "channel": channel, "failed": seqs.len(), "error": error, "deliveries": named,
        "closed": channel_state(connection, channel)?.closed.is_some(),
        "advice": "`wirewatch deliveries --failed` lists them, `wirewatch deliveries retry ID` sends one again",
    });
    Ok(Event {
        kind: EventKind::DeliveryFailed,
        timestamp: now,
        topics: Vec::new(),
        article: None,
        story: None,
        significance: 0.0,
        data,
    })
}

fn shown(delivery: &DeliveryRecord) -> Json {
    let title = delivery.events.first().and_then(|event| event.data["article"]["title"].as_str());
    json!({
        "id": delivery.id, "type": delivery.events.first().map(|event| event.kind), "events": delivery.events.len(),
        "title": title, "attempts": delivery.attempts, "error": delivery.last_error, "created": delivery.created,
        "standing": delivery.standing(),
    })
}
