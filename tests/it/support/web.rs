//! The real client, set up against servers on loopback.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use wirewatch::config::FetchConfig;
use wirewatch::io::clock::Clock;
use wirewatch::io::http::Http;
use wirewatch::model::fetch::{FetchError, FetchOutcome};
use wirewatch::model::time::SignedDuration;
use wirewatch::model::url::WebUrl;

/// A body bound small enough to be reached at once, a time-out that only a stalled test reaches; loopback open; no pause.
pub(crate) fn config(hosts: &[(&str, SocketAddr)]) -> FetchConfig {
    FetchConfig {
        contact: Some("desk@example.test".to_owned()),
        timeout: SignedDuration::from_mins(1),
        max_body_bytes: 256 * 1024,
        concurrency: 32,
        per_host: 8,
        min_delay: SignedDuration::ZERO,
        robots: true,
        proxy: None,
        allow_private: vec!["127.0.0.0/8".parse().unwrap()],
        resolve: hosts.iter().map(|(name, addr)| ((*name).to_owned(), *addr)).collect::<BTreeMap<_, _>>(),
        user_agent: None,
        ca: None,
    }
}

/// A client on the machine's clock.
pub(crate) fn http(config: &FetchConfig) -> Http {
    Http::new(config, Clock::system()).unwrap()
}

pub(crate) fn url(text: &str) -> WebUrl {
    WebUrl::parse(text).unwrap()
}

/// An outcome as one line that tells its kind.
pub(crate) fn told(result: &Result<FetchOutcome, FetchError>) -> String {
    match result {
        Ok(FetchOutcome::Fresh(page)) => format!("fresh: {} with {} bytes", page.status, page.body.len()),
        Ok(FetchOutcome::NotModified { .. }) => "not modified".to_owned(),
        Err(error) => {
            let kind = format!("{error:?}");
            let kind = kind.split([' ', '{']).next().unwrap_or_default().to_lowercase();
            let text = error.to_string();
            let said = text.split_once(": ").map_or(text.as_str(), |(_, said)| said);
            format!("{kind}: {said}")
        }
    }
}
