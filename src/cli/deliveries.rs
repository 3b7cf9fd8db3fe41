//! `deliveries`: the outbox.

use std::collections::BTreeMap;

use anyhow::bail;

use super::args::{Cli, DeliveriesAction};
use super::channels;
use super::output::{Output, printable, shorten};
use super::show::since;
use crate::config::Config;
use crate::io::clock::Clock;
use crate::io::store::{DeliveryFilter, Reader, Replay, Store, StoreError};
use crate::model::ids::DeliveryId;
use crate::model::record::{ChannelRecord, DeliveryRecord};

/// What to list.
pub(crate) struct List<'a> {
    /// Only failed ones.
    pub(crate) failed: bool,
    /// Only those to this channel.
    pub(crate) channel: Option<&'a str>,
    /// At most this many.
    pub(crate) limit: usize,
}

pub(crate) fn run(cli: &Cli, action: Option<&DeliveriesAction>, ask: &List<'_>, json: bool) -> anyhow::Result<()> {
    super::quiet_log(cli);
    let config = super::config_to_read(cli)?;
    let output = Output::new(json);
    match action {
        None => list(&config, ask, output),
        Some(DeliveriesAction::Channels { json }) => {
            channels::list(&config, Output::new(output.is_json() || json.json))
        }
        Some(DeliveriesAction::Retry { ids }) => {
            let ids: Vec<DeliveryId> = ids.iter().cloned().map(DeliveryId).collect();
            again(&config, &ids, Again::Retry)?;
            said(&ids, output)
        }
        Some(DeliveriesAction::Replay { ids, since, until, channel, failed, dry_run }) => {
            let ids = if let Some(since) = since {
                picked(&config, since, until.as_deref(), channel.as_deref(), *failed)?
            } else {
                ids.iter().cloned().map(DeliveryId).collect()
            };
            if *dry_run {
                return would(&config, &ids, output);
            }
            again(&config, &ids, Again::Replay)?;
            said(&ids, output)
        }
    }
}

fn list(config: &Config, ask: &List<'_>, output: Output) -> anyhow::Result<()> {
    let filter = DeliveryFilter {
        status: ask.failed.then(|| "failed".to_owned()),
        channel: ask.channel.map(|id| channels::find(config, id)).transpose()?,
        limit: Some(ask.limit),
    };
    let lines = Reader::open(&config.store.path)?.deliveries(&filter)?;
    if output.is_json() {
        return Ok(lines.iter().try_for_each(|line| output.record(line))?);
    }
    let rows = lines.iter().map(|line| {
        vec![
            line.id.to_string(),
            line.channel.to_string(),
            line.events.len().to_string(),
            line.standing(),
            line.attempts.to_string(),
            line.delivered_at.map_or_else(|| "-".to_owned(), |at| at.strftime("%F %H:%M").to_string()),
            shorten(line.trouble().unwrap_or(""), 60),
        ]
    });
    let heading = ["delivery", "channel", "events", "status", "attempts", "delivered", "error"];
    let nothing = if ask.failed { "no failed deliveries" } else { "no deliveries yet" };
    output.table(&heading, rows.collect(), nothing)?;
    for refusal in refusals(&lines) {
        output.line(printable(&refusal))?;
    }
    for ill in channels::lines(config)?.into_iter().filter(ChannelRecord::is_ill) {
        let said = shorten(ill.last_error.as_deref().unwrap_or(""), 100);
        output.line(printable(&format!("\nchannel {}: {said}", channels::standing(&ill))))?;
    }
    Ok(())
}

/// Who refused mails among these, with the mail server's last words in full.
fn refusals(newest_first: &[DeliveryRecord]) -> Vec<String> {
    let mut refusals: BTreeMap<(&str, &str), (usize, &str)> = BTreeMap::new();
    for line in newest_first {
        for one in &line.recipients {
            if let Some(words) = &one.refused {
                refusals.entry((line.channel.as_str(), &one.address)).or_insert((0, words)).0 += 1;
            }
        }
    }
    let said = |((channel, address), (mails, words)): ((&str, &str), (usize, &str))| {
        format!("\nchannel {channel}: {address} refused {mails} of these for good: {words}")
    };
    refusals.into_iter().map(said).collect()
}

