//! Tells pages that stand in place of the content: challenges, captchas, consent walls, log-in pages; and "not found"
//! pages sent with a good status.
//!
//! The harm of a miss is an article "changed" to a captcha; the harm of a false alarm is an article never read. So a
//! page must be small, say nothing of being an article, and carry a mark that only such pages have: a text about
//! captchas has none, and a page with a vendor's script beside its article is not small. Pure.

mod marks;

use marks::{
    CAPTCHA_WORDS, CHALLENGES, CONSENT_HOSTS, CONSENT_TITLES, HEADERS, LOGIN_PATHS, Mark, NOT_FOUND_SUBJECTS,
    NOT_FOUND_TITLES, NOT_FOUND_VERDICTS, WIDGETS,
};

use crate::model::fetch::Page;
use crate::model::url::WebUrl;

/// A page with more words to be seen stands in place of nothing.
const WORDS_MAX: usize = 300;
/// A form on a page with more words is a part of it, not the page.
const FORM_WORDS_MAX: usize = 150;
/// A page that is only a plea for JavaScript has no more words.
const PLEA_WORDS_MAX: usize = 60;
/// A page that says "not found" by its title has no more words.
const NOT_FOUND_WORDS_MAX: usize = 250;
/// In scripts without blanks so many letters count as one word.
const LETTERS_A_WORD: usize = 2;
/// Of a page so much is looked at: what stands in place of content is small.
const LOOKED_AT_BYTES: usize = 256 * 1024;

/// What kind of page in place of the content this is, if it is one. `text` is the page's decoded HTML.
pub fn recognise(page: &Page, text: &str) -> Option<String> {
    let kind = by_headers(&page.headers)
        .or_else(|| by_way(&page.url, &page.final_url))
        .or_else(|| by_shape(looked_at(text), Trust::MayBeAnArticle))?;
    Some(kind.to_owned())
}

/// What kind of challenge a refusal (401, 403, 429, 503 …) is, if it is more than that. `body` is its beginning.
pub fn of_refusal(headers: &[(String, String)], body: &str) -> Option<&'static str> {
    by_headers(headers).or_else(|| by_shape(looked_at(body), Trust::IsNoArticle))
}

/// Whether a page sent with a good status says that there is none. `text` is what is to be seen of it.
pub fn soft_not_found(title: &str, text: &str) -> bool {
    let words = text.split_whitespace().take(NOT_FOUND_WORDS_MAX + 1).count();
    if words > NOT_FOUND_WORDS_MAX {
        return false;
    }
    let says_so = title.split(['|', '-', '–', '—', ':', '·', '»', '•']).any(|part| is_not_found_title(&fold(part)));
    says_so || (words <= PLEA_WORDS_MAX && is_not_found_sentence(&fold(text)))
}

fn is_not_found_title(part: &str) -> bool {
    let part =
        part.trim_matches(|letter: char| letter.is_whitespace() || matches!(letter, '.' | '!' | '"' | '(' | ')'));
    NOT_FOUND_TITLES.contains(&part)
}

fn is_not_found_sentence(text: &str) -> bool {
    NOT_FOUND_SUBJECTS.iter().any(|subject| text.contains(subject))
        && NOT_FOUND_VERDICTS.iter().any(|verdict| text.contains(verdict))
}

/// What is known before the markup is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// The status was good.
    MayBeAnArticle,
    /// The status was a refusal.
    IsNoArticle,
}

fn by_headers(headers: &[(String, String)]) -> Option<&'static str> {
    let fits = |&&(name, part, _): &&(&str, &str, &str)| {
        headers.iter().any(|(known, value)| known == name && value.contains(part))
    };
    HEADERS.iter().find(fits).map(|(_, _, kind)| *kind)
}

/// Tells by where the visitor was taken.
fn by_way(asked: &WebUrl, answered: &WebUrl) -> Option<&'static str> {
    if asked == answered {
        return None;
    }
    let first_label = answered.host().split('.').next().unwrap_or_default();
    if asked.host() != answered.host() && CONSENT_HOSTS.contains(&first_label) {
        return Some("a consent page");
    }
    let is_login = |url: &WebUrl| {
        let path = url.as_url().path().trim_end_matches('/');
        let last = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        let last = last.split('.').next().unwrap_or_default();
        LOGIN_PATHS.contains(&last)
    };
    (is_login(answered) && !is_login(asked)).then_some("a log-in or subscription page")
}

