//! From a capture to a plan: a new article, a revision, or nothing new.

use super::change::{Case, link, revision_of, topic_changes, without_learned};
use super::data::Scene;
use super::diverged::diverged;
use super::doubt::{self, Doubtful};
use super::known::{Known, KnownArticle};
use super::plan::{Doubt, Held, MatchPlan, Plan, Row, StoryPlan, TopicChange, Transition};
use super::story::{self, Placed};
use super::telling::Teller;
use super::{Capture, Outcome, Reread, reread};
use crate::engine::candidate::{MadeFrom, Suspicion};
use crate::engine::revision::{self, Change, Verdict};
use crate::engine::route::{Backlog, Topics};
use crate::model::article::{ArticleStatus, Content};
use crate::model::event::EventKind;
use crate::model::ids::{ArticleId, RevisionNumber, StoryId};
use crate::model::record::ArticleRecord;
use crate::model::story::Confidence;
use crate::model::time::{SignedDuration, Timestamp};

/// Feeds lag behind: what was published this shortly before a source's first poll, but was not listed then, is news.
const LISTED_LATE: SignedDuration = SignedDuration::from_hours(24);

/// A page without a body is recorded after so many captures: perhaps it has none (a video, a gallery).
const EMPTY_ATTEMPTS: u32 = 2;

/// Decides what one capture changes.
pub fn decide(known: &Known, capture: &Capture, topics: &Topics, now: Timestamp) -> Plan {
    match &known.article {
        None => match not_recorded(known, capture) {
            Some(plan) => plan,
            None => first(known, capture, topics, now),
        },
        Some(article) => match known.taken_by {
            Some(into) => leads_to(Case { known, article, capture, topics, now }, into),
            None => again(Case { known, article, capture, topics, now }),
        },
    }
}

/// A first capture that makes no article yet.
fn not_recorded(known: &Known, capture: &Capture) -> Option<Plan> {
    if capture.candidate.made_from() != MadeFrom::Page {
        return None;
    }
    let (outcome, reason) = match capture.candidate.suspicion()? {
        Suspicion::Blocked(reason) => (Outcome::Blocked, reason.clone()),
        Suspicion::SoftGone(reason) => (Outcome::Suspect { reason: reason.clone() }, reason.clone()),
        Suspicion::Empty => {
            let attempts = known.entry.map_or(EMPTY_ATTEMPTS, |entry| entry.attempts);
            if attempts >= EMPTY_ATTEMPTS {
                return None;
            }
            let reason = "the page has no body text".to_owned();
            (Outcome::Suspect { reason: reason.clone() }, reason)
        }
    };
    Some(Plan { entry_failed: Some(reason), ..Plan::of(None, outcome) })
}

fn first(known: &Known, capture: &Capture, topics: &Topics, now: Timestamp) -> Plan {
    let candidate = &capture.candidate;
    let content = candidate.content();
    let id = ArticleId(known.next_article);
    let mut plan = Plan::of(Some(id), Outcome::New);
    let placed = Placed { article: id, revision: RevisionNumber(1), story: None, first_seen: now };
    let story = story::place(known, capture, placed, &mut plan.notes);
    let backlog = is_backlog(known, capture);
    let record = ArticleRecord {
        id,
        source: capture.source.clone(),
        url: candidate.url().as_str().to_owned(),
        canonical_url: candidate.canonical().as_str().to_owned(),
        story: story.story,
        title: content.title.clone(),
        authors: content.authors.clone(),
        published: content.published,
        language: content.language.clone(),
        status: ArticleStatus::Live,
        first_seen: now,
        last_checked: now,
        revisions: 1,
    };
    plan.revision = Some(link(None, candidate, (&record, RevisionNumber(1)), content, now));
    let changes = topic_changes(&[], capture, &record, topics);
    plan.row = Some(Row { fresh: true, backlog, ..Row::default() });
    let article = KnownArticle::unwritten(record, candidate.url().site());
    plan.next_check = look_again(&article, None, !changes.is_empty(), capture, (topics, now));
    if candidate.made_from() == MadeFrom::Import {
        plan.notes.push("imported: recorded, not told".to_owned());
    } else if backlog {
        plan.notes.push("older than the source's first poll: recorded, not told (`backlog = \"record\"`)".to_owned());
    } else {
        teller(known, &article, capture, &story, (topics, now)).tell_new(&changes, &mut plan);
    }
    plan.story = Some(story);
    plan.wayback = is_archived(capture, &changes, topics);
    plan.matches = Some(MatchPlan { changes });
    plan
}

