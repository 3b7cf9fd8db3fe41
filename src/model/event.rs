//! What is worth telling, and its way to a channel.

use serde::{Deserialize, Serialize};

use super::channel::ChannelKind;
use super::ids::{ArticleId, ChannelId, DeliveryId, StoryId, TopicId};
use super::time::{SignedDuration, Timestamp};

/// The type of an event. The serialized words are the webhook types of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum EventKind {
    /// A topic was found in an article.
    #[serde(rename = "article.matched")]
    Matched,
    /// A matched article was edited.
    #[serde(rename = "article.revised")]
    Revised,
    /// A matched article is confirmed gone.
    #[serde(rename = "article.gone")]
    Gone,
    /// A gone article is back.
    #[serde(rename = "article.restored")]
    Restored,
    /// A copy of a matched article's text appeared at another publisher.
    #[serde(rename = "story.crossposted")]
    Crossposted,
    /// The origin withdrew or changed words that copies still carry.
    #[serde(rename = "story.diverged")]
    Diverged,
    /// A source stopped working.
    #[serde(rename = "source.failing")]
    SourceFailing,
    /// It works again.
    #[serde(rename = "source.recovered")]
    SourceRecovered,
    /// Deliveries to a channel were given up; told by another one.
    #[serde(rename = "delivery.failed")]
    DeliveryFailed,
    /// A channel has accepted nothing for long, and is still tried; told by another one.
    #[serde(rename = "channel.failing")]
    ChannelFailing,
    /// It accepts again.
    #[serde(rename = "channel.recovered")]
    ChannelRecovered,
    /// A test.
    #[serde(rename = "ping")]
    Ping,
}

impl EventKind {
    /// Whether it tells how the service itself fares, not what happened in the news.
    pub fn is_about_the_service(self) -> bool {
        match self {
            Self::SourceFailing
            | Self::SourceRecovered
            | Self::DeliveryFailed
            | Self::ChannelFailing
            | Self::ChannelRecovered => true,
            Self::Matched
            | Self::Revised
            | Self::Gone
            | Self::Restored
            | Self::Crossposted
            | Self::Diverged
            | Self::Ping => false,
        }
    }

    /// Whether it tells of a channel.
    pub fn is_about_a_channel(self) -> bool {
        matches!(self, Self::DeliveryFailed | Self::ChannelFailing | Self::ChannelRecovered)
    }

    /// The webhook type.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Matched => "article.matched",
            Self::Revised => "article.revised",
            Self::Gone => "article.gone",
            Self::Restored => "article.restored",
            Self::Crossposted => "story.crossposted",
            Self::Diverged => "story.diverged",
            Self::SourceFailing => "source.failing",
            Self::SourceRecovered => "source.recovered",
            Self::DeliveryFailed => "delivery.failed",
            Self::ChannelFailing => "channel.failing",
            Self::ChannelRecovered => "channel.recovered",
            Self::Ping => "ping",
        }
    }
}

/// One event as the outbox keeps it: everything a message needs, so that what is told is what was seen, whatever the
/// store holds by the time it is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// What happened.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// When it was seen.
    pub timestamp: Timestamp,
    /// The topics it is told for; empty for source events and pings.
    #[serde(default)]
    pub topics: Vec<TopicId>,
    /// The article it is about.
    pub article: Option<ArticleId>,
    /// The story it is about.
    pub story: Option<StoryId>,
    /// 0 to 1: how much it matters, for the order in a digest.
    pub significance: f64,
    /// The webhook's `data` object.
    pub data: serde_json::Value,
}

/// Where a delivery stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryState {
    /// Waiting until `due`.
    Pending {
        /// Not before this.
        due: Timestamp,
    },
    /// Being sent; free again at `until` if the sender dies.
    Leased {
        /// When the lease ends.
        until: Timestamp,
    },
    /// Accepted by the other side.
    Delivered {
        /// When.
        at: Timestamp,
    },
    /// Given up; `deliveries retry` makes it pending again.
    Failed {
        /// When.
        at: Timestamp,
    },
}

impl DeliveryState {
    /// `pending`, `delivered` or `failed`: a leased delivery is pending to people.
    pub fn status(&self) -> &'static str {
        match self {
            Self::Pending { .. } | Self::Leased { .. } => "pending",
            Self::Delivered { .. } => "delivered",
            Self::Failed { .. } => "failed",
        }
    }
}

/// One batch of events on its way to one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// Its id through every attempt.
    pub id: DeliveryId,
    /// Where to.
    pub channel: ChannelId,
    /// By what means.
    pub kind: ChannelKind,
    /// The article that it tells of alone, and among whose messages it keeps its place; a digest has none.
    pub article: Option<ArticleId>,
    /// What it tells.
    pub events: Vec<Event>,
    /// Where it stands.
    pub state: DeliveryState,
    /// How many attempts were made.
    pub attempts: u32,
    /// What the last failed attempt said.
    pub last_error: Option<String>,
    /// When it was enqueued.
    pub created: Timestamp,
    /// When it was enqueued, or a person last asked for it again: its age counts from then.
    pub wanted_since: Timestamp,
}

/// Why an attempt to send failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// May work later.
    #[error("{reason}")]
    Temporary {
        /// What the other side, or the connection, said.
        reason: String,
        /// What it asked for, if it said.
        retry_after: Option<SignedDuration>,
    },
    /// Will not work for this delivery.
    #[error("{reason}")]
    Permanent {
        /// What the other side said.
        reason: String,
    },
    /// The channel itself is closed (webhook 410): nothing more goes there until a person acts.
    #[error("{reason}")]
    ChannelClosed {
        /// What the other side said.
        reason: String,
    },
}
