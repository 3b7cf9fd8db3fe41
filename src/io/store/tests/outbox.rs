//! Leases, settlements, digests.

use super::*;
use crate::model::event::Delivery;

fn hours(world: &World, hours: i64) -> Timestamp {
    world.now.checked_add(SignedDuration::from_hours(hours)).unwrap()
}

async fn lease(world: &World) -> Vec<Delivery> {
    lease_for(world, "hook").await
}

async fn lease_for(world: &World, name: &str) -> Vec<Delivery> {
    let until = world.now.checked_add(SignedDuration::from_mins(2)).unwrap();
    world.store.lease(&channel(name), world.now, until, 10).await.unwrap()
}

#[tokio::test]
async fn a_leased_delivery_is_free_again_when_its_lease_runs_out_under_the_same_id() {
    let mut world = World::new();
    world.ingest(capture("https://a.test/1", on_topic(1))).await;
    let first = lease(&world).await;
    assert_eq!(first.len(), 1);
    assert_eq!(lease(&world).await, []);
    world.later(2);
    let again = lease(&world).await;
    assert_eq!(again[0].id, first[0].id);
    world.store.settle(&first[0].id, Settlement::Delivered, world.now).await.unwrap();
    let late = Settlement::Failed { error: "late".to_owned() };
    world.store.settle(&first[0].id, late, world.now).await.unwrap();
    world.later(60);
    assert_eq!(lease(&world).await, []);
    let record = world.reader().delivery(&first[0].id).unwrap();
    assert_eq!((record.status.as_str(), record.attempts), ("delivered", 1));
}

#[tokio::test]
async fn what_a_dead_process_had_leased_is_free_at_the_next_start_but_not_beside_a_living_one() {
    let World { directory, store, topics, now } = World::new();
    let open = || Store::open(&config(store.path().to_path_buf()), now).unwrap();
    store.ingest(capture("https://a.test/1", on_topic(1)), topics, now).await.unwrap();
    let until = now.checked_add(SignedDuration::from_mins(15)).unwrap();
    let (killed, living) = (open(), open());
    let hook = channel("hook");
    let first = killed.lease(&hook, now, until, 10).await.unwrap();
    assert_eq!(first.len(), 1);
    assert_eq!(living.channels_due().await.unwrap(), [(hook.clone(), until)], "its sender may be at it");
    drop((killed, living));
    let next = open();
    assert_eq!(next.channels_due().await.unwrap(), [(hook.clone(), now)]);
    let again = next.lease(&hook, now, until, 10).await.unwrap();
    assert_eq!(again.iter().map(|one| &one.id).collect::<Vec<_>>(), [&first[0].id]);
    drop(directory);
}

#[tokio::test]
async fn a_lease_that_is_renewed_lasts_and_one_given_back_is_free_at_once() {
    let mut world = World::new();
    world.ingest(capture("https://a.test/1", on_topic(1))).await;
    let hook = channel("hook");
    let first = lease(&world).await.remove(0);
    world.later(1);
    world.store.renew(std::slice::from_ref(&first.id), hours(&world, 1)).await.unwrap();
    world.later(30);
    assert_eq!(lease(&world).await, [], "its sender is alive");
    assert!(world.store.channels_due().await.unwrap().iter().all(|(id, due)| *id != hook || *due > world.now));
    world.store.release(vec![first.id.clone()]).await.unwrap();
    assert_eq!(lease(&world).await[0].attempts, 0, "what was not tried counts for nothing");
    world.store.settle(&first.id, Settlement::Delivered, world.now).await.unwrap();
    world.store.renew(std::slice::from_ref(&first.id), hours(&world, 1)).await.unwrap();
    world.store.release(vec![first.id.clone()]).await.unwrap();
    assert_eq!(world.reader().delivery(&first.id).unwrap().status, "delivered", "neither wakes what is done");
}

