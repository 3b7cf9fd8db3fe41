//! `show`, `log` and `diff`: one article of the archive.

use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};
use jiff::{SignedDuration, Timestamp};

use super::args::{Cli, DiffFormat};
use super::extract::{self, TraceLine};
use super::output::{Output, SIDE_BY_SIDE_WIDTH, printable, shorten};
use crate::config::{Config, PageRules};
use crate::engine::candidate::{self, CandidateInput};
use crate::engine::diff;
use crate::engine::page::Learned;
use crate::io::store::{Reader, StoreError};
use crate::model::ids::{ArticleId, RevisionNumber};

/// What `show` was asked for.
pub(crate) struct Ask<'a> {
    pub(crate) article: &'a str,
    pub(crate) revision: Option<u32>,
    pub(crate) blocks: bool,
    pub(crate) json: bool,
}

/// An article by its id or any address it was ever known under.
pub(crate) fn find_article(reader: &Reader, named: &str) -> anyhow::Result<ArticleId> {
    match reader.find_article(named) {
        Err(StoreError::NotFound { .. }) => {
            bail!("no article `{named}` in the store; `wirewatch articles` and `wirewatch search WORDS` list them")
        }
        found => Ok(found?),
    }
}

/// A moment as people write it: a date, RFC 3339, or an age such as `7d`, `36h`, `90m`.
pub(crate) fn since(text: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    if let Some(at) = crate::model::time::Published::parse_stored(text) {
        return Ok(at.instant());
    }
    let (number, unit) = text.split_at(text.len() - text.chars().last().map_or(0, char::len_utf8));
    let hours = match unit {
        "d" => 24,
        "w" => 7 * 24,
        "h" => 1,
        "m" => 0,
        _ => bail!("`{text}` is no time: write 2026-11-24, 2026-11-24T08:00:00Z, or an age such as 7d, 36h, 90m"),
    };
    let number: i64 = number.parse().with_context(|| format!("`{text}`: the age is no whole number"))?;
    let age = if hours == 0 { SignedDuration::from_mins(number) } else { SignedDuration::from_hours(number * hours) };
    now.checked_sub(age).with_context(|| format!("`{text}` is too long ago"))
}

pub(crate) fn show(cli: &Cli, ask: &Ask<'_>) -> anyhow::Result<()> {
    super::quiet_log(cli);
    let config = super::config_to_read(cli)?;
    let output = Output::new(ask.json);
    let reader = Reader::open(&config.store.path)?;
    let article = find_article(&reader, ask.article)?;
    if ask.blocks {
        return blocks(&config, &reader, article, ask.revision, output);
    }
    let line = reader.article(article)?;
    let lines = reader.revisions(article)?;
    let wanted = ask.revision.unwrap_or_else(|| lines.last().map_or(1, |line| line.number.0));
    let Some(revision) = lines.iter().find(|line| line.number.0 == wanted) else {
        bail!("article {article} has revisions 1 to {}, no {wanted}", lines.len())
    };
    if output.is_json() {
        output.record(&line)?;
        return Ok(output.record(revision)?);
    }
    let title = revision.title.as_deref().unwrap_or("(no title)");
    output.line(printable(&format!("{title}\n{}", line.url)))?;
    let authors = if line.authors.is_empty() { "no author".to_owned() } else { line.authors.join(", ") };
    let published = line.published.map_or_else(|| "no date".to_owned(), |at| at.to_string());
    output.line(printable(&format!("{authors} · {published} · {} · {}", line.source, line.status.as_str())))?;
    let first_seen = line.first_seen.strftime("%F %H:%M UTC");
    output.line(format!(
        "article {} · story {} · revision {} of {} · first seen {first_seen}\n",
        line.id,
        line.story,
        revision.number,
        lines.len()
    ))?;
    if let Some(archived) = &revision.archived {
        output.line(printable(&format!("kept at {archived}\n")))?;
    }
    Ok(output.line(printable(&revision.text))?)
}

/// A block as `show --blocks --json` prints it.
#[derive(serde::Serialize)]
struct BlockLine<'a> {
    #[serde(flatten)]
    line: &'a TraceLine,
    /// Where the site's rules stand that were followed.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    rules: &'a [String],
}

fn blocks(
    config: &Config,
    reader: &Reader,
    article: ArticleId,
    number: Option<u32>,
    output: Output,
) -> anyhow::Result<()> {
    let line = reader.article(article)?;
    let number = RevisionNumber(number.unwrap_or(line.revisions));
    let Some(page) = reader.page(article, number)? else {
        bail!("the raw page of revision {number} of article {article} is not kept (store.keep_pages)")
    };
    let source = config.sources.iter().find(|source| source.id == line.source);
    let PageRules { rules, from } = config.rules_for(source.map(Arc::as_ref), &page.final_url);
    let learned: Learned = reader.learned(page.final_url.site())?;
    let input = CandidateInput { page: &page, entry: None, rules: &rules, ignore: &[], learned: &learned };
    let trace = extract::trace(&candidate::extract(&input)?);
    if output.is_json() {
        return Ok(trace.iter().try_for_each(|line| output.record(&BlockLine { line, rules: &from }))?);
    }
    Ok(extract::print_trace(output, &trace, &from)?)
}

