//! WebSub from outside: a publisher and its hub on loopback, the real web page, under a clock that the test moves.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Sha256, Sha512};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;
use wirewatch::config::load::load_text;
use wirewatch::engine::text::hex::hex;
use wirewatch::io::clock::{Clock, ClockHandle};
use wirewatch::io::store::Store;
use wirewatch::jobs::poll::Poller;
use wirewatch::jobs::websub::{Push, inbox};
use wirewatch::jobs::{Context, poll, websub};
use wirewatch::model::record::SourceRecord;
use wirewatch::model::time::SignedDuration;
use wirewatch::model::url::WebUrl;

use crate::support::hostile::{Hostile, Seen, answer};
use crate::support::sink::NOON;

const TOPIC: &str = "http://paper.test/feed";

/// A feed of such entries, which names its hub where `head` says so.
fn feed(head: &str, entries: &[u32]) -> String {
    let entry = |n: &u32| {
        let text = format!("Entry {n} says at some length what the council of Velm decided on day {n}. ").repeat(9);
        format!("<entry><id>tag:{n}</id><title>Day {n}</title><link href=\"/{n}\"/><content>{text}</content></entry>")
    };
    let items = entries.iter().map(entry).collect::<Vec<_>>().concat();
    format!("<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Paper</title>{head}{items}</feed>")
}

/// How the hub answers a request to it.
type HubScript = fn(&Seen, &mut TcpStream) -> io::Result<()>;

fn accepts(_: &Seen, stream: &mut TcpStream) -> io::Result<()> {
    answer(stream, "HTTP/1.1 202 Accepted", b"")
}

struct Wire {
    publisher: Hostile,
    hub: Hostile,
    listed: Arc<Mutex<Vec<u32>>>,
    context: Arc<Context>,
    hand: ClockHandle,
    web: SocketAddr,
    pushes: UnboundedReceiver<Push>,
    _directory: tempfile::TempDir,
}

impl Wire {
    async fn new(hub: HubScript) -> Self {
        Self::with(hub, "").await
    }

    /// `in_feed` stands in the feed's head in place of its usual links.
    #[expect(clippy::disallowed_methods, reason = "the web page is to run beside the test and end with it")]
    async fn with(hub: HubScript, in_feed: &'static str) -> Self {
        let listed = Arc::new(Mutex::new(vec![1, 2]));
        let entries = Arc::clone(&listed);
        let publisher = Hostile::serve(move |_, stream| {
            let links =
                "<link rel=\"hub\" href=\"http://hub.test/\"/><link rel=\"self\" href=\"http://paper.test/feed\"/>";
            let body = feed(if in_feed.is_empty() { links } else { in_feed }, &entries.lock().unwrap());
            answer(stream, "HTTP/1.1 200 OK\ncontent-type: application/atom+xml", body.as_bytes())
        });
        let hub = Hostile::serve(hub);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let web = listener.local_addr().unwrap();
        let directory = tempfile::tempdir().unwrap();
        let text = format!(
            "[store]\npath = \"{}/w.db\"\n[fetch]\nmin_delay = \"0s\"\nmax_body = \"64KiB\"\nallow_private = [\"127.0.0.0/8\"]\n\
             resolve = {{ \"paper.test\" = \"{}\", \"hub.test\" = \"{}\", \"other.test\" = \"{}\" }}\n\
             [web]\nlisten = \"{web}\"\npublic_url = \"http://{web}/\"\n[poll]\nevery = \"30m\"\n\
             [[source]]\nid = \"paper\"\nfeed = \"http://paper.test/feed\"\ncontent = \"feed\"\n",
            directory.path().display(),
            publisher.addr,
            hub.addr,
            hub.addr,
        );
        let config = load_text(&text, &directory.path().join("wirewatch.toml")).map_err(|bad| bad.to_string()).unwrap();
        let (clock, hand) = Clock::fixed(NOON.parse().unwrap());
        let store = Store::open(&config.store, clock.now()).unwrap();
        store.sync_sources(&config.sources, clock.now()).await.unwrap();
        let context = Arc::new(Context::new(config, store, clock).unwrap());
        let (inbox, pushes) = inbox();
        let (_, contexts) = tokio::sync::watch::channel(Arc::clone(&context));
        tokio::spawn(wirewatch::web::serve(listener, contexts, inbox, CancellationToken::new()));
        Self { publisher, hub, listed, context, hand, web, pushes, _directory: directory }
    }

