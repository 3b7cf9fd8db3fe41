//! Digests from what a source brings to the mail that goes out: after a downtime one, and in quiet hours none.

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use wirewatch::jobs::{deliver, digest, poll};
use wirewatch::model::channel::ChannelKind;

use crate::support::hostile::{Hostile, Seen, answer};
use crate::support::sink::Outbox;

/// A feed of as many entries as the test says, each of them about talks.
fn feed() -> (Hostile, Arc<AtomicUsize>) {
    let entries = Arc::new(AtomicUsize::new(0));
    let shown = Arc::clone(&entries);
    let server = Hostile::serve(move |seen: &Seen, stream: &mut TcpStream| {
        if seen.target != "/feed" {
            return answer(stream, "HTTP/1.1 404 Not Found", b"");
        }
        let item = |n: usize| {
            let town = ["Geneva", "Vienna", "Oslo", "Lima", "Quito"][n % 5];
            format!(
                "<item><guid>{n}</guid><title>Talks in {town}</title><link>http://127.0.0.1/{n}</link><description>The talks \
                 in {town} began on day {n} with a dinner for {n} hundred guests at the old {town} railway \
                 station.</description></item>"
            )
        };
        let items: String = (0..shown.load(Ordering::SeqCst)).map(item).collect();
        let rss = format!("<rss version=\"2.0\"><channel><title>Herald</title>{items}</channel></rss>");
        answer(stream, "HTTP/1.1 200 OK\ncontent-type: application/rss+xml", rss.as_bytes())
    });
    (server, entries)
}

fn desk(server: &Hostile) -> Outbox {
    Outbox::new(&format!(
        "[[source]]\nid = \"herald\"\nfeed = \"http://{}/feed\"\ncontent = \"feed\"\nbacklog = \"notify\"\n\
         [[topic]]\nid = \"news\"\nname = \"News\"\nquery = 'talks'\nnotify = [\"desk\"]\n\
         [[channel]]\nid = \"desk\"\ntype = \"email\"\nto = [\"ada@desk.test\"]\ncron = \"0 7 * * *\"\n\
         directory = \"{{dir}}/mail\"\n",
        server.addr
    ))
}

/// The text of each mail so far, in the order of their dates.
fn mails(outbox: &Outbox) -> Vec<String> {
    let Ok(files) = std::fs::read_dir(outbox.path().join("mail")) else { return Vec::new() };
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

#[tokio::test]
async fn after_a_downtime_one_digest_tells_everything_once() {
    let (server, entries) = feed();
    let outbox = desk(&server);
    outbox.context.store.sync_sources(&outbox.context.config.sources, outbox.now()).await.unwrap();
    digest::tick(&outbox.context).await.unwrap();
    // Three polls on three days, with no digest between them: the daemon was down at each seven o'clock.
    for day in 1..=3 {
        entries.store(day, Ordering::SeqCst);
        let polled = poll::all(&outbox.context, &[]).await.unwrap();
        assert_eq!((polled.sources, polled.failed), (1, 0));
        outbox.later(86_400);
    }
    let next = digest::tick(&outbox.context).await.unwrap().unwrap();
    assert_eq!(next.to_string(), "2026-06-19T07:00:00Z");
    assert_eq!(deliver::drain(&outbox.context).await.unwrap(), 1);
    let first = mails(&outbox);
    assert_eq!(first.len(), 1);
    for town in ["Geneva", "Vienna", "Oslo"] {
        assert!(first[0].contains(&format!("Talks in {town}")), "{}", first[0]);
    }
    // Nothing new: no digest, however many times pass. Then one with what is new alone.
    outbox.later(5 * 86_400);
    digest::tick(&outbox.context).await.unwrap();
    assert_eq!(deliver::drain(&outbox.context).await.unwrap(), 0);
    entries.store(4, Ordering::SeqCst);
    poll::all(&outbox.context, &[]).await.unwrap();
    outbox.later(86_400);
    digest::tick(&outbox.context).await.unwrap();
    assert_eq!(deliver::drain(&outbox.context).await.unwrap(), 1);
    let second = mails(&outbox).pop().unwrap();
    assert!(second.contains("Talks in Lima") && !second.contains("Talks in Oslo"), "{second}");
    for mail in [&first[0], &second] {
        assert!(mail.contains("\r\nReferences: <thread.desk.news@"), "one topic, one thread: {mail}");
    }
}

#[tokio::test]
async fn quiet_hours_may_span_midnight_and_keep_local_time() {
    let outbox = Outbox::new(
        "[[channel]]\nid = \"desk\"\ntype = \"email\"\nto = [\"ada@desk.test\"]\nimmediate = true\n\
         timezone = \"Asia/Tokyo\"\nquiet = \"22:00-07:00\"\ndirectory = \"{dir}/mail\"\n",
    );
    // Told at; sent at once, or held until. Tokyo is nine hours ahead.
    let cases = [
        ("2026-06-15T12:59:59Z", None),
        ("2026-06-15T13:00:00Z", Some("2026-06-15T22:00:00Z")),
        ("2026-06-15T16:30:00Z", Some("2026-06-15T22:00:00Z")),
        ("2026-06-15T21:59:59Z", Some("2026-06-15T22:00:00Z")),
        ("2026-06-15T22:00:00Z", None),
    ];
    for (article, (at, held)) in (1..).zip(cases) {
        outbox.hand.set(at.parse().unwrap());
        let id = outbox.tell("desk", ChannelKind::Email, article).await;
        let next = outbox.tick().await.map(|next| next.to_string());
        assert_eq!(next.as_deref(), held, "{at}");
        if held.is_some() {
            assert_eq!((outbox.record(&id).status.as_str(), outbox.record(&id).attempts), ("pending", 0));
            outbox.context.store.settle(&id, wirewatch::io::store::Settlement::Delivered, outbox.now()).await.unwrap();
        } else {
            assert_eq!(outbox.record(&id).status, "delivered");
        }
    }
}
