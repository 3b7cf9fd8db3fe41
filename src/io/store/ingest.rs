//! Load, decide, apply: one capture in one savepoint, on the writing thread.
//!
//! The decision runs inside the transaction: no second look at the store, no lost race between two sources carrying the
//! same text, no event without its outbox row.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::{Connection, OptionalExtension, named_params, params};

use super::error::{Answer, StoreError};
use super::similar::Texts;
use super::value::{ms, signed, to_json};
use super::{apply, blobs, entries, events, load, wayback};
use crate::engine::candidate::MadeFrom;
use crate::engine::ingest::known::{Known, KnownText};
use crate::engine::ingest::plan::{Doubt, Plan, Row};
use crate::engine::ingest::{self, Capture, Ingested, Observation, Observed, Outcome, Recorded, Reread, Seen};
use crate::engine::route::Topics;
use crate::model::fetch::Validators;
use crate::model::ids::ArticleId;
use crate::model::time::Timestamp;

/// Texts that a capture may be a part of, of which is asked what else they hold.
const HOLDERS_MAX: usize = 3;

/// Records one capture.
pub(super) fn ingest(connection: &Connection, capture: &Capture, topics: &Topics, now: Timestamp) -> Answer<Ingested> {
    // What it takes without the commit, and its parts: for whoever measures.
    let _span = tracing::trace_span!("store.ingest").entered();
    let known = known(connection, capture, now)?;
    if let Some(article) = &known.article
        && guarded(capture.candidate.url().as_str(), || ingest::asks_to_reread(&known, capture))?
    {
        if let Some(page) = blobs::page_of(connection, article.record.id.0, article.record.revisions)? {
            return Ok(Ingested::ReadOtherwise(Box::new(page)));
        }
        let capture = Capture { reread: Reread::Lost, ..capture.clone() };
        return record(connection, (known, &capture), topics, now).map(Ingested::Recorded);
    }
    record(connection, (known, capture), topics, now).map(Ingested::Recorded)
}

/// What bears on a capture, its text's place among stories decided.
fn known(connection: &Connection, capture: &Capture, now: Timestamp) -> Answer<Known> {
    let mut texts = Texts::new(connection);
    let finding = tracing::trace_span!("store.ingest.find").entered();
    let mut known = load::known(&mut texts, capture, now)?;
    if !known.asks_for_story(capture) {
        return Ok(known);
    }
    let own = known.article.as_ref().map(|article| article.record.id.0);
    let similar = texts.similar(capture, own)?;
    drop(finding);
    let mut company: Vec<(ArticleId, Vec<KnownText>)> = Vec::new();
    let weighing = tracing::trace_span!("store.ingest.weigh").entered();
    loop {
        let url = capture.candidate.url().as_str();
        known.decision = guarded(url, || ingest::weigh(capture, &similar, &company, now))?;
        let asked = company.len();
        for holder in texts.holders(&known.decision)? {
            if company.len() < HOLDERS_MAX && company.iter().all(|(of, _)| *of != holder) {
                company.push((holder, texts.company(holder, own)?));
            }
        }
        if company.len() == asked {
            break;
        }
    }
    drop(weighing);
    if known.decision.join.is_some() || !known.decision.collections.is_empty() {
        load::stories(&mut texts, &mut known)?;
        ingest::part(&mut known);
    }
    Ok(known)
}

