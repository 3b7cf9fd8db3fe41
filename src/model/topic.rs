//! What a topic found in a revision.

use serde::{Deserialize, Serialize};

use super::ids::TopicId;

/// Where in an article words were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// The headline.
    Title,
    /// The first 120 words of the body.
    Lead,
    /// The body.
    Body,
    /// The authors.
    Author,
    /// The source's id or name.
    Source,
    /// The section.
    Section,
    /// A tag.
    Tag,
    /// The address.
    Url,
    /// The language.
    Lang,
}

impl Field {
    /// The field in a word, as people read it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Lead => "lead",
            Self::Body => "body",
            Self::Author => "author",
            Self::Source => "source",
            Self::Section => "section",
            Self::Tag => "tag",
            Self::Url => "url",
            Self::Lang => "language",
        }
    }
}

/// One reason for a match: which term, where, and the words as they stand there with a few around them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The term as the query writes it.
    pub term: String,
    /// Where it was found.
    pub field: Field,
    /// The text around it, at most 160 characters.
    pub text: String,
}

/// A topic found in a revision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TopicMatch {
    /// Which topic.
    pub topic: TopicId,
    /// 0 to 1.
    pub score: f64,
    /// At most a dozen, the strongest first.
    pub evidence: Vec<Evidence>,
}
