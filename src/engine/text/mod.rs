//! What several stages need of plain text: tokens, folding, sentences, spelling. Pure functions without state.
//!
//! Invariants: [`words::tokens`] covers its text exactly (the pieces put together are the text); every fold is
//! idempotent; nothing here ever panics on any text.

pub mod fold;
pub mod hex;
pub mod sentences;
pub mod shingles;
pub mod spelling;
pub mod words;
