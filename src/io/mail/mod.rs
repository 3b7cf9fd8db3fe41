//! Mail on its way: by SMTP, or as files. A message goes to one recipient at a time, so that a refused one takes nothing
//! from the others.

mod letter;
mod smtp;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

pub use self::letter::Letter;
use crate::config::SmtpConfig;
use crate::model::event::SendError;

/// One message as a memory mailer keeps it: the recipient and the message's bytes.
pub type Sent = (String, Vec<u8>);

/// How mail leaves.
#[derive(Debug, Clone)]
pub enum Mailer {
    /// To a server.
    Smtp(SmtpConfig),
    /// As `.eml` files, one a delivery.
    Directory(PathBuf),
    /// Kept, for tests.
    Memory(Arc<Mutex<Vec<Sent>>>),
}

impl Mailer {
    /// Sends a letter to one recipient.
    pub async fn send(&self, letter: &Letter, recipient: &str) -> Result<(), SendError> {
        match self {
            Self::Smtp(server) => smtp::send(server, letter, recipient).await,
            Self::Directory(directory) => {
                let (directory, name, message) = (directory.clone(), letter.file_name(), letter.eml()?);
                let written = tokio::task::spawn_blocking(move || write(&directory, &name, &message)).await;
                written.map_err(io::Error::other).and_then(|written| written).map_err(|error| SendError::Temporary {
                    reason: format!("cannot write the mail to a file: {error}"),
                    retry_after: None,
                })
            }
            Self::Memory(sent) => {
                let message = letter.eml()?;
                sent.lock().unwrap_or_else(PoisonError::into_inner).push((recipient.to_owned(), message));
                Ok(())
            }
        }
    }

    /// Whether one message carries all recipients (files), so that it is made once.
    pub fn takes_all_at_once(&self) -> bool {
        matches!(self, Self::Directory(_))
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
