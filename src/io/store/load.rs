//! Loads what a decision may look at.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::error::{Answer, StoreError};
use super::records;
use super::similar::Texts;
use super::value::{at, from_json, hash32, hashes, ms, parsed, unsigned};
use crate::engine::candidate::MadeFrom;
use crate::engine::crosspost::StoryDecision;
use crate::engine::ingest::Capture;
use crate::engine::ingest::known::{Known, KnownArticle, KnownEntry, KnownMember, KnownPage, PastRevision, Told};
use crate::engine::revision;
use crate::model::article::Content;
use crate::model::event::EventKind;
use crate::model::ids::{ArticleId, RevisionNumber, StoryId, TopicId};
use crate::model::story::Confidence;
use crate::model::time::Timestamp;
use crate::model::topic::TopicMatch;

/// Members of one story that are loaded.
const MEMBERS_MAX: u32 = 64;

/// A site repeats a block that is in so many of its articles.
pub(super) const LEARNED_FROM: u32 = 3;

/// Everything that bears on one capture but its text's place among stories.
pub(super) fn known(texts: &mut Texts<'_>, capture: &Capture, now: Timestamp) -> Answer<Known> {
    let connection = texts.connection();
    let candidate = &capture.candidate;
    let holder = holder(connection, candidate.canonical().as_str())?;
    let article = match capture.article {
        Some(article) => Some(article.0),
        None => match holder {
            Some(article) => Some(article),
            None => holder_of_any(connection, capture)?,
        },
    };
    let taken_by = holder.filter(|holder| article.is_some_and(|article| article != *holder)).map(ArticleId);
    let article = article.map(|article| known_article(texts, article)).transpose()?;
    let imported_before = match &article {
        Some(article) if candidate.made_from() == MadeFrom::Import => {
            is_recorded(connection, article.record.id.0, candidate.content(), now)?
        }
        Some(_) | None => false,
    };
    let stories: Vec<i64> = article.iter().map(|article| article.record.story.0).collect();
    let next = |table: &str| {
        connection
            .prepare_cached(&format!("SELECT coalesce(max(id), 0) + 1 FROM {table}"))?
            .query_row([], |row| row.get::<_, i64>(0))
    };
    Ok(Known {
        taken_by,
        next_article: next("article")?,
        next_story: next("story")?,
        decision: StoryDecision::default(),
        members: members(texts, &stories)?,
        told: told(connection, &stories)?,
        parted: Vec::new(),
        apart: apart(connection, &stories)?,
        first_poll: first_poll(connection, capture)?,
        entry: entry(connection, capture)?,
        learned: learned(connection, candidate.url().site())?,
        imported_before,
        article,
    })
}

/// What bears on the stories that a decision names, beside the article's own.
pub(super) fn stories(texts: &mut Texts<'_>, known: &mut Known) -> Answer<()> {
    let own = known.article.as_ref().map(|article| article.record.story.0);
    let joined = known.decision.join.iter().flat_map(|join| join.story.iter().chain(&join.merge));
    let named = joined.chain(known.decision.collections.iter().map(|collection| &collection.story));
    let mut stories: Vec<i64> = named.map(|story| story.0).filter(|story| Some(*story) != own).collect();
    stories.sort_unstable();
    stories.dedup();
    let connection = texts.connection();
    known.members.extend(members(texts, &stories)?);
    known.told.extend(told(connection, &stories)?);
    known.apart.extend(apart(connection, &stories)?);
    Ok(())
}

/// Whether a content is what an article showed at a time, by what was recorded: as the revision that stood then, or as a
/// difference from it that was held back.
fn is_recorded(connection: &Connection, article: i64, content: &Content, at: Timestamp) -> Answer<bool> {
    let hash = &revision::text_hash(content)[..];
    let standing: Option<Vec<u8>> = connection
        .prepare_cached("SELECT text_hash FROM revision WHERE article = ?1 AND at <= ?2 ORDER BY number DESC LIMIT 1")?
        .query_row(params![article, ms(at)], |row| row.get(0))
        .optional()?;
    if standing.is_some_and(|standing| standing == hash) {
        return Ok(true);
    }
    Ok(connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM suppressed WHERE article = ?1 AND hash = ?2 AND ?3 BETWEEN first_at AND last_at)",
        )?
        .query_row(params![article, hash, ms(at)], |row| row.get(0))?)
}

