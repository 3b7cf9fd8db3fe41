//! Readers' comments that outvote the article they are on: a short one under a long discussion.

use super::blocks::{self, RawBlock};
use super::container;
use super::dom::{Dom, NodeId};
use super::marks::Marks;

/// Readers discuss where so many lines say who wrote the next, one of so many blocks.
const SPEAKERS_MIN: usize = 3;
const SPEAKER_BLOCKS: usize = 8;
/// Longest such line, in characters.
const SPEAKER_MAX_CHARS: u32 = 90;
/// What is discussed has so much prose, in characters.
const DISCUSSED_MIN_CHARS: u32 = 80;

/// How a line ends that says who wrote the next, or that lets its reader answer.
#[rustfmt::skip]
const SPEAKS: [&str; 19] = [
    "says", "said", "wrote", "schreibt", "schrieb", "sagt", "sagte", "dice", "dit", "escribió", "scrive", "disse",
    "Reply", "Antworten", "Répondre", "Responder", "Rispondi", "Ответить", "返信",
];

/// The article that readers discuss in the voted container: comments outvote a short one.
pub(super) fn subject(dom: &Dom<'_>, marks: &Marks, blocks: &[RawBlock], top: NodeId) -> Option<NodeId> {
    let inside = blocks::within(dom, blocks, top);
    let mut says = inside.iter().filter(|block| block.chars <= SPEAKER_MAX_CHARS && is_speaker(&block.text));
    let first = says.next()?.element;
    let times = says.count() + 1;
    if times < SPEAKERS_MIN || times * SPEAKER_BLOCKS < inside.len() {
        return None;
    }
    let before: Vec<RawBlock> = blocks.iter().filter(|block| block.element < first).cloned().collect();
    let found = container::choose(dom, marks, &before)?;
    let told = blocks::within(dom, &before, found).iter().filter(|block| container::is_paragraph(block));
    let is_told = told.map(|block| block.chars).sum::<u32>() >= DISCUSSED_MIN_CHARS;
    (is_told && !dom.subtree(found).contains(&first)).then_some(found)
}

/// Whether a line says who wrote what stands below it, or lets its reader answer.
fn is_speaker(text: &str) -> bool {
    let text = text.trim_end_matches([':', ' ', '»', '›']);
    let last = text.rsplit(' ').next().unwrap_or_default();
    SPEAKS.contains(&last)
}

#[cfg(test)]
mod tests {
    use crate::engine::page::tests::{read, texts};

    #[test]
    fn a_short_article_is_read_above_its_long_discussion() {
        let article = "The harbour council asks its readers what they think of the pier, and of the lamps along the quay, before it votes.";
        let answer = "I walk along the pier every day, and every day I think that it will not stand for another winter, whatever they say.";
        let said = |name: &str, at: usize| {
            format!("<li><div>{name} on May {at} at 4:47 pm said:</div><p>{answer} {at}</p></li>")
        };
        let many: String = (1..9).map(|at| said("Sam Lee", at)).collect();
        let page = |article: &str, talk: &str| {
            format!(
                "<h1>What of the pier?</h1><div class=qx><div class=qa><p>{article}</p></div><ul class=qb>{talk}</ul></div>"
            )
        };
        assert_eq!(texts(&read(&page(article, &many))), [article]);
        // Where nothing is discussed that is told here, the discussion is the page.
        assert!(texts(&read(&page("Join in.", &many))).len() >= 8);
    }
}
