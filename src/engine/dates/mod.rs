//! Dates as feeds write them. RFC 822 and RFC 3339 are what the standards ask for; what is met are their mistakes,
//! other calendars' month names, and whatever a publisher's database prints.
//!
//! A date without a time of day stays a day; a time without a zone is UTC. What cannot be read is `None`, never a guess.

mod names;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

use crate::model::time::Published;
use names::{MONTHS, ZONES_MIN};

/// Longest text that is looked at, in bytes: dates are short.
const TEXT_MAX_BYTES: usize = 120;

/// Years outside of this range are placeholders of some database (0001, 1601, 9999).
const YEARS: std::ops::RangeInclusive<i16> = 1700..=2200;

/// Reads a date in any of the known forms.
pub fn parse(text: &str) -> Option<Published> {
    let text = text.trim();
    if text.is_empty() || text.len() > TEXT_MAX_BYTES {
        return None;
    }
    iso(text).or_else(|| epoch(text)).or_else(|| korean(text)).or_else(|| words(text)).and_then(plausible)
}

fn plausible(found: Published) -> Option<Published> {
    YEARS.contains(&found.day().year()).then_some(found)
}

/// Seconds or milliseconds since 1970.
fn epoch(text: &str) -> Option<Published> {
    let number: i64 = text.parse().ok()?;
    let at = match text.len() {
        9..=10 => Timestamp::from_second(number),
        13 => Timestamp::from_millisecond(number),
        _ => return None,
    };
    Some(Published::Instant(at.ok()?, Offset::UTC))
}

/// RFC 3339, W3CDTF and ISO 8601, as far as they are used: `2004-01-02T03:04:05.6+07:00`, with parts left out, with a
/// blank for the `T`, without dashes, with a day of the year, and with a month's name for its number.
fn iso(text: &str) -> Option<Published> {
    let split = text.find(['T', 't', ' ']).unwrap_or(text.len());
    let (day, rest) = text.split_at(split);
    // `2004-julius-13T9:15-05:00`: the `t` of a month's name is not the separator.
    let (day, rest) = match rest.get(1..).filter(|tail| tail.starts_with(|c: char| c.is_alphabetic())) {
        Some(_) => text.split_at(text.find('T').filter(|at| *at > split)?),
        None => (day, rest),
    };
    let date = iso_day(day)?;
    let rest = rest.trim_start_matches(['T', 't']).trim();
    if rest.is_empty() {
        return Some(Published::Day(date));
    }
    let zone_at = rest.find(['Z', 'z', '+', '-', '−', ' ']).unwrap_or(rest.len());
    let (time, zone) = rest.split_at(zone_at);
    let offset = zone_offset(zone.trim()).unwrap_or(Offset::UTC);
    instant(date, clock(time)?, offset)
}

fn iso_day(day: &str) -> Option<Date> {
    let parts: Vec<&str> = day.split('-').collect();
    match parts.as_slice() {
        [compact] => match compact.len() {
            4 => Date::new(compact.parse().ok()?, 1, 1).ok(),
            7 => ordinal(compact.get(..4)?, compact.get(4..)?),
            8 => numbers(compact.get(..4)?, compact.get(4..6)?, compact.get(6..)?),
            _ => None,
        },
        [year, ordinal_day] if year.len() == 4 && ordinal_day.len() == 3 => ordinal(year, ordinal_day),
        [year, month] if year.len() == 4 => numbers(year, month, "1"),
        [year, month, day] if year.len() == 4 || (year.len() == 2 && month.len() == 2 && day.len() == 2) => {
            match month_number(month) {
                Some(number) => numbers(year, &number.to_string(), day),
                None => numbers(year, month, day),
            }
        }
        _ => None,
    }
}

fn ordinal(year: &str, day: &str) -> Option<Date> {
    Date::new(year.parse().ok()?, 1, 1).ok()?.with().day_of_year(day.parse().ok()?).build().ok()
}

