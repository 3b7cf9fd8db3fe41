//! Contents and raw pages as compressed blobs.
//!
//! A revision is compressed against the content that the article began with, a page against an earlier page of its
//! site: what they share (all but an edit; menus, scripts, styles) is stored once. A base never has a base itself, so
//! that reading costs two steps at most, and is kept as long as anything hangs on it.

use std::cell::RefCell;

use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};
use zstd::bulk::{Compressor, Decompressor};

use super::error::{Answer, StoreError};
use super::value::{at, from_json, ms, parsed, to_json};
use crate::model::article::Content;
use crate::model::fetch::{CacheHints, Page, Validators};
use crate::model::url::WebUrl;

/// zstd's level: 3 is its default, and higher ones gain little on text for much time.
const LEVEL: i32 = 3;

/// Most bytes of one blob after decompression: a page of `fetch.max_body` with its headers, several times over.
const UNPACKED_MAX_BYTES: usize = 256 * 1024 * 1024;

/// A page that its site's base does not compress below this share is a base of its own.
const BASE_WORTH: f64 = 0.6;

/// Longer bases than this are not used: zstd's window at level 3 does not reach further back.
const BASE_MAX_BYTES: usize = 1024 * 1024;

/// Longest head of a zstd frame (RFC 8878, section 3.1.1).
const FRAME_HEAD_BYTES: u32 = 18;

thread_local! {
    /// A context's tables take hundreds of kilobytes, and making them as long as compressing a short text.
    static CONTEXTS: RefCell<Option<(Compressor<'static>, Decompressor<'static>)>> = const { RefCell::new(None) };
}

/// Runs `work` with this thread's contexts.
fn with_contexts<T>(
    work: impl FnOnce(&mut Compressor<'static>, &mut Decompressor<'static>) -> std::io::Result<T>,
) -> std::io::Result<T> {
    CONTEXTS.with_borrow_mut(|contexts| {
        let (compressor, decompressor) = match contexts {
            Some(contexts) => contexts,
            None => contexts.insert((Compressor::new(LEVEL)?, Decompressor::new()?)),
        };
        work(compressor, decompressor)
    })
}

fn pack(plain: &[u8], base: Option<&[u8]>) -> Answer<Vec<u8>> {
    // An empty dictionary is none.
    let packed = with_contexts(|compressor, _| {
        compressor.set_dictionary(LEVEL, base.unwrap_or_default())?;
        compressor.compress(plain)
    });
    parsed("a text that does not compress", packed)
}

/// What a frame says that it holds.
fn frame_bytes(packed: &[u8]) -> usize {
    let size = zstd::zstd_safe::get_frame_content_size(packed).ok().flatten().unwrap_or(0);
    usize::try_from(size).unwrap_or(usize::MAX)
}

fn unpack(packed: &[u8], base: Option<&[u8]>) -> Answer<Vec<u8>> {
    let size = frame_bytes(packed).min(UNPACKED_MAX_BYTES);
    let plain = with_contexts(|_, decompressor| {
        decompressor.set_dictionary(base.unwrap_or_default())?;
        decompressor.decompress(packed, size)
    });
    parsed("a compressed text", plain)
}

/// A content as stored: compressed against `base` (the JSON of the article's first revision).
pub(super) fn pack_content(content: &Content, base: Option<&str>) -> Answer<Vec<u8>> {
    pack(to_json("a content", content)?.as_bytes(), base.map(str::as_bytes))
}

/// The JSON of one revision's content.
pub(super) fn content_json(connection: &Connection, article: i64, number: u32) -> Answer<String> {
    let row: Option<(Vec<u8>, Option<u32>)> = connection
        .prepare_cached("SELECT content, base FROM revision WHERE article = ?1 AND number = ?2")?
        .query_row(params![article, number], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((packed, base)) = row else {
        return Err(StoreError::NotFound { what: "revision", name: format!("{article}:{number}") }.into());
    };
    let base = match base {
        Some(base) if base < number => Some(content_json(connection, article, base)?),
        _ => None,
    };
    parsed("a content", String::from_utf8(unpack(&packed, base.as_deref().map(str::as_bytes))?))
}

/// One revision's content.
pub(super) fn content(connection: &Connection, article: i64, number: u32) -> Answer<Content> {
    from_json("a content", &content_json(connection, article, number)?)
}

/// How long the JSON of an article's newest content is, in bytes; told by its frame, without decompressing it.
pub(super) fn content_bytes(connection: &Connection, article: i64) -> Answer<usize> {
    let head: Vec<u8> = connection
        .prepare_cached(
            "SELECT substr(content, 1, ?2) FROM revision WHERE article = ?1
             AND number = (SELECT revisions FROM article WHERE id = ?1)",
        )?
        .query_row(params![article, FRAME_HEAD_BYTES], |row| row.get(0))?;
    Ok(frame_bytes(&head))
}

/// SHA-256 of an answer's body.
pub(super) fn body_hash(page: &Page) -> [u8; 32] {
    Sha256::digest(&page.body).into()
}

/// Keeps a raw page, once for all that have the same headers and body; gives its row.
pub(super) fn keep_page(connection: &Connection, page: &Page) -> Answer<i64> {
    let plain = page_bytes(page)?;
    let hash: [u8; 32] = Sha256::digest(&plain).into();
    let known: Option<i64> = connection
        .prepare_cached("SELECT id FROM page WHERE hash = ?1")?
        .query_row([&hash[..]], |row| row.get(0))
        .optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    let site = page.final_url.site();
    let (data, base) = pack_page(connection, site, &plain)?;
    connection
        .prepare_cached("INSERT INTO page (hash, site, at, base, bytes, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute(params![
            &hash[..],
            site,
            ms(page.fetched),
            base,
            i64::try_from(plain.len()).unwrap_or(i64::MAX),
            data
        ])?;
    Ok(connection.last_insert_rowid())
}

