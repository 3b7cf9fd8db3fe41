//! Durations as people write them: `15m`, `1h30m`, `200ms`, `7d`.

use crate::model::time::SignedDuration;

/// The units, longest first, with their milliseconds. A day is 24 hours here: intervals are waits, not calendar steps.
const UNITS: [(&str, i64); 6] =
    [("w", 7 * 86_400_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

/// The longest duration that is believed: a century is a slip of the finger.
const DURATION_MAX_DAYS: i64 = 36_525;

/// Reads `15m`, `1h30m`, `200ms`, `7d`, `2w`; `0` and `0s` are zero. The error says what is expected.
pub fn parse_duration(text: &str) -> Result<SignedDuration, String> {
    let expected =
        || format!("`{text}` is no duration: write a number and a unit, as in \"15m\", \"2h\", \"1h30m\", \"7d\"");
    let mut rest = text.trim();
    if rest == "0" {
        return Ok(SignedDuration::ZERO);
    }
    if rest.is_empty() {
        return Err(expected());
    }
    let mut total_ms: i64 = 0;
    while !rest.is_empty() {
        let (number, after) = split_at_first(rest, |c| !c.is_ascii_digit());
        let (unit, after) = split_at_first(after.trim_start(), |c| !c.is_ascii_alphabetic());
        let count: i64 = number.parse().map_err(|_| expected())?;
        let unit_ms = unit_ms(unit).ok_or_else(|| {
            if unit.is_empty() && !after.is_empty() {
                expected()
            } else if unit.is_empty() {
                format!("`{text}` has no unit: write \"{text}s\" for seconds or \"{text}m\" for minutes")
            } else {
                format!("`{unit}` is no unit of time: use ms, s, m, h, d or w")
            }
        })?;
        total_ms = count.checked_mul(unit_ms).and_then(|ms| total_ms.checked_add(ms)).ok_or_else(too_long)?;
        rest = after.trim_start();
    }
    if total_ms > DURATION_MAX_DAYS * 86_400_000 {
        return Err(too_long());
    }
    Ok(SignedDuration::from_millis(total_ms))
}

fn too_long() -> String {
    "the duration is longer than a century".to_owned()
}

fn unit_ms(unit: &str) -> Option<i64> {
    let short = match unit {
        "min" | "mins" | "minute" | "minutes" => "m",
        "sec" | "secs" | "second" | "seconds" => "s",
        "hr" | "hour" | "hours" => "h",
        "day" | "days" => "d",
        "week" | "weeks" => "w",
        other => other,
    };
    UNITS.iter().find(|(name, _)| *name == short).map(|(_, ms)| *ms)
}

fn split_at_first(text: &str, stop: impl Fn(char) -> bool) -> (&str, &str) {
    let at = text.char_indices().find(|(_, c)| stop(*c)).map_or(text.len(), |(at, _)| at);
    text.split_at(at)
}

/// Writes a duration so that [`parse_duration`] reads it back: the fewest units that are exact to the millisecond.
pub fn format_duration(duration: SignedDuration) -> String {
    let mut left = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX).max(0);
    if left == 0 {
        return "0s".to_owned();
    }
    let mut text = String::new();
    // Weeks are left out: people say 365d, not 52w1d.
    for (name, unit_ms) in UNITS.iter().skip(1) {
        let count = left / unit_ms;
        // 48h reads better than 2d in a schedule of hours, so days begin at three.
        if count == 0 || (*name == "d" && count < 3) {
            continue;
        }
        text.push_str(&count.to_string());
        text.push_str(name);
        left %= unit_ms;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, ms) in [
            ("200ms", 200),
            ("1s", 1000),
            ("15m", 900_000),
            ("15 min", 900_000),
            ("1h30m", 5_400_000),
            ("1h 30m", 5_400_000),
            ("7d", 604_800_000),
            ("2w", 1_209_600_000),
            ("0", 0),
            ("0s", 0),
        ] {
            assert_eq!(parse_duration(text), Ok(SignedDuration::from_millis(ms)), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused_with_what_to_write() {
        for (text, says) in [
            ("", "is no duration"),
            ("soon", "is no duration"),
            ("-5m", "is no duration"),
            ("1.5h", "is no duration"),
            ("30", "has no unit: write \"30s\""),
            ("5y", "`y` is no unit of time"),
            ("99999999999999999999s", "is no duration"),
            ("9999999999999w", "longer than a century"),
            ("40000d", "longer than a century"),
        ] {
            let error = parse_duration(text).expect_err(text);
            assert!(error.contains(says), "{text:?}: {error}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(ms in 0_i64..3_000_000_000_000) {
            let duration = SignedDuration::from_millis(ms);
            prop_assert_eq!(parse_duration(&format_duration(duration)), Ok(duration));
        }
    }
}
