//! How common a pattern is in news, roughly: only for choosing under which part a query is registered. A wrong guess
//! costs time, never a match.

use super::pattern::{Pattern, WordPattern};

/// Words that a large share of all articles has.
const COMMON: &str = " the of and to in a is for on that with as it was by at from be this are an has have not he his \
    its but said says say will would who they their which more one new about after also been had were when we or what \
    you than there all out up if so can other two into some could time first last year years people government \
    president state states country us our most over no may just like now even many she her him them these how any only \
    make made before since because during while under between through back against where being do get go take well \
    still per percent million week day days month today monday tuesday wednesday thursday friday saturday sunday world \
    american united official officials minister report reported according part home house news company market police \
    court law city national international political public group plan work deal talks talk meet meeting war trade china \
    europe economy economic security military leader party election week former work policy power support ";

/// Whether nearly every article may have a word, whatever it is about.
pub(super) fn is_common(folded: &str) -> bool {
    COMMON.contains(&format!(" {folded} "))
}

/// How likely an article is to have a pattern, from 0 to 1.
pub(super) fn pattern_rarity(pattern: &Pattern) -> f64 {
    let rarest = pattern.words.iter().map(word_rarity).fold(1.0, f64::min);
    if pattern.words.len() > 1 { rarest * 0.5 } else { rarest }
}

fn word_rarity(word: &WordPattern) -> f64 {
    let (text, factor) = match word {
        WordPattern::Exact(surface) => (surface.to_lowercase(), 0.7),
        WordPattern::Form(folded) => (folded.clone(), 1.0),
        WordPattern::Word { folded, .. } => (folded.clone(), 1.3),
        WordPattern::Prefix(prefix) => (prefix.clone(), 2.0),
    };
    let base = if is_common(&text) {
        0.4
    } else {
        match text.chars().count() {
            0..=3 => 0.1,
            4 => 0.07,
            5 => 0.05,
            6 => 0.035,
            _ => 0.02,
        }
    };
    base * factor
}
