//! Word by word: tokens compared by `similar`, then tidied so that a person reads whole changes.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::{Compare, PARAGRAPH_BREAK, Span, SpanKind};
use crate::engine::text::words::{Token, TokenKind, tokens};

/// Above so many tokens on either side, whole sentences are aligned first: the cost of a word diff grows with the number
/// of differences, and a rewritten page of 10,000 words must not take seconds.
const WORDWISE_MAX_TOKENS: usize = 1_200;

/// The words of both texts with their fates, in reading order; a removal stands before the addition that replaces it.
pub(super) fn spans(before: &str, after: &str, compare: Compare) -> Vec<Span> {
    let (before, after) = (cut(before), cut(after));
    let (old, new) = numbered(&before, &after, compare);
    let mut changes = Vec::new();
    let whole = Range2 { old: 0..old.len(), new: 0..new.len() };
    if old.len().max(new.len()) > WORDWISE_MAX_TOKENS {
        by_sentence(&before, &after, (&old, &new), &mut changes);
    } else {
        by_word(&old, &new, &whole, &mut changes);
    }
    let changes = tidied(&before, &after, changes);
    written(&before, &after, &changes)
}

/// A changed stretch: tokens of the old text that gave way to tokens of the new one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Range2 {
    old: Range<usize>,
    new: Range<usize>,
}

/// Tokens, with `...` as one, so that it can equal `…`.
fn cut(text: &str) -> Vec<Token<'_>> {
    let mut cut: Vec<Token<'_>> = Vec::new();
    for token in tokens(text) {
        if token.text == "."
            && let Some(last) = cut.last_mut()
            && last.kind == TokenKind::Mark
            && last.text.starts_with('.')
            && last.text.len() < 3
            && let Some(joined) = text.get(last.start..token.end())
        {
            last.text = joined;
            continue;
        }
        cut.push(token);
    }
    cut
}

/// Both token lists as numbers: equal numbers, equal keys.
fn numbered<'a>(before: &[Token<'a>], after: &[Token<'a>], compare: Compare) -> (Vec<u32>, Vec<u32>) {
    let mut numbers: HashMap<Cow<'a, str>, u32> = HashMap::with_capacity(before.len());
    let mut number = |token: &Token<'a>| -> u32 {
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        *numbers.entry(compare.key(token.text)).or_insert(next)
    };
    let old = before.iter().map(&mut number).collect();
    let new = after.iter().map(&mut number).collect();
    (old, new)
}

fn by_word(old: &[u32], new: &[u32], within: &Range2, changes: &mut Vec<Range2>) {
    let (Some(old_part), Some(new_part)) = (old.get(within.old.clone()), new.get(within.new.clone())) else { return };
    if old_part.len().min(new_part.len()) > WORDWISE_MAX_TOKENS {
        changes.push(within.clone());
        return;
    }
    for op in capture_diff_slices(Algorithm::Myers, old_part, new_part) {
        if let Some(change) = changed(&op) {
            changes.push(Range2 {
                old: change.old.start + within.old.start..change.old.end + within.old.start,
                new: change.new.start + within.new.start..change.new.end + within.new.start,
            });
        }
    }
}

fn changed(op: &DiffOp) -> Option<Range2> {
    match op {
        DiffOp::Equal { .. } => None,
        DiffOp::Delete { .. } | DiffOp::Insert { .. } | DiffOp::Replace { .. } => {
            Some(Range2 { old: op.old_range(), new: op.new_range() })
        }
    }
}

/// Aligns sentences, then compares words between those that are not the same.
fn by_sentence(before: &[Token<'_>], after: &[Token<'_>], numbers: (&[u32], &[u32]), changes: &mut Vec<Range2>) {
    let (old, new) = numbers;
    let old_ends = sentence_ends(before);
    let new_ends = sentence_ends(after);
    let sentences = |ends: &[usize], numbers: &[u32]| -> Vec<Vec<u32>> {
        let starts = std::iter::once(0).chain(ends.iter().copied());
        starts
            .zip(ends.iter().copied())
            .map(|(start, end)| numbers.get(start..end).unwrap_or_default().to_vec())
            .collect()
    };
    let start_of = |ends: &[usize], at: usize| at.checked_sub(1).and_then(|at| ends.get(at).copied()).unwrap_or(0);
    for op in capture_diff_slices(Algorithm::Myers, &sentences(&old_ends, old), &sentences(&new_ends, new)) {
        if let Some(change) = changed(&op) {
            let within = Range2 {
                old: start_of(&old_ends, change.old.start)..start_of(&old_ends, change.old.end),
                new: start_of(&new_ends, change.new.start)..start_of(&new_ends, change.new.end),
            };
            by_word(old, new, &within, changes);
        }
    }
}

/// Where sentences end, roughly: after the blank that follows an end mark, and after a paragraph break.
fn sentence_ends(tokens: &[Token<'_>]) -> Vec<usize> {
    let mut ends: Vec<usize> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let after_end = at.checked_sub(1).and_then(|at| tokens.get(at)).is_some_and(is_end_mark);
        if token.text.contains(PARAGRAPH_BREAK) || (token.kind == TokenKind::Blank && after_end) {
            ends.push(at + 1);
        }
    }
    if ends.last() != Some(&tokens.len()) {
        ends.push(tokens.len());
    }
    ends
}

