//! What captures and looks come to.

use super::*;
use crate::engine::ingest::Reread;
use crate::model::article::{ArticleStatus, ChangeKind};
use crate::model::ids::RevisionNumber;

const URL: &str = "https://a.test/talks";

#[tokio::test]
async fn a_new_article_on_a_topic_is_told_to_its_channels() {
    let world = World::new();
    let recorded = world.ingest(capture(URL, on_topic(1))).await;
    assert_eq!(recorded.outcome, Outcome::New);
    assert_eq!((recorded.events, recorded.deliveries), (1, 1));
    let events = world.reader().events(None, 10).unwrap();
    let data = &events[0].data;
    assert_eq!(data["topic"], "talks");
    assert_eq!(data["topics"][0]["transition"], "entered");
    assert_eq!(data["article"]["url"], URL);
    assert_eq!(data["article"]["revisions"], 1);
    assert_eq!(data["article"]["source_name"], "The Wire");
    assert_eq!(data["story"]["origin"], 1);
    let waiting = world.reader().digest_items(&channel("desk")).unwrap();
    assert_eq!(waiting, events);
}

#[tokio::test]
async fn what_is_stored_already_changes_nothing_and_tells_nothing() {
    let mut world = World::new();
    let first = world.ingest(capture(URL, on_topic(1))).await;
    for _ in 0..5 {
        world.later(20);
        let again = world.ingest(capture(URL, on_topic(1))).await;
        assert_eq!(again.outcome, Outcome::Unchanged);
        assert_eq!((again.article, again.events, again.deliveries), (first.article, 0, 0));
        assert_eq!(again.topics, first.topics);
    }
    let reader = world.reader();
    assert_eq!(reader.revisions(ArticleId(1)).unwrap().len(), 1);
    let looks: Vec<_> =
        reader.observations(ArticleId(1)).unwrap().into_iter().map(|look| (look.outcome, look.looks)).collect();
    assert_eq!(looks, [("new".to_owned(), 1), ("unchanged".to_owned(), 5)]);
}

#[tokio::test]
async fn an_edit_is_a_revision_told_with_its_diff() {
    let mut world = World::new();
    world.ingest(capture(URL, on_topic(1))).await;
    world.later(20);
    let mut edited = on_topic(1);
    edited.blocks[0].text = "The talks went on for days in Geneva on Monday.".to_owned();
    let revised = world.ingest(capture(URL, edited)).await;
    assert!(matches!(&revised.outcome, Outcome::Revised { number: RevisionNumber(2), .. }), "{:?}", revised.outcome);
    assert_eq!(world.told(), ["article.matched", "article.revised"]);
    let event = &world.reader().events(None, 1).unwrap()[0];
    assert_eq!(event.data["revision"]["number"], 2);
    assert_eq!(event.data["topics"][0]["transition"], "held");
    assert!(event.data["diff"]["html"].as_str().unwrap().contains("days"));
    let revisions = world.reader().revisions(ArticleId(1)).unwrap();
    assert_eq!(revisions[1].previous_sha256.as_ref(), Some(&revisions[0].sha256));
}

#[tokio::test]
async fn an_edit_can_make_an_article_enter_and_leave_a_topic() {
    let mut world = World::new();
    let off = content("Trade resumes", &["They met for hours in Geneva on Monday.", &filler(1, 120)]);
    world.ingest(capture(URL, off.clone())).await;
    assert_eq!(world.told(), Vec::<&str>::new());
    world.later(20);
    let entered = world.ingest(capture(URL, on_topic(1))).await;
    assert_eq!(entered.topics, [TopicId::new("talks").unwrap()]);
    world.later(20);
    let mut left = off;
    left.blocks[0].text = "They parted after hours in Geneva on Tuesday.".to_owned();
    assert!(world.ingest(capture(URL, left)).await.topics.is_empty());
    assert_eq!(world.told(), ["article.matched", "article.revised"]);
    assert_eq!(world.reader().events(None, 1).unwrap()[0].data["topics"][0]["transition"], "left");
}

#[tokio::test]
async fn a_flip_is_recorded_each_time_and_told_once() {
    let mut world = World::new();
    let mut other = on_topic(1);
    other.title = Some("Trade talks begin again".to_owned());
    world.ingest(capture(URL, on_topic(1))).await;
    for turn in 0..4 {
        world.later(20);
        let content = if turn % 2 == 0 { other.clone() } else { on_topic(1) };
        let recorded = world.ingest(capture(URL, content)).await;
        assert!(
            matches!(&recorded.outcome, Outcome::Revised { kinds, .. } if *kinds == [ChangeKind::Headline]),
            "{:?}",
            recorded.outcome
        );
    }
    assert_eq!(world.told(), ["article.matched", "article.revised"]);
    let revisions = world.reader().revisions(ArticleId(1)).unwrap();
    let flips: Vec<_> = revisions.iter().map(|revision| revision.flip_of.map(|number| number.0)).collect();
    assert_eq!(flips, [None, None, Some(1), Some(2), Some(3)]);
}

