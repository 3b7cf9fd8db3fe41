//! What a capture's content is beside what was before: the revision it makes, the flip it is, the topics it enters.

use xxhash_rust::xxh3::xxh3_64;

use super::Capture;
use super::known::{Known, KnownArticle, PastRevision};
use super::plan::{NewRevision, TopicChange, Transition};
use crate::engine::candidate::Candidate;
use crate::engine::page::{block_hash, without};
use crate::engine::query::{Document, DocumentInput};
use crate::engine::revision::{self, Change};
use crate::engine::route::Topics;
use crate::model::article::{ChangeKind, Content};
use crate::model::ids::RevisionNumber;
use crate::model::record::ArticleRecord;
use crate::model::time::{SignedDuration, Timestamp};
use crate::model::topic::TopicMatch;

/// A content that was shown until this long ago and comes back flaps (an A/B headline, a block that comes and goes).
const FLAP_WINDOW: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A score that rises by this much has strengthened.
const STRENGTHENED_BY: f64 = 0.15;

/// A look at a known article.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'a> {
    pub known: &'a Known,
    pub article: &'a KnownArticle,
    pub capture: &'a Capture,
    pub topics: &'a Topics,
    pub now: Timestamp,
}

/// Equal for contents whose headline and body read the same.
pub fn shown(content: &Content) -> u64 {
    let mut text = content.title.clone().unwrap_or_default();
    text.push('\0');
    text.push_str(&content.text());
    xxh3_64(text.as_bytes())
}

pub(super) fn revision_of(case: Case<'_>, change: &Change, record: &ArticleRecord) -> NewRevision {
    let Case { article, capture, now, .. } = case;
    let content = capture.candidate.content();
    let number = RevisionNumber(record.revisions);
    let flip = flip_of(&article.history, content, &change.kinds);
    NewRevision {
        kinds: change.kinds.clone(),
        details: change.details.clone(),
        reasons: change.reasons.clone(),
        acknowledged: change.acknowledged,
        notice: change.notice.clone(),
        significance: change.significance,
        added_words: count(change.diff.added_words()),
        removed_words: count(change.diff.removed_words()),
        change_hash: change_hash(change),
        flip_of: flip.map(|(number, _)| number),
        flaps: flip.is_some_and(|(_, ended)| now.duration_since(ended) <= FLAP_WINDOW),
        ..link(Some(&article.hash), &capture.candidate, (record, number), content, now)
    }
}

/// The next link of an article's chain, with nothing said about what changed.
pub(super) fn link(
    previous: Option<&[u8; 32]>,
    candidate: &Candidate,
    (record, number): (&ArticleRecord, RevisionNumber),
    content: &Content,
    now: Timestamp,
) -> NewRevision {
    NewRevision {
        number,
        at: now,
        url: record.canonical_url.clone(),
        content: content.clone(),
        text_hash: revision::text_hash(content),
        hash: revision::chain(previous, &record.canonical_url, number, now, content),
        shown: shown(content),
        kinds: Vec::new(),
        details: Vec::new(),
        reasons: Vec::new(),
        acknowledged: false,
        notice: None,
        significance: 0.0,
        added_words: 0,
        removed_words: 0,
        change_hash: 0,
        flip_of: None,
        flaps: false,
        technical: false,
        made_from: candidate.made_from(),
        extractor: candidate.read_by(),
        repeated: candidate.repeated().to_vec(),
    }
}

/// The topics before and after.
pub(super) fn topic_changes(
    before: &[TopicMatch],
    capture: &Capture,
    record: &ArticleRecord,
    topics: &Topics,
) -> Vec<TopicChange> {
    let after = if topics.set.is_empty() {
        Vec::new()
    } else {
        topics.set.matches(&Document::new(DocumentInput {
            content: capture.candidate.content(),
            url: &record.url,
            source_id: capture.source.as_str(),
            source_name: &capture.source_name,
        }))
    };
    let was = |topic| before.iter().find(|found| found.topic == topic);
    let gone: Vec<TopicChange> = before
        .iter()
        .filter(|found| after.iter().all(|now| now.topic != found.topic))
        .map(|found| TopicChange { found: found.clone(), transition: Transition::Left })
        .collect();
    let now = after.into_iter().map(|found| {
        let transition = match was(found.topic.clone()) {
            None => Transition::Entered,
            Some(before) if found.score >= before.score + STRENGTHENED_BY => Transition::Strengthened,
            Some(_) => Transition::Held,
        };
        TopicChange { found, transition }
    });
    now.chain(gone).collect()
}

/// The earlier revision that a content goes back to, and until when that stood. A headline counts by itself: the body may
/// have moved on under an A/B test.
fn flip_of(history: &[PastRevision], content: &Content, kinds: &[ChangeKind]) -> Option<(RevisionNumber, Timestamp)> {
    let shown = shown(content);
    let headline_only = kinds == [ChangeKind::Headline];
    history
        .windows(2)
        .filter_map(|pair| match pair {
            [past, next] => Some((past, next.at)),
            _ => None,
        })
        .filter(|(past, _)| past.shown == shown || (headline_only && past.title == content.title))
        .map(|(past, ended)| (past.number, ended))
        .next_back()
}

/// The content before, without blocks that the site is by now known to repeat: their absence is no edit.
pub(super) fn without_learned(known: &Known, before: &Content, after: &Content) -> (Content, bool) {
    let reduced = without(before, |block| {
        known.learned.contains(&block_hash(&block.text)) && after.blocks.iter().all(|kept| kept.text != block.text)
    });
    let learned = reduced.blocks.len() < before.blocks.len();
    (reduced, learned)
}

fn change_hash(change: &Change) -> u64 {
    let mut text = String::new();
    for part in change.diff.added_texts().iter().chain(["\u{1}".to_owned()].iter()).chain(&change.diff.removed_texts())
    {
        text.push_str(part);
        text.push('\0');
    }
    xxh3_64(text.as_bytes())
}

fn count(words: usize) -> u32 {
    u32::try_from(words).unwrap_or(u32::MAX)
}
