//! TOML to [`Config`], collecting every problem on the way: one file a group of tables. Queries, selectors, patterns and
//! cron lines are compiled here, once.

mod basics;
mod channel;
mod compile;
mod paths;
mod rules;
mod secret;
mod source;
#[cfg(test)]
mod tests;
mod topic;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use serde_spanned::Spanned;
use toml::de::DeTable;

use super::load::{Environment, directory_of};
use super::problem::{Problem, Problems, SourceFile};
use super::raw::{Context, Node, Place, Section, nearest};
use super::{Config, MuteConfig};
use crate::model::ids::{SourceId, TopicId};
use paths::Paths;

/// Checks the files as one config; what a later one sets counts. `problems` are those of reading them.
pub(super) fn check(
    path: &Path,
    files: &[SourceFile],
    problems: Vec<Problem>,
    environment: &Environment,
) -> Result<Config, Problems> {
    let parsed: Vec<_> = files.iter().map(|file| DeTable::parse_recoverable(&file.text)).collect();
    let context = Context::new(files, environment);
    let mut syntax = problems;
    let mut documents: Vec<Spanned<DeTable<'_>>> = Vec::with_capacity(parsed.len());
    for (file, (document, errors)) in files.iter().zip(parsed) {
        syntax.extend(syntax_problems(file, &errors));
        documents.push(document);
    }
    let config = read(path, &Section::root(&context, &documents));
    let all = together(syntax, context.into_problems(), files);
    let problems = Problems::new(all);
    match config {
        Some(config) if problems.errors() == 0 => Ok(Config { warnings: problems.into_vec(), ..config }),
        _ => Err(problems),
    }
}

/// What the TOML parser says, the first problem of each line: the others follow from it.
fn syntax_problems(file: &SourceFile, errors: &[toml::de::Error]) -> Vec<Problem> {
    let mut problems: Vec<Problem> = errors
        .iter()
        .map(|error| {
            let span = error.span().unwrap_or(0..0);
            let message = error.message().lines().collect::<Vec<_>>().join(", ");
            let hint = syntax_hint(&message);
            Problem::at(file, span, message).hint(hint)
        })
        .collect();
    problems.sort_by_key(|problem| problem.line);
    problems.dedup_by_key(|problem| problem.line);
    problems
}

/// What to do about the parser's words.
fn syntax_hint(message: &str) -> &'static str {
    const HINTS: [(&str, &str); 8] = [
        ("duplicate key", "the key or table is set above already: keep one of them"),
        ("values must be quoted", "write text in quotes: key = \"value\""),
        ("key with no value", "write key = value"),
        ("literal string", "close the text with the quote that opens it"),
        ("basic string", "close the text with the quote that opens it; write a backslash as \\\\"),
        ("array", "close the list with ]"),
        ("inline table", "close the table with }"),
        ("table", "write [table], or [[table]] where there may be several"),
    ];
    HINTS
        .iter()
        .find(|(word, _)| message.contains(word))
        .map_or("TOML is described at https://toml.io", |(_, hint)| hint)
}

/// Syntax problems, and of the others those that do not follow from them: what a broken line seems to say counts for
/// nothing.
fn together(syntax: Vec<Problem>, others: Vec<Problem>, files: &[SourceFile]) -> Vec<Problem> {
    let follows = |problem: &Problem| {
        syntax.iter().any(|known| known.line == problem.line && known.file == problem.file && known.line > 0)
    };
    let others: Vec<Problem> = others.into_iter().filter(|problem| !follows(problem)).collect();
    let mut all: Vec<Problem> = syntax.into_iter().chain(others).collect();
    let place = |problem: &Problem| files.iter().position(|file| file.path == problem.file);
    all.sort_by_key(|problem| (place(problem), problem.line, problem.column));
    all
}

