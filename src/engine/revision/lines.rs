//! Lines of a page that say nothing of its article: when it was made, how often it was read, what to read next. Whole
//! short lines of a known shape.

use std::sync::LazyLock;

use regex::Regex;

use super::noise::Step;
use crate::engine::text::words::{count, folded};
use crate::model::article::{Block, BlockKind};

const TIME_LINE_MAX_WORDS: usize = 16;
const COUNTER_LINE_MAX_WORDS: usize = 12;
const PROMPT_LINE_MAX_WORDS: usize = 25;

/// Units that pass, and words of a line that tells a time.
const TIME_WORDS: &[&str] = &[
    "ago",
    "now",
    "just",
    "updated",
    "update",
    "published",
    "posted",
    "modified",
    "last",
    "first",
    "on",
    "at",
    "the",
    "time",
    "date",
    "edited",
    "created",
    "refreshed",
    "second",
    "seconds",
    "sec",
    "secs",
    "minute",
    "minutes",
    "min",
    "mins",
    "hour",
    "hours",
    "hr",
    "hrs",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "year",
    "years",
    "an",
    "a",
    "am",
    "pm",
    "gmt",
    "utc",
    "bst",
    "est",
    "edt",
    "cst",
    "cdt",
    "mst",
    "mdt",
    "pst",
    "pdt",
    "cet",
    "cest",
    "ist",
    "et",
    "pt",
    "z",
    "h",
    "m",
    "s",
    "d",
    "uhr",
    "vor",
    "stunden",
    "stunde",
    "minuten",
    "tagen",
    "aktualisiert",
    "stand",
    "il",
    "y",
    "heures",
    "heure",
    "mis",
    "jour",
    "publie",
    "le",
    "hace",
    "horas",
    "hora",
    "actualizado",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
];

/// What makes a line of time words one about the page and not a fact in a list of dates.
const TIME_LABELS: &[&str] = &[
    "ago",
    "now",
    "updated",
    "update",
    "published",
    "posted",
    "modified",
    "last",
    "edited",
    "created",
    "refreshed",
    "vor",
    "hace",
    "aktualisiert",
    "stand",
    "publie",
    "mis",
    "actualizado",
];

/// How long ago something was.
pub(super) static AGO: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?ix)
        \b (?: \d+ | an? | one | two | three | four | five | six | seven | eight | nine | ten | a\ few )
           \s* (?: s | secs? | seconds? | m | mins? | minutes? | h | hrs? | hours? | d | days? | w | weeks? | months? | years? )
           \s+ ago \b
        | \b just\ now \b | \b vor\ \d+\ (?: Minuten? | Stunden? | Tagen? ) \b | \b il\ y\ a\ \d+\ (?: minutes? | heures? | jours? ) \b
        | \b hace\ \d+\ (?: minutos? | horas? | días? ) \b
        | \d+ \s* (?: минут\w* | час\w* | дн\w* | дней ) \s+ назад
        | \d+ \s* (?: 分钟前 | 小时前 | 天前 | 分前 | 時間前 | 日前 | 분\ ?전 | 시간\ ?전 )";
    Regex::new(pattern).expect("the pattern is a constant, compiled by a test")
});

/// How many viewed, shared or wrote.
pub(super) static COUNTER: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?ix)
        \b \d[\d.,\u{a0}\ ]* \s* [km]? \+? \s*
           (?: views? | shares? | comments? | likes? | reads? | readers? | retweets? | reposts? | reactions? | claps?
             | followers? | subscribers? | votes? | upvotes? | points? | plays? | listens? | downloads? | replies | responses?
             | people\ (?: are\ )? (?: reading | watching | online )(?:\ (?:this|now|here))* | watching\ now
             | min(?:ute)?s?\ read | Aufrufe | Kommentare? | vues | commentaires? | visualizaciones | visitas | comentarios
             | просмотр\w* | комментари\w* ) \b
        | \b (?: views | shares | comments | likes | reads | reactions | votes | share | comment | like | Kommentare | vues
             | просмотры | комментарии ) \s* [:(]? \s* \d[\d.,]* [km]? \s* \)?
        | (?: 阅读 | 浏览 | 评论 | 閲覧数 ) \s* [:：(]? \s* \d[\d.,]*
        | \d[\d.,]* \s* (?: 次浏览 | 次阅读 | 条评论 | 回視聴 )";
    Regex::new(pattern).expect("the pattern is a constant, compiled by a test")
});

