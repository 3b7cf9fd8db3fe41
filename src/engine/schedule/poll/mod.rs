//! When a source is polled next, and how it fares.
//!
//! A success waits for the source's interval or cron line, and for the publisher's hints where those ask for more. A
//! source whose hub pushes is polled to make sure, eight times more seldom. A failure waits twice as long each time, up to
//! a day. Three failures in a row are told, once; so is the recovery.

#[cfg(test)]
mod tests;

use jiff::tz::TimeZone;
use xxhash_rust::xxh3::xxh3_64;

use super::{Bounds, Rhythm, Wall, jittered, later};
use crate::model::event::EventKind;
use crate::model::fetch::{CacheHints, Disposition, FetchError};
use crate::model::ids::SourceId;
use crate::model::source::{SourceHealth, WaitReason};
use crate::model::time::{SignedDuration, Timestamp};

/// The longest `max-age`, `Expires` or `ttl` that is obeyed: beyond it a misconfigured header would hide the news.
pub const CACHE_HINT_MAX: SignedDuration = SignedDuration::from_hours(24);

/// The longest `Retry-After` that is obeyed.
pub const RETRY_AFTER_MAX: SignedDuration = SignedDuration::from_hours(31 * 24);

/// Failures wait at most this long, unless the source's own interval is longer.
pub const BACKOFF_MAX: SignedDuration = SignedDuration::from_hours(24);

/// A source whose hub pushes is still polled this often at least: a hub may fail without a word.
pub const SAFETY_MAX: SignedDuration = SignedDuration::from_hours(6);

/// And so many times more seldom than it would be without.
const SAFETY_TIMES: i32 = 8;

/// So many failures in a row make a source "failing" to people: fewer are the weather of the network.
pub const FAILING_AFTER: u32 = 3;

/// A source on a cron line is tried again this soon after its first failure, if its next time is not sooner.
const CRON_RETRY: SignedDuration = SignedDuration::from_mins(5);

/// Sources that are due at once are polled this far apart on average, so that a start is no thundering herd, and a handful
/// of sources is still polled at once.
const HERD_GAP: SignedDuration = SignedDuration::from_millis(100);

/// And within this part of a source's interval, however many they are.
const HERD_PART: i32 = 10;

/// When a source is polled.
#[derive(Debug, Clone, PartialEq)]
pub enum PollTimes {
    /// After this interval, with jitter.
    Every(SignedDuration),
    /// By the rhythm of its entries, within bounds, with jitter.
    Adaptive(Bounds),
    /// On a cron line in a time zone.
    Cron(Wall, TimeZone),
}

/// What a poll came to.
#[derive(Debug, Clone, Copy)]
pub enum PollOutcome<'a> {
    /// A feed, or "not modified".
    Worked {
        /// From the answer's headers.
        hints: &'a CacheHints,
        /// From the feed itself; of the last full answer where this one was "not modified".
        ttl_s: Option<u64>,
    },
    /// The request failed.
    Failed(&'a FetchError),
    /// An answer that is no feed, in words.
    Unreadable(&'a str),
}

/// What [`after_poll`] decides on.
#[derive(Debug, Clone, Copy)]
pub struct PollInput<'a> {
    /// Before this poll.
    pub health: &'a SourceHealth,
    /// Of this poll.
    pub outcome: PollOutcome<'a>,
    /// The source's.
    pub times: &'a PollTimes,
    /// How its entries have appeared, this poll's among them.
    pub rhythm: Rhythm,
    /// Whether its hub pushes what is new.
    pub pushed: bool,
    /// When the poll ended.
    pub now: Timestamp,
    /// In `[0, 1)`.
    pub jitter: f64,
}

/// What [`after_poll`] decides.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct PollNext {
    /// After this poll.
    pub health: SourceHealth,
    /// Always later than now; `None` for a parked source.
    pub next_poll: Option<Timestamp>,
    /// The wait without its jitter; `None` where a cron line says when, and for a parked source.
    pub interval: Option<SignedDuration>,
    /// What decided on it.
    pub reason: WaitReason,
    /// Until when the publisher asked to be left alone.
    pub held_until: Option<Timestamp>,
    /// `source.failing` or `source.recovered`, where this poll made it so.
    pub event: Option<EventKind>,
    /// Set where the publisher asked for a longer wait than is obeyed: what was asked for, to be logged.
    pub capped: Option<SignedDuration>,
}

