//! When a source is polled next.

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
    after_poll(PollInput { health, outcome, times, rhythm: Rhythm::default(), pushed: false, now: now(), jitter: 0.0 })
}

fn wait(next: &PollNext) -> Option<String> {
    next.next_poll.map(|at| format_duration(at.duration_since(now())))
}

#[track_caller]
fn check_worked(times: &PollTimes, fresh_for: &str, retry_after: &str, ttl_s: u64, expected: &str) {
    let hints = CacheHints { fresh_for: parse_duration(fresh_for).ok(), retry_after: parse_duration(retry_after).ok() };
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
    let asked = FetchError::Throttled { url: url(), status: 429, retry_after: Some(SignedDuration::from_hours(72)) };
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
