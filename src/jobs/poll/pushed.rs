//! What a hub pushed, taken in as a poll's answer would be: the same reader, the same entries, the same captures. The
//! source's own poll is not touched by it: validators and times are those of its server.

use std::sync::Arc;

use tracing::{Instrument as _, error_span, info, warn};

use super::capture_new;
use crate::engine::feed;
use crate::io::store::StoreError;
use crate::jobs::Context;
use crate::jobs::websub::Push;

/// Captures what is new in a push. One that cannot be read costs itself alone.
pub async fn pushed(context: &Context, push: Push) -> Result<(), StoreError> {
    let span = error_span!("push", source.id = %push.source);
    take(context, push).instrument(span).await
}

async fn take(context: &Context, push: Push) -> Result<(), StoreError> {
    // A reload may have taken the source away.
    let Some(source) = context.config.sources.iter().find(|source| source.id == push.source) else { return Ok(()) };
    let Push { token, topic, content_type, body, place, .. } = push;
    let read = context.read(move || feed::parse(&body, content_type.as_deref(), &topic).map(|(parsed, _)| parsed));
    let parsed = match read.await {
        Ok(Ok(parsed)) => parsed,
        Ok(Err(error)) => {
            warn!("what the hub pushed is no feed: {error}");
            return Ok(());
        }
        Err(_) => {
            warn!("what the hub pushed could not be read: this is a bug, please report it with the feed");
            return Ok(());
        }
    };
    let entries = parsed.entries.len();
    let captured = capture_new(context, &Arc::clone(source), parsed.entries).await?;
    context.store.record_push(&token, captured.new, context.clock.now()).await?;
    let (new, revised) = (captured.tally.new, captured.tally.revised);
    info!(entries, new, revised, "pushed: {new} new, {revised} revised");
    drop(place);
    Ok(())
}
