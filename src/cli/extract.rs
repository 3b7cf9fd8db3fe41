//! `extract`: the normalized article from a page.

use std::fmt::Write as _;

use anyhow::Context as _;
use serde::Serialize;

use super::Incomplete;
use super::args::Cli;
use super::input::{Input, Inputs};
use super::output::{Output, printable};
use crate::config::Config;
use crate::engine::page::rules::SiteRules;
use crate::engine::page::{self, Learned, PageInput};
use crate::engine::{candidate, canonical, decode, normalize};
use crate::model::article::{Content, Origin};
use crate::model::url::{CanonicalUrl, WebUrl};

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
    blocks: Option<Vec<TraceLine>>,
}

/// Why one block is in or out.
#[derive(Serialize)]
pub(crate) struct TraceLine {
    pub(crate) kept: bool,
    pub(crate) rule: String,
    pub(crate) text: String,
}

/// A page, read.
pub(crate) struct Article {
    pub(crate) url: Option<WebUrl>,
    pub(crate) canonical: Option<CanonicalUrl>,
    pub(crate) content: Content,
    pub(crate) trace: Vec<TraceLine>,
}

pub(crate) fn run(cli: &Cli, ask: &Ask<'_>) -> anyhow::Result<()> {
    super::quiet_log(cli);
    let output = Output::new(ask.json);
    let stated = ask.url.map(WebUrl::parse).transpose().context("--url")?;
    let config = cli.config.is_some().then(|| super::config_to_read(cli)).transpose()?;
    let mut inputs = Inputs::new(cli);
    let mut failed = 0;
    for name in ask.inputs {
        match inputs.read(name).and_then(|input| read(&input, stated.as_ref(), config.as_ref())) {
            Ok(article) => print(output, name, &article, ask.explain)?,
            Err(error) if ask.inputs.len() > 1 => {
                failed += 1;
                anstream::eprintln!("error: {name}: {error:#}");
            }
            Err(error) => return Err(error.context(name.clone())),
        }
    }
    if failed > 0 {
        return Err(Incomplete(format!("{failed} of {} inputs could not be read", ask.inputs.len())).into());
    }
    Ok(())
}

/// Decodes, extracts and normalizes one page.
pub(crate) fn read(input: &Input, stated: Option<&WebUrl>, config: Option<&Config>) -> anyhow::Result<Article> {
    if let Some(reason) = candidate::not_text(input.content_type.as_deref(), &input.bytes) {
        anyhow::bail!("{reason}");
    }
    let url = stated.or(input.url.as_ref()).cloned();
    let placeholder = WebUrl::parse(NO_ADDRESS)?;
    let address = url.as_ref().unwrap_or(&placeholder);
    let html = decode::html(&input.bytes, input.content_type.as_deref());
    let none = SiteRules::default();
    let rules = config.and_then(|config| rules_for(config, address)).unwrap_or(&none);
    let learned = Learned::default();
    let extracted = page::extract(&PageInput { html: &html, url: address, rules, entry: None, learned: &learned });
    let canonical = match (&url, extracted.canonical_hint()) {
        (Some(url), hint) => Some(canonical::choose(url, hint)),
        (None, Some(hint)) => Some(canonical::canonical(hint)),
        (None, None) => None,
    };
    let trace = extracted
        .trace()
        .iter()
        .map(|block| TraceLine { kept: block.kept, rule: block.rule.clone(), text: block.text.clone() })
        .collect();
    let mut content = normalize::normalize(extracted).into_content();
    if url.is_none() && content.image.as_deref().is_some_and(|image| image.starts_with(NO_ADDRESS)) {
        content.image = None;
    }
    Ok(Article { url, canonical, content, trace })
}

fn rules_for<'a>(config: &'a Config, address: &WebUrl) -> Option<&'a SiteRules> {
    let of_site = config.sources.iter().find(|source| source.url.site() == address.site());
    of_site.map(|source| source.rules.as_ref())
}

fn print(output: Output, name: &str, article: &Article, explain: bool) -> std::io::Result<()> {
    let content = &article.content;
    let text = content.text();
    if output.is_json() {
        let is_file = !name.starts_with("http://") && !name.starts_with("https://");
        return output.record(&Line {
            file: is_file.then_some(name),
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
            blocks: explain.then(|| {
                let copy =
                    |line: &TraceLine| TraceLine { kept: line.kept, rule: line.rule.clone(), text: line.text.clone() };
                article.trace.iter().map(copy).collect()
            }),
        });
    }
    output.line(printable(&heading(article)))?;
    if explain {
        return print_trace(output, &article.trace);
    }
    output.line(printable(&text))?;
    output.line("")
}

/// Prints, for each block of a page, whether it is in and which rule said so.
pub(crate) fn print_trace(output: Output, trace: &[TraceLine]) -> std::io::Result<()> {
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
    say("canonical", article.canonical.as_ref().map(ToString::to_string));
    out
}
