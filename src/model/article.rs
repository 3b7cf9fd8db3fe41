//! Articles, their normalized content, and the kinds of change between two revisions.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::time::Published;

/// What a block of body text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BlockKind {
    /// A paragraph.
    Paragraph,
    /// A heading inside the body.
    Heading,
    /// One item of a list.
    Item,
    /// A block quotation.
    Quote,
    /// A table that carries content, a row a line.
    Table,
    /// Preformatted text.
    Code,
}

/// One block of the body, as normalized text without markup.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Its text: no line breaks except in tables and code, no leading or trailing blanks.
    pub text: String,
}

/// The publication that a page itself credits as the origin of its text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Origin {
    /// The publication's name as credited.
    pub name: Option<String>,
    /// The original's address, if linked.
    pub url: Option<String>,
}

/// An article's normalized content: what a revision holds and what is compared. Unknown is `None`, never a guess.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The headline without the site's suffix.
    pub title: Option<String>,
    /// Clean names, in order.
    pub authors: Vec<String>,
    /// As the publisher writes it.
    pub published: Option<Published>,
    /// As the publisher writes it.
    pub modified: Option<Published>,
    /// BCP 47 primary language (with region or script only if stated).
    pub language: Option<String>,
    /// The publication's name.
    pub site: Option<String>,
    /// The section of the publication.
    pub section: Option<String>,
    /// Tags, in order, without repeats.
    pub tags: Vec<String>,
    /// The lead image's absolute address.
    pub image: Option<String>,
    /// The publication credited by the page.
    pub origin: Option<Origin>,
    /// Correction, update and editor's notes that the page shows, each as a whole sentence or paragraph. They may stand
    /// in `blocks` too.
    #[serde(default)]
    pub notices: Vec<String>,
    /// The body in reading order.
    pub blocks: Vec<Block>,
}

impl Content {
    /// The body alone: blocks separated by a blank line.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.blocks.iter().map(|block| block.text.len() + 2).sum());
        for block in &self.blocks {
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            text.push_str(&block.text);
        }
        text
    }
}

/// What is known of an article's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ArticleStatus {
    /// There at the last check that could tell.
    Live,
    /// Confirmed gone.
    Gone,
    /// Its address leads permanently to another one.
    Moved,
}

impl ArticleStatus {
    /// The word in `export` and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Gone => "gone",
            Self::Moved => "moved",
        }
    }
}

/// What a revision changed. The serialized words are public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// The title.
    Headline,
    /// Words of the body that are none of the kinds below.
    Body,
    /// Inside quotation marks, or a quotation added or dropped.
    Quote,
    /// A number.
    Figure,
    /// The authors.
    Byline,
    /// A date or a day's name.
    Date,
    /// A name (capitalised words inside a sentence).
    Name,
    /// A negation came or went.
    Negation,
    /// A correction, update or editor's note came, went or changed.
    Correction,
    /// Letters of a word only: spelling.
    Typo,
}

impl ChangeKind {
    /// The word in `export`, webhooks and the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Headline => "headline",
            Self::Body => "body",
            Self::Quote => "quote",
            Self::Figure => "figure",
            Self::Byline => "byline",
            Self::Date => "date",
            Self::Name => "name",
            Self::Negation => "negation",
            Self::Correction => "correction",
            Self::Typo => "typo",
        }
    }
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
