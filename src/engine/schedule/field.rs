//! One field of a crontab line, read as crontab(5) says: `*`, numbers, names, ranges, steps, lists.

/// The values a field may hold and the names it may use.
pub(super) struct FieldKind {
    /// What the field is called in a message.
    pub(super) name: &'static str,
    /// The lowest number.
    pub(super) min: u8,
    /// The highest number.
    pub(super) max: u8,
    /// Three-letter names; the first stands for `min`.
    names: &'static [&'static str],
}

/// Minutes of an hour.
pub(super) const MINUTE: FieldKind = FieldKind { name: "minute", min: 0, max: 59, names: &[] };
/// Hours of a day.
pub(super) const HOUR: FieldKind = FieldKind { name: "hour", min: 0, max: 23, names: &[] };
/// Days of a month.
pub(super) const DAY_OF_MONTH: FieldKind = FieldKind { name: "day of month", min: 1, max: 31, names: &[] };
/// Months of a year.
pub(super) const MONTH: FieldKind = FieldKind {
    name: "month",
    min: 1,
    max: 12,
    names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
};
/// Days of a week; 0 and 7 are both Sunday.
pub(super) const DAY_OF_WEEK: FieldKind =
    FieldKind { name: "day of week", min: 0, max: 7, names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"] };

/// The set of values one field allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    bits: u64,
    /// Whether it begins with `*`: crontab(5) joins the two day fields by "or" only if neither does.
    pub(super) star: bool,
}

impl Field {
    /// The values, ascending.
    pub(super) fn values(self) -> impl Iterator<Item = u8> {
        (0_u8..64).filter(move |value| self.bits & (1 << value) != 0)
    }

    /// Whether every value of `kind` is allowed.
    pub(super) fn is_all(self, kind: &FieldKind) -> bool {
        (kind.min..=kind.max).all(|value| self.bits & (1 << value) != 0)
    }

    /// Reads one field.
    pub(super) fn parse(kind: &FieldKind, text: &str) -> Result<Self, String> {
        let mut bits = 0;
        for part in text.split(',') {
            bits |= parse_part(kind, part)?;
        }
        if kind.max == 7 && bits & (1 << 7) != 0 {
            bits = (bits | 1) & !(1 << 7);
        }
        Ok(Self { bits, star: text.starts_with(['*', '?']) })
    }
}

fn parse_part(kind: &FieldKind, part: &str) -> Result<u64, String> {
    let (range, step) = match part.split_once('/') {
        Some((range, step)) => (range, Some(parse_step(kind, step)?)),
        None => (part, None),
    };
    // A full week must not count Sunday twice, or `*/2` would lose its rhythm.
    let last = if kind.max == 7 { 6 } else { kind.max };
    let (from, to) = if matches!(range, "*" | "?") {
        (kind.min, last)
    } else if let Some((from, to)) = range.split_once('-') {
        (parse_value(kind, from)?, parse_value(kind, to)?)
    } else {
        let value = parse_value(kind, range)?;
        // `5/15` is "from 5 on, every 15", as many crons read it.
        (value, if step.is_some() { last.max(value) } else { value })
    };
    let step = usize::from(step.unwrap_or(1));
    if from <= to {
        return Ok((from..=to).step_by(step).fold(0, |bits, value| bits | 1 << value));
    }
    if kind.max == 7 {
        // `fri-mon` and `sat-sun` go over the end of the week.
        return Ok((from..=to + 7).step_by(step).fold(0, |bits, value| bits | 1 << (value % 7)));
    }
    Err(format!("the range `{range}` of the {} runs backwards", kind.name))
}

fn parse_step(kind: &FieldKind, text: &str) -> Result<u8, String> {
    match text.parse() {
        Ok(step) if step > 0 => Ok(step),
        _ => Err(format!("`{text}` is no step for the {}: use a number from 1 on, as in `*/15`", kind.name)),
    }
}

