//! `explain`: why an article was or was not recorded, joined, matched, told.

use super::args::Cli;
use super::output::{Output, counted, printable, shorten};
use super::show::find_article;
use crate::engine::crosspost;
use crate::io::store::{Explained, Reader};
use crate::model::time::Timestamp;

pub(crate) fn run(cli: &Cli, article: &str, json: bool) -> anyhow::Result<()> {
    super::quiet_log(cli);
    let config = super::config_to_read(cli)?;
    let output = Output::new(json);
    let reader = Reader::open(&config.store.path)?;
    let explained = reader.explain(find_article(&reader, article)?)?;
    if output.is_json() {
        return Ok(output.record(&explained)?);
    }
    let mut lines = Vec::new();
    recorded(&explained, &mut lines);
    joined(&explained, &mut lines);
    told(&explained, &mut lines);
    Ok(output.line(printable(&lines.join("\n")))?)
}

fn time(at: Timestamp) -> String {
    at.strftime("%F %H:%M:%S").to_string()
}

fn recorded(explained: &Explained, lines: &mut Vec<String>) {
    let article = &explained.article;
    lines.push(format!("article {}: {}", article.id, article.title.as_deref().unwrap_or("(no title)")));
    lines.push(format!("  {} at {}, from {}", article.status.as_str(), article.canonical_url, article.source));
    for alias in explained.aliases.iter().filter(|alias| **alias != article.canonical_url) {
        lines.push(format!("  also answered to {alias}"));
    }
    lines.push("\nrecorded".to_owned());
    for (revision, rules) in &explained.revisions {
        let kinds: Vec<&str> = revision.change.iter().map(|kind| kind.as_str()).collect();
        let what = match (revision.number.0, revision.technical) {
            (1, _) => "first capture".to_owned(),
            (_, true) => "read anew by a newer extractor or other rules: no edit".to_owned(),
            _ => format!("{} (significance {:.2})", kinds.join(", "), revision.significance),
        };
        lines.push(format!("  {}  revision {}: {what}", time(revision.at), revision.number));
        lines.extend(rules.iter().map(|rule| format!("      {rule}")));
        lines.extend(revision.archived.iter().map(|archived| format!("      kept at {archived}")));
    }
    for held in &explained.suppressed {
        let seen = if held.looks == 1 { "once".to_owned() } else { format!("{} times", held.looks) };
        lines.push(format!("  {}  held back by `{}`, seen {seen}", time(held.last_at), held.rule));
        lines.extend(held.removed.iter().take(3).map(|text| format!("      - {}", shorten(text, 100))));
        lines.extend(held.added.iter().take(3).map(|text| format!("      + {}", shorten(text, 100))));
    }
    lines.push("\nlooks at the page".to_owned());
    for look in explained.observations.iter().rev().take(12).rev() {
        let status = look.status.map_or_else(String::new, |status| format!(" {status}"));
        let detail = look.detail.as_deref().map_or_else(String::new, |detail| format!(": {}", shorten(detail, 100)));
        let until =
            if look.looks > 1 { format!(" … {} ({} looks)", time(look.until), look.looks) } else { String::new() };
        lines.push(format!("  {}{until}  {}{status}{detail}", time(look.at), look.outcome));
    }
}

fn joined(explained: &Explained, lines: &mut Vec<String>) {
    lines.push(format!("\nstory {}: {}", explained.article.story, counted(explained.story.len(), "article")));
    if explained.story.len() > 1 || explained.origin_reason != crosspost::ONLY_ARTICLE {
        lines.push(format!("  origin: {}", explained.origin_reason));
    }
    for member in explained.story.iter().filter(|member| member.article.id == explained.article.id) {
        let by = if member.manual { "by a person's word" } else { "by its text" };
        if let (Some(relation), Some(copied)) = (member.relation, member.copied) {
            lines.push(format!(
                "  joined {by} with article {copied}: {}, {:.2}",
                relation.as_str(),
                member.confidence.0
            ));
            lines.push(format!("      {}", member.evidence));
        }
    }
}

fn told(explained: &Explained, lines: &mut Vec<String>) {
    lines.push("\ntopics".to_owned());
    if explained.matches.is_empty() {
        lines.push("  none matches; `wirewatch topics explain TOPIC ARTICLE` says how near one is".to_owned());
    }
    for found in &explained.matches {
        lines.push(format!("  {}: {:.2} in revision {}", found.topic, found.score, found.revision));
        lines.extend(found.evidence.iter().take(5).map(|one| format!("      {}: {}", one.term, one.text)));
    }
    lines.push("\ntold".to_owned());
    if explained.events.is_empty() {
        lines.push("  nothing".to_owned());
    }
    for (event, deliveries) in &explained.events {
        lines.push(format!("  {}  {}", time(event.timestamp), event.kind.as_str()));
        if deliveries.is_empty() {
            lines.push("      to nobody yet: it waits for a digest, or no channel asks for it".to_owned());
        }
        for delivery in deliveries {
            lines.push(format!(
                "      {} to {} after {}",
                delivery.status,
                delivery.channel,
                counted(delivery.attempts, "attempt")
            ));
        }
    }
}
