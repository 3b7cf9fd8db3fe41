//! The layers and the bounds of the design, held over the sources themselves.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(dir: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut dirs = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(dir)];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            // Unit tests that have a file or a folder of their own are no part of the layers.
            if path.file_stem().is_some_and(|name| name == "tests") {
                continue;
            }
            if path.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "{dir} holds no source");
    found
}

/// The lines before a file's unit tests that are no comments.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let before_tests = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text);
    before_tests.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn assert_absent(dir: &str, forbidden: &[&str]) {
    let mut seen = Vec::new();
    for (path, text) in sources(dir) {
        for (number, line) in code(&text) {
            if let Some(word) = forbidden.iter().find(|word| line.contains(**word)) {
                seen.push(format!("{}:{}: {word}", path.display(), number + 1));
            }
        }
    }
    assert!(seen.is_empty(), "forbidden in {dir}:\n{}", seen.join("\n"));
}

#[test]
fn the_core_touches_nothing_outside() {
    let forbidden = [
        "crate::config",
        "crate::io",
        "crate::jobs",
        "crate::daemon",
        "crate::web",
        "crate::cli",
        "crate::demo",
        "tokio::",
        "reqwest::",
        "rusqlite::",
        "std::fs",
        "std::env",
        "::now()",
        "async fn",
        ".await",
    ];
    assert_absent("src/engine", &forbidden);
    assert_absent("src/model", &forbidden);
    assert_absent("src/model", &["crate::engine"]);
}

#[test]
fn adapters_do_not_know_who_uses_them() {
    assert_absent("src/io", &["crate::jobs", "crate::daemon", "crate::web", "crate::cli", "crate::demo"]);
    assert_absent("src/config", &["crate::io", "crate::jobs", "crate::daemon", "crate::web", "crate::cli"]);
    assert_absent("src/jobs", &["crate::daemon", "crate::web", "crate::cli", "crate::demo", "rusqlite::"]);
}

#[test]
fn a_canonical_url_is_made_in_two_places_only() {
    let makers: Vec<String> = sources("src")
        .into_iter()
        .filter(|(_, text)| code(text).any(|(_, line)| line.contains("CanonicalUrl::from_canonical(")))
        .map(|(path, _)| path.display().to_string())
        .collect();
    for maker in &makers {
        assert!(maker.contains("engine/canonical") || maker.contains("io/store"), "{maker} makes a CanonicalUrl");
    }
    assert!(!makers.is_empty());
}

#[test]
fn no_file_is_too_long_to_read_in_one_sitting() {
    for (path, text) in sources("src") {
        let lines = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(&text).lines().count();
        assert!(lines <= 500, "{}: {lines} lines before its tests: it asks to be two", path.display());
    }
}

#[test]
fn nothing_is_left_open() {
    for dir in ["src", "tests/it"] {
        for (path, text) in sources(dir) {
            for word in [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("todo", "!("), concat!("#[ig", "nore")] {
                assert!(!text.contains(word), "{}: {word}", path.display());
            }
        }
    }
}
