//! Extracts the pages of a data set and prints a prediction a line, for scoring: `score_pages DIR` where `DIR` holds
//! `truth.jsonl` (lines with `id` and `url`) and `html/ID.html.gz` or `html/ID.html`.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measuring tool that cannot go on has failed"
)]
#![expect(clippy::disallowed_methods, reason = "it measures time")]

use std::io::Read as _;
use std::path::Path;

use wirewatch::engine::page::rules::SiteRules;
use wirewatch::engine::page::{self, Learned, PageInput};
use wirewatch::engine::{decode, normalize};
use wirewatch::model::url::WebUrl;

fn main() {
    let dir = std::env::args().nth(1).unwrap();
    let dir = Path::new(&dir);
    let truth = std::fs::read_to_string(dir.join("truth.jsonl")).unwrap();
    let mut spent = std::time::Duration::ZERO;
    let mut slowest = std::time::Duration::ZERO;
    let mut pages = 0;
    for line in truth.lines() {
        let page: serde_json::Value = serde_json::from_str(line).unwrap();
        let id = page["id"].as_str().unwrap();
        let url = page["url"].as_str().unwrap_or("https://page.test/");
        let url = WebUrl::parse(url).or_else(|_| WebUrl::parse(&format!("http://{url}"))).unwrap();
        let bytes = read(dir, id);
        let began = std::time::Instant::now();
        let html = decode::html(&bytes, None);
        let input = PageInput {
            html: &html,
            url: &url,
            rules: &SiteRules::default(),
            entry: None,
            learned: &Learned::default(),
        };
        let content = normalize::normalize(page::extract(&input)).into_content();
        let took = began.elapsed();
        spent += took;
        slowest = slowest.max(took);
        pages += 1;
        let line = serde_json::json!({
            "id": id, "text": content.text(), "title": content.title, "author": content.authors,
            "published": content.published.map(|at| at.to_string()),
        });
        println!("{line}");
    }
    eprintln!("{pages} pages in {spent:?}, slowest {slowest:?}");
}

fn read(dir: &Path, id: &str) -> Vec<u8> {
    let plain = dir.join("html").join(format!("{id}.html"));
    if let Ok(bytes) = std::fs::read(&plain) {
        return bytes;
    }
    let file = std::fs::File::open(dir.join("html").join(format!("{id}.html.gz"))).unwrap();
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).unwrap();
    bytes
}
