//! Posting to a webhook or a hub: one request, no redirect, of the answer only what decides on the next attempt.

use http::Method;
use ipnet::IpNet;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, USER_AGENT};

use super::answer::Answer;
use super::body::{self, AtBound, Reading};
use super::clients::Route;
use super::{Http, as_std, failure};
use crate::model::fetch::FetchError;
use crate::model::time::SignedDuration;
use crate::model::url::WebUrl;

/// Of an answer's body so much is read, for the log and the `deliveries` list.
const ANSWER_BYTES_MAX: u64 = 2000;

/// The same where the answer is asked for its content.
const CONTENT_BYTES_MAX: u64 = 128 * 1024;

/// One POST.
#[derive(Debug, Clone)]
pub struct PostRequest {
    /// Where to.
    pub url: WebUrl,
    /// All headers beside the User-Agent, secrets among them.
    pub headers: Vec<(String, String)>,
    /// The body, as signed.
    pub body: Vec<u8>,
    /// For the whole request.
    pub timeout: SignedDuration,
    /// Private networks that this target may lie in, beside `fetch.allow_private`.
    pub allow_private: Vec<IpNet>,
}

/// What the other side said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostAnswer {
    /// Any status: what it means for the delivery is the caller's to say.
    pub status: u16,
    /// `Retry-After` in either form, as a wait from now.
    pub retry_after: Option<SignedDuration>,
    /// `Location`, which is not followed.
    pub location: Option<String>,
    /// `Content-Location`.
    pub content_location: Option<String>,
    /// The beginning of the body, as text.
    pub body: String,
}

impl Http {
    /// Posts, past the limits of politeness (a webhook is the operator's own) but not past the guard. A redirect is an
    /// answer like another: it is not followed.
    pub async fn post(&self, request: PostRequest) -> Result<PostAnswer, FetchError> {
        self.hand_over(Method::POST, request, ANSWER_BYTES_MAX).await
    }

    /// The same with PUT, for services whose requests name their own transaction (Matrix).
    pub async fn put(&self, request: PostRequest) -> Result<PostAnswer, FetchError> {
        self.hand_over(Method::PUT, request, ANSWER_BYTES_MAX).await
    }

    /// One request to a service whose answer is read, not only its status. No redirect is followed.
    pub async fn ask(&self, method: Method, request: PostRequest) -> Result<PostAnswer, FetchError> {
        self.hand_over(method, request, CONTENT_BYTES_MAX).await
    }

    async fn hand_over(&self, method: Method, request: PostRequest, max_bytes: u64) -> Result<PostAnswer, FetchError> {
        let url = request.url;
        let mut open = request.allow_private;
        open.sort_unstable();
        open.dedup();
        let way = self.way(&url, &Route { proxy: self.default_proxy(), open, once: false })?;
        let headers = headers(&url, &request.headers, self.default_user_agent())?;
        let exchange = async {
            let sending = way.client.request(method, url.as_url().clone()).headers(headers).body(request.body).send();
            let mut response = sending.await.map_err(|error| failure::no_answer(&url, &error))?;
            let now = self.clock().now();
            let answer = Answer::read(response.status().as_u16(), response.headers(), &url, now)?;
            let location = answer.header("location").map(str::to_owned);
            let content_location = answer.header("content-location").map(str::to_owned);
            let reading = Reading { max_bytes, at_bound: AtBound::Cut, codings: answer.codings };
            // The status is the answer. A body that breaks off takes nothing from it.
            let body = body::read(&mut response, &url, reading).await.unwrap_or_default();
            Ok(PostAnswer {
                status: answer.status,
                retry_after: answer.hints.retry_after,
                location,
                content_location,
                body: String::from_utf8_lossy(&body).into_owned(),
            })
        };
        let timeout = as_std(request.timeout);
        match tokio::time::timeout(timeout, exchange).await {
            Ok(answer) => answer,
            Err(_elapsed) => Err(failure::timed_out(&url, timeout.as_secs_f64())),
        }
    }
}

fn headers(url: &WebUrl, lines: &[(String, String)], user_agent: &str) -> Result<HeaderMap, FetchError> {
    let wrong = |name: &str| failure::unreachable(url, format!("the header `{name}` holds what no header may"));
    let mut headers = HeaderMap::new();
    headers.insert(USER_AGENT, HeaderValue::from_str(user_agent).map_err(|_| wrong("User-Agent"))?);
    for (name, value) in lines {
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong(name))?;
        let mut value = HeaderValue::from_str(value).map_err(|_| wrong(name))?;
        value.set_sensitive(true);
        headers.insert(header, value);
    }
    Ok(headers)
}
