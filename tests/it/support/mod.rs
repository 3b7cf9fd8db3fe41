//! What tests share: servers that misbehave, and the program set up against them.

pub(crate) mod authority;
pub(crate) mod copies;
pub(crate) mod gate;
pub(crate) mod hostile;
pub(crate) mod sink;
pub(crate) mod smtp;
pub(crate) mod stories;
pub(crate) mod tls;
pub(crate) mod web;
pub(crate) mod world;
