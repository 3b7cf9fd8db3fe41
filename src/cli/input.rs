//! What `feed`, `extract` and `topics test` read: files, standard input, or addresses fetched through the same guarded
//! client as everything else.

use std::fs;
use std::io::Read as _;

use anyhow::{Context as _, bail};

use super::args::Cli;
use super::extract::NO_ADDRESS;
use crate::config::{FetchConfig, PageRules, load};
use crate::engine::candidate::{Candidate, CandidateError, CandidateInput};
use crate::engine::decode;
use crate::engine::page::Learned;
use crate::io::clock::Clock;
use crate::io::http::{Http, RequestOptions, Subject};
use crate::jobs::whole;
use crate::model::fetch::{CacheHints, FetchOutcome, Page, Validators};
use crate::model::time::Timestamp;
use crate::model::url::WebUrl;

/// Most bytes read of one file, also after unpacking: what no feed or page exceeds.
const FILE_BYTES_MAX: usize = 64 << 20;

/// One input, read.
pub(crate) struct Input {
    /// As the person named it.
    pub(crate) name: String,
    /// The bytes.
    pub(crate) bytes: Vec<u8>,
    /// As the server said; none for a file.
    pub(crate) content_type: Option<String>,
    /// Where it came from, after redirects; none for a file.
    pub(crate) url: Option<WebUrl>,
}

/// Reads inputs one by one; the client is made when the first address comes.
pub(crate) struct Inputs<'a> {
    cli: &'a Cli,
    client: Option<(tokio::runtime::Runtime, Http)>,
}

impl<'a> Inputs<'a> {
    pub(crate) fn new(cli: &'a Cli) -> Self {
        Self { cli, client: None }
    }

    /// The bytes of a file or of one answer.
    pub(crate) fn read(&mut self, name: &str) -> anyhow::Result<Input> {
        if is_address(name) {
            let page = self.fetch(&WebUrl::parse(name)?)?;
            return Ok(Input {
                name: name.to_owned(),
                content_type: page.content_type().map(str::to_owned),
                url: Some(page.final_url.clone()),
                bytes: page.body.to_vec(),
            });
        }
        Ok(Input { name: name.to_owned(), bytes: read_local(name)?, content_type: None, url: None })
    }

    /// An article's page: a file, as if it came from `stated`, or an address, with the article's other pages joined to it as
    /// capture does. `rules` are those for a page.
    pub(crate) fn page(
        &mut self,
        name: &str,
        stated: Option<&WebUrl>,
        rules: &dyn Fn(&WebUrl) -> PageRules,
    ) -> anyhow::Result<Page> {
        if !is_address(name) {
            let address = stated.map_or_else(|| WebUrl::parse(NO_ADDRESS), |stated| Ok(stated.clone()))?;
            return Ok(of_bytes(read_local(name)?, address));
        }
        let mut page = self.fetch(&WebUrl::parse(name)?)?;
        if let Some(stated) = stated {
            page.final_url = stated.clone();
        }
        let PageRules { rules, .. } = rules(&page.final_url);
        let (runtime, http) = self.client()?;
        let read = |page: Page| {
            let learned = Learned::default();
            let input = CandidateInput { page: &page, entry: None, rules: &rules, ignore: &[], learned: &learned };
            std::future::ready(match Candidate::read(&input) {
                Ok(candidate) => Ok((candidate, page)),
                Err(CandidateError::Unreadable { reason, .. }) => Err(reason),
            })
        };
        let options = RequestOptions { subject: Subject::Page, ..RequestOptions::default() };
        let (_, page) = runtime.block_on(whole::whole(http, &options, page, read)).map_err(anyhow::Error::msg)?;
        Ok(page)
    }

    /// The sitemaps that the robots.txt of an address's site names.
    pub(crate) fn sitemaps(&mut self, url: &WebUrl) -> anyhow::Result<Vec<WebUrl>> {
        let (runtime, http) = self.client()?;
        Ok(runtime.block_on(http.robots(url, &RequestOptions::default()))?.sitemaps())
    }

    fn client(&mut self) -> anyhow::Result<&(tokio::runtime::Runtime, Http)> {
        if self.client.is_none() {
            let http = Http::new(&fetch_config(self.cli)?, Clock::system())?;
            self.client = Some((super::runtime()?, http));
        }
        self.client.as_ref().context("the client was just made")
    }

    /// Fetches an address with the config's `[fetch]`, or the defaults where there is no config.
    pub(crate) fn fetch(&mut self, url: &WebUrl) -> anyhow::Result<Page> {
        let (runtime, http) = self.client()?;
        match runtime.block_on(http.get(url, &RequestOptions::default()))? {
            FetchOutcome::Fresh(page) => Ok(*page),
            FetchOutcome::NotModified { .. } => bail!("fetch {url}: the server answers 304 to a first request"),
        }
    }
}

/// Whether an input is an address, not a file.
pub(crate) fn is_address(name: &str) -> bool {
    name.starts_with("http://") || name.starts_with("https://")
}

/// A file's bytes as if they were the answer of an address.
fn of_bytes(bytes: Vec<u8>, url: WebUrl) -> Page {
    Page {
        url: url.clone(),
        final_url: url,
        moved_to: None,
        status: 200,
        headers: Vec::new(),
        body: bytes.into(),
        validators: Validators::default(),
        hints: CacheHints::default(),
        fetched: Timestamp::UNIX_EPOCH,
    }
}

fn read_local(name: &str) -> anyhow::Result<Vec<u8>> {
    if name == "-" { read_bounded(std::io::stdin().lock()) } else { read_file(name) }
}

/// `[fetch]` of the config where one is named or found; the defaults elsewhere.
fn fetch_config(cli: &Cli) -> anyhow::Result<FetchConfig> {
    match load::find(cli.config.as_deref()) {
        Ok(_) => Ok(super::config_to_read(cli)?.fetch),
        Err(_) if cli.config.is_none() => Ok(FetchConfig::default()),
        Err(error) => Err(super::Refused(format!("error: {error}")).into()),
    }
}

fn read_file(name: &str) -> anyhow::Result<Vec<u8>> {
    let file = fs::File::open(name).context("cannot open it")?;
    if file.metadata().is_ok_and(|meta| meta.is_dir()) {
        bail!("it is a directory: name the files in it");
    }
    read_bounded(file)
}

/// All of it; the inside of what is gzipped, as archives keep pages.
fn read_bounded(from: impl std::io::Read) -> anyhow::Result<Vec<u8>> {
    let mut stored = Vec::new();
    from.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut stored).context("cannot read it")?;
    let bytes = decode::gunzip(&stored, FILE_BYTES_MAX).context("cannot unpack its gzip")?;
    if stored.len().max(bytes.len()) > FILE_BYTES_MAX {
        bail!("it is over 64 MiB: no feed or page is that large");
    }
    Ok(bytes.into_owned())
}
