//! Rows as the records of `export`.

use rusqlite::{Connection, Row};

use super::blobs;
use super::error::Answer;
use super::value::{at, from_json, parsed};
use crate::engine::text::hex::hex;
use crate::model::article::ArticleStatus;
use crate::model::ids::{ArticleId, RevisionNumber, SourceId, StoryId, TopicId};
use crate::model::record::{
    ArticleRecord, MatchRecord, ObservationRecord, PushRecord, RevisionRecord, SourceRecord, SuppressedRecord,
};
use crate::model::story::Relation;
use crate::model::time::Published;

/// An article from its row.
pub(super) fn article(row: &Row<'_>) -> Answer<ArticleRecord> {
    let published: Option<String> = row.get("published")?;
    let status = match row.get_ref("status")?.as_str().unwrap_or_default() {
        "gone" => ArticleStatus::Gone,
        "moved" => ArticleStatus::Moved,
        _ => ArticleStatus::Live,
    };
    Ok(ArticleRecord {
        id: ArticleId(row.get("id")?),
        source: parsed("a source's id", SourceId::new(row.get::<_, String>("source")?))?,
        url: row.get("url")?,
        canonical_url: row.get("canonical")?,
        story: StoryId(row.get("story")?),
        title: row.get("title")?,
        authors: from_json("an article's authors", row.get_ref("authors")?.as_str().unwrap_or_default())?,
        published: published.as_deref().and_then(Published::parse_stored),
        language: row.get("language")?,
        status,
        first_seen: at(row.get("first_seen")?),
        last_checked: at(row.get("last_checked")?),
        revisions: row.get("revisions")?,
    })
}

/// How a copy relates.
pub(super) fn relation(word: &str) -> Answer<Relation> {
    from_json("a relation", &format!("\"{word}\""))
}

/// A revision from its row, which has the hash of the link before as `previous`.
pub(super) fn revision(connection: &Connection, row: &Row<'_>) -> Answer<RevisionRecord> {
    let article: i64 = row.get("article")?;
    let number: u32 = row.get("number")?;
    let previous: Option<Vec<u8>> = row.get("previous")?;
    Ok(RevisionRecord {
        article: ArticleId(article),
        number: RevisionNumber(number),
        at: at(row.get("at")?),
        title: row.get("title")?,
        text: blobs::content(connection, article, number)?.text(),
        change: from_json("a revision's kinds", row.get_ref("kinds")?.as_str().unwrap_or_default())?,
        acknowledged: row.get("acknowledged")?,
        added_words: row.get("added_words")?,
        removed_words: row.get("removed_words")?,
        sha256: hex(&row.get::<_, Vec<u8>>("hash")?),
        previous_sha256: previous.map(|hash| hex(&hash)),
        notice: row.get("notice")?,
        significance: row.get("significance")?,
        flip_of: row.get::<_, Option<u32>>("flip_of")?.map(RevisionNumber),
        technical: row.get("technical")?,
        archived: row.get("archived")?,
    })
}

/// A match from its row.
pub(super) fn topic_match(row: &Row<'_>) -> Answer<MatchRecord> {
    Ok(MatchRecord {
        topic: parsed("a topic's id", TopicId::new(row.get::<_, String>("topic")?))?,
        article: ArticleId(row.get("article")?),
        revision: RevisionNumber(row.get("revision")?),
        score: row.get("score")?,
        evidence: from_json("a match's evidence", row.get_ref("evidence")?.as_str().unwrap_or_default())?,
    })
}

/// A source from its row, which has the counts `articles` and `recent`, and the `days` that `recent` covers.
pub(super) fn source(row: &Row<'_>) -> Answer<SourceRecord> {
    let time = |column: &str| row.get::<_, Option<i64>>(column).map(|ms| ms.map(at));
    let days: f64 = row.get("days")?;
    Ok(SourceRecord {
        id: parsed("a source's id", SourceId::new(row.get::<_, String>("id")?))?,
        name: row.get("name")?,
        url: row.get("url")?,
        status: row.get("health")?,
        last_success: time("last_success")?,
        last_error: row.get("last_error")?,
        last_poll: time("last_poll")?,
        next_poll: time("next_poll")?,
        interval_s: row.get::<_, Option<i64>>("interval_ms")?.map(|ms| ms as f64 / 1000.0),
        interval_reason: row.get("wait_reason")?,
        push: match row.get("push_hub")? {
            Some(hub) => Some(PushRecord {
                hub,
                status: row.get("push")?,
                live_until: time("push_until")?,
                last_push: time("last_push")?,
                last_error: row.get("push_error")?,
            }),
            None => None,
        },
        articles_per_day: (row.get::<_, f64>("recent")? / days.max(1.0) * 10.0).round() / 10.0,
        articles: row.get::<_, i64>("articles").map(|count| u64::try_from(count).unwrap_or(0))?,
        moved_to: row.get("moved_to")?,
    })
}

/// A look from its row.
pub(super) fn observation(row: &Row<'_>) -> Answer<ObservationRecord> {
    let hash: Option<Vec<u8>> = row.get("hash")?;
    Ok(ObservationRecord {
        article: ArticleId(row.get("article")?),
        at: at(row.get("at")?),
        until: at(row.get("until")?),
        looks: row.get("looks")?,
        outcome: row.get("outcome")?,
        status: row.get("status")?,
        sha256: hash.map(|hash| hex(&hash)),
        bytes: row.get::<_, Option<i64>>("bytes")?.and_then(|bytes| u64::try_from(bytes).ok()),
        detail: row.get("detail")?,
    })
}

/// A held back difference from its row.
pub(super) fn suppressed(row: &Row<'_>) -> Answer<SuppressedRecord> {
    Ok(SuppressedRecord {
        article: ArticleId(row.get("article")?),
        rule: row.get("rule")?,
        first_at: at(row.get("first_at")?),
        last_at: at(row.get("last_at")?),
        looks: row.get("looks")?,
        added: from_json("a difference", row.get_ref("added")?.as_str().unwrap_or_default())?,
        removed: from_json("a difference", row.get_ref("removed")?.as_str().unwrap_or_default())?,
    })
}
