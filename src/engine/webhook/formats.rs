//! The messages of chat services, one an event.
//!
//! Where a service knows styled runs of text (Slack, Teams) these are used, since nothing in them needs escaping;
//! elsewhere (Discord, Mattermost, Matrix) what a page wrote is escaped. Nobody is mentioned, no link is unfurled. What
//! is over a service's limit is counted: "and 3 more changes".

use std::fmt::Write as _;

use serde_json::{Value, json};

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
/// ntfy turns longer messages into attachments.
const NTFY_BYTES: usize = 3800;

/// Shapes one event for a service. `id` is the delivery's.
pub fn format(format: WebhookFormat, url: &WebUrl, id: &str, event: &Event) -> Message {
    let parts = Parts::of(&Brief::of(event));
    let message = |body: Value| Message { url: url.clone(), put: false, body: body.to_string().into_bytes() };
    match format {
        WebhookFormat::Standard => Message { url: url.clone(), put: false, body: super::body(event) },
        WebhookFormat::Slack => message(slack(&parts)),
        WebhookFormat::Discord => message(discord(&parts)),
        WebhookFormat::Teams => message(teams(&parts)),
        WebhookFormat::Mattermost => message(mattermost(&parts)),
        WebhookFormat::Ntfy => ntfy(&parts, url),
        WebhookFormat::Matrix => matrix(&parts, url, id),
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

fn slack(parts: &Parts) -> Value {
    let run = |text: &str, style: Value| json!({"type": "text", "text": text, "style": style});
    let plain = |text: &str| json!({"type": "text", "text": text});
    let section = |elements: Vec<Value>| json!({"type": "rich_text_section", "elements": elements});
    let headline = match &parts.url {
        Some(url) => json!({"type": "link", "url": url, "text": parts.headline, "style": {"bold": true}}),
        None => run(&parts.headline, json!({"bold": true})),
    };
    let mut sections =
        vec![section(vec![plain(&format!("{}\n", parts.label)), headline, plain(&format!("\n{}", parts.meta))])];
    sections.extend(parts.plain().map(|text| section(vec![plain(&format!("\n{text}"))])));
    for line in &parts.lines {
        let mut runs: Vec<Value> = Vec::new();
        for (at, piece) in line.pieces.iter().enumerate() {
            if replaces(line, at) {
                runs.push(plain(" "));
            }
            runs.push(match piece.kind {
                PieceKind::Same => plain(&piece.text),
                PieceKind::Removed => run(&piece.text, json!({"strike": true})),
                PieceKind::Added => run(&piece.text, json!({"bold": true})),
            });
        }
        sections.push(json!({"type": "rich_text_quote", "elements": runs}));
    }
    sections.extend(parts.tail().map(|text| section(vec![run(text, json!({"italic": true}))])));
    let fallback = format!("{}: {}", parts.label, parts.headline);
    let escaped = fallback.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    json!({
        "text": escaped, "unfurl_links": false, "unfurl_media": false,
        "blocks": [{"type": "rich_text", "elements": sections}],
    })
}

/// Markdown that shows a text as it is.
fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '*' | '_' | '~' | '`' | '|' | '[' | ']' | '(' | ')' | '<' | '>' | '#' | '-' | '+' | '!' | ':' => {
                escaped.push('\\');
                escaped.push(c);
            }
            // A mention needs its sign at once before the name.
            '@' => escaped.push_str("@\u{200B}"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// An address inside a markdown link.
fn markdown_url(url: &str) -> String {
    url.replace('(', "%28").replace(')', "%29")
}

fn markdown_line(line: &Line) -> String {
    let mut text = String::from("> ");
    for piece in &line.pieces {
        // A mark must touch the words it marks, so that blanks stand outside.
        let trimmed = piece.text.trim();
        let (before, after) = piece.text.split_once(trimmed).unwrap_or(("", ""));
        let mark = match piece.kind {
            PieceKind::Removed if !trimmed.is_empty() => "~~",
            PieceKind::Added if !trimmed.is_empty() => "**",
            _ => "",
        };
        write!(text, "{before}{mark}{}{mark}{after}", markdown(trimmed)).unwrap_or_default();
    }
    text.replace("~~**", "~~ **")
}

fn markdown_body(parts: &Parts) -> String {
    let plain = parts.plain().map(markdown);
    let lines = parts.lines.iter().map(markdown_line);
    let tail = parts.tail().map(|text| format!("*{}*", markdown(text)));
    plain.chain(lines).chain(tail).collect::<Vec<_>>().join("\n")
}

fn discord(parts: &Parts) -> Value {
    // Escaping at most doubles the text: 4096 holds it, and the cut is for texts of signs alone.
    let description = cut(&markdown_body(parts), 4000);
    let mut embed = json!({
        "author": {"name": cut(&parts.label, 250)}, "title": cut(&markdown(&parts.headline), 256), "description": description,
        "color": colour(parts.kind), "footer": {"text": parts.meta}, "timestamp": parts.at,
    });
    if let (Value::Object(embed), Some(url)) = (&mut embed, &parts.url) {
        embed.insert("url".to_owned(), json!(url));
    }
    json!({"embeds": [embed], "allowed_mentions": {"parse": []}})
}

fn mattermost(parts: &Parts) -> Value {
    let headline = match &parts.url {
        Some(url) => format!("[{}]({})", markdown(&parts.headline), markdown_url(url)),
        None => markdown(&parts.headline),
    };
    let text =
        format!("{}\n**{headline}**\n{}\n\n{}", markdown(&parts.label), markdown(&parts.meta), markdown_body(parts));
    let fallback = format!("{}: {}", parts.label, parts.headline);
    let colour = format!("#{:06x}", colour(parts.kind));
    json!({"attachments": [{"fallback": fallback, "color": colour, "text": cut(&text, 7000)}]})
}

fn teams(parts: &Parts) -> Value {
    let rich = |runs: Vec<Value>| json!({"type": "RichTextBlock", "inlines": runs});
    let run = |text: &str| json!({"type": "TextRun", "text": text});
    let mut body = vec![
        rich(vec![json!({"type": "TextRun", "text": parts.label, "size": "Small", "weight": "Bolder"})]),
        rich(vec![json!({"type": "TextRun", "text": parts.headline, "size": "Large", "weight": "Bolder"})]),
        rich(vec![json!({"type": "TextRun", "text": parts.meta, "size": "Small", "isSubtle": true})]),
    ];
    body.extend(parts.plain().map(|text| rich(vec![run(text)])));
    for line in &parts.lines {
        let mut runs: Vec<Value> = Vec::new();
        for (at, piece) in line.pieces.iter().enumerate() {
            if replaces(line, at) {
                runs.push(run(" "));
            }
            runs.push(match piece.kind {
                PieceKind::Same => run(&piece.text),
                PieceKind::Removed => {
                    json!({"type": "TextRun", "text": piece.text, "strikethrough": true, "color": "Attention"})
                }
                PieceKind::Added => json!({"type": "TextRun", "text": piece.text, "weight": "Bolder", "color": "Good"}),
            });
        }
        body.push(rich(runs));
    }
    body.extend(parts.tail().map(|text| rich(vec![json!({"type": "TextRun", "text": text, "isSubtle": true})])));
    let open = parts.url.iter().map(|url| json!({"type": "Action.OpenUrl", "title": "Open the article", "url": url}));
    let actions: Vec<Value> = open.collect();
    json!({"type": "message", "attachments": [{
        "contentType": "application/vnd.microsoft.card.adaptive",
        "content": {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
            "msteams": {"width": "Full"}, "body": body, "actions": actions,
        },
    }]})
}

/// ntfy's JSON is posted to the server's root and names the topic, which the channel's URL ends in.
fn ntfy(parts: &Parts, url: &WebUrl) -> Message {
    let topic = url.as_url().path().trim_matches('/').to_owned();
    let mut root = url.as_url().clone();
    root.set_path("/");
    let lines = parts.lines.iter().map(Line::to_text);
    let texts: Vec<String> = std::iter::once(parts.headline.clone())
        .chain(parts.plain().map(str::to_owned))
        .chain(lines)
        .chain(parts.tail().map(str::to_owned))
        .chain([parts.meta.clone()])
        .collect();
    let mut text = texts.join("\n");
    while text.len() > NTFY_BYTES {
        text = cut(&text, text.chars().count() * 9 / 10);
    }
    let (tag, priority) = match parts.kind {
        EventKind::Matched => ("newspaper", 3),
        EventKind::Revised | EventKind::Diverged => ("pencil2", 3),
        EventKind::Gone | EventKind::SourceFailing | EventKind::DeliveryFailed | EventKind::ChannelFailing => {
            ("warning", 4)
        }
        EventKind::Restored | EventKind::SourceRecovered | EventKind::ChannelRecovered => ("white_check_mark", 3),
        EventKind::Crossposted => ("page_facing_up", 2),
        EventKind::Ping => ("wave", 2),
    };
    let mut body = json!({"topic": topic, "title": parts.label, "message": text, "tags": [tag], "priority": priority});
    if let (Value::Object(body), Some(click)) = (&mut body, &parts.url) {
        body.insert("click".to_owned(), json!(click));
    }
    let url = WebUrl::parse(root.as_str()).unwrap_or_else(|_| url.clone());
    Message { url, put: false, body: body.to_string().into_bytes() }
}

/// `PUT …/send/m.room.message/ID` where the URL is a homeserver's (`…/_matrix/client/v3/rooms/ROOM/send/m.room.message`,
/// with the access token as a header); else what the bridge Hookshot takes.
fn matrix(parts: &Parts, url: &WebUrl, id: &str) -> Message {
    let texts: Vec<String> = [parts.label.clone(), parts.headline.clone()]
        .into_iter()
        .chain(parts.url.clone())
        .chain([parts.meta.clone()])
        .chain(parts.plain().map(str::to_owned))
        .chain(parts.lines.iter().map(Line::to_text))
        .chain(parts.tail().map(str::to_owned))
        .collect();
    let (text, html) = (texts.join("\n"), matrix_html(parts));
    if !url.as_url().path().contains("/_matrix/client/") {
        let body = json!({"text": text, "html": html});
        return Message { url: url.clone(), put: false, body: body.to_string().into_bytes() };
    }
    let mut target = url.as_url().clone();
    target.set_path(&format!("{}/{id}", url.as_url().path().trim_end_matches('/')));
    let body = json!({
        "msgtype": "m.notice", "body": text, "format": "org.matrix.custom.html", "formatted_body": html, "m.mentions": {},
    });
    let url = WebUrl::parse(target.as_str()).unwrap_or_else(|_| url.clone());
    Message { url, put: true, body: body.to_string().into_bytes() }
}

fn matrix_html(parts: &Parts) -> String {
    let headline = match &parts.url {
        Some(url) => format!("<a href=\"{}\"><b>{}</b></a>", html(url), html(&parts.headline)),
        None => format!("<b>{}</b>", html(&parts.headline)),
    };
    let mut text = format!("{}<br>{headline}<br>{}", html(&parts.label), html(&parts.meta));
    for plain in parts.plain() {
        write!(text, "<p>{}</p>", html(plain)).unwrap_or_default();
    }
    for line in &parts.lines {
        text.push_str("<blockquote>");
        for piece in &line.pieces {
            let words = html(&piece.text);
            match piece.kind {
                PieceKind::Same => text.push_str(&words),
                PieceKind::Removed => write!(text, "<del>{words}</del> ").unwrap_or_default(),
                PieceKind::Added => write!(text, "<b>{words}</b>").unwrap_or_default(),
            }
        }
        text.push_str("</blockquote>");
    }
    for tail in parts.tail() {
        write!(text, "<p><i>{}</i></p>", html(tail)).unwrap_or_default();
    }
    text
}

fn html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    escaped.replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::{ArticleId, StoryId, TopicId};

    const ALL: [WebhookFormat; 7] = [
        WebhookFormat::Standard,
        WebhookFormat::Slack,
        WebhookFormat::Discord,
        WebhookFormat::Teams,
        WebhookFormat::Matrix,
        WebhookFormat::Ntfy,
        WebhookFormat::Mattermost,
    ];

    fn url(text: &str) -> WebUrl {
        WebUrl::parse(text).unwrap()
    }

    fn edited(diff_html: &str) -> Event {
        Event {
            kind: EventKind::Revised,
            timestamp: "2026-06-15T12:00:00Z".parse().unwrap(),
            topics: vec![TopicId::new("us-china-talks").unwrap()],
            article: Some(ArticleId(7)),
            story: Some(StoryId(3)),
            significance: 0.7,
            data: json!({
                "article": {"title": "*Talks* <at> @everyone [x](http://e.test) & more", "url": "https://herald.test/a_(1)",
                            "source_name": "The Herald"},
                "topics": [{"id": "us-china-talks", "name": "US–China talks"}],
                "revision": {"number": 2, "change": ["figure", "quote"], "acknowledged": false},
                "diff": {"html": diff_html},
                "story": {"articles": [{"id": 7, "source_name": "The Herald", "origin": true},
                                       {"id": 8, "source_name": "Ledger_", "origin": false}]},
            }),
        }
    }

    const DIFF: &str = "<div class=\"diff\">\n<p>The work costs <del>12 *million*</del><ins>19 &lt;b&gt;million</ins> \
                        crowns.</p>\n<p><ins>&lt;!channel&gt; “We have no choice”</ins></p>\n</div>\n";

    fn shaped(name: WebhookFormat, event: &Event) -> Message {
        let target = match name {
            WebhookFormat::Ntfy => url("https://ntfy.test/desk"),
            WebhookFormat::Matrix => url("https://m.test/_matrix/client/v3/rooms/!r:m.test/send/m.room.message"),
            _ => url("https://hook.test/x?sig=1"),
        };
        format(name, &target, "0199-id", event)
    }

    #[test]
    fn each_service_gets_its_own_message() {
        for name in ALL.into_iter().filter(|name| *name != WebhookFormat::Standard) {
            let message = shaped(name, &edited(DIFF));
            let body: Value = serde_json::from_slice(&message.body).unwrap();
            let shown = json!({"put": message.put, "url": message.url.as_str(), "body": body});
            let name = serde_json::to_value(name).unwrap();
            insta::assert_json_snapshot!(name.as_str().unwrap(), shown);
        }
    }

    #[test]
    fn a_match_and_a_delivery_that_failed_read_well_too() {
        let mut found = edited("");
        found.kind = EventKind::Matched;
        found.data["article"]["excerpt"] = json!("Negotiators of both sides met in Geneva.");
        let mut failed = edited("");
        (failed.kind, failed.topics) = (EventKind::DeliveryFailed, Vec::new());
        failed.data = json!({"channel": "ops", "failed": 3, "closed": true, "error": "hooks.test answered 410"});
        for name in ALL.into_iter().filter(|name| *name != WebhookFormat::Standard) {
            let body = |event: &Event| serde_json::from_slice::<Value>(&shaped(name, event).body).unwrap();
            let shown = json!({"found": body(&found), "failed": body(&failed)});
            let name = serde_json::to_value(name).unwrap();
            insta::assert_json_snapshot!(format!("{}_others", name.as_str().unwrap()), shown);
        }
    }

    /// Everything at its longest: headline, notice, withdrawn words, copies, topics, and each kind of long diff.
    fn longest(diff_html: &str, text: &str) -> Event {
        let mut event = edited(diff_html);
        let long = text.repeat(3000);
        event.data["article"]["title"] = json!(long);
        event.data["article"]["excerpt"] = json!(long);
        event.data["article"]["source_name"] = json!(long);
        event.data["topics"][0]["name"] = json!(long);
        event.data["revision"]["notice"] = json!(long);
        event.data["withdrawn"] = json!([long, long, long, long]);
        let member = |id: usize| json!({"id": id, "source_name": long, "origin": false});
        event.data["story"]["articles"] = (8..40).map(member).collect();
        event
    }

    /// All texts in a JSON value.
    fn texts(value: &Value) -> Vec<&str> {
        match value {
            Value::String(text) => vec![text.as_str()],
            Value::Array(all) => all.iter().flat_map(texts).collect(),
            Value::Object(all) => all.values().flat_map(texts).collect(),
            _ => Vec::new(),
        }
    }

    fn chars(value: &Value) -> usize {
        value.as_str().unwrap_or_default().chars().count()
    }

    /// What the services document of their limits.
    #[track_caller]
    fn check_limits(name: WebhookFormat, event: &Event) {
        let message = shaped(name, event);
        let body: Value = serde_json::from_slice(&message.body).unwrap();
        let said = format!("{name:?}: {} bytes", message.body.len());
        match name {
            WebhookFormat::Standard => assert!(message.body.len() <= super::super::BODY_BYTES_MAX, "{said}"),
            WebhookFormat::Slack => {
                let blocks = body["blocks"].as_array().unwrap();
                assert!(blocks.len() <= 50, "{said}");
                for block in blocks {
                    let all: usize = texts(&block["elements"]).iter().map(|text| text.chars().count()).sum();
                    // The words that name styles and types are counted along.
                    assert!(all <= 8000, "{said}: {all}");
                }
                let elements = blocks[0]["elements"].as_array().unwrap();
                let shown = elements.iter().flat_map(|one| one["elements"].as_array().unwrap());
                let all: usize = shown.map(|run| chars(&run["text"])).sum();
                assert!(all <= 3000, "{said}: {all} characters");
                assert!(chars(&body["text"]) <= 3000, "{said}");
            }
            WebhookFormat::Discord => {
                let embeds = body["embeds"].as_array().unwrap();
                assert!(embeds.len() <= 10 && chars(&body["content"]) <= 2000, "{said}");
                let one = &embeds[0];
                let all =
                    [&one["title"], &one["description"], &one["author"]["name"], &one["footer"]["text"]].map(chars);
                assert!(all[0] <= 256 && all[1] <= 4096 && all[2] <= 256 && all[3] <= 2048, "{said}: {all:?}");
                assert!(all.iter().sum::<usize>() <= 6000, "{said}: {all:?}");
            }
            WebhookFormat::Teams => assert!(message.body.len() <= 28_000, "{said}"),
            WebhookFormat::Matrix => assert!(message.body.len() <= 60_000, "{said}"),
            WebhookFormat::Ntfy => {
                assert!(body["message"].as_str().unwrap().len() <= 4096 && chars(&body["title"]) <= 250, "{said}");
            }
            WebhookFormat::Mattermost => assert!(texts(&body).concat().chars().count() <= 16_383, "{said}"),
        }
    }

    #[test]
    fn no_message_is_over_its_services_limit_whatever_the_event_holds() {
        let long = format!("<p><del>{}</del><ins>{}</ins></p>", "*_".repeat(1000), "国".repeat(3000));
        let short = "<p>a<ins>b</ins>c<del>d</del>e</p>".to_owned();
        let split = format!("<p>{}</p>", "<ins>*</ins>国".repeat(2000));
        for diff in [long.repeat(60), short.repeat(2000), split, String::new()] {
            for text in ["*_", "国", "a ", "&<"] {
                let event = longest(&format!("<div class=\"diff\">{diff}</div>"), text);
                for name in ALL {
                    check_limits(name, &event);
                }
            }
        }
        let event = edited(&format!("<div class=\"diff\">{}</div>", long.repeat(60)));
        let body: Value = serde_json::from_slice(&shaped(WebhookFormat::Discord, &event).body).unwrap();
        assert!(
            body["embeds"][0]["description"].as_str().unwrap().contains("more changes"),
            "what is left out is counted"
        );
    }

    #[test]
    fn an_event_without_data_makes_a_message_too() {
        let mut event = edited("");
        event.data = Value::Null;
        for name in ALL {
            for kind in [EventKind::Matched, EventKind::SourceFailing, EventKind::DeliveryFailed, EventKind::Ping] {
                event.kind = kind;
                assert!(serde_json::from_slice::<Value>(&shaped(name, &event).body).is_ok(), "{name:?}");
            }
        }
    }

    #[test]
    fn matrix_through_a_bridge_is_posted() {
        let message = format(WebhookFormat::Matrix, &url("https://hookshot.test/webhook/abc"), "id", &edited(DIFF));
        assert_eq!((message.put, message.url.as_str()), (false, "https://hookshot.test/webhook/abc"));
    }
}
