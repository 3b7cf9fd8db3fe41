//! Decides whether a text is a copy of one already known, and whose text a story is.
//!
//! Invariants: the same inputs give the same decision; at most one story is joined (others are named for merging); a
//! decision carries the evidence for it. Looks at texts only as they are given: which ones are worth comparing is the
//! store's choice, by [`super::fingerprint`].

mod boilerplate;
mod collection;
mod copies;
mod holders;
mod judge;
mod measure;
mod origin;
mod prepared;

pub use copies::{CopyChanges, carries, changes, withdrawn};
pub use holders::Collection;
pub use origin::{ONLY_ARTICLE, OriginDecision, origin};

use serde_json::{Value, json};

use crate::model::article::Content;
use crate::model::ids::{ArticleId, RevisionNumber, StoryId};
use crate::model::story::{Confidence, Relation};
use crate::model::time::Timestamp;

use self::collection::{Passage, SAME_HEADLINE, collected, holds_beside, is_coherent};
use self::holders::Companion;
use self::judge::{Judgement, judge};
use self::measure::{Marks, Measure};
use self::prepared::{Prepared, common, same_headline};

/// One text that takes part in a decision.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// Its article, if stored.
    pub article: Option<ArticleId>,
    /// Which of the article's revisions this is: a copy made before an edit is compared with what it copied.
    pub revision: Option<RevisionNumber>,
    /// The article's story, if it has one.
    pub story: Option<StoryId>,
    /// The registrable domain it is published at.
    pub site: &'a str,
    /// Its canonical address.
    pub url: &'a str,
    /// The content.
    pub content: &'a Content,
    /// The canonical link of its page, if that names another host.
    pub canonical_elsewhere: Option<&'a str>,
    /// When it was first seen.
    pub first_seen: Timestamp,
}

/// What was decided of one text.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
#[must_use]
pub struct StoryDecision {
    /// The story to join. `None`: a text of its own.
    pub join: Option<Join>,
    /// Articles with which it shares text without being a copy (a quotation at length, background paragraphs).
    pub shares: Vec<Shared>,
    /// Texts that hold the candidate or its beginning among other things, with their stories, the most alike first. What
    /// else each holds bears on the decision.
    pub holders: Vec<(ArticleId, StoryId)>,
    /// Those of which it is known now that they are collections, whatever was decided of them before.
    pub collections: Vec<Collection>,
}

/// The story that a text belongs to.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Join {
    /// The story of [`Join::with`]; `None` if that article has none yet.
    pub story: Option<StoryId>,
    /// The article it is a copy of (not necessarily the origin: the most alike).
    pub with: ArticleId,
    /// The revision of that article that it is most like.
    pub revision: Option<RevisionNumber>,
    /// How it relates to that article.
    pub relation: Relation,
    /// How sure.
    pub confidence: Confidence,
    /// What was measured, for `story` and `explain`.
    pub evidence: serde_json::Value,
    /// Other stories that this text proves to be the same one, ascending.
    pub merge: Vec<StoryId>,
}

/// A text in common that makes no story.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Shared {
    /// The other article.
    pub with: ArticleId,
    /// What was measured, with the reason why it is no copy.
    pub evidence: serde_json::Value,
}

/// Fewest words that identify a text alone.
const EXACT_MIN_WORDS: usize = 6;

/// Most texts in [`StoryDecision::shares`].
const SHARES_MAX: usize = 8;

/// A copy that was found.
struct Found {
    at: usize,
    relation: Relation,
    confidence: f64,
    rule: &'static str,
    measure: Option<Measure>,
    /// Which shingles of the candidate it shares.
    own_marks: Vec<bool>,
}

/// The texts that a text in the store is like.
#[derive(Debug, Clone)]
pub struct Company<'a> {
    /// That text's article.
    pub of: ArticleId,
    /// The others.
    pub texts: Vec<Text<'a>>,
}