fn numbers(year: &str, month: &str, day: &str) -> Option<Date> {
    Date::new(full_year(year)?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Two digits are a year from 1990 on, as RFC 2822 has it for the years that feeds have existed.
fn full_year(year: &str) -> Option<i16> {
    let number: i16 = year.parse().ok()?;
    Some(match (year.len(), number) {
        (1..=2, 90..) => number + 1900,
        (1..=2, _) => number + 2000,
        _ => number,
    })
}

/// A time of day, and whether it is that of the next day (`24:00`).
fn clock(text: &str) -> Option<(Time, bool)> {
    let text = text.trim_end_matches(['Z', 'z']);
    let separator = if text.contains(':') { ':' } else { '.' };
    let parts: Vec<&str> = match text.len() {
        4 | 6 if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            vec![text.get(..2)?, text.get(2..4)?, text.get(4..).filter(|rest| !rest.is_empty()).unwrap_or("0")]
        }
        _ => text.splitn(3, separator).collect(),
    };
    let hour: i8 = parts.first()?.parse().ok()?;
    let minute: i8 = parts.get(1)?.parse().ok()?;
    let seconds = parts.get(2).copied().unwrap_or("0");
    let (second, fraction) = seconds.split_once(['.', ',']).unwrap_or((seconds, ""));
    // A leap second is the second before it: the calendar here has none.
    let second: i8 = second.parse::<i8>().ok()?.min(59);
    let nanosecond = nanoseconds(fraction)?;
    if hour == 24 && minute == 0 {
        return Some((Time::new(0, 0, 0, 0).ok()?, true));
    }
    Some((Time::new(hour, minute, second, nanosecond).ok()?, false))
}

fn nanoseconds(fraction: &str) -> Option<i32> {
    let digits: String = fraction.chars().chain(std::iter::repeat('0')).take(9).collect();
    digits.parse().ok()
}

fn instant(date: Date, (time, next_day): (Time, bool), offset: Offset) -> Option<Published> {
    let date = if next_day { date.tomorrow().ok()? } else { date };
    Some(Published::Instant(offset.to_timestamp(DateTime::from_parts(date, time)).ok()?, offset))
}

/// `Z`, `+0100`, `+01:00`, `+1`, `GMT`, `GMT+1`, `Etc/GMT`, `EST`, `(CET)`.
fn zone_offset(text: &str) -> Option<Offset> {
    let text = text.trim_matches(['(', ')', ',', '.']);
    let lower = text.to_ascii_lowercase();
    let name = lower.strip_prefix("etc/").unwrap_or(&lower);
    if let Some((_, minutes)) = ZONES_MIN.iter().find(|(zone, _)| *zone == name) {
        return Offset::from_seconds(minutes * 60).ok();
    }
    let signed = name.strip_prefix("gmt").or_else(|| name.strip_prefix("utc")).unwrap_or(name).replace('−', "-");
    let (sign, digits) = match signed.chars().next()? {
        '+' => (1, signed.get(1..)?),
        '-' => (-1, signed.get(1..)?),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) => (hours, minutes.get(..2).unwrap_or(minutes)),
        None if digits.len() <= 2 => (digits, "0"),
        None => digits.split_at_checked(digits.len() - 2)?,
    };
    let seconds = hours.parse::<i32>().ok()?.checked_mul(3600)? + minutes.parse::<i32>().ok()?.checked_mul(60)?;
    Offset::from_seconds(sign * seconds).ok()
}

fn month_number(name: &str) -> Option<i8> {
    let name = name.trim_matches(['.', ',', ':']);
    if name.chars().count() < 3 || name.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let lower = name.to_lowercase();
    let (_, number) = MONTHS.iter().find(|(month, _)| lower.starts_with(month))?;
    Some(*number)
}

/// `2004년 05월 28일 01:31:15` and `2004-05-25 오후 11:23:17`, both in Korean time.
fn korean(text: &str) -> Option<Published> {
    let afternoon = text.contains("오후");
    if !(afternoon || text.contains("오전") || text.contains('년')) {
        return None;
    }
    let bare = text.replace(['년', '월', '일', '-'], " ").replace("오후", " ").replace("오전", " ");
    let mut parts = bare.split_whitespace();
    let date = numbers(parts.next()?, parts.next()?, parts.next()?)?;
    let offset = Offset::constant(9);
    let Some(time) = parts.next() else { return Some(Published::Day(date)) };
    let (time, next_day) = clock(time)?;
    let time = if afternoon && time.hour() < 12 { time.with().hour(time.hour() + 12).build().ok()? } else { time };
    instant(date, (time, next_day), offset)
}

