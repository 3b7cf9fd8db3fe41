//! Sitemaps, news sitemaps and sitemap indexes, in XML or as a list of addresses, plain or gzipped.
//!
//! Invariants: addresses are bounded by the protocol's own limit; a `lastmod` is a hint and nothing more: publishers set
//! it to "now" as often as not.

use crate::engine::markup::{Scanner, Token, plain_text, unescape_into};
use crate::engine::{dates, decode};
use crate::model::entry::{Entry, ParsedFeed};
use crate::model::time::Published;
use crate::model::url::WebUrl;

/// Most addresses that a sitemap may list, by its protocol.
pub const URLS_MAX: usize = 50_000;

/// Longest sitemap that is read, in bytes, unpacked: the protocol's own limit.
pub const BYTES_MAX: usize = 50 << 20;

/// Longest text of one element that is kept, in bytes.
const TEXT_MAX_BYTES: usize = 4096;

/// What a sitemap file is.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "one value a file, matched at once")]
pub enum Sitemap {
    /// A list of pages.
    Urls(ParsedFeed),
    /// A list of sitemaps.
    Index(Vec<IndexEntry>),
}

/// One sitemap that an index names.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexEntry {
    /// Where it is.
    pub url: WebUrl,
    /// When it changed, as the index says: a hint.
    pub modified: Option<Published>,
}

/// Why bytes are no sitemap.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SitemapError {
    /// Nothing, or blanks.
    #[error("the answer is empty: there is no sitemap at this address")]
    Empty,
    /// Over the limit.
    #[error("the sitemap is longer than {} MiB, the limit of its protocol", BYTES_MAX >> 20)]
    TooLarge,
    /// Starts like gzip and is not.
    #[error("the answer starts like a gzip file and cannot be unpacked: the download is damaged, try again")]
    BrokenGzip,
    /// A feed.
    #[error("this is a feed, not a sitemap: name it with `feed = …` instead of `sitemap = …`")]
    Feed,
    /// A web page.
    #[error("this is a web page, not a sitemap: sites name theirs in robots.txt")]
    WebPage,
    /// Something else.
    #[error("this is no sitemap: it has neither <urlset> nor <sitemapindex>, and is no list of addresses")]
    Other,
    /// Pages are listed, and none has an address that can be fetched.
    #[error("the sitemap lists {begun} pages and none has an http address")]
    Unreadable {
        /// How many it lists.
        begun: usize,
    },
}

/// Reads a sitemap, a news sitemap or a sitemap index.
pub fn parse(bytes: &[u8], content_type: Option<&str>, base: &WebUrl) -> Result<Sitemap, SitemapError> {
    let bytes = decode::gunzip(bytes, BYTES_MAX).map_err(|_| SitemapError::BrokenGzip)?;
    if bytes.len() > BYTES_MAX {
        return Err(SitemapError::TooLarge);
    }
    let text = decode::xml(&bytes, content_type);
    let text = text.trim();
    if text.is_empty() {
        return Err(SitemapError::Empty);
    }
    if !text.starts_with('<') && text.lines().take(3).all(|line| WebUrl::parse(line).is_ok()) {
        return Ok(Sitemap::Urls(listed(text.lines())));
    }
    let read = read(text, base)?;
    if read.is_index { Ok(Sitemap::Index(read.index)) } else { Ok(Sitemap::Urls(sitemap(read.entries))) }
}

fn listed<'a>(lines: impl Iterator<Item = &'a str>) -> ParsedFeed {
    sitemap(lines.filter_map(|line| WebUrl::parse(line).ok()).take(URLS_MAX).map(Entry::of_url).collect())
}

fn sitemap(entries: Vec<Entry>) -> ParsedFeed {
    ParsedFeed {
        format: "sitemap".to_owned(),
        title: None,
        link: None,
        language: None,
        updated: None,
        ttl_s: None,
        hub: None,
        self_url: None,
        entries,
    }
}

#[derive(Default)]
struct Read {
    is_index: bool,
    is_sitemap: bool,
    index: Vec<IndexEntry>,
    entries: Vec<Entry>,
    begun: usize,
}

/// What one `<url>` or `<sitemap>` says.
#[derive(Default)]
struct Listed {
    address: Option<String>,
    modified: Option<String>,
    title: Option<String>,
    published: Option<String>,
    language: Option<String>,
    keywords: Option<String>,
}

