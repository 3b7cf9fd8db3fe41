//! The one writing thread. It takes jobs from a bounded queue, runs a group of them in one `BEGIN IMMEDIATE`
//! transaction, each inside a savepoint of its own, commits, and only then answers: a caller that got its answer knows
//! that its rows are on the disk, and a disk sync is paid once a group.
//!
//! Invariants: a job that fails undoes itself alone; no SQL leaves `io::store`. A panic here is told to whoever watches
//! [`Writer::failed`], and the process is to end.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot, watch};

use super::error::{Answer, StoreError};
use super::search;

/// Jobs that may wait; who asks for more waits in turn.
const QUEUE: usize = 64;

/// Jobs in one transaction at most: the first of them waits for the last.
const GROUP: usize = 32;

/// One job. It is run with the connection, or told why it cannot be, and gives what is to happen after the commit.
type Job = Box<dyn FnOnce(Result<&Connection, StoreError>) -> Ran + Send>;

/// What a job left.
struct Ran {
    /// Whether its rows stay.
    kept: bool,
    /// Answers the caller, told how the commit went.
    answer: Box<dyn FnOnce(Result<(), StoreError>) + Send>,
}

enum Work {
    /// With others in one transaction.
    Grouped(Job),
    /// Outside any transaction (backup, vacuum, checkpoint).
    Alone(Job),
}

/// The handle on the writing thread.
#[derive(Debug)]
pub(super) struct Writer {
    path: Arc<PathBuf>,
    queue: Mutex<Option<mpsc::Sender<Work>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    failed: watch::Receiver<bool>,
}

impl Writer {
    /// Starts the thread, which owns the connection from now on.
    pub(super) fn start(path: PathBuf, connection: Connection) -> Result<Self, StoreError> {
        let path = Arc::new(path);
        let (queue, jobs) = mpsc::channel(QUEUE);
        let (tell, failed) = watch::channel(false);
        let at = Arc::clone(&path);
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                let alarm = Alarm(tell);
                write(connection, jobs, &at);
                drop(alarm);
            })
            .map_err(|error| StoreError::Open { path: path.to_path_buf(), reason: error.to_string() })?;
        Ok(Self { path, queue: Mutex::new(Some(queue)), thread: Mutex::new(Some(thread)), failed })
    }

    /// Runs `job` in a savepoint and answers after the commit.
    pub(super) async fn call<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Answer<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.submit(job, Work::Grouped).await
    }

    /// Runs `job` outside any transaction.
    pub(super) async fn call_alone<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Answer<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.submit(job, Work::Alone).await
    }

    /// Turns true when the thread died of a panic.
    pub(super) fn failed(&self) -> watch::Receiver<bool> {
        self.failed.clone()
    }

    /// Ends the thread after what is queued, and waits for it.
    pub(super) async fn close(&self) {
        drop(lock(&self.queue).take());
        let thread = lock(&self.thread).take();
        if let Some(thread) = thread {
            // A panic of the thread was told through `failed` already.
            let joined = tokio::task::spawn_blocking(move || thread.join().is_ok()).await;
            if !matches!(joined, Ok(true)) {
                tracing::error!("the store's writing thread ended with a panic");
            }
        }
    }

    async fn submit<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Answer<T> + Send + 'static,
        how: fn(Job) -> Work,
    ) -> Result<T, StoreError> {
        let queue = lock(&self.queue).clone().ok_or(StoreError::Closed)?;
        let (tell, told) = oneshot::channel();
        let path = Arc::clone(&self.path);
        let job: Job = Box::new(move |connection| {
            let outcome = connection.and_then(|connection| job(connection).map_err(|fault| fault.at(&path)));
            let kept = outcome.is_ok();
            let answer = move |commit: Result<(), StoreError>| {
                // The caller may have gone; its rows are kept all the same.
                drop(tell.send(commit.and(outcome)));
            };
            Ran { kept, answer: Box::new(answer) }
        });
        queue.send(how(job)).await.map_err(|_| StoreError::Closed)?;
        told.await.map_err(|_| StoreError::Closed)?
    }
}

/// Tells when it is dropped by a panic.
struct Alarm(watch::Sender<bool>);

impl Drop for Alarm {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.send_replace(true);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // Nothing is done under these locks that could leave the value half changed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn write(mut connection: Connection, mut jobs: mpsc::Receiver<Work>, path: &Path) {
    let mut held: Option<Work> = None;
    while let Some(work) = held.take().or_else(|| jobs.blocking_recv()) {
        match work {
            Work::Alone(job) => (job(Ok(&connection)).answer)(Ok(())),
            Work::Grouped(first) => {
                let mut group = vec![first];
                while group.len() < GROUP {
                    match jobs.try_recv() {
                        Ok(Work::Grouped(job)) => group.push(job),
                        Ok(alone @ Work::Alone(_)) => {
                            held = Some(alone);
                            break;
                        }
                        Err(_) => break,
                    }
                }
                write_group(&mut connection, group, path);
            }
        }
    }
    // The log is emptied into the file, so that a copy of the file alone is whole. Failing is harmless.
    if let Err(error) = connection.execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE);") {
        tracing::debug!("the last checkpoint of {} did not run: {error}", path.display());
    }
}

/// Runs the jobs in one transaction. A full disk makes SQLite roll the whole transaction back under way: what ran before
/// in it is lost and answered so, and the rest begins anew.
fn write_group(connection: &mut Connection, group: Vec<Job>, path: &Path) {
    let mut jobs = group.into_iter();
    while jobs.len() > 0 {
        let mut transaction = match connection.transaction_with_behavior(TransactionBehavior::Immediate) {
            Ok(transaction) => transaction,
            Err(error) => {
                let error = StoreError::at(path, error);
                for job in jobs {
                    (job(Err(error.clone())).answer)(Err(error.clone()));
                }
                return;
            }
        };
        let mut answers = Vec::with_capacity(jobs.len());
        let mut lost = None;
        for job in jobs.by_ref() {
            match run(&mut transaction, job, path) {
                Ok(ran) => answers.push(ran),
                Err(error) => {
                    lost = Some(error);
                    break;
                }
            }
        }
        let end = match lost {
            None => search::write_waiting(&transaction)
                .map_err(|fault| fault.at(path))
                .and_then(|()| transaction.commit().map_err(|error| StoreError::at(path, error))),
            Some(error) => Err(error),
        };
        search::forget(0);
        for ran in answers {
            (ran.answer)(if ran.kept { end.clone() } else { Ok(()) });
        }
    }
}

/// Runs one job in a savepoint. An error is the whole transaction's: the job itself is answered already.
fn run(transaction: &mut Transaction<'_>, job: Job, path: &Path) -> Result<Ran, StoreError> {
    let savepoint = match transaction.savepoint() {
        Ok(savepoint) => savepoint,
        Err(error) => {
            let error = StoreError::at(path, error);
            (job(Err(error.clone())).answer)(Err(error.clone()));
            return Err(error);
        }
    };
    let indexed = search::waiting();
    let ran = job(Ok(&savepoint));
    if !ran.kept {
        search::forget(indexed);
    }
    if savepoint.is_autocommit() {
        let full = StoreError::Full { path: path.to_path_buf() };
        (ran.answer)(if ran.kept { Err(full.clone()) } else { Ok(()) });
        return Err(full);
    }
    let end = if ran.kept { savepoint.commit() } else { savepoint.finish() };
    match end {
        Ok(()) => Ok(ran),
        Err(error) => {
            let error = StoreError::at(path, error);
            (ran.answer)(Err(error.clone()));
            Err(error)
        }
    }
}
