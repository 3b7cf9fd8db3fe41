//! What a server sees of the fetcher: the reader-behaviour checklist, one host's pace, robots.txt.

use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use wirewatch::config::FetchConfig;
use wirewatch::io::clock::Clock;
use wirewatch::io::http::{Http, RequestOptions, Subject};
use wirewatch::model::fetch::{FetchError, FetchOutcome, Validators};
use wirewatch::model::time::{SignedDuration, Timestamp};

use crate::support::hostile::{Hostile, Seen, answer, silence};
use crate::support::web::{config, http, told, url};

const OK: &str = "HTTP/1.1 200 OK";

fn noon() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

fn conditional(etag: Option<&str>, last_modified: Option<&str>) -> RequestOptions {
    let validators = Validators { etag: etag.map(str::to_owned), last_modified: last_modified.map(str::to_owned) };
    RequestOptions { validators, ..RequestOptions::default() }
}

fn page() -> RequestOptions {
    RequestOptions { robots: true, subject: Subject::Page, ..RequestOptions::default() }
}

/// The validators that an outcome gives for the next request.
fn next_validators(outcome: FetchOutcome) -> (Option<String>, Option<String>) {
    let validators = match outcome {
        FetchOutcome::Fresh(page) => page.validators,
        FetchOutcome::NotModified { validators, .. } => validators,
    };
    (validators.etag, validators.last_modified)
}

#[tokio::test]
async fn validators_are_sent_as_they_were_given_and_replaced_as_a_whole() {
    const ODD_DATE: &str = "Mon, 1 Jan 2026 00:00:00 EST";
    // What is stored, what the server then answers, what is stored after that.
    type Both<'a> = &'a [Option<&'a str>; 2];
    let rows: &[(Both<'_>, &str, Both<'_>)] = &[
        (&[None, None], OK, &[None, None]),
        (
            &[None, None],
            "HTTP/1.1 200 OK\netag: W/\"a\"\nlast-modified: Mon, 1 Jan 2026 00:00:00 EST",
            &[Some("W/\"a\""), Some(ODD_DATE)],
        ),
        (&[Some("\"a\""), None], "HTTP/1.1 200 OK\netag: \"b\"", &[Some("\"b\""), None]),
        (&[Some("\"a\""), Some(ODD_DATE)], "HTTP/1.1 200 OK\netag: \"b\"", &[Some("\"b\""), None]),
        (&[Some("\"a\""), Some(ODD_DATE)], "HTTP/1.1 200 OK\nlast-modified: x", &[None, Some("x")]),
        (&[Some("\"a\""), Some(ODD_DATE)], OK, &[None, None]),
        (&[Some("\"a\""), Some(ODD_DATE)], "HTTP/1.1 304 Not Modified", &[Some("\"a\""), Some(ODD_DATE)]),
        (&[Some("\"a\""), Some(ODD_DATE)], "HTTP/1.1 304 Not Modified\netag: \"c\"", &[Some("\"c\""), Some(ODD_DATE)]),
        (&[Some("bare"), Some("0")], "HTTP/1.1 304 Not Modified", &[Some("bare"), Some("0")]),
    ];
    for (stored, head, after) in rows {
        let server = Hostile::serve(move |_, s| answer(s, head, b""));
        let http = http(&config(&[("site.test", server.addr)]));
        let [etag, last_modified] = **stored;
        let outcome = http.get(&url("http://site.test/feed"), &conditional(etag, last_modified)).await.unwrap();
        let seen = server.seen();
        assert_eq!(seen.len(), 1);
        assert_eq!([seen[0].header("if-none-match"), seen[0].header("if-modified-since")], **stored, "{head}");
        let (etag, last_modified) = next_validators(outcome);
        assert_eq!([etag.as_deref(), last_modified.as_deref()], **after, "{head}");
    }
}

#[tokio::test]
async fn a_request_says_who_asks_and_nothing_about_before() {
    let server = Hostile::serve(|seen, s| match seen.target.as_str() {
        "/old" | "/old?x=1" => answer(s, "HTTP/1.1 302 Found\nlocation: /new\nset-cookie: a=b", b""),
        _ => answer(s, "HTTP/1.1 200 OK\nset-cookie: a=b", b""),
    });
    let http = http(&config(&[("site.test", server.addr)]));
    for _ in 0..2 {
        http.get(&url("http://site.test/old?x=1#part"), &RequestOptions::default()).await.unwrap();
        http.get(&url("http://site.test/old"), &RequestOptions::default()).await.unwrap();
    }
    for seen in server.seen() {
        let names: Vec<&str> = seen.headers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["user-agent", "accept", "accept-encoding", "host"]);
        assert_eq!(seen.header("accept-encoding"), Some("gzip, br, zstd, deflate"));
        let agent = format!("wirewatch/{} (+desk@example.test)", env!("CARGO_PKG_VERSION"));
        assert_eq!(seen.header("user-agent"), Some(agent.as_str()));
    }
    assert_eq!(server.targets(), ["/old?x=1", "/new", "/old", "/new", "/old?x=1", "/new", "/old", "/new"]);
    let nobody = FetchConfig { contact: None, ..config(&[("site.test", server.addr)]) };
    let http = crate::support::web::http(&nobody);
    let own = RequestOptions {
        user_agent: Some("Desk/1".to_owned()),
        accept_language: Some("de, en;q=0.5".to_owned()),
        ..RequestOptions::default()
    };
    http.get(&url("http://site.test/"), &RequestOptions::default()).await.unwrap();
    http.get(&url("http://site.test/"), &own).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen[8].header("user-agent"), Some(concat!("wirewatch/", env!("CARGO_PKG_VERSION"))));
    assert_eq!(seen[9].header("user-agent"), Some("Desk/1"));
    assert_eq!(seen[9].header("accept-language"), Some("de, en;q=0.5"));
}

