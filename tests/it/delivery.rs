//! What is told arrives: once each way that works, again under the same id each way that fails.

use std::io::{self, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};

use wirewatch::engine::webhook;
use wirewatch::io::clock::Clock;
use wirewatch::io::store::DeliveryFilter;
use wirewatch::jobs::{deliver, digest};
use wirewatch::model::channel::ChannelKind;

use crate::support::hostile::{Hostile, Seen, answer, say_and_close, silence};
use crate::support::sink::Outbox;
use crate::support::smtp::{Act, Smtp};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn hook(id: &str, server: &Hostile, more: &str) -> String {
    format!("[[channel]]\nid = \"{id}\"\ntype = \"webhook\"\nurl = \"http://{}/hook/token\"\n{more}\n", server.addr)
}

fn status(stream: &mut TcpStream, line: &str) -> io::Result<()> {
    answer(stream, &format!("HTTP/1.1 {line}"), b"said <so>")
}

#[tokio::test]
async fn an_endpoint_that_fails_in_every_way_gets_the_same_id_until_it_takes_it() {
    let turn = AtomicUsize::new(0);
    let server = Hostile::serve(move |_: &Seen, stream: &mut TcpStream| match turn.fetch_add(1, Ordering::SeqCst) {
        0 => status(stream, "500 Internal Server Error"),
        1 => silence(stream),
        2 => say_and_close(stream, b"HTTP/1.1 20"),
        3 => status(stream, "302 Found\nlocation: http://127.0.0.1:1/"),
        4 => status(stream, "404 Not Found"),
        _ => status(stream, "204 No Content"),
    });
    let dir = tempfile::tempdir().unwrap();
    let secret = dir.path().join("secret");
    std::fs::write(&secret, SECRET).unwrap();
    let signed = format!("timeout = \"300ms\"\nsecret = {{ file = \"{}\" }}", secret.display());
    let outbox = Outbox::new(&hook("ops", &server, &signed));
    let id = outbox.tell("ops", ChannelKind::Webhook, 1).await;
    for attempt in 1..=6 {
        let next = outbox.tick().await;
        let record = outbox.record(&id);
        assert_eq!(record.attempts, attempt, "{:?}", record.last_error);
        assert!(!record.last_error.unwrap_or_default().contains("token"), "the URL is a secret");
        if let Some(next) = next {
            assert!(next > outbox.now());
            outbox.hand.set(next);
        }
    }
    assert_eq!(outbox.record(&id).status, "delivered");
    let seen = server.seen();
    assert_eq!(seen.len(), 6);
    for request in &seen {
        let at: i64 = request.header("webhook-timestamp").unwrap().parse().unwrap();
        assert_eq!(request.header("webhook-id"), Some(id.0.as_str()));
        assert_eq!(request.body, seen[0].body);
        let signature = webhook::sign(&id.0, at, &request.body, &[SECRET]);
        assert_eq!(request.header("webhook-signature"), Some(signature.as_str()));
    }
    let stamps: std::collections::BTreeSet<_> = seen.iter().map(|seen| seen.header("webhook-timestamp")).collect();
    assert_eq!(stamps.len(), 6, "each attempt says its own time");
}

#[tokio::test]
async fn what_is_refused_for_now_waits_as_long_as_it_was_asked_to() {
    let turn = AtomicUsize::new(0);
    let server = Hostile::serve(move |_: &Seen, stream: &mut TcpStream| match turn.fetch_add(1, Ordering::SeqCst) {
        0 => status(stream, "429 Too Many Requests\nretry-after: 120"),
        _ => status(stream, "200 OK"),
    });
    let outbox = Outbox::new(&hook("ops", &server, ""));
    let id = outbox.tell("ops", ChannelKind::Webhook, 1).await;
    outbox.tick().await;
    outbox.later(119);
    outbox.tick().await;
    assert_eq!(server.seen().len(), 1);
    outbox.later(2);
    outbox.tick().await;
    assert_eq!((outbox.record(&id).status.as_str(), server.seen().len()), ("delivered", 2));
}

