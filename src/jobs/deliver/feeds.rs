//! The feeds that are written as files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::config::ChannelTarget;
use crate::engine::feed_out::FeedOut;
use crate::io::store::Reader;
use crate::jobs::Context;
use crate::model::event::{Delivery, SendError};
use crate::model::ids::TopicId;

/// A feed by its topic, or the one of all changes, and its title.
type Named = (Option<TopicId>, String);

/// Writes the feeds that are not there yet, empty where nothing was told: who subscribes before the first match finds one.
/// What goes wrong is in the log; the first delivery says it again.
pub async fn prepare(context: &Context) {
    for channel in &context.config.channels {
        let ChannelTarget::Feed { directory: Some(directory), max_items } = &channel.target else { continue };
        let topics = context.config.topics.iter().filter(|topic| topic.notify.contains(&channel.id));
        let mut feeds = named(topics.map(|topic| (&topic.id, topic.name.as_str())));
        feeds.retain(|(topic, _)| files(directory, topic.as_ref()).iter().any(|file| !file.exists()));
        if feeds.is_empty() {
            continue;
        }
        if let Err(reason) = write_into(context, directory, feeds, *max_items).await {
            tracing::warn!(channel = %channel.id, "cannot write the feeds: {reason}");
        }
    }
}

/// Writes the feeds that a channel's deliveries change: those of their topics, and the one of all changes.
pub(super) async fn write(
    context: &Context,
    directory: Option<&Path>,
    max_items: usize,
    deliveries: &[Delivery],
) -> Result<(), SendError> {
    let Some(directory) = directory else { return Ok(()) };
    let touched: BTreeSet<TopicId> =
        deliveries.iter().flat_map(|delivery| &delivery.events).flat_map(|event| event.topics.clone()).collect();
    let topics = context.config.topics.iter().filter(|topic| touched.contains(&topic.id));
    let feeds = named(topics.map(|topic| (&topic.id, topic.name.as_str())));
    let written = write_into(context, directory, feeds, max_items).await;
    written.map_err(|reason| SendError::Temporary {
        reason: format!("cannot write the feeds: {reason}"),
        retry_after: None,
    })
}

fn named<'a>(topics: impl Iterator<Item = (&'a TopicId, &'a str)>) -> Vec<Named> {
    let all = (None, "All changes".to_owned());
    topics.map(|(id, name)| (Some(id.clone()), name.to_owned())).chain([all]).collect()
}

fn name(topic: Option<&TopicId>) -> &str {
    topic.map_or("all", TopicId::as_str)
}

fn files(directory: &Path, topic: Option<&TopicId>) -> [PathBuf; 2] {
    ["atom", "json"].map(|suffix| directory.join(format!("{}.{suffix}", name(topic))))
}

async fn write_into(context: &Context, directory: &Path, feeds: Vec<Named>, max_items: usize) -> Result<(), String> {
    let directory = directory.to_path_buf();
    let base = context.config.web.as_ref().and_then(|web| web.public_url.clone());
    let reader = context.store.reader();
    let written = tokio::task::spawn_blocking(move || {
        let reader = reader.map_err(|error| error.to_string())?;
        write_feeds(&reader, &directory, &feeds, (max_items, base.as_ref()))
    });
    written.await.unwrap_or_else(|error| Err(error.to_string()))
}

fn write_feeds(
    reader: &Reader,
    directory: &Path,
    feeds: &[Named],
    (max_items, base): (usize, Option<&crate::model::url::WebUrl>),
) -> Result<(), String> {
    let at = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    std::fs::create_dir_all(directory).map_err(|error| at(directory, error))?;
    let installation = reader.installation().map_err(|error| error.to_string())?;
    for (topic, title) in feeds {
        let events = reader.events(topic.as_ref(), max_items).map_err(|error| error.to_string())?;
        let feed = FeedOut { id: name(topic.as_ref()), title, base, installation: &installation, events: &events };
        for (target, text) in files(directory, topic.as_ref()).into_iter().zip([feed.atom(), feed.json()]) {
            let file = target.file_name().unwrap_or_default().to_string_lossy();
            let hidden = target.with_file_name(format!(".{file}.part"));
            std::fs::write(&hidden, text).map_err(|error| at(&hidden, error))?;
            std::fs::rename(&hidden, &target).map_err(|error| at(&target, error))?;
        }
    }
    Ok(())
}
