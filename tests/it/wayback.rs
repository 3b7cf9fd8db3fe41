//! Copies at an archive of the web: asked for beside everything else, one a revision, and shown where the revision is.

#![expect(clippy::disallowed_methods, reason = "the waits are shortened in the store's file itself")]

use std::io::{self, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use wirewatch::demo::newsroom::{FeedFormat, Story};

use crate::support::hostile::{Hostile, Seen, answer, silence, wait};
use crate::support::world::{TOPIC, World};

const LEAD: &str =
    "Officials from the United States and China will resume trade talks in Geneva on Thursday, both governments said.";
const REST: &str =
    "The two sides last met in June, when a first round ended after 90 minutes without an agreement on tariffs.";

fn story(path: &str, title: &str, lead: &str) -> Story {
    Story::new(path, title, "Jo Renn", "2026-11-24T08:00:00Z", &[lead, REST])
}

fn open(archive: &Hostile) -> World {
    let world = World::open(&[("Capital Wire", "wire.test", FeedFormat::Rss)]);
    let more =
        format!("[archive]\nwayback = true\nwayback_url = \"http://{}/\"\nwayback_every = \"0s\"\n", archive.addr);
    world.configure(&(TOPIC.to_owned() + &more));
    world.newsroom.publish("wire.test", story("/talks", "US and China to resume trade talks in Geneva", LEAD));
    world.newsroom.publish(
        "wire.test",
        story(
            "/ferry",
            "The ferry stops for the winter",
            "The ferry stops for the winter, the company said on Monday.",
        ),
    );
    world
}

fn redirect(stream: &mut TcpStream, to: &str) -> io::Result<()> {
    write!(stream, "HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n")
}

fn archived(world: &World) -> Vec<Option<String>> {
    let revisions = world.export("revision").into_iter();
    revisions.map(|line| line["archived"].as_str().map(str::to_owned)).collect()
}

#[test]
fn each_matched_revision_is_kept_once_and_shown() {
    let made = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&made);
    let archive = Hostile::serve(move |seen: &Seen, stream: &mut TcpStream| {
        let stamp = 20_261_126_101_500_u64 + count.fetch_add(1, Ordering::SeqCst) as u64;
        redirect(stream, &format!("/web/{stamp}/{}", seen.target.trim_start_matches("/save/")))
    });
    let world = open(&archive);
    world.cycle();
    assert_eq!(archive.targets(), ["/save/http://wire.test/talks"]);
    world.newsroom.edit("wire.test", "/talks", |story| story.paragraphs[1] = REST.replace("90", "19"));
    world.cycle();
    world.cycle();
    assert_eq!(archive.targets().len(), 2);
    let first = format!("http://{}/web/20261126101500/http://wire.test/talks", archive.addr);
    let second = first.replace("101500", "101501");
    let mut found: Vec<String> = archived(&world).into_iter().flatten().collect();
    found.sort();
    assert_eq!(found, [first, second.clone()]);
    let shown = String::from_utf8(world.run(&["show", "http://wire.test/talks"]).stdout).unwrap();
    assert!(shown.contains(&format!("kept at {second}")), "{shown}");
    let log = world.json(&["log", "http://wire.test/talks", "--json"]);
    assert_eq!(log[1]["archived"], second);
    assert!(String::from_utf8(world.run(&["doctor"]).stdout).unwrap().contains("2 copies kept, 0 wanted, 0 given up"));
}

#[test]
fn a_capture_under_way_is_watched_to_its_end() {
    let looks = Arc::new(AtomicUsize::new(0));
    let archive = Hostile::serve(move |seen: &Seen, stream: &mut TcpStream| {
        let body = match (seen.method.as_str(), seen.target.as_str()) {
            ("POST", "/save/http://wire.test/talks") => r#"{"url":"http://wire.test/talks","job_id":"spn2-77"}"#,
            ("GET", "/save/status/spn2-77") if looks.fetch_add(1, Ordering::SeqCst) == 0 => r#"{"status":"pending"}"#,
            ("GET", "/save/status/spn2-77") => {
                r#"{"status":"success","timestamp":"20261126101500","original_url":"http://wire.test/talks"}"#
            }
            _ => return answer(stream, "HTTP/1.1 404 Not Found", b""),
        };
        answer(stream, "HTTP/1.1 200 OK", body.as_bytes())
    });
    let world = open(&archive);
    world.cycle();
    let store = rusqlite::Connection::open(world.path("watch.db")).unwrap();
    for _ in 0..2 {
        // The waits are for the archive's sake, not for this test's.
        store.execute("UPDATE wayback SET due = 0", []).unwrap();
        world.cycle();
    }
    let methods: Vec<String> = archive.seen().into_iter().map(|seen| seen.method).collect();
    assert_eq!(methods, ["POST", "GET", "GET"]);
    let kept: Vec<String> = archived(&world).into_iter().flatten().collect();
    assert_eq!(kept, [format!("http://{}/web/20261126101500/http://wire.test/talks", archive.addr)]);
}

#[test]
fn an_archive_that_is_busy_or_broken_delays_nothing_and_is_left_alone() {
    let archive = Hostile::serve(|_: &Seen, stream: &mut TcpStream| {
        write!(stream, "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 600\r\nContent-Length: 0\r\n\r\n")
    });
    let world = open(&archive);
    let cycle = world.cycle();
    assert_eq!((cycle["new"].as_u64(), cycle["delivered"].as_u64()), (Some(2), Some(1)));
    for _ in 0..3 {
        world.cycle();
    }
    assert_eq!(archive.targets().len(), 1, "it asked for ten minutes");
    let store = rusqlite::Connection::open(world.path("watch.db")).unwrap();
    let attempts: u32 = store.query_row("SELECT attempts FROM wayback", [], |row| row.get(0)).unwrap();
    assert_eq!(attempts, 0, "being busy is no failed attempt");
    // What was edited before anybody kept it cannot be had any more.
    world.newsroom.edit("wire.test", "/talks", |story| story.paragraphs[1] = REST.replace("90", "19"));
    world.cycle();
    let said = String::from_utf8(world.run(&["doctor"]).stdout).unwrap();
    assert!(said.contains("0 copies kept, 1 wanted, 1 given up"), "{said}");
}

#[test]
fn killed_while_the_archive_is_asked_it_asks_again_after_the_next_start() {
    let archive = Hostile::serve(|seen: &Seen, stream: &mut TcpStream| {
        if seen.connection == 0 {
            return silence(stream);
        }
        redirect(stream, &format!("/web/20261126101500/{}", seen.target.trim_start_matches("/save/")))
    });
    let world = open(&archive);
    let mut poll = Command::new(env!("CARGO_BIN_EXE_wirewatch"))
        .arg("--config")
        .arg(world.path("wirewatch.toml"))
        .arg("poll")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while archive.targets().is_empty() {
        assert!(poll.try_wait().unwrap().is_none(), "it ended without asking");
        wait(Duration::from_millis(5));
    }
    poll.kill().unwrap();
    poll.wait().unwrap();
    assert_eq!(archived(&world), [None, None]);
    world.cycle();
    assert_eq!(archive.targets(), ["/save/http://wire.test/talks"; 2]);
    assert_eq!(archived(&world).into_iter().flatten().count(), 1);
}
