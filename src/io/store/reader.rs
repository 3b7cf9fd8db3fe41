//! The archive, read-only: for commands and the web page, with or without a running daemon.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;

use super::error::{Answer, StoreError};
use super::given_up::{self, Replay};
use super::health;
use super::load;
use super::outbox::{self, ChannelState};
use super::{archive, blobs, export, schema, search, told};
use crate::engine::feed_out::Installation;
use crate::engine::page::{Learned, block_hash, without};
use crate::engine::revision::Detail;
use crate::model::article::{ArticleStatus, Content};
use crate::model::event::Event;
use crate::model::fetch::Page;
use crate::model::ids::{ArticleId, ChannelId, DeliveryId, RevisionNumber, SourceId, StoryId, TopicId};
use crate::model::record::{
    ArticleRecord, ChannelRecord, DeliveryRecord, MatchRecord, ObservationRecord, Record, RevisionRecord, SourceRecord,
    StoryMember, StoryRecord, SuppressedRecord,
};
use crate::model::time::Timestamp;

/// Which articles.
#[derive(Debug, Clone, Default)]
pub struct ArticleFilter {
    /// Of this source.
    pub source: Option<SourceId>,
    /// That this topic matches.
    pub topic: Option<TopicId>,
    /// First seen, or revised, at or after this.
    pub since: Option<Timestamp>,
    /// With this status.
    pub status: Option<ArticleStatus>,
    /// Of this story.
    pub story: Option<StoryId>,
    /// Only those with more than one revision.
    pub revised: bool,
    /// At most so many, the newest first.
    pub limit: Option<usize>,
    /// After so many.
    pub offset: usize,
}

/// Which deliveries.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    /// `pending`, `delivered` or `failed`.
    pub status: Option<String>,
    /// To this channel.
    pub channel: Option<ChannelId>,
    /// At most so many, the newest first.
    pub limit: Option<usize>,
}

/// One hit of a search.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct SearchHit {
    /// The article.
    #[serde(flatten)]
    pub article: ArticleRecord,
    /// The words found, with a few around them, marked with `[` and `]`.
    pub snippet: String,
}

/// A topic and how often it matches.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TopicCount {
    /// The topic.
    pub id: TopicId,
    /// Articles that match it now.
    pub articles: u64,
    /// Of these, first matched in the last seven days before the time asked for.
    pub last_week: u64,
    /// When an article last came to match.
    pub last_match: Option<Timestamp>,
}

/// Everything `explain` says, from what was stored.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Explained {
    /// The article.
    pub article: ArticleRecord,
    /// Every address it answered to.
    pub aliases: Vec<String>,
    /// The revisions, each with the rules that acted on it.
    pub revisions: Vec<(RevisionRecord, Vec<String>)>,
    /// What was held back.
    pub suppressed: Vec<SuppressedRecord>,
    /// The looks at its page.
    pub observations: Vec<ObservationRecord>,
    /// Its story's members, and why.
    pub story: Vec<StoryMember>,
    /// Why the origin is the origin.
    pub origin_reason: String,
    /// What matches it now.
    pub matches: Vec<MatchRecord>,
    /// The events made for it, and the deliveries that told them.
    pub events: Vec<(Event, Vec<DeliveryRecord>)>,
}

/// A read-only connection.
#[derive(Debug)]
pub struct Reader {
    path: PathBuf,
    connection: Mutex<Connection>,
}

