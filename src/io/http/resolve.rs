//! Names to addresses for the connector: the configured table or the system's resolver, and of the answers only those
//! that the guard lets through.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Semaphore;

use super::guard::Guard;

/// A look-up that takes longer has failed.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(10);

/// Look-ups under way at once: each holds a thread until the system's resolver gives up, also when nobody waits for it
/// any more, and a dead name server must not eat them all.
const LOOKUPS_MAX: usize = 64;

/// Why a name gave no address. Found again in the chain of reqwest's error.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum LookupError {
    /// All its addresses are refused.
    #[error("{host} resolves to an address that is refused: {reason}")]
    Forbidden {
        /// The name.
        host: String,
        /// The guard's words.
        reason: String,
    },
    /// There is no such name, or no server to ask.
    #[error("the name {host} does not resolve ({reason})")]
    Unknown {
        /// The name.
        host: String,
        /// The system's words.
        reason: String,
    },
}

/// The slots that all clients share.
pub(super) fn lookup_slots() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(LOOKUPS_MAX))
}

/// What reqwest asks for each name it connects to.
#[derive(Debug, Clone)]
pub(super) struct GuardedResolver {
    /// Judges each answer.
    pub(super) guard: Guard,
    /// `fetch.resolve`: asked first. The port of an entry holds where the URL names none.
    pub(super) fixed: Arc<BTreeMap<String, SocketAddr>>,
    /// The proxy's own name, which the operator gave and which may lead anywhere.
    pub(super) proxy_host: Option<String>,
    /// See [`LOOKUPS_MAX`].
    pub(super) slots: Arc<Semaphore>,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.clone();
        Box::pin(async move {
            let addresses = resolver.addresses(name.as_str()).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

impl GuardedResolver {
    async fn addresses(&self, host: &str) -> Result<Vec<SocketAddr>, LookupError> {
        let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        let found = match self.fixed.get(&name) {
            Some(address) => vec![*address],
            None => self.look_up(&name).await?,
        };
        if self.proxy_host.as_deref() == Some(name.as_str()) {
            return Ok(found);
        }
        let passed = self
            .guard
            .screen(found.iter().map(SocketAddr::ip))
            .map_err(|reason| LookupError::Forbidden { host: name, reason })?;
        Ok(found.into_iter().filter(|address| passed.contains(&address.ip())).collect())
    }

    /// The port 0 of the answers is replaced by the URL's.
    async fn look_up(&self, name: &str) -> Result<Vec<SocketAddr>, LookupError> {
        let unknown = |reason: String| LookupError::Unknown { host: name.to_owned(), reason };
        let query = name.to_owned();
        let asked = async {
            // Closed never: the semaphore lives as long as the clients.
            let slot = Arc::clone(&self.slots).acquire_owned().await;
            tokio::task::spawn_blocking(move || {
                let answers = (query.as_str(), 0).to_socket_addrs().map(Iterator::collect::<Vec<_>>);
                drop(slot);
                answers
            })
            .await
        };
        let answers = tokio::time::timeout(LOOKUP_TIMEOUT, asked)
            .await
            .map_err(|_elapsed| unknown(format!("no answer in {} s", LOOKUP_TIMEOUT.as_secs())))?
            .map_err(|error| unknown(error.to_string()))?
            .map_err(|error| unknown(plain(&error.to_string())))?;
        if answers.is_empty() {
            return Err(unknown("it has no address".to_owned()));
        }
        Ok(dedup(answers))
    }
}

/// The system's words without the fixed phrase before them.
fn plain(text: &str) -> String {
    text.strip_prefix("failed to lookup address information: ").unwrap_or(text).to_owned()
}

/// Each address once, in the resolver's order: it names an address once for each socket type.
fn dedup(answers: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let mut seen: Vec<IpAddr> = Vec::with_capacity(answers.len());
    answers
        .into_iter()
        .filter(|address| {
            let new = !seen.contains(&address.ip());
            if new {
                seen.push(address.ip());
            }
            new
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::io::http::{clients, failure};
    use crate::model::fetch::FetchError;
    use crate::model::url::WebUrl;

    fn resolver(open: &str, address: SocketAddr) -> GuardedResolver {
        GuardedResolver {
            guard: Guard::new(&[open.parse().unwrap()]),
            fixed: Arc::new(BTreeMap::from([("evil.test".to_owned(), address)])),
            proxy_host: None,
            slots: lookup_slots(),
        }
    }

    /// A name server that answers one address first and another ever after.
    struct Rebinding {
        first: GuardedResolver,
        then: GuardedResolver,
        asked: Arc<AtomicUsize>,
    }

    impl Resolve for Rebinding {
        fn resolve(&self, name: Name) -> Resolving {
            match self.asked.fetch_add(1, Ordering::SeqCst) {
                0 => self.first.resolve(name),
                _ => self.then.resolve(name),
            }
        }
    }

    /// Answers each connection once; gives its address and the count of connections.
    fn server(ip: &str) -> (SocketAddr, Arc<AtomicUsize>) {
        let listener = TcpListener::bind((ip, 0)).unwrap();
        let (address, count) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
        let counted = Arc::clone(&count);
        std::thread::spawn(move || {
            for stream in listener.incoming().take(2) {
                let mut stream = stream.unwrap();
                counted.fetch_add(1, Ordering::SeqCst);
                assert!(stream.read(&mut [0; 1024]).unwrap() > 0);
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
            }
        });
        (address, count)
    }

    #[tokio::test]
    async fn the_address_that_was_checked_is_the_one_that_is_connected_to() {
        let (attacker, reached) = server("127.0.1.1");
        let (victim, touched) = server("127.0.0.1");
        let asked = Arc::new(AtomicUsize::new(0));
        let rebinding = Rebinding {
            first: resolver("127.0.1.1/32", attacker),
            then: resolver("127.0.1.1/32", victim),
            asked: Arc::clone(&asked),
        };
        clients::install_crypto();
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).dns_resolver(rebinding).build().unwrap();
        let url = WebUrl::parse("http://evil.test/").unwrap();
        client.get(url.as_url().clone()).send().await.unwrap();
        assert_eq!((asked.load(Ordering::SeqCst), reached.load(Ordering::SeqCst)), (1, 1), "one look-up a connection");
        let error = client.get(url.as_url().clone()).send().await.unwrap_err();
        assert!(matches!(failure::no_answer(&url, &error), FetchError::Forbidden { .. }), "{error:?}");
        assert_eq!((asked.load(Ordering::SeqCst), touched.load(Ordering::SeqCst)), (2, 0));
    }

    #[test]
    fn each_address_is_tried_once_and_in_order() {
        let [a, b]: [SocketAddr; 2] = ["1.1.1.1:0".parse().unwrap(), "[2606:4700::1]:0".parse().unwrap()];
        assert_eq!(dedup(vec![b, b, a, b, a]), [b, a]);
    }
}
