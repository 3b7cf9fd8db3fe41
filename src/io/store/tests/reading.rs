//! Export, search, verify, prune, backup.

use super::*;
use crate::engine::candidate::EXTRACTOR_VERSION;
use crate::io::store::Derived;
use crate::model::record::Record;

fn export(reader: &Reader, now: Timestamp) -> Vec<serde_json::Value> {
    let mut lines = Vec::new();
    let mut each = |record: &Record| {
        lines.push(serde_json::to_value(record).unwrap());
        Ok(())
    };
    reader.export(&ArticleFilter::default(), now, &mut each).unwrap();
    lines
}

#[tokio::test]
async fn the_export_has_the_lines_of_the_contract() {
    let mut world = World::new();
    sources::add_source(&world).await;
    world.ingest(capture("https://a.test/1", on_topic(1))).await;
    world.later(20);
    let mut edited = on_topic(1);
    edited.title = Some("Trade talks fail".to_owned());
    world.ingest(capture("https://a.test/1", edited)).await;
    let lines = export(&world.reader(), world.now);
    let kinds: Vec<_> = lines.iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["source", "article", "revision", "revision", "story", "match", "delivery", "delivery"]);
    let keys = |line: &serde_json::Value| line.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(
        keys(&lines[1]),
        "kind id source url canonical_url story title authors published language status first_seen last_checked revisions"
    );
    assert!(keys(&lines[3]).starts_with(
        "kind article number at title text change acknowledged added_words removed_words sha256 previous_sha256"
    ));
    assert_eq!(keys(&lines[4]), "kind id origin articles confidence");
    assert_eq!(keys(&lines[5]), "kind topic article revision score evidence");
    assert!(keys(&lines[6]).starts_with("kind id channel type events status attempts last_error delivered_at"));
    assert_eq!(lines[3]["change"], serde_json::json!(["headline"]));
    assert_eq!(lines[3]["previous_sha256"], lines[2]["sha256"]);
}

#[tokio::test]
async fn a_search_finds_the_newest_text_whatever_is_typed() {
    let mut world = World::new();
    world.ingest(capture("https://a.test/1", content("Café", &["Les négociations à Genève.", &filler(1, 30)]))).await;
    world.ingest(capture("https://a.test/2", content("外交", &["两国在北京举行会谈。", &filler(2, 30)]))).await;
    let reader = world.reader();
    let ids =
        |query: &str| reader.search(query, 10).unwrap().into_iter().map(|hit| hit.article.id.0).collect::<Vec<_>>();
    assert_eq!(ids("negociations"), [1]);
    assert_eq!(ids("title:cafe"), [1]);
    assert_eq!(ids("北京"), [2]);
    assert_eq!(ids("nothing"), Vec::<i64>::new());
    assert_eq!(ids("\" NEAR( OR \" genève"), Vec::<i64>::new());
    assert!(reader.search("北京", 1).unwrap()[0].snippet.contains("[北京]"));
    assert!(matches!(reader.search("()", 10), Err(StoreError::Refused(_))));
    world.later(20);
    world.ingest(capture("https://a.test/1", content("Café", &["Les discussions à Genève.", &filler(1, 30)]))).await;
    assert_eq!(ids("negociations"), Vec::<i64>::new());
    assert_eq!(ids("discussions"), [1]);
}

