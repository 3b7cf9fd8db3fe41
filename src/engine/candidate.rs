//! What one page, feed entry or imported line says, ready to be decided on: decode → extract → normalize → canonical →
//! fingerprint. Pure; a candidate has one maker and private fields, so that nothing unnormalized reaches the store.

use regex::Regex;
use xxhash_rust::xxh3::xxh3_64;

use super::fingerprint::fingerprint;
use super::normalize::{self, Normalized};
use super::page::rules::SiteRules;
use super::page::{self, Extracted, Learned, PageInput};
use super::split::{self, Piece};
use super::{blocked, canonical, decode};
use crate::model::article::{Block, BlockKind, Content};
use crate::model::entry::Entry;
use crate::model::fetch::Page;
use crate::model::time::Published;
use crate::model::url::{CanonicalUrl, WebUrl};

/// The version of extraction and normalization, at most 255. It is raised when the same page gives another text, so that the
/// difference is recorded as technical and never told as an edit.
pub const EXTRACTOR_VERSION: u32 = 3;

/// Why a capture is not believed at first sight.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Suspicion {
    /// A challenge, consent or login page in place of the article. Never an article.
    Blocked(String),
    /// No body text at all.
    Empty,
    /// An error page with a good status, or a redirect to the front page.
    SoftGone(String),
}

/// Where a content was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MadeFrom {
    /// The article's page.
    Page,
    /// The feed's own full content.
    Feed,
    /// A line of an import.
    Import,
}

impl MadeFrom {
    /// The word in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Feed => "feed",
            Self::Import => "import",
        }
    }
}

/// A normalized article as one capture shows it.
#[derive(Debug, Clone)]
pub struct Candidate {
    content: Content,
    url: WebUrl,
    canonical: CanonicalUrl,
    elsewhere: Option<String>,
    exact: u64,
    bands: Vec<u64>,
    probes: Vec<u64>,
    edges: Vec<u64>,
    suspicion: Option<Suspicion>,
    made_from: MadeFrom,
    next: Option<WebUrl>,
    twin: Option<WebUrl>,
    moved: Option<WebUrl>,
    read_by: u32,
}

/// Why nothing could be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CandidateError {
    /// Neither HTML nor text.
    #[error("read {url}: {reason}")]
    Unreadable {
        /// The page.
        url: WebUrl,
        /// What it is instead.
        reason: String,
    },
}

/// What a candidate is assembled from.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    /// Normalized.
    pub content: Content,
    /// Where it was found, after redirects.
    pub url: WebUrl,
    /// The article's identity.
    pub canonical: CanonicalUrl,
    /// The canonical address at another site that the page names.
    pub elsewhere: Option<String>,
    /// Hashes of the blocks at head and tail.
    pub edges: Vec<u64>,
    /// Why it is not believed at first sight.
    pub suspicion: Option<Suspicion>,
    /// Where it was read from.
    pub made_from: MadeFrom,
}

/// What [`Candidate::read`] works on.
#[derive(Debug)]
pub struct CandidateInput<'a> {
    /// The answer.
    pub page: &'a Page,
    /// The entry that led to it.
    pub entry: Option<&'a Entry>,
    /// The site's rules.
    pub rules: &'a SiteRules,
    /// Blocks of the body that match one of these are left out.
    pub ignore: &'a [Regex],
    /// What the site is known to repeat.
    pub learned: &'a Learned,
}

/// An article that comes from elsewhere than a page of its own.
#[derive(Debug, Clone)]
pub struct Given<'a> {
    /// Its address.
    pub url: &'a WebUrl,
    /// Its headline.
    pub title: Option<&'a str>,
    /// Its body.
    pub body: GivenBody<'a>,
    /// Names.
    pub authors: &'a [String],
    /// As stated.
    pub published: Option<Published>,
    /// As stated.
    pub modified: Option<Published>,
    /// BCP 47, as stated.
    pub language: Option<&'a str>,
    /// Categories.
    pub tags: &'a [String],
}

