//! Sources and their entries: how they fare, what they list, which of it is new.
//!
//! Invariants: an entry stays unknown until a capture of it was recorded; what a source lists at its first successful
//! poll is its backlog.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use xxhash_rust::xxh3::xxh3_64;

use super::Store;
use super::error::{Answer, StoreError};
use super::events;
use super::value::{at, cut, ms, parsed, signed};
use super::websub;
use crate::config::{ContentFrom, SourceConfig};
use crate::engine::route::{self, Topics};
use crate::engine::schedule::{PollNext, Rhythm};
use crate::engine::websub::Named;
use crate::model::entry::Entry;
use crate::model::event::Event;
use crate::model::fetch::Validators;
use crate::model::ids::SourceId;
use crate::model::source::{SourceHealth, SourceKind, WaitReason};
use crate::model::time::{SignedDuration, Timestamp};
use crate::model::url::WebUrl;

/// The waits after failed captures of an entry, in seconds: the next poll at once, then ever longer.
const ENTRY_WAITS_S: [i64; 7] = [0, 60, 300, 900, 3600, 6 * 3600, 86_400];

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

/// Of a listing what is to be captured.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Unknown {
    /// Never captured, or changed, or to be tried again.
    pub entries: Vec<Entry>,
    /// How many of the listing were never seen before; none of a source's first listing, which is its backlog.
    pub new: usize,
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
                (source.id.clone(), source.name.clone(), source.url.to_string(), kind, content)
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

    /// Of a source's entries those whose page is to be captured: never captured, or changed under the same id. An
    /// entry whose capture failed is given again when its wait is over.
    pub async fn unknown_entries(
        &self,
        source: &SourceId,
        entries: Vec<Entry>,
        now: Timestamp,
    ) -> Result<Unknown, StoreError> {
        let source = source.clone();
        self.writer.call(move |connection| unknown_entries(connection, &source, entries, cut(now))).await
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

fn unknown_entries(connection: &Connection, source: &SourceId, entries: Vec<Entry>, now: Timestamp) -> Answer<Unknown> {
    let known: Option<(Option<i64>, String)> = connection
        .prepare_cached("SELECT first_poll, content FROM source WHERE id = ?1")?
        .query_row([source.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((first_poll, content)) = known else {
        return Err(StoreError::NotFound { what: "source", name: source.to_string() }.into());
    };
    if first_poll.is_none() {
        connection.execute("UPDATE source SET first_poll = ?2 WHERE id = ?1", params![source.as_str(), ms(now)])?;
    }
    let mut unknown = Unknown::default();
    for entry in entries {
        let hash = entry_hash(&entry, &content);
        let noted = note_entry(connection, source, &entry, hash, (now, first_poll.is_none()))?;
        unknown.new += usize::from(noted.new && first_poll.is_some());
        if noted.wanted {
            unknown.entries.push(entry);
        }
    }
    Ok(unknown)
}

/// What is known of a listed entry.
struct Noted {
    /// It was never listed before.
    new: bool,
    /// Its page is to be captured now.
    wanted: bool,
}

/// Notes what a source lists.
fn note_entry(
    connection: &Connection,
    source: &SourceId,
    entry: &Entry,
    hash: i64,
    (now, backlog): (Timestamp, bool),
) -> Answer<Noted> {
    let known: Option<(i64, bool, Option<i64>)> = connection
        .prepare_cached("SELECT hash, dirty, next_try FROM entry WHERE source = ?1 AND id = ?2")?
        .query_row(params![source.as_str(), entry.id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    if let Some((before, dirty, next_try)) = known {
        if before != hash {
            connection
                .prepare_cached(
                    "UPDATE entry SET hash = ?3, dirty = 1, url = ?4, attempts = 0, next_try = NULL
                     WHERE source = ?1 AND id = ?2",
                )?
                .execute(params![source.as_str(), entry.id, hash, entry.url.as_ref().map(WebUrl::as_str)])?;
            return Ok(Noted { new: false, wanted: true });
        }
        return Ok(Noted { new: false, wanted: dirty && next_try.is_none_or(|due| due <= ms(now)) });
    }
    // Another source, or an import, may have brought the same page already.
    let article: Option<i64> = match &entry.url {
        Some(url) => connection
            .prepare_cached("SELECT article FROM alias WHERE url = ?1")?
            .query_row([url.as_str()], |row| row.get(0))
            .optional()?,
        None => None,
    };
    connection
        .prepare_cached(
            "INSERT INTO entry (source, id, url, hash, article, dirty, first_seen, backlog)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            source.as_str(),
            entry.id,
            entry.url.as_ref().map(WebUrl::as_str),
            hash,
            article,
            article.is_none(),
            ms(now),
            backlog
        ])?;
    Ok(Noted { new: true, wanted: article.is_none() })
}

/// What makes an entry worth another capture. Its summary does not: many feeds put counters and rotating teasers there.
fn entry_hash(entry: &Entry, content: &str) -> i64 {
    let mut text = String::new();
    let mut push = |part: Option<&str>| {
        text.push_str(part.unwrap_or_default());
        text.push('\0');
    };
    push(entry.url.as_ref().map(WebUrl::as_str));
    push(entry.title.as_deref());
    push(entry.updated.map(|updated| updated.to_string()).as_deref());
    if content == "feed" {
        push(entry.content.as_deref());
        push(entry.summary.as_deref());
    }
    signed(xxh3_64(text.as_bytes()))
}

/// Notes that the capture of an entry failed, and when it is tried again.
pub(super) fn entry_failed(
    connection: &Connection,
    (source, id): (&SourceId, &str),
    error: &str,
    wait: Option<SignedDuration>,
    now: Timestamp,
) -> Answer<()> {
    let attempts: Option<i64> = connection
        .prepare_cached("SELECT attempts FROM entry WHERE source = ?1 AND id = ?2")?
        .query_row(params![source.as_str(), id], |row| row.get(0))
        .optional()?;
    let made = usize::try_from(attempts.unwrap_or(0)).unwrap_or(0);
    let step = ENTRY_WAITS_S.get(made).or(ENTRY_WAITS_S.last()).copied().unwrap_or(0);
    let wait = SignedDuration::from_secs(step).max(wait.unwrap_or(SignedDuration::ZERO));
    let due = now.checked_add(wait).unwrap_or(Timestamp::MAX);
    connection
        .prepare_cached(
            "UPDATE entry SET attempts = attempts + 1, next_try = ?3, last_error = ?4 WHERE source = ?1 AND id = ?2",
        )?
        .execute(params![source.as_str(), id, ms(due), error])?;
    Ok(())
}
