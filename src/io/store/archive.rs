//! Queries on articles, revisions, stories, sources and topics.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::error::{Answer, StoreError};
use super::reader::{ArticleFilter, TopicCount};
use super::value::{at, from_json, ms, parsed};
use super::{blobs, load, records};
use crate::engine::canonical::canonical;
use crate::engine::revision::Detail;
use crate::model::fetch::Page;
use crate::model::ids::{ArticleId, RevisionNumber, StoryId, TopicId};
use crate::model::record::{
    ArticleRecord, MatchRecord, ObservationRecord, RevisionRecord, SourceRecord, StoryMember, StoryRecord,
    SuppressedRecord,
};
use crate::model::story::Confidence;
use crate::model::time::{SignedDuration, Timestamp};
use crate::model::url::WebUrl;

/// The window over which articles a day are counted.
const RATE_DAYS: i64 = 30;

/// Collects rows into records.
pub(super) fn collect<T>(
    connection: &Connection,
    sql: &str,
    values: impl rusqlite::Params,
    read: impl Fn(&Row<'_>) -> Answer<T>,
) -> Answer<Vec<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(values)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

/// By id, by any address it answers to, or by an address as typed (without scheme, say).
pub(super) fn find_article(connection: &Connection, name: &str) -> Answer<ArticleId> {
    let name = name.trim();
    if let Ok(id) = name.parse::<i64>() {
        return article(connection, ArticleId(id)).map(|article| article.id);
    }
    let mut tries = vec![name.to_owned()];
    if !name.contains("://") {
        tries.extend(["https://", "http://"].map(|scheme| format!("{scheme}{name}")));
    }
    for text in tries {
        let Ok(url) = WebUrl::parse(&text) else { continue };
        if let Some(article) = load::holder(connection, url.as_str())? {
            return Ok(ArticleId(article));
        }
        if let Some(article) = load::holder(connection, canonical(&url).as_str())? {
            return Ok(ArticleId(article));
        }
    }
    Err(StoreError::NotFound { what: "article", name: name.to_owned() }.into())
}

pub(super) fn article(connection: &Connection, id: ArticleId) -> Answer<ArticleRecord> {
    let found = collect(connection, "SELECT * FROM article WHERE id = ?1", [id.0], records::article)?;
    found.into_iter().next().ok_or_else(|| StoreError::NotFound { what: "article", name: id.to_string() }.into())
}

/// The condition of a filter on `article a`, and its values.
pub(super) fn condition(filter: &ArticleFilter) -> (String, Vec<Value>) {
    let mut parts = vec!["1".to_owned()];
    let mut values: Vec<Value> = Vec::new();
    let mut push = |part: &str, value: Value| {
        values.push(value);
        parts.push(part.replace('?', &format!("?{}", values.len())));
    };
    if let Some(source) = &filter.source {
        push(
            "(a.source = ? OR EXISTS (SELECT 1 FROM entry e WHERE e.article = a.id AND e.source = ?))",
            source.as_str().to_owned().into(),
        );
    }
    if let Some(topic) = &filter.topic {
        push(
            "EXISTS (SELECT 1 FROM topic_match t WHERE t.article = a.id AND t.topic = ?)",
            topic.as_str().to_owned().into(),
        );
    }
    if let Some(since) = filter.since {
        push("max(a.first_seen, coalesce(a.last_change, 0)) >= ?", ms(since).into());
    }
    if let Some(status) = filter.status {
        push("a.status = ?", status.as_str().to_owned().into());
    }
    if let Some(story) = filter.story {
        push("a.story = ?", story.0.into());
    }
    if filter.revised {
        parts.push("a.revisions > 1".to_owned());
    }
    (parts.join(" AND "), values)
}

pub(super) fn articles(connection: &Connection, filter: &ArticleFilter) -> Answer<Vec<ArticleRecord>> {
    let (condition, values) = condition(filter);
    let limit = filter.limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
    let sql = format!(
        "SELECT a.* FROM article a WHERE {condition} ORDER BY a.first_seen DESC, a.id DESC LIMIT {limit} OFFSET {}",
        filter.offset
    );
    collect(connection, &sql, rusqlite::params_from_iter(values), records::article)
}

/// The columns that [`records::revision`] reads.
pub(super) const REVISION: &str = "SELECT r.article, r.number, r.at, r.title, r.kinds, r.acknowledged, r.added_words,
    r.removed_words, r.hash, r.notice, r.significance, r.flip_of, r.technical, r.notes,
    (SELECT p.hash FROM revision p WHERE p.article = r.article AND p.number = r.number - 1) AS previous,
    (SELECT w.snapshot FROM wayback w WHERE w.article = r.article AND w.revision = r.number) AS archived
    FROM revision r";

pub(super) fn revisions(connection: &Connection, id: ArticleId) -> Answer<Vec<RevisionRecord>> {
    article(connection, id)?;
    let sql = format!("{REVISION} WHERE r.article = ?1 ORDER BY r.number");
    collect(connection, &sql, [id.0], |row| records::revision(connection, row))
}

pub(super) fn details(connection: &Connection, id: ArticleId, number: RevisionNumber) -> Answer<Vec<Detail>> {
    let stored: Option<String> = connection
        .prepare_cached("SELECT details FROM revision WHERE article = ?1 AND number = ?2")?
        .query_row(params![id.0, number.0], |row| row.get(0))
        .optional()?;
    match stored {
        Some(stored) => from_json("a revision's details", &stored),
        None => Err(StoreError::NotFound { what: "revision", name: format!("{id}:{number}") }.into()),
    }
}

pub(super) fn page(connection: &Connection, id: ArticleId, number: RevisionNumber) -> Answer<Option<Page>> {
    let page: Option<Option<i64>> = connection
        .prepare_cached("SELECT page FROM revision WHERE article = ?1 AND number = ?2")?
        .query_row(params![id.0, number.0], |row| row.get(0))
        .optional()?;
    match page {
        Some(page) => page.map(|page| blobs::page(connection, page)).transpose(),
        None => Err(StoreError::NotFound { what: "revision", name: format!("{id}:{number}") }.into()),
    }
}

pub(super) fn observations(connection: &Connection, id: ArticleId) -> Answer<Vec<ObservationRecord>> {
    let sql = "SELECT * FROM observation WHERE article = ?1 ORDER BY at, id";
    collect(connection, sql, [id.0], records::observation)
}

pub(super) fn suppressed(connection: &Connection, id: ArticleId) -> Answer<Vec<SuppressedRecord>> {
    let sql = "SELECT * FROM suppressed WHERE article = ?1 ORDER BY first_at, rule";
    collect(connection, sql, [id.0], records::suppressed)
}

pub(super) fn matches(connection: &Connection, id: ArticleId) -> Answer<Vec<MatchRecord>> {
    let sql = "SELECT * FROM topic_match WHERE article = ?1 ORDER BY topic";
    collect(connection, sql, [id.0], records::topic_match)
}

/// A story's line from its row.
pub(super) fn story_record(connection: &Connection, row: &Row<'_>) -> Answer<StoryRecord> {
    let id: i64 = row.get("id")?;
    let articles =
        collect(connection, "SELECT id FROM article WHERE story = ?1 ORDER BY first_seen, id", [id], |row| {
            Ok(ArticleId(row.get(0)?))
        })?;
    let least: Option<f64> = connection
        .prepare_cached("SELECT min(m.confidence) FROM article a JOIN member m ON m.article = a.id WHERE a.story = ?1")?
        .query_row([id], |row| row.get(0))?;
    let confidence = row.get::<_, f64>("confidence")?.min(least.unwrap_or(1.0));
    Ok(StoryRecord {
        id: StoryId(id),
        origin: ArticleId(row.get("origin")?),
        articles,
        confidence: Confidence(confidence),
    })
}

pub(super) fn stories(connection: &Connection, members: usize, limit: Option<usize>) -> Answer<Vec<StoryRecord>> {
    let limit = limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
    let sql = "SELECT st.* FROM story st JOIN article a ON a.story = st.id GROUP BY st.id HAVING count(*) >= ?1
               ORDER BY max(a.first_seen) DESC, st.id DESC LIMIT ?2";
    let members = i64::try_from(members).unwrap_or(i64::MAX);
    collect(connection, sql, params![members, limit], |row| story_record(connection, row))
}

/// The id under which a story goes on, after merges.
fn standing(connection: &Connection, id: StoryId) -> Answer<StoryId> {
    let merged: Option<Option<i64>> = connection
        .prepare_cached("SELECT merged_into FROM story WHERE id = ?1")?
        .query_row([id.0], |row| row.get(0))
        .optional()?;
    match merged {
        Some(merged) => Ok(merged.map_or(id, StoryId)),
        None => Err(StoreError::NotFound { what: "story", name: id.to_string() }.into()),
    }
}

pub(super) fn story(connection: &Connection, id: StoryId) -> Answer<(StoryRecord, String)> {
    let id = standing(connection, id)?;
    let found = collect(connection, "SELECT * FROM story WHERE id = ?1", [id.0], |row| {
        Ok((story_record(connection, row)?, row.get("reason")?))
    })?;
    found.into_iter().next().ok_or_else(|| StoreError::NotFound { what: "story", name: id.to_string() }.into())
}

pub(super) fn members(connection: &Connection, id: StoryId) -> Answer<Vec<StoryMember>> {
    let id = standing(connection, id)?;
    let sql = "SELECT a.*, s.name AS source_name, m.relation, m.copied, m.confidence AS sure, m.evidence, m.manual,
                 st.origin
               FROM article a JOIN story st ON st.id = a.story LEFT JOIN source s ON s.id = a.source
               LEFT JOIN member m ON m.article = a.id WHERE a.story = ?1 ORDER BY a.first_seen, a.id";
    collect(connection, sql, [id.0], |row| {
        let article = records::article(row)?;
        let relation: Option<String> = row.get("relation")?;
        let evidence: Option<String> = row.get("evidence")?;
        Ok(StoryMember {
            source_name: row.get::<_, Option<String>>("source_name")?.unwrap_or_else(|| article.source.to_string()),
            site: row.get("site")?,
            relation: relation.map(|word| records::relation(&word)).transpose()?,
            copied: row.get::<_, Option<i64>>("copied")?.map(ArticleId),
            confidence: Confidence(row.get::<_, Option<f64>>("sure")?.unwrap_or(1.0)),
            evidence: evidence.map_or(Ok(serde_json::Value::Null), |text| from_json("evidence", &text))?,
            manual: row.get::<_, Option<bool>>("manual")?.unwrap_or(false),
            origin: row.get::<_, i64>("origin")? == article.id.0,
            article,
        })
    })
}

pub(super) fn sources(connection: &Connection, now: Timestamp) -> Answer<Vec<SourceRecord>> {
    let from = now.checked_sub(SignedDuration::from_hours(24 * RATE_DAYS)).unwrap_or(Timestamp::MIN);
    let sql = "SELECT s.*, count(a.id) AS articles, CAST(coalesce(sum(a.first_seen >= ?1), 0) AS REAL) AS recent,
                 min(?3, (?2 - coalesce(s.first_poll, ?2)) / 86400000.0) AS days, w.hub AS push_hub,
                 w.live_until AS push_until, w.last_push AS last_push, w.last_error AS push_error,
                 CASE WHEN w.live_until > ?2 THEN 'live' WHEN w.failures > 0 THEN 'failing' ELSE 'asked' END AS push
               FROM source s LEFT JOIN article a ON a.source = s.id
                 LEFT JOIN websub w ON w.source = s.id AND w.wanted = 1 WHERE s.enabled = 1 GROUP BY s.id ORDER BY s.id";
    collect(connection, sql, params![ms(from), ms(now), RATE_DAYS as f64], records::source)
}

pub(super) fn topics(connection: &Connection, now: Timestamp) -> Answer<Vec<TopicCount>> {
    let week = now.checked_sub(SignedDuration::from_hours(24 * 7)).unwrap_or(Timestamp::MIN);
    let sql = "SELECT topic, count(*), sum(since >= ?1), max(since) FROM topic_match GROUP BY topic ORDER BY topic";
    let count = |row: &Row<'_>, column: usize| row.get::<_, i64>(column).map(|count| u64::try_from(count).unwrap_or(0));
    collect(connection, sql, [ms(week)], |row| {
        Ok(TopicCount {
            id: parsed("a topic's id", TopicId::new(row.get::<_, String>(0)?))?,
            articles: count(row, 1)?,
            last_week: count(row, 2)?,
            last_match: row.get::<_, Option<i64>>(3)?.map(at),
        })
    })
}
