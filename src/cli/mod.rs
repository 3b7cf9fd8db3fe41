//! The command line: parses arguments, runs one command, turns its result into an exit status. Standard output carries
//! results only; everything said about the run goes to standard error.

pub mod args;
pub mod output;

mod archive;
mod channels;
mod check;
mod daemon;
mod deliveries;
mod digest;
mod discover;
mod explain;
mod export;
mod extract;
mod feed;
mod import;
mod init;
mod input;
mod poll;
mod replay;
mod shell;
mod show;
mod sources;
mod story;
mod topics;
mod upkeep;

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser as _;

use crate::config::Config;
use crate::config::load;
use crate::config::problem::Problems;
use args::{Cli, Command};

/// A config that does not check, or a wrong use that clap cannot see: exit status 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Refused(pub(crate) String);

/// A config that does not check: every problem at its place, in colours where a person reads. Exit status 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unchecked(pub(crate) Problems);

/// Something was printed already and the status is all that is left to say: exit status 1.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Incomplete(pub(crate) String);

/// Runs the program on `argv`, the program's name first.
pub fn main(argv: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(argv) {
        Ok(cli) => cli,
        Err(error) => {
            // `--help` and `--version` come here too: clap says which stream and which status.
            let status = u8::try_from(error.exit_code()).unwrap_or(2);
            return if error.print().is_ok() { ExitCode::from(status) } else { ExitCode::FAILURE };
        }
    };
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report(&error),
    }
}

fn report(error: &anyhow::Error) -> ExitCode {
    // `wirewatch export | head` is a success: the reader has all it wanted.
    let pipe = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    if pipe.into_iter().any(|cause| cause.kind() == io::ErrorKind::BrokenPipe) {
        return ExitCode::SUCCESS;
    }
    let mut stderr = anstream::stderr().lock();
    // `anstream` takes the colours away where standard error is no terminal.
    let (said, status) = if let Some(Unchecked(problems)) = error.downcast_ref::<Unchecked>() {
        (writeln!(stderr, "{}", problems.render_styled().trim_end()), 2)
    } else if let Some(refused) = error.downcast_ref::<Refused>() {
        (writeln!(stderr, "{}", refused.0.trim_end()), 2)
    } else {
        (writeln!(stderr, "error: {error:#}"), 1)
    };
    // With standard error closed there is nowhere left to say so.
    drop(said);
    ExitCode::from(status)
}

fn run(cli: &Cli) -> anyhow::Result<()> {
    match &cli.command {
        Command::Init { dir } => init::run(dir),
        Command::Completions { shell } => shell::completions(*shell),
        Command::Man => shell::man(),
        Command::Feed { inputs, json } => feed::run(cli, inputs, json.json),
        Command::Extract { inputs, url, explain, json } => {
            extract::run(cli, &extract::Ask { inputs, url: url.as_deref(), explain: *explain, json: json.json })
        }
        Command::Check { connect, json } => check::run(cli, *connect, json.json),
        Command::Run => daemon::run(cli),
        Command::Reload => daemon::reload(cli),
        Command::Poll { sources, recheck, json } => poll::run(cli, sources, *recheck, json.json),
        Command::Demo { serve, keep } => daemon::demo(cli, *serve, keep.as_deref()),
        Command::Sources { action, json } => sources::run(cli, action.as_ref(), json.json),
        Command::Articles { filter, json } => archive::articles(cli, filter, json.json),
        Command::Show { article, revision, blocks, json } => {
            show::show(cli, &show::Ask { article, revision: *revision, blocks: *blocks, json: json.json })
        }
        Command::Log { article, json } => show::log(cli, article, json.json),
        Command::Diff { article, range, format, json } => {
            show::diff(cli, article, range.as_deref(), *format, json.json)
        }
        Command::Stories { limit, all, json } => story::list(cli, *limit, *all, json.json),
        Command::Story { action, story, json } => story::run(cli, action.as_ref(), *story, json.json),
        Command::Search { query, limit, json } => archive::search(cli, query, *limit, json.json),
        Command::Topics { action, json } => topics::run(cli, action.as_ref(), json.json),
        Command::Digest { action } => digest::run(cli, action),
        Command::Deliveries { action, failed, channel, limit, json } => {
            let list = deliveries::List { failed: *failed, channel: channel.as_deref(), limit: *limit };
            deliveries::run(cli, action.as_ref(), &list, json.json)
        }
        Command::Explain { article, json } => explain::run(cli, article, json.json),
        Command::Verify { article, json } => upkeep::verify(cli, article.as_deref(), json.json),
        Command::Import { file, json } => import::run(cli, file, json.json),
        Command::Export { since, topic, warc, json: _ } => {
            export::run(cli, since.as_deref(), topic.as_deref(), warc.as_deref())
        }
        Command::Backup { file } => upkeep::backup(cli, file),
        Command::Doctor { json } => upkeep::doctor(cli, json.json),
    }
}

/// Finds and checks the config; every problem is said at once, with exit status 2.
pub(crate) fn config(cli: &Cli) -> anyhow::Result<Config> {
    Ok(load::load(&config_path(cli)?).map_err(Unchecked)?)
}

/// Like [`config`], for a command that reads the archive or a page and sends nothing: it works for a person who may not
/// read the secrets.
pub(crate) fn config_to_read(cli: &Cli) -> anyhow::Result<Config> {
    Ok(load::load_to_read(&config_path(cli)?).map_err(Unchecked)?)
}

fn config_path(cli: &Cli) -> anyhow::Result<PathBuf> {
    Ok(load::find(cli.config.as_deref()).map_err(|error| Refused(format!("error: {error}")))?)
}

/// The runtime on which a command's effects run.
pub(crate) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("start the async runtime")
}

/// Starts logging for a one-shot command: warnings and up on standard error, unless `--log` says otherwise.
pub(crate) fn quiet_log(cli: &Cli) {
    crate::io::telemetry::init(cli.log.as_deref(), "warn");
}
