//! Diffs of two texts, each a headline and paragraphs, parted by a line of two dashes: put on the content before, a diff gives the content after; it is shown in every form; and nothing is told of two
//! that are equal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirewatch::engine::diff::diff;
use wirewatch::model::article::{Block, BlockKind, Content};

fn content(text: &str) -> Content {
    let block = |line: &str| Block { kind: BlockKind::Paragraph, text: line.to_owned() };
    let mut lines = text.lines();
    Content { title: lines.next().map(str::to_owned), blocks: lines.map(block).collect(), ..Content::default() }
}

fuzz_target!(|input: &str| {
    let (before, after) = input.split_once("\n--\n").unwrap_or((input, ""));
    let (before, after) = (content(before), content(after));
    assert!(diff(&before, &before).is_empty());
    let changed = diff(&before, &after);
    assert_eq!(changed.apply(&before).as_ref(), Some(&after));
    let _shown = (changed.to_html(), changed.to_unified());
    for width in [0, 30, 200] {
        changed.to_terminal(width, true);
    }
});