#[tokio::test]
async fn verify_follows_the_chain_and_names_what_was_tampered_with() {
    let mut world = World::new();
    for turn in 0..4 {
        let mut text = on_topic(1);
        text.title = Some(format!("Trade talks, day {turn}"));
        world.ingest(capture("https://a.test/1", text)).await;
        world.later(20);
    }
    let reader = world.reader();
    let right = |derivation: Derivation<'_>| {
        let text = String::from_utf8(derivation.page.body.to_vec()).unwrap();
        let paragraphs: Vec<&str> = text.split("\n\n").collect();
        let content = Content { title: None, ..content("", &paragraphs) };
        Some(Derived { content, extractor: EXTRACTOR_VERSION })
    };
    let verified = reader.verify(None, &|_| None).unwrap();
    assert_eq!((verified.articles, verified.revisions, verified.problems), (1, 4, Vec::new()));
    let verified = reader.verify(Some(ArticleId(1)), &right).unwrap();
    assert_eq!(verified.derived, 4);
    assert_eq!(verified.problems[0].reason, "its stored page gives another text");
    let by_other_rules = |derivation: Derivation<'_>| right(derivation).map(|one| Derived { extractor: 1 << 8, ..one });
    let verified = reader.verify(None, &by_other_rules).unwrap();
    assert_eq!((verified.derived, verified.other_extractor, verified.problems), (0, 4, Vec::new()));

    let path = world.store.path().to_path_buf();
    let raw = schema::open_writer(&path).unwrap();
    for (tamper, mend, reason) in [
        (
            "UPDATE page SET hash = zeroblob(32) WHERE id = 1",
            "UPDATE page SET hash = (SELECT kept FROM spare) WHERE id = 1",
            "its stored page is not what was kept (its hash differs)",
        ),
        (
            "UPDATE revision SET title = 'Trade talks fail' WHERE number = 2",
            "UPDATE revision SET title = 'Trade talks, day 1' WHERE number = 2",
            "its headline in lists is not that of its content",
        ),
    ] {
        raw.execute_batch("CREATE TEMP TABLE IF NOT EXISTS spare AS SELECT hash AS kept FROM page WHERE id = 1")
            .unwrap();
        raw.execute(tamper, []).unwrap();
        let problems = reader.verify(None, &|_| None).unwrap().problems;
        assert!(problems.iter().any(|problem| problem.reason == reason), "{problems:?}");
        raw.execute(mend, []).unwrap();
        assert_eq!(reader.verify(None, &|_| None).unwrap().problems, []);
    }
    raw.execute("UPDATE revision SET at = at + 1000 WHERE number = 2", []).unwrap();
    let problems = reader.verify(None, &|_| None).unwrap().problems;
    assert_eq!(problems.iter().map(|problem| problem.revision.0).collect::<Vec<_>>(), [2]);
    raw.execute("DELETE FROM revision WHERE number = 3", []).unwrap();
    let problems = reader.verify(None, &|_| None).unwrap().problems;
    assert!(problems.iter().any(|problem| problem.reason == "revision 3 is missing before it"), "{problems:?}");
}

#[tokio::test]
async fn pruning_takes_old_pages_and_never_evidence_on_a_topic() {
    let mut world = World::new();
    world.ingest(capture("https://a.test/on", on_topic(1))).await;
    for seed in 10..16 {
        let off = content("Weather", &[&filler(seed, 200)]);
        world.ingest(capture(&format!("https://a.test/{seed}"), off)).await;
    }
    let one = crate::model::ids::RevisionNumber(1);
    world.later(60);
    let pruned = world.store.prune(all_before(world.now)).await.unwrap();
    assert_eq!(pruned.pages, 6);
    let reader = world.reader();
    assert!(reader.page(ArticleId(1), one).unwrap().is_some());
    assert!(reader.page(ArticleId(2), one).unwrap().is_none());
    assert_eq!(reader.verify(None, &|_| None).unwrap().problems, []);
    assert_eq!(reader.integrity().unwrap(), Vec::<String>::new());
}

fn all_before(now: Timestamp) -> Horizon {
    Horizon { pages: now, observations: now, suppressed: now }
}

