//! What could not be delivered: told of through another channel, and sent again when a person asks.

use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;
use wirewatch::demo::newsroom::{FeedFormat, Story};
use wirewatch::jobs::deliver;
use wirewatch::model::channel::ChannelKind;
use wirewatch::model::ids::DeliveryId;

use crate::support::hostile::{Hostile, Seen, answer};
use crate::support::sink::Outbox;
use crate::support::world::{TOPIC, World};

/// An endpoint that answers 410, or whatever the test says, until it is told to be well.
fn endpoint(bad: &'static str) -> (Hostile, Arc<AtomicBool>) {
    let well = Arc::new(AtomicBool::new(false));
    let is_well = Arc::clone(&well);
    let server = Hostile::serve(move |_: &Seen, stream: &mut TcpStream| -> io::Result<()> {
        let status = if is_well.load(Ordering::SeqCst) { "HTTP/1.1 200 OK" } else { bad };
        answer(stream, status, b"")
    });
    (server, well)
}

const GONE: &str = "HTTP/1.1 410 Gone";
const BROKEN: &str = "HTTP/1.1 500 Internal Server Error";

fn hook(id: &str, server: &Hostile, more: &str) -> String {
    format!("[[channel]]\nid = \"{id}\"\ntype = \"webhook\"\nurl = \"http://{}/\"\n{more}\n", server.addr)
}

fn bodies(server: &Hostile) -> Vec<Value> {
    server.seen().iter().map(|seen| serde_json::from_slice(&seen.body).unwrap()).collect()
}

#[tokio::test]
async fn what_is_given_up_is_told_by_another_channel_once_an_hour() {
    let ((bad, _), (boss, well)) = (endpoint(GONE), endpoint(GONE));
    well.store(true, Ordering::SeqCst);
    let outbox = Outbox::new(&(hook("ops", &bad, "") + &hook("boss", &boss, "channels = true")));
    let first = outbox.tell("ops", ChannelKind::Webhook, 1).await;
    deliver::drain(&outbox.context).await.unwrap();
    let told = bodies(&boss);
    assert_eq!(told.len(), 1);
    let data = &told[0]["data"];
    assert_eq!((told[0]["type"].as_str(), data["channel"].as_str()), (Some("delivery.failed"), Some("ops")));
    assert_eq!((data["failed"].as_u64(), data["closed"].as_bool()), (Some(1), Some(true)));
    assert_eq!(data["deliveries"][0]["id"].as_str(), Some(first.0.as_str()));
    assert!(data["error"].as_str().unwrap().contains("answered 410"), "{data}");

    // Two more within the hour are told together, when it is over, without another failure.
    for _ in 0..2 {
        outbox.context.store.reopen_channel(&wirewatch::model::ids::ChannelId::new("ops").unwrap()).await.unwrap();
        outbox.tell("ops", ChannelKind::Webhook, 2).await;
        deliver::drain(&outbox.context).await.unwrap();
    }
    assert_eq!(bodies(&boss).len(), 1);
    outbox.later(3600);
    deliver::drain(&outbox.context).await.unwrap();
    let told = bodies(&boss);
    assert_eq!((told.len(), told[1]["data"]["failed"].as_u64()), (2, Some(2)));
    outbox.later(86_400);
    deliver::drain(&outbox.context).await.unwrap();
    assert_eq!(bodies(&boss).len(), 2, "each is told once");
}

#[tokio::test]
async fn two_deaf_channels_do_not_tell_of_each_other_for_ever() {
    let ((a, _), (b, _)) = (endpoint(BROKEN), endpoint(BROKEN));
    let outbox = Outbox::new(&(hook("a", &a, "channels = true") + &hook("b", &b, "channels = true")));
    outbox.tell("a", ChannelKind::Webhook, 1).await;
    outbox.tell("b", ChannelKind::Webhook, 2).await;
    // A month, attempt by attempt.
    for _ in 0..24 * 30 {
        deliver::drain(&outbox.context).await.unwrap();
        outbox.later(3600);
    }
    let all =
        outbox.context.store.reader().unwrap().deliveries(&wirewatch::io::store::DeliveryFilter::default()).unwrap();
    let kinds: Vec<&str> = all.iter().map(|one| one.events[0].kind.as_str()).collect();
    // For each: what it was to tell, that the other fails, that the other gave up.
    assert_eq!(kinds.len(), 6, "{kinds:?}");
    assert!(all.iter().all(|one| one.status == "failed"));
    assert!(a.seen().len() <= 30 && b.seen().len() <= 30, "{} and {}", a.seen().len(), b.seen().len());
}

