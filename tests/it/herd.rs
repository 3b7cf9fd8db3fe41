//! Many sources that are due at once, polled by the daemon's poller under a clock that the test moves.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use wirewatch::config::load::load_text;
use wirewatch::demo::newsroom::{FeedFormat, Newsroom, Serving};
use wirewatch::io::clock::{Clock, ClockHandle};
use wirewatch::io::store::{SourceState, Store};
use wirewatch::jobs::Context;
use wirewatch::jobs::poll::Poller;
use wirewatch::model::source::SourceHealth;
use wirewatch::model::time::{SignedDuration, Timestamp};

use crate::support::hostile::{Hostile, Seen, answer, drip, say_and_close, silence, wait};
use crate::support::sink::NOON;

const STEP: SignedDuration = SignedDuration::from_millis(500);

const HOURLY: &str = "every = \"1h\"";

struct Herd {
    newsroom: Newsroom,
    context: Arc<Context>,
    hand: ClockHandle,
    poller: Poller,
    // Dropped last: the server and the store's directory.
    _serving: Serving,
    _directory: tempfile::TempDir,
}

/// The config's store and sources at noon, under a clock that the test moves.
async fn at_noon(config: &str, directory: &Path) -> (Arc<Context>, ClockHandle) {
    let config = load_text(config, &directory.join("wirewatch.toml")).map_err(|bad| bad.to_string()).unwrap();
    let (clock, hand) = Clock::fixed(NOON.parse().unwrap());
    let store = Store::open(&config.store, clock.now()).unwrap();
    store.sync_sources(&config.sources, clock.now()).await.unwrap();
    (Arc::new(Context::new(config, store, clock).unwrap()), hand)
}

impl Herd {
    /// So many sources, each polled at `times` (`every` or `cron`).
    async fn of(count: usize, times: &str) -> Self {
        let (newsroom, directory) = (Newsroom::new(), tempfile::tempdir().unwrap());
        let serving = newsroom.serve().await.unwrap();
        let (mut sources, mut hosts) = (String::new(), Vec::new());
        for n in 0..count {
            newsroom.open("A paper", &format!("paper{n}.test"), FeedFormat::Rss);
            writeln!(sources, "[[source]]\nid = \"paper{n}\"\nfeed = \"http://paper{n}.test/feed\"\n{times}").unwrap();
            hosts.push(format!("\"paper{n}.test\" = \"{}\"", serving.addr));
        }
        let text = format!(
            "[store]\npath = \"{}/w.db\"\n[fetch]\ncontact = \"tests@wirewatch.invalid\"\nrobots = false\nmin_delay = \"0s\"\n\
             allow_private = [\"127.0.0.0/8\"]\nconcurrency = 200\nresolve = {{ {} }}\n{sources}",
            directory.path().display(),
            hosts.join(", ")
        );
        let (context, hand) = at_noon(&text, directory.path()).await;
        let poller = Poller::new(Arc::new(Notify::new()), Arc::new(Notify::new()));
        Self { newsroom, context, hand, poller, _serving: serving, _directory: directory }
    }

    /// How many sources were polled in each step from now.
    async fn polled(&mut self, steps: usize) -> Vec<usize> {
        let mut polled = Vec::new();
        for _ in 0..steps {
            let before = self.newsroom.received().len();
            self.poller.tick(&self.context).await.unwrap();
            self.poller.finish().await;
            polled.push(self.newsroom.received().len() - before);
            self.hand.advance(STEP);
        }
        polled
    }
}

#[tokio::test]
async fn a_handful_of_sources_is_polled_within_a_second_and_a_half() {
    let mut herd = Herd::of(4, HOURLY).await;
    assert_eq!(herd.polled(4).await.iter().sum::<usize>(), 4);
}

#[tokio::test]
async fn many_sources_are_spread_at_a_start_and_after_a_sleep() {
    let mut herd = Herd::of(120, HOURLY).await;
    for when in ["the start", "a night's sleep"] {
        let polled = herd.polled(26).await;
        assert_eq!(polled.iter().sum::<usize>(), 120, "{when}: {polled:?}");
        assert!(polled.iter().all(|count| *count < 30), "{when}: {polled:?}");
        herd.hand.advance(SignedDuration::from_hours(9));
    }
}

#[tokio::test]
async fn sources_on_one_cron_line_are_not_polled_in_one_instant() {
    let mut herd = Herd::of(120, "cron = \"0 * * * *\"").await;
    herd.polled(26).await;
    for hour in 1..=2 {
        let next = NOON.parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hour);
        herd.hand.set(next - STEP);
        let polled = herd.polled(27).await;
        assert_eq!(polled[0], 0, "hour {hour}: before its time: {polled:?}");
        assert_eq!(polled.iter().sum::<usize>(), 120, "hour {hour}: {polled:?}");
        assert!(polled.iter().all(|count| *count < 30), "hour {hour}: {polled:?}");
    }
}

#[tokio::test]
async fn a_source_alone_on_its_cron_line_is_polled_at_its_time() {
    let mut herd = Herd::of(1, "cron = \"0 * * * *\"").await;
    herd.polled(1).await;
    herd.hand.set(NOON.parse::<Timestamp>().unwrap() + SignedDuration::from_hours(1));
    assert_eq!(herd.polled(1).await, [1]);
}

