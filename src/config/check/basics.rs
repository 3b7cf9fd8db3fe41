//! The tables of which there is one: `[store]`, `[fetch]`, `[poll]`, `[recheck]`, `[smtp]`, `[web]`, `[archive]`. The
//! defaults stand here, and in the starter config, which a test holds against them.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use super::super::raw::{Context, Node, Section, wrong_type};
use super::super::{
    FetchConfig, PollConfig, RecheckConfig, SmtpConfig, SmtpTls, StoreConfig, WaybackConfig, WebConfig,
};
use super::paths::Paths;
use super::{secret, values};
use crate::engine::schedule::{RecheckSchedule, format_duration};
use crate::model::time::SignedDuration;
use crate::model::url::WebUrl;

/// The store's file where the config names none.
const STORE_FILE: &str = "wirewatch.db";

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// `[recheck] schedule` where the config says none.
const RECHECK_STEPS: [&str; 5] = ["15m until 5h", "30m until 12h", "2h until 48h", "12h until 7d", "3d until 30d"];

pub(super) fn store(section: Option<&Section<'_, '_>>, paths: &Paths) -> StoreConfig {
    let path = section.and_then(|section| section.optional("path", |context, node| paths.read_to_write(context, node)));
    let keep_pages = section.and_then(|section| section.optional("keep_pages", values::duration));
    let keep_observations = section.and_then(|section| section.optional("keep_observations", values::duration));
    let keep_suppressed = section.and_then(|section| section.optional("keep_suppressed", values::duration));
    finish(section);
    StoreConfig {
        path: path.unwrap_or_else(|| paths.to_write(STORE_FILE)),
        keep_pages: keep_pages.unwrap_or(DAY * 90),
        keep_observations: keep_observations.unwrap_or(DAY * 365),
        keep_suppressed: keep_suppressed.unwrap_or(DAY * 180),
    }
}

pub(super) fn fetch(section: Option<&Section<'_, '_>>, paths: &Paths) -> FetchConfig {
    let defaults = FetchConfig::default();
    let Some(section) = section else { return defaults };
    let fetch = FetchConfig {
        contact: section.optional("contact", header_text),
        timeout: section.optional("timeout", values::timeout).unwrap_or(defaults.timeout),
        max_body_bytes: section.optional("max_body", values::size).unwrap_or(defaults.max_body_bytes),
        concurrency: section
            .optional("concurrency", |context, node| values::count(context, node, 1000))
            .unwrap_or(defaults.concurrency),
        per_host: section
            .optional("per_host", |context, node| values::count(context, node, 1000))
            .unwrap_or(defaults.per_host),
        min_delay: section.optional("min_delay", values::duration).unwrap_or(defaults.min_delay),
        robots: section.optional("robots", values::boolean).unwrap_or(defaults.robots),
        proxy: section.optional("proxy", values::proxy),
        allow_private: section
            .optional("allow_private", |context, node| values::list(context, node, values::network))
            .unwrap_or_default(),
        resolve: section.optional("resolve", resolve).unwrap_or_default(),
        user_agent: section.optional("user_agent", header_text),
        ca: section.optional("ca_file", |context, node| certificates(context, node, paths)),
    };
    section.finish();
    fetch
}

/// A text that may stand in a request's header.
pub(super) fn header_text(context: &Context<'_>, node: &Node<'_>) -> Option<String> {
    let text = values::text(context, node)?;
    if http::HeaderValue::from_str(&text).is_err() {
        context.error(
            &node.place,
            "the value cannot stand in a header: it holds a line break or another control character",
            "write it on one line",
        );
        return None;
    }
    Some(text)
}

