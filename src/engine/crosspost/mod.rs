//! Decides whether a text is a copy of one already known, and whose text a story is.
//!
//! Invariants: the same inputs give the same decision; at most one story is joined (others are named for merging); a
//! decision carries the evidence for it. Looks at texts only as they are given: which ones are worth comparing is the
//! store's choice, by [`super::fingerprint`].

mod origin;

pub use origin::{OriginDecision, origin};

use crate::model::article::Content;
use crate::model::ids::{ArticleId, RevisionNumber, StoryId};
use crate::model::story::{Confidence, Relation};
use crate::model::time::Timestamp;

use super::fingerprint::fingerprint;

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

/// Decides where `candidate` belongs, given the texts that the index found.
pub fn decide(candidate: &Text<'_>, similar: &[Text<'_>]) -> StoryDecision {
    let own = fingerprint(candidate.content);
    let same = similar.iter().find(|text| own.exact != 0 && fingerprint(text.content).exact == own.exact);
    let join = same.and_then(|text| {
        Some(Join {
            story: text.story,
            with: text.article?,
            revision: text.revision,
            relation: Relation::Identical,
            confidence: Confidence::CERTAIN,
            evidence: serde_json::json!({"rule": "exact"}),
            merge: Vec::new(),
        })
    });
    StoryDecision { join, shares: Vec::new() }
}
