//! What sources list: which of it is new, and which of it is still to be captured.
//!
//! Invariants: an entry stays unknown until a capture of it was recorded; what a source lists at its first successful
//! poll is its backlog.

use rusqlite::{Connection, OptionalExtension, params};
use xxhash_rust::xxh3::xxh3_64;

use super::Store;
use super::error::{Answer, StoreError};
use super::value::{cut, ms, signed};
use crate::model::entry::Entry;
use crate::model::ids::SourceId;
use crate::model::time::{SignedDuration, Timestamp};
use crate::model::url::WebUrl;

/// The waits after failed captures of an entry, in seconds: the next poll at once, then ever longer.
const ENTRY_WAITS_S: [i64; 7] = [0, 60, 300, 900, 3600, 6 * 3600, 86_400];

/// Of a listing what is to be captured.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Unknown {
    /// Never captured, or changed, or to be tried again.
    pub entries: Vec<Entry>,
    /// How many of the listing were never seen before; none of a source's first listing, which is its backlog.
    pub new: usize,
}

impl Store {
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

    /// Whether an entry that [`Store::unknown_entries`] gave is still to be captured: another capture of its page may have
    /// been recorded since, for this source or for one that lists the page too.
    pub async fn still_unknown(&self, source: &SourceId, entry: &Entry) -> Result<bool, StoreError> {
        let (of, id, url) = (source.clone(), entry.id.clone(), entry.url.clone());
        let article = match self.read(move |connection| standing(connection, &of, &id, url.as_ref())).await? {
            Standing::Missing => return Ok(true),
            Standing::Recorded => return Ok(false),
            Standing::PageRecorded(article) => article,
        };
        let (source, id) = (source.clone(), entry.id.clone());
        self.writer.call(move |connection| belongs_to(connection, (&source, &id), article)).await?;
        Ok(false)
    }
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
    let article = article_at(connection, entry.url.as_ref())?;
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

/// The article whose page is at an address.
fn article_at(connection: &Connection, url: Option<&WebUrl>) -> Answer<Option<i64>> {
    let Some(url) = url else { return Ok(None) };
    let mut statement = connection.prepare_cached("SELECT article FROM alias WHERE url = ?1")?;
    Ok(statement.query_row([url.as_str()], |row| row.get(0)).optional()?)
}

/// How it stands with the capture of an entry.
enum Standing {
    Missing,
    Recorded,
    /// Not for this entry: its page, as this article.
    PageRecorded(i64),
}

fn standing(connection: &Connection, source: &SourceId, id: &str, url: Option<&WebUrl>) -> Answer<Standing> {
    let known: Option<(Option<i64>, bool)> = connection
        .prepare_cached("SELECT article, dirty FROM entry WHERE source = ?1 AND id = ?2")?
        .query_row(params![source.as_str(), id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(match known {
        Some((_, false)) => Standing::Recorded,
        // It changed under the same id: its page is looked at again, whoever saw it before.
        Some((Some(_), true)) => Standing::Missing,
        Some((None, true)) | None => article_at(connection, url)?.map_or(Standing::Missing, Standing::PageRecorded),
    })
}

/// Notes that an entry's page was captured as this article.
fn belongs_to(connection: &Connection, (source, id): (&SourceId, &str), article: i64) -> Answer<()> {
    connection
        .prepare_cached("UPDATE entry SET article = ?3, dirty = 0 WHERE source = ?1 AND id = ?2")?
        .execute(params![source.as_str(), id, article])?;
    Ok(())
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
