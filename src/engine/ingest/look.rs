//! Looks that gave no content: not modified, gone, refused, failed.

use std::sync::Arc;

use super::data::Scene;
use super::decide::refused;
use super::doubt;
use super::known::{KnownArticle, KnownPage};
use super::plan::{Doubt, Plan, Row, TopicChange, Transition};
use super::telling::Teller;
use super::{AskedBy, Observation, Outcome, Seen};
use crate::engine::route::Topics;
use crate::model::article::ArticleStatus;
use crate::model::event::EventKind;
use crate::model::time::Timestamp;

/// Decides on a look at a known article that gave no content.
pub fn look(known: &KnownPage, observation: &Observation, topics: &Topics, now: Timestamp) -> Plan {
    let article = &known.article;
    let on_topic = !article.matches.is_empty();
    let mut plan = Plan::of(Some(article.record.id), Outcome::NotModified);
    plan.next_check = doubt::next_look(article, article.last_change, on_topic, (now, observation.jitter), topics);
    let teller = teller(known, topics, now);
    match &observation.seen {
        Seen::NotModified { .. } => unmodified(article, &teller, plan),
        Seen::Gone { status } => {
            plan.detail = Some(status.to_string());
            seems_gone(article, &teller, (now, observation.asked_by), plan)
        }
        Seen::Blocked { reason, .. } => refused(article, reason.clone(), plan),
        Seen::Failed { reason, wait, .. } => {
            plan.outcome = Outcome::Failed;
            plan.detail = Some(reason.clone());
            let asked = wait.and_then(|wait| now.checked_add(wait).ok());
            plan.next_check = plan.next_check.map(|next| asked.map_or(next, |asked| next.max(asked)));
            plan.row =
                Some(Row { status: article.record.status, doubt: Doubt::Failed(reason.clone()), ..Row::default() });
            plan
        }
    }
}

/// "As it was" also ends a doubt: what was suspected did not last.
fn unmodified(article: &KnownArticle, teller: &Teller<'_>, mut plan: Plan) -> Plan {
    plan.row = Some(Row::default());
    if article.record.status == ArticleStatus::Gone {
        plan.outcome = Outcome::Restored;
        plan.notes.push("gone before, and back".to_owned());
        teller.tell_gone(EventKind::Restored, &article.held(), &mut plan);
    }
    plan
}

/// Gone at the second sight, some minutes after the first; told once.
pub(super) fn seems_gone(
    article: &KnownArticle,
    teller: &Teller<'_>,
    (now, asked_by): (Timestamp, AskedBy),
    mut plan: Plan,
) -> Plan {
    let since = article.gone_since.unwrap_or(now);
    let row = |status, doubt| Some(Row { status, doubt, ..Row::default() });
    if article.record.status == ArticleStatus::Gone {
        plan.outcome = Outcome::StillGone;
        plan.row = row(ArticleStatus::Gone, Doubt::Gone(since));
        return plan;
    }
    if article.gone_since.is_none() || !doubt::is_confirmed(since, now, plan.next_check, asked_by) {
        plan.outcome = Outcome::Suspect { reason: "gone".to_owned() };
        plan.next_check = Some(doubt::second_look(now, plan.next_check));
        plan.row = row(article.record.status, Doubt::Gone(since));
        return plan;
    }
    plan.outcome = Outcome::Gone;
    plan.notes.push(format!("gone since {since}, confirmed by a second look"));
    plan.row = row(ArticleStatus::Gone, Doubt::Gone(since));
    teller.tell_gone(EventKind::Gone, &article.held(), &mut plan);
    plan
}

fn teller<'a>(known: &'a KnownPage, topics: &'a Topics, now: Timestamp) -> Teller<'a> {
    let article = &known.article;
    let own = known.members.iter().find(|member| member.record.id == article.record.id);
    let origin = known.members.iter().find(|member| member.origin);
    Teller {
        scene: Scene {
            record: crate::model::record::ArticleRecord { last_checked: now, ..article.record.clone() },
            source_name: &known.source_name,
            site: &article.site,
            content: &article.content,
            relation: own.and_then(|member| member.relation),
            others: known.members.iter().filter(|member| member.record.id != article.record.id).collect(),
            origin: origin.map_or(article.record.id, |member| member.record.id),
            reason: known.origin.0.clone(),
            confidence: known.origin.1,
            now,
        },
        told: known.told.iter().collect(),
        topics,
    }
}

impl KnownArticle {
    /// What matches it, as topics that stay.
    pub(super) fn held(&self) -> Vec<TopicChange> {
        let held = |found: &_| TopicChange { found: Clone::clone(found), transition: Transition::Held };
        self.matches.iter().map(held).collect()
    }

    /// An article that is about to be written.
    pub(super) fn unwritten(record: crate::model::record::ArticleRecord, site: &str) -> Self {
        Self {
            record,
            site: site.to_owned(),
            content: Arc::default(),
            hash: [0; 32],
            extractor: crate::engine::candidate::EXTRACTOR_VERSION,
            repeated: Vec::new(),
            history: Vec::new(),
            last_change: None,
            matches: Vec::new(),
            suspect: None,
            gone_since: None,
            blocked: false,
        }
    }
}
