//! The digest: events to one message, as text and as HTML.
//!
//! Grouped by topic, then by story (the origin first, its copies under it); several events about one article are one
//! item; the most significant comes first. What does not fit is counted and linked, never silently cut.
//!
//! Invariants: every event is shown or counted; both parts together stay under [`PARTS_BYTES_MAX`] as they are encoded;
//! nothing a page wrote reaches the HTML unescaped.

mod model;
mod render;
mod summary;
mod wrap;

use jiff::tz::TimeZone;

pub use self::model::{Copy, Count, Edit, Item, Model, Run, Section, SourceItem};
use crate::model::event::Event;
use crate::model::time::Timestamp;
use crate::model::url::WebUrl;

/// Mail readers clip messages from about 100 kB on, some by the HTML and some by the whole; headers come on top.
pub const PARTS_BYTES_MAX: usize = 95_000;

/// What a digest is made of.
#[derive(Debug, Clone, Copy)]
pub struct DigestInput<'a> {
    /// The channel's id.
    pub channel: &'a str,
    /// In the order in which they were seen.
    pub events: &'a [Event],
    /// In which times are told.
    pub zone: &'a TimeZone,
    /// How the web page is reached, if it is.
    pub web: Option<&'a WebUrl>,
    /// The link by which the reader ends the subscription, if there is one.
    pub unsubscribe: Option<&'a str>,
    /// When the digest was made.
    pub at: Timestamp,
    /// At most this many items; the rest is counted.
    pub max_items: usize,
    /// A mail of its own for one event, rather than a digest.
    pub immediate: bool,
}

/// A rendered message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// What happened, in a line.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

/// Renders a digest that fits.
pub fn render(input: &DigestInput<'_>) -> Rendered {
    let mut items = input.max_items.max(1);
    loop {
        let model = Model::of(input, items);
        let rendered = render::render(&model);
        let size = encoded_len(&rendered.html) + encoded_len(&rendered.text);
        if size <= PARTS_BYTES_MAX || items == 1 {
            return rendered;
        }
        let shown = model.shown().max(1);
        items = (shown * PARTS_BYTES_MAX / size).min(shown - 1).max(1);
    }
}

/// The bytes of a text in the shorter of its two encodings.
fn encoded_len(text: &str) -> usize {
    quoted_len(text).min(base64_len(text))
}

/// The bytes of a text as quoted-printable.
pub fn quoted_len(text: &str) -> usize {
    let length = |byte: u8| match byte {
        // On its way a line ends in two.
        b'\n' => 2,
        byte if byte != b'=' && (b' '..=b'~').contains(&byte) => 1,
        _ => 3,
    };
    let bytes: usize = text.bytes().map(length).sum();
    // A soft line break every 73 characters.
    bytes + bytes / 73 * 3
}

/// The bytes of a text as base64.
pub fn base64_len(text: &str) -> usize {
    text.len().div_ceil(3) * 4 * 78 / 76
}

#[cfg(test)]
mod tests;
