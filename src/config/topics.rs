//! From the checked configuration to what the engine decides with.

use std::sync::Arc;

use super::{ChannelTarget, Config};
use crate::engine::query::{TopicSet, TopicSpec};
use crate::engine::route::{ChannelRule, Immediate, TopicRule, Topics};
use crate::model::channel::ChannelKind;

impl Topics {
    /// What deciding and telling need of the configuration.
    pub fn build(config: &Config) -> Self {
        let rules = config.topics.iter().map(|topic| TopicRule {
            id: topic.id.clone(),
            name: topic.name.clone(),
            min_significance: topic.min_significance,
            once_per: topic.once_per,
            notify: topic.notify.clone(),
            on: topic.on.clone(),
        });
        let channels = config.channels.iter().map(|channel| {
            let (kind, immediate) = match &channel.target {
                ChannelTarget::Email(email) => (ChannelKind::Email, email.immediate.clone()),
                ChannelTarget::Webhook(_) => (ChannelKind::Webhook, Immediate::default()),
                ChannelTarget::Feed { .. } => (ChannelKind::Feed, Immediate::default()),
                ChannelTarget::Command { .. } => (ChannelKind::Command, Immediate::default()),
            };
            ChannelRule {
                id: channel.id.clone(),
                kind,
                immediate,
                sources: channel.sources,
                channels: channel.channels,
            }
        });
        let specs = config.topics.iter().map(|topic| TopicSpec {
            id: topic.id.clone(),
            query: Arc::clone(&topic.query),
            min_score: topic.min_score,
            weights: topic.weights,
            sources: topic.sources.clone(),
            languages: topic.languages.clone(),
        });
        Self {
            set: TopicSet::build(specs),
            rules: rules.map(|rule| (rule.id.clone(), rule)).collect(),
            channels: channels.map(|channel| (channel.id.clone(), channel)).collect(),
            mutes: config.mutes.clone(),
            recheck: config.recheck.clone(),
            wayback: config.wayback.is_some(),
        }
    }
}
