//! WARC 1.1 records (ISO 28500:2017) for the raw responses that revisions stand on.
//!
//! The store keeps a body after decompression, so a record's HTTP head says what its bytes are: `content-encoding` and
//! `transfer-encoding` are left out and `content-length` is the length of the body that follows. What was left out or
//! replaced is kept under `x-wirewatch-original-…` names, so that nothing the server said is lost.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::text::hex::hex;
use crate::model::time::Timestamp;

/// One stored response.
#[derive(Debug, Clone)]
pub struct Response<'a> {
    /// The address that answered.
    pub url: &'a str,
    /// When the answer was complete.
    pub at: Timestamp,
    /// The HTTP status.
    pub status: u16,
    /// Names in lower case.
    pub headers: &'a [(String, String)],
    /// After decompression.
    pub body: &'a [u8],
}

/// The record that opens a file: which program wrote it.
pub fn info(at: Timestamp) -> Vec<u8> {
    let fields =
        concat!("software: wirewatch/", env!("CARGO_PKG_VERSION"), "\r\nformat: WARC File Format 1.1\r\n").as_bytes();
    let head = head("warcinfo", &record_id(b"warcinfo", at, fields), at, "application/warc-fields");
    finish(head, fields)
}

/// A response record.
pub fn response(response: &Response<'_>) -> Vec<u8> {
    let mut block = http_head(response).into_bytes();
    block.extend_from_slice(response.body);
    let id = record_id(response.url.as_bytes(), response.at, response.body);
    let mut head = head("response", &id, response.at, "application/http;msgtype=response");
    // Writing to a String does not fail.
    let _infallible = write!(
        head,
        "WARC-Target-URI: {}\r\nWARC-Payload-Digest: sha256:{}\r\n",
        one_line(response.url),
        hex(&Sha256::digest(response.body))
    );
    finish(head, &block)
}

/// A resource record: bytes whose HTTP head is not kept, such as the later parts of a split article.
pub fn resource(url: &str, at: Timestamp, content_type: &str, body: &[u8]) -> Vec<u8> {
    let id = record_id(url.as_bytes(), at, body);
    let mut head = head("resource", &id, at, &one_line(content_type));
    // Writing to a String does not fail.
    let _infallible = write!(
        head,
        "WARC-Target-URI: {}\r\nWARC-Payload-Digest: sha256:{}\r\n",
        one_line(url),
        hex(&Sha256::digest(body))
    );
    finish(head, body)
}

fn http_head(response: &Response<'_>) -> String {
    let mut head = format!("HTTP/1.1 {} {}\r\n", response.status, reason(response.status));
    for (name, value) in response.headers {
        let replaced = matches!(name.as_str(), "content-encoding" | "transfer-encoding" | "content-length");
        let prefix = if replaced { "x-wirewatch-original-" } else { "" };
        let _infallible = write!(head, "{prefix}{}: {}\r\n", one_line(name), one_line(value));
    }
    let _infallible = write!(head, "content-length: {}\r\n\r\n", response.body.len());
    head
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        203 => "Non-Authoritative Information",
        _ => "Success",
    }
}

/// A header value without the line ends that would end it early.
fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

fn head(kind: &str, id: &str, at: Timestamp, content_type: &str) -> String {
    let date = at.strftime("%Y-%m-%dT%H:%M:%SZ");
    format!(
        "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{id}>\r\nWARC-Date: {date}\r\nContent-Type: {content_type}\r\n"
    )
}

fn finish(mut head: String, block: &[u8]) -> Vec<u8> {
    let _infallible = write!(head, "Content-Length: {}\r\n\r\n", block.len());
    let mut record = head.into_bytes();
    record.extend_from_slice(block);
    record.extend_from_slice(b"\r\n\r\n");
    record
}

/// A name-based UUID (RFC 9562 version 8) of what the record holds: the same response always has the same id.
fn record_id(name: &[u8], at: Timestamp, body: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(name);
    hash.update(at.as_millisecond().to_be_bytes());
    hash.update(body);
    let digest = hash.finalize();
    let mut bytes = [0_u8; 16];
    for (byte, from) in bytes.iter_mut().zip(digest.iter()) {
        *byte = *from;
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_record_says_what_its_bytes_are() {
        let headers =
            vec![("content-type".to_owned(), "text/html".to_owned()), ("content-encoding".to_owned(), "br".to_owned())];
        let at: Timestamp = "2026-11-24T10:00:00Z".parse().unwrap();
        let one = response(&Response { url: "http://a.test/x", at, status: 200, headers: &headers, body: b"<p>x" });
        let text = String::from_utf8(one.clone()).unwrap();
        let (head, block) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("WARC/1.1\r\nWARC-Type: response\r\n"), "{head}");
        let block = block.strip_suffix("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}", block.len())), "{head}");
        assert_eq!(
            block,
            "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nx-wirewatch-original-content-encoding: br\r\n\
             content-length: 4\r\n\r\n<p>x"
        );
        let again = response(&Response { url: "http://a.test/x", at, status: 200, headers: &headers, body: b"<p>x" });
        assert_eq!(one, again, "the same response always makes the same record");
    }
}
