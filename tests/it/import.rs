//! Imports: history that somebody vouches for, brought in once whatever happens on the way.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::world::wirewatch;

const TERMS: &str = "The service may change these terms at any time, and tells its users thirty days before a change takes effect. Whoever does not agree closes the account. ";

fn lines(values: &[(&str, &str, &str)]) -> String {
    let mut text = String::new();
    for (url, at, body) in values {
        writeln!(text, "{}", json!({"url": url, "title": "Terms", "text": body, "fetched": at})).unwrap();
    }
    text
}

fn open(import: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("w.toml"), "[store]\npath = \"w.db\"\n").unwrap();
    std::fs::write(dir.path().join("in.jsonl"), import).unwrap();
    dir
}

fn import(dir: &Path) -> Value {
    let file = dir.join("in.jsonl");
    let output = wirewatch(&dir.join("w.toml"), &["import", file.to_str().unwrap(), "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(String::from_utf8(output.stdout).unwrap().lines().last().unwrap()).unwrap()
}

fn exported(dir: &Path) -> Vec<Value> {
    let output = wirewatch(&dir.join("w.toml"), &["export"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines.retain(|line| line["kind"] == "revision" || line["kind"] == "story");
    lines
}

#[test]
fn every_change_of_an_import_is_kept_and_flips_are_named() {
    let long = TERMS.repeat(8);
    let (a, b) = (format!("{long}\n\nData is kept for 30 days."), format!("{long}\n\nData is kept for 90 days."));
    let url = "https://a.test/terms";
    let dir = open(&lines(&[
        (url, "2024-01-01T10:00:00Z", &a),
        (url, "2024-01-02T10:00:00Z", &b),
        // Months later, and cut to a stub, as no look at a page would be believed at once.
        (url, "2024-06-01T10:00:00Z", &a),
        (url, "2024-06-02T10:00:00Z", "The terms have moved."),
        (url, "2024-06-03T10:00:00Z", &a),
    ]));
    import(dir.path());
    let revisions: Vec<Value> = exported(dir.path()).into_iter().filter(|line| line["kind"] == "revision").collect();
    let flips: Vec<Option<u64>> = revisions.iter().map(|line| line["flip_of"].as_u64()).collect();
    assert_eq!(flips, [None, None, Some(1), None, Some(3)]);
}

#[test]
fn the_same_file_again_brings_nothing_new() {
    let mut values = Vec::new();
    let texts: Vec<String> = (0..4).map(|turn| format!("{TERMS}\n\nData is kept for {} days.", 30 + turn)).collect();
    let times: Vec<String> = (1..8).map(|day| format!("2024-01-0{day}T10:00:00Z")).collect();
    let typeset = texts[1].replace("does not", "DOES NOT");
    let bodies = [&texts[0], &texts[1], &typeset, &texts[1], &texts[2], &texts[0], &texts[3]];
    for (time, body) in times.iter().zip(bodies) {
        values.push(("https://a.test/terms", time.as_str(), body.as_str()));
    }
    let dir = open(&lines(&values));
    assert_eq!(import(dir.path())["revised"], 4);
    let before = exported(dir.path());
    let again = import(dir.path());
    assert_eq!(
        (again["new"].as_u64(), again["revised"].as_u64(), again["unchanged"].as_u64()),
        (Some(0), Some(0), Some(7))
    );
    assert_eq!(exported(dir.path()), before);
}

#[test]
fn an_import_that_is_killed_and_run_again_ends_as_one_that_was_not() {
    let mut values = Vec::new();
    let mut texts = Vec::new();
    for article in 0..120 {
        for turn in 0..3 {
            let body =
                format!("{TERMS}\n\nArticle {article} keeps data for {} days, says its {turn}. edition.", 30 + turn);
            texts.push((
                format!("https://s{}.test/{article}", article % 7),
                format!("2024-01-0{}T10:00:00Z", turn + 1),
                body,
            ));
        }
    }
    for (url, at, body) in &texts {
        values.push((url.as_str(), at.as_str(), body.as_str()));
    }
    let file = lines(&values);
    let whole = open(&file);
    import(whole.path());
    let expected = exported(whole.path());
    let dir = open(&file);
    let mut random = fastrand::Rng::with_seed(20_261_126);
    for _ in 0..6 {
        let mut child = Command::new(env!("CARGO_BIN_EXE_wirewatch"))
            .arg("--config")
            .arg(dir.path().join("w.toml"))
            .arg("import")
            .arg(dir.path().join("in.jsonl"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        pause(Duration::from_millis(random.u64(20..400)));
        child.kill().unwrap();
        child.wait().unwrap();
        let verified = wirewatch(&dir.path().join("w.toml"), &["verify"]);
        let said = String::from_utf8_lossy(&verified.stdout).into_owned() + &String::from_utf8_lossy(&verified.stderr);
        assert!(verified.status.success() || said.contains("no store"), "{said}");
    }
    import(dir.path());
    assert_eq!(exported(dir.path()), expected);
}

#[expect(clippy::disallowed_methods, reason = "a process is to be killed at some instant of real time")]
fn pause(time: Duration) {
    std::thread::sleep(time);
}
