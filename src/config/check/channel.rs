//! `[[channel]]`: email, webhook, feed, command.

use std::path::PathBuf;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use toml::de::DeValue;

use super::super::raw::{Context, Node, Section};
use super::super::{ChannelConfig, ChannelTarget, EmailChannel, MailBy, Secret, WebhookChannel};
use super::paths::Paths;
use super::{secret, source, values};
use crate::engine::route::Immediate;
use crate::engine::schedule::Wall;
use crate::model::channel::{ChannelKind, WebhookFormat};
use crate::model::event::EventKind;
use crate::model::ids::ChannelId;
use crate::model::time::SignedDuration;

/// Where messages go, beside the store, while there is no SMTP.
const DIGESTS: &str = "digests";

/// When a digest goes out if the config does not say.
const DIGEST_CRON: &str = "0 7 * * *";

/// A digest longer than this is read by nobody.
const DIGEST_ITEMS: usize = 50;

/// As many entries a feed carries.
const FEED_ITEMS: usize = 100;

/// The keys of all types.
const KEYS: [&str; 21] = [
    "allow_private",
    "by",
    "command",
    "cron",
    "directory",
    "format",
    "from",
    "headers",
    "immediate",
    "immediate_from",
    "immediate_in_digest",
    "max_items",
    "quiet",
    "secret",
    "secrets",
    "send_empty",
    "sendmail",
    "timeout",
    "timezone",
    "to",
    "url",
];

pub(super) fn read(section: &Section<'_, '_>, paths: &Paths, has_smtp: bool) -> Option<ChannelConfig> {
    let id = section.required("id", "\"desk\"", |context, node| values::slug(context, node, ChannelId::new));
    let kind = section.required("type", "\"email\"", |context, node| {
        values::word(
            context,
            node,
            &[
                ("email", ChannelKind::Email),
                ("webhook", ChannelKind::Webhook),
                ("feed", ChannelKind::Feed),
                ("command", ChannelKind::Command),
            ],
        )
    });
    let sources = section.optional("sources", values::boolean);
    let channels = section.optional("channels", values::boolean);
    let target = match kind {
        Some(ChannelKind::Email) => email(section, paths, has_smtp).map(ChannelTarget::Email),
        Some(ChannelKind::Webhook) => webhook(section).map(ChannelTarget::Webhook),
        Some(ChannelKind::Feed) => Some(feed(section, paths)),
        Some(ChannelKind::Command) => command(section),
        None => {
            // Without a type, the keys of every type may be meant.
            section.allow(&KEYS);
            None
        }
    };
    section.finish();
    Some(ChannelConfig {
        id: id?,
        target: target?,
        sources: sources.unwrap_or(false),
        channels: channels.unwrap_or(false),
    })
}

fn email(section: &Section<'_, '_>, paths: &Paths, has_smtp: bool) -> Option<EmailChannel> {
    let to = section.required("to", "[\"desk@example.org\"]", |context, node| {
        let to = values::list(context, node, values::mail_address)?;
        if to.is_empty() {
            context.error(&node.place, "the list is empty: nobody would get the mail", "write [\"desk@example.org\"]");
            return None;
        }
        Some(to)
    });
    let from = section.optional("from", values::mail_address);
    let cron = section.optional("cron", values::cron);
    let timezone = section.optional("timezone", values::time_zone);
    let kinds = section.optional("immediate", immediate);
    let at_least = section.optional("immediate_from", |context, node| values::number(context, node, 0.0, 1.0));
    let in_digest = section.optional("immediate_in_digest", values::boolean);
    let refines = section.node("immediate_from").or_else(|| section.node("immediate_in_digest"));
    if let (None, Some(node)) = (&kinds, refines) {
        let context = section.context();
        let problem = context.problem(&node.place, "nothing is mailed at once: `immediate` does not say what");
        context.push(
            problem.hint("add immediate = [\"match\", \"revision\"], or immediate = true for all kinds").warning(),
        );
    }
    let immediate = Immediate {
        kinds: kinds.unwrap_or_default(),
        from: at_least.unwrap_or(0.0),
        in_digest: in_digest.unwrap_or(false),
    };
    let max_items = section.optional("max_items", |context, node| values::count(context, node, 1000));
    let send_empty = section.optional("send_empty", values::boolean);
    let quiet = section.optional("quiet", quiet);
    let by = mail_by(section, paths, has_smtp);
    Some(EmailChannel {
        to: to?,
        from,
        cron: cron.or_else(|| Wall::parse(DIGEST_CRON).ok())?,
        timezone: timezone.unwrap_or(TimeZone::UTC),
        immediate,
        max_items: max_items.unwrap_or(DIGEST_ITEMS),
        by: by?,
        send_empty: send_empty.unwrap_or(false),
        quiet,
    })
}