#[tokio::test]
async fn a_gone_endpoint_closes_its_channel_until_a_person_retries() {
    let gone = AtomicUsize::new(0);
    let server = Hostile::serve(move |_: &Seen, stream: &mut TcpStream| match gone.fetch_add(1, Ordering::SeqCst) {
        0 => status(stream, "410 Gone"),
        _ => status(stream, "200 OK"),
    });
    let outbox = Outbox::new(&hook("ops", &server, ""));
    let first = outbox.tell("ops", ChannelKind::Webhook, 1).await;
    let second = outbox.tell("ops", ChannelKind::Webhook, 2).await;
    assert_eq!(deliver::drain(&outbox.context).await.unwrap(), 0);
    outbox.later(7 * 86_400);
    assert_eq!(deliver::drain(&outbox.context).await.unwrap(), 0);
    assert_eq!((outbox.record(&first).status, outbox.record(&second).status), ("failed".into(), "pending".into()));
    outbox.context.store.retry_delivery(&first, outbox.now()).await.unwrap();
    assert_eq!(deliver::drain(&outbox.context).await.unwrap(), 2);
}

#[tokio::test]
async fn a_dead_endpoint_with_a_backlog_holds_up_no_other_channel() {
    let well = Hostile::serve(|_: &Seen, stream: &mut TcpStream| status(stream, "200 OK"));
    let dead = Hostile::serve(|_: &Seen, stream: &mut TcpStream| silence(stream));
    let channels = hook("dead", &dead, "timeout = \"300ms\"") + &hook("well", &well, "");
    let outbox = Outbox::new(&channels);
    for article in 1..=100 {
        outbox.tell("dead", ChannelKind::Webhook, article).await;
    }
    let id = outbox.tell("well", ChannelKind::Webhook, 1).await;
    for _ in 0..2 {
        outbox.tick().await;
    }
    assert_eq!(outbox.record(&id).status, "delivered");
    assert_eq!(dead.seen().len(), 1, "the backlog does not hammer it");
}