/// `resolve = { "site.test" = "127.0.1.1:8080" }`; without a port, that of the URL is used (kept as 0).
fn resolve(context: &Context<'_>, node: &Node<'_>) -> Option<BTreeMap<String, SocketAddr>> {
    let section = Section::from_node(context, "[fetch.resolve]", node)?;
    let mut hosts = BTreeMap::new();
    for (host, place, address) in section.entries() {
        if host.is_empty() || host.contains([':', '/', ' ']) {
            let problem = context.problem(&place, format!("`{host}` is no host name"));
            context.push(problem.hint("write the name alone, without scheme and port"));
        }
        if let Some(address) = values::socket(context, &address, Some(0)) {
            hosts.insert(host.to_ascii_lowercase(), address);
        }
    }
    Some(hosts)
}

pub(super) fn poll(section: Option<&Section<'_, '_>>) -> PollConfig {
    let defaults = PollConfig::default();
    let Some(section) = section else { return defaults };
    let stated = section.optional("every", values::interval);
    let every = stated.unwrap_or(defaults.every);
    let min = section.optional("min", values::interval).unwrap_or(every);
    let max = section.optional("max", values::interval);
    let max = max.unwrap_or(if stated.is_some() { every } else { defaults.max.max(every) });
    let context = section.context();
    let shown = format_duration(every);
    if min > every
        && let Some(node) = section.node("min")
    {
        let hint = format!("write at most `every`, which is \"{shown}\"");
        context.error(&node.place, "`min` is longer than `every`", hint);
    }
    if max < every
        && let Some(node) = section.node("max")
    {
        let hint = format!("write at least `every`, which is \"{shown}\"");
        context.error(&node.place, "`max` is shorter than `every`", hint);
    }
    section.finish();
    PollConfig { every, min: min.min(every), max: max.max(every) }
}

pub(super) fn recheck(section: Option<&Section<'_, '_>>) -> Option<RecheckConfig> {
    let schedule = match section.and_then(|section| section.node("schedule").map(|node| (section, node))) {
        Some((section, node)) => recheck_schedule(section.context(), &node),
        None => RecheckSchedule::parse(&RECHECK_STEPS.map(str::to_owned)).ok(),
    };
    let until = section.and_then(|section| section.optional("on_topic_until", values::duration));
    let every = section.and_then(|section| section.optional("on_topic_every", values::interval));
    finish(section);
    Some(RecheckConfig {
        schedule: schedule?,
        on_topic_until: until.unwrap_or(DAY * 365),
        on_topic_every: every.unwrap_or(DAY * 7),
    })
}

/// The steps one by one, so that each wrong one is shown at its place, and their order at the end.
fn recheck_schedule(context: &Context<'_>, node: &Node<'_>) -> Option<RecheckSchedule> {
    let Some(elements) = node.elements() else {
        wrong_type(context, node, "an array of steps such as \"15m until 5h\"");
        return None;
    };
    let mut steps: Vec<String> = Vec::new();
    let mut right = true;
    for element in &elements {
        let Some(step) = values::string(context, element) else {
            right = false;
            continue;
        };
        let alone = RecheckSchedule::parse(std::slice::from_ref(&step));
        steps.push(step);
        if let Err(error) = alone.and_then(|_| RecheckSchedule::parse(&steps)) {
            context.refused(
                &element.place,
                &error,
                "write the steps from young to old: \"15m until 5h\", \"2h until 48h\"",
            );
            steps.pop();
            right = false;
        }
    }
    if right { RecheckSchedule::parse(&steps).ok() } else { None }
}

