//! The verbs: pure, synchronous, deterministic. No clock, no randomness, no files, no network; `now` and jitter are
//! arguments. In the order in which an article meets them.

pub mod dates;
pub mod markup;
pub mod text;

pub mod decode;
pub mod discover;
pub mod feed;
pub mod links;
pub mod opml;
pub mod sitemap;
pub mod websub;

pub mod blocked;
pub mod canonical;
pub mod normalize;
pub mod page;
pub mod split;

pub mod candidate;
pub mod crosspost;
pub mod fingerprint;

pub mod diff;
pub mod revision;

pub mod query;

pub mod ingest;
pub mod replay;
pub mod route;

pub mod brief;
pub mod digest;
pub mod feed_out;
pub mod retry;
pub mod schedule;
pub mod unsubscribe;
pub mod warc;
pub mod wayback;
pub mod webhook;
