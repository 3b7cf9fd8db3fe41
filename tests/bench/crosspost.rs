//! The time of one story decision. Bounds of the design: a decision with twelve candidates of 800 words under 2 ms.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]

use divan::Bencher;
use wirewatch::engine::crosspost::{Text, decide};
use wirewatch::engine::fingerprint::fingerprint;
use wirewatch::model::article::{Block, BlockKind, Content};
use wirewatch::model::ids::{ArticleId, StoryId};
use wirewatch::model::time::Timestamp;

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

/// Words of an endless text, of which `from` is the first: texts with near beginnings share much.
fn content(from: u64, count: u64) -> Content {
    let word = |at: u64| WORDS[usize::try_from(at.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40).unwrap() % WORDS.len()];
    let paragraph = |start: u64| Block {
        kind: BlockKind::Paragraph,
        text: (start..start + 50).map(word).collect::<Vec<_>>().join(" ") + ".",
    };
    let blocks = (from..from + count).step_by(50).map(paragraph).collect();
    Content { title: Some("Talks in Velm".into()), blocks, ..Content::default() }
}

fn text(article: i64, content: &Content) -> Text<'_> {
    Text {
        article: Some(ArticleId(article)),
        revision: None,
        story: Some(StoryId(article)),
        site: "velm.test",
        url: "https://velm.test/x",
        content,
        canonical_elsewhere: None,
        first_seen: Timestamp::UNIX_EPOCH,
    }
}

#[divan::bench]
fn decision_among_twelve_of_800_words(bencher: Bencher<'_, '_>) {
    let candidate = content(0, 800);
    let others: Vec<Content> = (0..12).map(|at| content(at * 60, 800)).collect();
    let similar: Vec<Text<'_>> = others.iter().zip(1..).map(|(content, id)| text(id, content)).collect();
    bencher.bench(|| decide(&text(0, &candidate), &similar, &[]));
}

#[divan::bench]
fn fingerprint_of_800_words(bencher: Bencher<'_, '_>) {
    let candidate = content(0, 800);
    bencher.bench(|| fingerprint(&candidate));
}
