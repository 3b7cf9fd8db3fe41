//! One channel's turn: lease what is due, send it in order, settle each.

use std::sync::Arc;
use std::time::Duration;

use super::{Sent, feeds, send};
use crate::config::{ChannelConfig, ChannelTarget};
use crate::engine::retry::{self, Retry};
use crate::io::store::{Settlement, StoreError};
use crate::jobs::Context;
use crate::model::event::{Delivery, SendError};
use crate::model::ids::{ChannelId, DeliveryId};
use crate::model::time::{SignedDuration, Timestamp};

/// Deliveries leased at once: so many at most are held in memory for one channel.
const LEASE_MAX: usize = 16;
/// How long what was leased stays so without a word from its sender: after it, a delivery whose sender died is free.
const LEASE: SignedDuration = SignedDuration::from_mins(2);
/// A sender that is alive says so this often, however slow the other side is.
const RENEW_EVERY: Duration = Duration::from_secs(30);
/// So long one turn lasts, so that a long backlog does not outlive a reload of the config.
const TURN: Duration = Duration::from_secs(10);
/// A channel that failed is left alone no longer than this, however long the failed delivery itself waits.
const HOLD_MAX: SignedDuration = SignedDuration::from_mins(5);
/// A delivery that could not be made within this time is given up: the ten attempts take a little over three days.
const AGE_MAX: SignedDuration = SignedDuration::from_hours(5 * 24);

/// What a turn came to.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Turn {
    /// How many deliveries were leased.
    pub(super) leased: u64,
    /// How many of these were accepted.
    pub(super) accepted: u64,
}

/// One lease's worth of a channel's deliveries.
pub(super) async fn take(context: &Arc<Context>, id: &ChannelId) -> Result<Turn, StoreError> {
    let now = context.clock.now();
    let leased = context.store.lease(id, now, lease_until(now), LEASE_MAX).await?;
    let ids: Vec<DeliveryId> = leased.iter().map(|delivery| delivery.id.clone()).collect();
    let mut turn = Turn { leased: count(ids.len()), accepted: 0 };
    if ids.is_empty() {
        return Ok(turn);
    }
    turn.accepted = tokio::select! {
        accepted = send_all(context, id, leased) => accepted?,
        error = keep_leased(context, &ids) => return Err(error),
    };
    Ok(turn)
}

fn count(deliveries: usize) -> u64 {
    u64::try_from(deliveries).unwrap_or(u64::MAX)
}

fn lease_until(now: Timestamp) -> Timestamp {
    now.checked_add(LEASE).unwrap_or(now)
}

/// Renews the leases until it is dropped; ends only where the store failed.
async fn keep_leased(context: &Context, ids: &[DeliveryId]) -> StoreError {
    loop {
        tokio::time::sleep(RENEW_EVERY).await;
        if let Err(error) = context.store.renew(ids, lease_until(context.clock.now())).await {
            return error;
        }
    }
}

/// Sends in order, until one fails, the turn is over or the daemon stops; what is left then is free again.
async fn send_all(context: &Arc<Context>, id: &ChannelId, deliveries: Vec<Delivery>) -> Result<u64, StoreError> {
    let Some(channel) = context.config.channels.iter().find(|channel| channel.id == *id) else {
        for delivery in deliveries {
            let error = format!("there is no channel `{id}` in the config any more");
            context.store.settle(&delivery.id, Settlement::Failed { error }, context.clock.now()).await?;
        }
        return Ok(0);
    };
    if let ChannelTarget::Feed { directory, max_items } = &channel.target {
        let written = feeds::write(context, directory.as_deref(), *max_items, &deliveries).await;
        return settle_all(context, channel, &deliveries, &written.map(|()| Sent::ToAll)).await;
    }
    let began = context.clock.instant();
    let mut accepted = 0;
    let mut left = deliveries.into_iter();
    let mut cut_off = None;
    for delivery in left.by_ref() {
        let now = context.clock.now();
        if let Some(due) = send::quiet_until(channel, &delivery, now) {
            context.store.settle(&delivery.id, Settlement::Released { due }, now).await?;
            continue;
        }
        let outcome = tokio::select! {
            outcome = send::one(context, channel, &delivery) => outcome?,
            // Given back, and sent again at the next start under its own id.
            () = context.stop_presses() => {
                tracing::warn!(channel = %channel.id, delivery = %delivery.id, "cut off by the stop, sent again at the next start");
                cut_off = Some(delivery.id);
                break;
            }
        };
        let held = settle(context, channel, &delivery, &outcome).await?;
        accepted += u64::from(outcome.is_ok());
        if held || began.elapsed() >= TURN || context.stop.is_cancelled() {
            break;
        }
    }
    context.store.release(cut_off.into_iter().chain(left.map(|delivery| delivery.id)).collect()).await?;
    Ok(accepted)
}

