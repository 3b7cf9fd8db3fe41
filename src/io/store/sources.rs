//! Sources: how they fare and when they are polled.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::Store;
use super::error::{Answer, StoreError};
use super::events;
use super::value::{at, cut, ms, parsed};
use super::websub;
use crate::config::{ContentFrom, SourceConfig};
use crate::engine::route::{self, Topics};
use crate::engine::schedule::{PollNext, Rhythm};
use crate::engine::websub::Named;
use crate::model::event::Event;
use crate::model::fetch::Validators;
use crate::model::ids::SourceId;
use crate::model::source::{SourceHealth, SourceKind, WaitReason};
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
    /// How its entries have appeared.
    pub rhythm: Rhythm,
    /// What decided on the next poll.
    pub reason: Option<WaitReason>,
    /// Until when the publisher asked to be left alone.
    pub held_until: Option<Timestamp>,
    /// The hub that its feed names.
    pub named: Option<Named>,
    /// Until when that has promised to push what is new.
    pub pushed_until: Option<Timestamp>,
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
    /// How its entries have appeared, these among them.
    pub rhythm: Rhythm,
    /// What a full answer of a feed names as its hub.
    pub named: Option<Named>,
    /// Whether it found what the source's hub had not pushed.
    pub missed: bool,
}

impl Store {
    /// Brings the sources' rows in line with the config: new ones are added, others keep their state, those that left
    /// the config are no longer polled. A source whose address changed starts with fresh validators and health.
    pub async fn sync_sources(&self, sources: &[Arc<SourceConfig>], now: Timestamp) -> Result<(), StoreError> {
        let rows: Vec<_> = sources
            .iter()
            .map(|source| {
                let content = match source.content {
                    ContentFrom::Page => "page",
                    ContentFrom::Feed => "feed",
                };
                let kind = match source.kind {
                    SourceKind::Feed => "feed",
                    SourceKind::Sitemap => "sitemap",
                    SourceKind::Page => "page",
                };
                (source.id.clone(), source.name.clone(), source.url.as_str().to_owned(), kind, content)
            })
            .collect();
        tracing::debug!(sources = rows.len(), at = %now, "bringing the sources in line with the config");
        self.writer
            .call(move |connection| {
                connection.execute("UPDATE source SET enabled = 0", [])?;
                for (id, name, url, kind, content) in rows {
                    sync_source(connection, &id, [&name, &url, kind, content])?;
                }
                Ok(())
            })
            .await
    }

    /// The state of every source of the config.
    pub async fn source_states(&self) -> Result<Vec<SourceState>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT source.*, (SELECT max(live_until) FROM websub WHERE websub.source = source.id AND wanted = 1)
                   AS pushed_until FROM source WHERE enabled = 1 ORDER BY id",
            )?;
            let mut rows = statement.query([])?;
            let mut states = Vec::new();
            while let Some(row) = rows.next()? {
                states.push(state(row)?);
            }
            Ok(states)
        })
        .await
    }

    /// Records a poll, and the event that it makes.
    pub async fn record_poll(&self, poll: PollRecord, topics: Arc<Topics>, now: Timestamp) -> Result<(), StoreError> {
        let now = cut(now);
        self.writer.call(move |connection| record_poll(connection, &poll, &topics, now)).await
    }
}

fn sync_source(connection: &Connection, id: &SourceId, [name, url, kind, content]: [&str; 4]) -> Answer<()> {
    connection
        .prepare_cached(
            "INSERT INTO source (id, name, url, kind, content) VALUES (:id, :name, :url, :kind, :content)
             ON CONFLICT (id) DO UPDATE SET name = :name, kind = :kind, content = :content, enabled = 1,
               etag = iif(url = :url, etag, NULL), last_modified = iif(url = :url, last_modified, NULL),
               next_poll = iif(url = :url, next_poll, NULL), health = iif(url = :url, health, 'ok'),
               failing_since = iif(url = :url, failing_since, NULL), streak = iif(url = :url, streak, 0),
               moved_to = iif(url = :url, moved_to, NULL), interval_ms = iif(url = :url, interval_ms, NULL),
               wait_reason = iif(url = :url, wait_reason, NULL), held_until = iif(url = :url, held_until, NULL),
               hub = iif(url = :url, hub, NULL), topic = iif(url = :url, topic, NULL),
               rhythm_entries = iif(url = :url, rhythm_entries, 0), rhythm_span_s = iif(url = :url, rhythm_span_s, 0),
               last_new = iif(url = :url, last_new, NULL), url = :url",
        )?
        .execute(named_params! {
            ":id": id.as_str(), ":name": name, ":url": url, ":kind": kind, ":content": content,
        })?;
    Ok(())
}

