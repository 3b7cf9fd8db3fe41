//! A source's own rhythm: how often entries have appeared, and the interval that follows from it.
//!
//! A source is asked twice in the mean time between two of its entries, and more seldom while it is silent: at an eighth
//! of the silence, so that a paper that sleeps for eight hours is found awake within one. What was seen fades with a
//! half-life of a week, so that a source that wakes up, or dries up, is known by what it does now.

use crate::model::source::WaitReason;
use crate::model::time::{SignedDuration, Timestamp};

/// After so long what was seen counts half.
const HALF_LIFE_S: f64 = 7.0 * 86_400.0;

/// Fewer entries than this are no rhythm.
const ENTRIES_ENOUGH: f64 = 3.0;

/// Polls in the mean time between two entries.
const POLLS_PER_GAP: f64 = 2.0;

/// Polls in a silence, as it grows.
const POLLS_PER_SILENCE: f64 = 8.0;

/// What is remembered of how a source's entries appeared.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rhythm {
    /// How many appeared; not counting what the source listed at its first poll.
    pub entries: f64,
    /// The time that they appeared in, in seconds.
    pub span_s: f64,
    /// When the last one appeared; where none did, when the source was first looked at.
    pub last_new: Option<Timestamp>,
}

/// The bounds within which a rhythm sets the interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The interval of a source whose rhythm is not known.
    pub usual: SignedDuration,
    /// No shorter than this.
    pub min: SignedDuration,
    /// No longer than this.
    pub max: SignedDuration,
}

impl Rhythm {
    /// After a look that found so many `new` entries, the first since `before` (none: the first look of all, whose
    /// entries say nothing about time).
    #[must_use]
    pub fn looked(self, new: usize, before: Option<Timestamp>, now: Timestamp) -> Self {
        let Some(before) = before else { return Self { last_new: Some(now), ..Self::default() } };
        let span_s = now.duration_since(before).as_secs_f64().max(0.0);
        let fade = (-span_s / HALF_LIFE_S).exp2();
        let faded = Self { entries: self.entries * fade, span_s: self.span_s * fade + span_s, ..self };
        faded.appeared(new, now)
    }

    /// After `new` entries came by themselves, between two looks.
    #[must_use]
    pub fn appeared(self, new: usize, now: Timestamp) -> Self {
        let entries = self.entries + f64::from(u32::try_from(new).unwrap_or(u32::MAX));
        let last_new = if new > 0 { Some(now) } else { self.last_new.or(Some(now)) };
        Self { entries, last_new, ..self }
    }

