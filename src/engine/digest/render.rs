//! The templates, filled.

use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value};

use super::Rendered;
use super::model::{Count, Model};
use super::summary::count_words;
use super::wrap::{WIDTH, width, wrap};

const HTML: &str = "digest.html";
const TEXT: &str = "digest.txt";

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(environment);

#[expect(clippy::expect_used, reason = "the templates are compiled in, and every test of a digest parses them")]
fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.expect("the usual signs are a syntax"));
    environment.set_auto_escape_callback(|name| if name == HTML { AutoEscape::Html } else { AutoEscape::None });
    environment.add_filter("wrap", |text: String, first: String, indent: usize| wrap(&text, &first, indent));
    environment.add_filter("rule", |text: String, sign: String| sign.repeat(width(&text).min(WIDTH)));
    let html = include_str!("../../../config/templates/digest.html");
    let text = include_str!("../../../config/templates/digest.txt");
    environment.add_template(HTML, html).expect("the HTML template parses");
    environment.add_template(TEXT, text).expect("the text template parses");
    environment
}

#[expect(clippy::expect_used, reason = "a model is plain data, and the tests render each of its shapes")]
pub(super) fn render(model: &Model) -> Rendered {
    let values = minijinja::context! {
        said => said(&model.counts),
        section_said => model.sections.iter().map(|section| said(&section.counts)).collect::<Vec<_>>(),
        sources_heading => sources_heading(model),
        ..Value::from(Serde(model))
    };
    let fill = |name: &str| {
        let template = TEMPLATES.get_template(name).expect("the template was added");
        template.render(&values).expect("the template fits the model")
    };
    Rendered { subject: model.subject.clone(), text: tidy(&fill(TEXT)), html: unslashed(&fill(HTML)) }
}

/// The engine escapes slashes too, which an HTML text does not need and every address pays for.
fn unslashed(html: &str) -> String {
    html.replace("&#x2f;", "/")
}

fn sources_heading(model: &Model) -> &'static str {
    match (model.sources.iter().any(|one| one.channel), model.sources.iter().any(|one| !one.channel)) {
        (true, true) => "Sources and channels",
        (true, false) => "Channels",
        (false, _) => "Sources",
    }
}

fn said(counts: &[Count]) -> String {
    count_words(counts)
}

/// At most one empty line in a row, no blanks at the ends of lines.
fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    let mut empty = 1;
    for line in text.lines().map(str::trim_end) {
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty <= 1 {
            tidied.push_str(line);
            tidied.push('\n');
        }
    }
    tidied
}
