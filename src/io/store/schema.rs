//! The schema: opening, recognising and bringing forward a store's file.
//!
//! `application_id` says that the file is ours, `user_version` how many migrations it has seen. A file of another
//! program and a file of a newer wirewatch are refused untouched. Each migration runs in one transaction.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::error::{Answer, Fault, StoreError};

/// "WirW": which program a database file belongs to.
const APPLICATION_ID: i32 = 0x5769_7257;

/// One forward step each, never edited once released.
const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/0001_init.sql"),
    include_str!("../../../migrations/0002_outbox.sql"),
    include_str!("../../../migrations/0003_unsubscribe.sql"),
    include_str!("../../../migrations/0004_rhythm.sql"),
    include_str!("../../../migrations/0005_websub.sql"),
    include_str!("../../../migrations/0006_channel_health.sql"),
    include_str!("../../../migrations/0007_wayback.sql"),
    include_str!("../../../migrations/0008_installation.sql"),
    include_str!("../../../migrations/0009_refused.sql"),
    include_str!("../../../migrations/0010_refusals.sql"),
    include_str!("../../../migrations/0011_repeated.sql"),
];

/// How long a connection waits for another program's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Statements kept prepared for one connection.
const STATEMENT_CACHE: usize = 128;

/// The schema this program reads and writes.
pub(super) fn newest() -> u32 {
    u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX)
}

/// Opens for writing: makes the file and its directory if need be, and runs the migrations it lacks.
pub(super) fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        std::fs::create_dir_all(directory).map_err(|error| StoreError::Open {
            path: path.to_path_buf(),
            reason: format!("its directory cannot be made: {error}"),
        })?;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = open(path, flags)?;
    // SQLite opens a file it may not write as read-only without a word.
    if connection.is_readonly("main").map_err(|error| StoreError::at(path, error))? {
        return Err(StoreError::ReadOnly { path: path.to_path_buf() });
    }
    let found = recognise(&connection, path)?;
    prepare(&mut connection, found).map_err(|fault| fault.at(path))?;
    Ok(connection)
}

/// Opens for reading what a writer made.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    if !path.exists() {
        return Err(StoreError::Missing { path: path.to_path_buf() });
    }
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    let found = match recognise(&connection, path) {
        Err(StoreError::ReadOnly { .. }) => {
            take_back(path)?;
            recognise(&connection, path)?
        }
        found => found?,
    };
    if found == 0 {
        return Err(StoreError::Missing { path: path.to_path_buf() });
    }
    if found < newest() {
        return Err(StoreError::Older { path: path.to_path_buf(), found, known: newest() });
    }
    connection.pragma_update(None, "mmap_size", 64 * 1024 * 1024).map_err(|error| StoreError::at(path, error))?;
    Ok(connection)
}

/// Takes back the half of a write that a killed process left (while it made the file): SQLite does so at the first look
/// of a connection that may write, and refuses one that only reads.
fn take_back(path: &Path) -> Result<(), StoreError> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    recognise(&connection, path).map(drop)
}

/// Makes an empty database for a backup to be written into.
pub(super) fn create_plain(path: &Path) -> Result<Connection, StoreError> {
    open(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX)
}

fn open(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, flags).map_err(|error| StoreError::at(path, error))?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(|error| StoreError::at(path, error))?;
    // A plan is made once a statement; otherwise SQLite, which is built with statistics, plans anew at every execution.
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(|error| StoreError::at(path, error))?;
    connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    Ok(connection)
}

/// How many migrations the file has seen; 0 for a new file.
fn recognise(connection: &Connection, path: &Path) -> Result<u32, StoreError> {
    let read = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let tables = || connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0));
    let (application, version, tables) = (|| Ok((read("application_id")?, read("user_version")?, tables()?)))()
        .map_err(|error| StoreError::at(path, error))?;
    if application != APPLICATION_ID {
        if application == 0 && version == 0 && tables == 0 {
            return Ok(0);
        }
        let reason = "it is the SQLite database of another program".to_owned();
        return Err(StoreError::NotAStore { path: path.to_path_buf(), reason });
    }
    let found = u32::try_from(version).unwrap_or(u32::MAX);
    if found > newest() {
        return Err(StoreError::Newer { path: path.to_path_buf(), found, known: newest() });
    }
    Ok(found)
}

fn prepare(connection: &mut Connection, found: u32) -> Answer<()> {
    // Pages freed by pruning can go back to the file system; only possible before the first table.
    if found == 0 {
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    }
    // Readers never wait for the writer. FULL: what was committed (a "sent" mark above all) survives a power cut; the
    // writer commits in groups, so a sync is paid once a group.
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // 16 MB of pages; the log is cut back to 64 MB after a burst.
    connection.pragma_update(None, "cache_size", -16_000)?;
    connection.pragma_update_and_check(None, "journal_size_limit", 64 * 1024 * 1024, |_| Ok(()))?;
    // The index of similar texts is written all over: pages are carried over into the file after 16 MB of log, not 4.
    connection.pragma_update_and_check(None, "wal_autocheckpoint", 4_000, |_| Ok(()))?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    if found < newest() {
        migrate(connection, MIGRATIONS)?;
    }
    Ok(())
}

/// Runs what is missing. The version is read again inside the transaction: another process may have been faster.
fn migrate(connection: &mut Connection, migrations: &[&str]) -> Answer<()> {
    loop {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let version: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let Some(step) = usize::try_from(version).ok().and_then(|done| migrations.get(done)) else {
            return Ok(transaction.commit()?);
        };
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", version + 1)?;
        transaction.commit().map_err(Fault::from)?;
    }
}