#[tokio::test]
async fn only_redirects_that_are_permanent_from_the_first_on_move_a_source() {
    // The statuses of the hops 0 → 1 → 2 …, and where the source moved to.
    let rows: &[(&[u16], Option<&str>)] = &[
        (&[301], Some("/1")),
        (&[308, 301], Some("/2")),
        (&[302], None),
        (&[303], None),
        (&[307], None),
        (&[301, 302], Some("/1")),
        (&[302, 301], None),
        (&[301, 307, 308], Some("/1")),
    ];
    for (hops, moved) in rows {
        for last in [OK, "HTTP/1.1 304 Not Modified"] {
            let hops = hops.to_vec();
            let server = Hostile::serve(move |seen, s| {
                let number: usize = seen.target.trim_matches('/').parse().unwrap_or(0);
                match hops.get(number) {
                    Some(status) => answer(s, &format!("HTTP/1.1 {status} Moved\nlocation: /{}", number + 1), b""),
                    None => answer(s, last, b""),
                }
            });
            let http = http(&config(&[("site.test", server.addr)]));
            let told = match http.get(&url("http://site.test/0"), &conditional(Some("\"a\""), None)).await.unwrap() {
                FetchOutcome::Fresh(page) => page.moved_to,
                FetchOutcome::NotModified { moved_to, .. } => moved_to,
            };
            assert_eq!(told.map(|url| url.as_url().path().to_owned()).as_deref(), *moved);
        }
    }
}

