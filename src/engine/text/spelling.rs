//! British and American spelling folded together, for comparing only.

use std::borrow::Cow;

/// Endings, British to American. Only words of [`STEM_MIN_CHARS`] letters before the ending are touched.
const ENDINGS: &[(&str, &str)] = &[
    ("isations", "izations"),
    ("isation", "ization"),
    ("ising", "izing"),
    ("ised", "ized"),
    ("ises", "izes"),
    ("ise", "ize"),
    ("yse", "yze"),
    ("ysed", "yzed"),
    ("ysing", "yzing"),
    ("ouring", "oring"),
    ("oured", "ored"),
    ("ourable", "orable"),
    ("ourite", "orite"),
    ("ours", "ors"),
    ("our", "or"),
    ("elled", "eled"),
    ("elling", "eling"),
    ("eller", "eler"),
    ("ellers", "elers"),
    ("ogue", "og"),
    ("ogues", "ogs"),
    ("ence", "ense"),
    ("tres", "ters"),
    ("tre", "ter"),
    ("aeology", "eology"),
];

/// Whole words that no ending covers, British to American.
const WORDS: &[(&str, &str)] = &[
    ("programme", "program"),
    ("programmes", "programs"),
    ("grey", "gray"),
    ("tyre", "tire"),
    ("tyres", "tires"),
    ("kerb", "curb"),
    ("cheque", "check"),
    ("cheques", "checks"),
    ("plough", "plow"),
    ("sceptical", "skeptical"),
    ("sceptic", "skeptic"),
    ("aluminium", "aluminum"),
    ("manoeuvre", "maneuver"),
    ("manoeuvres", "maneuvers"),
    ("whilst", "while"),
    ("towards", "toward"),
    ("judgement", "judgment"),
    ("mum", "mom"),
    ("jewellery", "jewelry"),
    ("fulfil", "fulfill"),
    ("enrol", "enroll"),
];

const STEM_MIN_CHARS: usize = 3;

/// One folded word in one spelling. It may fold words that are no variants of each other (`wise`, `size` are too short,
/// `promise` becomes `promize`): both sides of a comparison are folded alike, so that does no harm.
pub fn american(word: &str) -> Cow<'_, str> {
    let first = word.as_bytes().first();
    let mut alike = WORDS.iter().filter(|(british, _)| british.as_bytes().first() == first);
    if let Some((_, american)) = alike.find(|(british, _)| *british == word) {
        return Cow::Borrowed(american);
    }
    // Most words have none of the endings: one look at the last letter tells.
    if !word.ends_with(['s', 'n', 'g', 'd', 'e', 'r', 'y']) || word.len() < STEM_MIN_CHARS + 2 {
        return Cow::Borrowed(word);
    }
    let last = word.as_bytes().last();
    for (british, american) in ENDINGS.iter().filter(|(british, _)| british.as_bytes().last() == last) {
        if let Some(stem) = word.strip_suffix(british)
            && stem.len() >= STEM_MIN_CHARS
        {
            return Cow::Owned(format!("{stem}{american}"));
        }
    }
    Cow::Borrowed(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_fold_to_one() {
        for (british, other) in [
            ("organisation", "organization"),
            ("labour", "labor"),
            ("centre", "center"),
            ("travelled", "traveled"),
            ("defence", "defense"),
            ("programme", "program"),
            ("analyse", "analyze"),
            ("dialogue", "dialog"),
        ] {
            assert_eq!(american(british), american(other), "{british}");
        }
        assert_ne!(american("four"), american("for"));
    }
}
