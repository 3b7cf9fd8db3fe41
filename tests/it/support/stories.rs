//! Runs made texts through the decision as the store does: an index over bands, the best twelve, joins and merges.

use std::collections::{BTreeMap, HashMap};

use wirewatch::engine::crosspost::{Text, decide};
use wirewatch::engine::fingerprint::{Fingerprint, fingerprint};
use wirewatch::model::ids::{ArticleId, StoryId};
use wirewatch::model::time::Timestamp;

use super::copies::Made;

/// Most similar texts that the store hands over.
const SIMILAR_MAX: usize = 12;

/// What became of a set.
pub(crate) struct Run<'a> {
    set: &'a [Made],
    story: Vec<usize>,
    missed_by_index: Vec<usize>,
    evidence: Vec<String>,
}

/// Decides on each text in order.
pub(crate) fn run(set: &[Made]) -> Run<'_> {
    let mut index: HashMap<u64, Vec<usize>> = HashMap::new();
    let mut exact: HashMap<u64, usize> = HashMap::new();
    let mut story: Vec<usize> = Vec::new();
    let mut missed_by_index = Vec::new();
    let mut evidence = Vec::new();
    for (at, made) in set.iter().enumerate() {
        let keys = fingerprint(&made.content);
        let similar = similar(&keys, &index, &exact);
        let has_copy = set[..at].iter().any(|other| other.label == made.label);
        if has_copy && !similar.iter().any(|other| set[*other].label == made.label) {
            missed_by_index.push(at);
        }
        let texts: Vec<Text<'_>> = similar.iter().map(|other| text(set, *other, Some(story[*other]))).collect();
        let decision = decide(&text(set, at, None), &texts, &[]);
        evidence.push(decision.join.as_ref().map_or_else(String::new, |join| {
            let with = &set[usize::try_from(join.with.0).unwrap()];
            format!("{} {} of {}: {}", set[at].kind, join.relation.as_str(), with.kind, join.evidence)
        }));
        let own = match decision.join {
            None => at,
            Some(join) => {
                let target = usize::try_from(join.story.unwrap().0).unwrap();
                for merged in join.merge {
                    let merged = usize::try_from(merged.0).unwrap();
                    story.iter_mut().filter(|story| **story == merged).for_each(|story| *story = target);
                }
                target
            }
        };
        story.push(own);
        for band in keys.bands {
            index.entry(band).or_default().push(at);
        }
        if keys.exact != 0 {
            exact.insert(keys.exact, at);
        }
    }
    Run { set, story, missed_by_index, evidence }
}

fn text(set: &[Made], at: usize, story: Option<usize>) -> Text<'_> {
    let made = &set[at];
    Text {
        article: Some(ArticleId(i64::try_from(at).unwrap())),
        revision: None,
        story: story.map(|story| StoryId(i64::try_from(story).unwrap())),
        site: &made.site,
        url: &made.url,
        content: &made.content,
        canonical_elsewhere: None,
        first_seen: Timestamp::from_second(i64::try_from(at).unwrap() * 86_400).unwrap(),
    }
}

fn similar(keys: &Fingerprint, index: &HashMap<u64, Vec<usize>>, exact: &HashMap<u64, usize>) -> Vec<usize> {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for band in &keys.probes {
        for at in index.get(band).into_iter().flatten() {
            *counts.entry(*at).or_default() += 1;
        }
    }
    if let Some(same) = exact.get(&keys.exact) {
        *counts.entry(*same).or_default() += 100;
    }
    let mut ranked: Vec<(usize, usize)> = counts.into_iter().collect();
    ranked.sort_by_key(|(at, count)| (std::cmp::Reverse(*count), *at));
    ranked.into_iter().take(SIMILAR_MAX).map(|(at, _)| at).collect()
}

impl Run<'_> {
    /// (true pairs joined, wrong pairs joined, true pairs).
    pub(crate) fn pairs(&self) -> (usize, usize, usize) {
        let (mut right, mut wrong, mut all) = (0, 0, 0);
        for one in 0..self.set.len() {
            for other in 0..one {
                let same = self.set[one].label == self.set[other].label;
                let joined = self.story[one] == self.story[other];
                all += usize::from(same);
                right += usize::from(same && joined);
                wrong += usize::from(!same && joined);
            }
        }
        (right, wrong, all)
    }

    pub(crate) fn precision(&self) -> f64 {
        let (right, wrong, _) = self.pairs();
        right as f64 / (right + wrong).max(1) as f64
    }

    pub(crate) fn recall(&self) -> f64 {
        let (right, _, all) = self.pairs();
        right as f64 / all.max(1) as f64
    }

    pub(crate) fn summary(&self) -> String {
        let missed = self.missed_by_index.len();
        format!("precision {:.4}, recall {:.4}, missed by the index {missed}", self.precision(), self.recall())
    }

    /// Texts outside the largest story of their label, and wrong joins, by kind.
    pub(crate) fn problems(&self, most: usize) -> String {
        let mut out: Vec<String> = Vec::new();
        for one in 0..self.set.len() {
            let in_story = |other: &usize| self.story[*other] == self.story[one];
            let of_label = |other: &usize| self.set[*other].label == self.set[one].label;
            let all: Vec<usize> = (0..self.set.len()).collect();
            let together = all.iter().filter(|other| in_story(other) && of_label(other)).count();
            let label = all.iter().filter(|other| of_label(other)).count();
            let words: usize =
                self.set[one].content.blocks.iter().map(|block| block.text.split_whitespace().count()).sum();
            if together * 2 <= label && label > 1 {
                out.push(format!("apart: {} ({words} words, label {})", self.set[one].kind, self.set[one].label));
            }
            let strange: Vec<&str> =
                all.iter().filter(|o| in_story(o) && !of_label(o)).map(|o| self.set[*o].kind).collect();
            if !strange.is_empty() && label == 1 {
                out.push(format!(
                    "joined: {} ({words} words, label {}) with {:?}",
                    self.set[one].kind,
                    self.set[one].label,
                    &strange[..strange.len().min(4)]
                ));
                out.push(format!("joined: {} by {}", self.set[one].label, self.evidence[one]));
                let stories = (0..self.set.len())
                    .filter(|o| in_story(o) && self.evidence[*o].contains(&format!(" of {}:", self.set[one].kind)));
                out.extend(stories.map(|o| format!("joined: {} then {}", self.set[one].label, self.evidence[o])));
            }
        }
        out.sort();
        out.truncate(most);
        out.join("\n")
    }
}
