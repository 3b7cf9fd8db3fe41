//! The callback of WebSub hubs: they ask here whether a subscription is ours, and send what is new.
//!
//! Invariants: an address that is none of ours costs a look-up and nothing else; a body is bounded in bytes and time, and
//! so is how many are held; what is not signed with the subscription's secret is thrown away, and its sender is not told.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::Contexts;
use super::views::Failure;
use crate::engine::websub::{is_signed, said};
use crate::jobs::websub::{self, Inbox, Push};

/// For the whole of a push's body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// After which a hub may try again that found no place, in seconds.
const RETRY_AFTER_S: &str = "60";

/// A hub's question, or its refusal.
pub(super) async fn ask(
    State(contexts): State<Contexts>,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let context = Arc::clone(&contexts.borrow());
    let said = said(query.as_deref().unwrap_or_default()).ok_or(Failure::Missing)?;
    let challenge = websub::answer(&context, &token, said).await?.ok_or(Failure::Missing)?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], challenge).into_response())
}

/// What a hub pushes.
pub(super) async fn take(
    State(contexts): State<Contexts>,
    Extension(inbox): Extension<Inbox>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let context = Arc::clone(&contexts.borrow());
    let known = context.store.subscription(&token).await?.filter(|known| known.state.wanted);
    // A hub that still sends what was left long ago is told to stop (section 7).
    let Some(known) = known else { return Ok(StatusCode::GONE.into_response()) };
    let Some(place) = inbox.place() else {
        return Ok((StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, RETRY_AFTER_S)]).into_response());
    };
    let max_bytes = usize::try_from(context.config.fetch.max_body_bytes).unwrap_or(usize::MAX);
    let body = match tokio::time::timeout(BODY_TIMEOUT, to_bytes(body, max_bytes)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => {
            tracing::warn!(source.id = %known.source, "a push over `fetch.max_body` or cut off was thrown away");
            return Ok(StatusCode::PAYLOAD_TOO_LARGE.into_response());
        }
        Err(_elapsed) => return Ok(StatusCode::REQUEST_TIMEOUT.into_response()),
    };
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if is_signed(&body, known.secret.as_bytes(), text("x-hub-signature")) {
        let content_type = Some(text("content-type").to_owned()).filter(|text| !text.is_empty());
        let (source, topic) = (known.source, known.state.topic);
        if !inbox.put(Push { source, token, topic, content_type, body, place }) {
            return Ok((StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, RETRY_AFTER_S)]).into_response());
        }
    } else {
        tracing::warn!(source.id = %known.source, "a push that its hub did not sign was thrown away");
    }
    Ok(StatusCode::ACCEPTED.into_response())
}