#[tokio::test]
async fn gone_needs_a_second_look_some_minutes_later_and_is_told_once() {
    let mut world = World::new();
    let id = world.ingest(capture(URL, on_topic(1))).await.article.unwrap();
    let gone = || Seen::Gone { status: 404 };
    world.later(20);
    assert_eq!(world.see(id, gone()).await.outcome, Outcome::Suspect { reason: "gone".to_owned() });
    assert_eq!(world.store.due_rechecks(world.now, 10).await.unwrap(), []);
    assert_eq!(world.see(id, gone()).await.outcome, Outcome::Suspect { reason: "gone".to_owned() });
    world.later(3);
    assert_eq!(world.store.due_rechecks(world.now, 10).await.unwrap().len(), 1);
    assert_eq!(world.see(id, gone()).await.outcome, Outcome::Gone);
    world.later(300);
    assert_eq!(world.see(id, gone()).await.outcome, Outcome::StillGone);
    assert_eq!(world.told(), ["article.matched", "article.gone"]);
    assert_eq!(world.reader().article(id).unwrap().status, ArticleStatus::Gone);

    world.later(300);
    assert_eq!(world.ingest(capture(URL, on_topic(1))).await.outcome, Outcome::Restored);
    world.later(300);
    assert_eq!(world.ingest(capture(URL, on_topic(1))).await.outcome, Outcome::Unchanged);
    assert_eq!(world.told(), ["article.matched", "article.gone", "article.restored"]);
    assert_eq!(world.reader().article(id).unwrap().status, ArticleStatus::Live);
}

#[tokio::test]
async fn one_error_between_two_good_looks_is_not_gone() {
    let mut world = World::new();
    let id = world.ingest(capture(URL, on_topic(1))).await.article.unwrap();
    for _ in 0..3 {
        world.later(10);
        assert_eq!(world.see(id, Seen::Gone { status: 404 }).await.outcome, Outcome::Suspect { reason: "gone".into() });
        world.later(10);
        assert_eq!(world.ingest(capture(URL, on_topic(1))).await.outcome, Outcome::Unchanged);
    }
    assert_eq!(world.told(), ["article.matched"]);
}

#[tokio::test]
async fn blocked_is_not_gone_and_a_block_page_is_never_a_revision() {
    let mut world = World::new();
    let id = world.ingest(capture(URL, on_topic(1))).await.article.unwrap();
    for _ in 0..4 {
        world.later(30);
        let blocked = Seen::Blocked { reason: "403".to_owned(), status: Some(403) };
        assert_eq!(world.see(id, blocked).await.outcome, Outcome::Blocked);
        let challenge = suspicious(URL, Suspicion::Blocked("a challenge".to_owned()));
        assert_eq!(world.ingest(challenge).await.outcome, Outcome::Blocked);
    }
    let article = world.reader().article(id).unwrap();
    assert_eq!((article.status, article.revisions), (ArticleStatus::Live, 1));
    assert_eq!(world.told(), ["article.matched"]);
}

#[tokio::test]
async fn a_shrunk_body_becomes_a_revision_only_when_a_second_look_finds_it_too() {
    let mut world = World::new();
    world.ingest(capture(URL, on_topic(1))).await;
    let stub = || capture(URL, content("Trade talks resume", &["Subscribe to read on about the talks."]));
    world.later(20);
    assert_eq!(world.ingest(stub()).await.outcome, Outcome::Suspect { reason: "shrunk".to_owned() });
    world.later(3);
    assert_eq!(world.ingest(capture(URL, on_topic(1))).await.outcome, Outcome::Unchanged);
    world.later(20);
    assert_eq!(world.ingest(stub()).await.outcome, Outcome::Suspect { reason: "shrunk".to_owned() });
    assert_eq!(world.told(), ["article.matched"]);
    world.later(3);
    assert!(matches!(world.ingest(stub()).await.outcome, Outcome::Revised { .. }));
    assert_eq!(world.told(), ["article.matched", "article.revised"]);
}

