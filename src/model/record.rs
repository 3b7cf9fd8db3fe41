//! The lines of `export` and of every `--json` that prints the archive. Their field names and order are public.

use serde::{Deserialize, Serialize};

use super::article::{ArticleStatus, ChangeKind};
use super::event::Event;
use super::ids::{ArticleId, ChannelId, DeliveryId, RevisionNumber, SourceId, StoryId, TopicId};
use super::story::{Confidence, Relation};
use super::time::{Published, Timestamp};
use super::topic::Evidence;

/// One line of `export`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Record {
    /// A source.
    Source(SourceRecord),
    /// An article.
    Article(ArticleRecord),
    /// A revision.
    Revision(RevisionRecord),
    /// A story.
    Story(StoryRecord),
    /// A match.
    Match(MatchRecord),
    /// A delivery.
    Delivery(DeliveryRecord),
}

/// A source and how it fares.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceRecord {
    /// Its id.
    pub id: SourceId,
    /// Its name.
    pub name: String,
    /// What is polled.
    pub url: String,
    /// `ok`, `failing` or `parked`.
    pub status: String,
    /// When a poll worked last.
    pub last_success: Option<Timestamp>,
    /// What the last failed poll said.
    pub last_error: Option<String>,
    /// When a poll was made last.
    pub last_poll: Option<Timestamp>,
    /// When it is polled next.
    pub next_poll: Option<Timestamp>,
    /// The wait between two polls, in seconds, without its jitter; null on a cron line.
    pub interval_s: Option<f64>,
    /// What decided on it: `config`, `cron`, `rhythm`, `silence`, `push`, `publisher` or `failing`.
    pub interval_reason: Option<String>,
    /// The hub that its feed names, where one was asked to push.
    pub push: Option<PushRecord>,
    /// Articles first seen in the last 30 days (or since the first poll), by day.
    pub articles_per_day: f64,
    /// All its articles.
    pub articles: u64,
    /// Where the feed moved for good, as it says; the config is for a person to change.
    pub moved_to: Option<String>,
}

/// A source's subscription at its feed's WebSub hub.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PushRecord {
    /// The hub.
    pub hub: String,
    /// `live`, `asked` (not verified yet) or `failing` (it is polled as without a hub).
    pub status: String,
    /// Until when it is live; it is renewed before.
    pub live_until: Option<Timestamp>,
    /// When the hub pushed last.
    pub last_push: Option<Timestamp>,
    /// What the last request came to, if it failed.
    pub last_error: Option<String>,
}

/// An article.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArticleRecord {
    /// Its id.
    pub id: ArticleId,
    /// The source that listed it first.
    pub source: SourceId,
    /// Its address.
    pub url: String,
    /// Its identity.
    pub canonical_url: String,
    /// The story it belongs to.
    pub story: StoryId,
    /// The headline of the newest revision.
    pub title: Option<String>,
    /// The authors of the newest revision.
    pub authors: Vec<String>,
    /// As the publisher states it.
    pub published: Option<Published>,
    /// BCP 47.
    pub language: Option<String>,
    /// Live, gone or moved.
    pub status: ArticleStatus,
    /// When it was first recorded.
    pub first_seen: Timestamp,
    /// When its page was looked at last.
    pub last_checked: Timestamp,
    /// How many revisions it has.
    pub revisions: u32,
}

/// A revision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RevisionRecord {
    /// Of which article.
    pub article: ArticleId,
    /// Its place in the history; 1 is the first capture.
    pub number: RevisionNumber,
    /// When it was seen.
    pub at: Timestamp,
    /// The headline.
    pub title: Option<String>,
    /// The body.
    pub text: String,
    /// What changed since the revision before; empty for the first.
    pub change: Vec<ChangeKind>,
    /// Whether the page says that it was changed.
    pub acknowledged: bool,
    /// Words that came.
    pub added_words: u32,
    /// Words that went.
    pub removed_words: u32,
    /// The link of the chain, in hexadecimal.
    pub sha256: String,
    /// The link before, in hexadecimal.
    pub previous_sha256: Option<String>,
    /// The correction or update note, if the page shows one.
    pub notice: Option<String>,
    /// 0 to 1.
    pub significance: f64,
    /// The earlier revision whose text this one goes back to.
    pub flip_of: Option<RevisionNumber>,
    /// Read anew from the same page by a newer extractor: no edit of the publisher's.
    pub technical: bool,
    /// The copy that an archive of the web keeps of the page as it was then.
    #[serde(default)]
    pub archived: Option<String>,
}