fn read(text: &str, base: &WebUrl) -> Result<Read, SitemapError> {
    let mut read = Read::default();
    let mut at_hand: Option<Listed> = None;
    let mut said = String::new();
    // `image:image` and `video:video` have `loc` and `title` of their own.
    let mut inside_media = false;
    for token in Scanner::new(text) {
        match token {
            Token::Start(tag) => {
                said.clear();
                match local_name(tag.name).as_str() {
                    "urlset" => read.is_sitemap = true,
                    "sitemapindex" => read.is_index = true,
                    "url" | "sitemap" => {
                        // A page whose end is missing is put away first.
                        read.put(at_hand.take(), base);
                        read.begun += 1;
                        at_hand = Some(Listed::default());
                    }
                    "image" | "video" if at_hand.is_some() && !tag.empty => inside_media = true,
                    "rss" | "feed" | "rdf" if !read.is_sitemap => return Err(SitemapError::Feed),
                    "html" | "body" if !read.is_sitemap => return Err(SitemapError::WebPage),
                    _ => {}
                }
            }
            Token::End(name) => {
                match local_name(name).as_str() {
                    "url" | "sitemap" => read.put(at_hand.take(), base),
                    "image" | "video" => inside_media = false,
                    name if !inside_media => {
                        if let Some(listed) = &mut at_hand {
                            listed.say(name, said.trim());
                        }
                    }
                    _ => {}
                }
                said.clear();
            }
            Token::Text(text) if said.len() < TEXT_MAX_BYTES => unescape_into(text, &mut said),
            Token::CData(text) if said.len() < TEXT_MAX_BYTES => said.push_str(text),
            Token::Text(_) | Token::CData(_) => {}
        }
        if read.entries.len() >= URLS_MAX || read.index.len() >= URLS_MAX {
            break;
        }
    }
    // A page that the cut goes through has no end tag and is left out.
    if !read.is_index && !read.is_sitemap {
        return Err(SitemapError::Other);
    }
    if read.begun > 0 && read.entries.is_empty() && read.index.is_empty() {
        return Err(SitemapError::Unreadable { begun: read.begun });
    }
    Ok(read)
}

impl Read {
    fn put(&mut self, listed: Option<Listed>, base: &WebUrl) {
        let Some(listed) = listed else { return };
        let Some(url) = listed.address.as_deref().and_then(|address| base.join(address).ok()) else { return };
        let modified = listed.modified.as_deref().and_then(dates::parse);
        if self.is_index {
            self.index.push(IndexEntry { url, modified });
            return;
        }
        let mut entry = Entry::of_url(url);
        entry.updated = modified;
        entry.title = listed.title.map(|title| plain_text(&title)).filter(|title| !title.is_empty());
        entry.published = listed.published.as_deref().and_then(dates::parse);
        entry.language = listed.language;
        let keywords = listed.keywords.unwrap_or_default();
        entry.tags = keywords.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect();
        self.entries.push(entry);
    }
}

impl Listed {
    fn say(&mut self, name: &str, text: &str) {
        let field = match name {
            "loc" => &mut self.address,
            "lastmod" => &mut self.modified,
            "title" => &mut self.title,
            "publication_date" => &mut self.published,
            "language" => &mut self.language,
            "keywords" => &mut self.keywords,
            _ => return,
        };
        if !text.is_empty() {
            field.get_or_insert_with(|| text.to_owned());
        }
    }
}

