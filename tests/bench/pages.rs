//! How long pages take to read, from bytes to normalized content: the whole corpus in a fresh process and again, each of its pages,
//! and one as large as news pages get.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "it measures time and says it")]

use divan::Bencher;
use divan::counter::BytesCount;
use wirewatch::engine::normalize::Normalized;
use wirewatch::engine::page::rules::SiteRules;
use wirewatch::engine::page::{self, Learned, PageInput};
use wirewatch::engine::{decode, normalize};
use wirewatch::model::url::WebUrl;

fn main() {
    // What a process pays once, for patterns and tables, is over before a benchmark's first sample.
    let pages: Vec<Vec<u8>> = corpus().iter().map(|name| bytes_of(name)).collect();
    let began = std::time::Instant::now();
    for bytes in &pages {
        divan::black_box(read(bytes));
    }
    println!("the corpus in a fresh process: {:?}", began.elapsed());
    divan::main();
}

fn read(bytes: &[u8]) -> Normalized {
    let url = WebUrl::parse("https://www.lantern.test/2026/03/harbour-talks/").unwrap();
    let (rules, learned) = (SiteRules::default(), Learned::default());
    let html = decode::html(bytes, None);
    let input = PageInput { html: &html, url: &url, rules: &rules, entry: None, learned: &learned };
    normalize::normalize(page::extract(&input))
}

fn bench(bencher: Bencher<'_, '_>, bytes: &[u8]) {
    bencher.counter(BytesCount::new(bytes.len())).bench(|| read(divan::black_box(bytes)));
}

fn corpus() -> Vec<String> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/pages");
    let files = std::fs::read_dir(dir).unwrap().map(|file| file.unwrap().path());
    let pages = files.filter(|path| path.extension().is_some_and(|end| end == "html"));
    let mut names: Vec<String> = pages.map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn bytes_of(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/corpus/pages/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[divan::bench]
fn whole_corpus(bencher: Bencher<'_, '_>) {
    let pages: Vec<Vec<u8>> = corpus().iter().map(|name| bytes_of(name)).collect();
    let length: usize = pages.iter().map(Vec::len).sum();
    bencher.counter(BytesCount::new(length)).bench(|| {
        for bytes in &pages {
            divan::black_box(read(bytes));
        }
    });
}

#[divan::bench(args = corpus())]
fn page_of_the_corpus(bencher: Bencher<'_, '_>, name: &str) {
    bench(bencher, &bytes_of(name));
}

/// A page of some 400 KB: menus, scripts and teasers around an article, as news pages are.
#[divan::bench]
fn large_page(bencher: Bencher<'_, '_>) {
    let menu = "<li class=\"nav-item\"><a href=\"/section/world?from=menu\" data-track=\"menu-world\"><span>World</span></a></li>".repeat(400);
    let script = format!("<script>var a={{{}}};</script>", "\"key\":\"value and more of it\",".repeat(3_000));
    let prose = "<p>The harbour council met on <em>Tuesday</em>, and agreed to rebuild the pier by spring, “at last”, officials said.</p>".repeat(60);
    let teaser = "<div class=\"card teaser\"><a href=\"/2026/other\"><img src=\"/x.jpg\" alt=\"\"><h3>Another story of the day</h3></a><p class=\"dek\">What it says in short.</p></div>".repeat(500);
    let html = format!(
        "<html><head><title>Pier | The Lantern</title>{script}</head><body><nav><ul>{menu}</ul></nav><main><article><h1>Pier</h1><div class=\"article-body\">{prose}</div></article></main><aside>{teaser}</aside></body></html>"
    );
    bench(bencher, html.as_bytes());
}
