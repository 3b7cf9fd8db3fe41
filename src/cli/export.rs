//! `export`: the archive as JSON Lines, or its raw responses as WARC.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::Context as _;
use jiff::Timestamp;

use super::args::Cli;
use super::output::{Output, progress};
use super::show::since;
use super::topics::known_topic;
use crate::engine::{split, warc};
use crate::io::clock::Clock;
use crate::io::store::{ArticleFilter, Reader};
use crate::model::ids::RevisionNumber;

pub(crate) fn run(cli: &Cli, since_text: Option<&str>, topic: Option<&str>, file: Option<&Path>) -> anyhow::Result<()> {
    super::quiet_log(cli);
    let config = super::config_to_read(cli)?;
    let now = Clock::system().now();
    let reader = Reader::open(&config.store.path)?;
    let filter = ArticleFilter {
        since: since_text.map(|text| since(text, now)).transpose()?,
        topic: topic.map(|id| known_topic(&config, &reader, id)).transpose()?,
        ..ArticleFilter::default()
    };
    if let Some(file) = file {
        return export_warc(&reader, &filter, file, now);
    }
    // One buffer for the whole stream: an archive is large.
    let mut out = BufWriter::new(std::io::stdout().lock());
    reader.export(&filter, now, &mut |record| {
        serde_json::to_writer(&mut out, record)?;
        out.write_all(b"\n")
    })?;
    Ok(out.flush()?)
}

fn export_warc(reader: &Reader, filter: &ArticleFilter, path: &Path, now: Timestamp) -> anyhow::Result<()> {
    let file = File::create(path).with_context(|| format!("create {}", path.display()))?;
    let mut out = BufWriter::new(file);
    let articles = reader.articles(filter)?;
    let bar = progress(articles.len() as u64, "warc");
    let mut records = 0_u64;
    out.write_all(&warc::info(now))?;
    for article in articles {
        for number in 1..=article.revisions {
            let Some(page) = reader.page(article.id, RevisionNumber(number))? else { continue };
            let mut parts = split::pieces(&page.body, &page.final_url).into_iter();
            let Some((_, url, body)) = parts.next() else { continue };
            records += 1;
            out.write_all(&warc::response(&warc::Response {
                url: url.as_str(),
                at: page.fetched,
                status: page.status,
                headers: &page.headers,
                body,
            }))?;
            for (_, url, body) in parts {
                records += 1;
                let content_type = page.content_type().unwrap_or("text/html");
                out.write_all(&warc::resource(url.as_str(), page.fetched, content_type, body))?;
            }
        }
        bar.inc(1);
    }
    out.flush().with_context(|| format!("write {}", path.display()))?;
    bar.finish_and_clear();
    Ok(Output::new(false).line(format!("wrote {records} responses to {}", path.display()))?)
}
