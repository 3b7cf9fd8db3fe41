//! Bad input, with the real binary: what is wrong is named in one line that says what to do, and nothing that was
//! recorded is lost by it.

#![expect(clippy::disallowed_methods, clippy::format_collect, reason = "a second program opens the store here")]

use std::io::{self, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Output;
use std::time::Duration;

use crate::support::hostile::{Hostile, Seen, answer, drip};
use crate::support::world::{TOPIC, World};
use wirewatch::demo::newsroom::{FeedFormat, Story};

const FERRY: [&str; 3] = [
    "The ferry to the outer islands will sail four times a day from Sunday, one sailing fewer than in summer.",
    "The company said the last boat back leaves at 18:40 and that bicycles travel free until March.",
    "Tickets that were bought for the cancelled noon sailing stay valid for any other.",
];

fn quiet_world() -> World {
    let world = World::open(&[("Harbour Post", "harbour.test", FeedFormat::Rss)]);
    world.newsroom.publish(
        "harbour.test",
        Story::new("/ferry", "Winter timetable for the island ferry", "Sam Okafor", "2026-11-24T07:30:00Z", &FERRY),
    );
    world
}

/// What stderr said, which must be one line beginning with `error:`, with the exit status.
fn refusal(output: &Output) -> (Option<i32>, String) {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.starts_with("error: "), "{text}");
    assert_eq!(text.trim_end().lines().count(), 1, "{text}");
    (output.status.code(), text)
}

fn source(id: &str, url: &str) -> String {
    format!("[[source]]\nid = \"{id}\"\nfeed = \"{url}\"\nbacklog = \"notify\"\n")
}

