//! Proves the archive: the hash chain of each article, and each text's derivation from its stored page.

use std::sync::Arc;

use crate::config::Config;
use crate::engine::candidate::{Candidate, CandidateInput};
use crate::engine::page::Learned;
use crate::io::store::{Derivation, Derived, Reader, StoreError, Verified};
use crate::model::ids::ArticleId;

/// Verifies one article, or all.
pub fn run(config: &Config, reader: &Reader, article: Option<ArticleId>) -> Result<Verified, StoreError> {
    // The reader is busy for the whole walk: what a site repeats is asked of a second one.
    let beside = Reader::open(reader.path())?;
    reader.verify(article, &|from: Derivation<'_>| -> Option<Derived> {
        let page = from.page;
        let source = config.sources.iter().find(|source| source.id.as_str() == from.source);
        let rules = config.rules_for(source.map(Arc::as_ref), &page.final_url).rules;
        let ignore = source.map_or(&[][..], |source| source.ignore.as_slice());
        let learned = match from.repeated {
            Some(repeated) => Learned::from_hashes(repeated.iter().copied()),
            None => beside.learned(page.final_url.site()).unwrap_or_else(|_| Learned::default()),
        };
        let input = CandidateInput { page, entry: None, rules: &rules, ignore, learned: &learned };
        let read = Candidate::read(&input).ok()?;
        Some(Derived { content: read.content().clone(), extractor: read.read_by() })
    })
}
