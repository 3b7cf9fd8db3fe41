//! Feeds of all kinds and damages, each beside what it is read as. `UPDATE=1` writes the expectations anew.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use wirewatch::engine::feed;
use wirewatch::model::url::WebUrl;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/feeds")
}

/// What a feed is read as, a line each.
fn shown(bytes: &[u8]) -> String {
    let base = WebUrl::parse("https://base.test/feeds/x.xml").unwrap();
    let (feed, problems) = match feed::parse(bytes, None, &base) {
        Ok(read) => read,
        Err(error) => return format!("refused: {error}\n"),
    };
    let mut out = String::new();
    let mut line = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            writeln!(out, "{name}: {value}").unwrap();
        }
    };
    line("format", Some(feed.format));
    line("title", feed.title);
    line("link", feed.link.map(String::from));
    line("language", feed.language);
    line("updated", feed.updated.map(String::from));
    line("ttl", feed.ttl_s.map(|seconds| format!("{seconds} s")));
    line("hub", feed.hub.map(String::from));
    line("self", feed.self_url.map(String::from));
    for problem in problems {
        line("mended", Some(problem));
    }
    for entry in feed.entries {
        line("entry", Some(entry.id));
        line("  url", entry.url.map(String::from));
        line("  title", entry.title);
        line("  authors", Some(entry.authors.join(", ")));
        line("  published", entry.published.map(String::from));
        line("  updated", entry.updated.map(String::from));
        line("  summary", entry.summary);
        line("  content", entry.content);
        line("  tags", Some(entry.tags.join(", ")));
        line("  language", entry.language);
    }
    out
}

#[test]
fn feeds_of_the_corpus_are_read_as_expected() {
    let mut files: Vec<PathBuf> = std::fs::read_dir(corpus()).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension != "expected"));
    files.sort();
    assert!(files.len() >= 15, "the corpus is there");
    for file in files {
        let found = shown(&std::fs::read(&file).unwrap());
        let mut name = file.clone().into_os_string();
        name.push(".expected");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&name, &found).unwrap();
        }
        assert_eq!(found, std::fs::read_to_string(&name).unwrap_or_default(), "{}", file.display());
    }
}

/// What is well formed is read as the strict reader of feed-rs reads it.
#[test]
fn well_formed_feeds_are_read_as_a_strict_reader_reads_them() {
    let base = WebUrl::parse("https://base.test/").unwrap();
    for name in ["well-formed-atom.xml", "well-formed-rss.xml"] {
        let bytes = std::fs::read(corpus().join(name)).unwrap();
        let (ours, _) = feed::parse(&bytes, None, &base).unwrap();
        let theirs = feed_rs::parser::parse(&bytes[..]).unwrap();
        assert_eq!(ours.title, theirs.title.map(|title| title.content), "{name}");
        for (entry, other) in ours.entries.iter().zip(&theirs.entries) {
            let link = other.links.first().map(|link| link.href.clone());
            assert_eq!(entry.url.as_ref().map(ToString::to_string), link, "{name}");
            assert_eq!(
                entry.published.map(|at| at.instant().as_second()),
                other.published.map(|at| at.timestamp()),
                "{name}"
            );
        }
    }
}

#[test]
fn a_feed_cut_anywhere_gives_its_whole_entries() {
    let bytes = std::fs::read(corpus().join("rss20.xml")).unwrap();
    let base = WebUrl::parse("https://base.test/").unwrap();
    let (whole, _) = feed::parse(&bytes, None, &base).unwrap();
    for cut in 0..bytes.len() {
        let Ok((feed, problems)) = feed::parse(&bytes[..cut], None, &base) else { continue };
        // The two entries that share an id are told apart only once both are there.
        let alone = feed.entries.len().min(whole.entries.len() - 2);
        assert_eq!(feed.entries[..alone], whole.entries[..alone], "cut at {cut}");
        assert!(problems.len() <= 1, "cut at {cut}: {problems:?}");
    }
}