static PROMPT: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?ix) ^ \W* (?:
          read\ (?: more | also | next | the\ full | our ) | also\ read | see\ also | related (?: \ (?: stories | articles | coverage | topics ) )? \s* (?: : | $ )
        | recommended | most\ (?: read | popular | viewed | shared ) | trending | more\ (?: from | on\ this | stories | news | like\ this )
        | you\ (?: may | might ) \ (?: also\ )? (?: like | be\ interested ) | don.?t\ miss | editor.?s\ picks? | up\ next
        | (?: watch | listen | video | podcast | gallery | photos? | in\ pictures ) \s* :
        | sign\ up | subscribe | join\ (?: our | us | the\ conversation ) | get\ (?: our | the ) \ .* (?: newsletter | app | alerts )
        | advertisement | sponsored | promoted | ad\ feedback | story\ continues\ below | scroll\ (?: down\ )? to\ continue
        | follow\ (?: us | @ | our ) | share\ (?: this | on | via ) | click\ here | tap\ here | download\ (?: our | the ) \ .* app
        | support\ our | donate | log\ in | register\ (?: now | for ) | accept\ (?: all\ )? cookies | lesen\ sie\ auch
        | mehr\ zum\ thema | à\ lire\ aussi | lire\ aussi | lea\ también | читайте\ также | 相关阅读 | 関連記事 )";
    Regex::new(pattern).expect("the pattern is a constant, compiled by a test")
});

/// For each block the step that ignores it, if any. Items under a heading such as «Most read» are its prompts.
pub(super) fn noises(blocks: &[Block]) -> Vec<Option<Step>> {
    let mut under_prompt = false;
    let mut noises = Vec::with_capacity(blocks.len());
    for block in blocks {
        let mut noise =
            if matches!(block.kind, BlockKind::Table | BlockKind::Code) { None } else { noise(&block.text) };
        if block.kind == BlockKind::Item && under_prompt {
            noise = noise.or(Some(Step::Prompt));
        }
        if block.kind != BlockKind::Item {
            under_prompt = noise == Some(Step::Prompt);
        }
        noises.push(noise);
    }
    noises
}

/// Whether a line says nothing of its article.
pub(super) fn is_noise(text: &str) -> bool {
    noise(text).is_some()
}

fn noise(text: &str) -> Option<Step> {
    // Lines over 400 bytes are no labels; counting their words would cost.
    let words = if text.len() > 400 { usize::MAX } else { count(text) };
    if words <= PROMPT_LINE_MAX_WORDS && PROMPT.is_match(text) {
        return Some(Step::Prompt);
    }
    if ends_like_prose(text) && words > 4 {
        return None;
    }
    if words <= COUNTER_LINE_MAX_WORDS && COUNTER.is_match(text) && is_only_labels(&COUNTER.replace_all(text, "")) {
        return Some(Step::Counter);
    }
    if words <= TIME_LINE_MAX_WORDS && is_time_line(text) {
        return Some(Step::Time);
    }
    None
}

/// Whether a line ends as a sentence does.
pub(super) fn ends_like_prose(text: &str) -> bool {
    text.trim_end_matches(['"', '”', '»', '\'', '’', ')']).ends_with(['.', '!', '?', '。', '…'])
}

/// What is left of a line of counters: nothing, or times.
fn is_only_labels(text: &str) -> bool {
    let rest = AGO.replace_all(text, "");
    folded(&rest)
        .iter()
        .all(|word| TIME_WORDS.contains(&word.as_str()) || matches!(word.as_str(), "and" | "share" | "by"))
}

fn is_time_line(text: &str) -> bool {
    let words = folded(text);
    let is_number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let has_time = words.iter().any(|word| is_number(word) || word == "now" || word == "ago");
    let has_label = words.iter().any(|word| TIME_LABELS.contains(&word.as_str()));
    let only_time = words.iter().all(|word| is_number(word) || TIME_WORDS.contains(&word.as_str()));
    let is_ago_line =
        AGO.is_match(text) && folded(&AGO.replace_all(text, "")).iter().all(|word| TIME_WORDS.contains(&word.as_str()));
    is_ago_line || (has_time && has_label && only_time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_change_at_each_load_are_known_by_their_shape() {
        for (text, expected) in [
            ("1,204 views", Some(Step::Counter)),
            ("12 comments | 3.4K shares", Some(Step::Counter)),
            ("Comments (45)", Some(Step::Counter)),
            ("5 min read", Some(Step::Counter)),
            ("1,204 views · 3 hours ago", Some(Step::Counter)),
            ("3 hours ago", Some(Step::Time)),
            ("Updated 10:31 GMT, 24 November 2026", Some(Step::Time)),
            ("Last updated: 2 minutes ago", Some(Step::Time)),
            ("vor 3 Stunden", Some(Step::Time)),
            ("3小时前", Some(Step::Time)),
            ("Read more: Port workers go on strike", Some(Step::Prompt)),
            ("ADVERTISEMENT", Some(Step::Prompt)),
            ("Most read", Some(Step::Prompt)),
            // Facts, whatever they look like:
            ("12 dead", None),
            ("24 March", None),
            ("Talks: 24 March, 10:00", None),
            ("The video had 3 million views by Monday.", None),
            ("He was shot two years ago.", None),
            ("The bill was read by 12 members.", None),
            ("45 votes", Some(Step::Counter)),
            ("45 votes to 12, the bill passed", None),
            ("Related costs rose by 12%.", None),
            ("Registered voters: 4,512", None),
        ] {
            assert_eq!(noise(text), expected, "{text:?}");
        }
    }
}
