//! What is not believed at first sight: suspicious captures and vanished pages.
//!
//! A page that looks wrong, or seems gone, is looked at again some minutes later; only when that look finds the same is
//! it believed. A challenge page is never believed at all.

use super::AskedBy;
use super::known::KnownArticle;
use crate::engine::candidate::{Candidate, MadeFrom, Suspicion};
use crate::engine::route::Topics;
use crate::engine::schedule::{RecheckInput, next_recheck};
use crate::model::time::{SignedDuration, Timestamp};

/// How long after a doubtful look the second one is made, unless the schedule is closer than that.
pub const SECOND_LOOK: SignedDuration = SignedDuration::from_mins(3);

/// A body that shrank below one part in so many is doubted.
const SHRUNK_PARTS: usize = 5;

/// Shorter bodies than this, in characters, shrink below a fifth by an honest edit.
const SHRUNK_MIN_CHARS: usize = 400;

/// What makes a capture of a known article doubtful.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Doubtful {
    /// A challenge or login page: never believed.
    Blocked(String),
    /// An error page or a redirect to the front page: as good as 404.
    Gone(String),
    /// Something is wrong with the body.
    Suspect(&'static str),
}

/// Looks at a capture of a known article.
pub(super) fn doubtful(article: &KnownArticle, candidate: &Candidate) -> Option<Doubtful> {
    match candidate.suspicion() {
        Some(Suspicion::Blocked(reason)) => return Some(Doubtful::Blocked(reason.clone())),
        Some(Suspicion::SoftGone(reason)) => return Some(Doubtful::Gone(reason.clone())),
        Some(Suspicion::Empty) if !article.content.blocks.is_empty() => return Some(Doubtful::Suspect("empty")),
        Some(Suspicion::Empty) | None => {}
    }
    // An import is history that somebody vouches for: it has no second look, and what is not recorded now is lost.
    if candidate.made_from() == MadeFrom::Import {
        return None;
    }
    let before = chars(&article.content);
    let after = chars(candidate.content());
    (before >= SHRUNK_MIN_CHARS && after * SHRUNK_PARTS < before).then_some(Doubtful::Suspect("shrunk"))
}

/// Whether a doubt that began at `since` is confirmed by a look at `now`.
pub(super) fn is_confirmed(since: Timestamp, now: Timestamp, next: Option<Timestamp>, asked_by: AskedBy) -> bool {
    match asked_by {
        AskedBy::Schedule => now.duration_since(since) >= second_look_after(now, next) * 9 / 10,
        AskedBy::Person => now > since,
    }
}

/// When a doubtful page is looked at again.
pub(super) fn second_look(now: Timestamp, next: Option<Timestamp>) -> Timestamp {
    now.checked_add(second_look_after(now, next)).unwrap_or(Timestamp::MAX)
}

fn second_look_after(now: Timestamp, next: Option<Timestamp>) -> SignedDuration {
    next.map_or(SECOND_LOOK, |next| next.duration_since(now).min(SECOND_LOOK))
}

/// When an article is looked at next by the schedule.
pub(super) fn next_look(
    article: &KnownArticle,
    last_change: Option<Timestamp>,
    on_topic: bool,
    (now, jitter): (Timestamp, f64),
    topics: &Topics,
) -> Option<Timestamp> {
    let input = RecheckInput {
        published: article.record.published,
        first_seen: article.record.first_seen,
        last_change,
        last_check: now,
        on_topic,
        now,
        jitter,
    };
    next_recheck(&input, &topics.recheck)
}

fn chars(content: &crate::model::article::Content) -> usize {
    content.blocks.iter().map(|block| block.text.chars().count()).sum()
}