    async fn poll(&self) -> u64 {
        poll::all(&self.context, &[]).await.unwrap().tally.new
    }

    /// Asks the hub what is due; gives what it was asked since the last time.
    async fn tick(&self) -> Vec<Form> {
        let before = self.hub.seen().len();
        websub::tick(&self.context).await.unwrap();
        self.hub.seen()[before..].iter().map(Form::of).collect()
    }

    /// Polls, subscribes, and verifies as the hub does, for a lease of ten days.
    async fn live(&self) -> Form {
        self.poll().await;
        let asked = self.tick().await.remove(0);
        assert_eq!(self.verify("subscribe", &asked.callback, TOPIC).await, (200, "a+challenge".to_owned()));
        asked
    }

    async fn verify(&self, mode: &str, callback: &str, topic: &str) -> (u16, String) {
        let path = format!(
            "{}?hub.mode={mode}&hub.topic={topic}&hub.challenge=a%2Bchallenge&hub.lease_seconds=864000",
            path(callback)
        );
        let (status, head, body) = request(self.web, &format!("GET {path} HTTP/1.1\r\n"), b"").await;
        assert!(status != 200 || head.contains("content-type: text/plain"), "{head}");
        (status, body)
    }

    async fn push(&self, callback: &str, signature: Option<&str>, body: &[u8]) -> u16 {
        let signature = signature.map(|value| format!("X-Hub-Signature: {value}\r\n")).unwrap_or_default();
        let head = format!(
            "POST {} HTTP/1.1\r\n{signature}Content-Type: application/atom+xml\r\nContent-Length: {}\r\n",
            path(callback),
            body.len()
        );
        request(self.web, &head, body).await.0
    }

    /// Reads the push that waits, if any.
    async fn read(&mut self) -> bool {
        let Ok(push) = self.pushes.try_recv() else { return false };
        poll::pushed(&self.context, push).await.unwrap();
        true
    }

    fn source(&self) -> SourceRecord {
        self.context.store.reader().unwrap().sources(self.context.clock.now()).unwrap().remove(0)
    }

    /// The subscription's status, and what the source waits for.
    fn status(&self) -> (Option<String>, Option<String>) {
        let source = self.source();
        (source.push.map(|push| push.status), source.interval_reason)
    }

    fn polls(&self) -> usize {
        self.publisher.targets().len()
    }

    fn later(&self, hours: i64) {
        self.hand.advance(SignedDuration::from_hours(hours));
    }
}

/// A request to the hub.
#[derive(Debug)]
struct Form {
    callback: String,
    mode: String,
    topic: String,
    secret: String,
    lease: String,
}

impl Form {
    fn of(seen: &Seen) -> Self {
        assert_eq!(seen.method, "POST");
        assert_eq!(seen.header("content-type"), Some("application/x-www-form-urlencoded"));
        let value = |wanted: &str| {
            let pair = url::form_urlencoded::parse(&seen.body).find(|(name, _)| name == wanted);
            pair.map(|(_, value)| value.into_owned()).unwrap_or_default()
        };
        Self {
            callback: value("hub.callback"),
            mode: value("hub.mode"),
            topic: value("hub.topic"),
            secret: value("hub.secret"),
            lease: value("hub.lease_seconds"),
        }
    }

    fn sign(&self, body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()).unwrap();
        mac.update(body);
        format!("sha256={}", hex(&mac.finalize().into_bytes()))
    }
}

fn path(callback: &str) -> String {
    let after = callback.strip_prefix("http://").unwrap();
    after[after.find('/').unwrap()..].to_owned()
}

/// One request; the status, the head in lower case, the body.
async fn request(addr: SocketAddr, head: &str, body: &[u8]) -> (u16, String, String) {
    let whole = [format!("{head}Host: w.test\r\nConnection: close\r\n\r\n").as_bytes(), body].concat();
    let asked = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(addr).unwrap();
        // A server that has read enough closes while the rest is being written.
        drop(stream.write_all(&whole));
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer));
        String::from_utf8(answer).unwrap()
    });
    let answer = asked.await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    (head.split(' ').nth(1).map_or(0, |status| status.parse().unwrap()), head.to_lowercase(), body.to_owned())
}

