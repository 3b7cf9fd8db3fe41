//! A cron line against the wall clock of a time zone.
//!
//! The `cron` crate only ever sees a clock without gaps (local time labelled UTC); jiff turns wall time into instants.
//! A time that a change of daylight saving skips is taken as much later as the clock jumped (02:30 becomes 03:30 that
//! day). A time that comes twice is taken the first time only. A line for every hour follows real time instead, so
//! that "every 20 minutes" keeps its pace through the repeated hour.

use std::fmt;
use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

use super::field::{DAY_OF_MONTH, DAY_OF_WEEK, Field, FieldKind, HOUR, MINUTE, MONTH};
use crate::model::time::{SignedDuration, Timestamp};

/// No zone's clock has been set back by more than this since 1970, but for whole days at the date line.
const FOLD_MAX: SignedDuration = SignedDuration::from_hours(3);

/// How many wall times are looked at for one answer: every minute of two days covers any gap.
const WALLS_MAX: usize = 4000;

/// What the short names stand for.
const NAMED: [(&str, &str); 7] = [
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];

/// A five-field crontab line, or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`.
#[derive(Clone)]
pub struct Wall {
    text: String,
    /// One, or two where both day fields are restricted: crontab joins those by "or".
    alternatives: Vec<cron::Schedule>,
    every_hour: bool,
}

impl Wall {
    /// Reads a line as crontab(5) says. The error says which field is wrong and what may stand there.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let line = match text.strip_prefix('@') {
            Some(_) => NAMED
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(text))
                .map(|(_, line)| *line)
                .ok_or_else(|| format!("`{text}` is unknown: use @hourly, @daily, @weekly, @monthly or @yearly"))?,
            None => text,
        };
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else {
            return Err(wrong_field_count(fields.len()));
        };
        let hour = Field::parse(&HOUR, hour)?;
        let day = Field::parse(&DAY_OF_MONTH, day)?;
        let weekday = Field::parse(&DAY_OF_WEEK, weekday)?;
        let time = format!("0 {} {}", list(Field::parse(&MINUTE, minute)?, &MINUTE), list(hour, &HOUR));
        let month = list(Field::parse(&MONTH, month)?, &MONTH);
        let lines = if day.star || weekday.star {
            vec![format!("{time} {} {month} {}", list(day, &DAY_OF_MONTH), weekdays(weekday))]
        } else {
            vec![
                format!("{time} {} {month} *", list(day, &DAY_OF_MONTH)),
                format!("{time} * {month} {}", weekdays(weekday)),
            ]
        };
        let alternatives = lines
            .iter()
            .map(|line| cron::Schedule::from_str(line).map_err(|error| error.to_string()))
            .collect::<Result<_, _>>()?;
        let wall = Self { text: text.to_owned(), alternatives, every_hour: hour.is_all(&HOUR) };
        // Tried over decades of leap years, so that 29 February passes and 30 February does not.
        if wall.next(&TimeZone::UTC, Timestamp::UNIX_EPOCH).is_none() {
            return Err(format!("`{text}` never comes: no month in it has such a day"));
        }
        Ok(wall)
    }

    /// The first time after `after`; `None` only at the end of the calendar.
    pub fn next(&self, zone: &TimeZone, after: Timestamp) -> Option<Timestamp> {
        let from = zone.to_datetime(after).checked_sub(FOLD_MAX).ok()?;
        let mut best: Option<(Timestamp, DateTime)> = None;
        for wall in self.walls(from).take(WALLS_MAX) {
            // Beyond a fold's length after the best one, no later wall time can be an earlier instant.
            if let Some((_, at)) = best
                && at.checked_add(FOLD_MAX).is_ok_and(|end| wall > end)
            {
                break;
            }
            for instant in self.instants(zone, wall).into_iter().flatten() {
                if instant > after && best.is_none_or(|(known, _)| instant < known) {
                    best = Some((instant, wall));
                }
            }
        }
        best.map(|(instant, _)| instant)
    }

    /// The instants at which a wall time comes: two, if the line follows real time and the hour is repeated.
    fn instants(&self, zone: &TimeZone, wall: DateTime) -> [Option<Timestamp>; 2] {
        let ambiguous = zone.to_ambiguous_timestamp(wall);
        match (ambiguous.offset(), self.every_hour) {
            (AmbiguousOffset::Fold { before, after }, true) => {
                [before.to_timestamp(wall).ok(), after.to_timestamp(wall).ok()]
            }
            (AmbiguousOffset::Gap { .. }, true) => [None, None],
            (AmbiguousOffset::Unambiguous { .. }, true) | (_, false) => [ambiguous.compatible().ok(), None],
        }
    }

    /// The line's wall times after `from`, ascending, each once.
    fn walls(&self, from: DateTime) -> impl Iterator<Item = DateTime> {
        let start = labelled_utc(from);
        let mut heads: Vec<_> = self
            .alternatives
            .iter()
            .filter_map(|schedule| start.map(|start| schedule.after_owned(start).peekable()))
            .collect();
        std::iter::from_fn(move || {
            let next = heads.iter_mut().filter_map(|times| times.peek().copied()).min()?;
            for times in &mut heads {
                times.next_if_eq(&next);
            }
            let seconds = Timestamp::from_second(next.timestamp()).ok()?;
            Some(TimeZone::UTC.to_datetime(seconds))
        })
    }
}

