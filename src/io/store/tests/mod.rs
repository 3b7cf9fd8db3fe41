//! The store against real SQLite files.

mod faults;
mod ingest;
mod outbox;
mod reading;
mod sources;
mod stories;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;

use super::*;
use crate::engine::candidate::{Candidate, MadeFrom, Parts, Suspicion};
use crate::engine::ingest::{Observed, Outcome, Seen};
use crate::engine::query::{Query, Terms, TopicSet, TopicSpec, Weights};
use crate::engine::route::{Backlog, ChannelRule, Immediate, Mute, OncePer, TopicOn, TopicRule};
use crate::engine::schedule::{RecheckRules, RecheckSchedule};
use crate::model::article::{Block, BlockKind, Content};
use crate::model::channel::ChannelKind;
use crate::model::fetch::{CacheHints, Page, Validators};
use crate::model::ids::{ArticleId, ChannelId, SourceId, TopicId};
use crate::model::time::SignedDuration;
use crate::model::url::{CanonicalUrl, WebUrl};

pub(super) const NOON: &str = "2026-06-15T12:00:00Z";

/// A store in a directory of its own, one topic (`talks`), a webhook and a digest.
pub(super) struct World {
    pub directory: tempfile::TempDir,
    pub store: Store,
    pub topics: Arc<Topics>,
    pub now: Timestamp,
}

/// What a test's topic asks for.
pub(super) struct Ask {
    pub once_per: OncePer,
    pub on: Vec<TopicOn>,
    pub min_significance: f64,
    pub mutes: Vec<Mute>,
}

impl Default for Ask {
    fn default() -> Self {
        Self {
            once_per: OncePer::Story,
            on: vec![TopicOn::Match, TopicOn::Revision, TopicOn::Gone],
            min_significance: 0.0,
            mutes: Vec::new(),
        }
    }
}

pub(super) fn topics(ask: Ask) -> Arc<Topics> {
    let id = TopicId::new("talks").unwrap();
    let query = Arc::new(Query::compile("talks", &Terms::compile(BTreeMap::new()).unwrap()).unwrap());
    let spec = TopicSpec {
        id: id.clone(),
        query,
        min_score: 0.0,
        weights: Weights::default(),
        sources: Vec::new(),
        languages: Vec::new(),
    };
    let rule = TopicRule {
        id: id.clone(),
        name: "Talks".to_owned(),
        min_significance: ask.min_significance,
        once_per: ask.once_per,
        notify: vec![channel("hook"), channel("desk")],
        on: ask.on,
    };
    let rules = |id: &str, kind| ChannelRule {
        id: channel(id),
        kind,
        immediate: Immediate::default(),
        sources: true,
        channels: false,
    };
    let channels = [rules("hook", ChannelKind::Webhook), rules("desk", ChannelKind::Email)];
    let steps = ["15m until 5h", "2h until 48h", "3d until 30d"].map(str::to_owned);
    Arc::new(Topics {
        set: TopicSet::build(std::iter::once(spec)),
        rules: BTreeMap::from([(id, rule)]),
        channels: channels.into_iter().map(|channel| (channel.id.clone(), channel)).collect(),
        mutes: ask.mutes,
        wayback: false,
        recheck: RecheckRules {
            schedule: RecheckSchedule::parse(&steps).unwrap(),
            on_topic_until: SignedDuration::from_hours(24 * 365),
            on_topic_every: SignedDuration::from_hours(24 * 7),
        },
    })
}

pub(super) fn channel(id: &str) -> ChannelId {
    ChannelId::new(id).unwrap()
}

pub(super) fn source() -> SourceId {
    SourceId::new("wire").unwrap()
}

impl World {
    pub(super) fn new() -> Self {
        Self::asking(Ask::default())
    }