pub(crate) fn log(cli: &Cli, article: &str, json: bool) -> anyhow::Result<()> {
    super::quiet_log(cli);
    let config = super::config_to_read(cli)?;
    let output = Output::new(json);
    let reader = Reader::open(&config.store.path)?;
    let lines = reader.revisions(find_article(&reader, article)?)?;
    if output.is_json() {
        return Ok(lines.iter().try_for_each(|line| output.record(line))?);
    }
    let rows = lines.iter().map(|line| {
        let kinds: Vec<&str> = line.change.iter().map(|kind| kind.as_str()).collect();
        let changed = if line.number.0 == 1 { "first capture".to_owned() } else { kinds.join(", ") };
        let said = match (line.number.0, line.acknowledged) {
            (_, _) if line.technical => "read anew",
            (1, _) => "",
            (_, true) => "acknowledged",
            (_, false) => "silent",
        };
        vec![
            line.number.to_string(),
            line.at.strftime("%F %H:%M:%S").to_string(),
            changed,
            said.to_owned(),
            format!("+{} -{}", line.added_words, line.removed_words),
            shorten(line.title.as_deref().unwrap_or(""), 60),
        ]
    });
    let heading = ["revision", "at (UTC)", "change", "", "words", "title"];
    Ok(output.table(&heading, rows.collect(), "no revisions")?)
}

pub(crate) fn diff(
    cli: &Cli,
    article: &str,
    range: Option<&str>,
    format: DiffFormat,
    json: bool,
) -> anyhow::Result<()> {
    super::quiet_log(cli);
    let config = super::config_to_read(cli)?;
    let output = Output::new(json);
    let reader = Reader::open(&config.store.path)?;
    let article = find_article(&reader, article)?;
    let newest = reader.article(article)?.revisions;
    let (from, to) = parse_range(range, newest)?;
    let (before, after) = reader.contents(article, (RevisionNumber(from), RevisionNumber(to)))?;
    let diff = diff::diff(&before, &after);
    if output.is_json() {
        return Ok(output.record(&serde_json::json!({
            "article": article, "from": from, "to": to,
            "added_words": diff.added_words(), "removed_words": diff.removed_words(), "diff": diff,
        }))?);
    }
    let text = match format {
        DiffFormat::Html => diff.to_html(),
        DiffFormat::Unified => diff.to_unified(),
        DiffFormat::Terminal => {
            let width = output.width();
            let columns = if width >= SIDE_BY_SIDE_WIDTH && output.is_terminal() { width } else { 80 };
            diff.to_terminal(columns, output.is_terminal())
        }
    };
    if diff.is_empty() {
        return Ok(output.line(format!("revisions {from} and {to} do not differ"))?);
    }
    Ok(output.line(text.trim_end())?)
}

/// `A..B`, `A..`, `..B`, or `N` for N-1..N; nothing is the newest change.
fn parse_range(range: Option<&str>, newest: u32) -> anyhow::Result<(u32, u32)> {
    let number = |text: &str, default: u32| -> anyhow::Result<u32> {
        if text.is_empty() {
            return Ok(default);
        }
        let number: u32 =
            text.parse().map_err(|_| anyhow!("`{text}` is no revision number: write 2, or a range such as 1..3"))?;
        if number == 0 || number > newest {
            bail!("there is no revision {number}: the article has revisions 1 to {newest}");
        }
        Ok(number)
    };
    match range {
        None if newest < 2 => bail!("the article has one revision: there is nothing to compare it with"),
        None => Ok((newest - 1, newest)),
        Some(range) => {
            if let Some((from, to)) = range.split_once("..") {
                Ok((number(from, 1)?, number(to, newest)?))
            } else {
                let to = number(range, newest)?;
                if to == 1 {
                    bail!("revision 1 is the first capture: there is nothing before it");
                }
                Ok((to - 1, to))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_people_write_them() {
        for (range, expected) in
            [(None, (2, 3)), (Some("1..3"), (1, 3)), (Some("2.."), (2, 3)), (Some("..2"), (1, 2)), (Some("2"), (1, 2))]
        {
            assert_eq!(parse_range(range, 3).unwrap(), expected, "{range:?}");
        }
        for bad in [Some("0"), Some("4"), Some("1"), Some("a..b")] {
            assert!(parse_range(bad, 3).is_err(), "{bad:?}");
        }
        assert!(parse_range(None, 1).is_err());
    }

    #[test]
    fn ages_and_dates_are_moments() {
        let now: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("7d", "2026-11-17T12:00:00Z"),
            ("36h", "2026-11-23T00:00:00Z"),
            ("90m", "2026-11-24T10:30:00Z"),
            ("2026-11-01", "2026-11-01T00:00:00Z"),
            ("2026-11-01T10:00:00+02:00", "2026-11-01T08:00:00Z"),
        ] {
            assert_eq!(since(text, now).unwrap().to_string(), expected);
        }
        for bad in ["", "soon", "d", "7é"] {
            assert!(since(bad, now).is_err(), "{bad:?}");
        }
    }
}
