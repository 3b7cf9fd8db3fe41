//! The names that feeds use: namespaces by their addresses, elements by namespace and local name.

/// A namespace whose elements mean something to a feed reader. All versions of RSS and Atom are [`Space::Feed`]: their
/// elements are told apart by name, and publishers mix them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    Feed,
    Content,
    Dc,
    DcTerms,
    Itunes,
    Media,
    Rdf,
    Syndication,
    Xhtml,
    Other,
}

/// The namespace of an address, in any of the spellings met.
pub(super) fn space_of(address: &str) -> Space {
    let lower = address.trim().to_ascii_lowercase();
    let bare = lower.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches(['/', '#']);
    match bare {
        "www.w3.org/2005/atom"
        | "w3.org/2005/atom"
        | "purl.org/atom/ns"
        | "purl.org/rss/1.0"
        | "purl.org/rss/1.0/modules/rss091"
        | "my.netscape.com/rdf/simple/0.9"
        | "channel.netscape.com/rdf/simple/0.9"
        | "blogs.law.harvard.edu/tech/rss"
        | "cyber.law.harvard.edu/rss"
        | "example.com/newformat"
        | "example.com/necho"
        | "purl.org/echo"
        | "uri/of/echo/namespace"
        | "purl.org/pie" => Space::Feed,
        _ if bare.contains("backend.userland.com/rss") => Space::Feed,
        "purl.org/rss/1.0/modules/content" => Space::Content,
        "purl.org/dc/elements/1.1" | "purl.org/dc/elements/1.0" => Space::Dc,
        "purl.org/dc/terms" => Space::DcTerms,
        "www.itunes.com/dtds/podcast-1.0.dtd" | "example.com/dtds/podcast-1.0.dtd" => Space::Itunes,
        "search.yahoo.com/mrss" => Space::Media,
        "www.w3.org/1999/02/22-rdf-syntax-ns" => Space::Rdf,
        "purl.org/rss/1.0/modules/syndication" => Space::Syndication,
        "www.w3.org/1999/xhtml" => Space::Xhtml,
        _ => Space::Other,
    }
}

/// What a prefix means that no one declared.
pub(super) fn space_of_undeclared(prefix: &str) -> Space {
    let spaces = [
        ("atom", Space::Feed),
        ("rss", Space::Feed),
        ("content", Space::Content),
        ("dc", Space::Dc),
        ("dcterms", Space::DcTerms),
        ("itunes", Space::Itunes),
        ("media", Space::Media),
        ("rdf", Space::Rdf),
        ("sy", Space::Syndication),
        ("xhtml", Space::Xhtml),
    ];
    spaces.iter().find(|(known, _)| known.eq_ignore_ascii_case(prefix)).map_or(Space::Other, |(_, space)| *space)
}

/// What an element is to a feed reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    Rss,
    Rdf,
    Feed,
    Channel,
    Entry,
    /// `image`, `textInput`, `source`: what stands in them speaks of something else.
    Aside,
    Author,
    /// `contributor`, `itunes:owner`: has a name and an address that are not the author's.
    OtherPerson,
    Name,
    Email,
    Link,
    Enclosure,
    Guid,
    Title,
    MediaTitle,
    Description,
    Abstract,
    Summary,
    /// A summary in the terms of podcasts and videos: counts where there is no other.
    FallbackSummary,
    Content,
    ContentEncoded,
    Body,
    Subtitle,
    Published,
    Updated,
    DcDate,
    Created,
    Category,
    Keywords,
    ItunesCategory,
    ItunesKeywords,
    Language,
    Ttl,
    UpdatePeriod,
    UpdateFrequency,
    Other,
}

impl Element {
    /// Whether its text is markup or may be.
    pub(super) fn is_text_construct(self) -> bool {
        matches!(
            self,
            Self::Title
                | Self::MediaTitle
                | Self::Description
                | Self::Abstract
                | Self::Summary
                | Self::FallbackSummary
                | Self::Content
                | Self::ContentEncoded
                | Self::Body
                | Self::Subtitle
        )
    }

    /// Whether it holds others and so cannot stand inside of a text.
    pub(super) fn is_structure(self) -> bool {
        matches!(self, Self::Rss | Self::Rdf | Self::Feed | Self::Channel | Self::Entry)
    }

    /// Whether its own text is read.
    pub(super) fn has_text(self) -> bool {
        !self.is_structure() && !matches!(self, Self::Aside | Self::Other | Self::Enclosure)
    }
}