fn labelled_utc(wall: DateTime) -> Option<chrono::DateTime<chrono::Utc>> {
    let seconds = TimeZone::UTC.to_timestamp(wall).ok()?.as_second();
    chrono::DateTime::from_timestamp(seconds, 0)
}

fn wrong_field_count(count: usize) -> String {
    let hint = if count == 6 { " (seconds cannot be given)" } else { "" };
    format!("expected five fields (minute hour day month weekday) or @daily and the like, found {count}{hint}")
}

/// The values as the `cron` crate reads them.
fn list(field: Field, kind: &FieldKind) -> String {
    if field.is_all(kind) {
        return "*".to_owned();
    }
    field.values().map(|value| value.to_string()).collect::<Vec<_>>().join(",")
}

/// The days of the week by name: the `cron` crate numbers them from Sunday as 1, a crontab from Sunday as 0.
fn weekdays(field: Field) -> String {
    const NAMES: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    let named: Vec<&str> = field.values().filter_map(|value| NAMES.get(usize::from(value)).copied()).collect();
    if named.len() == NAMES.len() { "*".to_owned() } else { named.join(",") }
}

impl fmt::Display for Wall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Wall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wall({:?})", self.text)
    }
}

impl PartialEq for Wall {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Wall {}

impl FromStr for Wall {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::Date;
    use proptest::prelude::*;

    use super::*;

    const ZONES: [&str; 12] = [
        "UTC",
        "Europe/Berlin",
        "Europe/London",
        "America/New_York",
        "America/St_Johns",
        "America/Sao_Paulo",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "Africa/Cairo",
        "Asia/Beirut",
        "America/Havana",
        "Pacific/Chatham",
    ];

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    /// The next times of a line, as local times with their offset.
    #[track_caller]
    fn check(line: &str, zone_name: &str, after: &str, expected: &[&str]) {
        let wall = Wall::parse(line).unwrap();
        let zone = zone(zone_name);
        let mut at: Timestamp = after.parse().unwrap();
        let mut times = Vec::new();
        for _ in expected {
            at = wall.next(&zone, at).unwrap();
            times.push(jiff::ZonedDateTime::new(at, zone.clone()).strftime("%a %Y-%m-%d %H:%M%:z").to_string());
        }
        assert_eq!(times, expected, "{line}");
    }

