//! `stories` and `story`: texts with their copies.

use super::args::{Cli, StoryAction};
use super::output::{Output, counted, printable, shorten};
use super::show::find_article;
use crate::engine::diff;
use crate::io::clock::Clock;
use crate::io::store::{Reader, Store};
use crate::model::ids::StoryId;
use crate::model::record::Record;

pub(crate) fn list(cli: &Cli, limit: usize, all: bool, json: bool) -> anyhow::Result<()> {
    super::quiet_log(cli);
    let config = super::config_to_read(cli)?;
    let output = Output::new(json);
    let reader = Reader::open(&config.store.path)?;
    let lines = reader.stories(if all { 1 } else { 2 }, Some(limit))?;
    if output.is_json() {
        return Ok(lines.iter().try_for_each(|line| output.record(line))?);
    }
    let mut rows = Vec::new();
    for line in &lines {
        let origin = reader.article(line.origin)?;
        rows.push(vec![
            line.id.to_string(),
            line.articles.len().to_string(),
            format!("{:.2}", line.confidence.0),
            origin.source.to_string(),
            shorten(origin.title.as_deref().unwrap_or("(no title)"), 80),
        ]);
    }
    Ok(output.table(&["story", "copies", "sure", "origin", "title"], rows, "no crossposts yet")?)
}

pub(crate) fn run(cli: &Cli, action: Option<&StoryAction>, story: Option<i64>, json: bool) -> anyhow::Result<()> {
    super::quiet_log(cli);
    let config = super::config_to_read(cli)?;
    let output = Output::new(json);
    match (action, story) {
        (Some(StoryAction::Split { story, article }), _) => {
            let article = find_article(&Reader::open(&config.store.path)?, article)?;
            let (story, now) = (StoryId(*story), Clock::system().now());
            let alone = super::runtime()?.block_on(async {
                let store = Store::open(&config.store, now)?;
                let alone = store.split_story(story, article, now).await?;
                store.close().await;
                anyhow::Ok(alone)
            })?;
            Ok(output.line(format!("article {article} is story {alone} now, and stays out of story {story}"))?)
        }
        (Some(StoryAction::Join { story, other }), _) => {
            let (into, from, now) = (StoryId(*story), StoryId(*other), Clock::system().now());
            super::runtime()?.block_on(async {
                let store = Store::open(&config.store, now)?;
                store.join_stories(into, from, now).await?;
                store.close().await;
                anyhow::Ok(())
            })?;
            Ok(output.line(format!("story {from} is part of story {into} now, and stays so"))?)
        }
        (None, Some(story)) => show(&Reader::open(&config.store.path)?, StoryId(story), output),
        (None, None) => Err(super::Refused("error: name a story, or `split` or `join`".to_owned()).into()),
    }
}

fn show(reader: &Reader, story: StoryId, output: Output) -> anyhow::Result<()> {
    let (line, reason) = reader.story(story)?;
    let members = reader.members(story)?;
    if output.is_json() {
        output.record(&Record::Story(line))?;
        return Ok(members.iter().try_for_each(|member| output.record(member))?);
    }
    output.line(format!(
        "story {story}: {}, confidence {:.2}",
        counted(line.articles.len(), "article"),
        line.confidence.0
    ))?;
    output.line(printable(&format!("origin: {reason}\n")))?;
    let origin = reader.content(line.origin, None)?;
    for member in &members {
        let role = if member.origin { "origin" } else { member.relation.map_or("copy", |relation| relation.as_str()) };
        let title = member.article.title.as_deref().unwrap_or("(no title)");
        output.line(printable(&format!(
            "{role:<10} {} · {title}\n           {}",
            member.source_name, member.article.url
        )))?;
        if member.origin {
            continue;
        }
        let diff = diff::diff(&origin, &reader.content(member.article.id, None)?);
        if diff.is_empty() {
            output.line("           word for word")?;
        } else {
            let shown = diff.to_terminal(100, output.is_terminal());
            for line in shown.lines() {
                output.line(format!("           {line}"))?;
            }
        }
    }
    Ok(())
}
