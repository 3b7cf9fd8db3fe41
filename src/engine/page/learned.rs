//! What a site repeats at the head or tail of its articles.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashSet};

use xxhash_rust::xxh3::xxh3_64;

use super::letters;
use crate::model::article::{Block, BlockKind, Content};

/// Blocks that a site repeats at the head or tail of its articles, learnt from the store.
#[derive(Debug, Clone, Default)]
pub struct Learned {
    hashes: HashSet<u64>,
}

impl Learned {
    /// From the hashes of blocks, as [`block_hash`] gives them.
    pub fn from_hashes(hashes: impl IntoIterator<Item = u64>) -> Self {
        Self { hashes: hashes.into_iter().collect() }
    }

    /// What another page of the site is read with, so that both can be compared: what was left out of this one, and nothing
    /// that stands in it.
    #[must_use]
    pub fn as_for(mut self, content: &Content, left_out: &[u64]) -> Self {
        for block in &content.blocks {
            self.hashes.remove(&block_hash(&block.text));
        }
        self.hashes.extend(left_out);
        self
    }
}

/// Which of the learnt blocks a page was found to have: read with these alone, it gives the same again.
pub(super) struct Sought<'a> {
    learned: &'a Learned,
    found: RefCell<BTreeSet<u64>>,
}

impl<'a> Sought<'a> {
    pub(super) fn new(learned: &'a Learned) -> Self {
        Self { learned, found: RefCell::default() }
    }

    /// The hashes of those that were found.
    pub(super) fn into_found(self) -> BTreeSet<u64> {
        self.found.into_inner()
    }

    /// Whether a block of this text is one of them.
    pub(super) fn has(&self, text: &str) -> bool {
        if self.learned.hashes.is_empty() {
            return false;
        }
        let hash = block_hash(text);
        let has = self.learned.hashes.contains(&hash);
        if has {
            self.found.borrow_mut().insert(hash);
        }
        has
    }
}

/// Equal for blocks of the same letters and digits, whatever their case, spaces and signs.
pub fn block_hash(text: &str) -> u64 {
    xxh3_64(letters(text).as_bytes())
}

/// A content without some of its blocks, and without the headings that stand above nothing then: as a page reads where these
/// blocks are known to be repeated.
pub fn without(content: &Content, is_left_out: impl Fn(&Block) -> bool) -> Content {
    let mut kept = Vec::with_capacity(content.blocks.len());
    // Whether what stood right below was left out.
    let mut above_nothing = false;
    for block in content.blocks.iter().rev() {
        let is_heading = block.kind == BlockKind::Heading;
        if is_left_out(block) {
            above_nothing |= kept.last().is_none_or(|below: &Block| below.kind == BlockKind::Heading);
        } else if !(is_heading && above_nothing) {
            above_nothing = false;
            kept.push(block.clone());
        }
    }
    kept.reverse();
    Content { blocks: kept, ..content.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_goes_with_all_that_stood_below_it() {
        for (before, after) in [
            ("a H x", "a"),
            ("a H x b", "a H b"),
            ("a H x I b", "a I b"),
            ("a H I x", "a"),
            ("a H b x", "a H b"),
            ("x a H", "a H"),
            ("H x x I b x", "I b"),
            ("a H", "a H"),
        ] {
            let block = |text: &str| {
                let is_heading = text.starts_with(char::is_uppercase);
                let kind = if is_heading { BlockKind::Heading } else { BlockKind::Paragraph };
                Block { kind, text: text.to_owned() }
            };
            let content = Content { blocks: before.split(' ').map(block).collect(), ..Content::default() };
            let left: Vec<String> =
                without(&content, |block| block.text == "x").blocks.into_iter().map(|block| block.text).collect();
            assert_eq!(left.join(" "), after, "{before}");
        }
    }
}
