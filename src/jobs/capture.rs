//! One page, once: the straight line from an address to the store.
//!
//! Extraction runs on a blocking thread, and a panic there becomes that article's failure: one hostile page must not stop
//! the wire.

use std::sync::Arc;

use tracing::{debug, info, warn};

use super::Context;
use super::tally::Tally;
use super::whole;
use crate::config::{ContentFrom, SourceConfig};
use crate::engine::candidate::{Candidate, CandidateError, CandidateInput};
use crate::engine::ingest::{AskedBy, Capture, Ingested, Observation, Observed, Outcome, Recorded, Reread, Seen};
use crate::engine::page::Learned;
use crate::io::http::RequestOptions;
use crate::io::store::{Recheck, StoreError};
use crate::model::entry::Entry;
use crate::model::fetch::{FetchOutcome, Page, Validators};
use crate::model::ids::ArticleId;
use crate::model::url::WebUrl;

/// One look at a page: by which source, for which entry or article.
struct Look {
    source: Arc<SourceConfig>,
    url: WebUrl,
    entry: Option<Entry>,
    article: Option<ArticleId>,
    validators: Validators,
    asked_by: AskedBy,
}

impl Look {
    /// What an observation without content is recorded for.
    fn subject(&self) -> Option<Observed> {
        match (self.article, &self.entry) {
            (Some(article), _) => Some(Observed::Article(article)),
            (None, Some(entry)) => Some(Observed::Entry { source: self.source.id.clone(), id: entry.id.clone() }),
            (None, None) => None,
        }
    }
}

/// Captures what a source newly lists: its page, or the feed's own content where the source says so.
pub async fn entry(context: &Context, source: &Arc<SourceConfig>, entry: Entry) -> Result<Tally, StoreError> {
    let url = entry.url.clone().filter(|_| source.content == ContentFrom::Page);
    let from_feed = url.is_none();
    let look = Look {
        source: Arc::clone(source),
        url: url.unwrap_or_else(|| source.url.clone()),
        entry: Some(entry),
        article: None,
        validators: Validators::default(),
        asked_by: AskedBy::Schedule,
    };
    if from_feed { feed_content(context, look).await } else { page(context, look).await }
}

/// Looks again at a tracked article. One whose source left the config is looked at with the defaults.
pub async fn again(
    context: &Context,
    recheck: Recheck,
    source: Arc<SourceConfig>,
    asked_by: AskedBy,
) -> Result<Tally, StoreError> {
    let look = Look {
        source,
        url: recheck.url,
        entry: None,
        article: Some(recheck.article),
        validators: recheck.validators,
        asked_by,
    };
    page(context, look).await
}

async fn page(context: &Context, look: Look) -> Result<Tally, StoreError> {
    let seen = tokio::select! {
        seen = fetch(context, &look) => seen,
        // Nothing was recorded of it: the next start asks again.
        () = context.stop_presses() => {
            warn!("read {}: cut off by the stop, asked for again at the next start", look.url);
            return Ok(Tally::default());
        }
    };
    match seen {
        Ok((candidate, page)) => record(context, &look, candidate, Some(page)).await,
        Err(seen) => observe(context, &look, seen).await,
    }
}

/// The whole article from its page or pages, or what was seen instead of one.
async fn fetch(context: &Context, look: &Look) -> Result<(Candidate, Page), Seen> {
    let mut options = RequestOptions::for_page(&look.source);
    options.validators = look.validators.clone();
    match context.http.get(&look.url, &options).await {
        Ok(FetchOutcome::Fresh(page)) => {
            // A page may send its reader on to another site.
            let read = |page: Page| async {
                let learned = context.store.learned(page.final_url.site()).await.map_err(|error| error.to_string())?;
                read(context, look, page, learned).await
            };
            let whole = whole::whole(&context.http, &options, *page, read).await;
            whole.map_err(|reason| Seen::Failed { reason, status: None, wait: None })
        }
        Ok(FetchOutcome::NotModified { validators, .. }) => Err(Seen::NotModified { validators }),
        Err(error) => Err(Seen::failure(&error)),
    }
}

/// Extraction, on a blocking thread of its own.
async fn read(context: &Context, look: &Look, page: Page, learned: Learned) -> Result<(Candidate, Page), String> {
    let rules = context.config.rules_for(Some(&look.source), &page.final_url).rules;
    let (source, entry) = (Arc::clone(&look.source), look.entry.clone());
    let work = context.read(move || {
        let input = CandidateInput {
            page: &page,
            entry: entry.as_ref(),
            rules: &rules,
            ignore: &source.ignore,
            learned: &learned,
        };
        Candidate::read(&input).map(|candidate| (candidate, page))
    });
    match work.await {
        Ok(read) => read.map_err(|error: CandidateError| error.to_string()),
        Err(panic) => {
            tracing::error!(article.url = %look.url, "extraction panicked, please report it with the page: {panic}");
            Err(format!("read {}: extraction failed inside wirewatch", look.url))
        }
    }
}