/// A body that comes with its article.
#[derive(Debug, Clone, Copy)]
pub enum GivenBody<'a> {
    /// Plain: blank lines, or where there are none line breaks, end paragraphs.
    Text(&'a str),
    /// HTML: a fragment, or a whole page.
    Html(&'a str),
}

impl Candidate {
    /// Reads an article's page. Fails only for what is no text at all.
    pub fn read(input: &CandidateInput<'_>) -> Result<Self, CandidateError> {
        let page = input.page;
        let url = &page.final_url;
        let Pages { first, extracted } = Pages::read(input)?;
        let blocked = blocked::recognise(page, &first);
        let (next, twin) = (extracted.next_page().cloned(), extracted.amp_twin().cloned());
        let moved = extracted.moved_to().cloned();
        let hint = extracted.canonical_hint().cloned();
        let edges = extracted.edge_blocks();
        let mut content = normalize::normalize(extracted).into_content();
        drop_ignored(&mut content, input.ignore);
        let suspicion = match blocked {
            Some(reason) => Some(Suspicion::Blocked(reason)),
            None => soft_gone(page, &content),
        };
        let suspicion = suspicion.or_else(|| content.blocks.is_empty().then_some(Suspicion::Empty));
        let candidate = Self::assemble(Parts {
            canonical: canonical::choose(url, hint.as_ref()),
            elsewhere: hint
                .filter(|hint| hint.site() != url.site())
                .map(|hint| canonical::canonical(&hint).to_string()),
            url: url.clone(),
            content,
            edges,
            suspicion,
            made_from: MadeFrom::Page,
        });
        Ok(Self { next, twin, moved, read_by: reader(input.rules, input.ignore), ..candidate })
    }

    /// Takes a feed's own content for the article (`content = "feed"`). An entry without an address gets one of its
    /// own below the feed's.
    pub fn from_entry(entry: &Entry, feed: &WebUrl, ignore: &[Regex]) -> Self {
        let url = match &entry.url {
            Some(url) => url.clone(),
            None => entry_address(entry, feed),
        };
        let html = entry.content.as_deref().or(entry.summary.as_deref()).unwrap_or_default();
        let given = Given {
            url: &url,
            title: entry.title.as_deref(),
            body: GivenBody::Html(html),
            authors: &entry.authors,
            published: entry.published,
            modified: entry.updated,
            language: entry.language.as_deref(),
            tags: &entry.tags,
        };
        Self::given(&given, ignore, MadeFrom::Feed)
    }

    /// Takes an imported line.
    pub fn from_import(given: &Given<'_>) -> Self {
        Self::given(given, &[], MadeFrom::Import)
    }

    fn given(given: &Given<'_>, ignore: &[Regex], made_from: MadeFrom) -> Self {
        let mut content = given_content(given);
        content.title = given.title.map(str::to_owned).or(content.title);
        if !given.authors.is_empty() {
            content.authors = given.authors.to_vec();
        }
        content.published = given.published.or(content.published);
        content.modified = given.modified.or(content.modified);
        content.language = given.language.map(str::to_owned).or(content.language);
        if !given.tags.is_empty() {
            content.tags = given.tags.to_vec();
        }
        let mut content = Normalized::from_content(content).into_content();
        drop_ignored(&mut content, ignore);
        Self::assemble(Parts {
            canonical: canonical::canonical(given.url),
            elsewhere: None,
            url: given.url.clone(),
            suspicion: content.blocks.is_empty().then_some(Suspicion::Empty),
            content,
            edges: Vec::new(),
            made_from,
        })
    }

    pub(crate) fn assemble(parts: Parts) -> Self {
        let fingerprint = fingerprint(&parts.content);
        Self {
            content: parts.content,
            url: parts.url,
            canonical: parts.canonical,
            elsewhere: parts.elsewhere,
            exact: fingerprint.exact,
            bands: fingerprint.bands,
            probes: fingerprint.probes,
            edges: parts.edges,
            suspicion: parts.suspicion,
            made_from: parts.made_from,
            next: None,
            twin: None,
            moved: None,
            read_by: EXTRACTOR_VERSION,
        }
    }

    /// The content.
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// Where it was found, after redirects.
    pub fn url(&self) -> &WebUrl {
        &self.url
    }

    /// The article's identity.
    pub fn canonical(&self) -> &CanonicalUrl {
        &self.canonical
    }

    /// The canonical address at another site that the page names, if it does.
    pub fn elsewhere(&self) -> Option<&str> {
        self.elsewhere.as_deref()
    }

    /// Equal for equal texts.
    pub fn exact(&self) -> u64 {
        self.exact
    }

    /// Keys under which it is found by similar texts.
    pub fn bands(&self) -> &[u64] {
        &self.bands
    }

    /// Keys by which it finds similar texts, its own among them.
    pub fn probes(&self) -> &[u64] {
        &self.probes
    }

    /// Hashes of the blocks at its head and tail, from which a site's boilerplate is learnt.
    pub fn edges(&self) -> &[u64] {
        &self.edges
    }

    /// Why it is not believed at first sight.
    pub fn suspicion(&self) -> Option<&Suspicion> {
        self.suspicion.as_ref()
    }

    /// The address that the page gives for the article's next part, if it is split over several.
    pub fn next_part(&self) -> Option<&WebUrl> {
        self.next.as_ref()
    }

    /// The AMP form that the page names, where its own lacks the text.
    pub fn twin(&self) -> Option<&WebUrl> {
        self.twin.as_ref()
    }

    /// Where the page sends its reader, if it has no text of its own.
    pub fn moved_to(&self) -> Option<&WebUrl> {
        self.moved.as_ref()
    }

    /// By what it was read, as [`reader`] has it.
    pub fn read_by(&self) -> u32 {
        self.read_by
    }

    /// Where it was read from.
    pub fn made_from(&self) -> MadeFrom {
        self.made_from
    }
}

/// What reads pages by some rules: [`EXTRACTOR_VERSION`] in the last byte, and above it a hash of the rules, 0 for none. Where
/// it differs between two looks, a difference between the texts may be no edit.
pub fn reader(rules: &SiteRules, ignore: &[Regex]) -> u32 {
    let ignored = ignore.iter().map(Regex::as_str).collect::<Vec<_>>().join("\n");
    let ignored = if ignored.is_empty() { 0 } else { xxh3_64(ignored.as_bytes()) };
    let key = (rules.key() ^ ignored.rotate_left(7)).to_le_bytes();
    u32::from_le_bytes([0, key[0], key[1], key[2]]) | EXTRACTOR_VERSION
}

/// Extracts an answer's article, all its pages as one. Fails only for what is no text at all.
pub fn extract(input: &CandidateInput<'_>) -> Result<Extracted, CandidateError> {
    Pages::read(input).map(|pages| pages.extracted)
}

/// An answer's pages, read.
struct Pages {
    /// The first, decoded.
    first: String,
    /// All of them as one.
    extracted: Extracted,
}

impl Pages {
    fn read(input: &CandidateInput<'_>) -> Result<Self, CandidateError> {
        let page = input.page;
        if let Some(reason) = not_text(page.content_type(), &page.body) {
            return Err(CandidateError::Unreadable { url: page.final_url.clone(), reason });
        }
        let extract = |html: &str, url: &WebUrl, entry| {
            page::extract(&PageInput { html, url, rules: input.rules, entry, learned: input.learned })
        };
        let mut pieces = split::pieces(&page.body, &page.final_url).into_iter();
        let (_, url, body) = pieces.next().unwrap_or((Piece::First, page.final_url.clone(), &page.body));
        let first = decode::html(body, page.content_type());
        let mut extracted = extract(&first, &url, input.entry);
        for (piece, url, body) in pieces {
            match piece {
                // What the header of its own answer said is not kept, and AMP is UTF-8 by its definition.
                Piece::Twin => extracted.take_body(extract(&decode::html(body, None), &url, None)),
                Piece::First | Piece::Part => {
                    extracted.append(extract(&decode::html(body, page.content_type()), &url, None));
                }
            }
        }
        Ok(Self { first, extracted })
    }
}

/// Content types that are never an article's page, by their beginning.
const NO_TEXT: [&str; 6] = ["image/", "audio/", "video/", "font/", "application/pdf", "application/zip"];

/// Bytes of a body that are looked at to tell whether it is text.
const SNIFFED_BYTES: usize = 1024;

/// One control byte in so many is more than text has: chance alone gives one in ten.
const CONTROLS_ONE_IN: usize = 20;

/// What an answer or a file is instead of text, by its declared type and its first kilobyte.
pub fn not_text(content_type: Option<&str>, body: &[u8]) -> Option<String> {
    let declared = content_type.unwrap_or_default().to_ascii_lowercase();
    if let Some(kind) = NO_TEXT.iter().find(|kind| declared.starts_with(**kind)) {
        return Some(format!("it is {kind}…, not a page").replace("/…", ""));
    }
    let head = body.get(..SNIFFED_BYTES).unwrap_or(body);
    let wide = head.starts_with(&[0xFF, 0xFE]) || head.starts_with(&[0xFE, 0xFF]);
    // UTF-16 without a mark has a zero in every second byte at most; binary formats have them in runs.
    let binary = head.starts_with(b"%PDF-") || head.starts_with(b"PK\x03\x04") || head.starts_with(b"\x89PNG");
    let zeros = || head.windows(3).any(|three| three == [0, 0, 0]);
    (binary || (!wide && (zeros() || has_many_controls(head)))).then(|| "it is binary, not a page".to_owned())
}

/// Compressed or encrypted data has few zeros, and its control bytes tell it. UTF-16 without a mark and the escapes of
/// ISO-2022 are text.
fn has_many_controls(head: &[u8]) -> bool {
    if head.starts_with(b"<\0") || head.starts_with(b"\0<") {
        return false;
    }
    let is_control = |byte: &&u8| **byte < 0x20 && !matches!(**byte, b'\t' | b'\n' | 0x0C | b'\r' | 0x0E | 0x0F | 0x1B);
    head.iter().filter(is_control).count() * CONTROLS_ONE_IN > head.len()
}

/// An error page with a good status, or a redirect from an article to the front page.
fn soft_gone(page: &Page, content: &Content) -> Option<Suspicion> {
    let is_front = |url: &WebUrl| url.as_url().path() == "/" && url.as_url().query().is_none();
    if !is_front(&page.url) && is_front(&page.final_url) {
        return Some(Suspicion::SoftGone("it leads to the front page".to_owned()));
    }
    blocked::soft_not_found(content.title.as_deref().unwrap_or_default(), &content.text())
        .then(|| Suspicion::SoftGone("it says \"not found\" with a good status".to_owned()))
}

/// A content without the blocks that match a pattern, as an `ignore` of a source leaves them out.
pub fn without_ignored(content: &Content, ignore: &[Regex]) -> Content {
    let mut content = content.clone();
    drop_ignored(&mut content, ignore);
    content
}

fn drop_ignored(content: &mut Content, ignore: &[Regex]) {
    if !ignore.is_empty() {
        content.blocks.retain(|block| !is_ignored(&block.text, ignore));
    }
}

/// Whether a block is left out.
pub fn is_ignored(text: &str, ignore: &[Regex]) -> bool {
    ignore.iter().any(|pattern| pattern.is_match(text))
}

fn given_content(given: &Given<'_>) -> Content {
    match given.body {
        GivenBody::Text(text) => Content { blocks: paragraphs(text), ..Content::default() },
        GivenBody::Html(html) if is_whole_page(html) => {
            let rules = SiteRules::default();
            let learned = Learned::default();
            let input = PageInput { html, url: given.url, rules: &rules, entry: None, learned: &learned };
            normalize::normalize(page::extract(&input)).into_content()
        }
        GivenBody::Html(html) => Content { blocks: page::from_html_fragment(html, given.url), ..Content::default() },
    }
}

fn is_whole_page(html: &str) -> bool {
    let head: String = html.chars().take(2000).collect::<String>().to_ascii_lowercase();
    head.contains("<html") || head.contains("<body") || head.contains("<head")
}

/// Plain text as paragraphs.
fn paragraphs(text: &str) -> Vec<Block> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let blank_line = text.split('\n').any(|line| line.trim().is_empty()) && text.trim().contains('\n');
    let mut paragraphs: Vec<String> = vec![String::new()];
    for line in text.split('\n') {
        let line = line.trim();
        if line.is_empty() || !blank_line {
            paragraphs.push(String::new());
        }
        if let Some(last) = paragraphs.last_mut()
            && !line.is_empty()
        {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(line);
        }
    }
    let block = |text: String| Block { kind: BlockKind::Paragraph, text };
    paragraphs.into_iter().filter(|paragraph| !paragraph.is_empty()).map(block).collect()
}

