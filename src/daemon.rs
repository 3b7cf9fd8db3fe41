//! The daemon: builds everything, runs the loops, reloads, and stops in order. Decides nothing about articles.
//!
//! Each loop is the same ten lines around a job's `tick(now) -> next due`: it sleeps until the job is due, is woken when
//! another job made work for it, or is told to stop. A loop that ends early, or a store whose writer died, ends the
//! process with a failure, and systemd starts it again.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Mutex, Notify, mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::config::{Config, load};
use crate::io::clock::Clock;
use crate::io::control::{self, ReloadRequest};
use crate::io::http::HttpSetupError;
use crate::io::store::{DaemonLock, Store, StoreError};
use crate::io::systemd;
use crate::jobs::websub::{self, Inbox, Push};
use crate::jobs::{Context, NextDue, deliver, digest, poll, recheck, upkeep, wayback};
use crate::web;

/// Longest sleep of a loop, so that a clock that was set is noticed, and none misses a wake-up for ever.
const LONGEST_SLEEP: Duration = Duration::from_mins(1);
/// How long a loop waits after a tick that failed, before it tries again.
const AFTER_FAILURE: Duration = Duration::from_secs(5);
/// How long in-flight captures and deliveries may take to end after SIGTERM. systemd's own limit is 90 s.
const STOP_DEADLINE: Duration = Duration::from_secs(20);

