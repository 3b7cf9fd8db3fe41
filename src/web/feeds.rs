//! The feeds that go out, over HTTP: a reader that has the newest is told so without a body.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use xxhash_rust::xxh3::xxh3_128;

use super::Contexts;
use super::views::{Failure, read};
use crate::engine::feed_out::FeedOut;

/// Most entries of a feed.
const ENTRIES_MAX: usize = 200;

/// `NAME.atom` or `NAME.json`: a topic's feed, or `all`.
pub(super) async fn feed(
    State(contexts): State<Contexts>,
    Path(name): Path<String>,
    asked: HeaderMap,
) -> Result<Response, Failure> {
    let Some((topic, format)) = name.rsplit_once('.') else { return Err(Failure::Missing) };
    let (topic, format) = (topic.to_owned(), format.to_owned());
    let (kind, text) = read(&contexts, move |reader, context| {
        let known = context.config.topics.iter().find(|one| one.id.as_str() == topic);
        let title = match known {
            Some(one) => one.name.clone(),
            None if topic == "all" => "All changes".to_owned(),
            None => return Err(Failure::Missing),
        };
        let events = reader.events(known.map(|one| &one.id), ENTRIES_MAX)?;
        let installation = reader.installation()?;
        let base = context.config.web.as_ref().and_then(|web| web.public_url.clone());
        let feed =
            FeedOut { id: &topic, title: &title, base: base.as_ref(), installation: &installation, events: &events };
        match format.as_str() {
            "atom" => Ok(("application/atom+xml; charset=utf-8", feed.atom())),
            "json" => Ok(("application/feed+json", feed.json())),
            _ => Err(Failure::Missing),
        }
    })
    .await?;
    let tag = format!("\"{:032x}\"", xxh3_128(text.as_bytes()));
    let known = asked.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    Ok(([(header::CONTENT_TYPE, kind.to_owned()), (header::ETAG, tag)], text).into_response())
}
