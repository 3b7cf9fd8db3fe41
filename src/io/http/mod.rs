//! The one way to the network. A request passes, at every hop of its redirects: the guard (private addresses, ports),
//! robots.txt where it applies, the host's pace, the bounds of time and size; what comes back is data
//! ([`FetchOutcome`], [`FetchError`]) that the engine can decide on.
//!
//! Invariants: no address is connected to that the guard has not passed; a body is never held beyond `max_body`;
//! credentials, own headers and cookies never leave their origin; validators go back byte for byte; nothing is asked
//! twice within one call, whatever fails.
//!
//! A proxy that the operator names resolves names itself: then the guard sees addresses in URLs only, and what else the
//! proxy's network can reach is the proxy's business. Where `fetch.resolve` names a host, its port holds for URLs that
//! name none.

mod answer;
mod body;
mod clients;
mod encoding;
mod failure;
mod guard;
mod polite;
mod post;
mod redirect;
mod request;
mod resolve;
mod robots;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::header::HeaderMap;

use answer::Answer;
use body::{AtBound, Reading};
use clients::{Clients, Route, Way};
use polite::{Permit, Polite};
pub use post::{PostAnswer, PostRequest};
use redirect::{Chain, Jar};
pub use request::{RequestOptions, Subject};
pub use robots::RobotsTxt;
use robots::{ROBOTS_BYTES_MAX, RobotsCache};

use super::clock::Clock;
use crate::config::FetchConfig;
use crate::model::fetch::{FetchError, FetchOutcome, Page};
use crate::model::time::SignedDuration;
use crate::model::url::WebUrl;

/// Of a refusal's body so much is read, to tell a challenge page from a plain refusal.
const REFUSAL_BYTES_MAX: u64 = 64 * 1024;
/// A redirect that asks to wait is followed after the wait if it is no longer than this.
const REDIRECT_WAIT_MAX: SignedDuration = SignedDuration::from_secs(5);

/// Why no client could be made of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpSetupError {
    /// A proxy's address is of no use.
    #[error("proxy {proxy}: {reason}")]
    Proxy {
        /// The address without credentials.
        proxy: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The User-Agent holds what no header may.
    #[error("the user agent `{user_agent}` holds what no header may (check `contact` and `user_agent` in [fetch])")]
    UserAgent {
        /// As it would be sent.
        user_agent: String,
    },
    /// The additional authorities cannot be read.
    #[error("[fetch] ca_file: {reason}")]
    Authorities {
        /// What is wrong with it.
        reason: String,
    },
    /// The client could not be built.
    #[error("the HTTP client could not be built: {reason}")]
    Client {
        /// What it said.
        reason: String,
    },
}

/// Fetches and posts. Cheap to clone; clones share connections, limits and what is known of hosts.
#[derive(Debug, Clone)]
pub struct Http(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: Clock,
    clients: Clients,
    polite: Polite,
    robots: RobotsCache,
    user_agent: String,
    timeout: SignedDuration,
    max_body_bytes: u64,
    proxy: Option<String>,
}

/// What one hop came to.
enum Hop {
    Done(FetchOutcome),
    /// Somewhere else, after this wait.
    Onward(SignedDuration),
}

impl Http {
    /// Builds the client. Works without any CA certificate on the machine: then each https request says so.
    pub fn new(config: &FetchConfig, clock: Clock) -> Result<Self, HttpSetupError> {
        let user_agent = user_agent(config);
        if reqwest::header::HeaderValue::from_str(&user_agent).is_err() {
            return Err(HttpSetupError::UserAgent { user_agent });
        }
        let authorities = clients::authorities(config.ca.as_deref())?;
        let clients = Clients::new(&config.allow_private, &config.resolve, authorities);
        // Built now, so that what is wrong with it is said at the start and not at the first request.
        clients.way(&Route { proxy: config.proxy.clone(), ..Route::default() })?;
        Ok(Self(Arc::new(Inner {
            polite: Polite::new(clock.clone(), config.concurrency, config.per_host, config.min_delay),
            clock,
            clients,
            robots: RobotsCache::default(),
            user_agent,
            timeout: config.timeout,
            max_body_bytes: config.max_body_bytes,
            proxy: config.proxy.clone(),
        })))
    }

    /// Fetches one address, following redirects. Waits for its turn first, which the time-out does not count.
    pub async fn get(&self, url: &WebUrl, options: &RequestOptions) -> Result<FetchOutcome, FetchError> {
        let jar = options.cookies.then(Jar::default);
        let mut chain = Chain::begin(url, options.home.as_ref(), jar);
        let mut budget = Budget::new(self.clock(), as_std(options.timeout.unwrap_or(self.0.timeout)));
        loop {
            match self.hop(&mut chain, options, &mut budget).await? {
                Hop::Done(outcome) => return Ok(outcome),
                Hop::Onward(wait) if wait.is_zero() => {}
                Hop::Onward(wait) => tokio::time::sleep(as_std(wait)).await,
            }
        }
    }

