//! The checked configuration: what every other part receives. TOML is read by [`load`], mirrored in `raw`, and turned
//! into these types by `check`, which finds every problem in one run. A value of [`Config`] is right by construction:
//! queries compile, selectors parse, names refer to what exists, secrets are resolved.

mod channel;
mod check;
mod literal;
pub mod load;
pub mod problem;
mod raw;
mod rules;
mod topics;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use ipnet::IpNet;

pub use self::channel::{ChannelConfig, ChannelTarget, EmailChannel, MailBy, SmtpConfig, SmtpTls, WebhookChannel};
use self::problem::Problem;
use crate::engine::page::rules::SiteRules;
use crate::engine::query::{Query, Terms, Weights};
pub use crate::engine::route::{Backlog, Immediate, Mute as MuteConfig, OncePer, TopicOn};
use crate::engine::schedule::Bounds;
pub use crate::engine::schedule::{PollTimes, RecheckRules as RecheckConfig};
use crate::model::ids::{ChannelId, SourceId, TopicId};
use crate::model::source::SourceKind;
use crate::model::time::SignedDuration;
use crate::model::url::WebUrl;
pub use rules::{PageRules, SharedRules};

/// The starter config: what `init` writes, and the one description of every default.
pub const STARTER: &str = include_str!("../../config/wirewatch.toml");

/// A secret: never printed or logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a resolved secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// The whole configuration, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file it came from.
    pub path: PathBuf,
    /// `[store]`
    pub store: StoreConfig,
    /// `[fetch]`
    pub fetch: FetchConfig,
    /// `[poll]`
    pub poll: PollConfig,
    /// `[recheck]`
    pub recheck: RecheckConfig,
    /// `[[source]]`, in the order of the files.
    pub sources: Vec<Arc<SourceConfig>>,
    /// The files of the `rules` directory, a wider site before a part of it. Ask [`Config::rules_for`].
    pub shared_rules: Vec<SharedRules>,
    /// `[terms]`, compiled; for queries that are asked ad hoc.
    pub terms: Terms,
    /// `[[topic]]`, compiled.
    pub topics: Vec<Arc<TopicConfig>>,
    /// `[[channel]]`
    pub channels: Vec<Arc<ChannelConfig>>,
    /// `[smtp]`
    pub smtp: Option<SmtpConfig>,
    /// `[web]`
    pub web: Option<WebConfig>,
    /// `[archive]`: an archive of the web that is asked to keep matched revisions; nothing where `wayback` is off.
    pub wayback: Option<WaybackConfig>,
    /// `[[mute]]`
    pub mutes: Vec<MuteConfig>,
    /// What a person should look at, though the config is used.
    pub warnings: Vec<Problem>,
}

/// `[store]`
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// The database file.
    pub path: PathBuf,
    /// How long raw pages that are no evidence on a topic are kept; settled deliveries too.
    pub keep_pages: SignedDuration,
    /// How long looks that found nothing are kept.
    pub keep_observations: SignedDuration,
    /// How long differences that a rule held back are kept after they were last seen.
    pub keep_suppressed: SignedDuration,
}

/// `[fetch]`
#[derive(Debug, Clone)]
pub struct FetchConfig {
    /// A mail address or URL that goes into the User-Agent.
    pub contact: Option<String>,
    /// For one whole request.
    pub timeout: SignedDuration,
    /// After decompression.
    pub max_body_bytes: u64,
    /// Requests under way at once, over all hosts.
    pub concurrency: usize,
    /// Requests under way at once to one host.
    pub per_host: usize,
    /// Between two requests to one host.
    pub min_delay: SignedDuration,
    /// Whether pages obey robots.txt.
    pub robots: bool,
    /// `http://`, `https://` or `socks5://`.
    pub proxy: Option<String>,
    /// Private networks that may be reached.
    pub allow_private: Vec<IpNet>,
    /// Host names with a fixed address; such an address still has to be public or in `allow_private`.
    pub resolve: BTreeMap<String, SocketAddr>,
    /// Overrides `wirewatch/VERSION (+contact)`.
    pub user_agent: Option<String>,
    /// Certificate authorities, in PEM, that are trusted beside the system's.
    pub ca: Option<String>,
}

