//! Proof: each article's chain of hashes, and each text's derivation from its stored page.

use rusqlite::{Connection, Row};

use super::error::{Answer, StoreError};
use super::value::{at, hashes};
use super::{Reader, blobs, load};
use crate::engine::page::block_hash;
use crate::engine::revision;
use crate::model::article::Content;
use crate::model::fetch::Page;
use crate::model::ids::{ArticleId, RevisionNumber};

/// What `verify` looked at and found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// Articles.
    pub articles: usize,
    /// Revisions whose chain was followed.
    pub revisions: usize,
    /// Revisions whose text was derived again from its stored page.
    pub derived: usize,
    /// Revisions that another extractor read, or one with other rules: their derivation is not to be had from this program.
    pub other_extractor: usize,
    /// What does not hold.
    pub problems: Vec<VerifyProblem>,
}

/// One revision that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyProblem {
    /// Of which article.
    pub article: ArticleId,
    /// Which revision.
    pub revision: RevisionNumber,
    /// What does not hold.
    pub reason: String,
}

/// What a page gives.
#[derive(Debug, Clone)]
pub struct Derived {
    /// Its content.
    pub content: Content,
    /// By what it was read, as `engine::candidate::reader` has it.
    pub extractor: u32,
}

/// What a text is derived from.
#[derive(Debug, Clone, Copy)]
pub struct Derivation<'a> {
    /// The stored page.
    pub page: &'a Page,
    /// The source whose settings held.
    pub source: &'a str,
    /// The blocks that were left out because the site repeats them; `None`: that was not kept then.
    pub repeated: Option<&'a [u64]>,
}

/// One stored link.
struct Link {
    article: i64,
    number: u32,
    at: i64,
    url: String,
    title: Option<String>,
    text_hash: Vec<u8>,
    hash: Vec<u8>,
    page: Option<i64>,
    extractor: u32,
    source: String,
    repeated: Option<Vec<u64>>,
}

impl Reader {
    /// Follows the chain of one article or of all, and derives each text again from its stored page with `derive`.
    /// `derive` gives `None` where it cannot (settings of the source that are no longer there).
    pub fn verify(
        &self,
        article: Option<ArticleId>,
        derive: &dyn Fn(Derivation<'_>) -> Option<Derived>,
    ) -> Result<Verified, StoreError> {
        self.read(|connection| verify(connection, article, derive))
    }
}

fn verify(
    connection: &Connection,
    article: Option<ArticleId>,
    derive: &dyn Fn(Derivation<'_>) -> Option<Derived>,
) -> Answer<Verified> {
    let mut statement = connection.prepare(
        "SELECT r.article, r.number, r.at, r.url, r.text_hash, r.hash, r.page, r.extractor, a.source, r.title, r.repeated
         FROM revision r JOIN article a ON a.id = r.article
         WHERE ?1 IS NULL OR r.article = ?1 ORDER BY r.article, r.number",
    )?;
    let mut rows = statement.query([article.map(|article| article.0)])?;
    let mut verified = Verified::default();
    let mut before: Option<(i64, u32, Vec<u8>)> = None;
    while let Some(row) = rows.next()? {
        let link = link(row)?;
        if before.as_ref().is_none_or(|(article, ..)| *article != link.article) {
            verified.articles += 1;
            before = None;
        }
        verified.revisions += 1;
        let reasons = check(connection, &link, before.as_ref(), derive, &mut verified)?;
        verified.problems.extend(reasons.into_iter().map(|reason| VerifyProblem {
            article: ArticleId(link.article),
            revision: RevisionNumber(link.number),
            reason,
        }));
        before = Some((link.article, link.number, link.hash));
    }
    Ok(verified)
}

fn link(row: &Row<'_>) -> Answer<Link> {
    Ok(Link {
        article: row.get(0)?,
        number: row.get(1)?,
        at: row.get(2)?,
        url: row.get(3)?,
        text_hash: row.get(4)?,
        hash: row.get(5)?,
        page: row.get(6)?,
        extractor: row.get(7)?,
        source: row.get(8)?,
        title: row.get(9)?,
        repeated: row.get::<_, Option<Vec<u8>>>(10)?.map(|blob| hashes(&blob)),
    })
}

/// What does not hold of one revision.
fn check(
    connection: &Connection,
    link: &Link,
    before: Option<&(i64, u32, Vec<u8>)>,
    derive: &dyn Fn(Derivation<'_>) -> Option<Derived>,
    verified: &mut Verified,
) -> Answer<Vec<String>> {
    let mut reasons = Vec::new();
    let expected = before.map_or(1, |(_, number, _)| number + 1);
    if link.number != expected {
        reasons.push(format!("revision {expected} is missing before it"));
    }
    let content = match blobs::content(connection, link.article, link.number) {
        Ok(content) => content,
        Err(fault) => {
            reasons.push(format!("its content does not read back: {fault:?}"));
            return Ok(reasons);
        }
    };
    if revision::text_hash(&content)[..] != link.text_hash[..] {
        reasons.push("its content is not what was recorded (the hash of the text differs)".to_owned());
    }
    if content.title != link.title {
        reasons.push("its headline in lists is not that of its content".to_owned());
    }
    let previous: Option<[u8; 32]> = before.and_then(|(_, _, hash)| hash.as_slice().try_into().ok());
    let hash = revision::chain(previous.as_ref(), &link.url, RevisionNumber(link.number), at(link.at), &content);
    if hash[..] != link.hash[..] {
        reasons
            .push("its link of the chain does not hold (time, address, content or the link before differ)".to_owned());
    }
    let Some(page) = link.page else { return Ok(reasons) };
    match blobs::proven_page(connection, page) {
        Ok((page, whole)) => {
            if !whole {
                reasons.push("its stored page is not what was kept (its hash differs)".to_owned());
            }
            if let Some(derived) =
                derive(Derivation { page: &page, source: &link.source, repeated: link.repeated.as_deref() })
            {
                if link.extractor != derived.extractor {
                    verified.other_extractor += 1;
                    return Ok(reasons);
                }
                let derived = derived.content;
                verified.derived += 1;
                // Where it was not kept what the site was known to repeat, what it was found to repeat since is left out of
                // both.
                let learned = match link.repeated {
                    Some(_) => Vec::new(),
                    None => load::learned(connection, page.final_url.site())?,
                };
                let text = |content: &Content| {
                    let kept = content.blocks.iter().filter(|block| !learned.contains(&block_hash(&block.text)));
                    kept.map(|block| block.text.clone()).collect::<Vec<_>>()
                };
                if text(&derived) != text(&content) || derived.title != content.title {
                    reasons.push("its stored page gives another text".to_owned());
                }
            }
        }
        Err(fault) => reasons.push(format!("its stored page does not read back: {fault:?}")),
    }
    Ok(reasons)
}