/// An address for an entry that has none: the feed's, with a hash of the entry's id.
fn entry_address(entry: &Entry, feed: &WebUrl) -> WebUrl {
    let mut url = feed.as_url().clone();
    url.set_fragment(None);
    url.query_pairs_mut().append_pair("entry", &format!("{:016x}", xxh3_64(entry.id.as_bytes())));
    WebUrl::parse(url.as_str()).unwrap_or_else(|_| feed.clone())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::model::fetch::{CacheHints, Validators};
    use crate::model::time::Timestamp;

    fn page(asked: &str, url: &str, content_type: &str, body: &[u8]) -> Page {
        Page {
            url: WebUrl::parse(asked).unwrap(),
            final_url: WebUrl::parse(url).unwrap(),
            moved_to: None,
            status: 200,
            headers: vec![("content-type".to_owned(), content_type.to_owned())],
            body: Bytes::copy_from_slice(body),
            validators: Validators::default(),
            hints: CacheHints::default(),
            fetched: Timestamp::UNIX_EPOCH,
        }
    }

    fn read(page: &Page, ignore: &[Regex]) -> Result<Candidate, CandidateError> {
        let (rules, learned) = (SiteRules::default(), Learned::default());
        Candidate::read(&CandidateInput { page, entry: None, rules: &rules, ignore, learned: &learned })
    }

    fn html(body: &str) -> Vec<u8> {
        let site = "<meta property=og:site_name content=\"The Wire\">";
        let head = "<title>Talks resume - The Wire</title><link rel=canonical href=https://other.test/talks>";
        format!("<html><head>{site}{head}</head><body><article><h1>Talks resume</h1>{body}</article></body></html>")
            .into()
    }

    const SENTENCE: &str = "The two delegations met again on Monday in Geneva, and talked for hours about tariffs.";

    #[test]
    fn a_page_is_read_with_its_canonical_address_elsewhere() {
        let body = html(&format!("<p>{SENTENCE}</p><p>{SENTENCE} And more.</p><p>Readers online: 1,234</p>"));
        let page = page("https://a.test/x?utm_source=b", "https://a.test/x?utm_source=b", "text/html", &body);
        let ignore = [Regex::new("^Readers online").unwrap()];
        let candidate = read(&page, &ignore).unwrap();
        assert_eq!(candidate.canonical().as_str(), "https://a.test/x");
        assert_eq!(candidate.elsewhere(), Some("https://other.test/talks"));
        assert_eq!(candidate.content().title.as_deref(), Some("Talks resume"));
        assert_eq!(candidate.content().text(), format!("{SENTENCE}\n\n{SENTENCE} And more."));
        assert_eq!(candidate.suspicion(), None);
    }

    #[test]
    fn what_is_no_text_is_an_error_that_says_what_it_is() {
        for (content_type, body, reason) in [
            ("image/png", &b"x"[..], "it is image, not a page"),
            ("application/pdf", b"%PDF-1.7", "it is application/pdf…, not a page"),
            ("text/html", b"%PDF-1.7 whatever", "it is binary, not a page"),
            ("text/html", b"MZ\x90\x00\x03\x00\x00\x00\x00", "it is binary, not a page"),
        ] {
            let page = page("https://a.test/x", "https://a.test/x", content_type, body);
            let error = read(&page, &[]).unwrap_err().to_string();
            assert_eq!(error, format!("read https://a.test/x: {reason}"));
        }
    }

    #[test]
    fn a_redirect_to_the_front_page_and_an_empty_body_are_suspicious() {
        let body = html(&format!("<p>{SENTENCE}</p><p>{SENTENCE}</p>"));
        let front = read(&page("https://a.test/x", "https://a.test/", "text/html", &body), &[]).unwrap();
        assert_eq!(front.suspicion(), Some(&Suspicion::SoftGone("it leads to the front page".to_owned())));
        let empty = read(&page("https://a.test/x", "https://a.test/x", "text/html", b""), &[]).unwrap();
        assert_eq!(empty.suspicion(), Some(&Suspicion::Empty));
    }

    #[test]
    fn text_is_cut_at_blank_lines_or_else_at_line_breaks() {
        let texts = |text: &str| paragraphs(text).into_iter().map(|block| block.text).collect::<Vec<_>>();
        assert_eq!(texts("a\nb\n\nc"), ["a b", "c"]);
        assert_eq!(texts("a\r\nb"), ["a", "b"]);
        assert_eq!(texts("\n\na\n"), ["a"]);
        assert_eq!(texts(""), Vec::<String>::new());
    }

    #[test]
    fn an_entry_without_an_address_gets_a_stable_one() {
        let feed = WebUrl::parse("https://a.test/rss?x=1").unwrap();
        let entry = |id: &str| Entry {
            id: id.to_owned(),
            url: None,
            content: Some(format!("<p>{SENTENCE}</p>")),
            ..Entry::of_url(feed.clone())
        };
        let one = Candidate::from_entry(&entry("1"), &feed, &[]);
        assert_eq!(one.canonical(), Candidate::from_entry(&entry("1"), &feed, &[]).canonical());
        assert_ne!(one.canonical(), Candidate::from_entry(&entry("2"), &feed, &[]).canonical());
        assert_eq!(one.content().text(), SENTENCE);
    }
}
