//! `topics`: list, test on a page, explain, backtest, suggest.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use serde::Serialize;

use super::args::{Cli, TopicsAction};
use super::input::Inputs;
use super::output::{Output, printable, progress, shorten};
use super::show::{find_article, since};
use super::{Incomplete, extract};
use crate::config::{Config, TopicConfig};
use crate::engine::query::{self, Document, DocumentInput, TopicSet, TopicSpec};
use crate::io::clock::Clock;
use crate::io::store::{ArticleFilter, Reader, StoreError};
use crate::model::article::Content;
use crate::model::ids::{ArticleId, TopicId};
use crate::model::record::ArticleRecord;
use crate::model::time::Timestamp;
use crate::model::topic::{Evidence, TopicMatch};
use crate::model::url::masked;

/// Hits that a backtest shows.
const SAMPLES_MAX: usize = 20;
/// Articles of either kind that terms are suggested from: enough to know what is frequent, and it fits in memory.
const LEARNT_FROM_MAX: usize = 2_000;

pub(crate) fn run(cli: &Cli, action: Option<&TopicsAction>, json: bool) -> anyhow::Result<()> {
    super::quiet_log(cli);
    let output = Output::new(json);
    let config = super::config_to_read(cli)?;
    match action {
        None => list(&config, output),
        Some(TopicsAction::Test { inputs, url }) => test(cli, &config, inputs, url.as_deref(), output),
        Some(TopicsAction::Explain { topic, article }) => explain(&config, topic, article, output),
        Some(TopicsAction::Backtest { topic, since }) => backtest(&config, topic, since.as_deref(), output),
        Some(TopicsAction::Suggest { topic }) => suggest(&config, topic, output),
    }
}

fn find_topic<'a>(config: &'a Config, id: &str) -> anyhow::Result<&'a TopicConfig> {
    if let Some(topic) = config.topics.iter().find(|topic| topic.id.as_str() == id) {
        Ok(topic)
    } else {
        let known: Vec<&str> = config.topics.iter().map(|topic| topic.id.as_str()).collect();
        bail!("there is no topic `{id}` in {}; there are: {}", config.path.display(), known.join(", "))
    }
}

#[derive(Serialize)]
struct TopicLine<'a> {
    id: &'a str,
    name: &'a str,
    articles: u64,
    last_week: u64,
    last_match: Option<jiff::Timestamp>,
}

/// A topic of the config, or one that left it and whose matches the archive still has.
pub(crate) fn known_topic(config: &Config, reader: &Reader, id: &str) -> anyhow::Result<TopicId> {
    let kept = reader.topics(Clock::system().now())?.into_iter().map(|count| count.id).find(|kept| kept.as_str() == id);
    kept.map_or_else(|| find_topic(config, id).map(|topic| topic.id.clone()), Ok)
}

fn list(config: &Config, output: Output) -> anyhow::Result<()> {
    let counts = match Reader::open(&config.store.path) {
        Ok(reader) => reader.topics(Clock::system().now())?,
        Err(StoreError::Missing { .. }) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let lines: Vec<TopicLine<'_>> = config
        .topics
        .iter()
        .map(|topic| {
            let count = counts.iter().find(|count| count.id == topic.id);
            TopicLine {
                id: topic.id.as_str(),
                name: &topic.name,
                last_week: count.map_or(0, |count| count.last_week),
                articles: count.map_or(0, |count| count.articles),
                last_match: count.and_then(|count| count.last_match),
            }
        })
        .collect();
    if output.is_json() {
        return Ok(lines.iter().try_for_each(|line| output.record(line))?);
    }
    let rows = lines.iter().map(|line| {
        let last = line.last_match.map_or_else(|| "never".to_owned(), |at| at.strftime("%F %H:%M").to_string());
        vec![line.id.to_owned(), line.name.to_owned(), line.articles.to_string(), line.last_week.to_string(), last]
    });
    Ok(output.table(&["topic", "name", "articles", "last week", "last"], rows.collect(), "no topics in the config")?)
}

#[derive(Serialize)]
struct TestLine<'a> {
    file: &'a str,
    title: Option<&'a str>,
    topic: &'a str,
    matched: bool,
    score: f64,
    evidence: Vec<Evidence>,
}

