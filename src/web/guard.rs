//! Who may read the web page: everybody who reaches the address, or who knows the token where one is set.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::Contexts;

/// Lets a request through if no token is set, or if it carries the token as `Authorization: Bearer …` or `?token=…`.
pub(super) async fn token(State(contexts): State<Contexts>, request: Request, next: Next) -> Response {
    let expected = contexts.borrow().config.web.as_ref().and_then(|web| web.token.clone());
    if let Some(expected) = expected
        && !offered(&request).is_some_and(|offered| same(offered, expected.expose()))
    {
        return (StatusCode::UNAUTHORIZED, "a token is needed: `?token=…` or an Authorization header\n")
            .into_response();
    }
    next.run(request).await
}

fn offered(request: &Request) -> Option<&str> {
    let bearer = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let in_query =
        request.uri().query().and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("token=")));
    bearer.and_then(|value| value.strip_prefix("Bearer ")).or(in_query)
}

/// Compares in a time that does not tell how much was right: both sides are hashed under one key first.
fn same(offered: &str, expected: &str) -> bool {
    let tag = |text: &str| {
        let mac = Hmac::<Sha256>::new_from_slice(b"wirewatch web token").ok();
        mac.map(|mut mac| {
            mac.update(text.as_bytes());
            mac
        })
    };
    let (Some(offered), Some(expected)) = (tag(offered), tag(expected)) else { return false };
    offered.verify_slice(&expected.finalize().into_bytes()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_token_is_the_token() {
        assert!(same("s3cret", "s3cret"));
        for wrong in ["", "s3cre", "s3cret ", "S3CRET"] {
            assert!(!same(wrong, "s3cret"), "{wrong:?}");
        }
    }
}
