//! schedule
/// Placeholder until written.
#[derive(Debug, Clone)]
pub struct Wall;
/// Placeholder until written.
#[derive(Debug, Clone)]
pub struct RecheckSchedule;
