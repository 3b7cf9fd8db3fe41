//! Who does not want a channel's mail any more, and the key that signs the links by which they say so.

use rusqlite::{OptionalExtension as _, params};

use super::Store;
use super::error::StoreError;
use super::value::ms;
use crate::model::ids::ChannelId;
use crate::model::time::Timestamp;

/// What the key is for.
const PURPOSE: &str = "unsubscribe";

impl Store {
    /// The key of the links; made when it is first asked for.
    pub async fn unsubscribe_key(&self) -> Result<Vec<u8>, StoreError> {
        const READ: &str = "SELECT key FROM signing_key WHERE purpose = ?1";
        let known = self.read(|connection| {
            Ok(connection.prepare_cached(READ)?.query_row([PURPOSE], |row| row.get::<_, Vec<u8>>(0)).optional()?)
        });
        if let Some(key) = known.await? {
            return Ok(key);
        }
        self.writer
            .call(|connection| {
                connection.execute(
                    "INSERT OR IGNORE INTO signing_key (purpose, key) VALUES (?1, randomblob(32))",
                    [PURPOSE],
                )?;
                Ok(connection.query_row(READ, [PURPOSE], |row| row.get(0))?)
            })
            .await
    }

    /// The addresses that ended their subscription to a channel.
    pub async fn unsubscribed(&self, channel: &ChannelId) -> Result<Vec<String>, StoreError> {
        let channel = channel.clone();
        self.read(move |connection| {
            let addresses = connection
                .prepare_cached("SELECT recipient FROM unsubscribed WHERE channel = ?1")?
                .query_map([channel.as_str()], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            Ok(addresses)
        })
        .await
    }

    /// Ends an address's subscription to a channel.
    pub async fn unsubscribe(&self, channel: &ChannelId, address: &str, now: Timestamp) -> Result<(), StoreError> {
        let (channel, address) = (channel.clone(), address.to_owned());
        self.writer
            .call(move |connection| {
                connection
                    .prepare_cached("INSERT OR IGNORE INTO unsubscribed (channel, recipient, at) VALUES (?1, ?2, ?3)")?
                    .execute(params![channel.as_str(), address, ms(now)])?;
                Ok(())
            })
            .await
    }

    /// Takes it up again.
    pub async fn resubscribe(&self, channel: &ChannelId, address: &str) -> Result<(), StoreError> {
        let (channel, address) = (channel.clone(), address.to_owned());
        self.writer
            .call(move |connection| {
                connection
                    .prepare_cached("DELETE FROM unsubscribed WHERE channel = ?1 AND recipient = ?2")?
                    .execute(params![channel.as_str(), address])?;
                Ok(())
            })
            .await
    }
}
