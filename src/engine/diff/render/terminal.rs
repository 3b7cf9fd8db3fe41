//! For terminals: one column with the words marked, or old and new side by side where there is room.

use super::super::{Diff, Span, SpanKind};
use super::{Line, Mark, gap_words, lines, shown, value_words};
use crate::engine::text::words::is_ideograph;

/// From this width on, old and new stand side by side.
const SIDE_BY_SIDE_MIN_COLUMNS: usize = 120;

/// Narrower terminals get lines of this width.
const MIN_COLUMNS: usize = 20;

const RESET: &str = "\x1b[0m";

/// How a stretch is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Plain,
    Dim,
    Bold,
    Deleted,
    Inserted,
}

impl Look {
    fn colour(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Dim => "\x1b[2m",
            Self::Bold => "\x1b[1m",
            Self::Deleted => "\x1b[31;9m",
            Self::Inserted => "\x1b[32m",
        }
    }

    /// What tells it apart where there are no colours.
    fn signs(self) -> (&'static str, &'static str) {
        match self {
            Self::Plain | Self::Dim | Self::Bold => ("", ""),
            Self::Deleted => ("[-", "-]"),
            Self::Inserted => ("{+", "+}"),
        }
    }
}

type Piece = (Look, String);

/// A cell in a terminal line: one look and some text.
struct Printer {
    colour: bool,
    width: usize,
}

/// The rendering for `width` columns.
pub(crate) fn render(diff: &Diff, width: usize, colour: bool) -> String {
    let printer = Printer { colour, width: width.max(MIN_COLUMNS) };
    let mut out = String::new();
    if let Some(title) = &diff.title {
        printer.put(&mut out, &[(Look::Bold, "headline".to_owned())]);
        printer.spans(&mut out, &title.spans);
    }
    for field in &diff.fields {
        let value = |look: Look, value: &serde_json::Value| (look, shown(&value_words(value)));
        let name = (Look::Bold, format!("{}: ", shown(&field.field)));
        let between = (Look::Plain, " ".to_owned());
        let (before, after) = (value(Look::Deleted, &field.before), value(Look::Inserted, &field.after));
        printer.put(&mut out, &[name, before, between, after]);
    }
    for line in lines(diff) {
        printer.line(&mut out, &line);
    }
    out
}

impl Printer {
    fn line(&self, out: &mut String, line: &Line) {
        match line.mark {
            Mark::Gap(blocks) => self.put(out, &[(Look::Dim, format!("… {} …", gap_words(blocks)))]),
            Mark::Context => self.put(out, &dimmed(&line.spans)),
            Mark::Moved(from) => {
                self.put(out, &[(Look::Bold, format!("moved, was paragraph {from}:"))]);
                if line.spans.iter().any(|span| span.op != SpanKind::Equal) {
                    self.spans(out, &line.spans);
                } else {
                    self.put(out, &dimmed(&line.spans));
                }
            }
            Mark::Removed | Mark::Added | Mark::Edited => self.spans(out, &line.spans),
        }
    }

    fn spans(&self, out: &mut String, spans: &[Span]) {
        if self.width < SIDE_BY_SIDE_MIN_COLUMNS {
            let pieces: Vec<Piece> = spans.iter().map(piece).collect();
            self.put(out, &pieces);
            return;
        }
        let side = |fate: SpanKind| -> Vec<Piece> {
            spans.iter().filter(|span| span.op == SpanKind::Equal || span.op == fate).map(piece).collect()
        };
        let column = (self.width - 3) / 2;
        let left = self.wrapped(&side(SpanKind::Delete), column);
        let right = self.wrapped(&side(SpanKind::Insert), column);
        for row in 0..left.len().max(right.len()) {
            let empty = (String::new(), 0);
            let (old, used) = left.get(row).unwrap_or(&empty);
            let (new, _) = right.get(row).unwrap_or(&empty);
            let padding = " ".repeat(column.saturating_sub(*used));
            out.push_str(format!("{old}{padding} │ {new}").trim_end());
            out.push('\n');
        }
    }

    fn put(&self, out: &mut String, pieces: &[Piece]) {
        for (line, _) in self.wrapped(pieces, self.width) {
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }

    /// Lines of at most `columns`, each with the columns it takes; colours end with the line, so that columns beside it
    /// stay clean.
    fn wrapped(&self, pieces: &[Piece], columns: usize) -> Vec<(String, usize)> {
        let mut lines = Wrapped { colour: self.colour, columns, lines: Vec::new(), line: String::new(), used: 0 };
        for (look, text) in pieces {
            let (open, close) = if self.colour { ("", "") } else { look.signs() };
            let text = if text.trim().is_empty() { text.clone() } else { format!("{open}{text}{close}") };
            for word in text.split_inclusive(' ') {
                lines.put(*look, word);
            }
        }
        lines.finish()
    }
}

struct Wrapped {
    colour: bool,
    columns: usize,
    lines: Vec<(String, usize)>,
    line: String,
    used: usize,
}

impl Wrapped {
    fn put(&mut self, look: Look, word: &str) {
        let needed = columns_of(word.trim_end());
        if self.used > 0 && self.used + needed > self.columns {
            self.break_line();
        }
        let mut piece = String::new();
        for c in word.chars() {
            let width = column_of(c);
            if self.used + width > self.columns {
                if c == ' ' {
                    continue;
                }
                self.push(look, &piece);
                piece.clear();
                self.break_line();
            }
            piece.push(c);
            self.used += width;
        }
        self.push(look, &piece);
    }

    fn push(&mut self, look: Look, piece: &str) {
        if piece.is_empty() {
            return;
        }
        if self.colour && !look.colour().is_empty() {
            self.line.push_str(look.colour());
            self.line.push_str(piece);
            self.line.push_str(RESET);
        } else {
            self.line.push_str(piece);
        }
    }

    fn break_line(&mut self) {
        self.lines.push((std::mem::take(&mut self.line), self.used));
        self.used = 0;
    }

    fn finish(mut self) -> Vec<(String, usize)> {
        if self.used > 0 {
            self.break_line();
        }
        self.lines
    }
}

fn columns_of(text: &str) -> usize {
    text.chars().map(column_of).sum()
}

/// Wide characters of East Asia take two columns, combining marks none. Good enough to align by.
fn column_of(c: char) -> usize {
    if unicode_normalization::char::is_combining_mark(c) {
        0
    } else if (is_ideograph(c) && c >= '\u{2E80}')
        || matches!(c, '\u{AC00}'..='\u{D7A3}' | '\u{FF01}'..='\u{FF60}' | '\u{3000}'..='\u{303F}' | '\u{1F300}'..='\u{1FAFF}')
    {
        2
    } else {
        1
    }
}

fn piece(span: &Span) -> Piece {
    let look = match span.op {
        SpanKind::Equal => Look::Plain,
        SpanKind::Delete => Look::Deleted,
        SpanKind::Insert => Look::Inserted,
    };
    (look, shown(&span.text))
}

fn dimmed(spans: &[Span]) -> Vec<Piece> {
    spans.iter().map(|span| (Look::Dim, shown(&span.text))).collect()
}
