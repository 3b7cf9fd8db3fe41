//! wirewatch: a feed ingestion daemon with change tracking. This is the architecture document; it is kept true.
//!
//! # Bird's eye
//!
//! A source lists entries; each entry's page is fetched, decoded, extracted, normalized and fingerprinted; one decision says
//! whether it is a new article, a new revision or nothing new, which story it belongs to, which topics it touches and who is
//! told; the decision's rows, events and deliveries are written in one transaction; the outbox sends what is due. The same
//! article is looked at again on a decaying schedule.
//!
//! # Code map
//!
//! Five layers, one direction; a test over the sources holds it:
//!
//! ```text
//! main → cli → daemon, web, demo → jobs → io → config → engine → model
//! ```
//!
//! - [`model`]: nouns and their invariants; `record` has the lines of `export`.
//! - [`engine`]: verbs, pure and deterministic; `now` and jitter are arguments. In the order an article meets them: `decode`,
//!   `feed`, `sitemap`, `links`, `discover`, `opml`, `websub` (feeds whose hub pushes), `page`, `split` (articles on
//!   several pages), `normalize`, `canonical`, `fingerprint`, composed by `candidate`;
//!   `crosspost`, `revision`, `diff`, `query`, `route`, composed by `ingest`; `replay` (what other ignore rules would have
//!   recorded) composes candidate and revision; `schedule`, `retry`, `digest`, `webhook`, `feed_out`, `unsubscribe`, `warc`,
//!   `wayback`. Shared by stages: `text` (words, folding, sentences), `markup` (a tolerant XML scanner), `dates`,
//!   `brief` (an event in words).
//! - [`config`]: TOML to a checked [`config::Config`], every problem in one run, at its place.
//! - [`io`]: one adapter for each outside thing: clock, HTTP, store, mail, command, control socket, systemd, logs.
//! - [`jobs`]: one file a use case; the only place where effects are put in order.
//! - [`daemon`] runs the jobs in loops; [`web`] shows the archive; [`demo`] has the loopback newsroom; [`cli`] is what people type.
//!
//! # Invariants
//!
//! - The core never reads a clock, a file, the network or randomness, and so cannot fail for reasons outside its arguments.
//! - `engine::ingest::decide` runs inside the store's transaction: no second look at the store, no event without its outbox
//!   row. Killed at any instant, the process goes on with nothing lost; a delivery keeps its id.
//! - Only `engine::candidate` makes candidates and only `engine::normalize` makes normalized content.
//! - A `CanonicalUrl` is made by `engine::canonical` and read back by `io::store`.
//! - Only the store's writing thread writes; SQL never leaves `io::store`. A panic there ends the process.
//! - Every request goes through `io::http`, whose guard sees each address at each hop.
//! - A panic in extraction or parsing is that page's or source's failure.
//! - Validators and the next poll's time are stored after the entries were captured.
//!
//! # One article's way
//!
//! A feed that names a WebSub hub is subscribed to by `jobs::websub`; what the hub sends to [`web`] goes the way of a
//! poll's answer from its entries on. `jobs::poll` asks the source (conditionally), parses the answer on a blocking
//! thread and asks the store which entries are unknown; captures of one page take turns, so that no page is asked for
//! twice. `jobs::capture` fetches each page, reads it (`Candidate::read`) with its other pages (`jobs::whole`: the parts
//! of a split article, the AMP twin of one that lacks its text) and hands it to `Store::ingest`, which loads what is
//! known (the article by address), has a new or changed text weighed against similar ones (found by key) and loads the
//! story that it belongs to, calls `decide`, applies the plan and commits. `jobs::recheck` does the same for tracked
//! articles. `jobs::deliver` leases due deliveries, sends them with no transaction open, and
//! settles them; `jobs::digest` makes one delivery of what waits when a digest is due. `jobs::wayback` works off the
//! queue of copies that an archive of the web is asked to keep, and `jobs::upkeep` prunes; nothing waits for either.

pub mod model;

pub mod engine;

pub mod config;

pub mod io;

pub mod jobs;

pub mod cli;
pub mod daemon;
pub mod demo;
pub mod web;
