//! Plans without a database.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use proptest::prelude::*;

use super::known::{KnownArticle, PastRevision};
use super::*;
use crate::engine::candidate::{EXTRACTOR_VERSION, MadeFrom, Parts, Suspicion};
use crate::engine::query::{Query, Terms, TopicSet, TopicSpec, Weights};
use crate::engine::revision;
use crate::engine::route::{ChannelRule, OncePer, TopicOn, TopicRule, Topics};
use crate::engine::schedule::{RecheckRules, RecheckSchedule};
use crate::model::article::{ArticleStatus, Block, BlockKind, Content};
use crate::model::channel::ChannelKind;
use crate::model::ids::{ChannelId, StoryId};
use crate::model::record::ArticleRecord;
use crate::model::time::Timestamp;
use crate::model::topic::TopicMatch;
use crate::model::url::{CanonicalUrl, WebUrl};

fn noon() -> Timestamp {
    "2026-06-15T12:00:00Z".parse().unwrap()
}

fn minutes(minutes: i64) -> Timestamp {
    noon().checked_add(SignedDuration::from_mins(minutes)).unwrap()
}

fn topics() -> Topics {
    let terms = Terms::compile(BTreeMap::new()).unwrap();
    let id = TopicId::new("talks").unwrap();
    let spec = TopicSpec {
        id: id.clone(),
        query: Arc::new(Query::compile("talks", &terms).unwrap()),
        min_score: 0.0,
        weights: Weights::default(),
        sources: Vec::new(),
        languages: Vec::new(),
    };
    let hook = ChannelId::new("hook").unwrap();
    let rule = TopicRule {
        id: id.clone(),
        name: "Talks".to_owned(),
        min_significance: 0.0,
        once_per: OncePer::Story,
        notify: vec![hook.clone()],
        on: vec![TopicOn::Match, TopicOn::Revision, TopicOn::Gone],
    };
    let channel = ChannelRule {
        id: hook.clone(),
        kind: ChannelKind::Webhook,
        immediate: crate::engine::route::Immediate::default(),
        sources: false,
        channels: false,
    };
    Topics {
        set: TopicSet::build(std::iter::once(spec)),
        rules: BTreeMap::from([(id, rule)]),
        channels: BTreeMap::from([(hook, channel)]),
        mutes: Vec::new(),
        wayback: false,
        recheck: RecheckRules {
            schedule: RecheckSchedule::parse(&["15m until 5h".to_owned()]).unwrap(),
            on_topic_until: SignedDuration::from_hours(24),
            on_topic_every: SignedDuration::from_hours(2),
        },
    }
}

fn content(title: &str, paragraphs: &[&str]) -> Content {
    let block = |text: &&str| Block { kind: BlockKind::Paragraph, text: (*text).to_owned() };
    Content { title: Some(title.to_owned()), blocks: paragraphs.iter().map(block).collect(), ..Content::default() }
}

fn article() -> Content {
    content(
        "Trade talks resume",
        &[
            "The two delegations resumed their talks in Geneva on Monday after a break of three weeks.",
            "“We are close,” the minister said. She named no date for the signing of an agreement.",
        ],
    )
}

fn capture(content: Content, suspicion: Option<Suspicion>) -> Capture {
    let url = WebUrl::parse("https://a.test/talks").unwrap();
    let parts = Parts {
        content,
        canonical: CanonicalUrl::from_canonical(url.clone()),
        url,
        elsewhere: None,
        edges: Vec::new(),
        suspicion,
        made_from: MadeFrom::Page,
    };
    Capture {
        source: SourceId::new("wire").unwrap(),
        source_name: "The Wire".to_owned(),
        entry: None,
        article: None,
        candidate: Candidate::assemble(parts),
        page: None,
        backlog: Backlog::Notify,
        asked_by: crate::engine::ingest::AskedBy::Schedule,
        reread: crate::engine::ingest::Reread::NotAsked,
        jitter: 0.0,
    }
}

/// The article as it stands after its first capture at noon.
fn known() -> Known {
    let content = article();
    let record = ArticleRecord {
        id: ArticleId(7),
        source: SourceId::new("wire").unwrap(),
        url: "https://a.test/talks".to_owned(),
        canonical_url: "https://a.test/talks".to_owned(),
        story: StoryId(3),
        title: content.title.clone(),
        authors: Vec::new(),
        published: None,
        language: None,
        status: ArticleStatus::Live,
        first_seen: noon(),
        last_checked: noon(),
        revisions: 1,
    };
    let found = TopicMatch { topic: TopicId::new("talks").unwrap(), score: 0.5, evidence: Vec::new() };
    let article = KnownArticle {
        site: "a.test".to_owned(),
        hash: revision::chain(None, "https://a.test/talks", RevisionNumber(1), noon(), &content),
        extractor: 1,
        repeated: Vec::new(),
        history: vec![PastRevision {
            number: RevisionNumber(1),
            at: noon(),
            shown: shown(&content),
            title: content.title.clone(),
        }],
        last_change: None,
        matches: vec![found],
        suspect: None,
        gone_since: None,
        blocked: false,
        content: content.into(),
        record,
    };
    Known { article: Some(article), next_article: 8, next_story: 4, ..Known::default() }
}

