//! Reading a body within a bound: the bytes on the wire are counted as they come, and again as they are decoded, so
//! that neither an endless stream nor a compressed bomb is ever held beyond it.

use bytes::Bytes;
use reqwest::Response;

use super::encoding::{self, Coding, DecodeError};
use super::failure;
use crate::model::fetch::FetchError;
use crate::model::url::WebUrl;

/// What is set aside before the first piece comes, whatever the server promises.
const FIRST_RESERVE_MAX: u64 = 64 * 1024;

/// What happens at the bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AtBound {
    /// The answer is refused.
    Refuse,
    /// The answer is cut: its beginning is all that is needed.
    Cut,
}

/// How a body is to be read.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    /// For the decoded body; for the bytes on the wire too.
    pub(super) max_bytes: u64,
    pub(super) at_bound: AtBound,
    /// From the answer's head.
    pub(super) codings: Vec<Coding>,
}

/// Reads and decodes the body.
pub(super) async fn read(response: &mut Response, url: &WebUrl, reading: Reading) -> Result<Bytes, FetchError> {
    let wire = read_wire(response, url, &reading).await?;
    if reading.codings.is_empty() {
        return Ok(wire);
    }
    let max_bytes = usize::try_from(reading.max_bytes).unwrap_or(usize::MAX);
    let Reading { at_bound, codings, .. } = reading;
    // Decoding takes milliseconds a megabyte: too long for the thread that serves all sockets.
    let decoded = tokio::task::spawn_blocking(move || encoding::decode(wire, &codings, max_bytes)).await;
    match decoded {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(DecodeError::Over(body) | DecodeError::Broken(body, _))) if at_bound == AtBound::Cut => Ok(body.into()),
        Ok(Err(DecodeError::Over(_))) => Err(too_large(url, max_bytes as u64)),
        Ok(Err(DecodeError::Broken(_, error))) => {
            Err(failure::unreachable(url, format!("the body is not encoded as its headers say ({error})")))
        }
        Err(panicked) => Err(failure::unreachable(url, format!("the body could not be decoded ({panicked})"))),
    }
}

async fn read_wire(response: &mut Response, url: &WebUrl, reading: &Reading) -> Result<Bytes, FetchError> {
    let promised = response.content_length().unwrap_or(0);
    if promised > reading.max_bytes && reading.at_bound == AtBound::Refuse {
        return Err(too_large(url, reading.max_bytes));
    }
    let reserve = usize::try_from(promised.min(FIRST_RESERVE_MAX)).unwrap_or(0);
    let mut body: Vec<u8> = Vec::with_capacity(reserve);
    loop {
        let piece = match response.chunk().await {
            Ok(Some(piece)) => piece,
            Ok(None) => {
                // It may wait for its turn to be read; what was reserved and not filled would wait with it.
                body.shrink_to_fit();
                return Ok(body.into());
            }
            Err(error) => return Err(failure::broken_body(url, &error)),
        };
        let room = usize::try_from(reading.max_bytes).unwrap_or(usize::MAX) - body.len();
        if piece.len() <= room {
            body.extend_from_slice(&piece);
            continue;
        }
        if reading.at_bound == AtBound::Refuse {
            return Err(too_large(url, reading.max_bytes));
        }
        body.extend(piece.iter().take(room));
        return Ok(body.into());
    }
}

fn too_large(url: &WebUrl, max_bytes: u64) -> FetchError {
    FetchError::TooLarge {
        url: url.clone(),
        reason: format!("the body is larger than {max_bytes} bytes (`max_body` in [fetch] raises the bound)"),
    }
}
