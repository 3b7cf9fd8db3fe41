//! Pages that lack their text and name an AMP twin that has it, with the real binary.

use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::hostile::{Hostile, Seen, answer};
use crate::support::world::{TOPIC, World};
use wirewatch::demo::newsroom::FeedFormat;

const TEXTS: [&str; 3] = [
    "The harbour council met on Tuesday, and agreed to rebuild the old pier by spring – its clerk said.",
    "It will cost nine million coins, more than was feared, and the ferry company is to pay a third.",
    "Work begins in March, and the lamps along the quay are to be lit again before the summer comes.",
];
const MORE: &str = "A vote on the matter is due in May, and five of the nine members have said how they will vote.";
const TITLE: &str = "The pier is to be rebuilt";

/// How the twin is.
const THERE: usize = 0;
const BROKEN: usize = 1;
const GONE: usize = 2;

fn page(twin: &str, body: &str) -> String {
    format!(
        "<html><head><meta charset=utf-8><title>{TITLE}</title><link rel=amphtml href=\"{twin}\"></head><body><h1>{TITLE}</h1>\
         <div id=app>{body}</div></body></html>"
    )
}

fn serve(mode: &Arc<AtomicUsize>) -> Hostile {
    let mode = Arc::clone(mode);
    Hostile::serve(move |seen: &Seen, stream: &mut TcpStream| -> io::Result<()> {
        // The first page is of another charset than its twin: each is read by its own.
        let ok = "HTTP/1.1 200 OK\ncontent-type: text/html; charset=windows-1252";
        let paragraphs: String = TEXTS.map(|text| format!("<p>{text}</p>")).concat();
        match (seen.target.as_str(), mode.load(Ordering::SeqCst)) {
            ("/pier", _) => answer(stream, ok, page("/pier/amp", "<p>Loading</p>").as_bytes()),
            ("/whole", _) => {
                let text = format!("{}<p>{MORE}</p>", paragraphs.replace('–', "&ndash;"));
                answer(stream, ok, page("/whole/amp", &format!("<div class=article-body>{text}</div>")).as_bytes())
            }
            ("/elsewhere", _) => answer(stream, ok, page("http://localhost:1/elsewhere/amp", "Loading").as_bytes()),
            ("/pier/amp", THERE) => {
                let amp = format!(
                    "<!doctype html><html amp><head><meta charset=utf-8><title>{TITLE}</title></head><body><nav><a href=/>Home</a>\
                     </nav><article><h1>{TITLE}</h1><p class=byline>By Jo Arden</p>{paragraphs}<p>Follow us on Twitter</p></article></body></html>"
                );
                answer(stream, "HTTP/1.1 200 OK\ncontent-type: text/html", amp.as_bytes())
            }
            ("/pier/amp", BROKEN) => answer(stream, "HTTP/1.1 503 Service Unavailable", b""),
            ("/moved", _) => {
                let head = "<meta http-equiv=refresh content=\"0; url='/whole'\"><title>Wait</title>";
                answer(stream, ok, format!("<html><head>{head}</head><body>Wait</body></html>").as_bytes())
            }
            ("/feed", _) => {
                let host = seen.header("host").unwrap_or_default();
                let item = format!("<item><title>{TITLE}</title><link>http://{host}/pier</link></item>");
                let feed = format!("<rss version=\"2.0\"><channel><title>Twin</title>{item}</channel></rss>");
                answer(stream, "HTTP/1.1 200 OK\ncontent-type: application/rss+xml", feed.as_bytes())
            }
            _ => answer(stream, "HTTP/1.1 404 Not Found", b""),
        }
    })
}

#[test]
fn a_text_that_only_the_twin_has_is_read_from_it() {
    let world = World::open(&[("Harbour Post", "harbour.test", FeedFormat::Rss)]);
    let mode = Arc::new(AtomicUsize::new(THERE));
    let server = serve(&mode);
    world.configure(&format!(
        "{TOPIC}[[source]]\nid = \"twin\"\nfeed = \"http://{}/feed\"\nbacklog = \"notify\"\n",
        server.addr
    ));
    let revisions = || -> Vec<String> {
        let all = world.export("revision").into_iter().filter(|one| one["title"] == TITLE);
        all.map(|one| one["text"].as_str().unwrap().to_owned()).collect()
    };
    world.cycle();
    let whole = TEXTS.join("\n\n");
    assert_eq!(revisions(), std::slice::from_ref(&whole));
    let article = world.export("article").into_iter().find(|one| one["title"] == TITLE).unwrap();
    assert_eq!(article["url"], format!("http://{}/pier", server.addr));
    assert_eq!(article["authors"], serde_json::json!(["Jo Arden"]), "the twin fills what the page does not say");

    for state in [BROKEN, GONE] {
        mode.store(state, Ordering::SeqCst);
        world.cycle();
        assert_eq!(revisions(), std::slice::from_ref(&whole), "a twin that is not to be had is no edit");
    }
    mode.store(THERE, Ordering::SeqCst);
    assert!(world.run(&["verify"]).status.success());

    let read = |path: &str| world.json(&["extract", &format!("http://{}{path}", server.addr), "--json"]).remove(0);
    assert_eq!(read("/pier")["text"], whole);
    let asked = |path: &str| server.targets().iter().filter(|target| *target == path).count();
    let before = asked("/pier/amp");
    assert_eq!(read("/whole")["text"], format!("{whole}\n\n{MORE}"));
    assert_eq!(read("/elsewhere")["text"], "");
    let moved = read("/moved");
    assert_eq!(moved["url"], format!("http://{}/whole", server.addr));
    assert_eq!(moved["text"], read("/whole")["text"], "a page that sends its reader on");
    assert_eq!((asked("/pier/amp"), asked("/whole/amp")), (before, 0), "only where the text is lacking, and once");
}
