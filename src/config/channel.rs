//! The checked configuration of channels: whom to tell, and by what means.

use std::path::PathBuf;

use ipnet::IpNet;
use jiff::tz::TimeZone;

use super::Secret;
use crate::engine::route::Immediate;
use crate::engine::schedule::Wall;
use crate::model::channel::WebhookFormat;
use crate::model::ids::ChannelId;
use crate::model::time::SignedDuration;
use crate::model::url::WebUrl;

/// One `[[channel]]`.
#[derive(Debug, Clone)]
pub struct ChannelConfig {
    /// Its id.
    pub id: ChannelId,
    /// Its kind with what that needs.
    pub target: ChannelTarget,
    /// Also told of failing and recovered sources.
    pub sources: bool,
    /// Also told of deliveries to other channels that were given up.
    pub channels: bool,
}

/// What a channel needs to know.
#[derive(Debug, Clone)]
pub enum ChannelTarget {
    /// `type = "email"`
    Email(EmailChannel),
    /// `type = "webhook"`
    Webhook(WebhookChannel),
    /// `type = "feed"`: files `<topic>.atom`, `<topic>.json` in a directory, also served by `[web]`.
    Feed {
        /// The directory to write into; none: only served.
        directory: Option<PathBuf>,
        /// At most this many entries a feed.
        max_items: usize,
    },
    /// `type = "command"`
    Command {
        /// Program and arguments.
        argv: Vec<String>,
        /// After which it is killed.
        timeout: SignedDuration,
    },
}

/// Where a digest's message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailBy {
    /// The `[smtp]` server.
    Smtp,
    /// The local `sendmail`.
    Sendmail(PathBuf),
    /// `.eml` files in a directory.
    Directory(PathBuf),
}

/// An email channel.
#[derive(Debug, Clone)]
pub struct EmailChannel {
    /// Recipients.
    pub to: Vec<String>,
    /// The sender; `smtp.from` where not said.
    pub from: Option<String>,
    /// When the digest goes out.
    pub cron: Wall,
    /// In which zone.
    pub timezone: TimeZone,
    /// Told at once, each in a mail of its own, instead of with the digest.
    pub immediate: Immediate,
    /// At most this many stories in one digest; the rest is counted and linked.
    pub max_items: usize,
    /// How it is sent.
    pub by: MailBy,
    /// Sends a digest that says "nothing" too.
    pub send_empty: bool,
    /// No immediate mail between these local times of day.
    pub quiet: Option<(jiff::civil::Time, jiff::civil::Time)>,
}

/// A webhook channel.
#[derive(Debug, Clone)]
pub struct WebhookChannel {
    /// Where to POST.
    pub url: WebUrl,
    /// Standard Webhooks secrets, the newest first; each signs.
    pub secrets: Vec<Secret>,
    /// The body's shape.
    pub format: WebhookFormat,
    /// Extra headers (a token for ntfy or Matrix).
    pub headers: Vec<(String, Secret)>,
    /// Private targets that this channel may reach, beside `fetch.allow_private`.
    pub allow_private: Vec<IpNet>,
    /// For one whole request.
    pub timeout: SignedDuration,
}

/// `[smtp]`
#[derive(Debug, Clone)]
pub struct SmtpConfig {
    /// The server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How it is secured.
    pub tls: SmtpTls,
    /// With a password only.
    pub username: Option<String>,
    /// With a user name only.
    pub password: Option<Secret>,
    /// The sender.
    pub from: String,
    /// Certificates in PEM that are trusted beside the system's.
    pub ca: Option<String>,
}

/// How SMTP is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// STARTTLS, required.
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// Plain; for a server on this machine.
    None,
}