/// Against the site's base where that is worth it. Compressing is most of what storing a page costs, so it is done twice
/// only where the site's pages turn out to have little in common.
fn pack_page(connection: &Connection, site: &str, plain: &[u8]) -> Answer<(Vec<u8>, Option<i64>)> {
    if let Some((id, base, base_packed)) = site_base(connection, site)? {
        let close = pack(plain, Some(&base))?;
        // What it would take alone, judged by what the base took.
        let alone = base_packed as f64 * plain.len() as f64 / base.len().max(1) as f64;
        if (close.len() as f64) < alone * BASE_WORTH {
            return Ok((close, Some(id)));
        }
    }
    Ok((pack(plain, None)?, None))
}

/// The site's newest page that stands by itself, and how many bytes it takes.
fn site_base(connection: &Connection, site: &str) -> Answer<Option<(i64, Vec<u8>, usize)>> {
    let row: Option<(i64, Vec<u8>)> = connection
        .prepare_cached("SELECT id, data FROM page WHERE site = ?1 AND base IS NULL ORDER BY id DESC LIMIT 1")?
        .query_row([site], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((id, packed)) = row else { return Ok(None) };
    let plain = unpack(&packed, None)?;
    Ok((plain.len() <= BASE_MAX_BYTES).then_some((id, plain, packed.len())))
}

/// Reads a kept page.
pub(super) fn page(connection: &Connection, id: i64) -> Answer<Page> {
    read_page(&plain_page(connection, id)?.0)
}

/// Reads a kept page, and says whether it is, byte for byte, the one that was kept.
pub(super) fn proven_page(connection: &Connection, id: i64) -> Answer<(Page, bool)> {
    let (plain, hash) = plain_page(connection, id)?;
    Ok((read_page(&plain)?, Sha256::digest(&plain)[..] == hash[..]))
}

/// A kept page's bytes, and the hash that they had.
fn plain_page(connection: &Connection, id: i64) -> Answer<(Vec<u8>, Vec<u8>)> {
    let (packed, base, hash): (Vec<u8>, Option<i64>, Vec<u8>) = connection
        .prepare_cached("SELECT data, base, hash FROM page WHERE id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let base = match base {
        Some(base) => {
            let packed: Vec<u8> = connection
                .prepare_cached("SELECT data FROM page WHERE id = ?1")?
                .query_row([base], |row| row.get(0))?;
            Some(unpack(&packed, None)?)
        }
        None => None,
    };
    Ok((unpack(&packed, base.as_deref())?, hash))
}

/// The kept page that a revision was read from.
pub(super) fn page_of(connection: &Connection, article: i64, number: u32) -> Answer<Option<Page>> {
    let id: Option<i64> = connection
        .prepare_cached("SELECT page FROM revision WHERE article = ?1 AND number = ?2")?
        .query_row(params![article, number], |row| row.get(0))
        .optional()?
        .flatten();
    id.map(|id| page(connection, id)).transpose()
}

/// What of an answer stands before its body: one line of JSON.
#[derive(serde::Serialize, serde::Deserialize)]
struct Head {
    url: WebUrl,
    final_url: WebUrl,
    moved_to: Option<WebUrl>,
    status: u16,
    headers: Vec<(String, String)>,
    fetched: i64,
}

fn page_bytes(page: &Page) -> Answer<Vec<u8>> {
    let head = Head {
        url: page.url.clone(),
        final_url: page.final_url.clone(),
        moved_to: page.moved_to.clone(),
        status: page.status,
        headers: page.headers.clone(),
        fetched: ms(page.fetched),
    };
    let mut bytes = to_json("a page's head", &head)?.into_bytes();
    bytes.push(b'\n');
    bytes.extend_from_slice(&page.body);
    Ok(bytes)
}

fn read_page(bytes: &[u8]) -> Answer<Page> {
    let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else {
        return Err(StoreError::Value { what: "a page", reason: "it has no head".to_owned() }.into());
    };
    let (head, body) = bytes.split_at(end);
    let head: Head = parsed("a page's head", serde_json::from_slice(head))?;
    let header = |name: &str| head.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    Ok(Page {
        validators: Validators { etag: header("etag"), last_modified: header("last-modified") },
        url: head.url,
        final_url: head.final_url,
        moved_to: head.moved_to,
        status: head.status,
        headers: head.headers,
        body: body.get(1..).unwrap_or_default().to_vec().into(),
        hints: CacheHints::default(),
        fetched: at(head.fetched),
    })
}
