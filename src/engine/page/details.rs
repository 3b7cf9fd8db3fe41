//! The smaller facts: site, section, tags, language, image, credited origin, correction notices, canonical address.

use std::sync::LazyLock;

use regex::Regex;

use super::blocks::RawBlock;
use super::dom::{Dom, Name, Tag};
use super::jsonld::JsonLd;
use super::metadata::{Head, squeeze};
use super::pattern::{Phrases, pattern};
use crate::model::article::Origin;
use crate::model::url::WebUrl;

/// Most words of a site's name that is its page's title too.
const SITE_MAX_WORDS: usize = 5;
/// Most tags that are kept.
const TAGS_MAX: usize = 40;
/// Longest tag, in characters.
const TAG_MAX_CHARS: usize = 60;
/// Blocks at the end of a page in which a credit is looked for.
pub(super) const CREDIT_BLOCKS: usize = 40;
/// Longest notice, in characters.
const NOTICE_MAX_CHARS: usize = 1_200;

/// The publication's name.
pub(super) fn site(head: &Head, json: &JsonLd) -> Option<String> {
    let stated = head.first(&["og:site_name", "application-name", "dc.publisher", "citation_journal_title"]);
    let name = stated.map(str::to_owned).or_else(|| json.publisher.clone())?;
    let name = squeeze(&name);
    // Some systems write the article's title there.
    let is_title = || head.title.as_deref().is_some_and(|title| super::same_letters(title, &name));
    let is_name = !name.is_empty() && name.chars().count() <= 80;
    (is_name && !(name.split(' ').count() > SITE_MAX_WORDS && is_title())).then_some(name)
}

/// The section of the publication.
pub(super) fn section(head: &Head, json: &JsonLd) -> Option<String> {
    let stated =
        head.first(&["article:section", "parsely-section", "sailthru.section", "dc.subject.section", "section"]);
    let name = stated.map(str::to_owned).or_else(|| json.section.clone()).or_else(|| json.breadcrumb.clone())?;
    let name = squeeze(&name);
    (!name.is_empty() && name.chars().count() <= TAG_MAX_CHARS).then_some(name)
}

/// Tags: those that the page shows as tag links, else `article:tag` and keywords.
pub(super) fn tags(dom: &Dom<'_>, head: &Head, json: &JsonLd) -> Vec<String> {
    let shown = dom
        .ids()
        .filter(|id| {
            let rel = |id| dom.attribute(id, Name::Rel).unwrap_or_default();
            dom.tag(*id) == Some(Tag::A) && rel(*id).split_ascii_whitespace().any(|rel| rel.eq_ignore_ascii_case("tag"))
        })
        .map(|id| squeeze(&dom.text_content(id)));
    let metas = head.all("article:tag").flat_map(|line| line.split(',')).map(squeeze);
    let mut tags = kept(metas.chain(shown));
    if tags.is_empty() {
        tags = kept(json.tags.iter().map(|tag| squeeze(tag)));
    }
    if tags.is_empty() {
        let lines = ["news_keywords", "parsely-tags", "sailthru.tags", "keywords"]
            .into_iter()
            .filter_map(|name| head.first(&[name]));
        tags = lines
            .map(|line| kept(line.split([',', ';']).map(squeeze)))
            .find(|tags| !tags.is_empty())
            .unwrap_or_default();
    }
    tags
}

fn kept(tags: impl Iterator<Item = String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for tag in tags {
        let tag = tag.trim_start_matches('#').trim().to_owned();
        let new = !out.iter().any(|known| known.to_lowercase() == tag.to_lowercase());
        // Keys of content systems (`type:story`, `s_bbc`) are for machines.
        let human = !tag.is_empty() && !tag.contains([':', '_', '=', '|']) && tag.chars().count() <= TAG_MAX_CHARS;
        if new && human && out.len() < TAGS_MAX {
            out.push(tag);
        }
    }
    out
}

/// A language is told from so much of a text nearly always; where it is not, from twice as much.
const DETECTED_CHARS: usize = 400;

/// The language of the text: detected where there is enough of it, else as declared. The text wins over the declaration
/// only where detection is sure, and a region is kept only if the text is in that language.
pub(super) fn language(text: &str, head: &Head, json: &JsonLd) -> Option<String> {
    let declared =
        head.language.as_deref().or_else(|| head.first(&["content-language", "og:locale", "dc.language", "language"]));
    let declared = declared.or(json.language.as_deref()).and_then(primary);
    if declared.as_deref() == Some("en") && is_plainly_english(sample_of(text, DETECTED_CHARS)) {
        return declared;
    }
    let detect = |chars| {
        let sample = sample_of(text, chars);
        whatlang::detect(sample).filter(|info| info.is_reliable() && sample.chars().count() > 120)
    };
    let detected = detect(DETECTED_CHARS).or_else(|| detect(2 * DETECTED_CHARS));
    match detected.map(|info| two_letters(info.lang().code())) {
        Some(found) => Some(found.to_owned()),
        None => declared,
    }
}

