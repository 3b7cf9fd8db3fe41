//! Dates in the forms that publishers write. Nothing is guessed: a text without a day, a month and a year is no date, and a
//! day and month that could be swapped are read only where the page's language says how.

use std::borrow::Cow;
use std::sync::LazyLock;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use regex::Regex;

use super::calendars;
use super::labels::LABELS;
use super::months;
use super::pattern::few_ranges;
use crate::model::time::{Published, Timestamp};

/// Digits are those of ASCII, and letters those of [`few_ranges`]: such patterns compile in no time.
pub(super) fn regex(pattern: &str) -> Regex {
    Regex::new(&few_ranges(pattern)).expect("the pattern is a constant, compiled by a test")
}

/// Years that a page may plausibly state.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2100;

/// Reads a date from metadata or from a line of the page. `language` decides `03/04/2026`.
pub fn parse(text: &str, language: Option<&str>) -> Option<Published> {
    let text = text.trim();
    if text.is_empty() || text.len() > 200 {
        return None;
    }
    let text = &in_ascii_digits(text);
    let found = iso(text)
        .or_else(|| unix(text))
        .or_else(|| rfc2822(text))
        .or_else(|| as_c_writes_it(text))
        .or_else(|| worded(text))
        .or_else(|| calendars::read(text))
        .or_else(|| numbered(text, language))
        .or_else(|| short_year(text, language))?;
    YEARS.contains(&found.day().year()).then_some(found)
}

/// The digits of the scripts that news writes its dates in, as ASCII has them. The points inside a month that Thai
/// abbreviates («มี.ค.») are left out.
fn in_ascii_digits(text: &str) -> Cow<'_, str> {
    /// Each script's zero.
    const ZEROS: [char; 9] = ['٠', '۰', '०', '০', '๐', '௦', '၀', '០', '０'];
    let digit = |c: char| {
        let value =
            ZEROS.iter().find_map(|zero| u32::from(c).checked_sub(u32::from(*zero)).filter(|value| *value < 10));
        value.and_then(|value| char::from_digit(value, 10)).unwrap_or(c)
    };
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut is_thai = false;
    let is_kept = |c: &char| {
        let inside = is_thai && *c == '.';
        is_thai = inside || matches!(c, '\u{e01}'..='\u{e4e}');
        !inside
    };
    Cow::Owned(text.chars().filter(is_kept).map(digit).collect())
}

/// Longest line that may be a dateline, in bytes.
const LINE_MAX_BYTES: usize = 160;
/// Most bytes before the date in a line that says no word of publishing.
const BEFORE_MAX_BYTES: usize = 40;

/// Reads the date of a line that readers see near the headline. A dateline is short and says when the article was published, or
/// little beside the date; a date inside a sentence is news.
pub fn in_line(line: &str, language: Option<&str>) -> Option<Published> {
    // Nearly all lines of a page are told by this alone.
    let first = line.find(|c: char| c.is_numeric())?;
    let line = &in_ascii_digits(line);
    if line.len() > LINE_MAX_BYTES {
        return None;
    }
    let folded = line.to_lowercase();
    let closes_a_clock = ["a.m.", "p.m."].iter().any(|half| folded.ends_with(half)) || closes_a_zone(&folded);
    if line.ends_with(['.', '?', '!', '…', ')', '。']) && !closes_a_clock && line.len() > BEFORE_MAX_BYTES {
        return None;
    }
    let labelled = LABELS.iter().any(|label| folded.starts_with(label));
    if !labelled && (first > BEFORE_MAX_BYTES || line.len() > 2 * BEFORE_MAX_BYTES) {
        return None;
    }
    // The copyright's year and the dates of an event are no dateline.
    let names_event = EVENT_LABELS.iter().any(|label| folded.starts_with(label));
    if folded.starts_with(['©', '(']) || folded.contains("copyright") || names_event || spans_hours(&folded) {
        return None;
    }
    let first = line.find(|c: char| c.is_ascii_digit()).unwrap_or(first);
    parse(line, language).or_else(|| line.get(first..).and_then(iso).filter(|_| first <= BEFORE_MAX_BYTES))
}

/// How a line begins that says when something takes place.
const EVENT_LABELS: [&str; 8] = ["when:", "when ", "wann:", "quand :", "quand:", "cuándo:", "quando:", "wanneer:"];

