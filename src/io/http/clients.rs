//! The reqwest clients: one for each way out (direct or by a proxy, with these private networks open), all with the same
//! bounds. No other place builds one.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::Duration;

use ipnet::IpNet;
use reqwest::{Certificate, Client, ClientBuilder, Proxy};
use tokio::sync::Semaphore;

use super::HttpSetupError;
use super::guard::Guard;
use super::resolve::{GuardedResolver, lookup_slots};

/// For the connection and the TLS handshake.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Between two pieces of an answer.
pub(super) const READ_TIMEOUT: Duration = Duration::from_secs(20);
/// How long an unused connection is kept: long enough for the pages of a feed, short enough for the descriptors that
/// thousands of hosts would hold.
pub(super) const IDLE_TIMEOUT: Duration = Duration::from_secs(15);
/// Unused connections kept to one host.
const IDLE_PER_HOST_MAX: usize = 8;
/// For all header lines of an HTTP/2 answer; HTTP/1 answers are measured after the parser's own bound.
pub(super) const HEADER_BYTES_MAX: u32 = 64 * 1024;
/// Ways out that are remembered; there are as many as proxies and webhook networks in the configuration.
const ROUTES_MAX: usize = 256;

/// One way out.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Route {
    /// Through this proxy.
    pub(super) proxy: Option<String>,
    /// Private networks open beside those of the configuration.
    pub(super) open: Vec<IpNet>,
    /// Whether connections are closed after their request, see [`super::polite`].
    pub(super) once: bool,
}

/// A client and the guard it was built with.
#[derive(Debug, Clone)]
pub(super) struct Way {
    pub(super) client: Client,
    pub(super) guard: Guard,
    /// Whether any certificate authority is known.
    pub(super) has_roots: bool,
}

/// Builds clients and keeps them.
#[derive(Debug)]
pub(super) struct Clients {
    open: Vec<IpNet>,
    fixed: Arc<BTreeMap<String, SocketAddr>>,
    /// Trusted beside the system's.
    authorities: Vec<Certificate>,
    slots: Arc<Semaphore>,
    ways: Mutex<HashMap<Route, Way>>,
}

impl Clients {
    pub(super) fn new(open: &[IpNet], fixed: &BTreeMap<String, SocketAddr>, authorities: Vec<Certificate>) -> Self {
        let fixed = Arc::new(fixed.iter().map(|(name, address)| (name.to_ascii_lowercase(), *address)).collect());
        Self { open: open.to_vec(), fixed, authorities, slots: lookup_slots(), ways: Mutex::default() }
    }

    /// The client for `route`, built at its first use.
    pub(super) fn way(&self, route: &Route) -> Result<Way, HttpSetupError> {
        let mut ways = self.ways.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(way) = ways.get(route) {
            return Ok(way.clone());
        }
        if ways.len() >= ROUTES_MAX {
            ways.clear();
        }
        let way = self.build(route)?;
        ways.insert(route.clone(), way.clone());
        Ok(way)
    }

    fn build(&self, route: &Route) -> Result<Way, HttpSetupError> {
        install_crypto();
        let mut open = self.open.clone();
        open.extend(&route.open);
        let guard = Guard::new(&open);
        let builder = self.builder(route, &guard)?.tls_certs_merge(self.authorities.iter().cloned());
        match builder.build() {
            Ok(client) => Ok(Way { client, guard, has_roots: true }),
            // Without a single CA certificate on the machine the verifier cannot be built. Plain http works all the
            // same, and https will say what is missing.
            Err(_no_roots) => self.build_without_roots(route, guard),
        }
    }

    fn build_without_roots(&self, route: &Route, guard: Guard) -> Result<Way, HttpSetupError> {
        let builder = self.builder(route, &guard)?.tls_certs_only(self.authorities.iter().cloned());
        let client = builder.build().map_err(|error| HttpSetupError::Client { reason: innermost(&error) })?;
        Ok(Way { client, guard, has_roots: !self.authorities.is_empty() })
    }