#[tokio::test]
async fn an_endpoint_that_hangs_keeps_nobody_waiting_and_then_gets_its_own_in_order() {
    let (let_go, held) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Mutex::new(held);
    let slow = Hostile::serve(move |_: &Seen, stream: &mut TcpStream| {
        // Until the test lets it go; from then on at once.
        held.lock().unwrap().recv().ok();
        status(stream, "200 OK")
    });
    let well = Hostile::serve(|_: &Seen, stream: &mut TcpStream| status(stream, "200 OK"));
    let outbox = Outbox::new(&(hook("slow", &slow, "timeout = \"5m\"") + &hook("well", &well, "")));
    let wake = std::sync::Arc::new(tokio::sync::Notify::new());
    let mut deliverer = deliver::Deliverer::new(std::sync::Arc::clone(&wake));
    let (mut slows, mut wells) = (Vec::new(), Vec::new());
    for article in 1..=20 {
        slows.push(outbox.tell("slow", ChannelKind::Webhook, article).await);
        wells.push(outbox.tell("well", ChannelKind::Webhook, article).await);
        // Each comes while the other channel's first is under way, and is served by a turn of its own.
        deliverer.tick(&outbox.context).await.unwrap();
        wake.notified().await;
        assert_eq!(outbox.record(&wells[wells.len() - 1]).status, "delivered");
    }
    assert!(slow.seen().len() <= 1, "one at a time");
    for id in &slows {
        assert_eq!((outbox.record(id).status.as_str(), outbox.record(id).attempts), ("pending", 0));
    }
    drop(let_go);
    deliverer.finish().await;
    assert_eq!(deliver::drain(&outbox.context).await.unwrap(), 19);
    let got = |server: &Hostile| -> Vec<String> {
        server.seen().iter().map(|seen| seen.header("webhook-id").unwrap().to_owned()).collect()
    };
    assert_eq!(got(&slow), slows.iter().map(|id| id.0.clone()).collect::<Vec<_>>());
    assert_eq!(got(&well), wells.iter().map(|id| id.0.clone()).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_a_failure_leaves_untried_is_free_when_the_channel_is() {
    let turn = AtomicUsize::new(0);
    let server = Hostile::serve(move |_: &Seen, stream: &mut TcpStream| match turn.fetch_add(1, Ordering::SeqCst) {
        0 => status(stream, "500 Internal Server Error"),
        _ => status(stream, "200 OK"),
    });
    let outbox = Outbox::new(&hook("ops", &server, ""));
    let first = outbox.tell("ops", ChannelKind::Webhook, 1).await;
    let second = outbox.tell("ops", ChannelKind::Webhook, 2).await;
    let next = outbox.tick().await.unwrap();
    assert!(next > outbox.now(), "the whole channel waits");
    assert_eq!((outbox.record(&first).attempts, outbox.record(&second).attempts), (1, 0));
    assert_eq!(deliver::drain(&outbox.context).await.unwrap(), 0);
    outbox.hand.set(next);
    assert_eq!(deliver::drain(&outbox.context).await.unwrap(), 2);
}

fn mail(smtp: &Smtp, more: &str) -> String {
    format!(
        "[smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nfrom = \"Wirewatch <w@desk.test>\"\n[[channel]]\n\
         id = \"desk\"\ntype = \"email\"\nto = [\"a@desk.test\", \"b@desk.test\"]\ncron = \"0 7 * * *\"\n{more}\n",
        smtp.addr.port()
    )
}

fn header<'a>(message: &'a str, name: &str) -> Option<&'a str> {
    message.lines().take_while(|line| !line.is_empty()).find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[tokio::test]
async fn each_recipient_gets_one_copy_whatever_the_mail_server_does() {
    let smtp = Smtp::serve(|line, before| match (line, before) {
        // Greylisting, then a connection that dies: before the message, at its beginning, and at its end.
        ("RCPT TO:<b@desk.test>", 0) => Act::Say("450 4.2.0 greylisted, come back"),
        ("RCPT TO:<b@desk.test>" | "DATA" | ".", 1) => Act::HangUp,
        _ => Act::Usual,
    });
    let outbox = Outbox::new(&mail(&smtp, ""));
    let id = outbox.tell("desk", ChannelKind::Email, 1).await;
    for _ in 0..5 {
        outbox.tick().await;
        outbox.later(3 * 3600);
    }
    assert_eq!(outbox.record(&id).status, "delivered", "{:?}", outbox.record(&id).last_error);
    let accepted = smtp.accepted();
    let to: Vec<&str> = accepted.iter().flat_map(|one| &one.to).map(String::as_str).collect();
    assert_eq!(to, ["RCPT TO:<a@desk.test>", "RCPT TO:<b@desk.test>"]);
    for one in &accepted {
        assert_eq!(header(&one.message, "Message-ID"), Some(format!("<{id}@desk.test>").as_str()));
        assert_eq!(header(&one.message, "Auto-Submitted"), Some("auto-generated"));
        assert!(one.message.is_ascii());
    }
}

#[tokio::test]
async fn a_recipient_that_is_refused_takes_nothing_from_the_others() {
    let smtp = Smtp::serve(|line, _| match line {
        "RCPT TO:<a@desk.test>" => Act::Say("550 5.1.1 no such user"),
        _ => Act::Usual,
    });
    let outbox = Outbox::new(&mail(&smtp, ""));
    let id = outbox.tell("desk", ChannelKind::Email, 1).await;
    deliver::drain(&outbox.context).await.unwrap();
    let record = outbox.record(&id);
    assert_eq!(record.standing(), "delivered to 1, refused by 1");
    let refused: Vec<_> = record.recipients.iter().map(|one| (one.address.as_str(), one.refused.is_some())).collect();
    assert_eq!(refused, [("a@desk.test", true), ("b@desk.test", false)]);
    assert!(record.recipients[0].refused.as_ref().unwrap().ends_with("5.1.1 no such user"), "{record:?}");
    assert!(record.last_error.unwrap().starts_with("a@desk.test: refused for good, "));
    let reader = outbox.context.store.reader().unwrap();
    let channels = reader.channels().unwrap();
    assert_eq!((channels[0].status.as_str(), channels[0].given_up), ("well", 0), "the server is well");
    assert_eq!(channels[0].last_success, Some(outbox.now()));
    let failed = DeliveryFilter { status: Some("failed".to_owned()), ..DeliveryFilter::default() };
    assert_eq!(reader.deliveries(&failed).unwrap().len(), 1, "who looks for what failed finds it");
    outbox.context.store.retry_delivery(&id, outbox.now()).await.unwrap();
    deliver::drain(&outbox.context).await.unwrap();
    let to: Vec<_> = smtp.accepted().into_iter().flat_map(|one| one.to).collect();
    assert_eq!(to, ["RCPT TO:<b@desk.test>"], "a retry does not serve twice");
}

#[tokio::test]
async fn what_all_refuse_is_failed() {
    let smtp = Smtp::serve(|line, _| match line {
        "RCPT TO:<a@desk.test>" | "RCPT TO:<b@desk.test>" => Act::Say("550 5.1.1 no such user"),
        _ => Act::Usual,
    });
    let outbox = Outbox::new(&mail(&smtp, ""));
    let id = outbox.tell("desk", ChannelKind::Email, 1).await;
    deliver::drain(&outbox.context).await.unwrap();
    assert_eq!(outbox.record(&id).standing(), "failed, refused by 2");
    let channels = outbox.context.store.reader().unwrap().channels().unwrap();
    assert_eq!((channels[0].status.as_str(), channels[0].given_up), ("well", 1));
}

#[tokio::test]
async fn another_channel_is_told_who_refuses_a_mail_that_others_have() {
    let smtp = Smtp::serve(|line, _| match line {
        "RCPT TO:<a@desk.test>" => Act::Say("550 5.1.1 no such user"),
        _ => Act::Usual,
    });
    let server = Hostile::serve(|_: &Seen, stream: &mut TcpStream| status(stream, "204 No Content"));
    let outbox = Outbox::new(&format!("{}{}", mail(&smtp, ""), hook("ops", &server, "channels = true")));
    let id = outbox.tell("desk", ChannelKind::Email, 1).await;
    for _ in 0..2 {
        deliver::drain(&outbox.context).await.unwrap();
    }
    let bodies: Vec<serde_json::Value> =
        server.seen().iter().map(|seen| serde_json::from_slice(&seen.body).unwrap()).collect();
    assert_eq!(bodies.len(), 1, "told of once: {bodies:#?}");
    let told = &bodies[0]["data"]["deliveries"][0];
    assert_eq!((bodies[0]["type"].as_str(), told["id"].as_str()), (Some("delivery.failed"), Some(id.0.as_str())));
    assert_eq!(told["standing"], "delivered to 1, refused by 1");
    assert!(told["error"].as_str().unwrap().contains("a@desk.test: refused for good, "), "{told}");
}

#[tokio::test]
async fn who_is_refused_for_good_is_not_asked_for_again_while_another_is_put_off() {
    let smtp = Smtp::serve(|line, before| match (line, before) {
        ("RCPT TO:<a@desk.test>", 0..2) => Act::Say("550 5.1.1 no such user"),
        ("RCPT TO:<b@desk.test>", 0..3) => Act::Say("450 4.2.0 greylisted, come back"),
        _ => Act::Usual,
    });
    let outbox = Outbox::new(&mail(&smtp, ""));
    let id = outbox.tell("desk", ChannelKind::Email, 1).await;
    let asked =
        |who: &str| smtp.lines().iter().filter(|line| line.text == format!("RCPT TO:<{who}@desk.test>")).count();
    let told = || outbox.record(&id).last_error.unwrap();
    let mut next = outbox.tick().await.unwrap();
    for attempt in 1..=3 {
        assert_eq!((asked("a"), asked("b")), (1, attempt));
        assert_eq!(outbox.record(&id).status, "pending", "the other one may still be served");
        assert!(told().contains("a@desk.test: refused for good, ") && told().contains("no such user"), "{}", told());
        assert!(told().contains("b@desk.test: mail server") && told().contains("greylisted"), "{}", told());
        outbox.hand.set(next);
        next = outbox.tick().await.unwrap_or(next);
    }
    assert_eq!((asked("a"), asked("b")), (1, 4));
    assert_eq!(outbox.record(&id).standing(), "delivered to 1, refused by 1");
    assert!(told().starts_with("a@desk.test: refused for good, ") && !told().contains("b@desk.test"), "{}", told());
    // A person who asks again has them asked again: refused once more, then taken, and the other is served once.
    for (standing, asked_for) in [("delivered to 1, refused by 1", 2), ("delivered", 3)] {
        outbox.context.store.retry_delivery(&id, outbox.now()).await.unwrap();
        deliver::drain(&outbox.context).await.unwrap();
        assert_eq!((outbox.record(&id).standing().as_str(), asked("a"), asked("b")), (standing, asked_for, 4));
    }
    let again = outbox.context.store.retry_delivery(&id, outbox.now()).await;
    assert!(again.unwrap_err().to_string().contains("was delivered already"), "nobody is left to ask");
    let to: Vec<_> = smtp.accepted().into_iter().flat_map(|one| one.to).collect();
    assert_eq!(to, ["RCPT TO:<b@desk.test>", "RCPT TO:<a@desk.test>"]);
}

#[tokio::test]
async fn a_refused_login_gives_up_nothing_and_its_mending_sends_it() {
    const LOGIN: &str = "AUTH PLAIN AGFkYQBzM2NyZXQ=";
    let smtp = Smtp::serve(|line, before| match line {
        line if line.starts_with("EHLO") => Act::Say("250-mail.test\r\n250-AUTH PLAIN\r\n250 8BITMIME"),
        LOGIN if before == 0 => Act::Say("535 5.7.8 bad credentials"),
        LOGIN => Act::Say("235 2.7.0 welcome"),
        line if line.starts_with("AUTH") => Act::Say("501 5.5.2 not this one"),
        _ => Act::Usual,
    });
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("password"), "s3cret\n").unwrap();
    let login =
        format!("username = \"ada\"\npassword = {{ file = \"{}/password\" }}\n[[channel]]", dir.path().display());
    let outbox = Outbox::new(&mail(&smtp, "").replace("[[channel]]", &login).replace(", \"b@desk.test\"", ""));
    let id = outbox.tell("desk", ChannelKind::Email, 1).await;
    let next = outbox.tick().await.unwrap();
    let record = outbox.record(&id);
    assert_eq!(record.status, "pending");
    let said = record.last_error.unwrap();
    assert!(said.contains("bad credentials") && !said.contains("s3cret"), "{said}");
    outbox.hand.set(next);
    assert_eq!(deliver::drain(&outbox.context).await.unwrap(), 1);
    assert_eq!(smtp.accepted().len(), 1);
}