impl Default for FetchConfig {
    fn default() -> Self {
        Self {
            contact: None,
            timeout: SignedDuration::from_secs(30),
            max_body_bytes: 8 << 20,
            concurrency: 32,
            per_host: 2,
            min_delay: SignedDuration::from_secs(1),
            robots: true,
            proxy: None,
            allow_private: Vec::new(),
            resolve: BTreeMap::new(),
            user_agent: None,
            ca: None,
        }
    }
}

/// `[poll]`: for sources that say neither `every` nor `cron`. Where `min` and `max` leave room, the rhythm of a source's
/// entries sets its interval between them; `every` is where it begins.
#[derive(Debug, Clone)]
pub struct PollConfig {
    /// Until a source's rhythm is known.
    pub every: SignedDuration,
    /// No more often than this; `every` where not said.
    pub min: SignedDuration,
    /// No more seldom than this; where not said, `every` if that is said, else [`Self::default`]'s.
    pub max: SignedDuration,
}

impl Default for PollConfig {
    fn default() -> Self {
        let every = SignedDuration::from_mins(30);
        Self { every, min: every, max: SignedDuration::from_hours(4) }
    }
}

impl PollConfig {
    /// When a source is polled that says nothing itself.
    pub fn times(&self) -> PollTimes {
        if self.min == self.max {
            return PollTimes::Every(self.every);
        }
        PollTimes::Adaptive(Bounds { usual: self.every, min: self.min, max: self.max })
    }
}

/// Where an article's content comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ContentFrom {
    /// The page.
    #[default]
    Page,
    /// The feed's own full content; the page is not fetched.
    Feed,
}

/// Credentials for a source; never sent to another host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Auth {
    /// `auth = { user, password }`
    Basic {
        /// The user name.
        user: String,
        /// The password.
        password: Secret,
    },
    /// `auth = { bearer }`
    Bearer(Secret),
}

/// One `[[source]]`.
#[derive(Debug, Clone)]
pub struct SourceConfig {
    /// Its id.
    pub id: SourceId,
    /// Its name; the id where none is given.
    pub name: String,
    /// What its address lists entries as.
    pub kind: SourceKind,
    /// What is polled.
    pub url: WebUrl,
    /// For `page`: CSS selectors of the links to follow.
    pub links: Vec<String>,
    /// When it is polled.
    pub times: PollTimes,
    /// Page or feed.
    pub content: ContentFrom,
    /// Extra request headers; dropped on a redirect to another host.
    pub headers: Vec<(String, Secret)>,
    /// Record or notify.
    pub backlog: Backlog,
    /// Credentials.
    pub auth: Option<Auth>,
    /// Lines of body text that match one of these are left out (regular expressions).
    pub ignore: Vec<regex::Regex>,
    /// `[source.rules]`, compiled. What a page is read by is [`Config::rules_for`]'s.
    pub rules: Arc<SiteRules>,
    /// Whether pages obey robots.txt; `fetch.robots` where not said.
    pub robots: bool,
    /// Overrides `fetch.timeout`.
    pub timeout: Option<SignedDuration>,
    /// Overrides `fetch.proxy`.
    pub proxy: Option<String>,
    /// Overrides the User-Agent.
    pub user_agent: Option<String>,
    /// `Accept-Language`.
    pub accept_language: Option<String>,
    /// Cookies are kept along one chain of redirects only, never across polls.
    pub cookies: bool,
}

