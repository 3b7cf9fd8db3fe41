//! One adapter for each outside thing. Adapters do not know each other.

pub mod clock;
pub mod control;
pub mod exec;
pub mod http;
pub mod mail;
pub mod store;
pub mod systemd;
pub mod telemetry;