#[tokio::test]
async fn one_connection_carries_the_mail_of_all_recipients() {
    let smtp = Smtp::serve(|_, _| Act::Usual);
    let outbox = Outbox::new(&mail(&smtp, "").replace("\"b@desk.test\"", "\"b@desk.test\", \"c@desk.test\""));
    outbox.tell("desk", ChannelKind::Email, 1).await;
    assert_eq!(deliver::drain(&outbox.context).await.unwrap(), 1);
    assert_eq!((smtp.accepted().len(), smtp.connections()), (3, 1));
}

#[tokio::test]
async fn a_mail_server_that_says_nothing_is_not_asked_for_each_recipient() {
    let smtp = Smtp::serve(|_, _| Act::HangUp);
    let many = mail(&smtp, "").replace("\"b@desk.test\"", "\"b@desk.test\", \"c@desk.test\", \"d@desk.test\"");
    let outbox = Outbox::new(&many);
    let id = outbox.tell("desk", ChannelKind::Email, 1).await;
    outbox.tick().await;
    assert_eq!(smtp.connections(), 2);
    let record = outbox.record(&id);
    assert_eq!(record.status, "pending");
    assert!(
        record.last_error.unwrap().ends_with("d@desk.test: not tried, since the server did not answer for the others")
    );
}

