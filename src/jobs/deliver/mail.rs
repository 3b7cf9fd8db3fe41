//! One delivery by mail, to one recipient after the other.

use std::path::Path;

use super::Sent;
use crate::config::{ChannelConfig, EmailChannel, MailBy};
use crate::engine::unsubscribe;
use crate::io::exec;
use crate::io::mail::{Letter, Mailer};
use crate::io::store::{Settled, StoreError};
use crate::jobs::{Context, mailing};
use crate::model::event::{Delivery, SendError};
use crate::model::time::SignedDuration;

/// Handing a message to the local `sendmail` is done in an instant, or something is wrong with it.
const SENDMAIL_TIMEOUT: SignedDuration = SignedDuration::from_secs(60);

/// One recipient after the other; who was served, or refused for good, is noted, so that another attempt goes to the others
/// only.
pub(super) async fn send(
    context: &Context,
    channel: &ChannelConfig,
    email: &EmailChannel,
    delivery: &Delivery,
) -> Result<Result<Sent, SendError>, StoreError> {
    let mailer = match mailer(context, email) {
        Ok(mailer) => mailer,
        Err(error) => return Ok(Err(error)),
    };
    let gone = context.store.unsubscribed(&channel.id).await?;
    let to: Vec<&String> = email.to.iter().filter(|to| !gone.contains(&unsubscribe::address(to))).collect();
    if to.is_empty() {
        tracing::info!(channel = %channel.id, delivery = %delivery.id, "everybody has unsubscribed: sent to nobody");
        return Ok(Ok(Sent::ToAll));
    }
    let immediate = mailing::is_immediate(email, delivery);
    let told = mailing::Told { events: &delivery.events, made: delivery.created, immediate };
    let letter = |to, link| mailing::letter(&context.config, (channel, email), &delivery.id, told, (to, link));
    if let Some(mailer) = mailer.as_ref().filter(|mailer| mailer.takes_all_at_once()) {
        let sent = mailer.send(&letter(to.into_iter().cloned().collect(), None), "").await;
        return Ok(sent.map(|()| Sent::ToAll));
    }
    let settled = context.store.settled_recipients(&delivery.id).await?;
    let mut failed: Vec<(&String, SendError)> = Vec::new();
    let asked = to.len();
    for recipient in to {
        if let Some(known) = settled.iter().find(|known| known.recipient == *recipient) {
            let refused = known.refused.clone().map(|reason| SendError::Permanent { reason });
            failed.extend(refused.map(|error| (recipient, error)));
            continue;
        }
        if mailer.as_ref().is_some_and(Mailer::is_silent) {
            let reason = "not tried, since the server did not answer for the others".to_owned();
            failed.push((recipient, SendError::Temporary { reason, retry_after: None }));
            continue;
        }
        let own = letter(vec![recipient.clone()], unsubscribe_link(context, channel, recipient).await?);
        let sent = match (&mailer, &email.by) {
            (Some(mailer), _) => mailer.send(&own, recipient).await,
            (None, MailBy::Sendmail(program)) => by_sendmail(program, &own, recipient).await,
            (None, _) => Ok(()),
        };
        let refused = match &sent {
            Ok(()) => Some(None),
            Err(SendError::Permanent { reason }) => Some(Some(reason.clone())),
            Err(SendError::Temporary { .. } | SendError::ChannelClosed { .. }) => None,
        };
        if let Some(refused) = refused {
            let settled = Settled { recipient: recipient.clone(), refused };
            context.store.settle_recipient(&delivery.id, settled).await?;
        }
        failed.extend(sent.err().map(|error| (recipient, error)));
    }
    if let Some(mailer) = &mailer {
        mailer.close().await;
    }
    Ok(together(&failed, asked))
}

/// `None` for `sendmail`, which is a command.
fn mailer(context: &Context, email: &EmailChannel) -> Result<Option<Mailer>, SendError> {
    match (&email.by, &context.config.smtp) {
        (MailBy::Smtp, Some(server)) => Mailer::smtp(server).map(Some),
        (MailBy::Smtp, None) => {
            let reason = "the channel sends by SMTP, and there is no [smtp]".to_owned();
            Err(SendError::Temporary { reason, retry_after: None })
        }
        (MailBy::Directory(directory), _) => Ok(Some(Mailer::Directory(directory.clone()))),
        (MailBy::Sendmail(_), _) => Ok(None),
    }
}

/// The recipient's own link, where the web page has an address that the recipient can reach.
async fn unsubscribe_link(
    context: &Context,
    channel: &ChannelConfig,
    recipient: &str,
) -> Result<Option<String>, StoreError> {
    let Some(base) = context.config.web.as_ref().and_then(|web| web.public_url.as_ref()) else { return Ok(None) };
    let key = context.store.unsubscribe_key().await?;
    Ok(Some(unsubscribe::link(base, &key, &channel.id, recipient)))
}

async fn by_sendmail(program: &Path, letter: &Letter, recipient: &str) -> Result<(), SendError> {
    let (argv, message) = letter.for_sendmail(program, recipient)?;
    exec::run(&argv, message, SENDMAIL_TIMEOUT).await
}

/// Several recipients' outcomes as one: it may pass as long as one that failed may; where the last of them refused, what
/// counts is whether anybody has it.
fn together(failed: &[(&String, SendError)], asked: usize) -> Result<Sent, SendError> {
    if failed.is_empty() {
        return Ok(Sent::ToAll);
    }
    let said = |(recipient, error): &(&String, SendError)| {
        let for_good = if matches!(error, SendError::Permanent { .. }) { "refused for good, " } else { "" };
        format!("{recipient}: {for_good}{error}")
    };
    let reason = failed.iter().map(said).collect::<Vec<_>>().join("; ");
    let waits = failed.iter().filter_map(|(_, error)| match error {
        SendError::Temporary { retry_after, .. } => Some(*retry_after),
        SendError::Permanent { .. } | SendError::ChannelClosed { .. } => None,
    });
    match waits.reduce(Option::max) {
        Some(retry_after) => Err(SendError::Temporary { reason, retry_after }),
        None if failed.len() < asked => Ok(Sent::NotTo(reason)),
        None => Err(SendError::Permanent { reason }),
    }
}
