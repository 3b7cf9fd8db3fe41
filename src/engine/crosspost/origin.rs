//! Whose text a story is.

use crate::model::ids::ArticleId;
use crate::model::story::Confidence;

use super::Text;

/// The article that a story's text comes from, and why.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct OriginDecision {
    /// The article.
    pub article: ArticleId,
    /// A sentence for people.
    pub reason: String,
    /// How sure.
    pub confidence: Confidence,
}

/// Names the origin among the articles of one story; `None` only without any stored article.
pub fn origin(texts: &[Text<'_>]) -> Option<OriginDecision> {
    let first = texts.iter().filter(|text| text.article.is_some()).min_by_key(|text| text.first_seen)?;
    Some(OriginDecision { article: first.article?, reason: "first seen".to_owned(), confidence: Confidence(0.5) })
}
