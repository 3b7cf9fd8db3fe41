//! Articles that are split over several pages, with the real binary: they are one text, and stay one.

use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::hostile::{Hostile, Seen, answer};
use crate::support::world::{TOPIC, World};
use wirewatch::demo::newsroom::FeedFormat;

const PARTS: [[&str; 2]; 3] = [
    [
        "The harbour council met on Tuesday, and agreed to rebuild the old pier by spring, its clerk said.",
        "It will cost nine million coins, more than was feared, and the ferry company is to pay a third.",
    ],
    [
        "Work begins in March, and the lamps along the quay are to be lit again before the summer comes.",
        "The fishermen, who were not asked, said that they would moor their boats where they always had.",
    ],
    [
        "A vote on the matter is due in May, and five of the nine members have said how they will vote.",
        "Until then the ferry lands at the northern steps, and bicycles have to be carried up by hand.",
    ],
];
const STANDFIRST: &str =
    "After ten years of talk the council has found the money, and the ferry will land in town once more.";

/// How the server behaves.
const AS_IT_IS: usize = 0;
const SECOND_BROKEN: usize = 1;
const SECOND_EDITED: usize = 2;

fn page(part: usize, next: &str, edited: bool) -> String {
    let mut texts: String = PARTS[part].map(|text| format!("<p>{text}</p>")).concat();
    if edited {
        texts = texts.replace("moor their boats", "block the port");
    }
    format!(
        "<html><head><title>The pier is to be rebuilt</title><link rel=next href=\"{next}\"></head><body><article>\
         <h1>The pier is to be rebuilt</h1><div class=article-body><p>{STANDFIRST}</p>{texts}<p>Follow us on Twitter</p></div></article></body></html>"
    )
}

fn serve(mode: &Arc<AtomicUsize>) -> Hostile {
    let mode = Arc::clone(mode);
    Hostile::serve(move |seen: &Seen, stream: &mut TcpStream| -> io::Result<()> {
        let ok = "HTTP/1.1 200 OK\ncontent-type: text/html";
        let mode = mode.load(Ordering::SeqCst);
        match seen.target.as_str() {
            "/feed" => {
                let host = seen.header("host").unwrap_or_default();
                let item =
                    format!("<item><title>The pier is to be rebuilt</title><link>http://{host}/pier</link></item>");
                let feed = format!("<rss version=\"2.0\"><channel><title>Split</title>{item}</channel></rss>");
                answer(stream, "HTTP/1.1 200 OK\ncontent-type: application/rss+xml", feed.as_bytes())
            }
            "/pier" => answer(stream, ok, page(0, "/pier?page=2", false).as_bytes()),
            "/pier?page=2" if mode == SECOND_BROKEN => answer(stream, "HTTP/1.1 500 Internal Server Error", b""),
            "/pier?page=2" => answer(stream, ok, page(1, "/pier?page=3", mode == SECOND_EDITED).as_bytes()),
            // The last part names one more, which is itself again, as some systems do.
            "/pier?page=3" => answer(stream, ok, page(2, "/pier?page=4", false).as_bytes()),
            "/pier?page=4" => answer(stream, ok, page(2, "/pier?page=5", false).as_bytes()),
            long if long.starts_with("/lamps") => {
                let number: usize = long.split_once('=').map_or(1, |(_, number)| number.parse().unwrap());
                answer(stream, ok, lamps(number).as_bytes())
            }
            _ => answer(stream, "HTTP/1.1 404 Not Found", b""),
        }
    })
}

/// One of many pages.
fn lamps(number: usize) -> String {
    let texts: String = PARTS[0].map(|text| format!("<p>In year {number}: {text}</p>")).concat();
    let next = number + 1;
    format!(
        "<html><head><title>The lamps of the quay</title><link rel=next href='/lamps?page={next}'></head><body><article>\
         <h1>The lamps of the quay</h1><div class=article-body>{texts}</div></article></body></html>"
    )
}

fn text(world: &World) -> Vec<String> {
    let all = world.export("revision");
    all.iter()
        .filter(|one| one["title"] == "The pier is to be rebuilt")
        .map(|one| one["text"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_split_article_is_one_text_and_half_of_it_is_never_told() {
    let world = World::open(&[("Harbour Post", "harbour.test", FeedFormat::Rss)]);
    let mode = Arc::new(AtomicUsize::new(AS_IT_IS));
    let server = serve(&mode);
    world.configure(&format!(
        "{TOPIC}[[source]]\nid = \"split\"\nfeed = \"http://{}/feed\"\nbacklog = \"notify\"\n",
        server.addr
    ));
    world.cycle();
    let whole = [&[STANDFIRST][..], &PARTS.concat()].concat().join("\n\n");
    assert_eq!(text(&world), std::slice::from_ref(&whole));
    let asked: Vec<String> = server.targets().into_iter().filter(|target| target.starts_with("/pier")).collect();
    assert!(!asked.contains(&"/pier?page=5".to_owned()), "{asked:?}");

    let url = format!("http://{}/pier", server.addr);
    assert_eq!(world.json(&["extract", &url, "--json"])[0]["text"], whole, "`extract` reads it as capture does");
    let blocks = world.json(&["show", &url, "--blocks", "--json"]);
    let kept: Vec<&str> =
        blocks.iter().filter(|one| one["kept"] == true).map(|one| one["text"].as_str().unwrap()).collect();
    assert_eq!(kept.iter().filter(|text| **text == PARTS[2][1]).count(), 1, "{kept:?}");

    mode.store(SECOND_BROKEN, Ordering::SeqCst);
    assert!(!world.run(&["extract", &url]).status.success(), "half an article is not printed as a whole one");
    world.cycle();
    assert_eq!(text(&world), std::slice::from_ref(&whole), "a part that cannot be had now is no edit");

    mode.store(SECOND_EDITED, Ordering::SeqCst);
    world.cycle();
    assert_eq!(text(&world), [whole.clone(), whole.replace("moor their boats", "block the port")]);

    let verified = world.run(&["verify"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    let file = world.path("out.warc");
    assert!(world.run(&["export", "--warc", file.to_str().unwrap()]).status.success());
    let warc = String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned();
    assert_eq!(warc.matches("WARC-Type: response").count(), 2);
    assert_eq!(warc.matches("WARC-Type: resource").count(), 4);
    assert!(!warc.contains("wirewatch: part"));
}

#[test]
fn an_article_of_too_many_pages_is_read_to_a_bound_and_said_to_be() {
    let world = World::open(&[("Harbour Post", "harbour.test", FeedFormat::Rss)]);
    let server = serve(&Arc::new(AtomicUsize::new(AS_IT_IS)));
    let read = world.run(&["extract", "--json", &format!("http://{}/lamps", server.addr)]);
    let said = String::from_utf8_lossy(&read.stderr).into_owned();
    assert!(said.contains("stands on more than 10 pages; the others are left out"), "{said}");
    let printed = String::from_utf8_lossy(&read.stdout).into_owned();
    assert!(printed.contains("In year 10:") && !printed.contains("In year 11:"), "{printed}");
}
