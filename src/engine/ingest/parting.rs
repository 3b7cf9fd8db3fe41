//! Puts a collection out of the story it stands in, when a captured text shows it for one.
//!
//! Invariants: a story in which a person joined anything is left whole; what goes with the collection are its copies; of
//! the rest, texts stay together that are copies of one another without it. [`Known`] then is as if it had been so, but
//! for [`Known::parted`], which says what the store has to write.

use super::known::{Known, KnownMember};
use crate::engine::crosspost::{self, Collection, Join, OriginDecision, Text};
use crate::model::ids::{ArticleId, StoryId};
use crate::model::story::{Confidence, Relation};

/// A part of a story after a collection was put out of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parted {
    /// The story that was parted.
    pub from: StoryId,
    /// The story that these articles are now: a new one, or the same for those that stay.
    pub story: StoryId,
    /// The collection that had to go, where this is it with its copies.
    pub collection: Option<Collection>,
    /// All its articles.
    pub articles: Vec<ArticleId>,
    /// Those that were joined with an article of another part, with what joins them now, if anything.
    pub joined_anew: Vec<(ArticleId, Option<Join>)>,
    /// Whose text it is.
    pub origin: OriginDecision,
}

/// Parts the stories of all collections that the decision names.
pub fn part(known: &mut Known) {
    for collection in std::mem::take(&mut known.decision.collections) {
        let held = |member: &&KnownMember| member.record.id == collection.article;
        let Some(story) = known.members.iter().find(held).map(|member| member.record.story) else { continue };
        let members: Vec<&KnownMember> = known.members.iter().filter(|member| member.record.story == story).collect();
        let mut parts = Parts::new(&members);
        let Some(gone) = parts.gone(collection.article) else { continue };
        if members.iter().any(|member| member.by_hand) || gone.len() == members.len() {
            continue;
        }
        let joined_anew = parts.join_anew(&gone);
        let groups = parts.groups(&gone);
        let with = known.decision.join.as_ref().map(|join| join.with);
        let stays = stays(&members, &groups, with);
        let mut parted = Vec::new();
        for (number, group) in std::iter::once(&gone).chain(&groups).enumerate() {
            let id = if number == stays {
                story
            } else {
                known.next_story += 1;
                StoryId(known.next_story - 1)
            };
            parted.extend(part_of(&members, group, (story, id), &joined_anew, (number == 0).then_some(&collection)));
        }
        settle(known, parted);
    }
}

/// The part that keeps the story's id, counted with the collection as the first: the one that the captured text joins,
/// or the largest.
fn stays(members: &[&KnownMember], groups: &[Vec<usize>], with: Option<ArticleId>) -> usize {
    let joined = |group: &[usize]| group.iter().any(|at| members.get(*at).map(|member| member.record.id) == with);
    let best = groups.iter().enumerate().max_by_key(|(at, group)| (joined(group), group.len(), std::cmp::Reverse(*at)));
    best.map_or(0, |(at, _)| at + 1)
}

fn part_of(
    members: &[&KnownMember],
    group: &[usize],
    (from, story): (StoryId, StoryId),
    joined_anew: &[(ArticleId, Option<Join>)],
    collection: Option<&Collection>,
) -> Option<Parted> {
    let inside: Vec<&KnownMember> = group.iter().filter_map(|at| members.get(*at).copied()).collect();
    let articles: Vec<ArticleId> = inside.iter().map(|member| member.record.id).collect();
    let texts: Vec<Text<'_>> = inside.iter().map(|member| member.text.text()).collect();
    let mut origin = crosspost::origin(&texts)?;
    if articles.len() == 1 {
        origin =
            OriginDecision { confidence: Confidence::CERTAIN, reason: crosspost::ONLY_ARTICLE.to_owned(), ..origin };
    }
    if let Some(Collection { article, beside, .. }) = collection {
        let why = format!("put out of story {from}, as {article} holds article {beside} and others side by side");
        origin.reason = format!("{}; {why}", origin.reason);
    }
    let joined_anew = joined_anew.iter().filter(|(article, _)| articles.contains(article)).cloned().collect();
    Some(Parted { from, story, collection: collection.cloned(), articles, joined_anew, origin })
}

