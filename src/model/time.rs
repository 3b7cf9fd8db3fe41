//! Time as wirewatch keeps it: instants in UTC for everything it observes, and what a publisher wrote kept as written.

use std::fmt;

use jiff::civil::Date;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

pub use jiff::{SignedDuration, Timestamp};

/// A date as a publisher states it: a bare day stays a day, an instant keeps the offset it was written in, so that the
/// local day of publication is never shifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Published {
    /// A day without a time of day.
    Day(Date),
    /// An instant, and the offset in which it was written.
    Instant(Timestamp, Offset),
}

impl Published {
    /// The instant, for ordering and schedules; a bare day counts as its first moment in UTC.
    pub fn instant(self) -> Timestamp {
        match self {
            Self::Day(day) => Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(Timestamp::UNIX_EPOCH),
            Self::Instant(at, _) => at,
        }
    }

    /// The calendar day as the publisher wrote it.
    pub fn day(self) -> Date {
        match self {
            Self::Day(day) => day,
            Self::Instant(at, offset) => offset.to_datetime(at).date(),
        }
    }

    /// Reads back what [`fmt::Display`] prints: `YYYY-MM-DD` or RFC 3339. For the store; the many forms of the wild are
    /// `engine::page::dates`' business.
    pub fn parse_stored(text: &str) -> Option<Self> {
        if let Ok(day) = text.parse::<Date>()
            && text.len() == "YYYY-MM-DD".len()
        {
            return Some(Self::Day(day));
        }
        let pieces = jiff::fmt::temporal::DateTimeParser::new();
        let at = pieces.parse_timestamp(text).ok()?;
        let offset = stated_offset(text)?;
        Some(Self::Instant(at, offset))
    }
}

/// The offset at the end of an RFC 3339 text.
fn stated_offset(text: &str) -> Option<Offset> {
    if text.ends_with(['Z', 'z']) {
        return Some(Offset::UTC);
    }
    let tail = text.get(text.len().checked_sub("+hh:mm".len())?..)?;
    let sign = match tail.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let hours: i32 = tail.get(1..3)?.parse().ok()?;
    let minutes: i32 = tail.get(4..6)?.parse().ok()?;
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

impl fmt::Display for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => write!(f, "{day}"),
            Self::Instant(at, offset) if *offset == Offset::UTC => write!(f, "{at}"),
            Self::Instant(at, offset) => write!(f, "{}", at.display_with_offset(*offset)),
        }
    }
}

/// A text that is neither `YYYY-MM-DD` nor RFC 3339.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is neither YYYY-MM-DD nor RFC 3339")]
pub struct PublishedError(String);

impl TryFrom<String> for Published {
    type Error = PublishedError;
    fn try_from(text: String) -> Result<Self, PublishedError> {
        Self::parse_stored(&text).ok_or(PublishedError(text))
    }
}

impl From<Published> for String {
    fn from(published: Published) -> Self {
        published.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_date_reads_back_as_it_was_written() {
        for text in ["2021-03-19", "2021-03-19T13:27:41Z", "2021-03-19T23:27:41-05:00", "2021-03-19T13:27:41+05:30"] {
            assert_eq!(Published::parse_stored(text).unwrap().to_string(), text);
        }
        assert_eq!(Published::parse_stored("2021-03-19T23:27:41-05:00").unwrap().day().to_string(), "2021-03-19");
        for bad in ["", "19 March", "2021-03", "2021-03-19T10:00"] {
            assert_eq!(Published::parse_stored(bad), None);
        }
    }
}
