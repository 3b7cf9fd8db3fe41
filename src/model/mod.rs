//! The nouns of wirewatch and the invariants they keep. Pure data: nothing here reads a clock, a file or the network.

pub mod article;
pub mod channel;
pub mod entry;
pub mod event;
pub mod fetch;
pub mod ids;
pub mod record;
pub mod source;
pub mod story;
pub mod time;
pub mod topic;
pub mod url;
