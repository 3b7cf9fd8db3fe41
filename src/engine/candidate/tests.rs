//! Pages and entries, read.

use bytes::Bytes;

use super::*;
use crate::model::fetch::{CacheHints, Validators};
use crate::model::time::Timestamp;

fn page(asked: &str, url: &str, content_type: &str, body: &[u8]) -> Page {
    Page {
        url: WebUrl::parse(asked).unwrap(),
        final_url: WebUrl::parse(url).unwrap(),
        moved_to: None,
        status: 200,
        headers: vec![("content-type".to_owned(), content_type.to_owned())],
        body: Bytes::copy_from_slice(body),
        validators: Validators::default(),
        hints: CacheHints::default(),
        fetched: Timestamp::UNIX_EPOCH,
    }
}

fn read(page: &Page, ignore: &[Regex]) -> Result<Candidate, CandidateError> {
    let (rules, learned) = (SiteRules::default(), Learned::default());
    Candidate::read(&CandidateInput { page, entry: None, rules: &rules, ignore, learned: &learned })
}

fn html(body: &str) -> Vec<u8> {
    let site = "<meta property=og:site_name content=\"The Wire\">";
    let head = "<title>Talks resume - The Wire</title><link rel=canonical href=https://other.test/talks>";
    format!("<html><head>{site}{head}</head><body><article><h1>Talks resume</h1>{body}</article></body></html>").into()
}

const SENTENCE: &str = "The two delegations met again on Monday in Geneva, and talked for hours about tariffs.";

#[test]
fn a_page_is_read_with_its_canonical_address_elsewhere() {
    let body = html(&format!("<p>{SENTENCE}</p><p>{SENTENCE} And more.</p><p>Readers online: 1,234</p>"));
    let page = page("https://a.test/x?utm_source=b", "https://a.test/x?utm_source=b", "text/html", &body);
    let ignore = [Regex::new("^Readers online").unwrap()];
    let candidate = read(&page, &ignore).unwrap();
    assert_eq!(candidate.canonical().as_str(), "https://a.test/x");
    assert_eq!(candidate.elsewhere(), Some("https://other.test/talks"));
    assert_eq!(candidate.content().title.as_deref(), Some("Talks resume"));
    assert_eq!(candidate.content().text(), format!("{SENTENCE}\n\n{SENTENCE} And more."));
    assert_eq!(candidate.suspicion(), None);
}

#[test]
fn what_is_no_text_is_an_error_that_says_what_it_is() {
    for (content_type, body, reason) in [
        ("image/png", &b"x"[..], "it is image/png, not a page"),
        ("application/pdf", b"%PDF-1.7", "it is application/pdf, not a page"),
        ("text/html", b"%PDF-1.7 whatever", "it is binary, not a page"),
        ("text/html", b"MZ\x90\x00\x03\x00\x00\x00\x00", "it is binary, not a page"),
    ] {
        let page = page("https://a.test/x", "https://a.test/x", content_type, body);
        let error = read(&page, &[]).unwrap_err().to_string();
        assert_eq!(error, format!("read https://a.test/x: {reason}"));
    }
}

#[test]
fn a_redirect_to_the_front_page_and_an_empty_body_are_suspicious() {
    let body = html(&format!("<p>{SENTENCE}</p><p>{SENTENCE}</p>"));
    let front = read(&page("https://a.test/x", "https://a.test/", "text/html", &body), &[]).unwrap();
    assert_eq!(front.suspicion(), Some(&Suspicion::SoftGone("it leads to the front page".to_owned())));
    let empty = read(&page("https://a.test/x", "https://a.test/x", "text/html", b""), &[]).unwrap();
    assert_eq!(empty.suspicion(), Some(&Suspicion::Empty));
}

#[test]
fn an_entry_without_an_address_gets_a_stable_one() {
    let feed = WebUrl::parse("https://a.test/rss?x=1").unwrap();
    let entry = |id: &str| Entry {
        id: id.to_owned(),
        url: None,
        content: Some(format!("<p>{SENTENCE}</p>")),
        ..Entry::of_url(feed.clone())
    };
    let one = Candidate::from_entry(&entry("1"), &feed, &[]);
    assert_eq!(one.canonical(), Candidate::from_entry(&entry("1"), &feed, &[]).canonical());
    assert_ne!(one.canonical(), Candidate::from_entry(&entry("2"), &feed, &[]).canonical());
    assert_eq!(one.content().text(), SENTENCE);
}