fn record(
    connection: &Connection,
    (known, capture): (Known, &Capture),
    topics: &Topics,
    now: Timestamp,
) -> Answer<Recorded> {
    let plan = tracing::trace_span!("store.ingest.decide")
        .in_scope(|| guarded(capture.candidate.url().as_str(), || ingest::decide(&known, capture, topics, now)))?;
    let Some(article) = plan.article else {
        if let (Some(entry), Some(reason)) = (&capture.entry, &plan.entry_failed) {
            entries::entry_failed(connection, (&capture.source, entry), reason, None, now)?;
        }
        return Ok(Recorded { article: None, outcome: plan.outcome, topics: Vec::new(), events: 0, deliveries: 0 });
    };
    write_row(connection, article, &plan, capture, now)?;
    write_aliases(connection, article, capture, now)?;
    if let Some(revision) = &plan.revision {
        let page = capture.page.as_ref().map(|page| blobs::keep_page(connection, page)).transpose()?;
        apply::revision(connection, article, revision, page, &plan.notes)?;
        apply::index(connection, article, capture, &revision.content)?;
        // A copy counts for nothing: a text that one site carries three times is not its boilerplate.
        let copied = plan.story.as_ref().is_some_and(|story| story.join.is_some());
        if !copied && plan.row.as_ref().is_some_and(|row| row.fresh) {
            apply::learn(connection, capture, now)?;
        }
    }
    if let Some(held) = &plan.suppressed {
        apply::suppressed(connection, article, held, now)?;
    }
    if let Some(story) = &plan.story {
        apply::story(connection, article, story, now)?;
    }
    if let Some(matches) = &plan.matches {
        apply::matches(connection, article, matches, known_revision(&plan, &known), now)?;
    }
    if plan.wayback
        && let Some(revision) = &plan.revision
    {
        wayback::want(connection, (article, revision.number), capture.candidate.url().as_str(), now)?;
    }
    let look = apply::Look {
        status: capture.page.as_ref().map(|page| page.status),
        hash: capture.page.as_ref().map(blobs::body_hash),
        bytes: capture.page.as_ref().map(|page| page.body.len()),
    };
    apply::observation(connection, article, &plan, &look, now)?;
    if let Some(entry) = &capture.entry {
        connection
            .prepare_cached(
                "UPDATE entry SET article = ?3, dirty = 0, attempts = 0, next_try = NULL, last_error = NULL
                 WHERE source = ?1 AND id = ?2",
            )?
            .execute(params![capture.source.as_str(), entry, article.0])?;
    }
    let before = known.article.as_ref().map_or(&[][..], |article| &article.matches);
    recorded(connection, plan, before.iter().map(|found| found.topic.clone()).collect(), now)
}

/// Records a look without content.
pub(super) fn observe(
    connection: &Connection,
    observation: &Observation,
    topics: &Topics,
    now: Timestamp,
) -> Answer<Recorded> {
    let article = match &observation.subject {
        Observed::Article(article) => Some(*article),
        Observed::Entry { source, id } => connection
            .prepare_cached("SELECT article FROM entry WHERE source = ?1 AND id = ?2")?
            .query_row(params![source.as_str(), id], |row| row.get::<_, Option<i64>>(0))
            .optional()?
            .flatten()
            .map(ArticleId),
    };
    if let Observed::Entry { source, id } = &observation.subject {
        let (reason, wait) = said(&observation.seen);
        entries::entry_failed(connection, (source, id), &reason, wait, now)?;
    }
    let Some(article) = article else {
        let outcome = match &observation.seen {
            Seen::NotModified { .. } => Outcome::NotModified,
            Seen::Gone { .. } => Outcome::Suspect { reason: "gone".to_owned() },
            Seen::Blocked { .. } => Outcome::Blocked,
            Seen::Failed { .. } => Outcome::Failed,
        };
        return Ok(Recorded { article: None, outcome, topics: Vec::new(), events: 0, deliveries: 0 });
    };
    let known = load::known_page(connection, article.0)?;
    let plan = guarded(&known.article.record.url, || ingest::look(&known, observation, topics, now))?;
    let validators = match &observation.seen {
        // A 304 need not repeat them; a full answer without them has none.
        Seen::NotModified { validators } => Some(validators).filter(|sent| **sent != Validators::default()),
        Seen::Gone { .. } | Seen::Blocked { .. } | Seen::Failed { .. } => None,
    };
    update_row(connection, (article, Looked::AtThePage), &plan, validators, now)?;
    let status = match &observation.seen {
        Seen::NotModified { .. } => Some(304),
        Seen::Gone { status } => Some(*status),
        Seen::Blocked { status, .. } | Seen::Failed { status, .. } => *status,
    };
    apply::observation(connection, article, &plan, &apply::Look { status, hash: None, bytes: None }, now)?;
    let topics = known.article.matches.iter().map(|found| found.topic.clone()).collect();
    recorded(connection, plan, topics, now)
}

