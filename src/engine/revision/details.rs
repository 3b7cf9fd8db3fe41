//! Each change by itself, with its kind: what was said before and what is said now.

use std::collections::HashMap;
use std::ops::Range;

use super::super::diff::{BodyChange, Diff, Span, SpanKind, TitleChange};
use super::super::text::fold::plain;
use super::super::text::sentences::sentences;
use super::super::text::spelling::american;
use super::super::text::words::{Token, TokenKind, count, folded, folded_token, tokens};
use super::lexicon::{WordClass, class, is_sign, opens_sentence};
use super::notices::{is_notice, notices};
use super::quotes::{changed, quotations, quoted_ranges};
use super::{ChangeKind, Detail};
use crate::model::article::Content;

/// Longest stretch, in words, whose single words are looked at. A longer one is rewritten text.
const HUNK_MAX_WORDS: usize = 14;

/// Shorter stretches that end with a full stop are words at a sentence's end, no sentences.
const SENTENCE_MIN_WORDS: usize = 4;

/// All changes in reading order: headline, byline, notes, then the body; quotations after it.
pub(super) fn details(before: &Content, after: &Content, diff: &Diff) -> Vec<Detail> {
    let mut details = Vec::new();
    if let Some(title) = &diff.title {
        headline(title, &mut details);
    }
    byline(before, after, &mut details);
    corrections(before, after, &mut details);
    for change in &diff.body {
        body(change, &mut details);
    }
    quotes(before, after, &mut details);
    let mut seen: Vec<Detail> = Vec::with_capacity(details.len());
    for detail in details {
        if !seen.contains(&detail) {
            seen.push(detail);
        }
    }
    seen
}

fn detail(kind: ChangeKind, before: &str, after: &str) -> Detail {
    let stated = |text: &str| {
        let text = text.replace('\u{2029}', " ").trim().to_owned();
        (!text.is_empty()).then_some(text)
    };
    Detail { kind, before: stated(before), after: stated(after), speaker: None }
}

fn headline(title: &TitleChange, details: &mut Vec<Detail>) {
    let text = |title: &Option<String>| title.clone().unwrap_or_default();
    let (before, after) = (text(&title.before), text(&title.after));
    if plain(&before).to_lowercase() == plain(&after).to_lowercase() {
        return;
    }
    details.push(detail(ChangeKind::Headline, &before, &after));
    let mut inside = Vec::new();
    for hunk in hunks(&title.spans) {
        hunk_details(&hunk, &mut inside);
    }
    details.extend(inside.into_iter().filter(|detail| !matches!(detail.kind, ChangeKind::Body)));
}

fn byline(before: &Content, after: &Content, details: &mut Vec<Detail>) {
    let names = |content: &Content| -> Vec<String> {
        let mut names: Vec<String> = content.authors.iter().map(|name| folded(name).join(" ")).collect();
        names.sort();
        names
    };
    if names(before) != names(after) {
        details.push(detail(ChangeKind::Byline, &before.authors.join(", "), &after.authors.join(", ")));
    }
}

fn corrections(before: &Content, after: &Content, details: &mut Vec<Detail>) {
    let (old, new) = (notices(before), notices(after));
    let is_in = |list: &[&str], text: &str| list.iter().any(|other| folded(other) == folded(text));
    let mut dropped: Vec<&str> = old.iter().copied().filter(|text| !is_in(&new, text)).collect();
    for text in new.iter().copied().filter(|text| !is_in(&old, text)) {
        // A note that was rewritten or added to is one changed note.
        let was = if dropped.is_empty() { "" } else { dropped.remove(0) };
        details.push(detail(ChangeKind::Correction, was, text));
    }
    details.extend(dropped.into_iter().map(|text| detail(ChangeKind::Correction, text, "")));
}

/// The note that came or changed.
pub(super) fn new_notice(details: &[Detail]) -> Option<String> {
    details.iter().find(|detail| detail.kind == ChangeKind::Correction && detail.after.is_some())?.after.clone()
}

fn quotes(before: &Content, after: &Content, details: &mut Vec<Detail>) {
    let (old, new) = (quotations(&before.blocks), quotations(&after.blocks));
    for (was, is) in changed(&old, &new) {
        let text = |quotation: Option<&super::quotes::Quotation>| quotation.map(|quotation| quotation.text.clone());
        let speaker = is.or(was).and_then(|quotation| quotation.speaker.clone());
        let speaker = speaker.or_else(|| was.and_then(|quotation| quotation.speaker.clone()));
        details.push(Detail { kind: ChangeKind::Quote, before: text(was), after: text(is), speaker });
    }
}

