//! The page on what was told: how each channel fares, and the newest deliveries.

use axum::extract::State;
use minijinja::{Value, context};

use super::Contexts;
use super::views::{Shown, feeds, read, render};
use crate::io::store::DeliveryFilter;
use crate::model::record::{ChannelRecord, DeliveryRecord};
use crate::model::time::Timestamp;

/// Most deliveries on the page.
const LIST_MAX: usize = 100;

pub(super) async fn deliveries(State(contexts): State<Contexts>) -> Shown {
    let values = read(&contexts, move |reader, context| {
        let known = reader.channels()?;
        let unused = context.config.channels.iter().filter(|one| known.iter().all(|line| line.id != one.id));
        let unused: Vec<ChannelRecord> = unused.map(|one| ChannelRecord::unused(one.id.clone())).collect();
        let channels: Vec<Value> = known.iter().chain(&unused).map(channel).collect();
        let newest = reader.deliveries(&DeliveryFilter { limit: Some(LIST_MAX), ..DeliveryFilter::default() })?;
        let deliveries: Vec<Value> = newest.iter().map(delivery).collect();
        Ok(context! { channels, deliveries, feeds => feeds(context) })
    })
    .await?;
    render("deliveries", values)
}

fn time(at: Timestamp) -> String {
    at.strftime("%F %H:%M").to_string()
}

fn channel(line: &ChannelRecord) -> Value {
    context! {
        id => line.id.as_str(),
        status => line.status.as_str(),
        ill => line.is_ill(),
        last_success => line.last_success.map(time),
        failing_since => line.failing_since.map(time),
        error => line.last_error.as_deref().filter(|_| line.is_ill()),
        pending => line.pending,
        for_digest => line.waiting_for_digest,
        given_up => line.given_up,
        next_attempt => line.next_attempt.map(time),
    }
}

fn delivery(line: &DeliveryRecord) -> Value {
    let title = line.events.first().and_then(|event| event.data["article"]["title"].as_str());
    context! {
        id => line.id.0.as_str(),
        channel => line.channel.as_str(),
        what => line.events.first().map(|event| event.kind.as_str()),
        title,
        article => line.events.first().and_then(|event| event.article).map(|id| id.0),
        events => line.events.len(),
        status => line.status.as_str(),
        standing => line.standing(),
        attempts => line.attempts,
        created => time(line.created),
        error => line.trouble(),
    }
}