/// Decides after a poll: health, next time, and whether people are told.
pub fn after_poll(input: PollInput<'_>) -> PollNext {
    match input.outcome {
        PollOutcome::Worked { hints, ttl_s } => worked(&input, hints, ttl_s),
        PollOutcome::Failed(error) => failed(&input, &error.to_string(), Some(error)),
        PollOutcome::Unreadable(reason) => failed(&input, reason, None),
    }
}

/// When a source is polled that is due now together with `herd - 1` others (at a start, after a sleep, on a reload that
/// brought many): now if it is alone, else soon, at a moment of its own.
pub fn first_poll(source: &SourceId, times: &PollTimes, herd: usize, now: Timestamp) -> Timestamp {
    let gap = match times {
        PollTimes::Every(interval) => *interval,
        PollTimes::Adaptive(bounds) => bounds.min,
        PollTimes::Cron(wall, zone) => {
            wall.next(zone, now).map_or(SignedDuration::ZERO, |next| next.duration_since(now))
        }
    };
    let others = i32::try_from(herd.saturating_sub(1)).unwrap_or(i32::MAX);
    let spread = HERD_GAP.saturating_mul(others).min(gap / HERD_PART);
    let offset_ms = i128::from(xxh3_64(source.as_str().as_bytes())) % spread.as_millis().max(1);
    let offset = SignedDuration::from_millis(i64::try_from(offset_ms).unwrap_or(0));
    now.checked_add(offset).unwrap_or(now)
}

/// When a healthy source is due by its `times` alone, hints left aside: at the latest jitter after `last_poll`, or at the
/// first cron time after `now`.
pub fn due_by(times: &PollTimes, rhythm: Rhythm, last_poll: Timestamp, now: Timestamp) -> Option<Timestamp> {
    match (times, interval(times, rhythm, now)) {
        (PollTimes::Cron(wall, zone), _) => wall.next(zone, now),
        (_, Some((interval, _))) => Some(later(last_poll, jittered(interval, 1.0))),
        (_, None) => None,
    }
}

/// The interval between two polls that work, and what it comes from; none on a cron line.
fn interval(times: &PollTimes, rhythm: Rhythm, now: Timestamp) -> Option<(SignedDuration, WaitReason)> {
    match times {
        PollTimes::Every(interval) => Some((*interval, WaitReason::Config)),
        PollTimes::Adaptive(bounds) => Some(rhythm.interval(*bounds, now)),
        PollTimes::Cron(..) => None,
    }
}

/// The interval of a source whose hub pushes.
fn safety(interval: SignedDuration) -> SignedDuration {
    interval.checked_mul(SAFETY_TIMES).unwrap_or(SAFETY_MAX).min(SAFETY_MAX).max(interval)
}

fn worked(input: &PollInput<'_>, hints: &CacheHints, ttl_s: Option<u64>) -> PollNext {
    let ttl = ttl_s.map(|ttl_s| SignedDuration::from_secs(i64::try_from(ttl_s).unwrap_or(i64::MAX)));
    let asked = hints.fresh_for.max(ttl).unwrap_or(SignedDuration::ZERO);
    let retry_after = hints.retry_after.unwrap_or(SignedDuration::ZERO);
    let hold = asked.min(CACHE_HINT_MAX).max(retry_after.min(RETRY_AFTER_MAX));
    let held = later(input.now, hold);
    let (planned, wait, reason) = plan(input).unwrap_or((held, Some(hold), WaitReason::Publisher));
    // At the end of the hold rather than at the next cron time after it: a daily poll under `max-age=86400` would lose
    // every second day.
    let is_held = held > planned;
    PollNext {
        health: SourceHealth::Healthy,
        next_poll: Some(planned.max(held)),
        interval: if is_held { Some(hold) } else { wait },
        reason: if is_held { WaitReason::Publisher } else { reason },
        held_until: (!hold.is_zero()).then_some(held),
        event: was_declared(input.health).then_some(EventKind::SourceRecovered),
        capped: capped(asked, CACHE_HINT_MAX).or(capped(retry_after, RETRY_AFTER_MAX)),
    }
}