/// Longest name that is looked up, in bytes.
const NAME_MAX_BYTES: usize = 32;

/// The element of a namespace and a local name, in any case of letters.
pub(super) fn element(space: Space, local: &str) -> Element {
    let mut lower = [0_u8; NAME_MAX_BYTES];
    let Some(lower) = lower.get_mut(..local.len()) else { return Element::Other };
    lower.copy_from_slice(local.as_bytes());
    lower.make_ascii_lowercase();
    match space {
        Space::Feed => feed_element(lower),
        Space::Content => match &*lower {
            b"encoded" => Element::ContentEncoded,
            _ => Element::Other,
        },
        Space::Dc | Space::DcTerms => dublin_core_element(lower),
        Space::Itunes => match &*lower {
            b"author" => Element::Author,
            b"summary" | b"subtitle" => Element::FallbackSummary,
            b"owner" => Element::OtherPerson,
            b"name" => Element::Name,
            b"email" => Element::Email,
            b"category" => Element::ItunesCategory,
            b"keywords" => Element::ItunesKeywords,
            _ => Element::Other,
        },
        Space::Media => match &*lower {
            b"title" => Element::MediaTitle,
            b"description" => Element::FallbackSummary,
            b"category" => Element::Category,
            b"keywords" => Element::ItunesKeywords,
            _ => Element::Other,
        },
        Space::Rdf => match &*lower {
            b"rdf" => Element::Rdf,
            _ => Element::Other,
        },
        Space::Syndication => match &*lower {
            b"updateperiod" => Element::UpdatePeriod,
            b"updatefrequency" => Element::UpdateFrequency,
            _ => Element::Other,
        },
        Space::Xhtml => match &*lower {
            b"body" => Element::Body,
            _ => Element::Other,
        },
        Space::Other => Element::Other,
    }
}

fn feed_element(lower: &[u8]) -> Element {
    match lower {
        b"rss" => Element::Rss,
        b"feed" => Element::Feed,
        b"channel" => Element::Channel,
        b"item" | b"entry" => Element::Entry,
        b"image" | b"textinput" | b"source" => Element::Aside,
        b"author" | b"managingeditor" => Element::Author,
        b"contributor" | b"webmaster" => Element::OtherPerson,
        b"name" => Element::Name,
        b"email" => Element::Email,
        b"link" => Element::Link,
        b"enclosure" => Element::Enclosure,
        b"guid" | b"id" => Element::Guid,
        b"title" => Element::Title,
        b"description" => Element::Description,
        b"abstract" => Element::Abstract,
        b"summary" => Element::Summary,
        b"content" => Element::Content,
        b"fullitem" => Element::ContentEncoded,
        b"body" => Element::Body,
        b"subtitle" | b"tagline" => Element::Subtitle,
        b"published" | b"issued" | b"pubdate" => Element::Published,
        b"updated" | b"modified" | b"lastbuilddate" => Element::Updated,
        b"created" => Element::Created,
        b"category" | b"keywords" => Element::Category,
        b"tags" => Element::Keywords,
        b"language" => Element::Language,
        b"ttl" => Element::Ttl,
        _ => Element::Other,
    }
}

fn dublin_core_element(lower: &[u8]) -> Element {
    match lower {
        b"creator" | b"author" => Element::Author,
        b"contributor" | b"publisher" => Element::OtherPerson,
        b"title" => Element::Title,
        b"description" => Element::Description,
        b"abstract" => Element::Abstract,
        b"date" => Element::DcDate,
        b"issued" => Element::Published,
        b"modified" => Element::Updated,
        b"created" => Element::Created,
        b"subject" => Element::Category,
        b"language" => Element::Language,
        _ => Element::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_is_known_in_all_its_spellings() {
        for address in ["http://www.w3.org/2005/Atom", "https://www.w3.org/2005/Atom/", "http://purl.org/atom/ns#"] {
            assert_eq!(space_of(address), Space::Feed, "{address}");
        }
        assert_eq!(space_of("http://search.yahoo.com/mrss"), space_of("http://search.yahoo.com/mrss/"));
    }

    #[test]
    fn names_are_known_in_any_case_and_long_ones_are_others() {
        assert_eq!(element(Space::Feed, "pubDate"), Element::Published);
        assert_eq!(element(Space::Feed, "ITEM"), Element::Entry);
        assert_eq!(element(Space::Feed, &"x".repeat(40)), Element::Other);
    }
}