fn body(change: &BodyChange, details: &mut Vec<Detail>) {
    match change {
        BodyChange::Moved { text, .. } => details.push(detail(ChangeKind::Body, text, text)),
        BodyChange::Added { text, .. } if says_more_than_quotes(text) => {
            details.push(detail(ChangeKind::Body, "", text));
        }
        BodyChange::Removed { text, .. } if says_more_than_quotes(text) => {
            details.push(detail(ChangeKind::Body, text, ""));
        }
        // Notes and bare quotations are told as such.
        BodyChange::Added { .. } | BodyChange::Removed { .. } | BodyChange::Same { .. } => {}
        BodyChange::Edited { spans, .. } => {
            if is_notice(&whole(spans, SpanKind::Delete)) || is_notice(&whole(spans, SpanKind::Insert)) {
                return;
            }
            for hunk in hunks(spans) {
                hunk_details(&hunk, details);
            }
        }
    }
}

/// Whether a block has words that are neither a note nor inside quotation marks.
fn says_more_than_quotes(text: &str) -> bool {
    let quoted: usize = quoted_ranges(text).into_iter().filter_map(|range| text.get(range)).map(count).sum();
    !is_notice(text) && count(text) > quoted
}

fn whole(spans: &[Span], fate: SpanKind) -> String {
    spans.iter().filter(|span| span.op == SpanKind::Equal || span.op == fate).map(|span| span.text.as_str()).collect()
}

/// A changed stretch with the two texts that it stands in.
struct Hunk<'a> {
    old_text: &'a str,
    new_text: &'a str,
    old: Range<usize>,
    new: Range<usize>,
}

/// One side's texts, made once for all hunks of a block.
struct Sides {
    old_text: String,
    new_text: String,
    ranges: Vec<(Range<usize>, Range<usize>)>,
}

impl Sides {
    fn of(spans: &[Span]) -> Self {
        let (mut old_text, mut new_text) = (String::new(), String::new());
        let mut ranges: Vec<(Range<usize>, Range<usize>)> = Vec::new();
        let mut is_open = false;
        for span in spans {
            let (old_start, new_start) = (old_text.len(), new_text.len());
            if span.op != SpanKind::Insert {
                old_text.push_str(&span.text);
            }
            if span.op != SpanKind::Delete {
                new_text.push_str(&span.text);
            }
            match (span.op, is_open, ranges.last_mut()) {
                (SpanKind::Equal, ..) => is_open = false,
                (_, true, Some((old, new))) => (old.end, new.end) = (old_text.len(), new_text.len()),
                _ => {
                    ranges.push((old_start..old_text.len(), new_start..new_text.len()));
                    is_open = true;
                }
            }
        }
        Self { old_text, new_text, ranges }
    }
}

fn hunks(spans: &[Span]) -> Vec<OwnedHunk> {
    let sides = std::rc::Rc::new(Sides::of(spans));
    (0..sides.ranges.len()).map(|at| OwnedHunk { sides: std::rc::Rc::clone(&sides), at }).collect()
}

/// A hunk that shares its block's texts with the others.
struct OwnedHunk {
    sides: std::rc::Rc<Sides>,
    at: usize,
}

impl OwnedHunk {
    fn as_hunk(&self) -> Option<Hunk<'_>> {
        let (old, new) = self.sides.ranges.get(self.at)?.clone();
        Some(Hunk { old_text: &self.sides.old_text, new_text: &self.sides.new_text, old, new })
    }
}

