//! The pages of `tests/corpus/pages`, each beside what is in it by the hand that made it, and floors that only rise: a page that
//! reads worse than its floor fails, and so does one that reads better, until its floor is raised.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::{read, texts};
use crate::model::article::Content;

/// Words of a shingle; in scripts without blanks, so many characters.
const SHINGLE: usize = 4;

fn dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/pages")
}

fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = std::fs::read_dir(dir()).unwrap().map(|file| file.unwrap().path()).collect();
    pages.retain(|path| path.extension().is_some_and(|end| end == "html"));
    pages.sort();
    pages
}

fn shingles(text: &str) -> HashMap<Vec<String>, i64> {
    let is_unspaced = |c: char| matches!(c, '\u{e00}'..='\u{e7f}' | '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}');
    let mut words: Vec<String> = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_ascii_punctuation()).filter(|word| !word.is_empty()) {
        if word.chars().any(is_unspaced) {
            words.extend(word.chars().map(String::from));
        } else {
            words.push(word.to_owned());
        }
    }
    let mut found = HashMap::new();
    for shingle in words.windows(SHINGLE.min(words.len().max(1))) {
        *found.entry(shingle.to_vec()).or_insert(0) += 1;
    }
    found
}

/// F1 over shingles, in thousandths.
fn f1(found: &str, expected: &str) -> i64 {
    let (found, expected) = (shingles(found), shingles(expected));
    let shared: i64 = found.iter().map(|(one, n)| (*n).min(expected.get(one).copied().unwrap_or(0))).sum();
    let all: i64 = found.values().sum::<i64>() + expected.values().sum::<i64>();
    if all == 0 { 1000 } else { 2000 * shared / all }
}

/// The facts of a page as its expectation writes them.
fn facts(content: &Content) -> String {
    let mut out = String::new();
    let mut line = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            writeln!(out, "{name}: {value}").unwrap();
        }
    };
    line("title", content.title.clone());
    line("authors", Some(content.authors.join(", ")));
    line("published", content.published.map(|at| at.to_string()));
    line("language", content.language.clone());
    line("site", content.site.clone());
    out
}

