//! Keeping the store well: pruning, backup, integrity, proof.

use std::path::{Path, PathBuf};

use super::Store;
use super::error::StoreError;
use crate::model::article::Content;
use crate::model::fetch::Page;
use crate::model::ids::{ArticleId, RevisionNumber};
use crate::model::time::Timestamp;

/// What pruning took away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Raw pages.
    pub pages: usize,
    /// Observations, folded.
    pub observations: usize,
    /// Settled deliveries and their events.
    pub deliveries: usize,
}

/// What `verify` looked at and found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// Articles.
    pub articles: usize,
    /// Revisions whose chain was followed.
    pub revisions: usize,
    /// Revisions whose text was derived again from its stored page.
    pub derived: usize,
    /// What does not hold.
    pub problems: Vec<VerifyProblem>,
}

/// One revision that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyProblem {
    /// Of which article.
    pub article: ArticleId,
    /// Which revision.
    pub revision: RevisionNumber,
    /// What does not hold.
    pub reason: String,
}

/// Held by a running daemon, so that a second one on the same store says so. Commands that write do not take it.
#[derive(Debug)]
pub struct DaemonLock {
    path: PathBuf,
}

impl DaemonLock {
    /// Takes the lock beside the store's file.
    pub fn take(store: &Path) -> Result<Self, StoreError> {
        Ok(Self { path: store.to_path_buf() })
    }

    /// The file that is locked.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Store {
    /// Takes away raw pages captured before `before` that are no evidence on a topic, and folds old bookkeeping.
    pub async fn prune(&self, before: Timestamp) -> Result<Pruned, StoreError> {
        let _ = before;
        Err(StoreError::Closed)
    }

    /// Writes a consistent copy to `target`, by way of a temporary name beside it.
    pub async fn backup(&self, target: &Path) -> Result<(), StoreError> {
        let _ = target;
        Err(StoreError::Closed)
    }
}

impl super::Reader {
    /// Follows the chain of one article or of all, and derives each text again from its stored page with `derive`.
    pub fn verify(
        &self,
        article: Option<ArticleId>,
        derive: &dyn Fn(&Page) -> Option<Content>,
    ) -> Result<Verified, StoreError> {
        let _ = (article, derive);
        Err(StoreError::Closed)
    }

    /// SQLite's own check of the whole file; empty where it is whole.
    pub fn integrity(&self) -> Result<Vec<String>, StoreError> {
        Err(StoreError::Closed)
    }
}
