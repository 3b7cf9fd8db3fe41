//! Channels: where notifications go.

use serde::{Deserialize, Serialize};

/// The kind of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChannelKind {
    /// A digest by mail.
    Email,
    /// A signed POST.
    Webhook,
    /// An Atom and a JSON feed that wirewatch serves or writes.
    Feed,
    /// A command that reads JSON on its standard input.
    Command,
}

impl ChannelKind {
    /// The word in the config, in `export` and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Webhook => "webhook",
            Self::Feed => "feed",
            Self::Command => "command",
        }
    }
}

/// The body a webhook channel posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WebhookFormat {
    /// The contract's JSON with Standard Webhooks headers.
    #[default]
    Standard,
    /// Slack blocks.
    Slack,
    /// Discord embeds.
    Discord,
    /// A Teams adaptive card.
    Teams,
    /// A Matrix room message.
    Matrix,
    /// An ntfy publication.
    Ntfy,
    /// A Mattermost post.
    Mattermost,
}
