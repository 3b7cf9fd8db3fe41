//! A message, from its texts to its bytes.
//!
//! Invariant: the same letter gives the same bytes, Message-ID and boundary included, so that a copy sent again after a
//! crash is known as one.

use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MultiPart, MultiPartKind, SinglePart};

use crate::engine::digest;
use crate::engine::unsubscribe::ONE_CLICK;
use crate::model::event::SendError;
use crate::model::ids::{ChannelId, DeliveryId};
use crate::model::time::Timestamp;

/// A message before it is encoded.
#[derive(Debug, Clone, PartialEq)]
pub struct Letter {
    /// The delivery: the stem of the Message-ID.
    pub id: DeliveryId,
    /// The channel: the list's name.
    pub channel: ChannelId,
    /// The sender, `Name <a@b>` or `a@b`.
    pub from: String,
    /// The recipients that the message names.
    pub to: Vec<String>,
    /// When the delivery was made.
    pub date: Timestamp,
    /// The subject.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// The link by which the recipient ends the subscription, if there is one.
    pub unsubscribe: Option<String>,
    /// What messages of one thread have in common (a topic), if they form one.
    pub thread: Option<String>,
}

impl Letter {
    /// The whole message as it goes over the wire.
    pub fn eml(&self) -> Result<Vec<u8>, SendError> {
        Ok(self.message()?.formatted())
    }

    /// `2026-06-15T070000Z-ID.eml`
    pub fn file_name(&self) -> String {
        format!("{}-{}.eml", self.date.strftime("%Y-%m-%dT%H%M%SZ"), self.id)
    }

    /// Program, arguments and input that hand the letter to a `sendmail` for one recipient.
    pub fn for_sendmail(&self, program: &Path, recipient: &str) -> Result<(Vec<String>, Vec<u8>), SendError> {
        let sender = mailbox(&self.from)?.email.to_string();
        let recipient = mailbox(recipient)?.email.to_string();
        let program = program.display().to_string();
        let argv = [&program, "-i", "-f", &sender, "--", &recipient].map(str::to_owned).to_vec();
        let unix = String::from_utf8_lossy(&self.eml()?).replace("\r\n", "\n");
        Ok((argv, unix.into_bytes()))
    }

    /// The link, or where there is none a mail to the sender, whom a person has to read.
    fn list_unsubscribe(&self, sender: &str) -> String {
        match &self.unsubscribe {
            Some(link) => format!("<{link}>"),
            None => format!("<mailto:{sender}?subject=unsubscribe%20{}>", self.channel),
        }
    }

    /// RFC 8058 lets mail programs post to HTTPS only: over plain HTTP the link is for people.
    fn one_click(&self) -> bool {
        self.unsubscribe.as_ref().is_some_and(|link| link.starts_with("https:"))
    }

    pub(super) fn message(&self) -> Result<lettre::Message, SendError> {
        let from = mailbox(&self.from)?;
        let (domain, sender) = (from.email.domain().to_owned(), from.email.to_string());
        let mut builder = lettre::Message::builder()
            .from(from)
            .subject(self.subject.clone())
            .date(UNIX_EPOCH + Duration::from_secs(u64::try_from(self.date.as_second()).unwrap_or(0)))
            .message_id(Some(format!("<{}@{domain}>", self.id)));
        for to in &self.to {
            builder = builder.to(mailbox(to)?);
        }
        if let Some(thread) = &self.thread {
            let root = format!("<thread.{}.{thread}@{domain}>", self.channel);
            builder = builder.in_reply_to(root.clone()).references(root);
        }
        let headers = [
            ("List-Id", format!("<{}.wirewatch.{domain}>", self.channel)),
            ("List-Unsubscribe", self.list_unsubscribe(&sender)),
            ("Auto-Submitted", "auto-generated".to_owned()),
            ("X-Auto-Response-Suppress", "All".to_owned()),
            ("X-Wirewatch-Channel", self.channel.to_string()),
        ];
        for (name, value) in headers {
            builder = builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value));
        }
        if self.one_click() {
            let name = HeaderName::new_from_ascii_str("List-Unsubscribe-Post");
            builder = builder.raw_header(HeaderValue::new(name, ONE_CLICK.to_owned()));
        }
        let parts = MultiPart::builder()
            .kind(MultiPartKind::Alternative)
            .boundary(format!("wirewatch_{}", self.id))
            .singlepart(part(ContentType::TEXT_PLAIN, &self.text))
            .singlepart(part(ContentType::TEXT_HTML, &self.html));
        builder.multipart(parts).map_err(|error| permanent(format!("the mail cannot be put together: {error}")))
    }
}

/// One part, quoted-printable, or base64 where that is shorter (most scripts but Latin).
fn part(kind: ContentType, text: &str) -> SinglePart {
    let encoding = if digest::quoted_len(text) > digest::base64_len(text) {
        ContentTransferEncoding::Base64
    } else {
        ContentTransferEncoding::QuotedPrintable
    };
    let builder = SinglePart::builder().header(kind);
    match Body::new_with_encoding(text.to_owned(), encoding) {
        Ok(body) => builder.body(body),
        Err(text) => builder.body(text),
    }
}

pub(super) fn mailbox(text: &str) -> Result<Mailbox, SendError> {
    text.parse().map_err(|_| permanent(format!("`{text}` is no mail address")))
}

fn permanent(reason: String) -> SendError {
    SendError::Permanent { reason }
}
