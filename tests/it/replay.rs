//! Ignore rules tried on what is stored.

use wirewatch::demo::newsroom::{FeedFormat, Story};

use crate::support::world::{TOPIC, World};

const LEAD: &str =
    "The harbour office counts the ships that wait for the pilot, and publishes the number at noon each day.";
const REST: &str =
    "Captains have complained for years that the number is too low, and the office has promised to look into it.";

fn text(lead: &str, ships: u32) -> Vec<String> {
    vec![lead.to_owned(), REST.to_owned(), format!("Ships waiting now: {ships} in the outer roads.")]
}

#[test]
fn a_new_pattern_is_tried_on_history_and_changes_nothing() {
    let world = World::open(&[("Harbour Post", "harbour.test", FeedFormat::Rss)]);
    let first = text(LEAD, 12);
    let first: Vec<&str> = first.iter().map(String::as_str).collect();
    world
        .newsroom
        .publish("harbour.test", Story::new("/ships", "Ships wait", "Ann Lee", "2026-11-24T08:00:00Z", &first));
    world.cycle();
    for (lead, ships) in
        [(LEAD.to_owned(), 14), (LEAD.replace("noon", "midnight"), 19), (LEAD.replace("noon", "midnight"), 23)]
    {
        world.newsroom.edit("harbour.test", "/ships", |story| story.paragraphs = text(&lead, ships));
        world.cycle();
    }
    let before = world.export("revision");
    assert_eq!(before.len(), 4);

    let lines = world.json(&["sources", "replay", "harbour", "--ignore", "^Ships waiting now", "--json"]);
    let fates: Vec<(u64, &str)> =
        lines[..3].iter().map(|line| (line["revision"].as_u64().unwrap(), line["fate"].as_str().unwrap())).collect();
    assert_eq!(fates, [(2, "held-back"), (3, "smaller"), (4, "held-back")]);
    assert_eq!((lines[0]["rule"].as_str(), lines[0]["would"].is_null()), (Some("ignored"), true));
    assert_eq!(lines[1]["was"]["change"], serde_json::json!(["body", "figure"]));
    assert_eq!(lines[1]["would"]["change"], serde_json::json!(["body"]));
    let sum = &lines[3];
    assert_eq!(
        (sum["revisions"].as_u64(), sum["held_back"].as_u64(), sum["smaller"].as_u64()),
        (Some(3), Some(2), Some(1))
    );
    assert_eq!(sum["lines"][0]["text"], "Ships waiting now: 23 in the outer roads.");

    // By the config as it is, nothing would have been otherwise; by the new rule in the config, the same as above.
    let lines = world.json(&["sources", "replay", "--json"]);
    assert_eq!((lines.len(), lines[0]["held_back"].as_u64()), (1, Some(0)));
    let config = std::fs::read_to_string(world.path("wirewatch.toml")).unwrap();
    let ruled = config.replace("backlog = \"notify\"", "backlog = \"notify\"\nignore = ['^Ships waiting now']");
    std::fs::write(world.path("wirewatch.toml"), ruled).unwrap();
    let said = String::from_utf8(world.run(&["sources", "replay", "harbour"]).stdout).unwrap();
    assert!(said.contains("2 would not have been recorded (0 of them told), 1 would have been smaller"), "{said}");
    assert_eq!(world.export("revision"), before);
    world.configure(TOPIC);
}

#[test]
fn a_pattern_that_is_too_wide_or_wrong_is_said() {
    let world = World::open(&[("Harbour Post", "harbour.test", FeedFormat::Rss)]);
    world
        .newsroom
        .publish("harbour.test", Story::new("/ships", "Ships wait", "Ann Lee", "2026-11-24T08:00:00Z", &[LEAD, REST]));
    world.cycle();
    let said = String::from_utf8(world.run(&["sources", "replay", "--ignore", "e"]).stdout).unwrap();
    assert!(said.contains("WARNING: of 1 article no text would be left"), "{said}");
    let wrong = world.run(&["sources", "replay", "--ignore", "("]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8(wrong.stderr).unwrap().contains("--ignore `(`"));
    let unknown = world.run(&["sources", "replay", "nobody"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8(unknown.stderr).unwrap().contains("no article of a source `nobody`"));
}
