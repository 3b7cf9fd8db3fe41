//! Plain text in the manner of a unified diff, with the words marked inside the lines.

use super::super::{Diff, Span, SpanKind};
use super::{Line, Mark, add, gap_words, lines, shown, value_words};

/// The text, a paragraph a line.
pub(crate) fn render(diff: &Diff) -> String {
    let mut text = String::new();
    if let Some(title) = &diff.title {
        text.push_str("headline:\n");
        push_both(&mut text, &title.spans);
    }
    for field in &diff.fields {
        let (before, after) = (shown(&value_words(&field.before)), shown(&value_words(&field.after)));
        add(&mut text, format_args!("{}:\n- {before}\n+ {after}\n", shown(&field.field)));
    }
    for line in lines(diff) {
        push_line(&mut text, &line);
    }
    text
}

fn push_line(text: &mut String, line: &Line) {
    match line.mark {
        Mark::Gap(blocks) => add(text, format_args!("@@ {} @@\n", gap_words(blocks))),
        Mark::Context => add(text, format_args!("  {}\n", side(&line.spans, SpanKind::Equal, Marked::No))),
        Mark::Removed => add(text, format_args!("- {}\n", side(&line.spans, SpanKind::Delete, Marked::No))),
        Mark::Added => add(text, format_args!("+ {}\n", side(&line.spans, SpanKind::Insert, Marked::No))),
        Mark::Edited => push_both(text, &line.spans),
        Mark::Moved(from) => {
            add(text, format_args!("@@ moved, was paragraph {from} @@\n"));
            if line.spans.iter().any(|span| span.op != SpanKind::Equal) {
                push_both(text, &line.spans);
            } else {
                add(text, format_args!("  {}\n", side(&line.spans, SpanKind::Equal, Marked::No)));
            }
        }
    }
}

fn push_both(text: &mut String, spans: &[Span]) {
    for (sign, fate) in [('-', SpanKind::Delete), ('+', SpanKind::Insert)] {
        let side = side(spans, fate, Marked::Yes);
        if !side.trim().is_empty() {
            add(text, format_args!("{sign} {side}\n"));
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Marked {
    Yes,
    No,
}

fn side(spans: &[Span], fate: SpanKind, marked: Marked) -> String {
    let mut text = String::new();
    for span in spans {
        let words = shown(&span.text);
        match span.op {
            SpanKind::Equal => text.push_str(&words),
            op if op != fate => {}
            SpanKind::Delete if marked == Marked::Yes => add(&mut text, format_args!("[-{words}-]")),
            SpanKind::Insert if marked == Marked::Yes => add(&mut text, format_args!("{{+{words}+}}")),
            SpanKind::Delete | SpanKind::Insert => text.push_str(&words),
        }
    }
    text.trim().to_owned()
}
