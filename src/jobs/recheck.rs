//! Looks again at tracked articles: those that are due, or all of them when a person asks.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream;
use tracing::info;

use super::tally::Tally;
use super::{Context, NextDue, capture};
use crate::config::SourceConfig;
use crate::engine::ingest::AskedBy;
use crate::io::store::{Recheck, StoreError};
use crate::model::ids::SourceId;

/// Articles taken from the store at once.
const BATCH: usize = 256;

/// Looks at what is due.
pub async fn tick(context: &Context) -> Result<NextDue, StoreError> {
    let now = context.clock.now();
    let due = context.store.due_rechecks(now, BATCH).await?;
    let full = due.len() == BATCH;
    if !due.is_empty() {
        let tally = look(context, due, AskedBy::Schedule).await?;
        let elapsed_ms = context.clock.now().duration_since(now).as_millis();
        info!(
            looked = tally.total(),
            revised = tally.revised,
            gone = tally.gone,
            elapsed_ms,
            "looked again at {} articles: {} revised, {} gone",
            tally.total(),
            tally.revised,
            tally.gone
        );
    }
    if full { Ok(Some(now)) } else { Ok(context.store.next_due().await?.recheck) }
}

/// Looks at every tracked article once, whatever the schedule says.
pub async fn all(context: &Context) -> Result<Tally, StoreError> {
    let mut tally = Tally::default();
    let mut after = None;
    loop {
        let batch = context.store.tracked(after, BATCH).await?;
        let Some(last) = batch.last() else { return Ok(tally) };
        after = Some(last.article);
        tally += look(context, batch, AskedBy::Person).await?;
    }
}

async fn look(context: &Context, batch: Vec<Recheck>, asked_by: AskedBy) -> Result<Tally, StoreError> {
    let sources: HashMap<&SourceId, &Arc<SourceConfig>> =
        context.config.sources.iter().map(|source| (&source.id, source)).collect();
    // An article whose source left the config is no longer tracked.
    // What a stop leaves out stays due.
    let batch = batch.into_iter().take_while(|_| !context.stop.is_cancelled());
    let looks = batch.filter_map(|recheck| {
        let source = Arc::clone(sources.get(&recheck.source)?);
        Some(capture::again(context, recheck, source, asked_by))
    });
    let mut looks = stream::iter(looks).buffer_unordered(context.config.fetch.concurrency.max(1));
    let mut tally = Tally::default();
    while let Some(one) = looks.next().await {
        tally += one?;
    }
    Ok(tally)
}