#[tokio::test]
async fn pruning_keeps_the_looks_that_say_when_something_happened() {
    let mut world = World::new();
    let unchanged = || Seen::NotModified { validators: Validators::default() };
    let failed = || Seen::Failed { reason: "time-out".to_owned(), status: None, wait: None };
    for (url, text) in
        [("https://a.test/off", content("Weather", &[&filler(3, 200)])), ("https://a.test/on", on_topic(1))]
    {
        world.ingest(capture(url, text.clone())).await;
        let article = world.reader().find_article(url).unwrap();
        for _ in 0..3 {
            world.later(10);
            world.see(article, failed()).await;
            world.later(10);
            world.see(article, unchanged()).await;
        }
        for _ in 0..2 {
            world.later(10);
            world.see(article, Seen::Gone { status: 404 }).await;
        }
        world.later(10);
        world.see(article, failed()).await;
        world.later(10);
        // A difference that typesetting makes is held back.
        let mut typeset = text;
        typeset.blocks[0].text = typeset.blocks[0].text.replace(". ", ".  ").to_uppercase();
        world.ingest(capture(url, typeset)).await;
        for _ in 0..2 {
            world.later(10);
            world.see(article, failed()).await;
            world.later(10);
            world.see(article, unchanged()).await;
        }
    }
    let outcomes = |world: &World, article| -> Vec<String> {
        world.reader().observations(ArticleId(article)).unwrap().into_iter().map(|look| look.outcome).collect()
    };
    let (off, on) = (outcomes(&world, 1), outcomes(&world, 2));
    assert_eq!(off, on);
    world.later(60);
    let pruned = world.store.prune(all_before(world.now)).await.unwrap();
    let kept = outcomes(&world, 1);
    assert_eq!(off.len() - kept.len(), pruned.observations);
    assert!(pruned.observations >= 5, "{off:?} became {kept:?}");
    let told = |outcomes: &[String]| -> Vec<String> {
        outcomes
            .iter()
            .filter(|outcome| !["not-modified", "failed", "cosmetic", "unchanged"].contains(&outcome.as_str()))
            .cloned()
            .collect()
    };
    assert_eq!(told(&off), told(&kept));
    assert_eq!(kept.last(), off.last());
    assert_eq!(outcomes(&world, 2), on, "the topic's article was pruned");
    assert_eq!(world.store.prune(all_before(world.now)).await.unwrap().observations, 0);
}

#[tokio::test]
async fn held_back_differences_are_bounded_and_go_after_their_time() {
    let mut world = World::new();
    let text = |turn: usize| {
        let line = format!("{} views", 1_000 + turn);
        content("Weather", &[&filler(3, 200), &line])
    };
    for turn in 0..100 {
        world.ingest(capture("https://a.test/off", text(turn))).await;
        world.later(15);
    }
    let held = world.reader().suppressed(ArticleId(1)).unwrap();
    assert_eq!(held.len(), 64, "the newest are kept");
    assert_eq!(world.reader().article(ArticleId(1)).unwrap().revisions, 1);
    let pruned = world.store.prune(all_before(world.now)).await.unwrap();
    assert_eq!((pruned.suppressed, world.reader().suppressed(ArticleId(1)).unwrap().len()), (64, 0));
}

#[tokio::test]
async fn pages_of_one_site_are_stored_close_to_each_other_and_read_back() {
    let world = World::new();
    let chrome = filler(99, 3000);
    for seed in 0..5 {
        let mut one = capture(&format!("https://a.test/{seed}"), on_topic(seed));
        one.page.as_mut().unwrap().body = Bytes::from(format!("<nav>{chrome}</nav>{}", filler(seed, 100)));
        world.ingest(one).await;
    }
    let reader = world.reader();
    for seed in 0..5 {
        let page = reader.page(ArticleId(i64::try_from(seed).unwrap() + 1), crate::model::ids::RevisionNumber(1));
        let body = String::from_utf8(page.unwrap().unwrap().body.to_vec()).unwrap();
        assert_eq!(body, format!("<nav>{chrome}</nav>{}", filler(seed, 100)));
    }
    let sizes: (i64, i64) = reader
        .read(|connection| {
            Ok(connection.query_row("SELECT max(length(data)), min(length(data)) FROM page", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?)
        })
        .unwrap();
    assert!(sizes.1 * 5 < sizes.0, "{sizes:?}");
}

#[tokio::test]
async fn a_backup_is_whole_and_never_overwrites() {
    let world = World::new();
    world.ingest(capture("https://a.test/1", on_topic(1))).await;
    let target = world.directory.path().join("backup.db");
    world.store.backup(&target).await.unwrap();
    let copy = Reader::open(&target).unwrap();
    assert_eq!(export(&copy, world.now), export(&world.reader(), world.now));
    let again = world.store.backup(&target).await.unwrap_err().to_string();
    assert!(again.contains("a file of that name is there already"), "{again}");
}