#[tokio::test]
async fn each_status_has_its_meaning() {
    let rows = [
        ("404 Not Found", "gone: the server says 404: the page is gone"),
        ("410 Gone", "gone: the server says 410: the page is gone"),
        ("451 Unavailable", "gone: the server says 451: the page is gone"),
        ("401 Unauthorized", "blocked: blocked (401: the server asks for credentials)"),
        ("403 Forbidden", "blocked: blocked (403: the server refuses)"),
        ("403 Forbidden\nretry-after: 60", "throttled: the server says 403 and asks to wait"),
        ("402 Payment Required", "blocked: blocked (402: the server asks for payment)"),
        ("429 Too Many Requests", "throttled: the server says 429 and asks to wait"),
        ("503 Service Unavailable", "throttled: the server says 503 and asks to wait"),
        ("503 Down\ncf-mitigated: challenge", "blocked: blocked (503: a Cloudflare challenge)"),
        ("400 Bad Request", "status: the server says 400"),
        ("418 Teapot", "status: the server says 418"),
        ("500 Internal", "status: the server says 500"),
        ("502 Bad Gateway", "status: the server says 502"),
        ("504 Timeout", "status: the server says 504"),
    ];
    for (status, expected) in rows {
        let server = Hostile::serve(move |_, s| answer(s, &format!("HTTP/1.1 {status}"), b"<html>no</html>"));
        let http = http(&config(&[("site.test", server.addr)]));
        let result = http.get(&url("http://site.test/"), &RequestOptions::default()).await;
        assert_eq!(told(&result), expected);
        assert_eq!(server.seen().len(), 1, "{status}: nothing is asked twice");
    }
}

fn wait_of(result: &Result<FetchOutcome, FetchError>) -> Option<i64> {
    match result {
        Err(FetchError::Throttled { retry_after, .. }) => retry_after.map(|wait| wait.as_secs()),
        _ => None,
    }
}

#[tokio::test]
async fn a_wait_that_was_asked_for_is_kept_without_asking_again() {
    let server = Hostile::serve(|seen, s| match seen.target.as_str() {
        "/seconds" => answer(s, "HTTP/1.1 429 Slow\nretry-after: 600", b""),
        "/date" => {
            let head =
                "HTTP/1.1 503 Busy\ndate: Tue, 24 Nov 2026 12:00:00 GMT\nretry-after: Tue, 24 Nov 2026 12:10:00 GMT";
            answer(s, head, b"")
        }
        "/later" => answer(s, "HTTP/1.1 301 Moved\nlocation: /seconds", b""),
        "/redirect" => answer(s, "HTTP/1.1 302 Found\nlocation: /\nretry-after: 600", b""),
        _ => answer(s, OK, b""),
    });
    for path in ["/seconds", "/date", "/later", "/redirect"] {
        let (clock, hands) = Clock::fixed(noon());
        let http = Http::new(&config(&[("site.test", server.addr), ("other.test", server.addr)]), clock).unwrap();
        let feed = url(&format!("http://site.test{path}"));
        let before = server.seen().len();
        let asked = http.get(&feed, &RequestOptions::default()).await;
        let requests = server.seen().len() - before;
        assert_eq!(wait_of(&asked), Some(600), "{path}");
        hands.advance(SignedDuration::from_secs(599));
        let refused = http.get(&feed, &RequestOptions::default()).await;
        assert_eq!((wait_of(&refused), server.seen().len() - before), (Some(1), requests), "{path}");
        hands.advance(SignedDuration::from_secs(1));
        drop(http.get(&feed, &RequestOptions::default()).await);
        assert_eq!(server.seen().len() - before, 2 * requests, "{path}: asked again when the wait is over");
    }
}

#[tokio::test]
async fn one_tired_feed_does_not_silence_its_host_and_two_do() {
    let server = Hostile::serve(|seen, s| match seen.target.as_str() {
        "/tired1" => answer(s, "HTTP/1.1 429 Slow\nretry-after: 600", b""),
        "/tired2" => answer(s, "HTTP/1.1 429 Slow\nretry-after: 60", b""),
        _ => answer(s, OK, b""),
    });
    let (clock, hands) = Clock::fixed(noon());
    let http = Http::new(&config(&[("site.test", server.addr), ("other.test", server.addr)]), clock).unwrap();
    let get = async |target: &str| {
        let result = http.get(&url(target), &RequestOptions::default()).await;
        wait_of(&result)
    };
    assert_eq!(get("http://site.test/tired1").await, Some(600));
    assert_eq!(get("http://site.test/well").await, None);
    assert_eq!(get("http://site.test/tired2").await, Some(60));
    assert_eq!(get("http://site.test/well").await, Some(600));
    assert_eq!(get("http://other.test/well").await, None);
    hands.advance(SignedDuration::from_secs(60));
    assert_eq!(get("http://site.test/well").await, None, "one of the two is well again");
    assert_eq!(get("http://site.test/tired1").await, Some(540));
}