/// Whether a line says from when until when, as those of events do: «19:00 – 21:00», «7–9 pm».
fn spans_hours(folded: &str) -> bool {
    static SPAN: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"\d{1,2}[:.h]\d{2}(?:\s?[ap]\.?m\.?)?\s?[-–—]\s?\d{1,2}(?:[:.h]\d{2}|\s?[ap]\.?m)|(?:^|[^:.\d/-])\d{1,2}(?:\s?[ap]m)?\s?[-–—]\s?\d{1,2}\s?[ap]\.?m",
        )
    });
    folded.contains(['-', '–', '—']) && SPAN.is_match(folded)
}

/// Whether a line ends in a zone in brackets: «02:21 (GMT+0400)».
fn closes_a_zone(folded: &str) -> bool {
    let inner = folded.strip_suffix(')').and_then(|line| line.rsplit_once('(')).map(|(_, inner)| inner);
    inner.is_some_and(|inner| {
        inner.starts_with("gmt") || inner.starts_with("utc") || offset(inner).is_some() && inner.len() < 5
    })
}

fn instant(at: DateTime, offset: Offset) -> Option<Published> {
    Some(Published::Instant(offset.to_timestamp(at).ok()?, offset))
}

fn group(found: &regex::Captures<'_>, name: &str) -> Option<i16> {
    found.name(name)?.as_str().parse().ok()
}

fn date(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

static ISO: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?:(?:T|\s+|,\s*)(?P<h>\d{1,2}):(?P<min>\d{2})(?::(?P<s>\d{2})(?:[.,]\d+)?)?\s*(?P<z>Z|z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?",
    )
});

fn iso(text: &str) -> Option<Published> {
    static COMPACT: LazyLock<Regex> =
        LazyLock::new(|| regex(r"^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(Z)?)?$"));
    if let Some(found) = COMPACT.captures(text) {
        let part = |at: usize| found.get(at).and_then(|one| one.as_str().parse::<i16>().ok());
        return Some(Published::Day(date(part(1)?, part(2)?, part(3)?)?));
    }
    let found = ISO.captures(text)?;
    let day = date(group(&found, "y")?, group(&found, "m")?, group(&found, "d")?)?;
    let Some(hour) = group(&found, "h") else { return Some(Published::Day(day)) };
    let zone = found.name("z").map(|zone| zone.as_str());
    at_time(day, hour, group(&found, "min")?, group(&found, "s").unwrap_or(0), zone)
}

/// A time of day without a zone is the publisher's own clock, which is not known: only the day is kept.
fn at_time(day: Date, hour: i16, minute: i16, second: i16, zone: Option<&str>) -> Option<Published> {
    let time =
        Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, i8::try_from(second).ok()?.min(59), 0).ok();
    match (time, zone.and_then(offset)) {
        (Some(time), Some(offset)) => instant(day.to_datetime(time), offset),
        _ => Some(Published::Day(day)),
    }
}

fn offset(zone: &str) -> Option<Offset> {
    let hours = match zone.to_ascii_uppercase().as_str() {
        "Z" | "UTC" | "GMT" | "WET" => 0,
        "EST" | "CDT" => -5,
        "EDT" => -4,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        "BST" | "CET" | "MEZ" | "WEST" => 1,
        "CEST" | "MESZ" | "EET" | "SAST" => 2,
        "MSK" | "EEST" => 3,
        "WIB" => 7,
        "WITA" => 8,
        "JST" | "KST" => 9,
        "AEST" => 10,
        "AEDT" => 11,
        "IST" => return Offset::from_seconds(19_800).ok(),
        _ => {
            let (sign, digits) = zone.trim_start_matches(|c: char| c.is_ascii_alphabetic()).split_at_checked(1)?;
            let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
            let hours: i32 = digits.get(..digits.len().min(2))?.parse().ok()?;
            let minutes: i32 = digits.get(2..4).and_then(|minutes| minutes.parse().ok()).unwrap_or(0);
            let seconds = hours * 3600 + minutes * 60;
            return Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).ok();
        }
    };
    Offset::from_seconds(hours * 3600).ok()
}

fn unix(text: &str) -> Option<Published> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = text.parse().ok()?;
    let at = match text.len() {
        10 => Timestamp::from_second(number).ok()?,
        13 => Timestamp::from_millisecond(number).ok()?,
        _ => return None,
    };
    Some(Published::Instant(at, Offset::UTC))
}

fn rfc2822(text: &str) -> Option<Published> {
    let zoned = jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_zoned_datetime(text).ok()?;
    Some(Published::Instant(zoned.timestamp(), zoned.offset()))
}