/// One `[[topic]]`.
#[derive(Debug, Clone)]
pub struct TopicConfig {
    /// Its id.
    pub id: TopicId,
    /// Its name; the id where none is given.
    pub name: String,
    /// The compiled query.
    pub query: Arc<Query>,
    /// Only these sources; empty is all.
    pub sources: Vec<SourceId>,
    /// Only these languages (primary subtags); empty is all.
    pub languages: Vec<String>,
    /// A match needs at least this score.
    pub min_score: f64,
    /// What each place in an article counts.
    pub weights: Weights,
    /// A revision is told only from this significance on.
    pub min_significance: f64,
    /// What is told once.
    pub once_per: OncePer,
    /// Channels.
    pub notify: Vec<ChannelId>,
    /// What is told.
    pub on: Vec<TopicOn>,
}

/// `[archive] wayback = true` and what goes with it.
#[derive(Debug, Clone)]
pub struct WaybackConfig {
    /// The archive; copies are asked for at `URL/save/…`.
    pub url: WebUrl,
    /// Between two requests.
    pub every: SignedDuration,
    /// `ACCESS:SECRET` of an account there.
    pub key: Option<Secret>,
}

/// `[web]`
#[derive(Debug, Clone)]
pub struct WebConfig {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Asked for as a bearer token or `?token=`.
    pub token: Option<Secret>,
    /// How the page is reached from outside, for links in mail and WebSub callbacks.
    pub public_url: Option<WebUrl>,
    /// Whether hubs are asked to push where `public_url` is set.
    pub websub: bool,
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn starter() -> Config {
        load::load_text(STARTER, Path::new("config/wirewatch.toml")).unwrap_or_else(|problems| panic!("{problems}"))
    }

    #[test]
    fn the_starter_config_checks_without_a_warning() {
        let config = starter();
        assert_eq!(problem::render_plain(&config.warnings), " in 0 files");
        assert_eq!((config.sources.len(), config.topics.len(), config.channels.len()), (13, 1, 1));
    }

    #[test]
    fn the_starter_config_says_the_defaults() {
        let said = starter();
        let defaults = load::load_text("", Path::new("config/wirewatch.toml")).unwrap();
        assert_eq!(format!("{:#?}", said.store), format!("{:#?}", defaults.store));
        assert_eq!(format!("{:#?}", said.fetch), format!("{:#?}", defaults.fetch));
        assert_eq!(format!("{:#?}", said.poll), format!("{:#?}", defaults.poll));
        assert_eq!(said.recheck, defaults.recheck);
        assert!(said.wayback.is_none() && defaults.wayback.is_none());
    }

    #[test]
    fn what_the_starter_config_keeps_in_comments_checks_too() {
        // Each commented setting, with its `# ` taken away.
        let is_setting = |line: &str| {
            let key = line.split_once(" = ").map(|(key, _)| key);
            line.starts_with('[') || key.is_some_and(|key| key.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
        };
        let uncommented: Vec<&str> = STARTER
            .lines()
            .map(|line| line.strip_prefix("# ").filter(|rest| is_setting(rest)).unwrap_or(line))
            .collect();
        let variables = [
            "HERALD_PASSWORD",
            "WIREWATCH_SMTP_PASSWORD",
            "WIREWATCH_WEBHOOK_SECRET",
            "WIREWATCH_WEB_TOKEN",
            "WIREWATCH_WAYBACK_KEY",
        ];
        let environment =
            load::Environment::of(variables.map(|name| (name.to_owned(), format!("whsec_{}", "A".repeat(32)))));
        let path = Path::new("config/wirewatch.toml");
        let files = tempfile::tempdir().unwrap();
        let authority = files.path().join("our-ca.pem");
        std::fs::write(&authority, "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n").unwrap();
        let text = uncommented.join("\n").replace("our-ca.pem", &authority.display().to_string());
        let config = load::load_text_in(&text, path, &environment).unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!((config.sources.len(), config.channels.len()), (14, 4));
        assert!(config.smtp.is_some());
    }

    #[test]
    fn a_secret_is_never_printed() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "***");
    }
}
