//! `[[source]]`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::raw::{Context, Node, Place, Section};
use super::super::{Auth, Backlog, ContentFrom, FetchConfig, PollConfig, PollTimes, Secret, SourceConfig};
use super::{basics, compile, rules, secret, values};
use crate::model::ids::SourceId;
use crate::model::source::SourceKind;
use crate::model::url::WebUrl;

/// Headers that the client sets itself, or that would undo its politeness.
const OWN_HEADERS: [&str; 7] =
    ["host", "connection", "content-length", "transfer-encoding", "if-none-match", "if-modified-since", "user-agent"];

/// The keys of a source's address.
const ADDRESSES: [(&str, SourceKind); 3] =
    [("feed", SourceKind::Feed), ("sitemap", SourceKind::Sitemap), ("page", SourceKind::Page)];

/// What a source's own table does not hold.
pub(super) struct Beside<'b> {
    pub(super) poll: &'b PollConfig,
    pub(super) fetch: &'b FetchConfig,
}

pub(super) fn read(section: &Section<'_, '_>, beside: &Beside<'_>) -> Option<SourceConfig> {
    let id = section.required("id", "\"bbc-world\"", |context, node| values::slug(context, node, SourceId::new));
    let name = section.optional("name", values::text);
    let address = address(section);
    let links = links(section);
    let times = times(section, beside.poll);
    let url = address.as_ref().map(|(_, url)| url);
    let source = SourceConfig {
        name: name.or_else(|| id.as_ref().map(ToString::to_string)).unwrap_or_default(),
        kind: address.as_ref().map_or(SourceKind::Feed, |(kind, _)| *kind),
        links,
        times: times.unwrap_or_else(|| beside.poll.times()),
        content: section
            .optional("content", |context, node| {
                values::word(context, node, &[("page", ContentFrom::Page), ("feed", ContentFrom::Feed)])
            })
            .unwrap_or_default(),
        headers: section.optional("headers", headers).unwrap_or_default(),
        backlog: section
            .optional("backlog", |context, node| {
                values::word(context, node, &[("record", Backlog::Record), ("notify", Backlog::Notify)])
            })
            .unwrap_or_default(),
        auth: section.optional("auth", auth),
        ignore: section
            .optional("ignore", |context, node| values::list(context, node, values::pattern))
            .unwrap_or_default(),
        rules: Arc::new(rules::of_source(section)),
        robots: section.optional("robots", values::boolean).unwrap_or(beside.fetch.robots),
        timeout: section.optional("timeout", values::timeout),
        proxy: section.optional("proxy", values::proxy),
        user_agent: section.optional("user_agent", basics::header_text),
        accept_language: section.optional("accept_language", basics::header_text),
        cookies: section.optional("cookies", values::boolean).unwrap_or(false),
        url: url.cloned().or_else(|| WebUrl::parse("http://invalid.invalid/").ok())?,
        id: id.or_else(|| SourceId::new("invalid").ok())?,
    };
    section.finish();
    address.map(|_| source)
}

/// Two sources with one address are polled twice as often as anybody meant.
pub(super) fn warn_of_twins(context: &Context<'_>, sections: &[Section<'_, '_>]) {
    let mut seen: BTreeMap<String, Place> = BTreeMap::new();
    for section in sections {
        let Some(node) = ADDRESSES.iter().find_map(|(key, _)| section.node(key)) else { continue };
        let Some(url) = node.value.as_str().and_then(|text| WebUrl::parse(text).ok()) else { continue };
        if let Some(first) = seen.get(url.as_str()) {
            let problem = context.problem(&node.place, "another source has this address already");
            let hint = format!("it is at {}: remove one of them", context.show(first));
            context.push(problem.hint(hint).warning());
        } else {
            seen.insert(url.as_str().to_owned(), node.place);
        }
    }
}

