//! WebSub (W3C Recommendation of 2018-01-23), the subscriber's side: what a feed names, what a hub is asked, what it says
//! back, and what that makes of a subscription. Pure: requests and answers are data, the time is an argument.
//!
//! Invariants: a hub's word counts only for what was asked of it and is not yet too old; a subscription that is not live
//! has something due, so that none is forgotten; whatever a hub does, the waits between two requests to it only grow.

mod link;
mod signature;
mod subscription;

pub use link::{Named, named};
pub use signature::is_signed;
pub use subscription::{Ask, Asked, LEASE_WANTED, MISSES_MAX, Subscription, Verdict};

use url::form_urlencoded;

use crate::model::time::SignedDuration;
use crate::model::url::WebUrl;

/// Longest challenge that is echoed, in bytes: hubs send some dozens.
const CHALLENGE_MAX_BYTES: usize = 1024;

/// Longest lease, in seconds, that is read: a century.
const LEASE_MAX_S: i64 = 100 * 366 * 86_400;

/// What a hub says by a GET of the callback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// It asks whether a request was ours (section 5.3).
    Verify {
        /// Which request.
        ask: Ask,
        /// About which topic.
        topic: String,
        /// To be echoed.
        challenge: String,
        /// How long the subscription holds.
        lease: Option<SignedDuration>,
    },
    /// It refuses the subscription, also one that it granted before (section 5.2).
    Denied {
        /// About which topic.
        topic: String,
        /// Why, in its words.
        reason: Option<String>,
    },
}

/// Reads the query of a GET of the callback; `None` if a hub would not send it.
pub fn said(query: &str) -> Option<Said> {
    let value = |wanted: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
    };
    let topic = value("hub.topic")?;
    let ask = match value("hub.mode")?.as_str() {
        "subscribe" => Ask::Subscribe,
        "unsubscribe" => Ask::Unsubscribe,
        "denied" => {
            return Some(Said::Denied { topic, reason: value("hub.reason").filter(|reason| !reason.is_empty()) });
        }
        _ => return None,
    };
    let challenge = value("hub.challenge").filter(|text| !text.is_empty() && text.len() <= CHALLENGE_MAX_BYTES)?;
    let lease_s = value("hub.lease_seconds").and_then(|text| text.parse::<i64>().ok()).filter(|lease_s| *lease_s > 0);
    let lease = lease_s.map(|lease_s| SignedDuration::from_secs(lease_s.min(LEASE_MAX_S)));
    Some(Said::Verify { ask, topic, challenge, lease })
}

/// The body of a request to a hub, as a form.
pub fn request(ask: Ask, topic: &WebUrl, callback: &str, secret: &str) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("hub.callback", callback);
    form.append_pair("hub.mode", ask.as_str());
    form.append_pair("hub.topic", topic.as_str());
    if ask == Ask::Subscribe {
        form.append_pair("hub.lease_seconds", &LEASE_WANTED.as_secs().to_string());
        // Also to a hub without TLS: a secret that the wire has seen still keeps out whoever is not on it.
        form.append_pair("hub.secret", secret);
    }
    form.finish()
}

/// The callback's address under the web page's public one.
pub fn callback(public: &WebUrl, token: &str) -> String {
    format!("{}/websub/{token}", public.as_str().trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hubs_words_are_read() {
        let verify = |ask, lease: Option<i64>| {
            Some(Said::Verify {
                ask,
                topic: "https://a.test/f?x=1&y".to_owned(),
                challenge: "c/1+".to_owned(),
                lease: lease.map(SignedDuration::from_secs),
            })
        };
        let topic = "hub.topic=https%3A%2F%2Fa.test%2Ff%3Fx%3D1%26y&hub.challenge=c%2F1%2B";
        let denied =
            |reason: Option<&str>| Some(Said::Denied { topic: "t".to_owned(), reason: reason.map(str::to_owned) });
        let rows = [
            (format!("hub.mode=subscribe&{topic}&hub.lease_seconds=600"), verify(Ask::Subscribe, Some(600))),
            (format!("x=1&hub.mode=subscribe&{topic}&hub.lease_seconds=soon"), verify(Ask::Subscribe, None)),
            (format!("hub.mode=subscribe&{topic}&hub.lease_seconds=-1"), verify(Ask::Subscribe, None)),
            (
                format!("hub.mode=subscribe&{topic}&hub.lease_seconds=9223372036854775807"),
                verify(Ask::Subscribe, Some(LEASE_MAX_S)),
            ),
            (format!("hub.mode=unsubscribe&{topic}"), verify(Ask::Unsubscribe, None)),
            ("hub.mode=denied&hub.topic=t&hub.reason=no+more".to_owned(), denied(Some("no more"))),
            ("hub.mode=denied&hub.topic=t&hub.reason=".to_owned(), denied(None)),
            (format!("hub.mode=publish&{topic}"), None),
            ("hub.mode=subscribe&hub.topic=t".to_owned(), None),
            ("hub.mode=subscribe&hub.topic=t&hub.challenge=".to_owned(), None),
            (format!("hub.mode=subscribe&hub.topic=t&hub.challenge={}", "x".repeat(1025)), None),
            ("hub.mode=subscribe&hub.challenge=x".to_owned(), None),
            (String::new(), None),
        ];
        for (query, expected) in rows {
            assert_eq!(said(&query), expected, "{query}");
        }
    }

    #[test]
    fn a_request_says_what_the_recommendation_asks_for() {
        let topic = WebUrl::parse("https://a.test/f?x=1").unwrap();
        let callback = callback(&WebUrl::parse("https://w.test/news/").unwrap(), "abc");
        assert_eq!(
            request(Ask::Subscribe, &topic, &callback, "s3"),
            "hub.callback=https%3A%2F%2Fw.test%2Fnews%2Fwebsub%2Fabc&hub.mode=subscribe&\
             hub.topic=https%3A%2F%2Fa.test%2Ff%3Fx%3D1&hub.lease_seconds=864000&hub.secret=s3"
        );
        assert_eq!(
            request(Ask::Unsubscribe, &topic, &callback, "s3"),
            "hub.callback=https%3A%2F%2Fw.test%2Fnews%2Fwebsub%2Fabc&hub.mode=unsubscribe&\
             hub.topic=https%3A%2F%2Fa.test%2Ff%3Fx%3D1"
        );
    }
}
