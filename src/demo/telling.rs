//! What the demo shows at its end: stories, revisions, matches, a webhook, the digest.

use std::io;
use std::path::Path;

use serde_json::Value;

use super::newsroom::Newsroom;
use crate::engine::diff;
use crate::io::store::{ArticleFilter, Reader};
use crate::model::article::ChangeKind;
use crate::model::ids::RevisionNumber;

type Say<'a> = &'a dyn Fn(&str) -> io::Result<()>;

/// Tells what the day came to, from what was stored and received.
pub(super) fn results(reader: &Reader, newsroom: &Newsroom, dir: &Path, say: Say<'_>) -> anyhow::Result<()> {
    stories(reader, say)?;
    revisions(reader, say)?;
    matches(reader, say)?;
    webhooks(newsroom, say)?;
    digests(dir, say)?;
    Ok(())
}

fn stories(reader: &Reader, say: Say<'_>) -> anyhow::Result<()> {
    say("STORIES")?;
    for story in reader.stories(2, None)? {
        let (_, reason) = reader.story(story.id)?;
        say(&format!("  story {}: {} copies of one text; origin: {reason}", story.id, story.articles.len()))?;
        for member in reader.members(story.id)? {
            let role =
                if member.origin { "origin" } else { member.relation.map_or("copy", |relation| relation.as_str()) };
            let title = member.article.title.unwrap_or_default();
            say(&format!("    {role:<9} {} · {title}", member.source_name))?;
        }
    }
    say("")?;
    Ok(())
}

fn revisions(reader: &Reader, say: Say<'_>) -> anyhow::Result<()> {
    say("REVISIONS")?;
    let revised = reader.articles(&ArticleFilter { revised: true, ..ArticleFilter::default() })?;
    for article in revised {
        let revisions = reader.revisions(article.id)?;
        for one in revisions.iter().filter(|one| one.number.0 > 1) {
            let kinds: Vec<&str> = one.change.iter().copied().map(ChangeKind::as_str).collect();
            let said = if one.acknowledged { "acknowledged" } else { "silent" };
            let title = article.title.as_deref().unwrap_or_default();
            say(&format!("  {title}\n  revision {}: {} ({said})", one.number, kinds.join(", ")))?;
            let before = reader.content(article.id, Some(RevisionNumber(one.number.0 - 1)))?;
            let after = reader.content(article.id, Some(one.number))?;
            for line in diff::diff(&before, &after).to_unified().trim_end().lines() {
                say(&format!("    {line}"))?;
            }
        }
    }
    for article in reader.articles(&ArticleFilter::default())? {
        if article.status != crate::model::article::ArticleStatus::Live {
            let title = article.title.as_deref().unwrap_or_default();
            say(&format!("  {title}\n  {}, confirmed by a second look", article.status.as_str()))?;
        }
    }
    say("")?;
    Ok(())
}

fn matches(reader: &Reader, say: Say<'_>) -> anyhow::Result<()> {
    say("TOPIC us-china-talks")?;
    let mut matches = Vec::new();
    for article in reader.articles(&ArticleFilter::default())? {
        let title = article.title.as_deref().unwrap_or_default();
        let found = reader.matches(article.id)?.into_iter();
        matches.extend(found.map(|found| (found.score, format!("{title} ({})", article.source))));
    }
    matches.sort_by(|one, other| other.0.total_cmp(&one.0));
    for (score, article) in matches {
        say(&format!("  {score:.2}  {article}"))?;
    }
    say("")?;
    Ok(())
}

fn webhooks(newsroom: &Newsroom, say: Say<'_>) -> anyhow::Result<()> {
    let received = newsroom.hooks();
    say(&format!("WEBHOOKS {} received; the first:", received.len()))?;
    if let Some(first) = received.first() {
        for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
            say(&format!("  {name}: {}", first.headers.get(name).map_or("", String::as_str)))?;
        }
    }
    for one in &received {
        let body: Value = serde_json::from_slice(&one.body)?;
        let title = body["data"]["article"]["title"].as_str().unwrap_or_default();
        say(&format!("  {:<18} {title}", body["type"].as_str().unwrap_or_default()))?;
    }
    say("")?;
    Ok(())
}

fn digests(dir: &Path, say: Say<'_>) -> anyhow::Result<()> {
    let mut mails: Vec<_> = match std::fs::read_dir(dir.join("digests")) {
        Ok(entries) => entries.filter_map(Result::ok).map(|entry| entry.path()).collect(),
        Err(_) => Vec::new(),
    };
    mails.sort();
    say("DIGEST")?;
    for mail in mails {
        say(&format!("  {}", mail.display()))?;
    }
    say(&format!("  the store: {}\n", dir.join("demo.db").display()))?;
    Ok(())
}
