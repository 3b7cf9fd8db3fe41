//! How the store scales: `cargo bench --bench store -- 1000000` fills a store with so many articles (20,000 where nothing
//! is said) and prints, at each tenth of the way, articles a second, the time of one ingest inside its transaction (looking
//! for copies, deciding, writing) and from the call to the answer after the commit; then how many bytes an article each table and index takes. The texts are those of [`prose`].

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a benchmark that a person reads"
)]

mod prose;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tracing::span::Id;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use wirewatch::config::StoreConfig;
use wirewatch::engine::candidate::{Candidate, Given, GivenBody};
use wirewatch::engine::ingest::{AskedBy, Capture, Reread};
use wirewatch::engine::query::TopicSet;
use wirewatch::engine::route::{Backlog, Topics};
use wirewatch::engine::schedule::{RecheckRules, RecheckSchedule};
use wirewatch::io::store::Store;
use wirewatch::model::ids::SourceId;
use wirewatch::model::time::{SignedDuration, Timestamp};
use wirewatch::model::url::WebUrl;

use prose::Prose;

/// Ingests timed one by one at each tenth of the way.
const TIMED: u64 = 2_000;

#[tokio::main]
async fn main() {
    let wanted = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(20_000_u64);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let now = Timestamp::UNIX_EPOCH;
    let keep = SignedDuration::from_hours(24);
    let config = StoreConfig { path, keep_pages: keep, keep_observations: keep, keep_suppressed: keep };
    let store = Store::open(&config, now).unwrap();
    let topics = Arc::new(topics());
    let prose = Prose::new();
    let inside = Stopwatch::default();
    tracing_subscriber::registry().with(inside.clone()).init();
    println!(
        "one empty commit on this disk: p50 {:?}, p99 {:?}",
        share(&mut commits(directory.path()), 50),
        share(&mut commits(directory.path()), 99)
    );
    let begun = Instant::now();
    let tenth = (wanted / 10).max(TIMED);
    let mut number = 0;
    while number < wanted {
        let mut running = Vec::new();
        let until = (number + tenth - TIMED).min(wanted);
        while number < until {
            running.push(store.ingest(capture(&prose, number), Arc::clone(&topics), now));
            number += 1;
            if running.len() == 64 || number == until {
                for outcome in futures_util::future::join_all(running.drain(..)).await {
                    outcome.unwrap();
                }
            }
        }
        let mut times: Vec<Duration> = Vec::new();
        inside.take();
        for _ in 0..TIMED {
            let capture = capture(&prose, number);
            number += 1;
            let start = Instant::now();
            store.ingest(capture, Arc::clone(&topics), now).await.unwrap();
            times.push(start.elapsed());
        }
        let mut alone = inside.take();
        println!(
            "{number} articles: one ingest p50 {:?}, p99 {:?}; with its commit p50 {:?}, p99 {:?}; {:.0} articles/s so far",
            share(&mut alone, 50),
            share(&mut alone, 99),
            share(&mut times, 50),
            share(&mut times, 99),
            number as f64 / begun.elapsed().as_secs_f64()
        );
    }
    for (name, bytes) in store.reader().unwrap().sizes().unwrap() {
        println!("{:8.1} bytes an article in {name}", bytes as f64 / number as f64);
    }
    store.close().await;
}

/// Times every ingest inside its transaction.
#[derive(Debug, Clone, Default)]
struct Stopwatch {
    begun: Arc<Mutex<Option<Instant>>>,
    times: Arc<Mutex<Vec<Duration>>>,
}

impl Stopwatch {
    fn take(&self) -> Vec<Duration> {
        std::mem::take(&mut self.times.lock().unwrap())
    }
}

impl<S: Subscriber> Layer<S> for Stopwatch {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.name() == "store.ingest"
    }

    fn on_enter(&self, _: &Id, _: Context<'_, S>) {
        *self.begun.lock().unwrap() = Some(Instant::now());
    }

    fn on_exit(&self, _: &Id, _: Context<'_, S>) {
        let begun = self.begun.lock().unwrap().take();
        self.times.lock().unwrap().extend(begun.map(|begun| begun.elapsed()));
    }
}

fn topics() -> Topics {
    Topics {
        set: TopicSet::build(std::iter::empty()),
        rules: std::collections::BTreeMap::default(),
        channels: std::collections::BTreeMap::default(),
        mutes: Vec::new(),
        wayback: false,
        recheck: RecheckRules {
            schedule: RecheckSchedule::parse(&["15m until 5h".to_owned()]).unwrap(),
            on_topic_until: SignedDuration::from_hours(24),
            on_topic_every: SignedDuration::from_hours(24),
        },
    }
}

fn share(times: &mut [Duration], hundredths: usize) -> Duration {
    times.sort_unstable();
    times.get(times.len() * hundredths / 100).copied().unwrap_or_default()
}

/// What the disk takes for a commit of one row, which every ingest pays too.
fn commits(directory: &Path) -> Vec<Duration> {
    let connection = rusqlite::Connection::open(directory.join("empty.db")).unwrap();
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL").unwrap();
    connection.execute_batch("CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY)").unwrap();
    (0..500)
        .map(|_| {
            let start = Instant::now();
            connection.execute("INSERT INTO row DEFAULT VALUES", []).unwrap();
            start.elapsed()
        })
        .collect()
}

fn capture(prose: &Prose, number: u64) -> Capture {
    let made = prose.article(number);
    let url = WebUrl::parse(&format!("https://site{}.test/{number}", made.site)).unwrap();
    let given = Given {
        url: &url,
        title: Some(&made.title),
        body: GivenBody::Text(&made.text),
        authors: &[],
        published: None,
        modified: None,
        language: Some("en"),
        tags: &[],
    };
    Capture {
        source: SourceId::new("bench").unwrap(),
        source_name: "Bench".to_owned(),
        entry: None,
        article: None,
        candidate: Candidate::from_import(&given),
        page: None,
        backlog: Backlog::Record,
        asked_by: AskedBy::Schedule,
        reread: Reread::NotAsked,
        jitter: 0.0,
    }
}
