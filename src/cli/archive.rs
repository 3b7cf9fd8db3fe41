//! `articles` and `search`: the archive in lists.

use anyhow::bail;

use super::args::{ArticleFilter, Cli};
use super::output::{Output, printable, shorten};
use super::show::since;
use super::topics::known_topic;
use crate::io::clock::Clock;
use crate::io::store::{ArticleFilter as StoredFilter, Reader};
use crate::model::article::ArticleStatus;
use crate::model::ids::SourceId;

pub(crate) fn articles(cli: &Cli, filter: &ArticleFilter, json: bool) -> anyhow::Result<()> {
    super::quiet_log(cli);
    let config = super::config_to_read(cli)?;
    let output = Output::new(json);
    let status = match filter.status.as_deref() {
        Some("gone") => Some(ArticleStatus::Gone),
        Some("moved") => Some(ArticleStatus::Moved),
        Some(_) => Some(ArticleStatus::Live),
        None => None,
    };
    let reader = Reader::open(&config.store.path)?;
    let wanted = StoredFilter {
        source: filter.source.clone().map(SourceId::new).transpose()?,
        topic: filter.topic.as_deref().map(|id| known_topic(&config, &reader, id)).transpose()?,
        since: filter.since.as_deref().map(|text| since(text, Clock::system().now())).transpose()?,
        status,
        revised: filter.revised,
        story: None,
        limit: Some(filter.limit),
        offset: 0,
    };
    let lines = reader.articles(&wanted)?;
    if let Some(source) = wanted.source.filter(|_| lines.is_empty())
        && !config.sources.iter().any(|known| known.id == source)
    {
        bail!("there is no source `{source}` in {}; `wirewatch sources` lists them", config.path.display());
    }
    if output.is_json() {
        return Ok(lines.iter().try_for_each(|line| output.record(line))?);
    }
    let rows = lines.iter().map(|line| {
        vec![
            line.id.to_string(),
            line.first_seen.strftime("%F %H:%M").to_string(),
            line.source.to_string(),
            line.status.as_str().to_owned(),
            line.revisions.to_string(),
            shorten(line.title.as_deref().unwrap_or("(no title)"), 80),
        ]
    });
    let narrowed = filter.source.is_some() || filter.topic.is_some() || filter.since.is_some();
    let nothing = if narrowed || filter.status.is_some() || filter.revised {
        "no such articles"
    } else {
        "no articles yet: `wirewatch poll` looks now"
    };
    let heading = ["id", "first seen", "source", "status", "revisions", "title"];
    Ok(output.table(&heading, rows.collect(), nothing)?)
}

pub(crate) fn search(cli: &Cli, query: &str, limit: usize, json: bool) -> anyhow::Result<()> {
    super::quiet_log(cli);
    let config = super::config_to_read(cli)?;
    let output = Output::new(json);
    let hits = Reader::open(&config.store.path)?.search(query, limit)?;
    if output.is_json() {
        return Ok(hits.iter().try_for_each(|hit| output.record(hit))?);
    }
    if hits.is_empty() {
        return Ok(output.line("nothing found")?);
    }
    for hit in &hits {
        output.line(printable(&format!(
            "{:>6}  {}",
            hit.article.id,
            hit.article.title.as_deref().unwrap_or("(no title)")
        )))?;
        output.line(printable(&format!("        {}\n        {}", hit.article.url, hit.snippet)))?;
    }
    Ok(())
}
