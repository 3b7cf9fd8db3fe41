//! Who is told of an event, and how soon. Pure: topics and channels in, a list of sends out.
//!
//! Invariants: a channel gets an event once, with those of its topics that ask for it; nothing that a mute covers is
//! sent; email waits for its digest unless the channel wants that kind at once.

use std::collections::BTreeMap;

use super::query::TopicSet;
use super::schedule::RecheckRules;
use super::text::fold::fold;
use crate::model::channel::ChannelKind;
use crate::model::event::EventKind;
use crate::model::ids::{ChannelId, SourceId, StoryId, TopicId};
use crate::model::time::Timestamp;

/// What is told once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OncePer {
    /// One story, whatever copies it has.
    #[default]
    Story,
    /// Each article.
    Article,
    /// Each revision.
    Revision,
}

/// What a topic asks to be told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TopicOn {
    /// A first match; also copies (`story.crossposted`) where `once_per` allows.
    Match,
    /// A revision of a matched article.
    Revision,
    /// A matched article gone, or back.
    Gone,
}

/// What happens to entries older than a source's first poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Backlog {
    /// Recorded, not told.
    #[default]
    Record,
    /// Told like news.
    Notify,
}

/// One `[[mute]]`: nothing that fits all it says is told.
#[derive(Debug, Clone, Default)]
pub struct Mute {
    /// Only this source.
    pub source: Option<SourceId>,
    /// Only this author; case and accents do not matter.
    pub author: Option<String>,
    /// Only this story.
    pub story: Option<i64>,
    /// Only this topic.
    pub topic: Option<TopicId>,
    /// Until then; none: for good.
    pub until: Option<Timestamp>,
}

/// What telling needs to know of a topic.
#[derive(Debug, Clone)]
pub struct TopicRule {
    /// Its id.
    pub id: TopicId,
    /// Its name.
    pub name: String,
    /// A revision is told only from this significance on.
    pub min_significance: f64,
    /// What is told once.
    pub once_per: OncePer,
    /// Channels.
    pub notify: Vec<ChannelId>,
    /// What is told.
    pub on: Vec<TopicOn>,
}

/// What does not wait for a digest.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Immediate {
    /// These kinds of events …
    pub kinds: Vec<EventKind>,
    /// … that matter at least so much, from 0 to 1: a match by its score, an edit by what it changed.
    pub from: f64,
    /// Whether the digest has the news among them once more.
    pub in_digest: bool,
}

impl Immediate {
    /// Whether an event is told at once. How the service fares has no weight to go by.
    pub fn asks_for(&self, kind: EventKind, significance: f64) -> bool {
        self.kinds.contains(&kind) && (kind.is_about_the_service() || significance >= self.from)
    }
}

/// What telling needs to know of a channel.
#[derive(Debug, Clone)]
pub struct ChannelRule {
    /// Its id.
    pub id: ChannelId,
    /// Its kind.
    pub kind: ChannelKind,
    /// For email: what does not wait for the digest.
    pub immediate: Immediate,
    /// Also told of failing and recovered sources.
    pub sources: bool,
    /// Also told of deliveries to other channels that were given up.
    pub channels: bool,
}

/// What deciding and telling need of the configuration. `Topics::build(&Config)` makes it (in `config::topics`).
#[derive(Debug)]
pub struct Topics {
    /// The queries of all topics.
    pub set: TopicSet,
    /// By id.
    pub rules: BTreeMap<TopicId, TopicRule>,
    /// By id.
    pub channels: BTreeMap<ChannelId, ChannelRule>,
    /// All mutes.
    pub mutes: Vec<Mute>,
    /// When articles are looked at again.
    pub recheck: RecheckRules,
    /// Whether an archive of the web is asked to keep each matched revision.
    pub wayback: bool,
}

/// How soon a channel sends an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Soon {
    /// A delivery of its own, due at once.
    Now,
    /// With the channel's next digest.
    Digest,
}

