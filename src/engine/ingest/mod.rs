//! Decides what one captured page changes. Pure: the same inputs give the same [`Plan`], in the same order.
//!
//! Invariants: a plan with no change has no events; a revision's number follows the newest one in what is known; at most
//! one story is joined; what is doubtful changes nothing before a second look. Composes crosspost, revision, query and
//! route. Never reads the clock: `now` is the capture's time.

mod change;
mod data;
mod decide;
mod diverged;
mod doubt;
pub mod known;
mod look;
pub mod parting;
pub mod plan;
mod reread;
mod story;
mod telling;

pub use change::shown;
pub use decide::decide;
pub use doubt::SECOND_LOOK;
pub use known::{Known, KnownPage};
pub use look::look;
pub use parting::part;
pub use plan::Plan;
pub use reread::is_asked as asks_to_reread;
pub use story::weigh;

use super::candidate::Candidate;
use super::route::Backlog;
use crate::model::article::{ChangeKind, Content};
use crate::model::fetch::{Disposition, FetchError, Page, Validators};
use crate::model::ids::{ArticleId, RevisionNumber, SourceId, TopicId};
use crate::model::time::SignedDuration;

/// One page, once: what came in and under what conditions.
#[derive(Debug, Clone)]
pub struct Capture {
    /// The source that led to it. For an import: the line's `source`, or `import`.
    pub source: SourceId,
    /// The source's name.
    pub source_name: String,
    /// The id of the entry that led to it.
    pub entry: Option<String>,
    /// The article, when this is a second look at it.
    pub article: Option<ArticleId>,
    /// What the page says.
    pub candidate: Candidate,
    /// The answer it was read from; none for feeds' content and imports.
    pub page: Option<Page>,
    /// Whether the source's backlog is told.
    pub backlog: Backlog,
    /// Who asked for the look.
    pub asked_by: AskedBy,
    /// What the newest revision's page gives when it is read as this one was.
    pub reread: Reread,
    /// In `[0, 1)`, for the time of the next look.
    pub jitter: f64,
}

/// A stored page read anew, so that what a newer extractor does otherwise, or what the site was found to repeat since, is
/// not told as an edit.
#[derive(Debug, Clone, Default)]
pub enum Reread {
    /// Nobody asked: the newest revision was read in this way, or nothing differs.
    #[default]
    NotAsked,
    /// The page is not kept any more, or cannot be read.
    Lost,
    /// Its content, read in this way.
    Read(Box<Content>),
}

/// Who asked for a look at a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AskedBy {
    /// The schedule.
    #[default]
    Schedule,
    /// A person: such a look counts as a second one whenever it comes.
    Person,
}

/// What an observation without content is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Observed {
    /// A tracked article.
    Article(ArticleId),
    /// An entry whose page has not been captured yet.
    Entry {
        /// Its source.
        source: SourceId,
        /// Its id there.
        id: String,
    },
}

/// A look at a page that gave no content.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// Of what.
    pub subject: Observed,
    /// What was seen.
    pub seen: Seen,
    /// Who asked for the look.
    pub asked_by: AskedBy,
    /// In `[0, 1)`, for the time of the next look.
    pub jitter: f64,
}

/// What was seen instead of content.
#[derive(Debug, Clone, PartialEq)]
pub enum Seen {
    /// 304: as it was.
    NotModified {
        /// As the answer refreshed them.
        validators: Validators,
    },
    /// 404, 410 or 451. Believed at the second sight.
    Gone {
        /// Which.
        status: u16,
    },
    /// Refused, or a challenge in place of the page: not gone.
    Blocked {
        /// How it was told.
        reason: String,
        /// The status, where there was one.
        status: Option<u16>,
    },
    /// No answer, or none that could be read.
    Failed {
        /// What failed.
        reason: String,
        /// The status, where there was one.
        status: Option<u16>,
        /// What the server asked for.
        wait: Option<SignedDuration>,
    },
}

impl Seen {
    /// What a failed request comes to.
    pub fn failure(error: &FetchError) -> Self {
        let reason = error.to_string();
        let status = error.status();
        match error.disposition() {
            Disposition::Gone => Self::Gone { status: status.unwrap_or(404) },
            Disposition::Blocked => Self::Blocked { reason, status },
            Disposition::RetryAfter(wait) => Self::Failed { reason, status, wait: Some(wait) },
            Disposition::RetryLater | Disposition::Never => Self::Failed { reason, status, wait: None },
        }
    }
}

/// What came of one look.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// The article, once there is one.
    pub article: Option<ArticleId>,
    /// What was recorded.
    pub outcome: Outcome,
    /// The topics that match it now.
    pub topics: Vec<TopicId>,
    /// How many events were made.
    pub events: usize,
    /// How many deliveries (not digest items) were enqueued.
    pub deliveries: usize,
}

/// What the store says of a capture.
#[derive(Debug)]
pub enum Ingested {
    /// It is recorded.
    Recorded(Recorded),
    /// Nothing is recorded: it differs from a revision that was read from this page in another way. It is to be captured
    /// again with [`Capture::reread`].
    ReadOtherwise(Box<Page>),
}

/// What one look was recorded as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A new article.
    New,
    /// A new revision.
    Revised {
        /// Its number.
        number: RevisionNumber,
        /// What changed.
        kinds: Vec<ChangeKind>,
    },
    /// Read anew by a newer extractor: a technical revision, no edit.
    Reextracted,
    /// Different in a way that a rule holds back.
    Cosmetic {
        /// The rule.
        rule: String,
    },
    /// As it was.
    Unchanged,
    /// 304.
    NotModified,
    /// Not believed before a second look.
    Suspect {
        /// Why.
        reason: String,
    },
    /// Confirmed gone.
    Gone,
    /// Gone before, and still.
    StillGone,
    /// Gone before, and back.
    Restored,
    /// A challenge or a refusal.
    Blocked,
    /// No answer.
    Failed,
    /// Its address leads for good to another article that is known.
    Moved {
        /// That article.
        into: ArticleId,
    },
}

impl Outcome {
    /// The word in observations and logs.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Revised { .. } => "revised",
            Self::Reextracted => "reextracted",
            Self::Cosmetic { .. } => "cosmetic",
            Self::Unchanged => "unchanged",
            Self::NotModified => "not-modified",
            Self::Suspect { .. } => "suspect",
            Self::Gone | Self::StillGone => "gone",
            Self::Restored => "restored",
            Self::Blocked => "blocked",
            Self::Failed => "failed",
            Self::Moved { .. } => "moved",
        }
    }
}

#[cfg(test)]
mod tests;
