//! A trie of word patterns, and the walk over a document that finds all of them.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::document::Document;
use super::inflect::Inflector;
use super::pattern::WordPattern;

/// No pattern, no node, no hit.
pub(super) const NO_HIT: u32 = u32::MAX;

#[derive(Debug, Default)]
struct Node {
    /// The pattern that ends here.
    pattern: Option<u32>,
    /// Next nodes by word pattern, ascending once sealed.
    next: Vec<(u32, u32)>,
}

/// A trie over the numbers of word patterns.
#[derive(Debug, Default)]
pub(super) struct Trie {
    words: HashMap<WordPattern, u32>,
    /// Node 0 is the root.
    nodes: Vec<Node>,
    edges: HashMap<(u32, u32), u32>,
    /// From the root, by word pattern.
    first: Vec<u32>,
    patterns: usize,
}

/// A quick hash. The tables hold the words of the config, so that no article can make them slow.
#[derive(Default)]
struct QuickHasher(u64);

impl Hasher for QuickHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            for (to, from) in word.iter_mut().zip(chunk) {
                *to = *from;
            }
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    }

    fn finish(&self) -> u64 {
        // The table takes the low bits, the product is best in its high ones.
        self.0.rotate_left(26)
    }
}

type Table = HashMap<String, Vec<u32>, BuildHasherDefault<QuickHasher>>;

/// What the words of a document are looked up by, in one language.
#[derive(Debug)]
pub(super) struct WordTable {
    exact: Table,
    forms: Table,
    keys: Table,
    prefixes: Table,
    /// The lengths of the prefixes, in bytes, ascending.
    prefix_lengths: Vec<usize>,
}

/// The hits of all patterns in one document.
#[derive(Debug)]
pub(super) struct Scan {
    /// The patterns that were hit, each once.
    pub(super) found: Vec<u32>,
    /// For each pattern its first hit.
    heads: Vec<u32>,
    /// First token, token after the last, next hit of the same pattern.
    hits: Vec<(u32, u32, u32)>,
    tails: Vec<u32>,
}

impl Trie {
    /// Adds a pattern; the same words give the same number.
    pub(super) fn add(&mut self, words: &[WordPattern]) -> u32 {
        if self.nodes.is_empty() {
            self.nodes.push(Node::default());
        }
        let mut at = 0;
        for word in words {
            let fresh = count(self.words.len());
            let word = *self.words.entry(word.clone()).or_insert(fresh);
            let fresh = count(self.nodes.len());
            let next = *self.edges.entry((at, word)).or_insert(fresh);
            if next == fresh {
                self.nodes.push(Node::default());
                if let Some(node) = self.nodes.get_mut(at as usize) {
                    node.next.push((word, next));
                }
            }
            at = next;
        }
        let fresh = count(self.patterns);
        let Some(node) = self.nodes.get_mut(at as usize) else { return NO_HIT };
        if node.pattern.is_none() {
            node.pattern = Some(fresh);
            self.patterns += 1;
        }
        node.pattern.unwrap_or(NO_HIT)
    }

    /// Makes it ready for scans.
    pub(super) fn seal(&mut self) {
        self.edges = HashMap::new();
        for node in &mut self.nodes {
            node.next.sort_unstable();
        }
        self.first = vec![NO_HIT; self.words.len()];
        for (word, node) in self.nodes.first().into_iter().flat_map(|root| &root.next) {
            if let Some(first) = self.first.get_mut(*word as usize) {
                *first = *node;
            }
        }
    }

    /// Finds every pattern in a document.
    pub(super) fn scan(&self, table: &WordTable, document: &Document) -> Scan {
        let mut scan = Scan {
            found: Vec::new(),
            heads: vec![NO_HIT; self.patterns],
            tails: vec![NO_HIT; self.patterns],
            hits: Vec::new(),
        };
        if self.nodes.is_empty() {
            return scan;
        }
        let words = table.look_up(document);
        let mut here: Vec<u32> = Vec::new();
        let mut next: Vec<u32> = Vec::new();
        for (index, token) in document.tokens.iter().enumerate() {
            here.clear();
            for word in words.of(token.word) {
                here.extend(self.first.get(*word as usize).filter(|node| **node != NO_HIT));
            }
            let mut after = index + 1;
            while !here.is_empty() {
                next.clear();
                let following = document.tokens.get(after).filter(|following| following.segment == token.segment);
                for node in here.iter().filter_map(|node| self.nodes.get(*node as usize)) {
                    if let Some(pattern) = node.pattern {
                        scan.push(pattern, count(index), count(after));
                    }
                    if let (Some(following), false) = (following, node.next.is_empty()) {
                        next.extend(words.of(following.word).iter().filter_map(|word| step(node, *word)));
                    }
                }
                std::mem::swap(&mut here, &mut next);
                after += 1;
            }
        }
        scan
    }
}

