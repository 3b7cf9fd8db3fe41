//! English inflection: the inflectional steps (1 and 5) of Snowball's stemmer, and the forms that no rule finds.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Form and base; words that only look inflected stand for themselves.
const IRREGULAR: &str = "\
    according:according during:during news:news sanctions:sanction beijing:beijing united:united morning:morning \
    evening:evening king:king met:meet held:hold spoke:speak spoken:speak said:say told:tell dealt:deal \
    sought:seek won:win sent:send struck:strike bought:buy sold:sell went:go gone:go goes:go came:come took:take \
    taken:take gave:give given:give made:make built:build broke:break broken:break brought:bring fought:fight \
    grew:grow grown:grow knew:know known:know led:lead lost:lose paid:pay risen:rise ran:run shot:shoot \
    stole:steal stolen:steal taught:teach thought:think threw:throw thrown:throw withdrew:withdraw \
    withdrawn:withdraw wrote:write written:write began:begin begun:begin became:become fell:fall fallen:fall \
    fled:flee flew:fly flown:fly froze:freeze frozen:freeze hid:hide hidden:hide kept:keep laid:lay meant:mean \
    overthrew:overthrow overthrown:overthrow swore:swear sworn:swear shook:shake shaken:shake sank:sink \
    sunk:sink stood:stand swept:sweep understood:understand woke:wake wore:wear drew:draw drawn:draw drove:drive \
    driven:drive ate:eat eaten:eat chose:choose chosen:choose caught:catch clung:cling dug:dig forbade:forbid \
    forbidden:forbid forgave:forgive forgot:forget hung:hang heard:hear rang:ring rode:ride saw:see seen:see \
    sang:sing spent:spend swam:swim tore:tear torn:tear wound:wound women:woman men:man children:child \
    crises:crisis analyses:analysis wives:wife lives:life wolves:wolf thieves:thief dying:die lying:lie \
    tying:tie";

static BASES: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| IRREGULAR.split(' ').filter_map(|pair| pair.split_once(':')).collect());

/// The key of a folded word.
pub(super) fn english(word: &str) -> String {
    if let Some(base) = BASES.get(word) {
        return (*base).to_owned();
    }
    if word.len() < 3 || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return word.to_owned();
    }
    let stem = without_plural(word);
    let stem = without_ed_or_ing(stem);
    final_y_and_e(stem)
}

fn is_vowel(word: &[u8], index: usize) -> bool {
    match word.get(index) {
        Some(b'a' | b'e' | b'i' | b'o' | b'u') => true,
        // A `y` is a vowel unless it begins the word or follows a vowel.
        Some(b'y') => index > 0 && !is_vowel(word, index - 1),
        _ => false,
    }
}

fn has_vowel(word: &str) -> bool {
    (0..word.len()).any(|index| is_vowel(word.as_bytes(), index))
}

/// Where the region after the first consonant that follows a vowel begins.
fn region(word: &str, from: usize) -> usize {
    let bytes = word.as_bytes();
    (from + 1..word.len())
        .find(|&index| !is_vowel(bytes, index) && is_vowel(bytes, index - 1))
        .map_or(word.len(), |index| index + 1)
}

fn without_plural(word: &str) -> &str {
    if word.ends_with("sses") || word.ends_with("xes") || word.ends_with("ches") || word.ends_with("shes") {
        return word.strip_suffix("es").unwrap_or(word);
    }
    if let Some(base) = word.strip_suffix("ies").or_else(|| word.strip_suffix("ied")) {
        let keep = if base.len() > 1 { base.len() + 1 } else { base.len() + 2 };
        return word.get(..keep).unwrap_or(word);
    }
    if word.ends_with("us") || word.ends_with("ss") {
        return word;
    }
    match word.strip_suffix('s') {
        Some(base) if base.get(..base.len().saturating_sub(1)).is_some_and(has_vowel) => base,
        _ => word,
    }
}

fn without_ed_or_ing(word: &str) -> String {
    if let Some(base) = word.strip_suffix("eed") {
        return if base.len() >= region(word, 0) { format!("{base}ee") } else { word.to_owned() };
    }
    let Some(base) = word.strip_suffix("ed").or_else(|| word.strip_suffix("ing")).filter(|base| has_vowel(base)) else {
        return word.to_owned();
    };
    if ["at", "bl", "iz"].iter().any(|end| base.ends_with(end)) {
        return format!("{base}e");
    }
    let bytes = base.as_bytes();
    let last = bytes.last().copied().unwrap_or_default();
    let doubled = bytes.len() >= 2 && bytes.get(bytes.len() - 2) == Some(&last) && b"bdfgmnprt".contains(&last);
    if doubled {
        return base.get(..base.len() - 1).unwrap_or(base).to_owned();
    }
    if region(base, 0) >= base.len() && ends_short(base) { format!("{base}e") } else { base.to_owned() }
}

/// Ends in a short syllable: consonant, vowel, consonant other than w, x and y.
fn ends_short(word: &str) -> bool {
    let bytes = word.as_bytes();
    let Some(last) = bytes.len().checked_sub(1) else { return false };
    if last == 1 {
        return is_vowel(bytes, 0) && !is_vowel(bytes, 1);
    }
    last >= 2
        && !is_vowel(bytes, last)
        && !matches!(bytes.get(last), Some(b'w' | b'x' | b'y'))
        && is_vowel(bytes, last - 1)
        && !is_vowel(bytes, last - 2)
}

fn final_y_and_e(mut word: String) -> String {
    if word.ends_with('y') && word.len() > 2 && !is_vowel(word.as_bytes(), word.len() - 2) {
        word.pop();
        word.push('i');
    }
    if word.ends_with('e') {
        let base_len = word.len() - 1;
        let first = region(&word, 0);
        let second = region(&word, first);
        let base = word.get(..base_len).unwrap_or_default();
        if base_len >= second || (base_len >= first && !ends_short(base)) {
            word.pop();
        }
    }
    word
}
