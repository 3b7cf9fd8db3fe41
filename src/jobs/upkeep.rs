//! Once a day: raw pages and old observations that no evidence needs are pruned.

use tracing::info;

use super::{Context, NextDue};
use crate::io::store::StoreError;
use crate::model::time::{SignedDuration, Timestamp};

/// Between two prunings.
const EVERY: SignedDuration = SignedDuration::from_hours(24);

/// Prunes what is older than `store.keep_pages`.
pub async fn tick(context: &Context) -> Result<NextDue, StoreError> {
    let now = context.clock.now();
    let before = now.checked_sub(context.config.store.keep_pages).unwrap_or(Timestamp::UNIX_EPOCH);
    let pruned = context.store.prune(before).await?;
    if pruned.pages + pruned.entries + pruned.deliveries > 0 {
        info!(pages = pruned.pages, entries = pruned.entries, deliveries = pruned.deliveries, "pruned");
    }
    Ok(now.checked_add(EVERY).ok())
}