/// Whether a copy of a revision is wanted at an archive: of what a topic matches, and what stands on a page now.
fn is_archived(capture: &Capture, changes: &[TopicChange], topics: &Topics) -> bool {
    let is_matched = changes.iter().any(|change| change.transition != Transition::Left);
    topics.wayback && is_matched && capture.candidate.made_from() != MadeFrom::Import
}

fn again(case: Case<'_>) -> Plan {
    let Case { known, article, capture, topics, now } = case;
    let next = look_again(article, article.last_change, !article.matches.is_empty(), capture, (topics, now));
    let mut plan = Plan::of(Some(article.record.id), Outcome::Unchanged);
    plan.next_check = next;
    if known.imported_before {
        plan.notes.push("imported before: nothing new".to_owned());
        return plan;
    }
    match doubt::doubtful(article, &capture.candidate) {
        Some(Doubtful::Blocked(reason)) => return refused(article, reason, plan),
        Some(Doubtful::Gone(reason)) => {
            let story = standing(known, article);
            let teller = teller(known, article, capture, &story, (topics, now));
            plan.detail = Some(reason);
            return super::look::seems_gone(article, &teller, (now, capture.asked_by), plan);
        }
        Some(Doubtful::Suspect(what)) => match &article.suspect {
            Some((before, since)) if before == what && doubt::is_confirmed(*since, now, next, capture.asked_by) => {
                plan.notes.push(format!("{what}: confirmed by a second look"));
            }
            earlier => {
                let since = earlier.as_ref().filter(|(before, _)| before == what).map_or(now, |(_, since)| *since);
                return suspect(article, (what, since), next, (now, plan));
            }
        },
        None => {}
    }
    plan.row = Some(Row { moved_to: new_address(article, capture), ..Row::default() });
    compared(case, plan)
}

fn compared(case: Case<'_>, mut plan: Plan) -> Plan {
    let Case { known, article, capture, topics, now } = case;
    let after = capture.candidate.content();
    let stored = reread::stored(article, capture);
    let (before, learned) = without_learned(known, stored, after);
    let is_reread = matches!(capture.reread, Reread::Read(_)) && !reread::is_otherwise(article, capture);
    let mut change = None;
    match revision::compare(&before, after) {
        Verdict::Unchanged if is_reread => plan.hold_back("boilerplate", &article.content, after),
        Verdict::Unchanged if learned => plan.hold_back("boilerplate", stored, after),
        Verdict::Unchanged => {}
        Verdict::Cosmetic { rule } => plan.hold_back(&rule, stored, after),
        Verdict::Changed(found) => change = Some(found),
    }
    if reread::is_technical(case, change.as_deref()) {
        return reread::technical(case, plan);
    }
    let changes = match &change {
        Some(change) => revise(case, change, &mut plan),
        None => article.held(),
    };
    if article.record.status == ArticleStatus::Gone && capture.candidate.made_from() != MadeFrom::Import {
        let story = plan.story.clone().unwrap_or_else(|| standing(known, article));
        plan.notes.push("gone before, and back".to_owned());
        if change.is_none() {
            plan.outcome = Outcome::Restored;
        }
        teller(known, article, capture, &story, (topics, now)).tell_gone(EventKind::Restored, &changes, &mut plan);
    }
    plan
}

