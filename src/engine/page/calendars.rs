//! Dates that some languages write in an order or by a calendar of their own: Persian, Basque, Burmese, Khmer, Mongolian. The
//! patterns are compiled only for a text that has one of their words.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::dates::regex;
use super::months;
use crate::model::time::Published;

/// A form, and a word without which no text has it.
struct Form {
    word: &'static str,
    pattern: LazyLock<Regex>,
}

static FORMS: [Form; 4] = [
    // «2021eko martxoaren 19a»
    Form {
        word: "ko ",
        pattern: LazyLock::new(|| {
            regex(r"(?P<y>\d{4})(?:e?ko)\s+(?P<m>\p{L}{3,10})ren\s+(?P<d>\d{1,2})(?:a|an|ko)?(?:\W|$)")
        }),
    },
    // «2021 оны 3 дугаар сарын 19»
    Form {
        word: "сарын",
        pattern: LazyLock::new(|| {
            regex(r"(?P<y>\d{4})\s+оны\s+(?P<m>\d{1,2})[\s-]{0,2}(?:\p{L}{1,6}\s+)?сарын\s+(?P<d>\d{1,2})")
        }),
    },
    // «၂၀၂၁ ခုနှစ် မတ်လ ၁၉ ရက်»
    Form {
        word: "ခုနှစ်",
        pattern: LazyLock::new(|| regex(r"(?P<y>\d{4})\s*ခုနှစ်[၊,]?\s*(?P<m>\p{L}{2,12}?)လ\s*(?P<d>\d{1,2})")),
    },
    // «ថ្ងៃទី១៩ ខែមីនា ឆ្នាំ២០២១»
    Form {
        word: "ឆ្នាំ",
        pattern: LazyLock::new(|| regex(r"(?P<d>\d{1,2})\s*(?:ខែ)?\s*(?P<m>\p{L}{2,10}?)\s*ឆ្នាំ\s*(?P<y>\d{4})")),
    },
];

/// Reads a date of one of these forms. The digits are those of ASCII already.
pub(super) fn read(text: &str) -> Option<Published> {
    if text.is_ascii() && !text.contains("ko ") {
        return None;
    }
    if let Some(day) = persian(text) {
        return Some(Published::Day(day));
    }
    FORMS.iter().filter(|form| text.contains(form.word)).find_map(|form| {
        let found = form.pattern.captures(text)?;
        let month = &found["m"];
        let month = if month.starts_with(|c: char| c.is_ascii_digit()) {
            month.parse().ok()
        } else {
            months::month_in_full(month)
        };
        let (year, day) = (found["y"].parse().ok()?, found["d"].parse().ok()?);
        Some(Published::Day(Date::new(year, month?.try_into().ok()?, day).ok()?))
    })
}

/// The months of the Persian year, which begins in March.
const PERSIAN: [&str; 12] =
    ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"];
/// In a cycle of 33 Persian years eight are leap years, by these remainders.
const LEAPS: [i32; 8] = [1, 5, 9, 13, 17, 22, 26, 30];
/// Years of that calendar that a page may plausibly state.
const PERSIAN_YEARS: std::ops::RangeInclusive<i32> = 1369..=1479;

/// «۲۸ اسفند ۱۳۹۹»
fn persian(text: &str) -> Option<Date> {
    static PATTERN: LazyLock<Regex> =
        LazyLock::new(|| regex(r"(?P<d>\d{1,2})\s+(?P<m>\p{L}{2,8})(?:\s+ماه)?،?\s+(?P<y>1[34]\d{2})(?:\D|$)"));
    if !text.contains(['د', 'ر', 'ن', 'ت']) {
        return None;
    }
    let found = PATTERN.captures(text)?;
    let (year, day): (i32, i32) = (found["y"].parse().ok()?, found["d"].parse().ok()?);
    let month = i32::try_from(PERSIAN.iter().position(|name| *name == &found["m"])?).ok()?;
    let days = if month < 6 { 31 } else { 30 };
    if !PERSIAN_YEARS.contains(&year) || !(1..=days).contains(&day) {
        return None;
    }
    // The year 1399 began on 20 March 2020.
    let leaps_before = |year: i32| (1..year).filter(|one| LEAPS.contains(&(one % 33))).count();
    let leaps = i32::try_from(leaps_before(year)).ok()? - i32::try_from(leaps_before(1399)).ok()?;
    let since = (year - 1399) * 365 + leaps + 31 * month.min(6) + 30 * (month - 6).max(0) + day - 1;
    Date::constant(2020, 3, 20).checked_add(jiff::Span::new().days(since)).ok()
}

#[cfg(test)]
mod tests {
    use crate::engine::page::dates;

    #[test]
    fn dates_in_orders_and_calendars_of_their_own_are_read() {
        for (text, expected) in [
            ("۲۸ اسفند ۱۳۹۹", Some("2021-03-18")),
            ("جمعه ۲۹ اسفند ۱۳۹۹", Some("2021-03-19")),
            ("۳۰ اسفند ۱۳۹۹", Some("2021-03-20")),
            ("۱ فروردین ۱۴۰۰", Some("2021-03-21")),
            ("۱ فروردین ۱۳۹۹", Some("2020-03-20")),
            ("22 بهمن 1357", None),
            ("۱ فروردین ۱۴۰۳", Some("2024-03-20")),
            ("۱ فروردین ۱۴۰۴", Some("2025-03-21")),
            ("۱۰ دی ماه ۱۴۰۲", Some("2023-12-31")),
            ("۳۱ مهر ۱۴۰۰", None),
            ("۱۹ مارس ۱۴۰۰", None),
            ("2021eko martxoaren 19a", Some("2021-03-19")),
            ("2021ko abenduaren 3an", Some("2021-12-03")),
            ("2021eko udaren 19a", None),
            ("2021 оны 3 дугаар сарын 19", Some("2021-03-19")),
            ("2021 оны 12-р сарын 3", Some("2021-12-03")),
            ("2021 оны 13-р сарын 3", None),
            ("၂၀၂၁ ခုနှစ် မတ်လ ၁၉ ရက်", Some("2021-03-19")),
            ("၁၉ မတ် ၂၀၂၁", Some("2021-03-19")),
            ("ဒီဇင်ဘာ ၃၊ ၂၀၂၁", Some("2021-12-03")),
            ("ថ្ងៃទី១៩ ខែមីនា ឆ្នាំ២០២១", Some("2021-03-19")),
            ("១៩ មីនា ២០២១", Some("2021-03-19")),
            ("04 آب/اغسطس 2013", Some("2013-08-04")),
        ] {
            let found = dates::parse(text, None).map(|found| found.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
