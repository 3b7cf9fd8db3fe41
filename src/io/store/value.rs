//! Between Rust values and columns: times as milliseconds, JSON as text, hashes as blobs.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::{Answer, StoreError};
use crate::model::time::Timestamp;

/// A time as the store keeps it.
pub(super) fn ms(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// A stored time; one out of the calendar's range is its end.
pub(super) fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(if ms < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// A time cut to what the store keeps, so that what is decided on is what reads back.
pub(super) fn cut(time: Timestamp) -> Timestamp {
    at(ms(time))
}

/// Reads stored JSON.
pub(super) fn from_json<T: DeserializeOwned>(what: &'static str, text: &str) -> Answer<T> {
    serde_json::from_str(text).map_err(|error| StoreError::Value { what, reason: error.to_string() }.into())
}

/// Writes JSON for the store.
pub(super) fn to_json<T: Serialize + ?Sized>(what: &'static str, value: &T) -> Answer<String> {
    serde_json::to_string(value).map_err(|error| StoreError::Value { what, reason: error.to_string() }.into())
}

/// Takes what must parse because the store wrote it.
pub(super) fn parsed<T, E: std::fmt::Display>(what: &'static str, value: Result<T, E>) -> Answer<T> {
    value.map_err(|error| StoreError::Value { what, reason: error.to_string() }.into())
}

/// A 32-byte hash as stored.
pub(super) fn hash32(what: &'static str, bytes: &[u8]) -> Answer<[u8; 32]> {
    parsed(what, bytes.try_into())
}

/// Unsigned numbers stand in SQLite's signed columns bit by bit.
pub(super) fn signed(value: u64) -> i64 {
    i64::from_ne_bytes(value.to_ne_bytes())
}

/// The other way.
pub(super) fn unsigned(value: i64) -> u64 {
    u64::from_ne_bytes(value.to_ne_bytes())
}

/// Hashes as a blob: eight bytes each, little-endian.
pub(super) fn hashes_blob(hashes: &[u64]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.to_le_bytes()).collect()
}

/// The other way.
pub(super) fn hashes(blob: &[u8]) -> Vec<u64> {
    blob.as_chunks().0.iter().map(|bytes| u64::from_le_bytes(*bytes)).collect()
}
