//! The demo: a small newsroom on loopback, and the whole pipeline run against it with a store of its own, on a clock that
//! is moved by hand so that a day passes in a second. Uses no network.

pub mod newsroom;
mod pages;
mod script;
mod telling;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::config::load;
use crate::io::clock::{Clock, ClockHandle};
use crate::io::store::{Reader, Store};
use crate::jobs::websub;
use crate::jobs::{Context, deliver, digest, poll, recheck};
use crate::model::time::SignedDuration;
use newsroom::Newsroom;

/// When the demo's day begins.
const MORNING: &str = "2026-11-24T08:30:00Z";

/// Runs the demo in `dir`; `say` prints a line. With `serve`, the web page stays up until Ctrl-C.
pub async fn run(dir: &Path, serve: bool, say: &dyn Fn(&str) -> io::Result<()>) -> anyhow::Result<()> {
    let newsroom = Newsroom::new();
    script::open(&newsroom);
    let serving = newsroom.serve().await?;
    write_secret(&dir.join("webhook-secret"))?;
    std::fs::write(dir.join("wirewatch.toml"), config_text(dir, serving.addr))?;
    let config = load::load(&dir.join("wirewatch.toml"))?;
    let (clock, hand) = Clock::fixed(MORNING.parse::<Timestamp>()?);
    let store = Store::open(&config.store, clock.now())?;
    let context = Arc::new(Context::new(config, store.clone(), clock.clone())?);
    store.sync_sources(&context.config.sources, clock.now()).await?;

    let day = Day { context: Arc::clone(&context), hand };
    say("A newsroom of three sites opens on loopback, and wirewatch watches it for a day.\n")?;
    day.publish_and_poll(say).await?;
    script::copy(&newsroom);
    day.pass("09:30", SignedDuration::from_mins(60), "the Harbour Post prints the wire's text", say).await?;
    script::edit_silently(&newsroom);
    day.pass("10:30", SignedDuration::from_mins(60), "the wire changes a quotation and a figure, silently", say)
        .await?;
    script::remove(&newsroom);
    day.pass("11:30", SignedDuration::from_mins(60), "the Ledger's memo disappears", say).await?;
    day.pass("12:30", SignedDuration::from_mins(60), "nothing; the second look confirms that it is gone", say).await?;
    day.send_digest(say).await?;

    let reader = Reader::open(&context.config.store.path)?;
    telling::results(&reader, &newsroom, dir, say)?;
    if serve {
        serve_until_interrupted(&context, say).await?;
    } else {
        say("Web page: run `wirewatch demo --serve` and open the address it prints.")?;
    }
    store.close().await;
    Ok(())
}

struct Day {
    context: Arc<Context>,
    hand: ClockHandle,
}

impl Day {
    async fn publish_and_poll(&self, say: &dyn Fn(&str) -> io::Result<()>) -> anyhow::Result<()> {
        self.cycle("08:30", "three articles are out", say).await
    }

    async fn pass(
        &self,
        at: &str,
        time: SignedDuration,
        what: &str,
        say: &dyn Fn(&str) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        self.hand.advance(time);
        self.cycle(at, what, say).await
    }

    async fn cycle(&self, at: &str, what: &str, say: &dyn Fn(&str) -> io::Result<()>) -> anyhow::Result<()> {
        let polled = poll::all(&self.context, &[]).await?;
        let rechecked = recheck::all(&self.context).await?;
        let told = deliver::drain(&self.context).await?;
        say(&format!(
            "{at}  {what:<52} {} new, {} revised, {} gone, {told} told",
            polled.tally.new + rechecked.new,
            polled.tally.revised + rechecked.revised,
            polled.tally.gone + rechecked.gone,
        ))?;
        Ok(())
    }

    async fn send_digest(&self, say: &dyn Fn(&str) -> io::Result<()>) -> anyhow::Result<()> {
        self.hand.advance(SignedDuration::from_hours(5));
        digest::tick(&self.context).await?;
        let told = deliver::drain(&self.context).await?;
        say(&format!("17:30  {:<52} {told} sent\n", "the day's digest is due"))?;
        Ok(())
    }
}

async fn serve_until_interrupted(context: &Arc<Context>, say: &dyn Fn(&str) -> io::Result<()>) -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    say(&format!("Web page: http://{}/   (Ctrl-C ends)", listener.local_addr()?))?;
    let (_contexts, seen) = tokio::sync::watch::channel(Arc::clone(context));
    let stop = CancellationToken::new();
    tokio::select! {
        () = crate::web::serve(listener, seen, websub::inbox().0, stop.clone()) => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    Ok(())
}

/// A directory of its own for one run of the demo, below the system's temporary directory; it stays, so that the digest
/// and the store can be looked at.
pub fn scratch_dir() -> PathBuf {
    std::env::temp_dir().join(format!("wirewatch-demo-{}", std::process::id()))
}

/// The demo's webhook secret, readable by its owner alone.
fn write_secret(path: &Path) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(path)?;
    io::Write::write_all(&mut file, script::SECRET.as_bytes())
}

fn config_text(dir: &Path, addr: SocketAddr) -> String {
    let hosts: BTreeMap<&str, String> =
        [script::WIRE, script::HARBOUR, script::LEDGER, script::HOOKS].map(|host| (host, addr.to_string())).into();
    let resolve: Vec<String> = hosts.iter().map(|(host, addr)| format!("\"{host}\" = \"{addr}\"")).collect();
    include_str!("demo.toml")
        .replace("{resolve}", &resolve.join(", "))
        .replace("{secret}", &toml::Value::String(dir.join("webhook-secret").display().to_string()).to_string())
        .replace("{digests}", &toml::Value::String(dir.join("digests").display().to_string()).to_string())
        .replace("{store}", &toml::Value::String(dir.join("demo.db").display().to_string()).to_string())
}
