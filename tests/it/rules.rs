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

#[test]
fn other_rules_are_no_edit_and_hide_none() {
    let world = world();
    world.cycle();
    let changes = || -> Vec<(u64, u64)> {
        let lines = world.json(&["log", "http://wire.test/pier", "--json"]);
        lines.iter().map(|one| (one["added_words"].as_u64().unwrap(), one["removed_words"].as_u64().unwrap())).collect()
    };
    let told = || world.hook_types().iter().filter(|kind| *kind == "article.revised").count();
    assert_eq!(changes(), [(0, 0)]);
    fs::write(world.path("rules/wire.toml"), "site = \"wire.test\"\nremove = \"p:nth-of-type(2)\"\n").unwrap();
    world.newsroom.edit("wire.test", "/pier", |story| {
        for text in &mut story.paragraphs {
            *text = text.replace("by spring", "by autumn");
        }
    });
    world.cycle();
    // The edit is told for what it is, though the second paragraph is left out now.
    assert_eq!(changes(), [(0, 0), (1, 1)]);
    fs::write(world.path("rules/wire.toml"), "site = \"wire.test\"\n").unwrap();
    world.newsroom.edit("wire.test", "/pier", |story| story.author.push(' '));
    let before = told();
    world.cycle();
    assert_eq!(told(), before, "what came back by other rules is told to nobody");
    assert!(world.run(&["verify"]).status.success());
}