    /// Makes the direct way out the one of a machine without CA certificates.
    #[cfg(test)]
    pub(super) fn lose_roots(&self) {
        for once in [false, true] {
            let route = Route { once, ..Route::default() };
            let way = self.build_without_roots(&route, Guard::new(&self.open)).unwrap();
            self.ways.lock().unwrap().insert(route, way);
        }
    }

    fn builder(&self, route: &Route, guard: &Guard) -> Result<ClientBuilder, HttpSetupError> {
        let mut builder = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            // Bodies are decoded in `encoding`, which says why.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(if route.once { 0 } else { IDLE_PER_HOST_MAX })
            .http2_max_header_list_size(HEADER_BYTES_MAX)
            .http1_ignore_invalid_headers_in_responses(true);
        let mut proxy_host = None;
        if let Some(address) = &route.proxy {
            let (proxy, host) = proxy(address)?;
            builder = builder.proxy(proxy);
            proxy_host = Some(host);
        }
        let resolver = GuardedResolver {
            guard: guard.clone(),
            fixed: Arc::clone(&self.fixed),
            proxy_host,
            slots: Arc::clone(&self.slots),
        };
        Ok(builder.dns_resolver(resolver))
    }
}

/// Reads what `fetch.ca_file` holds.
pub(super) fn authorities(pem: Option<&str>) -> Result<Vec<Certificate>, HttpSetupError> {
    let Some(pem) = pem else { return Ok(Vec::new()) };
    let wrong = |reason: String| HttpSetupError::Authorities { reason };
    let found = Certificate::from_pem_bundle(pem.as_bytes()).map_err(|error| wrong(innermost(&error)))?;
    if found.is_empty() { Err(wrong("it holds no certificate".to_owned())) } else { Ok(found) }
}

/// Tells rustls which cryptography to use, once in the life of the program.
pub(super) fn install_crypto() {
    static PROVIDER: Once = Once::new();
    // An error means that another part of the program (the mailer, a test) installed one first: as good.
    PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}

/// Reads a proxy's address and its host. A SOCKS proxy is told names, not addresses, like an HTTP one: what it resolves
/// is its own network's business, and one rule for both can be explained.
fn proxy(address: &str) -> Result<(Proxy, String), HttpSetupError> {
    let wrong = |reason: String| HttpSetupError::Proxy { proxy: without_credentials(address), reason };
    let parsed = url::Url::parse(address).map_err(|error| wrong(error.to_string()))?;
    let host = parsed.host_str().unwrap_or_default().to_ascii_lowercase();
    if host.is_empty() {
        return Err(wrong("it names no host".to_owned()));
    }
    let target = match parsed.scheme() {
        "http" | "https" | "socks5h" => address.to_owned(),
        "socks5" => address.replacen("socks5:", "socks5h:", 1),
        scheme => return Err(wrong(format!("`{scheme}:` is none of http, https, socks5"))),
    };
    let proxy = Proxy::all(target).map_err(|error| wrong(innermost(&error)))?;
    Ok((proxy, host))
}

/// An address as it may be printed.
fn without_credentials(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((before, host)) => match before.split_once("://") {
            Some((scheme, _secret)) => format!("{scheme}://{host}"),
            None => host.to_owned(),
        },
        None => address.to_owned(),
    }
}

/// The words of the error at the end of the chain: those before it say "error sending request" and the like.
pub(super) fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_must_be_one_of_three_kinds_and_its_password_is_not_printed() {
        for good in ["http://proxy.test:3128", "https://u:p@proxy.test", "socks5://127.0.0.1:9050"] {
            assert!(proxy(good).is_ok(), "{good}");
        }
        let rows = [
            ("ftp://u:hunter2@proxy.test", "proxy ftp://proxy.test: `ftp:` is none of http, https, socks5"),
            ("u:hunter2@proxy.test", "proxy proxy.test: it names no host"),
            ("socks4://proxy.test", "proxy socks4://proxy.test: `socks4:` is none of http, https, socks5"),
        ];
        for (bad, said) in rows {
            assert_eq!(proxy(bad).unwrap_err().to_string(), said);
        }
    }
}
