//! What a webhook is sent: the contract's body with its signature, or a chat service's own message.

mod body;
mod formats;
mod sign;

pub use body::{BODY_BYTES_MAX, body, ping};
pub use formats::{Message, format};
pub use sign::{headers, sign};
