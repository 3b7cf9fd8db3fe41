//! Whose text a story is: what the copies themselves say goes before what the clock says.

use std::sync::LazyLock;

use regex::Regex;

use super::super::text::words::folded;
use super::Text;
use crate::model::ids::ArticleId;
use crate::model::story::Confidence;
use crate::model::time::{Published, SignedDuration, Timestamp};
use crate::model::url::WebUrl;

/// The article that a story's text comes from, and why.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct OriginDecision {
    /// The article.
    pub article: ArticleId,
    /// A sentence for people.
    pub reason: String,
    /// How sure.
    pub confidence: Confidence,
}

/// The reason where there is nothing to choose from.
pub const ONLY_ARTICLE: &str = "its only article";

/// `VELM (Reuters) - `, `(AP) —` at the beginning of a text.
static DATELINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[^a-z(]{0,60}(?:\w+ \d{1,2} )?\(([^()]{2,30})\)\s*[-–—:]")
        .expect("the pattern is a constant, compiled by a test")
});

/// Who a copy says the text is from.
struct Credit<'a> {
    by: usize,
    way: Way,
    name: Option<String>,
    url: Option<&'a str>,
}

/// How it says so, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Link,
    Canonical,
    Name,
    Agency,
}

impl Way {
    fn confidence(self) -> f64 {
        match self {
            Self::Link => 0.97,
            Self::Canonical => 0.95,
            Self::Name => 0.92,
            Self::Agency => 0.85,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Link => "links to it as the original",
            Self::Canonical => "names it as the canonical page",
            Self::Name => "credits it as the origin",
            Self::Agency => "carries its agency line",
        }
    }
}

/// Names the origin among the articles of one story; `None` only without any stored article.
pub fn origin(texts: &[Text<'_>]) -> Option<OriginDecision> {
    let credits: Vec<Credit<'_>> = texts.iter().enumerate().flat_map(|(by, text)| credits(by, text)).collect();
    credited(texts, &credits).or_else(|| own_byline(texts, &credits)).or_else(|| earliest(texts, &credits))
}

fn credits<'a>(by: usize, text: &Text<'a>) -> Vec<Credit<'a>> {
    let mut found = Vec::new();
    if let Some(origin) = &text.content.origin {
        if let Some(url) = origin.url.as_deref() {
            found.push(Credit { by, way: Way::Link, name: None, url: Some(url) });
        }
        if let Some(name) = &origin.name {
            found.push(Credit { by, way: Way::Name, name: Some(name.clone()), url: None });
        }
    }
    if let Some(url) = text.canonical_elsewhere {
        found.push(Credit { by, way: Way::Canonical, name: None, url: Some(url) });
    }
    let first = text.content.blocks.first().map(|block| block.text.as_str()).unwrap_or_default();
    let dateline = DATELINE.captures(first).and_then(|found| found.get(1)).map(|name| name.as_str().to_owned());
    // An author who is a publication («Reuters») is an agency line as well.
    for name in dateline.into_iter().chain(text.content.authors.iter().cloned()) {
        found.push(Credit { by, way: Way::Agency, name: Some(name), url: None });
    }
    found
}

/// Whether a credit means this text's publisher.
fn means(credit: &Credit<'_>, text: &Text<'_>) -> bool {
    let by_url =
        credit.url.is_some_and(|url| url == text.url || WebUrl::parse(url).is_ok_and(|url| url.site() == text.site));
    by_url || credit.name.as_deref().is_some_and(|name| is_called(text, name))
}

fn is_called(text: &Text<'_>, name: &str) -> bool {
    let squeezed = |name: &str| -> String {
        let words = folded(name);
        words
            .iter()
            .filter(|word| !matches!(word.as_str(), "the" | "news" | "com" | "org"))
            .map(String::as_str)
            .collect()
    };
    let name = squeezed(name);
    let label = text.site.split('.').next().unwrap_or_default();
    // The Associated Press publishes at apnews.com.
    let label = squeezed(&label.replace('-', " "));
    let is_site = text.content.site.as_deref().is_some_and(|site| squeezed(site) == name);
    name.len() >= 2 && (is_site || name == label || format!("{name}news") == label)
}

