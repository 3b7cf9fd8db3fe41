//! A person's word on crossposts: it stays.

use super::Store;
use super::error::StoreError;
use crate::model::ids::{ArticleId, StoryId};
use crate::model::time::Timestamp;

impl Store {
    /// Takes an article out of a story into one of its own, for good. Gives its new story.
    pub async fn split_story(&self, story: StoryId, article: ArticleId, now: Timestamp) -> Result<StoryId, StoreError> {
        let _ = (story, article, now);
        Err(StoreError::Closed)
    }

    /// Makes one story of two, for good. Gives the one that stays.
    pub async fn join_stories(&self, first: StoryId, second: StoryId, now: Timestamp) -> Result<StoryId, StoreError> {
        let _ = (first, second, now);
        Err(StoreError::Closed)
    }
}