#[tokio::test]
async fn a_channel_that_is_held_gets_nothing_and_the_others_their_own() {
    let mut world = World::new();
    world.ingest(capture("https://a.test/1", on_topic(1))).await;
    let (hook, until) = (channel("hook"), hours(&world, 1));
    world.store.hold(&hook, until).await.unwrap();
    assert_eq!(lease(&world).await, []);
    assert!(world.store.channels_due().await.unwrap().contains(&(hook.clone(), until)));
    let desk = channel("desk");
    world.store.make_digest(&desk, world.now).await.unwrap();
    assert_eq!(lease_for(&world, "desk").await.len(), 1);
    world.later(60);
    assert_eq!(lease(&world).await.len(), 1);
}

#[tokio::test]
async fn later_news_of_an_article_waits_for_earlier_news_on_the_same_channel() {
    let mut world = World::new();
    world.ingest(capture("https://a.test/1", on_topic(1))).await;
    world.later(20);
    let mut edited = on_topic(1);
    edited.title = Some("Trade talks fail".to_owned());
    world.ingest(capture("https://a.test/1", edited)).await;
    world.ingest(capture("https://a.test/2", on_topic(2))).await;
    let leased = lease(&world).await;
    let articles: Vec<_> = leased.iter().map(|delivery| delivery.events[0].article.unwrap().0).collect();
    assert_eq!(articles, [1, 2]);
    world.store.settle(&leased[1].id, Settlement::Delivered, world.now).await.unwrap();
    let retry = Settlement::Retry { due: hours(&world, 1), error: "503".to_owned() };
    world.store.settle(&leased[0].id, retry, world.now).await.unwrap();
    assert_eq!(lease(&world).await, []);
    world.later(60);
    assert_eq!(lease(&world).await[0].id, leased[0].id);
    world.store.settle(&leased[0].id, Settlement::Delivered, world.now).await.unwrap();
    assert_eq!(lease(&world).await.len(), 1);
}

#[tokio::test]
async fn a_closed_channel_leases_nothing_until_a_person_retries() {
    let world = World::new();
    world.ingest(capture("https://a.test/1", on_topic(1))).await;
    let first = lease(&world).await.remove(0);
    let closed = Settlement::ChannelClosed { error: "410".to_owned() };
    world.store.settle(&first.id, closed, world.now).await.unwrap();
    world.ingest(capture("https://a.test/2", on_topic(2))).await;
    assert_eq!(lease(&world).await, []);
    assert_eq!(world.store.channel_state(&channel("hook")).await.unwrap().closed.as_deref(), Some("410"));
    assert_eq!(world.store.channels_due().await.unwrap(), []);
    world.store.retry_delivery(&first.id, world.now).await.unwrap();
    assert_eq!(lease(&world).await.len(), 2);
}

#[tokio::test]
async fn a_digest_takes_what_waits_once() {
    let mut world = World::new();
    let desk = channel("desk");
    world.ingest(capture("https://a.test/1", on_topic(1))).await;
    world.ingest(capture("https://a.test/2", on_topic(2))).await;
    assert_eq!(world.store.digest_due_items(&desk).await.unwrap().len(), 2);
    let digest = world.store.make_digest(&desk, world.now).await.unwrap().unwrap();
    assert_eq!((digest.kind, digest.events.len()), (ChannelKind::Email, 2));
    assert_eq!(world.store.digest_due_items(&desk).await.unwrap(), []);
    world.later(60);
    assert_eq!(world.store.make_digest(&desk, world.now).await.unwrap(), None);
    assert_eq!(world.store.channel_state(&desk).await.unwrap().last_digest, Some(world.now));
    assert_eq!(lease_for(&world, "desk").await[0].id, digest.id);
}

#[tokio::test]
async fn a_delivery_that_was_delivered_is_not_retried() {
    let world = World::new();
    world.ingest(capture("https://a.test/1", on_topic(1))).await;
    let id = lease(&world).await.remove(0).id;
    world.store.settle(&id, Settlement::Delivered, world.now).await.unwrap();
    assert!(matches!(world.store.retry_delivery(&id, world.now).await, Err(StoreError::Refused(_))));
    let unknown = crate::model::ids::DeliveryId("x".to_owned());
    assert!(matches!(world.store.retry_delivery(&unknown, world.now).await, Err(StoreError::NotFound { .. })));
}
