//! What a digest holds, summed up: the counts and the subject.

use super::DigestInput;
use super::model::{Count, Item, Section, SourceItem};
use crate::engine::brief::cut;

/// Characters of the headline in the subject.
const SUBJECT_HEADLINE_CHARS: usize = 90;

/// How often each badge is there, articles under a story included.
pub(super) fn counted(items: &[Item]) -> Vec<Count> {
    let all: Vec<&Item> = items.iter().chain(items.iter().flat_map(|item| &item.related)).collect();
    ["new", "edited", "removed", "restored", "republished", "outdated", "test"]
        .into_iter()
        .map(|what| Count { what, n: all.iter().filter(|item| item.badges.contains(&what)).count() })
        .filter(|count| count.n > 0)
        .collect()
}

/// The counts over all topics, with what cannot be reached.
pub(super) fn total(sections: &[Section], sources: &[SourceItem]) -> Vec<Count> {
    let mut counts: Vec<Count> = Vec::new();
    let failing = sources.iter().filter(|source| !source.recovered && !source.channel).count();
    let unsent = sources.iter().filter(|source| source.channel).count();
    let troubles = [Count { what: "failing", n: failing }, Count { what: "unsent", n: unsent }];
    let troubles = troubles.iter().filter(|one| one.n > 0);
    for count in sections.iter().flat_map(|section| &section.counts).chain(troubles) {
        match counts.iter_mut().find(|known| known.what == count.what) {
            Some(known) => known.n += count.n,
            None => counts.push(count.clone()),
        }
    }
    counts
}

/// The counts as words: `3 new, 2 edited`.
pub(super) fn count_words(counts: &[Count]) -> String {
    let word = |count: &Count| match (count.what, count.n) {
        ("outdated", n) => format!("{n} with outdated copies"),
        ("restored", n) => format!("{n} back online"),
        ("failing", 1) => "1 source failing".to_owned(),
        ("failing", n) => format!("{n} sources failing"),
        ("unsent", 1) => "1 channel not served".to_owned(),
        ("unsent", n) => format!("{n} channels not served"),
        ("test", _) => "a test".to_owned(),
        (what, n) => format!("{n} {what}"),
    };
    counts.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// What happened, in a line.
pub(super) fn subject(sections: &[Section], sources: &[SourceItem], input: &DigestInput<'_>) -> String {
    let Some(first) = sections.first() else {
        return match sources {
            [] => format!("wirewatch {}: nothing new", input.channel),
            [one] if one.channel => format!("Not delivered: {}", one.name),
            [one] if one.recovered => format!("Source recovered: {}", one.name),
            [one] => format!("Source failing: {}", one.name),
            many => {
                let recovered = match many.iter().filter(|source| source.recovered).count() {
                    0 => String::new(),
                    n => format!("{n} recovered"),
                };
                let failing = count_words(&total(sections, sources));
                let said = [failing, recovered].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>();
                format!("wirewatch {}: {}", input.channel, said.join(", "))
            }
        };
    };
    let headline = first.items.first().map(|item| cut(&item.headline, SUBJECT_HEADLINE_CHARS)).unwrap_or_default();
    let others = match sections.len() - 1 {
        0 => String::new(),
        1 => " and 1 more topic".to_owned(),
        n => format!(" and {n} more topics"),
    };
    let counts = match (input.immediate, first.items.first().and_then(|item| item.badges.first())) {
        (true, Some(badge)) => (*badge).to_owned(),
        _ => count_words(&total(sections, sources)),
    };
    format!("{}{others}: {counts} — “{headline}”", cut(&first.name, 60))
}