#[tokio::test]
async fn quiet_hours_hold_back_immediate_mail_until_they_end() {
    let quiet = "immediate = true\nquiet = \"11:00-13:30\"\ndirectory = \"{dir}/mail\"\nby = \"directory\"";
    let outbox = Outbox::new(&mail(&Smtp::serve(|_, _| Act::Usual), quiet));
    outbox.tell("desk", ChannelKind::Email, 1).await;
    let next = outbox.tick().await.unwrap();
    assert_eq!(next.to_string(), "2026-06-15T13:30:00Z");
    outbox.hand.set(next);
    assert_eq!(deliver::drain(&outbox.context).await.unwrap(), 1);
}

#[tokio::test]
async fn a_digest_comes_at_its_times_once_after_a_downtime_and_never_to_say_nothing() {
    let outbox = Outbox::new(&mail(&Smtp::serve(|_, _| Act::Usual), "by = \"directory\"\ndirectory = \"{dir}/mail\""));
    let next = digest::tick(&outbox.context).await.unwrap().unwrap();
    assert_eq!(next.to_string(), "2026-06-16T07:00:00Z");
    outbox.later(10 * 86_400);
    let next = digest::tick(&outbox.context).await.unwrap().unwrap();
    assert_eq!(next.to_string(), "2026-06-26T07:00:00Z");
    assert_eq!(deliver::drain(&outbox.context).await.unwrap(), 0);
    assert!(!outbox.path().join("mail").exists());
}