#[tokio::test]
async fn a_channel_that_alone_tells_of_failures_is_not_told_of_its_own() {
    let (bad, _) = endpoint(GONE);
    let outbox = Outbox::new(&hook("ops", &bad, "channels = true"));
    outbox.tell("ops", ChannelKind::Webhook, 1).await;
    deliver::drain(&outbox.context).await.unwrap();
    assert_eq!(bad.seen().len(), 1);
}

#[tokio::test]
async fn who_asks_again_gets_the_whole_schedule_again() {
    let (bad, well) = endpoint(BROKEN);
    let outbox = Outbox::new(&hook("ops", &bad, ""));
    let id = outbox.tell("ops", ChannelKind::Webhook, 1).await;
    while outbox.record(&id).status == "pending" {
        let next = outbox.tick().await;
        if let Some(next) = next {
            outbox.hand.set(next);
        }
    }
    assert_eq!((outbox.record(&id).status.as_str(), outbox.record(&id).attempts), ("failed", 10));
    outbox.later(30 * 86_400);
    outbox.context.store.retry_delivery(&id, outbox.now()).await.unwrap();
    let next = outbox.tick().await.unwrap();
    assert_eq!((outbox.record(&id).status.as_str(), outbox.record(&id).attempts), ("pending", 1));
    well.store(true, Ordering::SeqCst);
    outbox.hand.set(next);
    deliver::drain(&outbox.context).await.unwrap();
    assert_eq!(outbox.record(&id).status, "delivered");
}

#[tokio::test]
async fn a_channel_that_fails_for_an_hour_is_told_of_once_while_it_is_still_tried_and_again_when_it_is_well() {
    let ((bad, well), (boss, boss_well)) = (endpoint(BROKEN), endpoint(BROKEN));
    boss_well.store(true, Ordering::SeqCst);
    let outbox = Outbox::new(&(hook("ops", &bad, "channels = true") + &hook("boss", &boss, "channels = true")));
    let id = outbox.tell("ops", ChannelKind::Webhook, 1).await;
    for minutes in [0, 30, 29] {
        outbox.later(minutes * 60);
        outbox.tick().await;
    }
    assert_eq!(bodies(&boss).len(), 0, "a short trouble passes by itself");
    for _ in 0..6 {
        outbox.later(3600);
        outbox.tick().await;
        outbox.tick().await;
    }
    let told = bodies(&boss);
    assert_eq!(told.len(), 1, "{told:?}");
    let data = &told[0]["data"];
    assert_eq!((told[0]["type"].as_str(), data["channel"].as_str()), (Some("channel.failing"), Some("ops")));
    assert_eq!((data["since"].as_str(), data["waiting"].as_u64()), (Some("2026-06-15T12:00:00Z"), Some(1)));
    assert!(data["error"].as_str().unwrap().contains("answered 500"), "{data}");
    assert_eq!(outbox.record(&id).status, "pending", "it is still tried");

    let health = |id: &str| {
        let all = outbox.context.store.reader().unwrap().channels().unwrap();
        all.into_iter().find(|channel| channel.id.as_str() == id).unwrap()
    };
    assert_eq!((health("ops").status.as_str(), health("ops").pending), ("failing", 1));
    assert!(health("ops").next_attempt.is_some() && health("ops").is_ill() && !health("boss").is_ill());

    well.store(true, Ordering::SeqCst);
    outbox.later(86_400);
    outbox.tick().await;
    outbox.tick().await;
    outbox.tick().await;
    let told = bodies(&boss);
    assert_eq!((told.len(), told[1]["type"].as_str()), (2, Some("channel.recovered")));
    assert_eq!((health("ops").status.as_str(), health("ops").next_attempt), ("well", None));
    let own: Vec<Value> = bodies(&bad).into_iter().filter(|body| body["type"] != "article.matched").collect();
    assert_eq!(own, Vec::<Value>::new(), "it is not told of itself");
}

