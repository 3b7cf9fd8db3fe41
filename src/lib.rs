//! wirewatch: a feed ingestion daemon with change tracking.

pub mod model;

pub mod engine;

pub mod config;

pub mod io;

pub mod jobs;

pub mod cli;
pub mod daemon;
pub mod demo;
pub mod web;