#[tokio::test]
async fn a_soft_404_is_gone_at_the_second_sight() {
    let mut world = World::new();
    world.ingest(capture(URL, on_topic(1))).await;
    let soft = || suspicious(URL, Suspicion::SoftGone("an error page".to_owned()));
    world.later(20);
    assert_eq!(world.ingest(soft()).await.outcome, Outcome::Suspect { reason: "gone".to_owned() });
    world.later(3);
    assert_eq!(world.ingest(soft()).await.outcome, Outcome::Gone);
    assert_eq!(world.told(), ["article.matched", "article.gone"]);
}

#[tokio::test]
async fn a_move_keeps_one_history() {
    let mut world = World::new();
    let id = world.ingest(capture(URL, on_topic(1))).await.article.unwrap();
    world.later(20);
    let new = "https://a.test/2026/talks";
    let mut moved = capture(new, on_topic(1));
    moved.article = Some(id);
    let page = moved.page.as_mut().unwrap();
    page.url = WebUrl::parse(URL).unwrap();
    page.moved_to = Some(WebUrl::parse(new).unwrap());
    assert_eq!(world.ingest(moved).await.article, Some(id));
    world.later(20);
    assert_eq!(world.ingest(capture(new, on_topic(1))).await.article, Some(id));
    let reader = world.reader();
    assert_eq!(reader.article(id).unwrap().url, new);
    assert_eq!(reader.find_article(URL).unwrap(), id);
    assert_eq!(reader.articles(&ArticleFilter::default()).unwrap().len(), 1);
}

#[tokio::test]
async fn copies_form_one_story_that_is_told_once() {
    let mut world = World::new();
    world.ingest(capture(URL, on_topic(1))).await;
    world.later(5);
    let copy = world.ingest(capture("https://b.test/copy", on_topic(1))).await;
    world.ingest(capture("https://c.test/other", on_topic(2))).await;
    assert_eq!((copy.outcome, copy.events), (Outcome::New, 0));
    let stories = world.reader().stories(2, None).unwrap();
    assert_eq!(stories.len(), 1);
    assert_eq!(stories[0].articles, [ArticleId(1), ArticleId(2)]);
    assert_eq!(world.told(), ["article.matched", "article.matched"]);
    let notes = &world.reader().explain(ArticleId(2)).unwrap().revisions[0].1;
    assert!(notes.iter().any(|note| note.contains("told with article 1 (once_per = story)")), "{notes:?}");
}

#[tokio::test]
async fn with_once_per_article_a_copy_is_told_as_crossposted() {
    let mut world = World::asking(Ask { once_per: OncePer::Article, ..Ask::default() });
    world.ingest(capture(URL, on_topic(1))).await;
    world.later(5);
    world.ingest(capture("https://b.test/copy", on_topic(1))).await;
    assert_eq!(world.told(), ["article.matched", "story.crossposted"]);
    let event = &world.reader().events(None, 1).unwrap()[0];
    let urls: Vec<_> = event.data["story"]["articles"].as_array().unwrap().iter().map(|one| &one["url"]).collect();
    assert_eq!(urls, [URL, "https://b.test/copy"]);
}

#[tokio::test]
async fn what_an_origin_withdraws_and_a_copy_still_carries_is_told() {
    let mut world = World::new();
    let mut origin = on_topic(1);
    let sentence = "The minister promised the delegation that no tariff would rise this year.";
    origin.blocks[0].text = format!("The talks went on for hours in Geneva. {sentence}");
    world.ingest(capture(URL, origin.clone())).await;
    world.later(5);
    world.ingest(capture("https://b.test/copy", origin.clone())).await;
    world.later(20);
    origin.blocks[0].text = "The talks went on for hours in Geneva.".to_owned();
    world.ingest(capture(URL, origin)).await;
    assert_eq!(world.told(), ["article.matched", "article.revised", "story.diverged"]);
    let event = &world.reader().events(None, 1).unwrap()[0];
    assert_eq!(event.data["withdrawn"][0], sentence);
    assert_eq!(event.data["carried_by"][0], 2);
}

#[tokio::test]
async fn a_persons_word_on_stories_stays() {
    let mut world = World::new();
    world.ingest(capture(URL, on_topic(1))).await;
    let copy = world.ingest(capture("https://b.test/copy", on_topic(1))).await.article.unwrap();
    let story = world.reader().article(copy).unwrap().story;
    let own = world.store.split_story(story, copy, world.now).await.unwrap();
    assert_ne!(own, story);
    let left = world.reader().story(story).unwrap().0;
    assert!((left.confidence.0 - 1.0).abs() < f64::EPSILON, "the one that stays is no copy any more: {left:?}");
    world.later(20);
    let mut edited = on_topic(1);
    edited.title = Some("Trade talks resume in Geneva".to_owned());
    world.ingest(capture("https://b.test/copy", edited)).await;
    assert_eq!(world.reader().article(copy).unwrap().story, own);
    assert_eq!(world.store.join_stories(own, story, world.now).await.unwrap(), story);
    assert_eq!(world.reader().article(copy).unwrap().story, story);
    assert_eq!(world.reader().story(own).unwrap().0.id, story);
    assert!(matches!(world.store.join_stories(own, story, world.now).await, Err(StoreError::Refused(_))));
}