/// A story.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoryRecord {
    /// Its id.
    pub id: StoryId,
    /// The article whose text the others carry.
    pub origin: ArticleId,
    /// In the order in which they appeared.
    pub articles: Vec<ArticleId>,
    /// How sure the origin and the least sure member are.
    pub confidence: Confidence,
}

/// One article of a story, as `story` shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoryMember {
    /// The article.
    pub article: ArticleRecord,
    /// The source's name.
    pub source_name: String,
    /// The site (registrable domain).
    pub site: String,
    /// How its text relates to the one it was joined with; `None` for the story's first article.
    pub relation: Option<Relation>,
    /// The article it was joined with.
    pub copied: Option<ArticleId>,
    /// How sure.
    pub confidence: Confidence,
    /// Why.
    pub evidence: serde_json::Value,
    /// Whether a person joined it.
    pub manual: bool,
    /// Whether it is the origin.
    pub origin: bool,
}

/// A topic found in an article's newest revision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MatchRecord {
    /// The topic.
    pub topic: TopicId,
    /// The article.
    pub article: ArticleId,
    /// The revision it was found in.
    pub revision: RevisionNumber,
    /// 0 to 1.
    pub score: f64,
    /// Why.
    pub evidence: Vec<Evidence>,
}

/// A delivery.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeliveryRecord {
    /// Its id: the `webhook-id`.
    pub id: DeliveryId,
    /// Where to.
    pub channel: ChannelId,
    /// `email`, `webhook`, `feed` or `command`.
    #[serde(rename = "type")]
    pub channel_kind: String,
    /// What it tells.
    pub events: Vec<Event>,
    /// `pending`, `delivered` or `failed`.
    pub status: String,
    /// How many attempts were made.
    pub attempts: u32,
    /// What the last failed attempt said, or those who refused what others accepted.
    pub last_error: Option<String>,
    /// Of a mail: who accepted it so far, and who refused it for good.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<RecipientRecord>,
    /// When it was accepted.
    pub delivered_at: Option<Timestamp>,
    /// When it was enqueued.
    pub created: Timestamp,
    /// Not before this, if pending.
    pub due: Option<Timestamp>,
}

/// A recipient of a mail who needs not be asked again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecipientRecord {
    /// As the config writes it.
    pub address: String,
    /// What the mail server said, where it will not have the mail for this one.
    pub refused: Option<String>,
}

impl DeliveryRecord {
    /// What went wrong, unless everybody has it by now.
    pub fn trouble(&self) -> Option<&str> {
        self.last_error.as_deref().filter(|_| self.standing() != "delivered")
    }

    /// Its status, and how many recipients accepted or refused it where that says more: `delivered to 2, refused by 1`.
    pub fn standing(&self) -> String {
        let refused = self.recipients.iter().filter(|one| one.refused.is_some()).count();
        let accepted = self.recipients.len() - refused;
        match (self.status.as_str(), accepted, refused) {
            (status, _, 0) if status == "delivered" => status.to_owned(),
            (status, 0, 0) => status.to_owned(),
            ("delivered", accepted, refused) => format!("delivered to {accepted}, refused by {refused}"),
            (status, 0, refused) => format!("{status}, refused by {refused}"),
            (status, accepted, 0) => format!("{status}, delivered to {accepted}"),
            (status, accepted, refused) => format!("{status}, delivered to {accepted}, refused by {refused}"),
        }
    }
}

