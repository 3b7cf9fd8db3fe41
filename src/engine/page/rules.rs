//! rules
/// Placeholder until written.
#[derive(Debug, Default)]
pub struct SiteRules;