fn hunk_details(hunk: &OwnedHunk, details: &mut Vec<Detail>) {
    let Some(hunk) = hunk.as_hunk() else { return };
    let old = hunk.old_text.get(hunk.old.clone()).unwrap_or_default();
    let new = hunk.new_text.get(hunk.new.clone()).unwrap_or_default();
    if plain(old).to_lowercase() == plain(new).to_lowercase() {
        return;
    }
    let (old_tokens, new_tokens) = (tokens(hunk.old_text), tokens(hunk.new_text));
    let (old_words, new_words) = (words_in(&old_tokens, &hunk.old), words_in(&new_tokens, &hunk.new));
    if old_words.is_empty() && new_words.is_empty() {
        let signs = |tokens: &[Token<'_>], range: &Range<usize>| {
            let inside = |at: &usize| tokens.get(*at).is_some_and(|token| range.contains(&token.start));
            (0..tokens.len()).filter(inside).filter(|at| is_sign(tokens, *at)).count()
        };
        if signs(&old_tokens, &hunk.old) == signs(&new_tokens, &hunk.new) {
            mark_change(&hunk, old, new, details);
        } else {
            let (was, is) = (widened(hunk.old_text, &hunk.old), widened(hunk.new_text, &hunk.new));
            details.push(detail(ChangeKind::Figure, &was, &is));
        }
        return;
    }
    // Inside a quotation it is the quotation that changed; told with the quotations, whole.
    let is_quoted =
        are_quoted(hunk.old_text, &old_tokens, &old_words) && are_quoted(hunk.new_text, &new_tokens, &new_words);
    let is_whole = (old_words.is_empty() && has_sentence(new)) || (new_words.is_empty() && has_sentence(old));
    if is_whole || old_words.len().max(new_words.len()) > HUNK_MAX_WORDS {
        if !is_quoted {
            details.push(detail(ChangeKind::Body, old, new));
        }
        return;
    }
    let (old_left, new_left) = differing(&old_tokens, &old_words, &new_tokens, &new_words);
    let first = details.len();
    let plain_words = by_class((&old_tokens, &old_left), (&new_tokens, &new_left), details);
    if !is_quoted && let Some((was, is)) = plain_words {
        let kind = if is_typo(&was, &is) { ChangeKind::Typo } else { ChangeKind::Body };
        let (was, is) = if kind == ChangeKind::Typo { (was, is) } else { (old.to_owned(), new.to_owned()) };
        details.insert(first, detail(kind, &was, &is));
    }
    // The same words in another order.
    if !is_quoted && old_left.is_empty() && new_left.is_empty() {
        details.push(detail(ChangeKind::Body, old, new));
    }
}

/// Marks alone changed: only those that say something count, and quotation marks are told with the quotations.
fn mark_change(hunk: &Hunk<'_>, old: &str, new: &str, details: &mut Vec<Detail>) {
    let telling = |text: &str| -> String {
        text.chars()
            .filter(|c| matches!(c, '?' | '%' | '‰' | '°' | '+' | '=' | '$' | '£' | '€' | '¥' | '₹' | '₽'))
            .collect()
    };
    if telling(old) == telling(new) {
        return;
    }
    let is_sum = telling(old).chars().chain(telling(new).chars()).any(|c| c != '?' && c != '=');
    let kind = if is_sum { ChangeKind::Figure } else { ChangeKind::Body };
    details.push(detail(kind, &widened(hunk.old_text, &hunk.old), &widened(hunk.new_text, &hunk.new)));
}

/// A stretch with the words that touch it.
fn widened(text: &str, range: &Range<usize>) -> String {
    let touching: Vec<Token<'_>> = tokens(text)
        .into_iter()
        .filter(|token| token.end() >= range.start && token.start <= range.end && token.kind != TokenKind::Blank)
        .collect();
    let (Some(first), Some(last)) = (touching.first(), touching.last()) else { return String::new() };
    text.get(first.start..last.end()).unwrap_or_default().to_owned()
}

