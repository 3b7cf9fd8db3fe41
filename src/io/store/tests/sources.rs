//! Sources and their entries.

use super::*;
use crate::config::{ContentFrom, SourceConfig};
use crate::engine::schedule::{PollNext, PollTimes, Rhythm};
use crate::model::entry::Entry;
use crate::model::event::EventKind;
use crate::model::source::{SourceHealth, SourceKind, WaitReason};

pub(super) fn source_config(url: &str) -> Arc<SourceConfig> {
    Arc::new(SourceConfig {
        id: source(),
        name: "The Wire".to_owned(),
        kind: SourceKind::Feed,
        url: WebUrl::parse(url).unwrap(),
        links: Vec::new(),
        times: PollTimes::Every(SignedDuration::from_mins(30)),
        content: ContentFrom::Page,
        headers: Vec::new(),
        backlog: Backlog::Record,
        auth: None,
        ignore: Vec::new(),
        rules: Arc::default(),
        robots: true,
        timeout: None,
        proxy: None,
        user_agent: None,
        accept_language: None,
        cookies: false,
    })
}

pub(super) async fn add_source(world: &World) {
    world.store.sync_sources(&[source_config("https://a.test/rss")], world.now).await.unwrap();
}

pub(super) fn entry(id: &str, url: &str, title: &str) -> Entry {
    Entry { id: id.to_owned(), title: Some(title.to_owned()), ..Entry::of_url(WebUrl::parse(url).unwrap()) }
}

async fn unknown(world: &World, entries: &[Entry]) -> Vec<String> {
    let found = world.store.unknown_entries(&source(), entries.to_vec(), world.now).await.unwrap();
    found.entries.into_iter().map(|entry| entry.id).collect()
}

#[tokio::test]
async fn an_entry_is_unknown_until_it_was_captured_and_again_when_it_changes() {
    let mut world = World::new();
    add_source(&world).await;
    let one = entry("1", "https://a.test/1", "Talks");
    let two = entry("2", "https://a.test/2", "Other");
    assert_eq!(unknown(&world, &[one.clone(), two.clone()]).await, ["1", "2"]);
    assert_eq!(unknown(&world, &[one.clone(), two.clone()]).await, ["1", "2"]);
    let mut capture = capture("https://a.test/1", on_topic(1));
    capture.entry = Some("1".to_owned());
    world.ingest(capture.clone()).await;
    assert_eq!(unknown(&world, &[one.clone(), two.clone()]).await, ["2"]);
    let retitled = entry("1", "https://a.test/1", "Talks resume");
    assert_eq!(unknown(&world, std::slice::from_ref(&retitled)).await, ["1"]);
    world.ingest(capture).await;
    assert_eq!(unknown(&world, &[retitled]).await, Vec::<String>::new());

    let failed = Observation {
        subject: Observed::Entry { source: source(), id: "2".to_owned() },
        asked_by: crate::engine::ingest::AskedBy::Schedule,
        seen: Seen::Failed { reason: "timed out".to_owned(), status: None, wait: None },
        jitter: 0.0,
    };
    for wait_minutes in [0, 1, 5, 15] {
        world.store.observe(failed.clone(), Arc::clone(&world.topics), world.now).await.unwrap();
        if wait_minutes > 0 {
            assert_eq!(unknown(&world, std::slice::from_ref(&two)).await, Vec::<String>::new(), "{wait_minutes}");
        }
        world.later(wait_minutes);
        assert_eq!(unknown(&world, std::slice::from_ref(&two)).await, ["2"], "{wait_minutes}");
    }
}

#[tokio::test]
async fn only_what_is_listed_after_the_first_listing_counts_as_new() {
    let world = World::new();
    add_source(&world).await;
    let entries: Vec<_> = (1..=4).map(|n| entry(&n.to_string(), &format!("https://a.test/{n}"), "Talks")).collect();
    let new = async |upto: usize| {
        world.store.unknown_entries(&source(), entries[..upto].to_vec(), world.now).await.unwrap().new
    };
    assert_eq!([new(2).await, new(2).await, new(4).await, new(4).await], [0, 0, 2, 0]);
}

#[tokio::test]
async fn what_another_source_brought_is_known() {
    let world = World::new();
    add_source(&world).await;
    world.ingest(capture("https://a.test/1", on_topic(1))).await;
    assert_eq!(unknown(&world, &[entry("x", "https://a.test/1", "Talks")]).await, Vec::<String>::new());
}

