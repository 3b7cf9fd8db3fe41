//! A server on loopback that does to a client what a script says, byte for byte: no HTTP library stands between.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// One request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) target: String,
    /// Names in lower case, in their order.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Which connection it came on, from 0.
    pub(crate) connection: usize,
    pub(crate) at: Instant,
}

impl Seen {
    /// The first value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The server; it stops when dropped.
#[derive(Debug)]
pub(crate) struct Hostile {
    pub(crate) addr: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
}

impl Hostile {
    /// Serves on a free port of 127.0.0.1.
    pub(crate) fn serve<F>(script: F) -> Self
    where
        F: Fn(&Seen, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
    {
        Self::serve_at("127.0.0.1", script)
    }

    /// Serves on a free port of `ip`. The script answers one request; an error closes the connection, as does an answer
    /// that says `Connection: close`.
    pub(crate) fn serve_at<F>(ip: &str, script: F) -> Self
    where
        F: Fn(&Seen, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
    {
        let listener = TcpListener::bind((ip, 0)).unwrap();
        let server = Self {
            addr: listener.local_addr().unwrap(),
            seen: Arc::default(),
            connections: Arc::default(),
            open: Arc::default(),
            stop: Arc::default(),
        };
        let script = Arc::new(script);
        let (seen, stop) = (Arc::clone(&server.seen), Arc::clone(&server.stop));
        let (connections, open) = (Arc::clone(&server.connections), Arc::clone(&server.open));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let number = connections.fetch_add(1, Ordering::SeqCst);
                let (script, seen, open) = (Arc::clone(&script), Arc::clone(&seen), Arc::clone(&open));
                open.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || {
                    drop(converse(stream, number, &*script, &seen));
                    open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        server
    }

    /// All requests so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The targets asked for so far.
    pub(crate) fn targets(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.target).collect()
    }

    /// How many connections are open.
    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }

    /// How many connections were made, also those on which nothing was asked.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Hostile {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the accepting thread; if that fails, the listener is gone already.
        drop(TcpStream::connect(self.addr));
    }
}

fn converse(
    mut stream: TcpStream,
    connection: usize,
    script: &dyn Fn(&Seen, &mut TcpStream) -> io::Result<()>,
    log: &Mutex<Vec<Seen>>,
) -> io::Result<()> {
    // An answer written in pieces is to arrive in pieces, at once.
    stream.set_nodelay(true)?;
    // A client that keeps its connection would keep this thread.
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    while let Some(seen) = read_request(&mut reader, connection)? {
        keep(log, &seen);
        if script(&seen, &mut stream).is_err() {
            break;
        }
    }
    stream.shutdown(Shutdown::Both)
}

fn keep(log: &Mutex<Vec<Seen>>, seen: &Seen) {
    log.lock().unwrap().push(seen.clone());
}

fn read_request(reader: &mut BufReader<TcpStream>, connection: usize) -> io::Result<Option<Seen>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let at = wirewatch::io::clock::Clock::system().instant();
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers = Vec::new();
    loop {
        let mut raw = Vec::new();
        reader.read_until(b'\n', &mut raw)?;
        // A letter a byte, so that a test can compare bytes.
        let line: String = raw.iter().map(|&byte| char::from(byte)).collect();
        let Some((name, value)) = line.trim_end_matches(['\r', '\n']).split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length =
        headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(Seen { method, target, headers, body, connection, at }))
}

/// Writes a whole answer with a right length. `head` is the status line and headers, a line each.
pub(crate) fn answer(stream: &mut TcpStream, head: &str, body: &[u8]) -> io::Result<()> {
    let mut whole = head.lines().map(str::trim).collect::<Vec<_>>().join("\r\n").into_bytes();
    whole.extend_from_slice(format!("\r\ncontent-length: {}\r\n\r\n", body.len()).as_bytes());
    whole.extend_from_slice(body);
    stream.write_all(&whole)
}

/// Writes bytes as they are and closes.
pub(crate) fn say_and_close(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes)?;
    stream.shutdown(Shutdown::Write)?;
    // Unread bytes at the close would reset the connection and could overtake the answer.
    io::copy(&mut stream.try_clone()?, &mut io::sink())?;
    Err(io::ErrorKind::ConnectionAborted.into())
}

/// Writes pieces for ever, a pause after each, until the client hangs up.
pub(crate) fn drip(stream: &mut TcpStream, piece: &[u8], pause: Duration) -> io::Result<()> {
    loop {
        stream.write_all(piece)?;
        wait(pause);
    }
}

/// Says nothing until the client hangs up.
pub(crate) fn silence(stream: &mut TcpStream) -> io::Result<()> {
    io::copy(stream, &mut io::sink())?;
    Err(io::ErrorKind::ConnectionAborted.into())
}

#[expect(clippy::disallowed_methods, reason = "a slow server is slow in real time")]
pub(crate) fn wait(pause: Duration) {
    if !pause.is_zero() {
        thread::sleep(pause);
    }
}
