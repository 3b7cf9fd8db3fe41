//! Once a day: raw pages and old observations that no evidence needs are pruned.

use tracing::info;

use super::{Context, NextDue};
use crate::io::store::{Horizon, Pruned, StoreError};
use crate::model::time::{SignedDuration, Timestamp};

/// Between two prunings.
const EVERY: SignedDuration = SignedDuration::from_hours(24);

/// Prunes what is older than `[store]` keeps.
pub async fn tick(context: &Context) -> Result<NextDue, StoreError> {
    let now = context.clock.now();
    let store = &context.config.store;
    let before = |keep| now.checked_sub(keep).unwrap_or(Timestamp::UNIX_EPOCH);
    let horizon = Horizon {
        pages: before(store.keep_pages),
        observations: before(store.keep_observations),
        suppressed: before(store.keep_suppressed),
    };
    let pruned = context.store.prune(horizon).await?;
    if pruned != Pruned::default() {
        let Pruned { pages, entries, deliveries, observations, suppressed } = pruned;
        info!(pages, entries, deliveries, observations, suppressed, "pruned");
    }
    Ok(now.checked_add(EVERY).ok())
}