#[test]
fn an_unknown_channel_is_answered_with_those_there_are() {
    let world = World::open(&[("Capital Wire", "wire.test", FeedFormat::Rss)]);
    for arguments in [
        &["deliveries", "--channel", "opps"][..],
        &["deliveries", "replay", "--since", "7d", "--channel", "opps", "--dry-run"],
    ] {
        let unknown = world.run(arguments);
        assert_eq!(unknown.status.code(), Some(1));
        let said = String::from_utf8_lossy(&unknown.stderr).into_owned();
        assert!(said.contains("no channel `opps`") && said.contains("there are: desk, ops"), "{said}");
    }
    let usage = world.run(&["deliveries", "replay"]);
    assert!(String::from_utf8_lossy(&usage.stderr).contains("--since <WHEN>"), "it says how else");
    let lines = world.json(&["deliveries", "channels", "--json"]);
    let shown: Vec<_> = lines.iter().map(|line| (line["id"].as_str(), line["status"].as_str())).collect();
    assert_eq!(shown, [(Some("desk"), Some("unused")), (Some("ops"), Some("unused"))]);
}

fn ids(server: &Hostile) -> Vec<String> {
    server.seen().iter().map(|seen| seen.header("webhook-id").unwrap().to_owned()).collect()
}

#[test]
fn a_replay_by_time_or_id_sends_again_under_the_same_id() {
    let (server, well) = endpoint(GONE);
    let world = World::open(&[("Capital Wire", "wire.test", FeedFormat::Rss)]);
    for (path, town) in [("/geneva", "Geneva"), ("/vienna", "Vienna")] {
        let body = format!("Officials from the United States and China will resume trade talks in {town} on Thursday.");
        let title = format!("US and China to resume trade talks in {town}");
        world.newsroom.publish("wire.test", Story::new(path, &title, "Jo Arden", "2026-11-24T08:05:00Z", &[&body]));
    }
    let topic = TOPIC.replace("notify = [\"desk\", \"ops\"]", "notify = [\"desk\", \"hooks\"]");
    world.configure(&format!("{topic}{}", hook("hooks", &server, "")));
    assert!(world.run(&["poll"]).status.success());
    let failed = world.json(&["deliveries", "--failed", "--json"]);
    assert_eq!((failed.len(), ids(&server).len()), (1, 1), "the first closed the channel");
    let first = failed[0]["id"].as_str().unwrap().to_owned();

    well.store(true, Ordering::SeqCst);
    let dry = world.json(&["deliveries", "replay", "--since", "1h", "--dry-run", "--json"]);
    assert_eq!((dry.len(), dry[0]["id"].as_str()), (1, Some(first.as_str())));
    assert_eq!(world.json(&["deliveries", "--failed", "--json"]).len(), 1, "nothing was sent");
    assert_eq!(world.json(&["deliveries", "replay", "--since", "1h", "--failed", "--json"]).len(), 1);
    assert!(world.run(&["poll"]).status.success());
    let seen = ids(&server);
    assert_eq!((seen.len(), &seen[2]), (3, &first), "what waited, then what was asked for again");

    // What was accepted is sent again as well, by time, channel and id.
    let at = world.json(&["deliveries", "--channel", "hooks", "--json"]);
    let second = at.iter().find(|line| line["id"] != first.as_str()).unwrap();
    let second_id = DeliveryId(second["id"].as_str().unwrap().to_owned());
    let until = second["created"].as_str().unwrap();
    assert_eq!(world.json(&["deliveries", "replay", "--since", "1h", "--until", "1h", "--json"]).len(), 0);
    assert_eq!(world.json(&["deliveries", "replay", "--since", until, "--channel", "desk", "--json"]).len(), 0);
    assert_eq!(world.json(&["deliveries", "replay", &second_id.0, "--json"]).len(), 1);
    assert!(world.run(&["poll"]).status.success());
    assert_eq!(ids(&server)[3..], [second_id.0]);

    let unknown = world.run(&["deliveries", "replay", "no-such-id"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("no-such-id"));
    assert_eq!(world.run(&["deliveries", "replay"]).status.code(), Some(2), "not everything by mistake");
    assert_eq!(world.run(&["deliveries", "replay", "--channel", "hooks"]).status.code(), Some(2));
}
