//! Work that a loop has started and does not wait for, by what it is done for.

use std::collections::HashMap;

use tokio::task::{Id, JoinSet};

/// At most one task for each key.
#[derive(Debug)]
pub(super) struct UnderWay<K, T> {
    keys: HashMap<Id, K>,
    tasks: JoinSet<T>,
}

impl<K: PartialEq, T: Send + 'static> UnderWay<K, T> {
    pub(super) fn new() -> Self {
        Self { keys: HashMap::new(), tasks: JoinSet::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(super) fn has(&self, key: &K) -> bool {
        self.keys.values().any(|known| known == key)
    }

    pub(super) fn start(&mut self, key: K, task: impl Future<Output = T> + Send + 'static) {
        let id = self.tasks.spawn(task).id();
        self.keys.insert(id, key);
    }

    /// One that has ended, with what it came to; `None` where it panicked.
    pub(super) fn ended(&mut self) -> Option<(K, Option<T>)> {
        let (id, outcome) = match self.tasks.try_join_next_with_id()? {
            Ok((id, outcome)) => (id, Some(outcome)),
            Err(panicked) => (panicked.id(), None),
        };
        self.keys.remove(&id).map(|key| (key, outcome))
    }

    /// Waits for all, and forgets what they came to.
    pub(super) async fn finish(&mut self) {
        while self.tasks.join_next().await.is_some() {}
        self.keys.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_ends_its_own_key_alone() {
        let mut under_way = UnderWay::new();
        under_way.start("bad", async { panic!("a bug") });
        under_way.start("slow", std::future::pending::<u8>());
        tokio::task::yield_now().await;
        assert_eq!(under_way.ended(), Some(("bad", None)));
        assert_eq!(under_way.ended(), None);
        assert!(under_way.has(&"slow") && !under_way.has(&"bad"));
        assert_eq!(under_way.len(), 1);
    }
}
