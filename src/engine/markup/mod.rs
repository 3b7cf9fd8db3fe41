//! XML as it is met in the wild, read without ever failing: what feeds, sitemaps and subscription lists share.
//!
//! Invariants: reading is linear in the input, whatever the input; nothing recurses; entities of a DTD are never
//! expanded (neither local, nor external, nor recursive ones).

mod entities;
mod names;
mod scan;

pub use entities::{named, plain_text, unescape, unescape_into};
pub use scan::{Attributes, Scanner, Tag, Token};
