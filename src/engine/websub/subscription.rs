//! One subscription at one hub, as a state machine: what is to be asked next, and what an answer makes of it.

use crate::model::time::{SignedDuration, Timestamp};
use crate::model::url::WebUrl;

/// The lease that is asked for; the hub decides.
pub const LEASE_WANTED: SignedDuration = SignedDuration::from_hours(10 * 24);

/// So many polls in a row that found what the hub had not pushed, and it is not relied on any more.
pub const MISSES_MAX: u32 = 2;

/// A lease beyond this is renewed as if it ended here: hubs lose subscriptions.
const LEASE_MAX: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What a hub grants that does not say how long.
const LEASE_UNSAID: SignedDuration = SignedDuration::from_hours(24);

/// A hub has so long to come back and verify; then the request has failed.
const VERIFY_WITHIN: SignedDuration = SignedDuration::from_mins(15);

/// Between two renewals, however short the lease.
const RENEW_MIN: SignedDuration = SignedDuration::from_mins(5);

/// After a first failure, doubled with each further one …
const RETRY_FIRST: SignedDuration = SignedDuration::from_hours(1);
/// … up to this.
const RETRY_MAX: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The share of a wait that jitter may add: hubs serve many sources, which would come back together.
const JITTER_SHARE: f64 = 0.25;

/// A hub that refused is not asked again sooner.
const REFUSED_MIN: SignedDuration = SignedDuration::from_hours(24);

/// Requests to end a subscription before it is left to its lease.
const LEAVE_TRIES: u32 = 3;

/// What a hub is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// To push.
    Subscribe,
    /// To stop.
    Unsubscribe,
}

impl Ask {
    /// The word of the protocol, and of the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Subscribe => "subscribe",
            Self::Unsubscribe => "unsubscribe",
        }
    }
}

/// A request that a hub may verify.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// What for.
    pub ask: Ask,
    /// Until then; later the hub asks about something that nobody remembers.
    pub until: Timestamp,
    /// Whether it did. It may do so again: the answer may have been lost.
    pub verified: bool,
}

/// One subscription.
#[derive(Debug, Clone, PartialEq)]
pub struct Subscription {
    /// Where it is asked for.
    pub hub: WebUrl,
    /// What it is for.
    pub topic: WebUrl,
    /// Whether its source still wants it.
    pub wanted: bool,
    /// The last request, if the hub took it.
    pub asked: Option<Asked>,
    /// Until when the hub has promised to push.
    pub live_until: Option<Timestamp>,
    /// Requests that failed in a row.
    pub failures: u32,
    /// What failed last, in words.
    pub last_error: Option<String>,
    /// Polls in a row that found what was not pushed.
    pub missed: u32,
    /// When the hub is asked next.
    pub due: Timestamp,
}

/// What a hub is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is as the hub says: the challenge is echoed.
    Ours,
    /// Nothing like that was asked for: 404.
    NotOurs,
}

impl Subscription {
    /// A new one: the hub is to be asked now.
    pub fn new(hub: WebUrl, topic: WebUrl, now: Timestamp) -> Self {
        Self {
            hub,
            topic,
            wanted: true,
            asked: None,
            live_until: None,
            failures: 0,
            last_error: None,
            missed: 0,
            due: now,
        }
    }

