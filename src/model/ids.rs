//! Identifiers. Names that a person writes in the config are checked slugs; numbers are what the store assigns.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest slug, in bytes: it is shown in tables, spans and file names.
const SLUG_MAX_BYTES: usize = 64;

/// Why a text is no slug.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no id: use 1 to 64 of a-z, 0-9, `-`, `_` and `.`, beginning with a letter or digit")]
pub struct SlugError {
    text: String,
}

fn check_slug(text: &str) -> Result<(), SlugError> {
    let ok_char = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    let starts_well = text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    if starts_well && text.len() <= SLUG_MAX_BYTES && text.chars().all(ok_char) {
        Ok(())
    } else {
        Err(SlugError { text: text.to_owned() })
    }
}

macro_rules! slug_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Takes a slug: 1 to 64 of `a-z 0-9 - _ .`, beginning with a letter or digit.
            pub fn new(text: impl Into<String>) -> Result<Self, SlugError> {
                let text = text.into();
                check_slug(&text)?;
                Ok(Self(text))
            }

            /// The slug as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = SlugError;
            fn try_from(text: String) -> Result<Self, SlugError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

slug_id! {
    /// What a `[[source]]` is called in the config.
    SourceId
}
slug_id! {
    /// What a `[[topic]]` is called in the config.
    TopicId
}
slug_id! {
    /// What a `[[channel]]` is called in the config.
    ChannelId
}

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number_id! {
    /// An article's row in the store.
    ArticleId(i64)
}
number_id! {
    /// A story's row in the store.
    StoryId(i64)
}
number_id! {
    /// A revision's place in its article's history; 1 is the first capture.
    RevisionNumber(u32)
}

/// One delivery's id: the `webhook-id` header and the stem of the mail's Message-ID. Minted once, when the outbox row
/// is inserted, and never again. Holds no full stop (Standard Webhooks signs `id.timestamp.body`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeliveryId(pub String);

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_lower_case_and_short() {
        for good in ["a", "us-china-talks", "reuters.world", "9to5", "a_b"] {
            assert_eq!(TopicId::new(good).unwrap().as_str(), good);
        }
        for bad in ["", "-a", "A", "a b", "é", &"x".repeat(65)] {
            assert!(TopicId::new(bad).is_err(), "{bad:?} should be refused");
        }
    }
}