    /// One request of a chain: may it be made, when, and what does the answer mean.
    async fn hop(
        &self,
        chain: &mut Chain,
        options: &RequestOptions,
        budget: &mut Budget<'_>,
    ) -> Result<Hop, FetchError> {
        let url = chain.url.clone();
        let proxy = options.proxy.clone().or_else(|| self.default_proxy());
        let route = Route { proxy, ..Route::default() };
        self.way(&url, &route)?;
        if options.subject == Subject::Page && options.robots {
            self.obey_robots(&url, options).await?;
        }
        self.polite().refuse_if_waiting(&url)?;
        let permit = self.polite().enter(&url).await;
        let way = self.way(&url, &Route { once: !permit.pooled, ..route })?;
        let headers = request::headers(options, self.user_agent(options), chain)?;
        let exchange = self.exchange(&way, headers, chain, options);
        let result = budget.spend(&url, exchange).await;
        self.remember_wait(&chain.first, &url, &result);
        release(permit);
        result
    }

    /// Sends and reads to the end.
    async fn exchange(
        &self,
        way: &Way,
        headers: HeaderMap,
        chain: &mut Chain,
        options: &RequestOptions,
    ) -> Result<Hop, FetchError> {
        let url = chain.url.clone();
        let conditional = headers.contains_key("if-none-match") || headers.contains_key("if-modified-since");
        let sending = way.client.get(url.as_url().clone()).headers(headers).send();
        let mut response = sending.await.map_err(|error| failure::no_answer(&url, &error))?;
        let answer = Answer::read(response.status().as_u16(), response.headers(), &url, self.clock().now())?;
        match answer.status {
            301 | 302 | 303 | 307 | 308 if answer.header("location").is_some() => onward(chain, &answer),
            304 if conditional => Ok(Hop::Done(not_modified(chain, options, answer))),
            // A part of a page was not asked for, and would pass for the whole.
            200..=205 | 207..=299 => {
                let reading = self.reading(&answer, options.subject);
                let body = body::read(&mut response, &url, reading).await?;
                Ok(Hop::Done(FetchOutcome::Fresh(Box::new(self.page(chain, answer, body)))))
            }
            status => {
                let body = if failure::may_be_a_challenge(status) {
                    {
                        let reading = Reading {
                            max_bytes: REFUSAL_BYTES_MAX,
                            at_bound: AtBound::Cut,
                            codings: answer.codings.clone(),
                        };
                        body::read(&mut response, &url, reading).await.unwrap_or_default()
                    }
                } else {
                    Bytes::new()
                };
                Err(failure::of_status(&url, &answer, &body))
            }
        }
    }

    fn reading(&self, answer: &Answer, subject: Subject) -> Reading {
        let (max_bytes, at_bound) = match subject {
            Subject::Feed | Subject::Page => (self.0.max_body_bytes, AtBound::Refuse),
            Subject::Robots => (ROBOTS_BYTES_MAX, AtBound::Cut),
        };
        Reading { max_bytes, at_bound, codings: answer.codings.clone() }
    }

    fn page(&self, chain: &Chain, answer: Answer, body: Bytes) -> Page {
        Page {
            url: chain.first.clone(),
            final_url: chain.url.clone(),
            moved_to: chain.moved_to.clone(),
            status: answer.status,
            headers: answer.headers,
            body,
            validators: answer.validators,
            hints: answer.hints,
            fetched: self.clock().now(),
        }
    }

    /// A wait that a server asked for holds for the address that said so and for the one that led there.
    fn remember_wait(&self, first: &WebUrl, url: &WebUrl, result: &Result<Hop, FetchError>) {
        if let Err(FetchError::Throttled { status, retry_after: Some(wait), .. }) = result {
            self.polite().leave_alone(url, *status, *wait);
            if first != url {
                self.polite().leave_alone(first, *status, *wait);
            }
        }
    }

    /// The client for `route`, if `url` may be asked at all.
    fn way(&self, url: &WebUrl, route: &Route) -> Result<Way, FetchError> {
        let way = self.0.clients.way(route).map_err(|error| failure::unreachable(url, error.to_string()))?;
        way.guard.check_url(url).map_err(|reason| FetchError::Forbidden { url: url.clone(), reason })?;
        if !way.has_roots && url.as_url().scheme() == "https" {
            return Err(failure::unreachable(
                url,
                "no CA certificates are installed, so no https server can be trusted (install `ca-certificates`)",
            ));
        }
        Ok(way)
    }

    fn clock(&self) -> &Clock {
        &self.0.clock
    }

    fn polite(&self) -> &Polite {
        &self.0.polite
    }

    fn robots_cache(&self) -> &RobotsCache {
        &self.0.robots
    }

