//! Stories: the copies of one text.

use serde::{Deserialize, Serialize};

/// How sure it is that an article belongs to its story, from 0 to 1; 1 is the same address or the same text.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Confidence(pub f64);

impl Confidence {
    /// The same canonical URL or the same normalized text.
    pub const CERTAIN: Self = Self(1.0);
}

/// How a copy relates to the text it was joined with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Relation {
    /// Word for word.
    Identical,
    /// A few words differ.
    Edited,
    /// One block of the other text.
    Excerpt,
    /// The other text with more around it.
    Extended,
    /// Rewritten, with most of the text kept.
    Rewrite,
}

impl Relation {
    /// The word in the store and in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Identical => "identical",
            Self::Edited => "edited",
            Self::Excerpt => "excerpt",
            Self::Extended => "extended",
            Self::Rewrite => "rewrite",
        }
    }
}
