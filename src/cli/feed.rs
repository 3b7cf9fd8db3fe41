//! `feed`: the parsed feed as wirewatch sees it.

use serde::Serialize;

use super::Incomplete;
use super::args::Cli;
use super::input::{Input, Inputs};
use super::output::{Output, printable, shorten};
use crate::engine::feed;
use crate::model::entry::{Entry, ParsedFeed};
use crate::model::url::{WebUrl, masked};

#[derive(Serialize)]
struct FeedLine<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    format: &'a str,
    title: Option<&'a str>,
    link: Option<&'a WebUrl>,
    language: Option<&'a str>,
    updated: Option<String>,
    ttl_s: Option<u64>,
    hub: Option<&'a WebUrl>,
}

#[derive(Serialize)]
struct EntryLine<'a> {
    kind: &'static str,
    #[serde(flatten)]
    entry: &'a Entry,
}

pub(crate) fn run(cli: &Cli, names: &[String], json: bool) -> anyhow::Result<()> {
    super::quiet_log(cli);
    let output = Output::new(json);
    let mut inputs = Inputs::new(cli);
    let mut failed = 0;
    for name in names {
        let read = inputs.read(name).and_then(|input| Ok((parse(&input)?, input)));
        match read {
            Ok(((parsed, problems), input)) => {
                for problem in problems {
                    tracing::info!("{name}: {problem}");
                }
                print(output, &parsed, (names.len() > 1).then_some(input.name.as_str()))?;
            }
            Err(error) if names.len() > 1 => {
                failed += 1;
                anstream::eprintln!("error: {}: {error:#}", masked(name));
            }
            Err(error) => return Err(error.context(masked(name).into_owned())),
        }
    }
    if failed > 0 {
        return Err(Incomplete(format!("{failed} of {} inputs are no feed that can be read", names.len())).into());
    }
    Ok(())
}

/// Parses one input; a file's relative links are resolved against the address that the feed states itself, if it does.
pub(crate) fn parse(input: &Input) -> anyhow::Result<(ParsedFeed, Vec<String>)> {
    let base = match &input.url {
        Some(url) => url.clone(),
        None => WebUrl::parse("http://file.invalid/")?,
    };
    Ok(feed::parse(&input.bytes, input.content_type.as_deref(), &base)?)
}

fn print(output: Output, parsed: &ParsedFeed, file: Option<&str>) -> std::io::Result<()> {
    if output.is_json() {
        output.record(&FeedLine {
            kind: "feed",
            file,
            format: &parsed.format,
            title: parsed.title.as_deref(),
            link: parsed.link.as_ref(),
            language: parsed.language.as_deref(),
            updated: parsed.updated.map(|at| at.to_string()),
            ttl_s: parsed.ttl_s,
            hub: parsed.hub.as_ref(),
        })?;
        return parsed.entries.iter().try_for_each(|entry| output.record(&EntryLine { kind: "entry", entry }));
    }
    let title = parsed.title.as_deref().unwrap_or("(no title)");
    output.line(printable(&format!("{title} ({}), {} entries", parsed.format, parsed.entries.len())))?;
    let rows = parsed.entries.iter().map(|entry| {
        vec![
            entry.published.or(entry.updated).map_or_else(|| "-".to_owned(), |at| at.to_string()),
            shorten(entry.title.as_deref().unwrap_or("(no title)"), 80),
            entry.url.as_ref().map_or("-", WebUrl::as_str).to_owned(),
        ]
    });
    output.table(&["published", "title", "url"], rows.collect(), "no entries")
}