    fn default_proxy(&self) -> Option<String> {
        self.0.proxy.clone()
    }

    fn default_user_agent(&self) -> &str {
        &self.0.user_agent
    }

    fn user_agent<'a>(&'a self, options: &'a RequestOptions) -> &'a str {
        options.user_agent.as_deref().unwrap_or(&self.0.user_agent)
    }
}

/// The time left to a chain of requests.
struct Budget<'a> {
    clock: &'a Clock,
    whole: Duration,
    left: Duration,
}

impl<'a> Budget<'a> {
    fn new(clock: &'a Clock, whole: Duration) -> Self {
        Self { clock, whole, left: whole }
    }

    async fn spend<T>(
        &mut self,
        url: &WebUrl,
        work: impl Future<Output = Result<T, FetchError>>,
    ) -> Result<T, FetchError> {
        let started: Instant = self.clock.instant();
        let done = tokio::time::timeout(self.left, work).await;
        self.left = self.left.saturating_sub(self.clock.instant().duration_since(started));
        done.unwrap_or_else(|_elapsed| Err(failure::timed_out(url, self.whole.as_secs_f64())))
    }
}

/// Ends a request's turn: the next of this host may begin its pause.
fn release(permit: Permit<'_>) {
    drop(permit);
}

fn onward(chain: &mut Chain, answer: &Answer) -> Result<Hop, FetchError> {
    let wait = answer.hints.retry_after.unwrap_or_default();
    if wait > REDIRECT_WAIT_MAX {
        let (url, status) = (chain.url.clone(), answer.status);
        return Err(FetchError::Throttled { url, status, retry_after: Some(wait) });
    }
    let location = answer.header("location").unwrap_or_default().to_owned();
    chain.follow(answer, &location)?;
    Ok(Hop::Onward(wait))
}

fn not_modified(chain: &Chain, options: &RequestOptions, answer: Answer) -> FetchOutcome {
    let mut validators = answer.validators;
    validators.etag = validators.etag.or_else(|| options.validators.etag.clone());
    validators.last_modified = validators.last_modified.or_else(|| options.validators.last_modified.clone());
    FetchOutcome::NotModified { validators, hints: answer.hints, moved_to: chain.moved_to.clone() }
}

/// `wirewatch/VERSION (+contact)`.
fn user_agent(config: &FetchConfig) -> String {
    match (&config.user_agent, &config.contact) {
        (Some(whole), _) => whole.clone(),
        (None, Some(contact)) => format!("wirewatch/{} (+{contact})", env!("CARGO_PKG_VERSION")),
        (None, None) => format!("wirewatch/{}", env!("CARGO_PKG_VERSION")),
    }
}

/// A configured duration for the runtime's timers; a negative one is none.
fn as_std(duration: SignedDuration) -> Duration {
    Duration::try_from(duration).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn config() -> FetchConfig {
        FetchConfig {
            contact: None,
            timeout: SignedDuration::from_secs(2),
            max_body_bytes: 1000,
            concurrency: 1,
            per_host: 1,
            min_delay: SignedDuration::ZERO,
            robots: true,
            proxy: None,
            allow_private: Vec::new(),
            resolve: BTreeMap::new(),
            user_agent: None,
            ca: None,
        }
    }

    #[tokio::test]
    async fn without_ca_certificates_https_says_what_is_missing_and_http_goes_on() {
        let http = Http::new(&config(), Clock::system()).unwrap();
        http.0.clients.lose_roots();
        let said = async |address: &str| {
            let url = WebUrl::parse(address).unwrap();
            http.get(&url, &RequestOptions::default()).await.unwrap_err().to_string()
        };
        assert_eq!(
            said("https://a.invalid/").await,
            "fetch https://a.invalid/: no CA certificates are installed, so no https server can be trusted (install \
             `ca-certificates`)"
        );
        assert!(said("http://a.invalid/").await.contains("does not resolve"));
    }

    #[test]
    fn a_setup_that_cannot_work_is_refused_at_the_start() {
        let proxy = FetchConfig { proxy: Some("gopher://x".to_owned()), ..config() };
        let agent = FetchConfig { contact: Some("a\nb".to_owned()), ..config() };
        let authorities = FetchConfig { ca: Some("no certificate".to_owned()), ..config() };
        for (config, said) in [
            (authorities, "[fetch] ca_file: it holds no certificate"),
            (proxy, "proxy gopher://x: `gopher:` is none of http, https, socks5"),
            (
                agent,
                concat!(
                    "the user agent `wirewatch/",
                    env!("CARGO_PKG_VERSION"),
                    " (+a\nb)` holds what no header may (check `contact` and `user_agent` in [fetch])"
                ),
            ),
        ] {
            assert_eq!(Http::new(&config, Clock::system()).unwrap_err().to_string(), said);
        }
    }
}