/// A script that counts the requests under way, and the most there ever were.
fn counting(peak: &Arc<AtomicUsize>) -> impl Fn(&Seen, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static {
    let (now, peak) = (AtomicUsize::new(0), Arc::clone(peak));
    move |_, s| {
        peak.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        // Long enough for the others to arrive, if they were sent.
        s.set_read_timeout(Some(Duration::from_millis(30)))?;
        drop(s.peek(&mut [0]));
        s.set_read_timeout(None)?;
        now.fetch_sub(1, Ordering::SeqCst);
        answer(s, OK, b"")
    }
}

async fn all_at_once(http: &Http, targets: impl Iterator<Item = String>) {
    let mut running = tokio::task::JoinSet::new();
    for target in targets {
        let http = http.clone();
        running.spawn(async move { told(&http.get(&url(&target), &RequestOptions::default()).await) });
    }
    while let Some(said) = running.join_next().await {
        assert_eq!(said.unwrap(), "fresh: 200 with 0 bytes");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn so_many_requests_at_once_to_one_host_and_to_all() {
    for (per_host, concurrency, hosts, most) in [(1, 32, 1, 1), (3, 32, 1, 3), (8, 4, 6, 4), (1, 32, 5, 5)] {
        let peak = Arc::new(AtomicUsize::new(0));
        let server = Hostile::serve(counting(&peak));
        let names: Vec<String> = (0..hosts).map(|number| format!("h{number}.test")).collect();
        let table: Vec<_> = names.iter().map(|name| (name.as_str(), server.addr)).collect();
        let http = http(&FetchConfig { per_host, concurrency, ..config(&table) });
        all_at_once(&http, (0..24).map(|n| format!("http://h{}.test/{n}", n % hosts))).await;
        assert_eq!((peak.load(Ordering::SeqCst), server.seen().len()), (most, 24));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_requests_to_one_host_are_never_closer_than_the_pause() {
    let server = Hostile::serve(|seen, s| match seen.target.as_str() {
        "/0" => answer(s, "HTTP/1.1 302 Found\nlocation: /on", b""),
        _ => answer(s, OK, b""),
    });
    let pause = Duration::from_millis(40);
    let min_delay = SignedDuration::try_from(pause).unwrap();
    let http = http(&FetchConfig { per_host: 1, min_delay, ..config(&[("site.test", server.addr)]) });
    all_at_once(&http, (0..5).map(|n| format!("http://site.test/{n}"))).await;
    let seen = server.seen();
    assert_eq!(seen.len(), 6);
    for pair in seen.windows(2) {
        let gap = pair[1].at.duration_since(pair[0].at);
        assert!(gap >= pause, "{} follows {} after {gap:?}", pair[1].target, pair[0].target);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_stalls_keeps_no_other_waiting() {
    let stalling = Hostile::serve(|_, s| silence(s));
    let quick = Hostile::serve(|_, s| answer(s, OK, b""));
    let hosts = [("slow.test", stalling.addr), ("quick.test", quick.addr)];
    let timeout = SignedDuration::from_mins(1);
    let http = http(&FetchConfig { per_host: 1, concurrency: 2, timeout, ..config(&hosts) });
    let mut waiting = tokio::task::JoinSet::new();
    for n in 0..20 {
        let http = http.clone();
        waiting.spawn(async move {
            drop(http.get(&url(&format!("http://slow.test/{n}")), &RequestOptions::default()).await);
        });
    }
    while stalling.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    // One of two shared slots is stuck; all but one of the twenty wait for their host without a slot.
    all_at_once(&http, (0..10).map(|n| format!("http://quick.test/{n}"))).await;
    assert_eq!((stalling.seen().len(), quick.seen().len()), (1, 10));
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let server = Hostile::serve(|_, s| answer(s, OK, b"hello"));
    let http = http(&config(&[("site.test", server.addr)]));
    for n in 0..50 {
        http.get(&url(&format!("http://site.test/{n}")), &RequestOptions::default()).await.unwrap();
    }
    assert_eq!(server.connections(), 1);
    assert!(server.seen().iter().all(|seen| seen.connection == 0));
}

#[tokio::test]
async fn a_round_over_many_hosts_does_not_hold_a_connection_for_each() {
    let server = Hostile::serve(|_, s| answer(s, OK, b""));
    let names: Vec<String> = (0..400).map(|number| format!("h{number}.test")).collect();
    let table: Vec<_> = names.iter().map(|name| (name.as_str(), server.addr)).collect();
    let http = http(&config(&table));
    for name in &names {
        http.get(&url(&format!("http://{name}/")), &RequestOptions::default()).await.unwrap();
    }
    // The last few may still be closing.
    for _ in 0..10_000 {
        if server.open() <= 256 {
            break;
        }
        tokio::task::yield_now().await;
        std::thread::yield_now();
    }
    assert_eq!((server.connections(), server.open()), (400, 256));
}

#[tokio::test]
async fn robots_txt_is_obeyed_as_rfc_9309_says() {
    let rows: &'static [(&str, &[u8], &str)] = &[
        (OK, b"User-agent: *\nAllow: /", "fresh: 200 with 4 bytes"),
        (OK, SHUT, DISALLOWED),
        (OK, b"User-agent: wirewatch\nDisallow: /x", DISALLOWED),
        (OK, b"User-agent: other\nDisallow: /", "fresh: 200 with 4 bytes"),
        (OK, b"<html>not a robots.txt</html>", "fresh: 200 with 4 bytes"),
        ("HTTP/1.1 404 Not Found", SHUT, "fresh: 200 with 4 bytes"),
        ("HTTP/1.1 401 No", SHUT, "fresh: 200 with 4 bytes"),
        ("HTTP/1.1 403 No", SHUT, "fresh: 200 with 4 bytes"),
        ("HTTP/1.1 400 Bad", SHUT, "fresh: 200 with 4 bytes"),
        ("HTTP/1.1 500 Oops", b"", "unreachable: the site's robots.txt could not be read"),
        ("HTTP/1.1 503 Busy", b"", "unreachable: the site's robots.txt could not be read"),
        ("HTTP/1.1 429 Slow", b"", "unreachable: the site's robots.txt could not be read"),
        ("HTTP/1.1 301 Moved\nlocation: /elsewhere", b"", DISALLOWED),
        ("HTTP/1.1 301 Moved\nlocation: /robots.txt?", b"", "fresh: 200 with 4 bytes"),
        ("no HTTP", b"", "unreachable: the site's robots.txt could not be read"),
    ];
    for (head, file, expected) in rows {
        let server = Hostile::serve(move |seen, s| match seen.target.as_str() {
            "/robots.txt" => answer(s, head, file),
            "/elsewhere" => answer(s, OK, SHUT),
            "/robots.txt?" => answer(s, "HTTP/1.1 301 Moved\nlocation: /nothing", b""),
            "/nothing" => answer(s, "HTTP/1.1 404 Not Found", b""),
            _ => answer(s, OK, b"page"),
        });
        let http = http(&config(&[("site.test", server.addr)]));
        let said = told(&http.get(&url("http://site.test/x"), &page()).await);
        assert!(said.starts_with(expected), "{head} {said}");
        // A feed that the operator named, and a source with the switch off, do not ask.
        let asked = server.seen().len();
        let feed = RequestOptions { robots: true, ..RequestOptions::default() };
        let off = RequestOptions { robots: false, ..page() };
        for options in [feed, off] {
            assert_eq!(told(&http.get(&url("http://site.test/x"), &options).await), "fresh: 200 with 4 bytes");
        }
        assert_eq!(server.seen().len(), asked + 2);
    }
}

const SHUT: &[u8] = b"User-agent: *\nDisallow: /";
const DISALLOWED: &str = "robots: robots.txt of the site disallows it";

#[tokio::test(flavor = "multi_thread")]
async fn robots_txt_is_asked_for_once_a_day_and_an_old_copy_holds_while_there_is_none() {
    let times = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&times);
    let server = Hostile::serve(move |seen, s| match seen.target.as_str() {
        "/robots.txt" => match counted.fetch_add(1, Ordering::SeqCst) {
            0 => answer(s, "HTTP/1.1 200 OK\ncache-control: max-age=99999999", b"User-agent: *\nDisallow: /shut"),
            1 => answer(s, "HTTP/1.1 500 Oops", b""),
            _ => answer(s, "HTTP/1.1 200 OK\ncache-control: no-store", b"User-agent: *\nDisallow: /open"),
        },
        _ => answer(s, OK, b""),
    });
    let (clock, hands) = Clock::fixed(noon());
    let http = Http::new(&config(&[("site.test", server.addr)]), clock).unwrap();
    let mut running = tokio::task::JoinSet::new();
    for n in 0..20 {
        let http = http.clone();
        running.spawn(async move { http.get(&url(&format!("http://site.test/open/{n}")), &page()).await.is_ok() });
    }
    while let Some(ok) = running.join_next().await {
        assert!(ok.unwrap());
    }
    let allowed = async |path: &str| http.get(&url(&format!("http://site.test{path}")), &page()).await.is_ok();
    let asked = || times.load(Ordering::SeqCst);
    assert_eq!(asked(), 1, "twenty pages at once ask once");
    hands.advance(SignedDuration::from_hours(24) - SignedDuration::from_secs(1));
    assert_eq!((allowed("/shut").await, asked()), (false, 1));
    hands.advance(SignedDuration::from_secs(1));
    assert_eq!((allowed("/shut").await, allowed("/open").await, asked()), (false, true, 2), "the old copy holds");
    hands.advance(SignedDuration::from_mins(10));
    assert_eq!((allowed("/shut").await, allowed("/open").await, asked()), (true, false, 3));
    hands.advance(SignedDuration::from_mins(59));
    assert_eq!((allowed("/open").await, asked()), (false, 3), "not sooner than an hour, whatever the headers say");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crawl_delay_is_the_hosts_pause() {
    let server = Hostile::serve(|seen, s| match seen.target.as_str() {
        "/robots.txt" => answer(s, OK, b"User-agent: *\nCrawl-delay: 0.05"),
        _ => answer(s, OK, b""),
    });
    let http = http(&config(&[("site.test", server.addr)]));
    for n in 0..4 {
        http.get(&url(&format!("http://site.test/{n}")), &page()).await.unwrap();
    }
    let seen = server.seen();
    for pair in seen.windows(2).skip(2) {
        assert!(pair[1].at.duration_since(pair[0].at) >= Duration::from_millis(50));
    }
    assert_eq!(seen.len(), 5);
}

#[tokio::test]
async fn a_redirect_to_another_host_asks_that_hosts_robots_txt() {
    let shut = Hostile::serve(|seen, s| match seen.target.as_str() {
        "/robots.txt" => answer(s, OK, b"User-agent: *\nDisallow: /private"),
        _ => answer(s, OK, b"page"),
    });
    let open = Hostile::serve(|seen, s| match seen.target.as_str() {
        "/robots.txt" => answer(s, "HTTP/1.1 404 Not Found", b""),
        _ => answer(s, "HTTP/1.1 302 Found\nlocation: http://shut.test/private/x", b""),
    });
    let http = http(&config(&[("open.test", open.addr), ("shut.test", shut.addr)]));
    let said = told(&http.get(&url("http://open.test/x"), &page()).await);
    assert!(said.starts_with(DISALLOWED), "{said}");
    assert_eq!(shut.targets(), ["/robots.txt"]);
}
