//! HTML, as a fragment for pages and mails. Everything from the page is escaped.

use super::super::{Diff, PARAGRAPH_BREAK, Span, SpanKind};
use super::{Line, Mark, add, gap_words, lines, value_words};
use crate::model::article::BlockKind;

/// The fragment: one `<div class="diff">`.
pub(crate) fn render(diff: &Diff) -> String {
    let mut html = String::from("<div class=\"diff\">\n");
    if let Some(title) = &diff.title {
        add(&mut html, format_args!("<h2>{}</h2>\n", spans(&title.spans)));
    }
    for field in &diff.fields {
        let (before, after) = (escaped(&value_words(&field.before)), escaped(&value_words(&field.after)));
        let name = escaped(&field.field);
        add(&mut html, format_args!("<p class=\"field\"><b>{name}</b>: <del>{before}</del> <ins>{after}</ins></p>\n"));
    }
    for line in lines(diff) {
        html.push_str(&block(&line));
        html.push('\n');
    }
    html.push_str("</div>\n");
    html
}

fn block(line: &Line) -> String {
    let tag = match line.kind {
        BlockKind::Paragraph | BlockKind::Item => "p",
        BlockKind::Heading => "h3",
        BlockKind::Quote => "blockquote",
        BlockKind::Table | BlockKind::Code => "pre",
    };
    let text = spans(&line.spans);
    match line.mark {
        Mark::Gap(blocks) => format!("<p class=\"gap\">… {} …</p>", gap_words(blocks)),
        Mark::Moved(from) => {
            format!("<{tag} class=\"moved\"><small>moved, was paragraph {from}:</small> {text}</{tag}>")
        }
        Mark::Context => format!("<{tag} class=\"context\">{text}</{tag}>"),
        Mark::Removed | Mark::Added | Mark::Edited => format!("<{tag}>{text}</{tag}>"),
    }
}

fn spans(spans: &[Span]) -> String {
    let mut html = String::new();
    for span in spans {
        let text = escaped(&span.text);
        match span.op {
            SpanKind::Equal => html.push_str(&text),
            SpanKind::Delete => add(&mut html, format_args!("<del>{text}</del>")),
            SpanKind::Insert => add(&mut html, format_args!("<ins>{text}</ins>")),
        }
    }
    html
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            PARAGRAPH_BREAK => html.push_str("¶<br>"),
            '\n' | '\t' => html.push(c),
            c if c.is_control() => {}
            c => html.push(c),
        }
    }
    html
}
