//! `[terms]` and `[[topic]]`: alias groups, queries, and the examples that hold a query to its word.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::raw::{Context, Node, Place, Section};
use super::super::{OncePer, TopicConfig, TopicOn};
use super::compile::{self, RawGroup, Terms, Weights};
use super::{Known, reference, values};
use crate::model::ids::{ChannelId, SourceId, TopicId};

/// `[terms]`: every group, compiled. Groups that do not compile are reported and stand empty, so that the queries are
/// checked all the same.
pub(super) fn terms(section: Option<&Section<'_, '_>>) -> Terms {
    let Some(section) = section else {
        return Terms::default();
    };
    let context = section.context();
    let mut groups: BTreeMap<String, RawGroup> = BTreeMap::new();
    let mut places = BTreeMap::new();
    for (name, place, node) in section.entries() {
        groups.insert(name.clone(), group(context, &name, &node).unwrap_or_else(compile::stand_in));
        places.insert(name, (place, node));
    }
    // Each round takes the broken groups out; there are no more rounds than groups.
    for _ in 0..=groups.len() {
        let problems = match Terms::compile(groups.clone()) {
            Ok(terms) => return terms,
            Err(problems) => problems,
        };
        for broken in problems {
            let Some((place, node)) = places.get(&broken.group) else { continue };
            let place = place_in_group(node, &broken.message).unwrap_or_else(|| place.clone());
            let hint = broken.hint.unwrap_or_else(|| {
                "a group holds terms as a query writes them: words, phrases, `=Exact`, `prefix*`, `$group`".to_owned()
            });
            context.error(&place, format!("group `{}`: {}", broken.group, broken.message), hint);
            groups.insert(broken.group, compile::stand_in());
        }
    }
    Terms::default()
}

/// The term inside a group that a message quotes, if it quotes one.
fn place_in_group(node: &Node<'_>, message: &str) -> Option<Place> {
    let lists = match node.value.as_table() {
        Some(table) => table.values().map(|value| node.beside(value)).collect(),
        None => vec![node.clone()],
    };
    let terms: Vec<Node<'_>> = lists.iter().filter_map(Node::elements).flatten().collect();
    let quoted = |term: &&Node<'_>| {
        let text = term.value.as_str().unwrap_or_default();
        message.contains(&format!("`{text}`")) || message.contains(&format!("`{}`", text.trim_start_matches('$')))
    };
    terms.iter().find(quoted).map(|term| term.place.clone())
}

/// A list of terms, or `{ any, none, zh … }`.
fn group(context: &Context<'_>, name: &str, node: &Node<'_>) -> Option<RawGroup> {
    if node.value.is_array() || node.value.is_str() {
        let any = values::texts(context, node)?;
        return Some(RawGroup { any: not_empty(context, node, any)?, ..RawGroup::default() });
    }
    if !node.value.is_table() {
        let message = format!("expected a list of terms, found {}", node.type_name());
        context.error(&node.place, message, "write [\"talks\", \"negotiat*\"], or { any = […], none = […] }");
        return None;
    }
    let section = Section::from_node(context, &format!("[terms.{name}]"), node)?;
    let mut group = RawGroup::default();
    for (key, place, node) in section.entries() {
        let terms = values::texts(context, &node);
        match key.as_str() {
            "any" => group.any = terms.and_then(|terms| not_empty(context, &node, terms))?,
            "none" => group.none = terms?,
            language if is_language(language) => {
                group.languages.insert(language.to_owned(), terms?);
            }
            other => {
                let problem = context.problem(&place, format!("unknown key `{other}` in group `{name}`"));
                context.push(problem.hint("a group has `any`, `none`, and keys of languages such as `zh` or `de`"));
            }
        }
    }
    if group.any.is_empty() && group.languages.is_empty() {
        let problem = context.problem(&node.place, format!("group `{name}` holds no term"));
        context.push(problem.hint("add `any = [\"…\"]`"));
        return None;
    }
    Some(group)
}

fn not_empty(context: &Context<'_>, node: &Node<'_>, terms: Vec<String>) -> Option<Vec<String>> {
    if terms.is_empty() {
        context.error(&node.place, "the group holds no term", "add a term, as in [\"talks\"], or remove the line");
        return None;
    }
    Some(terms)
}

/// A primary language subtag: `en`, `zh`, `yue`.
fn is_language(text: &str) -> bool {
    (2..=3).contains(&text.len()) && text.chars().all(|c| c.is_ascii_lowercase())
}

