//! A person's word on crossposts: it stays.

use rusqlite::{Connection, OptionalExtension, params};

use super::error::{Answer, StoreError};
use super::value::{cut, ms};
use super::{Store, apply};
use crate::engine::crosspost;
use crate::model::ids::{ArticleId, StoryId};
use crate::model::time::Timestamp;

impl Store {
    /// Takes an article out of a story into one of its own, for good. Gives its new story.
    pub async fn split_story(&self, story: StoryId, article: ArticleId, now: Timestamp) -> Result<StoryId, StoreError> {
        self.writer.call(move |connection| split(connection, story, article, cut(now))).await
    }

    /// Makes one story of two, for good. Gives the one that stays: the older.
    pub async fn join_stories(&self, first: StoryId, second: StoryId, now: Timestamp) -> Result<StoryId, StoreError> {
        self.writer.call(move |connection| join(connection, first, second, cut(now))).await
    }
}

fn split(connection: &Connection, story: StoryId, article: ArticleId, now: Timestamp) -> Answer<StoryId> {
    let story = standing(connection, story)?;
    let members = members(connection, story)?;
    if !members.contains(&article.0) {
        let name = format!("article {article} is not in story {story}");
        return Err(StoreError::Refused(format!("{name}: see `wirewatch show {article}`")).into());
    }
    if members.len() == 1 {
        return Err(StoreError::Refused(format!("article {article} is alone in story {story} already")).into());
    }
    let new: i64 = connection.query_row("SELECT max(id) + 1 FROM story", [], |row| row.get(0))?;
    connection.execute(
        "INSERT INTO story (id, origin, confidence, reason, created) VALUES (?1, ?2, 1, 'set apart by hand', ?3)",
        params![new, article.0, ms(now)],
    )?;
    connection.execute("UPDATE article SET story = ?2 WHERE id = ?1", params![article.0, new])?;
    connection.execute("DELETE FROM member WHERE article = ?1", [article.0])?;
    apply::set_apart(connection, story.0, new, ms(now))?;
    // Who was the split article's copy is no longer known; the eldest of the rest stands in for a lost origin.
    connection.execute(
        "UPDATE story SET origin = (SELECT id FROM article WHERE story = ?1 ORDER BY first_seen, id LIMIT 1),
           reason = 'first seen, after its origin was set apart by hand', confidence = 0.5
         WHERE id = ?1 AND origin = ?2",
        params![story.0, article.0],
    )?;
    if members.len() == 2 {
        let sql = "UPDATE story SET reason = ?2, confidence = 1 WHERE id = ?1";
        connection.execute(sql, params![story.0, crosspost::ONLY_ARTICLE])?;
        connection
            .execute("DELETE FROM member WHERE article IN (SELECT id FROM article WHERE story = ?1)", [story.0])?;
    }
    Ok(StoryId(new))
}

fn join(connection: &Connection, first: StoryId, second: StoryId, now: Timestamp) -> Answer<StoryId> {
    let (first, second) = (standing(connection, first)?, standing(connection, second)?);
    if first == second {
        return Err(StoreError::Refused(format!("story {first} and story {second} are one already")).into());
    }
    let (stays, goes) = (first.min(second), first.max(second));
    connection.execute("DELETE FROM apart WHERE a = ?1 AND b = ?2", params![stays.0, goes.0])?;
    let origin: i64 = connection.query_row("SELECT origin FROM story WHERE id = ?1", [stays.0], |row| row.get(0))?;
    for article in members(connection, goes)? {
        connection.execute(
            "INSERT INTO member (article, copied, relation, confidence, evidence, manual, at)
             VALUES (?1, ?2, 'rewrite', 1, '{\"rule\":\"by hand\"}', 1, ?3)
             ON CONFLICT (article) DO UPDATE SET manual = 1",
            params![article, origin, ms(now)],
        )?;
    }
    apply::absorb(connection, goes, stays)?;
    Ok(stays)
}

fn members(connection: &Connection, story: StoryId) -> Answer<Vec<i64>> {
    Ok(connection
        .prepare_cached("SELECT id FROM article WHERE story = ?1 ORDER BY first_seen, id")?
        .query_map([story.0], |row| row.get(0))?
        .collect::<Result<_, _>>()?)
}

/// The id under which a story goes on.
fn standing(connection: &Connection, story: StoryId) -> Answer<StoryId> {
    let merged: Option<Option<i64>> =
        connection.query_row("SELECT merged_into FROM story WHERE id = ?1", [story.0], |row| row.get(0)).optional()?;
    match merged {
        Some(merged) => Ok(merged.map_or(story, StoryId)),
        None => Err(StoreError::NotFound { what: "story", name: story.to_string() }.into()),
    }
}