/// One event for one channel.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Send {
    /// Where to.
    pub channel: ChannelId,
    /// By what means.
    pub kind: ChannelKind,
    /// How soon.
    pub soon: Soon,
}

/// Those who are told the same: the topics they share, and the sends.
#[derive(Debug, Clone, PartialEq)]
pub struct Audience {
    /// The topics, in the order given.
    pub topics: Vec<TopicId>,
    /// By channel id: one a channel, or two where it is told at once and in its digest.
    pub sends: Vec<Send>,
}

/// Groups the channels of `topics` by which of these topics each one watches, so that no channel reads of a topic that
/// is not its own. Topics that nobody is notified of form an audience without sends: the event is still recorded.
pub fn audiences((kind, significance): (EventKind, f64), topics: &[TopicId], rules: &Topics) -> Vec<Audience> {
    let mut watched: BTreeMap<&ChannelId, Vec<TopicId>> = BTreeMap::new();
    for topic in topics {
        for channel in rules.rules.get(topic).map_or(&[][..], |rule| rule.notify.as_slice()) {
            watched.entry(channel).or_default().push(topic.clone());
        }
    }
    let mut audiences: Vec<Audience> = Vec::new();
    for (channel, topics) in watched {
        let Some(channel) = rules.channels.get(channel) else { continue };
        let first = send((kind, significance), channel);
        let again = (first.soon == Soon::Now && channel.kind == ChannelKind::Email && channel.immediate.in_digest)
            .then(|| Send { soon: Soon::Digest, ..first.clone() });
        let sends = [first].into_iter().chain(again);
        match audiences.iter_mut().find(|audience| audience.topics == topics) {
            Some(audience) => audience.sends.extend(sends),
            None => audiences.push(Audience { topics, sends: sends.collect() }),
        }
    }
    if audiences.is_empty() && !topics.is_empty() {
        audiences.push(Audience { topics: topics.to_vec(), sends: Vec::new() });
    }
    audiences
}

/// The channels that are told of failing and recovered sources.
pub fn source_sends(kind: EventKind, rules: &Topics) -> Vec<Send> {
    rules.channels.values().filter(|channel| channel.sources).map(|channel| send((kind, 0.0), channel)).collect()
}

/// The channels that are told how the others fare: `kind` is about a channel. Nobody is told of his own: what could not
/// be sent there would be told to the same deaf ear.
pub fn channel_sends(rules: &Topics, kind: EventKind) -> Vec<Send> {
    rules.channels.values().filter(|channel| channel.channels).map(|channel| send((kind, 0.0), channel)).collect()
}

fn send((kind, significance): (EventKind, f64), channel: &ChannelRule) -> Send {
    let soon = match channel.kind {
        ChannelKind::Email if !channel.immediate.asks_for(kind, significance) => Soon::Digest,
        ChannelKind::Email | ChannelKind::Webhook | ChannelKind::Feed | ChannelKind::Command => Soon::Now,
    };
    Send { channel: channel.id.clone(), kind: channel.kind, soon }
}

/// What a mute is held against.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The article's source.
    pub source: &'a SourceId,
    /// Its authors.
    pub authors: &'a [String],
    /// Its story.
    pub story: StoryId,
    /// The topic it would be told for.
    pub topic: &'a TopicId,
}

/// Whether a mute covers it now.
pub fn is_muted(subject: Subject<'_>, mutes: &[Mute], now: Timestamp) -> bool {
    mutes.iter().any(|mute| {
        mute.until.is_none_or(|until| now < until)
            && mute.source.as_ref().is_none_or(|source| source == subject.source)
            && mute.story.is_none_or(|story| story == subject.story.0)
            && mute.topic.as_ref().is_none_or(|topic| topic == subject.topic)
            && mute.author.as_ref().is_none_or(|author| {
                let author = fold(author);
                subject.authors.iter().any(|known| fold(known) == author)
            })
    })
}
