//! One form for one text: NFC, plain spaces, no invisible characters, no hard wraps and no words parted by them. Idempotent,
//! and blind to how the text was marked up, so that two renderings of the same content normalize to the same text. Quotation
//! marks and dashes stay as the publisher wrote them; comparing folds them (`text::fold`).

mod hyphens;

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

use super::page::Extracted;
use super::text::{self, fold::is_dropped};
use crate::model::article::{Block, BlockKind, Content, Origin};

/// Most blocks of one article.
const BLOCKS_MAX: usize = 10_000;

/// A normalized article. Made here only, so that nothing unnormalized can reach the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Normalized {
    content: Content,
}

impl Normalized {
    /// Normalizes content that comes from elsewhere than a page: a feed, an import.
    pub fn from_content(content: Content) -> Self {
        Self { content: normalized(content) }
    }

    /// The content.
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// Hands the content over.
    pub fn into_content(self) -> Content {
        self.content
    }
}

/// Normalizes what was extracted.
pub fn normalize(extracted: Extracted) -> Normalized {
    Normalized::from_content(extracted.into_content())
}

/// How many words a text has; in scripts without spaces, characters count as the field counts them.
pub fn word_count(text: &str) -> usize {
    text::words::count(text)
}

fn normalized(content: Content) -> Content {
    let line = |text: String| Some(one_line(text)).filter(|text| !text.is_empty());
    let mut blocks: Vec<Block> = content.blocks.into_iter().take(BLOCKS_MAX).filter_map(block).collect();
    hyphens::mend(&mut blocks);
    Content {
        title: content.title.and_then(line),
        authors: content.authors.into_iter().filter_map(line).collect(),
        published: content.published,
        modified: content.modified,
        language: content.language.and_then(line),
        site: content.site.and_then(line),
        section: content.section.and_then(line),
        tags: content.tags.into_iter().filter_map(line).collect(),
        image: content.image,
        origin: content.origin.map(|origin| Origin { name: origin.name.and_then(line), url: origin.url }),
        notices: content.notices.into_iter().filter_map(line).collect(),
        blocks,
    }
}

/// A paragraph is one line; tables and code keep theirs.
fn block(block: Block) -> Option<Block> {
    let text = match block.kind {
        BlockKind::Table | BlockKind::Code => {
            let lines: Vec<String> =
                block.text.lines().map(|line| one_line(line.to_owned())).filter(|line| !line.is_empty()).collect();
            lines.join("\n")
        }
        BlockKind::Paragraph | BlockKind::Heading | BlockKind::Item | BlockKind::Quote => one_line(block.text),
    };
    (!text.is_empty()).then_some(Block { kind: block.kind, text })
}

/// Whether a character is one of those that nearly all texts are made of, which show something, stay as they are in NFC and are
/// no blanks but the space: ASCII, Latin letters, quotation marks and dashes.
fn is_plain(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{2ff}' | '\u{2010}'..='\u{2027}')
}

/// Whether a text is in the one form already, as far as [`is_plain`] tells.
fn is_one_line(text: &str) -> bool {
    let has_pair = text.as_bytes().windows(2).any(|pair| pair == b"  ");
    !has_pair && !text.starts_with(' ') && !text.ends_with(' ') && text.chars().all(is_plain)
}

fn one_line(text: String) -> String {
    if is_one_line(&text) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    for c in text.chars() {
        if c.is_whitespace() {
            space = !out.is_empty();
        } else if !is_dropped(c) {
            if std::mem::take(&mut space) {
                out.push(' ');
            }
            out.push(c);
        }
    }
    if out.is_ascii() || is_nfc_quick(out.chars()) == IsNormalized::Yes { out } else { out.nfc().collect() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn paragraph(text: &str) -> Content {
        Content { blocks: vec![Block { kind: BlockKind::Paragraph, text: text.to_owned() }], ..Content::default() }
    }

    #[test]
    fn what_shows_nothing_is_gone() {
        for (text, expected) in [
            ("a\u{a0}b\u{2009} c", "a b c"),
            ("co\u{ad}operate", "cooperate"),
            ("zero\u{200b}width", "zerowidth"),
            ("cafe\u{301}", "café"),
            ("hard\nwrapped\r\n line ", "hard wrapped line"),
            ("“Quotes” — and dashes", "“Quotes” — and dashes"),
        ] {
            assert_eq!(Normalized::from_content(paragraph(text)).content().text(), expected);
        }
    }

    #[test]
    fn plain_characters_are_in_their_form() {
        for c in ('\0'..='\u{ffff}').filter(|c| is_plain(*c)) {
            let (own, blank) = (String::from(c), c == ' ');
            assert!(blank || own.nfc().eq([c]) && !is_dropped(c) && !c.is_whitespace(), "{c:?}");
            let combining = format!("e{c}\u{301}");
            assert_eq!(one_line(combining.clone()), combining.nfc().collect::<String>(), "{c:?}");
        }
    }

    proptest! {
        #[test]
        fn normalizing_twice_is_normalizing_once(text in "\\PC{0,200}", title in "\\PC{0,40}") {
            let content = Content { title: Some(title), ..paragraph(&text) };
            let once = Normalized::from_content(content);
            let twice = Normalized::from_content(once.content().clone());
            prop_assert_eq!(once, twice);
        }
    }
}
