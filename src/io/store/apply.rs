//! Writes the parts of a plan. Each function writes one noun, inside the caller's savepoint.

use rusqlite::{Connection, OptionalExtension, named_params, params};

use super::blobs;
use super::error::Answer;
use super::search;
use super::value::{hashes_blob, ms, signed, to_json};
use crate::engine::candidate::MadeFrom;
use crate::engine::crosspost::Join;
use crate::engine::ingest::known::Told;
use crate::engine::ingest::parting::Parted;
use crate::engine::ingest::plan::{Held, MatchPlan, NewRevision, Plan, StoryPlan, Transition};
use crate::engine::ingest::{Capture, Outcome};
use crate::model::article::Content;
use crate::model::ids::{ArticleId, StoryId};
use crate::model::time::Timestamp;

/// Differences kept of one article and rule, the newest.
const SUPPRESSED_MAX: u32 = 64;

/// What one look saw of the answer.
#[derive(Debug)]
pub(super) struct Look {
    /// The HTTP status.
    pub status: Option<u16>,
    /// SHA-256 of the body.
    pub hash: Option<[u8; 32]>,
    /// The body's size.
    pub bytes: Option<usize>,
}

/// A revision, compressed against the article's first one.
pub(super) fn revision(
    connection: &Connection,
    article: ArticleId,
    new: &NewRevision,
    page: Option<i64>,
    notes: &[String],
) -> Answer<()> {
    let base = if new.number.0 > 1 { Some(blobs::content_json(connection, article.0, 1)?) } else { None };
    connection
        .prepare_cached(
            "INSERT INTO revision (article, number, at, url, title, base, content, text_hash, hash, kinds, details,
               reasons, acknowledged, notice, significance, added_words, removed_words, change_hash, shown, flip_of,
               technical, extractor, made_from, page, notes, repeated)
             VALUES (:article, :number, :at, :url, :title, :base, :content, :text_hash, :hash, :kinds, :details,
               :reasons, :acknowledged, :notice, :significance, :added, :removed, :change_hash, :shown, :flip_of,
               :technical, :extractor, :made_from, :page, :notes, :repeated)",
        )?
        .execute(named_params! {
            ":article": article.0, ":number": new.number.0, ":at": ms(new.at), ":url": new.url,
            ":title": new.content.title, ":base": base.is_some().then_some(1),
            ":content": blobs::pack_content(&new.content, base.as_deref())?,
            ":text_hash": &new.text_hash[..], ":hash": &new.hash[..], ":kinds": to_json("kinds", &new.kinds)?,
            ":details": to_json("details", &new.details)?, ":reasons": to_json("reasons", &new.reasons)?,
            ":acknowledged": new.acknowledged, ":notice": new.notice, ":significance": new.significance,
            ":added": new.added_words, ":removed": new.removed_words, ":change_hash": signed(new.change_hash),
            ":shown": signed(new.shown), ":flip_of": new.flip_of.map(|number| number.0),
            ":technical": new.technical, ":extractor": new.extractor, ":made_from": new.made_from.as_str(),
            ":page": page, ":notes": to_json("notes", notes)?, ":repeated": hashes_blob(&new.repeated),
        })?;
    Ok(())
}

/// The indexes of similar texts and of words. Keys of earlier revisions stay: a copy made before an edit has them.
pub(super) fn index(connection: &Connection, article: ArticleId, capture: &Capture, content: &Content) -> Answer<()> {
    let mut insert = connection.prepare_cached("INSERT OR IGNORE INTO band (key, article) VALUES (?1, ?2)")?;
    for band in capture.candidate.bands() {
        insert.execute(params![signed(*band), article.0])?;
    }
    search::put(article.0, content.title.as_deref().unwrap_or_default(), &content.text());
    Ok(())
}

/// Counts the blocks at a new article's edges towards its site's boilerplate.
pub(super) fn learn(connection: &Connection, capture: &Capture, now: Timestamp) -> Answer<()> {
    if capture.candidate.made_from() != MadeFrom::Page {
        return Ok(());
    }
    let mut count = connection.prepare_cached(
        "INSERT INTO learned (site, hash, articles, last_at) VALUES (?1, ?2, 1, ?3)
         ON CONFLICT (site, hash) DO UPDATE SET articles = articles + 1, last_at = ?3",
    )?;
    for edge in capture.candidate.edges() {
        count.execute(params![capture.candidate.url().site(), signed(*edge), ms(now)])?;
    }
    Ok(())
}