fn test(cli: &Cli, config: &Config, names: &[String], url: Option<&str>, output: Output) -> anyhow::Result<()> {
    let set = TopicSet::build(config.topics.iter().map(|topic| spec(topic)));
    let stated = url.map(crate::model::url::WebUrl::parse).transpose().context("--url")?;
    let mut inputs = Inputs::new(cli);
    let mut failed = 0;
    for name in names {
        match extract::read(&mut inputs, name, stated.as_ref(), Some(config)) {
            Ok(article) => {
                let url = article.url.as_ref().map_or("", |url| url.as_str());
                let document = Document::new(DocumentInput {
                    content: &article.content,
                    url,
                    source_id: "",
                    source_name: article.content.site.as_deref().unwrap_or(""),
                });
                let matches = set.matches(&document);
                print_test(config, name, &article, (&document, &matches), output)?;
            }
            Err(error) => {
                failed += 1;
                anstream::eprintln!("error: {}: {error:#}", masked(name));
            }
        }
    }
    if failed > 0 {
        return Err(Incomplete(format!("{failed} of {} inputs could not be read", names.len())).into());
    }
    Ok(())
}

fn print_test(
    config: &Config,
    name: &str,
    article: &extract::Article,
    (document, matches): (&Document, &[TopicMatch]),
    output: Output,
) -> std::io::Result<()> {
    let title = article.content.title.as_deref();
    if !output.is_json() {
        output.line(printable(&format!("{name}: {}", title.unwrap_or("(no title)"))))?;
    }
    for topic in &config.topics {
        let found = matches.iter().find(|found| found.topic == topic.id);
        if output.is_json() {
            output.record(&TestLine {
                file: name,
                title,
                topic: topic.id.as_str(),
                matched: found.is_some(),
                score: found.map_or(0.0, |found| found.score),
                evidence: found.map_or_else(Vec::new, |found| found.evidence.clone()),
            })?;
            continue;
        }
        match found {
            None => {
                let why = query::explain_topic(&spec(topic), document).to_string().replace('\n', "\n  ");
                output.line(printable(format!("  {}: {why}", topic.id).trim_end()))?;
            }
            Some(found) => {
                output.line(format!("  {}: matches, score {:.2}", topic.id, found.score))?;
                for (place, terms) in by_place(&found.evidence) {
                    output.line(printable(&format!("    {} in the {place}", terms.join(", "))))?;
                }
            }
        }
    }
    Ok(())
}

/// What was found, by the words around it: one sentence often has all terms.
fn by_place(evidence: &[Evidence]) -> Vec<(String, Vec<&str>)> {
    let mut places: Vec<(String, Vec<&str>)> = Vec::new();
    for one in evidence {
        let place = format!("{}: {}", one.field.name(), one.text);
        match places.iter_mut().find(|(known, _)| *known == place) {
            Some((_, terms)) => terms.push(&one.term),
            None => places.push((place, vec![&one.term])),
        }
    }
    places
}

fn document(config: &Config, article: &ArticleRecord, content: &Content) -> Document {
    let source = config.sources.iter().find(|source| source.id == article.source);
    Document::new(DocumentInput {
        content,
        url: &article.url,
        source_id: article.source.as_str(),
        source_name: source.map_or_else(|| article.source.as_str(), |source| source.name.as_str()),
    })
}