#[derive(Clone, Copy)]
enum By {
    Smtp,
    Sendmail,
    Directory,
}

/// How a channel's mail is sent: as `by` says, else by the `sendmail` it names, else by `[smtp]`, else into a directory.
fn mail_by(section: &Section<'_, '_>, paths: &Paths, has_smtp: bool) -> Option<MailBy> {
    let context = section.context();
    let by = section.optional("by", |context, node| {
        values::word(context, node, &[("smtp", By::Smtp), ("sendmail", By::Sendmail), ("directory", By::Directory)])
    });
    let directory = section.optional("directory", |context, node| paths.read_to_write(context, node));
    let sendmail = section.optional("sendmail", values::text).map(PathBuf::from);
    let by = match (section.node("by").is_some(), by) {
        (true, None) => return None, // Reported.
        (true, Some(by)) => by,
        (false, _) if section.node("sendmail").is_some() => By::Sendmail,
        (false, _) if has_smtp => By::Smtp,
        (false, _) => By::Directory,
    };
    Some(match by {
        By::Sendmail => MailBy::Sendmail(sendmail.unwrap_or_else(|| PathBuf::from("/usr/sbin/sendmail"))),
        By::Smtp if has_smtp => MailBy::Smtp,
        By::Smtp => {
            let place = section.node("by").map_or(section.place(), |node| node.place);
            let problem = context.problem(&place, "the channel sends by SMTP, and there is no [smtp]");
            context.push(problem.hint("add [smtp] with `host` and `from`"));
            return None;
        }
        By::Directory => {
            if section.node("directory").is_none() && section.node("by").is_none() {
                let place = section.node("type").map_or(section.place(), |node| node.place);
                let problem =
                    context.problem(&place, "there is no [smtp]: this channel's mail is only written to files");
                let hint = format!(
                    "add [smtp], or say `directory = \"{DIGESTS}\"` to mean it; the files go to {}",
                    paths.to_write(DIGESTS).display()
                );
                context.push(problem.hint(hint).warning());
            }
            MailBy::Directory(directory.unwrap_or_else(|| paths.to_write(DIGESTS)))
        }
    })
}

/// What is mailed at once: `true` for everything, or a list of kinds.
fn immediate(context: &Context<'_>, node: &Node<'_>) -> Option<Vec<EventKind>> {
    const KINDS: [(&str, EventKind); 17] = [
        ("match", EventKind::Matched),
        ("revision", EventKind::Revised),
        ("gone", EventKind::Gone),
        ("restored", EventKind::Restored),
        ("crosspost", EventKind::Crossposted),
        ("diverged", EventKind::Diverged),
        ("article.matched", EventKind::Matched),
        ("article.revised", EventKind::Revised),
        ("article.gone", EventKind::Gone),
        ("article.restored", EventKind::Restored),
        ("story.crossposted", EventKind::Crossposted),
        ("story.diverged", EventKind::Diverged),
        ("source.failing", EventKind::SourceFailing),
        ("source.recovered", EventKind::SourceRecovered),
        ("delivery.failed", EventKind::DeliveryFailed),
        ("channel.failing", EventKind::ChannelFailing),
        ("channel.recovered", EventKind::ChannelRecovered),
    ];
    if let DeValue::Boolean(all) = node.value {
        let every = KINDS.iter().skip(6).map(|(_, kind)| *kind);
        return Some(if *all { every.collect() } else { Vec::new() });
    }
    values::list(context, node, |context, node| values::word(context, node, &KINDS))
}

/// `quiet = "22:00-07:00"`
fn quiet(context: &Context<'_>, node: &Node<'_>) -> Option<(Time, Time)> {
    let text = values::text(context, node)?;
    let times = text.split_once('-').and_then(|(from, to)| {
        let time = |text: &str| Time::strptime("%H:%M", text.trim()).ok();
        Some((time(from)?, time(to)?))
    });
    if times.is_none() {
        let problem = context.problem(&node.place, format!("`{text}` is no span of the day"));
        context.push(problem.hint("write \"22:00-07:00\""));
    }
    times
}

