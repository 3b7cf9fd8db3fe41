//! What the words in the name of an element say of it: the values of `class`, `id` and their like.

use std::ops::Range;

use super::lexicon::{Lexicon, Word};
use super::marks::{COMMENTS, DIALOG, FIGURE, HIDDEN};

/// Why an element may be chrome, by what its name says and how many characters it holds. Names are cut into words at what is no
/// letter and where lower case turns upper.
pub(super) fn read(name: &str, chars: u32) -> Option<&'static str> {
    let bytes = name.as_bytes();
    let (mut start, mut before) = (0, Word::NONE);
    for at in 0..=bytes.len().min(NAME_MAX_BYTES) {
        let byte = bytes.get(at).copied().unwrap_or(b' ');
        let after_lower = at > 0 && bytes.get(at - 1).is_some_and(u8::is_ascii_lowercase);
        let begins = byte.is_ascii_uppercase() && after_lower;
        if byte.is_ascii_alphabetic() && !begins {
            continue;
        }
        if start < at {
            let word = Word::within(bytes, start..at);
            let signs = [WORDS.get(word), PAIRS.get(before.followed_by(word))];
            let found = signs.into_iter().find_map(|sign| sign.reason(chars));
            let found = found.filter(|_| !LACKS.get(before) && !is_by_chance(bytes, start..at));
            if let Some(reason) = found.filter(|reason| *reason != HIDDEN || hides(before, bytes.get(at..))) {
                return Some(reason);
            }
            before = word;
        }
        start = if begins { at } else { at + 1 };
        if matches!(byte, b' ' | b'\t' | b'\n') {
            before = Word::NONE;
        }
    }
    None
}

/// Whether a word for what is hidden speaks of all that the element holds, and of every screen: not of a field's label
/// (`label-hidden`), of what does not fit (`overflow-hidden`), of paper or small screens (`hidden-print`, `hidden-xs`).
fn hides(before: Word, rest: Option<&[u8]>) -> bool {
    let next = rest.and_then(|rest| rest.strip_prefix(b"-")).unwrap_or_default();
    let end = next.iter().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(next.len());
    !OF_A_PART.get(before) && !ON_SOME.get(Word::within(next, 0..end))
}

/// Whether a short word stands in a name that a program made up: `hJpRRP`, `css-1ad9k2`. In such a name letters stand alone and
/// among digits; in one that people chose (`topAd`, `ad2`) each word is some letters long, and digits come last.
fn is_by_chance(name: &[u8], word: Range<usize>) -> bool {
    if word.len() > CHANCE_MAX_BYTES {
        return false;
    }
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric();
    let before = name.get(..word.start).unwrap_or_default().iter().rev().take_while(is_part).count();
    let after = name.get(word.end..).unwrap_or_default().iter().take_while(is_part).count();
    let whole = name.get(word.start - before..word.end + after).unwrap_or_default();
    let digits = whole.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let letters = whole.get(..whole.len() - digits).unwrap_or_default();
    if letters.iter().any(u8::is_ascii_digit) {
        return true;
    }
    // Each word but this one, from where lower case turns upper.
    let (mut start, mut at) = (0, 1);
    while start < letters.len() {
        let begins = |at: usize| letters[at].is_ascii_uppercase() && letters[at - 1].is_ascii_lowercase();
        if at == letters.len() || begins(at) {
            if start != before && at - start < WORD_MIN_BYTES {
                return true;
            }
            start = at;
        }
        at += 1;
    }
    false
}

/// Words of so many letters turn up by chance.
const CHANCE_MAX_BYTES: usize = 4;
/// Beside others in a name, a word that somebody chose has so many letters.
const WORD_MIN_BYTES: usize = 3;

/// Words by which a name says that what it names has the next thing somewhere in it, or has it not: `has-sidebar`, `no-ads`.
/// A page builder calls all that a page is made of its widgets.
static LACKS: Lexicon<bool, 16> =
    Lexicon::new(false, &[(&["has", "with", "no", "without", "non", "not", "elementor"], true)]);

/// Of a longer name only the first words are read.
const NAME_MAX_BYTES: usize = 400;

/// Names such as `meta` or `date` are chrome only where the subtree is this short, in characters.
const MINOR_MAX_CHARS: u32 = 240;

