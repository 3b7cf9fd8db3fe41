//! The outbox, once: lease what is due, send, settle.
//!
//! Invariants: no transaction is open while something is sent; a delivery keeps its id through every attempt; channels do
//! not wait for each other within a tick, and within one channel deliveries go out in order. A channel that fails is left
//! alone for a while as a whole, so that its backlog neither hammers it nor crowds out the others.

mod send;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;

pub use self::send::ping;
use super::{Context, NextDue};
use crate::config::{ChannelConfig, ChannelTarget};
use crate::engine::retry::{self, Retry};
use crate::io::store::{Settlement, StoreError};
use crate::model::event::{Delivery, SendError};
use crate::model::ids::ChannelId;
use crate::model::time::{SignedDuration, Timestamp};

/// Deliveries leased by one tick.
const LEASE_MAX: usize = 64;
/// Longer than any attempt may take: after it, a delivery whose sender died is free again.
const LEASE: SignedDuration = SignedDuration::from_mins(15);
/// So long one channel may send within a tick before the others get their turn.
const TURN: Duration = Duration::from_secs(10);
/// A channel that failed is left alone no longer than this, however long the failed delivery itself waits.
const HOLD_MAX: SignedDuration = SignedDuration::from_mins(5);
/// A delivery that could not be made within this time is given up: the ten attempts take a little over three days.
const AGE_MAX: SignedDuration = SignedDuration::from_hours(5 * 24);
/// When to look again at deliveries that wait for an earlier one about the same article.
const BLOCKED_LOOK: SignedDuration = SignedDuration::from_secs(30);

/// Sends what is due; says when the next delivery is.
pub async fn tick(context: &Arc<Context>) -> Result<NextDue, StoreError> {
    let (leased, _) = round(context).await?;
    let next = context.store.next_due().await?.delivery;
    let now = context.clock.now();
    let blocked = || now.checked_add(BLOCKED_LOOK).unwrap_or(now);
    Ok(next.map(|next| if leased == 0 && next <= now { blocked() } else { next }))
}

/// Sends until nothing more is due now; gives how many deliveries were accepted.
pub async fn drain(context: &Arc<Context>) -> Result<u64, StoreError> {
    let mut accepted = 0;
    loop {
        let (leased, taken) = round(context).await?;
        accepted += taken;
        if leased == 0 {
            return Ok(accepted);
        }
    }
}

/// One lease's worth: how many were leased, and how many of these were accepted.
async fn round(context: &Arc<Context>) -> Result<(usize, u64), StoreError> {
    let now = context.clock.now();
    let until = now.checked_add(LEASE).unwrap_or(now);
    let leased = context.store.lease(now, until, LEASE_MAX).await?;
    let count = leased.len();
    let mut channels: BTreeMap<ChannelId, Vec<Delivery>> = BTreeMap::new();
    for delivery in leased {
        channels.entry(delivery.channel.clone()).or_default().push(delivery);
    }
    let turns = channels.into_iter().map(|(id, deliveries)| turn(context, id, deliveries));
    let mut accepted = 0;
    for result in join_all(turns).await {
        accepted += result?;
    }
    Ok((count, accepted))
}

/// One channel's deliveries, in order, until one fails or the turn is over.
async fn turn(context: &Arc<Context>, id: ChannelId, deliveries: Vec<Delivery>) -> Result<u64, StoreError> {
    let Some(channel) = context.config.channels.iter().find(|channel| channel.id == id) else {
        for delivery in deliveries {
            let error = format!("there is no channel `{id}` in the config any more");
            context.store.settle(&delivery.id, Settlement::Failed { error }, context.clock.now()).await?;
        }
        return Ok(0);
    };
    if let ChannelTarget::Feed { directory, max_items } = &channel.target {
        let written = send::feed(context, directory.as_deref(), *max_items, &deliveries).await;
        return settle_all(context, channel, &deliveries, &written).await;
    }
    let began = context.clock.instant();
    let mut accepted = 0;
    for delivery in deliveries {
        let now = context.clock.now();
        if began.elapsed() >= TURN {
            context.store.settle(&delivery.id, Settlement::Released { due: now }, now).await?;
            continue;
        }
        if let Some(due) = send::quiet_until(channel, &delivery, now) {
            context.store.settle(&delivery.id, Settlement::Released { due }, now).await?;
            continue;
        }
        let outcome = send::one(context, channel, &delivery).await;
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(store) => return Err(store),
        };
        let held = settle(context, channel, &delivery, &outcome).await?;
        accepted += u64::from(outcome.is_ok());
        if held {
            break;
        }
    }
    Ok(accepted)
}

async fn settle_all(
    context: &Context,
    channel: &ChannelConfig,
    deliveries: &[Delivery],
    outcome: &Result<(), SendError>,
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
    outcome: &Result<(), SendError>,
) -> Result<bool, StoreError> {
    let now = context.clock.now();
    let attempt = delivery.attempts + 1;
    let Err(error) = outcome else {
        tracing::info!(channel = %channel.id, delivery = %delivery.id, attempt, "delivered");
        context.store.settle(&delivery.id, Settlement::Delivered, now).await?;
        return Ok(false);
    };
    let settlement = settlement(error, delivery, now, context.clock.jitter());
    match &settlement {
        Settlement::Retry { due, error } => {
            tracing::warn!(channel = %channel.id, delivery = %delivery.id, attempt, %due, "not delivered, tried again: {error}");
        }
        Settlement::ChannelClosed { error } => {
            tracing::error!(channel = %channel.id, delivery = %delivery.id, "the channel is closed until `deliveries retry`: {error}");
        }
        Settlement::Failed { error } => {
            tracing::error!(channel = %channel.id, delivery = %delivery.id, attempt, "given up, `deliveries retry` sends it again: {error}");
        }
        Settlement::Delivered | Settlement::Released { .. } => {}
    }
    let hold = match &settlement {
        Settlement::Retry { due, .. } => Some((*due).min(now.checked_add(HOLD_MAX).unwrap_or(*due))),
        _ => None,
    };
    let closed = matches!(settlement, Settlement::ChannelClosed { .. });
    context.store.settle(&delivery.id, settlement, now).await?;
    if let Some(until) = hold {
        context.store.postpone(&channel.id, until).await?;
    } else if closed {
        context.store.postpone(&channel.id, now).await?;
    }
    Ok(hold.is_some() || closed)
}

fn settlement(error: &SendError, delivery: &Delivery, now: Timestamp, jitter: f64) -> Settlement {
    let text = error.to_string();
    if matches!(error, SendError::ChannelClosed { .. }) {
        return Settlement::ChannelClosed { error: text };
    }
    let too_old = now.duration_since(delivery.created) > AGE_MAX;
    match retry::next(delivery.attempts + 1, error, now, jitter) {
        Retry::At(due) if !too_old => Settlement::Retry { due, error: text },
        Retry::At(_) | Retry::GiveUp => Settlement::Failed { error: text },
    }
}
