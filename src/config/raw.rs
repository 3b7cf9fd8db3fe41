//! The TOML tree as it is read: values with their place in the file, and a reader that goes on after a problem. Keys
//! are known by being asked for: what nobody asked for is reported with the nearest key that somebody did.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde_spanned::Spanned;
use toml::de::{DeTable, DeValue};

use super::literal::offset_in_literal;
use super::load::Environment;
use super::problem::{Problem, SourceFile};

/// What every reader needs: the files, the environment for secrets, and the list that problems go to.
pub(super) struct Context<'a> {
    pub(super) files: &'a [SourceFile],
    pub(super) environment: &'a Environment,
    problems: RefCell<Vec<Problem>>,
}

impl<'a> Context<'a> {
    pub(super) fn new(files: &'a [SourceFile], environment: &'a Environment) -> Self {
        Self { files, environment, problems: RefCell::new(Vec::new()) }
    }

    /// Takes a problem up.
    pub(super) fn push(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }

    /// A problem at a place; `push` it when it is whole.
    pub(super) fn problem(&self, place: &Place, message: impl Into<String>) -> Problem {
        match self.files.get(place.file) {
            Some(file) => Problem::at(file, place.span.clone(), message),
            None => Problem::of_file(std::path::Path::new(""), message),
        }
    }

    /// Takes up an error.
    pub(super) fn error(&self, place: &Place, message: impl Into<String>, hint: impl Into<String>) {
        self.push(self.problem(place, message).hint(hint));
    }

    /// Takes up what a parser of the engine says: `… is no duration: write "15m"` is a message and a hint.
    pub(super) fn refused(&self, place: &Place, said: &str, fallback: &str) {
        let advice = [": write ", ": use "].iter().find_map(|mark| said.find(mark));
        match advice.and_then(|at| Some((said.get(..at)?, said.get(at + 2..)?))) {
            Some((message, hint)) => self.error(place, message, hint),
            None => self.error(place, said, fallback),
        }
    }

    /// `path:line` of a place, for messages about a second place.
    pub(super) fn show(&self, place: &Place) -> String {
        let problem = self.problem(place, "");
        format!("{}:{}", problem.file.display(), problem.line)
    }

    /// All problems, in the order of files and places, each once.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        let order = |problem: &Problem| {
            let file = self.files.iter().position(|file| file.path == problem.file);
            (file, problem.span.as_ref().map(|span| span.start))
        };
        problems.sort_by_key(order);
        problems.dedup_by(|a, b| a.file == b.file && a.span == b.span && a.message == b.message);
        problems
    }
}

/// Bytes of one of the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: usize,
    pub(super) span: Range<usize>,
}

/// A value and its place.
#[derive(Clone)]
pub(super) struct Node<'a> {
    pub(super) place: Place,
    pub(super) value: &'a DeValue<'a>,
}

impl<'a> Node<'a> {
    fn new(file: usize, value: &'a Spanned<DeValue<'a>>) -> Self {
        Self { place: Place { file, span: value.span() }, value: value.get_ref() }
    }

    /// The elements, if it is an array.
    pub(super) fn elements(&self) -> Option<Vec<Node<'a>>> {
        let array = self.value.as_array()?;
        Some(array.iter().map(|value| Node::new(self.place.file, value)).collect())
    }

    /// Another value of the same file.
    pub(super) fn beside(&self, value: &'a Spanned<DeValue<'a>>) -> Self {
        Self::new(self.place.file, value)
    }

    /// `a string`, `an integer` …
    pub(super) fn type_name(&self) -> &'static str {
        match self.value {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "an integer",
            DeValue::Float(_) => "a float",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "an array",
            DeValue::Table(_) => "a table",
        }
    }

    /// The place of some bytes of a string's value: what an escape or an opening quote takes in the file is counted in.
    pub(super) fn inside(&self, context: &Context<'_>, span: Range<usize>) -> Place {
        let literal = context.files.get(self.place.file).and_then(|file| file.text.get(self.place.span.clone()));
        let Some(literal) = literal else {
            return self.place.clone();
        };
        let start = self.place.span.start + offset_in_literal(literal, span.start);
        let end = self.place.span.start + offset_in_literal(literal, span.end);
        Place { file: self.place.file, span: start..end.max(start + 1).min(self.place.span.end) }
    }
}