/// «Mon Aug 03 12:45:00 EDT 2015», as C and Java print it, with a zone or without.
fn as_c_writes_it(text: &str) -> Option<Published> {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let (month, day, time, zone, year) = match words.as_slice() {
        [_, month, day, time, zone, year] => (month, day, time, Some(*zone), year),
        [_, month, day, time, year] => (month, day, time, None, year),
        _ => return None,
    };
    let mut clock = time.split(':').map(str::parse::<i16>);
    let (Some(Ok(hour)), Some(Ok(minute)), Some(Ok(second)), None) =
        (clock.next(), clock.next(), clock.next(), clock.next())
    else {
        return None;
    };
    let year = Some(year).filter(|year| year.len() == 4)?.parse().ok()?;
    at_time(date(year, months::month(month)?, day.parse().ok()?)?, hour, minute, second, zone)
}

static WORDED: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?x)(?:
          (?P<d1>\d{1,2})(?:st|nd|rd|th|\.|º|er)?[\s-]*(?:of\s+|de\s+)?(?P<m1>\p{L}{2,14})(?:/\p{L}{2,14})?\.?,?[\s-]*(?:de\s+|del\s+)?(?P<y1>\d{4})
        | (?P<m2>\p{L}{2,14})\.?\s+(?P<d2>\d{1,2})(?:st|nd|rd|th)?[,၊،]?\s+(?P<y2>\d{4})
        | (?P<y3>\d{4})\s*[年년]\s*(?P<m3>\d{1,2})\s*[月월]\s*(?P<d3>\d{1,2})\s*[日일]
        | (?P<d4>\d{1,2})\s+tháng\s+(?P<m4>\d{1,2}),?\s+(?:năm\s+)?(?P<y4>\d{4})
        | (?P<y6>\d{4})\.\s+gada\s+(?P<d6>\d{1,2})\.\s+(?P<m6>\p{L}{3,14})
        | (?P<y5>\d{4})(?:\.|\s+m\.)?\s+(?P<m5>\p{L}{3,14})\.?\s+(?P<d5>\d{1,2})\b
        )(?:[^0-9\n]{0,14}?(?P<h>\d{1,2})[:.h](?P<min>\d{2})(?::(?P<s>\d{2}))?\s*(?P<ap>[apAP]\.?\s?[mM]\.?)?\s*\(?(?P<z>Z\b|UTC\b|GMT(?:[+-]\d{2}:?\d{2}|[+-]\d{1,2})?\b|E[SD]T\b|C[SDE]S?T\b|M[SD]T\b|P[SD]T\b|BST\b|CET\b|IST\b|ET\b|[+-]\d{2}:?\d{2})?)?",
    )
});

fn worded(text: &str) -> Option<Published> {
    let found = WORDED.captures(text)?;
    let (year, month, day) = ('1'..='6').find_map(|form| {
        let named = |part: char| found.name(&format!("{part}{form}")).map(|one| one.as_str());
        let month = named('m')?;
        let month =
            if month.starts_with(|c: char| c.is_ascii_digit()) { month.parse().ok() } else { months::month(month) };
        Some((named('y')?.parse().ok()?, month?, named('d')?.parse().ok()?))
    })?;
    // Thailand counts its years from the Buddha.
    let year = if (2443..=2643).contains(&year) { year - 543 } else { year };
    let day = date(year, month, day)?;
    let Some(mut hour) = group(&found, "h") else { return Some(Published::Day(day)) };
    if let Some(half) = found.name("ap") {
        let afternoon = half.as_str().starts_with(['p', 'P']);
        hour = hour % 12 + if afternoon { 12 } else { 0 };
    }
    at_time(
        day,
        hour,
        group(&found, "min")?,
        group(&found, "s").unwrap_or(0),
        found.name("z").map(|zone| zone.as_str()),
    )
}

static NUMBERED: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"(?:^|[^0-9./-])(?P<a>\d{1,2})(?P<sign>[./-])(?P<b>\d{1,2})[./-](?P<y>\d{4})(?:[^0-9/-]|[/-]\d{1,2}:|$)")
});

fn numbered(text: &str, language: Option<&str>) -> Option<Published> {
    let found = NUMBERED.captures(text)?;
    let (a, b, year) = (group(&found, "a")?, group(&found, "b")?, group(&found, "y")?);
    // Who writes the month first writes slashes: dots in English are of the other side of the Atlantic.
    let is_dotted = found.name("sign").is_some_and(|sign| sign.as_str() == ".");
    let language = if is_dotted && language.is_some_and(is_english_alone) { Some("en-GB") } else { language };
    let (day, month) = day_and_month(a, b, language)?;
    Some(Published::Day(date(year, month, day)?))
}

