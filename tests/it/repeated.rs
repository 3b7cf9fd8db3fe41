//! What a site repeats is learnt while its articles are read: no look may take what is left out since for an edit, and
//! `verify` derives each text as it was read then. With the real binary.

use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::hostile::{Hostile, Seen, answer};
use crate::support::world::{TOPIC, World};
use wirewatch::demo::newsroom::FeedFormat;

const ARTICLES: usize = 8;

const FACTS: [&str; ARTICLES] = [
    "The harbour council agreed on Tuesday to rebuild the old pier before the spring storms come",
    "A ferry ran aground on the northern bank at dawn, and forty passengers waited for the tide",
    "Two lighthouses lose their keepers this winter, and a club of sailors offers to look after them",
    "The price of mussels doubled in a month, fishmongers say, after red algae closed three farms",
    "Divers found the bell of a steamer that sank in 1911 with a cargo of tea and machine parts",
    "The island school has eleven pupils again and keeps its only teacher for another year",
    "Dredging in the channel begins in March and will cost the port a third of its reserves",
    "A storm gate that cost nine million coins did not close when it was tried on Sunday",
];

/// An article whose last paragraph stands in each of the site's articles, below a heading of its own; every answer differs in
/// its counter.
fn page(number: usize, looks: usize, edit: &str) -> String {
    let fact = FACTS[number];
    format!(
        "<html><head><title>Story {number} of the harbour</title></head><body><article><h1>Story {number} of the harbour</h1>\
         <p>{fact}, as {number} people told this paper.</p><p>{fact}: what follows from that was discussed at length.{edit}</p>\
         <h2>Before story {number}</h2><p>The harbour was dug by prisoners and opened by a queen who did not come ashore.</p></article>\
         <footer>{looks} readers</footer></body></html>"
    )
}

fn serve(edit: &Arc<AtomicUsize>) -> Hostile {
    let (edit, looks) = (Arc::clone(edit), AtomicUsize::new(0));
    Hostile::serve(move |seen: &Seen, stream: &mut TcpStream| -> io::Result<()> {
        if seen.target == "/feed" {
            let host = seen.header("host").unwrap_or_default();
            let item =
                |n| format!("<item><title>Story {n} of the harbour</title><link>http://{host}/{n}</link></item>");
            let items = (0..ARTICLES).map(item).collect::<Vec<_>>().concat();
            let feed = format!("<rss version=\"2.0\"><channel><title>Harbour</title>{items}</channel></rss>");
            return answer(stream, "HTTP/1.1 200 OK\ncontent-type: application/rss+xml", feed.as_bytes());
        }
        let Some(number) = seen.target.trim_start_matches('/').parse().ok().filter(|number| *number < ARTICLES) else {
            return answer(stream, "HTTP/1.1 404 Not Found", b"");
        };
        let edited = if edit.load(Ordering::SeqCst) == 1 { " Nobody objected." } else { "" };
        let body = page(number, looks.fetch_add(1, Ordering::SeqCst), edited);
        answer(stream, "HTTP/1.1 200 OK\ncontent-type: text/html", body.as_bytes())
    })
}

#[test]
fn what_a_site_is_found_to_repeat_is_no_edit_and_each_text_is_derived_as_it_was_read() {
    let world = World::open(&[("Harbour Post", "harbour.test", FeedFormat::Rss)]);
    let edit = Arc::new(AtomicUsize::new(0));
    let server = serve(&edit);
    world.configure(&format!("{TOPIC}[[source]]\nid = \"archive\"\nfeed = \"http://{}/feed\"\n", server.addr));
    world.cycle();
    let texts = || -> Vec<String> {
        let all =
            world.export("revision").into_iter().filter(|one| one["title"].as_str().unwrap().starts_with("Story"));
        all.map(|one| one["text"].as_str().unwrap().to_owned()).collect()
    };
    let with_archive = texts().iter().filter(|text| text.contains("dug by prisoners")).count();
    assert!((3..ARTICLES).contains(&with_archive), "it is learnt on the way: {with_archive} of {ARTICLES} have it");
    for _ in 0..2 {
        let cycle = world.json(&["poll", "--recheck", "--json"]).remove(0);
        assert_eq!(cycle["revised"], 0, "{cycle}");
    }
    edit.store(1, Ordering::SeqCst);
    let cycle = world.json(&["poll", "--recheck", "--json"]).remove(0);
    assert_eq!(cycle["revised"].as_u64(), Some(ARTICLES as u64), "{cycle}");
    let revisions = world.export("revision").into_iter().filter(|one| one["number"] == 2);
    let words: Vec<_> = revisions.map(|one| (one["added_words"].clone(), one["removed_words"].clone())).collect();
    assert_eq!(words, vec![(2.into(), 0.into()); ARTICLES]);
    for id in 1..=ARTICLES {
        let shown = String::from_utf8(world.run(&["diff", &id.to_string()]).stdout).unwrap();
        assert!(shown.contains("{+ Nobody") && !shown.contains("[-"), "{shown}");
    }
    let proof = String::from_utf8(world.run(&["verify"]).stdout).unwrap();
    assert!(proof.contains("the chain holds, 16 texts derived again"), "{proof}");
}
