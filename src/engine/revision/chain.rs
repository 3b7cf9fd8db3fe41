//! The chain of hashes over an article's revisions: a diff counts in a dispute only if it cannot have been made up.

use sha2::{Digest, Sha256};

use crate::model::article::Content;
use crate::model::ids::RevisionNumber;
use crate::model::time::Timestamp;

/// Begins every chained message, so that it cannot be taken for anything else; the number changes with the layout.
const CHAIN_DOMAIN: &[u8] = b"wirewatch revision 1";
const TEXT_DOMAIN: &[u8] = b"wirewatch text 1";

/// SHA-256 of what a revision says: every field of its content, each with its length before it.
pub fn text_hash(content: &Content) -> [u8; 32] {
    let mut hasher = Sha256::new();
    put(&mut hasher, TEXT_DOMAIN);
    put_option(&mut hasher, content.title.as_deref());
    put_list(&mut hasher, &content.authors);
    put_option(&mut hasher, content.published.map(|at| at.to_string()).as_deref());
    put_option(&mut hasher, content.modified.map(|at| at.to_string()).as_deref());
    for field in [&content.language, &content.site, &content.section] {
        put_option(&mut hasher, field.as_deref());
    }
    put_list(&mut hasher, &content.tags);
    put_option(&mut hasher, content.image.as_deref());
    let origin = content.origin.as_ref();
    put_option(&mut hasher, origin.map(|_| "origin"));
    put_option(&mut hasher, origin.and_then(|origin| origin.name.as_deref()));
    put_option(&mut hasher, origin.and_then(|origin| origin.url.as_deref()));
    put_list(&mut hasher, &content.notices);
    put_number(&mut hasher, content.blocks.len());
    for block in &content.blocks {
        put(&mut hasher, kind_word(block.kind).as_bytes());
        put(&mut hasher, block.text.as_bytes());
    }
    hasher.finalize().into()
}

/// The hash of one link: the previous link's hash (zeros for the first), the article's address, the revision's number,
/// its instant, and [`text_hash`] of its content.
pub fn chain(
    previous: Option<&[u8; 32]>,
    article_url: &str,
    number: RevisionNumber,
    at: Timestamp,
    content: &Content,
) -> [u8; 32] {
    let mut hasher = Sha256::new();
    put(&mut hasher, CHAIN_DOMAIN);
    hasher.update(previous.unwrap_or(&[0; 32]));
    put(&mut hasher, article_url.as_bytes());
    hasher.update(number.0.to_be_bytes());
    hasher.update(at.as_nanosecond().to_be_bytes());
    hasher.update(text_hash(content));
    hasher.finalize().into()
}

fn kind_word(kind: crate::model::article::BlockKind) -> &'static str {
    use crate::model::article::BlockKind;
    match kind {
        BlockKind::Paragraph => "paragraph",
        BlockKind::Heading => "heading",
        BlockKind::Item => "item",
        BlockKind::Quote => "quote",
        BlockKind::Table => "table",
        BlockKind::Code => "code",
    }
}

fn put_number(hasher: &mut Sha256, number: usize) {
    hasher.update((number as u64).to_be_bytes());
}

fn put(hasher: &mut Sha256, bytes: &[u8]) {
    put_number(hasher, bytes.len());
    hasher.update(bytes);
}

fn put_option(hasher: &mut Sha256, text: Option<&str>) {
    match text {
        None => hasher.update([0]),
        Some(text) => {
            hasher.update([1]);
            put(hasher, text.as_bytes());
        }
    }
}

fn put_list(hasher: &mut Sha256, texts: &[String]) {
    put_number(hasher, texts.len());
    for text in texts {
        put(hasher, text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::article::{Block, BlockKind};

    fn content(title: &str, text: &str) -> Content {
        let blocks = vec![Block { kind: BlockKind::Paragraph, text: text.to_owned() }];
        Content { title: Some(title.to_owned()), blocks, ..Content::default() }
    }

    #[test]
    fn every_part_of_a_link_changes_its_hash() {
        let at = Timestamp::from_second(1_700_000_000).unwrap();
        let link =
            |previous, url, number, at, content: &Content| chain(previous, url, RevisionNumber(number), at, content);
        let base = link(None, "https://a.test/x", 1, at, &content("T", "one"));
        let zeros = [1; 32];
        for other in [
            link(Some(&zeros), "https://a.test/x", 1, at, &content("T", "one")),
            link(None, "https://a.test/y", 1, at, &content("T", "one")),
            link(None, "https://a.test/x", 2, at, &content("T", "one")),
            link(None, "https://a.test/x", 1, Timestamp::from_second(1_700_000_001).unwrap(), &content("T", "one")),
            link(None, "https://a.test/x", 1, at, &content("T", "two")),
            link(None, "https://a.test/x", 1, at, &content("U", "one")),
        ] {
            assert_ne!(base, other);
        }
        assert_eq!(base, link(None, "https://a.test/x", 1, at, &content("T", "one")));
    }

    #[test]
    fn words_cannot_slip_from_one_field_into_the_next() {
        let one = Content { authors: vec!["A".into(), "B".into()], ..Content::default() };
        let other = Content { authors: vec!["AB".into()], ..Content::default() };
        assert_ne!(text_hash(&one), text_hash(&other));
        let one = Content { site: Some("x".into()), ..Content::default() };
        let other = Content { section: Some("x".into()), ..Content::default() };
        assert_ne!(text_hash(&one), text_hash(&other));
    }

    #[test]
    fn the_layout_is_fixed() {
        // Stored chains must verify for ever: a new layout needs a new domain, not a new value here.
        let hash = text_hash(&content("T", "one"));
        let hex = u64::from_be_bytes(hash[..8].try_into().unwrap());
        insta::assert_snapshot!(format!("{hex:016x}"), @"dd62b3a98d76b0f3");
    }
}