fn is_end_mark(token: &Token<'_>) -> bool {
    matches!(token.text, "." | "!" | "?" | "…" | "..." | "”" | "\"" | "。" | "！" | "？")
}

/// Joins changes that only a blank, a mark or one small word holds apart, and lets each begin at a word.
fn tidied(before: &[Token<'_>], after: &[Token<'_>], changes: Vec<Range2>) -> Vec<Range2> {
    let mut tidy: Vec<Range2> = Vec::with_capacity(changes.len());
    for change in changes {
        if let Some(last) = tidy.last_mut()
            && holds_little(before, last, &change)
        {
            last.old.end = change.old.end;
            last.new.end = change.new.end;
            continue;
        }
        tidy.push(change);
    }
    for at in 0..tidy.len() {
        let low = at.checked_sub(1).and_then(|at| tidy.get(at)).cloned().unwrap_or(Range2 { old: 0..0, new: 0..0 });
        let end = Range2 { old: before.len()..before.len(), new: after.len()..after.len() };
        let high = tidy.get(at + 1).cloned().unwrap_or(end);
        let Some(change) = tidy.get_mut(at) else { break };
        if change.old.is_empty() {
            let to = slid(after, &change.new, low.new.end..high.new.start);
            change.old = moved_along(&change.old, &change.new, &to);
            change.new = to;
        } else if change.new.is_empty() {
            let to = slid(before, &change.old, low.old.end..high.old.start);
            change.new = moved_along(&change.new, &change.old, &to);
            change.old = to;
        }
    }
    tidy
}

/// The empty range beside a stretch that was slid.
fn moved_along(empty: &Range<usize>, from: &Range<usize>, to: &Range<usize>) -> Range<usize> {
    let at = empty.start + to.start - from.start.min(empty.start + to.start);
    at..at
}

fn holds_little(before: &[Token<'_>], last: &Range2, next: &Range2) -> bool {
    let between = before.get(last.old.end..next.old.start).unwrap_or_default();
    let words = between.iter().filter(|token| token.is_word()).count();
    let breaks = between.iter().any(|token| token.text.contains(PARAGRAPH_BREAK) || is_end_mark(token));
    let size = |change: &Range2| change.old.len() + change.new.len();
    match words {
        0 => !breaks,
        // «a b c» to «x b z»: the lone word in the middle is chance.
        1 => !breaks && between.len() <= 3 && size(last) >= 4 && size(next) >= 4,
        _ => false,
    }
}

/// Slides a removed or added stretch to the left or right over equal tokens, so that it begins where a sentence or a
/// word does: of `a b a c` to `a c`, it is a matter of taste which `a` is gone, and readers have taste.
fn slid(tokens: &[Token<'_>], range: &Range<usize>, bounds: Range<usize>) -> Range<usize> {
    const SLIDE_MAX: usize = 40;
    let text = |at: usize| tokens.get(at).map(|token| token.text);
    let (mut start, mut end) = (range.start, range.end);
    while start > bounds.start && range.start - start < SLIDE_MAX && text(start - 1) == text(end - 1) {
        start -= 1;
        end -= 1;
    }
    let mut best = (start_score(tokens, range.start), range.clone());
    for _ in 0..=2 * SLIDE_MAX {
        let score = start_score(tokens, start);
        if score > best.0 {
            best = (score, start..end);
        }
        if end >= bounds.end || text(start) != text(end) {
            break;
        }
        start += 1;
        end += 1;
    }
    best.1
}

fn start_score(tokens: &[Token<'_>], start: usize) -> u8 {
    let Some(first) = tokens.get(start) else { return 0 };
    let before = |by: usize| start.checked_sub(by).and_then(|at| tokens.get(at));
    let after_blank = before(1).is_none_or(|token| token.kind == TokenKind::Blank);
    let after_sentence = before(2).is_none_or(is_end_mark);
    match (first.kind, after_blank) {
        // A sentence added at a paragraph's end begins with its blank.
        (TokenKind::Blank, _) => {
            if before(1).is_some_and(is_end_mark) {
                2
            } else {
                0
            }
        }
        (_, true) if after_sentence => 3,
        (TokenKind::Mark, _) | (_, false) => 1,
        (_, true) => 2,
    }
}

fn written(before: &[Token<'_>], after: &[Token<'_>], changes: &[Range2]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut push = |op: SpanKind, tokens: &[Token<'_>], range: Range<usize>| {
        let text: String = tokens.get(range).unwrap_or_default().iter().map(|token| token.text).collect();
        if !text.is_empty() {
            spans.push(Span { op, text });
        }
    };
    let mut at = 0;
    for change in changes {
        push(SpanKind::Equal, after, at..change.new.start);
        push(SpanKind::Delete, before, change.old.clone());
        push(SpanKind::Insert, after, change.new.clone());
        at = change.new.end;
    }
    push(SpanKind::Equal, after, at..after.len());
    spans
}