fn credited(texts: &[Text<'_>], credits: &[Credit<'_>]) -> Option<OriginDecision> {
    let mut best: Option<(usize, usize, Way)> = None;
    for (at, text) in texts.iter().enumerate() {
        // A text that credits another one of the story is itself a copy.
        let credits_other = credits.iter().any(|credit| {
            credit.by == at
                && texts
                    .iter()
                    .enumerate()
                    .any(|(other, text)| other != at && means(credit, text) && !means(credit, &texts[at]))
        });
        let ways: Vec<&Credit<'_>> = credits.iter().filter(|credit| credit.by != at && means(credit, text)).collect();
        let Some(way) = ways.iter().map(|credit| credit.way).min() else { continue };
        let mut voters: Vec<usize> = ways.iter().map(|credit| credit.by).collect();
        voters.dedup();
        let is_better = best
            .is_none_or(|(_, votes, than)| (voters.len(), std::cmp::Reverse(way)) > (votes, std::cmp::Reverse(than)));
        if text.article.is_some() && !credits_other && is_better {
            best = Some((at, voters.len(), way));
        }
    }
    let (at, votes, way) = best?;
    let text = texts.get(at)?;
    let copies = if votes == 1 { "a copy".to_owned() } else { format!("{votes} copies, one of which") };
    let reason = format!("{copies} {}: {}", way.words(), text.site);
    Some(OriginDecision { article: text.article?, reason, confidence: Confidence(way.confidence()) })
}

/// The only text with an author and without a credit to somebody else.
fn own_byline(texts: &[Text<'_>], credits: &[Credit<'_>]) -> Option<OriginDecision> {
    let explicit = |at: usize| credits.iter().any(|credit| credit.by == at && credit.way != Way::Agency);
    let is_own = |at: &usize| texts.get(*at).is_some_and(|text| !text.content.authors.is_empty()) && !explicit(*at);
    let signed: Vec<usize> = (0..texts.len()).filter(is_own).collect();
    let [only] = signed.as_slice() else { return None };
    let text = texts.get(*only)?;
    if texts.len() < 2 {
        return None;
    }
    let author = text.content.authors.first()?;
    let reason = format!("only {} names an author, {author}", text.site);
    Some(OriginDecision { article: text.article?, reason, confidence: Confidence(0.7) })
}

fn earliest(texts: &[Text<'_>], credits: &[Credit<'_>]) -> Option<OriginDecision> {
    let mut stored: Vec<&Text<'_>> = texts.iter().filter(|text| text.article.is_some()).collect();
    stored.sort_by_key(|text| (time_of(text), text.first_seen, text.article));
    let first = *stored.first()?;
    let Some(second) = stored.get(1) else {
        let reason = "the only article of its story".to_owned();
        return Some(OriginDecision { article: first.article?, reason, confidence: Confidence::CERTAIN });
    };
    let lead = time_of(first).duration_until(time_of(second));
    let (mut reason, mut confidence) = if lead >= SignedDuration::from_hours(1) {
        ("published first".to_owned(), 0.75)
    } else if lead >= SignedDuration::from_mins(5) {
        ("published first, by minutes".to_owned(), 0.65)
    } else {
        ("first seen of those published at the same time".to_owned(), 0.5)
    };
    let elsewhere = credits
        .iter()
        .filter(|credit| credit.way <= Way::Name)
        .find(|credit| !texts.iter().any(|text| means(credit, text)));
    if let Some(credit) = elsewhere {
        let named = credit.name.as_deref().or(credit.url).unwrap_or_default();
        reason = format!("{reason}; a copy credits {named}, which is not among the sources");
        confidence = 0.4;
    }
    Some(OriginDecision { article: first.article?, reason, confidence: Confidence(confidence) })
}

