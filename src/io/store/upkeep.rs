//! Keeping the store well: backup, integrity, sizes, the daemon's lock.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::Backup;

use super::Store;
use super::error::{Answer, Fault, StoreError};
use super::schema;

/// Pages copied by a backup in one step; other work goes on between two steps.
const BACKUP_STEP_PAGES: i32 = 1000;

/// Held by a running daemon, so that a second one on the same store says so. Commands that write do not take it.
#[derive(Debug)]
pub struct DaemonLock {
    path: PathBuf,
    /// Locked as long as it is open; the system frees it whatever becomes of the process.
    _file: File,
}

impl DaemonLock {
    /// Takes the lock beside the store's file.
    pub fn take(store: &Path) -> Result<Self, StoreError> {
        let mut name = store.as_os_str().to_owned();
        name.push(".lock");
        let path = PathBuf::from(name);
        let failed = |reason: String| StoreError::Open { path: store.to_path_buf(), reason };
        if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
            std::fs::create_dir_all(directory).map_err(|error| failed(error.to_string()))?;
        }
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| failed(format!("its lock file {}: {error}", path.display())))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { path, _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Running { path: store.to_path_buf() }),
            Err(TryLockError::Error(error)) => Err(failed(format!("its lock file {}: {error}", path.display()))),
        }
    }

    /// The file that is locked.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Store {
    /// Writes a consistent copy to `target`, by way of a temporary name beside it. The daemon goes on meanwhile.
    pub async fn backup(&self, target: &Path) -> Result<(), StoreError> {
        let target = target.to_path_buf();
        self.read(move |connection| backup(connection, &target)).await
    }
}

impl super::Reader {
    /// Writes a consistent copy to `target`, by way of a temporary name beside it.
    pub fn backup(&self, target: &Path) -> Result<(), StoreError> {
        self.read(|connection| backup(connection, target))
    }

    /// What takes how many bytes, tables and indexes by name, the largest first.
    pub fn sizes(&self) -> Result<Vec<(String, u64)>, StoreError> {
        self.read(|connection| {
            Ok(connection
                .prepare("SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name ORDER BY bytes DESC")?
                .query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))?
                .map(|row| row.map(|(name, bytes)| (name, u64::try_from(bytes).unwrap_or(0))))
                .collect::<Result<_, _>>()?)
        })
    }

    /// How many articles there are.
    pub fn article_count(&self) -> Result<u64, StoreError> {
        self.read(|connection| {
            let count: i64 = connection.query_row("SELECT count(*) FROM article", [], |row| row.get(0))?;
            Ok(u64::try_from(count).unwrap_or(0))
        })
    }

    /// SQLite's own check of the whole file, and of the full-text index; empty where it is whole.
    pub fn integrity(&self) -> Result<Vec<String>, StoreError> {
        self.read(|connection| {
            let mut found: Vec<String> = connection
                .prepare("PRAGMA integrity_check")?
                .query_map([], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            found.retain(|line| line != "ok");
            let dangling: i64 =
                connection.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0))?;
            if dangling > 0 {
                found.push(format!("{dangling} rows refer to rows that are not there"));
            }
            Ok(found)
        })
    }
}

fn backup(connection: &Connection, target: &Path) -> Answer<()> {
    let refused = |reason: String| Fault::from(StoreError::Open { path: target.to_path_buf(), reason });
    if target.exists() {
        return Err(refused("a file of that name is there already: name another one".to_owned()));
    }
    let mut name = target.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    if part.exists() {
        std::fs::remove_file(&part).map_err(|error| refused(error.to_string()))?;
    }
    copy(connection, &part).map_err(|fault| Fault::from(fault.at(target)))?;
    File::open(&part).and_then(|file| file.sync_all()).map_err(|error| refused(error.to_string()))?;
    std::fs::rename(&part, target).map_err(|error| refused(error.to_string()))
}

fn copy(connection: &Connection, part: &Path) -> Answer<()> {
    let mut copy = schema::create_plain(part)?;
    Backup::new(connection, &mut copy)?.run_to_completion(BACKUP_STEP_PAGES, Duration::ZERO, None)?;
    // The copy is one file: no log beside it.
    copy.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    let whole: String = copy.query_row("PRAGMA quick_check", [], |row| row.get(0))?;
    if whole == "ok" {
        return Ok(());
    }
    Err(StoreError::Refused(format!("the backup does not check ({whole}): run `wirewatch doctor`")).into())
}
