//! The control socket: how `wirewatch reload` asks the running daemon to read its config again and hears its answer. One
//! line in, one answer out. The socket's name comes from the config file's path, so that it can be found while that file
//! does not check; only its owner may connect.

use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, oneshot};

/// Longest answer that is read, in bytes: a config's problems with their carets.
const ANSWER_MAX_BYTES: u64 = 256 << 10;
/// How long a caller may take to say what it wants, and how long it waits for the answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// The one request.
const RELOAD: &[u8] = b"reload\n";

/// A request to read the config again; the answer is `Ok` or the reasons.
pub type ReloadRequest = oneshot::Sender<Result<String, String>>;

/// Why `reload` heard nothing.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// No socket answers.
    #[error("no daemon runs with this config ({tried}): start it with `wirewatch run` or `systemctl start wirewatch`")]
    NotRunning {
        /// Where it was looked for.
        tried: String,
    },
    /// It broke while talking.
    #[error("talk to the daemon at {path}")]
    Broken {
        /// The socket.
        path: PathBuf,
        /// What failed.
        #[source]
        source: io::Error,
    },
}

fn socket_name(config: &Path) -> String {
    let config = std::fs::canonicalize(config).unwrap_or_else(|_| config.to_owned());
    let name = xxhash_rust::xxh3::xxh3_64(config.as_os_str().as_encoded_bytes());
    format!("control-{name:016x}.sock")
}

/// Where a socket may be: systemd's runtime directory, that of a login session, else the temporary directory.
#[expect(
    clippy::disallowed_methods,
    reason = "a runtime directory is the environment's to name, and no setting of ours"
)]
fn candidates(config: &Path) -> Vec<PathBuf> {
    let name = socket_name(config);
    let named = std::env::var("RUNTIME_DIRECTORY").ok().map(PathBuf::from);
    let session = std::env::var("XDG_RUNTIME_DIR").ok().map(|dir| Path::new(&dir).join("wirewatch"));
    [named, Some(PathBuf::from("/run/wirewatch")), session, Some(std::env::temp_dir().join("wirewatch"))]
        .into_iter()
        .flatten()
        .map(|dir| dir.join(&name))
        .collect()
}

/// Listens for requests until the receiver is gone. Gives `None`, with a line in the log, where no directory takes a
/// socket: the daemon runs all the same, and SIGHUP still reloads it.
pub fn listen(config: &Path) -> Option<(PathBuf, UnixListener)> {
    for path in candidates(config) {
        let Some(dir) = path.parent() else { continue };
        if std::fs::create_dir_all(dir).is_err() {
            continue;
        }
        // A socket left by a killed daemon answers nobody and would make the bind fail.
        if std::fs::remove_file(&path).is_err() && path.exists() {
            continue;
        }
        let Ok(listener) = UnixListener::bind(&path) else { continue };
        if std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).is_ok() {
            return Some((path, listener));
        }
    }
    tracing::warn!("no directory takes a control socket: `wirewatch reload` will not work, SIGHUP does");
    None
}

/// Answers callers one after another by what the daemon says to `requests`.
pub async fn answer(listener: UnixListener, requests: mpsc::Sender<ReloadRequest>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { return };
        match tokio::time::timeout(PATIENCE, answer_one(stream, &requests)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "a caller of the control socket went away"),
            Err(_) => tracing::debug!("a caller of the control socket took too long"),
        }
        if requests.is_closed() {
            return;
        }
    }
}

async fn answer_one(mut stream: UnixStream, requests: &mpsc::Sender<ReloadRequest>) -> io::Result<()> {
    let mut request = [0_u8; RELOAD.len()];
    stream.read_exact(&mut request).await?;
    if request != RELOAD {
        return stream.write_all(b"1unknown request\n").await;
    }
    let (reply, answer) = oneshot::channel();
    if requests.send(reply).await.is_err() {
        return stream.write_all(b"1the daemon is stopping\n").await;
    }
    let (status, text) = match answer.await {
        Ok(Ok(text)) => (b"0", text),
        Ok(Err(text)) => (b"1", text),
        Err(_) => (b"1", "the daemon is stopping".to_owned()),
    };
    stream.write_all(status).await?;
    stream.write_all(text.as_bytes()).await?;
    stream.shutdown().await
}

/// Asks the daemon that runs with this config to read it again: `Ok(Ok(..))` taken, `Ok(Err(..))` refused with why.
pub async fn request_reload(config: &Path) -> Result<Result<String, String>, ControlError> {
    let paths = candidates(config);
    for path in &paths {
        let Ok(stream) = UnixStream::connect(path).await else { continue };
        let talk = tokio::time::timeout(PATIENCE, ask(stream)).await;
        let talk = talk.unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in 30 s")));
        return talk.map_err(|source| ControlError::Broken { path: path.clone(), source });
    }
    let tried = paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
    Err(ControlError::NotRunning { tried })
}

async fn ask(mut stream: UnixStream) -> io::Result<Result<String, String>> {
    stream.write_all(RELOAD).await?;
    let mut answer = String::new();
    stream.take(ANSWER_MAX_BYTES).read_to_string(&mut answer).await?;
    match answer.split_at_checked(1) {
        Some(("0", text)) => Ok(Ok(text.to_owned())),
        Some(("1", text)) => Ok(Err(text.to_owned())),
        _ => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the daemon hung up")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_reload_is_answered_with_what_the_daemon_says() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c.sock");
        let listener = UnixListener::bind(&path).unwrap();
        let (requests, mut inbox) = mpsc::channel::<ReloadRequest>(1);
        let mut tasks = tokio::task::JoinSet::new();
        tasks.spawn(answer(listener, requests));
        tasks.spawn(async move {
            inbox.recv().await.unwrap().send(Err("line 3: no".to_owned())).unwrap();
            inbox.recv().await.unwrap().send(Ok("taken".to_owned())).unwrap();
        });
        for expected in [Err("line 3: no".to_owned()), Ok("taken".to_owned())] {
            let stream = UnixStream::connect(&path).await.unwrap();
            assert_eq!(ask(stream).await.unwrap(), expected);
        }
    }
}
