//! What is mailed at once, and what waits for the digest.

use wirewatch::demo::newsroom::{FeedFormat, Story};

use crate::support::world::{TOPIC, World};

#[test]
fn what_matters_much_is_mailed_at_once_and_the_rest_waits_for_the_digest() {
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
    world.configure(&format!("{}{urgent}", TOPIC.replace("\"desk\", \"ops\"", "\"urgent\"")));
    assert!(world.run(&["poll"]).status.success());
    let mails: Vec<_> = std::fs::read_dir(world.path("urgent")).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(mails.len(), 1);
    assert!(std::fs::read_to_string(&mails[0]).unwrap().contains("US and China"));
    let waiting = String::from_utf8(world.run(&["digest", "preview", "urgent"]).stdout).unwrap();
    assert!(waiting.contains("Hotels are full in spring") && !waiting.contains("trade talks in Vienna"), "{waiting}");
}
