//! crosspost
