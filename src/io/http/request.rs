//! What one request says: who asks, what for, under which conditions, and on behalf of which source.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue,
    InvalidHeaderValue, USER_AGENT,
};

use super::answer::conditions;
use super::encoding;
use super::failure;
use super::redirect::Chain;
use crate::config::{Auth, Secret, SourceConfig};
use crate::model::fetch::{FetchError, Validators};
use crate::model::time::SignedDuration;
use crate::model::url::WebUrl;

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Subject {
    /// A source's own address: a feed, a sitemap, an index page that the operator named.
    #[default]
    Feed,
    /// A page found by following a link; it obeys robots.txt where [`RequestOptions::robots`] says so.
    Page,
    /// A robots.txt.
    Robots,
}

impl Subject {
    /// The `Accept` header.
    fn accept(self) -> &'static str {
        match self {
            Self::Feed => {
                "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, \
                 text/xml;q=0.9, application/json;q=0.8, text/html;q=0.5, */*;q=0.3"
            }
            Self::Page => "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5",
            Self::Robots => "text/plain, */*;q=0.5",
        }
    }
}

/// How one request is made; [`Default`] is a plain, anonymous one.
#[derive(Debug, Clone, Default)]
pub struct RequestOptions {
    /// Makes the request conditional.
    pub validators: Validators,
    /// The source's extra headers.
    pub headers: Vec<(String, Secret)>,
    /// The source's credentials.
    pub auth: Option<Auth>,
    /// The address whose origin `headers` and `auth` belong to: no other receives them. None: that of the request.
    pub home: Option<WebUrl>,
    /// Whether a page obeys robots.txt.
    pub robots: bool,
    /// For the whole request with its redirects; `fetch.timeout` where not said. Waiting for one's turn does not count.
    pub timeout: Option<SignedDuration>,
    /// Overrides the User-Agent.
    pub user_agent: Option<String>,
    /// `Accept-Language`.
    pub accept_language: Option<String>,
    /// Whether cookies are kept along this one request's redirects.
    pub cookies: bool,
    /// Overrides `fetch.proxy`.
    pub proxy: Option<String>,
    /// What it is for.
    pub subject: Subject,
}

impl RequestOptions {
    /// How requests on behalf of `source` are made, to its own address; set `subject` for its pages.
    pub fn for_source(source: &SourceConfig) -> Self {
        Self {
            validators: Validators::default(),
            headers: source.headers.clone(),
            auth: source.auth.clone(),
            home: Some(source.url.clone()),
            robots: source.robots,
            timeout: source.timeout,
            user_agent: source.user_agent.clone(),
            accept_language: source.accept_language.clone(),
            cookies: source.cookies,
            proxy: source.proxy.clone(),
            subject: Subject::Feed,
        }
    }

    /// The same for a page that `source` lists.
    pub fn for_page(source: &SourceConfig) -> Self {
        Self { subject: Subject::Page, ..Self::for_source(source) }
    }
}

/// The headers of the next request of `chain`.
pub(super) fn headers(options: &RequestOptions, user_agent: &str, chain: &Chain) -> Result<HeaderMap, FetchError> {
    let wrong = |name: &str| failure::unreachable(&chain.url, format!("the `{name}` to send holds what no header may"));
    let mut headers = HeaderMap::new();
    headers.insert(USER_AGENT, HeaderValue::from_str(user_agent).map_err(|_| wrong("user_agent"))?);
    headers.insert(ACCEPT, HeaderValue::from_static(options.subject.accept()));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(encoding::ACCEPT_ENCODING));
    if let Some(language) = &options.accept_language {
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_str(language).map_err(|_| wrong("accept_language"))?);
    }
    headers.extend(conditions(&options.validators));
    if let Some(cookies) = chain.cookies() {
        // A cookie that no header may hold is the server's own fault: it does without.
        headers.extend(secret(&cookies).ok().map(|value| (COOKIE, value)));
    }
    if chain.carries_credentials {
        for (name, value) in &options.headers {
            let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong(name))?;
            headers.insert(header, secret(value.expose()).map_err(|_| wrong(name))?);
        }
        if let Some(auth) = &options.auth {
            headers.insert(AUTHORIZATION, secret(&authorization(auth)).map_err(|_| wrong("auth"))?);
        }
    }
    Ok(headers)
}

/// A value that debug output hides and HTTP/2 does not put into its table.
fn secret(value: &str) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut value = HeaderValue::from_str(value)?;
    value.set_sensitive(true);
    Ok(value)
}

fn authorization(auth: &Auth) -> String {
    match auth {
        Auth::Basic { user, password } => {
            format!("Basic {}", STANDARD.encode(format!("{user}:{}", password.expose())))
        }
        Auth::Bearer(token) => format!("Bearer {}", token.expose()),
    }
}
