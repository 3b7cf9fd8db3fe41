//! What a decision says is to be written: plain data, applied by `io::store` in one transaction.

use serde_json::Value;

use super::{Outcome, known::Told, parting::Parted};
use crate::engine::candidate::MadeFrom;
use crate::engine::crosspost::{Join, Shared};
use crate::engine::revision::Detail;
use crate::engine::route::Send;
use crate::model::article::{ArticleStatus, ChangeKind, Content};
use crate::model::event::Event;
use crate::model::ids::{ArticleId, RevisionNumber, StoryId, TopicId};
use crate::model::time::Timestamp;
use crate::model::topic::TopicMatch;

/// The whole of what one look changes.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Plan {
    /// The article; `None`: nothing is recorded but the entry's failed capture.
    pub article: Option<ArticleId>,
    /// What the look is recorded as.
    pub outcome: Outcome,
    /// What else the observation says.
    pub detail: Option<String>,
    /// The article's row.
    pub row: Option<Row>,
    /// A new revision.
    pub revision: Option<NewRevision>,
    /// A difference that a rule held back.
    pub suppressed: Option<Held>,
    /// The article's place among stories.
    pub story: Option<StoryPlan>,
    /// What matches the article now, and what came and went.
    pub matches: Option<MatchPlan>,
    /// Whether an archive of the web is asked to keep the page as it is now.
    pub wayback: bool,
    /// What is told, to whom.
    pub events: Vec<PlannedEvent>,
    /// What is to be kept in mind as told.
    pub told: Vec<Told>,
    /// When the page is looked at next; `None`: no more.
    pub next_check: Option<Timestamp>,
    /// Each rule that acted or held back, in words, for `explain`.
    pub notes: Vec<String>,
    /// Where the entry's capture failed: why.
    pub entry_failed: Option<String>,
}

/// How an article's row changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Whether the row is new.
    pub fresh: bool,
    /// Whether it was a source's backlog.
    pub backlog: bool,
    /// Live, gone or moved.
    pub status: ArticleStatus,
    /// The article it moved into.
    pub moved_into: Option<ArticleId>,
    /// The doubt that stands after this look.
    pub doubt: Doubt,
    /// The new address, where it moved for good.
    pub moved_to: Option<(String, String)>,
}

impl Default for Row {
    fn default() -> Self {
        Self {
            fresh: false,
            backlog: false,
            status: ArticleStatus::Live,
            moved_into: None,
            doubt: Doubt::None,
            moved_to: None,
        }
    }
}

/// What is not yet believed.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Doubt {
    /// Nothing: what was seen is sound.
    #[default]
    None,
    /// The capture looks wrong, since then.
    Suspect(String, Timestamp),
    /// The page seems gone, since then.
    Gone(Timestamp),
    /// The look was refused.
    Blocked(String),
    /// There was no answer.
    Failed(String),
}

/// A revision to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRevision {
    /// Its number.
    pub number: RevisionNumber,
    /// When it was seen.
    pub at: Timestamp,
    /// The article's canonical address, which the chain covers.
    pub url: String,
    /// The content.
    pub content: Content,
    /// SHA-256 of the content.
    pub text_hash: [u8; 32],
    /// The link of the chain.
    pub hash: [u8; 32],
    /// [`super::shown`] of the content.
    pub shown: u64,
    /// What changed; empty for the first.
    pub kinds: Vec<ChangeKind>,
    /// Each change by itself.
    pub details: Vec<Detail>,
    /// Why it matters as much as it does.
    pub reasons: Vec<String>,
    /// Whether the page says that it changed.
    pub acknowledged: bool,
    /// The note that says so.
    pub notice: Option<String>,
    /// 0 to 1.
    pub significance: f64,
    /// Words that came.
    pub added_words: u32,
    /// Words that went.
    pub removed_words: u32,
    /// Equal for equal changes.
    pub change_hash: u64,
    /// The earlier revision that it goes back to.
    pub flip_of: Option<RevisionNumber>,
    /// Whether that stood until lately: back and forth is told once.
    pub flaps: bool,
    /// No edit: another extractor read the same page.
    pub technical: bool,
    /// Where it was read from.
    pub made_from: MadeFrom,
    /// By what it was read, as `candidate::reader` has it.
    pub extractor: u32,
    /// Hashes of the blocks that were left out because the site repeats them, ascending.
    pub repeated: Vec<u64>,
}

/// A difference held back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// By which rule.
    pub rule: String,
    /// Of which content.
    pub text_hash: [u8; 32],
    /// Texts that came.
    pub added: Vec<String>,
    /// Texts that went.
    pub removed: Vec<String>,
}

/// The article's place among stories after this look.
#[derive(Debug, Clone, PartialEq)]
pub struct StoryPlan {
    /// The story.
    pub story: StoryId,
    /// Whether it is new.
    pub fresh: bool,
    /// Stories that become this one.
    pub absorbed: Vec<StoryId>,
    /// Why the article is in it.
    pub join: Option<Join>,
    /// Texts in common that make no story.
    pub shares: Vec<Shared>,
    /// Stories that fell apart, before anything is joined.
    pub parted: Vec<Parted>,
    /// Whose text it is.
    pub origin: ArticleId,
    /// Why.
    pub reason: String,
    /// How sure.
    pub confidence: f64,
}

/// How a topic stands to an article after a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Transition {
    /// It did not match before.
    Entered,
    /// It matches with a clearly higher score.
    Strengthened,
    /// It matched before and matches.
    Held,
    /// It no longer matches.
    Left,
}

impl Transition {
    /// The word in events and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Strengthened => "strengthened",
            Self::Held => "held",
            Self::Left => "left",
        }
    }
}

/// One topic before and after a look.
#[derive(Debug, Clone, PartialEq)]
pub struct TopicChange {
    /// The match: as it is, or for [`Transition::Left`] as it was.
    pub found: TopicMatch,
    /// What became of it.
    pub transition: Transition,
}

/// What matches now, and what came and went.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MatchPlan {
    /// The topics before and after, those that match now first.
    pub changes: Vec<TopicChange>,
}

impl MatchPlan {
    /// What matches now.
    pub fn current(&self) -> impl Iterator<Item = &TopicMatch> {
        self.changes.iter().filter(|change| change.transition != Transition::Left).map(|change| &change.found)
    }

    /// The topics that match now.
    pub fn topics(&self) -> Vec<TopicId> {
        self.current().map(|found| found.topic.clone()).collect()
    }
}

/// One event and where it goes.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedEvent {
    /// The event.
    pub event: Event,
    /// Its ways.
    pub sends: Vec<Send>,
}

/// The `data` object of an event, key by key.
pub(super) type Data = serde_json::Map<String, Value>;
