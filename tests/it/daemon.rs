//! The daemon from outside: the real binary under signals, reloads, a service manager's socket and a browser's requests.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::Duration;

use hmac::{KeyInit as _, Mac as _};

use crate::support::hostile::{Hostile, answer};
use crate::support::world::{TOPIC, World};
use wirewatch::demo::newsroom::{FeedFormat, Presence, Story};

/// How often a condition is looked at, and how many times before it counts as never met: 30 s.
const LOOK_EVERY: Duration = Duration::from_millis(50);
const LOOKS: usize = 600;
/// Looks that a stop may take: 10 s.
const LOOKS_AT_STOP: usize = 200;

const FAST: &str =
    "[poll]\nevery = \"300ms\"\n[recheck]\nschedule = [\"300ms until 5h\"]\non_topic_every = \"300ms\"\n";

const TALKS: [&str; 3] = [
    "GENEVA — Officials from the United States and China will resume trade talks on Thursday, ending a silence of five months.",
    "The delegations are led by Treasury envoy Mara Ellison and Vice Premier Sun Weilan, and are to meet for two days.",
    "The two sides last met in June, when a first round ended after 90 minutes without an agreement on tariffs.",
];

#[expect(clippy::disallowed_methods, reason = "another process is waited for, and it tells nobody when it is ready")]
fn pause() {
    std::thread::sleep(LOOK_EVERY);
}

fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let found = (0..LOOKS).find_map(|_| {
        let found = look();
        if found.is_none() {
            pause();
        }
        found
    });
    assert!(found.is_some(), "never: {what}");
    found.unwrap()
}

fn talks() -> Story {
    let title = "US and China to resume trade talks in Geneva";
    Story::new("/talks", title, "Jo Arden", "2026-11-24T08:05:00Z", &TALKS)
}

fn world(extra: &str) -> World {
    let world = World::open(&[("Capital Wire", "wire.test", FeedFormat::Rss)]);
    world.newsroom.publish("wire.test", talks());
    world.configure(&format!("{TOPIC}{extra}"));
    world
}

/// A running daemon; what a test leaves running is killed.
struct Daemon {
    child: Child,
    log: PathBuf,
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended, which is as good.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn command(world: &World, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirewatch"));
    command.arg("--config").arg(world.path("wirewatch.toml")).args(args);
    // The control socket is this test's own.
    command.env("RUNTIME_DIRECTORY", world.path("run")).env_remove("NOTIFY_SOCKET");
    command
}

fn start(world: &World) -> Daemon {
    start_with(world, &[])
}

fn start_with(world: &World, environment: &[(&str, &str)]) -> Daemon {
    let log = world.path("log");
    let mut command = command(world, &["run"]);
    command.envs(environment.iter().copied());
    command.stdout(Stdio::null()).stderr(std::fs::File::create(&log).unwrap());
    let mut daemon = Daemon { child: command.spawn().unwrap(), log };
    eventually("the daemon runs", || {
        assert!(daemon.child.try_wait().unwrap().is_none(), "it ended: {}", daemon.said());
        daemon.said().contains("running").then_some(())
    });
    daemon
}

impl Daemon {
    fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    fn signal(&self, signal: rustix::process::Signal) {
        let pid = i32::try_from(self.child.id()).unwrap();
        rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), signal).unwrap();
    }

    /// SIGTERM, and the status within ten seconds.
    fn stop(&mut self) -> ExitStatus {
        self.signal(rustix::process::Signal::TERM);
        let status = (0..LOOKS_AT_STOP).find_map(|_| {
            let status = self.child.try_wait().unwrap();
            if status.is_none() {
                pause();
            }
            status
        });
        assert!(status.is_some(), "it did not stop: {}", self.said());
        status.unwrap()
    }

    /// Where the web page is, as the log says.
    fn web(&self) -> SocketAddr {
        eventually("the web page's address is in the log", || {
            let said = self.said();
            let (_, after) = said.split_once("web page at http://")?;
            after.split_once('/')?.0.parse().ok()
        })
    }
}

