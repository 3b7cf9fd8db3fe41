//! `digest preview` and `digest send`.

use std::sync::Arc;

use anyhow::bail;

use super::args::{Cli, DigestAction, PreviewFormat};
use super::output::{Output, printable};
use crate::config::{ChannelConfig, ChannelTarget, Config};
use crate::io::clock::Clock;
use crate::io::store::{Reader, Store};
use crate::jobs::{Context, deliver, digest};

pub(crate) fn run(cli: &Cli, action: &DigestAction) -> anyhow::Result<()> {
    super::quiet_log(cli);
    let output = Output::new(false);
    match action {
        DigestAction::Preview { channel, format } => preview(cli, channel, *format, output),
        DigestAction::Send { channel } => {
            let config = super::config(cli)?;
            let channel = email_channel(&config, channel)?;
            super::runtime()?.block_on(async {
                let clock = Clock::system();
                let store = Store::open(&config.store, clock.now())?;
                let context = Arc::new(Context::new(config, store.clone(), clock)?);
                let sent = send(&context, &channel, output).await;
                store.close().await;
                sent
            })
        }
    }
}

fn email_channel(config: &Config, name: &str) -> anyhow::Result<Arc<ChannelConfig>> {
    match config.channels.iter().find(|channel| channel.id.as_str() == name) {
        Some(channel) if matches!(channel.target, ChannelTarget::Email(_)) => Ok(Arc::clone(channel)),
        Some(_) => bail!("channel `{name}` is no email channel: only those have a digest"),
        None => {
            let known: Vec<&str> = config.channels.iter().map(|channel| channel.id.as_str()).collect();
            bail!("there is no channel `{name}` in {}; there are: {}", config.path.display(), known.join(", "))
        }
    }
}

fn preview(cli: &Cli, channel: &str, format: PreviewFormat, output: Output) -> anyhow::Result<()> {
    let config = super::config_to_read(cli)?;
    let channel = email_channel(&config, channel)?;
    let reader = Reader::open(&config.store.path)?;
    let Some(rendered) = digest::preview(&config, &reader, &channel, Clock::system().now())? else {
        return Ok(output.line("nothing waits for the next digest")?);
    };
    match format {
        PreviewFormat::Text => output.raw(rendered.text.as_bytes())?,
        PreviewFormat::Html => output.raw(rendered.html.as_bytes())?,
        PreviewFormat::Eml => output.raw(&rendered.eml)?,
    }
    Ok(())
}

async fn send(context: &Arc<Context>, channel: &ChannelConfig, output: Output) -> anyhow::Result<()> {
    let Some(id) = digest::send_now(context, channel).await? else {
        return Ok(output.line("nothing waits for the next digest: nothing sent")?);
    };
    deliver::drain(context).await?;
    let line = context.store.reader()?.delivery(&id)?;
    match (line.status.as_str(), line.trouble()) {
        ("delivered", None) => Ok(output.line(format!("sent as {id}"))?),
        ("delivered", Some(refused)) => {
            Ok(output.line(printable(&format!("sent as {id}, {}: {refused}", line.standing())))?)
        }
        ("failed", error) => bail!(
            "the digest {id} was given up, `wirewatch deliveries retry {id}` sends it to those who did not get it: {}",
            error.unwrap_or_default()
        ),
        (_, Some(error)) => bail!("the digest {id} waits in the outbox and will be tried again: {error}"),
        _ => bail!("the digest {id} waits in the outbox; `wirewatch deliveries` shows it"),
    }
}
