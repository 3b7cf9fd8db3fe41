//! Finds and reads the config files, `conf.d` and included ones with them, and hands them to `check`. The only reader
//! of the environment.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml::de::DeTable;

use super::problem::{Problem, Problems, SourceFile};
use super::{Config, check};

/// Where a config is looked for if nobody says, in this order.
const PLACES: [&str; 2] = ["config/wirewatch.toml", "/etc/wirewatch/wirewatch.toml"];

/// A config file is written by hand: a longer one is something else.
const FILE_MAX_BYTES: u64 = 16 << 20;

/// Why no config was found.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// The named file is not there.
    #[error("no config at `{}`, which {by} names: correct it, or write a starter config with `wirewatch init`", path.display())]
    NotThere {
        /// The file.
        path: PathBuf,
        /// `--config` or `$WIREWATCH_CONFIG`.
        by: &'static str,
    },
    /// None was named, and none of the usual ones is there.
    #[error(
        "no config found: tried config/wirewatch.toml and /etc/wirewatch/wirewatch.toml; write a starter config with \
         `wirewatch init`, or name yours with --config"
    )]
    Nowhere,
}

/// What to do about a secret that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MissingSecret {
    /// The config is not used.
    IsError,
    /// The config is used without: for commands that only read the archive, and that may run where the service's
    /// credentials are not.
    IsWarning,
}

/// The environment as it was when the config was read.
#[derive(Clone)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    missing_secret: MissingSecret,
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The values may be secrets.
        f.debug_struct("Environment").field("variables", &self.variables.len()).finish_non_exhaustive()
    }
}

impl Environment {
    /// That of this process.
    pub fn of_process() -> Self {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self { variables, missing_secret: MissingSecret::IsError }
    }

    /// A given one, for tests.
    pub fn of(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { variables: variables.into_iter().collect(), missing_secret: MissingSecret::IsError }
    }

    /// A variable's value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// The names of all variables.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }

    pub(super) fn needs_secrets(&self) -> bool {
        self.missing_secret == MissingSecret::IsError
    }
}

/// Finds the config file: the named one, `$WIREWATCH_CONFIG`, `config/wirewatch.toml`, `/etc/wirewatch/wirewatch.toml`.
pub fn find(explicit: Option<&Path>) -> Result<PathBuf, FindError> {
    let environment = Environment::of_process();
    let by_variable = environment.get("WIREWATCH_CONFIG").filter(|path| !path.is_empty()).map(PathBuf::from);
    let named = match explicit {
        Some(path) => Some((path.to_owned(), "--config")),
        None => by_variable.map(|path| (path, "$WIREWATCH_CONFIG")),
    };
    if let Some((path, by)) = named {
        // A pipe will do too: `--config /dev/stdin`.
        return if path.exists() && !path.is_dir() { Ok(path) } else { Err(FindError::NotThere { path, by }) };
    }
    PLACES.iter().map(PathBuf::from).find(|path| path.is_file()).ok_or(FindError::Nowhere)
}

/// Reads and checks a config with its `conf.d` and included files. Warnings are in [`Config::warnings`].
pub fn load(path: &Path) -> Result<Config, Problems> {
    load_in(path, &Environment::of_process())
}

/// Like [`load`], for a command that only reads the archive: a secret that is not there is a warning.
pub fn load_to_read(path: &Path) -> Result<Config, Problems> {
    load_in(path, &Environment { missing_secret: MissingSecret::IsWarning, ..Environment::of_process() })
}

/// Like [`load`], in a given environment.
pub fn load_in(path: &Path, environment: &Environment) -> Result<Config, Problems> {
    let mut problems = Vec::new();
    let mut files = Vec::new();
    read(path, &mut files, &mut problems);
    if let Some(main) = files.first().cloned() {
        for included in included(&main, &mut problems) {
            read(&included, &mut files, &mut problems);
        }
        // The last file that sets a value counts: what the config says itself goes before what it takes in.
        files.rotate_left(1);
    }
    let conf_d = directory_of(path).join("conf.d");
    // A directory that may not be listed would silently take half of the config away.
    if let Err(error) = std::fs::read_dir(&conf_d)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        let problem = Problem::of_file(&conf_d, format!("cannot list the directory: {error}"));
        problems.push(problem.hint("make it a directory that the user who runs wirewatch may read, or take it away"));
    }
    for extra in toml_files(&conf_d) {
        read(&extra, &mut files, &mut problems);
    }
    check::check(path, &files, problems, environment)
}

