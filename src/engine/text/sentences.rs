//! Sentences of a paragraph, by rule: no model, the same answer always.

/// Abbreviations after which a full stop does not end a sentence, folded.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "st", "sen", "rep", "gov", "gen", "lt", "col", "sgt", "capt", "rev", "hon",
    "pres", "jr", "sr", "vs", "no", "nos", "vol", "fig", "approx", "dept", "est", "inc", "ltd", "corp", "co", "jan",
    "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mt", "ft", "messrs", "ave", "blvd",
    "rd", "bzw", "hr", "nr", "abs", "art", "mme", "mlle", "sra", "ud", "etc", "e.g", "i.e", "cf", "al", "pp", "ca",
];

fn ends_sentence(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '।' | '؟')
}

fn is_wide_end(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '।')
}

fn closes(c: char) -> bool {
    matches!(c, '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '」' | '』' | '）')
}

/// The sentences of one paragraph, trimmed, in order. A text without an end mark is one sentence.
pub fn sentences(paragraph: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = paragraph.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if !ends_sentence(c) {
            continue;
        }
        let mut end = at + c.len_utf8();
        let mut last = c;
        while let Some((next_at, next)) = chars.peek().copied() {
            if !closes(next) && !ends_sentence(next) {
                break;
            }
            chars.next();
            last = if ends_sentence(next) { next } else { last };
            end = next_at + next.len_utf8();
        }
        let rest = paragraph.get(end..).unwrap_or_default();
        let before = paragraph.get(start..at).unwrap_or_default();
        if is_wide_end(last) || (begins_sentence(rest) && !(last == '.' && is_abbreviated(before))) {
            push_trimmed(&mut found, paragraph.get(start..end));
            start = end;
        }
    }
    push_trimmed(&mut found, paragraph.get(start..));
    found
}

fn push_trimmed<'a>(found: &mut Vec<&'a str>, piece: Option<&'a str>) {
    let piece = piece.unwrap_or_default().trim();
    if !piece.is_empty() {
        found.push(piece);
    }
}

/// Whether what follows an end mark looks like the beginning of a sentence: a blank, then no small letter.
fn begins_sentence(rest: &str) -> bool {
    let mut chars = rest.chars();
    let Some(first) = chars.next() else { return true };
    first.is_whitespace() && !chars.find(|c| c.is_alphanumeric()).is_some_and(char::is_lowercase)
}

/// Whether the text before a full stop ends in an abbreviation or an initial.
fn is_abbreviated(before: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || closes(c) || matches!(c, '(' | '“' | '‘')).next();
    let word = word.unwrap_or_default().to_lowercase();
    let letters = word.chars().count();
    (letters == 1 && word.chars().all(char::is_alphabetic))
        || ABBREVIATIONS.contains(&word.as_str())
        // U.S., a.m., J.R.R.
        || (word.contains('.') && word.split('.').all(|part| part.chars().count() <= 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_a_reader_ends_them() {
        let check = |text: &str, expected: &[&str]| assert_eq!(sentences(text), expected, "in {text:?}");
        check("One. Two! Three?", &["One.", "Two!", "Three?"]);
        check(
            "Mr. Smith met Dr. J. Doe in the U.S. Senate. He left.",
            &["Mr. Smith met Dr. J. Doe in the U.S. Senate.", "He left."],
        );
        check("“We won.” They cheered. “No,” he said.", &["“We won.”", "They cheered.", "“No,” he said."]);
        check("It rose 3.5 per cent. 12 people left.", &["It rose 3.5 per cent.", "12 people left."]);
        check("He paused... then left.", &["He paused... then left."]);
        check("今日は晴れ。明日は雨。", &["今日は晴れ。", "明日は雨。"]);
        check("no end mark", &["no end mark"]);
        check("  ", &[]);
    }
}
