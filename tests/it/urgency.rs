//! What is mailed at once, and what waits for the digest.

use wirewatch::demo::newsroom::{FeedFormat, Story};

use crate::support::world::{TOPIC, World};

/// A world in which two articles matched, one of them strongly, with a channel that mails at once by `more`.
fn told(more: &str) -> World {
    let world = World::open(&[("Capital Wire", "wire.test", FeedFormat::Rss)]);
    let body = "Officials from the United States and China will meet for talks, said a spokesman in Vienna.";
    for (path, title) in
        [("/strong", "US and China to hold trade talks in Vienna"), ("/weak", "Hotels are full in spring")]
    {
        let text = format!("{body} The {title} desk has more.");
        world.newsroom.publish("wire.test", Story::new(path, title, "Jo Arden", "2026-11-24T08:05:00Z", &[&text]));
    }
    let urgent = "[[channel]]\nid = \"urgent\"\ntype = \"email\"\nto = [\"a@wirewatch.invalid\"]\nfrom = \"w@wirewatch.invalid\"\n\
                  directory = \"urgent\"\ncron = \"0 7 * * *\"\nimmediate = [\"match\"]\nimmediate_from = 0.7\n";
    world.configure(&format!("{}{urgent}{more}", TOPIC.replace("\"desk\", \"ops\"", "\"urgent\"")));
    assert!(world.run(&["poll"]).status.success());
    world
}

fn mails(world: &World) -> Vec<String> {
    let mut paths: Vec<_> = std::fs::read_dir(world.path("urgent")).unwrap().map(|file| file.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn what_matters_much_is_mailed_at_once_and_the_rest_waits_for_the_digest() {
    let world = told("");
    let mails = mails(&world);
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("US and China"));
    let waiting = String::from_utf8(world.run(&["digest", "preview", "urgent"]).stdout).unwrap();
    assert!(waiting.contains("Hotels are full in spring") && !waiting.contains("trade talks in Vienna"), "{waiting}");
}

#[test]
fn what_was_mailed_at_once_may_be_in_the_digest_once_more() {
    let world = told("immediate_in_digest = true\n");
    let first = mails(&world);
    assert_eq!(first.len(), 1);
    assert!(first[0].contains("US and China") && !first[0].contains("Hotels are full"));
    let waiting = String::from_utf8(world.run(&["digest", "preview", "urgent"]).stdout).unwrap();
    assert!(waiting.contains("Hotels are full in spring") && waiting.contains("trade talks in Vienna"), "{waiting}");
    assert!(world.run(&["digest", "send", "urgent"]).status.success());
    assert_eq!(mails(&world).len(), 2);
    // Once each way: nothing waits any more, and nothing is sent at once again.
    assert!(world.run(&["poll"]).status.success());
    assert_eq!(mails(&world).len(), 2);
}
