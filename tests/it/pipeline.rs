//! From a source to a notification, with the real binary against the newsroom: what was published, edited, copied, moved
//! and removed is what `export` says, and nothing else.

use crate::support::world::World;
use wirewatch::demo::newsroom::{FeedFormat, Presence, Story};

const TALKS: [&str; 5] = [
    "GENEVA — Officials from the United States and China will resume trade talks on Thursday, ending a silence of five months, both governments said.",
    "The delegations are led by Treasury envoy Mara Ellison and Vice Premier Sun Weilan. They are to meet for two days in a hotel above the lake.",
    "“All topics that can be discussed are on the table,” Ms Ellison told reporters at the airport. “We did not come here to read out statements.”",
    "The two sides last met in June, when a first round ended after 90 minutes without an agreement on tariffs worth $34 billion.",
    "Beijing has asked for an end to limits on chip exports. Washington wants purchases of farm goods to return to the level of 2024.",
];

const FERRY: [&str; 3] = [
    "The ferry to the outer islands will sail four times a day from Sunday, one sailing fewer than in summer.",
    "The company said the last boat back leaves at 18:40 and that bicycles travel free until March.",
    "Tickets that were bought for the cancelled noon sailing stay valid for any other.",
];

fn newsroom() -> World {
    let world = World::open(&[
        ("Capital Wire", "wire.test", FeedFormat::Rss),
        ("Harbour Post", "harbour.test", FeedFormat::Atom),
        ("The Daily Ledger", "ledger.test", FeedFormat::Json),
        ("Map Room", "map.test", FeedFormat::Sitemap),
    ]);
    world.newsroom.publish(
        "wire.test",
        Story::new(
            "/talks",
            "US and China to resume trade talks in Geneva",
            "Jo Arden",
            "2026-11-24T08:05:00Z",
            &TALKS,
        ),
    );
    world.newsroom.publish(
        "harbour.test",
        Story::new("/ferry", "Winter timetable for the island ferry", "Sam Okafor", "2026-11-24T07:30:00Z", &FERRY),
    );
    world
}

#[test]
fn a_matched_article_is_told_once_with_its_text_as_published() {
    let world = newsroom();
    world.cycle();
    let articles = world.export("article");
    assert_eq!(articles.len(), 2);
    let revisions = world.export("revision");
    let talks = revisions.iter().find(|one| one["title"] == "US and China to resume trade talks in Geneva").unwrap();
    assert_eq!(talks["text"].as_str().unwrap(), TALKS.join("\n\n"));
    let matches = world.export("match");
    assert_eq!(matches.len(), 1);
    assert_eq!(matches[0]["topic"], "us-china-talks");
    assert_eq!(world.hook_types(), ["article.matched"]);
    world.cycle();
    assert_eq!(world.hook_types(), ["article.matched"], "a second cycle tells nothing again");
}

#[test]
fn noise_makes_no_revision_and_an_edit_makes_one_with_its_kinds() {
    let world = newsroom();
    for _ in 0..4 {
        world.cycle();
    }
    assert_eq!(world.export("revision").len(), 2, "rotating noise is no revision");
    world.newsroom.edit("wire.test", "/talks", |story| {
        for text in &mut story.paragraphs {
            *text = text.replace("“All topics that can be discussed are", "“All topics are").replace("$34", "$43");
        }
    });
    world.cycle();
    let revisions = world.export("revision");
    assert_eq!(revisions.len(), 3);
    let second = revisions.iter().find(|one| one["number"] == 2).unwrap();
    let kinds: Vec<&str> = second["change"].as_array().unwrap().iter().map(|kind| kind.as_str().unwrap()).collect();
    assert!(kinds.contains(&"quote") && kinds.contains(&"figure"), "{kinds:?}");
    assert_eq!(second["acknowledged"], false);
    assert_eq!(world.hook_types(), ["article.matched", "article.revised"]);
}

#[test]
fn a_copy_joins_the_story_of_its_origin_and_is_not_a_second_match() {
    let world = newsroom();
    world.cycle();
    let mut copy =
        Story::new("/copy", "Washington and Beijing back at the table", "Jo Arden", "2026-11-24T09:10:00Z", &TALKS);
    copy.credit = Some(("Capital Wire".to_owned(), "http://wire.test/talks".to_owned()));
    world.newsroom.publish("ledger.test", copy);
    world.cycle();
    let stories = world.export("story");
    let joined: Vec<_> = stories.iter().filter(|one| one["articles"].as_array().unwrap().len() == 2).collect();
    assert_eq!(joined.len(), 1);
    let articles = world.export("article");
    let origin = articles.iter().find(|one| one["url"] == "http://wire.test/talks").unwrap();
    assert_eq!(joined[0]["origin"], origin["id"]);
    let types = world.hook_types();
    assert_eq!(types.iter().filter(|kind| *kind == "article.matched").count(), 1, "{types:?}");
}

