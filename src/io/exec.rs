//! The command channel: a program that reads JSON on its standard input. Bounded in time and in what is kept of its
//! output; when its time is over, everything it started ends with it.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;

use crate::model::event::SendError;
use crate::model::time::SignedDuration;

/// Of a command's output so much is kept, for the error.
const OUTPUT_BYTES_MAX: usize = 4096;

/// Runs `argv` with `input` on its standard input. Any exit status but 0 is a failure that may pass.
pub async fn run(argv: &[String], input: Vec<u8>, timeout: SignedDuration) -> Result<(), SendError> {
    let Some((program, arguments)) = argv.split_first() else {
        return Err(SendError::Permanent { reason: "the command names no program".to_owned() });
    };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // A group of its own, so that what it starts can be ended with it.
    command.process_group(0).kill_on_drop(true);
    let mut child = command.spawn().map_err(|error| temporary(format!("cannot start `{program}`: {error}")))?;
    let _group = Group(child.id());
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let feed = async {
        if let Some(mut stdin) = stdin {
            // A command need not read its input: its exit status says whether it did its work.
            drop(stdin.write_all(&input).await);
        }
    };
    let whole = async {
        let ((), said, complaint, status) = tokio::join!(feed, output(stdout), output(stderr), child.wait());
        (status, said, complaint)
    };
    let limit = Duration::try_from(timeout).unwrap_or(Duration::MAX);
    match tokio::time::timeout(limit, whole).await {
        Err(_elapsed) => {
            Err(temporary(format!("`{program}` did not end within {} s and was killed", limit.as_secs_f64())))
        }
        Ok((Err(error), ..)) => Err(temporary(format!("`{program}` cannot be waited for: {error}"))),
        Ok((Ok(status), _, _)) if status.success() => Ok(()),
        Ok((Ok(status), said, complaint)) => {
            let output = if complaint.is_empty() { said } else { complaint };
            Err(temporary(format!("`{program}` {}{output}", ended(status))))
        }
    }
}

/// Kills what is left of a command's process group when it goes out of scope: after the time is over, and also when the
/// daemon gives up waiting for this send.
struct Group(Option<u32>);

impl Drop for Group {
    fn drop(&mut self) {
        let leader = self.0.and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
        if let Some(leader) = leader {
            // It fails where nothing is left to kill.
            rustix::process::kill_process_group(leader, rustix::process::Signal::KILL).unwrap_or(());
        }
    }
}

fn temporary(reason: String) -> SendError {
    SendError::Temporary { reason, retry_after: None }
}

fn ended(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("ended with status {code}"),
        None => "was killed".to_owned(),
    }
}

/// The beginning of a stream, as `: text`; the rest is read and dropped, so that the command never waits for a reader.
async fn output(stream: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut stream) = stream else { return String::new() };
    let mut kept = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(read) = stream.read(&mut buffer).await {
        if read == 0 {
            break;
        }
        let room = OUTPUT_BYTES_MAX - kept.len();
        kept.extend(buffer.iter().take(read.min(room)));
    }
    let text = String::from_utf8_lossy(&kept).trim().to_owned();
    if text.is_empty() { text } else { format!(": {text}") }
}
