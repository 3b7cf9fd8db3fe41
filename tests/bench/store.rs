//! How the store scales: `cargo bench --bench store -- 1000000` fills a store with so many articles (20,000 where nothing
//! is said) and prints articles a second, the time of one ingest at each tenth of the way, and bytes an article.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a benchmark that a person reads"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

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

/// Every so many articles one is a copy of an earlier one.
const COPY_EVERY: u64 = 20;

/// Ingests timed one by one at each tenth of the way.
const TIMED: u64 = 500;

#[tokio::main]
async fn main() {
    let wanted = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(20_000_u64);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let now = Timestamp::UNIX_EPOCH;
    let keep_pages = SignedDuration::from_hours(24);
    let store = Store::open(&StoreConfig { path, keep_pages }, now).unwrap();
    let topics = Arc::new(topics());
    let begun = Instant::now();
    let tenth = (wanted / 10).max(TIMED);
    let mut number = 0;
    while number < wanted {
        let mut running = Vec::new();
        let until = (number + tenth - TIMED).min(wanted);
        while number < until {
            running.push(store.ingest(article(number), Arc::clone(&topics), now));
            number += 1;
            if running.len() == 64 || number == until {
                for outcome in futures_util::future::join_all(running.drain(..)).await {
                    outcome.unwrap();
                }
            }
        }
        let mut times: Vec<Duration> = Vec::new();
        for _ in 0..TIMED {
            let capture = article(number);
            number += 1;
            let start = Instant::now();
            store.ingest(capture, Arc::clone(&topics), now).await.unwrap();
            times.push(start.elapsed());
        }
        times.sort_unstable();
        let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
        println!(
            "{number} articles: one ingest p50 {:?}, p99 {:?}, {:.0} articles/s so far",
            at(50),
            at(99),
            number as f64 / begun.elapsed().as_secs_f64()
        );
    }
    for (name, bytes) in store.reader().unwrap().sizes().unwrap() {
        println!("{:8.1} bytes an article in {name}", bytes as f64 / number as f64);
    }
    store.close().await;
}

fn topics() -> Topics {
    Topics {
        set: TopicSet::build(std::iter::empty()),
        rules: std::collections::BTreeMap::default(),
        channels: std::collections::BTreeMap::default(),
        mutes: Vec::new(),
        recheck: RecheckRules {
            schedule: RecheckSchedule::parse(&["15m until 5h".to_owned()]).unwrap(),
            on_topic_until: SignedDuration::from_hours(24),
            on_topic_every: SignedDuration::from_hours(24),
        },
    }
}

fn article(number: u64) -> Capture {
    let copied = number >= COPY_EVERY && number.is_multiple_of(COPY_EVERY);
    let text = text(if copied { number - COPY_EVERY / 2 } else { number });
    let url = WebUrl::parse(&format!("https://site{}.test/{number}", number % 500)).unwrap();
    let given = Given {
        url: &url,
        title: Some("Talks"),
        body: GivenBody::Text(&text),
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

/// Four hundred words of a vocabulary in which few are frequent, as in a language.
fn text(seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut text = String::new();
    for word in 0..400 {
        let share = (random() % 10_000) as f64 / 10_000.0;
        let mut rank = (share.powi(3) * 40_000.0) as u64;
        loop {
            text.push(char::from(b'a' + u8::try_from(rank % 26).unwrap()));
            rank /= 26;
            if rank == 0 {
                break;
            }
        }
        text.push_str(if word % 60 == 59 {
            "\n\n"
        } else if word % 15 == 14 {
            ". "
        } else {
            " "
        });
    }
    text
}
