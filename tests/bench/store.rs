//! How the store scales: `cargo bench --bench store -- 1000000` fills a store with so many articles (20,000 where nothing
//! is said) and prints, at each tenth of the way, articles a second and how long articles that come one by one take: the
//! decision (finding the texts that may be copies, reading them, comparing, choosing the story), the ingest that it is a
//! part of (its rows written too), the full-text index, and all from the call to the answer after the commit. In the end,
//! how many bytes an article each table and index takes. The texts are those of [`prose`].

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a benchmark that a person reads"
)]

mod prose;

use std::collections::HashMap;
use std::ops::Add;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tracing::span::Id;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
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
    println!("{}", said("one empty commit on this disk:", &mut commits(directory.path())));
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
        let parts = inside.take();
        println!("{number} articles, {:.0} a second so far", number as f64 / begun.elapsed().as_secs_f64());
        for (name, take) in PARTS {
            let took = parts.iter().map(take);
            let (mut clock, mut thread): (Vec<_>, Vec<_>) = took.map(|took| (took.clock, took.thread)).unzip();
            println!("  {}; {}", said(name, &mut clock), said("of it run", &mut thread));
        }
        println!("  {}", said("all with its commit", &mut times));
    }
    for (name, bytes) in store.reader().unwrap().sizes().unwrap() {
        println!("{:8.1} bytes an article in {name}", bytes as f64 / number as f64);
    }
    store.close().await;
}

/// A time by the clock, and by what the writing thread itself ran: on a machine that does other work too, the first holds
/// the waits for a core.
#[derive(Debug, Clone, Copy, Default)]
struct Took {
    clock: Duration,
    thread: Duration,
}

/// Where the time of one article went inside the store.
#[derive(Debug, Clone, Copy, Default)]
struct Parts {
    find: Took,
    weigh: Took,
    decide: Took,
    ingest: Took,
    words: Took,
}

impl Add for Took {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { clock: self.clock + other.clock, thread: self.thread + other.thread }
    }
}

/// A name and the sum that it stands for.
type Part = (&'static str, fn(&Parts) -> Took);

/// What is printed of them.
const PARTS: [Part; 5] = [
    ("decision", |parts| parts.find + parts.weigh + parts.decide),
    ("its finding and reading", |parts| parts.find),
    ("its comparing", |parts| parts.weigh),
    ("ingest", |parts| parts.ingest),
    ("word index", |parts| parts.words),
];

/// Times the spans of each ingest.
#[derive(Debug, Clone, Default)]
struct Stopwatch(Arc<Mutex<Times>>);

#[derive(Debug, Default)]
struct Times {
    begun: HashMap<&'static str, (Instant, Duration)>,
    now: Parts,
    past: Vec<Parts>,
}

impl Stopwatch {
    fn take(&self) -> Vec<Parts> {
        std::mem::take(&mut self.0.lock().unwrap().past)
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Stopwatch {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.name().starts_with("store.")
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        let name = context.metadata(id).unwrap().name();
        self.0.lock().unwrap().begun.insert(name, (Instant::now(), thread_time()));
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        let name = context.metadata(id).unwrap().name();
        let mut times = self.0.lock().unwrap();
        let (clock, thread) = times.begun.remove(name).unwrap();
        let took = Took { clock: clock.elapsed(), thread: thread_time().saturating_sub(thread) };
        match name {
            "store.ingest.find" => times.now.find = took,
            "store.ingest.weigh" => times.now.weigh = took,
            "store.ingest.decide" => times.now.decide = took,
            "store.ingest" => times.now.ingest = took,
            // The last of one article that comes alone.
            _ => {
                times.now.words = took;
                let parts = std::mem::take(&mut times.now);
                times.past.push(parts);
            }
        }
    }
}

/// What this thread has run so far.
fn thread_time() -> Duration {
    rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime).try_into().unwrap()
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

fn said(name: &str, times: &mut [Duration]) -> String {
    format!("{name} p50 {:.2?}, p99 {:.2?}", share(times, 50), share(times, 99))
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