/// What bears on a look without content.
pub(super) fn known_page(connection: &Connection, article: i64) -> Answer<KnownPage> {
    let mut texts = Texts::new(connection);
    let article = known_article(&mut texts, article)?;
    let story = article.record.story.0;
    let source_name = connection
        .prepare_cached("SELECT name FROM source WHERE id = ?1")?
        .query_row([article.record.source.as_str()], |row| row.get(0))
        .optional()?
        .unwrap_or_else(|| article.record.source.to_string());
    let origin = connection
        .prepare_cached("SELECT reason, confidence FROM story WHERE id = ?1")?
        .query_row([story], |row| Ok((row.get(0)?, Confidence(row.get(1)?))))?;
    Ok(KnownPage {
        source_name,
        members: members(&mut texts, &[story])?,
        origin,
        told: told(connection, &[story])?,
        article,
    })
}

/// Hashes of the blocks that a site repeats.
pub(super) fn learned(connection: &Connection, site: &str) -> Answer<Vec<u64>> {
    Ok(connection
        .prepare_cached("SELECT hash FROM learned WHERE site = ?1 AND articles >= ?2")?
        .query_map(params![site, LEARNED_FROM], |row| row.get(0).map(unsigned))?
        .collect::<Result<_, _>>()?)
}

/// Hashes of the blocks that were left out of a revision because its site repeats them; none where that was not kept.
pub(super) fn repeated(connection: &Connection, article: i64, number: u32) -> Answer<Vec<u64>> {
    let blob: Option<Vec<u8>> = connection
        .prepare_cached("SELECT repeated FROM revision WHERE article = ?1 AND number = ?2")?
        .query_row(params![article, number], |row| row.get(0))?;
    Ok(hashes(&blob.unwrap_or_default()))
}

/// The article that has an address.
pub(super) fn holder(connection: &Connection, url: &str) -> Answer<Option<i64>> {
    Ok(connection
        .prepare_cached("SELECT article FROM alias WHERE url = ?1")?
        .query_row([url], |row| row.get(0))
        .optional()?)
}