fn state(row: &Row<'_>) -> Answer<SourceState> {
    let time = |column: &str| row.get::<_, Option<i64>>(column).map(|ms| ms.map(at));
    let url = |column: &str| row.get::<_, Option<String>>(column).map(|text| WebUrl::parse(&text?).ok());
    let last = row.get::<_, Option<String>>("last_error")?.unwrap_or_default();
    let health = match row.get_ref("health")?.as_str().unwrap_or_default() {
        "failing" => SourceHealth::Failing {
            since: time("failing_since")?.unwrap_or(Timestamp::UNIX_EPOCH),
            streak: row.get("streak")?,
            last,
        },
        "parked" => SourceHealth::Parked { reason: last },
        _ => SourceHealth::Healthy,
    };
    Ok(SourceState {
        id: parsed("a source's id", SourceId::new(row.get::<_, String>("id")?))?,
        validators: Validators { etag: row.get("etag")?, last_modified: row.get("last_modified")? },
        ttl_s: row.get::<_, Option<i64>>("ttl_s")?.and_then(|ttl| u64::try_from(ttl).ok()),
        health,
        first_poll: time("first_poll")?,
        last_poll: time("last_poll")?,
        last_success: time("last_success")?,
        next_poll: time("next_poll")?,
        moved_to: url("moved_to")?,
        rhythm: Rhythm {
            entries: row.get("rhythm_entries")?,
            span_s: row.get("rhythm_span_s")?,
            last_new: time("last_new")?,
        },
        reason: row.get_ref("wait_reason")?.as_str_or_null().ok().flatten().and_then(WaitReason::parse),
        held_until: time("held_until")?,
        named: match (url("hub")?, url("topic")?) {
            (Some(hub), Some(topic)) => Some(Named { hub, topic }),
            _ => None,
        },
        pushed_until: time("pushed_until")?,
    })
}

fn record_poll(connection: &Connection, poll: &PollRecord, topics: &Topics, now: Timestamp) -> Answer<()> {
    let worked = poll.next.health == SourceHealth::Healthy;
    let (since, streak, error) = match &poll.next.health {
        SourceHealth::Healthy => (None, 0, None),
        SourceHealth::Failing { since, streak, last } => (Some(ms(*since)), *streak, Some(last.as_str())),
        SourceHealth::Parked { reason } => (None, 0, Some(reason.as_str())),
    };
    let before = connection
        .prepare_cached("SELECT name, url, failing_since, last_error FROM source WHERE id = ?1")?
        .query_row([poll.source.as_str()], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, Option<i64>>(2)?, row.get(3)?))
        })
        .optional()?;
    let Some((name, url, since_before, error_before)): Option<(_, _, _, Option<String>)> = before else {
        return Err(StoreError::NotFound { what: "source", name: poll.source.to_string() }.into());
    };
    connection
        .prepare_cached(
            "UPDATE source SET last_poll = :now, next_poll = :next, health = :health, failing_since = :since,
               streak = :streak, last_error = coalesce(:error, last_error),
               last_success = iif(:worked, :now, last_success),
               first_poll = iif(:worked, coalesce(first_poll, :now), first_poll),
               etag = iif(:fresh, :etag, etag), last_modified = iif(:fresh, :modified, last_modified),
               ttl_s = iif(:full, :ttl, ttl_s), entries = coalesce(:entries, entries),
               moved_to = iif(:worked, coalesce(:moved, moved_to), moved_to),
               interval_ms = :interval, wait_reason = :reason, held_until = :held,
               rhythm_entries = :seen, rhythm_span_s = :span, last_new = :new,
               hub = iif(:full, :hub, hub), topic = iif(:full, :topic, topic)
             WHERE id = :id",
        )?
        .execute(named_params! {
            ":id": poll.source.as_str(), ":now": ms(now), ":next": poll.next.next_poll.map(ms),
            ":health": poll.next.health.status(), ":since": since, ":streak": streak, ":error": error,
            ":worked": worked, ":fresh": poll.validators.is_some(),
            ":etag": poll.validators.as_ref().and_then(|validators| validators.etag.as_deref()),
            ":modified": poll.validators.as_ref().and_then(|validators| validators.last_modified.as_deref()),
            ":full": poll.entries.is_some(), ":ttl": poll.ttl_s.and_then(|ttl| i64::try_from(ttl).ok()),
            ":entries": poll.entries.and_then(|entries| i64::try_from(entries).ok()),
            ":moved": poll.moved_to.as_ref().map(WebUrl::as_str),
            ":interval": poll.next.interval.and_then(|wait| i64::try_from(wait.as_millis()).ok()),
            ":reason": poll.next.reason.as_str(), ":held": poll.next.held_until.map(ms),
            ":seen": poll.rhythm.entries, ":span": poll.rhythm.span_s, ":new": poll.rhythm.last_new.map(ms),
            ":hub": poll.named.as_ref().map(|named| named.hub.as_str()),
            ":topic": poll.named.as_ref().map(|named| named.topic.as_str()),
        })?;
    if poll.missed {
        websub::missed(connection, &poll.source, now)?;
    }
    let Some(kind) = poll.next.event else { return Ok(()) };
    let event = Event {
        kind,
        timestamp: now,
        topics: Vec::new(),
        article: None,
        story: None,
        significance: 1.0,
        data: serde_json::json!({"source": {
            "id": poll.source, "name": name, "url": url,
            "error": error.map(str::to_owned).or(error_before),
            "since": since.or(since_before).map(|since| at(since).to_string()), "streak": streak,
        }}),
    };
    let id = events::insert_event(connection, &event)?;
    events::send(connection, id, &event, &route::source_sends(kind, topics), now)?;
    Ok(())
}