/// RFC 822 and everything else that is words and numbers in some order: the month is the word that names one, the time
/// has colons, the year is the long number or the last short one.
fn words(text: &str) -> Option<Published> {
    let mut found = Words::default();
    // `Mar, 5 ene 2024` is a Tuesday: a name with a comma before everything else is a day's.
    let text = match text.split_once(',') {
        Some((day, rest)) if day.chars().all(char::is_alphabetic) && rest.contains(char::is_alphabetic) => rest,
        _ => text,
    };
    for word in text.split([' ', ',', '\t', '\n', '\r']).filter(|word| !word.is_empty()) {
        found.take(word);
    }
    let year = full_year(found.year.or_else(|| found.short.get(1).copied())?)?;
    let date = match (found.month, found.slashed) {
        (Some(month), _) => Date::new(year, month, found.short.first()?.parse().ok()?).ok()?,
        (None, Some(date)) => date,
        (None, None) => return None,
    };
    let Some(time) = found.time else { return Some(Published::Day(date)) };
    let (mut time, next_day) = clock(time)?;
    match found.half_day {
        Some(HalfDay::Afternoon) if time.hour() < 12 => time = time.with().hour(time.hour() + 12).build().ok()?,
        Some(HalfDay::Morning) if time.hour() == 12 => time = time.with().hour(0).build().ok()?,
        _ => {}
    }
    instant(date, (time, next_day), found.offset.unwrap_or(Offset::UTC))
}

#[derive(Clone, Copy)]
enum HalfDay {
    Morning,
    Afternoon,
}

/// The parts of a date in words, as they come.
#[derive(Default)]
struct Words<'a> {
    month: Option<i8>,
    /// Numbers of one or two digits outside of the time: the day, and perhaps the year.
    short: Vec<&'a str>,
    year: Option<&'a str>,
    slashed: Option<Date>,
    time: Option<&'a str>,
    offset: Option<Offset>,
    half_day: Option<HalfDay>,
}