/// The article that the page's final address or the entry leads to.
fn holder_of_any(connection: &Connection, capture: &Capture) -> Answer<Option<i64>> {
    if let Some(article) = holder(connection, capture.candidate.url().as_str())? {
        return Ok(Some(article));
    }
    // An entry that kept its id while its address changed (a new slug with a new headline) keeps its history, as long
    // as the site is the same: some feeds number their entries anew.
    let Some(entry) = &capture.entry else { return Ok(None) };
    let found: Option<(i64, String)> = connection
        .prepare_cached(
            "SELECT a.id, a.site FROM entry e JOIN article a ON a.id = e.article WHERE e.source = ?1 AND e.id = ?2",
        )?
        .query_row(params![capture.source.as_str(), entry], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(found.filter(|(_, site)| site == capture.candidate.url().site()).map(|(article, _)| article))
}

fn known_article(texts: &mut Texts<'_>, id: i64) -> Answer<KnownArticle> {
    let connection = texts.connection();
    let mut statement = connection.prepare_cached("SELECT * FROM article WHERE id = ?1")?;
    let mut rows = statement.query([id])?;
    let Some(row) = rows.next()? else {
        return Err(StoreError::NotFound { what: "article", name: id.to_string() }.into());
    };
    let record = records::article(row)?;
    let time = |column: &str| row.get::<_, Option<i64>>(column).map(|ms| ms.map(at));
    let suspect = row.get::<_, Option<String>>("suspect")?.zip(time("suspect_since")?);
    let (hash, extractor, repeated): (Vec<u8>, u32, Option<Vec<u8>>) = connection
        .prepare_cached("SELECT hash, extractor, repeated FROM revision WHERE article = ?1 AND number = ?2")?
        .query_row(params![id, record.revisions], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(KnownArticle {
        site: row.get("site")?,
        content: texts.content(id, record.revisions)?,
        hash: hash32("a link of the chain", &hash)?,
        extractor,
        repeated: hashes(&repeated.unwrap_or_default()),
        history: history(connection, id)?,
        last_change: time("last_change")?,
        matches: matches(connection, id)?,
        suspect,
        gone_since: time("gone_since")?,
        blocked: time("blocked_since")?.is_some(),
        record,
    })
}

fn history(connection: &Connection, id: i64) -> Answer<Vec<PastRevision>> {
    Ok(connection
        .prepare_cached("SELECT number, at, shown, title FROM revision WHERE article = ?1 ORDER BY number")?
        .query_map([id], |row| {
            Ok(PastRevision {
                number: RevisionNumber(row.get(0)?),
                at: at(row.get(1)?),
                shown: unsigned(row.get(2)?),
                title: row.get(3)?,
            })
        })?
        .collect::<Result<_, _>>()?)
}

/// What matches an article now.
pub(super) fn matches(connection: &Connection, id: i64) -> Answer<Vec<TopicMatch>> {
    let mut statement = connection
        .prepare_cached("SELECT topic, score, evidence FROM topic_match WHERE article = ?1 ORDER BY topic")?;
    let mut rows = statement.query([id])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(TopicMatch {
            topic: parsed("a topic's id", TopicId::new(row.get::<_, String>(0)?))?,
            score: row.get(1)?,
            evidence: from_json("a match's evidence", row.get_ref(2)?.as_str().unwrap_or_default())?,
        });
    }
    Ok(found)
}

/// The members of stories, in the order in which they appeared.
fn members(texts: &mut Texts<'_>, stories: &[i64]) -> Answer<Vec<KnownMember>> {
    let mut found = Vec::new();
    for story in stories {
        let mut statement = texts.connection().prepare_cached(
            "SELECT a.*, m.relation, m.confidence, m.copied, m.manual, s.name AS source_name, st.origin
             FROM article a JOIN story st ON st.id = a.story LEFT JOIN member m ON m.article = a.id
             LEFT JOIN source s ON s.id = a.source WHERE a.story = ?1 ORDER BY a.first_seen, a.id LIMIT ?2",
        )?;
        let mut rows = statement.query(params![story, MEMBERS_MAX])?;
        while let Some(row) = rows.next()? {
            found.push(member(texts, row)?);
        }
    }
    Ok(found)
}

fn member(texts: &mut Texts<'_>, row: &Row<'_>) -> Answer<KnownMember> {
    let record = records::article(row)?;
    let relation: Option<String> = row.get("relation")?;
    let source_name: Option<String> = row.get("source_name")?;
    Ok(KnownMember {
        text: texts.newest(record.id.0)?,
        relation: relation.map(|word| records::relation(&word)).transpose()?,
        confidence: Confidence(row.get::<_, Option<f64>>("confidence")?.unwrap_or(1.0)),
        copied: row.get::<_, Option<i64>>("copied")?.map(ArticleId),
        by_hand: row.get::<_, Option<bool>>("manual")?.unwrap_or(false),
        origin: row.get::<_, i64>("origin")? == record.id.0,
        source_name: source_name.unwrap_or_else(|| record.source.to_string()),
        record,
    })
}

fn told(connection: &Connection, stories: &[i64]) -> Answer<Vec<Told>> {
    let mut found = Vec::new();
    for story in stories {
        let mut statement = connection.prepare_cached(
            "SELECT t.* FROM article a JOIN told t ON t.article = a.id WHERE a.story = ?1 ORDER BY t.at, t.article",
        )?;
        let mut rows = statement.query([story])?;
        while let Some(row) = rows.next()? {
            let kind: EventKind = from_json("an event's kind", &format!("\"{}\"", row.get::<_, String>("kind")?))?;
            found.push(Told {
                article: ArticleId(row.get("article")?),
                story: StoryId(*story),
                topic: parsed("a topic's id", TopicId::new(row.get::<_, String>("topic")?))?,
                kind,
                revision: RevisionNumber(row.get("revision")?),
                change_hash: unsigned(row.get("change_hash")?),
            });
        }
    }
    Ok(found)
}

fn apart(connection: &Connection, stories: &[i64]) -> Answer<Vec<(StoryId, StoryId)>> {
    let mut found = Vec::new();
    let mut statement = connection.prepare_cached("SELECT a, b FROM apart WHERE a = ?1 OR b = ?1")?;
    for story in stories {
        let pairs = statement.query_map([story], |row| Ok((StoryId(row.get(0)?), StoryId(row.get(1)?))))?;
        for pair in pairs {
            found.push(pair?);
        }
    }
    Ok(found)
}

fn first_poll(connection: &Connection, capture: &Capture) -> Answer<Option<Timestamp>> {
    Ok(connection
        .prepare_cached("SELECT first_poll FROM source WHERE id = ?1")?
        .query_row([capture.source.as_str()], |row| row.get::<_, Option<i64>>(0))
        .optional()?
        .flatten()
        .map(at))
}

fn entry(connection: &Connection, capture: &Capture) -> Answer<Option<KnownEntry>> {
    let Some(entry) = &capture.entry else { return Ok(None) };
    Ok(connection
        .prepare_cached("SELECT backlog, attempts FROM entry WHERE source = ?1 AND id = ?2")?
        .query_row(params![capture.source.as_str(), entry], |row| {
            Ok(KnownEntry { backlog: row.get(0)?, attempts: row.get(1)? })
        })
        .optional()?)
}
