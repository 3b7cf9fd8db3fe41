//! The time of one diff. Bound of the design: an article of 10,000 words under 10 ms.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]

use divan::Bencher;
use wirewatch::engine::diff::diff;
use wirewatch::engine::revision::compare;
use wirewatch::model::article::{Block, BlockKind, Content};

fn main() {
    divan::main();
}

const WORDS: &[&str] = &[
    "harbour",
    "minister",
    "the",
    "of",
    "and",
    "treaty",
    "Velm",
    "said",
    "province",
    "storm",
    "fishing",
    "a",
    "in",
    "channel",
    "dispute",
    "12",
    "Brandt",
    "will",
    "reporters",
    "table",
    "council",
    "vote",
    "since",
    "March",
    "boats",
];

/// 10,000 words in paragraphs of `paragraph` words; every `edit`th word is another one.
fn article(paragraph: u64, edit: u64) -> Content {
    let word = |at: u64| {
        let edited = if at % edit == edit - 1 { at + 1 } else { at };
        WORDS[usize::try_from(edited.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40).unwrap() % WORDS.len()]
    };
    let block = |start: u64| {
        let words: Vec<&str> = (start..start + paragraph).map(word).collect();
        let sentences: Vec<String> = words.chunks(20).map(|words| words.join(" ") + ".").collect();
        Block { kind: BlockKind::Paragraph, text: sentences.join(" ") }
    };
    let blocks = (0..10_000).step_by(usize::try_from(paragraph).unwrap()).map(block).collect();
    Content { title: Some("Talks in Velm".into()), blocks, ..Content::default() }
}

#[divan::bench(args = [50, 10_000])]
fn one_word_in_five_hundred(bencher: Bencher<'_, '_>, paragraph: u64) {
    let (before, after) = (article(paragraph, u64::MAX), article(paragraph, 500));
    bencher.bench(|| diff(&before, &after));
}

#[divan::bench(args = [50, 10_000])]
fn one_word_in_ten(bencher: Bencher<'_, '_>, paragraph: u64) {
    let (before, after) = (article(paragraph, u64::MAX), article(paragraph, 10));
    bencher.bench(|| diff(&before, &after));
}

#[divan::bench]
fn another_text(bencher: Bencher<'_, '_>) {
    let before = article(50, u64::MAX);
    let mut after = article(50, 2);
    after.blocks.reverse();
    bencher.bench(|| diff(&before, &after));
}

#[divan::bench]
fn a_verdict(bencher: Bencher<'_, '_>) {
    let (before, after) = (article(50, u64::MAX), article(50, 500));
    bencher.bench(|| compare(&before, &after));
}
