//! Decisions on pairs and small sets.
