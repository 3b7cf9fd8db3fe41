//! Where an article stands among stories after a look.

use super::Capture;
use super::known::{Known, KnownMember, KnownText};
use super::plan::StoryPlan;
use crate::engine::crosspost::{self, Collection, Company, StoryDecision, Text};
use crate::model::ids::{ArticleId, RevisionNumber, StoryId};
use crate::model::time::Timestamp;

/// The captured article as a text among others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    /// Its id.
    pub article: ArticleId,
    /// The revision that is captured.
    pub revision: RevisionNumber,
    /// The story it is in, if it is known.
    pub story: Option<StoryId>,
    /// When it was first seen.
    pub first_seen: Timestamp,
}

/// Decides which story a captured text belongs to, given the texts of other articles that may be alike, and for some of
/// these the texts that they are like in turn.
pub fn weigh(
    capture: &Capture,
    similar: &[KnownText],
    company: &[(ArticleId, Vec<KnownText>)],
    now: Timestamp,
) -> StoryDecision {
    let text = text_of(capture, now);
    let similar: Vec<Text<'_>> = similar.iter().map(KnownText::text).collect();
    let company: Vec<Company<'_>> = company
        .iter()
        .map(|(of, texts)| Company { of: *of, texts: texts.iter().map(KnownText::text).collect() })
        .collect();
    crosspost::decide(&text, &similar, &company)
}

/// A captured text before it has a place among others.
fn text_of(capture: &Capture, first_seen: Timestamp) -> Text<'_> {
    let candidate = &capture.candidate;
    Text {
        article: capture.article,
        revision: None,
        story: None,
        site: candidate.url().site(),
        url: candidate.canonical().as_str(),
        content: candidate.content(),
        canonical_elsewhere: candidate.elsewhere(),
        first_seen,
    }
}

/// Where that puts the article, and whose text the story is.
pub(super) fn place(known: &Known, capture: &Capture, placed: Placed, notes: &mut Vec<String>) -> StoryPlan {
    let text = Text {
        article: Some(placed.article),
        revision: Some(placed.revision),
        story: placed.story,
        ..text_of(capture, placed.first_seen)
    };
    let decision = known.decision.clone();
    let own = placed.story.unwrap_or(StoryId(known.next_story));
    let mut plan = StoryPlan {
        story: own,
        fresh: placed.story.is_none(),
        absorbed: Vec::new(),
        join: None,
        shares: decision.shares,
        parted: known.parted.clone(),
        origin: placed.article,
        reason: crosspost::ONLY_ARTICLE.to_owned(),
        confidence: 1.0,
    };
    for part in &known.parted {
        if let Some(Collection { article, beside, .. }) = &part.collection {
            let (from, story) = (part.from, part.story);
            notes.push(format!(
                "article {article} was put out of story {from} and is story {story}: it holds article {beside} and this one \
                 side by side"
            ));
        }
    }
    if let Some(join) = decision.join {
        match join.story {
            Some(target) if is_apart(known, own, target) => {
                notes.push(format!("story {target}: it was set apart from this article's (as by `story split`)"));
            }
            Some(target) if target != own => {
                let mut absorbed: Vec<StoryId> = placed.story.into_iter().collect();
                for story in &join.merge {
                    if *story != target && !absorbed.contains(story) && !is_apart(known, *story, target) {
                        absorbed.push(*story);
                    }
                }
                notes.push(format!(
                    "joined story {target} as {} of article {} ({:.2})",
                    join.relation.as_str(),
                    join.with,
                    join.confidence.0
                ));
                plan.story = target;
                plan.fresh = false;
                plan.absorbed = absorbed;
                plan.join = Some(join);
            }
            _ => {}
        }
    }
    name_origin(known, &text, &mut plan);
    plan
}

/// The members of a story.
pub(super) fn members_of(known: &Known, story: StoryId) -> impl Iterator<Item = &KnownMember> {
    known.members.iter().filter(move |member| member.record.story == story)
}

/// The other members of the story that a plan leads to.
pub(super) fn others<'a>(known: &'a Known, plan: &StoryPlan, article: ArticleId) -> Vec<&'a KnownMember> {
    let inside = |story: StoryId| story == plan.story || plan.absorbed.contains(&story);
    known.members.iter().filter(|member| member.record.id != article && inside(member.record.story)).collect()
}

fn name_origin(known: &Known, text: &Text<'_>, plan: &mut StoryPlan) {
    let Some(article) = text.article else { return };
    let others = others(known, plan, article);
    if others.is_empty() {
        return;
    }
    let texts: Vec<Text<'_>> = others.iter().map(|member| member.text.text()).chain(std::iter::once(*text)).collect();
    if let Some(origin) = crosspost::origin(&texts) {
        plan.origin = origin.article;
        plan.reason = origin.reason;
        plan.confidence = origin.confidence.0;
    }
}

fn is_apart(known: &Known, one: StoryId, other: StoryId) -> bool {
    known.apart.iter().any(|(a, b)| (*a == one && *b == other) || (*a == other && *b == one))
}
