//! The integration tests: one binary, real sockets, real files.
#![expect(
    clippy::string_slice,
    clippy::too_many_lines,
    reason = "tests of made, ASCII text, each read from top to bottom"
)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails, and its names are sentences")]

mod support;

mod architecture;
mod commands;
mod crash;
mod crossposts;
mod daemon;
mod delivery;
mod digests;
mod discover;
mod faults;
mod feeds;
mod fetch;
mod fetch_polite;
mod given_up;
mod herd;
mod import;
mod mail_tls;
mod mutes;
mod pipeline;
mod repeated;
mod replay;
mod rules;
mod split;
mod tls;
mod twin;
mod unsubscribe;
mod urgency;
mod wayback;
mod websub;
mod week;
