//! One source, once: fetch what lists its entries, capture those that are new, store when it is polled next.
//!
//! The order makes a kill harmless: validators and the next poll's time are stored after the entries were captured. Until
//! then the next start asks for the whole answer again and finds what is still missing.

mod poller;
mod pushed;

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream;
use tracing::{Instrument as _, error_span, info, warn};

pub use self::poller::Poller;
pub use self::pushed::pushed;
use super::tally::Tally;
use super::{Context, capture};
use crate::config::{ContentFrom, SourceConfig};
use crate::engine::schedule::{PollInput, PollOutcome, after_poll};
use crate::engine::websub::{self, Named};
use crate::engine::{decode, feed, links, sitemap};
use crate::io::http::{RequestOptions, Subject};
use crate::io::store::{PollRecord, SourceState, StoreError};
use crate::model::entry::{Entry, ParsedFeed};
use crate::model::fetch::{CacheHints, FetchError, FetchOutcome, Page, Validators};
use crate::model::ids::SourceId;
use crate::model::source::{SourceHealth, SourceKind, WaitReason};
use crate::model::url::WebUrl;

/// Sitemaps of an index that are read at one poll: the newest ones. An archive of thousands is no news.
const SITEMAPS_MAX: usize = 8;

/// What a cycle over many sources came to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Polled {
    /// Sources polled.
    pub sources: u64,
    /// Of these, failed.
    pub failed: u64,
    /// Entries listed.
    pub entries: u64,
    /// What became of the new ones.
    pub tally: Tally,
}

/// Polls `wanted` (all sources where that is empty) once, whatever the schedule says.
pub async fn all(context: &Arc<Context>, wanted: &[SourceId]) -> Result<Polled, StoreError> {
    let states = states(context).await?;
    let sources = context.config.sources.iter().filter(|source| wanted.is_empty() || wanted.contains(&source.id));
    let polls = sources.filter_map(|source| {
        let state = states.get(&source.id)?.clone();
        let (context, source) = (Arc::clone(context), Arc::clone(source));
        Some(async move { one(&context, &source, state).await })
    });
    let mut polled = Polled::default();
    let mut polls = stream::iter(polls).buffer_unordered(context.config.fetch.concurrency.max(1));
    while let Some(result) = polls.next().await {
        let one = result?;
        polled.sources += 1;
        polled.failed += u64::from(one.failed);
        polled.entries += one.entries;
        polled.tally += one.tally;
    }
    Ok(polled)
}

async fn states(context: &Context) -> Result<HashMap<SourceId, SourceState>, StoreError> {
    let states = context.store.source_states().await?;
    Ok(states.into_iter().map(|state| (state.id.clone(), state)).collect())
}

/// One poll's result.
#[derive(Debug)]
struct One {
    tally: Tally,
    entries: u64,
    failed: bool,
    state: SourceState,
    /// Whether the feed names another hub than before.
    hub_changed: bool,
}

impl One {
    /// Left at a stop: nothing is recorded of the poll, and the next start polls at once.
    fn left(state: SourceState, entries: u64, tally: Tally) -> Self {
        Self { tally, entries, failed: false, state, hub_changed: false }
    }
}

/// What the answer to a poll was.
enum Answer {
    Same(Validators, CacheHints, Option<WebUrl>),
    Listed(Box<ParsedFeed>, Box<Page>),
    Failed(FetchError),
    Unreadable(String),
}

async fn one(context: &Context, source: &Arc<SourceConfig>, state: SourceState) -> Result<One, StoreError> {
    // A span of level info is left out where only warnings are shown, and a warning would not name its source.
    let span = error_span!("poll", source.id = %source.id);
    async {
        let began = context.clock.now();
        let answer = tokio::select! {
            answer = ask(context, source, &state) => answer,
            () = context.stop_presses() => {
                warn!("cut off by the stop, polled again at the next start");
                return Ok(One::left(state, 0, Tally::default()));
            }
        };
        let done = take(context, source, state, answer).await?;
        let elapsed_ms = context.clock.now().duration_since(began).as_millis();
        let (new, revised) = (done.tally.new, done.tally.revised);
        if done.failed {
            warn!(elapsed_ms, "poll failed: {}", last_error(&done.state));
        } else {
            info!(entries = done.entries, new, revised, elapsed_ms, "polled: {new} new, {revised} revised");
        }
        Ok(done)
    }
    .instrument(span)
    .await
}

fn last_error(state: &SourceState) -> &str {
    match &state.health {
        SourceHealth::Healthy => "",
        SourceHealth::Failing { last, .. } => last,
        SourceHealth::Parked { reason } => reason,
    }
}

async fn ask(context: &Context, source: &SourceConfig, state: &SourceState) -> Answer {
    let url = state.moved_to.as_ref().unwrap_or(&source.url);
    let mut options = RequestOptions::for_source(source);
    options.subject = Subject::Feed;
    options.validators = state.validators.clone();
    match context.http.get(url, &options).await {
        Ok(FetchOutcome::NotModified { validators, hints, moved_to }) => Answer::Same(validators, hints, moved_to),
        Ok(FetchOutcome::Fresh(page)) => listing(context, source, page).await,
        Err(error) => Answer::Failed(error),
    }
}