#[tokio::test]
async fn a_feed_that_names_a_hub_is_pushed_and_polled_to_make_sure() {
    let mut wire = Wire::new(accepts).await;
    assert_eq!(wire.poll().await, 2);
    assert_eq!(wire.status(), (None, Some("config".to_owned())));
    let asked = wire.tick().await;
    assert_eq!(asked.len(), 1);
    let asked = &asked[0];
    assert_eq!((asked.mode.as_str(), asked.topic.as_str(), asked.lease.as_str()), ("subscribe", TOPIC, "864000"));
    assert_eq!(asked.callback.len(), format!("http://{}/websub/", wire.web).len() + 32);
    assert_eq!(asked.secret.len(), 64);
    assert_eq!(wire.status().0.as_deref(), Some("asked"));
    assert!(wire.tick().await.is_empty(), "a hub that was asked is given time");
    assert_eq!(wire.verify("subscribe", &asked.callback, TOPIC).await, (200, "a+challenge".to_owned()));
    assert_eq!(wire.status().0.as_deref(), Some("live"));

    // What is pushed is the new entry alone; its link is relative.
    let body = feed("", &[3]);
    for signature in [asked.sign(body.as_bytes()), {
        let mut mac = Hmac::<Sha512>::new_from_slice(asked.secret.as_bytes()).unwrap();
        mac.update(body.as_bytes());
        format!("sha512={}", hex(&mac.finalize().into_bytes()))
    }] {
        assert_eq!(wire.push(&asked.callback, Some(&signature), body.as_bytes()).await, 202);
        assert!(wire.read().await);
    }
    let reader = wire.context.store.reader().unwrap();
    let titles = || -> Vec<String> {
        let lines = reader.articles(&wirewatch::io::store::ArticleFilter::default()).unwrap();
        let mut titles: Vec<_> = lines.into_iter().map(|line| line.title.unwrap()).collect();
        titles.sort();
        titles
    };
    assert_eq!(titles(), ["Day 1", "Day 2", "Day 3"]);
    assert!(wire.source().push.unwrap().last_push.is_some());

    // The poll that follows lists the same entry under the same id: nothing new, and a longer wait.
    wire.listed.lock().unwrap().push(3);
    wire.later(1);
    assert_eq!(wire.poll().await, 0);
    assert_eq!(wire.status().1.as_deref(), Some("push"));
    assert_eq!(wire.source().interval_s, Some(4.0 * 3600.0));
    assert_eq!(titles().len(), 3);
}

