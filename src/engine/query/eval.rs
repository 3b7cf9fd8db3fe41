//! Evaluates a query over the hits of its atoms. Every operator walks sorted lists once, so that the time is linear in
//! the number of hits, whatever the query.

use super::bond::Bond;
use super::compiled::{Node, Query};
use super::document::{Document, WORD};
use super::expr::Link;
use super::hits::Hit;
use crate::model::topic::Field;

/// Longest text that a `/pattern/` is run over, in bytes.
const REGEX_TEXT_MAX_BYTES: usize = 4096;

/// Most places that one pattern marks.
const REGEX_HITS_MAX: usize = 16;

/// A place that a part of the query marks: one hit, or the stretch over several bound together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    /// Half words.
    pub(super) start: u32,
    /// Half words.
    pub(super) end: u32,
    /// Tokens.
    pub(super) first: u32,
    /// The token after the last.
    pub(super) after: u32,
    pub(super) what: What,
}

/// What a span is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// An atom's hit by one of its patterns.
    Hit { atom: u32, pattern: u32 },
    /// A `/pattern/`.
    Regex(u32),
    /// Two spans bound together: index into [`Evaluation::pairs`].
    Pair(u32),
}

/// One evaluation: of one query over one document.
pub(super) struct Evaluation<'a> {
    pub(super) document: &'a Document,
    pub(super) query: &'a Query,
    /// The hits of each atom.
    pub(super) hits: Vec<&'a [Hit]>,
    pub(super) pairs: Vec<(Span, Span)>,
}

impl<'a> Evaluation<'a> {
    pub(super) fn new(document: &'a Document, query: &'a Query, hits: Vec<&'a [Hit]>) -> Self {
        Self { document, query, hits, pairs: Vec::new() }
    }

    /// Whether a part holds, and the places that it marks: beginnings and ends both ascend.
    pub(super) fn eval(&mut self, node: &Node) -> Option<Vec<Span>> {
        match node {
            Node::Atom(atom) => {
                let spans = self.atom(*atom);
                if spans.is_empty() { None } else { Some(spans) }
            }
            Node::Regex(regex) => self.regex(*regex),
            Node::AtLeast(count, inner) => {
                let spans = self.eval(inner)?;
                (spans.len() >= *count as usize).then_some(spans)
            }
            Node::Of(count, items) => {
                let held: Vec<Vec<Span>> = items.iter().filter_map(|item| self.eval(item)).collect();
                (held.len() >= *count as usize).then(|| longest(held.concat()))
            }
            Node::Chain { link, items, gaps } => self.chain(*link, items, gaps),
            Node::Not(inner) => match self.eval(inner) {
                Some(_) => None,
                None => Some(Vec::new()),
            },
            Node::And(items) => {
                let mut all = Vec::new();
                for item in items {
                    all.extend(self.eval(item)?);
                }
                Some(longest(all))
            }
            Node::Or(items) => {
                let held: Vec<Vec<Span>> = items.iter().filter_map(|item| self.eval(item)).collect();
                if held.is_empty() { None } else { Some(longest(held.concat())) }
            }
        }
    }

    fn atom(&self, atom: usize) -> Vec<Span> {
        let hits = self.hits.get(atom).copied().unwrap_or_default();
        let id = u32::try_from(atom).unwrap_or(u32::MAX);
        let span = |hit: &Hit| self.span(hit.first, hit.after, What::Hit { atom: id, pattern: hit.pattern });
        hits.iter().filter_map(span).collect()
    }

    fn span(&self, first: u32, after: u32, what: What) -> Option<Span> {
        let start = self.document.tokens.get(first as usize)?.at;
        let end = self.document.tokens.get(after.checked_sub(1)? as usize)?.after;
        Some(Span { start, end, first, after, what })
    }

    fn regex(&self, index: usize) -> Option<Vec<Span>> {
        let atom = self.query.regexes.get(index)?;
        let what = What::Regex(u32::try_from(index).unwrap_or(u32::MAX));
        let mut spans = Vec::new();
        let mut found = false;
        for segment in &self.document.segments {
            let looked_at = match segment.field {
                // Without a field of its own a pattern is looked for in all three that it may be looked for in.
                Field::Url | Field::Source => atom.scope.holds(segment.field) || atom.scope.is_default(),
                field => atom.scope.holds(field) && field == Field::Title,
            };
            if !looked_at {
                continue;
            }
            let end =
                (0..=segment.text.len().min(REGEX_TEXT_MAX_BYTES)).rev().find(|at| segment.text.is_char_boundary(*at));
            let text = segment.text.get(..end.unwrap_or(0)).unwrap_or_default();
            for place in atom.regex.find_iter(text).take(REGEX_HITS_MAX) {
                found = true;
                let inside = segment.tokens.clone().filter(|token| {
                    self.document.tokens.get(*token as usize).is_some_and(|token| {
                        (token.start as usize) < place.end() && (token.end as usize) > place.start()
                    })
                });
                let (first, last) = (inside.clone().next(), inside.last());
                if let (Some(first), Some(last)) = (first, last) {
                    spans.extend(self.span(first, last + 1, what));
                }
            }
        }
        found.then(|| longest(spans))
    }