    /// Whether the hub pushes.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.wanted && self.live_until.is_some_and(|until| until > now)
    }

    /// Whether nothing is left to do, and it may be forgotten: its source does not want it, and the hub has stopped or
    /// cannot be told to.
    pub fn is_over(&self, now: Timestamp) -> bool {
        let live = self.live_until.is_some_and(|until| until > now);
        let open = self.asked.is_some_and(|asked| asked.until > now);
        !self.wanted && !open && (!live || self.failures >= LEAVE_TRIES)
    }

    /// What the hub is to be asked now, if anything; it may verify it from now on.
    pub fn begin(&mut self, now: Timestamp) -> Option<Ask> {
        if self.due > now {
            return None;
        }
        if self.asked.is_some_and(|asked| !asked.verified && asked.until <= now) {
            self.fail("the hub did not come back to verify the request".to_owned(), now, 0.0);
            return None;
        }
        let live = self.live_until.is_some_and(|until| until > now);
        let until = plus(now, VERIFY_WITHIN);
        let ask = if self.wanted { Some(Ask::Subscribe) } else { live.then_some(Ask::Unsubscribe) };
        let Some(ask) = ask else {
            // Nothing is left but to be forgotten.
            self.due = until;
            return None;
        };
        self.asked = Some(Asked { ask, until, verified: false });
        self.due = until;
        Some(ask)
    }

    /// The request failed: no answer, or one that is no acceptance. `jitter` is in `[0, 1)`.
    pub fn fail(&mut self, why: String, now: Timestamp, jitter: f64) {
        self.asked = None;
        self.last_error = Some(why);
        self.due = plus(now, retry_after(self.failures, jitter));
        self.failures = self.failures.saturating_add(1);
    }

    /// The hub asks whether a request was ours.
    pub fn verify(&mut self, ask: Ask, topic: &str, lease: Option<SignedDuration>, now: Timestamp) -> Verdict {
        let pending = self.asked.is_some_and(|asked| asked.ask == ask && asked.until > now);
        if !pending || !self.is_topic(topic) {
            return Verdict::NotOurs;
        }
        self.asked = self.asked.map(|asked| Asked { verified: true, ..asked });
        self.failures = 0;
        self.last_error = None;
        self.missed = 0;
        match ask {
            Ask::Subscribe => {
                let lease = lease.unwrap_or(LEASE_UNSAID).min(LEASE_MAX);
                self.live_until = Some(plus(now, lease));
                // In good time before the end, so that a hub that is down for a while costs nothing.
                self.due = plus(now, (lease * 3 / 4).max(RENEW_MIN));
            }
            Ask::Unsubscribe => {
                self.live_until = None;
                self.due = now;
            }
        }
        Verdict::Ours
    }

    /// The hub refuses, now or after it had granted. Whether it was about this topic.
    pub fn deny(&mut self, topic: &str, reason: Option<String>, now: Timestamp) -> bool {
        if !self.is_topic(topic) {
            return false;
        }
        let reason = reason.map(|reason| format!(": {}", reason.chars().take(200).collect::<String>()));
        self.live_until = None;
        self.fail(format!("the hub refuses{}", reason.unwrap_or_default()), now, 0.0);
        self.due = self.due.max(plus(now, REFUSED_MIN));
        true
    }

    /// A poll found what the hub had not pushed. After some in a row it is not relied on: polling takes over, and the hub
    /// is asked again later.
    pub fn miss(&mut self, now: Timestamp) {
        self.missed = self.missed.saturating_add(1);
        if self.missed >= MISSES_MAX && self.is_live(now) {
            self.live_until = None;
            self.missed = 0;
            self.fail("polls found what the hub had not pushed".to_owned(), now, 0.0);
            self.due = self.due.max(plus(now, REFUSED_MIN));
        }
    }

    /// The hub pushed something that it had signed.
    pub fn pushed(&mut self) {
        self.missed = 0;
    }

    /// The callback's address changed: what the hub knows leads nowhere any more.
    pub fn moved(&mut self, now: Timestamp) {
        self.asked = None;
        self.live_until = None;
        self.due = now;
    }

    /// Its source is gone, or names another hub.
    pub fn leave(&mut self, now: Timestamp) {
        if self.wanted {
            self.wanted = false;
            self.asked = None;
            self.failures = 0;
            self.due = now;
        }
    }

    /// Its source wants it again.
    pub fn resume(&mut self, now: Timestamp) {
        if !self.wanted {
            *self = Self { last_error: self.last_error.take(), ..Self::new(self.hub.clone(), self.topic.clone(), now) };
        }
    }

    /// Hubs send the topic back as it was given, or as their own URL parser writes it.
    fn is_topic(&self, topic: &str) -> bool {
        self.topic.as_str() == topic || WebUrl::parse(topic).is_ok_and(|topic| topic == self.topic)
    }
}

