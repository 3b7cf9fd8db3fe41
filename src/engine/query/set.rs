//! All topics in one pass. The patterns of all queries form one trie of words; a walk over the document finds every hit
//! of every pattern; each query is registered under the rarest of the parts that it cannot do without, and only those
//! whose part was hit, and whose other parts are there too, are evaluated.
//!
//! Law: the matches are those that evaluating each query in turn gives.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::bond::{Bound, may_meet};
use super::compiled::{Atom, Query};
use super::document::Document;
use super::eval::Evaluation;
use super::evidence::evidence;
use super::hits::{Hit, settle};
use super::inflect::{Inflection, Inflector};
use super::pattern::Pattern;
use super::rarity::pattern_rarity;
use super::score::{Weights, find, points};
use super::trie::{NO_HIT, Scan, Trie, WordTable};
use crate::model::ids::{SourceId, TopicId};
use crate::model::topic::TopicMatch;

/// One topic of a [`TopicSet`].
#[derive(Debug, Clone)]
pub struct TopicSpec {
    /// Which topic.
    pub id: TopicId,
    /// Its query.
    pub query: Arc<Query>,
    /// A match needs at least this score.
    pub min_score: f64,
    /// What each place counts.
    pub weights: Weights,
    /// Only these sources; empty is all.
    pub sources: Vec<SourceId>,
    /// Only these languages (primary subtags); empty is all.
    pub languages: Vec<String>,
}

/// A topic with its query's atoms as the set numbers them.
#[derive(Debug)]
struct Topic {
    spec: TopicSpec,
    atoms: Vec<u32>,
    /// The parts that the query cannot do without, but the one that it is registered under.
    others: Vec<Vec<u32>>,
}

/// A topic under one of the atoms of its rarest part, with up to two atoms that must be there as well, and up to two pairs
/// that must be bound to each other: enough to turn nearly all candidates away without looking at the topic itself, which
/// lies somewhere else in memory.
#[derive(Debug, Clone, Copy)]
struct Entry {
    topic: u32,
    needs: [Option<u32>; 2],
    bounds: [Option<Bound<u32>>; 2],
}

/// An atom that a pattern belongs to, and the language in which it does; no language is all.
#[derive(Debug, Clone)]
struct Use {
    atom: u32,
    language: Option<String>,
}

/// An atom with its patterns as the trie numbers them.
#[derive(Debug)]
struct SetAtom {
    atom: Atom,
    any: Vec<u32>,
    none: Vec<u32>,
    languages: Vec<(String, Vec<u32>)>,
}

impl SetAtom {
    fn of_language(&self, language: &str) -> &[u32] {
        let own = self.languages.iter().find(|(tag, _)| tag == language);
        own.map_or(&[], |(_, patterns)| patterns.as_slice())
    }
}

/// All topics, compiled into one trie of terms.
#[derive(Debug, Default)]
pub struct TopicSet {
    topics: Vec<Topic>,
    atoms: Vec<SetAtom>,
    trie: Trie,
    /// For each pattern the atoms that it belongs to.
    uses: Vec<Vec<Use>>,
    /// For each atom the topics that become candidates when it is hit.
    registered: Vec<Vec<Entry>>,
    /// Topics that a `/pattern/` alone can make match.
    always: Vec<u32>,
    /// The words of all patterns by how each language inflects them, made when the first article in it comes.
    tables: Vec<OnceLock<WordTable>>,
}

impl TopicSet {
    /// Compiles the topics.
    pub fn build(topics: impl Iterator<Item = TopicSpec>) -> Self {
        let mut builder = Builder::default();
        for spec in topics {
            builder.add(spec);
        }
        let set = builder.finish();
        // English is made at once, so that the first article does not wait for it.
        set.table(Inflection::English);
        set
    }

    /// How many topics there are.
    pub fn len(&self) -> usize {
        self.topics.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.topics.is_empty()
    }

    fn table(&self, inflection: Inflection) -> Option<&WordTable> {
        let make = || WordTable::new(&self.trie, &Inflector::new(inflection));
        self.tables.get(inflection.index()).map(|table| table.get_or_init(make))
    }

    /// The topics found in a document, in the order in which they were given.
    pub fn matches(&self, document: &Document) -> Vec<TopicMatch> {
        let Some(table) = self.table(document.inflection) else { return Vec::new() };
        let scan = self.trie.scan(table, document);
        let mut run = Run::new(self, document, &scan);
        run.candidates().into_iter().filter_map(|topic| run.topic(topic)).collect()
    }

    /// How many queries are looked at for a document: for tuning.
    pub fn candidate_count(&self, document: &Document) -> usize {
        let candidates = |table| Run::new(self, document, &self.trie.scan(table, document)).candidates().len();
        self.table(document.inflection).map_or(0, candidates)
    }