/// What a span of time comes to.
fn picked(
    config: &Config,
    from: &str,
    until: Option<&str>,
    channel: Option<&str>,
    failed: bool,
) -> anyhow::Result<Vec<DeliveryId>> {
    let now = Clock::system().now();
    let replay = Replay {
        since: Some(since(from, now)?),
        until: until.map(|text| since(text, now)).transpose()?,
        channel: channel.map(|id| channels::find(config, id)).transpose()?,
        failed,
    };
    Ok(Reader::open(&config.store.path)?.replayed(&replay)?)
}

#[derive(Clone, Copy)]
enum Again {
    Retry,
    Replay,
}

fn again(config: &Config, ids: &[DeliveryId], how: Again) -> anyhow::Result<()> {
    let now = Clock::system().now();
    super::runtime()?.block_on(async {
        let store = Store::open(&config.store, now)?;
        let mut refused = Vec::new();
        for id in ids {
            let asked = match how {
                Again::Retry => store.retry_delivery(id, now).await,
                Again::Replay => store.replay_delivery(id, now).await,
            };
            match asked {
                Ok(()) => {}
                Err(error @ (StoreError::NotFound { .. } | StoreError::Refused(_))) => refused.push(error.to_string()),
                Err(error) => return Err(error.into()),
            }
        }
        store.close().await;
        if !refused.is_empty() {
            bail!("{}; `wirewatch deliveries` lists them", refused.join("; "));
        }
        anyhow::Ok(())
    })
}

fn said(ids: &[DeliveryId], output: Output) -> anyhow::Result<()> {
    if output.is_json() {
        return Ok(ids.iter().try_for_each(|id| output.record(&serde_json::json!({"id": id, "status": "pending"})))?);
    }
    Ok(output.line(format!("{} pending again; the daemon or `wirewatch poll` sends them", ids.len()))?)
}

fn would(config: &Config, ids: &[DeliveryId], output: Output) -> anyhow::Result<()> {
    let reader = Reader::open(&config.store.path)?;
    let lines = ids.iter().map(|id| reader.delivery(id)).collect::<Result<Vec<_>, _>>()?;
    if output.is_json() {
        return Ok(lines.iter().try_for_each(|line| output.record(line))?);
    }
    let rows = lines.iter().map(|line| {
        let made = line.created.strftime("%F %H:%M").to_string();
        vec![line.id.to_string(), line.channel.to_string(), made, line.status.clone()]
    });
    Ok(output.table(&["delivery", "channel", "made", "status"], rows.collect(), "no such deliveries")?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn who_refused_is_listed_once_with_the_last_words_in_full() {
        let line = |channel: &str, recipients: serde_json::Value| -> DeliveryRecord {
            serde_json::from_value(json!({
                "id": "d", "channel": channel, "type": "email", "events": [], "status": "delivered", "attempts": 1,
                "last_error": null, "recipients": recipients, "delivered_at": null, "created": "2026-11-27T00:00:00Z",
                "due": null,
            }))
            .unwrap()
        };
        let words = "550 5.1.1 <b@desk.test>: Recipient address rejected: nobody of that name works here";
        let lines = [
            line("desk", json!([{"address": "a@desk.test"}, {"address": "b@desk.test", "refused": words}])),
            line("board", json!([{"address": "b@desk.test", "refused": "552 full"}])),
            line("desk", json!([{"address": "a@desk.test"}, {"address": "b@desk.test", "refused": "551 moved"}])),
        ];
        assert_eq!(
            refusals(&lines),
            [
                "\nchannel board: b@desk.test refused 1 of these for good: 552 full".to_owned(),
                format!("\nchannel desk: b@desk.test refused 2 of these for good: {words}"),
            ]
        );
    }
}