/// Gives each article of the archive that is on or after `since`, with its newest content, and advances a bar.
fn each_article(
    reader: &Reader,
    since: Option<Timestamp>,
    what: &'static str,
    each: &mut dyn FnMut(ArticleRecord, Content) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let articles = reader.articles(&ArticleFilter { since, ..ArticleFilter::default() })?;
    let bar = progress(articles.len() as u64, what);
    for article in articles {
        let content = reader.content(article.id, None)?;
        each(article, content)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(())
}

fn explain(config: &Config, topic: &str, article: &str, output: Output) -> anyhow::Result<()> {
    let topic = find_topic(config, topic)?;
    let reader = Reader::open(&config.store.path)?;
    let article = reader.article(find_article(&reader, article)?)?;
    let content = reader.content(article.id, None)?;
    let explanation = query::explain_topic(&spec(topic), &document(config, &article, &content));
    if output.is_json() {
        return Ok(output.record(&explanation)?);
    }
    Ok(output.line(printable(&explanation.to_string()))?)
}

#[derive(Serialize)]
struct HitLine<'a> {
    topic: &'a str,
    article: ArticleId,
    first_seen: Timestamp,
    url: &'a str,
    title: Option<&'a str>,
    score: f64,
}

fn backtest(config: &Config, topic: &str, since_text: Option<&str>, output: Output) -> anyhow::Result<()> {
    let topic = find_topic(config, topic)?;
    let since = since_text.map(|text| since(text, Clock::system().now())).transpose()?;
    let reader = Reader::open(&config.store.path)?;
    let set = only(topic);
    let mut weeks: BTreeMap<String, u64> = BTreeMap::new();
    let mut samples: Vec<Vec<String>> = Vec::new();
    let (mut seen, mut hits) = (0_u64, 0_u64);
    each_article(&reader, since, "backtest", &mut |article, content| {
        seen += 1;
        let Some(found) = set.matches(&document(config, &article, &content)).into_iter().next() else { return Ok(()) };
        hits += 1;
        *weeks.entry(article.first_seen.strftime("%G-W%V").to_string()).or_default() += 1;
        let title = content.title.as_deref();
        if output.is_json() {
            output.record(&HitLine {
                topic: topic.id.as_str(),
                article: article.id,
                first_seen: article.first_seen,
                url: &article.url,
                title,
                score: found.score,
            })?;
        } else if samples.len() < SAMPLES_MAX {
            let day = article.first_seen.strftime("%F").to_string();
            samples.push(vec![format!("{:.2}", found.score), day, shorten(title.unwrap_or(""), 80), article.url]);
        }
        Ok(())
    })?;
    if output.is_json() {
        return Ok(());
    }
    output.line(format!("{}: {hits} of {seen} articles match", topic.id))?;
    if hits == 0 {
        return Ok(());
    }
    let rows = weeks.into_iter().map(|(week, count)| vec![week, count.to_string()]).collect();
    output.table(&["week", "articles"], rows, "")?;
    Ok(output.table(&["score", "seen", "title", "url"], samples, "")?)
}

fn only(topic: &TopicConfig) -> TopicSet {
    TopicSet::build(std::iter::once(spec(topic)))
}

fn spec(topic: &TopicConfig) -> TopicSpec {
    TopicSpec {
        id: topic.id.clone(),
        query: Arc::clone(&topic.query),
        min_score: topic.min_score,
        weights: topic.weights,
        sources: topic.sources.clone(),
        languages: topic.languages.clone(),
    }
}

fn suggest(config: &Config, topic: &str, output: Output) -> anyhow::Result<()> {
    let topic = find_topic(config, topic)?;
    let reader = Reader::open(&config.store.path)?;
    let set = only(topic);
    let (mut matched, mut others) = (Vec::new(), Vec::new());
    each_article(&reader, None, "suggest", &mut |article, content| {
        let document = document(config, &article, &content);
        let into = if set.matches(&document).is_empty() { &mut others } else { &mut matched };
        if into.len() < LEARNT_FROM_MAX {
            into.push(document);
        }
        Ok(())
    })?;
    if matched.is_empty() {
        bail!("topic `{}` matches nothing in the archive yet: there is nothing to learn terms from", topic.id);
    }
    let suggestions = query::suggest(&matched, &others, &topic.query);
    if output.is_json() {
        return Ok(suggestions.iter().try_for_each(|one| output.record(one))?);
    }
    let rows = suggestions
        .iter()
        .map(|one| vec![one.term.clone(), one.matched.to_string(), one.background.to_string()])
        .collect();
    Ok(output.table(&["term", "in matches", "in other articles"], rows, "no term stands out")?)
}
