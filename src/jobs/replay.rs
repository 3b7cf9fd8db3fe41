//! Tries ignore rules on what is stored: which revisions would not have been recorded under them. Changes nothing.

use std::collections::BTreeMap;

use regex::Regex;
use serde::Serialize;

use crate::config::{Config, SourceConfig};
use crate::engine::candidate::{Candidate, CandidateInput, is_ignored};
use crate::engine::replay::{Extent, Fate, Past, Replay};
use crate::io::store::{ArticleFilter, Reader, StoreError};
use crate::model::article::Content;
use crate::model::ids::{ArticleId, RevisionNumber, SourceId};
use crate::model::record::{ArticleRecord, RevisionRecord};
use crate::model::time::Timestamp;

/// Articles read from the store at once.
const BATCH: usize = 500;

/// Ignored lines that the summary quotes, those that most articles have.
const LINES_QUOTED: usize = 10;

/// Different ignored lines that are counted; a pattern that hits more is too wide for a summary anyway.
const LINES_COUNTED: usize = 10_000;

/// What to try.
#[derive(Debug)]
pub struct Trial<'a> {
    /// Articles of this source; of all where none is named.
    pub source: Option<&'a SourceId>,
    /// Patterns beside those of the config.
    pub ignore: &'a [Regex],
    /// Only revisions seen at or after this are told of.
    pub since: Option<Timestamp>,
}

/// A revision that would not be what it is.
#[derive(Debug, Serialize)]
pub struct Touched {
    /// Of which article.
    pub article: ArticleId,
    /// Its address.
    pub url: String,
    /// The revision.
    pub revision: RevisionNumber,
    /// When it was seen.
    pub at: Timestamp,
    /// `held-back` or `smaller`.
    pub fate: &'static str,
    /// What would have held it back.
    pub rule: Option<String>,
    /// As it was recorded.
    pub was: Extent,
    /// As it would have been; nothing where it would not have been recorded.
    pub would: Option<Extent>,
    /// Whether anybody was told of it.
    pub told: bool,
}

/// A line that would have been left out.
#[derive(Debug, Serialize, PartialEq, Eq)]
pub struct IgnoredLine {
    /// The line.
    pub text: String,
    /// Articles whose newest text has it.
    pub articles: u64,
}

/// What a trial came to.
#[derive(Debug, Default, Serialize)]
pub struct Tried {
    /// Articles looked at.
    pub articles: u64,
    /// Edits looked at: first captures and technical revisions are none.
    pub revisions: u64,
    /// Edits that would not have been recorded.
    pub held_back: u64,
    /// Edits that would have been smaller.
    pub smaller: u64,
    /// Of those held back, how many somebody was told of.
    pub told: u64,
    /// Articles of whose text nothing would have been left.
    pub emptied: u64,
    /// The lines that the patterns given beside the config's leave out, the commonest first.
    pub lines: Vec<IgnoredLine>,
}

/// Tries the rules; gives each revision that they touch to `each`.
pub fn run(
    config: &Config,
    reader: &Reader,
    trial: &Trial<'_>,
    each: &mut dyn FnMut(&Touched) -> std::io::Result<()>,
) -> Result<Tried, ReplayError> {
    let mut tried = Tried::default();
    let mut lines: BTreeMap<String, u64> = BTreeMap::new();
    let mut filter = ArticleFilter { source: trial.source.cloned(), limit: Some(BATCH), ..ArticleFilter::default() };
    loop {
        let articles = reader.articles(&filter)?;
        filter.offset += articles.len();
        for article in &articles {
            replay(config, reader, (article, trial), (&mut tried, &mut lines), each)?;
        }
        if articles.len() < BATCH {
            break;
        }
    }
    let mut lines: Vec<IgnoredLine> =
        lines.into_iter().map(|(text, articles)| IgnoredLine { text, articles }).collect();
    lines.sort_by(|a, b| b.articles.cmp(&a.articles).then_with(|| a.text.cmp(&b.text)));
    lines.truncate(LINES_QUOTED);
    Ok(Tried { lines, ..tried })
}

