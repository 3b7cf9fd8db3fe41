//! A mail, from a channel and its events to a letter: what the deliveries and the digest's preview have in common.

use crate::config::{ChannelConfig, Config, EmailChannel};
use crate::engine::digest::{self, DigestInput, Rendered};
use crate::io::mail::Letter;
use crate::model::event::{Delivery, Event, EventKind};
use crate::model::ids::DeliveryId;
use crate::model::time::Timestamp;

/// Who sends where neither the channel nor `[smtp]` says: mail that only goes to files.
const NOBODY: &str = "wirewatch@localhost";

/// What a letter tells.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    pub(super) events: &'a [Event],
    pub(super) made: Timestamp,
    /// One event's own mail, not a digest.
    pub(super) immediate: bool,
}

/// A letter with its texts.
pub(super) fn letter(
    config: &Config,
    (channel, email): (&ChannelConfig, &EmailChannel),
    id: &DeliveryId,
    Told { events, made, immediate }: Told<'_>,
    (to, unsubscribe): (Vec<String>, Option<String>),
) -> Letter {
    let input = DigestInput {
        channel: channel.id.as_str(),
        events: if is_empty_digest(events) { &[] } else { events },
        zone: &email.timezone,
        web: config.web.as_ref().and_then(|web| web.public_url.as_ref()),
        unsubscribe: unsubscribe.as_deref(),
        at: made,
        max_items: email.max_items,
        immediate,
    };
    let Rendered { subject, text, html } = digest::render(&input);
    let from = email.from.as_deref().or(config.smtp.as_ref().map(|smtp| smtp.from.as_str())).unwrap_or(NOBODY);
    Letter {
        id: id.clone(),
        channel: channel.id.clone(),
        from: from.to_owned(),
        to,
        unsubscribe,
        date: made,
        subject,
        text,
        html,
        thread: thread(events),
    }
}

/// The topic that all events are about, by each one's first: a channel's mails about one topic alone form a thread. A digest
/// of several topics stands for itself.
fn thread(events: &[Event]) -> Option<String> {
    let topic = events.first()?.topics.first()?;
    events.iter().all(|event| event.topics.first() == Some(topic)).then(|| topic.to_string())
}

/// Whether a delivery is one event's own mail rather than a digest.
pub(super) fn is_immediate(email: &EmailChannel, delivery: &Delivery) -> bool {
    let [one] = delivery.events.as_slice() else { return false };
    // A digest of one event may tell what was told at once before.
    one.article == delivery.article && email.immediate.asks_for(one.kind, one.significance)
}

/// What is enqueued for a digest that says "nothing": an outbox row needs an event.
pub(super) fn empty_digest(channel: &str, now: Timestamp) -> Event {
    let mut event = crate::engine::webhook::ping(channel, now);
    event.data = serde_json::json!({"channel": channel, "empty": true});
    event
}

fn is_empty_digest(events: &[Event]) -> bool {
    matches!(events, [one] if one.kind == EventKind::Ping && one.data["empty"] == true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::TopicId;

    #[test]
    fn mails_about_one_topic_form_its_thread() {
        let about = |topics: &[&str]| Event {
            topics: topics.iter().map(|id| TopicId::new(*id).unwrap()).collect(),
            ..crate::engine::webhook::ping("desk", Timestamp::UNIX_EPOCH)
        };
        let rows: [(&[Event], Option<&str>); 6] = [
            (&[about(&["talks"])], Some("talks")),
            (&[about(&["talks", "chips"])], Some("talks")),
            (&[about(&["talks"]), about(&["talks"])], Some("talks")),
            (&[about(&["talks"]), about(&["chips"])], None),
            (&[about(&["talks"]), about(&[])], None),
            (&[empty_digest("desk", Timestamp::UNIX_EPOCH)], None),
        ];
        for (events, expected) in rows {
            assert_eq!(thread(events).as_deref(), expected, "{events:?}");
        }
    }
}
