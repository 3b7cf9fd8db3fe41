//! The `data` object of events: everything a message needs, as it stands when the event is made.

use serde_json::{Value, json};

use super::known::KnownMember;
use super::plan::{Data, NewRevision, TopicChange};
use crate::engine::diff::Diff;
use crate::engine::revision::Detail;
use crate::engine::route::Topics;
use crate::model::article::Content;
use crate::model::ids::{ArticleId, TopicId};
use crate::model::record::ArticleRecord;
use crate::model::story::{Confidence, Relation};
use crate::model::time::Timestamp;

/// Characters of the body that a message shows.
const EXCERPT_CHARS: usize = 280;

/// Texts of a diff that an event lists each way; the diff itself is whole.
const DIFF_TEXTS_MAX: usize = 50;

/// Members of a story that an event lists.
const MEMBERS_MAX: usize = 50;

/// An article among its story, as it stands after the look that is decided on.
#[derive(Debug)]
pub(super) struct Scene<'a> {
    /// The article.
    pub record: ArticleRecord,
    /// Its source's name.
    pub source_name: &'a str,
    /// Its registrable domain.
    pub site: &'a str,
    /// Its newest content.
    pub content: &'a Content,
    /// How it relates to the story.
    pub relation: Option<Relation>,
    /// The story's other members.
    pub others: Vec<&'a KnownMember>,
    /// Whose text it is.
    pub origin: ArticleId,
    /// Why.
    pub reason: String,
    /// How sure.
    pub confidence: Confidence,
    /// When it was seen.
    pub now: Timestamp,
}

/// What every event about an article tells.
pub(super) fn article_data(scene: &Scene<'_>) -> Data {
    let mut data = Data::new();
    let mut article = serde_json::to_value(&scene.record).unwrap_or_default();
    if let Value::Object(article) = &mut article {
        article.insert("source_name".to_owned(), json!(scene.source_name));
        article.insert("site".to_owned(), json!(scene.content.site.as_deref().unwrap_or(scene.site)));
        article.insert("excerpt".to_owned(), json!(excerpt(&scene.content.text())));
    }
    data.insert("article".to_owned(), article);
    data
}

/// The topics an event is told for.
pub(super) fn add_topics(data: &mut Data, told: &[&TopicChange], rules: &Topics) {
    let name = |topic: &TopicId| rules.rules.get(topic).map_or_else(|| topic.to_string(), |rule| rule.name.clone());
    if let Some(first) = told.first() {
        data.insert("topic".to_owned(), json!(first.found.topic));
        data.insert("topic_name".to_owned(), json!(name(&first.found.topic)));
        data.insert("score".to_owned(), json!(first.found.score));
        data.insert("evidence".to_owned(), json!(first.found.evidence));
    }
    let all: Vec<Value> = told
        .iter()
        .map(|change| {
            json!({
                "id": change.found.topic, "name": name(&change.found.topic), "score": change.found.score,
                "transition": change.transition.as_str(), "evidence": change.found.evidence,
            })
        })
        .collect();
    data.insert("topics".to_owned(), Value::Array(all));
}

/// What a revision changed.
pub(super) fn add_revision(data: &mut Data, revision: &NewRevision, diff: &Diff) {
    let details: Vec<Value> = revision.details.iter().map(detail).collect();
    let value = json!({
        "number": revision.number, "previous": revision.number.0.saturating_sub(1), "at": revision.at,
        "change": revision.kinds, "acknowledged": revision.acknowledged, "notice": revision.notice,
        "added_words": revision.added_words, "removed_words": revision.removed_words,
        "significance": revision.significance, "reasons": revision.reasons, "details": details,
    });
    data.insert("revision".to_owned(), value);
    data.insert("diff".to_owned(), diff_value(diff));
}

fn detail(detail: &Detail) -> Value {
    json!({"kind": detail.kind, "before": detail.before, "after": detail.after, "speaker": detail.speaker})
}

fn diff_value(diff: &Diff) -> Value {
    let some = |texts: Vec<String>| texts.into_iter().take(DIFF_TEXTS_MAX).collect::<Vec<_>>();
    json!({
        "added": some(diff.added_texts()), "removed": some(diff.removed_texts()),
        "html": diff.to_html(), "text": diff.to_unified(),
    })
}

/// The story and its copies.
pub(super) fn add_story(data: &mut Data, scene: &Scene<'_>) {
    let own = member(
        &scene.record,
        [scene.source_name, scene.content.site.as_deref().unwrap_or(scene.site)],
        scene.relation,
        scene.record.id == scene.origin,
    );
    let mut articles: Vec<(Timestamp, Value)> = vec![(scene.record.first_seen, own)];
    for other in &scene.others {
        let site = other.text.content.site.as_deref().unwrap_or(&other.text.site);
        let value = member(&other.record, [&other.source_name, site], other.relation, other.record.id == scene.origin);
        articles.push((other.record.first_seen, value));
    }
    articles.sort_by_key(|(seen, _)| *seen);
    let articles: Vec<Value> = articles.into_iter().take(MEMBERS_MAX).map(|(_, value)| value).collect();
    let value = json!({
        "id": scene.record.story, "origin": scene.origin, "confidence": scene.confidence, "reason": scene.reason,
        "articles": articles,
    });
    data.insert("story".to_owned(), value);
}

fn member(record: &ArticleRecord, [source_name, site]: [&str; 2], relation: Option<Relation>, origin: bool) -> Value {
    json!({
        "id": record.id, "source": record.source, "source_name": source_name, "site": site, "title": record.title,
        "url": record.url, "published": record.published, "relation": relation, "origin": origin,
    })
}

/// The beginning of a text, cut at a word.
pub(super) fn excerpt(text: &str) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if flat.chars().count() <= EXCERPT_CHARS {
        return flat;
    }
    let cut: String = flat.chars().take(EXCERPT_CHARS).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    format!("{whole}…")
}