fn retry_after(failures: u32, jitter: f64) -> SignedDuration {
    let factor = 1_i32.checked_shl(failures.min(20)).unwrap_or(i32::MAX);
    let wait = RETRY_FIRST.checked_mul(factor).unwrap_or(RETRY_MAX).min(RETRY_MAX);
    SignedDuration::try_from_secs_f64(wait.as_secs_f64() * (1.0 + JITTER_SHARE * jitter)).unwrap_or(wait)
}

fn plus(now: Timestamp, wait: SignedDuration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TOPIC: &str = "https://a.test/feed";

    fn now() -> Timestamp {
        "2026-06-15T12:00:00Z".parse().unwrap()
    }

    fn minutes(minutes: i64) -> SignedDuration {
        SignedDuration::from_mins(minutes)
    }

    fn new() -> Subscription {
        Subscription::new(WebUrl::parse("https://hub.test/").unwrap(), WebUrl::parse(TOPIC).unwrap(), now())
    }

    fn live(lease_h: i64) -> Subscription {
        let mut one = new();
        assert_eq!(one.begin(now()), Some(Ask::Subscribe));
        let lease = Some(SignedDuration::from_hours(lease_h));
        assert_eq!(one.verify(Ask::Subscribe, TOPIC, lease, now()), Verdict::Ours);
        one
    }

    #[test]
    fn a_subscription_is_live_once_verified_and_is_renewed_before_its_end() {
        let mut one = live(24);
        assert!(one.is_live(now() + minutes(1439)) && !one.is_live(now() + minutes(1440)));
        assert_eq!(one.begin(now() + minutes(17 * 60)), None);
        let renewal = now() + minutes(18 * 60);
        assert_eq!((one.due, one.begin(renewal)), (renewal, Some(Ask::Subscribe)));
        assert!(one.is_live(renewal), "while the renewal is under way");
        assert_eq!(one.verify(Ask::Subscribe, TOPIC, Some(minutes(1440)), renewal), Verdict::Ours);
        assert!(one.is_live(renewal + minutes(1439)));
    }

    #[test]
    fn only_what_was_asked_lately_about_this_topic_is_ours() {
        let verify =
            |mut one: Subscription, ask, topic: &str, after| one.verify(ask, topic, None, now() + minutes(after));
        let asked = || {
            let mut one = new();
            one.begin(now());
            one
        };
        assert_eq!(verify(asked(), Ask::Subscribe, TOPIC, 14), Verdict::Ours);
        assert_eq!(verify(asked(), Ask::Subscribe, "HTTPS://A.test:443/feed", 14), Verdict::Ours);
        assert_eq!(verify(asked(), Ask::Subscribe, TOPIC, 15), Verdict::NotOurs);
        assert_eq!(verify(asked(), Ask::Unsubscribe, TOPIC, 1), Verdict::NotOurs);
        assert_eq!(verify(asked(), Ask::Subscribe, "https://a.test/other", 1), Verdict::NotOurs);
        assert_eq!(verify(new(), Ask::Subscribe, TOPIC, 0), Verdict::NotOurs);
        assert_eq!(verify(live(1), Ask::Subscribe, TOPIC, 5), Verdict::Ours, "the answer may have been lost");
        assert_eq!(verify(live(1), Ask::Subscribe, TOPIC, 20), Verdict::NotOurs);
    }

    #[test]
    fn failures_wait_ever_longer_up_to_a_week() {
        let mut one = new();
        let mut at = now();
        let mut waits_h = Vec::new();
        for _ in 0..10 {
            assert_eq!(one.begin(at), Some(Ask::Subscribe));
            one.fail("500".to_owned(), at, 0.0);
            waits_h.push(one.due.duration_since(at).as_hours());
            at = one.due;
        }
        assert_eq!(waits_h, [1, 2, 4, 8, 16, 32, 64, 128, 168, 168]);
    }

    #[test]
    fn a_hub_that_never_comes_back_has_failed() {
        let mut one = new();
        one.begin(now());
        assert_eq!(one.begin(now() + minutes(14)), None);
        let late = now() + minutes(15);
        assert_eq!(one.begin(late), None);
        assert_eq!((one.failures, one.due), (1, late + minutes(60)));
        assert_eq!(one.begin(one.due), Some(Ask::Subscribe));
    }

    #[test]
    fn a_refusal_ends_it_at_once_and_is_not_answered_by_asking_again() {
        for mut one in [live(24), {
            let mut one = new();
            one.begin(now());
            one
        }] {
            assert!(!one.deny("https://a.test/other", None, now()));
            assert!(one.deny(TOPIC, Some("you are not on the list".to_owned()), now()));
            assert!(!one.is_live(now()));
            assert_eq!(one.last_error.as_deref(), Some("the hub refuses: you are not on the list"));
            assert_eq!(one.begin(now() + minutes(23 * 60)), None);
            assert_eq!(one.begin(now() + minutes(24 * 60)), Some(Ask::Subscribe));
        }
    }

    #[test]
    fn a_hub_that_misses_twice_is_not_relied_on() {
        let mut one = live(240);
        one.miss(now());
        one.pushed();
        one.miss(now());
        assert!(one.is_live(now()));
        one.miss(now());
        assert!(!one.is_live(now()));
        assert_eq!(one.begin(now() + minutes(24 * 60)), Some(Ask::Subscribe));
    }

    #[test]
    fn a_source_that_leaves_ends_it_and_it_is_forgotten() {
        let mut one = live(240);
        one.leave(now());
        assert!(!one.is_live(now()) && !one.is_over(now()));
        assert_eq!(one.begin(now()), Some(Ask::Unsubscribe));
        assert!(!one.is_over(now()));
        assert_eq!(one.verify(Ask::Unsubscribe, TOPIC, None, now()), Verdict::Ours);
        assert!(!one.is_over(now()) && one.is_over(now() + minutes(15)));

        let mut never = new();
        never.leave(now());
        assert!(never.is_over(now()), "nothing was ever asked");

        let mut deaf = live(240);
        deaf.leave(now());
        for _ in 0..LEAVE_TRIES {
            let at = deaf.due;
            assert_eq!(deaf.begin(at), Some(Ask::Unsubscribe));
            deaf.fail("refused".to_owned(), at, 0.0);
        }
        assert!(deaf.is_over(now()));

        let mut back = live(240);
        back.leave(now());
        back.resume(now());
        assert_eq!(back.begin(now()), Some(Ask::Subscribe));
    }

    #[test]
    fn no_lease_makes_a_hub_be_asked_without_a_pause_or_never_again() {
        for (lease, due_m, live_m) in [
            (Some(SignedDuration::from_secs(1)), 5, 0),
            (None, 18 * 60, 24 * 60),
            (Some(minutes(i64::MAX / 60 / 2)), 30 * 24 * 45, 30 * 24 * 60),
        ] {
            let mut one = new();
            one.begin(now());
            one.verify(Ask::Subscribe, TOPIC, lease, now());
            assert_eq!(one.due, now() + minutes(due_m), "{lease:?}");
            assert_eq!(one.live_until.unwrap().duration_since(now()).as_mins(), live_m, "{lease:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_happens_something_is_due_or_it_is_over(steps in prop::collection::vec((0..8_u8, 0..3_000_i64), 0..40)) {
            let (mut one, mut at) = (new(), now());
            for (step, after) in steps {
                at += minutes(after);
                match step {
                    0 => drop(one.begin(at)),
                    1 => one.fail("x".to_owned(), at, 0.5),
                    2 => drop(one.verify(Ask::Subscribe, TOPIC, Some(minutes(after)), at)),
                    3 => drop(one.verify(Ask::Unsubscribe, TOPIC, None, at)),
                    4 => drop(one.deny(TOPIC, None, at)),
                    5 => one.miss(at),
                    6 => one.leave(at),
                    _ => one.resume(at),
                }
                prop_assert!(step != 0 || one.due > at, "asked without a pause");
                prop_assert!(one.due <= at + RETRY_MAX * 2 || one.is_live(one.due));
                prop_assert!(!(one.is_live(at) && one.is_over(at)));
            }
        }
    }
}
