//! query
/// Placeholder until written.
#[derive(Debug)]
pub struct Query;
