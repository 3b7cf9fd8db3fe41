//! A week of polling under a clock that the test moves: the daemon's poller and the real client against publishers of
//! every kind, and then their access log, judged point by point by what publishers ask of feed readers.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;
use wirewatch::config::load::load_text;
use wirewatch::io::clock::{Clock, ClockHandle};
use wirewatch::io::store::Store;
use wirewatch::jobs::Context;
use wirewatch::jobs::poll::Poller;
use wirewatch::model::time::{SignedDuration, Timestamp};

use crate::support::hostile::{Hostile, Seen, answer};
use crate::support::sink::NOON;

const STEP: SignedDuration = SignedDuration::from_mins(2);
const STEPS_A_DAY: i64 = 24 * 30;
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// One request as the publisher's log has it.
#[derive(Debug, Clone)]
struct Line {
    at: Timestamp,
    target: String,
    headers: Vec<(String, String)>,
    status: u16,
    /// The validators that the answer carried.
    sent: [Option<String>; 2],
}

impl Line {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn conditions(&self) -> [Option<&str>; 2] {
        [self.header("if-none-match"), self.header("if-modified-since")]
    }
}

type Log = Arc<Mutex<BTreeMap<String, Vec<Line>>>>;

/// The publishers, by the first label of their host.
const PUBLISHERS: [&str; 20] = [
    "both",
    "etag",
    "modified",
    "neither",
    "touched",
    "dropped",
    "fresh",
    "expires",
    "ttl",
    "daily",
    "throttled",
    "dated",
    "busy",
    "moved",
    "lent",
    "gone",
    "missing",
    "broken",
    "garbage",
    "silent",
];

/// A feed's body on a day: an entry a day, at noon; the silent one has none after the first.
fn feed(host: &str, day: i64) -> String {
    let day = if host == "silent" { 0 } else { day };
    let hint = match host {
        "ttl" => "<ttl>180</ttl>",
        "daily" => "<sy:updatePeriod>daily</sy:updatePeriod>",
        _ => "",
    };
    let item =
        format!("<item><guid>{day}</guid><title>Day {day}</title><description>Day {day} is over.</description></item>");
    format!(
        "<rss version=\"2.0\" xmlns:sy=\"http://purl.org/rss/1.0/modules/syndication/\"><channel><title>{host}</title>{hint}{item}</channel></rss>"
    )
}

/// What a publisher answers: the status line with headers, and the body.
fn answered(
    host: &str,
    seen: &Seen,
    start: Timestamp,
    now: Timestamp,
    polls: usize,
) -> (String, String, [Option<String>; 2]) {
    let hours = now.duration_since(start).as_hours();
    let day = hours / 24;
    let in_trouble = (48..72).contains(&hours);
    let refuse = |head: &str| (format!("HTTP/1.1 {head}"), String::new(), [None, None]);
    match host {
        "throttled" if in_trouble => return refuse("429 Slow Down\nretry-after: 21600"),
        "dated" if in_trouble => {
            let until = start + SignedDuration::from_hours(72);
            return refuse(&format!("503 Later\nretry-after: {}", until.strftime("%a, %d %b %Y %H:%M:%S GMT")));
        }
        "busy" if in_trouble => return refuse("429 Slow Down"),
        "broken" if in_trouble => return refuse("500 Oh"),
        "garbage" if in_trouble => {
            return ("HTTP/1.1 200 OK\netag: \"garbage\"".to_owned(), "<html><p>Down.".to_owned(), [None, None]);
        }
        "gone" if hours >= 24 => return refuse("410 Gone"),
        "missing" if hours >= 24 => return refuse("404 Not Found"),
        "moved" if seen.target == "/feed" => return refuse("301 Moved\nlocation: /new"),
        "lent" if seen.target == "/feed" => return refuse("302 Found\nlocation: /elsewhere"),
        _ => {}
    }
    let silent = host == "silent";
    let day = if silent { 0 } else { day };
    // Of one second each: the modification time says less than the tag.
    let etag = Some(format!("W/\"{day}-é\"")).filter(|_| !matches!(host, "modified" | "neither"));
    let modified = Some(format!("Sat, {day} Jun 2026 00:00:00 EST")).filter(|_| !matches!(host, "etag" | "neither"));
    let (etag, modified) = match host {
        "touched" => (Some(format!("\"{polls}\"")), Some("Mon, 1 Jun 2026 00:00:00 GMT".to_owned())),
        "dropped" if hours >= 72 => (None, None),
        _ => (etag, modified),
    };
    let sent = [etag, modified];
    // RFC 9110 section 13.2.2: the tag decides where one is asked about.
    let same = match (seen.header("if-none-match"), seen.header("if-modified-since")) {
        (Some(tag), _) => Some(tag) == sent[0].as_deref(),
        (None, since) => since.is_some() && since == sent[1].as_deref(),
    };
    let mut head = if same { "HTTP/1.1 304 Not Modified" } else { "HTTP/1.1 200 OK" }.to_owned();
    for (name, value) in [("etag", &sent[0]), ("last-modified", &sent[1])] {
        if let Some(value) = value {
            write!(head, "\n{name}: {value}").unwrap();
        }
    }
    head.push_str("\nset-cookie: id=1");
    match host {
        "fresh" => head.push_str("\ncache-control: public, max-age=10800"),
        "expires" => {
            let date = |at: Timestamp| at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            write!(head, "\ndate: {}\nexpires: {}", date(now), date(now + HOUR * 5)).unwrap();
        }
        _ => {}
    }
    (head, if same { String::new() } else { feed(host, day) }, sent)
}