/// When a source is due after a poll that worked, hints left aside, with the interval behind that and its reason.
fn plan(input: &PollInput<'_>) -> Option<(Timestamp, Option<SignedDuration>, WaitReason)> {
    let Some((own, reason)) = interval(input.times, input.rhythm, input.now) else {
        let PollTimes::Cron(wall, zone) = input.times else { return None };
        return Some((wall.next(zone, input.now)?, None, WaitReason::Cron));
    };
    let (interval, reason) = if input.pushed { (safety(own), WaitReason::Push) } else { (own, reason) };
    Some((later(input.now, jittered(interval, input.jitter)), Some(interval), reason))
}

fn failed(input: &PollInput<'_>, reason: &str, error: Option<&FetchError>) -> PollNext {
    let (since, streak, confirmed) = match input.health {
        SourceHealth::Healthy => (input.now, 1, false),
        SourceHealth::Failing { since, streak, last } => (*since, streak.saturating_add(1), last == reason),
        SourceHealth::Parked { reason: last } => (input.now, FAILING_AFTER, last == reason),
    };
    let declared = was_declared(input.health);
    // 410 says "for good", but only the same answer twice is believed.
    if confirmed && error.and_then(FetchError::status) == Some(410) {
        return PollNext {
            health: SourceHealth::Parked { reason: reason.to_owned() },
            next_poll: None,
            interval: None,
            reason: WaitReason::Failing,
            held_until: None,
            event: (!declared).then_some(EventKind::SourceFailing),
            capped: None,
        };
    }
    let retry_after = match error.map(FetchError::disposition) {
        Some(Disposition::RetryAfter(wait)) => wait,
        _ => SignedDuration::ZERO,
    };
    // A server that is too busy and does not say until when gets twice the usual wait from the start.
    let doublings = streak.saturating_sub(1) + u32::from(error.and_then(FetchError::status) == Some(429));
    let held = later(input.now, retry_after.min(RETRY_AFTER_MAX));
    let next_poll = retry_time(input, doublings).max(held);
    PollNext {
        health: SourceHealth::Failing { since, streak, last: reason.to_owned() },
        next_poll: Some(next_poll),
        interval: Some(next_poll.duration_since(input.now)),
        reason: if held == next_poll { WaitReason::Publisher } else { WaitReason::Failing },
        held_until: (!retry_after.is_zero()).then_some(held),
        event: (streak >= FAILING_AFTER && !declared).then_some(EventKind::SourceFailing),
        capped: capped(retry_after, RETRY_AFTER_MAX),
    }
}

/// When a failing source is tried again, after so many doublings of the first wait.
fn retry_time(input: &PollInput<'_>, doublings: u32) -> Timestamp {
    if let Some((own, _)) = interval(input.times, input.rhythm, input.now) {
        return later(input.now, jittered(backoff(own, doublings).max(own), input.jitter));
    }
    let retry = later(input.now, jittered(backoff(CRON_RETRY, doublings), input.jitter));
    let PollTimes::Cron(wall, zone) = input.times else { return retry };
    match wall.next(zone, input.now) {
        // A line with long gaps is tried again inside the gap; a frequent one skips times.
        Some(next) if retry >= next => wall.next(zone, retry).unwrap_or(retry),
        _ => retry,
    }
}

/// `first`, doubled so many times, up to [`BACKOFF_MAX`].
fn backoff(first: SignedDuration, doublings: u32) -> SignedDuration {
    let factor = 1_i32.checked_shl(doublings.min(30)).unwrap_or(i32::MAX);
    first.checked_mul(factor).unwrap_or(BACKOFF_MAX).min(BACKOFF_MAX)
}

/// Whether people were told that the source is failing.
fn was_declared(health: &SourceHealth) -> bool {
    match health {
        SourceHealth::Healthy => false,
        SourceHealth::Failing { streak, .. } => *streak >= FAILING_AFTER,
        SourceHealth::Parked { .. } => true,
    }
}

fn capped(asked: SignedDuration, max: SignedDuration) -> Option<SignedDuration> {
    (asked > max).then_some(asked)
}
