//! The texts that a decision compares, found by the keys they have in common. Each content is read once a decision.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{Connection, params};

use super::blobs;
use super::error::Answer;
use super::load::holder;
use super::value::{at, signed};
use crate::engine::crosspost::StoryDecision;
use crate::engine::fingerprint::fingerprint;
use crate::engine::ingest::Capture;
use crate::engine::ingest::known::KnownText;
use crate::model::article::Content;
use crate::model::ids::{ArticleId, RevisionNumber, StoryId};

/// Articles under one key of the index that are looked at: a key that more have is some boilerplate's.
const BAND_ARTICLES: u32 = 48;

/// Texts that share so many keys with a capture are compared with it however many other texts have those keys: a text
/// that half the press copied has no rare ones.
const MANY_KEYS: usize = 3;

/// A shared key counts as one by the number of articles that have it: a turn of phrase that stands in thousands of texts
/// tells nothing of two of them. Texts that share fewer than [`MANY_KEYS`] are compared from this sum on.
const TELLING_WEIGHT: f64 = 0.2;

/// Texts that share a single key with a capture are compared up to this many.
const LONE_KEY_MAX: usize = 3;

/// Articles that share a single key whose length is looked at.
const LONE_KEY_LOOKS: usize = 12;

/// Of two texts that share a single key, the shorter is at most this share of the longer. The keys of two texts of one
/// length cover the same part of the order of hashes: copies of at least half the text share seven of fifteen, and one or
/// none less than once in a thousand; an excerpt shares fewer the shorter it is.
const LONE_KEY_LENGTH: f64 = 0.6;

/// Below so many bytes the length of a stored content says little about its text's.
const TELLING_BYTES: usize = 2_000;

/// Articles whose texts are compared with a new one, those with the most keys in common first.
const SIMILAR_MAX: usize = 16;

/// Older revisions of one article that are compared too: a copy made before an edit is like one of them.
const OLDER_REVISIONS: u32 = 3;

/// Texts are compared up to so many bytes together, some 15,000 words: sixteen news reports, or a few books' chapters. It
/// bounds the time of a decision.
const COMPARED_BYTES: usize = 96 * 1024;

/// So many are compared however long they are.
const COMPARED_MIN: usize = 4;

/// Contents read for one decision.
pub(super) struct Texts<'a> {
    connection: &'a Connection,
    read: HashMap<(i64, u32), Arc<Content>>,
}

impl<'a> Texts<'a> {
    pub(super) fn new(connection: &'a Connection) -> Self {
        Self { connection, read: HashMap::new() }
    }