#[tokio::test]
async fn the_backlog_of_a_new_source_is_recorded_and_not_told() {
    let mut world = World::new();
    let mut old = capture(URL, on_topic(1));
    old.backlog = Backlog::Record;
    old.entry = Some("1".to_owned());
    sources::add_source(&world).await;
    let entry = sources::entry("1", URL, "Talks");
    world.store.unknown_entries(&source(), vec![entry], world.now).await.unwrap();
    let recorded = world.ingest(old).await;
    assert_eq!((recorded.outcome, recorded.events, recorded.topics.len()), (Outcome::New, 0, 1));
    world.later(30);
    let entry = sources::entry("2", "https://a.test/new", "Talks");
    world.store.unknown_entries(&source(), vec![entry], world.now).await.unwrap();
    let mut new = capture("https://a.test/new", on_topic(2));
    new.backlog = Backlog::Record;
    new.entry = Some("2".to_owned());
    assert_eq!(world.ingest(new).await.events, 1);
}

#[tokio::test]
async fn an_import_is_recorded_and_matched_and_not_told() {
    let mut world = World::new();
    let import =
        |content| Capture { page: None, ..capture_of(Parts { made_from: MadeFrom::Import, ..parts(URL, content) }) };
    let recorded = world.ingest(import(on_topic(1))).await;
    assert_eq!((recorded.events, recorded.topics.len()), (0, 1));
    world.later(60);
    let mut edited = on_topic(1);
    edited.title = Some("Trade talks fail".to_owned());
    let revised = world.ingest(import(edited)).await;
    assert!(matches!(revised.outcome, Outcome::Revised { .. }));
    assert_eq!(revised.events, 0);
    assert_eq!(world.store.tracked(None, 10).await.unwrap(), []);
}

#[tokio::test]
async fn a_mute_holds_back_and_says_so() {
    let mute = Mute { source: Some(source()), ..Mute::default() };
    let world = World::asking(Ask { mutes: vec![mute], ..Ask::default() });
    assert_eq!(world.ingest(capture(URL, on_topic(1))).await.events, 0);
    let notes = &world.reader().explain(ArticleId(1)).unwrap().revisions[0].1;
    assert_eq!(notes, &["topic talks: a mute covers it"]);
}

#[tokio::test]
async fn a_block_that_the_site_turns_out_to_repeat_is_no_edit_when_it_falls_away() {
    let mut world = World::new();
    let promo = "Read more stories like this one in our weekly letter for members.";
    let with = |seed| {
        let mut content = on_topic(seed);
        content.blocks.push(Block { kind: BlockKind::Paragraph, text: promo.to_owned() });
        content
    };
    for seed in 0..3 {
        let edges = vec![crate::engine::page::block_hash(promo)];
        world.ingest(capture_of(Parts { edges, ..parts(&format!("https://a.test/{seed}"), with(seed)) })).await;
    }
    world.later(20);
    let again = world.ingest(capture("https://a.test/0", on_topic(0))).await;
    assert_eq!(again.outcome, Outcome::Cosmetic { rule: "boilerplate".to_owned() });
    assert_eq!(world.reader().suppressed(ArticleId(1)).unwrap()[0].rule, "boilerplate");
}

#[tokio::test]
async fn the_age_for_rechecks_starts_again_with_a_real_change() {
    let mut world = World::new();
    let id = world.ingest(capture(URL, on_topic(1))).await.article.unwrap();
    world.later(24 * 60);
    world.see(id, Seen::NotModified { validators: Validators::default() }).await;
    let due = world.store.tracked(None, 1).await.unwrap()[0].due;
    assert_eq!(due.duration_since(world.now), SignedDuration::from_hours(2));
    let mut edited = on_topic(1);
    edited.title = Some("Trade talks fail".to_owned());
    world.ingest(capture(URL, edited)).await;
    let due = world.store.tracked(None, 1).await.unwrap()[0].due;
    assert_eq!(due.duration_since(world.now), SignedDuration::from_mins(15));
}

