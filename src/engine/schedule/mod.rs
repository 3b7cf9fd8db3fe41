//! When things happen next: cron lines, poll times, re-checks. Pure: `now` and the jitter are arguments, and the same
//! arguments give the same answer.
//!
//! Laws, held by tests: a cron line's times strictly increase, no day is lost and none comes twice at a change of
//! daylight saving; the next poll is always later than now and never sooner than the publisher asked for.

mod duration;
mod field;
mod poll;
mod recheck;
mod rhythm;
mod wall;

pub use duration::{format_duration, parse_duration};
pub use poll::{
    BACKOFF_MAX, CACHE_HINT_MAX, FAILING_AFTER, PollInput, PollNext, PollOutcome, PollTimes, RETRY_AFTER_MAX,
    SAFETY_MAX, after_poll, due_by, first_poll,
};
pub use recheck::{RecheckInput, RecheckRules, RecheckSchedule, next_recheck};
pub use rhythm::{Bounds, Rhythm};
pub use wall::Wall;

use crate::model::time::{SignedDuration, Timestamp};

/// The share of an interval that jitter may add.
const JITTER_SHARE: f64 = 0.1;

/// An interval made up to a tenth longer; `jitter` is in `[0, 1)`.
fn jittered(interval: SignedDuration, jitter: f64) -> SignedDuration {
    let extra = (interval.as_secs_f64() * JITTER_SHARE * jitter.clamp(0.0, 1.0)).max(0.0);
    SignedDuration::try_from_secs_f64(extra).ok().and_then(|extra| interval.checked_add(extra)).unwrap_or(interval)
}

/// `now + wait`, held inside the calendar and at least a millisecond after `now`: nothing may be due at once for ever.
fn later(now: Timestamp, wait: SignedDuration) -> Timestamp {
    let wait = wait.max(SignedDuration::from_millis(1));
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}