    #[test]
    fn monday_to_friday_is_one_to_five() {
        check(
            "0 7 * * 1-5",
            "Europe/Berlin",
            "2026-01-01T00:00:00Z",
            &["Thu 2026-01-01 07:00+01:00", "Fri 2026-01-02 07:00+01:00", "Mon 2026-01-05 07:00+01:00"],
        );
        check("0 7 * * mon-fri", "Europe/Berlin", "2026-01-03T00:00:00Z", &["Mon 2026-01-05 07:00+01:00"]);
        check("0 7 * * 0", "UTC", "2026-01-01T00:00:00Z", &["Sun 2026-01-04 07:00+00:00"]);
        check("0 7 * * 7", "UTC", "2026-01-01T00:00:00Z", &["Sun 2026-01-04 07:00+00:00"]);
    }

    #[test]
    fn two_restricted_day_fields_are_joined_by_or() {
        check(
            "0 0 13 * 5",
            "UTC",
            "2026-02-07T00:00:00Z",
            &[
                "Fri 2026-02-13 00:00+00:00",
                "Fri 2026-02-20 00:00+00:00",
                "Fri 2026-02-27 00:00+00:00",
                "Fri 2026-03-06 00:00+00:00",
                "Fri 2026-03-13 00:00+00:00",
            ],
        );
        check(
            "0 0 1 * 1",
            "UTC",
            "2026-03-30T12:00:00Z",
            &["Wed 2026-04-01 00:00+00:00", "Mon 2026-04-06 00:00+00:00"],
        );
        // A field that begins with a star is not restricted (crontab(5)), so both must hold.
        check("0 0 */2 * 1", "UTC", "2026-03-01T12:00:00Z", &["Mon 2026-03-09 00:00+00:00"]);
    }

    #[test]
    fn a_skipped_time_moves_by_the_length_of_the_gap() {
        check(
            "30 2 * * *",
            "America/New_York",
            "2026-03-07T12:00:00Z",
            &["Sun 2026-03-08 03:30-04:00", "Mon 2026-03-09 02:30-04:00"],
        );
        check(
            "0 0 * * *",
            "Africa/Cairo",
            "2026-04-22T22:30:00Z",
            &["Fri 2026-04-24 01:00+03:00", "Sat 2026-04-25 00:00+03:00"],
        );
    }

    #[test]
    fn a_repeated_time_comes_once() {
        check(
            "30 1 * * *",
            "America/New_York",
            "2026-10-31T12:00:00Z",
            &["Sun 2026-11-01 01:30-04:00", "Mon 2026-11-02 01:30-05:00"],
        );
        // Asked between the two passes, the second one is not taken for a new time.
        check("30 1 * * *", "America/New_York", "2026-11-01T05:45:00Z", &["Mon 2026-11-02 01:30-05:00"]);
    }

    #[test]
    fn every_hour_keeps_its_pace_through_the_change() {
        check(
            "*/30 * * * *",
            "America/New_York",
            "2026-11-01T05:15:00Z",
            &[
                "Sun 2026-11-01 01:30-04:00",
                "Sun 2026-11-01 01:00-05:00",
                "Sun 2026-11-01 01:30-05:00",
                "Sun 2026-11-01 02:00-05:00",
            ],
        );
        check(
            "@hourly",
            "America/New_York",
            "2026-03-08T06:15:00Z",
            &["Sun 2026-03-08 03:00-04:00", "Sun 2026-03-08 04:00-04:00"],
        );
    }

    #[test]
    fn a_half_hour_gap_loses_no_time_beside_it() {
        // Lord Howe jumps from 02:00 to 02:30: 02:15 becomes 02:45, and 02:30 itself stays before it.
        check(
            "15,30 2 * * *",
            "Australia/Lord_Howe",
            "2026-10-03T12:00:00Z",
            &["Sun 2026-10-04 02:30+11:00", "Sun 2026-10-04 02:45+11:00", "Mon 2026-10-05 02:15+11:00"],
        );
    }

    #[test]
    fn a_time_half_a_year_away_under_another_offset_is_found() {
        check("* * 1 7 *", "America/New_York", "2026-11-05T00:00:00Z", &["Thu 2027-07-01 00:00-04:00"]);
        check("0 12 29 2 *", "UTC", "2026-01-01T00:00:00Z", &["Tue 2028-02-29 12:00+00:00"]);
    }