#[test]
fn pages_of_the_corpus_read_no_worse_than_their_floors() {
    let floors = std::fs::read_to_string(dir().join("floors.txt")).unwrap();
    let floors: HashMap<&str, i64> = floors
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(name, floor)| (name, floor.parse().unwrap()))
        .collect();
    let mut wrong = String::new();
    let pages = pages();
    assert_eq!(pages.len(), floors.len(), "each page has a floor");
    for path in pages {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let expected = std::fs::read_to_string(path.with_extension("expected")).unwrap();
        let (expected_facts, expected_text) = expected.trim_end().split_once("\n\n").unwrap();
        let content = read(&std::fs::read_to_string(&path).unwrap());
        if facts(&content).trim_end() != expected_facts {
            writeln!(wrong, "{name}: expected\n{expected_facts}\nfound\n{}", facts(&content)).unwrap();
        }
        let (found, floor) = (f1(&content.text(), expected_text), floors.get(name).copied().unwrap());
        let exact = content.text() == expected_text;
        if found < floor || (floor == 1000 && !exact) {
            writeln!(wrong, "{name}: {found} is below its floor {floor}\n{}\n", content.text()).unwrap();
        } else if found > floor {
            writeln!(wrong, "{name}: {found} is above its floor {floor}, which is to be raised").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// A page's markup with a soft hyphen within each longer word of its texts; what stands in scripts, styles and the head is
/// left.
fn hyphenated(html: &str) -> String {
    let (head, body) = html.split_at(html.find("<body").unwrap_or(0));
    let (mut out, mut in_tag, mut raw, mut run) = (head.to_owned(), false, false, 0);
    let mut rest = body;
    while let Some(c) = rest.chars().next() {
        match c {
            '<' => {
                raw = ["<script", "<style", "<!--", "<textarea"].iter().any(|open| rest.starts_with(open))
                    || (raw && !["</script", "</style", "</textarea"].iter().any(|close| rest.starts_with(close)));
                in_tag = true;
            }
            '>' if in_tag => in_tag = false,
            _ => {}
        }
        run = if c.is_ascii_alphabetic() && !in_tag && !raw { run + 1 } else { 0 };
        out.push(c);
        rest = rest.split_at(c.len_utf8()).1;
        if run == 3 && rest.starts_with(|next: char| next.is_ascii_alphabetic()) {
            out.push('\u{ad}');
        }
    }
    out
}

#[test]
fn soft_hyphens_hide_nothing_from_any_rule() {
    let mut changed = 0;
    for path in pages() {
        let html = std::fs::read_to_string(&path).unwrap();
        // An entity's name is no word.
        let hyphenated = if html.contains('&') { html.clone() } else { hyphenated(&html) };
        changed += usize::from(hyphenated != html);
        assert_eq!(read(&hyphenated), read(&html), "{}", path.display());
    }
    assert!(changed > 5, "{changed} pages could be hyphenated");
    let paragraph =
        "<p>The council decided after a long debate what is to become of the old harbour and its ferries.</p>";
    let page = |prompt: &str| {
        format!("<body><article><h1>Harbour</h1>{paragraph}{paragraph}<p>{prompt}</p>{paragraph}</article>")
    };
    let prompt = "For more information on the harbour, see <a href=/guide>our guide to the harbour</a>.";
    assert_eq!(read(&page(&prompt.replace("inform", "infor\u{ad}m"))), read(&page(prompt)));
    assert_eq!(read(&page(&prompt.replace("inform", "infor&shy;m"))), read(&page(prompt)));
}

const WORDS: [&str; 24] = [
    "harbour",
    "pier",
    "ferry",
    "council",
    "Zürich",
    "café",
    "naïve",
    "“agreed”",
    "tariffs,",
    "lamps",
    "señor",
    "Łódź",
    "Müller",
    "rebuilt",
    "—",
    "nine",
    "coins",
    "smørrebrød",
    "façade",
    "Ångström",
    "l’été",
    "boats;",
    "quay",
    "AT&T",
];

/// One way to write a character in markup.
fn written(c: char, way: u8) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    match (c, way % 6) {
        ('&', _) => "&amp;".to_owned(),
        (c, 1) if !c.is_ascii() => format!("&#{};", u32::from(c)),
        (c, 2) if !c.is_ascii() => format!("&#x{:X};", u32::from(c)),
        (c, 3) => c.nfd().collect(),
        (c, 4) => format!("{c}&shy;"),
        (c, 5) => format!("{c}\u{200b}"),
        ('“', _) => "&ldquo;".to_owned(),
        ('é', _) => "&eacute;".to_owned(),
        (c, _) => c.to_string(),
    }
}

/// A paragraph as one of many ways of marking it up has it: `ways` says for each character and blank which.
fn rendered(words: &[usize], ways: &[u8]) -> String {
    let mut ways = ways.iter().copied().cycle();
    let mut way = || ways.next().unwrap_or(0);
    let mut out = String::new();
    for (at, word) in words.iter().enumerate() {
        if at > 0 {
            out.push_str([" ", "\n", "  \t", "\r\n    ", "&nbsp;", "&#32;\n"][usize::from(way() % 6)]);
        }
        let text: String = WORDS[word % WORDS.len()].chars().map(|c| written(c, way())).collect();
        match way() % 8 {
            1 => write!(out, "<em>{text}</em>").unwrap(),
            2 => write!(out, "<span class=\"x\"><b>{text}</b></span>").unwrap(),
            3 => write!(out, "<!-- x -->{text}").unwrap(),
            // A paragraph of nothing but links is no text.
            4 if at % 3 == 0 => write!(out, "<a href=\"/x\">{text}</a>").unwrap(),
            _ => out.push_str(&text),
        }
    }
    out
}

proptest! {
    #[test]
    fn two_renderings_of_one_content_are_one_text(
        paragraphs in prop::collection::vec(prop::collection::vec(0_usize..24, 14..40), 2..5),
        ways in prop::collection::vec(any::<u8>(), 7..60),
    ) {
        let page = |ways: &[u8]| {
            let mut body = String::new();
            for (n, words) in paragraphs.iter().enumerate() {
                writeln!(body, "<p>Part {n} of it: {}</p>", rendered(words, ways)).unwrap();
            }
            read(&format!("<html><body><article><h1>Pier</h1>\n<div class=\"article-body\">{body}</div></article></body></html>"))
        };
        let (plain, other) = (page(&[0]), page(&ways));
        prop_assert_eq!(texts(&plain), texts(&other));
        prop_assert_eq!(plain.blocks.len(), paragraphs.len());
    }
}
