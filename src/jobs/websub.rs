//! Subscriptions at hubs: asks the hubs what is due, and takes in what they push.
//!
//! A push is acknowledged before it is read: its hub must not wait for our pages, and one that is lost with the process is
//! found by the poll that a start makes. What a hub says is judged by `engine::websub`.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tracing::{debug, info, warn};

use super::{Context, NextDue};
use crate::config::Config;
use crate::engine::websub::{self, Ask, Said, Verdict};
use crate::io::http::{PostAnswer, PostRequest};
use crate::io::store::{HubSubscription, StoreError};
use crate::model::fetch::FetchError;
use crate::model::ids::SourceId;
use crate::model::time::SignedDuration;
use crate::model::url::WebUrl;

/// Hubs asked at once, and in one tick.
const ASKS_AT_ONCE: usize = 4;
const ASKS_MAX: usize = 64;

/// For one request to a hub.
const ASK_TIMEOUT: SignedDuration = SignedDuration::from_secs(15);

/// Redirects to another hub that are followed (section 5.1.2).
const REDIRECTS_MAX: usize = 2;

/// Pushes held at once, from the first byte of their body until their entries were captured: what bounds their memory.
const PUSHES_MAX: usize = 16;

/// Between two looks at the subscriptions when nothing is due.
const LOOK_EVERY: SignedDuration = SignedDuration::from_mins(10);

/// The web page's public address, if hubs may push to it.
pub fn public_url(config: &Config) -> Option<&WebUrl> {
    config.web.as_ref().filter(|web| web.websub)?.public_url.as_ref()
}

/// Asks the hubs that are due; says when the next one is.
pub async fn tick(context: &Arc<Context>) -> Result<NextDue, StoreError> {
    let now = context.clock.now();
    let public = public_url(&context.config);
    context.store.sync_subscriptions(public, now).await?;
    let look = now.checked_add(LOOK_EVERY).ok();
    let Some(public) = public else { return Ok(look) };
    let due = context.store.due_subscriptions(now, ASKS_MAX).await?;
    let asks = due.into_iter().map(|one| ask(context, public, one));
    let mut asks = stream::iter(asks).buffer_unordered(ASKS_AT_ONCE);
    while let Some(asked) = asks.next().await {
        asked?;
    }
    Ok(context.store.next_subscription_due().await?.into_iter().chain(look).min())
}

async fn ask(context: &Context, public: &WebUrl, one: HubSubscription) -> Result<(), StoreError> {
    if context.stop.is_cancelled() {
        return Ok(());
    }
    let now = context.clock.now();
    // Noted before it is sent: many hubs verify before they answer.
    let begun = context.store.change_subscription(&one.token, now, move |state| state.begin(now)).await?;
    let Some(Some(ask)) = begun else { return Ok(()) };
    let body = websub::request(ask, &one.state.topic, &websub::callback(public, &one.token), &one.secret);
    let why = match send(context, &one.state.hub, body).await {
        Ok(answer) if (200..300).contains(&answer.status) => {
            debug!(source.id = %one.source, hub = %one.state.hub, "the hub took the request to {}", ask.as_str());
            return Ok(());
        }
        Ok(answer) => format!("the hub says {}", answer.status),
        Err(error) => error.to_string(),
    };
    warn!(source.id = %one.source, hub = %one.state.hub, "could not {}: {why}; it is polled as before", ask.as_str());
    let (now, jitter) = (context.clock.now(), context.clock.jitter());
    context.store.change_subscription(&one.token, now, move |state| state.fail(why, now, jitter)).await?;
    Ok(())
}