    #[test]
    fn short_names_stand_for_their_lines() {
        check("@daily", "UTC", "2026-01-01T05:00:00Z", &["Fri 2026-01-02 00:00+00:00"]);
        check("@weekly", "UTC", "2026-01-01T05:00:00Z", &["Sun 2026-01-04 00:00+00:00"]);
        check("@monthly", "UTC", "2026-01-01T05:00:00Z", &["Sun 2026-02-01 00:00+00:00"]);
        check("@yearly", "UTC", "2026-01-01T05:00:00Z", &["Fri 2027-01-01 00:00+00:00"]);
    }

    #[test]
    fn a_wrong_line_is_refused_with_what_is_wrong() {
        for (line, says) in [
            ("", "expected five fields (minute hour day month weekday) or @daily and the like, found 0"),
            ("0 7 * *", "expected five fields (minute hour day month weekday) or @daily and the like, found 4"),
            (
                "0 0 7 * * 1-5",
                "expected five fields (minute hour day month weekday) or @daily and the like, found 6 (seconds cannot \
                 be given)",
            ),
            ("0 25 * * *", "`25` is no hour: use 0 to 23"),
            ("0 0 30 2 *", "`0 0 30 2 *` never comes: no month in it has such a day"),
            ("@often", "`@often` is unknown: use @hourly, @daily, @weekly, @monthly or @yearly"),
        ] {
            assert_eq!(Wall::parse(line), Err(says.to_owned()), "{line}");
        }
    }

    #[test]
    fn a_daily_line_comes_once_on_each_of_the_days_of_two_years() {
        for name in ZONES {
            for line in ["30 2 * * *", "0 0 * * *", "30 1 * * *", "45 23 * * *", "15 3 * * *"] {
                let (wall, zone) = (Wall::parse(line).unwrap(), zone(name));
                let mut at: Timestamp = "2025-12-30T12:00:00Z".parse().unwrap();
                let end: Timestamp = "2028-01-03T12:00:00Z".parse().unwrap();
                let mut days: BTreeMap<Date, u32> = BTreeMap::new();
                while at < end {
                    at = wall.next(&zone, at).unwrap();
                    *days.entry(zone.to_datetime(at).date()).or_default() += 1;
                }
                let mut day: Date = "2026-01-01".parse().unwrap();
                while day < "2028-01-01".parse().unwrap() {
                    assert_eq!(days.get(&day), Some(&1), "{line} in {name} on {day}");
                    day = day.tomorrow().unwrap();
                }
            }
        }
    }

    proptest! {
        #[test]
        fn times_strictly_increase_and_do_not_depend_on_where_one_asks(
            minute in prop_oneof![Just("*/20".to_owned()), Just("*".to_owned()), (0_u8..60).prop_map(|m| m.to_string())],
            hour in prop_oneof![Just("*".to_owned()), Just("0-3".to_owned()), Just("*/2".to_owned()), (0_u8..24).prop_map(|h| h.to_string())],
            weekday in prop_oneof![Just("*".to_owned()), Just("0".to_owned()), Just("1-5".to_owned())],
            day in prop_oneof![Just("*".to_owned()), Just("1,15".to_owned())],
            name in prop::sample::select(&ZONES[..]),
            start in 1_760_000_000_i64..1_830_000_000,
            step_s in 1_i64..7200,
        ) {
            let wall = Wall::parse(&format!("{minute} {hour} {day} * {weekday}")).unwrap();
            let zone = zone(name);
            let after = Timestamp::from_second(start).unwrap();
            let first = wall.next(&zone, after).unwrap();
            prop_assert!(first > after);
            prop_assert!(wall.next(&zone, first).unwrap() > first);
            // Asked anywhere between, the answer is the same: nothing is lost by asking late.
            let between = Timestamp::from_second((start + step_s).min(first.as_second() - 1)).unwrap();
            prop_assert_eq!(wall.next(&zone, between).unwrap(), first);
        }
    }
}
