//! Events and deliveries as rows: written with the plan that makes them, read back whole.

use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use super::error::{Answer, StoreError};
use super::value::{at, from_json, ms, parsed, to_json};
use crate::engine::route::{Send, Soon};
use crate::model::channel::ChannelKind;
use crate::model::event::{Delivery, DeliveryState, Event, EventKind};
use crate::model::ids::{ArticleId, ChannelId, DeliveryId, StoryId};
use crate::model::time::Timestamp;

/// Stores an event.
pub(super) fn insert_event(connection: &Connection, event: &Event) -> Answer<i64> {
    connection
        .prepare_cached(
            "INSERT INTO event (kind, at, topics, article, story, significance, data)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            event.kind.as_str(),
            ms(event.timestamp),
            to_json("an event's topics", &event.topics)?,
            event.article.map(|article| article.0),
            event.story.map(|story| story.0),
            event.significance,
            to_json("an event's data", &event.data)?,
        ])?;
    Ok(connection.last_insert_rowid())
}

/// Puts a stored event on its way; gives how many deliveries that made.
pub(super) fn send(connection: &Connection, id: i64, event: &Event, sends: &[Send], now: Timestamp) -> Answer<usize> {
    let mut made = 0;
    for send in sends {
        match send.soon {
            Soon::Now => {
                insert_delivery(connection, (&send.channel, send.kind), event.article, &[id], now)?;
                made += 1;
            }
            Soon::Digest => {
                connection
                    .prepare_cached("INSERT OR IGNORE INTO digest_item (channel, event, added) VALUES (?1, ?2, ?3)")?
                    .execute(params![send.channel.as_str(), id, ms(now)])?;
            }
        }
    }
    Ok(made)
}

/// Enqueues stored events as one delivery.
pub(super) fn insert_delivery(
    connection: &Connection,
    (channel, kind): (&ChannelId, ChannelKind),
    article: Option<ArticleId>,
    events: &[i64],
    now: Timestamp,
) -> Answer<DeliveryId> {
    let id = DeliveryId(mint(now));
    connection
        .prepare_cached(
            "INSERT INTO delivery (id, channel, kind, article, due, created) VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
        )?
        .execute(params![id.0, channel.as_str(), kind.as_str(), article.map(|article| article.0), ms(now)])?;
    let seq = connection.last_insert_rowid();
    for (position, event) in events.iter().enumerate() {
        connection
            .prepare_cached("INSERT INTO delivery_event (delivery, position, event) VALUES (?1, ?2, ?3)")?
            .execute(params![seq, i64::try_from(position).unwrap_or(i64::MAX), event])?;
    }
    Ok(id)
}

/// A `webhook-id`: a UUID of version 7, sortable by `now`.
fn mint(now: Timestamp) -> String {
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    let nanos = u32::try_from(now.subsec_nanosecond()).unwrap_or(0);
    Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanos)).to_string()
}

/// Reads one delivery with its events.
pub(super) fn read_delivery(connection: &Connection, seq: i64) -> Answer<Delivery> {
    let events = events_of(connection, seq)?;
    let mut statement = connection.prepare_cached("SELECT * FROM delivery WHERE seq = ?1")?;
    let mut rows = statement.query([seq])?;
    let Some(row) = rows.next()? else {
        return Err(StoreError::NotFound { what: "delivery", name: seq.to_string() }.into());
    };
    Ok(Delivery {
        id: DeliveryId(row.get("id")?),
        channel: parsed("a channel's id", ChannelId::new(row.get::<_, String>("channel")?))?,
        kind: from_json("a channel's kind", &format!("\"{}\"", row.get::<_, String>("kind")?))?,
        article: row.get::<_, Option<i64>>("article")?.map(ArticleId),
        events,
        state: delivery_state(row)?,
        attempts: row.get("attempts")?,
        last_error: row.get("last_error")?,
        created: at(row.get("created")?),
        wanted_since: at(row.get::<_, Option<i64>>("asked")?.unwrap_or(row.get("created")?)),
    })
}

fn delivery_state(row: &Row<'_>) -> Answer<DeliveryState> {
    let settled = at(row.get::<_, Option<i64>>("settled")?.unwrap_or_default());
    Ok(match row.get_ref("state")?.as_str().unwrap_or_default() {
        "delivered" => DeliveryState::Delivered { at: settled },
        "failed" => DeliveryState::Failed { at: settled },
        _ => match row.get::<_, Option<i64>>("lease_until")? {
            Some(until) => DeliveryState::Leased { until: at(until) },
            None => DeliveryState::Pending { due: at(row.get("due")?) },
        },
    })
}

fn events_of(connection: &Connection, seq: i64) -> Answer<Vec<Event>> {
    let mut statement = connection.prepare_cached(
        "SELECT e.* FROM delivery_event de JOIN event e ON e.id = de.event WHERE de.delivery = ?1 ORDER BY de.position",
    )?;
    let mut rows = statement.query([seq])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push(read_event(row)?);
    }
    Ok(events)
}

/// Reads an event from its row.
pub(super) fn read_event(row: &Row<'_>) -> Answer<Event> {
    let kind: EventKind = from_json("an event's kind", &format!("\"{}\"", row.get::<_, String>("kind")?))?;
    Ok(Event {
        kind,
        timestamp: at(row.get("at")?),
        topics: from_json("an event's topics", row.get_ref("topics")?.as_str().unwrap_or_default())?,
        article: row.get::<_, Option<i64>>("article")?.map(ArticleId),
        story: row.get::<_, Option<i64>>("story")?.map(StoryId),
        significance: row.get("significance")?,
        data: from_json("an event's data", row.get_ref("data")?.as_str().unwrap_or_default())?,
    })
}
