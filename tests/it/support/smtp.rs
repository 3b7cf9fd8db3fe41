//! A mail server on loopback that follows a script: it may put off, refuse, or hang up at any word of the dialogue, in
//! plain text or by TLS.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

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

/// How the server is secured.
#[derive(Debug, Clone)]
pub(crate) enum Security {
    /// Not at all.
    Plain,
    /// Once the client asks for it.
    Starttls(Arc<ServerConfig>),
    /// From the first byte.
    Tls(Arc<ServerConfig>),
}

type Script = dyn Fn(&str, usize) -> Act + Send + Sync;

/// The server; its thread ends with the test process.
#[derive(Debug)]
pub(crate) struct Smtp {
    pub(crate) addr: SocketAddr,
    accepted: Arc<Mutex<Vec<Accepted>>>,
    connections: Arc<AtomicUsize>,
    lines: Arc<Mutex<Vec<Line>>>,
}

/// A line of a client, and whether it came by TLS.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) secure: bool,
}

impl Smtp {
    /// The script sees each line, and how often this very line came before; the message's end is `.`.
    pub(crate) fn serve(script: impl Fn(&str, usize) -> Act + Send + Sync + 'static) -> Self {
        Self::serve_by(Security::Plain, script)
    }

    /// The same, secured.
    pub(crate) fn serve_by(security: Security, script: impl Fn(&str, usize) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let addr = listener.local_addr().unwrap();
        let server = Self { addr, accepted: Arc::default(), connections: Arc::default(), lines: Arc::default() };
        let connections = Arc::clone(&server.connections);
        let (accepted, script): (_, Arc<Script>) = (Arc::clone(&server.accepted), Arc::new(script));
        let lines = Arc::clone(&server.lines);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                connections.fetch_add(1, Ordering::SeqCst);
                let (accepted, script, lines) = (Arc::clone(&accepted), Arc::clone(&script), Arc::clone(&lines));
                let security = security.clone();
                thread::spawn(move || drop(converse(stream, &security, &*script, &(&lines, &accepted))));
            }
        });
        server
    }

    /// How often somebody connected.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// All lines so far but those of messages.
    pub(crate) fn lines(&self) -> Vec<Line> {
        self.lines.lock().unwrap().clone()
    }

    pub(crate) fn accepted(&self) -> Vec<Accepted> {
        self.accepted.lock().unwrap().clone()
    }
}

/// A connection, secured or not.
enum Wire {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Wire {
    fn secured(stream: TcpStream, config: &Arc<ServerConfig>) -> Self {
        let connection = ServerConnection::new(Arc::clone(config)).unwrap();
        Self::Tls(Box::new(StreamOwned::new(connection, stream)))
    }

    fn is_secure(&self) -> bool {
        matches!(self, Self::Tls(_))
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}

fn say(wire: &mut BufReader<Wire>, line: &str) -> io::Result<()> {
    wire.get_mut().write_all(format!("{line}\r\n").as_bytes())?;
    wire.get_mut().flush()
}

fn converse(
    stream: TcpStream,
    security: &Security,
    script: &Script,
    (lines, accepted): &(&Mutex<Vec<Line>>, &Mutex<Vec<Accepted>>),
) -> io::Result<()> {
    let mut wire = BufReader::new(match security {
        Security::Tls(config) => Wire::secured(stream, config),
        Security::Plain | Security::Starttls(_) => Wire::Plain(stream),
    });
    let mut to = Vec::new();
    say(&mut wire, "220 mail.test ESMTP")?;
    loop {
        let mut line = String::new();
        if wire.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim_end().to_owned();
        let secure = wire.get_ref().is_secure();
        let before = times(lines, &line, secure);
        let usual = match line.split_whitespace().next().unwrap_or_default() {
            "EHLO" if secure => "250-mail.test\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME",
            "EHLO" if matches!(security, Security::Starttls(_)) => "250-mail.test\r\n250-STARTTLS\r\n250 8BITMIME",
            "EHLO" => "250-mail.test\r\n250 8BITMIME",
            "STARTTLS" => "220 ready",
            "AUTH" => "235 2.7.0 welcome",
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        let said = match script(&line, before) {
            Act::Usual => usual,
            Act::Say(said) => said,
            Act::HangUp => return Ok(()),
        };
        say(&mut wire, said)?;
        if let (Security::Starttls(config), "STARTTLS", true) = (security, line.as_str(), said.starts_with("220")) {
            assert!(wire.buffer().is_empty(), "nothing may be sent ahead of the handshake");
            let Wire::Plain(stream) = wire.into_inner() else { return Err(io::ErrorKind::InvalidInput.into()) };
            wire = BufReader::new(Wire::secured(stream, config));
            continue;
        }
        if line.starts_with("RCPT") && said.starts_with("250") {
            to.push(line.clone());
        }
        if line == "DATA" && said.starts_with("354") {
            let message = read_message(&mut wire)?;
            match script(".", times(lines, ".", secure)) {
                Act::Usual => {
                    keep(accepted, Accepted { to: std::mem::take(&mut to), message });
                    say(&mut wire, "250 taken")?;
                }
                Act::Say(said) => say(&mut wire, said)?,
                Act::HangUp => return Ok(()),
            }
        }
    }
}

/// How often a line came before, which it now did once more.
fn times(lines: &Mutex<Vec<Line>>, line: &str, secure: bool) -> usize {
    let mut lines = lines.lock().unwrap();
    lines.push(Line { text: line.to_owned(), secure });
    lines.iter().filter(|known| known.text == line).count() - 1
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