    /// How long to wait between two polls, within `bounds`, and whether that is the rhythm's or the silence's doing.
    pub fn interval(self, bounds: Bounds, now: Timestamp) -> (SignedDuration, WaitReason) {
        let usual_s = bounds.usual.as_secs_f64();
        let gap_s = if self.entries >= ENTRIES_ENOUGH { self.span_s / self.entries / POLLS_PER_GAP } else { usual_s };
        let silence_s = self.last_new.map_or(0.0, |last| now.duration_since(last).as_secs_f64()) / POLLS_PER_SILENCE;
        let (wait_s, reason) = if silence_s > gap_s {
            (silence_s, WaitReason::Silence)
        } else if self.entries >= ENTRIES_ENOUGH {
            (gap_s, WaitReason::Rhythm)
        } else {
            (usual_s, WaitReason::Config)
        };
        let wait = SignedDuration::try_from_secs_f64(wait_s).unwrap_or(bounds.usual);
        (wait.min(bounds.max).max(bounds.min), reason)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::schedule::parse_duration;

    fn bounds() -> Bounds {
        let parse = |text| parse_duration(text).unwrap();
        Bounds { usual: parse("30m"), min: parse("10m"), max: parse("6h") }
    }

    fn start() -> Timestamp {
        "2026-06-01T00:00:00Z".parse().unwrap()
    }

    /// A week of looks every half hour, at which `new(look)` entries are found; then the interval `later` after that.
    fn week(new: impl Fn(u32) -> usize, later: &str) -> (SignedDuration, WaitReason) {
        let mut at = start();
        let mut rhythm = Rhythm::default().looked(40, None, at);
        for look in 0..7 * 48 {
            let before = at;
            at += SignedDuration::from_mins(30);
            rhythm = rhythm.looked(new(look), Some(before), at);
        }
        rhythm.interval(bounds(), at + parse_duration(later).unwrap())
    }

    #[test]
    fn a_source_is_asked_by_what_it_brings() {
        use WaitReason::{Rhythm, Silence};
        let rows: [(&str, (SignedDuration, WaitReason), &str, WaitReason); 6] = [
            ("a wire", week(|_| 3, "0s"), "10m", Rhythm),
            ("an entry each two hours", week(|look| usize::from(look % 4 == 3), "0s"), "1h", Rhythm),
            ("three a day, at noon", week(|look| if look % 48 == 24 { 3 } else { 0 }, "0s"), "4h", Rhythm),
            ("one a day", week(|look| usize::from(look % 48 == 47), "0s"), "6h", Rhythm),
            ("nothing for a week", week(|_| 0, "0s"), "6h", Silence),
            ("a wire that fell silent for two days", week(|_| 3, "2d"), "6h", Silence),
        ];
        for (what, (wait, reason), expected, why) in rows {
            let expected = parse_duration(expected).unwrap();
            // Fading makes the older days count a little less.
            let close = (wait.as_secs_f64() / expected.as_secs_f64() - 1.0).abs() < 0.03;
            assert!(close && reason == why, "{what}: {wait:#} by {reason:?}");
        }
    }

    #[test]
    fn until_a_rhythm_is_known_the_usual_interval_holds() {
        let first = Rhythm::default().looked(40, None, start());
        let soon = start() + SignedDuration::from_mins(30);
        for rhythm in [Rhythm::default(), first, first.looked(2, Some(start()), soon)] {
            assert_eq!(rhythm.interval(bounds(), soon), (bounds().usual, WaitReason::Config));
        }
    }

    #[test]
    fn a_night_is_no_silence_that_costs_the_morning() {
        let rhythm = Rhythm { entries: 50.0, span_s: 7.0 * 86_400.0, last_new: Some(start()) };
        let (wait, reason) = rhythm.interval(bounds(), start() + SignedDuration::from_hours(8));
        assert!(wait < SignedDuration::from_mins(101), "{wait:#}");
        assert_eq!(reason, WaitReason::Rhythm);
    }

    #[test]
    fn what_was_seen_fades() {
        let busy = Rhythm { entries: 700.0, span_s: 14.0 * 86_400.0, last_new: Some(start()) };
        let month = busy.looked(0, Some(start()), start() + SignedDuration::from_hours(28 * 24));
        assert!((month.entries - 700.0 / 16.0).abs() < 1e-6, "{month:?}");
    }

    fn any_rhythm() -> impl Strategy<Value = Rhythm> {
        (0.0..1e6_f64, 0.0..1e8_f64, prop::option::of(0..400_i64)).prop_map(|(entries, span_s, silent_h)| {
            let last_new = silent_h.map(|hours| start() - SignedDuration::from_hours(hours));
            Rhythm { entries, span_s, last_new }
        })
    }

    proptest! {
        #[test]
        fn the_interval_is_within_its_bounds(rhythm in any_rhythm(), usual_s in 1..90_000_i64, a in 0..90_000_i64, b in 0..90_000_i64) {
            let (usual_s, min_s, max_s) = (usual_s, usual_s.min(a), usual_s.max(b));
            let secs = SignedDuration::from_secs;
            let bounds = Bounds { usual: secs(usual_s), min: secs(min_s), max: secs(max_s) };
            let (wait, _) = rhythm.interval(bounds, start());
            prop_assert!(bounds.min <= wait && wait <= bounds.max, "{wait:#}");
        }

        #[test]
        fn more_entries_never_make_it_longer_and_more_silence_never_shorter(
            rhythm in any_rhythm(), more in 0..1000_usize, later_s in 0..1_000_000_i64,
        ) {
            let wait = |rhythm: Rhythm, at| rhythm.interval(bounds(), at).0;
            prop_assume!(rhythm.entries >= ENTRIES_ENOUGH);
            prop_assert!(wait(rhythm.appeared(more, start()), start()) <= wait(rhythm, start()));
            let later = start() + SignedDuration::from_secs(later_s);
            prop_assert!(wait(rhythm, later) >= wait(rhythm, start()));
        }

        #[test]
        fn looks_never_make_numbers_that_are_none(rhythm in any_rhythm(), new in 0..2000_usize, gap_s in -10_000..100_000_000_i64) {
            let after = rhythm.looked(new, Some(start() - SignedDuration::from_secs(gap_s)), start());
            prop_assert!(after.entries.is_finite() && after.entries >= 0.0);
            prop_assert!(after.span_s.is_finite() && after.span_s >= 0.0);
        }
    }
}
