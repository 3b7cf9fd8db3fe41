//! page
pub mod rules;
