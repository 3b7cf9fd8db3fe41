//! Pages: any bytes are read or refused, the same each time; what is normalized stays as it is when normalized again; and
//! what comes out is shown in every form.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirewatch::engine::candidate::{Candidate, CandidateInput};
use wirewatch::engine::diff::diff;
use wirewatch::engine::normalize::Normalized;
use wirewatch::engine::page::Learned;
use wirewatch::engine::page::rules::SiteRules;
use wirewatch::model::article::Content;
use wirewatch::model::fetch::{CacheHints, Page, Validators};
use wirewatch::model::time::Timestamp;
use wirewatch::model::url::WebUrl;

fuzz_target!(|bytes: &[u8]| {
    let url = WebUrl::parse("https://a.test/2026/11/26/story").expect("a constant address");
    let page = Page {
        url: url.clone(),
        final_url: url,
        moved_to: None,
        status: 200,
        headers: vec![("content-type".to_owned(), "text/html; charset=utf-8".to_owned())],
        body: bytes.to_vec().into(),
        validators: Validators::default(),
        hints: CacheHints::default(),
        fetched: Timestamp::UNIX_EPOCH,
    };
    let (rules, learned) = (SiteRules::default(), Learned::default());
    let read = || {
        let input = CandidateInput { page: &page, entry: None, rules: &rules, ignore: &[], learned: &learned };
        Candidate::read(&input).map(|candidate| candidate.content().clone()).ok()
    };
    let content = read();
    assert_eq!(content, read());
    let Some(content) = content else { return };
    assert_eq!(Normalized::from_content(content.clone()).content(), &content);
    let added = diff(&Content::default(), &content);
    assert_eq!(added.apply(&Content::default()).as_ref(), Some(&content));
    let _shown = (added.to_html(), added.to_unified(), added.to_terminal(100, true));
});