fn publish(clock: Clock, log: Log) -> impl Fn(&Seen, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static {
    let start: Timestamp = NOON.parse().unwrap();
    move |seen, stream| {
        let host = seen.header("host").unwrap_or_default().trim_end_matches(".test").to_owned();
        let polls = log.lock().unwrap().get(&host).map_or(0, Vec::len);
        let (head, body, sent) = answered(&host, seen, start, clock.now(), polls);
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let line = Line { at: clock.now(), target: seen.target.clone(), headers: seen.headers.clone(), status, sent };
        log.lock().unwrap().entry(host).or_default().push(line);
        // A letter a byte.
        let bytes: Vec<u8> =
            head.replace('\n', "\r\n").chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
        let length = format!("\r\ncontent-length: {}\r\n\r\n", body.len());
        if status == 304 {
            return io::Write::write_all(stream, &[&bytes, b"\r\n\r\n".as_slice()].concat());
        }
        if head.is_ascii() {
            return answer(stream, &head, body.as_bytes());
        }
        io::Write::write_all(stream, &[&bytes, length.as_bytes(), body.as_bytes()].concat())
    }
}

struct Week {
    log: Log,
    context: Arc<Context>,
    hand: ClockHandle,
    text: String,
    clock: Clock,
    _server: Hostile,
    directory: tempfile::TempDir,
}

impl Week {
    async fn new() -> Self {
        let (clock, hand) = Clock::fixed(NOON.parse().unwrap());
        let log = Log::default();
        let server = Hostile::serve(publish(clock.clone(), Arc::clone(&log)));
        let directory = tempfile::tempdir().unwrap();
        let (mut sources, mut hosts) = (String::new(), Vec::new());
        for host in PUBLISHERS {
            writeln!(sources, "[[source]]\nid = \"{host}\"\nfeed = \"http://{host}.test/feed\"\ncontent = \"feed\"")
                .unwrap();
            hosts.push(format!("\"{host}.test\" = \"{}\"", server.addr));
        }
        let text = format!(
            "[store]\npath = \"{}/w.db\"\n[fetch]\ncontact = \"desk@wirewatch.invalid\"\nmin_delay = \"0s\"\n\
             allow_private = [\"127.0.0.0/8\"]\nresolve = {{ {} }}\n[poll]\nevery = \"1h\"\nmax = \"6h\"\n{sources}",
            directory.path().display(),
            hosts.join(", ")
        );
        let context = open(&text, &directory, &clock).await;
        Self { log, context, hand, text, clock, _server: server, directory }
    }

    /// So many days, one poller's life.
    async fn days(&self, days: i64) {
        let mut poller = Poller::new(Arc::new(Notify::new()), Arc::new(Notify::new()));
        for _ in 0..days * STEPS_A_DAY {
            poller.tick(&self.context).await.unwrap();
            poller.finish().await;
            self.hand.advance(STEP);
        }
    }

    /// The process ends and starts again on the same store.
    async fn restart(&mut self) {
        self.context.store.close().await;
        self.context = open(&self.text, &self.directory, &self.clock).await;
    }
}

async fn open(text: &str, directory: &tempfile::TempDir, clock: &Clock) -> Arc<Context> {
    let config = load_text(text, &directory.path().join("wirewatch.toml")).map_err(|bad| bad.to_string()).unwrap();
    let store = Store::open(&config.store, clock.now()).unwrap();
    store.sync_sources(&config.sources, clock.now()).await.unwrap();
    Arc::new(Context::new(config, store, clock.clone()).unwrap())
}

/// What is wrong with one publisher's log.
fn judge(host: &str, log: &[Line]) -> Vec<String> {
    let asleep = NOON.parse::<Timestamp>().unwrap() + HOUR * 120;
    let mut wrong = Vec::new();
    let mut point = |number: &str, holds: bool, at: &Line| {
        if !holds {
            wrong.push(format!("{host} {number} at {}: {:?} {} {:?}", at.at, at.target, at.status, at.headers));
        }
    };
    // A redirect and what it leads to are one poll.
    let polls: Vec<&Line> = log.iter().filter(|line| !(host == "lent" && line.target == "/elsewhere")).collect();
    for line in log {
        let agent = line.header("user-agent").unwrap_or_default();
        point("B19: no cookie", line.header("cookie").is_none(), line);
        point("B20: no referer", line.header("referer").is_none(), line);
        point("B21: no made-up query", !line.target.contains('?'), line);
        point("B22: says who asks", agent.starts_with("wirewatch/") && agent.contains("desk@wirewatch.invalid"), line);
        point("B23: takes gzip", line.header("accept-encoding").is_some_and(|value| value.contains("gzip")), line);
        let known = ["/feed", "/new", "/elsewhere"].contains(&line.target.as_str());
        point("B2: no made-up address", known, line);
    }
    // Validators: exactly those of the last full answer or 304 of the same address, both together, or none.
    let mut last: [Option<String>; 2] = [None, None];
    let mut seen_one = false;
    for line in log.iter().filter(|line| !matches!(line.status, 301 | 302)) {
        let expected = [last[0].as_deref(), last[1].as_deref()];
        point("B3-B10: the validators as they were last given", line.conditions() == expected, line);
        point("B1: one unconditional request", seen_one || line.conditions() == [None, None], line);
        seen_one = true;
        if line.status == 304
            || (line.status == 200 && line.sent != [None, None])
            || host == "dropped"
            || host == "neither"
        {
            last.clone_from(&line.sent);
        }
    }
    for pair in polls.windows(2) {
        let (before, after) = (pair[0], pair[1]);
        let gap = after.at.duration_since(before.at);
        // The step of a source that moved is asked twice in one poll, once.
        let same_poll = before.status == 301 && gap.is_zero();
        point("B11: an hour between two polls", same_poll || gap >= HOUR, after);
        let held = match (host, before.status) {
            ("expires", 200 | 304) => HOUR * 5,
            ("fresh" | "ttl", 200 | 304) => HOUR * 3,
            ("daily", 200 | 304) => HOUR * 24,
            ("throttled", 429) => HOUR * 6,
            ("busy", 429) => HOUR * 2,
            _ => HOUR,
        };
        point("B14-B16: the wait that was asked for", same_poll || gap >= held, after);
        let slept = before.at < asleep && after.at > asleep;
        point("B28: once a day at least", gap <= HOUR * if slept { 35 } else { 26 }, after);
    }
    wrong
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_week_of_polling_is_what_publishers_ask_for() {
    let mut week = Week::new().await;
    week.days(4).await;
    week.restart().await;
    week.days(1).await;
    // The machine sleeps.
    week.hand.advance(HOUR * 9);
    week.days(2).await;
    let log = week.log.lock().unwrap().clone();
    let wrong: Vec<String> = PUBLISHERS.iter().flat_map(|host| judge(host, &log[*host])).collect();
    assert!(wrong.is_empty(), "{} points are lost:\n{}", wrong.len(), wrong.join("\n"));

    let polls = |host: &str| log[host].len();
    let count = |host: &str, status: u16| log[host].iter().filter(|line| line.status == status).count();
    let start: Timestamp = NOON.parse().unwrap();
    // The judge had something to judge.
    for host in PUBLISHERS {
        println!("{host}: {} requests, {} full, {} not modified", polls(host), count(host, 200), count(host, 304));
    }
    assert!(count("both", 304) > 15 && (7..=9).contains(&count("both", 200)), "a change a day is fetched once");
    assert!(count("neither", 200) > 20 && count("touched", 200) > 20);
    assert!(polls("daily") <= 8, "a day between two polls");
    assert!((2..=5).contains(&count("throttled", 429)), "B15: not sooner than it said");
    assert_eq!(count("dated", 503), 1, "B15: the date is kept");
    assert!((3..=6).contains(&count("busy", 429)), "B16: it backs off");
    assert!((2..=9).contains(&count("broken", 500)), "B17: it backs off");
    assert_eq!(count("gone", 410), 2, "B26: two answers, and none is asked for again");
    let missing: Vec<Timestamp> = log["missing"].iter().filter(|line| line.status == 404).map(|line| line.at).collect();
    let last_gap = missing.windows(2).map(|pair| pair[1].duration_since(pair[0])).max().unwrap();
    assert!(last_gap >= HOUR * 24, "B26: a page that is missing is asked for once a day: {last_gap:#}");
    let feed_of = |host: &str| log[host].iter().filter(|line| line.target == "/feed").count();
    assert_eq!(feed_of("moved"), 1, "B24: where it moved to is asked from then on");
    assert_eq!(feed_of("lent") * 2, polls("lent"), "B25: what is only lent is asked for at its own address");
    let silent: Vec<SignedDuration> =
        log["silent"].windows(2).map(|pair| pair[1].at.duration_since(pair[0].at)).collect();
    assert!(silent[0] < HOUR * 2 && silent.last().unwrap() >= &(HOUR * 6), "B28: it widens: {silent:?}");
    // B12, B29: at the restart and after the sleep no more than one poll each.
    for (what, from) in [("restart", HOUR * 96), ("sleep", HOUR * 129)] {
        for host in PUBLISHERS {
            let from = start + from;
            let soon = |line: &&Line| line.at >= from && line.at < from + HOUR && line.target == "/feed";
            assert!(log[host].iter().filter(soon).count() <= 1, "{host} after the {what}");
        }
    }
}
