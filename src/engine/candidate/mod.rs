//! What one page, feed entry or imported line says, ready to be decided on: decode → extract → normalize → canonical →
//! fingerprint. Pure; a candidate has one maker and private fields, so that nothing unnormalized reaches the store.

mod binary;
mod given;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use regex::Regex;
use xxhash_rust::xxh3::xxh3_64;

pub use self::given::{Given, GivenBody};
use super::fingerprint::fingerprint;
use super::normalize::{self, Normalized};
use super::page::rules::SiteRules;
use super::page::{self, Extracted, Learned, PageInput};
use super::split::{self, Piece};
use super::{blocked, canonical, decode};
use crate::model::article::Content;
use crate::model::entry::Entry;
use crate::model::fetch::Page;
use crate::model::url::{CanonicalUrl, WebUrl};

/// The version of extraction and normalization, at most 255. It is raised when the same page gives another text, so that the
/// difference is recorded as technical and never told as an edit.
pub const EXTRACTOR_VERSION: u32 = 6;

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
    repeated: Vec<u64>,
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
        let repeated = extracted.repeated_blocks();
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
                .map(|hint| canonical::canonical(&hint).as_str().to_owned()),
            url: url.clone(),
            content,
            edges,
            suspicion,
            made_from: MadeFrom::Page,
        });
        Ok(Self { next, twin, moved, repeated, read_by: reader(input.rules, input.ignore), ..candidate })
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
        let mut content = given::content(given);
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
            repeated: Vec::new(),
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

    /// Hashes of the blocks that were left out because its site repeats them, ascending.
    pub fn repeated(&self) -> &[u64] {
        &self.repeated
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
struct Pages<'a> {
    /// The first, decoded.
    first: Cow<'a, str>,
    /// All of them as one.
    extracted: Extracted,
}

impl<'a> Pages<'a> {
    fn read(input: &CandidateInput<'a>) -> Result<Self, CandidateError> {
        let page = input.page;
        if let Some(reason) = binary::not_text(page.content_type(), &page.body) {
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

/// An address for an entry that has none: the feed's, with a hash of the entry's id.
fn entry_address(entry: &Entry, feed: &WebUrl) -> WebUrl {
    let mut url = feed.as_url().clone();
    url.set_fragment(None);
    url.query_pairs_mut().append_pair("entry", &format!("{:016x}", xxh3_64(entry.id.as_bytes())));
    WebUrl::parse(url.as_str()).unwrap_or_else(|_| feed.clone())
}
