//! How much is asked of one host: requests at once, the pause between two, and the wait a server has asked for. Also
//! how much is asked at once of all hosts together.
//!
//! Order and fairness: a request waits for its host first, and takes one of the shared slots only when it may go at
//! once, so that a slow host holds none of them. Each queue is first in, first out. No lock is held across an await.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::clients::IDLE_TIMEOUT;
use crate::io::clock::Clock;
use crate::model::fetch::FetchError;
use crate::model::time::{SignedDuration, Timestamp};
use crate::model::url::WebUrl;

/// The pause between two requests is longer than configured by up to this share, so that they make no beat.
const JITTER_SHARE: f64 = 0.25;
/// A robots.txt cannot slow us down beyond this.
const CRAWL_DELAY_MAX: Duration = Duration::from_mins(1);
/// Hosts remembered before the idle ones are first forgotten.
const SWEEP_FROM: usize = 1024;
/// Addresses of one host whose waits are remembered.
const WAITS_MAX: usize = 16;
/// From so many addresses with a wait, the whole host is left alone: it is the host that is tired, not one feed. Fewer
/// must not silence hosts that serve many publishers' feeds.
const WAITS_OF_A_TIRED_HOST: usize = 2;
/// Hosts whose connections are kept open at one time; those of further hosts are closed after each request, so that a
/// round over ten thousand hosts does not hold ten thousand descriptors.
const POOLED_HOSTS_MAX: usize = 256;

/// The limits and what is known of each host.
#[derive(Debug)]
pub(super) struct Polite {
    clock: Clock,
    started: Instant,
    shared: Arc<Semaphore>,
    per_host: usize,
    min_delay: Duration,
    hosts: Mutex<Hosts>,
}

#[derive(Debug)]
struct Hosts {
    known: HashMap<String, Arc<Host>>,
    sweep_at: usize,
    /// The time span in which pooled hosts are counted, and how many they are.
    span: u64,
    pooled: usize,
}

#[derive(Debug)]
struct Host {
    slots: Arc<Semaphore>,
    pace: Mutex<Pace>,
}

#[derive(Debug, Default)]
struct Pace {
    /// No request before this.
    next: Option<Instant>,
    /// What robots.txt asks for.
    crawl_delay: Duration,
    waits: Vec<Wait>,
    /// The last time span in which its connections were kept.
    pooled_span: Option<u64>,
}

/// A server's wish to be left alone.
#[derive(Debug, Clone, Copy)]
struct Wait {
    address: u64,
    until: Timestamp,
    status: u16,
}

/// The right to make one request; ends when dropped, after the body was read.
#[derive(Debug)]
pub(super) struct Permit<'a> {
    polite: &'a Polite,
    host: Arc<Host>,
    /// Whether its connection may be kept.
    pub(super) pooled: bool,
    _slot: OwnedSemaphorePermit,
    _shared: OwnedSemaphorePermit,
}

impl Polite {
    pub(super) fn new(clock: Clock, concurrency: usize, per_host: usize, min_delay: SignedDuration) -> Self {
        let hosts = Hosts { known: HashMap::new(), sweep_at: SWEEP_FROM, span: 0, pooled: 0 };
        Self {
            started: clock.instant(),
            clock,
            shared: Arc::new(Semaphore::new(concurrency.clamp(1, Semaphore::MAX_PERMITS))),
            per_host: per_host.clamp(1, Semaphore::MAX_PERMITS),
            min_delay: min_delay.unsigned_abs(),
            hosts: Mutex::new(hosts),
        }
    }

    /// Refuses `url` while its server has asked to be left alone.
    pub(super) fn refuse_if_waiting(&self, url: &WebUrl) -> Result<(), FetchError> {
        let Some(host) = lock(&self.hosts).known.get(&host_key(url)).cloned() else { return Ok(()) };
        let now = self.clock.now();
        let mut pace = lock(&host.pace);
        pace.waits.retain(|wait| wait.until > now);
        let address = hash_of(url);
        let tired = pace.waits.len() >= WAITS_OF_A_TIRED_HOST;
        let longest = pace.waits.iter().filter(|wait| tired || wait.address == address).max_by_key(|wait| wait.until);
        match longest {
            None => Ok(()),
            Some(wait) => Err(FetchError::Throttled {
                url: url.clone(),
                status: wait.status,
                retry_after: Some(wait.until.duration_since(now)),
            }),
        }
    }

