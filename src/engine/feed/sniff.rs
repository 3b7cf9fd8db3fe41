//! What bytes are that are no feed, and what to do about it.

/// Why bytes are no feed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    /// Nothing, or blanks.
    #[error("the answer is empty: there is no feed at this address (yet)")]
    Empty,
    /// Over the limit.
    #[error("the answer is longer than {} MiB: no feed is as long", .bytes_max >> 20)]
    TooLarge {
        /// The limit.
        bytes_max: usize,
    },
    /// Starts like gzip and is not.
    #[error("the answer starts like a gzip file and cannot be unpacked: the download is damaged, try again")]
    BrokenGzip,
    /// An image, a PDF, an archive …
    #[error("this is {what}, not a feed")]
    Binary {
        /// What.
        what: &'static str,
    },
    /// A web page.
    #[error("this is a web page{}, not a feed: `wirewatch sources discover` finds the feeds of a site", titled(.title.as_deref()))]
    WebPage {
        /// The page's title.
        title: Option<String>,
    },
    /// A sitemap.
    #[error("this is a sitemap, not a feed: name it with `sitemap = …` instead of `feed = …`")]
    Sitemap,
    /// A subscription list.
    #[error("this is a list of subscriptions (OPML), not a feed: `wirewatch sources import` reads it")]
    Opml,
    /// Another document in XML.
    #[error("this is XML, but no feed: its first element is <{root}>")]
    OtherXml {
        /// The first element.
        root: String,
    },
    /// JSON that is no JSON Feed.
    #[error("this is JSON, but no JSON Feed: it has no `items`")]
    OtherJson,
    /// Plain text.
    #[error("this is text, not a feed; it begins with “{beginning}”")]
    PlainText {
        /// Its beginning.
        beginning: String,
    },
    /// It lists entries, and none could be read.
    #[error("the feed lists {begun} entries and none is whole: it is cut off or damaged")]
    Unreadable {
        /// How many it lists.
        begun: usize,
    },
    /// It ends before any entry.
    #[error("the feed is cut off before its first entry: the publisher must mend it, and the next poll tries again")]
    CutOff,
    /// A defect of ours.
    #[error("the feed could not be read because of a defect in wirewatch: please report its address")]
    Defect,
}

fn titled(title: Option<&str>) -> String {
    title.map(|title| format!(" (“{title}”)")).unwrap_or_default()
}

/// The first bytes of what is met at addresses of feeds and is none.
const MAGICS: &[(&[u8], &str)] = &[
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a media file"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed data"),
    (b"BZh", "bzip2-compressed data"),
    (b"ID3", "an audio file"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "an SQLite database"),
];

/// How much is looked at to tell binary data from text, in bytes.
const LOOKED_AT_BYTES: usize = 1024;

/// Zeros and control bytes that no charset explains.
pub(super) fn refuse_binary(bytes: &[u8]) -> Result<(), FeedError> {
    if let Some((_, what)) = MAGICS.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(FeedError::Binary { what });
    }
    let head = bytes.get(..LOOKED_AT_BYTES).unwrap_or(bytes);
    // UTF-16 and UTF-32 are full of zeros, next to angle brackets; EBCDIC begins as its own declaration does.
    let is_wide = head.contains(&0) && (head.contains(&b'<') || head.contains(&b'{'));
    let is_ebcdic = head.starts_with(&[0x4c, 0x6f, 0xa7, 0x94]);
    let controls = head.iter().filter(|byte| **byte < 0x20 && !byte.is_ascii_whitespace()).count();
    if !is_wide && !is_ebcdic && controls * 8 > head.len() {
        return Err(FeedError::Binary { what: "binary data" });
    }
    Ok(())
}

/// Whether a first element is that of a web page.
pub(super) fn is_page(root: Option<&str>) -> bool {
    root.is_some_and(|root| {
        ["html", "head", "body", "meta", "title", "div", "script"].iter().any(|name| root.eq_ignore_ascii_case(name))
    })
}

/// What a text is that holds no element of a feed.
pub(super) fn what_it_is(text: &str, root: Option<&str>) -> FeedError {
    let head: String = text.chars().take(LOOKED_AT_BYTES).collect::<String>().to_ascii_lowercase();
    if is_page(root) || head.contains("<!doctype html") || head.contains("<html") {
        return FeedError::WebPage { title: page_title(text) };
    }
    match root.map(|root| root.rsplit(':').next().unwrap_or(root).to_ascii_lowercase()).as_deref() {
        Some("urlset" | "sitemapindex") => FeedError::Sitemap,
        Some("opml" | "outline") => FeedError::Opml,
        Some(_) => FeedError::OtherXml { root: root.unwrap_or_default().chars().take(60).collect() },
        None => FeedError::PlainText {
            beginning: text.split_whitespace().take(8).collect::<Vec<_>>().join(" ").chars().take(60).collect(),
        },
    }
}

/// Where a page's title is looked for, in characters from the beginning.
const TITLE_WITHIN_CHARS: usize = 16_384;

fn page_title(text: &str) -> Option<String> {
    let head: String = text.chars().take(TITLE_WITHIN_CHARS).collect();
    let lower = head.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let start = open + lower.get(open..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find("</title")?;
    let title: String = crate::engine::markup::plain_text(head.get(start..end)?).chars().take(80).collect();
    (!title.is_empty()).then_some(title)
}
