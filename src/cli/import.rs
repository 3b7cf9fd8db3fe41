//! `import`: articles from elsewhere, through the same normalize → dedupe → revision → topic path.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;

use super::Incomplete;
use super::args::Cli;
use super::output::{Output, counted, printable, progress};
use crate::io::clock::Clock;
use crate::io::store::Store;
use crate::jobs::{Context, import};

/// How many bad lines are told one by one; the rest is counted.
const TOLD_MAX: u64 = 100;

pub(crate) fn run(cli: &Cli, file: &Path, json: bool) -> anyhow::Result<()> {
    let config = super::config(cli)?;
    super::quiet_log(cli);
    let output = Output::new(json);
    let (lines, bytes): (Box<dyn BufRead>, u64) = if file == Path::new("-") {
        (Box::new(std::io::stdin().lock()), 0)
    } else {
        let opened = File::open(file).with_context(|| format!("open {}", file.display()))?;
        let length = opened.metadata().map_or(0, |meta| meta.len());
        (Box::new(BufReader::with_capacity(1 << 16, opened)), length)
    };
    let bar = progress(bytes, "import");
    let tally = super::runtime()?.block_on(async {
        let clock = Clock::system();
        let store = Store::open(&config.store, clock.now())?;
        let context = Arc::new(Context::new(config, store.clone(), clock)?);
        let mut told = 0_u64;
        let tally = import::lines(&context, lines, &mut |step| match step {
            import::Step::Read(bytes) => bar.inc(bytes),
            import::Step::Bad { line, reason } => {
                told += 1;
                if told <= TOLD_MAX {
                    bar.suspend(|| anstream::eprintln!("{}", printable(&format!("line {line}: {reason}; skipped"))));
                }
            }
        })
        .await?;
        store.close().await;
        anyhow::Ok(tally)
    })?;
    bar.finish_and_clear();
    if output.is_json() {
        output.record(&tally)?;
    } else {
        output.line(format!(
            "{}: {}, {}, {} unchanged, {} bad",
            counted(tally.lines, "line"),
            counted(tally.new, "new article"),
            counted(tally.revised, "revision"),
            tally.unchanged,
            tally.bad
        ))?;
    }
    if tally.bad > 0 && tally.bad == tally.lines {
        return Err(
            Incomplete("no line could be read; see `wirewatch import --help` for what a line holds".into()).into()
        );
    }
    Ok(())
}