pub(super) fn smtp(section: &Section<'_, '_>, paths: &Paths) -> Option<SmtpConfig> {
    let host = section.required("host", "\"smtp.example.org\"", values::text);
    let tls = section.optional("tls", |context, node| {
        values::word(context, node, &[("starttls", SmtpTls::Starttls), ("tls", SmtpTls::Tls), ("none", SmtpTls::None)])
    });
    let tls = tls.unwrap_or(SmtpTls::Starttls);
    let port = section.optional("port", |context, node| values::integer(context, node, 1, 65_535));
    let default_port = match tls {
        SmtpTls::Starttls => 587,
        SmtpTls::Tls => 465,
        SmtpTls::None => 25,
    };
    let username = section.optional("username", values::text);
    let password = section.optional("password", secret::secret);
    match (section.node("username"), section.node("password")) {
        (Some(_), None) => section.missing("password", "{ env = \"WIREWATCH_SMTP_PASSWORD\" }"),
        (None, Some(_)) => section.missing("username", "\"wirewatch\""),
        _ => {}
    }
    let from = section.required("from", "\"wirewatch@example.org\"", values::mail_address);
    let ca = section.optional("ca_file", |context, node| certificates(context, node, paths));
    if tls == SmtpTls::None
        && let Some(node) = section.node("ca_file")
    {
        let problem = section.context().problem(&node.place, "without TLS no certificate is looked at");
        section.context().push(problem.hint("write tls = \"starttls\" or \"tls\", or remove the line").warning());
    }
    let here = host.as_deref().is_some_and(|host| {
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    });
    if tls == SmtpTls::None
        && !here
        && let (Some(node), Some(_)) = (section.node("tls"), section.node("password"))
    {
        let context = section.context();
        let problem = context.problem(&node.place, "the password goes over the network where everybody can read it");
        context.push(problem.hint("write \"starttls\" or \"tls\"").warning());
    }
    section.finish();
    Some(SmtpConfig {
        host: host?,
        port: port.and_then(|port| u16::try_from(port).ok()).unwrap_or(default_port),
        tls,
        username,
        password,
        from: from?,
        ca,
    })
}

/// The certificates of a file in PEM.
fn certificates(context: &Context<'_>, node: &Node<'_>, paths: &Paths) -> Option<String> {
    let path = paths.to_read(&values::text(context, node)?);
    let hint = "name a file with the certificate of your own authority, as in -----BEGIN CERTIFICATE-----";
    match std::fs::read_to_string(&path) {
        Ok(text) if text.contains("-----BEGIN CERTIFICATE-----") => return Some(text),
        Ok(_) => context.error(&node.place, format!("{} holds no certificate in PEM", path.display()), hint),
        Err(error) => context.error(&node.place, format!("cannot read {}: {error}", path.display()), hint),
    }
    None
}

pub(super) fn web(section: &Section<'_, '_>) -> WebConfig {
    let context = section.context();
    let listen = section.optional("listen", |context, node| values::socket(context, node, None));
    let listen = listen.unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 8780)));
    let token = section.optional("token", secret::secret);
    if !listen.ip().is_loopback()
        && section.node("token").is_none()
        && let Some(node) = section.node("listen")
    {
        let problem = context.problem(&node.place, "whoever reaches this address can read the archive");
        context.push(problem.hint("set `token`, or listen on 127.0.0.1 behind a proxy that asks who it is").warning());
    }
    let public_url = section.optional("public_url", values::url);
    let websub = section.optional("websub", values::boolean).unwrap_or(true);
    let web = WebConfig { listen, token, public_url, websub };
    section.finish();
    web
}

/// The Internet Archive.
const WAYBACK_URL: &str = "https://web.archive.org/";

/// The Internet Archive takes some four pages a minute from those who do not log in.
const WAYBACK_EVERY: SignedDuration = SignedDuration::from_secs(20);

pub(super) fn archive(section: Option<&Section<'_, '_>>) -> Option<WaybackConfig> {
    let section = section?;
    let wayback = section.optional("wayback", values::boolean).unwrap_or(false);
    let url = section.optional("wayback_url", values::url).or_else(|| WebUrl::parse(WAYBACK_URL).ok());
    let every = section.optional("wayback_every", values::duration).unwrap_or(WAYBACK_EVERY);
    let key = section.optional("wayback_key", secret::secret);
    section.finish();
    wayback.then_some(WaybackConfig { url: url?, every, key })
}

fn finish(section: Option<&Section<'_, '_>>) {
    if let Some(section) = section {
        section.finish();
    }
}
