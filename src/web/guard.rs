//! Who may read the web page: everybody who reaches the address, or who knows the token where one is set.
//!
//! A person opens the page once with `?token=…`. The answer sets a cookie, since the page's own links and its style sheet
//! carry no token. The cookie's value is a hash of the token: it opens this page and is of no use as a token elsewhere.

use std::borrow::Cow;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::percent_decode_str;
use sha2::Sha256;

use super::Contexts;
use crate::engine::text::hex::hex;

/// The cookie's name.
const COOKIE: &str = "wirewatch";

/// Lets a request through if no token is set, or if it carries the token as `Authorization: Bearer …` or `?token=…`, or
/// the cookie that the latter was answered with.
pub(super) async fn token(State(contexts): State<Contexts>, request: Request, next: Next) -> Response {
    let expected = contexts.borrow().config.web.as_ref().and_then(|web| web.token.clone());
    let Some(expected) = expected else { return next.run(request).await };
    let expected = expected.expose();
    let by_header = bearer(request.headers()).is_some_and(|offered| same(offered, expected));
    if by_header || cookie(request.headers()).is_some_and(|offered| same(offered, &cookie_value(expected))) {
        return next.run(request).await;
    }
    if !in_query(&request).is_some_and(|offered| same(&offered, expected)) {
        return (StatusCode::UNAUTHORIZED, "a token is needed: `?token=…` or an Authorization header\n")
            .into_response();
    }
    let set = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict", cookie_value(expected));
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::try_from(set) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';')).find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

fn in_query(request: &Request) -> Option<String> {
    let value = request.uri().query()?.split('&').find_map(|pair| pair.strip_prefix("token="))?;
    percent_decode_str(value).decode_utf8().ok().map(Cow::into_owned)
}

fn tag(purpose: &[u8], text: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(purpose).ok()?;
    mac.update(text.as_bytes());
    Some(mac)
}

fn cookie_value(token: &str) -> String {
    hex(&tag(b"wirewatch web cookie", token).map(|mac| mac.finalize().into_bytes()).unwrap_or_default())
}

/// Compares in a time that does not tell how much was right: both sides are hashed under one key first.
fn same(offered: &str, expected: &str) -> bool {
    let (Some(offered), Some(expected)) = (tag(b"wirewatch web token", offered), tag(b"wirewatch web token", expected))
    else {
        return false;
    };
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
