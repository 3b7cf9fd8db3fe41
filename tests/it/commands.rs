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
fn the_demo_keeps_what_it_made_in_a_directory_that_is_named_from_where_one_stands() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_wirewatch"));
    let output = command.current_dir(dir.path()).args(["demo", "--keep", "kept"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(dir.path().join("kept/demo.db").exists());
}

/// What the starter config names is there, and its ready-made groups are one line away.
#[test]
fn init_writes_a_config_with_all_that_it_may_include() {
    let dir = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_wirewatch"));
        command.env_remove("WIREWATCH_CONFIG").current_dir(dir.path()).args(args).output().unwrap()
    };
    assert_eq!(code(&run(&["init"])), Some(0));
    assert_eq!(code(&run(&["check"])), Some(0));
    let config = dir.path().join("config");
    let starter = std::fs::read_to_string(config.join("wirewatch.toml")).unwrap();
    let topic = "\n[[topic]]\nid = \"paris\"\nquery = \"$france NEAR/15 ($opec OR $diplomatic-talks)\"\n";
    let included = starter.replacen("# include = ", "include = ", 1) + topic;
    std::fs::write(config.join("wirewatch.toml"), &included).unwrap();
    let output = run(&["check"]);
    assert_eq!(code(&output), Some(0), "{}", said(&output));

    std::fs::write(config.join("terms/diplomacy.toml"), "# ours\n").unwrap();
    std::fs::remove_file(config.join("wirewatch.toml")).unwrap();
    assert_eq!(code(&run(&["init"])), Some(0));
    assert_eq!(std::fs::read_to_string(config.join("terms/diplomacy.toml")).unwrap(), "# ours\n");
}

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
    assert!(
        said(&plain).contains("warning: ") && said(&plain).contains("ok: 1 source, 1 topic, 2 channels"),
        "{}",
        said(&plain)
    );
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

#[test]
fn before_the_first_poll_the_config_is_shown_and_nothing_is_made() {
    let world = world();
    let sources = lines(&world.run(&["sources", "--json"]));
    assert_eq!((sources.len(), &sources[0]["id"], &sources[0]["status"]), (1, &"wire".into(), &"new".into()));
    assert_eq!(lines(&world.run(&["topics", "--json"]))[0]["articles"], 0);
    assert!(said(&world.run(&["doctor"])).contains("ok  store"), "none yet is well");
    for args in [&["articles"][..], &["export"], &["verify"], &["deliveries"], &["digest", "preview", "desk"]] {
        let output = world.run(args);
        assert_eq!(code(&output), Some(1), "{args:?}");
        assert!(said(&output).contains("`wirewatch poll` or `wirewatch run` makes it"), "{args:?}: {}", said(&output));
    }
    assert!(!world.path("watch.db").exists(), "reading makes no store");
}

#[test]
fn what_is_not_there_is_named_with_what_is() {
    let world = world();
    world.cycle();
    let missing = world.path("missing.html").display().to_string();
    let binary = world.path("picture.html").display().to_string();
    std::fs::write(&binary, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap();
    let cases: [(&[&str], i32, &str); 15] = [
        (&["show", "999"], 1, "no article `999`"),
        (&["show", "http://nowhere.test/"], 1, "no article `http://nowhere.test/`"),
        (&["show", "1", "--revision", "9"], 1, "has revisions 1 to 1"),
        (&["diff", "1", "1..9"], 1, "no revision 9"),
        (&["diff", "1", "a..b"], 1, "`a` is no revision number: write 2, or a range such as 1..3"),
        (&["story", "77"], 1, "no story `77`"),
        (&["articles", "--topic", "nope"], 1, "there are: us-china-talks"),
        (&["articles", "--source", "nope"], 1, "no source `nope`"),
        (&["articles", "--since", "yesterday"], 1, "`yesterday` is no time: write"),
        (&["export", "--topic", "nope"], 1, "there are: us-china-talks"),
        (&["digest", "preview", "nope"], 1, "there are: desk, ops"),
        (&["poll", "nope"], 2, "no source `nope`"),
        (&["sources", "test", "example.org"], 1, "write the whole address"),
        (&["extract", &missing], 1, "missing.html: cannot open it: No such file"),
        (&["extract", &binary], 1, "picture.html: it is binary, not a page"),
    ];
    for (args, status, text) in cases {
        let output = world.run(args);
        assert_eq!(code(&output), Some(status), "{args:?}: {}", said(&output));
        assert!(said(&output).contains(text), "{args:?}: {}", said(&output));
        assert_eq!(said(&output).trim_end().lines().count(), 1, "one line: {}", said(&output));
    }
    let empty = world.run(&["articles", "--status", "gone"]);
    assert!(said(&empty).contains("no such articles"), "{}", said(&empty));
}

#[test]
fn a_gzipped_page_is_read_like_the_page_and_a_broken_or_endless_one_is_refused() {
    let world = world();
    let gzipped = |name: &str, bytes: &[u8]| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut gzip, bytes).unwrap();
        std::fs::write(world.path(name), gzip.finish().unwrap()).unwrap();
        world.path(name).display().to_string()
    };
    let page = "<html><head><title>Talks resume</title></head><body><article><h1>Talks resume</h1><p>Officials of both \
                sides confirmed it on Thursday evening, after a day of silence.</p></article></body></html>";
    let told = lines(&world.run(&["extract", "--json", &gzipped("page.html.gz", page.as_bytes())]));
    assert_eq!(told[0]["title"], "Talks resume");
    assert!(told[0]["text"].as_str().unwrap().starts_with("Officials of both sides"), "{told:?}");
    let bomb = world.run(&["extract", &gzipped("bomb.html.gz", &vec![b' '; (64 << 20) + 1])]);
    assert!(said(&bomb).contains("bomb.html.gz: it is over 64 MiB"), "{}", said(&bomb));
    std::fs::write(world.path("broken.html.gz"), b"\x1f\x8bno gzip at all").unwrap();
    let broken = world.run(&["extract", &world.path("broken.html.gz").display().to_string()]);
    assert!(said(&broken).contains("broken.html.gz: cannot unpack its gzip"), "{}", said(&broken));
}

#[test]
fn a_topic_is_tried_on_a_page_and_says_why_it_does_not_match() {
    let world = world();
    let page = |name: &str, title: &str, text: &str| {
        let html =
            format!("<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>");
        std::fs::write(world.path(name), html).unwrap();
        world.path(name).display().to_string()
    };
    let hit =
        page("hit.html", "US and China resume talks", "Officials of both sides confirmed it on Thursday evening.");
    let miss = page("miss.html", "A fine day at sea", "The crew of the ferry saw nothing but the sun all day long.");
    let output = world.run(&["topics", "test", &hit, &miss]);
    assert_eq!(code(&output), Some(0), "{}", said(&output));
    let told = said(&output);
    assert!(told.contains("=US, China, talks in the title: US and China resume talks"), "{told}");
    assert!(
        told.contains("us-china-talks: does not match") && told.contains("✗ $us: none of its 6 terms found"),
        "{told}"
    );
}
