//! `deliveries`: the outbox.

use anyhow::bail;

use super::args::{Cli, DeliveriesAction};
use super::output::{Output, shorten};
use crate::io::clock::Clock;
use crate::io::store::{DeliveryFilter, Reader, Store, StoreError};
use crate::model::ids::DeliveryId;

pub(crate) fn run(
    cli: &Cli,
    action: Option<&DeliveriesAction>,
    failed: bool,
    limit: usize,
    json: bool,
) -> anyhow::Result<()> {
    super::quiet_log(cli);
    let config = super::config_to_read(cli)?;
    let output = Output::new(json);
    if let Some(DeliveriesAction::Retry { ids }) = action {
        return retry(&config, ids, output);
    }
    let lines = Reader::open(&config.store.path)?.deliveries(&DeliveryFilter {
        status: failed.then(|| "failed".to_owned()),
        channel: None,
        limit: Some(limit),
    })?;
    if output.is_json() {
        return Ok(lines.iter().try_for_each(|line| output.record(line))?);
    }
    let rows = lines.iter().map(|line| {
        vec![
            line.id.to_string(),
            line.channel.to_string(),
            line.events.len().to_string(),
            line.status.clone(),
            line.attempts.to_string(),
            line.delivered_at.map_or_else(|| "-".to_owned(), |at| at.strftime("%F %H:%M").to_string()),
            shorten(line.last_error.as_deref().unwrap_or(""), 60),
        ]
    });
    let heading = ["delivery", "channel", "events", "status", "attempts", "delivered", "error"];
    Ok(output.table(&heading, rows.collect(), if failed { "no failed deliveries" } else { "no deliveries yet" })?)
}

fn retry(config: &crate::config::Config, ids: &[String], output: Output) -> anyhow::Result<()> {
    let now = Clock::system().now();
    super::runtime()?.block_on(async {
        let store = Store::open(&config.store, now)?;
        let mut unknown = Vec::new();
        for id in ids {
            match store.retry_delivery(&DeliveryId(id.clone()), now).await {
                Ok(()) => {}
                Err(StoreError::NotFound { .. } | StoreError::Refused(_)) => unknown.push(id.as_str()),
                Err(error) => return Err(error.into()),
            }
        }
        store.close().await;
        if !unknown.is_empty() {
            bail!("no undelivered delivery with the id {}; `wirewatch deliveries` lists them", unknown.join(", "));
        }
        anyhow::Ok(())
    })?;
    if output.is_json() {
        return Ok(ids.iter().try_for_each(|id| output.record(&serde_json::json!({"id": id, "status": "pending"})))?);
    }
    Ok(output.line(format!("{} pending again; the daemon or `wirewatch poll` sends them", ids.len()))?)
}
