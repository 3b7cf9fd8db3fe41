//! Asks an archive of the web to keep what was matched: one request at a time, far apart, and nothing waits for it.

use http::Method;
use tracing::{debug, info};

use super::{Context, NextDue};
use crate::config::WaybackConfig;
use crate::engine::wayback::{self, Meaning, Next, Said, Standing};
use crate::io::http::{PostAnswer, PostRequest};
use crate::io::store::{StoreError, WantedCopy};
use crate::model::time::SignedDuration;
use crate::model::url::WebUrl;

/// For one request. A capture goes on at the archive whatever becomes of the request.
const TIMEOUT: SignedDuration = SignedDuration::from_mins(2);

/// Asks for the next copy, or for the fate of one under way; says when there is something to do again.
pub async fn tick(context: &Context) -> Result<NextDue, StoreError> {
    let Some(archive) = &context.config.wayback else { return Ok(None) };
    let now = context.clock.now();
    let free = context.store.wayback_asked().await?.and_then(|asked| asked.checked_add(archive.every).ok());
    if let Some(free) = free.filter(|free| *free > now) {
        // Nothing in the queue is asked for before that.
        return Ok(context.store.next_wayback().await?.map(|due| due.max(free)));
    }
    let Some(copy) = context.store.due_wayback(now).await? else { return context.store.next_wayback().await };
    let asked = tokio::select! {
        meaning = ask(context, archive, &copy) => meaning,
        // What a stop cuts off is asked for again after the next start.
        () = context.stop.cancelled() => return Ok(None),
    };
    let standing =
        Standing { since: copy.since, attempts: copy.attempts + 1, job: copy.job.as_deref(), looks: copy.looks + 1 };
    let now = context.clock.now();
    let next = wayback::next(standing, asked, now);
    match &next {
        Next::Kept(snapshot) => info!(article.url = copy.url, "the archive keeps {snapshot}"),
        Next::GiveUp(reason) => info!(article.url = copy.url, "no copy at the archive: {reason}"),
        Next::Again(at, reason) => debug!(article.url = copy.url, "asked the archive again at {at}: {reason}"),
        Next::Later(at) => debug!("the archive is busy until {at}"),
        Next::Watch(..) => {}
    }
    context.store.settle_wayback(copy, next, now).await?;
    Ok(now.checked_add(archive.every).ok())
}

async fn ask(context: &Context, archive: &WaybackConfig, copy: &WantedCopy) -> Meaning {
    let base = archive.url.as_str().trim_end_matches('/');
    let mut headers = vec![("accept".to_owned(), "application/json".to_owned())];
    if let Some(key) = &archive.key {
        headers.push(("authorization".to_owned(), format!("LOW {}", key.expose())));
    }
    let (method, path, body) = if let Some(job) = &copy.job {
        (Method::GET, format!("{base}/save/status/{job}"), Vec::new())
    } else {
        headers.push(("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("url", &copy.url)
            .append_pair("skip_first_archive", "1")
            .finish();
        (Method::POST, format!("{base}/save/{}", copy.url), form.into_bytes())
    };
    let url = match WebUrl::parse(&path) {
        Ok(url) => url,
        Err(error) => return Meaning::Refused(error.to_string()),
    };
    let request = PostRequest { url, headers, body, timeout: TIMEOUT, allow_private: Vec::new() };
    match send(context, method, request).await {
        Ok(answer) => {
            let location = answer.content_location.as_deref().or(answer.location.as_deref());
            let (status, retry_after, body) = (answer.status, answer.retry_after, answer.body.as_str());
            wayback::read(base, &copy.url, &Said { status, location, retry_after, body })
        }
        Err(reason) => Meaning::Failed(reason),
    }
}

/// Smaller archives know only the older form, a plain GET.
async fn send(context: &Context, method: Method, request: PostRequest) -> Result<PostAnswer, String> {
    let answer = context.http.ask(method.clone(), request.clone()).await.map_err(|error| error.to_string())?;
    if method == Method::POST && matches!(answer.status, 405 | 501) {
        let headers = request.headers.iter().filter(|(name, _)| name != "content-type").cloned().collect();
        let request = PostRequest { headers, body: Vec::new(), ..request };
        return context.http.ask(Method::GET, request).await.map_err(|error| error.to_string());
    }
    Ok(answer)
}