    pub(super) fn asking(ask: Ask) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let now: Timestamp = NOON.parse().unwrap();
        let store = Store::open(&config(directory.path().join("wirewatch.db")), now).unwrap();
        Self { directory, store, topics: topics(ask), now }
    }

    pub(super) fn later(&mut self, minutes: i64) {
        self.now = self.now.checked_add(SignedDuration::from_mins(minutes)).unwrap();
    }

    pub(super) async fn ingest(&self, capture: Capture) -> Recorded {
        match self.store.ingest(capture, Arc::clone(&self.topics), self.now).await.unwrap() {
            Ingested::Recorded(recorded) => recorded,
            Ingested::ReadOtherwise(page) => panic!("{} was read by an older extractor", page.url),
        }
    }

    pub(super) async fn see(&self, article: ArticleId, seen: Seen) -> Recorded {
        let observation = Observation {
            subject: Observed::Article(article),
            seen,
            asked_by: crate::engine::ingest::AskedBy::Schedule,
            jitter: 0.0,
        };
        self.store.observe(observation, Arc::clone(&self.topics), self.now).await.unwrap()
    }

    pub(super) fn reader(&self) -> Reader {
        self.store.reader().unwrap()
    }

    /// The kinds of all events so far, in order.
    pub(super) fn told(&self) -> Vec<&'static str> {
        let mut events = self.reader().events(None, 100).unwrap();
        events.reverse();
        events.iter().map(|event| event.kind.as_str()).collect()
    }
}

pub(super) fn config(path: PathBuf) -> StoreConfig {
    let keep = SignedDuration::from_hours(24 * 90);
    StoreConfig { path, keep_pages: keep, keep_observations: keep, keep_suppressed: keep }
}

/// A body of many words of its own, so that texts are alike only where a test makes them so.
pub(super) fn filler(seed: usize, words: usize) -> String {
    let word = |n: usize| {
        let mut value = (seed + 1) * 7919 + n * 104_729;
        let mut word = String::new();
        for _ in 0..6 {
            word.push(char::from(b'a' + u8::try_from(value % 26).unwrap()));
            value = value / 26 + n * 31 + seed;
        }
        word
    };
    let text: Vec<String> = (0..words).map(word).collect();
    text.chunks(12).map(|sentence| format!("The {}.", sentence.join(" "))).collect::<Vec<_>>().join(" ")
}

pub(super) fn content(title: &str, paragraphs: &[&str]) -> Content {
    let block = |text: &&str| Block { kind: BlockKind::Paragraph, text: (*text).to_owned() };
    Content { title: Some(title.to_owned()), blocks: paragraphs.iter().map(block).collect(), ..Content::default() }
}

pub(super) fn parts(url: &str, content: Content) -> Parts {
    let url = WebUrl::parse(url).unwrap();
    Parts {
        content,
        canonical: CanonicalUrl::from_canonical(url.clone()),
        url,
        elsewhere: None,
        edges: Vec::new(),
        suspicion: None,
        made_from: MadeFrom::Page,
    }
}

pub(super) fn page(url: &str, body: &str) -> Page {
    let url = WebUrl::parse(url).unwrap();
    Page {
        url: url.clone(),
        final_url: url,
        moved_to: None,
        status: 200,
        headers: vec![("content-type".to_owned(), "text/html".to_owned())],
        body: Bytes::copy_from_slice(body.as_bytes()),
        validators: Validators { etag: Some("\"1\"".to_owned()), last_modified: None },
        hints: CacheHints::default(),
        fetched: NOON.parse().unwrap(),
    }
}

pub(super) fn capture_of(parts: Parts) -> Capture {
    let page = page(parts.url.as_str(), &parts.content.text());
    Capture {
        source: source(),
        source_name: "The Wire".to_owned(),
        entry: None,
        article: None,
        candidate: Candidate::assemble(parts),
        page: Some(page),
        backlog: Backlog::Notify,
        asked_by: crate::engine::ingest::AskedBy::Schedule,
        reread: crate::engine::ingest::Reread::NotAsked,
        jitter: 0.0,
    }
}

pub(super) fn capture(url: &str, content: Content) -> Capture {
    capture_of(parts(url, content))
}

pub(super) fn suspicious(url: &str, suspicion: Suspicion) -> Capture {
    capture_of(Parts { suspicion: Some(suspicion), ..parts(url, Content::default()) })
}

/// An article on the topic, of some length.
pub(super) fn on_topic(seed: usize) -> Content {
    content("Trade talks resume", &["The talks went on for hours in Geneva on Monday.", &filler(seed, 120)])
}
