//! What is muted is recorded and not told: by source, author, story, topic, and until a time.

use wirewatch::demo::newsroom::{FeedFormat, Story};

use crate::support::world::{TOPIC, World};

/// Two articles that match, of two sources and two authors.
fn world(mute: &str) -> World {
    let world = World::open(&[
        ("Capital Wire", "wire.test", FeedFormat::Rss),
        ("Harbour Post", "harbour.test", FeedFormat::Rss),
    ]);
    for (host, author, town) in [("wire.test", "Jo Arden", "Geneva"), ("harbour.test", "Émile Roux", "Vienna")] {
        let title = format!("US and China to hold trade talks in {town}");
        let body = format!(
            "Officials from the United States and China will meet for talks in {town}, said a spokesman in {town}."
        );
        world.newsroom.publish(host, Story::new("/talks", &title, author, "2026-11-24T08:05:00Z", &[&body]));
    }
    world.configure(&format!("{TOPIC}{mute}"));
    world
}

/// How many of the two are told under a mute.
fn told(mute: &str) -> usize {
    let world = world(mute);
    assert!(world.run(&["poll"]).status.success());
    assert_eq!(world.export("match").len(), 2, "a mute hides nothing from the archive");
    world.hook_types().len()
}

#[test]
fn a_mute_covers_what_fits_all_that_it_says() {
    for (mute, left) in [
        ("", 2),
        ("[[mute]]\nsource = \"wire\"\n", 1),
        ("[[mute]]\nauthor = \"emile roux\"\n", 1),
        ("[[mute]]\nsource = \"wire\"\nauthor = \"Émile Roux\"\n", 2),
        ("[[mute]]\nsource = \"wire\"\n[[mute]]\nauthor = \"Émile Roux\"\n", 0),
        ("[[mute]]\ntopic = \"us-china-talks\"\nuntil = \"2999-01-01\"\n", 0),
        ("[[mute]]\ntopic = \"us-china-talks\"\nuntil = \"2020-01-01\"\n", 2),
    ] {
        assert_eq!(told(mute), left, "{mute}");
    }
}

#[test]
fn a_story_that_is_muted_is_told_of_no_more() {
    let world = world("");
    assert!(world.run(&["poll"]).status.success());
    let articles = world.export("article");
    let story = articles.iter().find(|line| line["source"] == "wire").unwrap()["story"].as_u64().unwrap();
    world.configure(&format!("{TOPIC}[[mute]]\nstory = {story}\n"));
    for host in ["wire.test", "harbour.test"] {
        world.newsroom.edit(host, "/talks", |story| {
            story.paragraphs[0] =
                story.paragraphs[0].replace("said a spokesman", "said two spokesmen, who named 43 delegates");
        });
    }
    world.cycle();
    assert_eq!(world.export("revision").len(), 4, "both edits are recorded");
    assert_eq!(world.hook_types(), ["article.matched", "article.matched", "article.revised"]);
}