impl<'a> Words<'a> {
    fn take(&mut self, word: &'a str) {
        let digits = word.trim_end_matches(['.', ',']);
        let digits = ["st", "nd", "rd", "th"].iter().find_map(|suffix| digits.strip_suffix(suffix)).unwrap_or(digits);
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            match digits.len() {
                1..=2 => self.short.push(digits),
                4 if self.time.is_some() && self.year.is_some() => {}
                4 => self.year = Some(digits),
                _ => {}
            }
        } else if word.starts_with(['+', '-', '−']) || word.starts_with('(') {
            self.offset = self.offset.or_else(|| zone_offset(word));
        } else if word.contains(':') && word.starts_with(|c: char| c.is_ascii_digit()) {
            self.take_time(word);
        } else if word.contains(['/', '-']) && word.starts_with(|c: char| c.is_ascii_digit()) {
            self.take_slashed(word);
        } else if word.eq_ignore_ascii_case("pm") || word.eq_ignore_ascii_case("p.m.") {
            self.half_day = Some(HalfDay::Afternoon);
        } else if word.eq_ignore_ascii_case("am") || word.eq_ignore_ascii_case("a.m.") {
            self.half_day = Some(HalfDay::Morning);
        } else if self.month.is_none()
            && let Some(month) = month_number(word)
        {
            self.month = Some(month);
        } else if self.time.is_some() {
            self.offset = self.offset.or_else(|| zone_offset(word));
        }
    }

    /// `10:20`, `10:20:30pm`, `10:20:30+0100`, `10:20:30Z`.
    fn take_time(&mut self, word: &'a str) {
        let end = word.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.'))).unwrap_or(word.len());
        let (time, tail) = word.split_at(end);
        self.time = self.time.or(Some(time));
        match tail.to_ascii_lowercase().as_str() {
            "pm" => self.half_day = Some(HalfDay::Afternoon),
            "am" => self.half_day = Some(HalfDay::Morning),
            zone => self.offset = self.offset.or_else(|| zone_offset(zone)),
        }
    }

    /// `2006/09/15`, `15-Sep-2006`, `15-09-2006`; `09/15/2006` where the day gives away the order.
    fn take_slashed(&mut self, word: &'a str) {
        let parts: Vec<&str> = word.splitn(3, ['/', '-']).collect();
        let [first, second, third] = parts.as_slice() else { return };
        if let Some(month) = month_number(second) {
            self.month = Some(month);
            self.short.insert(0, first);
            self.year = Some(third);
            return;
        }
        let (year, date) = if first.len() == 4 {
            (first, numbers(first, second, third))
        } else {
            (third, numbers(third, first, second).filter(|_| second.parse::<u8>().is_ok_and(|day| day > 12)))
        };
        let date = date.or_else(|| {
            numbers(third, second, first)
                .filter(|_| word.contains('-') || first.parse::<u8>().is_ok_and(|day| day > 12))
        });
        self.year = Some(year);
        self.slashed = date;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: &str) {
        let found = parse(text).map(|date| date.to_string()).unwrap_or_default();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn dates_of_the_standards_are_read() {
        check("Thu, 01 Jan 2004 19:48:21 GMT", "2004-01-01T19:48:21Z");
        check("01 Jan 2004 19:48:21 +0200", "2004-01-01T19:48:21+02:00");
        check("2003-12-31T10:14:55Z", "2003-12-31T10:14:55Z");
        check("2003-12-31T10:14:55.25-08:00", "2003-12-31T10:14:55.25-08:00");
        check("2003-12-31", "2003-12-31");
    }

    #[test]
    fn a_day_without_a_time_stays_a_day() {
        check("Thu, 01 Jan 2004", "2004-01-01");
        check("Mon, 01 Jan 24", "2024-01-01");
        check("2003-12", "2003-12-01");
        check("20031231", "2003-12-31");
        check("2003-365", "2003-12-31");
        check("January 5th, 2024", "2024-01-05");
    }

    #[test]
    fn the_forms_of_the_wild_are_read() {
        check("2024-01-01 10:00:00", "2024-01-01T10:00:00Z");
        check("2024-01-01 10:00:00 +0100", "2024-01-01T10:00:00+01:00");
        check("2024-01-01T10:00", "2024-01-01T10:00:00Z");
        check("20240101T100000Z", "2024-01-01T10:00:00Z");
        check("Mon, 01 Jan 2024 10:00 CET", "2024-01-01T10:00:00+01:00");
        check("Mon, 01 Jan 2024 10:00:00 GMT+01:00", "2024-01-01T10:00:00+01:00");
        check("Mon, 01 Jan 2024 10:00:00 +0100 (CET)", "2024-01-01T10:00:00+01:00");
        check("Sun Jan  4 16:29:06 PST 2004", "2004-01-04T16:29:06-08:00");
        check("Sun Jan 4 16:29:06 2004", "2004-01-04T16:29:06Z");
        check("Thu, Jan 01 2004 19:48:21 GMT", "2004-01-01T19:48:21Z");
        check("Fri, 2006/09/15 08:19:53 EDT", "2006-09-15T08:19:53-04:00");
        check("15-Sep-2006 8:19", "2006-09-15T08:19:00Z");
        check("09/15/2006 08:19:53 PM", "2006-09-15T20:19:53Z");
        check("15.9.2006", "");
        check("1704103200", "2024-01-01T10:00:00Z");
        check("1704103200000", "2024-01-01T10:00:00Z");
        check("Thu, 31 Dec 2015 24:00:00 GMT", "2016-01-01T00:00:00Z");
        check("Sat, 31 Dec 2016 23:59:60 GMT", "2016-12-31T23:59:59Z");
    }

    #[test]
    fn months_have_names_in_other_languages() {
        check("Lun, 5 août 2024 08:00:00 +0200", "2024-08-05T08:00:00+02:00");
        check("Mo, 04 Mär 2024 08:00:00 +0100", "2024-03-04T08:00:00+01:00");
        check("Mar, 05 ene 2024 08:00:00 GMT", "2024-01-05T08:00:00Z");
        check("lun, 08 dic 2024 08:00:00 GMT", "2024-12-08T08:00:00Z");
        check("Пт, 05 июл 2024 08:00:00 +0300", "2024-07-05T08:00:00+03:00");
        check("Κυρ, 11 Ιούλ 2004 12:00:00 EST", "2004-07-11T12:00:00-05:00");
        check("2004-július-13T9:15-05:00", "2004-07-13T09:15:00-05:00");
        check("2004년 05월 28일  01:31:15", "2004-05-28T01:31:15+09:00");
        check("2004-05-25 오후 11:23:17", "2004-05-25T23:23:17+09:00");
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in
            ["", "yesterday", "0001-01-01T00:00:00Z", "2024-13-45", "Thu, 99 Jan 2004", "99999-01-01", "Jan", "-", "T"]
        {
            check(text, "");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_date_or_none(text in "[0-9:/ ,.+TZ\\-a-z오후년é]{0,40}") {
            parse(&text);
        }
    }
}
