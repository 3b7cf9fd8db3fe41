//! `verify`, `backup` and `doctor`.

use std::path::Path;

use serde::Serialize;

use super::args::Cli;
use super::output::{Output, counted, printable};
use super::show::find_article;
use super::{Incomplete, channels, sources};
use crate::config::Config;
use crate::io::clock::Clock;
use crate::io::http::Http;
use crate::io::store::{DeliveryFilter, Reader, StoreError, WaybackCounts};
use crate::jobs::verify;
use crate::model::record::{ChannelRecord, SourceRecord};

pub(crate) fn verify(cli: &Cli, article: Option<&str>, json: bool) -> anyhow::Result<()> {
    super::quiet_log(cli);
    let config = super::config_to_read(cli)?;
    let output = Output::new(json);
    let reader = Reader::open(&config.store.path)?;
    let only = article.map(|named| find_article(&reader, named)).transpose()?;
    let report = verify::run(&config, &reader, only)?;
    for problem in &report.problems {
        let (article, revision) = (problem.article, problem.revision);
        if output.is_json() {
            output.record(&serde_json::json!({"article": article, "revision": revision, "problem": problem.reason}))?;
        } else {
            output.line(printable(&format!("BROKEN article {article} revision {revision}: {}", problem.reason)))?;
        }
    }
    let broken = report.problems.len();
    if output.is_json() {
        output.record(&serde_json::json!({
            "articles": report.articles, "revisions": report.revisions, "derived": report.derived, "broken": broken,
        }))?;
    } else {
        let chain = if broken == 0 { "the chain holds".to_owned() } else { format!("{broken} broken") };
        output.line(format!(
            "{} of {}: {chain}, {} derived again from the stored page",
            counted(report.revisions, "revision"),
            counted(report.articles, "article"),
            counted(report.derived, "text")
        ))?;
    }
    if broken == 0 { Ok(()) } else { Err(Incomplete("the archive is not whole".to_owned()).into()) }
}

pub(crate) fn backup(cli: &Cli, file: &Path) -> anyhow::Result<()> {
    super::quiet_log(cli);
    let config = super::config_to_read(cli)?;
    Reader::open(&config.store.path)?.backup(file)?;
    let bytes = std::fs::metadata(file).map_or(0, |meta| meta.len());
    Ok(Output::new(false).line(format!("{}: {bytes} bytes, checked", file.display()))?)
}

/// One line of the doctor's report.
#[derive(Serialize)]
struct Finding {
    what: &'static str,
    ok: bool,
    said: String,
}

pub(crate) fn doctor(cli: &Cli, json: bool) -> anyhow::Result<()> {
    super::quiet_log(cli);
    let output = Output::new(json);
    let mut findings = Vec::new();
    let finding = match super::config(cli) {
        Err(error) => Finding { what: "config", ok: false, said: error.to_string() },
        Ok(config) => {
            let warnings = match config.warnings.len() {
                0 => String::new(),
                count => format!("; `wirewatch check` warns of {count}"),
            };
            Finding { what: "config", ok: true, said: format!("{}{warnings}", config.path.display()) }
        }
    };
    findings.push(finding);
    // A secret that is not there is told above, and hides nothing of the rest.
    if let Ok(config) = super::config_to_read(cli) {
        examine(&config, &mut findings);
    }
    let mut ill = 0;
    for finding in &findings {
        ill += usize::from(!finding.ok);
        if output.is_json() {
            output.record(finding)?;
        } else {
            let mark = if finding.ok { "ok " } else { "ILL" };
            output.line(printable(&format!("{mark} {:<10} {}", finding.what, finding.said)))?;
        }
    }
    if ill > 0 {
        Err(Incomplete(format!("{ill} of {} findings for a person to look at", findings.len())).into())
    } else {
        Ok(())
    }
}

