//! Tries everything outside once, for `check --connect`: a fetch of each source, a ping to each webhook, a greeting with
//! the mail server. Stores nothing and sends no digest.

use futures_util::StreamExt as _;
use serde::Serialize;

use crate::config::{ChannelTarget, Config, MailBy, SourceConfig};
use crate::engine::{feed, sitemap};
use crate::io::clock::Clock;
use crate::io::http::{Http, RequestOptions};
use crate::io::mail::Mailer;
use crate::model::fetch::FetchOutcome;
use crate::model::source::SourceKind;

/// What one try came to.
#[derive(Debug, Serialize)]
pub struct Tried {
    /// `source`, `webhook` or `smtp`.
    pub kind: &'static str,
    /// Which.
    pub id: String,
    /// Whether it worked.
    pub ok: bool,
    /// What it said.
    pub said: String,
}

/// Tries everything that the config names; results in the config's order.
pub async fn all(config: &Config, http: &Http, clock: &Clock) -> Vec<Tried> {
    let sources = futures_util::stream::iter(config.sources.iter().map(|source| try_source(http, source)));
    let mut tried: Vec<Tried> = sources.buffered(config.fetch.concurrency.max(1)).collect().await;
    for channel in &config.channels {
        match &channel.target {
            ChannelTarget::Webhook(_) => {
                let result = super::deliver::ping(http, channel, clock.now()).await;
                tried.push(told("webhook", channel.id.as_str(), result.map(|()| "took a ping".to_owned())));
            }
            ChannelTarget::Email(email) if email.by == MailBy::Smtp => {
                let Some(smtp) = &config.smtp else { continue };
                let result = Mailer::greet(smtp).await;
                let said = format!("{}:{} answers", smtp.host, smtp.port);
                tried.push(told("smtp", channel.id.as_str(), result.map(|()| said)));
            }
            ChannelTarget::Email(_) | ChannelTarget::Feed { .. } | ChannelTarget::Command { .. } => {}
        }
    }
    tried
}

fn told<E: std::fmt::Display>(kind: &'static str, id: &str, result: Result<String, E>) -> Tried {
    let ok = result.is_ok();
    Tried { kind, id: id.to_owned(), ok, said: result.unwrap_or_else(|error| error.to_string()) }
}

async fn try_source(http: &Http, source: &SourceConfig) -> Tried {
    let answer = http.get(&source.url, &RequestOptions::for_source(source)).await;
    let page = match answer {
        Ok(FetchOutcome::Fresh(page)) => page,
        Ok(FetchOutcome::NotModified { .. }) => {
            return told("source", source.id.as_str(), Ok::<_, String>("304".into()));
        }
        Err(error) => return told("source", source.id.as_str(), Err(error)),
    };
    let (bytes, kind, base) = (&page.body[..], page.content_type(), &page.final_url);
    let read = match source.kind {
        SourceKind::Feed => feed::parse(bytes, kind, base)
            .map(|(parsed, _)| format!("{}, {} entries", parsed.format, parsed.entries.len()))
            .map_err(|error| error.to_string()),
        SourceKind::Sitemap => sitemap::parse(bytes, kind, base)
            .map(|found| match found {
                sitemap::Sitemap::Urls(parsed) => format!("a sitemap of {} pages", parsed.entries.len()),
                sitemap::Sitemap::Index(children) => format!("an index of {} sitemaps", children.len()),
            })
            .map_err(|error| error.to_string()),
        SourceKind::Page => {
            let html = crate::engine::decode::html(bytes, kind);
            match crate::engine::links::parse(&html, base, &source.links).entries.len() {
                0 => Err("no link fits the `links` rules".to_owned()),
                found => Ok(format!("{found} links")),
            }
        }
    };
    told("source", source.id.as_str(), read)
}
