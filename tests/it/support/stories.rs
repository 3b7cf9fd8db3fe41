//! Runs made texts through a store, in order: what it finds alike, what it asks of their company, what it joins, merges
//! and parts.

use std::sync::Arc;

use wirewatch::config::StoreConfig;
use wirewatch::engine::candidate::{Candidate, Given, GivenBody};
use wirewatch::engine::ingest::{AskedBy, Capture, Reread};
use wirewatch::engine::query::TopicSet;
use wirewatch::engine::route::{Backlog, Topics};
use wirewatch::engine::schedule::{RecheckRules, RecheckSchedule};
use wirewatch::io::store::Store;
use wirewatch::model::ids::{ArticleId, SourceId};
use wirewatch::model::time::{SignedDuration, Timestamp};
use wirewatch::model::url::WebUrl;

use super::copies::Made;

/// What became of a set.
pub(crate) struct Run<'a> {
    set: &'a [Made],
    story: Vec<i64>,
    evidence: Vec<String>,
}

/// Records each text in order, a day after the one before.
pub(crate) fn run(set: &[Made]) -> Run<'_> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let keep = SignedDuration::from_hours(24);
        let path = directory.path().join("store.db");
        let config = StoreConfig { path, keep_pages: keep, keep_observations: keep, keep_suppressed: keep };
        let store = Store::open(&config, Timestamp::UNIX_EPOCH).unwrap();
        let topics = Arc::new(topics());
        for (at, made) in set.iter().enumerate() {
            let now = Timestamp::from_second(i64::try_from(at).unwrap() * 86_400).unwrap();
            store.ingest(capture(made), Arc::clone(&topics), now).await.unwrap();
        }
        let reader = store.reader().unwrap();
        let articles = (1..=set.len()).map(|id| reader.article(ArticleId(i64::try_from(id).unwrap())).unwrap());
        let (mut story, mut evidence) = (Vec::new(), Vec::new());
        for (at, article) in articles.enumerate() {
            let members = reader.members(article.story).unwrap();
            let own = members.iter().find(|member| member.article.id == article.id).unwrap();
            story.push(article.story.0);
            evidence.push(own.copied.map_or_else(String::new, |copied| {
                let with = &set[usize::try_from(copied.0).unwrap() - 1];
                let relation = own.relation.map_or("", |relation| relation.as_str());
                format!("{} {relation} of {}: {}", set[at].kind, with.kind, own.evidence)
            }));
        }
        store.close().await;
        Run { set, story, evidence }
    })
}

fn capture(made: &Made) -> Capture {
    let url = WebUrl::parse(&made.url).unwrap();
    let text: Vec<&str> = made.content.blocks.iter().map(|block| block.text.as_str()).collect();
    let given = Given {
        url: &url,
        title: made.content.title.as_deref(),
        body: GivenBody::Text(&text.join("\n\n")),
        authors: &[],
        published: None,
        modified: None,
        language: Some("en"),
        tags: &[],
    };
    Capture {
        source: SourceId::new("made").unwrap(),
        source_name: "Made".to_owned(),
        entry: None,
        article: None,
        candidate: Candidate::from_import(&given),
        page: None,
        backlog: Backlog::Record,
        asked_by: AskedBy::Schedule,
        reread: Reread::NotAsked,
        jitter: 0.0,
    }
}

fn topics() -> Topics {
    let never = SignedDuration::from_hours(24);
    let schedule = RecheckSchedule::parse(&["15m until 5h".to_owned()]).unwrap();
    Topics {
        set: TopicSet::build(std::iter::empty()),
        rules: std::collections::BTreeMap::default(),
        channels: std::collections::BTreeMap::default(),
        mutes: Vec::new(),
        wayback: false,
        recheck: RecheckRules { schedule, on_topic_until: never, on_topic_every: never },
    }
}

impl Run<'_> {
    /// (true pairs joined, wrong pairs joined, true pairs).
    pub(crate) fn pairs(&self) -> (usize, usize, usize) {
        let (mut right, mut wrong, mut all) = (0, 0, 0);
        for one in 0..self.set.len() {
            for other in 0..one {
                let same = self.set[one].label == self.set[other].label;
                let joined = self.story[one] == self.story[other];
                all += usize::from(same);
                right += usize::from(same && joined);
                wrong += usize::from(!same && joined);
            }
        }
        (right, wrong, all)
    }

    pub(crate) fn precision(&self) -> f64 {
        let (right, wrong, _) = self.pairs();
        right as f64 / (right + wrong).max(1) as f64
    }

    pub(crate) fn recall(&self) -> f64 {
        let (right, _, all) = self.pairs();
        right as f64 / all.max(1) as f64
    }

    pub(crate) fn summary(&self) -> String {
        format!("precision {:.4}, recall {:.4}", self.precision(), self.recall())
    }

    /// Texts outside the largest story of their label, and wrong joins, by kind.
    pub(crate) fn problems(&self, most: usize) -> String {
        let mut out: Vec<String> = Vec::new();
        for one in 0..self.set.len() {
            let in_story = |other: &usize| self.story[*other] == self.story[one];
            let of_label = |other: &usize| self.set[*other].label == self.set[one].label;
            let all: Vec<usize> = (0..self.set.len()).collect();
            let together = all.iter().filter(|other| in_story(other) && of_label(other)).count();
            let label = all.iter().filter(|other| of_label(other)).count();
            let words: usize =
                self.set[one].content.blocks.iter().map(|block| block.text.split_whitespace().count()).sum();
            if together * 2 <= label && label > 1 {
                out.push(format!("apart: {} ({words} words, label {})", self.set[one].kind, self.set[one].label));
            }
            let strange: Vec<&str> =
                all.iter().filter(|o| in_story(o) && !of_label(o)).map(|o| self.set[*o].kind).collect();
            if !strange.is_empty() && label == 1 {
                out.push(format!(
                    "joined: {} ({words} words, label {}) with {:?}",
                    self.set[one].kind,
                    self.set[one].label,
                    &strange[..strange.len().min(4)]
                ));
                out.push(format!("joined: {} by {}", self.set[one].label, self.evidence[one]));
                let stories = (0..self.set.len())
                    .filter(|o| in_story(o) && self.evidence[*o].contains(&format!(" of {}:", self.set[one].kind)));
                out.extend(stories.map(|o| format!("joined: {} then {}", self.set[one].label, self.evidence[o])));
            }
        }
        out.sort();
        out.truncate(most);
        out.join("\n")
    }
}