/// A sitemap index, or the entries themselves.
enum Listing {
    Entries(Box<ParsedFeed>),
    Index(Vec<sitemap::IndexEntry>),
}

async fn listing(context: &Context, source: &SourceConfig, page: Box<Page>) -> Answer {
    let page: Page = *page;
    let (read, page) = match read(context, source, page).await {
        Ok(read) => read,
        Err(reason) => return Answer::Unreadable(reason),
    };
    match read {
        Listing::Entries(parsed) => Answer::Listed(parsed, Box::new(page)),
        Listing::Index(children) => match children_of(context, source, children).await {
            Ok(parsed) => Answer::Listed(Box::new(parsed), Box::new(page)),
            Err(error) => Answer::Failed(error),
        },
    }
}

/// Parses on a blocking thread; a panic there is this source's failure.
async fn read(context: &Context, source: &SourceConfig, page: Page) -> Result<(Listing, Page), String> {
    let (kind, selectors) = (source.kind, source.links.clone());
    let work = context.read(move || {
        let (bytes, content_type, base) = (&page.body[..], page.content_type(), &page.final_url);
        let listing = match kind {
            SourceKind::Feed => match feed::parse(bytes, content_type, base) {
                Ok((parsed, problems)) => {
                    for problem in problems {
                        tracing::debug!("{base}: {problem}");
                    }
                    Listing::Entries(Box::new(parsed))
                }
                Err(error) => return Err(error.to_string()),
            },
            SourceKind::Sitemap => match sitemap::parse(bytes, content_type, base) {
                Ok(sitemap::Sitemap::Urls(parsed)) => Listing::Entries(Box::new(parsed)),
                Ok(sitemap::Sitemap::Index(children)) => Listing::Index(children),
                Err(error) => return Err(error.to_string()),
            },
            SourceKind::Page => {
                let found = links::parse(&decode::html(bytes, content_type), base, &selectors);
                if found.entries.is_empty() {
                    return Err(
                        "no link on the page fits the `links` rules: check them with a browser's inspector".into()
                    );
                }
                Listing::Entries(Box::new(found))
            }
        };
        Ok((listing, page))
    });
    match work.await {
        Ok(read) => read.map_err(|reason| format!("read {}: {reason}", source.url)),
        Err(_) => Err(format!("read {}: parsing failed inside wirewatch; please report it with the feed", source.url)),
    }
}

/// The newest sitemaps of an index, read into one listing. One that fails does not hide the others.
async fn children_of(
    context: &Context,
    source: &SourceConfig,
    mut children: Vec<sitemap::IndexEntry>,
) -> Result<ParsedFeed, FetchError> {
    children.sort_by_key(|child| Reverse(child.modified.map(super::super::model::time::Published::instant)));
    let mut all: Option<ParsedFeed> = None;
    let mut failure = None;
    for child in children.into_iter().take(SITEMAPS_MAX) {
        let mut options = RequestOptions::for_source(source);
        options.subject = Subject::Feed;
        match context.http.get(&child.url, &options).await {
            Ok(FetchOutcome::Fresh(page)) => match read(context, source, *page).await {
                Ok((Listing::Entries(parsed), _)) => match &mut all {
                    Some(all) => all.entries.extend(parsed.entries),
                    None => all = Some(*parsed),
                },
                Ok((Listing::Index(_), _)) => warn!("{}: an index inside an index is not followed", child.url),
                Err(reason) => warn!("{reason}"),
            },
            Ok(FetchOutcome::NotModified { .. }) => {}
            Err(error) => {
                warn!("{error}");
                failure = Some(error);
            }
        }
    }
    match (all, failure) {
        (Some(all), _) => Ok(all),
        (None, Some(error)) => Err(error),
        (None, None) => Err(FetchError::Unreachable {
            url: source.url.clone(),
            reason: "none of the sitemaps in the index could be read".to_owned(),
        }),
    }
}

/// Captures what is new, then stores what the poll came to.
async fn take(
    context: &Context,
    source: &Arc<SourceConfig>,
    state: SourceState,
    answer: Answer,
) -> Result<One, StoreError> {
    let mut tally = Tally::default();
    let mut record = Record::default();
    match &answer {
        Answer::Listed(parsed, page) => {
            let captured = capture_new(context, source, parsed.entries.clone()).await?;
            (tally, record.new) = (captured.tally, captured.new);
            if context.stop.is_cancelled() {
                // Entries may have been left out: the next start finds them.
                return Ok(One::left(state, parsed.entries.len() as u64, tally));
            }
            record.entries = Some(parsed.entries.len());
            record.ttl_s = parsed.ttl_s;
            record.named = named(source, parsed, page);
            record.moved_to.clone_from(&page.moved_to);
            // With a page that failed, the next poll asks for the whole list again: a 304 would hide the entry.
            record.validators = (tally.errors == 0).then(|| page.validators.clone());
        }
        Answer::Same(validators, _, moved_to) => {
            record.validators = Some(validators.clone());
            record.moved_to.clone_from(moved_to);
        }
        Answer::Failed(_) | Answer::Unreadable(_) => {}
    }
    let outcome = match &answer {
        Answer::Listed(parsed, page) => PollOutcome::Worked { hints: &page.hints, ttl_s: parsed.ttl_s },
        Answer::Same(_, hints, _) => PollOutcome::Worked { hints, ttl_s: state.ttl_s },
        Answer::Failed(error) => PollOutcome::Failed(error),
        Answer::Unreadable(reason) => PollOutcome::Unreadable(reason),
    };
    let failed = matches!(answer, Answer::Failed(_) | Answer::Unreadable(_));
    let entries = record.entries.unwrap_or(0) as u64;
    let hub_changed = record.entries.is_some() && record.named != state.named;
    let state = settle(context, source, state, record, outcome).await?;
    Ok(One { tally, entries, failed, state, hub_changed })
}

