//! Digests that are due: the events that wait for a channel become one delivery, which goes the way of all others.
//!
//! After a downtime one digest goes out, not one for each time that was missed.

use std::sync::Arc;

use super::{Context, NextDue, mailing};
use crate::config::{ChannelConfig, ChannelTarget, Config, EmailChannel};
use crate::io::store::{Reader, StoreError};
use crate::model::channel::ChannelKind;
use crate::model::ids::DeliveryId;
use crate::model::time::Timestamp;

/// A digest that is only looked at.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// The whole message.
    pub eml: Vec<u8>,
}

/// Makes the digests that are due; says when the next one is.
pub async fn tick(context: &Arc<Context>) -> Result<NextDue, StoreError> {
    let now = context.clock.now();
    let mut next: NextDue = None;
    for channel in &context.config.channels {
        let ChannelTarget::Email(email) = &channel.target else { continue };
        let due = due(context, channel, email, now).await?;
        let due = match due {
            Some(at) if at <= now => {
                send(context, channel, email, now).await?;
                email.cron.next(&email.timezone, now)
            }
            later => later,
        };
        next = next.into_iter().chain(due).min();
    }
    Ok(next)
}

/// When a channel's digest is due: at the first of its times after the last digest, or after the first event that waits
/// where there was none.
async fn due(
    context: &Context,
    channel: &ChannelConfig,
    email: &EmailChannel,
    now: Timestamp,
) -> Result<NextDue, StoreError> {
    let last = context.store.channel_state(&channel.id).await?.last_digest;
    let since = if let Some(last) = last {
        last
    } else if let Some(first) = context.store.digest_due_items(&channel.id).await?.first() {
        first.timestamp
    } else {
        // Notes the time, so that a channel's first digest is at the first of its times from now on.
        context.store.make_digest(&channel.id, now).await?;
        now
    };
    Ok(email.cron.next(&email.timezone, since))
}

async fn send(
    context: &Context,
    channel: &ChannelConfig,
    email: &EmailChannel,
    now: Timestamp,
) -> Result<Option<DeliveryId>, StoreError> {
    match context.store.make_digest(&channel.id, now).await? {
        Some(delivery) => {
            tracing::info!(channel = %channel.id, delivery = %delivery.id, events = delivery.events.len(), "digest made");
            Ok(Some(delivery.id))
        }
        None if email.send_empty => {
            let nothing = mailing::empty_digest(channel.id.as_str(), now);
            context.store.enqueue(&channel.id, ChannelKind::Email, nothing, now).await.map(Some)
        }
        None => Ok(None),
    }
}

/// What the next digest would hold; `None` where nothing waits.
pub fn preview(
    config: &Config,
    reader: &Reader,
    channel: &ChannelConfig,
    now: Timestamp,
) -> Result<Option<Preview>, StoreError> {
    let ChannelTarget::Email(email) = &channel.target else { return Ok(None) };
    let events = reader.digest_items(&channel.id)?;
    if events.is_empty() {
        return Ok(None);
    }
    let id = DeliveryId("preview".to_owned());
    let to = (email.to.clone(), None);
    let told = mailing::Told { events: &events, made: now, immediate: false };
    let letter = mailing::letter(config, (channel, email), &id, told, to);
    // Only an address that is none keeps a letter from its bytes, and the config was checked.
    let eml = letter.eml().unwrap_or_default();
    Ok(Some(Preview { text: letter.text, html: letter.html, eml }))
}

/// Makes a digest of what waits, whatever the time; `None` where nothing waits and an empty one is not wanted.
pub async fn send_now(context: &Arc<Context>, channel: &ChannelConfig) -> Result<Option<DeliveryId>, StoreError> {
    let ChannelTarget::Email(email) = &channel.target else { return Ok(None) };
    send(context, channel, email, context.clock.now()).await
}
