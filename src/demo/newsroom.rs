//! A scripted newsroom on loopback: several sites behind one listener, told apart by their Host header, that publish,
//! edit, copy, move and delete articles, with the noise that real pages carry. The demo runs on it, and so do the tests:
//! what it was told is the truth that the store is held against.
//!
//! Nothing here is used by a real run of the daemon.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::pages;

/// Most bytes that the webhook sink reads of one request.
const HOOK_BODY_MAX_BYTES: usize = 1 << 20;

/// How a site lists its articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedFormat {
    /// RSS 2.0 at `/feed`.
    Rss,
    /// Atom 1.0 at `/feed`.
    Atom,
    /// JSON Feed 1.1 at `/feed`.
    Json,
    /// A news sitemap at `/feed`.
    Sitemap,
}

/// What a page answers with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// The article.
    Live,
    /// This status: 404, 410, 403, 503 …
    Status(u16),
    /// A permanent redirect to another path of the site.
    Moved(String),
}

/// One article of the newsroom's truth.
#[derive(Debug, Clone)]
pub struct Story {
    /// The path, such as `/2026/talks`.
    pub path: String,
    /// The headline.
    pub title: String,
    /// The author's name.
    pub author: String,
    /// RFC 3339.
    pub published: String,
    /// RFC 3339; moves only when the publisher says so.
    pub modified: Option<String>,
    /// The body.
    pub paragraphs: Vec<String>,
    /// The publication and address that the page credits.
    pub credit: Option<(String, String)>,
    /// What the page answers with.
    pub presence: Presence,
    /// Whether the feed lists it.
    pub listed: bool,
}

impl Story {
    /// A live, listed article.
    pub fn new(path: &str, title: &str, author: &str, published: &str, paragraphs: &[&str]) -> Self {
        Self {
            path: path.to_owned(),
            title: title.to_owned(),
            author: author.to_owned(),
            published: published.to_owned(),
            modified: None,
            paragraphs: paragraphs.iter().map(|&text| text.to_owned()).collect(),
            credit: None,
            presence: Presence::Live,
            listed: true,
        }
    }
}

/// One site.
#[derive(Debug, Clone)]
pub struct Site {
    /// The publication's name.
    pub name: String,
    /// The host that requests name.
    pub host: String,
    /// How it lists its articles.
    pub format: FeedFormat,
    /// What the feed itself answers, if not the feed.
    pub feed_status: Option<u16>,
    /// The body of `/robots.txt`; none is a 404.
    pub robots: Option<String>,
    /// Its articles in the order of publication.
    pub stories: Vec<Story>,
    /// Markup in the head of every article's page: scripts and styles.
    pub head: String,
    /// Markup in the menu of every article's page.
    pub menu: String,
}

/// One request that a site or the webhook sink received.
#[derive(Debug, Clone)]
pub struct Received {
    /// The host named.
    pub host: String,
    /// GET, POST …
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Names in lower case.
    pub headers: HashMap<String, String>,
    /// The body of a POST.
    pub body: Vec<u8>,
}

#[derive(Debug, Default)]
struct Inner {
    sites: BTreeMap<String, Site>,
    received: Vec<Received>,
    hook_answers: VecDeque<u16>,
    page_loads: u64,
}

/// The newsroom: shared with the server task that answers for it.
#[derive(Debug, Clone, Default)]
pub struct Newsroom {
    inner: Arc<Mutex<Inner>>,
}

