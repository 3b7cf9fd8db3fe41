//! Full-text search over the newest revisions.
//!
//! The index keeps words, not texts: snippets are cut from the stored content. Scripts written without blanks are
//! indexed a character a word, and a query's run of such characters is a phrase.

use std::cell::RefCell;

use rusqlite::{Connection, params};

use super::blobs;
use super::error::{Answer, StoreError};
use super::reader::SearchHit;
use super::records;
use crate::engine::text::fold::fold;
use crate::engine::text::words::is_ideograph;

/// Characters of a snippet on either side of the word found.
const SNIPPET_CHARS: usize = 90;

/// A text as the index takes it: ideographs apart from each other.
fn indexed(text: &str) -> String {
    if !text.chars().any(is_ideograph) {
        return text.to_owned();
    }
    let mut spaced = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        if is_ideograph(c) {
            spaced.push(' ');
            spaced.push(c);
            spaced.push(' ');
        } else {
            spaced.push(c);
        }
    }
    spaced
}

thread_local! {
    /// What the jobs of the transaction under way put into the index. FTS5 writes out what it holds at every savepoint, each
    /// time as a segment that is merged later; so the rows wait here until the jobs, each in a savepoint, are done.
    static WAITING: RefCell<Vec<Waiting>> = const { RefCell::new(Vec::new()) };
}

struct Waiting {
    article: i64,
    title: String,
    text: String,
}

/// Puts an article's newest words into the index, at the end of the transaction.
pub(super) fn put(article: i64, title: &str, text: &str) {
    let waiting = Waiting { article, title: indexed(title), text: indexed(text) };
    WAITING.with_borrow_mut(|all| all.push(waiting));
}

/// How many rows wait.
pub(super) fn waiting() -> usize {
    WAITING.with_borrow(Vec::len)
}

/// Forgets the rows of a job that undid itself: those after the first `kept`.
pub(super) fn forget(kept: usize) {
    WAITING.with_borrow_mut(|all| all.truncate(kept));
}

/// Writes the rows that wait.
pub(super) fn write_waiting(connection: &Connection) -> Answer<()> {
    let _span = tracing::trace_span!("store.words").entered();
    for row in WAITING.take() {
        connection.prepare_cached("DELETE FROM fts WHERE rowid = ?1")?.execute([row.article])?;
        connection.prepare_cached("INSERT INTO fts (rowid, title, text) VALUES (?1, ?2, ?3)")?.execute(params![
            row.article,
            row.title,
            row.text
        ])?;
    }
    Ok(())
}

/// What a person typed as an FTS5 query: words and "phrases" that must all be there, `-word` that must not, `OR`
/// between two, `word*` as a prefix, `title:word`. Anything else is taken as words, so that no query is an error.
fn fts_query(query: &str) -> Option<String> {
    let mut wanted: Vec<String> = Vec::new();
    let mut unwanted: Vec<String> = Vec::new();
    let mut or = false;
    for piece in pieces(query) {
        if piece == "OR" {
            or = !wanted.is_empty();
            continue;
        }
        if piece == "AND" {
            continue;
        }
        let (negated, piece) = piece.strip_prefix('-').map_or((false, piece.as_str()), |rest| (true, rest));
        let (column, piece) = piece.strip_prefix("title:").map_or(("", piece), |rest| ("title : ", rest));
        let (piece, star) = piece.strip_suffix('*').map_or((piece, ""), |rest| (rest, "*"));
        let text = indexed(&piece.replace('"', " "));
        if !text.chars().any(char::is_alphanumeric) {
            continue;
        }
        let term = format!("{column}\"{}\"{star}", text.trim());
        if negated {
            unwanted.push(term);
        } else if or && let Some(last) = wanted.last_mut() {
            *last = format!("({last} OR {term})");
            or = false;
        } else {
            wanted.push(term);
        }
    }
    if wanted.is_empty() {
        return None;
    }
    let mut built = format!("({})", wanted.join(" AND "));
    for term in unwanted {
        built.push_str(" NOT ");
        built.push_str(&term);
    }
    Some(built)
}