impl Reader {
    /// Opens the store for reading.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let connection = schema::open_reader(path)?;
        Ok(Self { path: path.to_path_buf(), connection: Mutex::new(connection) })
    }

    /// Reads with the connection.
    pub(super) fn read<T>(&self, job: impl FnOnce(&Connection) -> Answer<T>) -> Result<T, StoreError> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        job(&connection).map_err(|fault| fault.at(&self.path))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What a site is known to repeat at the head or tail of its articles.
    pub fn learned(&self, site: &str) -> Result<Learned, StoreError> {
        self.read(|connection| load::learned(connection, site)).map(Learned::from_hashes)
    }

    /// Finds an article by its id or by any address it answers to.
    pub fn find_article(&self, name: &str) -> Result<ArticleId, StoreError> {
        self.read(|connection| archive::find_article(connection, name))
    }

    /// One article.
    pub fn article(&self, id: ArticleId) -> Result<ArticleRecord, StoreError> {
        self.read(|connection| archive::article(connection, id))
    }

    /// Articles, the newest first.
    pub fn articles(&self, filter: &ArticleFilter) -> Result<Vec<ArticleRecord>, StoreError> {
        self.read(|connection| archive::articles(connection, filter))
    }

    /// The revisions of an article, in order.
    pub fn revisions(&self, id: ArticleId) -> Result<Vec<RevisionRecord>, StoreError> {
        self.read(|connection| archive::revisions(connection, id))
    }

    /// The whole content of one revision; the newest where none is named.
    pub fn content(&self, id: ArticleId, number: Option<RevisionNumber>) -> Result<Content, StoreError> {
        self.read(|connection| {
            let number = match number {
                Some(number) => number.0,
                None => archive::article(connection, id)?.revisions,
            };
            blobs::content(connection, id.0, number)
        })
    }

    /// The contents of two revisions, to be compared: what the second leaves out because its site repeats it was removed by
    /// nobody, and is left out of the first.
    pub fn contents(
        &self,
        id: ArticleId,
        (from, to): (RevisionNumber, RevisionNumber),
    ) -> Result<(Content, Content), StoreError> {
        self.read(|connection| {
            let before = blobs::content(connection, id.0, from.0)?;
            let repeated = load::repeated(connection, id.0, to.0)?;
            let before = without(&before, |block| repeated.contains(&block_hash(&block.text)));
            Ok((before, blobs::content(connection, id.0, to.0)?))
        })
    }

    /// What one revision changed, each change by itself.
    pub fn details(&self, id: ArticleId, number: RevisionNumber) -> Result<Vec<Detail>, StoreError> {
        self.read(|connection| archive::details(connection, id, number))
    }

    /// The raw page of one revision, if it is still kept.
    pub fn page(&self, id: ArticleId, number: RevisionNumber) -> Result<Option<Page>, StoreError> {
        self.read(|connection| archive::page(connection, id, number))
    }

    /// Stories of at least `members` articles, the newest first.
    pub fn stories(&self, members: usize, limit: Option<usize>) -> Result<Vec<StoryRecord>, StoreError> {
        self.read(|connection| archive::stories(connection, members, limit))
    }

    /// One story (also one that was merged into another), with the reason for its origin.
    pub fn story(&self, id: StoryId) -> Result<(StoryRecord, String), StoreError> {
        self.read(|connection| archive::story(connection, id))
    }

    /// The members of a story, in the order in which they appeared.
    pub fn members(&self, id: StoryId) -> Result<Vec<StoryMember>, StoreError> {
        self.read(|connection| archive::members(connection, id))
    }

    /// Full-text search over the newest revisions, the best first.
    pub fn search(&self, query: &str, limit: usize) -> Result<Vec<SearchHit>, StoreError> {
        self.read(|connection| search::search(connection, query, limit))
    }

    /// The sources of the config, with counts. `now` ends the window of the articles a day.
    pub fn sources(&self, now: Timestamp) -> Result<Vec<SourceRecord>, StoreError> {
        self.read(|connection| archive::sources(connection, now))
    }

    /// Topics that match anything.
    pub fn topics(&self, now: Timestamp) -> Result<Vec<TopicCount>, StoreError> {
        self.read(|connection| archive::topics(connection, now))
    }

    /// What matches an article now.
    pub fn matches(&self, id: ArticleId) -> Result<Vec<MatchRecord>, StoreError> {
        self.read(|connection| archive::matches(connection, id))
    }

    /// Deliveries, the newest first.
    pub fn deliveries(&self, filter: &DeliveryFilter) -> Result<Vec<DeliveryRecord>, StoreError> {
        self.read(|connection| told::deliveries(connection, filter))
    }

    /// One delivery.
    pub fn delivery(&self, id: &DeliveryId) -> Result<DeliveryRecord, StoreError> {
        self.read(|connection| told::delivery(connection, id))
    }

    /// The deliveries that a replay would send again, the oldest first.
    pub fn replayed(&self, replay: &Replay) -> Result<Vec<DeliveryId>, StoreError> {
        self.read(|connection| given_up::replayed(connection, replay))
    }

    /// What tells this archive from every other.
    pub fn installation(&self) -> Result<Installation, StoreError> {
        self.read(told::installation)
    }

    /// Events of a topic (or of all), the newest first.
    pub fn events(&self, topic: Option<&TopicId>, limit: usize) -> Result<Vec<Event>, StoreError> {
        self.read(|connection| told::events(connection, topic, limit))
    }

    /// The events that wait for a channel's digest, the oldest first.
    pub fn digest_items(&self, channel: &ChannelId) -> Result<Vec<Event>, StoreError> {
        self.read(|connection| outbox::digest_items(connection, channel))
    }

    /// How a channel fares.
    pub fn channel_state(&self, channel: &ChannelId) -> Result<ChannelState, StoreError> {
        self.read(|connection| outbox::channel_state(connection, channel))
    }

    /// All channels that anything was ever sent to, by id.
    pub fn channels(&self) -> Result<Vec<ChannelRecord>, StoreError> {
        self.read(health::channels)
    }

    /// The looks at an article's page.
    pub fn observations(&self, id: ArticleId) -> Result<Vec<ObservationRecord>, StoreError> {
        self.read(|connection| archive::observations(connection, id))
    }

    /// The revisions of an article that somebody was told of.
    pub fn told_revisions(&self, id: ArticleId) -> Result<Vec<RevisionNumber>, StoreError> {
        self.read(|connection| told::told_revisions(connection, id))
    }

    /// Differences that rules held back.
    pub fn suppressed(&self, id: ArticleId) -> Result<Vec<SuppressedRecord>, StoreError> {
        self.read(|connection| archive::suppressed(connection, id))
    }

    /// Everything that was stored on why an article was or was not recorded, joined, matched, told.
    pub fn explain(&self, id: ArticleId) -> Result<Explained, StoreError> {
        self.read(|connection| told::explain(connection, id))
    }

    /// The archive as the lines of `export`: each is given to `each` as it is read, so that the size of the archive
    /// does not matter. `filter` narrows the articles and what hangs on them. Stops at the first error of `each`.
    pub fn export(
        &self,
        filter: &ArticleFilter,
        now: Timestamp,
        each: &mut dyn FnMut(&Record) -> std::io::Result<()>,
    ) -> Result<(), StoreError> {
        self.read(|connection| export::export(connection, filter, now, each))
    }
}
