//! `extract`: the normalized article from a page.

use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::Context as _;
use serde::Serialize;

use super::Incomplete;
use super::args::Cli;
use super::input::{Inputs, is_address};
use super::output::{Output, printable};
use crate::config::{Config, PageRules};
use crate::engine::candidate::{self, CandidateError, CandidateInput};
use crate::engine::page::{self, Extracted, Learned};
use crate::engine::{canonical, normalize};
use crate::model::article::{Content, Origin};
use crate::model::url::{CanonicalUrl, WebUrl, masked};

/// Stands in for the address of a page that was read from a file; nothing of it is printed.
pub(crate) const NO_ADDRESS: &str = "https://page.invalid/";

/// What was asked for.
pub(crate) struct Ask<'a> {
    pub(crate) inputs: &'a [String],
    pub(crate) url: Option<&'a str>,
    pub(crate) explain: bool,
    pub(crate) json: bool,
}

/// One article as `extract --json` prints it.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    url: Option<&'a WebUrl>,
    canonical_url: Option<&'a CanonicalUrl>,
    title: Option<&'a str>,
    authors: &'a [String],
    published: Option<String>,
    modified: Option<String>,
    language: Option<&'a str>,
    site: Option<&'a str>,
    section: Option<&'a str>,
    tags: &'a [String],
    image: Option<&'a str>,
    origin: Option<&'a Origin>,
    text: String,
    word_count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    blocks: Option<&'a [TraceLine]>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    rules: &'a [String],
}

/// Why one block is in or out.
#[derive(Serialize)]
pub(crate) struct TraceLine {
    pub(crate) kept: bool,
    pub(crate) rule: String,
    pub(crate) text: String,
}

/// The trace of an extraction, to print.
pub(crate) fn trace(extracted: &Extracted) -> Vec<TraceLine> {
    let line =
        |block: &page::BlockTrace| TraceLine { kept: block.kept, rule: block.rule.clone(), text: block.text.clone() };
    extracted.trace().iter().map(line).collect()
}

/// A page, read.
pub(crate) struct Article {
    pub(crate) url: Option<WebUrl>,
    pub(crate) canonical: Option<CanonicalUrl>,
    pub(crate) content: Content,
    pub(crate) trace: Vec<TraceLine>,
    /// Where the rules stand that it was read by.
    pub(crate) rules: Vec<String>,
}

pub(crate) fn run(cli: &Cli, ask: &Ask<'_>) -> anyhow::Result<()> {
    super::quiet_log(cli);
    let output = Output::new(ask.json);
    let stated = ask.url.map(WebUrl::parse).transpose().context("--url")?;
    let config = cli.config.is_some().then(|| super::config_to_read(cli)).transpose()?;
    let mut inputs = Inputs::new(cli);
    let mut failed = 0;
    for name in ask.inputs {
        match read(&mut inputs, name, stated.as_ref(), config.as_ref()) {
            Ok(article) => print(output, name, &article, ask.explain)?,
            Err(error) if ask.inputs.len() > 1 => {
                failed += 1;
                anstream::eprintln!("error: {}: {error:#}", masked(name));
            }
            Err(error) => return Err(error.context(masked(name).into_owned())),
        }
    }
    if failed > 0 {
        return Err(Incomplete(format!("{failed} of {} inputs could not be read", ask.inputs.len())).into());
    }
    Ok(())
}

/// Reads one article: a file, or an address with all its pages.
pub(crate) fn read(
    inputs: &mut Inputs<'_>,
    name: &str,
    stated: Option<&WebUrl>,
    config: Option<&Config>,
) -> anyhow::Result<Article> {
    let rules = |page: &WebUrl| config.map(|config| rules_for(config, page)).unwrap_or_default();
    let page = inputs.page(name, stated, &rules)?;
    let url = (is_address(name) || stated.is_some()).then(|| page.final_url.clone());
    let PageRules { rules, from } = rules(&page.final_url);
    let learned = Learned::default();
    let input = CandidateInput { page: &page, entry: None, rules: &rules, ignore: &[], learned: &learned };
    // Who asks knows which page it is.
    let unreadable = |CandidateError::Unreadable { reason, .. }| anyhow::anyhow!(reason);
    let extracted = candidate::extract(&input).map_err(unreadable)?;
    let canonical = match (&url, extracted.canonical_hint()) {
        (Some(url), hint) => Some(canonical::choose(url, hint)),
        (None, Some(hint)) => Some(canonical::canonical(hint)),
        (None, None) => None,
    };
    let trace = trace(&extracted);
    let mut content = normalize::normalize(extracted).into_content();
    if url.is_none() && content.image.as_deref().is_some_and(|image| image.starts_with(NO_ADDRESS)) {
        content.image = None;
    }
    Ok(Article { url, canonical, content, trace, rules: from })
}

fn rules_for(config: &Config, page: &WebUrl) -> PageRules {
    let of_site = config.sources.iter().find(|source| source.url.site() == page.site());
    config.rules_for(of_site.map(Arc::as_ref), page)
}

fn print(output: Output, name: &str, article: &Article, explain: bool) -> std::io::Result<()> {
    let content = &article.content;
    let text = content.text();
    if output.is_json() {
        return output.record(&Line {
            file: (!is_address(name)).then_some(name),
            url: article.url.as_ref(),
            canonical_url: article.canonical.as_ref(),
            title: content.title.as_deref(),
            authors: &content.authors,
            published: content.published.map(|at| at.to_string()),
            modified: content.modified.map(|at| at.to_string()),
            language: content.language.as_deref(),
            site: content.site.as_deref(),
            section: content.section.as_deref(),
            tags: &content.tags,
            image: content.image.as_deref(),
            origin: content.origin.as_ref(),
            word_count: normalize::word_count(&text),
            text,
            blocks: explain.then_some(article.trace.as_slice()),
            rules: if explain { &article.rules } else { &[] },
        });
    }
    output.line(printable(&heading(article)))?;
    if explain {
        return print_trace(output, &article.trace, &article.rules);
    }
    output.line(printable(&text))?;
    output.line("")
}

/// Prints where the site's rules stand that were followed, and for each block of a page whether it is in and which rule said so.
pub(crate) fn print_trace(output: Output, trace: &[TraceLine], rules: &[String]) -> std::io::Result<()> {
    for from in rules {
        output.line(printable(&format!("by the rules of {from}")))?;
    }
    for line in trace {
        let mark = if line.kept { "in " } else { "out" };
        output.line(printable(&format!("{mark} {:<24} {}", line.rule, super::output::shorten(&line.text, 100))))?;
    }
    Ok(())
}

fn heading(article: &Article) -> String {
    let content = &article.content;
    let mut out = format!("{}\n", content.title.as_deref().unwrap_or("(no title)"));
    let mut say = |label: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            // Writing to a String does not fail.
            let _infallible = writeln!(out, "{label}: {value}");
        }
    };
    say("by", Some(content.authors.join(", ")));
    say("published", content.published.map(|at| at.to_string()));
    say("modified", content.modified.map(|at| at.to_string()));
    say("site", content.site.clone());
    say("section", content.section.clone());
    say("tags", Some(content.tags.join(", ")));
    say("origin", content.origin.as_ref().and_then(|origin| origin.name.clone().or_else(|| origin.url.clone())));
    say("canonical", article.canonical.as_ref().map(|url| url.as_str().to_owned()));
    out
}