/// Cuts at blanks outside quotation marks.
fn pieces(query: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut quoted = false;
    for c in query.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => pieces.push(String::new()),
            c => {
                if let Some(last) = pieces.last_mut() {
                    last.push(c);
                }
            }
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// The hits, the best first; a word in the headline counts for more.
pub(super) fn search(connection: &Connection, query: &str, limit: usize) -> Answer<Vec<SearchHit>> {
    let Some(built) = fts_query(query) else {
        return Err(StoreError::Refused(format!("`{query}` has no word to search for")).into());
    };
    let mut statement = connection.prepare_cached(
        "SELECT a.* FROM fts JOIN article a ON a.id = fts.rowid WHERE fts MATCH ?1
         ORDER BY bm25(fts, 4.0, 1.0), a.first_seen DESC LIMIT ?2",
    )?;
    let mut rows = statement.query(params![built, i64::try_from(limit).unwrap_or(i64::MAX)])?;
    let words: Vec<String> =
        pieces(query).iter().map(|piece| fold(piece.trim_matches(['-', '*'])).into_owned()).collect();
    let mut hits = Vec::new();
    while let Some(row) = rows.next()? {
        let article = records::article(row)?;
        let text = blobs::content(connection, article.id.0, article.revisions)?.text();
        hits.push(SearchHit { snippet: snippet(&text, &words), article });
    }
    Ok(hits)
}

/// The first place of any of the words, with some text around it, the word in `[` `]`.
fn snippet(text: &str, words: &[String]) -> String {
    let flat: Vec<char> = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().collect();
    let found = words.iter().filter(|word| !word.is_empty()).find_map(|word| place(&flat, word));
    let (start, end) = found.unwrap_or((0, 0));
    let from = start.saturating_sub(SNIPPET_CHARS);
    let to = (end + SNIPPET_CHARS).min(flat.len());
    let piece = |range: std::ops::Range<usize>| flat.get(range).unwrap_or_default().iter().collect::<String>();
    let mut snippet = String::new();
    if from > 0 {
        snippet.push('…');
    }
    snippet.push_str(&piece(from..start));
    if end > start {
        snippet.push('[');
        snippet.push_str(&piece(start..end));
        snippet.push(']');
    }
    snippet.push_str(&piece(end..to));
    if to < flat.len() {
        snippet.push('…');
    }
    snippet
}

/// Where a folded word begins and ends in a text of characters, at the beginning of a word.
fn place(text: &[char], word: &str) -> Option<(usize, usize)> {
    let folded: Vec<Vec<char>> = text.iter().map(|c| fold(&c.to_string()).chars().collect()).collect();
    let word: Vec<char> = word.chars().collect();
    (0..text.len()).find_map(|start| {
        let before = start.checked_sub(1).and_then(|at| text.get(at));
        if before.is_some_and(|c| c.is_alphanumeric() && !is_ideograph(*c)) {
            return None;
        }
        let mut left = word.as_slice();
        for (offset, letters) in folded.iter().skip(start).enumerate() {
            if left.is_empty() {
                return Some((start, start + offset));
            }
            left = left.strip_prefix(letters.as_slice())?;
        }
        left.is_empty().then_some((start, text.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(query: &str, expected: Option<&str>) {
        assert_eq!(fts_query(query).as_deref(), expected, "{query}");
    }

    #[test]
    fn whatever_is_typed_is_a_query_or_nothing() {
        check("trade talks", Some("(\"trade\" AND \"talks\")"));
        check("\"trade talks\" -tariff", Some("(\"trade talks\") NOT \"tariff\""));
        check("trade OR talks", Some("((\"trade\" OR \"talks\"))"));
        check("negotiat* title:us", Some("(\"negotiat\"* AND title : \"us\")"));
        check("北京", Some("(\"北  京\")"));
        check("\" ) NEAR(", Some("(\") NEAR(\")"));
        check("-x", None);
        check("()", None);
    }

    #[test]
    fn a_snippet_marks_the_word_as_it_stands_in_the_text() {
        let words = vec!["cafe".to_owned()];
        assert_eq!(snippet("The Café reopened.", &words), "The [Café] reopened.");
        assert_eq!(snippet("Nothing here.", &words), "Nothing here.");
    }
}