/// A panic in a decision is a fault of ours on one page; it must not stop the wire. Nothing it touched is kept: the
/// decision only reads, and the savepoint is rolled back.
fn guarded<T>(url: &str, decide: impl FnOnce() -> T) -> Answer<T> {
    catch_unwind(AssertUnwindSafe(decide)).map_err(|panic| {
        let reason = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "a panic".to_owned());
        StoreError::Decision { url: url.to_owned(), reason }.into()
    })
}

fn said(seen: &Seen) -> (String, Option<crate::model::time::SignedDuration>) {
    match seen {
        Seen::NotModified { .. } => ("not modified, though it was never captured".to_owned(), None),
        Seen::Gone { status } => (format!("the server says {status}"), None),
        Seen::Blocked { reason, .. } => (reason.clone(), None),
        Seen::Failed { reason, wait, .. } => (reason.clone(), *wait),
    }
}

fn known_revision(plan: &Plan, known: &ingest::Known) -> u32 {
    plan.revision
        .as_ref()
        .map(|revision| revision.number.0)
        .or(known.article.as_ref().map(|article| article.record.revisions))
        .unwrap_or(1)
}

/// Sends what is told, and sums up.
fn recorded(
    connection: &Connection,
    plan: Plan,
    before: Vec<crate::model::ids::TopicId>,
    now: Timestamp,
) -> Answer<Recorded> {
    let mut deliveries = 0;
    for planned in &plan.events {
        let id = events::insert_event(connection, &planned.event)?;
        deliveries += events::send(connection, id, &planned.event, &planned.sends, now)?;
    }
    apply::told(connection, &plan.told, now)?;
    Ok(Recorded {
        article: plan.article,
        topics: plan.matches.as_ref().map_or(before, ingest::plan::MatchPlan::topics),
        outcome: plan.outcome,
        events: plan.events.len(),
        deliveries,
    })
}

fn write_row(
    connection: &Connection,
    article: ArticleId,
    plan: &Plan,
    capture: &Capture,
    now: Timestamp,
) -> Answer<()> {
    let candidate = &capture.candidate;
    let page_hash = capture.page.as_ref().map(blobs::body_hash);
    if plan.row.as_ref().is_some_and(|row| row.fresh) {
        let content = candidate.content();
        connection
            .prepare_cached(
                "INSERT INTO article (id, source, url, canonical, site, story, first_seen, last_checked, next_check,
                   revisions, backlog, exact, elsewhere, published)
                 VALUES (:id, :source, :url, :canonical, :site, :story, :now, :now, :next, 1, :backlog, 0, :elsewhere,
                   :published)",
            )?
            .execute(named_params! {
                ":id": article.0, ":source": capture.source.as_str(), ":url": candidate.url().as_str(),
                ":canonical": candidate.canonical().as_str(), ":site": candidate.url().site(),
                ":story": plan.story.as_ref().map_or(0, |story| story.story.0), ":now": ms(now),
                ":next": plan.next_check.map(ms), ":backlog": plan.row.as_ref().is_some_and(|row| row.backlog),
                ":elsewhere": candidate.elsewhere(), ":published": content.published.map(|at| at.to_string()),
            })?;
    }
    if let Some(revision) = &plan.revision {
        let content = &revision.content;
        connection
            .prepare_cached(
                "UPDATE article SET title = :title, authors = :authors, published = coalesce(:published, published),
                   language = :language, revisions = :number, exact = :exact, elsewhere = :elsewhere,
                   last_change = iif(:number > 1 AND NOT :technical, :now, last_change)
                 WHERE id = :id",
            )?
            .execute(named_params! {
                ":id": article.0, ":title": content.title, ":authors": to_json("authors", &content.authors)?,
                ":published": content.published.map(|at| at.to_string()), ":language": content.language,
                ":number": revision.number.0, ":exact": signed(candidate.exact()),
                ":elsewhere": candidate.elsewhere(), ":technical": revision.technical, ":now": ms(now),
            })?;
    }
    let validators = capture.page.as_ref().map(|page| &page.validators);
    // Only what was believed makes the next request conditional: a 304 for a block page would hide the article.
    let sound = plan.row.as_ref().is_some_and(|row| row.doubt == Doubt::None);
    // What does not come from the page says nothing of when the page is looked at again.
    let looked = if candidate.made_from() == MadeFrom::Page || plan.row.as_ref().is_some_and(|row| row.fresh) {
        Looked::AtThePage
    } else {
        Looked::Elsewhere
    };
    update_row(connection, (article, looked), plan, validators.filter(|_| sound), now)?;
    if sound && let Some(hash) = page_hash {
        connection
            .prepare_cached("UPDATE article SET page_hash = ?2 WHERE id = ?1")?
            .execute(params![article.0, &hash[..]])?;
    }
    Ok(())
}