fn reload(world: &World) -> Output {
    command(world, &["reload"]).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn polled(world: &World, host: &str) -> usize {
    world.newsroom.received().iter().filter(|one| one.host == host && one.path == "/feed").count()
}

/// A second source that only a new config knows.
fn add_source(world: &World) {
    world.newsroom.open("Harbour Post", "harbour.test", FeedFormat::Atom);
    world.configure(&format!("{TOPIC}{FAST}"));
}

/// A publisher whose feed names a hub, and that hub in one server; it verifies before it answers, as many do.
fn hub_and_publisher() -> Hostile {
    Hostile::serve(|seen, stream| {
        let here = stream.local_addr()?;
        if seen.method == "POST" {
            let callback = form(&seen.body, "hub.callback");
            let (web, path) = callback.trim_start_matches("http://").split_once('/').unwrap();
            let topic = form(&seen.body, "hub.topic");
            let ask = format!("/{path}?hub.mode=subscribe&hub.topic={topic}&hub.challenge=c1&hub.lease_seconds=9000");
            let (_, _, echoed) = get(web.parse().unwrap(), &ask, "");
            let status = if echoed == "c1" { "202 Accepted" } else { "400 Bad Request" };
            return answer(stream, &format!("HTTP/1.1 {status}"), b"");
        }
        let head = format!(
            "HTTP/1.1 200 OK\nlink: <http://{here}/hub>; rel=hub, <http://{here}/feed>; rel=\"self\"\ncontent-type: text/xml"
        );
        answer(stream, &head, pushed_feed(1).as_bytes())
    })
}

fn pushed_feed(number: u32) -> String {
    let text = format!("The council of Velm decided on day {number} what it had put off for a year. ").repeat(9);
    format!(
        "<rss version=\"2.0\"><channel><item><guid>{number}</guid><title>Day {number}</title><link>/{number}</link>\
         <description>{text}</description></item></channel></rss>"
    )
}

fn form(body: &[u8], wanted: &str) -> String {
    let pair = url::form_urlencoded::parse(body).find(|(name, _)| name == wanted);
    pair.map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[test]
fn what_a_hub_pushes_is_captured_at_once_and_its_source_is_polled_seldom() {
    let publisher = hub_and_publisher();
    let world = World::open(&[]);
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    world.configure(&format!(
        "[poll]\nevery = \"1h\"\n[web]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"http://127.0.0.1:{port}\"\n\
         [[source]]\nid = \"paper\"\nfeed = \"http://{}/feed\"\ncontent = \"feed\"\n",
        publisher.addr
    ));
    let mut daemon = start(&world);
    let source = || world.json(&["sources", "--json"]).remove(0);
    eventually("the hub pushes", || (source()["push"]["status"] == "live").then_some(()));
    let asked = publisher.seen().into_iter().find(|seen| seen.method == "POST").unwrap();
    let (callback, secret) = (form(&asked.body, "hub.callback"), form(&asked.body, "hub.secret"));
    let body = pushed_feed(2);
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let signature = wirewatch::engine::text::hex::hex(&mac.finalize().into_bytes());
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let path = callback.split_once(&format!(":{port}")).unwrap().1;
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: w.test\r\nConnection: close\r\nX-Hub-Signature: sha256={signature}\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).unwrap();
    assert!(said.starts_with("HTTP/1.1 202"), "{said}");
    eventually("the pushed entry is captured", || (world.export("article").len() == 2).then_some(()));
    assert!(source()["push"]["last_push"].is_string(), "{}", source());
    assert_eq!(publisher.targets().iter().filter(|target| *target == "/feed").count(), 1);
    assert!(daemon.stop().success());
}

#[test]
fn it_polls_delivers_looks_again_and_stops_on_sigterm() {
    let world = world(FAST);
    let mut daemon = start(&world);
    eventually("the match is told", || (world.hook_types() == ["article.matched"]).then_some(()));
    eventually("three polls", || (polled(&world, "wire.test") >= 3).then_some(()));
    world.newsroom.edit("wire.test", "/talks", |story| {
        story.paragraphs[2] = story.paragraphs[2].replace("90 minutes", "two hours");
    });
    eventually("the edit is told", || (world.hook_types() == ["article.matched", "article.revised"]).then_some(()));
    world.newsroom.edit("wire.test", "/talks", |story| story.presence = Presence::Status(410));
    eventually("the removal is told", || {
        (world.hook_types().last().map(String::as_str) == Some("article.gone")).then_some(())
    });
    assert_eq!(daemon.stop().code(), Some(0), "{}", daemon.said());
    assert!(daemon.said().contains("stopped"), "{}", daemon.said());
    assert_eq!(world.hook_types().len(), 3, "each is told once");
}

#[test]
fn a_stop_waits_for_no_page_that_is_not_asked_for_yet_and_the_next_start_finds_it() {
    let world = world(FAST);
    for number in 0..40 {
        let mut story = talks();
        story.path = format!("/{number}");
        story.title = format!("{} {number}", story.title);
        story.paragraphs.push(format!("Paragraph {number} is of this article alone, and number {number} it is."));
        world.newsroom.publish("wire.test", story);
    }
    let slow = std::fs::read_to_string(world.path("wirewatch.toml")).unwrap();
    let slow = slow.replace("min_delay = \"0s\"", "min_delay = \"400ms\"").replace("\"300ms\"", "\"1h\"");
    std::fs::write(world.path("wirewatch.toml"), &slow).unwrap();
    let asked = || world.newsroom.received().iter().filter(|one| one.path.len() <= 3).count();
    let mut daemon = start(&world);
    eventually("the first page is asked for", || (asked() >= 1).then_some(()));
    assert_eq!(daemon.stop().code(), Some(0), "{}", daemon.said());
    let before = world.export("article").len();
    assert!((1..20).contains(&before), "{before} of 41");
    std::fs::write(world.path("wirewatch.toml"), slow.replace("min_delay = \"400ms\"", "min_delay = \"0s\"")).unwrap();
    let mut daemon = start(&world);
    eventually("all articles", || (world.export("article").len() == 41).then_some(()));
    assert_eq!(daemon.stop().code(), Some(0), "{}", daemon.said());
}

/// One whose only source is at a server that takes connections and says nothing.
fn world_that_hangs() -> (World, TcpListener) {
    let world = world(FAST);
    let hung = TcpListener::bind("127.0.0.1:0").unwrap();
    let config = std::fs::read_to_string(world.path("wirewatch.toml")).unwrap();
    let [old, new] = [world.serving.addr, hung.local_addr().unwrap()].map(|addr| format!("\"wire.test\" = \"{addr}\""));
    std::fs::write(world.path("wirewatch.toml"), config.replace(&old, &new)).unwrap();
    (world, hung)
}

#[test]
fn whoever_asks_twice_does_not_wait_for_a_server_that_hangs() {
    let (world, hung) = world_that_hangs();
    let mut daemon = start(&world);
    let (_open, _) = hung.accept().unwrap();
    daemon.signal(rustix::process::Signal::INT);
    eventually("it stops", || daemon.said().contains("stopping").then_some(()));
    assert!(daemon.child.try_wait().unwrap().is_none(), "a request is under way: {}", daemon.said());
    assert_eq!(daemon.stop().code(), Some(0), "{}", daemon.said());
    assert!(daemon.said().contains("left to the next start"), "{}", daemon.said());
}

#[test]
fn a_fetch_that_hangs_is_left_at_a_stop_and_made_at_the_next_start() {
    let (world, hung) = world_that_hangs();
    let mut daemon = start(&world);
    let (_open, _) = hung.accept().unwrap();
    assert_eq!(daemon.stop().code(), Some(0), "{}", daemon.said());
    assert!(daemon.said().contains("cut off by the stop, polled again at the next start"), "{}", daemon.said());
    assert!(!daemon.said().contains("did not end in time"), "{}", daemon.said());
    let sources = world.json(&["sources", "--json"]);
    assert_eq!(sources[0]["status"], "ok", "a stop is no failure of the source: {sources:?}");

    let again = start(&world);
    hung.accept().unwrap();
    assert!(!again.said().contains("poll failed"), "{}", again.said());
}

#[test]
fn a_webhook_that_hangs_delays_no_other_channel() {
    let hung = TcpListener::bind("127.0.0.1:0").unwrap();
    let slow = format!(
        "[[channel]]\nid = \"desk-2\"\ntype = \"webhook\"\nurl = \"http://{}/\"\ntimeout = \"2m\"\n",
        hung.local_addr().unwrap()
    );
    let world = world(&format!("{FAST}{slow}"));
    let config = std::fs::read_to_string(world.path("wirewatch.toml")).unwrap();
    let both = config.replace("notify = [\"desk\", \"ops\"]", "notify = [\"desk-2\", \"ops\"]");
    std::fs::write(world.path("wirewatch.toml"), both).unwrap();
    let daemon = start(&world);
    let (_open, _) = hung.accept().unwrap();
    // What comes while it hangs is told to the other all the same, and waits for this one.
    world.newsroom.edit("wire.test", "/talks", |story| {
        story.paragraphs[2] = story.paragraphs[2].replace("90 minutes", "two hours");
    });
    eventually("match and edit are told", || {
        (world.hook_types() == ["article.matched", "article.revised"]).then_some(())
    });
    let waiting = world.json(&["deliveries", "--json"]).into_iter().filter(|line| line["status"] == "pending");
    assert!(waiting.clone().all(|line| line["channel"] == "desk-2" && line["attempts"] == 0), "{}", daemon.said());
    assert_eq!(waiting.count(), 2);
}

#[test]
fn a_stop_gives_back_what_hangs_and_the_next_start_sends_it_under_its_own_id() {
    let hung = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = hung.local_addr().unwrap();
    let slow = format!("[[channel]]\nid = \"slow\"\ntype = \"webhook\"\nurl = \"http://{addr}/\"\ntimeout = \"2m\"\n");
    let world = world(&format!("{FAST}{slow}"));
    let config = std::fs::read_to_string(world.path("wirewatch.toml")).unwrap();
    let only = config.replace("notify = [\"desk\", \"ops\"]", "notify = [\"slow\"]");
    std::fs::write(world.path("wirewatch.toml"), only).unwrap();
    let mut daemon = start(&world);
    let (_open, _) = hung.accept().unwrap();
    assert_eq!(daemon.stop().code(), Some(0), "{}", daemon.said());
    assert!(daemon.said().contains("cut off by the stop"), "{}", daemon.said());
    let waiting = world.json(&["deliveries", "--json"]);
    assert_eq!(
        (waiting.len(), waiting[0]["status"].as_str(), waiting[0]["attempts"].as_u64()),
        (1, Some("pending"), Some(0))
    );

    let again = start(&world);
    let (mut stream, _) = hung.accept().unwrap();
    let mut request = String::new();
    let mut buffer = [0; 4096];
    while !request.contains("webhook-id: ") {
        let read = stream.read(&mut buffer).unwrap();
        assert!(read > 0, "{}", again.said());
        request.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
    assert!(request.contains(waiting[0]["id"].as_str().unwrap()), "{request}");
}

#[test]
fn connections_that_say_nothing_take_the_page_its_places_for_a_while_only() {
    let world = World::open(&[]);
    world.configure("[web]\nlisten = \"127.0.0.1:0\"\n");
    let mut daemon = start(&world);
    let web = daemon.web();
    // More than there are places, half of them with half a head.
    let held: Vec<TcpStream> = (0..300)
        .map(|n| {
            let mut stream = TcpStream::connect(web).unwrap();
            if n % 2 == 0 {
                stream.write_all(b"GET / HTTP/1.1\r\nHost: ").unwrap();
            }
            stream
        })
        .collect();
    assert_eq!(get(web, "/healthz", "").0, 200);
    drop(held);
    assert!(daemon.stop().success());
}

#[test]
fn connections_that_say_nothing_do_not_delay_the_stop() {
    let world = world(&format!("{FAST}[web]\nlisten = \"127.0.0.1:0\"\n"));
    let mut daemon = start(&world);
    let web = daemon.web();
    let _silent = TcpStream::connect(web).unwrap();
    let mut half = TcpStream::connect(web).unwrap();
    half.write_all(b"GET / HTTP/1.1\r\nHost: x").unwrap();
    assert_eq!(get(web, "/healthz", "").0, 200);
    assert_eq!(daemon.stop().code(), Some(0), "{}", daemon.said());
}

#[test]
fn sighup_takes_a_good_config_and_keeps_the_old_one_from_a_bad() {
    let world = world(FAST);
    let mut daemon = start(&world);
    eventually("a poll", || (polled(&world, "wire.test") >= 1).then_some(()));
    std::fs::write(world.path("wirewatch.toml"), "[store]\npth = \"watch.db\"\n").unwrap();
    daemon.signal(rustix::process::Signal::HUP);
    eventually("the refusal is in the log", || daemon.said().contains("the config was not taken").then_some(()));
    assert!(daemon.said().contains("pth"), "with its reasons: {}", daemon.said());
    let before = polled(&world, "wire.test");
    eventually("it goes on with the old one", || (polled(&world, "wire.test") > before + 1).then_some(()));
    add_source(&world);
    daemon.signal(rustix::process::Signal::HUP);
    eventually("the new source is polled", || (polled(&world, "harbour.test") >= 2).then_some(()));
    assert_eq!(daemon.stop().code(), Some(0));
}

#[test]
fn reload_says_what_became_of_the_config() {
    let world = world(FAST);
    let nobody = reload(&world);
    assert_eq!(nobody.status.code(), Some(1));
    assert!(text(&nobody.stderr).contains("no daemon runs with this config"), "{}", text(&nobody.stderr));
    let mut daemon = start(&world);
    add_source(&world);
    let taken = reload(&world);
    assert_eq!(taken.status.code(), Some(0), "{}", text(&taken.stderr));
    assert!(text(&taken.stdout).contains("config taken: 2 sources"), "{}", text(&taken.stdout));
    eventually("the new source is polled", || (polled(&world, "harbour.test") >= 1).then_some(()));
    world.configure(&format!("{TOPIC}[poll]\nevry = \"1m\"\n"));
    let refused = reload(&world);
    assert_eq!(refused.status.code(), Some(1));
    let why = text(&refused.stderr);
    assert!(why.contains("evry") && why.contains("every") && why.contains("keeps the old one"), "{why}");
    assert_eq!(daemon.stop().code(), Some(0));
    assert_eq!(reload(&world).status.code(), Some(1), "after the stop nobody answers");
}

#[test]
fn a_new_interval_counts_from_the_reload() {
    let world = world("[poll]\nevery = \"6h\"\n");
    let mut daemon = start(&world);
    eventually("the first poll", || daemon.said().contains("polled:").then_some(()));
    world.configure(&format!("{TOPIC}{FAST}"));
    assert_eq!(reload(&world).status.code(), Some(0));
    eventually("it is polled by the new interval", || (polled(&world, "wire.test") >= 3).then_some(()));
    assert_eq!(daemon.stop().code(), Some(0));
}

#[test]
fn a_second_daemon_on_the_store_says_so() {
    let world = world(FAST);
    let mut daemon = start(&world);
    let second = command(&world, &["run"]).output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    let why = text(&second.stderr);
    assert!(why.contains("another `wirewatch run` works on the store") && why.contains("watch.db"), "{why}");
    assert_eq!(reload(&world).status.code(), Some(0), "the first one's control socket is untouched");
    assert_eq!(daemon.stop().code(), Some(0));
}

#[test]
fn systemd_hears_of_each_state() {
    let world = world(FAST);
    let path = world.path("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_nonblocking(true).unwrap();
    let mut heard = Vec::new();
    let mut hears = |wanted: &str| {
        eventually(wanted, || {
            let mut buffer = [0_u8; 4096];
            while let Ok(size) = socket.recv(&mut buffer) {
                heard.push(text(&buffer[..size]));
            }
            let at = heard.iter().position(|one| one.lines().any(|line| line == wanted))?;
            // What comes next must come after it.
            heard.drain(..at);
            Some(heard.remove(0))
        })
    };
    let mut daemon = start_with(&world, &[("NOTIFY_SOCKET", path.to_str().unwrap()), ("WATCHDOG_USEC", "1000000")]);
    hears("READY=1");
    hears("WATCHDOG=1");
    hears("WATCHDOG=1");
    daemon.signal(rustix::process::Signal::HUP);
    let reloading = hears("RELOADING=1");
    assert!(reloading.contains("MONOTONIC_USEC="), "in the same datagram: {reloading:?}");
    hears("READY=1");
    assert_eq!(daemon.stop().code(), Some(0));
    hears("STOPPING=1");
}

/// Status, head and body of a GET; `headers` are whole lines.
fn get(web: SocketAddr, path: &str, headers: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(web).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {web}\r\nConnection: close\r\n{headers}\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = text(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), head.to_lowercase(), body.to_owned())
}

#[test]
fn the_web_page_shows_the_archive_and_runs_nothing_of_it() {
    let world = World::open(&[("Capital <b>Wire</b>", "wire.test", FeedFormat::Rss)]);
    let mut story = talks();
    story.title = "US and China resume talks <script>alert(1)</script>".to_owned();
    story.paragraphs.push("A paragraph that says <img src=x onerror=alert(2)> in so many words.".to_owned());
    world.newsroom.publish("wire.test", story);
    world.configure(&format!("{TOPIC}{FAST}[web]\nlisten = \"127.0.0.1:0\"\n"));
    let mut daemon = start(&world);
    let web = daemon.web();
    eventually("the article is listed", || get(web, "/", "").2.contains("/article/1").then_some(()));
    world.newsroom.edit("wire.test", "/talks", |story| story.paragraphs[0].push_str(" So <script>both</script> said."));
    eventually("the edit is told", || (world.hook_types().len() == 2).then_some(()));
    let pages = ["/", "/article/1", "/stories", "/story/1", "/?q=talks", "/?topic=us-china-talks", "/?q=%3Cscript%3E"];
    for path in pages {
        let (status, head, body) = get(web, path, "");
        assert_eq!(status, 200, "{path}: {body}");
        assert!(head.contains("content-security-policy: default-src 'none'"), "{path}: {head}");
        assert!(head.contains("content-type: text/html; charset=utf-8"), "{path}: {head}");
        for hostile in ["<script", "<img", "<b>Wire"] {
            assert!(!body.contains(hostile), "{path} has {hostile}: {body}");
        }
    }
    let article = get(web, "/article/1", "").2;
    assert!(article.contains("Revision 2") && article.contains("&lt;script&gt;"), "{article}");
    let (status, head, atom) = get(web, "/feeds/all.atom", "");
    assert_eq!(status, 200);
    assert!(head.contains("application/atom+xml"), "{head}");
    assert!(atom.contains("<entry>") && !atom.contains("<script"), "{atom}");
    let tag = head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
    let again = get(web, "/feeds/all.atom", &format!("If-None-Match: \"x\", {tag}\r\n"));
    assert_eq!((again.0, again.2.as_str()), (304, ""), "who has the newest gets no body");
    let told = get(web, "/deliveries", "").2;
    assert!(told.contains("<b>ops</b>") && told.contains("delivered") && !told.contains("<script"), "{told}");
    let (status, _, json) = get(web, "/feeds/all.json", "");
    assert_eq!(status, 200);
    let feed: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(feed["items"].as_array().unwrap().len(), 2, "{feed:#}");
    assert_eq!(get(web, "/feeds/us-china-talks.atom", "").0, 200);
    for missing in ["/article/999", "/article/x", "/story/999", "/feeds/none.atom", "/feeds/all.rss", "/nowhere"] {
        let (status, head, _) = get(web, missing, "");
        assert_eq!(status, 404, "{missing}");
        assert!(head.contains("content-security-policy"), "{missing}: {head}");
    }
    assert_eq!(daemon.stop().code(), Some(0));
}

#[test]
fn a_token_opens_the_web_page_and_a_browser_need_give_it_once() {
    let world = world(&format!("{FAST}[web]\nlisten = \"127.0.0.1:0\"\ntoken = {{ file = \"token\" }}\n"));
    std::fs::write(world.path("token"), "o/pen+ up").unwrap();
    let mut daemon = start(&world);
    let web = daemon.web();
    for path in ["/", "/article/1", "/feeds/all.atom", "/?token=wrong", "/nowhere"] {
        assert_eq!(get(web, path, "").0, 401, "{path}");
    }
    assert_eq!(get(web, "/", "Authorization: Bearer wrong\r\n").0, 401);
    assert_eq!(get(web, "/", "Authorization: Bearer o/pen+ up\r\n").0, 200);
    assert_eq!(get(web, "/feeds/all.atom?token=o%2Fpen%2B%20up", "").0, 200);
    let (status, head, _) = get(web, "/?token=o%2Fpen%2B%20up", "");
    assert_eq!(status, 200);
    let cookie = head.split_once("set-cookie: ").unwrap().1.lines().next().unwrap();
    assert!(cookie.contains("httponly") && cookie.contains("samesite=strict"), "{cookie}");
    assert!(!cookie.contains("pen"), "the cookie is not the token: {cookie}");
    let cookie = cookie.split(';').next().unwrap();
    assert_eq!(get(web, "/stories", &format!("Cookie: a=b; {cookie}\r\n")).0, 200);
    assert_eq!(get(web, "/stories", &format!("Cookie: {cookie}0\r\n")).0, 401);
    assert_eq!(get(web, "/healthz", "").0, 200);
    assert_eq!(daemon.stop().code(), Some(0));
}

#[test]
fn a_taken_web_address_is_said_before_anything_starts() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let world = world(&format!("{FAST}[web]\nlisten = \"{address}\"\n"));
    let output = command(&world, &["run"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let why = text(&output.stderr);
    assert!(why.contains(&address.to_string()) && why.contains("in use"), "{why}");
    assert_eq!(polled(&world, "wire.test"), 0, "{why}");
}