/// Puts what is known where it belongs now.
fn settle(known: &mut Known, parted: Vec<Parted>) {
    let place = |article: ArticleId| parted.iter().find(|part| part.articles.contains(&article));
    for member in &mut known.members {
        let Some(part) = place(member.record.id) else { continue };
        member.record.story = part.story;
        member.text.story = part.story;
        member.origin = part.origin.article == member.record.id;
        if let Some((_, join)) = part.joined_anew.iter().find(|(article, _)| *article == member.record.id) {
            member.relation = join.as_ref().map(|join| join.relation);
            member.confidence = join.as_ref().map_or(Confidence::CERTAIN, |join| join.confidence);
            member.copied = join.as_ref().map(|join| join.with);
        }
    }
    for told in &mut known.told {
        told.story = place(told.article).map_or(told.story, |part| part.story);
    }
    if let Some(join) = &mut known.decision.join {
        join.story = place(join.with).map(|part| part.story).or(join.story);
        // What proved it to be one with another story may be what goes.
        join.merge.retain(|story| parted.iter().all(|part| part.from != *story));
    }
    let gone = parted.iter().filter(|part| part.collection.is_some()).map(|part| part.story);
    let rest = || parted.iter().filter(|part| part.collection.is_none()).map(|part| part.story);
    // What was shown once is not asked again by each copy that comes.
    let apart: Vec<(StoryId, StoryId)> = gone.flat_map(|gone| rest().map(move |rest| (gone, rest))).collect();
    known.apart.extend(apart);
    known.parted.extend(parted);
}

/// The members of a story in groups, each named by one of them.
struct Parts<'a> {
    members: &'a [&'a KnownMember],
    group: Vec<usize>,
}

impl<'a> Parts<'a> {
    fn new(members: &'a [&'a KnownMember]) -> Self {
        Self { members, group: (0..members.len()).collect() }
    }

    fn unite(&mut self, one: usize, other: usize) {
        let (Some(into), Some(from)) = (self.group.get(one).copied(), self.group.get(other).copied()) else { return };
        self.group.iter_mut().filter(|group| **group == from).for_each(|group| *group = into);
    }

    fn at(&self, article: ArticleId) -> Option<usize> {
        self.members.iter().position(|member| member.record.id == article)
    }

    fn of_group(&self, group: usize) -> Vec<usize> {
        (0..self.group.len()).filter(|at| self.group.get(*at) == Some(&group)).collect()
    }

    /// A collection with its copies: what was joined with one of them as the same text.
    fn gone(&mut self, collection: ArticleId) -> Option<Vec<usize>> {
        let collection = self.at(collection)?;
        for (at, member) in self.members.iter().enumerate() {
            let is_same = matches!(member.relation, Some(Relation::Identical | Relation::Edited));
            if let Some(copied) = member.copied.filter(|_| is_same).and_then(|copied| self.at(copied)) {
                self.unite(at, copied);
            }
        }
        Some(self.of_group(self.group.get(collection).copied()?))
    }

    /// Joins the rest without those that go; gives the articles that lost what they were joined with.
    fn join_anew(&mut self, gone: &[usize]) -> Vec<(ArticleId, Option<Join>)> {
        let mut loose = Vec::new();
        let mut joins = Vec::new();
        for (at, member) in self.members.iter().enumerate() {
            let is_out = gone.contains(&at);
            let copied = member.copied.and_then(|copied| self.at(copied));
            if let Some(copied) = copied.filter(|copied| gone.contains(copied) == is_out) {
                self.unite(copied, at);
                continue;
            }
            if member.copied.is_some() {
                joins.push((member.record.id, None));
            }
            if !is_out {
                loose.push(at);
            }
        }
        for at in loose {
            let Some((article, join)) = self.copy_of_another_group(at, gone) else { continue };
            if let Some(with) = self.at(join.with) {
                self.unite(with, at);
            }
            joins.retain(|(known, _)| *known != article);
            joins.push((article, Some(join)));
        }
        joins
    }

    /// What a member is a copy of among those of other groups that stay.
    fn copy_of_another_group(&self, at: usize, gone: &[usize]) -> Option<(ArticleId, Join)> {
        let (member, own) = (self.members.get(at)?, self.group.get(at)?);
        let others: Vec<Text<'_>> = (0..self.members.len())
            .filter(|other| self.group.get(*other) != Some(own) && !gone.contains(other))
            .filter_map(|other| {
                // Its group counts as its story.
                let story = i64::try_from(*self.group.get(other)?).ok().map(StoryId);
                Some(Text { story, ..self.members.get(other)?.text.text() })
            })
            .collect();
        let decision = crosspost::decide(&Text { story: None, ..member.text.text() }, &others, &[]);
        Some((member.record.id, decision.join?))
    }

    /// The rest in groups, in the order in which their first articles appeared.
    fn groups(&self, gone: &[usize]) -> Vec<Vec<usize>> {
        let firsts = (0..self.members.len()).filter(|at| !gone.contains(at));
        let mut groups: Vec<usize> = Vec::new();
        for group in firsts.filter_map(|at| self.group.get(at).copied()) {
            if !groups.contains(&group) {
                groups.push(group);
            }
        }
        groups.into_iter().map(|group| self.of_group(group)).collect()
    }
}