#[test]
fn the_secrets_of_a_feed_address_are_in_no_log_and_no_message() {
    let server = Hostile::serve(|_: &Seen, stream: &mut TcpStream| answer(stream, "HTTP/1.1 404 Not Found", b""));
    let world = quiet_world();
    let url = format!("http://{}/feed?topic=ferries&api_key=sesame", server.addr);
    world.configure(&source("paid", &url));
    let said = |output: &Output| {
        let text = format!("{}{}", String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
        assert!(!text.contains("sesame"), "{text}");
        text
    };
    let polled = said(&world.run(&["--log", "debug", "poll", "paid"]));
    assert!(polled.contains("topic=ferries&api_key=******"), "{polled}");
    assert!(said(&world.run(&["sources", "test", &url])).contains("api_key=******"));
    let record = world.export("source").into_iter().find(|line| line["id"] == "paid").unwrap();
    assert!(record["last_error"].as_str().unwrap().contains("api_key=******"), "{record:#}");
    assert_eq!(record["url"], url, "what is kept is what was written down");
    let targets: Vec<String> = server.seen().iter().map(|seen| seen.target.clone()).collect();
    assert!(
        targets.iter().filter(|target| target.starts_with("/feed")).all(|target| target.ends_with("api_key=sesame"))
    );
}

#[test]
fn a_wrong_config_stops_everything_before_it_starts() {
    let world = quiet_world();
    for (wrong, said) in [
        ("[[source]]\nid = \"x\"\nfeed = \"http://x.test/\"\nbaklog = \"notify\"\n", "backlog"),
        ("[[topic]]\nid = \"t\"\nquery = 'one two'\nnotify = []\n", "one two"),
        ("[[channel]]\nid = \"c\"\ntype = \"pigeon\"\n", "pigeon"),
        ("[[topic]\n", "[[topic]"),
    ] {
        world.configure(&format!("{TOPIC}{wrong}"));
        for command in ["run", "poll", "check"] {
            let output = world.run(&[command]);
            let text = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{command}: {text}");
            let all = format!("{text}{}", String::from_utf8_lossy(&output.stdout));
            assert!(all.contains("wirewatch.toml") && all.contains(said), "{command}: {all}");
        }
    }
    assert!(!world.path("watch.db").exists(), "no store is made");
    assert!(world.newsroom.received().is_empty(), "nothing is asked for");
}

fn bad_feed(seen: &Seen, stream: &mut TcpStream) -> io::Result<()> {
    let rss = "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>T</title><item><title>Half</title><link>";
    match seen.target.as_str() {
        "/html" => answer(
            stream,
            "HTTP/1.1 200 OK\ncontent-type: text/html",
            b"<!doctype html><html><body><p>Hello</p></body></html>",
        ),
        "/empty" => answer(stream, "HTTP/1.1 200 OK\ncontent-type: application/rss+xml", b""),
        "/truncated" => answer(stream, "HTTP/1.1 200 OK\ncontent-type: application/rss+xml", rss.as_bytes()),
        // It says JSON and GB2312, and is neither.
        "/misdeclared" => answer(
            stream,
            "HTTP/1.1 200 OK\ncontent-type: application/json; charset=gb2312",
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00",
        ),
        "/huge" => {
            let mut body = rss.as_bytes().to_vec();
            body.resize(50 << 20, b'x');
            answer(stream, "HTTP/1.1 200 OK\ncontent-type: application/rss+xml", &body)
        }
        "/deep" => answer(
            stream,
            "HTTP/1.1 200 OK\ncontent-type: application/rss+xml",
            format!("<rss version=\"2.0\"><channel>{}", "<a>".repeat(100_000)).as_bytes(),
        ),
        _ => answer(stream, "HTTP/1.1 404 Not Found", b""),
    }
}

#[test]
fn a_bad_feed_is_named_with_its_fault_and_hurts_no_other() {
    let world = quiet_world();
    let server = Hostile::serve(bad_feed);
    let kinds = ["html", "empty", "truncated", "misdeclared", "huge", "deep"];
    let sources: String = kinds.iter().map(|kind| source(kind, &format!("http://{}/{kind}", server.addr))).collect();
    world.configure(&format!("{TOPIC}{sources}"));
    let output = world.run(&["poll"]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let listed = world.json(&["sources", "--json"]);
    for kind in kinds {
        let url = format!("http://{}/{kind}", server.addr);
        let record = listed.iter().find(|one| one["id"] == kind).unwrap();
        let error = record["last_error"].as_str().unwrap_or_else(|| panic!("{kind}: no error"));
        assert!(error.contains(&url) && !error.contains('\n'), "{kind}: {error}");
        let line = text.lines().find(|line| line.contains(&url)).unwrap_or_else(|| panic!("{kind} is not in {text}"));
        assert!(line.contains(&format!("source.id={kind}")), "{line}");
    }
    assert_eq!(world.export("article").len(), 1, "the good source's article is there");
}

fn bad_page(seen: &Seen, stream: &mut TcpStream) -> io::Result<()> {
    let html = "HTTP/1.1 200 OK\ncontent-type: text/html";
    match seen.target.as_str() {
        "/feed" => {
            let host = seen.header("host").unwrap_or_default();
            let items: String = ["binary", "endless", "empty", "deep", "good"]
                .iter()
                .map(|name| format!("<item><title>A {name} page</title><link>http://{host}/{name}</link></item>"))
                .collect();
            let feed = format!("<rss version=\"2.0\"><channel><title>Bad</title>{items}</channel></rss>");
            answer(stream, "HTTP/1.1 200 OK\ncontent-type: application/rss+xml", feed.as_bytes())
        }
        "/binary" => {
            let bytes: Vec<u8> = (0..200_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
            answer(stream, html, &bytes)
        }
        "/endless" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<html><body>")?;
            drip(stream, &b"<p>More and more of it. ".repeat(2_000), Duration::ZERO)
        }
        "/empty" => answer(stream, html, b""),
        "/deep" => answer(stream, html, format!("<html><body>{}deep down", "<div>".repeat(30_000)).as_bytes()),
        "/good" => {
            let text: String = FERRY.iter().map(|text| format!("<p>{text}</p>")).collect();
            answer(
                stream,
                html,
                format!("<html><body><article><h1>A good page</h1>{text}</article></body></html>").as_bytes(),
            )
        }
        _ => answer(stream, "HTTP/1.1 404 Not Found", b""),
    }
}

#[test]
fn a_bad_page_costs_itself_alone_and_is_named() {
    let world = quiet_world();
    let server = Hostile::serve(bad_page);
    world.configure(&format!("{TOPIC}{}", source("bad", &format!("http://{}/feed", server.addr))));
    let output = world.run(&["poll"]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{text}");
    let articles = world.export("article");
    let has = |end: &str| articles.iter().any(|one| one["url"].as_str().unwrap().ends_with(end));
    assert!(has("/ferry") && has("/good"), "{articles:#?}");
    assert!(!has("/binary") && !has("/empty") && !has("/endless"), "{articles:#?}");
    for name in ["binary", "endless", "empty"] {
        let url = format!("http://{}/{name}", server.addr);
        let line = text.lines().find(|line| line.contains(&url)).unwrap_or_else(|| panic!("{name} is not in {text}"));
        assert!(line.contains("source.id=bad"), "{line}");
    }
}

#[test]
fn a_locked_store_is_said_and_loses_nothing() {
    let world = quiet_world();
    world.cycle();
    let other = rusqlite::Connection::open(world.path("watch.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    for command in ["poll", "run"] {
        let (status, text) = refusal(&world.run(&["--log", "error", command]));
        assert_eq!(status, Some(1));
        assert!(text.contains("watch.db") && text.contains("locked by another program"), "{text}");
    }
    assert_eq!(world.export("article").len(), 1, "reading goes on");
    other.execute_batch("ROLLBACK").unwrap();
    world.cycle();
    assert_eq!(world.export("article").len(), 1);
}

#[test]
fn a_store_of_a_newer_wirewatch_is_left_alone() {
    let world = quiet_world();
    world.cycle();
    let set = |version: i64| {
        let other = rusqlite::Connection::open(world.path("watch.db")).unwrap();
        let before: i64 = other.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        other.pragma_update(None, "user_version", version).unwrap();
        before
    };
    let ours = set(99);
    for command in ["poll", "run", "export", "verify", "articles"] {
        let (status, text) = refusal(&world.run(&["--log", "error", command]));
        assert_eq!(status, Some(1), "{command}");
        assert!(text.contains("watch.db") && text.contains("install the newer wirewatch"), "{text}");
    }
    set(ours);
    assert_eq!(world.export("article").len(), 1);
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let world = quiet_world();
    let letter = "This is a letter to my aunt and no database at all.\n".repeat(100);
    std::fs::write(world.path("watch.db"), &letter).unwrap();
    for command in ["poll", "run", "export", "articles"] {
        let (status, text) = refusal(&world.run(&["--log", "error", command]));
        assert_eq!(status, Some(1), "{command}");
        assert!(text.contains("watch.db") && text.contains("no wirewatch store"), "{text}");
    }
    assert_eq!(std::fs::read_to_string(world.path("watch.db")).unwrap(), letter);
}

#[test]
fn a_store_that_cannot_be_written_says_so_and_is_still_read() {
    let world = quiet_world();
    world.cycle();
    let (file, dir) = (world.path("watch.db"), world.dir.path());
    let mode = |path: &std::path::Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode));
    mode(&file, 0o444).unwrap();
    // Root may write anything: there is nothing to test then.
    if std::fs::OpenOptions::new().write(true).open(&file).is_ok() {
        return;
    }
    for directory in [0o755, 0o555] {
        mode(dir, directory).unwrap();
        for command in ["poll", "run"] {
            let (status, text) = refusal(&world.run(&["--log", "error", command]));
            assert_eq!(status, Some(1));
            assert!(text.contains("watch.db") && text.contains("cannot be written"), "{text}");
        }
        assert_eq!(world.export("article").len(), 1, "reading goes on");
    }
    mode(dir, 0o755).unwrap();
    mode(&file, 0o644).unwrap();
    world.cycle();
    assert_eq!(world.export("article").len(), 1);
}