/// Reads every table. `None` where something that a [`Config`] cannot be without was wrong.
fn read(path: &Path, root: &Section<'_, '_>) -> Option<Config> {
    let context = root.context();
    let paths = Paths::new(&directory_of(path), context.environment);
    root.optional("include", values::texts);
    let shared_rules = rules::shared(root, &paths);
    let store = basics::store(root.section("store").as_ref(), &paths);
    let fetch = basics::fetch(root.section("fetch").as_ref(), &paths);
    let poll = basics::poll(root.section("poll").as_ref());
    let recheck = basics::recheck(root.section("recheck").as_ref());
    let smtp = root.section("smtp");
    let has_smtp = smtp.is_some();
    let smtp = smtp.map(|section| basics::smtp(&section, &paths));
    let web = root.section("web").map(|section| basics::web(&section));
    let wayback = basics::archive(root.section("archive").as_ref());

    let (sources, topics, channels) = (root.each("source"), root.each("topic"), root.each("channel"));
    let known =
        Known { sources: ids(context, &sources), topics: ids(context, &topics), channels: ids(context, &channels) };
    let beside = source::Beside { poll: &poll, fetch: &fetch };
    source::warn_of_twins(context, &sources);
    let sources = all(&sources, |section| source::read(section, &beside));
    let terms = topic::terms(root.section("terms").as_ref());
    let topics = all(&topics, |section| topic::read(section, &known, &terms));
    let channels = all(&channels, |section| channel::read(section, &paths, has_smtp));
    let mutes = root.each("mute").iter().map(|section| mute(section, &known)).collect();
    root.finish();

    Some(Config {
        path: path.to_owned(),
        store,
        fetch,
        poll,
        recheck: recheck?,
        sources: sources?.into_iter().map(Arc::new).collect(),
        shared_rules,
        terms,
        topics: topics?.into_iter().map(Arc::new).collect(),
        channels: channels?.into_iter().map(Arc::new).collect(),
        smtp: match smtp {
            Some(smtp) => Some(smtp?),
            None => None,
        },
        web,
        wayback,
        mutes,
        warnings: Vec::new(),
    })
}

/// Reads every section, whatever is wrong with another.
fn all<'a, 'c, T>(sections: &[Section<'a, 'c>], read: impl Fn(&Section<'a, 'c>) -> Option<T>) -> Option<Vec<T>> {
    let read: Vec<Option<T>> = sections.iter().map(read).collect();
    read.into_iter().collect()
}

/// Which ids are declared, so that a name elsewhere can be held against them.
struct Known {
    sources: BTreeSet<String>,
    topics: BTreeSet<String>,
    channels: BTreeSet<String>,
}

/// The ids of some sections; one that comes twice is a problem.
fn ids(context: &Context<'_>, sections: &[Section<'_, '_>]) -> BTreeSet<String> {
    let mut seen: BTreeMap<String, Place> = BTreeMap::new();
    for section in sections {
        let Some(node) = section.node("id") else { continue };
        let Some(id) = node.value.as_str() else { continue };
        if let Some(first) = seen.get(id) {
            let problem = context.problem(&node.place, format!("the id `{id}` is given twice"));
            context.push(problem.hint(format!("it is given at {} already", context.show(first))));
        } else {
            seen.insert(id.to_owned(), node.place);
        }
    }
    seen.into_keys().collect()
}

/// The name of something that is declared elsewhere.
fn reference(context: &Context<'_>, node: &Node<'_>, table: &str, known: &BTreeSet<String>) -> Option<String> {
    let name = values::string(context, node)?;
    if known.contains(&name) {
        return Some(name);
    }
    let problem = context.problem(&node.place, format!("no [[{table}]] has the id `{name}`"));
    context.push(match nearest(&name, known.iter().map(String::as_str)) {
        Some(nearest) => problem.hint(format!("did you mean \"{nearest}\"?")),
        None if known.is_empty() => problem.hint(format!("add a [[{table}]] with `id = \"{name}\"`")),
        None => {
            let known: Vec<&str> = known.iter().map(String::as_str).take(12).collect();
            problem.hint(format!("declared: {}", known.join(", ")))
        }
    });
    None
}

/// `[[mute]]`
fn mute(section: &Section<'_, '_>, known: &Known) -> MuteConfig {
    let source = section.optional("source", |context, node| reference(context, node, "source", &known.sources));
    let topic = section.optional("topic", |context, node| reference(context, node, "topic", &known.topics));
    let mute = MuteConfig {
        source: source.and_then(|id| SourceId::new(id).ok()),
        topic: topic.and_then(|id| TopicId::new(id).ok()),
        author: section.optional("author", values::text).map(|author| author.to_lowercase()),
        story: section.optional("story", |context, node| values::integer(context, node, 1, i64::MAX)),
        until: section.optional("until", values::instant),
    };
    let says_nothing = ["source", "topic", "author", "story"].iter().all(|key| section.node(key).is_none());
    if says_nothing {
        let problem = section.context().problem(&section.place(), "[[mute]] says nothing to mute");
        section.context().push(problem.hint("add `source`, `topic`, `author` or `story`"));
    }
    section.finish();
    mute
}
