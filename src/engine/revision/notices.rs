//! Notes by which a page says that it was changed.

use std::sync::LazyLock;

use regex::Regex;

use super::super::text::words::folded;
use super::lines::is_noise;
use crate::model::article::Content;

static NOTICE: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?ix) ^ \W* (?:
          corrections? (?: \ and\ clarifications? )? \b .{0,40}? (?: [:–—] | \ -\  )
        | clarifications? \b .{0,40}? (?: [:–—] | \ -\  ) | editor.?s.?\ note \b | retraction \b .{0,30}? (?: [:–—] | \ -\  )
        | updates? \b .{0,30}? (?: [:–—] | \ -\  )
        | (?: this \ (?: article | story | version | report | post | headline | piece | page )
            | (?: an\ earlier | a\ previous | (?: the | our | an ) \ original | earlier | previous ) \ (?: article | story | version | headline | report ) ) s? \b
             .{0,160}? \b (?: corrected | updated | amended | changed | clarified | edited | misstated | misspelled | misidentified
                        | incorrectly | wrongly | erroneously | said | stated | gave | revised | removed )
        | the\ (?: headline | caption | photo\ caption ) \ (?: of | on | to | for | in | and | has | was ) \b .{0,80}? \b (?: corrected | updated | amended | changed | clarified | edited | revised ) \b
        | we\ (?: have\ | .?ve\ )? (?: since\ )? (?: corrected | updated | amended | clarified | changed | removed )
             \ (?: the | this | our | an? | that ) \b .{0,30}? \b (?: article | story | report | headline | caption | figures? | dates? | names?
             | spelling | quotes? | quotation | text | version | paragraph | post | page | error | mistake | sentence | graphic | chart | photo ) \b
        | (?: due | owing ) \ to \ an? \ .{0,24}? \b error \b | because\ of\ an? \ (?: editing | reporting | production | typographical ) \ error
        | .{0,400}? \b regrets?\ the\ errors? \b
        | (?: corrects | fixes | clarifies | amends | adds ) \ (?: .{0,40} \ (?: in | to ) \ (?: paragraph | headline | lead | first ) | (?: spelling | name | date | figure | headline | typo ) )
        | korrektur \b .{0,30}? [:\-–—] | in\ einer\ früheren\ (?: fassung | version ) | anmerkung\ der\ redaktion
        | rectificati[fv] | erratum | cet\ article\ a\ été\ (?: corrigé | modifié | mis\ à\ jour )
        | correção \b .{0,30}? : | rettifica \b .{0,30}? : | correzione \b .{0,30}? : | errata\ corrige | correctie \b .{0,30}? :
        | تصحيح | 바로잡습니다 | 정정 \b
        | fe\ de\ erratas? | corrección \b .{0,30}? : | nota\ del?\ (?: la\ )? (?: editor | redacción )
        | исправлено | уточнение | 更正 | 订正 | 訂正 )";
    Regex::new(pattern).expect("the pattern is a constant, compiled by a test")
});

/// Longest note: an article that begins with «Update:» is none.
const NOTICE_MAX_BYTES: usize = 900;

/// Whether a paragraph says that the page was corrected, clarified or updated.
pub(super) fn is_notice(text: &str) -> bool {
    text.len() <= NOTICE_MAX_BYTES && NOTICE.is_match(text)
}

/// The notes of a content, each once: those that extraction found, and those standing in the body.
pub(super) fn notices(content: &Content) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    let mut known: Vec<Vec<String>> = Vec::new();
    // «Updated 10:31» is a clock, not an explanation.
    let stated = content.notices.iter().map(String::as_str).filter(|text| !is_noise(text));
    let in_body = content.blocks.iter().map(|block| block.text.as_str()).filter(|text| is_notice(text));
    for text in stated.chain(in_body) {
        let words = folded(text);
        if !known.contains(&words) {
            known.push(words);
            found.push(text);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_told_from_prose() {
        for text in [
            "Correction: An earlier version misspelled the minister’s name.",
            "Correction (24 November): the toll was 19, not 12.",
            "CLARIFICATION — the vote was not unanimous.",
            "Editor’s note: this story was updated with a reply.",
            "This article was amended on 3 May 2025 to remove a quotation.",
            "An earlier version of this article incorrectly stated the date.",
            "UPDATE: The company has replied.",
            "We have corrected the figure in paragraph three.",
            "The headline of this story has been changed to reflect that the bridge is not closed.",
            "Due to an editing error, this story misspelled the name of the engineer.",
            "Our original story said the bridge had opened in 1949. We regret the error.",
            "The Herald regrets the error.",
            "In einer früheren Version hieß es, der Minister sei zurückgetreten.",
            "(Corrects spelling of name in paragraph 3)",
            "更正：此前版本有误。",
        ] {
            assert!(is_notice(text), "{text:?} should be a note");
        }
        for text in [
            "Corrections officers went on strike on Monday.",
            "The report said that 12 people died.",
            "We have updated our homes, and the neighbours have too.",
            "The headline speaker changed planes in Paris.",
            "Because of an error of judgement the ship ran aground.",
            "An update is expected on Monday.",
            "This article of the constitution protects speech.",
            "Updated 3 hours ago",
        ] {
            assert!(!is_notice(text), "{text:?} should be no note");
        }
    }
}