/// Why the daemon ended other than by being told to.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// The store cannot be opened, or broke.
    #[error("the store failed")]
    Store(#[from] StoreError),
    /// The HTTP client cannot be made.
    #[error("the HTTP client cannot be set up")]
    Http(#[from] HttpSetupError),
    /// The web page's address is taken or forbidden.
    #[error("[web] listen = \"{listen}\": cannot listen there; choose another address or port")]
    Listen {
        /// The address.
        listen: std::net::SocketAddr,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A signal handler cannot be installed.
    #[error("signal handlers cannot be installed")]
    Signals(#[source] std::io::Error),
    /// A loop ended though nothing told it to.
    #[error("the {0} loop ended early; this is a bug, and the log before this line says more")]
    LoopEnded(String),
}

/// What makes a loop tick before it is due.
#[derive(Debug, Default)]
struct Wakes {
    poll: Arc<Notify>,
    recheck: Notify,
    deliver: Arc<Notify>,
    digest: Notify,
    upkeep: Notify,
    hubs: Arc<Notify>,
    wayback: Notify,
}

/// Runs until `stop` is cancelled or a signal says so.
pub async fn run(config: Config, stop: CancellationToken) -> Result<(), DaemonError> {
    let clock = Clock::system();
    let path = config.path.clone();
    let store = Store::open(&config.store, clock.now())?;
    // Commands may write beside the daemon; a second daemon may not.
    let _lock = DaemonLock::take(store.path())?;
    let mut context = Context::new(config, store.clone(), clock)?;
    context.stop = stop.clone();
    store.sync_sources(&context.config.sources, context.clock.now()).await?;
    deliver::prepare(&context).await;
    let (contexts, seen) = watch::channel(Arc::new(context));
    let daemon = Daemon { path, contexts, wakes: Arc::new(Wakes::default()), stop };
    let result = daemon.serve(seen).await;
    store.close().await;
    tracing::info!("stopped");
    result
}

struct Daemon {
    path: PathBuf,
    contexts: watch::Sender<Arc<Context>>,
    wakes: Arc<Wakes>,
    stop: CancellationToken,
}

impl Daemon {
    async fn serve(&self, seen: watch::Receiver<Arc<Context>>) -> Result<(), DaemonError> {
        let mut signals = Signals::install().map_err(DaemonError::Signals)?;
        let mut loops = JoinSet::new();
        // Before the loops: an address that is taken stops the start while nothing is under way.
        let (inbox, pushes) = websub::inbox();
        start_web(&mut loops, &seen, inbox, &self.stop).await?;
        self.start_loops(&mut loops, &seen);
        loops.spawn(take_pushes(seen.clone(), pushes, Arc::clone(&self.wakes), self.stop.clone()));
        let mut reloads = self.start_control(&mut loops);
        let mut failed = seen.borrow().store.failed();
        systemd::ready();
        tracing::info!(sources = seen.borrow().config.sources.len(), "running");
        let result = loop {
            tokio::select! {
                () = self.stop.cancelled() => break Ok(()),
                _ = signals.terminate.recv() => break Ok(()),
                _ = signals.interrupt.recv() => break Ok(()),
                _ = signals.hangup.recv() => drop(self.reload_and_log().await),
                Some(request) = reloads.recv() => {
                    // The caller may have gone; the reload happened all the same and is in the log.
                    drop(request.send(self.reload_and_log().await));
                }
                _ = failed.wait_for(|failed| *failed) => break Err(StoreError::Closed.into()),
                Some(ended) = loops.join_next() => {
                    break Err(DaemonError::LoopEnded(ended.unwrap_or_else(|error| error.to_string())));
                }
            }
        };
        systemd::stopping();
        tracing::info!("stopping: work under way may end within {} s", STOP_DEADLINE.as_secs());
        self.stop.cancel();
        let ends = async { while loops.join_next().await.is_some() {} };
        let ended = tokio::select! {
            ended = tokio::time::timeout(STOP_DEADLINE, ends) => ended.is_ok(),
            // Whoever asks twice does not want to wait.
            _ = signals.terminate.recv() => false,
            _ = signals.interrupt.recv() => false,
        };
        if !ended {
            tracing::warn!("some work did not end in time and is left to the next start");
            loops.shutdown().await;
        }
        result
    }

    fn start_loops(&self, loops: &mut JoinSet<String>, seen: &watch::Receiver<Arc<Context>>) {
        let looping = |name, wake, then| Looping {
            name,
            seen: seen.clone(),
            stop: self.stop.clone(),
            wakes: Arc::clone(&self.wakes),
            wake,
            then,
        };
        // The last argument wakes the loops for which a tick may have made work.
        let one = looping(
            "poll",
            |wakes| &wakes.poll,
            |wakes| {
                wakes.deliver.notify_one();
                wakes.recheck.notify_one();
                wakes.wayback.notify_one();
            },
        );
        let poller =
            Arc::new(Mutex::new(poll::Poller::new(Arc::clone(&self.wakes.poll), Arc::clone(&self.wakes.hubs))));
        loops.spawn(async move {
            let ticking = Arc::clone(&poller);
            let ticks = move |context: Arc<Context>| {
                let poller = Arc::clone(&ticking);
                async move { poller.lock().await.tick(&context).await }
            };
            let name = one.run(ticks).await;
            poller.lock().await.finish().await;
            name
        });
        let one = looping(
            "recheck",
            |wakes| &wakes.recheck,
            |wakes| {
                wakes.deliver.notify_one();
                wakes.wayback.notify_one();
            },
        );
        loops.spawn(one.run(|context| async move { recheck::tick(&context).await }));
        let one = looping("deliver", |wakes| &wakes.deliver, |_| ());
        let deliverer = Arc::new(Mutex::new(deliver::Deliverer::new(Arc::clone(&self.wakes.deliver))));
        loops.spawn(async move {
            let ticking = Arc::clone(&deliverer);
            let ticks = move |context: Arc<Context>| {
                let deliverer = Arc::clone(&ticking);
                async move { deliverer.lock().await.tick(&context).await }
            };
            let name = one.run(ticks).await;
            deliverer.lock().await.finish().await;
            name
        });
        let one = looping("digest", |wakes| &wakes.digest, |wakes| wakes.deliver.notify_one());
        loops.spawn(one.run(|context| async move { digest::tick(&context).await }));
        let one = looping("upkeep", |wakes| &wakes.upkeep, |_| ());
        loops.spawn(one.run(|context| async move { upkeep::tick(&context).await }));
        let one = looping("websub", |wakes| &wakes.hubs, |_| ());
        loops.spawn(one.run(|context| async move { websub::tick(&context).await }));
        let one = looping("wayback", |wakes| &wakes.wayback, |_| ());
        loops.spawn(one.run(|context| async move { wayback::tick(&context).await }));
        if let Some(interval) = systemd::watchdog_interval() {
            loops.spawn(feed_watchdog(seen.clone(), self.stop.clone(), interval));
        }
    }

    fn start_control(&self, loops: &mut JoinSet<String>) -> mpsc::Receiver<ReloadRequest> {
        let (requests, inbox) = mpsc::channel(1);
        let stop = self.stop.clone();
        if let Some((path, listener)) = control::listen(&self.path) {
            loops.spawn(async move {
                tokio::select! {
                    () = control::answer(listener, requests) => {}
                    () = stop.cancelled() => {}
                }
                // A socket that stays behind is replaced at the next start.
                drop(std::fs::remove_file(path));
                "control".to_owned()
            });
        }
        inbox
    }

    async fn reload_and_log(&self) -> Result<String, String> {
        systemd::reloading();
        let result = self.reload().await;
        systemd::ready();
        match &result {
            Ok(said) => tracing::info!("{said}"),
            Err(reasons) => tracing::error!("the config was not taken, the old one stays in force:\n{reasons}"),
        }
        result
    }

    /// Reads the config again; takes it, or keeps the old one and says why. The store's path and the web address are
    /// taken at a start only.
    async fn reload(&self) -> Result<String, String> {
        let path = self.path.clone();
        let loaded = tokio::task::spawn_blocking(move || load::load(&path)).await.map_err(|error| error.to_string())?;
        let config = loaded.map_err(|problems| problems.to_string())?;
        let old = Arc::clone(&self.contexts.borrow());
        let fixed = restart_only(&old.config, &config);
        let context = old.renewed(config).map_err(|error| format!("{error}"))?;
        let synced = old.store.sync_sources(&context.config.sources, context.clock.now()).await;
        synced.map_err(|error| format!("{error}"))?;
        deliver::prepare(&context).await;
        let said = format!(
            "config taken: {} sources, {} topics, {} channels{fixed}",
            context.config.sources.len(),
            context.config.topics.len(),
            context.config.channels.len()
        );
        self.contexts.send_replace(Arc::new(context));
        let wakes = &self.wakes;
        for notify in [&*wakes.poll, &wakes.recheck, &*wakes.deliver, &wakes.digest, &*wakes.hubs, &wakes.wayback] {
            notify.notify_one();
        }
        Ok(said)
    }
}

/// Says which changed settings wait for a restart.
fn restart_only(old: &Config, new: &Config) -> String {
    let mut waiting = Vec::new();
    if old.store.path != new.store.path {
        waiting.push("store.path");
    }
    if old.web.as_ref().map(|web| web.listen) != new.web.as_ref().map(|web| web.listen) {
        waiting.push("web.listen");
    }
    if waiting.is_empty() { String::new() } else { format!("; {} at the next restart", waiting.join(" and ")) }
}

/// One loop around a job's tick.
struct Looping {
    name: &'static str,
    seen: watch::Receiver<Arc<Context>>,
    stop: CancellationToken,
    wakes: Arc<Wakes>,
    wake: fn(&Wakes) -> &Notify,
    then: fn(&Wakes),
}

impl Looping {
    async fn run<F, Ticking>(self, tick: F) -> String
    where
        F: Fn(Arc<Context>) -> Ticking,
        Ticking: Future<Output = Result<NextDue, StoreError>>,
    {
        while !self.stop.is_cancelled() {
            let context = Arc::clone(&self.seen.borrow());
            // A tick under way when the stop comes is let end: the daemon waits for it, within its deadline.
            let sleep = match tick(Arc::clone(&context)).await {
                Ok(due) => due.map_or(LONGEST_SLEEP, |due| until(due, context.clock.now())),
                Err(error) => {
                    tracing::error!(
                        "{} failed, trying again in {} s: {}",
                        self.name,
                        AFTER_FAILURE.as_secs(),
                        chain(&error)
                    );
                    AFTER_FAILURE
                }
            };
            (self.then)(&self.wakes);
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = (self.wake)(&self.wakes).notified() => {}
                () = tokio::time::sleep(sleep.min(LONGEST_SLEEP)) => {}
            }
        }
        self.name.to_owned()
    }
}

fn until(due: crate::model::time::Timestamp, now: crate::model::time::Timestamp) -> Duration {
    Duration::try_from(due.duration_since(now)).unwrap_or(Duration::ZERO)
}

/// An error with its causes on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// Feeds systemd's watchdog only after the store's writing thread answered: a hung writer is a hung service.
async fn feed_watchdog(seen: watch::Receiver<Arc<Context>>, stop: CancellationToken, interval: Duration) -> String {
    while !stop.is_cancelled() {
        let store = seen.borrow().store.clone();
        if store.next_due().await.is_ok() {
            systemd::ping();
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(interval / 2) => {}
        }
    }
    "watchdog".to_owned()
}

/// Takes in what hubs push, each push by itself; what is under way at a stop is let end.
async fn take_pushes(
    seen: watch::Receiver<Arc<Context>>,
    mut pushes: mpsc::UnboundedReceiver<Push>,
    wakes: Arc<Wakes>,
    stop: CancellationToken,
) -> String {
    let mut under_way = JoinSet::new();
    loop {
        let ended = tokio::select! {
            () = stop.cancelled() => break,
            // None where there is no web page.
            push = pushes.recv() => {
                let Some(push) = push else { break };
                let context = Arc::clone(&seen.borrow());
                under_way.spawn(async move { poll::pushed(&context, push).await });
                continue;
            }
            Some(ended) = under_way.join_next() => ended,
        };
        match ended {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!("a push was not taken in: {}", chain(&error)),
            Err(error) => tracing::error!("a push broke off: {error}; please report the log before this line"),
        }
        wakes.deliver.notify_one();
        wakes.recheck.notify_one();
    }
    stop.cancelled().await;
    while under_way.join_next().await.is_some() {}
    "pushes".to_owned()
}

async fn start_web(
    loops: &mut JoinSet<String>,
    seen: &watch::Receiver<Arc<Context>>,
    inbox: Inbox,
    stop: &CancellationToken,
) -> Result<(), DaemonError> {
    let Some(listen) = seen.borrow().config.web.as_ref().map(|web| web.listen) else { return Ok(()) };
    let refused = |source| DaemonError::Listen { listen, source };
    let listener = tokio::net::TcpListener::bind(listen).await.map_err(refused)?;
    // Port 0 is any free port: only the socket knows which.
    let address = listener.local_addr().map_err(refused)?;
    tracing::info!("web page at http://{address}/");
    let serving = web::serve(listener, seen.clone(), inbox, stop.clone());
    loops.spawn(async move {
        serving.await;
        "web".to_owned()
    });
    Ok(())
}

/// SIGTERM and SIGINT stop, SIGHUP reloads.
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
}

impl Signals {
    fn install() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }
}