#[tokio::test]
async fn an_article_that_only_shares_text_with_a_told_story_is_told_itself() {
    let mut world = World::new();
    let shared = filler(5, 60);
    let with = |seed: usize| {
        content("Trade talks", &["The talks went on.", &filler(seed, 400), &shared, &filler(seed + 50, 300)])
    };
    world.ingest(capture(URL, with(1))).await;
    world.later(5);
    let other = world.ingest(capture("https://b.test/other", with(2))).await;
    assert_eq!(other.events, 1);
    assert_eq!(world.reader().stories(2, None).unwrap(), []);
}

#[tokio::test]
async fn a_full_answer_without_validators_has_none() {
    let mut world = World::new();
    let id = world.ingest(capture(URL, on_topic(1))).await.article.unwrap();
    assert_eq!(etag(&world).await.as_deref(), Some("\"1\""));
    world.later(20);
    world.see(id, Seen::NotModified { validators: Validators::default() }).await;
    assert_eq!(etag(&world).await.as_deref(), Some("\"1\""));
    world.later(20);
    let mut bare = capture(URL, on_topic(1));
    bare.page.as_mut().unwrap().validators = Validators::default();
    world.ingest(bare).await;
    assert_eq!(etag(&world).await, None);
}

async fn etag(world: &World) -> Option<String> {
    world.store.tracked(None, 1).await.unwrap().remove(0).validators.etag
}

#[tokio::test]
async fn a_passing_redirect_to_another_article_is_doubted_before_it_is_a_move() {
    let mut world = World::new();
    let id = world.ingest(capture(URL, on_topic(1))).await.article.unwrap();
    let other = world.ingest(capture("https://a.test/other", on_topic(2))).await.article.unwrap();
    let led = || Capture { article: Some(id), ..capture("https://a.test/other", on_topic(2)) };
    world.later(20);
    assert_eq!(world.ingest(led()).await.outcome, Outcome::Suspect { reason: "elsewhere".to_owned() });
    world.later(3);
    assert_eq!(world.ingest(led()).await.outcome, Outcome::Moved { into: other });
    let article = world.reader().article(id).unwrap();
    assert_eq!((article.status, article.revisions), (ArticleStatus::Moved, 1));
}

/// Makes the store believe that an older extractor read everything.
#[expect(clippy::disallowed_methods, reason = "the store has no way to lie about itself")]
fn as_by_an_older_extractor(world: &World) {
    let connection = rusqlite::Connection::open(world.store.path()).unwrap();
    connection.execute("UPDATE revision SET extractor = extractor - 1", []).unwrap();
}

#[tokio::test]
async fn what_a_newer_extractor_reads_otherwise_is_no_edit() {
    let mut world = World::new();
    let stored = content("Trade talks resume", &["The harbour master was not there.", &filler(1, 120)]);
    let reread = content("Trade talks resume", &[&filler(1, 120)]);
    world.ingest(capture(URL, stored)).await;
    as_by_an_older_extractor(&world);
    world.later(20);
    let told = world.told().len();

    let asked = world.store.ingest(capture(URL, reread.clone()), Arc::clone(&world.topics), world.now).await.unwrap();
    assert!(matches!(asked, Ingested::ReadOtherwise(_)), "the old page is asked for: {asked:?}");
    let again = |now: &Content| Capture { reread: Reread::Read(Box::new(reread.clone())), ..capture(URL, now.clone()) };
    let recorded = world.ingest(again(&reread)).await;
    assert_eq!((recorded.outcome, recorded.events), (Outcome::Reextracted, 0));
    assert_eq!(world.told().len(), told);
    world.later(20);
    let same = world.ingest(capture(URL, reread.clone())).await;
    assert_eq!(same.outcome, Outcome::Unchanged, "the technical revision is by this extractor");
}

#[tokio::test]
async fn an_edit_is_told_apart_from_what_a_newer_extractor_reads_otherwise() {
    let mut world = World::new();
    world
        .ingest(capture(URL, content("Trade talks resume", &["The harbour master was not there.", &filler(1, 120)])))
        .await;
    as_by_an_older_extractor(&world);
    world.later(20);
    let reread = content("Trade talks resume", &[&filler(1, 120)]);
    let edited = content("Trade talks end", &[&filler(1, 120)]);
    let recorded = world.ingest(Capture { reread: Reread::Read(Box::new(reread)), ..capture(URL, edited) }).await;
    let Outcome::Revised { kinds, .. } = recorded.outcome else { panic!("{recorded:?}") };
    assert_eq!(kinds, [ChangeKind::Headline], "the line that is not read any more is no part of the edit");
}