#[tokio::test]
async fn a_digest_that_may_be_empty_says_so() {
    let more = "by = \"directory\"\ndirectory = \"{dir}/mail\"\nsend_empty = true";
    let outbox = Outbox::new(&mail(&Smtp::serve(|_, _| Act::Usual), more));
    digest::tick(&outbox.context).await.unwrap();
    outbox.later(86_400);
    digest::tick(&outbox.context).await.unwrap();
    assert_eq!(deliver::drain(&outbox.context).await.unwrap(), 1);
    let files: Vec<_> =
        std::fs::read_dir(outbox.path().join("mail")).unwrap().map(|file| file.unwrap().path()).collect();
    let text = std::fs::read_to_string(&files[0]).unwrap();
    assert_eq!(header(&text, "Subject"), Some("wirewatch desk: nothing new"));
}

fn command(script: &str, timeout: &str) -> String {
    format!(
        "[[channel]]\nid = \"cmd\"\ntype = \"command\"\ncommand = [\"sh\", \"-c\", '{script}']\ntimeout = \"{timeout}\"\n"
    )
}

#[tokio::test]
async fn a_command_reads_the_event_and_its_complaint_is_kept() {
    let outbox = Outbox::new(&command("cat > {dir}/got; echo done for >&2; exit 3", "10s"));
    let id = outbox.tell("cmd", ChannelKind::Command, 1).await;
    outbox.tick().await;
    let record = outbox.record(&id);
    assert_eq!(record.last_error.as_deref(), Some("`sh` ended with status 3: done for"));
    assert_eq!(record.status, "pending");
    let got: serde_json::Value = serde_json::from_slice(&std::fs::read(outbox.path().join("got")).unwrap()).unwrap();
    assert_eq!((got["id"].as_str(), got["type"].as_str()), (Some(id.0.as_str()), Some("article.matched")));
}