    /// The atoms that are hit, each once.
    fn hit_atoms(&self, scan: &Scan, document: &Document) -> (Vec<u32>, Vec<bool>) {
        let mut hit = vec![false; self.atoms.len()];
        let mut atoms = Vec::new();
        for each in scan.found.iter().filter_map(|pattern| self.uses.get(*pattern as usize)).flatten() {
            let counts = each.language.as_ref().is_none_or(|language| *language == document.language);
            if let Some(hit) = hit.get_mut(each.atom as usize)
                && counts
                && !*hit
            {
                *hit = true;
                atoms.push(each.atom);
            }
        }
        (atoms, hit)
    }
}

/// One document against the set.
struct Run<'a> {
    set: &'a TopicSet,
    document: &'a Document,
    scan: &'a Scan,
    atoms: Vec<u32>,
    hit: Vec<bool>,
    /// For each atom one more than its place in `lists`; 0 where it is not settled yet.
    settled: Vec<u32>,
    lists: Vec<Vec<Hit>>,
}

impl<'a> Run<'a> {
    fn new(set: &'a TopicSet, document: &'a Document, scan: &'a Scan) -> Self {
        let (atoms, hit) = set.hit_atoms(scan, document);
        let settled = vec![0; set.atoms.len()];
        Self { set, document, scan, atoms, hit, settled, lists: Vec::new() }
    }

    /// The topics that may match, in their order.
    fn candidates(&mut self) -> Vec<u32> {
        let set = self.set;
        let mut candidates = set.always.clone();
        for atom in std::mem::take(&mut self.atoms) {
            for entry in set.registered.get(atom as usize).into_iter().flatten() {
                let there = entry.needs.iter().flatten().all(|atom| self.is_hit(*atom));
                if there && entry.bounds.iter().flatten().all(|bound| self.may_meet(bound)) {
                    candidates.push(entry.topic);
                }
            }
        }
        candidates.sort_unstable();
        candidates.dedup();
        candidates
    }

    fn may_meet(&mut self, bound: &Bound<u32>) -> bool {
        self.settle(bound.first);
        self.settle(bound.second);
        may_meet(self.document, self.hits(bound.first), self.hits(bound.second), bound.bond)
    }

    fn topic(&mut self, index: u32) -> Option<TopicMatch> {
        let set = self.set;
        let topic = set.topics.get(index as usize)?;
        let spec = &topic.spec;
        let there = |atoms: &Vec<u32>| atoms.iter().any(|atom| self.is_hit(*atom));
        if !topic.others.iter().all(there) || !admits(spec, self.document) {
            return None;
        }
        for atom in &topic.atoms {
            self.settle(*atom);
        }
        let hits = topic.atoms.iter().map(|atom| self.hits(*atom)).collect();
        matched(spec, self.document, hits)
    }

    fn is_hit(&self, atom: u32) -> bool {
        self.hit.get(atom as usize).copied().unwrap_or(false)
    }

    fn hits(&self, atom: u32) -> &[Hit] {
        let place = self.settled.get(atom as usize).and_then(|place| place.checked_sub(1));
        place.and_then(|place| self.lists.get(place as usize)).map(Vec::as_slice).unwrap_or_default()
    }

    /// Puts an atom's hits in order, once a document.
    fn settle(&mut self, index: u32) {
        let (Some(atom), Some(slot)) = (self.set.atoms.get(index as usize), self.settled.get_mut(index as usize))
        else {
            return;
        };
        if *slot > 0 {
            return;
        }
        let mut any = Vec::new();
        let patterns = atom.any.iter().chain(atom.of_language(&self.document.language));
        for (pattern, id) in (0_u32..).zip(patterns) {
            any.extend(self.scan.hits(*id).map(|(first, after)| Hit { first, after, pattern }));
        }
        let mut none = Vec::new();
        if !any.is_empty() {
            for id in &atom.none {
                none.extend(self.scan.hits(*id).map(|(first, after)| Hit { first, after, pattern: NO_HIT }));
            }
        }
        self.lists.push(settle(self.document, &atom.atom, any, none));
        *slot = u32::try_from(self.lists.len()).unwrap_or(0);
    }
}

/// Whether a topic looks at this document's source and language at all.
pub(super) fn admits(spec: &TopicSpec, document: &Document) -> bool {
    admits_source(spec, document) && admits_language(spec, document)
}

pub(super) fn admits_source(spec: &TopicSpec, document: &Document) -> bool {
    spec.sources.is_empty() || spec.sources.iter().any(|source| source.as_str() == document.source_id)
}

pub(super) fn admits_language(spec: &TopicSpec, document: &Document) -> bool {
    spec.languages.is_empty()
        || spec.languages.iter().any(|language| language.split('-').next() == Some(document.language.as_str()))
}