/// Checks a text as if it were read from `path`; neither `conf.d` nor included files are read.
pub fn load_text(text: &str, path: &Path) -> Result<Config, Problems> {
    load_text_in(text, path, &Environment::of_process())
}

/// Like [`load_text`], in a given environment.
pub fn load_text_in(text: &str, path: &Path, environment: &Environment) -> Result<Config, Problems> {
    let files = [SourceFile { path: path.to_owned(), text: Arc::from(text) }];
    check::check(path, &files, Vec::new(), environment)
}

/// The directory a file is in; empty for the working directory.
pub(super) fn directory_of(path: &Path) -> PathBuf {
    path.parent().map(Path::to_owned).unwrap_or_default()
}

fn read(path: &Path, files: &mut Vec<SourceFile>, problems: &mut Vec<Problem>) {
    if files.iter().any(|known| known.path == path) {
        return;
    }
    match read_text(path) {
        Ok(text) => files.push(SourceFile { path: path.to_owned(), text: Arc::from(text) }),
        Err(reason) => {
            let problem = Problem::of_file(path, format!("cannot read the file: {reason}"));
            problems.push(problem.hint("make it readable for the user that runs wirewatch, or take it away"));
        }
    }
}

/// The text of a file that a person wrote.
pub(super) fn read_text(path: &Path) -> Result<String, String> {
    let length = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if length > FILE_MAX_BYTES {
        return Err(format!("it holds {length} bytes, more than any config"));
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let text = String::from_utf8(bytes)
        .map_err(|error| format!("byte {} is not UTF-8: save the file as UTF-8", error.utf8_error().valid_up_to()))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// The `.toml` files of a directory, by name; none where there is no such directory.
pub(super) fn toml_files(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml") && path.is_file())
        .filter(|path| path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with('.')))
        .collect();
    files.sort();
    files
}

/// The files that `include = ["terms/*.toml"]` names, relative to the file that says so. `*` stands for a whole file
/// name before `.toml`.
fn included(main: &SourceFile, problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    let (document, _) = DeTable::parse_recoverable(&main.text);
    let Some(list) = document.get_ref().get("include") else {
        return Vec::new();
    };
    let directory = directory_of(&main.path);
    let mut paths = Vec::new();
    for element in list.get_ref().as_array().into_iter().flat_map(|array| array.iter()) {
        let Some(pattern) = element.get_ref().as_str() else {
            continue; // `check` says so.
        };
        let found = match pattern.strip_suffix("*.toml") {
            Some(folder) => toml_files(&directory.join(folder)),
            None => Some(directory.join(pattern)).filter(|path| path.is_file()).into_iter().collect(),
        };
        if found.is_empty() {
            let problem = Problem::at(main, element.span(), format!("`{pattern}` includes no file"));
            problems.push(problem.hint(format!("it is looked for in {}", shown(&directory))));
        }
        paths.extend(found);
    }
    paths
}

/// A directory for people: `.` rather than nothing.
fn shown(directory: &Path) -> String {
    if directory.as_os_str().is_empty() { "the working directory".to_owned() } else { directory.display().to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_config_that_is_not_there_is_said_with_who_named_it() {
        let error = find(Some(Path::new("/nowhere/w.toml"))).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no config at `/nowhere/w.toml`, which --config names: correct it, or write a starter config with \
             `wirewatch init`"
        );
        assert!(find(Some(Path::new("/"))).is_err(), "a directory is no config");
    }

    #[test]
    fn a_file_that_cannot_be_read_is_a_problem_of_that_file() {
        let problems = load(Path::new("/nowhere/w.toml")).unwrap_err();
        let shown: Vec<(PathBuf, usize)> =
            problems.iter().map(|problem| (problem.file.clone(), problem.line)).collect();
        assert_eq!(shown, [(PathBuf::from("/nowhere/w.toml"), 0)]);
    }
}