/// Posts to the hub, or to the one that it names in its place.
async fn send(context: &Context, hub: &WebUrl, body: String) -> Result<PostAnswer, FetchError> {
    let mut hub = hub.clone();
    let mut redirects = 0;
    loop {
        let request = PostRequest {
            url: hub.clone(),
            headers: vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())],
            body: body.clone().into_bytes(),
            timeout: ASK_TIMEOUT,
            allow_private: Vec::new(),
        };
        let answer = context.http.post(request).await?;
        let onward = answer.location.as_ref().filter(|_| matches!(answer.status, 307 | 308));
        match onward.and_then(|location| hub.join(location).ok()) {
            // The secret goes along, and is not for whoever sits on the wire behind a hub with a certificate.
            Some(next) if redirects < REDIRECTS_MAX && !leaves_tls(&hub, &next) => hub = next,
            _ => return Ok(answer),
        }
        redirects += 1;
    }
}

fn leaves_tls(from: &WebUrl, to: &WebUrl) -> bool {
    (from.as_url().scheme(), to.as_url().scheme()) == ("https", "http")
}

/// What a hub is answered to a GET of a callback: the challenge to echo, nothing but a success, or `None` for a 404.
pub async fn answer(context: &Context, token: &str, said: Said) -> Result<Option<String>, StoreError> {
    let Some(one) = context.store.subscription(token).await? else { return Ok(None) };
    let now = context.clock.now();
    match said {
        Said::Verify { ask, topic, challenge, lease } => {
            let change = move |state: &mut websub::Subscription| state.verify(ask, &topic, lease, now);
            let verdict = context.store.change_subscription(token, now, change).await?;
            let ours = verdict == Some(Verdict::Ours);
            match (ours, ask) {
                (true, Ask::Subscribe) => {
                    info!(source.id = %one.source, hub = %one.state.hub, "the hub pushes what is new: it is polled less");
                }
                (true, Ask::Unsubscribe) => info!(source.id = %one.source, hub = %one.state.hub, "the hub stops"),
                (false, _) => {
                    warn!(source.id = %one.source, "a hub asks about what was not asked for; answered with 404");
                }
            }
            Ok(ours.then_some(challenge))
        }
        Said::Denied { topic, reason } => {
            let why = reason.clone().unwrap_or_else(|| "it does not say why".to_owned());
            let change = move |state: &mut websub::Subscription| state.deny(&topic, reason, now);
            let denied = context.store.change_subscription(token, now, change).await? == Some(true);
            if denied {
                let why: String = why.chars().filter(|letter| !letter.is_control()).take(200).collect();
                warn!(source.id = %one.source, hub = %one.state.hub, "the hub refuses ({why}); it is polled as before");
            }
            Ok(denied.then(String::new))
        }
    }
}

/// What a hub sent, signed with its secret.
#[derive(Debug)]
pub struct Push {
    /// Whose feed it is.
    pub source: SourceId,
    /// By which subscription.
    pub token: String,
    /// Against which its relative links are read.
    pub topic: WebUrl,
    /// As the hub said.
    pub content_type: Option<String>,
    /// The feed, or what is new of it.
    pub body: Bytes,
    /// The right to be held.
    pub place: Place,
}

/// A place among the pushes that are held; free again when dropped.
#[derive(Debug)]
pub struct Place(#[expect(dead_code, reason = "held for its drop")] OwnedSemaphorePermit);

/// Where pushes wait to be read.
#[derive(Debug, Clone)]
pub struct Inbox {
    places: Arc<Semaphore>,
    queue: mpsc::UnboundedSender<Push>,
}

/// An inbox, and the end at which its pushes come out.
pub fn inbox() -> (Inbox, mpsc::UnboundedReceiver<Push>) {
    // As many as there are places: no push gets in without one.
    let (queue, pushes) = mpsc::unbounded_channel();
    (Inbox { places: Arc::new(Semaphore::new(PUSHES_MAX)), queue }, pushes)
}

impl Inbox {
    /// A place for one push, if any is free.
    pub fn place(&self) -> Option<Place> {
        Arc::clone(&self.places).try_acquire_owned().ok().map(Place)
    }

    /// Takes a push in; false where nobody reads them any more.
    pub fn put(&self, push: Push) -> bool {
        self.queue.send(push).is_ok()
    }
}
