//! robots.txt by RFC 9309: what a site lets us fetch, remembered for a day at most.
//!
//! The file is fetched like anything else: under the guard, the bounds and the host's own pace. A file that is not
//! there allows everything; one that cannot be read allows nothing for now, and an older copy holds meanwhile.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use robotxt::{Agent, Robots};
use tokio::sync::Mutex as TurnMutex;

use super::{Http, RequestOptions, Subject};
use crate::model::fetch::{FetchError, FetchOutcome};
use crate::model::time::{SignedDuration, Timestamp};
use crate::model::url::WebUrl;

/// Of a longer file the beginning counts (RFC 9309 section 2.5).
pub(super) const ROBOTS_BYTES_MAX: u64 = 500 * 1024;
/// A copy is not used longer (section 2.4), and not fetched again sooner than [`KEPT_MIN`] whatever its headers say.
const KEPT_MAX: SignedDuration = SignedDuration::from_hours(24);
const KEPT_MIN: SignedDuration = SignedDuration::from_hours(1);
/// After which a file that could not be read is tried again.
const UNREACHABLE_AGAIN: SignedDuration = SignedDuration::from_mins(10);
/// For the whole of fetching it.
const ROBOTS_TIMEOUT: SignedDuration = SignedDuration::from_secs(20);
/// Sites remembered at once, and the bytes of their files together.
const SITES_MAX: usize = 20_000;
const SITES_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// One robots.txt, as one crawler has to read it.
#[derive(Debug, Clone)]
pub struct RobotsTxt(Robots);

impl RobotsTxt {
    /// Reads a file for the crawler whose product token is `agent`. Never fails: lines that say nothing are skipped.
    pub fn parse(file: &[u8], agent: &str) -> Self {
        Self(Robots::parse(file, Agent::Prefix(agent)))
    }

    /// What a site without a robots.txt allows: everything.
    pub fn allow_all() -> Self {
        Self(Robots::allow_all())
    }

    /// Whether `url` may be fetched.
    pub fn allows(&self, url: &WebUrl) -> bool {
        self.0.is_url_allowed(url.as_url())
    }

    /// The pause it asks for between two requests.
    pub fn crawl_delay(&self) -> Option<Duration> {
        self.0.crawl_delay()
    }

    /// The sitemaps it names.
    pub fn sitemaps(&self) -> Vec<WebUrl> {
        self.0.sitemaps().iter().filter_map(|url| WebUrl::parse(url.as_str()).ok()).collect()
    }
}

/// What is known of one site's file.
#[derive(Debug, Clone)]
struct Known {
    /// The newest that was read; none: never yet.
    file: Option<RobotsTxt>,
    /// Why it could not be read the last time, if so and there is no older copy.
    failure: Option<String>,
    until: Timestamp,
}

/// One site's place in the cache; the inner lock makes one request of many that come at once.
#[derive(Debug, Default)]
struct Site {
    turn: TurnMutex<Option<Known>>,
    bytes: Mutex<u64>,
}

/// The files of all sites, bounded.
#[derive(Debug, Default)]
pub(super) struct RobotsCache(Mutex<HashMap<(String, String), Arc<Site>>>);

impl RobotsCache {
    fn site(&self, key: (String, String)) -> Arc<Site> {
        let mut sites = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(site) = sites.get(&key) {
            return Arc::clone(site);
        }
        let size = |site: &Site| *site.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        // Checked in full once in a thousand: a sum over all sites is not for every request.
        let over_bytes =
            sites.len() % 1000 == 999 && sites.values().map(|site| size(site)).sum::<u64>() > SITES_BYTES_MAX;
        if sites.len() >= SITES_MAX || over_bytes {
            // Losing the copies costs one request a site; ages are not tracked for that.
            sites.retain(|_, site| Arc::strong_count(site) > 1);
        }
        Arc::clone(sites.entry(key).or_default())
    }
}

