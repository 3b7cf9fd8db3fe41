//! `check`: the config and every topic query; with `--connect`, the world outside too.

use serde::Serialize;

use super::args::Cli;
use super::output::{Output, counted, printable};
use super::{Incomplete, Unchecked, runtime};
use crate::config::Config;
use crate::config::problem::{Problem, render_styled};
use crate::io::clock::Clock;
use crate::io::http::Http;
use crate::jobs::connect;

pub(crate) fn run(cli: &Cli, outside: bool, json: bool) -> anyhow::Result<()> {
    super::quiet_log(cli);
    let output = Output::new(json);
    let config = match super::config(cli) {
        Ok(config) => config,
        Err(error) => {
            if let Some(Unchecked(problems)) = error.downcast_ref::<Unchecked>().filter(|_| json) {
                problems.iter().try_for_each(|problem| tell(problem, output))?;
            }
            return Err(error);
        }
    };
    if output.is_json() {
        config.warnings.iter().try_for_each(|problem| tell(problem, output))?;
        output.record(&serde_json::json!({
            "kind": "config", "path": config.path, "ok": true, "sources": config.sources.len(),
            "topics": config.topics.len(), "channels": config.channels.len(),
        }))?;
    } else {
        if !config.warnings.is_empty() {
            anstream::eprintln!("{}\n", render_styled(&config.warnings));
        }
        output.line(format!(
            "{}: ok: {}, {}, {}",
            config.path.display(),
            counted(config.sources.len(), "source"),
            counted(config.topics.len(), "topic"),
            counted(config.channels.len(), "channel")
        ))?;
    }
    if outside { try_outside(&config, output) } else { Ok(()) }
}

fn tell(problem: &Problem, output: Output) -> anyhow::Result<()> {
    #[derive(Serialize)]
    struct Line<'a> {
        kind: &'static str,
        #[serde(flatten)]
        problem: &'a Problem,
    }
    Ok(output.record(&Line { kind: "problem", problem })?)
}

fn try_outside(config: &Config, output: Output) -> anyhow::Result<()> {
    let tried = runtime()?.block_on(async {
        let http = Http::new(&config.fetch, Clock::system())?;
        anyhow::Ok(connect::all(config, &http, &Clock::system()).await)
    })?;
    let mut failed = 0;
    for one in &tried {
        failed += usize::from(!one.ok);
        if output.is_json() {
            output.record(one)?;
        } else {
            let mark = if one.ok { "ok    " } else { "FAILED" };
            output.line(printable(&format!("{mark} {} {}: {}", one.kind, one.id, one.said)))?;
        }
    }
    if failed > 0 {
        return Err(Incomplete(format!("{failed} of {} did not work", tried.len())).into());
    }
    Ok(())
}
