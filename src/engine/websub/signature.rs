//! Whether a hub signed what it sent (section 7.1): `X-Hub-Signature: METHOD=HEX`, an HMAC of the body under the secret
//! that it was given.

use hmac::{Hmac, KeyInit as _};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

use crate::engine::text::hex::unhex;

/// Whether `header` is the signature of `body` under `secret`. Takes as long for a wrong one as for the right one.
pub fn is_signed(body: &[u8], secret: &[u8], header: &str) -> bool {
    let Some((method, digits)) = header.trim().split_once('=') else { return false };
    let Some(offered) = unhex(digits.trim()) else { return false };
    match method.trim().to_ascii_lowercase().as_str() {
        "sha1" => verify(Hmac::<Sha1>::new_from_slice(secret).ok(), body, &offered),
        "sha256" => verify(Hmac::<Sha256>::new_from_slice(secret).ok(), body, &offered),
        "sha384" => verify(Hmac::<Sha384>::new_from_slice(secret).ok(), body, &offered),
        "sha512" => verify(Hmac::<Sha512>::new_from_slice(secret).ok(), body, &offered),
        _ => false,
    }
}

fn verify<M: hmac::Mac>(mac: Option<M>, body: &[u8], offered: &[u8]) -> bool {
    let Some(mut mac) = mac else { return false };
    mac.update(body);
    mac.verify_slice(offered).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 2202 and RFC 4231, test case 2.
    const SECRET: &[u8] = b"Jefe";
    const BODY: &[u8] = b"what do ya want for nothing?";
    const SHA1: &str = "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79";
    const SHA256: &str = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    const SHA384: &str =
        "sha384=af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649";
    const SHA512: &str = "sha512=164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737";

    #[test]
    fn the_published_vectors_are_signed() {
        for header in [SHA1, SHA256, SHA384, SHA512] {
            assert!(is_signed(BODY, SECRET, header), "{header}");
            assert!(is_signed(BODY, SECRET, &header.to_uppercase()), "{header}");
            assert!(!is_signed(b"what do ya want for nothing!", SECRET, header), "another body, {header}");
            assert!(!is_signed(BODY, b"jefe", header), "another secret, {header}");
        }
    }

    #[test]
    fn what_is_no_whole_signature_is_none() {
        let (_, digits) = SHA256.split_once('=').unwrap();
        let short = SHA256.get(..SHA256.len() - 2).unwrap();
        for header in [
            "",
            "=",
            "sha256",
            "sha256=",
            "sha1=",
            "md5=00",
            "sha256=zz",
            "sha256=0",
            digits,
            short,
            &format!("{SHA256}00"),
        ] {
            assert!(!is_signed(BODY, SECRET, header), "{header:?}");
        }
        assert!(!is_signed(BODY, SECRET, &format!("sha512={digits}")), "one method's digits under another's name");
    }
}
