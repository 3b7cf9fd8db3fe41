//! When a tracked article's page is looked at again: often while it is young, since news is edited early, then ever
//! more seldom. A real change makes it young again; articles on a topic are followed for longer.

use std::fmt;

use jiff::tz::TimeZone;

use super::{format_duration, jittered, later, parse_duration};
use crate::model::time::{Published, SignedDuration, Timestamp};

/// Steps by age, as in `["15m until 5h", "30m until 12h"]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecheckSchedule {
    steps: Vec<Step>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    every: SignedDuration,
    until: SignedDuration,
}

impl RecheckSchedule {
    /// Reads the steps; the ages must ascend. An empty list re-checks nothing.
    pub fn parse(steps: &[String]) -> Result<Self, String> {
        let mut read: Vec<Step> = Vec::new();
        for (index, text) in steps.iter().enumerate() {
            let step = Self::parse_step(text)?;
            if read.last().is_some_and(|before| before.until >= step.until) {
                let before = steps.get(index.wrapping_sub(1)).map_or("", String::as_str);
                return Err(format!("the ages must ascend: `{text}` comes after `{before}`"));
            }
            read.push(step);
        }
        Ok(Self { steps: read })
    }

    fn parse_step(text: &str) -> Result<Step, String> {
        let (every, until) =
            text.split_once(" until ").ok_or_else(|| format!("`{text}` is no step: write \"15m until 5h\""))?;
        let step = Step { every: parse_duration(every)?, until: parse_duration(until)? };
        if step.every <= SignedDuration::ZERO {
            return Err(format!("`{text}`: the interval must be longer than zero"));
        }
        Ok(step)
    }

    /// The interval at an age; `None` beyond the last step.
    pub fn every_at(&self, age: SignedDuration) -> Option<SignedDuration> {
        self.steps.iter().find(|step| age < step.until).map(|step| step.every)
    }

    /// The next look, for an article whose age counts from `age_since` (its publication or last real change) and that
    /// was last looked at at `last_check`. `None` once it is too old. Always later than `now`.
    pub fn next(&self, age_since: Timestamp, last_check: Timestamp, now: Timestamp, jitter: f64) -> Option<Timestamp> {
        // A publisher's clock may run ahead: such an article is new, not of negative age.
        let age = last_check.duration_since(age_since).max(SignedDuration::ZERO);
        let every = self.every_at(age)?;
        Some(due(last_check, every, now, jitter))
    }
}

impl fmt::Display for RecheckSchedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{} until {}", format_duration(step.every), format_duration(step.until))?;
        }
        Ok(())
    }
}

/// `[recheck]`: the schedule, and how long articles on a topic are followed beyond it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecheckRules {
    /// By age since publication or the last real change.
    pub schedule: RecheckSchedule,
    /// Articles on a topic go on until this age …
    pub on_topic_until: SignedDuration,
    /// … at this interval.
    pub on_topic_every: SignedDuration,
}

/// What the time of an article's next look depends on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RecheckInput {
    /// As the publisher states it.
    pub published: Option<Published>,
    /// When wirewatch first saw it.
    pub first_seen: Timestamp,
    /// When its last revision but the first was seen.
    pub last_change: Option<Timestamp>,
    /// The look that has just been made.
    pub last_check: Timestamp,
    /// Whether a topic matches it.
    pub on_topic: bool,
    /// The time now.
    pub now: Timestamp,
    /// In `[0, 1)`.
    pub jitter: f64,
}

/// The next look at an article; `None` once it is too old. Always later than `input.now`. An article that was old when it
/// was found (a page without a new date, a source's backlog) is followed at the slowest pace for as long as a new one is.
pub fn next_recheck(input: &RecheckInput, rules: &RecheckRules) -> Option<Timestamp> {
    let since = age_since(input);
    if let Some(at) = rules.schedule.next(since, input.last_check, input.now, input.jitter) {
        return Some(at);
    }
    let known_for = input.last_check.duration_since(input.first_seen);
    if let Some(slowest) = rules.schedule.steps.last().filter(|slowest| known_for < slowest.until) {
        return Some(due(input.last_check, slowest.every, input.now, input.jitter));
    }
    let age = input.last_check.duration_since(since);
    (input.on_topic && age < rules.on_topic_until)
        .then(|| due(input.last_check, rules.on_topic_every, input.now, input.jitter))
}

/// From when the age counts: the last change, else the publication as far as it can be believed.
fn age_since(input: &RecheckInput) -> Timestamp {
    let published = match input.published {
        None => input.first_seen,
        Some(Published::Instant(at, _)) => at.min(input.first_seen),
        // A bare day is any moment of it: an article first seen that day counts as new, an older one from its end.
        Some(Published::Day(day)) => day
            .tomorrow()
            .ok()
            .and_then(|end| TimeZone::UTC.to_timestamp(end.at(0, 0, 0, 0)).ok())
            .map_or(input.first_seen, |end| end.min(input.first_seen)),
    };
    input.last_change.map_or(published, |change| change.max(published))
}