async fn feed_content(context: &Context, look: Look) -> Result<Tally, StoreError> {
    let Some(entry) = &look.entry else { return Ok(Tally::default()) };
    let (entry, source) = (entry.clone(), Arc::clone(&look.source));
    let work = context.read(move || Candidate::from_entry(&entry, &source.url, &source.ignore));
    match work.await {
        Ok(candidate) => record(context, &look, candidate, None).await,
        Err(panic) => {
            tracing::error!("reading an entry of {} panicked: {panic}", look.source.id);
            let reason = "read the feed's content: it failed inside wirewatch".to_owned();
            observe(context, &look, Seen::Failed { reason, status: None, wait: None }).await
        }
    }
}

async fn record(context: &Context, look: &Look, candidate: Candidate, page: Option<Page>) -> Result<Tally, StoreError> {
    let capture = Arc::new(Capture {
        source: look.source.id.clone(),
        source_name: look.source.name.clone(),
        entry: look.entry.as_ref().map(|entry| entry.id.clone()),
        article: look.article,
        candidate,
        page,
        backlog: look.source.backlog,
        asked_by: look.asked_by,
        reread: Reread::NotAsked,
        jitter: context.clock.jitter(),
    });
    let ingest = |capture| context.store.ingest(capture, Arc::clone(&context.topics), context.clock.now());
    let mut ingested = ingest(Arc::clone(&capture)).await;
    if let Ok(Ingested::ReadOtherwise(page)) = ingested {
        let reread = read_anew(context, look, *page, &capture.candidate).await?;
        ingested = ingest(Arc::new(Capture { reread, ..Arc::unwrap_or_clone(capture) })).await;
    }
    match ingested {
        Ok(Ingested::Recorded(recorded)) => count(look, Ok(recorded)),
        // Only what was not read anew is asked for; the next look asks again.
        Ok(Ingested::ReadOtherwise(_)) => Ok(Tally::default()),
        Err(error) => count(look, Err(error)),
    }
}

/// What a stored page gives when it is read as the one was that differs from it.
async fn read_anew(context: &Context, look: &Look, page: Page, differs: &Candidate) -> Result<Reread, StoreError> {
    let learned = context.store.learned(page.final_url.site()).await?;
    let learned = learned.as_for(differs.content(), differs.repeated());
    Ok(match read(context, look, page, learned).await {
        Ok((older, _)) => Reread::Read(Box::new(older.content().clone())),
        Err(_) => Reread::Lost,
    })
}

async fn observe(context: &Context, look: &Look, seen: Seen) -> Result<Tally, StoreError> {
    match &seen {
        // The reason names the page already. Of a new entry nothing is recorded yet, so this is the first to be said.
        Seen::Failed { reason, .. } if look.entry.is_some() => warn!("{reason}; the next poll tries again"),
        Seen::Failed { reason, .. } | Seen::Blocked { reason, .. } => debug!(article.url = %look.url, "{reason}"),
        Seen::Gone { .. } | Seen::NotModified { .. } => {}
    }
    let Some(subject) = look.subject() else { return Ok(Tally::default()) };
    let observation = Observation { subject, seen, asked_by: look.asked_by, jitter: context.clock.jitter() };
    let recorded = context.store.observe(observation, Arc::clone(&context.topics), context.clock.now()).await;
    count(look, recorded)
}

/// Counts what was recorded. A decision that failed on this one page is that page's failure; anything else is the
/// store's, and stops the job.
fn count(look: &Look, recorded: Result<Recorded, StoreError>) -> Result<Tally, StoreError> {
    let mut tally = Tally::default();
    let recorded = match recorded {
        Ok(recorded) => recorded,
        Err(error @ StoreError::Decision { .. }) => {
            tracing::error!("{error}");
            tally.errors = 1;
            return Ok(tally);
        }
        Err(error) => return Err(error),
    };
    if let (Outcome::Suspect { reason }, Some(_)) = (&recorded.outcome, &look.entry) {
        warn!("read {}: {reason}; the next poll tries again", look.url);
    }
    let counter = match &recorded.outcome {
        Outcome::New => &mut tally.new,
        Outcome::Revised { .. } => &mut tally.revised,
        Outcome::Gone => &mut tally.gone,
        Outcome::Restored => &mut tally.restored,
        Outcome::Suspect { .. } => &mut tally.suspect,
        Outcome::Blocked => &mut tally.blocked,
        Outcome::Failed => &mut tally.errors,
        Outcome::Reextracted
        | Outcome::Cosmetic { .. }
        | Outcome::Unchanged
        | Outcome::NotModified
        | Outcome::StillGone
        | Outcome::Moved { .. } => &mut tally.unchanged,
    };
    *counter = 1;
    if matches!(recorded.outcome, Outcome::New | Outcome::Revised { .. } | Outcome::Gone | Outcome::Restored) {
        let topics = recorded.topics.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        info!(article.url = %look.url, topics, events = recorded.events, "{}", recorded.outcome.as_str());
    }
    Ok(tally)
}
