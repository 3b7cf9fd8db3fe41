//! Alias groups: `[terms]` of the config, checked. Groups may hold groups; a group that holds itself is an error.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::expr::{Term, TermKind};
use super::pattern::{Pattern, check_term};

/// Most patterns of one group with the groups inside it: more is a mistake, or a database.
const PATTERNS_MAX: usize = 20_000;

/// A problem in an alias group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TermsProblem {
    /// The group's name.
    pub group: String,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
}

/// One group of `[terms]` as written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawGroup {
    /// Any of these is a hit.
    pub any: Vec<String>,
    /// Hits that overlap one of these are none.
    pub none: Vec<String>,
    /// More terms for articles in a language (primary subtag).
    pub languages: BTreeMap<String, Vec<String>>,
}

/// A group, or a single term, resolved to what it looks for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Group {
    pub(super) any: Vec<Pattern>,
    pub(super) none: Vec<Pattern>,
    pub(super) languages: BTreeMap<String, Vec<Pattern>>,
}

impl Group {
    /// A term that stands alone.
    pub(super) fn single(term: &Term) -> Self {
        Self { any: vec![Pattern::of(term)], ..Self::default() }
    }

    /// What counts in an article of this language.
    pub(super) fn patterns<'a>(&'a self, language: &str) -> impl Iterator<Item = &'a Pattern> {
        self.any.iter().chain(self.languages.get(language).into_iter().flatten())
    }

    fn len(&self) -> usize {
        self.any.len() + self.none.len() + self.languages.values().map(Vec::len).sum::<usize>()
    }
}

/// Checked alias groups.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    groups: BTreeMap<String, Arc<Group>>,
}

/// An entry of a group, read.
enum Entry {
    Group(String),
    Pattern(Pattern),
}

/// A group, read but not resolved.
#[derive(Default)]
struct Read {
    any: Vec<Entry>,
    none: Vec<Entry>,
    languages: BTreeMap<String, Vec<Entry>>,
}

impl Read {
    fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.any.iter().chain(&self.none).chain(self.languages.values().flatten())
    }

    fn inner(&self) -> impl Iterator<Item = &str> {
        self.entries().filter_map(|entry| match entry {
            Entry::Group(name) => Some(name.as_str()),
            Entry::Pattern(_) => None,
        })
    }
}

impl Terms {
    /// Checks the groups: every entry can be looked for, every `$name` exists, no group holds itself. On failure all
    /// problems at once.
    pub fn compile(groups: BTreeMap<String, RawGroup>) -> Result<Self, Vec<TermsProblem>> {
        let mut problems = Vec::new();
        let names: Vec<String> = groups.keys().cloned().collect();
        let read: BTreeMap<String, Read> = groups
            .into_iter()
            .map(|(name, raw)| {
                let group = read_group(&name, raw, &names, &mut problems);
                (name, group)
            })
            .collect();
        report_cycles(&read, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut resolved: BTreeMap<String, Arc<Group>> = BTreeMap::new();
        for name in &names {
            if resolve(name, &read, &mut resolved).len() > PATTERNS_MAX {
                problems.push(TermsProblem {
                    group: name.clone(),
                    message: format!("holds more than {PATTERNS_MAX} terms with the groups inside it"),
                    hint: Some("split it".to_owned()),
                });
            }
        }
        if problems.is_empty() { Ok(Self { groups: resolved }) } else { Err(problems) }
    }

    /// The names of the groups, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.groups.keys().map(String::as_str)
    }

    pub(super) fn get(&self, name: &str) -> Option<&Arc<Group>> {
        self.groups.get(name)
    }

    /// Whether a group exists; if not, the nearest name.
    pub(super) fn known(&self, name: &str) -> Result<(), Option<String>> {
        if self.groups.contains_key(name) { Ok(()) } else { Err(nearest(name, self.names())) }
    }
}

fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let lower = name.to_lowercase();
    let rated = names.map(|known| (strsim::jaro_winkler(&known.to_lowercase(), &lower), known));
    let best = rated.max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(likeness, _)| *likeness > 0.75).map(|(_, known)| known.to_owned())
}

