//! Mail on its way: by SMTP, or as files. A message goes to one recipient at a time, so that a refused one takes nothing
//! from the others.

mod letter;
mod smtp;

use std::io;
use std::path::{Path, PathBuf};

pub use self::letter::Letter;
pub use self::smtp::Smtp;
use crate::config::SmtpConfig;
use crate::model::event::SendError;

/// How mail leaves.
#[derive(Debug, Clone)]
pub enum Mailer {
    /// To a server, over one connection as long as that lasts.
    Smtp(Smtp),
    /// As `.eml` files, one a delivery.
    Directory(PathBuf),
}

impl Mailer {
    /// To a server, which is not connected to yet.
    pub fn smtp(server: &SmtpConfig) -> Result<Self, SendError> {
        Smtp::new(server).map(Self::Smtp)
    }

    /// Sends a letter to one recipient.
    pub async fn send(&self, letter: &Letter, recipient: &str) -> Result<(), SendError> {
        match self {
            Self::Smtp(smtp) => smtp.send(letter, recipient).await,
            Self::Directory(directory) => {
                let (directory, name, message) = (directory.clone(), letter.file_name(), letter.eml()?);
                let written = tokio::task::spawn_blocking(move || write(&directory, &name, &message)).await;
                written.map_err(io::Error::other).and_then(|written| written).map_err(|error| SendError::Temporary {
                    reason: format!("cannot write the mail to a file: {error}"),
                    retry_after: None,
                })
            }
        }
    }

    /// Whether one message carries all recipients (files), so that it is made once.
    pub fn takes_all_at_once(&self) -> bool {
        matches!(self, Self::Directory(_))
    }

    /// Whether the server has fallen silent: another letter would only wait for it again.
    pub fn is_silent(&self) -> bool {
        matches!(self, Self::Smtp(smtp) if smtp.is_silent())
    }

    /// Says goodbye.
    pub async fn close(&self) {
        if let Self::Smtp(smtp) = self {
            smtp.close().await;
        }
    }

    /// Connects, secures, logs in, and says goodbye: for `check --connect`.
    pub async fn greet(server: &SmtpConfig) -> Result<(), SendError> {
        smtp::greet(server).await
    }
}

/// Writes under a temporary name first: whoever watches the directory sees whole messages only. The same delivery
/// written again replaces itself.
fn write(directory: &Path, name: &str, message: &[u8]) -> io::Result<()> {
    let at = |error: io::Error, path: &Path| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    std::fs::create_dir_all(directory).map_err(|error| at(error, directory))?;
    let (hidden, target) = (directory.join(format!(".{name}.part")), directory.join(name));
    let mut file = std::fs::File::create(&hidden).map_err(|error| at(error, &hidden))?;
    io::Write::write_all(&mut file, message)?;
    file.sync_all()?;
    std::fs::rename(&hidden, &target).map_err(|error| at(error, &target))
}
