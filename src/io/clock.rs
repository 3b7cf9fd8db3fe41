//! The only reader of the clock and the only source of randomness. Everything else is told the time.
//!
//! A fixed clock stands still until its handle moves it, so that weeks of schedule run in milliseconds; its jitter is a
//! constant. [`Clock::instant`] is real time in both: it paces sockets, which a moved clock cannot hurry.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use crate::model::time::{SignedDuration, Timestamp};

/// What a fixed clock answers for [`Clock::jitter`] until told otherwise: the middle of the range.
const FIXED_JITTER: f64 = 0.5;

/// Tells the time and draws jitter.
#[derive(Debug, Clone)]
pub struct Clock(Reading);

#[derive(Debug, Clone)]
enum Reading {
    System,
    Fixed(Arc<Mutex<Hands>>),
}

/// What a fixed clock shows.
#[derive(Debug)]
struct Hands {
    now: Timestamp,
    jitter: f64,
}

/// Moves a fixed clock.
#[derive(Debug, Clone)]
pub struct ClockHandle(Arc<Mutex<Hands>>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Reading::System)
    }

    /// A clock that stands at `now` until the handle moves it.
    pub fn fixed(now: Timestamp) -> (Self, ClockHandle) {
        let hands = Arc::new(Mutex::new(Hands { now, jitter: FIXED_JITTER }));
        (Self(Reading::Fixed(Arc::clone(&hands))), ClockHandle(hands))
    }

    /// The time of day.
    #[expect(clippy::disallowed_methods, reason = "this is the one reader of the clock")]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Reading::System => Timestamp::now(),
            Reading::Fixed(hands) => lock(hands).now,
        }
    }

    /// A random number in [0, 1).
    #[expect(clippy::disallowed_methods, reason = "this is the one source of randomness")]
    pub fn jitter(&self) -> f64 {
        match &self.0 {
            Reading::System => fastrand::f64(),
            Reading::Fixed(hands) => lock(hands).jitter,
        }
    }

    /// A monotonic reading for time-outs, spacing and measured durations; real also where the clock is fixed.
    #[expect(clippy::disallowed_methods, reason = "this is the one reader of the clock")]
    pub fn instant(&self) -> Instant {
        Instant::now()
    }
}

impl ClockHandle {
    /// Moves the clock on (or back, for a negative duration).
    pub fn advance(&self, by: SignedDuration) {
        let mut hands = lock(&self.0);
        // A clock at the end of time stays there.
        hands.now = hands.now.saturating_add(by).unwrap_or(hands.now);
    }

    /// Sets the clock.
    pub fn set(&self, now: Timestamp) {
        lock(&self.0).now = now;
    }

    /// Sets what [`Clock::jitter`] answers; kept within [0, 1).
    pub fn set_jitter(&self, jitter: f64) {
        lock(&self.0).jitter = jitter.clamp(0.0, 1.0 - f64::EPSILON);
    }
}

/// The hands, also after a panic elsewhere: two plain values cannot be half written.
fn lock(hands: &Mutex<Hands>) -> std::sync::MutexGuard<'_, Hands> {
    hands.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_moves_only_by_its_handle() {
        let start: Timestamp = "2026-01-31T12:00:00Z".parse().unwrap();
        let (clock, handle) = Clock::fixed(start);
        let copy = clock.clone();
        handle.advance(SignedDuration::from_hours(24));
        assert_eq!(copy.now().to_string(), "2026-02-01T12:00:00Z");
        handle.set(start);
        assert_eq!(clock.now(), start);
    }

    #[test]
    fn jitter_stays_below_one() {
        let (clock, handle) = Clock::fixed(Timestamp::UNIX_EPOCH);
        handle.set_jitter(1.0);
        assert!(clock.jitter() < 1.0);
        for _ in 0..1000 {
            assert!((0.0..1.0).contains(&Clock::system().jitter()));
        }
    }
}