/// The one of `feed`, `sitemap` and `page` that is there.
fn address(section: &Section<'_, '_>) -> Option<(SourceKind, WebUrl)> {
    let context = section.context();
    let mut found: Vec<(SourceKind, Node<'_>)> = Vec::new();
    for (key, kind) in ADDRESSES {
        if let Some(node) = section.node(key) {
            found.push((kind, node));
        }
    }
    let Some((kind, node)) = found.first() else {
        let problem = context.problem(&section.place(), "[[source]] has no address");
        context.push(problem.hint("add `feed = \"https://…\"`, `sitemap = \"https://…\"` or `page = \"https://…\"`"));
        return None;
    };
    if let Some((_, second)) = found.get(1) {
        let problem = context.problem(&second.place, "a source has one address");
        context.push(problem.hint("keep one of `feed`, `sitemap` and `page`; make the other a [[source]] of its own"));
    }
    let url = values::url(context, node)?;
    Some((*kind, url))
}

/// `links`: for `page`, and for it alone.
fn links(section: &Section<'_, '_>) -> Vec<String> {
    let context = section.context();
    let node = section.node("links");
    match (&node, section.node("page")) {
        (None, Some(_)) => section.missing("links", "[\"main a[href]\"]"),
        (Some(node), None) => {
            let problem = context.problem(&node.place, "`links` is for a source with `page`");
            context.push(problem.hint("a feed or a sitemap lists its links itself: remove it"));
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
    node.and_then(|node| values::list(context, &node, selector)).unwrap_or_default()
}

/// A CSS selector.
fn selector(context: &Context<'_>, node: &Node<'_>) -> Option<String> {
    let text = values::text(context, node)?;
    if let Err(reason) = compile::selector(&text) {
        wrong_selector(context, node, &text, &reason);
        return None;
    }
    Some(text)
}

pub(super) fn wrong_selector(context: &Context<'_>, node: &Node<'_>, text: &str, reason: &str) {
    let problem = context.problem(&node.place, format!("`{text}` is no CSS selector: {reason}"));
    context.push(problem.hint("write it as in a style sheet: \"article p.lead\", \"#main h1\", \"[itemprop=author]\""));
}

/// `every`, or `cron` with `timezone`.
fn times(section: &Section<'_, '_>, poll: &PollConfig) -> Option<PollTimes> {
    let context = section.context();
    let every = section.optional("every", values::interval);
    let cron = section.optional("cron", values::cron);
    let zone = section.optional("timezone", values::time_zone);
    match (section.node("every"), section.node("cron"), section.node("timezone")) {
        (Some(_), Some(cron), _) => {
            let problem = context.problem(&cron.place, "a source has `every` or `cron`, not both");
            context.push(problem.hint("remove one of them"));
        }
        (_, None, Some(zone)) => {
            let problem = context.problem(&zone.place, "`timezone` is for `cron`");
            context.push(problem.hint("an interval needs no time zone: remove it, or add `cron`"));
        }
        (None, Some(_), _) => return Some(PollTimes::Cron(cron?, zone.unwrap_or(jiff::tz::TimeZone::UTC))),
        (Some(_) | None, None, None) => {}
    }
    Some(every.map_or_else(|| poll.times(), PollTimes::Every))
}

/// `auth = { user, password }` or `{ bearer }`
fn auth(context: &Context<'_>, node: &Node<'_>) -> Option<Auth> {
    let section = Section::from_node(context, "auth", node)?;
    let user = section.optional("user", values::text);
    let password = section.optional("password", secret::secret);
    let bearer = section.optional("bearer", secret::secret);
    section.finish();
    match (section.node("user"), section.node("password"), section.node("bearer")) {
        (Some(_), Some(_), None) => Some(Auth::Basic { user: user?, password: password? }),
        (None, None, Some(_)) => bearer.map(Auth::Bearer),
        _ => {
            let problem = context.problem(&node.place, "`auth` needs `user` and `password`, or `bearer`");
            context.push(
                problem.hint("write { user = \"ada\", password = { env = \"…\" } } or { bearer = { env = \"…\" } }"),
            );
            None
        }
    }
}

/// Extra request headers, in the order of their names.
pub(super) fn headers(context: &Context<'_>, node: &Node<'_>) -> Option<Vec<(String, Secret)>> {
    let section = Section::from_node(context, "headers", node)?;
    let mut headers = Vec::new();
    for (name, place, value) in section.entries() {
        if http::HeaderName::from_bytes(name.as_bytes()).is_err() {
            context.error(&place, format!("`{name}` is no header name"), "use letters, digits and `-`, as in `X-Key`");
            continue;
        }
        if OWN_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
            let problem = context.problem(&place, format!("`{name}` is set by wirewatch itself"));
            context.push(match name.to_ascii_lowercase().as_str() {
                "user-agent" => problem.hint("use `user_agent`"),
                _ => problem.hint("remove it"),
            });
            continue;
        }
        let Some(secret) = secret::secret_or_text(context, &value) else { continue };
        if http::HeaderValue::from_str(secret.expose()).is_err() {
            context.error(
                &value.place,
                "the value cannot stand in a header: it holds a line break or another control character",
                "write it on one line",
            );
            continue;
        }
        headers.push((name, secret));
    }
    Some(headers)
}
