//! Texts that hold the candidate among other things, and what their company proves of them.
//!
//! A round-up that comes before what it holds is not known for one: the first of its texts is an excerpt of it like any
//! other. The second one exposes it. That holds whatever was decided before, so a [`Collection`] is named for the story
//! that it stands in to be parted.

use super::collection::{ONE_HEADLINE, Passage, SAME_HEADLINE, collected, holds_beside, is_coherent, is_part};
use super::measure::{Marks, Measure};
use super::prepared::{Prepared, same_headline};
use super::{Company, Compared, Text};
use crate::model::ids::{ArticleId, StoryId};

/// A text that holds the candidate and another text side by side.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Collection {
    /// That text's article.
    pub article: ArticleId,
    /// The story it stands in.
    pub story: StoryId,
    /// What it holds beside the candidate.
    pub beside: ArticleId,
}

/// A text that a holder is like.
pub(super) struct Companion<'a> {
    text: &'a Text<'a>,
    prepared: Prepared,
    /// Of the holder and of the companion.
    marks: Marks,
}

/// Whether the other text may hold the candidate among other things: it has most of it or its beginning, in one piece
/// and not as a quotation, under another headline or among other names.
pub(super) fn may_be_among_others(own: (&Prepared, &[bool]), other: (&Prepared, &[bool]), measure: &Measure) -> bool {
    measure.resemblance < 0.7
        && !(measure.own_is_shorter && measure.length_ratio >= 0.85)
        && !measure.is_quoted_by_one()
        && is_part(own.0, own.1)
        && (measure.title < SAME_HEADLINE || !is_coherent(other.0, other.1))
}

impl Compared<'_> {
    /// The articles of some of the texts, each once, with their stories.
    pub(super) fn articles(&self, at: &[usize]) -> Vec<(ArticleId, StoryId)> {
        let mut articles: Vec<(ArticleId, StoryId)> = Vec::new();
        for (article, story) in
            at.iter().filter_map(|at| self.similar.get(*at)?.article.zip(self.similar.get(*at)?.story))
        {
            if articles.iter().all(|(known, _)| *known != article) {
                articles.push((article, story));
            }
        }
        articles
    }

    /// Which of the texts that hold the candidate are collections.
    pub(super) fn collections(&self, holders: &[usize]) -> Vec<Collection> {
        let mut found: Vec<Collection> = Vec::new();
        for collection in holders.iter().filter_map(|at| self.collection(*at)) {
            if found.iter().all(|known| known.article != collection.article) {
                found.push(collection);
            }
        }
        found
    }

    /// Whether a text that holds the candidate holds one of another story beside it.
    pub(super) fn holds_more(&self, at: usize) -> bool {
        let (Some(text), Some(holder), Some(marks)) = (self.similar.get(at), self.others.get(at), self.marks.get(at))
        else {
            return false;
        };
        // A text that came before the holder may be what brought that into its story.
        let is_apart =
            |other: &&Companion<'_>| other.text.story != text.story || other.text.first_seen < text.first_seen;
        let companions = self.companions.get(at).map(Vec::as_slice).unwrap_or_default();
        let others: Vec<Passage<'_>> =
            companions.iter().filter(is_apart).map(|other| other.passage(text.story)).collect();
        holds_beside(holder, &marks.other, &others)
    }

    /// What shows that a text which holds the candidate is a collection.
    pub(super) fn collection(&self, at: usize) -> Option<Collection> {
        let (text, holder, marks) = (self.similar.get(at)?, self.others.get(at)?, self.marks.get(at)?);
        let companions = self.companions.get(at)?;
        let others: Vec<Passage<'_>> = companions.iter().map(|other| other.passage(text.story)).collect();
        let beside = companions.get(collected(holder, (self.own, &marks.other), &others)?)?;
        if is_whole(holder, companions, [&marks.other, &beside.marks.own], [self.own, &beside.prepared]) {
            return None;
        }
        Some(Collection { article: text.article?, story: text.story?, beside: beside.text.article? })
    }
}

/// For each of the texts those that it is like, as far as they are known.
pub(super) fn companions<'a>(
    similar: &[Text<'a>],
    others: &[Prepared],
    company: &'a [Company<'a>],
) -> Vec<Vec<Companion<'a>>> {
    let of = |(text, holder): (&Text<'a>, &Prepared)| {
        let company = company.iter().filter(|company| Some(company.of) == text.article);
        let texts = company.flat_map(|company| &company.texts).filter(|other| other.article != text.article);
        let companion = |other: &'a Text<'a>| {
            let prepared = Prepared::new(other);
            let (own, other_marks) = holder.shared(&prepared);
            Companion { text: other, prepared, marks: Marks { own, other: other_marks } }
        };
        texts.map(companion).collect()
    };
    similar.iter().zip(others).map(of).collect()
}

impl Companion<'_> {
    fn passage(&self, holders: Option<StoryId>) -> Passage<'_> {
        Passage {
            text: &self.prepared,
            marks: &self.marks.other,
            holder_marks: &self.marks.own,
            story: self.text.story.filter(|story| Some(*story) != holders),
        }
    }
}

/// Whether two passages of a text are parts of it: it, or a copy of it that has them both, is known by the headline
/// of one of them or of another part.
fn is_whole(holder: &Prepared, companions: &[Companion<'_>], passages: [&[bool]; 2], parts: [&Prepared; 2]) -> bool {
    let has = |other: &Companion<'_>, passage: &[bool]| {
        let both = passage.iter().zip(&other.marks.own).filter(|(one, other)| **one && **other).count();
        both * 5 >= passage.iter().filter(|mark| **mark).count() * 4
    };
    let wholes = companions.iter().filter(|other| passages.iter().all(|passage| has(other, passage)));
    let wholes = wholes.map(|other| &other.prepared).chain(std::iter::once(holder));
    let is_smaller = |other: &&Companion<'_>| other.prepared.words.len() * 4 < holder.words.len() * 3;
    let others = companions.iter().filter(is_smaller).filter(|other| is_part(&other.prepared, &other.marks.other));
    let parts: Vec<&Prepared> = parts.into_iter().chain(others.map(|other| &other.prepared)).collect();
    wholes.into_iter().any(|whole| parts.iter().any(|part| same_headline(whole, part) >= ONE_HEADLINE))
}