/// What a word says of the element that it names.
#[derive(Debug, Clone, Copy)]
enum Sign {
    Nothing,
    Chrome(&'static str),
    /// Chrome where it is short.
    Minor(&'static str),
}

impl Sign {
    fn reason(self, chars: u32) -> Option<&'static str> {
        match self {
            Self::Chrome(reason) => Some(reason),
            Self::Minor(reason) if chars <= MINOR_MAX_CHARS => Some(reason),
            Self::Minor(_) | Self::Nothing => None,
        }
    }
}

#[rustfmt::skip]
static WORDS: Lexicon<Sign, 512> = Lexicon::new(Sign::Nothing, &[
    (&["share", "sharing", "shares", "sharebar", "sharebox", "social", "socials", "addthis", "addtoany", "sharethis",
       "sharedaddy", "followus", "shareaholic", "sociallinks"], Sign::Chrome("share prompt")),
    (&["related", "relatedposts", "recommended", "recommendation", "recommendations", "recirc", "recirculation", "outbrain",
       "taboola", "zergnet", "revcontent", "trending", "mostread", "mostpopular", "popular", "readmore", "seealso",
       "morefrom", "upnext", "inread", "moreon", "relateds"], Sign::Chrome("related links")),
    (&["promo", "promos", "promoted", "promotion", "sponsor", "sponsored", "advert", "adverts", "advertisement",
       "advertising", "ad", "ads", "adunit", "adslot", "adbox", "dfp", "adsense", "adsbygoogle", "commercial", "affiliate",
       "banner"], Sign::Chrome("advertisement")),
    (&["newsletter", "newsletters", "subscribe", "subscription", "signup", "optin", "mailchimp", "paywall", "donate",
       "donation", "membership", "cta"], Sign::Chrome("subscription prompt")),
    (&["comment", "comments", "disqus", "respond", "livefyre", "commenting", "reactions"], Sign::Chrome(COMMENTS)),
    (&["breadcrumb", "breadcrumbs", "nav", "navbar", "navigation", "menu", "submenu", "pagination", "pager", "toolbar",
       "masthead", "skiplink", "toc"], Sign::Chrome("navigation")),
    (&["footer", "colophon"], Sign::Chrome("footer")),
    (&["sidebar", "aside", "rail", "rightrail"], Sign::Chrome("aside")),
    (&["cookie", "cookies", "consent", "gdpr", "modal", "popup", "lightbox", "overlay", "tooltip", "popover",
       "interstitial", "rollover", "hovercard"], Sign::Chrome(DIALOG)),
    (&["caption", "captions", "credit", "credits", "photocredit", "imagecaption", "gallery", "slideshow", "carousel",
       "slider", "videoplayer", "mediaplayer", "figcaption", "copyright", "artboard", "infographic", "datawrapper", "vjs",
       "jwplayer", "flourish"], Sign::Chrome(FIGURE)),
    (&["byline", "bylines", "bio", "authorbio", "authorbox", "contributor", "contributors", "aboutauthor", "authors"],
       Sign::Chrome("author box")),
    (&["hidden", "hide", "invisible", "offscreen", "visuallyhidden"], Sign::Chrome(HIDDEN)),
    (&["author", "meta", "metadata", "date", "dateline", "timestamp", "published", "pubdate", "posted", "tags", "tag",
       "taxonomy", "categories", "kicker", "eyebrow", "label", "print", "tools", "rating", "views", "counter", "reprint",
       "legal", "disclaimer", "widget", "attribution", "correspondent", "podcast", "player", "topics", "keywords", "email"],
       Sign::Minor("details line")),
]);

/// Words before `hidden` that say of what.
static OF_A_PART: Lexicon<bool, 16> = Lexicon::new(false, &[(&["label", "overflow", "backface", "x", "y"], true)]);

/// Words after `hidden` that say where.
static ON_SOME: Lexicon<bool, 16> =
    Lexicon::new(false, &[(&["print", "xs", "sm", "mobile", "phone", "phones", "tablet"], true)]);

/// Two words that follow each other.
#[rustfmt::skip]
static PAIRS: Lexicon<Sign, 256> = Lexicon::new(Sign::Nothing, &[
    (&["read more", "read next", "read also", "read on", "see more", "see next", "see also", "see on", "watch more",
       "watch next", "watch also", "watch on", "listen more", "listen next", "listen also", "listen on", "more from",
       "more stories", "more news", "more articles", "more on", "more posts", "more like", "more links", "most read",
       "most popular", "most viewed", "most shared", "most recent", "up next", "whats next", "also read", "breaking news",
       "breaking block", "latest news", "latest stories", "latest posts"], Sign::Chrome("related links")),
    (&["sign up", "sign in", "call action", "email signup"], Sign::Chrome("subscription prompt")),
    (&["sr only", "sr text", "sr hidden", "sr reader", "reader only", "reader text", "reader hidden", "reader reader",
       "visually only", "visually text", "visually hidden", "visually reader", "screen only", "screen text",
       "screen hidden", "screen reader"], Sign::Chrome(HIDDEN)),
    (&["about author", "post author", "author info", "author bio", "author box", "author card", "author profile",
       "author description"], Sign::Chrome("author box")),
    (&["story footer", "story meta", "story tags", "story tools", "story links", "story actions", "article footer",
       "article meta", "article tags", "article tools", "article links", "article actions", "post footer", "post meta",
       "post tags", "post tools", "post links", "post actions", "entry footer", "entry meta", "entry tags", "entry tools",
       "entry links", "entry actions"], Sign::Chrome("details line")),
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_word_by_word() {
        for (name, chars, expected) in [
            ("nav-item", 400, Some("navigation")),
            ("c-ShareBar share", 400, Some("share prompt")),
            ("story-body", 400, None),
            ("post__meta", 400, Some("details line")),
            ("readMore", 400, Some("related links")),
            ("author-description", 400, Some("author box")),
            ("visually-hidden", 400, Some("hidden")),
            // Words of two names are no pair.
            ("read more", 400, None),
            ("hidden", 400, Some("hidden")),
            ("field-label-hidden", 400, None),
            ("overflow-hidden", 400, None),
            ("hidden-xs", 400, None),
            ("hidden-lg", 400, Some("hidden")),
            ("hidden-print nav", 400, Some("navigation")),
            ("date", 20, Some("details line")),
            ("date", 400, None),
            ("navigable", 400, None),
            // Programs make names up.
            ("sc-77igqf-0 hTocRRP", 400, None),
            ("css-1ad9k2", 400, None),
            ("css-k2ad", 400, None),
            ("kMnAd", 400, None),
            ("elementor-widget-heading", 40, None),
            ("topAd", 400, Some("advertisement")),
            ("ad2", 400, Some("advertisement")),
            ("gpt-ad-14-0", 400, Some("advertisement")),
            // What is in it, or is not.
            ("content-with-sidebar-wrp", 400, None),
            ("no-ads", 400, None),
            ("has-caption", 400, None),
            ("one sidebar", 400, Some("aside")),
        ] {
            assert_eq!(read(name, chars), expected, "{name}");
        }
    }
}
