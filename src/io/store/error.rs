//! What can go wrong with the store, said with the file's name and what to do about it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::ErrorCode;

/// Why the store could not do what was asked. Each message is a lower-case fragment that names the file.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// There is no file yet.
    #[error("there is no store at {path} yet: `wirewatch poll` or `wirewatch run` makes it")]
    Missing {
        /// The database file.
        path: PathBuf,
    },
    /// Another program holds the write lock for longer than the busy timeout.
    #[error(
        "the store {path} is locked by another program: wait until it ends, or find it with `fuser {path}` and stop it"
    )]
    Locked {
        /// The database file.
        path: PathBuf,
    },
    /// Another daemon works on the same store.
    #[error("another `wirewatch run` works on the store {path}: stop it first, or set another `store.path`")]
    Running {
        /// The database file.
        path: PathBuf,
    },
    /// The file or its directory cannot be written.
    #[error("the store {path} cannot be written: check the owner and mode of the file and of its directory")]
    ReadOnly {
        /// The database file.
        path: PathBuf,
    },
    /// No room left.
    #[error("the disk that holds the store {path} is full: free some space; nothing already recorded is lost")]
    Full {
        /// The database file.
        path: PathBuf,
    },
    /// Not SQLite, or SQLite of another program.
    #[error("{path} is no wirewatch store ({reason}): set `store.path` to another file, or restore a backup")]
    NotAStore {
        /// The file.
        path: PathBuf,
        /// How it was told.
        reason: String,
    },
    /// Written by a newer wirewatch.
    #[error("the store {path} has schema {found}, this wirewatch knows up to {known}: install the newer wirewatch")]
    Newer {
        /// The database file.
        path: PathBuf,
        /// Its schema.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// Written by an older wirewatch, and opened only for reading.
    #[error("the store {path} has schema {found}, older than {known}: any `wirewatch run` or `poll` brings it forward")]
    Older {
        /// The database file.
        path: PathBuf,
        /// Its schema.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// SQLite found the file damaged.
    #[error("the store {path} is damaged: stop wirewatch and restore a backup (`wirewatch doctor` says more)")]
    Damaged {
        /// The database file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: Arc<rusqlite::Error>,
    },
    /// The directory cannot be made or the file not opened.
    #[error("the store {path} cannot be opened: {reason}")]
    Open {
        /// The database file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// A stored value does not read back.
    #[error("the store holds {what} that does not read back: {reason}")]
    Value {
        /// Which value.
        what: &'static str,
        /// Why.
        reason: String,
    },
    /// Nothing in the store goes by that name.
    #[error("there is no {what} `{name}`")]
    NotFound {
        /// `article`, `story`, `delivery` …
        what: &'static str,
        /// As asked for.
        name: String,
    },
    /// What was asked makes no sense for what is stored.
    #[error("{0}")]
    Refused(String),
    /// The decision on one capture panicked; nothing of that capture was written.
    #[error("the decision on {url} failed inside wirewatch ({reason}): please report it with the page")]
    Decision {
        /// The page.
        url: String,
        /// The panic's message.
        reason: String,
    },
    /// The writing thread is gone, after a panic or a close.
    #[error("the store is closed")]
    Closed,
    /// Anything else SQLite reports.
    #[error("the store {path} failed")]
    Sqlite {
        /// The database file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: Arc<rusqlite::Error>,
    },
}

impl StoreError {
    /// Names the file in what SQLite reports, and says the known cases in words of their own.
    pub(super) fn at(path: &Path, error: rusqlite::Error) -> Self {
        let path = path.to_path_buf();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked { path },
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly { path },
            Some(ErrorCode::DiskFull) => Self::Full { path },
            Some(ErrorCode::NotADatabase) => {
                Self::NotAStore { path, reason: "the file is not an SQLite database".to_owned() }
            }
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { path, source: Arc::new(error) },
            Some(ErrorCode::CannotOpen) => Self::Open { path, reason: error.to_string() },
            _ => Self::Sqlite { path, source: Arc::new(error) },
        }
    }

    /// Whether the same call may work a little later without anybody acting.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Locked { .. })
    }
}

/// Inside the store an error of SQLite does not know its file yet; [`super::writer`] and [`super::reader`] add it.
#[derive(Debug)]
pub(super) enum Fault {
    /// SQLite's.
    Sqlite(rusqlite::Error),
    /// Ours.
    Store(StoreError),
}

impl Fault {
    pub(super) fn at(self, path: &Path) -> StoreError {
        match self {
            Self::Sqlite(error) => StoreError::at(path, error),
            Self::Store(error) => error,
        }
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// What the functions of the store give inside it.
pub(super) type Answer<T> = Result<T, Fault>;