    pub(super) fn connection(&self) -> &'a Connection {
        self.connection
    }

    /// One revision's content.
    pub(super) fn content(&mut self, article: i64, number: u32) -> Answer<Arc<Content>> {
        if let Some(content) = self.read.get(&(article, number)) {
            return Ok(Arc::clone(content));
        }
        let content = Arc::new(blobs::content(self.connection, article, number)?);
        self.read.insert((article, number), Arc::clone(&content));
        Ok(content)
    }

    /// An article's newest text.
    pub(super) fn newest(&mut self, article: i64) -> Answer<KnownText> {
        let (story, site, url, elsewhere, first_seen, revisions) = self
            .connection
            .prepare_cached(
                "SELECT story, site, canonical, elsewhere, first_seen, revisions FROM article WHERE id = ?1",
            )?
            .query_row([article], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
            })?;
        Ok(KnownText {
            article: ArticleId(article),
            revision: RevisionNumber(revisions),
            story: StoryId(story),
            site,
            url,
            elsewhere,
            content: self.content(article, revisions)?,
            first_seen: at(first_seen),
        })
    }

    /// The texts worth comparing: those that share keys, the exact text, or an address across sites; the newest of each
    /// article first, then older ones.
    pub(super) fn similar(&mut self, capture: &Capture, own: Option<i64>) -> Answer<Vec<KnownText>> {
        let mut shared = sharing(self.connection, capture.candidate.probes())?;
        certain(self.connection, capture, &mut shared)?;
        let found = ranked(shared, &[own]);
        let lone = found.iter().position(|(_, shared)| shared.keys == 1).unwrap_or(found.len());
        let mut chosen: Vec<i64> = found.iter().take(lone.min(SIMILAR_MAX)).map(|(article, _)| *article).collect();
        let most = SIMILAR_MAX.min(chosen.len() + LONE_KEY_MAX);
        for (article, _) in found.iter().skip(lone).take(LONE_KEY_LOOKS) {
            if chosen.len() < most && may_be_excerpt(self.connection, capture, *article)? {
                chosen.push(*article);
            }
        }
        let mut bounded = self.newest_of(chosen)?;
        for newest in bounded.texts.clone() {
            let last = newest.revision.0;
            for number in (last.saturating_sub(OLDER_REVISIONS).max(1)..last).rev() {
                if bounded.is_full() {
                    return Ok(bounded.texts);
                }
                let content = self.content(newest.article.0, number)?;
                bounded.add(KnownText { revision: RevisionNumber(number), content, ..newest.clone() });
            }
        }
        Ok(bounded.texts)
    }

    /// The texts that hold a candidate and whose company bears on the decision: the one it would join, those whose stories
    /// it would merge, and those that stand in a story with others, where they may not belong.
    pub(super) fn holders(&self, decision: &StoryDecision) -> Answer<Vec<ArticleId>> {
        let mut shares_story = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM article a JOIN article b ON b.story = a.story AND b.id <> a.id WHERE a.id = ?1)",
        )?;
        let mut holders: Vec<ArticleId> = decision.joined_holder().into_iter().collect();
        let merges = |story: &StoryId| decision.join.as_ref().is_some_and(|join| join.merge.contains(story));
        for (holder, story) in &decision.holders {
            if merges(story) || shares_story.query_row([holder.0], |row| row.get(0))? {
                holders.push(*holder);
            }
        }
        Ok(holders)
    }

    /// The newest texts of other articles that a stored one is like, but for one article's.
    pub(super) fn company(&mut self, of: ArticleId, but: Option<i64>) -> Answer<Vec<KnownText>> {
        let text = self.newest(of.0)?;
        let shared = sharing(self.connection, &fingerprint(&text.content).probes)?;
        let found = ranked(shared, &[Some(of.0), but]);
        Ok(self.newest_of(found.into_iter().take(SIMILAR_MAX).map(|(article, _)| article))?.texts)
    }

    /// The newest texts of these articles in their order, as far as they are compared together.
    fn newest_of(&mut self, articles: impl IntoIterator<Item = i64>) -> Answer<Bounded> {
        let mut bounded = Bounded::default();
        for article in articles {
            if bounded.is_full() {
                break;
            }
            bounded.add(self.newest(article)?);
        }
        Ok(bounded)
    }
}

/// The articles that share something telling, the most alike first, but for some.
fn ranked(shared: HashMap<i64, Shared>, but: &[Option<i64>]) -> Vec<(i64, Shared)> {
    let mut found: Vec<(i64, Shared)> = shared.into_iter().collect();
    found.retain(|(article, shared)| !but.contains(&Some(*article)) && shared.is_telling());
    found.sort_unstable_by(|(one, a), (other, b)| {
        b.keys.cmp(&a.keys).then(b.weight.total_cmp(&a.weight)).then(one.cmp(other))
    });
    found
}

/// Texts up to a sum of lengths.
#[derive(Debug, Default)]
struct Bounded {
    texts: Vec<KnownText>,
    bytes: usize,
}

impl Bounded {
    fn is_full(&self) -> bool {
        self.texts.len() >= COMPARED_MIN && self.bytes >= COMPARED_BYTES
    }

    fn add(&mut self, text: KnownText) {
        self.bytes += text.content.blocks.iter().map(|block| block.text.len()).sum::<usize>();
        self.texts.push(text);
    }
}

