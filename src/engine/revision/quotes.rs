//! Quotations, and who is quoted.

use std::ops::Range;

use super::super::text::words::{Token, TokenKind, folded, tokens};
use crate::model::article::{Block, BlockKind};

/// Words in quotation marks, or a block quotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Quotation {
    /// The words without the marks around them.
    pub(super) text: String,
    /// Folded, for comparing.
    pub(super) words: Vec<String>,
    /// Who said it, where the same paragraph says so.
    pub(super) speaker: Option<String>,
}

/// Characters beside a quotation in which its speaker is looked for.
const SPEAKER_WINDOW_CHARS: usize = 120;

const SPEECH_VERBS: &[&str] = &[
    "said",
    "says",
    "say",
    "told",
    "tells",
    "added",
    "adds",
    "wrote",
    "writes",
    "tweeted",
    "posted",
    "asked",
    "replied",
    "answered",
    "argued",
    "warned",
    "insisted",
    "claimed",
    "stated",
    "announced",
    "explained",
    "noted",
    "declared",
    "admitted",
    "denied",
    "acknowledged",
    "recalled",
    "remarked",
    "testified",
    "responded",
    "called",
    "according",
    "sagte",
    "erklarte",
    "sagt",
    "teilte",
    "declare",
    "dit",
    "affirme",
    "estime",
    "dijo",
    "afirmo",
    "declaro",
    "senalo",
    "disse",
    "сказал",
    "сказала",
    "заявил",
    "заявила",
    "сообщил",
];

/// The quotations of a body, in order.
pub(super) fn quotations(blocks: &[Block]) -> Vec<Quotation> {
    blocks.iter().flat_map(block_quotations).collect()
}

fn block_quotations(block: &Block) -> Vec<Quotation> {
    if block.kind == BlockKind::Quote {
        return vec![Quotation { text: block.text.clone(), words: folded(&block.text), speaker: None }];
    }
    let mut found = Vec::new();
    for range in quoted_ranges(&block.text) {
        let text = block.text.get(range.clone()).unwrap_or_default().trim();
        let words = folded(text);
        if !words.is_empty() {
            found.push(Quotation { text: text.to_owned(), words, speaker: speaker(&block.text, &range) });
        }
    }
    found
}

/// Where the quoted words of a paragraph are, marks excluded. A quotation that is not closed goes to the paragraph's end,
/// as those do that go on in the next one.
pub(super) fn quoted_ranges(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut open: Option<(usize, char)> = None;
    let mut before = ' ';
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = chars.peek().map_or(' ', |(_, next)| *next);
        match open {
            None => {
                if let Some(close) = closing(c, before, after) {
                    open = Some((at + c.len_utf8(), close));
                }
            }
            Some((start, close)) => {
                // Apostrophes look like closing single quotes: those stand after a letter and before none.
                if c == close && !(matches!(c, '’' | '\'') && after.is_alphanumeric()) {
                    ranges.push(start..at);
                    open = None;
                }
            }
        }
        before = c;
    }
    if let Some((start, close)) = open
        && !matches!(close, '’' | '\'' | '"')
    {
        ranges.push(start..text.len());
    }
    ranges
}

/// What closes a quotation that `c` opens; `None` if it opens none.
fn closing(c: char, before: char, after: char) -> Option<char> {
    match c {
        '“' => Some('”'),
        '"' if !before.is_ascii_digit() => Some('"'),
        '«' => Some('»'),
        '„' => Some('“'),
        '「' => Some('」'),
        '『' => Some('』'),
        '‘' if !before.is_alphanumeric() && after.is_alphanumeric() => Some('’'),
        _ => None,
    }
}

fn speaker(text: &str, quoted: &Range<usize>) -> Option<String> {
    let after: String = text.get(quoted.end..)?.chars().skip(1).take(SPEAKER_WINDOW_CHARS).collect();
    let after: String = after.split(['“', '"', '«', '„']).next().unwrap_or_default().to_owned();
    let head = text.get(..quoted.start).unwrap_or_default();
    let skipped = head.chars().count().saturating_sub(SPEAKER_WINDOW_CHARS);
    let before: String = head.chars().skip(skipped).collect();
    let before = before.rsplit(['”', '»', '“']).find(|piece| !piece.trim().is_empty()).unwrap_or_default().to_owned();
    named_beside_verb(first_sentence(&after)).or_else(|| named_beside_verb(last_sentence(&before)))
}

fn first_sentence(text: &str) -> &str {
    let text = text.trim_start_matches([',', '.', '!', '?', ' ']);
    text.split_once(". ").map_or(text, |(first, _)| first)
}

fn last_sentence(text: &str) -> &str {
    let text = text.trim_end_matches(['.', ' ', ':', ',']);
    text.rsplit_once(". ").map_or(text, |(_, last)| last)
}

