//! What a delivery under way leaves behind: who was served already, and how long a channel that fails is left alone.

use rusqlite::params;

use super::Store;
use super::error::StoreError;
use super::value::ms;
use crate::model::ids::{ChannelId, DeliveryId};
use crate::model::time::Timestamp;

impl Store {
    /// The recipients that a delivery need not go to any more.
    pub async fn served(&self, id: &DeliveryId) -> Result<Vec<String>, StoreError> {
        let id = id.clone();
        self.read(move |connection| {
            let recipients = connection
                .prepare_cached(
                    "SELECT r.recipient FROM delivery_recipient r JOIN delivery d ON d.seq = r.delivery WHERE d.id = ?1",
                )?
                .query_map([&id.0], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            Ok(recipients)
        })
        .await
    }

    /// Notes that a recipient was served.
    pub async fn note_served(&self, id: &DeliveryId, recipient: &str) -> Result<(), StoreError> {
        let (id, recipient) = (id.clone(), recipient.to_owned());
        self.writer
            .call(move |connection| {
                connection
                    .prepare_cached(
                        "INSERT OR IGNORE INTO delivery_recipient (delivery, recipient)
                         SELECT seq, ?2 FROM delivery WHERE id = ?1",
                    )?
                    .execute(params![id.0, recipient])?;
                Ok(())
            })
            .await
    }

    /// Leaves a channel alone until then: everything pending for it is due no sooner, and leases on it end.
    pub async fn postpone(&self, channel: &ChannelId, until: Timestamp) -> Result<(), StoreError> {
        let channel = channel.clone();
        self.writer
            .call(move |connection| {
                connection
                    .prepare_cached(
                        "UPDATE delivery SET due = max(due, ?2), lease_until = NULL
                         WHERE channel = ?1 AND state = 'pending'",
                    )?
                    .execute(params![channel.as_str(), ms(until)])?;
                Ok(())
            })
            .await
    }
}
