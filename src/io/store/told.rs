//! Queries on events and deliveries, and everything on one article for `explain`.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::archive::{self, collect};
use super::error::{Answer, StoreError};
use super::events::{read_delivery, read_event};
use super::given_up::REFUSED_BY_SOME;
use super::reader::{DeliveryFilter, Explained};
use super::records;
use super::value::{at, from_json};
use crate::engine::feed_out::Installation;
use crate::model::event::{Delivery, DeliveryState, Event, EventKind};
use crate::model::ids::{ArticleId, ChannelId, DeliveryId, RevisionNumber, TopicId};
use crate::model::record::{DeliveryRecord, RecipientRecord};

fn record(delivery: Delivery, recipients: Vec<RecipientRecord>) -> DeliveryRecord {
    let (delivered_at, due) = match delivery.state {
        DeliveryState::Delivered { at } => (Some(at), None),
        DeliveryState::Pending { due } => (None, Some(due)),
        DeliveryState::Leased { until } => (None, Some(until)),
        DeliveryState::Failed { .. } => (None, None),
    };
    DeliveryRecord {
        status: delivery.state.status().to_owned(),
        id: delivery.id,
        channel: delivery.channel,
        channel_kind: delivery.kind.as_str().to_owned(),
        events: delivery.events,
        attempts: delivery.attempts,
        last_error: delivery.last_error,
        recipients,
        delivered_at,
        created: delivery.created,
        due,
    }
}

/// A delivery by its row number.
pub(super) fn delivery_record(connection: &Connection, seq: i64) -> Answer<DeliveryRecord> {
    let recipients = collect(
        connection,
        "SELECT recipient, refused FROM delivery_recipient WHERE delivery = ?1 ORDER BY recipient",
        [seq],
        |row| Ok(RecipientRecord { address: row.get(0)?, refused: row.get(1)? }),
    )?;
    Ok(record(read_delivery(connection, seq)?, recipients))
}

/// The revisions of an article that were told as such.
pub(super) fn told_revisions(connection: &Connection, id: ArticleId) -> Answer<Vec<RevisionNumber>> {
    let sql = "SELECT DISTINCT revision FROM told WHERE article = ?1 AND kind = ?2 ORDER BY revision";
    collect(connection, sql, params![id.0, EventKind::Revised.as_str()], |row| Ok(RevisionNumber(row.get(0)?)))
}

pub(super) fn deliveries(connection: &Connection, filter: &DeliveryFilter) -> Answer<Vec<DeliveryRecord>> {
    let limit = filter.limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
    let text = |text: Option<&str>| text.map_or(Value::Null, |text| text.to_owned().into());
    let seqs = collect(
        connection,
        &format!(
            "SELECT seq FROM delivery d WHERE (?1 IS NULL OR state = ?1 OR (?1 = 'failed' AND {REFUSED_BY_SOME}))
               AND (?2 IS NULL OR channel = ?2) ORDER BY seq DESC LIMIT ?3"
        ),
        params![text(filter.status.as_deref()), text(filter.channel.as_ref().map(ChannelId::as_str)), limit],
        |row| Ok(row.get::<_, i64>(0)?),
    )?;
    seqs.into_iter().map(|seq| delivery_record(connection, seq)).collect()
}

pub(super) fn delivery(connection: &Connection, id: &DeliveryId) -> Answer<DeliveryRecord> {
    let seq: Option<i64> = connection
        .prepare_cached("SELECT seq FROM delivery WHERE id = ?1")?
        .query_row([&id.0], |row| row.get(0))
        .optional()?;
    match seq {
        Some(seq) => delivery_record(connection, seq),
        None => Err(StoreError::NotFound { what: "delivery", name: id.0.clone() }.into()),
    }
}

pub(super) fn events(connection: &Connection, topic: Option<&TopicId>, limit: usize) -> Answer<Vec<Event>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    match topic {
        None => collect(connection, "SELECT * FROM event ORDER BY id DESC LIMIT ?1", [limit], read_event),
        Some(topic) => collect(
            connection,
            "SELECT * FROM event WHERE EXISTS (SELECT 1 FROM json_each(topics) WHERE value = ?1)
             ORDER BY id DESC LIMIT ?2",
            params![topic.as_str(), limit],
            read_event,
        ),
    }
}

pub(super) fn installation(connection: &Connection) -> Answer<Installation> {
    let read = |row: &Row<'_>| Ok(Installation { id: row.get("id")?, plain_until: at(row.get("plain_until")?) });
    Ok(connection.prepare_cached("SELECT * FROM installation")?.query_row([], read)?)
}

pub(super) fn explain(connection: &Connection, id: ArticleId) -> Answer<Explained> {
    let article = archive::article(connection, id)?;
    let notes = |row: &Row<'_>| {
        let notes: Vec<String> = from_json("notes", row.get_ref("notes")?.as_str().unwrap_or_default())?;
        Ok((records::revision(connection, row)?, notes))
    };
    let revisions =
        collect(connection, &format!("{} WHERE r.article = ?1 ORDER BY r.number", archive::REVISION), [id.0], notes)?;
    let events = collect(connection, "SELECT * FROM event WHERE article = ?1 ORDER BY id", [id.0], |row| {
        let seqs = collect(
            connection,
            "SELECT delivery FROM delivery_event WHERE event = ?1 ORDER BY delivery",
            [row.get::<_, i64>("id")?],
            |row| Ok(row.get::<_, i64>(0)?),
        )?;
        let deliveries = seqs.into_iter().map(|seq| delivery_record(connection, seq)).collect::<Answer<_>>()?;
        Ok((read_event(row)?, deliveries))
    })?;
    Ok(Explained {
        aliases: collect(connection, "SELECT url FROM alias WHERE article = ?1 ORDER BY since, url", [id.0], |row| {
            Ok(row.get(0)?)
        })?,
        revisions,
        suppressed: archive::suppressed(connection, id)?,
        observations: archive::observations(connection, id)?,
        story: archive::members(connection, article.story)?,
        origin_reason: archive::story(connection, article.story)?.1,
        matches: archive::matches(connection, id)?,
        events,
        article,
    })
}
