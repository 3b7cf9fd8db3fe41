//! TEMP
use super::{Context, NextDue};
use crate::config::ChannelConfig;
use crate::io::http::Http;
use crate::io::store::StoreError;
use crate::model::time::Timestamp;
use std::sync::Arc;
#[expect(missing_docs, reason = "t")]
pub async fn tick(_c: &Arc<Context>) -> Result<NextDue, StoreError> {
    Ok(None)
}
#[expect(missing_docs, reason = "t")]
pub async fn drain(_c: &Arc<Context>) -> Result<u64, StoreError> {
    Ok(0)
}
#[expect(missing_docs, reason = "t")]
pub async fn ping(_h: &Http, _c: &ChannelConfig, _n: Timestamp) -> Result<(), String> {
    Ok(())
}