/// What the source's row takes over from the answer.
#[derive(Default)]
struct Record {
    validators: Option<Validators>,
    ttl_s: Option<u64>,
    moved_to: Option<WebUrl>,
    entries: Option<usize>,
    /// Entries never seen before.
    new: usize,
    named: Option<Named>,
}

/// The hub and the topic that a feed's answer names.
fn named(source: &SourceConfig, parsed: &ParsedFeed, page: &Page) -> Option<Named> {
    let links = page.headers.iter().filter(|(name, _)| name == "link").map(|(_, value)| value.as_str());
    let named = websub::named(links, (parsed.hub.as_ref(), parsed.self_url.as_ref()), &page.final_url);
    // What a hub sends is read as a feed.
    named.filter(|_| source.kind == SourceKind::Feed)
}

async fn settle(
    context: &Context,
    source: &SourceConfig,
    mut state: SourceState,
    record: Record,
    outcome: PollOutcome<'_>,
) -> Result<SourceState, StoreError> {
    let now = context.clock.now();
    let jitter = context.clock.jitter();
    if matches!(outcome, PollOutcome::Worked { .. }) {
        state.rhythm = state.rhythm.looked(record.new, state.last_success, now);
        state.last_success = Some(now);
    }
    let (times, rhythm) = (&source.times, state.rhythm);
    let pushed = state.pushed_until.is_some_and(|until| until > now);
    // A poll that was made to make sure, and not sooner (by a person, at a start).
    let is_safety = pushed && state.reason == Some(WaitReason::Push) && state.next_poll.is_some_and(|due| due <= now);
    let missed = is_safety && record.new > 0;
    let input = PollInput { health: &state.health, outcome, times, rhythm, pushed, now, jitter };
    let next = after_poll(input);
    if let Some(asked) = next.capped {
        info!("the publisher asks for a wait of {asked:#}; a shorter one is kept");
    }
    state.health = next.health.clone();
    state.next_poll = next.next_poll;
    state.reason = Some(next.reason);
    state.held_until = next.held_until;
    if let Some(validators) = &record.validators {
        state.validators = validators.clone();
    }
    if record.entries.is_some() {
        state.named.clone_from(&record.named);
    }
    state.ttl_s = record.ttl_s.or(state.ttl_s);
    state.moved_to = record.moved_to.clone().or(state.moved_to);
    state.first_poll = state.first_poll.or(Some(now));
    state.last_poll = Some(now);
    let poll = PollRecord {
        source: source.id.clone(),
        next,
        validators: record.validators,
        ttl_s: record.ttl_s,
        moved_to: record.moved_to,
        entries: record.entries,
        rhythm,
        named: record.named,
        missed,
    };
    context.store.record_poll(poll, Arc::clone(&context.topics), now).await?;
    Ok(state)
}

/// What a listing brought.
struct Captured {
    tally: Tally,
    new: usize,
}

async fn capture_new(
    context: &Context,
    source: &Arc<SourceConfig>,
    entries: Vec<Entry>,
) -> Result<Captured, StoreError> {
    let unknown = context.store.unknown_entries(&source.id, entries, context.clock.now()).await?;
    // In the order of publication: feeds list the newest first, and a story's origin comes before its copies.
    let captures = unknown.entries.into_iter().rev().map(|entry| capture_unless_stopped(context, source, entry));
    // Most of a feed's articles are at one host: one page is read while as many as the host may be asked for come in.
    let mut captures = stream::iter(captures).buffer_unordered(context.config.fetch.per_host.saturating_add(1));
    let mut tally = Tally::default();
    while let Some(one) = captures.next().await {
        tally += one?;
    }
    Ok(Captured { tally, new: unknown.new })
}

async fn capture_unless_stopped(
    context: &Context,
    source: &Arc<SourceConfig>,
    entry: Entry,
) -> Result<Tally, StoreError> {
    let _turn = match &entry.url {
        Some(page) if source.content == ContentFrom::Page => Some(context.turns.take(page).await),
        _ => None,
    };
    let wanted = !context.stop.is_cancelled() && context.store.still_unknown(&source.id, &entry).await?;
    if wanted { capture::entry(context, source, entry).await } else { Ok(Tally::default()) }
}