/// Plans a revision and its tellings; gives the topics before and after.
fn revise(case: Case<'_>, change: &Change, plan: &mut Plan) -> Vec<TopicChange> {
    let Case { known, article, capture, topics, now } = case;
    let content = capture.candidate.content();
    let number = RevisionNumber(article.record.revisions + 1);
    let placed = Placed {
        article: article.record.id,
        revision: number,
        story: Some(article.record.story),
        first_seen: article.record.first_seen,
    };
    let story = story::place(known, capture, placed, &mut plan.notes);
    let record = revised_record(article, content, &story, number, plan.row.as_ref());
    let new = revision_of(case, change, &record);
    plan.outcome = Outcome::Revised { number, kinds: new.kinds.clone() };
    plan.revision = Some(new.clone());
    let changes = topic_changes(&article.matches, capture, &record, topics);
    let on_topic = changes.iter().any(|change| change.transition != Transition::Left);
    plan.next_check = look_again(article, Some(now), on_topic, capture, (topics, now));
    if capture.candidate.made_from() == MadeFrom::Import {
        plan.notes.push("imported: recorded, not told".to_owned());
    } else {
        let revised = KnownArticle { record, ..article.clone() };
        let teller = teller(known, &revised, capture, &story, (topics, now));
        teller.tell_revised(&changes, &new, &change.diff, plan);
        if story.origin == article.record.id
            && !new.flaps
            && let Some((withdrawn, carried)) = diverged(&article.content, content, &teller.scene.others)
        {
            plan.notes.push(format!("{} sentences withdrawn that {} copies carry", withdrawn.len(), carried.len()));
            teller.tell_diverged(&changes, (&new, &change.diff), (&withdrawn, &carried), plan);
        }
    }
    plan.wayback = is_archived(capture, &changes, topics);
    plan.matches = Some(MatchPlan { changes: changes.clone() });
    plan.story = Some(story);
    changes
}

pub(super) fn revised_record(
    article: &KnownArticle,
    content: &Content,
    story: &StoryPlan,
    number: RevisionNumber,
    row: Option<&Row>,
) -> ArticleRecord {
    let mut record = ArticleRecord {
        story: story.story,
        title: content.title.clone(),
        authors: content.authors.clone(),
        published: content.published.or(article.record.published),
        language: content.language.clone(),
        status: ArticleStatus::Live,
        revisions: number.0,
        ..article.record.clone()
    };
    if let Some((url, canonical)) = row.and_then(|row| row.moved_to.clone()) {
        record.url = url;
        record.canonical_url = canonical;
    }
    record
}

/// What was told as news when the source was new is not.
fn is_backlog(known: &Known, capture: &Capture) -> bool {
    if capture.backlog == Backlog::Notify {
        return false;
    }
    let listed_first = known.entry.is_some_and(|entry| entry.backlog);
    let older = capture.candidate.content().published.zip(known.first_poll).is_some_and(|(published, first_poll)| {
        published.instant() < first_poll.checked_sub(LISTED_LATE).unwrap_or(Timestamp::MIN)
    });
    listed_first || older
}

fn look_again(
    article: &KnownArticle,
    last_change: Option<Timestamp>,
    on_topic: bool,
    capture: &Capture,
    (topics, now): (&Topics, Timestamp),
) -> Option<Timestamp> {
    match capture.candidate.made_from() {
        MadeFrom::Page => doubt::next_look(article, last_change, on_topic, (now, capture.jitter), topics),
        // A feed's content changes with the feed, and an import is history.
        MadeFrom::Feed | MadeFrom::Import => None,
    }
}

/// The address it moved to for good, if it did.
fn new_address(article: &KnownArticle, capture: &Capture) -> Option<(String, String)> {
    capture.page.as_ref()?.moved_to.as_ref()?;
    let canonical = capture.candidate.canonical();
    (canonical.as_str() != article.record.canonical_url)
        .then(|| (capture.candidate.url().as_str().to_owned(), canonical.as_str().to_owned()))
}

/// The page led to an address that another article has. A permanent redirect is believed; a passing one, or a canonical
/// link that wandered, only when a second look finds the same.
fn leads_to(case: Case<'_>, into: ArticleId) -> Plan {
    const WHAT: &str = "elsewhere";
    let Case { article, capture, topics, now, .. } = case;
    let next = look_again(article, article.last_change, !article.matches.is_empty(), capture, (topics, now));
    let since = article.suspect.as_ref().filter(|(what, _)| what == WHAT).map(|(_, since)| *since);
    let permanent = capture.page.as_ref().is_some_and(|page| page.moved_to.is_some());
    if permanent || since.is_some_and(|since| doubt::is_confirmed(since, now, next, capture.asked_by)) {
        return moved_into(article, into);
    }
    let plan = Plan::of(Some(article.record.id), Outcome::Unchanged);
    suspect(article, (WHAT, since.unwrap_or(now)), next, (now, plan))
}

