//! Which block became which: the same, moved, edited, split or joined, new, gone.

use std::collections::HashMap;

use similar::{Algorithm, DiffOp, capture_diff_slices};
use xxhash_rust::xxh3::xxh3_64;

use super::{BodyChange, Compare, PARAGRAPH_BREAK, words};
use crate::engine::text::words::{folded_into, tokens};
use crate::model::article::{Block, BlockKind};

/// Share of the smaller block's word pairs that must be in the larger one for both to be one edited block.
const EDITED_MIN_SHARE: f64 = 0.5;

/// The same for a block that would have moved as well: less may be left to chance.
const MOVED_MIN_SHARE: f64 = 0.65;

/// Share of words that the only block between two anchors keeps of the only block that was there.
const ALONE_MIN_SHARE: f64 = 0.3;

/// The changes in the order of the new text; what is gone stands where it was.
pub(super) fn changes(before: &[Block], after: &[Block], compare: Compare) -> Vec<BodyChange> {
    let mut plan = Plan::new(before, after);
    plan.match_equal(compare);
    let gaps = plan.gaps();
    for gap in &gaps {
        plan.match_edited(gap);
    }
    plan.match_moved_edits();
    plan.written(compare)
}

/// Blocks of the old text that became blocks of the new one.
#[derive(Debug, Clone)]
struct Pairing {
    before: Vec<usize>,
    after: Vec<usize>,
    is_equal: bool,
    is_moved: bool,
}

/// Unmatched blocks between two anchors.
struct Gap {
    before: Vec<usize>,
    after: Vec<usize>,
}

/// How much one old and one new block have in common.
#[derive(Debug, Clone, Copy)]
struct Likeness {
    before: usize,
    after: usize,
    pairs: usize,
    share: f64,
}

struct Plan<'a> {
    before: &'a [Block],
    after: &'a [Block],
    pairings: Vec<Pairing>,
    before_free: Vec<bool>,
    after_free: Vec<bool>,
}

impl<'a> Plan<'a> {
    fn new(before: &'a [Block], after: &'a [Block]) -> Self {
        let (before_free, after_free) = (vec![true; before.len()], vec![true; after.len()]);
        Self { before, after, pairings: Vec::new(), before_free, after_free }
    }

    fn pair(&mut self, pairing: Pairing) {
        for at in &pairing.before {
            self.before_free[*at] = false;
        }
        for at in &pairing.after {
            self.after_free[*at] = false;
        }
        self.pairings.push(pairing);
    }

