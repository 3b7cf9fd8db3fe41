//! The outbox with channels to send to: a real store, a clock that stands, events put in by hand.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use wirewatch::config::load::load_text;
use wirewatch::io::clock::{Clock, ClockHandle};
use wirewatch::io::store::Store;
use wirewatch::jobs::Context;
use wirewatch::jobs::deliver::Deliverer;
use wirewatch::model::channel::ChannelKind;
use wirewatch::model::event::{Event, EventKind};
use wirewatch::model::ids::{ArticleId, ChannelId, DeliveryId, TopicId};
use wirewatch::model::record::DeliveryRecord;
use wirewatch::model::time::{SignedDuration, Timestamp};

pub(crate) const NOON: &str = "2026-06-15T12:00:00Z";

pub(crate) struct Outbox {
    pub(crate) directory: tempfile::TempDir,
    pub(crate) context: Arc<Context>,
    pub(crate) hand: ClockHandle,
}

impl Outbox {
    /// `{dir}` in the channels is the world's own directory.
    pub(crate) fn new(channels: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let dir = directory.path().display().to_string();
        let text = format!(
            "[store]\npath = \"{dir}/w.db\"\n[fetch]\nallow_private = [\"127.0.0.0/8\"]\n[[topic]]\nid = \"talks\"\n\
             query = 'talks'\nnotify = []\n{}",
            channels.replace("{dir}", &dir)
        );
        let config = load_text(&text, &directory.path().join("wirewatch.toml")).map_err(|bad| bad.to_string()).unwrap();
        let (clock, hand) = Clock::fixed(NOON.parse().unwrap());
        let store = Store::open(&config.store, clock.now()).unwrap();
        let context = Arc::new(Context::new(config, store, clock).unwrap());
        Self { directory, context, hand }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.context.clock.now()
    }

    pub(crate) fn later(&self, seconds: i64) {
        self.hand.advance(SignedDuration::from_secs(seconds));
    }

    /// Enqueues an event about an article for a channel.
    pub(crate) async fn tell(&self, channel: &str, kind: ChannelKind, article: i64) -> DeliveryId {
        let channel = ChannelId::new(channel).unwrap();
        self.context.store.enqueue(&channel, kind, event(article, self.now()), self.now()).await.unwrap()
    }

    /// One turn of each channel that is due; says when the next delivery is.
    pub(crate) async fn tick(&self) -> Option<Timestamp> {
        let mut deliverer = Deliverer::new(Arc::default());
        deliverer.tick(&self.context).await.unwrap();
        deliverer.finish().await;
        self.context.store.channels_due().await.unwrap().into_iter().map(|(_, due)| due).min()
    }

    pub(crate) fn record(&self, id: &DeliveryId) -> DeliveryRecord {
        self.context.store.reader().unwrap().delivery(id).unwrap()
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }
}

pub(crate) fn event(article: i64, at: Timestamp) -> Event {
    Event {
        kind: EventKind::Matched,
        timestamp: at,
        topics: vec![TopicId::new("talks").unwrap()],
        article: Some(ArticleId(article)),
        story: None,
        significance: 0.5,
        data: json!({
            "article": {"id": article, "title": format!("中美会谈 – Talks № {article}"), "url": format!("https://a.test/{article}"),
                        "source_name": "The Herald", "excerpt": format!("{}.\n.\n", "Sehr langer Satz über Zölle ".repeat(60))},
            "topics": [{"id": "talks", "name": "Talks"}],
        }),
    }
}