#[tokio::test]
async fn a_command_that_does_not_end_is_ended_with_all_it_started() {
    let script = "(sleep 3; touch {dir}/survived) & yes | head -c 1000000; sleep 30";
    let outbox = Outbox::new(&command(script, "500ms"));
    let id = outbox.tell("cmd", ChannelKind::Command, 1).await;
    let began = Clock::system().instant();
    outbox.tick().await;
    assert!(began.elapsed().as_secs() < 3);
    assert!(outbox.record(&id).last_error.unwrap().contains("was killed"));
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    assert!(!outbox.path().join("survived").exists());
}

#[tokio::test]
async fn the_feeds_are_there_and_empty_before_the_first_match() {
    let outbox = Outbox::new(
        "[[channel]]\nid = \"out\"\ntype = \"feed\"\ndirectory = \"{dir}/feeds\"\n[[topic]]\nid = \"ferries\"\nquery = \
         'ferry'\nnotify = [\"out\"]\n",
    );
    deliver::prepare(&outbox.context).await;
    let base = wirewatch::model::url::WebUrl::parse("https://desk.test/").unwrap();
    let entries = |name: &str| {
        let bytes = std::fs::read(outbox.path().join("feeds").join(name)).unwrap();
        let (parsed, problems) = wirewatch::engine::feed::parse(&bytes, None, &base).unwrap();
        assert!(problems.is_empty(), "{name}: {problems:?}");
        parsed.entries.len()
    };
    let names = ["all.atom", "all.json", "ferries.atom", "ferries.json"];
    assert_eq!(names.map(entries), [0; 4]);
    assert!(!outbox.path().join("feeds/talks.atom").exists(), "the channel has nothing to do with that topic");
    outbox.tell("out", ChannelKind::Feed, 1).await;
    deliver::drain(&outbox.context).await.unwrap();
    deliver::prepare(&outbox.context).await;
    assert_eq!(names.map(entries), [1, 1, 0, 0], "what is there is left as it is");
}

#[tokio::test]
async fn a_feed_channel_writes_whole_files_that_read_back() {
    let outbox = Outbox::new("[[channel]]\nid = \"out\"\ntype = \"feed\"\ndirectory = \"{dir}/feeds\"\n");
    outbox.tell("out", ChannelKind::Feed, 1).await;
    outbox.tell("out", ChannelKind::Feed, 2).await;
    assert_eq!(deliver::drain(&outbox.context).await.unwrap(), 2);
    let mut names: Vec<_> =
        std::fs::read_dir(outbox.path().join("feeds")).unwrap().map(|f| f.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["all.atom", "all.json", "talks.atom", "talks.json"]);
    let base = wirewatch::model::url::WebUrl::parse("https://desk.test/").unwrap();
    for name in names {
        let bytes = std::fs::read(outbox.path().join("feeds").join(name)).unwrap();
        let (parsed, problems) = wirewatch::engine::feed::parse(&bytes, None, &base).unwrap();
        assert_eq!((parsed.entries.len(), problems), (2, Vec::new()));
    }
}

#[tokio::test]
async fn a_ping_is_signed_like_any_event() {
    let server = Hostile::serve(|_: &Seen, stream: &mut TcpStream| status(stream, "200 OK"));
    let outbox = Outbox::new(&hook("ops", &server, ""));
    let channel = &outbox.context.config.channels[0];
    deliver::ping(&outbox.context.http, channel, outbox.now()).await.unwrap();
    let body: serde_json::Value = serde_json::from_slice(&server.seen()[0].body).unwrap();
    assert_eq!(body["type"], "ping");
    io::stdout().flush().unwrap();
}
