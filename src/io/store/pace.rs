//! What a delivery under way leaves behind: who was served already, or refused for good, and how long a channel that fails is
//! left alone.

use rusqlite::params;

use super::Store;
use super::error::StoreError;
use super::outbox::channels_due;
use super::value::ms;
use crate::model::ids::{ChannelId, DeliveryId};
use crate::model::time::Timestamp;

/// A recipient that a delivery does not go to any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// As the config writes it.
    pub recipient: String,
    /// What the other side said, where it will never take the message for this one.
    pub refused: Option<String>,
}

impl Store {
    /// The recipients that a delivery need not go to any more.
    pub async fn settled_recipients(&self, id: &DeliveryId) -> Result<Vec<Settled>, StoreError> {
        let id = id.clone();
        self.read(move |connection| {
            let recipients = connection
                .prepare_cached(
                    "SELECT r.recipient, r.refused FROM delivery_recipient r JOIN delivery d ON d.seq = r.delivery
                     WHERE d.id = ?1",
                )?
                .query_map([&id.0], |row| Ok(Settled { recipient: row.get(0)?, refused: row.get(1)? }))?
                .collect::<Result<_, _>>()?;
            Ok(recipients)
        })
        .await
    }

    /// Notes that a recipient was served, or refused for good: another attempt goes to the others only.
    pub async fn settle_recipient(&self, id: &DeliveryId, settled: Settled) -> Result<(), StoreError> {
        let id = id.clone();
        self.writer
            .call(move |connection| {
                connection
                    .prepare_cached(
                        "INSERT OR REPLACE INTO delivery_recipient (delivery, recipient, refused)
                         SELECT seq, ?2, ?3 FROM delivery WHERE id = ?1",
                    )?
                    .execute(params![id.0, settled.recipient, settled.refused])?;
                Ok(())
            })
            .await
    }

    /// Leaves a channel alone until then: nothing is leased for it before.
    pub async fn hold(&self, channel: &ChannelId, until: Timestamp) -> Result<(), StoreError> {
        let channel = channel.clone();
        self.writer
            .call(move |connection| {
                connection
                    .prepare_cached(
                        "INSERT INTO channel (id, held_until) VALUES (?1, ?2)
                         ON CONFLICT (id) DO UPDATE SET held_until = ?2",
                    )?
                    .execute(params![channel.as_str(), ms(until)])?;
                Ok(())
            })
            .await
    }

    /// When each channel that has something pending is next due: now, later, or in the past.
    pub async fn channels_due(&self) -> Result<Vec<(ChannelId, Timestamp)>, StoreError> {
        // Who asks is about to send: what the dead had leased is due too.
        self.be_sender().await?;
        self.read(channels_due).await
    }

    /// Keeps what is leased for longer: its sender is alive, only slow.
    pub async fn renew(&self, ids: &[DeliveryId], until: Timestamp) -> Result<(), StoreError> {
        let ids = ids.to_vec();
        let sql =
            "UPDATE delivery SET lease_until = ?2 WHERE id = ?1 AND state = 'pending' AND lease_until IS NOT NULL";
        self.writer
            .call(move |connection| {
                for id in &ids {
                    connection.prepare_cached(sql)?.execute(params![id.0, ms(until)])?;
                }
                Ok(())
            })
            .await
    }

    /// Gives back what was leased and not tried: free at once, no attempt counted.
    pub async fn release(&self, ids: Vec<DeliveryId>) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        let sql = "UPDATE delivery SET lease_until = NULL WHERE id = ?1 AND state = 'pending'";
        self.writer
            .call(move |connection| {
                for id in &ids {
                    connection.prepare_cached(sql)?.execute([&id.0])?;
                }
                Ok(())
            })
            .await
    }
}