/// Publishers bind the namespaces to any prefix, or to none.
fn local_name(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::*;

    const NEWS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://a.test/one?x=1&amp;y=2</loc><lastmod>2024-05-01</lastmod>
<news:news><news:publication><news:name>A</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2024-05-01T10:00:00+02:00</news:publication_date><news:title>Rain &amp; wind</news:title>
<news:keywords>rain, wind</news:keywords></news:news>
<image:image><image:loc>https://a.test/i.jpg</image:loc><image:title>A picture</image:title></image:image></url>
<url><loc> /two </loc></url>
<url><loc>ftp://a.test/three</loc></url></urlset>"#;

    fn base() -> WebUrl {
        WebUrl::parse("https://a.test/sitemap.xml").unwrap()
    }

    fn pages(bytes: &[u8]) -> Vec<Entry> {
        match parse(bytes, None, &base()).unwrap() {
            Sitemap::Urls(feed) => feed.entries,
            Sitemap::Index(_) => panic!("an index"),
        }
    }

    #[test]
    fn a_news_sitemap_gives_titles_and_dates() {
        let entries = pages(NEWS.as_bytes());
        assert_eq!(entries.len(), 2);
        let first = &entries[0];
        assert_eq!(first.url.as_ref().unwrap().as_str(), "https://a.test/one?x=1&y=2");
        assert_eq!(first.title.as_deref(), Some("Rain & wind"));
        assert_eq!(first.published.unwrap().to_string(), "2024-05-01T10:00:00+02:00");
        assert_eq!(first.updated.unwrap().to_string(), "2024-05-01");
        assert_eq!((first.language.as_deref(), first.tags.len()), (Some("en"), 2));
        assert_eq!(entries[1].id, "https://a.test/two");
    }

    #[test]
    fn a_gzipped_sitemap_is_unpacked() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(NEWS.as_bytes()).unwrap();
        assert_eq!(pages(&gzip.finish().unwrap()).len(), 2);
        assert_eq!(parse(b"\x1f\x8bnonsense", None, &base()), Err(SitemapError::BrokenGzip));
    }

    #[test]
    fn a_gzip_bomb_is_refused() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        for _ in 0..=(BYTES_MAX >> 20) {
            gzip.write_all(&vec![b' '; 1 << 20]).unwrap();
        }
        assert_eq!(parse(&gzip.finish().unwrap(), None, &base()), Err(SitemapError::TooLarge));
    }

    #[test]
    fn an_index_names_sitemaps() {
        let text = "<sitemapindex><sitemap><loc>/a.xml.gz</loc><lastmod>2024-01-02T03:04:05Z</lastmod></sitemap>\
                    <sitemap><loc>/b.xml</loc></sitemap></sitemapindex>";
        let Sitemap::Index(index) = parse(text.as_bytes(), None, &base()).unwrap() else { panic!("no index") };
        assert_eq!(index[0].url.as_str(), "https://a.test/a.xml.gz");
        assert_eq!(index[0].modified.unwrap().to_string(), "2024-01-02T03:04:05Z");
        assert_eq!(index[1].modified, None);
    }

    #[test]
    fn a_list_of_addresses_is_a_sitemap() {
        assert_eq!(pages(b"https://a.test/1\nhttps://a.test/2\n").len(), 2);
    }

    #[test]
    fn damaged_sitemaps_are_read_as_far_as_they_go() {
        assert_eq!(pages(b"<urlset><url><loc>https://a.test/1<url><loc>https://a.test/2</loc></url>").len(), 1);
        assert_eq!(pages(b"<urlset><url><loc>https://a.test/1</loc></url><url><loc>https://a.te").len(), 1);
        assert_eq!(pages(b"junk <urlset><url><loc>https://a.test/?a=1&b=2</loc></url></urlset>").len(), 1);
    }

    #[test]
    fn what_is_no_sitemap_is_refused_with_a_reason() {
        for (text, error) in [
            ("", SitemapError::Empty),
            ("<rss><channel/></rss>", SitemapError::Feed),
            ("<!DOCTYPE html><html><body>", SitemapError::WebPage),
            ("hello", SitemapError::Other),
            ("<urlset><url><loc>ftp://x</loc></url></urlset>", SitemapError::Unreadable { begun: 1 }),
        ] {
            assert_eq!(parse(text.as_bytes(), None, &base()), Err(error), "{text}");
        }
    }

    #[test]
    fn a_sitemap_beyond_the_protocols_limit_is_cut() {
        let text = format!("<urlset>{}</urlset>", "<url><loc>/x</loc></url>".repeat(URLS_MAX + 5));
        assert_eq!(pages(text.as_bytes()).len(), URLS_MAX);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            parse(&bytes, None, &base()).ok();
        }

        #[test]
        fn a_damaged_sitemap_never_panics(cut in 0..NEWS.len(), at in 0..NEWS.len(), byte in any::<u8>()) {
            let mut bytes = NEWS.as_bytes().to_vec();
            bytes[at] = byte;
            bytes.truncate(cut);
            parse(&bytes, None, &base()).ok();
        }
    }
}