fn by_shape(html: &str, trust: Trust) -> Option<&'static str> {
    let seen = seen(html);
    if seen.words > WORDS_MAX || (trust == Trust::MayBeAnArticle && claims_to_be_an_article(html)) {
        return None;
    }
    let text = fold(&seen.text);
    let fits = |mark: &&Mark| {
        mark.all.iter().all(|part| html.contains(part))
            && (mark.any.is_empty() || mark.any.iter().any(|part| html.contains(part)))
    };
    if let Some(mark) = CHALLENGES.iter().find(fits) {
        return Some(mark.kind);
    }
    if CONSENT_TITLES.iter().any(|title| seen.title.contains(title)) {
        return Some("a consent page");
    }
    if seen.words > FORM_WORDS_MAX {
        return None;
    }
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(phrase) || seen.title.contains(phrase));
    if WIDGETS.iter().any(|widget| html.contains(widget)) && (says(CAPTCHA_WORDS) || seen.words <= PLEA_WORDS_MAX / 2) {
        return Some("a captcha");
    }
    if has_password_field(html) {
        return Some("a log-in page");
    }
    let pleads = text.contains("enable javascript")
        || text.contains("javascript is disabled")
        || text.contains("enable js")
        || text.contains("requires javascript");
    (pleads && seen.words <= PLEA_WORDS_MAX).then_some("a page that shows nothing without JavaScript")
}

/// Metadata that only articles carry.
fn claims_to_be_an_article(html: &str) -> bool {
    ["NewsArticle\"", "\"Article\"", "\"BlogPosting\"", "articleBody", "article:published_time", "og:article:"]
        .iter()
        .any(|sign| html.contains(sign))
        || (html.contains("og:type") && (html.contains("\"article\"") || html.contains("'article'")))
}

fn has_password_field(html: &str) -> bool {
    ["type=\"password\"", "type='password'", "type=password"].iter().any(|field| html.contains(field))
}

/// The beginning of a page, cut between characters.
fn looked_at(html: &str) -> &str {
    html.get(..html.floor_char_boundary(LOOKED_AT_BYTES)).unwrap_or(html)
}

/// What a person sees, the title folded: apart from its title at most a little over [`WORDS_MAX`] words, enough to judge.
struct Seen {
    title: String,
    text: String,
    words: usize,
}

/// Reads a page without parsing it: tags out, scripts and styles out, what is for browsers without scripts in.
fn seen(html: &str) -> Seen {
    let mut seen = Seen { title: String::new(), text: String::new(), words: 0 };
    let mut rest = html;
    while let Some((text, from_tag)) = rest.split_once('<') {
        seen.add(text);
        if seen.words > WORDS_MAX {
            return seen;
        }
        rest = after_tag(from_tag, &mut seen);
        if rest.is_empty() {
            return seen;
        }
    }
    seen.add(rest);
    seen
}

/// What follows the tag at the start of `from_tag` (without its `<`), and what belongs to it where that is no text.
fn after_tag<'a>(from_tag: &'a str, seen: &mut Seen) -> &'a str {
    if let Some(comment) = from_tag.strip_prefix("!--") {
        return comment.split_once("-->").map_or("", |(_, rest)| rest);
    }
    let name: String =
        from_tag.chars().take(10).take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let Some((_, rest)) = from_tag.split_once('>') else { return "" };
    match name.as_str() {
        "script" | "style" | "template" | "svg" | "title" => {
            let Some((inside, rest)) = split_at_end_tag(rest, &name) else { return "" };
            if name == "title" && seen.title.is_empty() {
                seen.title = fold(inside);
            }
            rest
        }
        _ => rest,
    }
}

/// Splits at `</name`, in any case.
fn split_at_end_tag<'a>(text: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
    let mut from = 0;
    while let Some(at) = text.get(from..)?.find("</") {
        let start = from + at;
        let end = start + 2 + name.len();
        if text.get(start + 2..end).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            let (_, rest) = text.get(end..)?.split_once('>')?;
            return Some((text.get(..start)?, rest));
        }
        from = start + 2;
    }
    None
}

