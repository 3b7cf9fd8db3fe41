//! The messages of chat services, one an event.
//!
//! Where a service knows styled runs of text (Slack, Teams) these are used, since nothing in them needs escaping;
//! elsewhere (Discord, Mattermost, Matrix) what a page wrote is escaped. Nobody is mentioned, no link is unfurled. What
//! is over a service's limit is counted: "and 3 more changes".

mod markdown;
mod matrix;
mod ntfy;
mod slack;
mod teams;
#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::engine::brief::{Brief, Line, PieceKind, cut};
use crate::model::channel::WebhookFormat;
use crate::model::event::{Event, EventKind};
use crate::model::url::WebUrl;

/// One request to a chat service.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Where to: the channel's URL, or what the service's own protocol makes of it.
    pub url: WebUrl,
    /// PUT instead of POST (Matrix, whose transaction id makes a repeated request harmless).
    pub put: bool,
    /// JSON.
    pub body: Vec<u8>,
}

/// Characters of changed text; with the rest it stays under 3000, which is what Slack lets one block say.
const CHANGES_CHARS: usize = 1400;
/// Each run of words costs so much of that besides, since a service counts the marks around it too.
const PIECE_COST: usize = 8;
/// Characters of the beginning of the text.
const EXCERPT_CHARS: usize = 600;
/// Characters of a headline: Discord's embeds allow 256.
const HEADLINE_CHARS: usize = 240;

/// Shapes one event for a service. `id` is the delivery's.
pub fn format(format: WebhookFormat, url: &WebUrl, id: &str, event: &Event) -> Message {
    let parts = Parts::of(&Brief::of(event));
    let message = |body: Value| Message { url: url.clone(), put: false, body: body.to_string().into_bytes() };
    match format {
        WebhookFormat::Standard => Message { url: url.clone(), put: false, body: super::body(event) },
        WebhookFormat::Slack => message(slack::message(&parts)),
        WebhookFormat::Discord => message(markdown::discord(&parts)),
        WebhookFormat::Teams => message(teams::message(&parts)),
        WebhookFormat::Mattermost => message(markdown::mattermost(&parts)),
        WebhookFormat::Ntfy => ntfy::message(&parts, url),
        WebhookFormat::Matrix => matrix::message(&parts, url, id),
    }
}

/// What a message shows, in its order.
struct Parts {
    kind: EventKind,
    /// `Edited · US–China talks`
    label: String,
    headline: String,
    url: Option<String>,
    /// `Herald · 2026-06-15 12:00 UTC`
    meta: String,
    at: String,
    /// What changed, the notice, the error.
    notes: Vec<String>,
    excerpt: String,
    lines: Vec<Line>,
    /// `and 3 more changes`
    more: Option<String>,
    /// `Also at: A, B`
    others: Option<String>,
}

impl Parts {
    fn of(brief: &Brief) -> Self {
        let topics: Vec<&str> = brief.topics.iter().map(|(_, name)| name.as_str()).collect();
        let label = if topics.is_empty() {
            brief.what().to_owned()
        } else {
            format!("{} · {}", brief.what(), cut(&topics.join(", "), 100))
        };
        let time = brief.at.strftime("%Y-%m-%d %H:%M UTC").to_string();
        let show_source = !brief.source_name.is_empty() && brief.source_name != brief.headline;
        let meta = if show_source { format!("{} · {time}", cut(&brief.source_name, 80)) } else { time };
        let mut notes = Vec::new();
        notes.extend(Some(capitalized(&brief.changed_words())).filter(|words| !words.is_empty()));
        notes.extend(brief.notice.as_deref().map(|notice| format!("Note: {}", cut(notice, 300))));
        notes.extend(brief.error.as_deref().map(|error| cut(error, 400)));
        let withdrawn = brief.withdrawn.iter().take(3).map(|text| format!("Copies still say: {}", cut(text, 150)));
        notes.extend(withdrawn);
        let (lines, left) = fitting(&brief.lines);
        let excerpt = if brief.lines.is_empty() { cut(&brief.excerpt, EXCERPT_CHARS) } else { String::new() };
        Self {
            kind: brief.kind,
            label,
            headline: cut(&brief.headline, HEADLINE_CHARS),
            url: brief.url.clone().filter(|url| url.len() <= 2000),
            meta,
            at: brief.at.to_string(),
            notes,
            excerpt,
            lines,
            more: (left > 0).then(|| format!("and {left} more change{}", if left == 1 { "" } else { "s" })),
            others: others(brief),
        }
    }

    /// The notes, the excerpt and whatever else is not a change.
    fn plain(&self) -> impl Iterator<Item = &str> {
        let excerpt = Some(self.excerpt.as_str()).filter(|excerpt| !excerpt.is_empty());
        self.notes.iter().map(String::as_str).chain(excerpt)
    }

    fn tail(&self) -> impl Iterator<Item = &str> {
        self.more.iter().chain(&self.others).map(String::as_str)
    }
}

/// The lines that fit, and how many do not.
fn fitting(lines: &[Line]) -> (Vec<Line>, usize) {
    let mut left = CHANGES_CHARS;
    let mut kept = Vec::new();
    for line in lines {
        let chars: usize = line.pieces.iter().map(|piece| piece.text.chars().count() + PIECE_COST).sum();
        if chars > left {
            break;
        }
        left -= chars;
        kept.push(line.clone());
    }
    let missing = lines.len() - kept.len();
    (kept, missing)
}

fn others(brief: &Brief) -> Option<String> {
    const NAMED: usize = 5;
    let others = brief.others();
    let names: Vec<String> = others.iter().take(NAMED).map(|member| cut(&member.source_name, 60)).collect();
    let rest = others.len().saturating_sub(NAMED);
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    (!names.is_empty()).then(|| format!("Also at: {}{more}", names.join(", ")))
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Green for new, amber for edited, red for removed.
fn colour(kind: EventKind) -> u32 {
    match kind {
        EventKind::Matched | EventKind::Restored | EventKind::SourceRecovered | EventKind::ChannelRecovered => {
            0x1a_7f37
        }
        EventKind::Revised | EventKind::Diverged => 0xbf_8700,
        EventKind::Gone | EventKind::SourceFailing | EventKind::DeliveryFailed | EventKind::ChannelFailing => 0xcf_222e,
        EventKind::Crossposted | EventKind::Ping => 0x57_606a,
    }
}

/// Whether a piece came in place of the one before it: without a blank between them they read as one word.
fn replaces(line: &Line, at: usize) -> bool {
    let kind = |at: usize| line.pieces.get(at).map(|piece| piece.kind);
    at > 0 && kind(at - 1) == Some(PieceKind::Removed) && kind(at) == Some(PieceKind::Added)
}
