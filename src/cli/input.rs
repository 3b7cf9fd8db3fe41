//! What `feed`, `extract` and `topics test` read: files, standard input, or addresses fetched through the same guarded
//! client as everything else.

use std::fs;
use std::io::Read as _;

use anyhow::{Context as _, bail};

use super::args::Cli;
use crate::config::{FetchConfig, load};
use crate::engine::decode;
use crate::io::clock::Clock;
use crate::io::http::{Http, RequestOptions};
use crate::model::fetch::{FetchOutcome, Page};
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

    pub(crate) fn read(&mut self, name: &str) -> anyhow::Result<Input> {
        if name.starts_with("http://") || name.starts_with("https://") {
            let page = self.fetch(&WebUrl::parse(name)?)?;
            return Ok(Input {
                name: name.to_owned(),
                content_type: page.content_type().map(str::to_owned),
                url: Some(page.final_url.clone()),
                bytes: page.body.to_vec(),
            });
        }
        let bytes = if name == "-" { read_bounded(std::io::stdin().lock())? } else { read_file(name)? };
        Ok(Input { name: name.to_owned(), bytes, content_type: None, url: None })
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