    /// Equal blocks in order are anchors; equal blocks out of order moved.
    fn match_equal(&mut self, compare: Compare) {
        let key = |block: &Block| xxh3_64(compare.key(&block.text).as_bytes()).wrapping_add(block.kind as u64);
        let old: Vec<u64> = self.before.iter().map(key).collect();
        let new: Vec<u64> = self.after.iter().map(key).collect();
        for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
            if let DiffOp::Equal { old_index, new_index, len } = op {
                for step in 0..len {
                    let (before, after) = (vec![old_index + step], vec![new_index + step]);
                    self.pair(Pairing { before, after, is_equal: true, is_moved: false });
                }
            }
        }
        let mut free: HashMap<u64, Vec<usize>> = HashMap::new();
        for (at, key) in old.iter().enumerate().rev() {
            if self.before_free[at] {
                free.entry(*key).or_default().push(at);
            }
        }
        for (at, key) in new.iter().enumerate() {
            if self.after_free[at]
                && let Some(from) = free.get_mut(key).and_then(Vec::pop)
            {
                self.pair(Pairing { before: vec![from], after: vec![at], is_equal: true, is_moved: true });
            }
        }
    }

    fn gaps(&self) -> Vec<Gap> {
        let mut gaps = Vec::new();
        let (mut old, mut new) = (0, 0);
        let ends = self
            .pairings
            .iter()
            .filter(|pairing| !pairing.is_moved)
            .map(|pairing| (pairing.before[0], pairing.after[0]));
        for (old_end, new_end) in ends.chain(std::iter::once((self.before.len(), self.after.len()))) {
            let before: Vec<usize> = (old..old_end).filter(|at| self.before_free[*at]).collect();
            let after: Vec<usize> = (new..new_end).filter(|at| self.after_free[*at]).collect();
            if !before.is_empty() && !after.is_empty() {
                gaps.push(Gap { before, after });
            }
            (old, new) = (old_end + 1, new_end + 1);
        }
        gaps
    }

    /// Between two anchors: edited, split and joined blocks.
    fn match_edited(&mut self, gap: &Gap) {
        if let ([before], [after]) = (gap.before.as_slice(), gap.after.as_slice()) {
            if self.is_one_edited(*before, *after) {
                self.pair(Pairing { before: vec![*before], after: vec![*after], is_equal: false, is_moved: false });
            }
            return;
        }
        let likenesses = self.likenesses(&gap.before, &gap.after, EDITED_MIN_SHARE);
        let mut last = None;
        for group in groups(&likenesses) {
            let (before, after) = self.contiguous(group, &likenesses);
            // Groups come in the order of the new text; one that lies before its forerunner in the old text has moved.
            let is_moved = last.is_some_and(|last| before[0] <= last);
            if !is_moved {
                last = before.last().copied();
            }
            self.pair(Pairing { before, after, is_equal: false, is_moved });
        }
    }

    /// Whether the only block in a gap is an edited form of the only one that was there.
    fn is_one_edited(&self, before: usize, after: usize) -> bool {
        let (before, after) = (&self.before[before], &self.after[after]);
        let (old, new) = (folded_hashes(&before.text), folded_hashes(&after.text));
        let (smaller, larger) = (old.len().min(new.len()), old.len().max(new.len()));
        if before.kind == after.kind && smaller <= 3 && larger <= 6 {
            return true;
        }
        let min_share = if before.kind == after.kind { ALONE_MIN_SHARE } else { EDITED_MIN_SHARE };
        shared_count(&old, &new) as f64 >= min_share * smaller as f64
    }

    /// A group whose blocks stand in a row and are paragraphs stays whole; of another one only the best pair is kept.
    fn contiguous(&self, group: Group, likenesses: &[Likeness]) -> (Vec<usize>, Vec<usize>) {
        let in_a_row = |list: &[usize]| list.windows(2).all(|pair| pair[1] == pair[0] + 1);
        let joinable = |block: &Block| block.kind == BlockKind::Paragraph && !block.text.contains(PARAGRAPH_BREAK);
        let is_single = group.before.len() == 1 && group.after.len() == 1;
        let may_join = || {
            group.before.iter().all(|at| joinable(&self.before[*at]))
                && group.after.iter().all(|at| joinable(&self.after[*at]))
        };
        if is_single || (in_a_row(&group.before) && in_a_row(&group.after) && may_join()) {
            return (group.before, group.after);
        }
        let belongs = |found: &&Likeness| group.before.contains(&found.before) && group.after.contains(&found.after);
        let best = likenesses.iter().filter(belongs).max_by(|a, b| a.pairs.cmp(&b.pairs).then(b.after.cmp(&a.after)));
        best.map_or((group.before, group.after), |best| (vec![best.before], vec![best.after]))
    }

    /// Whatever is left and still much alike was moved and edited.
    fn match_moved_edits(&mut self) {
        let free = |free: &[bool]| -> Vec<usize> { (0..free.len()).filter(|at| free[*at]).collect() };
        let mut likenesses = self.likenesses(&free(&self.before_free), &free(&self.after_free), MOVED_MIN_SHARE);
        likenesses.retain(|found| found.pairs >= 5);
        likenesses.sort_by(|a, b| b.pairs.cmp(&a.pairs).then(a.after.cmp(&b.after)).then(a.before.cmp(&b.before)));
        for found in likenesses {
            if self.before_free[found.before] && self.after_free[found.after] {
                let (before, after) = (vec![found.before], vec![found.after]);
                self.pair(Pairing { before, after, is_equal: false, is_moved: true });
            }
        }
    }

    /// Pairs of blocks that have at least `min_share` of the smaller one's word pairs in common.
    fn likenesses(&self, before: &[usize], after: &[usize], min_share: f64) -> Vec<Likeness> {
        let mut holders: HashMap<u64, Vec<usize>> = HashMap::new();
        let mut sizes: HashMap<usize, usize> = HashMap::new();
        for at in before {
            let pairs = word_pairs(&self.before[*at].text);
            sizes.insert(*at, pairs.len());
            for pair in pairs {
                holders.entry(pair).or_default().push(*at);
            }
        }
        let mut likenesses = Vec::new();
        for at in after {
            let pairs = word_pairs(&self.after[*at].text);
            let mut shared: HashMap<usize, usize> = HashMap::new();
            for pair in &pairs {
                // A pair that many blocks have («of the») tells nothing.
                for holder in holders.get(pair).filter(|holders| holders.len() <= 8).into_iter().flatten() {
                    *shared.entry(*holder).or_default() += 1;
                }
            }
            for (holder, count) in shared {
                let smaller = pairs.len().min(sizes.get(&holder).copied().unwrap_or(usize::MAX)).max(1);
                let share = count as f64 / smaller as f64;
                if share >= min_share {
                    likenesses.push(Likeness { before: holder, after: *at, pairs: count, share });
                }
            }
        }
        likenesses.sort_by_key(|found| (found.after, found.before));
        likenesses
    }

    fn written(mut self, compare: Compare) -> Vec<BodyChange> {
        self.pairings.sort_by_key(|pairing| pairing.after[0]);
        let mut gone: Vec<usize> = (0..self.before.len()).filter(|at| self.before_free[*at]).rev().collect();
        let mut fixed: Vec<(usize, usize)> =
            self.pairings.iter().filter(|p| !p.is_moved).map(|p| (p.after[0], p.before[0])).collect();
        fixed.reverse();
        let mut pairings = self.pairings.iter().peekable();
        let mut changes = Vec::with_capacity(self.before.len().max(self.after.len()));
        let mut at = 0;
        while at < self.after.len() {
            while fixed.last().is_some_and(|(after, _)| *after < at) {
                fixed.pop();
            }
            // What is gone stands before the next block that kept its place, and before what is new there.
            let until = fixed.last().map_or(self.before.len(), |(_, before)| *before);
            while let Some(from) = gone.pop_if(|from| *from < until) {
                changes.push(self.removed(from));
            }
            if let Some(pairing) = pairings.next_if(|pairing| pairing.after[0] == at) {
                changes.push(self.paired(pairing, compare));
                at += pairing.after.len();
            } else {
                let Block { kind, text } = &self.after[at];
                changes.push(BodyChange::Added { after: at, kind: *kind, text: text.clone() });
                at += 1;
            }
        }
        while let Some(from) = gone.pop() {
            changes.push(self.removed(from));
        }
        changes
    }

    fn removed(&self, at: usize) -> BodyChange {
        let Block { kind, text } = &self.before[at];
        BodyChange::Removed { before: at, kind: *kind, text: text.clone() }
    }

    fn paired(&self, pairing: &Pairing, compare: Compare) -> BodyChange {
        let (before, after) = (pairing.before[0], pairing.after[0]);
        if pairing.is_equal {
            let Block { kind, text } = self.after[after].clone();
            return if pairing.is_moved {
                BodyChange::Moved { before, after, kind, text }
            } else {
                BodyChange::Same { before, after, kind, text }
            };
        }
        let joined = |blocks: &[Block], list: &[usize]| {
            let texts: Vec<&str> = list.iter().map(|at| blocks[*at].text.as_str()).collect();
            texts.join("\u{2029}")
        };
        BodyChange::Edited {
            before: pairing.before.clone(),
            after: pairing.after.clone(),
            kinds: pairing.after.iter().map(|at| self.after[*at].kind).collect(),
            moved: pairing.is_moved,
            spans: words::spans(&joined(self.before, &pairing.before), &joined(self.after, &pairing.after), compare),
        }
    }
}