/// Why a trial stopped.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The store failed.
    #[error("the store cannot be read")]
    Store(#[from] StoreError),
    /// What was found could not be given on.
    #[error("the result cannot be written")]
    Write(#[from] std::io::Error),
}

fn replay(
    config: &Config,
    reader: &Reader,
    (article, trial): (&ArticleRecord, &Trial<'_>),
    (tried, lines): (&mut Tried, &mut BTreeMap<String, u64>),
    each: &mut dyn FnMut(&Touched) -> std::io::Result<()>,
) -> Result<(), ReplayError> {
    let source = config.sources.iter().map(AsRef::as_ref).find(|source: &&SourceConfig| source.id == article.source);
    let known = source.map_or(&[][..], |source| source.ignore.as_slice());
    let ignore: Vec<Regex> = known.iter().chain(trial.ignore).cloned().collect();
    tried.articles += 1;
    let newest = reader.content(article.id, None)?;
    count_lines(&newest, trial.ignore, lines);
    if !newest.blocks.is_empty() && newest.blocks.iter().all(|block| is_ignored(&block.text, &ignore)) {
        tried.emptied += 1;
    }
    if article.revisions < 2 {
        return Ok(());
    }
    let told = reader.told_revisions(article.id)?;
    let mut walk = Replay::default();
    for revision in reader.revisions(article.id)? {
        let past = past(reader, source, &revision)?;
        let was = past.was.clone();
        let fate = walk.next(past, &ignore);
        if fate == Fate::Untouched || trial.since.is_some_and(|since| revision.at < since) {
            continue;
        }
        tried.revisions += 1;
        let told = told.contains(&revision.number);
        let (name, rule, would) = match fate {
            Fate::Untouched | Fate::Stays => continue,
            Fate::Smaller(would) => {
                tried.smaller += 1;
                ("smaller", None, Some(would))
            }
            Fate::HeldBack(rule) => {
                tried.held_back += 1;
                tried.told += u64::from(told);
                ("held-back", Some(rule), None)
            }
        };
        let (at, number) = (revision.at, revision.number);
        let url = article.url.clone();
        each(&Touched { article: article.id, url, revision: number, at, fate: name, rule, was, would, told })?;
    }
    Ok(())
}

fn past(reader: &Reader, source: Option<&SourceConfig>, revision: &RevisionRecord) -> Result<Past, StoreError> {
    let recorded = reader.content(revision.article, Some(revision.number))?;
    let reread = match source {
        Some(source) => reread(reader, source, revision)?,
        None => None,
    };
    let words = |count: u32| usize::try_from(count).unwrap_or(usize::MAX);
    let was = Extent {
        change: revision.change.clone(),
        added_words: words(revision.added_words),
        removed_words: words(revision.removed_words),
    };
    Ok(Past { recorded, reread, was, technical: revision.technical })
}

/// What the stored page gives by the source's rules of today.
fn reread(reader: &Reader, source: &SourceConfig, revision: &RevisionRecord) -> Result<Option<Content>, StoreError> {
    let Some(page) = reader.page(revision.article, revision.number)? else { return Ok(None) };
    let learned = reader.learned(page.final_url.site())?;
    let (rules, ignore) = (source.rules.as_ref(), source.ignore.as_slice());
    let input = CandidateInput { page: &page, entry: None, rules, ignore, learned: &learned };
    Ok(Candidate::read(&input).ok().map(|candidate| candidate.content().clone()))
}

fn count_lines(content: &Content, ignore: &[Regex], lines: &mut BTreeMap<String, u64>) {
    for block in content.blocks.iter().filter(|block| is_ignored(&block.text, ignore)) {
        if lines.len() < LINES_COUNTED || lines.contains_key(&block.text) {
            *lines.entry(block.text.clone()).or_default() += 1;
        }
    }
}
