//! Logs, set up once: to the journal with their fields when systemd connected standard error to it, else as lines on
//! standard error, in colour only on a terminal. Standard output belongs to results alone.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::load::Environment;

/// Starts logging. `level` is what `--log` says: a level for wirewatch's own logs (those of libraries stay at
/// warnings), or a filter such as `wirewatch::jobs=debug`. Without it, `default` counts. Later calls do nothing.
pub fn init(level: Option<&str>, default: &str) {
    let asked = level.unwrap_or(default);
    let (filter, refused) = match filter(asked) {
        Ok(filter) => (filter, None),
        Err(reason) => (filter(default).unwrap_or_default(), Some(reason)),
    };
    let registry = tracing_subscriber::registry().with(filter);
    let journal = goes_to_journal().then(tracing_journald::layer).and_then(Result::ok);
    let started = if let Some(journal) = journal {
        // Fields keep their names (`ENTRIES_NEW`): `journalctl SOURCE_ID=…` finds a source's lines.
        registry.with(journal.with_field_prefix(None)).try_init()
    } else {
        let lines = tracing_subscriber::fmt::layer()
            .with_writer(std::io::stderr)
            .with_ansi(anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never)
            .with_target(false);
        registry.with(lines).try_init()
    };
    if let (Ok(()), Some(reason)) = (started, refused) {
        tracing::warn!("--log {asked}: {reason}; logging at {default}");
    }
}

/// Reads what `--log` takes.
pub fn filter(text: &str) -> Result<EnvFilter, String> {
    let directives = match text.parse::<LevelFilter>() {
        Ok(LevelFilter::OFF) => "off".to_owned(),
        Ok(level) => format!("warn,wirewatch={level}"),
        Err(_) => text.to_owned(),
    };
    EnvFilter::try_new(directives).map_err(|error| format!("{error}: use error, warn, info, debug, trace or off"))
}

/// Whether standard error is the journal's socket: `$JOURNAL_STREAM` names its device and inode. The variable alone
/// says nothing, since children that write elsewhere inherit it.
#[cfg(target_os = "linux")]
fn goes_to_journal() -> bool {
    use std::os::linux::fs::MetadataExt as _;
    let environment = Environment::of_process();
    let Some(named) = environment.get("JOURNAL_STREAM") else {
        return false;
    };
    std::fs::metadata("/proc/self/fd/2").is_ok_and(|stderr| named == format!("{}:{}", stderr.st_dev(), stderr.st_ino()))
}

#[cfg(not(target_os = "linux"))]
fn goes_to_journal() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_for_wirewatch_and_a_filter_is_taken_as_it_is() {
        for (text, expected) in [
            ("info", "wirewatch=info,warn"),
            ("DEBUG", "wirewatch=debug,warn"),
            ("off", "off"),
            ("wirewatch::jobs=debug", "wirewatch::jobs=debug"),
        ] {
            assert_eq!(filter(text).map(|filter| filter.to_string()), Ok(expected.to_owned()), "{text}");
        }
        assert!(filter("loud=very=much").is_err());
    }
}