/// Old and new blocks that hang together.
struct Group {
    before: Vec<usize>,
    after: Vec<usize>,
}

/// Groups blocks by each one's best counterpart, in the order of the new text.
fn groups(likenesses: &[Likeness]) -> Vec<Group> {
    let best = |belongs: &dyn Fn(&Likeness) -> bool| {
        let found = likenesses.iter().enumerate().filter(|(_, likeness)| belongs(likeness));
        found.max_by(|(_, a), (_, b)| a.pairs.cmp(&b.pairs).then(a.share.total_cmp(&b.share))).map(|(at, _)| at)
    };
    let mut chosen: Vec<usize> = Vec::new();
    for likeness in likenesses {
        chosen.extend(best(&|other| other.before == likeness.before));
        chosen.extend(best(&|other| other.after == likeness.after));
    }
    chosen.sort_unstable();
    chosen.dedup();
    let mut groups: Vec<Group> = Vec::new();
    for at in chosen {
        let likeness = likenesses[at];
        let linked =
            |group: &mut Group| group.before.contains(&likeness.before) || group.after.contains(&likeness.after);
        let mut whole = Group { before: vec![likeness.before], after: vec![likeness.after] };
        for group in groups.extract_if(.., linked) {
            whole.before.extend(group.before);
            whole.after.extend(group.after);
        }
        groups.push(whole);
    }
    for group in &mut groups {
        for list in [&mut group.before, &mut group.after] {
            list.sort_unstable();
            list.dedup();
        }
    }
    groups.sort_by_key(|group| group.after.first().copied());
    groups
}

fn folded_hashes(text: &str) -> Vec<u64> {
    let mut buffer = String::new();
    tokens(text)
        .iter()
        .filter(|token| token.is_word())
        .map(|token| {
            folded_into(token, &mut buffer);
            xxh3_64(buffer.as_bytes())
        })
        .collect()
}

/// Neighbouring words; the first word alone too, so that one word is something.
fn word_pairs(text: &str) -> Vec<u64> {
    let words = folded_hashes(text);
    let mut pairs: Vec<u64> = words.first().copied().into_iter().collect();
    pairs.extend(words.windows(2).map(|pair| pair[0].rotate_left(17) ^ pair[1]));
    pairs
}

fn shared_count(one: &[u64], other: &[u64]) -> usize {
    let mut left: HashMap<u64, usize> = HashMap::new();
    for word in other {
        *left.entry(*word).or_default() += 1;
    }
    let mut take = |word: &u64| match left.get_mut(word) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        Some(_) | None => false,
    };
    one.iter().filter(|word| take(word)).count()
}
