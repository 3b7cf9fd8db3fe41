//! A mail server on loopback that follows a script: it may put off, refuse, or hang up at any word of the dialogue.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// A message that was accepted.
#[derive(Debug, Clone)]
pub(crate) struct Accepted {
    pub(crate) to: Vec<String>,
    pub(crate) message: String,
}

/// What the server does at a word.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Act {
    /// What a server that is well says.
    Usual,
    /// This line.
    Say(&'static str),
    /// Closes the connection without a word; at the end of DATA: after the first half of the message.
    HangUp,
}

type Script = dyn Fn(&str, usize) -> Act + Send + Sync;

/// The server; its thread ends with the test process.
#[derive(Debug)]
pub(crate) struct Smtp {
    pub(crate) addr: SocketAddr,
    accepted: Arc<Mutex<Vec<Accepted>>>,
    connections: Arc<AtomicUsize>,
}

impl Smtp {
    /// The script sees each line, and how often this very line came before; the message's end is `.`.
    pub(crate) fn serve(script: impl Fn(&str, usize) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let addr = listener.local_addr().unwrap();
        let server = Self { addr, accepted: Arc::default(), connections: Arc::default() };
        let connections = Arc::clone(&server.connections);
        let (accepted, script): (_, Arc<Script>) = (Arc::clone(&server.accepted), Arc::new(script));
        let lines: Arc<Mutex<Vec<String>>> = Arc::default();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                connections.fetch_add(1, Ordering::SeqCst);
                let (accepted, script, lines) = (Arc::clone(&accepted), Arc::clone(&script), Arc::clone(&lines));
                thread::spawn(move || drop(converse(stream, &*script, &lines, &accepted)));
            }
        });
        server
    }

    /// How often somebody connected.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn accepted(&self) -> Vec<Accepted> {
        self.accepted.lock().unwrap().clone()
    }
}

fn converse(
    mut stream: TcpStream,
    script: &Script,
    lines: &Mutex<Vec<String>>,
    accepted: &Mutex<Vec<Accepted>>,
) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut to = Vec::new();
    stream.write_all(b"220 mail.test ESMTP\r\n")?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim_end().to_owned();
        let before = times(lines, &line);
        let usual = match line.split_whitespace().next().unwrap_or_default() {
            "EHLO" => "250-mail.test\r\n250 8BITMIME",
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        let said = match script(&line, before) {
            Act::Usual => usual,
            Act::Say(said) => said,
            Act::HangUp => return Ok(()),
        };
        stream.write_all(format!("{said}\r\n").as_bytes())?;
        if line.starts_with("RCPT") && said.starts_with("250") {
            to.push(line.clone());
        }
        if line == "DATA" && said.starts_with("354") {
            let message = read_message(&mut reader)?;
            match script(".", times(lines, ".")) {
                Act::Usual => {
                    keep(accepted, Accepted { to: std::mem::take(&mut to), message });
                    stream.write_all(b"250 taken\r\n")?;
                }
                Act::Say(said) => stream.write_all(format!("{said}\r\n").as_bytes())?,
                Act::HangUp => return Ok(()),
            }
        }
    }
}

/// How often a line came before, which it now did once more.
fn times(lines: &Mutex<Vec<String>>, line: &str) -> usize {
    let mut lines = lines.lock().unwrap();
    lines.push(line.to_owned());
    lines.iter().filter(|known| *known == line).count() - 1
}

fn keep(accepted: &Mutex<Vec<Accepted>>, one: Accepted) {
    accepted.lock().unwrap().push(one);
}

fn read_message(reader: &mut impl BufRead) -> io::Result<String> {
    let mut message = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        assert!(line.len() <= 1000, "a line of {} bytes", line.len());
        if line == ".\r\n" {
            return Ok(message);
        }
        message.push_str(line.strip_prefix('.').filter(|rest| *rest != "\r\n").unwrap_or(&line));
    }
}
