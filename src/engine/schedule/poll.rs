//! When a source is polled next, and how it fares.
//!
//! A success waits for the source's interval or cron line, and for the publisher's hints where those ask for more. A
//! source whose hub pushes is polled to make sure, eight times more seldom. A failure waits twice as long each time, up to
//! a day. Three failures in a row are told, once; so is the recovery.

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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::schedule::{format_duration, parse_duration};
    use crate::model::url::WebUrl;

    const NO_HINTS: CacheHints = CacheHints { fresh_for: None, retry_after: None };

    fn now() -> Timestamp {
        "2026-06-15T12:00:00Z".parse().unwrap()
    }

    fn every(text: &str) -> PollTimes {
        PollTimes::Every(parse_duration(text).unwrap())
    }

    fn cron(line: &str) -> PollTimes {
        PollTimes::Cron(Wall::parse(line).unwrap(), TimeZone::UTC)
    }

    fn url() -> WebUrl {
        WebUrl::parse("https://a.test/rss").unwrap()
    }

    fn status(status: u16) -> FetchError {
        match status {
            404 | 410 => FetchError::Gone { url: url(), status },
            429 | 503 => FetchError::Throttled { url: url(), status, retry_after: None },
            _ => FetchError::Status { url: url(), status },
        }
    }

    fn poll(health: &SourceHealth, outcome: PollOutcome<'_>, times: &PollTimes) -> PollNext {
        after_poll(PollInput {
            health,
            outcome,
            times,
            rhythm: Rhythm::default(),
            pushed: false,
            now: now(),
            jitter: 0.0,
        })
    }

    fn wait(next: &PollNext) -> Option<String> {
        next.next_poll.map(|at| format_duration(at.duration_since(now())))
    }

    #[track_caller]
    fn check_worked(times: &PollTimes, fresh_for: &str, retry_after: &str, ttl_s: u64, expected: &str) {
        let hints =
            CacheHints { fresh_for: parse_duration(fresh_for).ok(), retry_after: parse_duration(retry_after).ok() };
        let next = poll(&SourceHealth::Healthy, PollOutcome::Worked { hints: &hints, ttl_s: Some(ttl_s) }, times);
        assert_eq!(wait(&next).as_deref(), Some(expected));
        assert_eq!((next.health, next.event), (SourceHealth::Healthy, None));
    }

    #[test]
    fn a_poll_is_never_sooner_than_the_publisher_asks() {
        check_worked(&every("30m"), "0s", "0s", 0, "30m");
        check_worked(&every("30m"), "1h", "0s", 0, "1h");
        check_worked(&every("30m"), "5m", "0s", 3600, "1h");
        check_worked(&every("200ms"), "0s", "0s", 0, "200ms");
        check_worked(&every("30m"), "30d", "0s", 0, "24h");
        check_worked(&every("30m"), "0s", "7d", 0, "7d");
        check_worked(&every("30m"), "0s", "90d", 0, "31d");
        check_worked(&every("7d"), "0s", "0s", 0, "7d");
    }

    #[test]
    fn a_cron_line_gives_the_time_unless_a_hint_holds_it_back() {
        check_worked(&cron("0 13 * * *"), "0s", "0s", 0, "1h");
        check_worked(&cron("0 13 * * *"), "90m", "0s", 0, "1h30m");
        check_worked(&cron("0 12 * * *"), "24h", "0s", 0, "24h");
    }

    #[test]
    fn a_source_whose_hub_pushes_is_polled_to_make_sure_and_a_cron_line_is_kept() {
        let pushed = |times: &PollTimes| {
            let outcome = PollOutcome::Worked { hints: &NO_HINTS, ttl_s: None };
            let (health, rhythm) = (SourceHealth::Healthy, Rhythm::default());
            let input = PollInput { health: &health, outcome, times, rhythm, pushed: true, now: now(), jitter: 0.0 };
            let next = after_poll(input);
            (wait(&next).unwrap(), next.reason)
        };
        for (interval, safety) in [("10m", "1h20m"), ("30m", "4h"), ("2h", "6h"), ("1d", "24h"), ("200ms", "1s600ms")] {
            assert_eq!(pushed(&every(interval)), (safety.to_owned(), WaitReason::Push), "{interval}");
        }
        assert_eq!(pushed(&cron("0 13 * * *")), ("1h".to_owned(), WaitReason::Cron));
    }

    #[test]
    fn what_decided_is_said() {
        let hour = CacheHints { fresh_for: parse_duration("1h").ok(), retry_after: None };
        let reason = |outcome: PollOutcome<'_>, times: &PollTimes| {
            let next = poll(&SourceHealth::Healthy, outcome, times);
            (next.interval.map(format_duration), next.reason, next.held_until.is_some())
        };
        let plain = PollOutcome::Worked { hints: &NO_HINTS, ttl_s: None };
        let held = PollOutcome::Worked { hints: &hour, ttl_s: None };
        let minutes = |minutes: u32| Some(format!("{minutes}m"));
        let broken = status(500);
        assert_eq!(reason(plain, &every("30m")), (minutes(30), WaitReason::Config, false));
        assert_eq!(reason(held, &every("30m")), (Some("1h".to_owned()), WaitReason::Publisher, true));
        assert_eq!(reason(held, &every("2h")), (Some("2h".to_owned()), WaitReason::Config, true));
        assert_eq!(reason(plain, &cron("0 13 * * *")), (None, WaitReason::Cron, false));
        assert_eq!(reason(PollOutcome::Failed(&broken), &every("30m")), (minutes(30), WaitReason::Failing, false));
        let bounds = Bounds {
            usual: parse_duration("30m").unwrap(),
            min: parse_duration("20m").unwrap(),
            max: parse_duration("4h").unwrap(),
        };
        assert_eq!(reason(plain, &PollTimes::Adaptive(bounds)), (minutes(30), WaitReason::Config, false));
    }

    #[test]
    fn a_hint_that_is_not_obeyed_in_full_is_reported() {
        let hints = CacheHints { fresh_for: parse_duration("30d").ok(), retry_after: None };
        let next = poll(&SourceHealth::Healthy, PollOutcome::Worked { hints: &hints, ttl_s: None }, &every("30m"));
        assert_eq!(next.capped, parse_duration("30d").ok());
    }

    #[test]
    fn failures_back_off_to_a_day_and_are_told_once() {
        let mut health = SourceHealth::Healthy;
        let mut seen = Vec::new();
        for _ in 0..9 {
            let next = poll(&health, PollOutcome::Failed(&status(500)), &every("30m"));
            seen.push((wait(&next).unwrap(), next.event));
            health = next.health;
        }
        let told = |text: &str, event| (text.to_owned(), event);
        assert_eq!(
            seen,
            [
                told("30m", None),
                told("1h", None),
                told("2h", Some(EventKind::SourceFailing)),
                told("4h", None),
                told("8h", None),
                told("16h", None),
                told("24h", None),
                told("24h", None),
                told("24h", None),
            ]
        );
        let worked = PollOutcome::Worked { hints: &NO_HINTS, ttl_s: None };
        let back = poll(&health, worked, &every("30m"));
        assert_eq!((back.health.clone(), back.event), (SourceHealth::Healthy, Some(EventKind::SourceRecovered)));
        assert_eq!(poll(&back.health, worked, &every("30m")).event, None);
    }

    #[test]
    fn two_failures_and_a_success_are_not_worth_a_word() {
        let first = poll(&SourceHealth::Healthy, PollOutcome::Unreadable("HTML, no feed"), &every("30m"));
        let second = poll(&first.health, PollOutcome::Unreadable("HTML, no feed"), &every("30m"));
        let third = poll(&second.health, PollOutcome::Worked { hints: &NO_HINTS, ttl_s: None }, &every("30m"));
        assert_eq!([first.event, second.event, third.event], [None, None, None]);
        assert_eq!(second.health, SourceHealth::Failing { since: now(), streak: 2, last: "HTML, no feed".to_owned() });
    }

    #[test]
    fn gone_for_good_is_believed_the_second_time() {
        let first = poll(&SourceHealth::Healthy, PollOutcome::Failed(&status(410)), &every("30m"));
        assert_eq!((first.health.status(), wait(&first).as_deref()), ("failing", Some("30m")));
        let second = poll(&first.health, PollOutcome::Failed(&status(410)), &every("30m"));
        assert_eq!((second.health.status(), second.next_poll), ("parked", None));
        assert_eq!(second.event, Some(EventKind::SourceFailing));
        let again = poll(&second.health, PollOutcome::Failed(&status(410)), &every("30m"));
        assert_eq!((again.health.status(), again.event), ("parked", None));
        let back = poll(&second.health, PollOutcome::Worked { hints: &NO_HINTS, ttl_s: None }, &every("30m"));
        assert_eq!(back.event, Some(EventKind::SourceRecovered));
    }

    #[test]
    fn another_failure_between_two_410s_does_not_confirm_them() {
        let first = poll(&SourceHealth::Healthy, PollOutcome::Failed(&status(410)), &every("30m"));
        let second = poll(&first.health, PollOutcome::Failed(&status(500)), &every("30m"));
        let third = poll(&second.health, PollOutcome::Failed(&status(410)), &every("30m"));
        assert_eq!(third.health.status(), "failing");
    }

    #[test]
    fn a_page_not_found_is_tried_ever_more_seldom_but_never_parked() {
        let mut health = SourceHealth::Healthy;
        for _ in 0..20 {
            health = poll(&health, PollOutcome::Failed(&status(404)), &every("30m")).health;
        }
        assert_eq!(health.status(), "failing");
    }

    #[test]
    fn a_throttled_source_waits_as_asked_or_twice_its_interval() {
        let asked =
            FetchError::Throttled { url: url(), status: 429, retry_after: Some(SignedDuration::from_hours(72)) };
        let next = poll(&SourceHealth::Healthy, PollOutcome::Failed(&asked), &every("30m"));
        assert_eq!(wait(&next).as_deref(), Some("3d"));
        let next = poll(&SourceHealth::Healthy, PollOutcome::Failed(&status(429)), &every("30m"));
        assert_eq!(wait(&next).as_deref(), Some("1h"));
    }

    #[test]
    fn a_cron_source_retries_inside_a_long_gap_and_skips_times_of_a_frequent_line() {
        let next = poll(&SourceHealth::Healthy, PollOutcome::Failed(&status(500)), &cron("0 7 * * *"));
        assert_eq!(wait(&next).as_deref(), Some("5m"));
        let streak = SourceHealth::Failing { since: now(), streak: 3, last: String::new() };
        let next = poll(&streak, PollOutcome::Failed(&status(500)), &cron("*/15 * * * *"));
        assert_eq!(wait(&next).as_deref(), Some("45m"));
    }

    #[test]
    fn what_is_due_at_once_is_spread_but_soon() {
        let waits = |herd: usize, times: PollTimes| {
            let id = |n| SourceId::new(format!("source-{n}")).unwrap();
            let waits = (0..herd).map(|n| first_poll(&id(n), &times, herd, now()).duration_since(now()));
            waits.collect::<std::collections::BTreeSet<_>>()
        };
        let last = |herd, times: PollTimes| waits(herd, times).last().copied().unwrap();
        assert_eq!(last(1, every("30m")), SignedDuration::ZERO);
        assert!(last(5, every("30m")) < SignedDuration::from_millis(400));
        assert!(last(200, every("1s")) < SignedDuration::from_millis(100));
        assert!(last(200, cron("1 12 * * *")) < SignedDuration::from_secs(6), "the line's next time is in a minute");
        let many = waits(200, every("30m"));
        assert!(many.len() > 150, "{} different moments", many.len());
        assert!(*many.last().unwrap() < SignedDuration::from_secs(20));
        assert!(last(100_000, every("30m")) < SignedDuration::from_mins(3), "a tenth of the interval");
    }

    fn any_times() -> impl Strategy<Value = PollTimes> {
        prop_oneof![
            (100_i64..100_000_000).prop_map(|ms| PollTimes::Every(SignedDuration::from_millis(ms))),
            prop::sample::select(&["*/5 * * * *", "0 7 * * 1-5", "30 2 1 * *"][..]).prop_map(cron),
        ]
    }

    proptest! {
        #[test]
        fn the_next_poll_is_always_later_than_now_and_than_the_hints(
            times in any_times(),
            streak in 0_u32..100_000,
            fails in any::<bool>(),
            fresh_s in 0_i64..100_000_000,
            retry_s in 0_i64..100_000_000,
            ttl_s in any::<u64>(),
            jitter in 0.0..1.0_f64,
            entries in 0.0..1000.0_f64,
            pushed in any::<bool>(),
        ) {
            let health = match streak {
                0 => SourceHealth::Healthy,
                _ => SourceHealth::Failing { since: now(), streak, last: "x".to_owned() },
            };
            let retry_after = SignedDuration::from_secs(retry_s);
            let hints = CacheHints { fresh_for: Some(SignedDuration::from_secs(fresh_s)), retry_after: Some(retry_after) };
            let error = FetchError::Throttled { url: url(), status: 503, retry_after: Some(retry_after) };
            let outcome = if fails { PollOutcome::Failed(&error) } else { PollOutcome::Worked { hints: &hints, ttl_s: Some(ttl_s) } };
            let rhythm = Rhythm { entries, span_s: 1e6, last_new: Some(now()) };
            let input = PollInput { health: &health, outcome, times: &times, rhythm, pushed, now: now(), jitter };
            let next = after_poll(input);
            let wait = next.next_poll.unwrap().duration_since(now());
            prop_assert!(wait > SignedDuration::ZERO);
            prop_assert!(wait >= retry_after.min(RETRY_AFTER_MAX));
            if !fails {
                prop_assert!(wait >= SignedDuration::from_secs(fresh_s).min(CACHE_HINT_MAX));
            }
            match times {
                PollTimes::Every(interval) => prop_assert!(wait >= interval),
                PollTimes::Adaptive(bounds) => prop_assert!(wait >= bounds.min),
                PollTimes::Cron(..) => {}
            }
        }
    }
}