/// Which of two numbers is the day: what no month can be, else as the language writes it.
fn day_and_month(a: i16, b: i16, language: Option<&str>) -> Option<(i16, i16)> {
    Some(match (a, b) {
        (13.., _) => (a, b),
        (_, 13..) => (b, a),
        _ if a == b => (a, b),
        _ => match language {
            Some(language) if language.eq_ignore_ascii_case("en-US") => (b, a),
            Some(language) if is_english_alone(language) => return None,
            Some(_) => (a, b),
            None => return None,
        },
    })
}

/// English alone does not say which side of the Atlantic.
fn is_english_alone(language: &str) -> bool {
    language.starts_with("en") && !language.contains('-')
}

/// A line that is a date with two digits for its year, and maybe a clock: «12/16/16 12:21pm». Where the year is written first
/// such a line says nothing.
fn short_year(text: &str, language: Option<&str>) -> Option<Published> {
    static SHORT: LazyLock<Regex> = LazyLock::new(|| {
        regex(
            r"^(?P<a>\d{1,2})(?P<sign>[./-])(?P<b>\d{1,2})(?P<same>[./-])(?P<y>\d{2})(?:,?\s+(?:at\s+)?\d{1,2}[:.]\d{2}(?:\s?[aApP]\.?[mM]\.?)?(?:\s[A-Za-z]{2,4})?)?$",
        )
    });
    if !(6..=32).contains(&text.len()) || !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let begins_with_year = ["zh", "ja", "ko", "hu", "sv", "lt", "fa"];
    if language.is_some_and(|language| begins_with_year.iter().any(|one| language.starts_with(one))) {
        return None;
    }
    let found = SHORT.captures(text).filter(|found| found["sign"] == found["same"])?;
    let (day, month) = day_and_month(group(&found, "a")?, group(&found, "b")?, language)?;
    Some(Published::Day(date(2000 + group(&found, "y")?, month, day)?))
}