impl StoryDecision {
    /// The longer text that the candidate would join as a part.
    pub fn joined_holder(&self) -> Option<ArticleId> {
        self.join.as_ref().filter(|join| join.relation == Relation::Excerpt).map(|join| join.with)
    }
}

/// Decides where `candidate` belongs, given the texts that the index found, and of texts that it may be a part of their
/// company.
pub fn decide(candidate: &Text<'_>, similar: &[Text<'_>], company: &[Company<'_>]) -> StoryDecision {
    if similar.is_empty() {
        return StoryDecision::default();
    }
    let own = Prepared::new(candidate);
    let others: Vec<Prepared> = similar.iter().map(Prepared::new).collect();
    let marks: Vec<Marks> = others
        .iter()
        .map(|other| {
            let (own, other) = own.shared(other);
            Marks { own, other }
        })
        .collect();
    let common_shingles = boilerplate::boilerplate(&own, similar, &marks);
    let mut found = Vec::new();
    let mut shares = Vec::new();
    let mut holders = Vec::new();
    for (at, (text, other)) in similar.iter().zip(&others).enumerate() {
        let (Some(article), Some(marks)) = (text.article, marks.get(at)) else { continue };
        if own.exact == other.exact && own.words.len() == other.words.len() && own.words.len() >= EXACT_MIN_WORDS {
            let own_marks = marks.own.clone();
            found.push(Found {
                at,
                relation: Relation::Identical,
                confidence: 1.0,
                rule: "exact",
                measure: None,
                own_marks,
            });
            continue;
        }
        let (measure, own_marks) = boilerplate::measured(&own, other, marks, &common_shingles);
        if holders::may_be_among_others((&own, &own_marks), (other, &marks.other), &measure) {
            holders.push(at);
        }
        let same_site = candidate.site == text.site;
        match judge(&measure, same_site) {
            Judgement::Copy { relation, confidence, rule } => {
                found.push(Found { at, relation, confidence, rule, measure: Some(measure), own_marks });
            }
            Judgement::Shares { rule } if shares.len() < SHARES_MAX => {
                shares.push(Shared { with: article, evidence: evidence(rule, Some(&measure)) });
            }
            Judgement::Shares { .. } | Judgement::Apart => {}
        }
    }
    let companions = holders::companions(similar, &others, company);
    let compared = Compared { own: &own, similar, others: &others, marks: &marks, companions: &companions };
    let passages: Vec<bool> =
        found.iter().map(|one| compared.is_only_a_passage(one, &found) || compared.is_in_a_collection(one)).collect();
    let mut passages = passages.into_iter();
    found.retain(|_| passages.next() != Some(true));
    found.sort_by(|a, b| {
        b.strength().total_cmp(&a.strength()).then(similar[a.at].first_seen.cmp(&similar[b.at].first_seen))
    });
    let collections = compared.collections(&holders);
    StoryDecision { join: compared.join(&found), shares, holders: compared.articles(&holders), collections }
}

impl Found {
    fn strength(&self) -> f64 {
        self.measure.as_ref().map_or(2.0, |measure| measure.resemblance + self.confidence / 100.0)
    }

    /// Strong enough to prove two stories one.
    fn is_strong(&self) -> bool {
        // What holds the candidate among much else may be a collection.
        self.measure.as_ref().is_none_or(|measure| {
            measure.resemblance >= 0.5 || (measure.containment >= 0.85 && measure.length_ratio >= 0.5)
        })
    }

    /// Whether one of both texts is a small part of the other, under another headline.
    fn is_passage(&self) -> bool {
        self.measure.as_ref().is_some_and(|measure| measure.length_ratio < 0.5 && measure.title < 0.4)
    }

    /// Whether the candidate is a part of this text.
    fn holds_candidate(&self) -> bool {
        self.measure.as_ref().is_some_and(|measure| measure.own_is_shorter && measure.length_ratio < 0.85)
    }

