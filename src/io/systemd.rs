//! What systemd is told over its notify socket. Without systemd every call does nothing. Must never fail the service:
//! a manager that cannot be told is logged, no more.

use std::time::Duration;

use sd_notify::NotifyState;

/// The service is up: config taken, store open, listening.
pub fn ready() {
    tell(&[NotifyState::Ready]);
}

/// The config is being read again; [`ready`] ends it.
pub fn reloading() {
    // Both go in one datagram, or `systemctl reload` waits for ever under `Type=notify-reload`.
    match NotifyState::monotonic_usec_now() {
        Ok(since_boot) => tell(&[NotifyState::Reloading, since_boot]),
        Err(error) => tracing::warn!("could not read the monotonic clock for systemd: {error}"),
    }
}

/// The service is on its way down.
pub fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// One line for `systemctl status`.
pub fn status(line: &str) {
    tell(&[NotifyState::Status(line)]);
}

/// The time within which systemd wants a [`ping`], if the unit has `WatchdogSec`: ping twice as often.
pub fn watchdog_interval() -> Option<Duration> {
    sd_notify::watchdog_enabled()
}

/// The service makes progress. To be called only after something proved it, never from a bare timer.
pub fn ping() {
    tell(&[NotifyState::Watchdog]);
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!("could not tell systemd: {error}");
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_line_of_the_unit_says_why_it_is_there() {
        let unit = include_str!("../../systemd/wirewatch.service");
        let mut before = "";
        for line in unit.lines() {
            let is_setting = line.contains('=') && !line.starts_with('#');
            assert!(!is_setting || before.starts_with("# "), "`{line}` has no comment above it");
            before = line;
        }
    }
}
