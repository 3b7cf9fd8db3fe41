//! What is wrong with a config, shown as compilers do: file, line, column, the line with a caret, a hint.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::Serialize;

use crate::model::url::masked;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The config is not used.
    Error,
    /// The config is used; a person should look.
    Warning,
}

/// A config file as it was read.
#[derive(Debug, Clone)]
pub(super) struct SourceFile {
    /// Where it was read from.
    pub(super) path: PathBuf,
    /// Its text.
    pub(super) text: Arc<str>,
}

/// One problem at one place.
#[derive(Clone, Serialize)]
pub struct Problem {
    /// Error or warning.
    pub severity: Severity,
    /// The file.
    pub file: PathBuf,
    /// The line, from 1; 0 where the problem is the file itself.
    pub line: usize,
    /// The column in characters, from 1; 0 where the problem is the file itself.
    pub column: usize,
    /// What is wrong, in a lower-case fragment.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The bytes it is about.
    #[serde(skip)]
    pub span: Option<Range<usize>>,
    #[serde(skip)]
    text: Arc<str>,
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the text of the whole file.
        let Self { severity, line, column, message, hint, .. } = self;
        write!(f, "{severity:?} at {}:{line}:{column}: {message} ({hint:?})", self.file.display())
    }
}

impl Problem {
    /// A problem with the bytes `span` of a file.
    pub(super) fn at(file: &SourceFile, span: Range<usize>, message: impl Into<String>) -> Self {
        let span = on_boundaries(&file.text, span);
        let before = file.text.get(..span.start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            severity: Severity::Error,
            file: file.path.clone(),
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
            message: message.into(),
            hint: None,
            span: Some(span),
            text: Arc::clone(&file.text),
        }
    }

    /// A problem with a file as a whole: it cannot be read.
    pub(super) fn of_file(path: &Path, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            file: path.to_owned(),
            line: 0,
            column: 0,
            message: message.into(),
            hint: None,
            span: None,
            text: Arc::from(""),
        }
    }

    /// The same with a hint.
    #[must_use]
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same as a warning.
    #[must_use]
    pub(super) fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// The problem with its place in the file; with colours if `renderer` has them.
    fn render(&self, renderer: &Renderer) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(self.message.as_str());
        let path = self.file.to_string_lossy();
        let mut group = match &self.span {
            Some(span) => {
                let (excerpt, first_line, span) = excerpt(&self.text, span.clone());
                // A reload's problems go to the log.
                title.element(
                    Snippet::source(masked(excerpt))
                        .line_start(first_line)
                        .path(path)
                        .annotation(AnnotationKind::Primary.span(span)),
                )
            }
            None => title.element(annotate_snippets::Origin::path(path)),
        };
        if let Some(hint) = &self.hint {
            group = group.element(Level::HELP.with_name("hint").message(hint.as_str()));
        }
        renderer.render(&[group])
    }
}

/// The first line of the span alone, so that a problem over a whole table shows its head and not a page. Gives the
/// line, its number, and the span inside it.
fn excerpt(text: &str, span: Range<usize>) -> (&str, usize, Range<usize>) {
    let before = text.get(..span.start).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let end = text.get(span.start..).and_then(|rest| rest.find('\n')).map_or(text.len(), |at| span.start + at);
    let line = text.get(start..end).unwrap_or_default().trim_end_matches('\r');
    let from = (span.start - start).min(line.len());
    let to = (span.end - start).clamp(from, line.len());
    (line, before.matches('\n').count() + 1, from..to)
}

/// Moves a span out to where characters begin and end.
fn on_boundaries(text: &str, span: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(span.start);
    let end = text.ceil_char_boundary(span.end).max(start);
    start..end
}

/// Every problem that was found in one run; at least one of them an error.
#[derive(Debug, Clone)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// In the order of files and lines.
    pub(super) fn new(problems: Vec<Problem>) -> Self {
        Self(problems)
    }

    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter()
    }

    /// The list itself.
    pub(super) fn into_vec(self) -> Vec<Problem> {
        self.0
    }

    /// How many errors there are.
    pub fn errors(&self) -> usize {
        self.0.iter().filter(|problem| problem.severity == Severity::Error).count()
    }

    /// All of them with their places and a last line with the count, in colours.
    pub fn render_styled(&self) -> String {
        render(&self.0, &Renderer::styled())
    }
}

/// Problems one below the other, in colours; for the warnings of a config that checks.
pub fn render_styled(problems: &[Problem]) -> String {
    render(problems, &Renderer::styled())
}

/// Problems one below the other, plain.
pub fn render_plain(problems: &[Problem]) -> String {
    render(problems, &Renderer::plain())
}

fn render(problems: &[Problem], renderer: &Renderer) -> String {
    let mut text = String::new();
    for problem in problems {
        text.push_str(&problem.render(renderer));
        text.push_str("\n\n");
    }
    text.push_str(&summary(problems));
    text
}

/// `2 errors and 1 warning in config/wirewatch.toml`
fn summary(problems: &[Problem]) -> String {
    let count = |severity| problems.iter().filter(|problem| problem.severity == severity).count();
    let counted = |count: usize, word: &str| match count {
        0 => None,
        1 => Some(format!("1 {word}")),
        _ => Some(format!("{count} {word}s")),
    };
    let counts = [counted(count(Severity::Error), "error"), counted(count(Severity::Warning), "warning")];
    let counts: Vec<String> = counts.into_iter().flatten().collect();
    let mut files: Vec<String> = problems.iter().map(|problem| problem.file.display().to_string()).collect();
    files.dedup();
    let place = match &files[..] {
        [one] => one.clone(),
        more => format!("{} files", more.len()),
    };
    format!("{} in {place}", counts.join(" and "))
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&render_plain(&self.0))
    }
}

impl std::error::Error for Problems {}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> SourceFile {
        SourceFile { path: PathBuf::from("config/wirewatch.toml"), text: Arc::from(text) }
    }

    #[test]
    fn columns_count_characters_from_one() {
        let file = file("a = 1\nnäme = \"x\"\n");
        let start = file.text.find('"').unwrap();
        let problem = Problem::at(&file, start..start + 3, "wrong");
        assert_eq!((problem.line, problem.column), (2, 8));
    }

    #[test]
    fn a_problem_shows_its_line_a_caret_and_a_hint() {
        let file = file("[poll]\nevry = \"30m\"\n");
        let problems = Problems::new(vec![
            Problem::at(&file, 7..11, "unknown key `evry` in [poll]").hint("did you mean `every`?"),
            Problem::of_file(Path::new("config/conf.d/a.toml"), "cannot read the file: permission denied").warning(),
        ]);
        insta::assert_snapshot!(problems.to_string(), @r#"
        error: unknown key `evry` in [poll]
         --> config/wirewatch.toml:2:1
          |
        2 | evry = "30m"
          | ^^^^
          |
          = hint: did you mean `every`?

        warning: cannot read the file: permission denied
        --> config/conf.d/a.toml

        1 error and 1 warning in 2 files
        "#);
    }

    #[test]
    fn a_span_outside_the_text_or_inside_a_character_is_mended() {
        let file = file("ä");
        for span in [0..1, 1..2, 5..9, 2..2] {
            let shown = Problems::new(vec![Problem::at(&file, span, "x")]).to_string();
            assert!(shown.contains("wirewatch.toml:1:"), "{shown}");
        }
    }
}