/// A channel and how it fares.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChannelRecord {
    /// Its id.
    pub id: ChannelId,
    /// `well`, `failing` (the last attempt failed, it is tried again), `closed` (until a person acts), `unused`.
    pub status: String,
    /// When it last accepted a delivery.
    pub last_success: Option<Timestamp>,
    /// Since when every attempt failed.
    pub failing_since: Option<Timestamp>,
    /// How many attempts failed in a row.
    pub failures: u32,
    /// What the last failed attempt said.
    pub last_error: Option<String>,
    /// Deliveries that wait.
    pub pending: u64,
    /// Events that wait for its next digest.
    pub waiting_for_digest: u64,
    /// Deliveries that were given up.
    pub given_up: u64,
    /// When the next delivery that waits is tried.
    pub next_attempt: Option<Timestamp>,
}

impl ChannelRecord {
    /// A channel that nothing was sent to yet.
    pub fn unused(id: ChannelId) -> Self {
        Self {
            id,
            status: "unused".to_owned(),
            last_success: None,
            failing_since: None,
            failures: 0,
            last_error: None,
            pending: 0,
            waiting_for_digest: 0,
            given_up: 0,
            next_attempt: None,
        }
    }

    /// Whether a person should look at it.
    pub fn is_ill(&self) -> bool {
        self.status == "failing" || self.status == "closed"
    }
}

/// One look (or a run of looks with the same outcome) at an article's page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObservationRecord {
    /// Of which article.
    pub article: ArticleId,
    /// The first look of the run.
    pub at: Timestamp,
    /// The last look of the run.
    pub until: Timestamp,
    /// How many looks.
    pub looks: u32,
    /// `new`, `revised`, `unchanged`, `cosmetic`, `not-modified`, `suspect`, `gone`, `blocked`, `failed`, `moved` …
    pub outcome: String,
    /// The HTTP status, where there was one.
    pub status: Option<u16>,
    /// SHA-256 of the body, in hexadecimal.
    pub sha256: Option<String>,
    /// The body's size.
    pub bytes: Option<u64>,
    /// What else is to be said.
    pub detail: Option<String>,
}

/// A difference that a rule held back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SuppressedRecord {
    /// Of which article.
    pub article: ArticleId,
    /// Which rule.
    pub rule: String,
    /// When it was first seen.
    pub first_at: Timestamp,
    /// When it was last seen.
    pub last_at: Timestamp,
    /// How often.
    pub looks: u32,
    /// Texts that came.
    pub added: Vec<String>,
    /// Texts that went.
    pub removed: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_in_part_says_how_many_have_it_and_how_many_refuse_it() {
        for (status, accepted, refused, standing) in [
            ("delivered", 2, 0, "delivered"),
            ("delivered", 2, 1, "delivered to 2, refused by 1"),
            ("failed", 0, 2, "failed, refused by 2"),
            ("failed", 1, 1, "failed, delivered to 1, refused by 1"),
            ("failed", 0, 0, "failed"),
            ("pending", 0, 0, "pending"),
            ("pending", 1, 0, "pending, delivered to 1"),
            ("pending", 0, 1, "pending, refused by 1"),
        ] {
            let one = |refused: Option<&str>| RecipientRecord {
                address: "a@desk.test".to_owned(),
                refused: refused.map(str::to_owned),
            };
            let recipients = vec![one(None); accepted].into_iter().chain(vec![one(Some("550")); refused]).collect();
            let record = DeliveryRecord {
                id: DeliveryId("dlv_1".to_owned()),
                channel: ChannelId::new("desk").unwrap(),
                channel_kind: "email".to_owned(),
                events: Vec::new(),
                status: status.to_owned(),
                attempts: 1,
                last_error: Some("550".to_owned()),
                recipients,
                delivered_at: None,
                created: Timestamp::UNIX_EPOCH,
                due: None,
            };
            assert_eq!(record.standing(), standing);
            assert_eq!(record.trouble(), (standing != "delivered").then_some("550"));
        }
    }
}