/// What a plan changes, a line each.
fn render(plan: &Plan) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &dyn std::fmt::Debug| writeln!(text, "{name}: {value:?}").unwrap();
    line("article", &plan.article);
    line("outcome", &plan.outcome);
    line("row", &plan.row);
    if let Some(new) = &plan.revision {
        line("revision", &(new.number, &new.kinds, new.acknowledged, new.flip_of));
    }
    if let Some(held) = &plan.suppressed {
        line("held back", &(&held.rule, &held.added, &held.removed));
    }
    if let Some(story) = &plan.story {
        line("story", &(story.story, story.fresh, &story.absorbed, story.origin, &story.reason));
    }
    for change in plan.matches.iter().flat_map(|matches| &matches.changes) {
        line("topic", &(change.found.topic.as_str(), change.transition));
    }
    for planned in &plan.events {
        let ways: Vec<_> = planned.sends.iter().map(|send| (send.channel.as_str(), send.soon)).collect();
        line("event", &(planned.event.kind.as_str(), ways));
    }
    line("next check", &plan.next_check.map(|at| at.duration_since(noon())));
    line("notes", &plan.notes);
    line("entry failed", &plan.entry_failed);
    text
}

fn decided(known: &Known, capture: &Capture, now: Timestamp) -> String {
    render(&decide(known, capture, &topics(), now))
}

#[test]
fn a_first_capture_is_a_new_article_in_a_story_of_its_own() {
    let known = Known { next_article: 8, next_story: 4, ..Known::default() };
    insta::assert_snapshot!(decided(&known, &capture(article(), None), noon()));
}

#[test]
fn an_edited_quotation_is_a_revision() {
    let mut edited = article();
    edited.blocks[1].text =
        "“We are far apart,” the minister said. She named no date for the signing of an agreement.".to_owned();
    insta::assert_snapshot!(decided(&known(), &capture(edited, None), minutes(30)));
}

#[test]
fn a_body_that_shrank_is_doubted_and_then_believed() {
    let mut known = known();
    let long = "The talks, the ministers said, would go on through the night and into the morning. ".repeat(20);
    Arc::make_mut(&mut known.article.as_mut().unwrap().content).blocks[0].text = long;
    let stub = capture(content("Trade talks resume", &["Subscribe to read about the talks."]), None);
    insta::assert_snapshot!("shrunk_at_first_sight", decided(&known, &stub, minutes(15)));
    known.article.as_mut().unwrap().suspect = Some(("shrunk".to_owned(), minutes(15)));
    insta::assert_snapshot!("shrunk_at_second_sight", decided(&known, &stub, minutes(18)));
}

#[test]
fn a_challenge_page_changes_nothing_but_the_observation() {
    let challenge = capture(Content::default(), Some(Suspicion::Blocked("a challenge".to_owned())));
    insta::assert_snapshot!(decided(&known(), &challenge, minutes(15)));
    insta::assert_snapshot!("challenge_at_first_capture", decided(&Known::default(), &challenge, minutes(15)));
}

proptest! {
    #[test]
    fn what_is_known_already_makes_no_event_and_no_revision(after in 1_i64..100_000) {
        let plan = decide(&known(), &capture(article(), None), &topics(), minutes(after));
        prop_assert_eq!(&plan.outcome, &Outcome::Unchanged);
        prop_assert!(plan.events.is_empty() && plan.told.is_empty() && plan.revision.is_none());
        prop_assert!(plan.next_check.is_none_or(|next| next > minutes(after)));
    }

    #[test]
    fn the_same_inputs_give_the_same_plan(words in "[a-z]{1,8}( [a-z]{1,8}){0,40}", after in 1_i64..10_000) {
        let capture = capture(content("Trade talks", &[&words]), None);
        let plan = || decide(&known(), &capture, &topics(), minutes(after));
        prop_assert_eq!(plan(), plan());
    }
}

#[test]
fn a_page_is_read_anew_where_a_difference_may_be_the_readers() {
    let edited = content("Trade talks resume", &["The two delegations left Geneva on Monday, and named no date."]);
    for (what, content, repeated, extractor, expected) in [
        ("read in the same way", &edited, vec![], EXTRACTOR_VERSION, false),
        ("read by an older extractor", &edited, vec![], EXTRACTOR_VERSION - 1, true),
        ("something was left out then that is not now", &edited, vec![7], EXTRACTOR_VERSION, true),
        ("nothing differs", &article(), vec![7], EXTRACTOR_VERSION, false),
    ] {
        let mut known = known();
        let article = known.article.as_mut().unwrap();
        (article.repeated, article.extractor) = (repeated, extractor);
        let capture = capture(content.clone(), None);
        assert_eq!(asks_to_reread(&known, &capture), expected, "{what}");
        let reread = Capture { reread: Reread::Lost, ..capture };
        assert!(!asks_to_reread(&known, &reread), "{what}, and asked once");
    }
}
