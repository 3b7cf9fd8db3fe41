//! What the commands that have several actions take, such as `sources` and `topics`. The doc comments are the help that
//! people read.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

use super::Json;

/// `sources …`
#[derive(Debug, Subcommand)]
pub enum SourcesAction {
    /// Fetch and parse one source, and say what it would give
    Test {
        /// A feed, sitemap or page
        url: String,
    },
    /// Find the feeds and sitemaps of a site
    Discover {
        /// Any page of the site
        url: String,
    },
    /// Print `[[source]]` tables for an OPML file's feeds
    Import {
        /// The OPML file
        file: PathBuf,
        /// Write them to conf.d beside the config instead of printing them
        #[arg(long)]
        write: bool,
    },
    /// Print the sources as OPML
    Export,
    /// Try ignore rules on what is stored: which revisions would not have been recorded
    #[command(
        after_long_help = "The rules are those of the config as it is now (`ignore`, and `[source.rules]` where \
        the raw pages are still kept) with each --ignore beside them. Nothing is changed."
    )]
    Replay {
        /// Only articles of this source
        #[arg(value_name = "SOURCE")]
        source: Option<String>,
        /// Also leave out lines that match this regular expression; may be given several times
        #[arg(long, value_name = "PATTERN")]
        ignore: Vec<String>,
        /// Only revisions seen since then: a date, a time, or an age such as `30d`
        #[arg(long, value_name = "WHEN")]
        since: Option<String>,
    },
}

/// `story …`
#[derive(Debug, Subcommand)]
pub enum StoryAction {
    /// Take an article out of a story, for good
    Split {
        /// The story
        story: i64,
        /// The article: an id or a URL
        article: String,
    },
    /// Make two stories one, for good
    Join {
        /// The story that stays
        story: i64,
        /// The story that is joined to it
        other: i64,
    },
}

/// `topics …`
#[derive(Debug, Subcommand)]
pub enum TopicsAction {
    /// Try every topic on a page
    Test {
        /// Files (`-` is standard input) or URLs
        #[arg(required = true, value_name = "FILE|URL")]
        inputs: Vec<String>,
        /// The address a file's page came from
        #[arg(long, value_name = "U")]
        url: Option<String>,
    },
    /// Why an article matched a topic or not
    Explain {
        /// The topic
        topic: String,
        /// An id or a URL
        article: String,
    },
    /// Run a topic over the archive
    Backtest {
        /// The topic
        topic: String,
        /// Only what was seen since then: a date, a time, or an age such as `30d`
        #[arg(long, value_name = "WHEN")]
        since: Option<String>,
    },
    /// Terms frequent in a topic's matches but not in its query
    Suggest {
        /// The topic
        topic: String,
    },
}

/// `digest …`
#[derive(Debug, Subcommand)]
pub enum DigestAction {
    /// What the next digest would hold
    Preview {
        /// The email channel
        channel: String,
        /// How to print it
        #[arg(long, value_enum, default_value_t = PreviewFormat::Text)]
        format: PreviewFormat,
    },
    /// Send it now
    Send {
        /// The email channel
        channel: String,
    },
}

/// How a digest preview is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PreviewFormat {
    /// The text part
    Text,
    /// The HTML part
    Html,
    /// The whole message
    Eml,
}

/// `deliveries …`
#[derive(Debug, Subcommand)]
pub enum DeliveriesAction {
    /// How each channel fares: what it accepted last, since when it fails, what waits for it
    Channels {
        /// JSON or table
        #[command(flatten)]
        json: Json,
    },
    /// Make deliveries pending again
    Retry {
        /// Their ids
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Send deliveries once more, also those that were accepted, each under its own id
    #[command(group = clap::ArgGroup::new("which").required(true).args(["ids", "since"]))]
    Replay {
        /// Their ids
        #[arg(conflicts_with_all = ["until", "channel", "failed"], value_name = "ID")]
        ids: Vec<String>,
        /// All that were made since then: a date, a time, or an age such as `7d`
        #[arg(long, value_name = "WHEN")]
        since: Option<String>,
        /// Of these, only what was made before then
        #[arg(long, value_name = "WHEN")]
        until: Option<String>,
        /// Of these, only what goes to this channel
        #[arg(long, value_name = "ID")]
        channel: Option<String>,
        /// Of these, only what was given up
        #[arg(long)]
        failed: bool,
        /// Say which, and send nothing
        #[arg(long)]
        dry_run: bool,
    },
}