/// The day that a news address carries (`/2026/03/19/`), if it does.
pub fn from_url(path: &str) -> Option<Published> {
    static PATH: LazyLock<Regex> =
        LazyLock::new(|| regex(r"(?:/|-|_|^)(20\d{2})[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?:/|-|_|\.|$)"));
    let found = PATH.captures(path)?;
    let part = |at: usize| found.get(at).and_then(|one| one.as_str().parse::<i16>().ok());
    Some(Published::Day(date(part(1)?, part(2)?, part(3)?)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_they_are_written() {
        for (text, language, expected) in [
            ("2021-03-19T13:27:41+00:00", None, "2021-03-19T13:27:41Z"),
            ("2021-03-19T13:27:41.123-0500", None, "2021-03-19T13:27:41-05:00"),
            ("2021-03-19", None, "2021-03-19"),
            ("2021-03-19 13:27", None, "2021-03-19"),
            ("20210319", None, "2021-03-19"),
            ("1616160461", None, "2021-03-19T13:27:41Z"),
            ("Fri, 19 Mar 2021 13:27:41 GMT", None, "2021-03-19T13:27:41Z"),
            ("March 19, 2021", None, "2021-03-19"),
            ("Global Research, March 19, 2021", None, "2021-03-19"),
            ("Published 19 March 2021 10:30 GMT", None, "2021-03-19T10:30:00Z"),
            ("Mar. 19, 2021 at 4:05 p.m. EDT", None, "2021-03-19T16:05:00-04:00"),
            ("19. März 2021", None, "2021-03-19"),
            ("19 juillet 2021", None, "2021-07-19"),
            ("19 de marzo de 2021", None, "2021-03-19"),
            ("19 марта 2021", None, "2021-03-19"),
            ("2021年3月19日", None, "2021-03-19"),
            ("19 مارس 2021", None, "2021-03-19"),
            ("19 मार्च 2021", None, "2021-03-19"),
            ("19 במרץ 2021", None, "2021-03-19"),
            ("19 มีนาคม 2564", None, "2021-03-19"),
            ("19 Agustus 2021", None, "2021-08-19"),
            ("19/03/2021", None, "2021-03-19"),
            ("١٩ مارس ٢٠٢١", None, "2021-03-19"),
            ("۱۹ مارس ۲۰۲۱", None, "2021-03-19"),
            ("१९ मार्च २०२१", None, "2021-03-19"),
            ("১৯ মার্চ ২০২১", None, "2021-03-19"),
            ("19 lutego 2021", None, "2021-02-19"),
            ("19. března 2021", None, "2021-03-19"),
            ("19 березня 2021", None, "2021-03-19"),
            ("2021. március 19.", None, "2021-03-19"),
            ("2021 m. kovo 19 d.", None, "2021-03-19"),
            ("2021. gada 19. marts", None, "2021-03-19"),
            ("19 tháng 3, 2021", None, "2021-03-19"),
            ("19. maaliskuuta 2021", None, "2021-03-19"),
            ("19 Μαρτίου 2021", None, "2021-03-19"),
            ("19 Mart 2021", None, "2021-03-19"),
            ("19 มี.ค. 2564 14:05 น.", None, "2021-03-19"),
            ("Marso 19, 2021", None, "2021-03-19"),
            ("19 მარტი 2021", None, "2021-03-19"),
            ("19 մարտի 2021", None, "2021-03-19"),
            ("19 наурыз 2021", None, "2021-03-19"),
            ("19-Mar-2021", None, "2021-03-19"),
            ("Fri Mar 19 12:45:00 EDT 2021", None, "2021-03-19T12:45:00-04:00"),
            ("Fri Mar 19 12:45:00 2021", None, "2021-03-19"),
            ("Fri Mar 19 2021 09:27:41 GMT-0400 (EDT)", None, "2021-03-19T09:27:41-04:00"),
            ("19 March 2021 20:05 GMT+7", None, "2021-03-19T20:05:00+07:00"),
            ("03/19/21 12:21pm", None, "2021-03-19"),
            ("19.3.21", None, "2021-03-19"),
            ("03/04/21 08:00 AM", Some("en-US"), "2021-03-04"),
            ("19 آذار 2021", None, "2021-03-19"),
            ("03/04/2021", Some("en-US"), "2021-03-04"),
            ("03/04/2021", Some("de"), "2021-04-03"),
            ("03.04.2021", Some("en"), "2021-04-03"),
            ("03.04.2021", Some("en-US"), "2021-03-04"),
        ] {
            assert_eq!(parse(text, language).map(|found| found.to_string()).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_date_is_never_invented() {
        for text in [
            "",
            "yesterday",
            "March 2021",
            "19 March",
            "10:30",
            "13/14/2021",
            "1850-01-01",
            "5 hours ago",
            "03/04/2021",
            "Issue 20210",
            "5 decisive 2019 games",
            "12 Markets 2020",
            "1 Mayor 2020",
            "03/095/2018",
            "13 Mac 2019 models",
            "C-13/09/2018-2",
            "2/13/09/2018",
            "1.13.09.2018",
            "13/09/2018/7",
            "13.10.4",
            "13.10.16 beta",
            "13.10/16",
        ] {
            assert_eq!(parse(text, None), None, "{text}");
        }
    }

    #[test]
    fn a_dateline_is_told_from_a_sentence() {
        for (line, expected) in [
            ("By Jo Arden on Monday, November 18th, 2019 at 11:04 a.m.", Some("2019-11-18")),
            ("입력 :[ 2018-09-28 17:32 ]", Some("2018-09-28")),
            ("기사입력 :[ 2018-09-28 17:32 ]", Some("2018-09-28")),
            ("Published Wed, Nov 20 2019 4:29 AM EST", Some("2019-11-20T04:29:00-05:00")),
            ("05/10/2018", Some("2018-10-05")),
            ("Ship leaves the port, on Aug. 31, 2019. (AP)", None),
            ("The ship left the port of Ellison with all its crew on Aug. 31, 2019", None),
            ("It will open on March 3, 2026, and close on the last day of that year, its owner said on Monday", None),
            ("© 2019 The Lantern, May 5, 2019", None),
            ("12 comments", None),
        ] {
            let found = in_line(line, Some("pt")).map(|found| found.to_string());
            assert_eq!(found.as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn news_addresses_carry_days() {
        assert_eq!(from_url("/2021/03/19/talks").unwrap().to_string(), "2021-03-19");
        assert_eq!(from_url("/news/2021-03-19-talks.html").unwrap().to_string(), "2021-03-19");
        for none in ["/2021/talks", "/p/20213319", "/a/123456789"] {
            assert_eq!(from_url(none), None, "{none}");
        }
    }
}
