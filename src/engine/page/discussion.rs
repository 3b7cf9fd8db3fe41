//! Readers' comments that outvote the article they are on: a short one under a long discussion.

use std::sync::LazyLock;

use super::blocks::{self, RawBlock};
use super::container;
use super::dom::{Dom, NodeId};
use super::marks::Marks;
use super::pattern::Phrases;

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

/// The line over readers' comments, with their number or without.
static LABEL: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(
        r"^\W*(?:\d+\W+)?(?:comments?|responses?|replies|kommentare?|commentaires?|comentarios?|comentários?|commenti|комментари[ийев]+|отзывы|reacties|komentarze|yorumlar|评论|コメント)\W*(?:\d+\W*|on\ .{2,}|to\ .{2,}|zu\ .{2,})?$",
    )
});

/// Longest such line, in bytes.
const LABEL_MAX_BYTES: usize = 120;
/// A name is no longer than so many characters; so many blocks below are looked at, and so many of them are names.
const NAME_MAX_CHARS: u32 = 40;
const TURNS: usize = 12;
const TURNS_MIN: usize = 3;

/// Whether readers' comments begin with a line: it is their label, or what they discuss ends there, and below it names and
/// sentences take turns.
pub(super) fn opens(block: &RawBlock, below: &[RawBlock]) -> bool {
    // That is asked of every block.
    if block.text.len() > LABEL_MAX_BYTES || block.link_density() >= 0.5 {
        return false;
    }
    let is_name =
        |block: &RawBlock| block.chars <= NAME_MAX_CHARS && !block.text.ends_with(['.', '!', '?', ':', '”', '"', '。']);
    let says = |block: &RawBlock| block.chars > NAME_MAX_CHARS && block.link_density() < 0.3;
    let turns = || {
        let pairs = below.get(..below.len().min(TURNS)).unwrap_or_default().windows(2);
        pairs.filter(|pair| is_name(&pair[0]) && says(&pair[1])).count() >= TURNS_MIN
    };
    turns() && LABEL.is_match(&block.text)
}

/// The article that readers discuss in the voted container: comments outvote a short one.
pub(super) fn subject(dom: &Dom<'_>, marks: &Marks, blocks: &[RawBlock], top: NodeId) -> Option<NodeId> {
    let inside = blocks::within(dom, blocks, top);
    let first = spoken(inside).or_else(|| labelled(blocks, inside))?;
    let before: Vec<RawBlock> = blocks.iter().filter(|block| block.element < first).cloned().collect();
    let found = container::choose(dom, marks, &before)?;
    let is_told = container::told(blocks::within(dom, &before, found)) >= DISCUSSED_MIN_CHARS;
    (is_told && !dom.subtree(found).contains(&first)).then_some(found)
}

/// The first line that says who wrote the next, where there are many.
fn spoken(inside: &[RawBlock]) -> Option<NodeId> {
    let mut says = inside.iter().filter(|block| block.chars <= SPEAKER_MAX_CHARS && is_speaker(&block.text));
    let first = says.next()?.element;
    let times = says.count() + 1;
    (times >= SPEAKERS_MIN && times * SPEAKER_BLOCKS >= inside.len()).then_some(first)
}

/// The label of comments in the voted container, or a little above it.
fn labelled(blocks: &[RawBlock], inside: &[RawBlock]) -> Option<NodeId> {
    let first = inside.first()?.element;
    let from = blocks.partition_point(|block| block.element < first);
    let all = blocks.get(from.saturating_sub(LABEL_DISTANCE)..from + inside.len())?;
    let label = (0..all.len()).find(|&at| opens(&all[at], all.get(at + 1..).unwrap_or_default()))?;
    all.get(label).map(|block| block.element)
}

/// So many blocks stand between the label of comments and these.
const LABEL_DISTANCE: usize = 4;

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

    #[test]
    fn names_and_sentences_below_a_label_are_a_discussion() {
        let article = "The harbour council asks its readers what they think of the pier, and of the lamps along the quay, before it votes on both.";
        let answer = "I walk along the pier every day, and every day I think that it will not stand for another winter, whatever they say.";
        let said = |at: usize| {
            format!(
                "<div class=qc><span>Sam Lee</span><p>{answer} {at}</p><p>And so does my brother, who has mended it more than {at} times.</p></div>"
            )
        };
        let many: String = (1..9).map(said).collect();
        for label in ["8 comments", "Kommentare (8)", "672 COMMENTAIRES"] {
            for html in [
                format!(
                    "<div class=qx><div class=qa><p>{article}</p></div><h3>{label}</h3><div class=qb>{many}</div></div>"
                ),
                format!("<div class=qx><p>{article}</p><p>{article} Truly.</p><h3>{label}</h3>{many}</div>"),
            ] {
                let found = read(&format!("<body><h1>What of the pier?</h1>{html}</body>"));
                assert!(texts(&found).iter().all(|text| text.starts_with(article)), "{label}: {:?}", texts(&found));
                assert!(!texts(&found).is_empty());
            }
        }
    }
}