/// Where a content was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Looked {
    AtThePage,
    /// In a feed or an import, which may be of an earlier time.
    Elsewhere,
}

fn update_row(
    connection: &Connection,
    (article, looked): (ArticleId, Looked),
    plan: &Plan,
    validators: Option<&Validators>,
    now: Timestamp,
) -> Answer<()> {
    let nothing = Row::default();
    let row = plan.row.as_ref().unwrap_or(&nothing);
    let (suspect, gone, blocked, failed) = match &row.doubt {
        Doubt::None => (None, None, None, None),
        Doubt::Suspect(what, since) => (Some((what, *since)), None, None, None),
        Doubt::Gone(since) => (None, Some(*since), None, None),
        Doubt::Blocked(reason) => (None, None, Some(reason), None),
        Doubt::Failed(reason) => (None, None, None, Some(reason)),
    };
    // A failure in between says nothing about an earlier doubt.
    let keep = matches!(row.doubt, Doubt::Failed(_) | Doubt::Blocked(_));
    connection
        .prepare_cached(
            "UPDATE article SET last_checked = iif(:elsewhere, max(last_checked, :now), :now),
               next_check = iif(:elsewhere, next_check, :next), status = :status, moved_into = :moved_into,
               suspect = iif(:keep, suspect, :suspect), suspect_since = iif(:keep, suspect_since, :suspect_since),
               gone_since = iif(:keep, gone_since, :gone), blocked_since = iif(:blocked, coalesce(blocked_since, :now), NULL),
               failures = iif(:failed, failures + 1, 0), last_error = :error,
               etag = iif(:fresh, :etag, etag), last_modified = iif(:fresh, :modified, last_modified)
             WHERE id = :id",
        )?
        .execute(named_params! {
            ":id": article.0, ":now": ms(now), ":elsewhere": looked == Looked::Elsewhere,
            ":next": plan.next_check.map(ms), ":status": row.status.as_str(),
            ":moved_into": row.moved_into.map(|into| into.0), ":keep": keep,
            ":suspect": suspect.as_ref().map(|(what, _)| what.as_str()),
            ":suspect_since": suspect.as_ref().map(|(_, since)| ms(*since)),
            ":gone": gone.map(ms), ":blocked": blocked.is_some(), ":failed": failed.is_some(),
            ":error": blocked.or(failed),
            ":fresh": validators.is_some(),
            ":etag": validators.and_then(|validators| validators.etag.as_deref()),
            ":modified": validators.and_then(|validators| validators.last_modified.as_deref()),
        })?;
    if let Some((url, canonical)) = &row.moved_to {
        connection
            .prepare_cached("UPDATE article SET url = ?2, canonical = ?3 WHERE id = ?1")?
            .execute(params![article.0, url, canonical])?;
    }
    Ok(())
}

fn write_aliases(connection: &Connection, article: ArticleId, capture: &Capture, now: Timestamp) -> Answer<()> {
    let candidate = &capture.candidate;
    let asked = capture.page.as_ref().map(|page| page.url.as_str());
    let mut insert =
        connection.prepare_cached("INSERT OR IGNORE INTO alias (url, article, since) VALUES (?1, ?2, ?3)")?;
    for url in [Some(candidate.canonical().as_str()), Some(candidate.url().as_str()), asked].into_iter().flatten() {
        insert.execute(params![url, article.0, ms(now)])?;
    }
    Ok(())
}