/// A difference that a rule held back.
pub(super) fn suppressed(connection: &Connection, article: ArticleId, held: &Held, now: Timestamp) -> Answer<()> {
    connection
        .prepare_cached(
            "INSERT INTO suppressed (article, rule, hash, first_at, last_at, added, removed)
             VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6)
             ON CONFLICT (article, rule, hash) DO UPDATE SET last_at = ?4, looks = looks + 1",
        )?
        .execute(params![
            article.0,
            held.rule,
            &held.text_hash[..],
            ms(now),
            to_json("a difference", &held.added)?,
            to_json("a difference", &held.removed)?
        ])?;
    // A page that counts its readers differs at every look.
    connection
        .prepare_cached(
            "DELETE FROM suppressed WHERE article = ?1 AND rule = ?2 AND hash IN (
               SELECT hash FROM suppressed WHERE article = ?1 AND rule = ?2 ORDER BY last_at DESC LIMIT -1 OFFSET ?3)",
        )?
        .execute(params![article.0, held.rule, SUPPRESSED_MAX])?;
    Ok(())
}

/// The article's place among stories.
pub(super) fn story(connection: &Connection, article: ArticleId, plan: &StoryPlan, now: Timestamp) -> Answer<()> {
    for part in &plan.parted {
        parted(connection, part, now)?;
    }
    for part in plan.parted.iter().filter(|part| part.collection.is_some()) {
        for other in plan.parted.iter().filter(|other| other.from == part.from) {
            set_apart(connection, part.story.0, other.story.0, ms(now))?;
        }
    }
    if plan.fresh {
        connection
            .prepare_cached("INSERT INTO story (id, origin, confidence, reason, created) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![plan.story.0, plan.origin.0, plan.confidence, plan.reason, ms(now)])?;
    }
    for absorbed in &plan.absorbed {
        absorb(connection, *absorbed, plan.story)?;
    }
    connection
        .prepare_cached("UPDATE article SET story = ?2 WHERE id = ?1")?
        .execute(params![article.0, plan.story.0])?;
    connection
        .prepare_cached("UPDATE story SET origin = ?2, confidence = ?3, reason = ?4 WHERE id = ?1")?
        .execute(params![plan.story.0, plan.origin.0, plan.confidence, plan.reason])?;
    if let Some(join) = &plan.join {
        member(connection, article, join, now)?;
    }
    Ok(())
}

/// Why an article is in its story.
fn member(connection: &Connection, article: ArticleId, join: &Join, now: Timestamp) -> Answer<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO member (article, copied, relation, confidence, evidence, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            article.0,
            join.with.0,
            join.relation.as_str(),
            join.confidence.0,
            to_json("evidence", &join.evidence)?,
            ms(now)
        ])?;
    Ok(())
}

/// A part of a story: where it goes, and whose text it is by itself.
fn parted(connection: &Connection, part: &Parted, now: Timestamp) -> Answer<()> {
    let (from, story, origin) = (part.from.0, part.story.0, &part.origin);
    connection
        .prepare_cached(
            "INSERT INTO story (id, origin, confidence, reason, created) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (id) DO UPDATE SET origin = ?2, confidence = ?3, reason = ?4",
        )?
        .execute(params![story, origin.article.0, origin.confidence.0, origin.reason, ms(now)])?;
    if story != from {
        for (other, at) in set_apart_from(connection, from)? {
            set_apart(connection, story, other, at)?;
        }
    }
    for article in &part.articles {
        connection.prepare_cached("UPDATE article SET story = ?2 WHERE id = ?1")?.execute(params![article.0, story])?;
    }
    for (article, join) in &part.joined_anew {
        match join {
            Some(join) => member(connection, *article, join, now)?,
            None => {
                connection.prepare_cached("DELETE FROM member WHERE article = ?1")?.execute([article.0])?;
            }
        }
    }
    Ok(())
}

/// Makes one story part of another; its id goes on leading there.
pub(super) fn absorb(connection: &Connection, absorbed: StoryId, into: StoryId) -> Answer<()> {
    let (absorbed, into) = (absorbed.0, into.0);
    connection.prepare_cached("UPDATE article SET story = ?2 WHERE story = ?1")?.execute(params![absorbed, into])?;
    connection
        .prepare_cached("UPDATE story SET merged_into = ?2 WHERE id = ?1 OR merged_into = ?1")?
        .execute(params![absorbed, into])?;
    for (other, at) in set_apart_from(connection, absorbed)? {
        let (a, b) = (absorbed.min(other), absorbed.max(other));
        connection.prepare_cached("DELETE FROM apart WHERE a = ?1 AND b = ?2")?.execute([a, b])?;
        set_apart(connection, into, other, at)?;
    }
    Ok(())
}

