//! SMTP, one transaction a recipient, over one connection.

use std::error::Error as _;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::{Error, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use super::letter::{Letter, mailbox};
use crate::config::{SmtpConfig, SmtpTls};
use crate::model::event::SendError;

/// For each command and its answer. RFC 5321 asks clients for minutes; a server that is well answers in seconds.
const COMMAND_TIMEOUT: Duration = Duration::from_mins(1);

/// After so many letters in a row to which the server said nothing at all, it counts as silent: one may have been cut off
/// for its recipient's sake.
const SILENT_AFTER: u32 = 2;

/// A server, and the connection to it that letters share.
#[derive(Debug, Clone)]
pub struct Smtp {
    server: SmtpConfig,
    transport: AsyncSmtpTransport<Tokio1Executor>,
    unanswered: Arc<AtomicU32>,
}

impl Smtp {
    pub(super) fn new(server: &SmtpConfig) -> Result<Self, SendError> {
        Ok(Self { server: server.clone(), transport: transport(server)?, unanswered: Arc::default() })
    }

    pub(super) async fn send(&self, letter: &Letter, recipient: &str) -> Result<(), SendError> {
        let (from, to) = (mailbox(&letter.from)?.email, mailbox(recipient)?.email);
        let message = letter.message()?.formatted();
        let envelope =
            Envelope::new(Some(from), vec![to]).map_err(|error| SendError::Permanent { reason: error.to_string() })?;
        let sent = self.transport.send_raw(&envelope, &message).await;
        let answered = sent.as_ref().err().is_none_or(|error| error.status().is_some());
        if answered {
            self.unanswered.store(0, Ordering::Relaxed);
        } else {
            self.unanswered.fetch_add(1, Ordering::Relaxed);
        }
        sent.map(drop).map_err(|error| told(&self.server, &error))
    }

    pub(super) fn is_silent(&self) -> bool {
        self.unanswered.load(Ordering::Relaxed) >= SILENT_AFTER
    }

    pub(super) async fn close(&self) {
        self.transport.shutdown().await;
    }
}

pub(super) async fn greet(server: &SmtpConfig) -> Result<(), SendError> {
    let transport = transport(server)?;
    match transport.test_connection().await {
        Ok(true) => Ok(()),
        Ok(false) => Err(temporary(format!("{}:{} does not answer as a mail server", server.host, server.port))),
        Err(error) => Err(told(server, &error)),
    }
}

fn transport(server: &SmtpConfig) -> Result<AsyncSmtpTransport<Tokio1Executor>, SendError> {
    let parameters = || tls_parameters(server).map_err(|error| told(server, &error));
    let tls = match server.tls {
        SmtpTls::Starttls => Tls::Required(parameters()?),
        SmtpTls::Tls => Tls::Wrapper(parameters()?),
        SmtpTls::None => Tls::None,
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
        .port(server.port)
        .tls(tls)
        .timeout(Some(COMMAND_TIMEOUT))
        .pool_config(PoolConfig::new().max_size(1));
    if let (Some(user), Some(password)) = (&server.username, &server.password) {
        builder = builder.credentials(Credentials::new(user.clone(), password.expose().to_owned()));
    }
    Ok(builder.build())
}

/// The server's certificate is trusted by the system's authorities and by those of `ca_file`.
fn tls_parameters(server: &SmtpConfig) -> Result<TlsParameters, Error> {
    let mut builder = TlsParameters::builder(server.host.clone());
    if let Some(pem) = &server.ca {
        builder = builder.add_root_certificate(Certificate::from_pem(pem.as_bytes())?);
    }
    builder.build()
}

/// What a failure means: 5xx will not work for this message and recipient, everything else may.
fn told(server: &SmtpConfig, error: &Error) -> SendError {
    let mut reason = format!("mail server {}:{}: {error}", server.host, server.port);
    let mut source = error.source();
    while let Some(deeper) = source {
        let text = deeper.to_string();
        if !reason.contains(&text) {
            write!(reason, ": {text}").unwrap_or_default();
        }
        source = deeper.source();
    }
    let login = error.status().is_some_and(|code| matches!(u16::from(code), 530 | 534 | 535 | 538));
    // A refused log-in is the config's fault, not the message's: mending that must not find the message given up.
    if error.is_permanent() && !login { SendError::Permanent { reason } } else { temporary(reason) }
}

fn temporary(reason: String) -> SendError {
    SendError::Temporary { reason, retry_after: None }
}
