//! The one thing that the web page changes: a recipient ends a subscription, or takes it up again.
//!
//! Invariant: only a POST changes anything. Mail scanners follow every link of a message, and must end nothing by it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use minijinja::context;

use super::Contexts;
use super::views::{Failure, render};
use crate::config::ChannelTarget;
use crate::engine::unsubscribe::{self, ONE_CLICK};
use crate::jobs::Context;
use crate::model::ids::ChannelId;

/// What the page's own button sends to take a subscription up again.
const AGAIN: &str = "subscribe=again";

/// Whom a link is about.
struct Holder {
    channel: ChannelId,
    address: String,
}

/// Says what the link would do, with a button that does it.
pub(super) async fn ask(
    State(contexts): State<Contexts>,
    Path((channel, token)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let context = Arc::clone(&contexts.borrow());
    let holder = holder(&context, &channel, &token).await?;
    let ended = context.store.unsubscribed(&holder.channel).await?.contains(&holder.address);
    page(&holder, if ended { "ended" } else { "ask" })
}

/// Does it, for a mail program's one click (RFC 8058) and for the page's buttons alike.
pub(super) async fn act(
    State(contexts): State<Contexts>,
    Path((channel, token)): Path<(String, String)>,
    body: String,
) -> Result<Response, Failure> {
    let context = Arc::clone(&contexts.borrow());
    let holder = holder(&context, &channel, &token).await?;
    match asked(&body) {
        Some(ONE_CLICK) => {
            context.store.unsubscribe(&holder.channel, &holder.address, context.clock.now()).await?;
            tracing::info!(channel = %holder.channel, recipient = holder.address, "unsubscribed");
            page(&holder, "ended")
        }
        Some(_) => {
            context.store.resubscribe(&holder.channel, &holder.address).await?;
            tracing::info!(channel = %holder.channel, recipient = holder.address, "subscribed again");
            page(&holder, "again")
        }
        None => Ok((StatusCode::BAD_REQUEST, "the body must say `List-Unsubscribe=One-Click`\n").into_response()),
    }
}

/// What a body asks for. Some mail programs send it as `multipart/form-data`, where name and value stand apart.
fn asked(body: &str) -> Option<&'static str> {
    let fields = || body.split(['&', '\r', '\n']).map(str::trim);
    if fields().any(|field| field == AGAIN) {
        return Some(AGAIN);
    }
    let apart = || body.contains("name=\"List-Unsubscribe\"") && fields().any(|field| field == "One-Click");
    (fields().any(|field| field == ONE_CLICK) || apart()).then_some(ONE_CLICK)
}

/// A link that is none leads nowhere, whatever is wrong with it.
async fn holder(context: &Context, channel: &str, token: &str) -> Result<Holder, Failure> {
    let channel = context.config.channels.iter().find(|known| known.id.as_str() == channel).ok_or(Failure::Missing)?;
    let ChannelTarget::Email(email) = &channel.target else { return Err(Failure::Missing) };
    let key = context.store.unsubscribe_key().await?;
    let recipient = unsubscribe::holder(&key, &channel.id, token, &email.to).ok_or(Failure::Missing)?;
    Ok(Holder { channel: channel.id.clone(), address: unsubscribe::address(recipient) })
}

fn page(holder: &Holder, state: &str) -> Result<Response, Failure> {
    let values =
        context! { state, channel => holder.channel.as_str(), address => holder.address.as_str(), bare => true };
    render("subscription", values).map(axum::response::IntoResponse::into_response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_asks_for_one_thing_or_nothing() {
        let multipart =
            "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
        for (body, expected) in [
            ("List-Unsubscribe=One-Click", Some(ONE_CLICK)),
            ("a=b&List-Unsubscribe=One-Click\r\n", Some(ONE_CLICK)),
            (multipart, Some(ONE_CLICK)),
            ("subscribe=again", Some(AGAIN)),
            ("", None),
            ("One-Click", None),
            ("List-Unsubscribe=one", None),
        ] {
            assert_eq!(asked(body), expected, "{body:?}");
        }
    }
}
