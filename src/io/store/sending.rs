//! Who sends: each process that leases deliveries holds a shared lock beside the store's file as long as it lives.
//!
//! Whoever finds itself alone knows that the leases it sees belong to the dead, and frees them: what a killed daemon had
//! in hand is sent at the next start, not when its leases run out. Beside another sender nothing is freed.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::Store;
use super::error::{Answer, StoreError};

impl Store {
    /// Takes this process's place among the senders, once.
    pub(super) async fn be_sender(&self) -> Result<(), StoreError> {
        self.sender.get_or_try_init(|| self.become_sender()).await.map(drop)
    }

    async fn become_sender(&self) -> Result<File, StoreError> {
        let path = lock_path(self.path());
        let (file, alone) = blocking(&path, take).await?;
        if alone {
            // No transaction is open while the file lock is waited for, so the two locks cannot wait for each other.
            let freed = self.writer.call(free_leases).await?;
            if freed > 0 {
                tracing::info!(freed, "{freed} deliveries of a process that was killed are sent anew");
            }
        }
        blocking(&path, |path| {
            // Another may be alone between the two calls: this process has leased nothing yet.
            file.unlock().map_err(|error| failed(path, &error))?;
            file.lock_shared().map_err(|error| failed(path, &error))?;
            Ok(file)
        })
        .await
    }
}

async fn blocking<T: Send + 'static>(
    path: &Path,
    job: impl FnOnce(&Path) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let path = path.to_path_buf();
    match tokio::task::spawn_blocking(move || job(&path)).await {
        Ok(outcome) => outcome,
        Err(error) => Err(StoreError::Refused(format!("the senders' lock was cut off: {error}"))),
    }
}

/// The open file, and whether nobody else sends.
fn take(path: &Path) -> Result<(File, bool), StoreError> {
    let file = File::options().create(true).truncate(false).write(true).open(path);
    let file = file.map_err(|error| failed(path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok((file, true)),
        Err(TryLockError::WouldBlock) => Ok((file, false)),
        Err(TryLockError::Error(error)) => Err(failed(path, &error)),
    }
}

fn free_leases(connection: &Connection) -> Answer<usize> {
    Ok(connection
        .execute("UPDATE delivery SET lease_until = NULL WHERE state = 'pending' AND lease_until IS NOT NULL", [])?)
}

fn lock_path(store: &Path) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(".sending");
    PathBuf::from(name)
}

fn failed(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Open { path: path.to_path_buf(), reason: format!("the senders' lock: {error}") }
}