/// A running newsroom; it stops when dropped.
#[derive(Debug)]
pub struct Serving {
    /// Where it listens.
    pub addr: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Newsroom {
    /// An empty newsroom.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A test that panicked while holding the lock has failed already; the others may go on.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a site.
    pub fn open(&self, name: &str, host: &str, format: FeedFormat) {
        let site = Site {
            name: name.to_owned(),
            host: host.to_owned(),
            format,
            feed_status: None,
            robots: None,
            stories: Vec::new(),
            head: String::new(),
            menu: String::new(),
        };
        self.lock().sites.insert(host.to_owned(), site);
    }

    /// Changes a site; does nothing where the host is not open.
    pub fn with_site(&self, host: &str, change: impl FnOnce(&mut Site)) {
        if let Some(site) = self.lock().sites.get_mut(host) {
            change(site);
        }
    }

    /// Publishes an article at a site.
    pub fn publish(&self, host: &str, story: Story) {
        self.with_site(host, |site| site.stories.push(story));
    }

    /// Changes an article; does nothing where there is none at that path.
    pub fn edit(&self, host: &str, path: &str, change: impl FnOnce(&mut Story)) {
        self.with_site(host, |site| {
            if let Some(story) = site.stories.iter_mut().find(|story| story.path == path) {
                change(story);
            }
        });
    }

    /// What the webhook sink answers to the next requests, before it goes back to 204.
    pub fn script_hook(&self, answers: impl IntoIterator<Item = u16>) {
        self.lock().hook_answers.extend(answers);
    }

    /// Everything received so far.
    pub fn received(&self) -> Vec<Received> {
        self.lock().received.clone()
    }

    /// What the webhook sink at `/hook` received so far.
    pub fn hooks(&self) -> Vec<Received> {
        self.lock().received.iter().filter(|one| one.method == "POST").cloned().collect()
    }

    /// The hosts of all sites.
    pub fn hosts(&self) -> Vec<String> {
        self.lock().sites.keys().cloned().collect()
    }

    /// Starts answering on a free port of 127.0.0.1.
    pub async fn serve(&self) -> std::io::Result<Serving> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let addr = listener.local_addr()?;
        let app = Router::new().fallback(answer).with_state(self.clone());
        let mut tasks = tokio::task::JoinSet::new();
        tasks.spawn(async move {
            if let Err(error) = axum::serve(listener, app).await {
                tracing::warn!(%error, "the newsroom stopped");
            }
        });
        let task = tokio::runtime::Handle::current().spawn(async move { while tasks.join_next().await.is_some() {} });
        Ok(Serving { addr, task })
    }

    fn respond(&self, received: &Received) -> Response {
        let mut inner = self.lock();
        inner.received.push(received.clone());
        if received.method == "POST" {
            let status = inner.hook_answers.pop_front().unwrap_or(204);
            return plain(status, "");
        }
        inner.page_loads += 1;
        let noise = inner.page_loads;
        let Some(site) = inner.sites.get(&received.host) else {
            return plain(404, "no such site");
        };
        let path = received.path.split('?').next().unwrap_or_default();
        match path {
            "/robots.txt" => site.robots.as_ref().map_or_else(|| plain(404, ""), |text| plain(200, text)),
            "/feed" => feed_answer(site, received),
            "/" => html(&pages::front(site)),
            _ => article_answer(site, path, noise),
        }
    }
}

fn feed_answer(site: &Site, received: &Received) -> Response {
    if let Some(status) = site.feed_status {
        return plain(status, "the feed is out of order");
    }
    let (kind, body) = pages::feed(site);
    let etag = format!("\"{:x}\"", xxhash_rust::xxh3::xxh3_64(body.as_bytes()));
    if received.headers.get("if-none-match") == Some(&etag) {
        return with_headers(304, &[(header::ETAG, &etag)], String::new());
    }
    with_headers(200, &[(header::CONTENT_TYPE, kind), (header::ETAG, &etag)], body)
}

fn article_answer(site: &Site, path: &str, noise: u64) -> Response {
    let Some(story) = site.stories.iter().find(|story| story.path == path) else {
        return plain(404, "<h1>Page not found</h1>");
    };
    match &story.presence {
        Presence::Live => html(&pages::article(site, story, noise)),
        Presence::Status(status) => plain(*status, "<h1>Sorry</h1>"),
        Presence::Moved(target) => with_headers(301, &[(header::LOCATION, target)], String::new()),
    }
}

async fn answer(State(newsroom): State<Newsroom>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let body = match parts.method {
        Method::POST | Method::PUT => {
            axum::body::to_bytes(body, HOOK_BODY_MAX_BYTES).await.unwrap_or_default().to_vec()
        }
        _ => Vec::new(),
    };
    newsroom.respond(&Received {
        host: host_of(&parts.headers),
        method: parts.method.to_string(),
        path: parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect(),
        body,
    })
}

fn host_of(headers: &HeaderMap) -> String {
    let named = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    named.split(':').next().unwrap_or_default().to_owned()
}

fn plain(status: u16, body: &str) -> Response {
    with_headers(status, &[(header::CONTENT_TYPE, "text/html; charset=utf-8")], body.to_owned())
}

fn html(body: &str) -> Response {
    plain(200, body)
}

fn with_headers(status: u16, headers: &[(header::HeaderName, &str)], body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name.clone(), value);
        }
    }
    response
}