#[tokio::test]
async fn an_entry_whose_page_was_captured_meanwhile_is_not_captured_again() {
    let world = World::new();
    add_source(&world).await;
    let one = entry("1", "https://a.test/1", "Talks");
    let two = entry("2", "https://a.test/1", "Talks, in another section");
    assert_eq!(unknown(&world, &[one.clone(), two.clone()]).await, ["1", "2"]);
    for entry in [&one, &two] {
        assert!(world.store.still_unknown(&source(), entry).await.unwrap());
    }
    let mut capture = capture("https://a.test/1", on_topic(1));
    capture.entry = Some("1".to_owned());
    world.ingest(capture).await;
    for entry in [&one, &two] {
        assert!(!world.store.still_unknown(&source(), entry).await.unwrap());
    }
    assert_eq!(unknown(&world, &[one, two]).await, Vec::<String>::new());
    // One that changed under its id is looked at again, though its page is known.
    let retitled = entry("2", "https://a.test/1", "Talks resume");
    assert_eq!(unknown(&world, std::slice::from_ref(&retitled)).await, ["2"]);
    assert!(world.store.still_unknown(&source(), &retitled).await.unwrap());
}

#[tokio::test]
async fn a_failing_source_is_told_and_its_state_reads_back() {
    let world = World::new();
    add_source(&world).await;
    let health = SourceHealth::Failing { since: world.now, streak: 3, last: "timed out".to_owned() };
    let next = PollNext {
        health: health.clone(),
        next_poll: Some(world.now),
        interval: Some(SignedDuration::from_mins(30)),
        reason: WaitReason::Failing,
        held_until: None,
        event: Some(EventKind::SourceFailing),
        capped: None,
    };
    let rhythm = Rhythm { entries: 2.5, span_s: 3600.0, last_new: Some(world.now) };
    let poll = PollRecord {
        source: source(),
        next,
        validators: None,
        ttl_s: None,
        moved_to: None,
        entries: None,
        rhythm,
        named: None,
        missed: false,
    };
    world.store.record_poll(poll.clone(), Arc::clone(&world.topics), world.now).await.unwrap();
    let state = world.store.source_states().await.unwrap().remove(0);
    assert_eq!((state.health, state.first_poll), (health, None));
    let event = world.reader().events(None, 1).unwrap().remove(0);
    assert_eq!((event.kind, &event.data["source"]["error"]), (EventKind::SourceFailing, &"timed out".into()));
    assert_eq!(world.reader().deliveries(&DeliveryFilter::default()).unwrap().len(), 1);

    let validators = Validators { etag: Some("\"7\"".to_owned()), last_modified: None };
    assert_eq!((state.rhythm, state.reason, state.held_until), (rhythm, Some(WaitReason::Failing), None));

    let next = PollNext {
        health: SourceHealth::Healthy,
        next_poll: Some(world.now),
        interval: Some(SignedDuration::from_hours(1)),
        reason: WaitReason::Publisher,
        held_until: Some(world.now),
        event: Some(EventKind::SourceRecovered),
        capped: None,
    };
    let poll = PollRecord { next, validators: Some(validators.clone()), entries: Some(3), ..poll };
    world.store.record_poll(poll, Arc::clone(&world.topics), world.now).await.unwrap();
    let state = world.store.source_states().await.unwrap().remove(0);
    assert_eq!((state.validators, state.first_poll), (validators, Some(world.now)));
    assert_eq!((state.reason, state.held_until), (Some(WaitReason::Publisher), Some(world.now)));
    let record = world.reader().sources(world.now).unwrap().remove(0);
    assert_eq!((record.status.as_str(), record.last_error.as_deref()), ("ok", Some("timed out")));
    assert_eq!((record.interval_s, record.interval_reason.as_deref()), (Some(3600.0), Some("publisher")));

    world.store.sync_sources(&[source_config("https://a.test/atom")], world.now).await.unwrap();
    let state = world.store.source_states().await.unwrap().remove(0);
    assert_eq!((state.validators, state.next_poll), (Validators::default(), None));
    assert_eq!((state.rhythm, state.reason, state.held_until), (Rhythm::default(), None, None));
    world.store.sync_sources(&[], world.now).await.unwrap();
    assert_eq!(world.store.source_states().await.unwrap(), []);
}
