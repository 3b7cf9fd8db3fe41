//! What a newer extractor, or one with other rules, reads otherwise from a page that did not change: recorded, and told to nobody.

use super::change::{Case, link, topic_changes};
use super::decide::{revised_record, standing};
use super::known::KnownArticle;
use super::plan::{MatchPlan, NewRevision, Plan};
use super::{Capture, Outcome, Reread};
use crate::engine::revision::{self, Change, Verdict};
use crate::model::article::Content;
use crate::model::ids::RevisionNumber;

/// The content that a capture is compared with: what this extractor reads from the stored page, where an older one read it.
pub(super) fn stored<'a>(article: &'a KnownArticle, capture: &'a Capture) -> &'a Content {
    match &capture.reread {
        Reread::Read(content) => content,
        Reread::NotAsked | Reread::Lost => &article.content,
    }
}

/// Whether the extractor changed and not the page. With the old page lost the two cannot be told apart, and a difference that
/// is none of the publisher's must not be told.
pub(super) fn is_technical(case: Case<'_>, change: Option<&Change>) -> bool {
    let differs = || {
        let verdict = revision::compare(&case.article.content, case.capture.candidate.content());
        matches!(verdict, Verdict::Changed(_))
    };
    match case.capture.reread {
        Reread::NotAsked => false,
        Reread::Lost => change.is_some(),
        Reread::Read(_) => change.is_none() && differs(),
    }
}

/// Plans a revision that records what a newer extractor reads, and tells nobody.
pub(super) fn technical(case: Case<'_>, mut plan: Plan) -> Plan {
    let Case { article, capture, topics, now, .. } = case;
    let content = capture.candidate.content();
    let number = RevisionNumber(article.record.revisions + 1);
    let story = standing(case.known, article);
    let record = revised_record(article, content, &story, number, plan.row.as_ref());
    let link = link(Some(&article.hash), &capture.candidate, (&record, number), content, now);
    plan.outcome = Outcome::Reextracted;
    plan.revision = Some(NewRevision { technical: true, ..link });
    plan.matches = Some(MatchPlan { changes: topic_changes(&article.matches, capture, &record, topics) });
    plan.notes.push("read by a newer extractor or other rules: a technical revision, no edit".to_owned());
    plan
}
