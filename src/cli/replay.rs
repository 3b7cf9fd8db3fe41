//! `sources replay`: what ignore rules would have held back, tried on what is stored.

use anyhow::Context as _;
use regex::Regex;

use super::Refused;
use super::args::Cli;
use super::output::{Output, counted, printable, shorten};
use super::show;
use crate::engine::replay::Extent;
use crate::io::clock::Clock;
use crate::io::store::Reader;
use crate::jobs::replay::{self, Touched, Trial, Tried};
use crate::model::ids::SourceId;

/// What was asked for.
pub(crate) struct Ask<'a> {
    pub(crate) source: Option<&'a str>,
    pub(crate) ignore: &'a [String],
    pub(crate) since: Option<&'a str>,
}

pub(crate) fn run(cli: &Cli, ask: &Ask<'_>, output: Output) -> anyhow::Result<()> {
    let config = super::config_to_read(cli)?;
    let ignore = ask.ignore.iter().map(|pattern| compiled(pattern)).collect::<anyhow::Result<Vec<_>>>()?;
    let since = ask.since.map(|since| show::since(since, Clock::system().now())).transpose()?;
    let source =
        ask.source.map(|id| SourceId::new(id).map_err(|error| Refused(format!("error: {error}")))).transpose()?;
    let reader = Reader::open(&config.store.path)?;
    let trial = Trial { source: source.as_ref(), ignore: &ignore, since };
    let tried = replay::run(&config, &reader, &trial, &mut |touched| {
        if output.is_json() { output.record(touched) } else { output.line(printable(&line(touched))) }
    })
    .context("try the rules on the archive")?;
    if tried.articles == 0
        && let Some(source) = &source
    {
        return Err(Refused(format!("error: no article of a source `{source}` is in the store")).into());
    }
    if output.is_json() {
        return Ok(output.record(&tried)?);
    }
    Ok(output.line(printable(&summary(&tried)))?)
}

fn compiled(pattern: &str) -> anyhow::Result<Regex> {
    let refused = |error: regex::Error| Refused(format!("error: --ignore `{pattern}`: {error}"));
    Ok(Regex::new(pattern).map_err(refused)?)
}

fn line(touched: &Touched) -> String {
    let Touched { article, revision, was, .. } = touched;
    let told = if touched.told { ", which was told" } else { "" };
    let became = match (&touched.would, &touched.rule) {
        (Some(would), _) => format!("smaller: {} instead of {}", extent(would), extent(was)),
        (None, Some(rule)) => format!("not recorded ({rule}): {}{told}", extent(was)),
        (None, None) => "not recorded".to_owned(),
    };
    format!("article {article} revision {revision}, {}: {became}\n  {}", touched.at.strftime("%F %H:%M"), touched.url)
}

fn extent(extent: &Extent) -> String {
    let kinds: Vec<&str> = extent.change.iter().map(|kind| kind.as_str()).collect();
    format!("{} +{} -{}", kinds.join(", "), extent.added_words, extent.removed_words)
}

fn summary(tried: &Tried) -> String {
    let mut lines = vec![format!(
        "{} of {}: {} would not have been recorded ({} of them told), {} would have been smaller",
        counted(tried.revisions, "edit"),
        counted(tried.articles, "article"),
        tried.held_back,
        tried.told,
        tried.smaller
    )];
    if tried.emptied > 0 {
        lines.push(format!("WARNING: of {} no text would be left", counted(tried.emptied, "article")));
    }
    if !tried.lines.is_empty() {
        lines.push("lines left out of the newest texts:".to_owned());
    }
    for line in &tried.lines {
        lines.push(format!("  {}  {}", counted(line.articles, "article"), shorten(&line.text, 100)));
    }
    lines.join("\n")
}
