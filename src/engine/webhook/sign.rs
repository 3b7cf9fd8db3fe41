//! Signatures as Standard Webhooks 1.0.0 says: HMAC-SHA256 over `id.timestamp.body`, base64, prefix `v1,`; one for each
//! secret, parted by blanks, so that a secret can be replaced without a gap.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The `webhook-signature` header. Secrets are `whsec_` and base64, or plain text where it is no base64.
pub fn sign(id: &str, timestamp_s: i64, body: &[u8], secrets: &[&str]) -> String {
    secrets.iter().map(|secret| one(id, timestamp_s, body, secret)).collect::<Vec<_>>().join(" ")
}

/// The headers of one attempt; without secrets there is no signature.
pub fn headers(id: &str, timestamp_s: i64, body: &[u8], secrets: &[&str]) -> Vec<(String, String)> {
    let mut headers =
        vec![("webhook-id".to_owned(), id.to_owned()), ("webhook-timestamp".to_owned(), timestamp_s.to_string())];
    if !secrets.is_empty() {
        headers.push(("webhook-signature".to_owned(), sign(id, timestamp_s, body, secrets)));
    }
    headers
}

fn one(id: &str, timestamp_s: i64, body: &[u8], secret: &str) -> String {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(&key(secret)).expect("HMAC takes a key of any length");
    mac.update(format!("{id}.{timestamp_s}.").as_bytes());
    mac.update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

/// The reference libraries strip the prefix and decode base64; a secret that is none can only be meant as it stands.
fn key(secret: &str) -> Vec<u8> {
    let encoded = secret.strip_prefix("whsec_").unwrap_or(secret).trim();
    STANDARD.decode(encoded).unwrap_or_else(|_| secret.as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector that the reference libraries test against.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const AT: i64 = 1_614_265_330;
    const BODY: &[u8] = br#"{"test": 2432232314}"#;

    #[test]
    fn the_reference_vector_signs_as_the_reference_libraries_do() {
        assert_eq!(sign(ID, AT, BODY, &[SECRET]), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let bare = SECRET.trim_start_matches("whsec_");
        assert_eq!(sign(ID, AT, BODY, &[bare]), sign(ID, AT, BODY, &[SECRET]));
    }

    #[test]
    fn each_secret_signs_and_each_part_counts() {
        let both = sign(ID, AT, BODY, &[SECRET, "whsec_AAAA"]);
        let parts: Vec<&str> = both.split(' ').collect();
        assert_eq!(parts, [sign(ID, AT, BODY, &[SECRET]), sign(ID, AT, BODY, &["whsec_AAAA"])]);
        let other = [sign("x", AT, BODY, &[SECRET]), sign(ID, AT + 1, BODY, &[SECRET]), sign(ID, AT, b"", &[SECRET])];
        assert!(other.iter().all(|signature| signature != parts[0]));
    }

    #[test]
    fn without_a_secret_there_is_no_signature_header() {
        let names =
            |secrets: &[&str]| headers(ID, AT, BODY, secrets).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names(&[]), ["webhook-id", "webhook-timestamp"]);
        assert_eq!(names(&[SECRET]), ["webhook-id", "webhook-timestamp", "webhook-signature"]);
    }
}
