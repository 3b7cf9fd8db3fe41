//! Rules for a site in the `rules` directory, with the real binary.

use std::fs;

use crate::support::world::World;
use wirewatch::demo::newsroom::{FeedFormat, Story};

const TITLE: &str = "Pier to be rebuilt";

fn world() -> World {
    let world = World::open(&[("Capital Wire", "wire.test", FeedFormat::Rss)]);
    let texts = [
        "The harbour council met on Tuesday, and agreed to rebuild the old pier by spring, its clerk said.",
        "It will cost nine million coins, more than was feared, and the ferry company is to pay a third.",
    ];
    world.newsroom.publish("wire.test", Story::new("/pier", TITLE, "Jo Arden", "2026-11-24T08:05:00Z", &texts));
    fs::create_dir(world.path("rules")).unwrap();
    world
}

#[test]
fn a_sites_rules_are_followed_named_and_checked() {
    let world = world();
    let file = world.path("rules/wire.toml");
    fs::write(&file, "site = \"wire.test\"\nremove = \"p:nth-of-type(2)\"\n").unwrap();
    let shown = |output: std::process::Output| {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let said = format!("by the rules of {}", file.display());
    let explained = shown(world.run(&["extract", "http://wire.test/pier", "--explain"]));
    assert!(explained.contains(&said), "{explained}");
    assert!(explained.contains("out removed by the site's rules"), "{explained}");
    let line = world.json(&["extract", "http://wire.test/pier", "--explain", "--json"]).remove(0);
    assert_eq!(line["rules"], serde_json::json!([file.display().to_string()]));
    assert!(line["text"].as_str().unwrap().split("\n\n").count() == 1, "{line}");
    world.cycle();
    let blocks = shown(world.run(&["show", "http://wire.test/pier", "--blocks"]));
    assert!(blocks.contains(&said), "{blocks}");
    assert!(world.run(&["verify"]).status.success());

    fs::write(&file, "site = \"wire.test\"\nbody = \"p[\"\n").unwrap();
    let output = world.run(&["check"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains(&format!("{}:2:8", file.display())) && said.contains('^'), "{said}");
}