fn examine(config: &Config, findings: &mut Vec<Finding>) {
    let mut say = |what, result: Result<String, String>| {
        findings.push(Finding { what, ok: result.is_ok(), said: result.unwrap_or_else(|error| error) });
    };
    say("clock", clock(&Clock::system()));
    say(
        "client",
        Http::new(&config.fetch, Clock::system()).map(|_| "ready".to_owned()).map_err(|error| error.to_string()),
    );
    let reader = match Reader::open(&config.store.path) {
        Ok(reader) => reader,
        Err(StoreError::Missing { path }) => {
            return say("store", Ok(format!("{}: none yet; `run` or `poll` makes it", path.display())));
        }
        Err(error) => return say("store", Err(error.to_string())),
    };
    say(
        "store",
        match reader.integrity() {
            Ok(problems) if problems.is_empty() => Ok(format!("{}: whole", config.store.path.display())),
            Ok(problems) => Err(problems.join("; ")),
            Err(error) => Err(error.to_string()),
        },
    );
    say("size", size(&reader).map_err(|error| error.to_string()));
    say("disk", disk(&config.store.path));
    if config.wayback.is_some() {
        let counts = reader.wayback().map_err(|error| error.to_string());
        let said = |c: WaybackCounts| format!("{} copies kept, {} wanted, {} given up", c.kept, c.waiting, c.given_up);
        say("wayback", counts.map(said));
    }
    say("sources", sources::lines(config).map_err(|error| error.to_string()).and_then(|lines| fare(&lines)));
    say("channels", channels::lines(config).map_err(|error| error.to_string()).and_then(|lines| accept(&lines)));
    let failed = DeliveryFilter { status: Some("failed".to_owned()), channel: None, limit: Some(1_000) };
    match reader.deliveries(&failed) {
        Err(error) => say("deliveries", Err(error.to_string())),
        Ok(failed) if failed.is_empty() => say("deliveries", Ok("none failed".to_owned())),
        Ok(failed) => say("deliveries", Err(format!("{} failed: see `wirewatch deliveries --failed`", failed.len()))),
    }
}

fn fare(lines: &[SourceRecord]) -> Result<String, String> {
    let failing: Vec<&str> = lines
        .iter()
        .filter(|line| ["failing", "parked"].contains(&line.status.as_str()))
        .map(|line| line.id.as_str())
        .collect();
    let (count, unmet) = (lines.len(), lines.iter().filter(|line| line.last_poll.is_none()).count());
    if !failing.is_empty() {
        return Err(format!(
            "{} of {count} do not work: {}; see `wirewatch sources`",
            failing.len(),
            failing.join(", ")
        ));
    }
    Ok(if unmet == 0 { format!("{count}, all well") } else { format!("{count}, {unmet} of them not polled yet") })
}

fn accept(lines: &[ChannelRecord]) -> Result<String, String> {
    let ill: Vec<String> = lines
        .iter()
        .filter(|line| line.is_ill())
        .map(|line| {
            format!("{} ({})", channels::standing(line), line.last_error.as_deref().unwrap_or("no reason given"))
        })
        .collect();
    if ill.is_empty() {
        return Ok(format!("{}, none failing", lines.len()));
    }
    Err(format!("{}; see `wirewatch deliveries channels`", ill.join("; ")))
}

/// What the store takes, and what of it takes most.
fn size(reader: &Reader) -> Result<String, StoreError> {
    let (sizes, articles) = (reader.sizes()?, reader.article_count()?);
    let total: u64 = sizes.iter().map(|(_, bytes)| bytes).sum();
    let of = |belongs: &dyn Fn(&str) -> bool| -> u64 {
        sizes.iter().filter(|(name, _)| belongs(name)).map(|(_, bytes)| bytes).sum::<u64>() * 100 / total.max(1)
    };
    let whole = if total < 10 << 20 { format!("{} kB", total / 1000) } else { format!("{} MiB", total >> 20) };
    Ok(format!(
        "{whole}, {} ({} kB each): raw pages {} %, texts {} %, search {} %, similar texts {} %",
        counted(articles, "article"),
        total / 1000 / articles.max(1),
        of(&|name| name.starts_with("page")),
        of(&|name| name.starts_with("revision")),
        of(&|name| name.starts_with("fts")),
        of(&|name| name == "band" || name == "article_exact")
    ))
}

/// Room on the disk that holds the store, by `df`: the standard library has no call for it.
fn disk(store: &Path) -> Result<String, String> {
    let dir = store.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let output = std::process::Command::new("df").arg("-Pk").arg(dir).output();
    let output = output.map_err(|error| format!("df cannot be run: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let free_kib = text.lines().nth(1).and_then(|line| line.split_whitespace().nth(3)?.parse::<u64>().ok());
    let Some(free_kib) = free_kib else { return Err(format!("df says nothing of {}", dir.display())) };
    let said = format!("{} MiB free", free_kib / 1024);
    if free_kib < DISK_LOW_KIB { Err(format!("{said}: make room, or lower store.keep_pages")) } else { Ok(said) }
}

/// Below 256 MiB a store with its write-ahead log may not be able to checkpoint.
const DISK_LOW_KIB: u64 = 256 * 1024;

/// A clock that is years off breaks TLS, schedules and the record.
fn clock(clock: &Clock) -> Result<String, String> {
    let now = clock.now();
    if now.as_second() < BUILT_AFTER_S {
        return Err(format!("it is {now} by this machine's clock, which is in the past: set the clock"));
    }
    Ok(now.strftime("%F %T UTC").to_string())
}

/// 2026-01-01: no build of this program is older.
const BUILT_AFTER_S: i64 = 1_767_225_600;