fn webhook(section: &Section<'_, '_>) -> Option<WebhookChannel> {
    let context = section.context();
    let url = section.required("url", "\"https://example.org/hook\"", values::url);
    let format = section.optional("format", |context, node| {
        values::word(
            context,
            node,
            &[
                ("standard", WebhookFormat::Standard),
                ("slack", WebhookFormat::Slack),
                ("discord", WebhookFormat::Discord),
                ("teams", WebhookFormat::Teams),
                ("matrix", WebhookFormat::Matrix),
                ("ntfy", WebhookFormat::Ntfy),
                ("mattermost", WebhookFormat::Mattermost),
            ],
        )
    });
    let format = format.unwrap_or_default();
    let mut secrets: Vec<Secret> = Vec::new();
    for key in ["secret", "secrets"] {
        secrets.extend(section.optional(key, webhook_secrets).unwrap_or_default());
    }
    let has_secret = section.node("secret").is_some() || section.node("secrets").is_some();
    if format == WebhookFormat::Standard && !has_secret {
        let problem =
            context.problem(&section.place(), "this webhook is not signed: whoever knows its URL can forge one");
        context.push(problem.hint("add `secret = { env = \"…\" }`, the same on both sides").warning());
    }
    let headers = section.optional("headers", source::headers);
    let allow_private = section.optional("allow_private", |context, node| values::list(context, node, values::network));
    let timeout = section.optional("timeout", values::timeout);
    Some(WebhookChannel {
        url: url?,
        secrets,
        format,
        headers: headers.unwrap_or_default(),
        allow_private: allow_private.unwrap_or_default(),
        timeout: timeout.unwrap_or(SignedDuration::from_secs(30)),
    })
}

/// Standard Webhooks secrets, one or several.
fn webhook_secrets(context: &Context<'_>, node: &Node<'_>) -> Option<Vec<Secret>> {
    values::list(context, node, webhook_secret)
}

/// `whsec_` and the base64 of 24 to 64 bytes, as the specification has it: receivers' libraries refuse anything else, and
/// the first delivery would be too late to hear of it.
fn webhook_secret(context: &Context<'_>, node: &Node<'_>) -> Option<Secret> {
    use base64::Engine as _;
    const MAKE_ONE: &str = "make one: `echo whsec_$(openssl rand -base64 32)`";
    let secret = secret::secret(context, node)?;
    let text = secret.expose().trim();
    if text.is_empty() {
        // A command that only reads the archive does without it; that it is not there was said.
        return Some(secret);
    }
    let decoded = |text: &str| base64::engine::general_purpose::STANDARD.decode(text).map(|bytes| bytes.len());
    let (message, hint) = match text.strip_prefix("whsec_").map(decoded) {
        Some(Ok(24..=64)) => return Some(Secret::new(text)),
        Some(Ok(bytes)) => (format!("the secret is {bytes} bytes long: Standard Webhooks asks for 24 to 64"), MAKE_ONE),
        Some(Err(_)) => ("the secret begins with `whsec_`, and what follows is not base64".to_owned(), MAKE_ONE),
        None if matches!(decoded(text), Ok(24..=64)) => {
            ("the secret is base64 without the `whsec_` of Standard Webhooks".to_owned(), "put `whsec_` before it")
        }
        None => ("the secret is not `whsec_` and the base64 of 24 to 64 bytes".to_owned(), MAKE_ONE),
    };
    context.error(&node.place, message, hint);
    None
}

fn feed(section: &Section<'_, '_>, paths: &Paths) -> ChannelTarget {
    ChannelTarget::Feed {
        directory: section.optional("directory", |context, node| paths.read_to_write(context, node)),
        max_items: section
            .optional("max_items", |context, node| values::count(context, node, 1000))
            .unwrap_or(FEED_ITEMS),
    }
}

fn command(section: &Section<'_, '_>) -> Option<ChannelTarget> {
    let argv = section.required("command", "[\"/usr/local/bin/notify\", \"--json\"]", |context, node| {
        let argv = values::list(context, node, values::string)?;
        if argv.first().is_none_or(String::is_empty) {
            context.error(&node.place, "the command names no program", "write [\"/usr/local/bin/notify\"]");
            return None;
        }
        if node.value.is_str() && argv.iter().any(|argument| argument.contains(' ')) {
            let problem = context.problem(&node.place, "the command is one text with blanks, and no shell reads it");
            let words: Vec<String> =
                argv.iter().flat_map(|text| text.split_whitespace()).map(|word| format!("\"{word}\"")).collect();
            context.push(problem.hint(format!("write [{}]", words.join(", "))));
            return None;
        }
        Some(argv)
    });
    let timeout = section.optional("timeout", values::timeout);
    Some(ChannelTarget::Command { argv: argv?, timeout: timeout.unwrap_or(SignedDuration::from_secs(30)) })
}