/// A table, or several of one name from several files, read key by key.
pub(super) struct Section<'a, 'c> {
    context: &'c Context<'c>,
    /// How messages call it: `[fetch]`, `[[source]]`.
    name: String,
    parts: Vec<(Place, &'a DeTable<'a>)>,
    asked: RefCell<BTreeSet<&'static str>>,
}

impl<'a, 'c> Section<'a, 'c> {
    /// The documents of all files as one table.
    pub(super) fn root(context: &'c Context<'c>, documents: &'a [Spanned<DeTable<'a>>]) -> Self {
        let parts = documents
            .iter()
            .enumerate()
            .map(|(file, document)| (Place { file, span: 0..0 }, document.get_ref()))
            .collect();
        Self::of(context, "the top level".to_owned(), parts)
    }

    fn of(context: &'c Context<'c>, name: String, parts: Vec<(Place, &'a DeTable<'a>)>) -> Self {
        Self { context, name, parts, asked: RefCell::default() }
    }

    /// A value that must be a table, as a section.
    pub(super) fn from_node(context: &'c Context<'c>, name: &str, node: &Node<'a>) -> Option<Self> {
        let Some(table) = node.value.as_table() else {
            wrong_type(context, node, "a table");
            return None;
        };
        Some(Self::of(context, name.to_owned(), vec![(node.place.clone(), table)]))
    }

    /// Where the section begins.
    pub(super) fn place(&self) -> Place {
        self.parts.first().map_or(Place { file: 0, span: 0..0 }, |(place, _)| place.clone())
    }

    pub(super) fn context(&self) -> &'c Context<'c> {
        self.context
    }

    /// The value of a key. Where several files set it, the last one counts: that is what `conf.d` is for.
    pub(super) fn node(&self, key: &'static str) -> Option<Node<'a>> {
        self.asked.borrow_mut().insert(key);
        self.parts
            .iter()
            .filter_map(|(place, table)| table.get(key).map(|value| Node::new(place.file, value)))
            .next_back()
    }

    /// Keys that may stand here though nobody reads them.
    pub(super) fn allow(&self, keys: &[&'static str]) {
        self.asked.borrow_mut().extend(keys);
    }

    /// A key that may be left out.
    pub(super) fn optional<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(&'c Context<'c>, &Node<'a>) -> Option<T>,
    ) -> Option<T> {
        read(self.context, &self.node(key)?)
    }

    /// A key that must be there; `example` says what to write.
    pub(super) fn required<T>(
        &self,
        key: &'static str,
        example: &str,
        read: impl FnOnce(&'c Context<'c>, &Node<'a>) -> Option<T>,
    ) -> Option<T> {
        let Some(node) = self.node(key) else {
            self.missing(key, example);
            return None;
        };
        read(self.context, &node)
    }

    /// Reports a missing key at the head of the section.
    pub(super) fn missing(&self, key: &str, example: &str) {
        let problem = self.context.problem(&self.place(), format!("{} has no `{key}`", self.name));
        self.context.push(problem.hint(format!("add `{key} = {example}`")));
    }

    /// A table of its own, over all files.
    pub(super) fn section(&self, key: &'static str) -> Option<Section<'a, 'c>> {
        self.asked.borrow_mut().insert(key);
        let name = if self.name.starts_with('[') { format!("{}.{key}", self.name) } else { format!("[{key}]") };
        let mut parts = Vec::new();
        for (place, table) in &self.parts {
            let Some(value) = table.get(key) else { continue };
            let node = Node::new(place.file, value);
            match node.value.as_table() {
                Some(table) => parts.push((node.place, table)),
                None => wrong_type(self.context, &node, "a table"),
            }
        }
        (!parts.is_empty()).then(|| Self::of(self.context, name, parts))
    }

    /// The tables of an array of tables, over all files in their order.
    pub(super) fn each(&self, key: &'static str) -> Vec<Section<'a, 'c>> {
        self.asked.borrow_mut().insert(key);
        let mut sections = Vec::new();
        for (place, table) in &self.parts {
            let Some(value) = table.get(key) else { continue };
            let node = Node::new(place.file, value);
            let Some(elements) = node.elements() else {
                let problem = self.context.problem(&node.place, format!("`{key}` is {}", node.type_name()));
                self.context.push(problem.hint(format!("write `[[{key}]]`: there may be several")));
                continue;
            };
            let name = format!("[[{key}]]");
            sections.extend(elements.iter().filter_map(|element| Self::from_node(self.context, &name, element)));
        }
        sections
    }

    /// Every key with its place and its value, by name; for tables whose keys are the user's own. Where several files set
    /// a key, the last one counts.
    pub(super) fn entries(&self) -> Vec<(String, Place, Node<'a>)> {
        let mut entries: BTreeMap<String, (Place, Node<'a>)> = BTreeMap::new();
        for (place, table) in &self.parts {
            for (key, value) in *table {
                let key_place = Place { file: place.file, span: key.span() };
                entries.insert(key.get_ref().clone().into_owned(), (key_place, Node::new(place.file, value)));
            }
        }
        entries.into_iter().map(|(key, (place, node))| (key, place, node)).collect()
    }

    /// Reports every key that was not asked for; to be called when all others are read.
    pub(super) fn finish(&self) {
        let asked = self.asked.borrow();
        for (place, table) in &self.parts {
            for key in table.keys() {
                let name = key.get_ref().as_ref();
                if asked.contains(name) {
                    continue;
                }
                let key_place = Place { file: place.file, span: key.span() };
                let problem = self.context.problem(&key_place, format!("unknown key `{name}` in {}", self.name));
                self.context.push(problem.hint(unknown_key_hint(name, &asked)));
            }
        }
    }
}

/// Words that people write for one of our keys, where no edit distance would find it.
const SYNONYMS: [(&str, &str); 17] = [
    ("url", "feed"),
    ("rss", "feed"),
    ("atom", "feed"),
    ("interval", "every"),
    ("frequency", "every"),
    ("schedule", "cron"),
    ("tz", "timezone"),
    ("time_zone", "timezone"),
    ("title", "name"),
    ("channels", "notify"),
    ("notification", "notify"),
    ("recipients", "to"),
    ("email", "to"),
    ("sender", "from"),
    ("user", "username"),
    ("bind", "listen"),
    ("database", "path"),
];

fn unknown_key_hint(name: &str, known: &BTreeSet<&'static str>) -> String {
    if let Some(nearest) = nearest(name, known.iter().copied()) {
        return format!("did you mean `{nearest}`?");
    }
    let meant = SYNONYMS.iter().find(|(word, key)| *word == name && known.contains(key));
    if let Some((_, key)) = meant {
        return format!("did you mean `{key}`?");
    }
    if known.is_empty() {
        return "remove it".to_owned();
    }
    let known: Vec<String> = known.iter().map(|key| format!("`{key}`")).collect();
    format!("known here: {}", known.join(", "))
}

/// The nearest of some words, if one is near enough to be a slip of the finger.
pub(super) fn nearest<'w>(word: &str, known: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let allowed = (word.chars().count() / 3).clamp(1, 3);
    known
        .map(|candidate| (strsim::damerau_levenshtein(&word.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Reports a value of the wrong type.
pub(super) fn wrong_type(context: &Context<'_>, node: &Node<'_>, expected: &str) {
    let hint = match (expected, node.value) {
        ("a string", DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_)) => "write it in quotes",
        ("a string", _) => "write one text in quotes",
        ("true or false", _) => "write true or false, without quotes",
        ("an integer" | "a number", DeValue::String(_)) => "write the number without quotes",
        ("an integer" | "a number", _) => "write a number",
        ("a table", _) => "write `key = value` lines under a `[heading]`, or `{ key = value }`",
        _ => "see the starter config, which `wirewatch init` writes",
    };
    context.error(&node.place, format!("expected {expected}, found {}", node.type_name()), hint);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_found_unless_it_is_far() {
        let known = ["every", "timezone", "cron", "feed"];
        for (word, expected) in
            [("evry", Some("every")), ("timezon", Some("timezone")), ("Cron", Some("cron")), ("xyz", None), ("f", None)]
        {
            assert_eq!(nearest(word, known.into_iter()), expected, "{word}");
        }
    }
}
