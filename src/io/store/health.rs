//! How the channels fare: listed for people, and told through another channel where one has accepted nothing for long.
//!
//! Invariants: a stretch of failures is told at most once, and its end only where it was told; what tells of a channel is
//! never sent to that channel.

use rusqlite::{Connection, Row, params};
use serde_json::json;

use super::Store;
use super::archive::collect;
use super::error::{Answer, StoreError};
use super::events::{insert_event, send};
use super::value::{at, cut, ms, parsed};
use crate::engine::route::Send;
use crate::model::event::{Event, EventKind};
use crate::model::ids::ChannelId;
use crate::model::record::ChannelRecord;
use crate::model::time::{SignedDuration, Timestamp};

/// A channel that has accepted nothing for so long is told of. Shorter troubles pass by themselves: by then four attempts
/// were made, and the next is hours away.
const FAILING_AFTER: SignedDuration = SignedDuration::from_hours(1);

impl Store {
    /// Tells through `failing` of channels that began to fail for long, and through `recovered` of those that came back.
    pub async fn tell_channel_health(
        &self,
        failing: Vec<Send>,
        recovered: Vec<Send>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let before = cut(now).checked_sub(FAILING_AFTER).unwrap_or(Timestamp::MIN);
        let untold = move |connection: &Connection| {
            let failing = connection.prepare_cached(&format!("SELECT 1 {FAILING}"))?.exists([ms(before)])?;
            Ok(failing || connection.prepare_cached(&format!("SELECT 1 {RECOVERED}"))?.exists([])?)
        };
        if failing.is_empty() || !self.read(untold).await? {
            return Ok(());
        }
        self.writer
            .call(move |connection| {
                tell_failing(connection, &failing, (before, cut(now)))?;
                tell_recovered(connection, &recovered, cut(now))
            })
            .await
    }
}

/// Channels that have long accepted nothing, are still tried, and were not told of. What was given up and what is closed
/// is told by `given_up`.
const FAILING: &str = "FROM channel c WHERE failing_since <= ?1 AND failing_told IS NULL AND closed IS NULL
    AND EXISTS (SELECT 1 FROM delivery d WHERE d.channel = c.id AND d.state = 'pending' AND d.attempts > 0)";

/// Channels that were told of and accept again.
const RECOVERED: &str = "FROM channel c WHERE failing_told IS NOT NULL AND failing_since IS NULL";

fn tell_failing(connection: &Connection, sends: &[Send], (before, now): (Timestamp, Timestamp)) -> Answer<()> {
    let ids: Vec<String> =
        collect(connection, &format!("SELECT id {FAILING} ORDER BY id"), [ms(before)], |row| Ok(row.get(0)?))?;
    for id in ids {
        let channel = record(connection, &id)?;
        let data = json!({
            "channel": channel.id, "since": channel.failing_since, "attempts": channel.failures,
            "error": channel.last_error, "waiting": channel.pending, "next": channel.next_attempt,
            "advice": "it is tried again by itself; `wirewatch deliveries channels` shows how it fares",
        });
        tell(connection, (&channel.id, EventKind::ChannelFailing, data), sends, now)?;
        connection
            .prepare_cached("UPDATE channel SET failing_told = ?2 WHERE id = ?1")?
            .execute(params![id, ms(now)])?;
    }
    Ok(())
}

fn tell_recovered(connection: &Connection, sends: &[Send], now: Timestamp) -> Answer<()> {
    let ids: Vec<String> =
        collect(connection, &format!("SELECT id {RECOVERED} ORDER BY id"), [], |row| Ok(row.get(0)?))?;
    for id in ids {
        let channel = record(connection, &id)?;
        let data = json!({"channel": channel.id, "waiting": channel.pending});
        tell(connection, (&channel.id, EventKind::ChannelRecovered, data), sends, now)?;
        connection.prepare_cached("UPDATE channel SET failing_told = NULL WHERE id = ?1")?.execute([id])?;
    }
    Ok(())
}

fn tell(
    connection: &Connection,
    (channel, kind, data): (&ChannelId, EventKind, serde_json::Value),
    sends: &[Send],
    now: Timestamp,
) -> Answer<()> {
    let others: Vec<Send> = sends.iter().filter(|send| send.channel != *channel).cloned().collect();
    if others.is_empty() {
        return Ok(());
    }
    let event = Event { kind, timestamp: now, topics: Vec::new(), article: None, story: None, significance: 0.0, data };
    let id = insert_event(connection, &event)?;
    send(connection, id, &event, &others, now)?;
    Ok(())
}

/// All channels that anything was ever sent to, by id.
pub(super) fn channels(connection: &Connection) -> Answer<Vec<ChannelRecord>> {
    let ids: Vec<String> = collect(
        connection,
        "SELECT id FROM channel UNION SELECT DISTINCT channel FROM delivery UNION SELECT DISTINCT channel FROM digest_item",
        [],
        |row| Ok(row.get(0)?),
    )?;
    ids.iter().map(|id| record(connection, id)).collect()
}

fn record(connection: &Connection, id: &str) -> Answer<ChannelRecord> {
    let sql = "SELECT c.*,
        (SELECT count(*) FROM delivery WHERE channel = ?1 AND state = 'pending') AS pending,
        (SELECT count(*) FROM delivery WHERE channel = ?1 AND state = 'failed') AS given_up,
        (SELECT count(*) FROM digest_item WHERE channel = ?1) AS for_digest,
        (SELECT min(due) FROM delivery WHERE channel = ?1 AND state = 'pending') AS next_due
        FROM (SELECT 1) LEFT JOIN channel c ON c.id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([id])?;
    let id = parsed("a channel's id", ChannelId::new(id.to_owned()))?;
    match rows.next()? {
        Some(row) => read(row, id),
        None => Ok(ChannelRecord::unused(id)),
    }
}

fn read(row: &Row<'_>, id: ChannelId) -> Answer<ChannelRecord> {
    let time = |column: &str| row.get::<_, Option<i64>>(column).map(|ms| ms.map(at));
    let count = |column: &str| row.get::<_, i64>(column).map(|count| u64::try_from(count).unwrap_or(0));
    let closed: Option<String> = row.get("closed")?;
    let (last_success, failing_since) = (time("last_success")?, time("failing_since")?);
    let next_attempt = if closed.is_some() { None } else { time("next_due")?.max(time("held_until")?) };
    let pending = count("pending")?;
    let given_up = count("given_up")?;
    let status = match (closed.is_some(), failing_since.is_some()) {
        (true, _) => "closed",
        (_, true) => "failing",
        _ if last_success.is_some() || given_up > 0 => "well",
        _ => "unused",
    };
    Ok(ChannelRecord {
        id,
        status: status.to_owned(),
        last_success,
        failing_since,
        failures: row.get::<_, Option<u32>>("failures")?.unwrap_or(0),
        last_error: row.get("last_error")?,
        pending,
        waiting_for_digest: count("for_digest")?,
        given_up,
        next_attempt: next_attempt.filter(|_| pending > 0),
    })
}
