//! What the command line takes. The doc comments are the help that people read.

mod actions;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use actions::{DeliveriesAction, DigestAction, PreviewFormat, SourcesAction, StoryAction, TopicsAction};

/// Watches news sources, remembers every revision, and tells you about your topics
///
/// wirewatch polls feeds, sitemaps and index pages, keeps each article's text and every edit of it, knows copies of one
/// text across publishers, and sends what touches your topics by webhook or in a digest mail.
///
/// Start with `wirewatch demo` (needs no network), then `wirewatch init`, `wirewatch check` and `wirewatch run`.
#[derive(Debug, Parser)]
#[command(name = "wirewatch", version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    /// The config file [default: ./config/wirewatch.toml, then /etc/wirewatch/wirewatch.toml]
    #[arg(long, global = true, value_name = "FILE", env = "WIREWATCH_CONFIG")]
    pub config: Option<PathBuf>,

    /// How much to log to stderr: error, warn, info, debug, trace, or a filter such as `wirewatch::jobs=debug`
    #[arg(long, global = true, value_name = "LEVEL")]
    pub log: Option<String>,

    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// Prints JSON Lines instead of a table.
#[derive(Debug, Args, Clone, Copy)]
pub struct Json {
    /// Print JSON Lines, one object a line
    #[arg(long, global = true)]
    pub json: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a commented starter config that passes `check`
    Init {
        /// Where to write `wirewatch.toml`
        #[arg(default_value = "config", value_name = "DIR")]
        dir: PathBuf,
    },
    /// Validate the config and every topic query: all problems in one run
    Check {
        /// Also try SMTP, webhooks (with a ping event) and one fetch of each source
        #[arg(long)]
        connect: bool,
        /// JSON or table
        #[command(flatten)]
        json: Json,
    },
    /// The daemon: poll, re-check, match, deliver, serve the web page
    Run,
    /// One cycle now, whatever the schedule says; delivers what is immediate and prints a summary
    Poll {
        /// Only these sources
        #[arg(value_name = "SOURCE")]
        sources: Vec<String>,
        /// Also look again at every tracked article
        #[arg(long)]
        recheck: bool,
        /// JSON or table
        #[command(flatten)]
        json: Json,
    },
    /// Show the whole pipeline on a small built-in newsroom; needs no network
    Demo {
        /// Keep the web page up until Ctrl-C
        #[arg(long)]
        serve: bool,
        /// Keep the store, config and digest in this directory
        #[arg(long, value_name = "DIR")]
        keep: Option<PathBuf>,
    },
    /// List sources with their health; test, discover, import, export, replay ignore rules
    Sources {
        /// What to do with them
        #[command(subcommand)]
        action: Option<SourcesAction>,
        /// JSON or table
        #[command(flatten)]
        json: Json,
    },
    /// The parsed feed as wirewatch sees it
    Feed {
        /// Files (`-` is standard input) or URLs
        #[arg(required = true, value_name = "FILE|URL")]
        inputs: Vec<String>,
        /// JSON or table
        #[command(flatten)]
        json: Json,
    },
    /// The normalized article from a page
    Extract {
        /// Files (`-` is standard input) or URLs
        #[arg(required = true, value_name = "FILE|URL")]
        inputs: Vec<String>,
        /// The address a file's page came from
        #[arg(long, value_name = "U")]
        url: Option<String>,
        /// Say for each block of the page why it is in or out
        #[arg(long)]
        explain: bool,
        /// JSON or text
        #[command(flatten)]
        json: Json,
    },
    /// List articles, the newest first
    Articles {
        /// Which ones
        #[command(flatten)]
        filter: ArticleFilter,
        /// JSON or table
        #[command(flatten)]
        json: Json,
    },
    /// An article with its newest text
    Show {
        /// An id or a URL
        article: String,
        /// This revision instead of the newest
        #[arg(long, value_name = "N")]
        revision: Option<u32>,
        /// Say for each block of the stored page why it is in or out
        #[arg(long)]
        blocks: bool,
        /// JSON or text
        #[command(flatten)]
        json: Json,
    },
    /// An article's revisions
    Log {
        /// An id or a URL
        article: String,
        /// JSON or table
        #[command(flatten)]
        json: Json,
    },
    /// What changed between two revisions, word by word
    Diff {
        /// An id or a URL
        article: String,
        /// `A..B`, `A..` or `N` (N-1..N) [default: the newest change]
        #[arg(value_name = "A..B")]
        range: Option<String>,
        /// How to print it
        #[arg(long, value_enum, default_value_t = DiffFormat::Terminal)]
        format: DiffFormat,
        /// Print the diff as one JSON object
        #[command(flatten)]
        json: Json,
    },
    /// List stories: texts with their copies
    Stories {
        /// At most this many
        #[arg(long, default_value_t = 50, value_name = "N")]
        limit: usize,
        /// Also stories of one article
        #[arg(long)]
        all: bool,
        /// JSON or table
        #[command(flatten)]
        json: Json,
    },
    /// A story: its copies in order, who is origin and why, what each copy changed; split and join
    #[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
    Story {
        /// A person's word on copies, which stays
        #[command(subcommand)]
        action: Option<StoryAction>,
        /// The story's id
        #[arg(value_name = "STORY", required = true)]
        story: Option<i64>,
        /// JSON or text
        #[command(flatten)]
        json: Json,
    },
    /// Full-text search in the newest revisions
    Search {
        /// Words, "phrases", prefix*, AND, OR, NOT, NEAR(a b, 5)
        query: String,
        /// At most this many
        #[arg(long, default_value_t = 20, value_name = "N")]
        limit: usize,
        /// JSON or table
        #[command(flatten)]
        json: Json,
    },
    /// List topics with match counts; test, explain, backtest, suggest
    Topics {
        /// What to do with them
        #[command(subcommand)]
        action: Option<TopicsAction>,
        /// JSON or table
        #[command(flatten)]
        json: Json,
    },
    /// Preview or send a digest
    Digest {
        /// Which
        #[command(subcommand)]
        action: DigestAction,
    },
    /// The outbox: what was told, what waits, what failed
    Deliveries {
        /// Try or send again
        #[command(subcommand)]
        action: Option<DeliveriesAction>,
        /// Only those that failed, or that some recipient of a mail refused
        #[arg(long)]
        failed: bool,
        /// Only those to this channel
        #[arg(long, value_name = "ID")]
        channel: Option<String>,
        /// At most this many
        #[arg(long, default_value_t = 100, value_name = "N")]
        limit: usize,
        /// JSON or table
        #[command(flatten)]
        json: Json,
    },
    /// Why an article was or was not recorded, joined, matched, told
    Explain {
        /// An id or a URL
        article: String,
        /// JSON or text
        #[command(flatten)]
        json: Json,
    },
    /// Prove the hash chain, and each text's derivation from its stored page
    Verify {
        /// Only this article: an id or a URL
        article: Option<String>,
        /// JSON or text
        #[command(flatten)]
        json: Json,
    },
    /// Bring in articles from elsewhere, one JSON object a line
    #[command(after_long_help = "A line: {\"url\", \"title\", \"text\" or \"html\", \"published\"?, \"author\"?, \
        \"source\"?, \"fetched\"?}. Lines with the same url, in order, are revisions. A bad line is reported with its \
        number and skipped.")]
    Import {
        /// A JSON Lines file, or `-`
        file: PathBuf,
        /// JSON or text
        #[command(flatten)]
        json: Json,
    },
    /// The archive as JSON Lines, or its raw responses as WARC
    Export {
        /// Only what was seen since then: a date, a time, or an age such as `7d`
        #[arg(long, value_name = "WHEN")]
        since: Option<String>,
        /// Only articles that matched this topic
        #[arg(long, value_name = "TOPIC")]
        topic: Option<String>,
        /// Write the raw responses to this file as WARC 1.1 instead
        #[arg(long, value_name = "FILE")]
        warc: Option<PathBuf>,
        /// Always on: an export is JSON Lines
        #[command(flatten)]
        json: Json,
    },
    /// A consistent copy of the store while the daemon runs
    Backup {
        /// The file to write
        file: PathBuf,
    },
    /// Integrity, disk, clock, config and source health in one report
    Doctor {
        /// JSON or text
        #[command(flatten)]
        json: Json,
    },
    /// Ask the running daemon to read its config again, and wait for its answer
    Reload,
    /// Print a shell completion script
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// How a diff is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// Word by word, coloured on a terminal, side by side when it is wide
    Terminal,
    /// Unified text
    Unified,
    /// HTML with ins and del
    Html,
}

/// Which articles to list.
#[derive(Debug, Args)]
pub struct ArticleFilter {
    /// Only this source
    #[arg(long, value_name = "SOURCE")]
    pub source: Option<String>,
    /// Only articles that matched this topic
    #[arg(long, value_name = "TOPIC")]
    pub topic: Option<String>,
    /// Only live, gone or moved ones
    #[arg(long, value_parser = ["live", "gone", "moved"])]
    pub status: Option<String>,
    /// Only those with more than one revision
    #[arg(long)]
    pub revised: bool,
    /// Only what was seen since then: a date, a time, or an age such as `7d`
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// At most this many
    #[arg(long, default_value_t = 50, value_name = "N")]
    pub limit: usize,
}