/// The name nearest to a verb of speech.
fn named_beside_verb(text: &str) -> Option<String> {
    let tokens = tokens(text);
    let is_verb = |token: &Token<'_>| {
        token.kind == TokenKind::Word && SPEECH_VERBS.contains(&folded(token.text).concat().as_str())
    };
    let verb = tokens.iter().position(is_verb)?;
    let names = names(text, &tokens);
    let distance =
        |range: &Range<usize>| if range.end <= verb { verb - range.end } else { range.start.saturating_sub(verb) };
    let nearest = names.into_iter().min_by_key(|range| (distance(range), range.start))?;
    let (first, last) = (tokens.get(nearest.start)?, tokens.get(nearest.end.checked_sub(1)?)?);
    Some(text.get(first.start..last.end())?.to_owned())
}

/// Runs of capitalised words, as token ranges.
fn names(text: &str, tokens: &[Token<'_>]) -> Vec<Range<usize>> {
    const NO_NAMES: &[&str] = &[
        "The", "A", "An", "He", "She", "They", "It", "We", "I", "But", "And", "In", "On", "His", "Her", "In", "As",
        "At",
    ];
    let is_name = |token: &Token<'_>| {
        token.kind == TokenKind::Word
            && token.text.chars().next().is_some_and(char::is_uppercase)
            && !NO_NAMES.contains(&token.text)
    };
    let mut names: Vec<Range<usize>> = Vec::new();
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| is_name(token)) {
        match names.last_mut() {
            Some(last) if gap_is_narrow(text, tokens, last.end, token.start) => last.end = at + 1,
            Some(_) | None => names.push(at..at + 1),
        }
    }
    names
}

/// Only blanks, hyphens or an initial's full stop between two words of one name.
fn gap_is_narrow(text: &str, tokens: &[Token<'_>], end: usize, start: usize) -> bool {
    let from = end.checked_sub(1).and_then(|at| tokens.get(at)).map_or(0, Token::end);
    let gap = text.get(from..start).unwrap_or_default();
    gap.chars().all(|c| matches!(c, ' ' | '-' | '.')) && gap.chars().count() <= 2
}

/// Pairs what two bodies quote: (before, after), in the order of the new text, then what was dropped.
pub(super) fn changed<'a>(
    before: &'a [Quotation],
    after: &'a [Quotation],
) -> Vec<(Option<&'a Quotation>, Option<&'a Quotation>)> {
    let mut old: Vec<Option<&Quotation>> = before.iter().map(Some).collect();
    let mut new: Vec<&Quotation> = Vec::new();
    for quotation in after {
        match old.iter_mut().find(|old| old.is_some_and(|old| old.words == quotation.words)) {
            Some(same) => *same = None,
            None => new.push(quotation),
        }
    }
    let mut pairs = Vec::new();
    for quotation in new {
        let likeness = |old: Option<&Quotation>| old.map_or(0.0, |old| alike(&old.words, &quotation.words));
        let best = (0..old.len()).max_by(|a, b| likeness(old[*a]).total_cmp(&likeness(old[*b])).then(b.cmp(a)));
        match best.filter(|best| likeness(old[*best]) >= 0.5) {
            Some(best) => pairs.push((old[best].take(), Some(quotation))),
            None => pairs.push((None, Some(quotation))),
        }
    }
    pairs.extend(old.into_iter().flatten().map(|dropped| (Some(dropped), None)));
    pairs
}

/// Share of the shorter one's words that the longer one has; a quotation of one or two words is like none but itself.
fn alike(one: &[String], other: &[String]) -> f64 {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if short.len() < 3 && long.len() > 2 * short.len() {
        return 0.0;
    }
    let mut left: Vec<&String> = long.iter().collect();
    let mut shared = 0;
    for word in short {
        if let Some(at) = left.iter().position(|other| *other == word) {
            left.swap_remove(at);
            shared += 1;
        }
    }
    f64::from(shared) / short.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, Option<&str>)]) {
        let block = Block { kind: BlockKind::Paragraph, text: text.to_owned() };
        let found = quotations(&[block]);
        let found: Vec<(&str, Option<&str>)> =
            found.iter().map(|quotation| (quotation.text.as_str(), quotation.speaker.as_deref())).collect();
        assert_eq!(found, expected, "in {text:?}");
    }

    #[test]
    fn quotations_are_found_with_their_speakers() {
        check("“We have no choice,” said Ilse Brandt.", &[("We have no choice,", Some("Ilse Brandt"))]);
        check("\"We go,\" the harbour master, Ilse Brandt, told reporters.", &[("We go,", Some("Ilse Brandt"))]);
        check("Mr Oduya told the court: “I was not there.”", &[("I was not there.", Some("Mr Oduya"))]);
        check("«Nous restons», a dit Anne-Marie Roche.", &[("Nous restons", Some("Anne-Marie Roche"))]);
        check("She called it “madness”.", &[("madness", None)]);
        check("‘It’s over,’ he said. Nobody’s home.", &[("It’s over,", None)]);
        check("„Wir gehen“, sagte Brandt.", &[("Wir gehen", Some("Brandt"))]);
        check("The minister's plan isn't new.", &[]);
        check("“First,” she said. “Second.”", &[("First,", None), ("Second.", None)]);
    }
}
