//! What a cycle came to, counted.

use std::ops::AddAssign;

use serde::Serialize;

/// Counts of outcomes, one for each page that was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// First captures.
    pub new: u64,
    /// New revisions.
    pub revised: u64,
    /// Looked at, and the same.
    pub unchanged: u64,
    /// Confirmed gone.
    pub gone: u64,
    /// Back again.
    pub restored: u64,
    /// Held back until a second look confirms them.
    pub suspect: u64,
    /// Blocked by the other side.
    pub blocked: u64,
    /// Failed otherwise.
    pub errors: u64,
}

impl Tally {
    /// How many pages were looked at.
    pub fn total(self) -> u64 {
        self.new + self.revised + self.unchanged + self.gone + self.restored + self.suspect + self.blocked + self.errors
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.new += other.new;
        self.revised += other.revised;
        self.unchanged += other.unchanged;
        self.gone += other.gone;
        self.restored += other.restored;
        self.suspect += other.suspect;
        self.blocked += other.blocked;
        self.errors += other.errors;
    }
}
