//! What a feed's answer names: its hub and its own address. The `Link` header (RFC 8288) comes before the feed itself, as
//! section 4 of the recommendation has it.

use crate::model::url::WebUrl;

/// A hub, and the topic to ask it for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Where subscriptions are asked for.
    pub hub: WebUrl,
    /// The feed's own address, as it states it.
    pub topic: WebUrl,
}

/// Most links of one answer's headers that are looked at.
const LINKS_MAX: usize = 100;

/// What an answer names. `headers` are the values of its `Link` headers, `in_feed` what the feed itself names, and `base`
/// is where the answer came from. Without both a hub and an own address there is nothing to subscribe to.
pub fn named<'a>(
    headers: impl Iterator<Item = &'a str>,
    in_feed: (Option<&WebUrl>, Option<&WebUrl>),
    base: &WebUrl,
) -> Option<Named> {
    let (mut hub, mut topic) = (None, None);
    for (target, relations) in headers.flat_map(links).take(LINKS_MAX) {
        let Ok(url) = base.join(target) else { continue };
        for relation in relations.split_ascii_whitespace() {
            if relation.eq_ignore_ascii_case("hub") {
                hub = hub.or_else(|| Some(url.clone()));
            } else if relation.eq_ignore_ascii_case("self") {
                topic = topic.or_else(|| Some(url.clone()));
            }
        }
    }
    Some(Named { hub: hub.or(in_feed.0.cloned())?, topic: topic.or(in_feed.1.cloned())? })
}

/// The links of one header: targets and relations.
fn links(header: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = header;
    while let Some((_, after)) = rest.split_once('<') {
        let Some((target, after)) = after.split_once('>') else { break };
        let (parameters, next) = split_unquoted(after, ',').unwrap_or((after, ""));
        found.push((target, relation(parameters)));
        rest = next;
        if found.len() >= LINKS_MAX {
            break;
        }
    }
    found
}

/// Before and after the first `separator` that does not stand in quotes.
fn split_unquoted(text: &str, separator: char) -> Option<(&str, &str)> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if letter == separator && !quoted => return Some((text.get(..at)?, text.get(at + letter.len_utf8()..)?)),
            _ => {}
        }
    }
    None
}

/// The value of the first `rel`; later ones count for nothing.
fn relation(parameters: &str) -> &str {
    let mut rest = parameters;
    loop {
        let (parameter, after) = split_unquoted(rest, ';').unwrap_or((rest, ""));
        match parameter.split_once('=') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("rel") => return value.trim().trim_matches('"'),
            _ if after.is_empty() => return "",
            _ => rest = after,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn url(text: &str) -> WebUrl {
        WebUrl::parse(text).unwrap()
    }

    fn of(headers: &[&str], in_feed: (Option<&str>, Option<&str>)) -> Option<(String, String)> {
        let (hub, topic) = (in_feed.0.map(url), in_feed.1.map(url));
        let found = named(headers.iter().copied(), (hub.as_ref(), topic.as_ref()), &url("https://a.test/feed"));
        found.map(|named| (named.hub.to_string(), named.topic.to_string()))
    }

    #[test]
    fn the_header_comes_before_the_feed_and_both_names_are_needed() {
        type InFeed = (Option<&'static str>, Option<&'static str>);
        type Row = (&'static [&'static str], InFeed, Option<(String, String)>);
        let both = |hub: &str, topic: &str| Some((hub.to_owned(), topic.to_owned()));
        let (hub, topic) = ("https://hub.test/", "https://a.test/feed");
        let nothing: InFeed = (None, None);
        let rows: &[Row] = &[
            (&[], nothing, None),
            (&[], (Some(hub), None), None),
            (&[], (None, Some(topic)), None),
            (&[], (Some(hub), Some(topic)), both(hub, topic)),
            (&["<https://hub.test/>; rel=\"hub\", </feed>; rel=\"self\""], nothing, both(hub, topic)),
            (&["<https://hub.test/>;rel=hub", "<https://a.test/feed>;REL=Self"], nothing, both(hub, topic)),
            (
                &["<https://hub.test/>; title=\"a, b; rel=self\\\"\"; rel=\"hub alternate\""],
                (None, Some(topic)),
                both(hub, topic),
            ),
            (&["<https://other.test/>; rel=hub"], (Some(hub), Some(topic)), both("https://other.test/", topic)),
            (
                &["<https://one.test/>; rel=hub, <https://two.test/>; rel=hub"],
                (None, Some(topic)),
                both("https://one.test/", topic),
            ),
            (
                &["<https://x.test/>; rel=hubs, <javascript:x>; rel=hub, <https://hub.test/>; rel=hub"],
                (None, Some(topic)),
                both(hub, topic),
            ),
            (&["<https://hub.test/; rel=hub", "no link", "<>; rel=hub; <", "rel=hub"], nothing, None),
        ];
        for (headers, in_feed, expected) in rows {
            assert_eq!(of(headers, *in_feed), *expected, "{headers:?} {in_feed:?}");
        }
    }

    proptest! {
        #[test]
        fn any_header_is_read(header in "[<>;, =\"\\\\relhubsef\u{e9}]{0,60}") {
            prop_assert!(links(&header).len() <= header.len());
        }
    }
}
