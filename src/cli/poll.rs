//! `poll`: one cycle now.

use std::sync::Arc;

use serde::Serialize;

use super::Refused;
use super::args::Cli;
use super::output::{Output, counted};
use crate::config::Config;
use crate::io::clock::Clock;
use crate::io::store::Store;
use crate::jobs::tally::Tally;
use crate::jobs::{Context, deliver, poll, recheck, wayback};
use crate::model::ids::SourceId;

/// What one cycle did.
#[derive(Serialize)]
struct Summary {
    sources: u64,
    failed: u64,
    entries: u64,
    new: u64,
    revised: u64,
    gone: u64,
    restored: u64,
    unchanged: u64,
    blocked: u64,
    suspect: u64,
    errors: u64,
    rechecked: u64,
    delivered: u64,
    elapsed_ms: u64,
}

pub(crate) fn run(cli: &Cli, names: &[String], recheck: bool, json: bool) -> anyhow::Result<()> {
    let config = super::config(cli)?;
    super::quiet_log(cli);
    let wanted = wanted(&config, names)?;
    let output = Output::new(json);
    let summary = super::runtime()?.block_on(cycle(config, &wanted, recheck))?;
    if output.is_json() {
        return Ok(output.record(&summary)?);
    }
    let failed = if summary.failed == 0 { String::new() } else { format!(" ({} failed)", summary.failed) };
    output.line(format!(
        "polled {}{failed}: {} new, {} revised, {} gone, {} restored, {} unchanged; {} delivered; {:.1} s",
        counted(summary.sources, "source"),
        summary.new,
        summary.revised,
        summary.gone,
        summary.restored,
        summary.unchanged,
        summary.delivered,
        summary.elapsed_ms as f64 / 1000.0
    ))?;
    if summary.errors + summary.suspect > 0 {
        let pages = counted(summary.errors + summary.suspect, "page");
        output.line(format!("{pages} could not be read; the warnings name them"))?;
    }
    if summary.failed > 0 {
        output.line("`wirewatch sources` says what failed")?;
    }
    Ok(())
}

fn wanted(config: &Config, names: &[String]) -> anyhow::Result<Vec<SourceId>> {
    let known = |name: &String| config.sources.iter().find(|source| source.id.as_str() == name);
    let mut wanted = Vec::new();
    for name in names {
        let Some(source) = known(name) else {
            return Err(Refused(format!("error: there is no source `{name}`; `wirewatch sources` lists them")).into());
        };
        wanted.push(source.id.clone());
    }
    Ok(wanted)
}

async fn cycle(config: Config, wanted: &[SourceId], recheck: bool) -> anyhow::Result<Summary> {
    let clock = Clock::system();
    let began = clock.now();
    let store = Store::open(&config.store, began)?;
    let context = Arc::new(Context::new(config, store.clone(), clock.clone())?);
    store.sync_sources(&context.config.sources, began).await?;
    deliver::prepare(&context).await;
    let polled = poll::all(&context, wanted).await?;
    let looked = if recheck { recheck::all(&context).await? } else { Tally::default() };
    let delivered = deliver::drain(&context).await?;
    // One request at most: the archive takes few a minute, and a cycle waits for none.
    wayback::tick(&context).await?;
    store.close().await;
    let elapsed = clock.now().duration_since(began);
    Ok(Summary {
        sources: polled.sources,
        failed: polled.failed,
        entries: polled.entries,
        new: polled.tally.new + looked.new,
        revised: polled.tally.revised + looked.revised,
        gone: polled.tally.gone + looked.gone,
        restored: polled.tally.restored + looked.restored,
        unchanged: polled.tally.unchanged + looked.unchanged,
        blocked: polled.tally.blocked + looked.blocked,
        suspect: polled.tally.suspect + looked.suspect,
        errors: polled.tally.errors + looked.errors,
        rechecked: looked.total(),
        delivered,
        elapsed_ms: u64::try_from(elapsed.as_millis()).unwrap_or(0),
    })
}