/// The stories that one is set apart from, each with the time at which it was.
fn set_apart_from(connection: &Connection, story: i64) -> Answer<Vec<(i64, i64)>> {
    Ok(connection
        .prepare_cached("SELECT iif(a = ?1, b, a), at FROM apart WHERE a = ?1 OR b = ?1")?
        .query_map([story], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?)
}

/// Notes that two stories are not one.
pub(super) fn set_apart(connection: &Connection, one: i64, other: i64, at: i64) -> Answer<()> {
    if one != other {
        connection.prepare_cached("INSERT OR IGNORE INTO apart (a, b, at) VALUES (?1, ?2, ?3)")?.execute(params![
            one.min(other),
            one.max(other),
            at
        ])?;
    }
    Ok(())
}

/// What matches now, and what came and went.
pub(super) fn matches(
    connection: &Connection,
    article: ArticleId,
    plan: &MatchPlan,
    revision: u32,
    now: Timestamp,
) -> Answer<()> {
    for change in &plan.changes {
        let found = &change.found;
        if change.transition == Transition::Left {
            connection
                .prepare_cached("DELETE FROM topic_match WHERE article = ?1 AND topic = ?2")?
                .execute(params![article.0, found.topic.as_str()])?;
        } else {
            connection
                .prepare_cached(
                    "INSERT INTO topic_match (article, topic, revision, score, evidence, since)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                     ON CONFLICT (article, topic) DO UPDATE SET revision = ?3, score = ?4, evidence = ?5",
                )?
                .execute(params![
                    article.0,
                    found.topic.as_str(),
                    revision,
                    found.score,
                    to_json("evidence", &found.evidence)?,
                    ms(now)
                ])?;
        }
        if change.transition != Transition::Held {
            connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO topic_change (article, topic, revision, at, transition, score)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![
                    article.0,
                    found.topic.as_str(),
                    revision,
                    ms(now),
                    change.transition.as_str(),
                    found.score
                ])?;
        }
    }
    Ok(())
}

/// What was told.
pub(super) fn told(connection: &Connection, told: &[Told], now: Timestamp) -> Answer<()> {
    let mut insert = connection.prepare_cached(
        "INSERT OR IGNORE INTO told (article, topic, kind, revision, change_hash, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for told in told {
        insert.execute(params![
            told.article.0,
            told.topic.as_str(),
            told.kind.as_str(),
            told.revision.0,
            signed(told.change_hash),
            ms(now)
        ])?;
    }
    Ok(())
}

/// One look. A run of looks that found the same is one row: hundreds of "as it was" say no more than one with its
/// beginning, end and count.
pub(super) fn observation(
    connection: &Connection,
    article: ArticleId,
    plan: &Plan,
    look: &Look,
    now: Timestamp,
) -> Answer<()> {
    let outcome = plan.outcome.as_str();
    let runs = !matches!(plan.outcome, Outcome::New | Outcome::Revised { .. } | Outcome::Reextracted);
    let last: Option<(i64, String, Option<u16>, Option<String>)> = connection
        .prepare_cached(
            "SELECT id, outcome, status, detail FROM observation WHERE article = ?1 ORDER BY at DESC, id DESC LIMIT 1",
        )?
        .query_row([article.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .optional()?;
    let hash = look.hash.as_ref().map(|hash| &hash[..]);
    let bytes = look.bytes.and_then(|bytes| i64::try_from(bytes).ok());
    if let Some((id, known, status, detail)) = last
        && runs
        && known == outcome
        && status == look.status
        && detail == plan.detail
    {
        connection
            .prepare_cached(
                "UPDATE observation SET until = ?2, looks = looks + 1, hash = coalesce(?3, hash),
                   bytes = coalesce(?4, bytes) WHERE id = ?1",
            )?
            .execute(params![id, ms(now), hash, bytes])?;
        return Ok(());
    }
    connection
        .prepare_cached(
            "INSERT INTO observation (article, at, until, outcome, status, hash, bytes, detail)
             VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![article.0, ms(now), outcome, look.status, hash, bytes, plan.detail])?;
    Ok(())
}
