//! The queue of copies that an archive of the web is asked to keep. Nothing waits for it.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::Store;
use super::error::{Answer, StoreError};
use super::value::{at, cut, ms};
use crate::engine::wayback::{AGE_MAX, Next};
use crate::model::ids::{ArticleId, RevisionNumber};
use crate::model::time::Timestamp;

/// One copy that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedCopy {
    /// Its row.
    pub id: i64,
    /// The address to keep.
    pub url: String,
    /// When the revision was seen.
    pub since: Timestamp,
    /// Failed attempts so far.
    pub attempts: u32,
    /// The capture under way at the archive, if any.
    pub job: Option<String>,
    /// How often its fate was asked.
    pub looks: u32,
}

/// How the queue stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WaybackCounts {
    /// Copies that the archive keeps.
    pub kept: u64,
    /// Copies that are still wanted.
    pub waiting: u64,
    /// Copies that were given up.
    pub given_up: u64,
}

impl Store {
    /// The next copy that may be asked for at `now`; what waited for too long is given up.
    pub async fn due_wayback(&self, now: Timestamp) -> Result<Option<WantedCopy>, StoreError> {
        let now = cut(now);
        // Most ticks find nothing, and reading needs no turn of the writing thread.
        if self.next_wayback().await?.is_none_or(|due| due > now) {
            return Ok(None);
        }
        self.writer.call(move |connection| due(connection, now)).await
    }

    /// When the first copy in the queue is due.
    pub async fn next_wayback(&self) -> Result<Option<Timestamp>, StoreError> {
        self.one_time("SELECT min(due) FROM wayback WHERE state = 'pending'").await
    }

    /// When the archive was last asked for a copy.
    pub async fn wayback_asked(&self) -> Result<Option<Timestamp>, StoreError> {
        self.one_time("SELECT max(asked) FROM wayback WHERE asked IS NOT NULL").await
    }

    async fn one_time(&self, sql: &'static str) -> Result<Option<Timestamp>, StoreError> {
        self.read(move |connection| {
            Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get::<_, Option<i64>>(0))?.map(at))
        })
        .await
    }

    /// Records what became of a request made at `now`.
    pub async fn settle_wayback(&self, copy: WantedCopy, next: Next, now: Timestamp) -> Result<(), StoreError> {
        let now = cut(now);
        self.writer.call(move |connection| settle(connection, &copy, &next, now)).await
    }
}

impl super::Reader {
    /// How the queue stands.
    pub fn wayback(&self) -> Result<WaybackCounts, StoreError> {
        self.read(|connection| {
            let mut counts = WaybackCounts::default();
            let mut statement = connection.prepare("SELECT state, count(*) FROM wayback GROUP BY state")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let count = u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0);
                match row.get_ref(0)?.as_str().unwrap_or_default() {
                    "kept" => counts.kept = count,
                    "pending" => counts.waiting = count,
                    _ => counts.given_up = count,
                }
            }
            Ok(counts)
        })
    }
}

/// Wants a copy of a revision. An earlier revision that nobody has asked for yet cannot be had any more: the page shows
/// this one.
pub(super) fn want(
    connection: &Connection,
    (article, revision): (ArticleId, RevisionNumber),
    url: &str,
    now: Timestamp,
) -> Answer<()> {
    connection
        .prepare_cached(
            "UPDATE wayback SET state = 'given up', reason = 'the page was edited before it could be kept'
             WHERE article = ?1 AND state = 'pending' AND job IS NULL",
        )?
        .execute([article.0])?;
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO wayback (article, revision, url, since, due) VALUES (?1, ?2, ?3, ?4, ?4)",
        )?
        .execute(params![article.0, revision.0, url, ms(now)])?;
    Ok(())
}

fn due(connection: &Connection, now: Timestamp) -> Answer<Option<WantedCopy>> {
    let oldest = now.checked_sub(AGE_MAX).unwrap_or(Timestamp::UNIX_EPOCH);
    connection
        .prepare_cached(
            "UPDATE wayback SET state = 'given up', reason = coalesce(reason, 'it waited for too long')
             WHERE state = 'pending' AND due <= ?2 AND since < ?1",
        )?
        .execute(params![ms(oldest), ms(now)])?;
    Ok(connection
        .prepare_cached(
            "SELECT id, url, since, attempts, job, looks FROM wayback WHERE state = 'pending' AND due <= ?1
             ORDER BY due, id LIMIT 1",
        )?
        .query_row([ms(now)], |row| {
            Ok(WantedCopy {
                id: row.get(0)?,
                url: row.get(1)?,
                since: at(row.get(2)?),
                attempts: row.get(3)?,
                job: row.get(4)?,
                looks: row.get(5)?,
            })
        })
        .optional()?)
}

fn settle(connection: &Connection, copy: &WantedCopy, next: &Next, now: Timestamp) -> Answer<()> {
    let id = copy.id;
    match next {
        Next::Kept(snapshot) => connection.execute(
            "UPDATE wayback SET state = 'kept', snapshot = ?2, asked = ?3, job = NULL, reason = NULL WHERE id = ?1",
            params![id, snapshot, ms(now)],
        )?,
        Next::Watch(job, due) => connection.execute(
            "UPDATE wayback SET job = ?2, due = ?3, looks = iif(job IS NULL, 0, looks + 1), asked = ?4 WHERE id = ?1",
            params![id, job, ms(*due), ms(now)],
        )?,
        Next::Again(due, reason) => connection.execute(
            "UPDATE wayback SET attempts = attempts + 1, due = ?2, reason = ?3, asked = ?4, job = NULL, looks = 0
             WHERE id = ?1",
            params![id, ms(*due), reason, ms(now)],
        )?,
        // The archive takes nothing for a while: neither this copy nor another.
        Next::Later(due) => {
            connection.execute("UPDATE wayback SET asked = ?2 WHERE id = ?1", params![id, ms(now)])?;
            connection.execute("UPDATE wayback SET due = max(due, ?1) WHERE state = 'pending'", [ms(*due)])?
        }
        Next::GiveUp(reason) => connection.execute(
            "UPDATE wayback SET state = 'given up', reason = ?2, asked = ?3, job = NULL WHERE id = ?1",
            params![id, reason, ms(now)],
        )?,
    };
    Ok(())
}
