//! What people type, and what they get where something is wrong or missing.

use std::process::Output;

use serde_json::Value;
use wirewatch::demo::newsroom::{FeedFormat, Story};

use crate::support::world::World;

fn world() -> World {
    let world = World::open(&[("Capital Wire", "wire.test", FeedFormat::Rss)]);
    let paragraphs = [
        "Officials from the United States and China will resume trade talks on Thursday, both governments said.",
        "The delegations are to meet for two days in a hotel above the lake.",
    ];
    let title = "US and China to resume trade talks in Geneva";
    world.newsroom.publish("wire.test", Story::new("/talks", title, "Jo Arden", "2026-11-24T08:05:00Z", &paragraphs));
    world
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Commands that read, one of each.
const READING: [&[&str]; 19] = [
    &["sources"],
    &["sources", "export"],
    &["articles"],
    &["show", "1"],
    &["log", "1"],
    &["diff", "1", "1..1"],
    &["stories", "--all"],
    &["story", "1"],
    &["search", "talks"],
    &["topics"],
    &["topics", "explain", "us-china-talks", "1"],
    &["topics", "backtest", "us-china-talks"],
    &["topics", "suggest", "us-china-talks"],
    &["digest", "preview", "desk"],
    &["deliveries"],
    &["explain", "1"],
    &["verify"],
    &["export"],
    &["backup", "copy.db"],
];

#[test]
fn who_only_reads_needs_no_secret() {
    let world = world();
    world.cycle();
    std::fs::remove_file(world.path("secret")).unwrap();
    let copy = world.path("copy.db").display().to_string();
    for args in READING {
        let args: Vec<&str> = args.iter().map(|arg| if *arg == "copy.db" { &copy } else { *arg }).collect();
        let output = world.run(&args);
        assert_eq!(code(&output), Some(0), "{args:?}: {}", said(&output));
    }
    for args in [&["poll"][..], &["run"], &["check"], &["digest", "send", "desk"]] {
        let output = world.run(args);
        assert_eq!(code(&output), Some(2), "{args:?}: {}", said(&output));
        assert!(said(&output).contains("secret"), "{args:?}: {}", said(&output));
    }
    let doctor = world.run(&["doctor"]);
    assert_eq!(code(&doctor), Some(1));
    assert!(said(&doctor).contains("ok  store"), "the rest is looked at all the same: {}", said(&doctor));
}

#[test]
fn check_tells_warnings_and_problems_also_as_json() {
    let world = world();
    let config = std::fs::read_to_string(world.path("wirewatch.toml")).unwrap();
    std::fs::write(world.path("wirewatch.toml"), config.replace("secret = { file = \"secret\" }\n", "")).unwrap();
    let plain = world.run(&["check"]);
    assert_eq!(code(&plain), Some(0));
    assert!(said(&plain).contains("warning: ") && said(&plain).contains("ok: 1 sources"), "{}", said(&plain));
    assert!(!said(&plain).contains('\u{1b}'), "no colours where nobody watches: {}", said(&plain));
    let json = world.run(&["check", "--json"]);
    let kinds: Vec<_> = lines(&json).iter().map(|line| (line["kind"].clone(), line["severity"].clone())).collect();
    assert_eq!(kinds, [("problem".into(), "warning".into()), ("config".into(), Value::Null)]);
    std::fs::write(world.path("wirewatch.toml"), config.replace("[store]", "[stor]")).unwrap();
    let json = world.run(&["check", "--json"]);
    assert_eq!(code(&json), Some(2));
    let problem = lines(&json).remove(0);
    assert_eq!((&problem["kind"], &problem["severity"]), (&"problem".into(), &"error".into()), "{problem}");
    assert_eq!(problem["line"], 1, "{problem}");
}