    /// Where in this text the candidate's words begin, in tenths of it.
    fn begins_at(&self) -> f64 {
        self.measure.as_ref().map_or(0.0, |measure| (measure.block_start * 10.0).floor())
    }

    fn shared(&self) -> usize {
        self.own_marks.iter().filter(|mark| **mark).count()
    }

    fn shared_with(&self, marks: &[bool]) -> usize {
        self.own_marks.iter().zip(marks).filter(|(one, two)| **one && **two).count()
    }
}

/// The texts that the candidate was compared with.
struct Compared<'a> {
    own: &'a Prepared,
    similar: &'a [Text<'a>],
    others: &'a [Prepared],
    marks: &'a [Marks],
    companions: &'a [Vec<Companion<'a>>],
}

impl Compared<'_> {
    /// Whether the candidate holds an excerpt of a story whose whole text it does not copy: it has the passage for
    /// reasons of its own, as round-ups and replies do.
    fn is_only_a_passage(&self, one: &Found, found: &[Found]) -> bool {
        let Some(text) = self.similar.get(one.at) else { return false };
        let extends =
            one.measure.as_ref().is_some_and(|measure| !measure.own_is_shorter && measure.length_ratio < 0.85);
        // A copy under the story's headline may have a lead of its own, as others have theirs.
        let has_headline = one.measure.as_ref().is_some_and(Measure::has_one_headline);
        if !extends || has_headline || text.story.is_none() {
            return false;
        }
        let words = |at: usize| self.others.get(at).map_or(0, |other| other.words.len());
        let is_whole = |at: &usize| {
            let in_story = self.similar.get(*at).is_some_and(|other| other.story == text.story);
            let holds = || self.marks.get(*at).is_some_and(|marks| one.shared_with(&marks.own) * 5 >= one.shared() * 4);
            in_story && words(*at) * 4 > words(one.at) * 5 && holds()
        };
        let whole = (0..self.similar.len()).filter(is_whole).max_by_key(|at| words(*at));
        let Some(article) = whole.and_then(|at| self.similar.get(at)).map(|text| text.article) else { return false };
        !found.iter().any(|other| self.similar.get(other.at).is_some_and(|text| text.article == article))
    }

    /// Whether the longer of both texts holds the shorter among others.
    fn is_in_a_collection(&self, one: &Found) -> bool {
        let (Some(other), Some(marks)) = (self.others.get(one.at), self.marks.get(one.at)) else { return false };
        let (longer, passage) = if one.holds_candidate() { (other, &marks.other) } else { (self.own, &one.own_marks) };
        if one.is_passage() && !is_coherent(longer, passage) {
            return true;
        }
        let is_collection = || self.holds_more(one.at) || self.collection(one.at).is_some();
        (one.holds_candidate() && is_collection()) || self.candidate_holds_more(one)
    }

    /// Whether the candidate holds a text of another story beside one that it was found to copy.
    fn candidate_holds_more(&self, one: &Found) -> bool {
        let (Some(text), Some(other)) = (self.similar.get(one.at), self.others.get(one.at)) else { return false };
        let passages = (0..self.similar.len()).filter_map(|at| {
            let (story, (text, marks)) = (self.similar.get(at)?.story, self.others.get(at).zip(self.marks.get(at))?);
            Some((at, Passage { text, marks: &marks.other, holder_marks: &marks.own, story }))
        });
        let others: Vec<(usize, Passage<'_>)> =
            passages.filter(|(at, _)| self.similar.get(*at).is_some_and(|other| other.story != text.story)).collect();
        let strange = others.iter().filter(|(at, _)| !self.speak_of_the_same(one.at, *at));
        let strange: Vec<Passage<'_>> = strange.map(|(_, passage)| *passage).collect();
        let others: Vec<Passage<'_>> = others.into_iter().map(|(_, passage)| passage).collect();
        holds_beside(self.own, &one.own_marks, &strange)
            || collected(self.own, (other, &one.own_marks), &others).is_some()
    }

    fn join(&self, found: &[Found]) -> Option<Join> {
        let best = best(found)?;
        let text = self.similar.get(best.at)?;
        let mut merge = Vec::new();
        for other in found.iter().filter(|other| other.at != best.at && other.is_strong() && best.is_strong()) {
            let story = self.similar.get(other.at).and_then(|text| text.story);
            if let Some(story) = story
                && Some(story) != text.story
            {
                if best.holds_candidate() && other.holds_candidate() {
                    // A passage that both have proves nothing of them.
                    if self.are_copies(best, other) {
                        merge.push(story);
                    }
                    continue;
                }
                if !self.belong_together(best, other) {
                    // A round-up holds several texts whole; it is a copy of none of them.
                    return None;
                }
                merge.push(story);
            }
        }
        merge.sort_unstable();
        merge.dedup();
        Some(Join {
            story: text.story,
            with: text.article?,
            revision: text.revision,
            relation: best.relation,
            confidence: Confidence((best.confidence.min(1.0) * 100.0).round() / 100.0),
            evidence: evidence(best.rule, best.measure.as_ref()),
            merge,
        })
    }

    /// Whether two of the texts are copies by themselves.
    fn are_copies(&self, one: &Found, other: &Found) -> bool {
        let (Some(own), Some(another)) = (self.others.get(one.at), self.others.get(other.at)) else { return false };
        let same_site =
            self.similar.get(one.at).map(|text| text.site) == self.similar.get(other.at).map(|text| text.site);
        let (own_marks, other_marks) = own.shared(another);
        let none = Marks { own: vec![false; own_marks.len()], other: vec![false; other_marks.len()] };
        let measure = measure::measure(own, another, &Marks { own: own_marks, other: other_marks }, &none);
        matches!(judge(&measure, same_site), Judgement::Copy { .. })
    }

    /// Whether two texts that the candidate was found to copy are parts of one: they overlap in it, or speak of the same
    /// people and places.
    fn belong_together(&self, best: &Found, other: &Found) -> bool {
        if best.shared_with(&other.own_marks) * 5 >= best.shared().min(other.shared()) {
            return true;
        }
        self.speak_of_the_same(best.at, other.at)
    }

    /// Whether two texts have one headline, or name the same people and places: half of the names of the sparser one. On
    /// one day, reports of different events have a fifth in common.
    fn speak_of_the_same(&self, one: usize, other: usize) -> bool {
        let (Some(one), Some(two)) = (self.others.get(one), self.others.get(other)) else { return false };
        let names = common(&one.names, &two.names);
        let same_names = names >= 3 && names * 2 >= one.names.len().min(two.names.len());
        same_names || same_headline(one, two) >= SAME_HEADLINE
    }
}

/// The copy that is most alike. Of several texts that hold the candidate as a part, each for itself, it is an excerpt of
/// the one that begins with it rather than of one that has it among other things, and of the one with its headline.
/// `found` is sorted: where neither tells, the most alike wins.
fn best(found: &[Found]) -> Option<&Found> {
    let first = found.first()?;
    if !first.holds_candidate() {
        return Some(first);
    }
    let holders = found.iter().filter(|other| other.holds_candidate());
    let title = |found: &Found| found.measure.as_ref().map_or(0.0, |measure| measure.title);
    holders.min_by(|one, other| {
        one.begins_at().total_cmp(&other.begins_at()).then_with(|| title(other).total_cmp(&title(one)))
    })
}

fn evidence(rule: &str, measure: Option<&Measure>) -> Value {
    let mut evidence = match measure.map(serde_json::to_value) {
        Some(Ok(Value::Object(fields))) => Value::Object(fields),
        Some(_) | None => json!({}),
    };
    evidence["rule"] = json!(rule);
    evidence
}

#[cfg(test)]
mod tests;
