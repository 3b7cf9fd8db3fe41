//! Undoing a body's Content-Encoding, within a bound and with the tolerance of a browser.
//!
//! Done here rather than by the HTTP library for four reasons, each a test: names in any case and by their old
//! spelling, gzip of several members (of which the library gives the first alone, and no error), encodings one in
//! another, and plain text that a server calls compressed.

use std::io::{self, BufRead, Read};

use bytes::Bytes;
use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};

/// What we say we read, the same in every request.
pub(super) const ACCEPT_ENCODING: &str = "gzip, br, zstd, deflate";

/// Encodings one in another that are undone; more is an attack.
const CODINGS_MAX: usize = 3;

/// The largest zstd window, as a power of two: 8 MiB, which RFC 9659 sets for HTTP. More would let a few bytes ask for
/// gigabytes.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;

const BROTLI_BUFFER_BYTES: usize = 4096;

/// One compression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

/// Why a body could not be decoded.
#[derive(Debug)]
pub(super) enum DecodeError {
    /// There is more than the bound. What came before it.
    Over(Vec<u8>),
    /// Damaged or cut short. What came before that.
    Broken(Vec<u8>, io::Error),
}

/// The codings that the `Content-Encoding` lines name, in the order in which they were applied; the name that is not
/// understood, if there is one.
pub(super) fn codings<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Vec<Coding>, String> {
    let mut codings = Vec::new();
    for name in lines.flat_map(|line| line.split(',')) {
        match name.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => codings.push(Coding::Gzip),
            "deflate" => codings.push(Coding::Deflate),
            "br" => codings.push(Coding::Brotli),
            "zstd" => codings.push(Coding::Zstd),
            "compress" | "x-compress" | "dcb" | "dcz" => return Err(name.trim().to_owned()),
            // Servers write character sets and "none" here; those bodies are plain.
            _ => {}
        }
    }
    if codings.len() > CODINGS_MAX { Err(format!("{} encodings one in another", codings.len())) } else { Ok(codings) }
}

/// Undoes `codings`, the last applied first; of each stage at most `max_bytes` are kept.
pub(super) fn decode(body: Bytes, codings: &[Coding], max_bytes: usize) -> Result<Bytes, DecodeError> {
    let mut body = body;
    for coding in codings.iter().rev() {
        if !is_plain(&body, *coding) {
            body = undo(*coding, &body, max_bytes)?.into();
        }
    }
    Ok(body)
}

/// Whether the body is not what it is called: empty, or without the coding's own mark where it has one. (What is wrongly
/// called compressed is in practice a page from a server whose filter was off.)
fn is_plain(body: &[u8], coding: Coding) -> bool {
    let is_text = || {
        let start = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start();
        matches!(start.first(), Some(b'<' | b'{' | b'['))
    };
    body.is_empty()
        || match coding {
            Coding::Gzip => !body.starts_with(&[0x1f, 0x8b]) && is_text(),
            Coding::Zstd => !body.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) && is_text(),
            // Neither has a mark, and either may begin with any byte: the text must be a text to its end.
            Coding::Deflate | Coding::Brotli => is_text() && std::str::from_utf8(body).is_ok(),
        }
}

fn undo(coding: Coding, body: &[u8], max_bytes: usize) -> Result<Vec<u8>, DecodeError> {
    match coding {
        Coding::Gzip => gunzip(body, max_bytes),
        // RFC 9110 means zlib; servers that send bare deflate are as old as the web.
        Coding::Deflate if is_zlib(body) => bounded(ZlibDecoder::new(body), Vec::new(), max_bytes),
        Coding::Deflate => bounded(DeflateDecoder::new(body), Vec::new(), max_bytes),
        Coding::Brotli => bounded(brotli::Decompressor::new(body, BROTLI_BUFFER_BYTES), Vec::new(), max_bytes),
        Coding::Zstd => {
            let decoder = zstd::stream::read::Decoder::with_buffer(body).and_then(|mut decoder| {
                decoder.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
                Ok(decoder)
            });
            match decoder {
                Ok(decoder) => bounded(decoder, Vec::new(), max_bytes),
                Err(error) => Err(DecodeError::Broken(Vec::new(), error)),
            }
        }
    }
}

/// All members of a gzip file; what follows the last and is no member is padding.
fn gunzip(body: &[u8], max_bytes: usize) -> Result<Vec<u8>, DecodeError> {
    let mut rest = body;
    let mut text = Vec::new();
    loop {
        text = bounded(GzDecoder::new(&mut rest), text, max_bytes)?;
        if !rest.starts_with(&[0x1f, 0x8b]) {
            return Ok(text);
        }
    }
}

fn is_zlib(body: &[u8]) -> bool {
    match body {
        [method, flags, ..] => method & 0x0f == 8 && u16::from_be_bytes([*method, *flags]) % 31 == 0,
        _ => false,
    }
}

/// Appends what `decoder` gives to `text`, up to the bound.
fn bounded(decoder: impl Read, mut text: Vec<u8>, max_bytes: usize) -> Result<Vec<u8>, DecodeError> {
    let room = (max_bytes - text.len().min(max_bytes)) as u64;
    let mut reader = io::BufReader::new(decoder.take(room + 1));
    loop {
        let count = match reader.fill_buf() {
            Ok([]) => return Ok(text),
            Ok(piece) => {
                text.extend_from_slice(piece);
                piece.len()
            }
            Err(error) => return Err(DecodeError::Broken(text, error)),
        };
        reader.consume(count);
        if text.len() > max_bytes {
            text.truncate(max_bytes);
            return Err(DecodeError::Over(text));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [Coding; 4] = [Coding::Gzip, Coding::Deflate, Coding::Brotli, Coding::Zstd];

    #[test]
    fn encodings_are_named_in_any_case_and_what_is_none_is_ignored() {
        let read = |line: &str| codings([line].into_iter());
        assert_eq!(read("GZip"), Ok(vec![Coding::Gzip]));
        assert_eq!(read("x-gzip , br"), Ok(vec![Coding::Gzip, Coding::Brotli]));
        for plain in ["", "identity", "none", "UTF-8", "text/xml"] {
            assert_eq!(read(plain), Ok(vec![]), "{plain}");
        }
        assert_eq!(read("compress"), Err("compress".to_owned()));
        assert_eq!(read("gzip,gzip,gzip,gzip"), Err("4 encodings one in another".to_owned()));
    }

    #[test]
    fn a_zstd_frame_that_asks_for_a_huge_window_is_refused() {
        // The frame header alone: window of 1 GiB.
        let frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa0, 0x01, 0x00, 0x00];
        assert!(matches!(undo(Coding::Zstd, &frame, 1 << 20), Err(DecodeError::Broken(..))));
    }

    proptest! {
        #[test]
        fn random_bytes_never_panic_and_never_pass_the_bound(body in prop::collection::vec(any::<u8>(), 0..200)) {
            for coding in ALL {
                match decode(body.clone().into(), &[coding], 64) {
                    Ok(text) => prop_assert!(text.len() <= 64 || text == body),
                    Err(DecodeError::Over(text) | DecodeError::Broken(text, _)) => prop_assert!(text.len() <= 65),
                }
            }
        }

        #[test]
        fn zstd_gives_back_what_was_packed(body in prop::collection::vec(any::<u8>(), 1..2000)) {
            let packed = zstd::encode_all(&body[..], 3).unwrap();
            prop_assert_eq!(&decode(packed.into(), &[Coding::Zstd], 2000).unwrap()[..], &body[..]);
        }
    }
}
