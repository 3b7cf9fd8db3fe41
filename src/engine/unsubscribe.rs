//! The link that ends a subscription: its token says that whoever holds it was sent a mail of this channel.
//!
//! Invariants: a token is made of the channel and the address alone, so that a mail of any age ends the subscription; it
//! tells neither; without the store's key nobody can make one.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::engine::text::hex::{hex, unhex};
use crate::model::ids::ChannelId;
use crate::model::url::WebUrl;

/// Bytes of the tag that the link carries.
const TAG_BYTES: usize = 16;

/// The body by which a mail program ends a subscription (RFC 8058), and the form of the page does.
pub const ONE_CLICK: &str = "List-Unsubscribe=One-Click";

/// The address in `Name <a@b>`, in lower case: what a subscription is known by.
pub fn address(recipient: &str) -> String {
    let bare = recipient.rsplit_once('<').and_then(|(_, rest)| rest.strip_suffix('>')).unwrap_or(recipient);
    bare.trim().to_lowercase()
}

/// The link for one recipient of a channel, under the web page's public address.
pub fn link(base: &WebUrl, key: &[u8], channel: &ChannelId, recipient: &str) -> String {
    let tag = mac(key, channel, recipient).map(|mac| mac.finalize().into_bytes()).unwrap_or_default();
    let token = hex(tag.get(..TAG_BYTES).unwrap_or_default());
    format!("{}/unsubscribe/{channel}/{token}", base.as_str().trim_end_matches('/'))
}

/// The recipient whom a token was made for.
pub fn holder<'a>(key: &[u8], channel: &ChannelId, token: &str, recipients: &'a [String]) -> Option<&'a String> {
    let offered = unhex(token).filter(|offered| offered.len() == TAG_BYTES)?;
    // In a time that does not tell how much of a token was right.
    recipients
        .iter()
        .find(|recipient| mac(key, channel, recipient).is_some_and(|mac| mac.verify_truncated_left(&offered).is_ok()))
}

fn mac(key: &[u8], channel: &ChannelId, recipient: &str) -> Option<Hmac<Sha256>> {
    // HMAC takes a key of any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(format!("unsubscribe\n{channel}\n{}", address(recipient)).as_bytes());
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"a key of the store";

    fn token(key: &[u8], channel: &str, recipient: &str) -> String {
        let base = WebUrl::parse("https://desk.test/w/").unwrap();
        let link = link(&base, key, &ChannelId::new(channel).unwrap(), recipient);
        let (before, token) = link.rsplit_once('/').unwrap();
        assert_eq!(before, format!("https://desk.test/w/unsubscribe/{channel}"));
        token.to_owned()
    }

    #[test]
    fn a_token_opens_for_its_own_recipient_and_channel_alone() {
        let channel = ChannelId::new("desk").unwrap();
        let all = ["Ada <ada@desk.test>".to_owned(), "bo@desk.test".to_owned()];
        let ada = token(KEY, "desk", "ada@desk.test");
        assert_eq!(holder(KEY, &channel, &ada, &all), Some(&all[0]));
        assert_eq!(ada, token(KEY, "desk", "A. Lovelace <Ada@Desk.test>"), "whatever the name is written like");
        assert!(!ada.contains("ada"));
        let others =
            [token(KEY, "ops", "ada@desk.test"), token(b"x", "desk", "ada@desk.test"), token(KEY, "desk", "c@d.test")];
        for wrong in others.iter().map(String::as_str).chain([
            "",
            "00",
            ada.get(1..).unwrap(),
            ada.get(2..).unwrap(),
            "é".repeat(16).as_str(),
        ]) {
            assert_eq!(holder(KEY, &channel, wrong, &all), None, "{wrong:?}");
        }
        assert_eq!(holder(KEY, &channel, &format!("{ada}00"), &all), None);
    }
}