impl Http {
    /// The robots.txt that holds for `url`, fetched or remembered. An error says why nothing may be fetched now.
    pub async fn robots(&self, url: &WebUrl, options: &RequestOptions) -> Result<RobotsTxt, FetchError> {
        let agent = product_token(self.user_agent(options)).to_owned();
        let site = self.robots_cache().site((url.origin(), agent.clone()));
        let mut known = site.turn.lock().await;
        let now = self.clock().now();
        if known.as_ref().is_none_or(|known| known.until <= now) {
            let (next, bytes) = self.fetch_robots(url, options, &agent, known.take()).await;
            *site.bytes.lock().unwrap_or_else(PoisonError::into_inner) = bytes;
            *known = Some(next);
        }
        match known.as_ref() {
            Some(Known { file: Some(file), .. }) => Ok(file.clone()),
            Some(Known { failure, .. }) => {
                let reason = failure.as_deref().unwrap_or("it was not read");
                Err(FetchError::Unreachable {
                    url: url.clone(),
                    reason: format!("the site's robots.txt could not be read, so nothing is fetched for now: {reason}"),
                })
            }
            None => Ok(RobotsTxt::allow_all()),
        }
    }

    /// Whether robots.txt lets `url` be fetched; takes its crawl delay as the host's pace.
    pub(super) async fn obey_robots(&self, url: &WebUrl, options: &RequestOptions) -> Result<(), FetchError> {
        let robots = self.robots(url, options).await?;
        self.polite().slow_down(url, robots.crawl_delay());
        if robots.allows(url) { Ok(()) } else { Err(FetchError::Robots { url: url.clone() }) }
    }

    async fn fetch_robots(
        &self,
        url: &WebUrl,
        options: &RequestOptions,
        agent: &str,
        before: Option<Known>,
    ) -> (Known, u64) {
        let now = self.clock().now();
        let later = |wait: SignedDuration| now.checked_add(wait).unwrap_or(now);
        let read =
            |file: RobotsTxt, kept: SignedDuration| Known { file: Some(file), failure: None, until: later(kept) };
        let Ok(address) = url.join("/robots.txt") else {
            return (read(RobotsTxt::allow_all(), KEPT_MAX), 0);
        };
        let request = RequestOptions {
            timeout: Some(ROBOTS_TIMEOUT),
            user_agent: options.user_agent.clone(),
            proxy: options.proxy.clone(),
            subject: Subject::Robots,
            ..RequestOptions::default()
        };
        // Boxed, for a page's request asks for the robots.txt, which is a request.
        match Box::pin(self.get(&address, &request)).await {
            Ok(FetchOutcome::Fresh(page)) => {
                let kept = page.hints.fresh_for.unwrap_or(KEPT_MAX).clamp(KEPT_MIN, KEPT_MAX);
                (read(RobotsTxt::parse(&page.body, agent), kept), page.body.len() as u64)
            }
            Err(error) if is_absent(&error) => (read(RobotsTxt::allow_all(), KEPT_MAX), 0),
            Ok(FetchOutcome::NotModified { .. }) => {
                unreachable_file(before, "304 to a plain request".to_owned(), later)
            }
            Err(error) => unreachable_file(before, reason(&error), later),
        }
    }
}

/// The older copy, if any, until the next try.
fn unreachable_file(
    before: Option<Known>,
    failure: String,
    later: impl Fn(SignedDuration) -> Timestamp,
) -> (Known, u64) {
    let file = before.and_then(|known| known.file);
    (Known { file, failure: Some(failure), until: later(UNREACHABLE_AGAIN) }, 0)
}

/// Whether the answer means "there is none": any 4xx but 429, or too many redirects (RFC 9309 sections 2.3.1.2, 2.3.1.3).
fn is_absent(error: &FetchError) -> bool {
    match error {
        FetchError::Gone { .. } | FetchError::Blocked { .. } | FetchError::TooLarge { .. } => true,
        FetchError::Status { status, .. } => (300..500).contains(status),
        FetchError::Forbidden { .. }
        | FetchError::Robots { .. }
        | FetchError::Unreachable { .. }
        | FetchError::Throttled { .. } => false,
    }
}

fn reason(error: &FetchError) -> String {
    match error {
        FetchError::Unreachable { reason, .. } | FetchError::Forbidden { reason, .. } => reason.clone(),
        other => other.to_string(),
    }
}