fn moved_into(article: &KnownArticle, into: ArticleId) -> Plan {
    let row = Row { status: ArticleStatus::Moved, moved_into: Some(into), ..Row::default() };
    Plan {
        row: Some(row),
        notes: vec![format!("its address leads to article {into}, which goes on with the history")],
        ..Plan::of(Some(article.record.id), Outcome::Moved { into })
    }
}

/// A look that was refused says nothing about the article.
pub(super) fn refused(article: &KnownArticle, reason: String, mut plan: Plan) -> Plan {
    plan.outcome = Outcome::Blocked;
    plan.detail = Some(reason.clone());
    plan.row = Some(Row { status: article.record.status, doubt: Doubt::Blocked(reason), ..Row::default() });
    plan
}

fn suspect(
    article: &KnownArticle,
    (what, since): (&str, Timestamp),
    next: Option<Timestamp>,
    (now, mut plan): (Timestamp, Plan),
) -> Plan {
    plan.outcome = Outcome::Suspect { reason: what.to_owned() };
    plan.detail = Some(what.to_owned());
    plan.next_check = Some(doubt::second_look(now, next));
    plan.row =
        Some(Row { status: article.record.status, doubt: Doubt::Suspect(what.to_owned(), since), ..Row::default() });
    plan
}

/// The story of an article whose place does not change.
pub(super) fn standing(known: &Known, article: &KnownArticle) -> StoryPlan {
    let origin = story::members_of(known, article.record.story).find(|member| member.origin);
    StoryPlan {
        story: article.record.story,
        fresh: false,
        absorbed: Vec::new(),
        join: None,
        shares: Vec::new(),
        parted: Vec::new(),
        origin: origin.map_or(article.record.id, |member| member.record.id),
        reason: String::new(),
        confidence: 1.0,
    }
}

fn teller<'a>(
    known: &'a Known,
    article: &'a KnownArticle,
    capture: &'a Capture,
    story: &StoryPlan,
    (topics, now): (&'a Topics, Timestamp),
) -> Teller<'a> {
    let inside = |id: StoryId| id == story.story || story.absorbed.contains(&id);
    let own = known.members.iter().find(|member| member.record.id == article.record.id);
    Teller {
        scene: Scene {
            record: ArticleRecord { story: story.story, last_checked: now, ..article.record.clone() },
            source_name: &capture.source_name,
            site: &article.site,
            content: capture.candidate.content(),
            relation: story.join.as_ref().map(|join| join.relation).or(own.and_then(|member| member.relation)),
            others: known
                .members
                .iter()
                .filter(|member| member.record.id != article.record.id && inside(member.record.story))
                .collect(),
            origin: story.origin,
            reason: story.reason.clone(),
            confidence: Confidence(story.confidence),
            now,
        },
        told: known.told.iter().filter(|told| inside(told.story)).collect(),
        topics,
    }
}

impl Plan {
    /// A plan that changes nothing yet.
    pub(super) fn of(article: Option<ArticleId>, outcome: Outcome) -> Self {
        Self {
            article,
            outcome,
            detail: None,
            row: None,
            revision: None,
            suppressed: None,
            story: None,
            matches: None,
            wayback: false,
            events: Vec::new(),
            told: Vec::new(),
            next_check: None,
            notes: Vec::new(),
            entry_failed: None,
        }
    }

    fn hold_back(&mut self, rule: &str, before: &Content, after: &Content) {
        let diff = crate::engine::diff::diff(before, after);
        self.outcome = Outcome::Cosmetic { rule: rule.to_owned() };
        self.detail = Some(rule.to_owned());
        self.suppressed = Some(Held {
            rule: rule.to_owned(),
            text_hash: revision::text_hash(after),
            added: diff.added_texts(),
            removed: diff.removed_texts(),
        });
    }
}
