//! The only writer to standard output: records as JSON Lines or as a table, text as it is. Progress bars, which go to
//! standard error, are made here too, and only when a person watches.

use std::io::{self, IsTerminal as _, Write as _};

use comfy_table::{ContentArrangement, Table, presets};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

/// Narrowest table that is still readable, in columns; also what is assumed where the width is unknown.
const DEFAULT_WIDTH: u16 = 100;
/// From this width on, a diff is printed side by side.
pub const SIDE_BY_SIDE_WIDTH: usize = 120;

/// How this run prints.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    json: bool,
    terminal: bool,
}

impl Output {
    /// JSON Lines if asked for; else for people.
    pub fn new(json: bool) -> Self {
        Self { json, terminal: io::stdout().is_terminal() }
    }

    /// Whether records go out as JSON Lines.
    pub fn is_json(self) -> bool {
        self.json
    }

    /// Whether a person reads standard output.
    pub fn is_terminal(self) -> bool {
        self.terminal
    }

    /// The terminal's width in columns.
    pub fn width(self) -> usize {
        let seen = terminal_size::terminal_size().map(|(width, _)| width.0);
        usize::from(seen.filter(|_| self.terminal).unwrap_or(DEFAULT_WIDTH))
    }

    /// One record as a JSON line.
    pub fn record(self, record: &impl Serialize) -> io::Result<()> {
        let mut out = io::stdout().lock();
        serde_json::to_writer(&mut out, record)?;
        out.write_all(b"\n")
    }

    /// A line of text; control characters that came from outside must be gone already.
    pub fn line(self, text: impl AsRef<str>) -> io::Result<()> {
        let mut out = anstream::stdout().lock();
        out.write_all(text.as_ref().as_bytes())?;
        out.write_all(b"\n")
    }

    /// Bytes as they are.
    pub fn raw(self, bytes: &[u8]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(bytes)?;
        out.flush()
    }

    /// A table with a heading; `nothing` is said where there is no row.
    pub fn table(self, heading: &[&str], rows: Vec<Vec<String>>, nothing: &str) -> io::Result<()> {
        if rows.is_empty() {
            return self.line(nothing);
        }
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        if self.terminal {
            table.set_width(u16::try_from(self.width()).unwrap_or(DEFAULT_WIDTH));
        } else {
            table.set_content_arrangement(ContentArrangement::Disabled);
        }
        table.set_header(heading.to_vec());
        for row in rows {
            table.add_row(row.into_iter().map(|cell| printable(&cell)).collect::<Vec<_>>());
        }
        let text = table.to_string();
        self.line(text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n"))
    }
}

/// Text from outside without what could drive a terminal: control characters and bidirectional overrides are dropped.
pub fn printable(text: &str) -> String {
    text.chars()
        .filter(|&c| c == '\n' || c == '\t' || !c.is_control())
        .filter(|&c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}'))
        .collect()
}

/// `1 source`, `2 sources`.
pub fn counted(count: impl TryInto<u64>, one: &str) -> String {
    match count.try_into().unwrap_or(u64::MAX) {
        1 => format!("1 {one}"),
        count => format!("{count} {one}s"),
    }
}

/// The text cut to `max` characters, with an ellipsis where something was cut.
pub fn shorten(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// A progress bar on standard error, hidden where nobody watches.
pub fn progress(total: u64, what: &'static str) -> ProgressBar {
    let bar = if io::stderr().is_terminal() {
        ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr())
    } else {
        ProgressBar::hidden()
    };
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style);
    bar.set_length(total);
    bar.with_message(what)
}