async fn settle_all(
    context: &Context,
    channel: &ChannelConfig,
    deliveries: &[Delivery],
    outcome: &Result<Sent, SendError>,
) -> Result<u64, StoreError> {
    let mut accepted = 0;
    for delivery in deliveries {
        settle(context, channel, delivery, outcome).await?;
        accepted += u64::from(outcome.is_ok());
    }
    Ok(accepted)
}

/// Records what an attempt came to; `true` where the channel's other deliveries wait now.
async fn settle(
    context: &Context,
    channel: &ChannelConfig,
    delivery: &Delivery,
    outcome: &Result<Sent, SendError>,
) -> Result<bool, StoreError> {
    let now = context.clock.now();
    let attempt = delivery.attempts + 1;
    let settlement = match outcome {
        Ok(Sent::ToAll) => Settlement::Delivered,
        Ok(Sent::NotTo(refused)) => Settlement::DeliveredInPart { refused: refused.clone() },
        Err(error) => settlement(error, delivery, now, context.clock.jitter()),
    };
    match &settlement {
        Settlement::Retry { due, error } => {
            tracing::warn!(channel = %channel.id, delivery = %delivery.id, attempt, %due, "not delivered, tried again: {error}");
        }
        Settlement::ChannelClosed { error } => {
            tracing::error!(channel = %channel.id, delivery = %delivery.id, "the channel is closed until `deliveries retry`: {error}");
        }
        Settlement::Failed { error } | Settlement::Refused { error } => {
            tracing::error!(channel = %channel.id, delivery = %delivery.id, attempt, "given up, `deliveries retry` sends it again: {error}");
        }
        Settlement::DeliveredInPart { refused } => {
            tracing::warn!(channel = %channel.id, delivery = %delivery.id, attempt, "delivered, but not to all; `deliveries retry` asks the others again: {refused}");
        }
        Settlement::Delivered => {
            tracing::info!(channel = %channel.id, delivery = %delivery.id, attempt, "delivered");
        }
        Settlement::Released { .. } => {}
    }
    let hold = match &settlement {
        Settlement::Retry { due, .. } => Some((*due).min(now.checked_add(HOLD_MAX).unwrap_or(*due))),
        _ => None,
    };
    let closed = matches!(settlement, Settlement::ChannelClosed { .. });
    context.store.settle(&delivery.id, settlement, now).await?;
    if let Some(until) = hold {
        context.store.hold(&channel.id, until).await?;
    }
    Ok(hold.is_some() || closed)
}

fn settlement(error: &SendError, delivery: &Delivery, now: Timestamp, jitter: f64) -> Settlement {
    let text = error.to_string();
    match error {
        SendError::ChannelClosed { .. } => return Settlement::ChannelClosed { error: text },
        SendError::Permanent { .. } => return Settlement::Refused { error: text },
        SendError::Temporary { .. } => {}
    }
    let too_old = now.duration_since(delivery.wanted_since) > AGE_MAX;
    match retry::next(delivery.attempts + 1, error, now, jitter) {
        Retry::At(due) if !too_old => Settlement::Retry { due, error: text },
        Retry::At(_) | Retry::GiveUp => Settlement::Failed { error: text },
    }
}
