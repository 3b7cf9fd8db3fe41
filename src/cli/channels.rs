//! `deliveries channels`: how each channel fares.

use anyhow::bail;

use super::output::{Output, shorten};
use crate::config::Config;
use crate::io::store::{Reader, StoreError};
use crate::model::ids::ChannelId;
use crate::model::record::ChannelRecord;

pub(super) fn list(config: &Config, output: Output) -> anyhow::Result<()> {
    let lines = lines(config)?;
    if output.is_json() {
        return Ok(lines.iter().try_for_each(|line| output.record(line))?);
    }
    let time =
        |at: Option<jiff::Timestamp>| at.map_or_else(|| "-".to_owned(), |at| at.strftime("%F %H:%M").to_string());
    let rows = lines.iter().map(|line| {
        vec![
            line.id.to_string(),
            line.status.clone(),
            time(line.last_success),
            time(line.failing_since),
            line.pending.to_string(),
            line.waiting_for_digest.to_string(),
            line.given_up.to_string(),
            time(line.next_attempt),
            if line.is_ill() { shorten(line.last_error.as_deref().unwrap_or(""), 60) } else { String::new() },
        ]
    });
    let heading = [
        "channel",
        "status",
        "last success",
        "failing since",
        "pending",
        "for digest",
        "given up",
        "next attempt",
        "error",
    ];
    Ok(output.table(&heading, rows.collect(), "no channels: add a [[channel]] to the config")?)
}

/// The channels of the config, in its order, then those that only the store still knows; also where there is no store
/// yet.
pub(super) fn lines(config: &Config) -> Result<Vec<ChannelRecord>, StoreError> {
    let mut known = match Reader::open(&config.store.path) {
        Ok(reader) => reader.channels()?,
        Err(StoreError::Missing { .. }) => Vec::new(),
        Err(error) => return Err(error),
    };
    let mut lines = Vec::with_capacity(known.len());
    for channel in &config.channels {
        let place = known.iter().position(|line| line.id == channel.id);
        lines.push(place.map_or_else(|| ChannelRecord::unused(channel.id.clone()), |place| known.remove(place)));
    }
    lines.extend(known);
    Ok(lines)
}

/// `desk is failing since 2026-06-15 12:00`
pub(super) fn standing(line: &ChannelRecord) -> String {
    let since = line.failing_since.map_or_else(String::new, |at| format!(" since {}", at.strftime("%F %H:%M")));
    format!("{} is {}{since}", line.id, line.status)
}

/// A channel that the config or the store knows, by its id.
pub(super) fn find(config: &Config, text: &str) -> anyhow::Result<ChannelId> {
    let lines = lines(config)?;
    if let Some(line) = lines.iter().find(|line| line.id.as_str() == text) {
        return Ok(line.id.clone());
    }
    if lines.is_empty() {
        bail!("there is no channel `{text}`: {} has none", config.path.display());
    }
    let known: Vec<&str> = lines.iter().map(|line| line.id.as_str()).collect();
    bail!("there is no channel `{text}` in {}; there are: {}", config.path.display(), known.join(", "))
}