impl Seen {
    fn add(&mut self, text: &str) {
        let words = text.split_whitespace().count();
        if words > 0 {
            self.words += words + text.chars().filter(|letter| is_unspaced(*letter)).count() / LETTERS_A_WORD;
            self.text.push_str(text);
            self.text.push(' ');
        }
    }
}

/// Letters of scripts that put no blanks between words: Chinese, Japanese, Thai and their neighbours.
fn is_unspaced(letter: char) -> bool {
    matches!(letter, '\u{0e00}'..='\u{0eff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')
}

/// Lower case, one blank between words, straight apostrophes, the commonest entities read.
fn fold(text: &str) -> String {
    let lower = text.to_lowercase().replace(['\u{2019}', '\u{2018}'], "'").replace("&#39;", "'").replace("&amp;", "&");
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::model::fetch::{CacheHints, Validators};
    use crate::model::time::Timestamp;

    fn page(asked: &str, answered: &str, headers: &[(&str, &str)]) -> Page {
        Page {
            url: WebUrl::parse(asked).unwrap(),
            final_url: WebUrl::parse(answered).unwrap(),
            moved_to: None,
            status: 200,
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: Bytes::new(),
            validators: Validators::default(),
            hints: CacheHints::default(),
            fetched: Timestamp::UNIX_EPOCH,
        }
    }

    fn kind_of(html: &str) -> Option<String> {
        recognise(&page("https://a.test/x", "https://a.test/x", &[]), html)
    }

    #[test]
    fn challenges_are_named_by_their_makers() {
        let rows = [
            (
                "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><noscript>Enable JavaScript and \
                 cookies to continue</noscript><script>window._cf_chl_opt={cvId:'3'};</script></body></html>",
                "a Cloudflare challenge",
            ),
            (
                "<html><head><title>Attention Required! | Cloudflare</title></head><body><h1>Sorry, you have been \
                 blocked</h1></body></html>",
                "a Cloudflare block",
            ),
            (
                "<HTML><HEAD>\n<TITLE>Access Denied</TITLE>\n</HEAD><BODY><H1>Access Denied</H1>You don't have \
                 permission to access \"http&#58;&#47;&#47;a\" on this server.<P>Reference&#32;&#35;18&#46;5c</BODY></HTML>",
                "an Akamai block",
            ),
            (
                "<html><head><title>a.test</title></head><body><p id=\"cmsg\">Please enable JS and disable any ad \
                 blocker</p><script>var dd={'host':'geo.captcha-delivery.com'}</script></body></html>",
                "a DataDome challenge",
            ),
            (
                "<html><title>Access to this page has been denied</title><body>Press &amp; Hold to confirm you are a \
                 human<div id=\"px-captcha\"></div></body></html>",
                "a PerimeterX challenge",
            ),
            (
                "<html><body><iframe src=\"/_Incapsula_Resource?SWUDNSAI=31\"></iframe></body></html>",
                "an Incapsula challenge",
            ),
            (
                "<html><script src=\"https://x.token.awswaf.com/x/challenge.js\"></script><body><script>\
                 AwsWafIntegration.saveReferrer();</script><noscript>JavaScript is disabled</noscript></body></html>",
                "an AWS WAF challenge",
            ),
            (
                "<html><title>Making sure you're not a bot!</title><script id=\"anubis_challenge\">{}</script>",
                "an Anubis challenge",
            ),
            (
                "<html><title>Robot Check</title><body>To continue, confirm that you are not a robot<div \
                 class=\"g-recaptcha\"></div></body></html>",
                "a captcha",
            ),
            (
                "<html><title>Sign in</title><form><input name=u><input type=\"password\" name=p></form>Forgot it?</html>",
                "a log-in page",
            ),
            (
                "<html><title>We value your privacy</title><body>We and our 843 partners store cookies.</body>",
                "a consent page",
            ),
            (
                "<html><title>App</title><noscript>You need to enable JavaScript to run this app.</noscript><div id=root>",
                "a page that shows nothing without JavaScript",
            ),
        ];
        for (html, kind) in rows {
            assert_eq!(kind_of(html).as_deref(), Some(kind), "{html}");
            assert_eq!(of_refusal(&[], html), Some(kind), "{html}");
        }
    }

    #[test]
    fn an_article_is_none_of_them_whatever_it_is_about_and_carries() {
        let long = "The captcha asked me to prove you are human and to enable JavaScript. ".repeat(40);
        let widgets = "<div class=\"g-recaptcha\"></div><input type=\"password\"><script>window._cf_chl_opt={}</script>\
                       <div id=\"px-captcha\"></div><script src=\"https://x.captcha-delivery.com/\"></script>";
        let rows = [
            format!("<title>Just a moment...</title><p>{long}</p>{widgets}"),
            format!("<title>Before you continue: cookie consent explained</title>{widgets}<p>{long}</p>"),
            // Short, but it says what it is.
            format!(
                "<title>Are you a robot? Captchas get harder</title><meta property=\"og:type\" content=\"article\">\
                 <p>Short news about px-captcha.</p>{widgets}"
            ),
            format!(
                "<script type=\"application/ld+json\">{{\"@type\":\"NewsArticle\"}}</script><p>Brief.</p>{widgets}"
            ),
            // Short and without metadata: a comment form's widget is no captcha page.
            format!(
                "<title>Council meets on Tuesday</title><p>{}</p><div class=\"h-captcha\"></div>",
                "The council meets on Tuesday to discuss the bridge. ".repeat(8)
            ),
            // Written without blanks, it is no short page.
            format!("<title>人机验证</title><p>{}</p>{widgets}", "验证码越来越难，读者抱怨。".repeat(60)),
            // A script that Cloudflare adds to ordinary pages.
            "<title>News</title><p>Hello.</p><script src=\"/cdn-cgi/challenge-platform/scripts/jsd/main.js\"></script>"
                .to_owned(),
            String::new(),
            "<".to_owned(),
            "<script>".to_owned(),
        ];
        for html in rows {
            assert_eq!(kind_of(&html), None, "{html}");
        }
    }

    #[test]
    fn headers_and_the_way_there_tell_without_a_look_at_the_page() {
        let told = |asked, answered, headers: &[(&str, &str)]| recognise(&page(asked, answered, headers), "");
        let here = "https://a.test/2026/story";
        assert_eq!(told(here, here, &[("cf-mitigated", "challenge")]).as_deref(), Some("a Cloudflare challenge"));
        assert_eq!(told(here, here, &[("x-amzn-waf-action", "captcha")]).as_deref(), Some("an AWS WAF challenge"));
        let rows = [
            ("https://consent.yahoo.test/v2/collectConsent?s=1", Some("a consent page")),
            ("https://myprivacy.dpg.test/consent", Some("a consent page")),
            ("https://a.test/login?next=/2026/story", Some("a log-in or subscription page")),
            ("https://id.a.test/account/sign-in/", Some("a log-in or subscription page")),
            ("https://a.test/subscribe", Some("a log-in or subscription page")),
            ("https://www.a.test/2026/story", None),
            ("https://a.test/2026/how-to-login", None),
            ("https://a.test/consent/story", None),
        ];
        for (answered, kind) in rows {
            assert_eq!(told(here, answered, &[]).as_deref(), kind, "{answered}");
        }
        assert_eq!(told("https://consent.test/x", "https://consent.test/y", &[]), None);
    }

    #[test]
    fn a_page_that_says_it_is_not_there_is_told_from_one_about_such_pages() {
        let short = "The page you were looking for could not be found. Try the search.";
        for (title, text) in [
            ("Page not found | The Paper", "Nothing here."),
            ("404", ""),
            ("Error 404 – Daily", short),
            ("Seite nicht gefunden - Blatt", ""),
            ("The Paper", short),
            ("The Paper", "Sorry, this page doesn’t exist."),
            ("页面不存在", ""),
        ] {
            assert!(soft_not_found(title, text), "{title}: {text}");
        }
        let long = "A story about pages that could not be found and why the page you want does not exist. ".repeat(20);
        for (title, text) in [
            ("404 Media wins a prize", "The site 404 Media has won."),
            ("Page not found", long.as_str()),
            ("Why links rot", long.as_str()),
            ("Council meets", "The council meets on Tuesday."),
            ("", ""),
        ] {
            assert!(!soft_not_found(title, text), "{title}: {text}");
        }
    }
}
