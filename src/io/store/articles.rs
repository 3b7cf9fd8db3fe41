//! Tracked articles: which are to be looked at again.

use super::Store;
use super::error::StoreError;
use crate::model::fetch::Validators;
use crate::model::ids::{ArticleId, SourceId};
use crate::model::time::Timestamp;
use crate::model::url::WebUrl;

/// An article that is to be looked at again.
#[derive(Debug, Clone, PartialEq)]
pub struct Recheck {
    /// Which.
    pub article: ArticleId,
    /// The source whose settings hold for it.
    pub source: SourceId,
    /// Its address.
    pub url: WebUrl,
    /// For a conditional request.
    pub validators: Validators,
    /// When it was due.
    pub due: Timestamp,
}

impl Store {
    /// The articles whose next look is due, the longest overdue first.
    pub async fn due_rechecks(&self, now: Timestamp, limit: usize) -> Result<Vec<Recheck>, StoreError> {
        let _ = (now, limit);
        Err(StoreError::Closed)
    }

    /// Every article that is still looked at, due or not, in the order of their ids after `after`.
    pub async fn tracked(&self, after: Option<ArticleId>, limit: usize) -> Result<Vec<Recheck>, StoreError> {
        let _ = (after, limit);
        Err(StoreError::Closed)
    }
}
