//! Which topics are told what of a look, and what holds a telling back.
//!
//! Invariants: what is told once (by `once_per`) is told once; nothing is told that a topic does not ask for; every
//! telling that is held back leaves a note with the rule.

use super::data::{self, Scene};
use super::known::Told;
use super::plan::{Data, NewRevision, Plan, PlannedEvent, TopicChange, Transition};
use crate::engine::diff::Diff;
use crate::engine::route::{self, OncePer, Subject, TopicOn, TopicRule, Topics};
use crate::model::event::{Event, EventKind};
use crate::model::ids::RevisionNumber;

/// The significance of events whose weight no change measures.
const GONE_SIGNIFICANCE: f64 = 0.9;
const RESTORED_SIGNIFICANCE: f64 = 0.5;
const DIVERGED_SIGNIFICANCE: f64 = 0.8;

/// A telling of one look.
#[derive(Debug)]
pub(super) struct Teller<'a> {
    /// The article and its story after the look.
    pub scene: Scene<'a>,
    /// What was told of the story before, and of no other.
    pub told: Vec<&'a Told>,
    /// The rules.
    pub topics: &'a Topics,
}

impl Teller<'_> {
    /// Tells of a new article: matched, or crossposted where its story was told already.
    pub(super) fn tell_new(&self, changes: &[TopicChange], plan: &mut Plan) {
        let mut matched = Vec::new();
        let mut copied = Vec::new();
        for change in changes {
            match self.first_match(change, plan) {
                Some(EventKind::Crossposted) => copied.push(change),
                Some(_) => matched.push(change),
                None => {}
            }
        }
        let significance = |told: &[&TopicChange]| told.iter().map(|change| change.found.score).fold(0.0, f64::max);
        self.emit((EventKind::Matched, significance(&matched)), &matched, &Data::new(), plan);
        self.emit((EventKind::Crossposted, significance(&copied) / 2.0), &copied, &Data::new(), plan);
    }

    /// Tells of a revision: what entered is matched, the rest is revised.
    pub(super) fn tell_revised(&self, changes: &[TopicChange], revision: &NewRevision, diff: &Diff, plan: &mut Plan) {
        let mut matched = Vec::new();
        let mut revised = Vec::new();
        for change in changes {
            let Some(rule) = self.rule(change) else { continue };
            let wants_matches = rule.on.contains(&TopicOn::Match);
            if change.transition == Transition::Entered && wants_matches {
                if self.first_match(change, plan).is_some() {
                    matched.push(change);
                }
            } else if rule.on.contains(&TopicOn::Revision) {
                if self.holds_revision(rule, revision, plan).is_none() {
                    revised.push(change);
                }
            } else if wants_matches && rule.once_per == OncePer::Revision && change.transition != Transition::Left {
                matched.push(change);
            } else {
                plan.notes.push(format!("topic {}: does not ask for revisions (`on`)", rule.id));
            }
        }
        let mut extra = Data::new();
        data::add_revision(&mut extra, revision, diff);
        self.emit((EventKind::Matched, revision.significance.max(0.5)), &matched, &extra, plan);
        self.emit((EventKind::Revised, revision.significance), &revised, &extra, plan);
    }

    /// Tells that an article is gone or back.
    pub(super) fn tell_gone(&self, kind: EventKind, changes: &[TopicChange], plan: &mut Plan) {
        let told: Vec<&TopicChange> = changes
            .iter()
            .filter(|change| self.rule(change).is_some_and(|rule| rule.on.contains(&TopicOn::Gone)))
            .collect();
        let significance = if kind == EventKind::Gone { GONE_SIGNIFICANCE } else { RESTORED_SIGNIFICANCE };
        self.emit((kind, significance), &told, &Data::new(), plan);
    }

    /// Tells that copies still carry what their origin took back.
    pub(super) fn tell_diverged(
        &self,
        changes: &[TopicChange],
        (revision, diff): (&NewRevision, &Diff),
        (withdrawn, carried_by): (&[String], &[i64]),
        plan: &mut Plan,
    ) {
        let told: Vec<&TopicChange> = changes
            .iter()
            .filter(|change| self.rule(change).is_some_and(|rule| rule.on.contains(&TopicOn::Revision)))
            .collect();
        let mut extra = Data::new();
        data::add_revision(&mut extra, revision, diff);
        extra.insert("withdrawn".to_owned(), serde_json::json!(withdrawn));
        extra.insert("carried_by".to_owned(), serde_json::json!(carried_by));
        self.emit((EventKind::Diverged, DIVERGED_SIGNIFICANCE), &told, &extra, plan);
    }

    fn rule(&self, change: &TopicChange) -> Option<&TopicRule> {
        self.topics.rules.get(&change.found.topic)
    }

    /// As what an article that newly matches a topic is told, if at all.
    fn first_match(&self, change: &TopicChange, plan: &mut Plan) -> Option<EventKind> {
        let rule = self.rule(change)?;
        if !rule.on.contains(&TopicOn::Match) {
            plan.notes.push(format!("topic {}: does not ask for matches (`on`)", rule.id));
            return None;
        }
        let mut before = self
            .told
            .iter()
            .filter(|told| told.topic == rule.id && matches!(told.kind, EventKind::Matched | EventKind::Crossposted));
        let told_itself = before.clone().any(|told| told.article == self.scene.record.id);
        let told_other = before.find(|told| told.article != self.scene.record.id);
        match (rule.once_per, told_other) {
            (OncePer::Story, _) if told_itself => {
                plan.notes.push(format!("topic {}: this article was told before (once_per = story)", rule.id));
                None
            }
            (OncePer::Article, _) if told_itself => {
                plan.notes.push(format!("topic {}: this article was told before (once_per = article)", rule.id));
                None
            }
            (OncePer::Story, Some(told)) => {
                plan.notes.push(format!(
                    "topic {}: its story was told with article {} (once_per = story)",
                    rule.id, told.article
                ));
                None
            }
            (_, Some(_)) => Some(EventKind::Crossposted),
            (_, None) => Some(EventKind::Matched),
        }
    }

    /// Which rule holds a revision's telling back; it is noted.
    fn holds_revision(&self, rule: &TopicRule, revision: &NewRevision, plan: &mut Plan) -> Option<()> {
        let why = if let Some(earlier) = revision.flip_of.filter(|_| revision.flaps) {
            format!("goes back to revision {earlier}, and a flip is told once")
        } else if revision.significance < rule.min_significance {
            format!("significance {:.2} is under its min_significance {}", revision.significance, rule.min_significance)
        } else if rule.once_per == OncePer::Story
            && let Some(told) = self.told.iter().find(|told| {
                told.kind == EventKind::Revised
                    && told.topic == rule.id
                    && told.change_hash == revision.change_hash
                    && told.article != self.scene.record.id
            })
        {
            format!("the same edit was told with article {} (once_per = story)", told.article)
        } else {
            return None;
        };
        plan.notes.push(format!("topic {}: {why}", rule.id));
        Some(())
    }

    fn emit(&self, (kind, significance): (EventKind, f64), told: &[&TopicChange], extra: &Data, plan: &mut Plan) {
        let scene = &self.scene;
        let mut heard = Vec::new();
        for change in told {
            let subject = Subject {
                source: &scene.record.source,
                authors: &scene.content.authors,
                story: scene.record.story,
                topic: &change.found.topic,
            };
            if route::is_muted(subject, &self.topics.mutes, scene.now) {
                plan.notes.push(format!("topic {}: a mute covers it", change.found.topic));
            } else {
                heard.push(*change);
            }
        }
        if heard.is_empty() {
            return;
        }
        let ids: Vec<_> = heard.iter().map(|change| change.found.topic.clone()).collect();
        for audience in route::audiences((kind, significance), &ids, self.topics) {
            let theirs: Vec<&TopicChange> =
                heard.iter().copied().filter(|change| audience.topics.contains(&change.found.topic)).collect();
            let mut data = data::article_data(scene);
            data::add_topics(&mut data, &theirs, self.topics);
            data::add_story(&mut data, scene);
            data.extend(extra.clone());
            let event = Event {
                kind,
                timestamp: scene.now,
                topics: audience.topics,
                article: Some(scene.record.id),
                story: Some(scene.record.story),
                significance,
                data: data.into(),
            };
            plan.events.push(PlannedEvent { event, sends: audience.sends });
        }
        let (revision, change_hash) = plan
            .revision
            .as_ref()
            .map_or((RevisionNumber(scene.record.revisions), 0), |new| (new.number, new.change_hash));
        for topic in ids {
            plan.notes.push(format!("topic {topic}: told as {}", kind.as_str()));
            plan.told.push(Told {
                article: scene.record.id,
                story: scene.record.story,
                topic,
                kind,
                revision,
                change_hash,
            });
        }
    }
}