fn due(last_check: Timestamp, every: SignedDuration, now: Timestamp, jitter: f64) -> Timestamp {
    later(last_check, jittered(every, jitter)).max(later(now, SignedDuration::ZERO))
}

#[cfg(test)]
mod tests {
    use jiff::tz::Offset;
    use proptest::prelude::*;

    use super::*;

    fn rules() -> RecheckRules {
        let steps =
            ["15m until 5h", "30m until 12h", "2h until 48h", "12h until 7d", "3d until 30d"].map(str::to_owned);
        RecheckRules {
            schedule: RecheckSchedule::parse(&steps).unwrap(),
            on_topic_until: parse_duration("365d").unwrap(),
            on_topic_every: parse_duration("7d").unwrap(),
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn input(age: &str, on_topic: bool) -> RecheckInput {
        let now = at("2026-06-15T12:00:00Z");
        let first_seen = now - parse_duration(age).unwrap();
        RecheckInput { published: None, first_seen, last_change: None, last_check: now, on_topic, now, jitter: 0.0 }
    }

    #[track_caller]
    fn check(input: &RecheckInput, wait: Option<&str>) {
        let next = next_recheck(input, &rules()).map(|at| format_duration(at.duration_since(input.now)));
        assert_eq!(next.as_deref(), wait);
    }

    #[test]
    fn the_wait_grows_with_the_age() {
        for (age, wait) in [
            ("0s", Some("15m")),
            ("4h", Some("15m")),
            ("5h", Some("30m")),
            ("11h59m", Some("30m")),
            ("12h", Some("2h")),
            ("48h", Some("12h")),
            ("7d", Some("3d")),
            ("30d", None),
        ] {
            check(&input(age, false), wait);
        }
    }

    #[test]
    fn an_article_on_a_topic_is_followed_for_a_year() {
        check(&input("4h", true), Some("15m"));
        check(&input("30d", true), Some("7d"));
        check(&input("364d", true), Some("7d"));
        check(&input("365d", true), None);
    }

    #[test]
    fn an_article_that_was_old_when_it_was_found_is_followed_seldom() {
        for (found, on_topic, wait) in [
            ("0s", false, Some("3d")),
            ("29d", false, Some("3d")),
            ("30d", false, None),
            ("0s", true, Some("3d")),
            ("31d", true, None),
        ] {
            let mut old = input(found, on_topic);
            old.published = Published::parse_stored("2021-03-19");
            check(&old, wait);
        }
    }

    #[test]
    fn a_real_change_restarts_the_schedule() {
        let mut changed = input("40d", false);
        changed.last_change = Some(changed.now);
        check(&changed, Some("15m"));
    }

    #[test]
    fn the_publication_counts_unless_it_lies_in_the_future() {
        let mut old = input("0s", false);
        old.published = Some(Published::Instant(at("2026-06-12T12:00:00Z"), Offset::UTC));
        check(&old, Some("12h"));
        old.published = Some(Published::Instant(at("2031-01-01T00:00:00Z"), Offset::UTC));
        check(&old, Some("15m"));
    }

    #[test]
    fn a_bare_day_of_today_is_new() {
        let mut today = input("0s", false);
        today.published = Published::parse_stored("2026-06-15");
        check(&today, Some("15m"));
        today.published = Published::parse_stored("2026-06-10");
        check(&today, Some("12h"));
    }

    #[test]
    fn a_look_missed_while_nothing_ran_is_due_at_once_but_not_in_the_past() {
        let mut late = input("0s", false);
        late.last_check = late.now;
        late.now += parse_duration("3h").unwrap();
        let next = next_recheck(&late, &rules()).unwrap();
        assert_eq!(next.duration_since(late.now), SignedDuration::from_millis(1));
    }

    #[test]
    fn a_wrong_step_is_refused() {
        for (steps, says) in [
            (vec!["15m"], "`15m` is no step: write \"15m until 5h\""),
            (vec!["0s until 5h"], "`0s until 5h`: the interval must be longer than zero"),
            (vec!["15m until 5h", "30m until 5h"], "the ages must ascend: `30m until 5h` comes after `15m until 5h`"),
        ] {
            let steps: Vec<String> = steps.into_iter().map(str::to_owned).collect();
            assert_eq!(RecheckSchedule::parse(&steps), Err(says.to_owned()));
        }
    }

    #[test]
    fn a_schedule_prints_as_it_is_written() {
        assert_eq!(
            rules().schedule.to_string(),
            "15m until 5h, 30m until 12h, 2h until 48h, 12h until 7d, 3d until 30d"
        );
    }

    proptest! {
        #[test]
        fn the_next_look_is_always_later_than_now(
            age_s in -100_000_i64..4_000_000,
            since_check_s in 0_i64..4_000_000,
            jitter in 0.0..1.0_f64,
        ) {
            let now = at("2026-06-15T12:00:00Z");
            let last_check = now - SignedDuration::from_secs(since_check_s);
            let since = now - SignedDuration::from_secs(age_s);
            if let Some(next) = rules().schedule.next(since, last_check, now, jitter) {
                prop_assert!(next > now);
            }
        }
    }
}
