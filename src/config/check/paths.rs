//! Where relative paths lead. What wirewatch reads is relative to the config's directory; what it writes is relative to
//! the state directory, which is systemd's `$STATE_DIRECTORY`, `/var/lib/wirewatch` for a config in `/etc/wirewatch`,
//! else the config's directory. So the service and a person at the shell find the same store.

use std::path::{Path, PathBuf};

use super::super::load::Environment;
use super::super::raw::{Context, Node};
use super::values;

/// Where the unit's `StateDirectory=wirewatch` puts it.
const SYSTEM_STATE: &str = "/var/lib/wirewatch";

/// The directories that relative paths start from.
pub(super) struct Paths {
    config: PathBuf,
    state: PathBuf,
}

impl Paths {
    pub(super) fn new(config: &Path, environment: &Environment) -> Self {
        let by_systemd = environment.get("STATE_DIRECTORY").and_then(|list| list.split(':').next());
        let state = match by_systemd.filter(|path| !path.is_empty()) {
            Some(path) => PathBuf::from(path),
            None if config == Path::new("/etc/wirewatch") => PathBuf::from(SYSTEM_STATE),
            None => config.to_owned(),
        };
        Self { config: config.to_owned(), state }
    }

    /// A file or directory to read.
    pub(super) fn to_read(&self, path: &str) -> PathBuf {
        self.config.join(path)
    }

    /// A file or directory to write.
    pub(super) fn to_write(&self, path: &str) -> PathBuf {
        self.state.join(path)
    }

    /// A value that names something to write.
    pub(super) fn read_to_write(&self, context: &Context<'_>, node: &Node<'_>) -> Option<PathBuf> {
        values::text(context, node).map(|path| self.to_write(&path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_goes_to_the_state_directory() {
        let systemd = Environment::of([("STATE_DIRECTORY".to_owned(), "/var/lib/private/wirewatch:/x".to_owned())]);
        let shell = Environment::of([]);
        for (config, environment, expected) in [
            ("/etc/wirewatch", &systemd, "/var/lib/private/wirewatch/wirewatch.db"),
            ("/etc/wirewatch", &shell, "/var/lib/wirewatch/wirewatch.db"),
            ("/home/ada/news", &shell, "/home/ada/news/wirewatch.db"),
            ("config", &shell, "config/wirewatch.db"),
            ("", &shell, "wirewatch.db"),
        ] {
            let paths = Paths::new(Path::new(config), environment);
            assert_eq!(paths.to_write("wirewatch.db"), PathBuf::from(expected), "{config}");
            assert_eq!(paths.to_write("/srv/w.db"), PathBuf::from("/srv/w.db"));
            assert_eq!(paths.to_read("secrets/token"), Path::new(config).join("secrets/token"));
        }
    }
}