fn sample_of(text: &str, chars: usize) -> &str {
    let end = text.char_indices().nth(chars).map_or(text.len(), |(end, _)| end);
    text.get(..end).unwrap_or_default()
}

/// English words that hold sentences together and are words of no other language that is written much.
const ENGLISH_WORDS: [&str; 16] = [
    "the", "and", "that", "with", "from", "this", "which", "their", "they", "said", "have", "been", "would", "were",
    "about", "who",
];

/// Every fifteenth word of English prose and more is one of [`ENGLISH_WORDS`]; asking saves comparing with all languages.
fn is_plainly_english(text: &str) -> bool {
    let words = text.split_ascii_whitespace();
    let (mut all, mut english) = (0, 0);
    for word in words {
        all += 1;
        english += usize::from(ENGLISH_WORDS.iter().any(|known| known.eq_ignore_ascii_case(word)));
    }
    all >= 20 && english * 15 >= all
}

fn primary(tag: &str) -> Option<String> {
    let primary = tag.split(['-', '_', ',', ';', ' ']).next()?.to_ascii_lowercase();
    ((2..=3).contains(&primary.len()) && primary.bytes().all(|byte| byte.is_ascii_lowercase())).then_some(primary)
}

/// ISO 639-3 codes that have an ISO 639-1 code.
#[rustfmt::skip]
const TWO_LETTERS: [(&str, &str); 70] = [
    ("eng", "en"), ("rus", "ru"), ("cmn", "zh"), ("spa", "es"), ("por", "pt"), ("ita", "it"), ("ben", "bn"),
    ("fra", "fr"), ("deu", "de"), ("ukr", "uk"), ("kat", "ka"), ("ara", "ar"), ("hin", "hi"), ("jpn", "ja"),
    ("heb", "he"), ("yid", "yi"), ("pol", "pl"), ("amh", "am"), ("jav", "jv"), ("kor", "ko"), ("nob", "no"),
    ("dan", "da"), ("swe", "sv"), ("fin", "fi"), ("tur", "tr"), ("nld", "nl"), ("hun", "hu"), ("ces", "cs"),
    ("ell", "el"), ("bul", "bg"), ("bel", "be"), ("mar", "mr"), ("kan", "kn"), ("ron", "ro"), ("slv", "sl"),
    ("hrv", "hr"), ("srp", "sr"), ("mkd", "mk"), ("lit", "lt"), ("lav", "lv"), ("est", "et"), ("tam", "ta"),
    ("vie", "vi"), ("urd", "ur"), ("tha", "th"), ("guj", "gu"), ("uzb", "uz"), ("pan", "pa"), ("aze", "az"),
    ("ind", "id"), ("tel", "te"), ("pes", "fa"), ("mal", "ml"), ("ori", "or"), ("mya", "my"), ("nep", "ne"),
    ("sin", "si"), ("khm", "km"), ("tuk", "tk"), ("aka", "ak"), ("zul", "zu"), ("sna", "sn"), ("afr", "af"),
    ("lat", "la"), ("slk", "sk"), ("cat", "ca"), ("tgl", "tl"), ("hye", "hy"), ("epo", "eo"), ("cym", "cy"),
];

/// ISO 639-1 where there is one.
fn two_letters(code: &str) -> &str {
    TWO_LETTERS.iter().find(|(three, _)| *three == code).map_or(code, |(_, two)| *two)
}

/// The lead image's absolute address.
pub(super) fn image(head: &Head, json: &JsonLd, url: &WebUrl) -> Option<String> {
    let stated = head.first(&["og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src"]);
    let address = stated.map(str::to_owned).or_else(|| json.image.clone())?;
    url.join(&address).ok().map(|image| image.as_str().to_owned())
}

/// Longest name of a publication.
const CREDIT_MAX_CHARS: usize = 80;

static CREDIT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:
          (?:the\ )?original\ source\ of\ this\ (?:article|story|text)\ is\s+(?:(?-i:the)\ )?(?P<a>[^.\n]{2,})
        | (?:this\ (?:article|story|piece|post|report)\ (?:was\ |has\ been\ )?)?(?:originally|first)\ (?:published|appeared|posted)\ (?:on|in|at|by)\ (?:(?-i:the)\ )?(?P<b>[^.\n]{2,})
        | (?:this\ (?:article|story|piece)\ is\ |)(?:re-?published|reprinted|reproduced|syndicated)\ (?:here\ )?(?:from|with\ (?:the\ )?permission\ (?:from|of))\ (?:(?-i:the)\ )?(?P<c>[^.\n]{2,})
        | courtesy\ of\ (?:(?-i:the)\ )?(?P<d>[^.\n]{2,})
        | zuerst\ erschienen\ (?:bei|in|auf)\ (?P<e>[^.\n]{2,}) | publié\ (?:initialement|à\ l.origine)\ (?:par|sur|dans)\ (?P<f>[^.\n]{2,})
        )",
    )
});