fn read_group(name: &str, raw: RawGroup, names: &[String], problems: &mut Vec<TermsProblem>) -> Read {
    let problems = RefCell::new(problems);
    let report = |message: String, hint: Option<String>| {
        problems.borrow_mut().push(TermsProblem { group: name.to_owned(), message, hint });
    };
    if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')) {
        let hint = "use letters, digits, `-`, `_` and `.`".to_owned();
        report(format!("`{name}` is no name for a group: a query could not write ${name}"), Some(hint));
    }
    if raw.any.is_empty() && raw.languages.values().all(Vec::is_empty) {
        report("is empty: it would never be found".to_owned(), Some("list the words that mean it".to_owned()));
    }
    let read = |texts: Vec<String>| -> Vec<Entry> {
        let mut entries = Vec::with_capacity(texts.len());
        for text in texts {
            match read_entry(&text, names) {
                Ok(entry) => entries.push(entry),
                Err((message, hint)) => report(message, hint),
            }
        }
        entries
    };
    let (any, none) = (read(raw.any), read(raw.none));
    let codes: Vec<String> = raw.languages.keys().filter(|code| !is_language(code)).cloned().collect();
    let languages = raw.languages.into_iter().map(|(language, texts)| (language, read(texts))).collect();
    for code in codes {
        let hint = "write zh for Chinese, fr for French".to_owned();
        let message = format!("`{code}` is neither `any`, `none` nor a language's two- or three-letter code");
        report(message, Some(hint));
    }
    Read { any, none, languages }
}

fn is_language(code: &str) -> bool {
    (2..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn read_entry(text: &str, names: &[String]) -> Result<Entry, (String, Option<String>)> {
    let text = text.trim();
    if let Some(name) = text.strip_prefix('$') {
        if names.iter().any(|known| known == name) {
            return Ok(Entry::Group(name.to_owned()));
        }
        let hint = nearest(name, names.iter().map(String::as_str)).map(|name| format!("did you mean ${name}?"));
        return Err((format!("there is no alias group `{name}` under [terms]"), hint));
    }
    if text.len() > 1 && text.starts_with('/') && text.ends_with('/') {
        let hint = "write the pattern into the query, as in title:/pattern/".to_owned();
        return Err((format!("`{text}`: a group holds words and phrases, no patterns"), Some(hint)));
    }
    let quoted = |text: &str| text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).map(str::to_owned);
    let (text, exact) = text.strip_prefix('=').map_or((text, false), |rest| (rest, true));
    let term = match (quoted(text), exact) {
        (Some(text), true) => Term { text, kind: TermKind::ExactPhrase },
        (Some(text), false) => Term { text, kind: TermKind::Phrase },
        (None, true) => Term { text: text.to_owned(), kind: TermKind::Exact },
        (None, false) => Term { text: text.to_owned(), kind: TermKind::Word },
    };
    check_term(&term)?;
    Ok(Entry::Pattern(Pattern::of(&term)))
}

/// Reports each ring of groups once, by its path.
fn report_cycles(groups: &BTreeMap<String, Read>, problems: &mut Vec<TermsProblem>) {
    // 1: on the path that is being walked; 2: done.
    let mut state: BTreeMap<&str, u8> = BTreeMap::new();
    for start in groups.keys() {
        if state.contains_key(start.as_str()) {
            continue;
        }
        let mut path: Vec<(&str, Vec<&str>)> = vec![(start, inner_names(groups, start))];
        state.insert(start, 1);
        while let Some((name, waiting)) = path.last_mut() {
            let name = *name;
            let Some(next) = waiting.pop() else {
                state.insert(name, 2);
                path.pop();
                continue;
            };
            match state.get(next) {
                None => {
                    state.insert(next, 1);
                    path.push((next, inner_names(groups, next)));
                }
                Some(1) => {
                    let ring = path.iter().map(|(name, _)| *name).skip_while(|name| *name != next);
                    let ring: Vec<String> = ring.chain([next]).map(|name| format!("${name}")).collect();
                    problems.push(TermsProblem {
                        group: next.to_owned(),
                        message: format!("holds itself: {}", ring.join(" → ")),
                        hint: Some(format!("take ${next} out of `{name}`")),
                    });
                }
                Some(_) => {}
            }
        }
    }
}

fn inner_names<'a>(groups: &'a BTreeMap<String, Read>, name: &str) -> Vec<&'a str> {
    groups.get(name).map(|group| group.inner().collect()).unwrap_or_default()
}

