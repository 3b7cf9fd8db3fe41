//! Rules for how a site's pages are read: `[source.rules]`, and the files of the `rules` directory, which sources share.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_spanned::Spanned;
use toml::de::DeTable;

use super::super::load::{read_text, toml_files};
use super::super::problem::{Problem, SourceFile};
use super::super::raw::{Context, Node, Section};
use super::super::rules::SharedRules;
use super::compile::{self, RawRules, SiteRules};
use super::paths::Paths;
use super::source::wrong_selector;
use super::values;
use crate::model::url::WebUrl;

/// The directory beside the config file that is read without being named.
const BESIDE: &str = "rules";

/// `[source.rules]`: each field one selector or several; wrong ones are reported and left out.
pub(super) fn of_source(source: &Section<'_, '_>) -> SiteRules {
    let Some(section) = source.section("rules") else { return SiteRules::default() };
    let raw = raw_rules(&section);
    section.finish();
    compile::rules(&raw).unwrap_or_default()
}

fn raw_rules(section: &Section<'_, '_>) -> RawRules {
    let selectors = |key: &'static str| -> Vec<String> {
        let Some(node) = section.node(key) else { return Vec::new() };
        let elements = node.elements().unwrap_or_else(|| vec![node.clone()]);
        elements.iter().filter_map(|element| rule(section.context(), key, element)).collect()
    };
    RawRules {
        title: selectors("title"),
        author: selectors("author"),
        published: selectors("published"),
        body: selectors("body"),
        remove: selectors("remove"),
    }
}

/// One selector of a rule, tried alone as the compiler of rules will take it.
fn rule(context: &Context<'_>, field: &str, node: &Node<'_>) -> Option<String> {
    let text = values::text(context, node)?;
    let mut alone = RawRules::default();
    let one = vec![text.clone()];
    match field {
        "title" => alone.title = one,
        "author" => alone.author = one,
        "published" => alone.published = one,
        "body" => alone.body = one,
        _ => alone.remove = one,
    }
    match compile::rules(&alone) {
        Ok(_) => Some(text),
        Err(reason) => {
            wrong_selector(context, node, &text, &reason);
            None
        }
    }
}

/// The rules that sources share: of the directory `rules` beside the config file, and of the one that `rules = "…"` names.
/// Those of a wider site come before those of a part of it.
pub(super) fn shared(root: &Section<'_, '_>, paths: &Paths) -> Vec<SharedRules> {
    let context = root.context();
    let mut directories: Vec<PathBuf> = Some(paths.to_read(BESIDE)).filter(|path| path.is_dir()).into_iter().collect();
    let named = root.optional("rules", |context, node| {
        let directory = paths.to_read(&values::text(context, node)?);
        if !directory.is_dir() {
            let problem = context.problem(&node.place, format!("there is no directory {}", directory.display()));
            context.push(problem.hint("make it, and put a file with `site = \"example.org\"` for each site into it"));
            return None;
        }
        Some(directory)
    });
    directories.extend(named.filter(|named| !directories.contains(named)));
    for directory in &directories {
        if let Err(error) = std::fs::read_dir(directory) {
            let problem = Problem::of_file(directory, format!("cannot list the directory: {error}"));
            context.push(problem.hint("make it readable for the user that runs wirewatch, or take it away"));
        }
    }
    let mut all: Vec<SharedRules> = Vec::new();
    for path in directories.iter().flat_map(|directory| toml_files(directory)) {
        if let Some(rules) = file(context, &path, &all) {
            all.push(rules);
        }
    }
    all.sort_by_key(|rules| rules.site.len());
    all
}

/// One file: `site` and the fields of `[source.rules]`. Without `site` the file's name says it: `example.org.toml`.
fn file(context: &Context<'_>, path: &Path, others: &[SharedRules]) -> Option<SharedRules> {
    let text = match read_text(path) {
        Ok(text) => text,
        Err(reason) => {
            let problem = Problem::of_file(path, format!("cannot read the file: {reason}"));
            context.push(problem.hint("make it readable for the user that runs wirewatch, or take it away"));
            return None;
        }
    };
    let files = [SourceFile { path: PathBuf::from(path), text: Arc::from(text) }];
    let (document, errors) = DeTable::parse_recoverable(&files[0].text);
    let broken: Vec<Problem> = super::syntax_problems(&files[0], &errors);
    let documents: [Spanned<DeTable<'_>>; 1] = [document];
    // The file has a context of its own, since places in it are in no other file.
    let own = Context::new(&files, context.environment);
    let rules = {
        let section = Section::root(&own, &documents);
        let site = site(&section, path, others);
        let rules = compile::rules(&raw_rules(&section)).unwrap_or_default();
        section.finish();
        site.map(|site| SharedRules { site, file: path.to_owned(), rules: Arc::new(rules) })
    };
    for problem in super::together(broken, own.into_problems(), &files) {
        context.push(problem);
    }
    rules
}

fn site(section: &Section<'_, '_>, path: &Path, others: &[SharedRules]) -> Option<String> {
    let (context, node) = (section.context(), section.node("site"));
    let complain = |message: String, hint: &str| {
        let place = node.as_ref().map_or_else(|| section.place(), |node| node.place.clone());
        context.push(context.problem(&place, message).hint(hint));
    };
    let text = match &node {
        Some(node) => values::text(context, node)?,
        None => path.file_stem()?.to_string_lossy().into_owned(),
    };
    let Some(host) = host(&text) else {
        match node {
            Some(_) => complain(format!("`{text}` is no site"), "write its host alone: site = \"example.org\""),
            None => complain("the file does not say whose pages it is for".to_owned(), "add `site = \"example.org\"`"),
        }
        return None;
    };
    if let Some(known) = others.iter().find(|known| known.site == host) {
        let message = format!("the rules of {host} stand in {} already", known.file.display());
        complain(message, "put them into one file");
        return None;
    }
    Some(host)
}

/// A host without `www.`, that is somebody's: no address, no path, no suffix such as `co.uk`.
fn host(text: &str) -> Option<String> {
    let is_host = !text.is_empty() && !text.contains(['/', ':', '@', '?', '#', '*', ' ']);
    let url = WebUrl::parse(&format!("http://{text}/")).ok().filter(|_| is_host)?;
    let host = url.host().strip_prefix("www.").unwrap_or(url.host()).trim_end_matches('.').to_owned();
    (host.contains('.') && psl::suffix_str(&host) != Some(&host)).then_some(host)
}
