//! Text that many stories have: frames of a column, disclaimers, templates. It proves nothing.

use std::collections::HashMap;

use super::Text;
use super::measure::{Marks, Measure, measure};
use super::prepared::Prepared;

/// Stories of one site that must have a passage for it to be that site's furniture.
const SITE_STORIES_MIN: usize = 3;

/// Stories anywhere that must have it.
const STORIES_MIN: usize = 5;

/// Which shingles of the candidate are boilerplate, by position.
pub(super) fn boilerplate(own: &Prepared, similar: &[Text<'_>], marks: &[Marks]) -> Vec<bool> {
    // A copy of a known story adds nothing: a text that many publishers took over is no boilerplate for that.
    let mut stories: HashMap<i64, usize> = HashMap::new();
    let story_of: Vec<usize> = similar
        .iter()
        .enumerate()
        .map(|(at, text)| {
            // Stories and articles are numbered apart; articles without a story go by their negative number.
            let key = text.story.map(|story| story.0).or(text.article.map(|article| -article.0));
            let next = stories.len();
            *stories.entry(key.unwrap_or(i64::MIN + i64::try_from(at).unwrap_or(0))).or_insert(next)
        })
        .collect();
    let mut sites: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, text) in similar.iter().enumerate() {
        sites.entry(text.site).or_default().push(at);
    }
    let groups: Vec<(&[usize], usize)> = sites.values().map(|at| (at.as_slice(), SITE_STORIES_MIN)).collect();
    let everywhere: Vec<usize> = (0..similar.len()).collect();
    let holds = |position: usize, group: &[usize]| -> usize {
        let holders =
            group.iter().filter(|at| marks.get(**at).is_some_and(|marks| marks.own.get(position) == Some(&true)));
        let bits = holders.fold(0_u128, |bits, at| bits | story_of.get(*at).map_or(0, |story| 1 << (story % 128)));
        bits.count_ones() as usize
    };
    (0..own.shingles.len())
        .map(|position| {
            groups.iter().any(|(group, min)| group.len() >= *min && holds(position, group) >= *min)
                || (similar.len() >= STORIES_MIN && holds(position, &everywhere) >= STORIES_MIN)
        })
        .collect()
}

/// The measure of a pair without boilerplate, and the candidate's shared shingles that count.
pub(super) fn measured(own: &Prepared, other: &Prepared, marks: &Marks, boilerplate: &[bool]) -> (Measure, Vec<bool>) {
    let none = || Marks { own: vec![false; marks.own.len()], other: vec![false; marks.other.len()] };
    if !boilerplate.contains(&true) {
        return (measure(own, other, marks, &none()), marks.own.clone());
    }
    let whole = measure(own, other, marks, &none());
    let agrees = |agreed: Option<f64>| agreed.is_none_or(|agreed| agreed >= 0.9);
    // A short text that several round-ups and replies hold is no boilerplate for a copy under its headline.
    let is_copied = whole.resemblance >= 0.9 || (whole.containment >= 0.9 && whole.title >= 0.5);
    if is_copied && agrees(whole.numbers_agreed) && agrees(whole.names_agreed) {
        // Nearly the whole text with the same numbers and names: the many that have it are copies not joined yet.
        return (whole, marks.own.clone());
    }
    let mut hashes: Vec<u64> =
        own.shingles.iter().zip(boilerplate).filter(|(_, common)| **common).map(|(hash, _)| *hash).collect();
    hashes.sort_unstable();
    let is_common = |shingle: &u64| hashes.binary_search(shingle).is_ok();
    let common = Marks { own: boilerplate.to_vec(), other: other.shingles.iter().map(is_common).collect() };
    let telling = |marks: &[bool], common: &[bool]| -> Vec<bool> {
        marks.iter().zip(common).map(|(shared, common)| *shared && !*common).collect()
    };
    let marks = Marks { own: telling(&marks.own, &common.own), other: telling(&marks.other, &common.other) };
    let measure = measure(own, other, &marks, &common);
    (measure, marks.own)
}