/// Evaluates a topic over the hits of its atoms.
pub(super) fn matched(spec: &TopicSpec, document: &Document, hits: Vec<&[Hit]>) -> Option<TopicMatch> {
    let mut evaluation = Evaluation::new(document, &spec.query, hits);
    let found = find(&mut evaluation, &spec.weights)?;
    let score = points(&evaluation, &found, &spec.weights).score();
    if score < spec.min_score {
        return None;
    }
    Some(TopicMatch { topic: spec.id.clone(), score, evidence: evidence(&evaluation, &found) })
}

#[derive(Default)]
struct Builder {
    set: TopicSet,
    ids: HashMap<Atom, u32>,
    /// How likely an article is to have each pattern.
    rarity: Vec<f64>,
}

impl Builder {
    fn add(&mut self, spec: TopicSpec) {
        let index = u32::try_from(self.set.topics.len()).unwrap_or(u32::MAX);
        let query = Arc::clone(&spec.query);
        let atoms: Vec<u32> = query.atoms.iter().map(|atom| self.atom(atom)).collect();
        let mut clauses: Vec<Vec<u32>> = query
            .clauses
            .iter()
            .map(|clause| clause.iter().filter_map(|atom| atoms.get(*atom).copied()).collect())
            .collect();
        clauses.sort_by(|a, b| self.clause_rarity(a).total_cmp(&self.clause_rarity(b)));
        if clauses.is_empty() {
            self.set.always.push(index);
        } else {
            let rarest = clauses.remove(0);
            let atom = |index: usize| atoms.get(index).copied();
            let mut bounds = query.bounds.iter().filter_map(|bound| {
                Some(Bound { first: atom(bound.first)?, second: atom(bound.second)?, bond: bound.bond })
            });
            let bounds = [bounds.next(), bounds.next()];
            self.register(index, &rarest, &clauses, bounds);
        }
        self.set.topics.push(Topic { spec, atoms, others: clauses });
    }

    /// How likely an article is to have one of a clause's atoms, roughly.
    fn clause_rarity(&self, clause: &[u32]) -> f64 {
        let atoms = clause.iter().filter_map(|atom| self.set.atoms.get(*atom as usize));
        let patterns = atoms.flat_map(|atom| &atom.any);
        patterns.filter_map(|pattern| self.rarity.get(*pattern as usize)).sum()
    }

    fn register(&mut self, topic: u32, clause: &[u32], others: &[Vec<u32>], bounds: [Option<Bound<u32>>; 2]) {
        let mut single = others.iter().filter_map(|clause| match clause.as_slice() {
            [atom] => Some(*atom),
            _ => None,
        });
        let entry = Entry { topic, needs: [single.next(), single.next()], bounds };
        for atom in clause {
            if let Some(entries) = self.set.registered.get_mut(*atom as usize) {
                entries.push(entry);
            }
        }
    }

    fn atom(&mut self, atom: &Atom) -> u32 {
        if let Some(id) = self.ids.get(atom) {
            return *id;
        }
        let id = u32::try_from(self.set.atoms.len()).unwrap_or(u32::MAX);
        let any = self.numbers(&atom.group.any);
        let none = self.numbers(&atom.group.none);
        let own = atom.group.languages.iter().map(|(tag, own)| (tag.clone(), self.numbers(own)));
        let languages: Vec<(String, Vec<u32>)> = own.collect();
        for pattern in &any {
            self.used(*pattern, Use { atom: id, language: None });
        }
        for (language, patterns) in &languages {
            for pattern in patterns {
                self.used(*pattern, Use { atom: id, language: Some(language.clone()) });
            }
        }
        self.set.atoms.push(SetAtom { atom: atom.clone(), any, none, languages });
        self.set.registered.push(Vec::new());
        self.ids.insert(atom.clone(), id);
        id
    }

    fn used(&mut self, pattern: u32, by: Use) {
        if let Some(uses) = self.set.uses.get_mut(pattern as usize) {
            uses.push(by);
        }
    }

    /// The numbers of patterns in the trie.
    fn numbers(&mut self, patterns: &[Pattern]) -> Vec<u32> {
        let mut numbers = Vec::with_capacity(patterns.len());
        for pattern in patterns {
            let id = self.set.trie.add(&pattern.words);
            if self.rarity.len() <= id as usize {
                self.rarity.resize(id as usize + 1, 0.0);
                self.set.uses.resize(id as usize + 1, Vec::new());
            }
            if let Some(rarity) = self.rarity.get_mut(id as usize) {
                *rarity = pattern_rarity(pattern);
            }
            numbers.push(id);
        }
        numbers
    }

    fn finish(mut self) -> TopicSet {
        self.set.trie.seal();
        self.set.tables = (0..Inflection::COUNT).map(|_| OnceLock::new()).collect();
        self.set
    }
}
