//! What the store knows that bears on one capture. Loaded inside the transaction in which the plan is applied.

use std::sync::Arc;

use super::Capture;
use super::parting::Parted;
use crate::engine::crosspost::{StoryDecision, Text};
use crate::model::article::Content;
use crate::model::event::EventKind;
use crate::model::ids::{ArticleId, RevisionNumber, StoryId, TopicId};
use crate::model::record::ArticleRecord;
use crate::model::story::{Confidence, Relation};
use crate::model::time::Timestamp;
use crate::model::topic::TopicMatch;

/// Everything that [`super::decide()`] may look at beside the capture and the topics.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The article that was captured, if it is known.
    pub article: Option<KnownArticle>,
    /// Another article that has the captured address already: this one moved into it.
    pub taken_by: Option<ArticleId>,
    /// The id a new article will have.
    pub next_article: i64,
    /// The id a new story will have.
    pub next_story: i64,
    /// Which story the captured text belongs to, by [`super::weigh`].
    pub decision: StoryDecision,
    /// The members of its own story and of those that this decision names, in the order in which they appeared.
    pub members: Vec<KnownMember>,
    /// What was told of those stories.
    pub told: Vec<Told>,
    /// Stories from which articles were put out for what the captured text shows of them; the rest of what is known is
    /// as it stands after that.
    pub parted: Vec<Parted>,
    /// Stories that were set apart, by a person or as a collection and what it holds.
    pub apart: Vec<(StoryId, StoryId)>,
    /// When the source was first polled.
    pub first_poll: Option<Timestamp>,
    /// The entry that led to it.
    pub entry: Option<KnownEntry>,
    /// Hashes of blocks that the site is known to repeat.
    pub learned: Vec<u64>,
    /// Of an import: whether this very content was recorded for this very time already.
    pub imported_before: bool,
}

impl Known {
    /// Whether its story is to be decided: that of a new article, and of one that changed while it is alone in its story. A
    /// story of several is not left by an edit.
    pub fn asks_for_story(&self, capture: &Capture) -> bool {
        self.article.as_ref().is_none_or(|article| {
            let own = |member: &KnownMember| member.record.id == article.record.id;
            *article.content != *capture.candidate.content() && self.members.iter().all(own)
        })
    }
}

/// The article as it stands.
#[derive(Debug, Clone)]
pub struct KnownArticle {
    /// As exported.
    pub record: ArticleRecord,
    /// Its registrable domain.
    pub site: String,
    /// The content of its newest revision.
    pub content: Arc<Content>,
    /// The last link of its chain.
    pub hash: [u8; 32],
    /// The extractor that read the newest revision.
    pub extractor: u32,
    /// Hashes of the blocks that were left out of it because the site repeats them.
    pub repeated: Vec<u64>,
    /// All its revisions, in order.
    pub history: Vec<PastRevision>,
    /// When its last revision but the first was seen.
    pub last_change: Option<Timestamp>,
    /// What matches it.
    pub matches: Vec<TopicMatch>,
    /// A suspicion from an earlier look, with the time of that look.
    pub suspect: Option<(String, Timestamp)>,
    /// The first of the looks in a row that found it gone.
    pub gone_since: Option<Timestamp>,
    /// Whether the last look was refused.
    pub blocked: bool,
}

/// What is kept in mind of an earlier revision.
#[derive(Debug, Clone, PartialEq)]
pub struct PastRevision {
    /// Its number.
    pub number: RevisionNumber,
    /// When it was seen.
    pub at: Timestamp,
    /// [`super::shown`] of its content.
    pub shown: u64,
    /// Its headline.
    pub title: Option<String>,
}

/// A text that may be alike.
#[derive(Debug, Clone)]
pub struct KnownText {
    /// Whose.
    pub article: ArticleId,
    /// Which revision.
    pub revision: RevisionNumber,
    /// Its story.
    pub story: StoryId,
    /// The registrable domain.
    pub site: String,
    /// Its canonical address.
    pub url: String,
    /// The canonical link to another site, if it has one.
    pub elsewhere: Option<String>,
    /// The content.
    pub content: Arc<Content>,
    /// When the article was first seen.
    pub first_seen: Timestamp,
}

impl KnownText {
    /// As the crosspost decision takes it.
    pub fn text(&self) -> Text<'_> {
        Text {
            article: Some(self.article),
            revision: Some(self.revision),
            story: Some(self.story),
            site: &self.site,
            url: &self.url,
            content: &self.content,
            canonical_elsewhere: self.elsewhere.as_deref(),
            first_seen: self.first_seen,
        }
    }
}

/// A member of a story.
#[derive(Debug, Clone)]
pub struct KnownMember {
    /// The article.
    pub record: ArticleRecord,
    /// Its source's name.
    pub source_name: String,
    /// Its newest text.
    pub text: KnownText,
    /// How it relates to the article it was joined with.
    pub relation: Option<Relation>,
    /// How sure.
    pub confidence: Confidence,
    /// The article it was joined with.
    pub copied: Option<ArticleId>,
    /// Whether a person joined it.
    pub by_hand: bool,
    /// Whether it is its story's origin.
    pub origin: bool,
}

/// Something that was told.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// Of which article.
    pub article: ArticleId,
    /// The story that the article is in now.
    pub story: StoryId,
    /// For which topic.
    pub topic: TopicId,
    /// As what.
    pub kind: EventKind,
    /// Of which revision.
    pub revision: RevisionNumber,
    /// Equal for equal changes, so that one edit that a wire makes in ten copies is told once a story.
    pub change_hash: u64,
}

/// The entry behind a capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownEntry {
    /// Whether the source listed it at its first poll.
    pub backlog: bool,
    /// How many captures of it failed.
    pub attempts: u32,
}

/// Which article an observation without content is about, with what telling of it needs.
#[derive(Debug, Clone)]
pub struct KnownPage {
    /// The article.
    pub article: KnownArticle,
    /// Its source's name.
    pub source_name: String,
    /// Its story's members.
    pub members: Vec<KnownMember>,
    /// Why its story's origin is the origin, and how sure.
    pub origin: (String, Confidence),
    /// What was told of the story.
    pub told: Vec<Told>,
}
