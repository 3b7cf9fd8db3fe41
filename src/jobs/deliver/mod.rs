//! The outbox: for each channel with something due, a turn of its own.
//!
//! Invariants: no transaction is open while something is sent; a delivery keeps its id through every attempt; no channel
//! waits for another, and within one channel deliveries go out one after the other, in order. A channel that fails is left
//! alone for a while as a whole, so that its backlog does not hammer it.

mod feeds;
mod mail;
mod send;
mod turn;

use std::sync::Arc;

use futures_util::future::join_all;
use tokio::sync::Notify;

pub use self::feeds::prepare;
pub use self::send::ping;
use self::turn::Turn;
use super::under_way::UnderWay;
use super::{Context, NextDue};
use crate::engine::route;
use crate::io::store::StoreError;
use crate::model::event::EventKind;
use crate::model::ids::ChannelId;

/// What became of a delivery that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Sent {
    /// Everybody it is for has it.
    ToAll,
    /// Some have it, and these refused it for good.
    NotTo(String),
}

/// The daemon's deliveries: starts a turn for each channel that is due and has none, and never waits for a slow channel.
#[derive(Debug)]
pub struct Deliverer {
    wake: Arc<Notify>,
    under_way: UnderWay<ChannelId, Result<Turn, StoreError>>,
}

impl Deliverer {
    /// `wake` is notified when a turn ends that sent something: there may be more.
    pub fn new(wake: Arc<Notify>) -> Self {
        Self { wake, under_way: UnderWay::new() }
    }

    /// Takes in what ended and starts what is due; says when the next delivery of a channel without a turn is.
    pub async fn tick(&mut self, context: &Arc<Context>) -> Result<NextDue, StoreError> {
        self.take_ended()?;
        let now = context.clock.now();
        let mut next = tell_of_channels(context).await?;
        for (channel, due) in context.store.channels_due().await? {
            // The end of its turn wakes the loop.
            if self.under_way.has(&channel) {
                continue;
            }
            if due <= now {
                self.start(context, channel);
            } else {
                next = Some(next.map_or(due, |next| next.min(due)));
            }
        }
        Ok(next)
    }

    /// Waits for the turns that are under way.
    pub async fn finish(&mut self) {
        self.under_way.finish().await;
    }

    fn start(&mut self, context: &Arc<Context>, channel: ChannelId) {
        let (context, wake, id) = (Arc::clone(context), Arc::clone(&self.wake), channel.clone());
        self.under_way.start(channel, async move {
            let turn = turn::take(&context, &id).await;
            // A turn that found nothing, or could not look, is no reason to look again at once.
            if turn.as_ref().is_ok_and(|turn| turn.leased > 0) {
                wake.notify_one();
            }
            turn
        });
    }

    fn take_ended(&mut self) -> Result<(), StoreError> {
        while let Some((channel, turn)) = self.under_way.ended() {
            let Some(turn) = turn else {
                tracing::error!(%channel, "a delivery panicked; please report the log before this line");
                continue;
            };
            turn?;
        }
        Ok(())
    }
}

/// Makes deliveries that tell of those that were given up, and of channels that fail for long; says when there is more
/// to tell.
async fn tell_of_channels(context: &Context) -> Result<NextDue, StoreError> {
    let sends = |kind| route::channel_sends(&context.topics, kind);
    let (failing, recovered) = (sends(EventKind::ChannelFailing), sends(EventKind::ChannelRecovered));
    let now = context.clock.now();
    context.store.tell_channel_health(failing, recovered, now).await?;
    context.store.tell_given_up(sends(EventKind::DeliveryFailed), now).await
}

/// Sends until nothing more is due now; gives how many deliveries were accepted.
pub async fn drain(context: &Arc<Context>) -> Result<u64, StoreError> {
    let mut accepted = 0;
    loop {
        tell_of_channels(context).await?;
        let now = context.clock.now();
        let due = context.store.channels_due().await?.into_iter().filter(|(_, due)| *due <= now);
        let turns = due.map(|(channel, _)| drain_channel(context, channel));
        let mut leased = 0;
        for result in join_all(turns).await {
            let turn = result?;
            leased += turn.leased;
            accepted += turn.accepted;
        }
        if leased == 0 {
            return Ok(accepted);
        }
    }
}

async fn drain_channel(context: &Arc<Context>, channel: ChannelId) -> Result<Turn, StoreError> {
    let mut all = Turn::default();
    loop {
        let turn = turn::take(context, &channel).await?;
        all.leased += turn.leased;
        all.accepted += turn.accepted;
        if turn.leased == 0 {
            return Ok(all);
        }
    }
}
