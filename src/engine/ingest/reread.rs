//! What is read otherwise from a page that did not change: by a newer extractor or one with other rules, which is recorded
//! and told to nobody, or because the site was found to repeat some of it, which is held back.

use super::change::{Case, link, topic_changes, without_learned};
use super::decide::{revised_record, standing};
use super::known::{Known, KnownArticle};
use super::plan::{MatchPlan, NewRevision, Plan};
use super::{Capture, Outcome, Reread};
use crate::engine::candidate::MadeFrom;
use crate::engine::revision::{self, Change, Verdict};
use crate::model::article::Content;
use crate::model::ids::RevisionNumber;

/// Whether the page of the newest revision is to be read anew first, as a difference from it may be none of the page's. A
/// block that is left out by now may take the heading above it along, or part a paragraph that it had begun.
pub fn is_asked(known: &Known, capture: &Capture) -> bool {
    let Some(article) = &known.article else { return false };
    let after = capture.candidate.content();
    if capture.candidate.made_from() != MadeFrom::Page
        || !matches!(capture.reread, Reread::NotAsked)
        || *article.content == *after
    {
        return false;
    }
    if is_otherwise(article, capture) {
        return true;
    }
    let (before, learned) = without_learned(known, &article.content, after);
    let differs = || matches!(revision::compare(&before, after), Verdict::Changed(_));
    (learned || article.repeated != capture.candidate.repeated()) && differs()
}

/// Whether another extractor, or one with other rules, read the newest revision.
pub(super) fn is_otherwise(article: &KnownArticle, capture: &Capture) -> bool {
    article.extractor != capture.candidate.read_by()
}

/// The content that a capture is compared with: what the stored page gives when it is read as this one, where that was asked.
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
    if !is_otherwise(case.article, case.capture) {
        return false;
    }
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