pub(super) fn read(section: &Section<'_, '_>, known: &Known, terms: &Terms) -> Option<TopicConfig> {
    let id = section.required("id", "\"us-china-talks\"", |context, node| values::slug(context, node, TopicId::new));
    let name = section.optional("name", values::text);
    let query = section.required("query", "'$us NEAR/15 $china'", |context, node| query(context, node, terms));
    let sources = section.optional("sources", |context, node| {
        values::list(context, node, |context, node| reference(context, node, "source", &known.sources))
    });
    let notify = section.optional("notify", |context, node| {
        values::list(context, node, |context, node| reference(context, node, "channel", &known.channels))
    });
    let languages = section.optional("languages", |context, node| values::list(context, node, language));
    let min_score = section.optional("min_score", |context, node| values::number(context, node, 0.0, 1.0));
    let min_significance =
        section.optional("min_significance", |context, node| values::number(context, node, 0.0, 1.0));
    let once_per = section.optional("once_per", |context, node| {
        values::word(
            context,
            node,
            &[("story", OncePer::Story), ("article", OncePer::Article), ("revision", OncePer::Revision)],
        )
    });
    let on = section.optional("on", |context, node| {
        let words = [("match", TopicOn::Match), ("revision", TopicOn::Revision), ("gone", TopicOn::Gone)];
        values::list(context, node, |context, node| values::word(context, node, &words))
    });
    let weights = section.section("weights").map(|section| weights(&section));
    if let Some(examples) = section.section("examples") {
        let weights = weights.unwrap_or_default();
        let query = query.as_deref();
        let asked = query.map(|query| compile::Asked { query, weights: &weights, min_score: min_score.unwrap_or(0.0) });
        check_examples(&examples, asked);
    }
    section.finish();
    let id = id?;
    Some(TopicConfig {
        name: name.unwrap_or_else(|| id.to_string()),
        id,
        query: query?,
        sources: sources.unwrap_or_default().into_iter().filter_map(|id| SourceId::new(id).ok()).collect(),
        languages: languages.unwrap_or_default(),
        min_score: min_score.unwrap_or(0.0),
        min_significance: min_significance.unwrap_or(0.0),
        weights: weights.unwrap_or_default(),
        once_per: once_per.unwrap_or_default(),
        notify: notify.unwrap_or_default().into_iter().filter_map(|id| ChannelId::new(id).ok()).collect(),
        on: on.unwrap_or_else(|| vec![TopicOn::Match, TopicOn::Revision, TopicOn::Gone]),
    })
}

/// `weights = { title, lead, body, body_max }`
fn weights(section: &Section<'_, '_>) -> Weights {
    let weight = |key| section.optional(key, |context, node| values::number(context, node, 0.0, 100.0));
    let defaults = Weights::default();
    let body_max = section.optional("body_max", |context, node| values::integer(context, node, 0, 1000));
    let weights = Weights {
        title: weight("title").unwrap_or(defaults.title),
        lead: weight("lead").unwrap_or(defaults.lead),
        body: weight("body").unwrap_or(defaults.body),
        body_max: body_max.and_then(|max| u32::try_from(max).ok()).unwrap_or(defaults.body_max),
    };
    section.finish();
    weights
}

/// Compiles a query; each of its problems is shown at its place inside the string.
fn query(context: &Context<'_>, node: &Node<'_>, terms: &Terms) -> Option<Arc<compile::Query>> {
    let text = values::text(context, node)?;
    match compile::Query::compile(&text, terms) {
        Ok(query) => Some(Arc::new(query)),
        Err(problems) => {
            for found in problems {
                let hint = found.hint.unwrap_or_else(|| {
                    "operators are AND, OR, NOT, NEAR/n, BEFORE/n, SENTENCE, PARAGRAPH, ATLEAST/n x, n OF (a, b)"
                        .to_owned()
                });
                let mended = found.mended.filter(|mended| !hint.contains(mended.as_str()));
                let hint = mended
                    .map_or_else(|| hint.clone(), |mended| format!("{hint}; the whole query, corrected: {mended}"));
                context.error(&node.inside(context, found.span), found.message, hint);
            }
            None
        }
    }
}

/// `en` or `zh`; a region is cut off by whoever compares, so it is refused here.
fn language(context: &Context<'_>, node: &Node<'_>) -> Option<String> {
    let text = values::text(context, node)?;
    if is_language(&text) {
        return Some(text);
    }
    let problem = context.problem(&node.place, format!("`{text}` is no language code"));
    let primary = text.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    context.push(if is_language(&primary) {
        problem.hint(format!("write \"{primary}\""))
    } else {
        problem.hint("write \"en\", \"de\" or \"zh\"")
    });
    None
}

/// `examples = { yes = […], no = […] }`: each is tried as a headline, and must reach the topic's minimum score.
fn check_examples(section: &Section<'_, '_>, asked: Option<compile::Asked<'_>>) {
    let context = section.context();
    for (key, expected) in [("yes", true), ("no", false)] {
        let Some(node) = section.node(key) else { continue };
        let elements = node.elements().unwrap_or_else(|| vec![node.clone()]);
        for element in &elements {
            let (Some(example), Some(asked)) = (values::text(context, element), asked) else { continue };
            let outcome = compile::try_example(asked, &example);
            if outcome.matched == expected {
                continue;
            }
            let message =
                if expected { "the topic does not match this example" } else { "the topic matches this example" };
            let problem = context.problem(&element.place, message);
            context.push(problem.hint(outcome.why));
        }
    }
    section.finish();
}