    /// Remembers that the server of `url` asked to be left alone for `wait`.
    pub(super) fn leave_alone(&self, url: &WebUrl, status: u16, wait: SignedDuration) {
        let Ok(until) = self.clock.now().checked_add(wait) else { return };
        let host = self.host(url);
        let mut pace = lock(&host.pace);
        let address = hash_of(url);
        pace.waits.retain(|known| known.address != address);
        if pace.waits.len() >= WAITS_MAX {
            pace.waits.remove(0);
        }
        pace.waits.push(Wait { address, until, status });
    }

    /// Takes a `Crawl-delay` as the pause between requests to the host of `url`, if it is longer than ours.
    pub(super) fn slow_down(&self, url: &WebUrl, delay: Option<Duration>) {
        let host = self.host(url);
        lock(&host.pace).crawl_delay = delay.unwrap_or_default().min(CRAWL_DELAY_MAX);
    }

    /// Waits until a request to `url` may be made.
    pub(super) async fn enter(&self, url: &WebUrl) -> Permit<'_> {
        let host = self.host(url);
        let slot = acquire(&host.slots).await;
        loop {
            let pause = self.pause_of(&host);
            if !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
            let shared = acquire(&self.shared).await;
            // Another request to this host may have gone while this one waited for a shared slot.
            if self.pause_of(&host).is_zero() {
                self.mark(&host);
                let pooled = self.is_pooled(&host);
                return Permit { polite: self, host, pooled, _slot: slot, _shared: shared };
            }
        }
    }

    fn pause_of(&self, host: &Host) -> Duration {
        match lock(&host.pace).next {
            Some(next) => next.saturating_duration_since(self.clock.instant()),
            None => Duration::ZERO,
        }
    }

    /// Sets the time of the next request, at the start of one and again at its end: what the server sees between two
    /// is never shorter than asked for, however long connecting took.
    fn mark(&self, host: &Host) {
        let mut pace = lock(&host.pace);
        let delay = self.min_delay.max(pace.crawl_delay);
        if delay.is_zero() {
            return;
        }
        let delay = delay.mul_f64(1.0 + JITTER_SHARE * self.clock.jitter());
        let next = self.clock.instant() + delay;
        pace.next = Some(pace.next.map_or(next, |known| known.max(next)));
    }

    /// Counts hosts in spans as long as an idle connection lives.
    fn is_pooled(&self, host: &Host) -> bool {
        let span = self.clock.instant().duration_since(self.started).as_secs() / IDLE_TIMEOUT.as_secs();
        let mut hosts = lock(&self.hosts);
        if hosts.span != span {
            hosts.span = span;
            hosts.pooled = 0;
        }
        let mut pace = lock(&host.pace);
        if pace.pooled_span == Some(span) {
            return true;
        }
        if hosts.pooled >= POOLED_HOSTS_MAX {
            return false;
        }
        hosts.pooled += 1;
        pace.pooled_span = Some(span);
        true
    }

    fn host(&self, url: &WebUrl) -> Arc<Host> {
        let mut hosts = lock(&self.hosts);
        let key = host_key(url);
        if let Some(host) = hosts.known.get(&key) {
            return Arc::clone(host);
        }
        if hosts.known.len() >= hosts.sweep_at {
            self.sweep(&mut hosts);
        }
        let host = Arc::new(Host { slots: Arc::new(Semaphore::new(self.per_host)), pace: Mutex::default() });
        hosts.known.insert(key, Arc::clone(&host));
        host
    }

    /// Forgets hosts of which nothing need be known any more. The next sweep is due when their number has doubled, so
    /// that its cost is shared by as many requests.
    fn sweep(&self, hosts: &mut Hosts) {
        let (instant, now) = (self.clock.instant(), self.clock.now());
        hosts.known.retain(|_, host| {
            let pace = lock(&host.pace);
            Arc::strong_count(host) > 1
                || pace.next.is_some_and(|next| next > instant)
                || pace.waits.iter().any(|wait| wait.until > now)
        });
        hosts.sweep_at = (hosts.known.len() * 2).max(SWEEP_FROM);
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.polite.mark(&self.host);
    }
}

/// The server behind an address, as far as a name tells: its host, and its port where that is not the usual one.
pub(super) fn host_key(url: &WebUrl) -> String {
    let host = url.host().trim_end_matches('.');
    match url.as_url().port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

fn hash_of(url: &WebUrl) -> u64 {
    let mut hasher = DefaultHasher::new();
    url.hash(&mut hasher);
    hasher.finish()
}

async fn acquire(semaphore: &Arc<Semaphore>) -> OwnedSemaphorePermit {
    Arc::clone(semaphore).acquire_owned().await.expect("these semaphores are never closed")
}

/// The plain values behind these locks are whole after a panic elsewhere.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
