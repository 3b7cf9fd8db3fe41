//! One capture of a page at a time: two sources that list it, or a push that meets a poll, would else ask for it twice.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

use crate::model::url::WebUrl;

type Pages = Mutex<HashMap<WebUrl, Arc<tokio::sync::Mutex<()>>>>;

/// Whose turn it is, for each page that is being captured. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Turns {
    pages: Arc<Pages>,
}

impl Turns {
    /// Waits until nobody else captures this page.
    pub(super) async fn take(&self, page: &WebUrl) -> Turn {
        let mutex = Arc::clone(self.lock().entry(page.clone()).or_default());
        Turn { page: page.clone(), turns: self.clone(), held: Some(mutex.lock_owned().await) }
    }

    // The map is whole after every statement that holds the lock.
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<WebUrl, Arc<tokio::sync::Mutex<()>>>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Held while a page is captured.
#[derive(Debug)]
pub(super) struct Turn {
    page: WebUrl,
    turns: Turns,
    held: Option<OwnedMutexGuard<()>>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.held = None;
        let mut pages = self.turns.lock();
        // Whoever waits for the page holds its mutex too, and takes the lock on the map to get it.
        if pages.get(&self.page).is_some_and(|mutex| Arc::strong_count(mutex) == 1) {
            pages.remove(&self.page);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_at_a_time_and_nothing_is_left() {
        let turns = Turns::default();
        let [a, b] = ["https://a.test/1", "https://a.test/2"].map(|url| WebUrl::parse(url).unwrap());
        let first = turns.take(&a).await;
        let other = turns.take(&b).await;
        let mut second = Box::pin(turns.take(&a));
        assert!(futures_util::poll!(&mut second).is_pending());
        drop(first);
        let second = second.await;
        assert_eq!(turns.lock().len(), 2);
        drop((second, other));
        // One that is given up while it waits leaves nothing behind either, once the page is free.
        let held = turns.take(&a).await;
        let mut given_up = Box::pin(turns.take(&a));
        assert!(futures_util::poll!(&mut given_up).is_pending());
        drop(given_up);
        drop(held);
        assert!(turns.lock().is_empty());
    }
}