fn words_in(tokens: &[Token<'_>], range: &Range<usize>) -> Vec<usize> {
    let inside = |token: &Token<'_>| token.is_word() && token.start >= range.start && token.end() <= range.end;
    tokens.iter().enumerate().filter(|(_, token)| inside(token)).map(|(at, _)| at).collect()
}

fn are_quoted(text: &str, tokens: &[Token<'_>], words: &[usize]) -> bool {
    let quoted = quoted_ranges(text);
    let is_quoted =
        |token: &Token<'_>| quoted.iter().any(|range| range.start <= token.start && token.end() <= range.end);
    words.iter().filter_map(|at| tokens.get(*at)).all(is_quoted)
}

fn has_sentence(text: &str) -> bool {
    let ends = |sentence: &&str| sentence.trim_end_matches(['”', '"', '’', '»', ')']).ends_with(['.', '!', '?', '。']);
    sentences(text.trim_start_matches(['.', ' ', '\u{2029}']))
        .iter()
        .any(|sentence| ends(sentence) && count(sentence) >= SENTENCE_MIN_WORDS)
        || (count(text) >= SENTENCE_MIN_WORDS && text.starts_with(['.', '\u{2029}']))
}

/// The words of each side that the other has not, as token positions.
fn differing(
    old_tokens: &[Token<'_>],
    old: &[usize],
    new_tokens: &[Token<'_>],
    new: &[usize],
) -> (Vec<usize>, Vec<usize>) {
    let word = |tokens: &[Token<'_>], at: usize| {
        tokens.get(at).map(|token| plain(token.text).to_lowercase()).unwrap_or_default()
    };
    let mut counts: HashMap<String, (usize, usize)> = HashMap::new();
    for at in old {
        counts.entry(word(old_tokens, *at)).or_default().0 += 1;
    }
    for at in new {
        counts.entry(word(new_tokens, *at)).or_default().1 += 1;
    }
    let mut shared: HashMap<String, (usize, usize)> =
        counts.into_iter().map(|(word, (old, new))| (word, (old.min(new), old.min(new)))).collect();
    let mut left = |word: String, is_old: bool| {
        let entry = shared.entry(word).or_default();
        let count = if is_old { &mut entry.0 } else { &mut entry.1 };
        let is_left = *count == 0;
        *count = count.saturating_sub(1);
        is_left
    };
    let old_left = old.iter().copied().filter(|at| left(word(old_tokens, *at), true)).collect();
    let new_left = new.iter().copied().filter(|at| left(word(new_tokens, *at), false)).collect();
    (old_left, new_left)
}

type Side<'a> = (&'a [Token<'a>], &'a [usize]);

/// Tells negations, dates, figures and names; gives back what other words differ, as (before, after).
fn by_class(
    old: (&[Token<'_>], &[usize]),
    new: (&[Token<'_>], &[usize]),
    details: &mut Vec<Detail>,
) -> Option<(String, String)> {
    let both_sides = !old.1.is_empty() && !new.1.is_empty();
    let classed = |(tokens, words): Side<'_>| -> Vec<(WordClass, String)> {
        let one = |at: &usize| {
            let found = class(tokens, *at);
            // At a sentence's beginning a capital tells nothing, unless a name stands against a name.
            let found = if found == WordClass::Name && !both_sides && opens_sentence(tokens, *at) {
                WordClass::Word
            } else {
                found
            };
            (found, tokens.get(*at).map(|token| token.text.to_owned()).unwrap_or_default())
        };
        words.iter().map(one).collect()
    };
    let (old, new) = (classed(old), classed(new));
    let of = |side: &[(WordClass, String)], wanted: WordClass| -> String {
        let words: Vec<&str> =
            side.iter().filter(|(found, _)| *found == wanted).map(|(_, word)| word.as_str()).collect();
        words.join(" ")
    };
    for (wanted, kind) in [
        (WordClass::Negation, ChangeKind::Negation),
        (WordClass::Date, ChangeKind::Date),
        (WordClass::Figure, ChangeKind::Figure),
        (WordClass::Name, ChangeKind::Name),
    ] {
        let (was, is) = (of(&old, wanted), of(&new, wanted));
        if !was.is_empty() || !is.is_empty() {
            details.push(detail(kind, &was, &is));
        }
    }
    let (was, is) = (of(&old, WordClass::Word), of(&new, WordClass::Word));
    (!was.is_empty() || !is.is_empty()).then_some((was, is))
}

/// Whether one word became another only in its spelling. «Legal» and «illegal», «attack» and «attacks» are two words.
fn is_typo(was: &str, is: &str) -> bool {
    const TYPO_MIN_CHARS: usize = 4;
    let fold = |word: &str| tokens(word).first().map(folded_token).unwrap_or_default();
    let (old, new) = (fold(was), fold(is));
    if was.contains(' ') || is.contains(' ') || old.is_empty() || new.is_empty() {
        return false;
    }
    if old == new || american(&old) == american(&new) {
        return true;
    }
    let (short, long) = if old.len() <= new.len() { (&old, &new) } else { (&new, &old) };
    let is_inflection = long
        .strip_prefix(short.as_str())
        .is_some_and(|tail| matches!(tail, "s" | "es" | "d" | "ed" | "r" | "er" | "ing" | "ly" | "n" | "en"));
    let chars = short.chars().count();
    let distance = strsim::osa_distance(&old, &new);
    let allowed = if chars >= 7 { 2 } else { 1 };
    // Of shorter words only letters that changed places are a slip: «teh».
    let is_long = chars >= TYPO_MIN_CHARS || (chars == 3 && is_rearranged(&old, &new));
    is_long && !is_inflection && distance <= allowed && old.chars().next() == new.chars().next()
}

fn is_rearranged(old: &str, new: &str) -> bool {
    let sorted = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    sorted(old) == sorted(new)
}
