//! One delivery to one channel, by the channel's own means.

use super::{Sent, mail};
use crate::config::{ChannelConfig, ChannelTarget, WebhookChannel};
use crate::engine::webhook::{self, Message};
use crate::io::exec;
use crate::io::http::{Http, PostAnswer, PostRequest};
use crate::io::store::StoreError;
use crate::jobs::{Context, mailing};
use crate::model::channel::WebhookFormat;
use crate::model::event::{Delivery, Event, SendError};
use crate::model::fetch::FetchError;
use crate::model::time::Timestamp;

/// Of an answer's body so much is told.
const ANSWER_CHARS: usize = 200;

/// Sends one delivery. The outer error is the store's, the inner one the channel's.
pub(super) async fn one(
    context: &Context,
    channel: &ChannelConfig,
    delivery: &Delivery,
) -> Result<Result<Sent, SendError>, StoreError> {
    let whole = |sent: Result<(), SendError>| sent.map(|()| Sent::ToAll);
    match &channel.target {
        ChannelTarget::Webhook(hook) => {
            for (n, event) in delivery.events.iter().enumerate() {
                let id = if n == 0 { delivery.id.0.clone() } else { format!("{}-{n}", delivery.id) };
                let sent = to_webhook(&context.http, hook, &id, event, context.clock.now()).await;
                if sent.is_err() {
                    return Ok(whole(sent));
                }
            }
            Ok(Ok(Sent::ToAll))
        }
        ChannelTarget::Email(email) => mail::send(context, channel, email, delivery).await,
        ChannelTarget::Command { argv, timeout } => Ok(whole(exec::run(argv, command_input(delivery), *timeout).await)),
        ChannelTarget::Feed { .. } => Ok(Ok(Sent::ToAll)),
    }
}

/// Tries a webhook with an event of its own, for `check --connect`.
pub async fn ping(http: &Http, channel: &ChannelConfig, now: Timestamp) -> Result<(), SendError> {
    let ChannelTarget::Webhook(hook) = &channel.target else { return Ok(()) };
    let event = webhook::ping(channel.id.as_str(), now);
    to_webhook(http, hook, &format!("ping-{}-{}", channel.id.as_str().replace('.', "-"), now.as_second()), &event, now)
        .await
}

async fn to_webhook(
    http: &Http,
    hook: &WebhookChannel,
    id: &str,
    event: &Event,
    now: Timestamp,
) -> Result<(), SendError> {
    let Message { url, put, body } = webhook::format(hook.format, &hook.url, id, event);
    let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    if hook.format == WebhookFormat::Standard {
        let secrets: Vec<&str> = hook.secrets.iter().map(crate::config::Secret::expose).collect();
        headers.extend(webhook::headers(id, now.as_second(), &body, &secrets));
    }
    headers.extend(hook.headers.iter().map(|(name, value)| (name.clone(), value.expose().to_owned())));
    let allow_private = hook.allow_private.clone();
    let request = PostRequest { url, headers, body, timeout: hook.timeout, allow_private };
    let answer = if put { http.put(request).await } else { http.post(request).await };
    match answer {
        Ok(answer) => judged(&answer, hook.url.host()),
        Err(error) => Err(unsent(hook, &error)),
    }
}

/// What an answer's status means by Standard Webhooks.
fn judged(answer: &PostAnswer, host: &str) -> Result<(), SendError> {
    let body: String = crate::engine::brief::clean(&answer.body).chars().take(ANSWER_CHARS).collect();
    let said = if body.is_empty() { String::new() } else { format!(": {body}") };
    let reason = format!("{host} answered {}{said}", answer.status);
    match answer.status {
        200..=299 => Ok(()),
        300..=399 => Err(SendError::Temporary {
            reason: format!("{host} answered {}: redirects are not followed, give the final URL", answer.status),
            retry_after: None,
        }),
        410 => Err(SendError::ChannelClosed { reason }),
        _ => Err(SendError::Temporary { reason, retry_after: answer.retry_after }),
    }
}

/// The URLs of chat services are secrets: of them only the host is told.
fn unsent(hook: &WebhookChannel, error: &FetchError) -> SendError {
    let told = match error {
        FetchError::Unreachable { reason, .. } | FetchError::TooLarge { reason, .. } => {
            format!("{}: {reason}", hook.url.host())
        }
        other => other.to_string(),
    };
    let path = hook.url.as_url().path().trim_end_matches('/');
    let mut reason = told.replace(&hook.url.to_string(), hook.url.host());
    if path.len() > 1 {
        reason = reason.replace(path, "/…");
    }
    SendError::Temporary { reason, retry_after: None }
}

/// The end of the quiet hours, for a mail of its own that would go out in them.
pub(super) fn quiet_until(channel: &ChannelConfig, delivery: &Delivery, now: Timestamp) -> Option<Timestamp> {
    let ChannelTarget::Email(email) = &channel.target else { return None };
    let (from, to) = email.quiet?;
    if !mailing::is_immediate(email, delivery) || from == to {
        return None;
    }
    let local = email.timezone.to_datetime(now);
    let time = local.time();
    let inside = if from < to { time >= from && time < to } else { time >= from || time < to };
    let day = if time < to { local.date() } else { local.date().tomorrow().ok()? };
    inside.then(|| email.timezone.to_timestamp(day.to_datetime(to)).ok()).flatten()
}

/// One JSON object a line: the webhook's body with the delivery's id and channel.
fn command_input(delivery: &Delivery) -> Vec<u8> {
    let mut lines = Vec::new();
    for event in &delivery.events {
        let line = serde_json::json!({
            "id": delivery.id, "channel": delivery.channel, "attempt": delivery.attempts + 1,
            "type": event.kind, "timestamp": event.timestamp, "data": event.data,
        });
        lines.extend(line.to_string().into_bytes());
        lines.push(b'\n');
    }
    lines
}
