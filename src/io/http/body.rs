//! Reading a body: decoded pieces are counted as they come, so that neither a compressed bomb nor an endless stream is
//! ever held beyond the bound.

use bytes::Bytes;
use reqwest::Response;

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

/// Reads at most `max_bytes` of the decoded body.
pub(super) async fn read(
    response: &mut Response,
    url: &WebUrl,
    max_bytes: u64,
    at_bound: AtBound,
) -> Result<Bytes, FetchError> {
    // Known only for bodies that are not compressed: the length of a compressed one says nothing.
    let promised = response.content_length().unwrap_or(0);
    if promised > max_bytes && at_bound == AtBound::Refuse {
        return Err(too_large(url, max_bytes));
    }
    let reserve = usize::try_from(promised.min(FIRST_RESERVE_MAX)).unwrap_or(0);
    let mut body: Vec<u8> = Vec::with_capacity(reserve);
    loop {
        let piece = match response.chunk().await {
            Ok(Some(piece)) => piece,
            Ok(None) => return Ok(body.into()),
            Err(error) => return Err(failure::broken_body(url, &error)),
        };
        let room = usize::try_from(max_bytes).unwrap_or(usize::MAX) - body.len();
        if piece.len() <= room {
            body.extend_from_slice(&piece);
            continue;
        }
        if at_bound == AtBound::Refuse {
            return Err(too_large(url, max_bytes));
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