/// The publication that the page itself credits with the text.
///
/// A credit stands below the text, in a block of its own or in the chrome (`chrome`, the last first), or above it.
pub(super) fn origin(dom: &Dom<'_>, chrome: &[RawBlock], blocks: &[RawBlock], url: &WebUrl) -> Option<Origin> {
    let below = chrome.iter().chain(blocks.iter().rev()).take(CREDIT_BLOCKS);
    let candidates = below.chain(blocks.iter().take(30));
    for block in candidates.filter(|block| block.chars <= 300) {
        let Some(found) = CREDIT.captures(&block.text) else { continue };
        let Some(name) = ["a", "b", "c", "d", "e", "f"].iter().find_map(|group| found.name(group)) else { continue };
        let name = clean_credit(name.as_str());
        if name.is_empty() || name.chars().count() > CREDIT_MAX_CHARS {
            continue;
        }
        let link = dom
            .subtree(block.element)
            .filter(|id| dom.tag(*id) == Some(Tag::A))
            .find_map(|id| dom.attribute(id, Name::Href));
        let link =
            link.and_then(|href| url.join(href).ok()).filter(|link| link != url).map(|link| link.as_str().to_owned());
        return Some(Origin { name: Some(name), url: link });
    }
    None
}

fn clean_credit(name: &str) -> String {
    static END: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"\s*(?:copyright|©|\(|\||,\s*(?:on|and)\b|\ on\ (?:\w+\ )?\d|\ under\ |\ and\ (?:is|was)\ |\ here\b|\ as\ |;|:).*$",
        )
    });
    END.replace(name, "").trim().trim_matches(['"', '“', '”', '\'', ',', '.']).trim().to_owned()
}

static NOTICE: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(
        r"^\W*(?:
        (?:correction|clarification|editor.?s.?\ note|update|updated|retraction|amendment|note\ from\ the\ editors?|korrektur|berichtigung|anmerkung\ der\ redaktion|rectificatif|correctif|mise\ à\ jour|corrección|fe\ de\ errat[ao]s|aclaración|correzione|rettifica|correção|исправление|更正|訂正)(?-i:[^\p{L}]){0,4}[:(–—.\-\d]
        | (?:an\ (?:earlier|previous)|a\ previous|the\ original|earlier)\ versions?\ of\ this\ (?:article|story|report|post|headline)\b
        | this\ (?:article|story|report|post|headline|piece)\ (?:was|has\ been|is\ being)\ (?:\w+\ )?(?:updated|corrected|amended|clarified|edited|revised|changed)\b
        | (?:更正|訂正|编者按|更新)[:：]
        )",
    )
});

/// The notes in which the page says that it was corrected or updated.
pub(super) fn notices(blocks: &[RawBlock]) -> Vec<String> {
    let is_notice = |block: &&RawBlock| {
        block.text.chars().count() <= NOTICE_MAX_CHARS && block.chars > 24 && NOTICE.is_match(&block.text)
    };
    let mut found: Vec<String> = Vec::new();
    for block in blocks.iter().filter(is_notice) {
        // A bare time stamp ("Updated: 5 May, 10:00") is no notice: it says nothing of what changed.
        let words = block.text.split_whitespace().filter(|word| word.chars().all(char::is_alphabetic)).count();
        if words >= 6 && !found.contains(&block.text) {
            found.push(block.text.clone());
        }
    }
    found
}

/// The canonical address that the page names, if it is an address.
pub(super) fn canonical(head: &Head, url: &WebUrl) -> Option<WebUrl> {
    let stated = head.canonical.as_deref().or_else(|| head.first(&["og:url"]))?;
    url.join(stated).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_english_prose_is_plainly_english() {
        for (text, english) in [
            (
                "The minister said on Monday that the talks with Beijing would go on, and that tariffs had been the \
                 first point of the agenda since spring.",
                true,
            ),
            (
                "Der Minister sagte am Montag, die Gespräche mit Peking würden fortgesetzt, und die Zölle seien seit \
                 dem Frühjahr der erste Punkt der Tagesordnung gewesen.",
                false,
            ),
            (
                "De minister zei maandag dat de gesprekken met Peking zouden doorgaan en dat de tarieven sinds het \
                 voorjaar het eerste punt van de agenda waren geweest.",
                false,
            ),
            ("Talks resume with Beijing.", false),
        ] {
            assert_eq!(is_plainly_english(text), english, "{text}");
        }
    }
}
