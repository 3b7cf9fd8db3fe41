//! Tracked articles: which are to be looked at again.

use rusqlite::{Row, params};

use super::Store;
use super::error::{Answer, StoreError};
use super::value::{at, ms, parsed};
use crate::model::fetch::Validators;
use crate::model::ids::{ArticleId, SourceId};
use crate::model::time::Timestamp;
use crate::model::url::WebUrl;

/// An article that is to be looked at again.
#[derive(Debug, Clone, PartialEq)]
pub struct Recheck {
    /// Which.
    pub article: ArticleId,
    /// The source whose settings hold for it.
    pub source: SourceId,
    /// Its address.
    pub url: WebUrl,
    /// For a conditional request.
    pub validators: Validators,
    /// When it was due.
    pub due: Timestamp,
}

impl Store {
    /// The articles whose next look is due, the longest overdue first.
    pub async fn due_rechecks(&self, now: Timestamp, limit: usize) -> Result<Vec<Recheck>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(move |connection| {
            connection
                .prepare_cached("SELECT * FROM article WHERE next_check <= ?1 ORDER BY next_check LIMIT ?2")?
                .query_map(params![ms(now), limit], |row| Ok(recheck(row)))?
                .map(|row| row?)
                .collect()
        })
        .await
    }

    /// Every article that is still looked at, due or not, in the order of their ids after `after`.
    pub async fn tracked(&self, after: Option<ArticleId>, limit: usize) -> Result<Vec<Recheck>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let after = after.map_or(0, |article| article.0);
        self.read(move |connection| {
            connection
                .prepare_cached("SELECT * FROM article WHERE next_check IS NOT NULL AND id > ?1 ORDER BY id LIMIT ?2")?
                .query_map(params![after, limit], |row| Ok(recheck(row)))?
                .map(|row| row?)
                .collect()
        })
        .await
    }
}

fn recheck(row: &Row<'_>) -> Answer<Recheck> {
    Ok(Recheck {
        article: ArticleId(row.get("id")?),
        source: parsed("a source's id", SourceId::new(row.get::<_, String>("source")?))?,
        url: parsed("an article's address", WebUrl::parse(&row.get::<_, String>("url")?))?,
        validators: Validators { etag: row.get("etag")?, last_modified: row.get("last_modified")? },
        due: at(row.get("next_check")?),
    })
}
