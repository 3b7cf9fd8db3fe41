//! When a failed delivery is tried again. The waits are those the Standard Webhooks specification gives as its example:
//! ten attempts over a little more than three days.

use crate::model::event::SendError;
use crate::model::time::{SignedDuration, Timestamp};

/// The wait before each attempt, in seconds; the first is made at once.
const WAITS_S: [i64; 10] = [0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// The longest `Retry-After` that is believed.
const RETRY_AFTER_MAX: SignedDuration = SignedDuration::from_hours(31 * 24);

/// The share of a wait that jitter may add.
const JITTER_SHARE: f64 = 0.1;

/// What becomes of a delivery after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It is tried again, not before this.
    At(Timestamp),
    /// It is given up: `deliveries retry` is for a person.
    GiveUp,
}

/// Decides after an attempt failed. `attempt` is how many were made, this one included; `jitter` is in `[0, 1)`.
pub fn next(attempt: u32, outcome: &SendError, now: Timestamp, jitter: f64) -> Retry {
    let retry_after = match outcome {
        SendError::Permanent { .. } | SendError::ChannelClosed { .. } => return Retry::GiveUp,
        SendError::Temporary { retry_after, .. } => retry_after.unwrap_or(SignedDuration::ZERO).min(RETRY_AFTER_MAX),
    };
    let Some(wait_s) = usize::try_from(attempt).ok().and_then(|made| WAITS_S.get(made)) else {
        return Retry::GiveUp;
    };
    let spread = SignedDuration::try_from_secs_f64(
        SignedDuration::from_secs(*wait_s).as_secs_f64() * JITTER_SHARE * jitter.clamp(0.0, 1.0),
    )
    .unwrap_or(SignedDuration::ZERO);
    let wait = (SignedDuration::from_secs(*wait_s) + spread).max(retry_after);
    Retry::At(now.checked_add(wait).unwrap_or(Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn temporary(retry_after_s: Option<i64>) -> SendError {
        SendError::Temporary { reason: "503".to_owned(), retry_after: retry_after_s.map(SignedDuration::from_secs) }
    }

    fn wait_s(attempt: u32, error: &SendError, jitter: f64) -> Option<i64> {
        let now = Timestamp::UNIX_EPOCH;
        match next(attempt, error, now, jitter) {
            Retry::At(at) => Some(at.duration_since(now).as_secs()),
            Retry::GiveUp => None,
        }
    }

    #[test]
    fn the_waits_are_those_of_standard_webhooks_and_end_after_ten_attempts() {
        let waits: Vec<Option<i64>> = (1..=10).map(|attempt| wait_s(attempt, &temporary(None), 0.0)).collect();
        let hours = |h: i64| Some(h * 3600);
        assert_eq!(
            waits,
            [Some(5), Some(300), Some(1800), hours(2), hours(5), hours(10), hours(14), hours(20), hours(24), None]
        );
    }

    #[test]
    fn the_receiver_may_ask_for_a_longer_wait_but_not_for_a_shorter_one() {
        for (asked, waited) in [(60, 60), (1, 5), (0, 5), (40 * 86_400, 31 * 86_400)] {
            assert_eq!(wait_s(1, &temporary(Some(asked)), 0.0), Some(waited), "{asked} s");
        }
    }

    #[test]
    fn what_cannot_work_is_given_up_at_once() {
        let reason = || "410 Gone".to_owned();
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(next(1, &SendError::Permanent { reason: reason() }, now, 0.0), Retry::GiveUp);
        assert_eq!(next(1, &SendError::ChannelClosed { reason: reason() }, now, 0.0), Retry::GiveUp);
    }

    proptest! {
        #[test]
        fn jitter_only_ever_adds_and_at_most_a_tenth(attempt in 1_u32..10, jitter in 0.0..1.0_f64) {
            let base = wait_s(attempt, &temporary(None), 0.0).unwrap();
            let spread = wait_s(attempt, &temporary(None), jitter).unwrap();
            prop_assert!(spread >= base && spread <= base + base / 10 + 1, "{base} → {spread}");
        }
    }
}