/// The product token of a User-Agent: `wirewatch` of `wirewatch/0.1 (+…)`.
fn product_token(user_agent: &str) -> &str {
    let end = user_agent
        .char_indices()
        .find(|(_, letter)| !(letter.is_ascii_alphabetic() || matches!(letter, '-' | '_')))
        .map_or(user_agent.len(), |(at, _)| at);
    user_agent.get(..end).filter(|token| !token.is_empty()).unwrap_or("wirewatch")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn allows(file: &str, path: &str) -> bool {
        let url = WebUrl::parse(&format!("https://a.test{path}")).unwrap();
        RobotsTxt::parse(file.as_bytes(), "wirewatch").allows(&url)
    }

    #[test]
    fn the_most_specific_group_and_the_longest_rule_win() {
        let rows = [
            ("", "/x", true),
            ("User-agent: *\nDisallow: /", "/x", false),
            ("User-agent: *\nDisallow: /", "/robots.txt", true),
            ("User-agent: *\nDisallow:", "/x", true),
            ("User-agent: *\nDisallow: /\n\nUser-agent: WireWatch\nDisallow: /private", "/x", true),
            ("User-agent: *\nDisallow: /\n\nUser-agent: WireWatch\nDisallow: /private", "/private/x", false),
            ("User-agent: other\nDisallow: /", "/x", true),
            ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", true),
            ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/c", false),
            ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", true),
            ("User-agent: *\nDisallow: /*.pdf$", "/x.pdf", false),
            ("User-agent: *\nDisallow: /*.pdf$", "/x.pdf?y", true),
            ("User-agent: *\nDisallow: /*?print", "/x?print=1", false),
            ("User-agent: a\nUser-agent: wirewatch\nDisallow: /x", "/x", false),
            ("user-AGENT : *\r\n disallow : /x # here\r\n", "/x", false),
            ("\u{feff}User-agent: *\nDisallow: /x", "/x", false),
            ("Disallow: /x", "/x", true),
            ("<html><body>Not found</body></html>", "/x", true),
            ("User-agent: *\nDisallow: /\u{e9}t\u{e9}", "/%C3%A9t%C3%A9", false),
        ];
        for (file, path, allowed) in rows {
            assert_eq!(allows(file, path), allowed, "{file:?} {path}");
        }
    }

    #[test]
    fn a_crawl_delay_and_sitemaps_are_read() {
        let file = b"User-agent: *\nCrawl-delay: 2.5\nSitemap: https://a.test/news.xml\nSitemap: ftp://a.test/x";
        let robots = RobotsTxt::parse(file, "wirewatch");
        assert_eq!(robots.crawl_delay(), Some(Duration::from_millis(2500)));
        assert_eq!(robots.sitemaps().iter().map(WebUrl::as_str).collect::<Vec<_>>(), ["https://a.test/news.xml"]);
    }

    #[test]
    fn of_a_long_file_the_beginning_counts() {
        let mut file = b"User-agent: *\nDisallow: /early\n".to_vec();
        file.resize(600 * 1024, b'#');
        file.extend_from_slice(b"\nDisallow: /late\n");
        let file = String::from_utf8(file).unwrap();
        assert!(!allows(&file, "/early"));
        assert!(allows(&file, "/late"));
    }

    #[test]
    fn a_user_agents_product_token_names_the_group() {
        for (agent, token) in
            [("wirewatch/0.1 (+a@b.test)", "wirewatch"), ("News-Bot", "News-Bot"), ("/1", "wirewatch")]
        {
            assert_eq!(product_token(agent), token);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(
            noise in prop::collection::vec(any::<u8>(), 0..400),
            path in "[/a-z%*$?]{0,40}",
        ) {
            let rules = [b"User-agent: *\nDisallow: ".as_slice(), &noise, b"\nAllow: /*$\nCrawl-delay: ", &noise].concat();
            for file in [noise, rules] {
                let robots = RobotsTxt::parse(&file, "wirewatch");
                if let Ok(url) = WebUrl::parse(&format!("https://a.test/{path}")) {
                    // The verdict is the file's; that there is one is ours.
                    let _either: bool = robots.allows(&url);
                }
                prop_assert!(robots.sitemaps().len() <= file.len());
            }
        }
    }
}
