//! A place where a server on loopback holds its answer until the test says go: what is killed meanwhile is killed in the
//! middle of its work, whatever the machine's pace.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// Longest that a server holds an answer: a test that failed meanwhile must not hang.
const HELD_MAX: Duration = Duration::from_secs(30);

#[derive(Debug, Default)]
struct State {
    armed: Option<&'static str>,
    reached: bool,
}

/// Shared between the test and its servers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gate(Arc<(Mutex<State>, Condvar)>);

impl Gate {
    /// The next server that comes to `place` is held.
    pub(crate) fn arm(&self, place: &'static str) {
        *self.0.0.lock().unwrap() = State { armed: Some(place), reached: false };
    }

    /// Called by a server; comes back at once unless this place is armed.
    pub(crate) fn pass(&self, place: &str) {
        let (state, changed) = &*self.0;
        let mut state = state.lock().unwrap();
        if state.armed == Some(place) && !state.reached {
            state.reached = true;
            changed.notify_all();
            drop(changed.wait_timeout_while(state, HELD_MAX, |state| state.armed.is_some()).unwrap());
        }
    }

    /// Waits until a server is held, or for so long; says whether one is.
    pub(crate) fn reached(&self, within: Duration) -> bool {
        let (state, changed) = &*self.0;
        let (state, _) = changed.wait_timeout_while(state.lock().unwrap(), within, |state| !state.reached).unwrap();
        state.reached
    }

    /// Lets go whoever is held.
    pub(crate) fn open(&self) {
        *self.0.0.lock().unwrap() = State::default();
        self.0.1.notify_all();
    }
}