#[test]
fn a_removed_article_is_gone_once_and_restored_once() {
    let world = newsroom();
    world.cycle();
    world.newsroom.edit("wire.test", "/talks", |story| story.presence = Presence::Status(404));
    for _ in 0..3 {
        world.cycle();
    }
    let status =
        |url: &str| world.export("article").into_iter().find(|one| one["url"] == url).unwrap()["status"].clone();
    assert_eq!(status("http://wire.test/talks"), "gone");
    world.newsroom.edit("wire.test", "/talks", |story| story.presence = Presence::Live);
    for _ in 0..2 {
        world.cycle();
    }
    assert_eq!(status("http://wire.test/talks"), "live");
    assert_eq!(world.hook_types(), ["article.matched", "article.gone", "article.restored"]);
    assert_eq!(world.export("revision").len(), 2, "gone and back is no revision");
}

#[test]
fn blocked_is_not_gone() {
    let world = newsroom();
    world.cycle();
    world.newsroom.edit("wire.test", "/talks", |story| story.presence = Presence::Status(403));
    for _ in 0..3 {
        world.cycle();
    }
    assert!(world.export("article").iter().all(|one| one["status"] == "live"));
    assert_eq!(world.hook_types(), ["article.matched"]);
}

#[test]
fn a_moved_article_keeps_one_history() {
    let world = newsroom();
    world.cycle();
    world.newsroom.publish(
        "wire.test",
        Story::new(
            "/2026/talks",
            "US and China to resume trade talks in Geneva",
            "Jo Arden",
            "2026-11-24T08:05:00Z",
            &TALKS,
        ),
    );
    world.newsroom.edit("wire.test", "/talks", |story| {
        story.presence = Presence::Moved("/2026/talks".to_owned());
        story.listed = false;
    });
    world.cycle();
    world.cycle();
    let articles = world.export("article");
    let talks: Vec<_> = articles.iter().filter(|one| one["source"] == "wire" && one["status"] != "moved").collect();
    assert_eq!(talks.len(), 1, "{articles:#?}");
    assert_eq!(talks[0]["revisions"], 1);
}

#[test]
fn a_failing_webhook_delays_nothing_else_and_keeps_its_id() {
    let world = newsroom();
    world.newsroom.script_hook([500]);
    world.cycle();
    let deliveries = world.export("delivery");
    let hook = deliveries.iter().find(|one| one["type"] == "webhook").unwrap();
    assert_eq!(hook["status"], "pending");
    assert_eq!(hook["attempts"], 1);
    let id = hook["id"].as_str().unwrap();
    world.json(&["deliveries", "retry", id, "--json"]);
    world.cycle();
    let ids: Vec<_> = world.newsroom.hooks().iter().map(|one| one.headers["webhook-id"].clone()).collect();
    assert_eq!(ids, [id, id]);
    assert_eq!(world.export("delivery").iter().find(|one| one["id"] == id).unwrap()["status"], "delivered");
}

#[test]
fn a_broken_source_is_said_and_hurts_no_other() {
    let world = newsroom();
    world.newsroom.with_site("ledger.test", |site| site.feed_status = Some(500));
    let output = world.run(&["poll", "--json"]);
    assert_eq!(output.status.code(), Some(0));
    let sources = world.json(&["sources", "--json"]);
    let ledger = sources.iter().find(|one| one["id"] == "ledger").unwrap();
    assert!(ledger["last_error"].as_str().unwrap().contains("500"), "{ledger}");
    assert_eq!(world.export("article").len(), 2);
}

#[test]
fn a_digest_is_written_as_a_mail_file() {
    let world = newsroom();
    world.cycle();
    let output = world.run(&["digest", "send", "desk"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mails: Vec<_> = std::fs::read_dir(world.path("digests")).unwrap().collect();
    assert_eq!(mails.len(), 1);
    let text = std::fs::read_to_string(mails[0].as_ref().unwrap().path()).unwrap();
    assert!(text.contains("To: desk@wirewatch.invalid"), "{text}");
    let again = world.run(&["digest", "send", "desk"]);
    assert!(again.status.success());
    assert_eq!(std::fs::read_dir(world.path("digests")).unwrap().count(), 1, "nothing to say sends nothing");
}

#[test]
fn the_archive_is_proved_whole() {
    let world = newsroom();
    world.cycle();
    let report = world.json(&["verify", "--json"]).remove(0);
    assert_eq!((report["articles"].as_u64(), report["broken"].as_u64()), (Some(2), Some(0)), "{report}");
    assert_eq!(report["derived"], 2);
}
