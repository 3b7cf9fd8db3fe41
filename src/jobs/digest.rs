//! TEMP
use super::{Context, NextDue};
use crate::config::ChannelConfig;
use crate::io::store::StoreError;
use crate::model::ids::DeliveryId;
use std::sync::Arc;
#[expect(missing_docs, reason = "t")]
pub struct R {
    pub text: String,
    pub html: String,
    pub eml: Vec<u8>,
}
#[expect(missing_docs, reason = "t")]
pub async fn tick(_c: &Arc<Context>) -> Result<NextDue, StoreError> {
    Ok(None)
}
#[expect(missing_docs, reason = "t")]
pub async fn preview(_c: &Arc<Context>, _h: &ChannelConfig) -> Result<Option<R>, StoreError> {
    Ok(None)
}
#[expect(missing_docs, reason = "t")]
pub async fn send_now(_c: &Arc<Context>, _h: &ChannelConfig) -> Result<Option<DeliveryId>, StoreError> {
    Ok(None)
}
