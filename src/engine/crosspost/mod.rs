//! Decides whether a text is a copy of one already known, and whose text a story is.
//!
//! Invariants: the same inputs give the same decision; at most one story is joined (others are named for merging); a
//! decision carries the evidence for it. Looks at texts only as they are given: which ones are worth comparing is the
//! store's choice, by [`super::fingerprint`].

mod boilerplate;
mod copies;
mod judge;
mod measure;
mod origin;
mod prepared;

pub use copies::{CopyChanges, carries, changes, withdrawn};
pub use origin::{OriginDecision, origin};

use serde_json::{Value, json};

use crate::model::article::Content;
use crate::model::ids::{ArticleId, RevisionNumber, StoryId};
use crate::model::story::{Confidence, Relation};
use crate::model::time::Timestamp;

use self::judge::{Judgement, judge};
use self::measure::{Marks, Measure};
use self::prepared::{Prepared, common};

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

/// Decides where `candidate` belongs, given the texts that the index found.
pub fn decide(candidate: &Text<'_>, similar: &[Text<'_>]) -> StoryDecision {
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
    found.sort_by(|a, b| {
        b.strength().total_cmp(&a.strength()).then(similar[a.at].first_seen.cmp(&similar[b.at].first_seen))
    });
    StoryDecision { join: join(similar, &others, &found), shares }
}

impl Found {
    fn strength(&self) -> f64 {
        self.measure.as_ref().map_or(2.0, |measure| measure.resemblance + self.confidence / 100.0)
    }

    /// Strong enough to prove two stories one.
    fn is_strong(&self) -> bool {
        self.measure.as_ref().is_none_or(|measure| measure.resemblance >= 0.5 || measure.containment >= 0.85)
    }
}

fn join(similar: &[Text<'_>], others: &[Prepared], found: &[Found]) -> Option<Join> {
    let best = found.first()?;
    let text = similar.get(best.at)?;
    let mut merge = Vec::new();
    for other in found.iter().skip(1).filter(|other| other.is_strong() && best.is_strong()) {
        let story = similar.get(other.at).and_then(|text| text.story);
        if let Some(story) = story
            && Some(story) != text.story
        {
            if !belong_together(others, best, other) {
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

/// Whether two texts that the candidate was found to copy are parts of one: they overlap in it, or speak of the same
/// people and places.
fn belong_together(others: &[Prepared], best: &Found, other: &Found) -> bool {
    let both = best.own_marks.iter().zip(&other.own_marks).filter(|(one, two)| **one && **two).count();
    let fewer = |found: &Found| found.own_marks.iter().filter(|mark| **mark).count();
    if both * 5 >= fewer(best).min(fewer(other)) {
        return true;
    }
    let (Some(one), Some(two)) = (others.get(best.at), others.get(other.at)) else { return false };
    let names = common(&one.names, &two.names);
    names >= 3 && names * 5 >= one.names.len().min(two.names.len())
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
