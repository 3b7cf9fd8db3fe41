//! Bounds what the store takes: raw pages, looks, held back differences and settled deliveries go after their time.
//!
//! Invariants: revisions and their texts are never pruned; nothing is that bears on an article which a topic matched at
//! any time. Each step is a small transaction of its own, so that captures go on between two of them, and a kill leaves
//! a whole store that is pruned further the next day.

use rusqlite::{Connection, params};

use super::Store;
use super::error::{Answer, StoreError};
use super::value::{cut, ms};
use crate::model::time::Timestamp;

/// Rows that one step looks at.
const STEP_ROWS: i64 = 5_000;

/// Free pages given back to the file system at one pruning.
const VACUUM_PAGES: u32 = 4000;

/// Looks that say that nothing happened.
const ROUTINE: &str = "('unchanged', 'not-modified', 'cosmetic', 'failed')";

/// What is older goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Horizon {
    /// Raw pages, settled deliveries and the events that they told.
    pub pages: Timestamp,
    /// Looks that found nothing.
    pub observations: Timestamp,
    /// Differences that a rule held back, not seen since.
    pub suppressed: Timestamp,
}

/// What pruning took away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Raw pages.
    pub pages: usize,
    /// Entries that no source lists any more, without an article.
    pub entries: usize,
    /// Settled deliveries, with events that nothing else tells.
    pub deliveries: usize,
    /// Runs of looks that found nothing.
    pub observations: usize,
    /// Differences that a rule held back.
    pub suppressed: usize,
}

impl Store {
    /// Takes away what is older than the horizon and is no evidence.
    pub async fn prune(&self, horizon: Horizon) -> Result<Pruned, StoreError> {
        let before = ms(cut(horizon.pages));
        let mut pruned = self.writer.call(move |connection| pages(connection, before)).await?;
        let before = ms(cut(horizon.observations));
        let mut from = Some(0);
        while let Some(start) = from {
            let step = self.writer.call(move |connection| observations(connection, start, before)).await?;
            pruned.observations += step.gone;
            from = step.next;
        }
        let before = ms(cut(horizon.suppressed));
        let mut from = Some(0);
        while let Some(start) = from {
            let step = self.writer.call(move |connection| suppressed(connection, start, before)).await?;
            pruned.suppressed += step.gone;
            from = step.next;
        }
        self.writer
            .call_alone(|connection| {
                Ok(connection.execute_batch(&format!("PRAGMA incremental_vacuum({VACUUM_PAGES})"))?)
            })
            .await?;
        Ok(pruned)
    }
}

/// One step of a walk over a table.
struct Step {
    gone: usize,
    /// Where the next one begins, if there is more.
    next: Option<i64>,
}

/// Looks that found nothing, but for an article's last one and those right before a look that found something: they say
/// until when the page was as before.
fn observations(connection: &Connection, from: i64, before: i64) -> Answer<Step> {
    let end = from.saturating_add(STEP_ROWS);
    let gone = connection
        .prepare_cached(&format!(
            "DELETE FROM observation WHERE id IN (
               SELECT o.id FROM observation o
               WHERE o.id > ?1 AND o.id <= ?2 AND o.until < ?3 AND o.outcome IN {ROUTINE}
                 AND NOT EXISTS (SELECT 1 FROM topic_change t WHERE t.article = o.article)
                 AND (SELECT n.outcome FROM observation n WHERE n.article = o.article AND (n.at, n.id) > (o.at, o.id)
                      ORDER BY n.at, n.id LIMIT 1) IN {ROUTINE})"
        ))?
        .execute(params![from, end, before])?;
    let last: i64 =
        connection.prepare_cached("SELECT coalesce(max(id), 0) FROM observation")?.query_row([], |row| row.get(0))?;
    Ok(Step { gone, next: (end < last).then_some(end) })
}

/// Differences held back and not seen since.
fn suppressed(connection: &Connection, from: i64, before: i64) -> Answer<Step> {
    let end = from.saturating_add(STEP_ROWS);
    let gone = connection
        .prepare_cached(
            "DELETE FROM suppressed WHERE article > ?1 AND article <= ?2 AND last_at < ?3
               AND NOT EXISTS (SELECT 1 FROM topic_change t WHERE t.article = suppressed.article)",
        )?
        .execute(params![from, end, before])?;
    let last: i64 = connection
        .prepare_cached("SELECT coalesce(max(article), 0) FROM suppressed")?
        .query_row([], |row| row.get(0))?;
    Ok(Step { gone, next: (end < last).then_some(end) })
}

/// Raw pages, entries without an article, delivered deliveries and what only they told.
fn pages(connection: &Connection, before: i64) -> Answer<Pruned> {
    // Evidence is every page of an article that a topic matched at any time. A page that others are compressed against
    // stays as long as one of them does.
    let evidence =
        "SELECT r.page FROM revision r JOIN topic_change t ON t.article = r.article WHERE r.page IS NOT NULL";
    connection.execute_batch("DROP TABLE IF EXISTS temp.doomed; CREATE TEMP TABLE doomed (id INTEGER PRIMARY KEY)")?;
    connection.execute(
        &format!("INSERT INTO doomed SELECT id FROM page WHERE at < ?1 AND id NOT IN ({evidence})"),
        [before],
    )?;
    connection.execute(
        "DELETE FROM doomed WHERE id IN (SELECT base FROM page WHERE base IS NOT NULL AND id NOT IN (SELECT id FROM doomed))",
        [],
    )?;
    connection.execute("UPDATE revision SET page = NULL WHERE page IN (SELECT id FROM doomed)", [])?;
    connection.execute("DELETE FROM page WHERE base IS NOT NULL AND id IN (SELECT id FROM doomed)", [])?;
    let leaves = connection.changes();
    let roots = connection.execute("DELETE FROM page WHERE id IN (SELECT id FROM doomed)", [])?;
    connection.execute_batch("DROP TABLE temp.doomed")?;
    let entries = connection
        .execute("DELETE FROM entry WHERE article IS NULL AND first_seen < ?1 AND attempts > 10", [before])?;
    connection.execute(
        "DELETE FROM delivery_event WHERE delivery IN
           (SELECT seq FROM delivery WHERE state = 'delivered' AND settled < ?1)",
        [before],
    )?;
    let deliveries =
        connection.execute("DELETE FROM delivery WHERE state = 'delivered' AND settled < ?1", params![before])?;
    connection.execute(
        "DELETE FROM event WHERE at < ?1 AND id NOT IN (SELECT event FROM delivery_event)
           AND id NOT IN (SELECT event FROM digest_item)",
        [before],
    )?;
    let pages = usize::try_from(leaves).unwrap_or(usize::MAX) + roots;
    Ok(Pruned { pages, entries, deliveries, ..Pruned::default() })
}
