//! One file a use case: the only place where effects are put in order. A job decides nothing that the engine can decide,
//! and jobs do not call jobs, except that poll and recheck call capture, which reads whole articles.

pub mod capture;
pub mod connect;
pub mod deliver;
pub mod digest;
pub mod import;
mod mailing;
pub mod poll;
pub mod recheck;
pub mod replay;
pub mod tally;
mod turns;
mod under_way;
pub mod upkeep;
pub mod verify;
pub mod wayback;
pub mod websub;
pub mod whole;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;

use self::turns::Turns;
use crate::config::Config;
use crate::engine::route::Topics;
use crate::io::clock::Clock;
use crate::io::http::{Http, HttpSetupError};
use crate::io::store::Store;
use crate::model::time::Timestamp;

/// So long a request that is under way may still take when the daemon is told to stop.
const STOP_GRACE: Duration = Duration::from_secs(3);

/// What every job works with. A reload makes a new one around the same store and clock.
#[derive(Debug, Clone)]
pub struct Context {
    /// The checked config.
    pub config: Arc<Config>,
    /// Its topics and channels, compiled for matching and routing.
    pub topics: Arc<Topics>,
    /// The store.
    pub store: Store,
    /// The guarded client.
    pub http: Http,
    /// The clock.
    pub clock: Clock,
    /// Cancelled when the daemon stops: what is under way ends, and no other page is asked for.
    pub stop: CancellationToken,
    /// One permit a core for reading pages and feeds: more at once would only take memory.
    reading: Arc<Semaphore>,
    /// The pages that are being captured.
    turns: Turns,
}

impl Context {
    /// Puts a context together.
    pub fn new(config: Config, store: Store, clock: Clock) -> Result<Self, HttpSetupError> {
        let http = Http::new(&config.fetch, clock.clone())?;
        let topics = Arc::new(Topics::build(&config));
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let reading = Arc::new(Semaphore::new(cores));
        let (stop, turns) = (CancellationToken::new(), Turns::default());
        Ok(Self { config: Arc::new(config), topics, store, http, clock, stop, reading, turns })
    }

    /// One for another config, around what is under way.
    pub fn renewed(&self, config: Config) -> Result<Self, HttpSetupError> {
        let (stop, turns) = (self.stop.clone(), self.turns.clone());
        Ok(Self { stop, turns, ..Self::new(config, self.store.clone(), self.clock.clone())? })
    }

    /// Ends when the daemon was told to stop and what is under way has had its time.
    async fn stop_presses(&self) {
        self.stop.cancelled().await;
        tokio::time::sleep(STOP_GRACE).await;
    }

    /// Runs parsing or extraction on a blocking thread, as many at once as there are cores; a panic in it is the error.
    pub async fn read<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, JoinError> {
        // The semaphore is never closed; without a permit the work would only be early.
        let _permit = self.reading.acquire().await.ok();
        tokio::task::spawn_blocking(work).await
    }
}

/// When a job's next tick has something to do; `None` is "not before something else happens".
pub type NextDue = Option<Timestamp>;