/// How one in twenty misbehaves.
fn misbehave(kind: usize, stream: &mut TcpStream) -> io::Result<()> {
    match kind {
        0 | 1 => silence(stream),
        2 => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n")?;
            drip(stream, b"x", Duration::from_millis(50))
        }
        3 => answer(stream, "HTTP/1.1 500 Oh", b""),
        4 => answer(stream, "HTTP/1.1 429 Slow\nretry-after: 9000", b""),
        5 => answer(stream, "HTTP/1.1 302 Found\nlocation: /feed", b""),
        6 => say_and_close(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n<rss><channel>"),
        7 => answer(stream, "HTTP/1.1 200 OK", b"<html><p>no feed"),
        8 => drip(stream, &[b'x'; 4096], Duration::ZERO),
        _ => Err(io::ErrorKind::ConnectionReset.into()),
    }
}

/// What a source's own server does: `n17.test` is the seventeenth.
fn serve(seen: &Seen, stream: &mut TcpStream) -> io::Result<()> {
    let host = seen.header("host").unwrap_or_default();
    let number = host.trim_start_matches('n').trim_end_matches(".test").parse().unwrap_or(0_usize);
    if number.is_multiple_of(20) {
        return misbehave(number / 20 % 10, stream);
    }
    let feed =
        format!("<rss version=\"2.0\"><channel><item><guid>1</guid><title>Of {number}</title></item></channel></rss>");
    answer(stream, "HTTP/1.1 200 OK\netag: \"1\"", feed.as_bytes())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sources_that_misbehave_in_every_way_keep_no_healthy_one_waiting() {
    const SOURCES: usize = 400;
    let (server, directory) = (Hostile::serve(serve), tempfile::tempdir().unwrap());
    let (mut sources, mut hosts) = (String::new(), Vec::new());
    for n in 0..SOURCES {
        writeln!(sources, "[[source]]\nid = \"n{n}\"\nfeed = \"http://n{n}.test/feed\"\ncontent = \"feed\"").unwrap();
        hosts.push(format!("\"n{n}.test\" = \"{}\"", server.addr));
    }
    // What hangs does so longer than the test takes.
    let text = format!(
        "[store]\npath = \"{}/w.db\"\n[fetch]\nmin_delay = \"0s\"\ntimeout = \"10m\"\nallow_private = [\"127.0.0.0/8\"]\n\
         concurrency = 16\nresolve = {{ {} }}\n[poll]\nevery = \"1h\"\n{sources}",
        directory.path().display(),
        hosts.join(", ")
    );
    let (context, hand) = at_noon(&text, directory.path()).await;
    let ended = Arc::new(Notify::new());
    let mut poller = Poller::new(Arc::clone(&ended), Arc::new(Notify::new()));
    let healthy = |states: &[SourceState], since: Timestamp| {
        states.iter().filter(|state| state.last_success.is_some_and(|at| at >= since)).count()
    };
    for _ in 0..3 {
        let since = context.clock.now();
        // A herd of 400 is given moments within 40 s.
        poller.tick(&context).await.unwrap();
        hand.advance(SignedDuration::from_secs(41));
        loop {
            poller.tick(&context).await.unwrap();
            let states = context.store.source_states().await.unwrap();
            let failing = states.iter().filter(|state| matches!(state.health, SourceHealth::Failing { .. })).count();
            if healthy(&states, since) == SOURCES - SOURCES / 20 && failing >= SOURCES / 20 / 2 {
                break;
            }
            ended.notified().await;
        }
        hand.advance(SignedDuration::from_hours(2));
    }
}

/// Two feeds of one paper that list the same three pages; the pages take their time.
fn two_sections(seen: &Seen, stream: &mut TcpStream) -> io::Result<()> {
    if seen.target.starts_with("/feed/") {
        let item = |n: usize| format!("<item><guid>{}-{n}</guid><link>/page/{n}</link></item>", seen.target);
        let items: String = (1..=3).map(item).collect();
        let feed = format!("<rss version=\"2.0\"><channel><title>Paper</title>{items}</channel></rss>");
        return answer(stream, "HTTP/1.1 200 OK", feed.as_bytes());
    }
    wait(Duration::from_millis(150));
    let text = format!("<p>What the council of Velm decided on the matter of {} is told here.</p>", seen.target);
    let page = format!("<html><title>Page</title><article><h1>Page</h1>{}</article></html>", text.repeat(9));
    answer(stream, "HTTP/1.1 200 OK\ncontent-type: text/html", page.as_bytes())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_two_feeds_list_is_asked_for_once() {
    let (server, directory) = (Hostile::serve(two_sections), tempfile::tempdir().unwrap());
    let text = format!(
        "[store]\npath = \"{}/w.db\"\n[fetch]\nmin_delay = \"0s\"\nrobots = false\nallow_private = [\"127.0.0.0/8\"]\n\
         resolve = {{ \"paper.test\" = \"{}\" }}\n[[source]]\nid = \"world\"\nfeed = \"http://paper.test/feed/world\"\n\
         [[source]]\nid = \"politics\"\nfeed = \"http://paper.test/feed/politics\"\n",
        directory.path().display(),
        server.addr
    );
    let (context, _hand) = at_noon(&text, directory.path()).await;
    let polled = wirewatch::jobs::poll::all(&context, &[]).await.unwrap();
    assert_eq!((polled.sources, polled.failed, polled.entries, polled.tally.new), (2, 0, 6, 3));
    let mut pages: Vec<String> = server.targets().into_iter().filter(|target| target.starts_with("/page/")).collect();
    pages.sort();
    assert_eq!(pages, ["/page/1", "/page/2", "/page/3"]);
    let again = wirewatch::jobs::poll::all(&context, &[]).await.unwrap();
    assert_eq!((again.failed, again.tally.new), (0, 0));
    assert_eq!(server.targets().iter().filter(|target| target.starts_with("/page/")).count(), 3);
}