fn parse_value(kind: &FieldKind, text: &str) -> Result<u8, String> {
    let lower = text.to_ascii_lowercase();
    if let Some(index) = kind.names.iter().position(|name| lower == *name || is_long_name(kind, &lower, name)) {
        return Ok(kind.min + u8::try_from(index).unwrap_or(0));
    }
    match text.parse::<u8>() {
        Ok(value) if (kind.min..=kind.max).contains(&value) => Ok(value),
        _ => {
            let names = match (kind.names.first(), kind.names.last()) {
                (Some(first), Some(last)) => format!(" or {first} to {last}"),
                _ => String::new(),
            };
            Err(format!("`{text}` is no {}: use {} to {}{names}", kind.name, kind.min, kind.max))
        }
    }
}

/// Whether `text` is the full English name that `name` shortens.
fn is_long_name(kind: &FieldKind, text: &str, name: &str) -> bool {
    const LONG: [&str; 18] = [
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "sunday",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
    ];
    !kind.names.is_empty() && LONG.contains(&text) && text.starts_with(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: &FieldKind, text: &str, expected: &[u8]) {
        let values: Vec<u8> =
            Field::parse(kind, text).unwrap_or_else(|error| panic!("{text}: {error}")).values().collect();
        assert_eq!(values, expected, "{text}");
    }

    #[test]
    fn weekdays_are_numbered_as_in_a_crontab() {
        check(&DAY_OF_WEEK, "1-5", &[1, 2, 3, 4, 5]);
        check(&DAY_OF_WEEK, "0", &[0]);
        check(&DAY_OF_WEEK, "7", &[0]);
        check(&DAY_OF_WEEK, "5-7", &[0, 5, 6]);
        check(&DAY_OF_WEEK, "0-7", &[0, 1, 2, 3, 4, 5, 6]);
        check(&DAY_OF_WEEK, "*", &[0, 1, 2, 3, 4, 5, 6]);
        check(&DAY_OF_WEEK, "*/2", &[0, 2, 4, 6]);
        check(&DAY_OF_WEEK, "Mon,WED,fri", &[1, 3, 5]);
        check(&DAY_OF_WEEK, "mon-fri/2", &[1, 3, 5]);
        check(&DAY_OF_WEEK, "sat-sun", &[0, 6]);
        check(&DAY_OF_WEEK, "fri-mon", &[0, 1, 5, 6]);
        check(&DAY_OF_WEEK, "Tuesday", &[2]);
    }

    #[test]
    fn lists_ranges_and_steps_are_read() {
        check(&MINUTE, "0,30", &[0, 30]);
        check(&MINUTE, "*/20", &[0, 20, 40]);
        check(&MINUTE, "5/20", &[5, 25, 45]);
        check(&MINUTE, "10-20/5,59", &[10, 15, 20, 59]);
        check(&HOUR, "8-10", &[8, 9, 10]);
        check(&MONTH, "jan,jun-aug", &[1, 6, 7, 8]);
        check(&DAY_OF_MONTH, "1,15,31", &[1, 15, 31]);
    }

    #[test]
    fn what_is_out_of_range_is_refused_by_name() {
        for (kind, text, says) in [
            (&MINUTE, "60", "`60` is no minute: use 0 to 59"),
            (&HOUR, "24", "`24` is no hour: use 0 to 23"),
            (&DAY_OF_MONTH, "0", "`0` is no day of month: use 1 to 31"),
            (&MONTH, "13", "`13` is no month: use 1 to 12 or jan to dec"),
            (&DAY_OF_WEEK, "8", "`8` is no day of week: use 0 to 7 or sun to sat"),
            (&DAY_OF_WEEK, "monn", "`monn` is no day of week: use 0 to 7 or sun to sat"),
            (&MINUTE, "*/0", "`0` is no step for the minute: use a number from 1 on, as in `*/15`"),
            (&MINUTE, "30-10", "the range `30-10` of the minute runs backwards"),
            (&MINUTE, "", "`` is no minute: use 0 to 59"),
            (&MINUTE, "1,,2", "`` is no minute: use 0 to 59"),
        ] {
            assert_eq!(Field::parse(kind, text), Err(says.to_owned()), "{text}");
        }
    }
}
