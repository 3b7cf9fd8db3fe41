//! `run`, `reload` and `demo`.

use std::path::Path;

use anyhow::Context as _;
use tokio_util::sync::CancellationToken;

use super::args::Cli;
use super::output::Output;
use super::{Incomplete, Refused};
use crate::config::load;
use crate::io::control;
use crate::{daemon, demo};

pub(crate) fn run(cli: &Cli) -> anyhow::Result<()> {
    let config = super::config(cli)?;
    crate::io::telemetry::init(cli.log.as_deref(), "info");
    for warning in &config.warnings {
        tracing::warn!("{}:{}: {}", warning.file.display(), warning.line, warning.message);
    }
    super::runtime()?.block_on(daemon::run(config, CancellationToken::new()))?;
    Ok(())
}

pub(crate) fn reload(cli: &Cli) -> anyhow::Result<()> {
    super::quiet_log(cli);
    let path = load::find(cli.config.as_deref()).map_err(|error| Refused(format!("error: {error}")))?;
    match super::runtime()?.block_on(control::request_reload(&path))? {
        Ok(said) => Ok(Output::new(false).line(said)?),
        Err(reasons) => {
            anstream::eprintln!("{}", reasons.trim_end());
            Err(Incomplete("the daemon refused the config and keeps the old one".to_owned()).into())
        }
    }
}

pub(crate) fn demo(cli: &Cli, serve: bool, keep: Option<&Path>) -> anyhow::Result<()> {
    super::quiet_log(cli);
    let dir = match keep {
        // The config in it names files, which are relative to the config.
        Some(dir) => std::path::absolute(dir).with_context(|| format!("find {}", dir.display()))?,
        None => demo::scratch_dir(),
    };
    std::fs::create_dir_all(&dir).with_context(|| format!("create {}", dir.display()))?;
    let output = Output::new(false);
    // A person who watches can open the page; a script that reads the output goes on.
    let serve = serve || output.is_terminal();
    super::runtime()?.block_on(demo::run(&dir, serve, &|line| output.line(line)))
}
