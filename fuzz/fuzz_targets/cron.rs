//! Cron lines: any text is read or refused with a reason, and the next time is later than the one before it.
#![no_main]

use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;
use wirewatch::engine::schedule::{Wall, parse_duration};
use wirewatch::model::time::Timestamp;

fuzz_target!(|text: &str| {
    drop(parse_duration(text));
    let wall = match Wall::parse(text) {
        Ok(wall) => wall,
        Err(reason) => {
            assert!(!reason.is_empty());
            return;
        }
    };
    // Before a night in which the clocks go forward.
    let mut at: Timestamp = "2026-03-28T12:00:00Z".parse().expect("a constant time");
    for zone in ["Europe/Berlin", "America/New_York", "UTC"] {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        for _ in 0..3 {
            let Some(next) = wall.next(&zone, at) else { return };
            assert!(next > at);
            at = next;
        }
    }
});