    /// Each part's places that are bound to a place of the part before, with the stretch back to the first part.
    fn chain(&mut self, link: Link, items: &[Node], gaps: &[u32]) -> Option<Vec<Span>> {
        let mut items = items.iter();
        let first = self.eval(items.next()?)?;
        let mut reached: Vec<(Span, Span)> = first.into_iter().map(|span| (span, span)).collect();
        for (index, item) in items.enumerate() {
            let gap = gaps.get(index).copied();
            let places = self.eval(item)?;
            reached = self.step(link, gap, &reached, &places);
            if reached.is_empty() {
                return None;
            }
        }
        Some(shortest(reached.into_iter().map(|(_, path)| path).collect()))
    }

    fn step(&mut self, link: Link, gap: Option<u32>, reached: &[(Span, Span)], places: &[Span]) -> Vec<(Span, Span)> {
        let bond = Bond::of(link, gap);
        let mut next = Vec::new();
        let (mut lefts, mut rights) = (0, 0);
        for place in places {
            // Those that end before it, and the first that begins after it.
            while reached.get(lefts).is_some_and(|(own, _)| own.end <= place.start) {
                lefts += 1;
            }
            while reached.get(rights).is_some_and(|(own, _)| own.start < place.end) {
                rights += 1;
            }
            let left = lefts.checked_sub(1).and_then(|last| reached.get(last));
            let right = reached.get(rights).filter(|_| link != Link::Before);
            let left = left.filter(|(own, _)| bond.binds(self.document, own.after, place.first));
            let right = right.filter(|(own, _)| bond.binds(self.document, place.after, own.first));
            let between = reached.get(lefts..rights).unwrap_or_default();
            let compound = between.iter().find(|(own, _)| link != Link::Before && self.is_compound(own, place));
            let nearest = match (compound.or(left), right.filter(|_| compound.is_none())) {
                (Some(left), Some(right)) if right.0.start - place.end < place.start - left.0.end => right,
                (Some(left), _) => left,
                (None, Some(right)) => right,
                (None, None) => continue,
            };
            let path = self.join(nearest.1, *place);
            next.push((*place, path));
        }
        next
    }

    /// Whether one compound stands for both: in scripts without blanks 中美 is China and the United States in one.
    fn is_compound(&self, a: &Span, b: &Span) -> bool {
        let (What::Hit { atom: one, .. }, What::Hit { atom: other, .. }) = (a.what, b.what) else { return false };
        let wide =
            |token: u32| self.document.tokens.get(token as usize).is_some_and(|token| token.after - token.at < WORD);
        one != other && (a.first, a.after) == (b.first, b.after) && wide(a.first)
    }

    fn join(&mut self, a: Span, b: Span) -> Span {
        let pair = u32::try_from(self.pairs.len()).unwrap_or(u32::MAX);
        self.pairs.push((a, b));
        Span {
            start: a.start.min(b.start),
            end: a.end.max(b.end),
            first: a.first.min(b.first),
            after: a.after.max(b.after),
            what: What::Pair(pair),
        }
    }

    /// Visits the single hits of a span.
    pub(super) fn each_leaf(&self, span: Span, visit: &mut dyn FnMut(Span)) {
        // Chains grow to the left: the walk follows them without recursion there.
        let mut at = span;
        while let What::Pair(pair) = at.what {
            let Some((before, last)) = self.pairs.get(pair as usize).copied() else { return };
            self.each_leaf(last, visit);
            at = before;
        }
        visit(at);
    }
}

/// In order, without those that lie in another.
fn longest(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable_by_key(|span| (span.start, u32::MAX - span.end));
    let mut kept: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        if kept.last().is_none_or(|last| last.end < span.end) {
            kept.push(span);
        }
    }
    kept
}

/// In order, without those in which another lies.
fn shortest(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable_by_key(|span| (span.start, span.end));
    let mut kept: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        while kept.last().is_some_and(|last| last.end >= span.end && last.start < span.start) {
            kept.pop();
        }
        if kept.last().is_none_or(|last| last.end < span.end) {
            kept.push(span);
        }
    }
    kept
}