fn step(node: &Node, word: u32) -> Option<u32> {
    let place = node.next.binary_search_by_key(&word, |(word, _)| *word).ok()?;
    node.next.get(place).map(|(_, next)| *next)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(NO_HIT)
}

impl Scan {
    fn push(&mut self, pattern: u32, first: u32, after: u32) {
        let hit = count(self.hits.len());
        self.hits.push((first, after, NO_HIT));
        let index = pattern as usize;
        let (Some(head), Some(tail)) = (self.heads.get_mut(index), self.tails.get_mut(index)) else { return };
        if *head == NO_HIT {
            *head = hit;
            self.found.push(pattern);
        } else if let Some(last) = self.hits.get_mut(*tail as usize) {
            last.2 = hit;
        }
        *tail = hit;
    }

    /// First token and token after the last of each hit, in order.
    pub(super) fn hits(&self, pattern: u32) -> impl Iterator<Item = (u32, u32)> + '_ {
        let mut at = self.heads.get(pattern as usize).copied().unwrap_or(NO_HIT);
        std::iter::from_fn(move || {
            let (first, after, next) = self.hits.get(at as usize)?;
            at = *next;
            Some((*first, *after))
        })
    }
}

/// The word patterns that each distinct word of a document fits.
struct Fits {
    ends: Vec<u32>,
    all: Vec<u32>,
}

impl Fits {
    fn of(&self, word: u32) -> &[u32] {
        let at = word as usize;
        let from = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let to = self.ends.get(at).copied().unwrap_or(from);
        self.all.get(from as usize..to as usize).unwrap_or_default()
    }
}

impl WordTable {
    pub(super) fn new(trie: &Trie, inflector: &Inflector) -> Self {
        let mut table = Self {
            exact: Table::default(),
            forms: Table::default(),
            keys: Table::default(),
            prefixes: Table::default(),
            prefix_lengths: Vec::new(),
        };
        for (word, id) in &trie.words {
            match word {
                WordPattern::Exact(surface) => table.exact.entry(surface.clone()).or_default().push(*id),
                WordPattern::Form(folded) => table.forms.entry(folded.clone()).or_default().push(*id),
                WordPattern::Prefix(prefix) => {
                    table.prefix_lengths.push(prefix.len());
                    table.prefixes.entry(prefix.clone()).or_default().push(*id);
                }
                WordPattern::Word { surface, folded } => {
                    for key in inflector.query_keys(surface, folded) {
                        table.keys.entry(key).or_default().push(*id);
                    }
                }
            }
        }
        table.prefix_lengths.sort_unstable();
        table.prefix_lengths.dedup();
        table
    }

    fn look_up(&self, document: &Document) -> Fits {
        let mut fits = Fits { ends: Vec::with_capacity(document.words.len()), all: Vec::new() };
        for word in &document.words {
            let from = fits.all.len();
            fits.all.extend(self.exact.get(&word.surface).into_iter().flatten());
            fits.all.extend(self.forms.get(word.folded()).into_iter().flatten());
            for key in word.keys() {
                fits.all.extend(self.keys.get(key).into_iter().flatten());
            }
            for prefix in self.prefix_lengths.iter().filter_map(|length| word.folded().get(..*length)) {
                fits.all.extend(self.prefixes.get(prefix).into_iter().flatten());
            }
            if fits.all.len() - from > 1 {
                // In one order, whatever the tables' order; a word with two keys may fit twice.
                if let Some(own) = fits.all.get_mut(from..) {
                    own.sort_unstable();
                }
                let mut own = fits.all.split_off(from);
                own.dedup();
                fits.all.append(&mut own);
            }
            fits.ends.push(count(fits.all.len()));
        }
        fits
    }
}