#[tokio::test]
async fn a_subscription_is_renewed_before_its_end_and_ended_when_its_source_leaves() {
    let wire = Wire::new(accepts).await;
    let first = wire.live().await;
    wire.later(7 * 24);
    assert!(wire.tick().await.is_empty());
    wire.later(12);
    let renewal = wire.tick().await.remove(0);
    assert_eq!(
        (renewal.mode.as_str(), &renewal.callback, &renewal.secret),
        ("subscribe", &first.callback, &first.secret)
    );
    assert_eq!(wire.status().0.as_deref(), Some("live"), "while it is renewed");
    assert_eq!(wire.verify("subscribe", &first.callback, TOPIC).await.0, 200);
    wire.later(9 * 24);
    assert_eq!(wire.status().0.as_deref(), Some("live"));

    wire.context.store.sync_sources(&[], wire.context.clock.now()).await.unwrap();
    let end = wire.tick().await.remove(0);
    assert_eq!((end.mode.as_str(), end.topic.as_str(), end.secret.as_str()), ("unsubscribe", TOPIC, ""));
    assert_eq!(wire.verify("subscribe", &first.callback, TOPIC).await.0, 404, "it is not wanted any more");
    assert_eq!(wire.verify("unsubscribe", &first.callback, TOPIC).await.0, 200);
    assert_eq!(wire.push(&first.callback, Some(&first.sign(b"x")), b"x").await, 410);
    wire.later(1);
    assert!(wire.tick().await.is_empty());
    assert!(wire.context.store.subscription(first.callback.rsplit('/').next().unwrap()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_hub_or_whoever_plays_one_is_not_believed() {
    let mut wire = Wire::new(accepts).await;
    wire.poll().await;
    let asked = wire.tick().await.remove(0);
    let callback = asked.callback.as_str();
    let other = format!("{}0", &callback[..callback.len() - 1]);
    let other = if other == callback { format!("{}1", &callback[..callback.len() - 1]) } else { other };
    for (mode, callback, topic, what) in [
        ("subscribe", callback, "http://paper.test/other", "another topic"),
        ("unsubscribe", callback, TOPIC, "nobody asked to stop"),
        ("publish", callback, TOPIC, "no such mode"),
        ("subscribe", &other, TOPIC, "no such callback"),
        ("subscribe", "http://w/websub/..%2f", TOPIC, "no callback at all"),
        ("denied", callback, "http://paper.test/other", "a refusal of something else"),
    ] {
        assert_eq!(wire.verify(mode, callback, topic).await.0, 404, "{what}");
        assert_eq!(wire.status().0.as_deref(), Some("asked"), "{what}");
    }
    wire.later(1);
    assert_eq!(wire.verify("subscribe", callback, TOPIC).await.0, 404, "too late");
    assert!(wire.tick().await.is_empty(), "a hub that did not come back is left alone for a while");
    assert_eq!(wire.status().0.as_deref(), Some("failing"));
    wire.later(2);
    let asked = wire.tick().await.remove(0);
    assert_eq!(wire.verify("subscribe", callback, TOPIC).await.0, 200);

    let body = feed("", &[7]);
    let signed = asked.sign(body.as_bytes());
    let forged = asked.sign(b"another body");
    let huge = vec![b' '; 70_000];
    let sends: [(&str, Option<&str>, &[u8], u16); 9] = [
        (callback, None, body.as_bytes(), 202),
        (callback, Some(&forged), body.as_bytes(), 202),
        (callback, Some(&signed[..20]), body.as_bytes(), 202),
        (callback, Some("sha256="), body.as_bytes(), 202),
        (callback, Some("md5=d41d8cd98f00b204e9800998ecf8427e"), body.as_bytes(), 202),
        (callback, Some(signed.trim_start_matches("sha256=")), body.as_bytes(), 202),
        (callback, Some(&asked.sign(&huge)), &huge, 413),
        (&other, Some(&signed), body.as_bytes(), 410),
        ("http://w/websub/x", Some(&signed), body.as_bytes(), 410),
    ];
    for (callback, signature, body, status) in sends {
        assert_eq!(wire.push(callback, signature, body).await, status, "{signature:?}");
        assert!(!wire.read().await, "{signature:?}");
    }
    // Signed, and no feed: it costs itself alone.
    for junk in [b"".as_slice(), b"<html><p>no feed", &[0, 159, 146, 150]] {
        assert_eq!(wire.push(callback, Some(&asked.sign(junk)), junk).await, 202);
        assert!(wire.read().await);
    }
    assert_eq!(wire.push(callback, Some(&signed), body.as_bytes()).await, 202);
    assert!(wire.read().await);
    let titles =
        wire.context.store.reader().unwrap().articles(&wirewatch::io::store::ArticleFilter::default()).unwrap();
    assert_eq!(titles.len(), 3);
}

#[tokio::test]
async fn pushes_that_nobody_reads_are_put_off_and_held_in_bounds() {
    let mut wire = Wire::new(accepts).await;
    let asked = wire.live().await;
    let body = feed("", &[9]);
    let signature = asked.sign(body.as_bytes());
    let mut statuses = Vec::new();
    for _ in 0..18 {
        statuses.push(wire.push(&asked.callback, Some(&signature), body.as_bytes()).await);
    }
    assert_eq!(statuses, [[202; 16].as_slice(), &[503; 2]].concat());
    assert!(wire.read().await);
    assert_eq!(wire.push(&asked.callback, Some(&signature), body.as_bytes()).await, 202);
}

#[tokio::test]
async fn a_hub_that_refuses_or_fails_costs_nothing_but_the_push() {
    let wire = Wire::new(accepts).await;
    let asked = wire.live().await;
    wire.later(1);
    wire.poll().await;
    assert_eq!(wire.status(), (Some("live".to_owned()), Some("push".to_owned())));
    assert_eq!(wire.verify("denied", &asked.callback, TOPIC).await.0, 200);
    let source = wire.source();
    assert_eq!(source.next_poll, Some(wire.context.clock.now()), "it waits for no push any more");
    assert_eq!(source.push.unwrap().last_error.as_deref(), Some("the hub refuses"));
    wire.poll().await;
    assert_eq!(wire.status(), (Some("failing".to_owned()), Some("config".to_owned())));
    assert!(wire.tick().await.is_empty(), "it is not asked again at once");

    let broken = Wire::new(|_, stream| answer(stream, "HTTP/1.1 500 Oh", b"no")).await;
    broken.poll().await;
    assert_eq!(broken.tick().await.len(), 1);
    assert_eq!(broken.source().push.unwrap().last_error.as_deref(), Some("the hub says 500"));
    broken.later(1);
    broken.poll().await;
    assert_eq!(broken.status().1.as_deref(), Some("config"));
    assert!(broken.tick().await.is_empty());
    broken.later(1);
    assert_eq!(broken.tick().await.len(), 1, "after a while it is asked again");
}

#[tokio::test]
async fn polls_that_find_what_was_not_pushed_end_the_reliance_on_a_hub() {
    let wire = Wire::new(accepts).await;
    wire.live().await;
    wire.later(1);
    wire.poll().await;
    for (found, status) in [(3, "live"), (4, "failing")] {
        wire.listed.lock().unwrap().push(found);
        wire.later(5);
        assert_eq!(wire.poll().await, 1);
        assert_eq!(wire.status().0.as_deref(), Some(status), "{found}");
    }
    wire.later(1);
    wire.poll().await;
    assert_eq!(wire.status().1.as_deref(), Some("config"));
}

#[tokio::test]
async fn another_hub_is_followed_to_and_none_inside() {
    let moved = Wire::new(|seen, stream| match seen.header("host") {
        Some("hub.test") => answer(stream, "HTTP/1.1 307 Moved\nlocation: http://other.test/hub", b""),
        _ => answer(stream, "HTTP/1.1 202 Accepted", b""),
    })
    .await;
    moved.poll().await;
    let asked = moved.tick().await;
    assert_eq!(asked.len(), 2);
    assert_eq!(moved.hub.targets(), ["/", "/hub"]);
    assert_eq!(moved.verify("subscribe", &asked[1].callback, TOPIC).await.0, 200);

    let inside = "<link rel=\"hub\" href=\"http://169.254.169.254/latest\"/><link rel=\"self\" href=\"/feed\"/>";
    let inside = Wire::with(accepts, inside).await;
    inside.poll().await;
    assert!(inside.tick().await.is_empty());
    let error = inside.source().push.unwrap().last_error.unwrap();
    assert!(error.contains("169.254.169.254 is not a public address"), "{error}");

    let circle = Wire::new(|_, stream| answer(stream, "HTTP/1.1 308 Moved\nlocation: /", b"")).await;
    circle.poll().await;
    assert_eq!(circle.tick().await.len(), 3);
    assert_eq!(circle.source().push.unwrap().last_error.as_deref(), Some("the hub says 308"));
}

#[tokio::test]
async fn a_feed_that_names_no_hub_any_more_is_polled_as_before() {
    let wire = Wire::new(accepts).await;
    let asked = wire.live().await;
    assert_eq!(wire.polls(), 1);
    wire.context.store.sync_subscriptions(None, wire.context.clock.now()).await.unwrap();
    assert_eq!(wire.status().0, None);
    assert_eq!(wire.push(&asked.callback, Some(&asked.sign(b"x")), b"x").await, 410);
    wire.later(1);
    wire.poll().await;
    assert_eq!(wire.status().1.as_deref(), Some("config"));
    assert_eq!(wire.tick().await.remove(0).mode, "subscribe", "it is wanted again");
}

#[tokio::test]
async fn a_start_asks_for_what_was_pushed_while_nobody_listened() {
    let wire = Wire::new(accepts).await;
    wire.live().await;
    wire.later(1);
    wire.poll().await;
    assert_eq!(wire.status().1.as_deref(), Some("push"));
    let polls = async || {
        let before = wire.polls();
        let mut poller = Poller::new(Arc::default(), Arc::default());
        poller.tick(&wire.context).await.unwrap();
        poller.finish().await;
        wire.polls() - before
    };
    assert_eq!(polls().await, 0, "its own interval is not over");
    wire.later(1);
    assert_eq!(polls().await, 1, "it is, though the hub's promise holds for hours");
}

#[tokio::test]
async fn a_callback_that_moved_is_told_to_the_hub() {
    let wire = Wire::new(accepts).await;
    let asked = wire.live().await;
    let elsewhere = WebUrl::parse("http://elsewhere.test/w/").unwrap();
    wire.context.store.sync_subscriptions(Some(&elsewhere), wire.context.clock.now()).await.unwrap();
    assert_eq!(wire.status().0.as_deref(), Some("asked"), "what the hub knows leads nowhere");
    let again = wire.tick().await.remove(0);
    assert_eq!((again.mode.as_str(), &again.callback), ("subscribe", &asked.callback));
}
