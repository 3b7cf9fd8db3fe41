//! io/store