/// What an article has in common with a capture.
#[derive(Debug, Clone, Copy, Default)]
struct Shared {
    /// How many keys.
    keys: usize,
    /// The same, each counted by its rarity.
    weight: f64,
}

impl Shared {
    fn is_telling(self) -> bool {
        self.keys >= MANY_KEYS || self.weight >= TELLING_WEIGHT
    }
}

/// Articles that have some of the keys.
fn sharing(connection: &Connection, probes: &[u64]) -> Answer<HashMap<i64, Shared>> {
    let mut shared: HashMap<i64, Shared> = HashMap::new();
    let mut by_band =
        connection.prepare_cached("SELECT article FROM band WHERE key = ?1 ORDER BY article DESC LIMIT ?2")?;
    for band in probes {
        let found: Vec<i64> =
            by_band.query_map(params![signed(*band), BAND_ARTICLES], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let weight = 1.0 / found.len().max(1) as f64;
        for article in found {
            let one = shared.entry(article).or_default();
            one.keys += 1;
            one.weight += weight;
        }
    }
    Ok(shared)
}

/// Adds those that are certainly worth a look: they share more than all.
fn certain(connection: &Connection, capture: &Capture, shared: &mut HashMap<i64, Shared>) -> Answer<()> {
    let candidate = &capture.candidate;
    let certain = Shared { keys: candidate.probes().len() + 1, weight: 1.0 };
    if candidate.exact() != 0 {
        let mut exact = connection.prepare_cached("SELECT id FROM article WHERE exact = ?1 ORDER BY id LIMIT ?2")?;
        for article in exact.query_map(params![signed(candidate.exact()), BAND_ARTICLES], |row| row.get::<_, i64>(0))? {
            shared.insert(article?, certain);
        }
    }
    if let Some(elsewhere) = candidate.elsewhere()
        && let Some(article) = holder(connection, elsewhere)?
    {
        shared.insert(article, certain);
    }
    let mut pointing = connection.prepare_cached("SELECT id FROM article WHERE elsewhere = ?1 ORDER BY id LIMIT ?2")?;
    for article in pointing.query_map(params![candidate.canonical().as_str(), BAND_ARTICLES], |row| row.get(0))? {
        shared.insert(article?, certain);
    }
    Ok(())
}

/// Whether the lengths of a capture and of an article that shares one key with it allow one to be a part of the other.
fn may_be_excerpt(connection: &Connection, capture: &Capture, article: i64) -> Answer<bool> {
    let own = capture.candidate.content().blocks.iter().map(|block| block.text.len()).sum();
    Ok(fit_as_part(own, blobs::content_bytes(connection, article)?))
}

fn fit_as_part(one: usize, other: usize) -> bool {
    let (shorter, longer) = (one.min(other), one.max(other));
    shorter < TELLING_BYTES || (shorter as f64) < longer as f64 * LONE_KEY_LENGTH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_common_turn_of_phrase_tells_nothing() {
        for (keys, articles_each, expected) in
            [(1, 1, true), (1, 5, true), (1, 6, false), (2, 10, true), (2, 48, false), (3, 48, true)]
        {
            let weight = f64::from(keys) / f64::from(articles_each);
            let shared = Shared { keys: usize::try_from(keys).unwrap(), weight };
            assert_eq!(shared.is_telling(), expected, "{keys} keys of {articles_each} articles each");
        }
    }

    #[test]
    fn texts_of_about_one_length_need_more_than_one_key_in_common() {
        for (one, other, worth_it) in [
            (4_000, 4_200, false),
            (4_000, 2_500, false),
            (4_000, 2_300, true),
            (9_000, 3_000, true),
            (3_000, 9_000, true),
            (900, 1_000, true),
        ] {
            assert_eq!(fit_as_part(one, other), worth_it, "{one} and {other} bytes");
        }
    }
}