/// When a text was out: as published, but no later than it was seen. A bare day counts as its end, because an instant on
/// that day may be earlier.
fn time_of(text: &Text<'_>) -> Timestamp {
    let published = text.content.published.map(|published| match published {
        Published::Day(_) => {
            published.instant().saturating_add(SignedDuration::from_hours(24)).unwrap_or(text.first_seen)
        }
        Published::Instant(at, _) => at,
    });
    published.map_or(text.first_seen, |at| at.min(text.first_seen))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::article::{Block, BlockKind, Content, Origin};

    fn content(published: &str) -> Content {
        let text = "The harbour of Velm will close for three weeks.".to_owned();
        let blocks = vec![Block { kind: BlockKind::Paragraph, text }];
        Content { published: Published::parse_stored(published), blocks, ..Content::default() }
    }

    fn text<'a>(article: i64, site: &'a str, url: &'a str, content: &'a Content) -> Text<'a> {
        Text {
            article: Some(ArticleId(article)),
            revision: None,
            story: None,
            site,
            url,
            content,
            canonical_elsewhere: None,
            first_seen: Timestamp::from_second(1_900_000_000 + article).unwrap(),
        }
    }

    fn check(texts: &[Text<'_>], article: i64, reason: &str) {
        let found = origin(texts).unwrap();
        assert_eq!((found.article, found.reason.as_str()), (ArticleId(article), reason));
    }

    #[test]
    fn a_credit_goes_before_the_clock() {
        let original = content("2026-03-02T10:00:00Z");
        let mut copy = content("2026-03-01T10:00:00Z");
        let wire = text(1, "eastwire.test", "https://eastwire.test/a", &original);
        check(&[wire, text(2, "velm.test", "https://velm.test/a", &copy)], 2, "published first");
        copy.origin = Some(Origin { name: Some("Eastwire".into()), url: None });
        check(
            &[wire, text(2, "velm.test", "https://velm.test/a", &copy)],
            1,
            "a copy credits it as the origin: eastwire.test",
        );
        copy.origin = Some(Origin { name: None, url: Some("https://www.eastwire.test/a?x=1".into()) });
        check(
            &[wire, text(2, "velm.test", "https://velm.test/a", &copy)],
            1,
            "a copy links to it as the original: eastwire.test",
        );
        copy.origin = None;
        copy.blocks[0].text = format!("VELM (Eastwire) — {}", copy.blocks[0].text);
        check(
            &[wire, text(2, "velm.test", "https://velm.test/a", &copy)],
            1,
            "a copy carries its agency line: eastwire.test",
        );
        let plain = content("2026-03-01T10:00:00Z");
        let mut linked = text(2, "velm.test", "https://velm.test/a", &plain);
        linked.canonical_elsewhere = Some("https://eastwire.test/a");
        check(&[wire, linked], 1, "a copy names it as the canonical page: eastwire.test");
    }

    #[test]
    fn a_credit_to_nobody_here_lowers_the_confidence() {
        let mut copy = content("2026-03-01T10:00:00Z");
        copy.origin = Some(Origin { name: Some("Corvia Post".into()), url: None });
        let other = content("2026-03-03");
        let texts = [text(1, "a.test", "https://a.test/", &other), text(2, "b.test", "https://b.test/", &copy)];
        let found = origin(&texts).unwrap();
        assert_eq!((found.article, found.confidence), (ArticleId(2), Confidence(0.4)));
    }

    #[test]
    fn a_byline_then_time_decide() {
        let (early, mut late) = (content("2026-03-01T10:00:00Z"), content("2026-03-01T10:20:00Z"));
        let first = text(2, "b.test", "https://b.test/", &early);
        check(&[text(1, "a.test", "https://a.test/", &late), first], 2, "published first, by minutes");
        late.authors = vec!["Jo Renn".into()];
        check(&[text(1, "a.test", "https://a.test/", &late), first], 1, "only a.test names an author, Jo Renn");
        check(&[text(3, "c.test", "https://c.test/", &early)], 3, "the only article of its story");
        assert_eq!(origin(&[]), None);
    }
}