/// Resolves a group without cycles. Depth is the number of groups inside each other.
fn resolve(name: &str, groups: &BTreeMap<String, Read>, done: &mut BTreeMap<String, Arc<Group>>) -> Arc<Group> {
    if let Some(group) = done.get(name) {
        return Arc::clone(group);
    }
    let mut group = Group::default();
    if let Some(read) = groups.get(name) {
        for entry in &read.any {
            match entry {
                Entry::Pattern(pattern) => group.any.push(pattern.clone()),
                Entry::Group(inner) => add(&mut group, &resolve(inner, groups, done)),
            }
        }
        for entry in &read.none {
            match entry {
                Entry::Pattern(pattern) => group.none.push(pattern.clone()),
                Entry::Group(inner) => group.none.extend(resolve(inner, groups, done).any.iter().cloned()),
            }
        }
        for (language, entries) in &read.languages {
            for entry in entries {
                match entry {
                    Entry::Pattern(pattern) => {
                        group.languages.entry(language.clone()).or_default().push(pattern.clone());
                    }
                    Entry::Group(inner) => {
                        let inner = resolve(inner, groups, done);
                        let own = group.languages.entry(language.clone()).or_default();
                        own.extend(inner.patterns(language).cloned());
                        group.none.extend(inner.none.iter().cloned());
                    }
                }
            }
        }
    }
    // Bounds what nested groups can blow up to; the caller reports it.
    group.any.truncate(PATTERNS_MAX + 1);
    group.none.truncate(PATTERNS_MAX + 1);
    let group = Arc::new(group);
    done.insert(name.to_owned(), Arc::clone(&group));
    group
}

fn add(group: &mut Group, inner: &Group) {
    group.any.extend(inner.any.iter().cloned());
    group.none.extend(inner.none.iter().cloned());
    for (language, patterns) in &inner.languages {
        group.languages.entry(language.clone()).or_default().extend(patterns.iter().cloned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compile(groups: &[(&str, &[&str])]) -> Result<Terms, Vec<TermsProblem>> {
        let raw = groups.iter().map(|(name, any)| {
            let any = any.iter().map(|text| (*text).to_owned()).collect();
            ((*name).to_owned(), RawGroup { any, ..RawGroup::default() })
        });
        Terms::compile(raw.collect())
    }

    #[test]
    fn groups_hold_groups() {
        let terms = compile(&[("asia", &["$china", "Japan"]), ("china", &["China", "Beijing"])]).unwrap();
        let texts: Vec<&str> = terms.get("asia").unwrap().any.iter().map(|pattern| pattern.text.as_str()).collect();
        assert_eq!(texts, ["China", "Beijing", "Japan"]);
    }

    #[test]
    fn every_problem_of_every_group_is_told_in_one_run() {
        let problems = compile(&[
            ("a", &["$b"]),
            ("b", &["$c", "x"]),
            ("c", &["$a"]),
            ("china", &["Chi*", "…"]),
            ("d", &["$chna", "/x/"]),
            ("empty", &[]),
            ("self", &["$self"]),
        ])
        .unwrap_err();
        let told: Vec<String> =
            problems.iter().map(|problem| format!("{}: {}", problem.group, problem.message)).collect();
        assert_eq!(
            told,
            [
                "china: `Chi*` would match too much: a star needs at least 4 letters before it",
                "china: `…` has no letters or digits to look for",
                "d: there is no alias group `chna` under [terms]",
                "d: `/x/`: a group holds words and phrases, no patterns",
                "empty: is empty: it would never be found",
                "a: holds itself: $a → $b → $c → $a",
                "self: holds itself: $self → $self",
            ]
        );
        assert_eq!(problems.get(2).unwrap().hint.as_deref(), Some("did you mean $china?"));
    }
}
