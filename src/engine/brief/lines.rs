//! What changed, line by line, read back from the HTML that `engine::diff` writes into an event.
//!
//! Only the tags that it writes are known; whatever else stands there is text. Long runs of equal words are shortened to
//! what stands next to a change.

use std::fmt::Write as _;

use super::is_unsafe;

/// Words of an equal run that stay beside a change.
const CONTEXT_WORDS: usize = 9;
/// Words more that may stay there: what is cut away is never shorter, and a sentence that ends among them is kept whole.
const SENTENCE_WORDS: usize = 6;
/// Characters of one piece of added or removed text that a message shows.
const PIECE_CHARS: usize = 420;

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// The headline.
    Headline,
    /// A field beside the body; the first piece names it.
    Field,
    /// A paragraph whose words changed, or one that came or went.
    Changed,
    /// A paragraph that moved.
    Moved,
}

/// The fate of some words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PieceKind {
    /// In both.
    Same,
    /// Only before.
    Removed,
    /// Only after.
    Added,
}

/// Words with one fate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Their fate.
    pub kind: PieceKind,
    /// The words.
    pub text: String,
}

/// One changed line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is.
    pub kind: LineKind,
    /// Its words.
    pub pieces: Vec<Piece>,
}

impl Line {
    /// The line as plain text: `[-removed-] {+added+}`.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece.kind {
                PieceKind::Same => text.push_str(&piece.text),
                PieceKind::Removed => write!(text, "[-{}-]", piece.text).unwrap_or_default(),
                PieceKind::Added => write!(text, "{{+{}+}}", piece.text).unwrap_or_default(),
            }
        }
        text.replace("-]{+", "-] {+").replace("  ", " ").trim().to_owned()
    }
}

/// Reads the lines that changed; context and gaps are left out.
pub fn read(html: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut reading: Option<Line> = None;
    let mut fate = PieceKind::Same;
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        push(&mut reading, fate, before);
        let Some((tag, tail)) = after.split_once('>') else { break };
        rest = tail;
        match tag {
            "ins" => fate = PieceKind::Added,
            "del" => fate = PieceKind::Removed,
            "/ins" | "/del" => fate = PieceKind::Same,
            "br" => push(&mut reading, fate, " "),
            "b" | "/b" | "small" | "/small" | "div class=\"diff\"" | "/div" => {}
            closing if closing.starts_with('/') => {
                lines.extend(reading.take().map(tidy).filter(|line| !line.pieces.is_empty()));
                fate = PieceKind::Same;
            }
            opening => reading = line_kind(opening).map(|kind| Line { kind, pieces: Vec::new() }),
        }
    }
    let repeated: Vec<bool> = lines.iter().map(|line| is_repeated(line, &lines)).collect();
    let mut repeated = repeated.into_iter();
    lines.retain(|_| !repeated.next().unwrap_or_default());
    lines
}

/// Whether a field says nothing but what a paragraph says too: a publisher's note stands in the body and among the notices.
fn is_repeated(field: &Line, lines: &[Line]) -> bool {
    let changes = |line: &Line| -> Vec<Piece> {
        line.pieces.iter().filter(|piece| piece.kind != PieceKind::Same).cloned().collect()
    };
    field.kind == LineKind::Field
        && lines.iter().any(|line| line.kind == LineKind::Changed && changes(line) == changes(field))
}

/// What a line's opening tag says; `None` for lines that did not change.
fn line_kind(tag: &str) -> Option<LineKind> {
    let (name, class) = tag.split_once(" class=").unwrap_or((tag, ""));
    match (name, class.trim_matches('"')) {
        (_, "gap" | "context") => None,
        (_, "moved") => Some(LineKind::Moved),
        (_, "field") => Some(LineKind::Field),
        ("h2", _) => Some(LineKind::Headline),
        _ => Some(LineKind::Changed),
    }
}

fn push(line: &mut Option<Line>, kind: PieceKind, escaped: &str) {
    let Some(line) = line else { return };
    let text: String =
        unescaped(escaped).chars().map(|c| if c == '\n' { ' ' } else { c }).filter(|c| !is_unsafe(*c)).collect();
    match line.pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(last) if last.kind == kind => last.text.push_str(&text),
        _ => line.pieces.push(Piece { kind, text }),
    }
}

fn unescaped(text: &str) -> String {
    let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    plain.replace("&amp;", "&")
}

/// Shortens what is equal and bounds what is not.
fn tidy(mut line: Line) -> Line {
    if line.kind == LineKind::Moved {
        for piece in &mut line.pieces {
            piece.text = super::cut(&piece.text, PIECE_CHARS / 2);
        }
        return line;
    }
    let last = line.pieces.len().saturating_sub(1);
    if line.kind == LineKind::Changed && line.pieces.iter().all(|piece| piece.kind == PieceKind::Same) {
        line.pieces.clear();
    }
    for (at, piece) in line.pieces.iter_mut().enumerate() {
        piece.text = match piece.kind {
            PieceKind::Same if line.kind == LineKind::Changed => shorten(&piece.text, at == 0, at == last),
            _ => super::cut(&piece.text, PIECE_CHARS),
        };
    }
    set_blanks_apart(&mut line.pieces);
    line
}

/// Moves the blanks at the ends of what came or went to the equal words beside it: a mark stands around words alone.
fn set_blanks_apart(pieces: &mut [Piece]) {
    for at in 1..pieces.len() {
        let (before, after) = pieces.split_at_mut(at);
        let (Some(left), Some(right)) = (before.last_mut(), after.first_mut()) else { continue };
        let inner = left.text.trim_end().len();
        if left.kind != PieceKind::Same && inner > 0 && inner < left.text.len() {
            left.text.truncate(inner);
            if right.kind == PieceKind::Same && !right.text.starts_with(' ') {
                right.text.insert(0, ' ');
            }
        }
        if right.kind != PieceKind::Same && right.text.starts_with(' ') && !right.text.trim().is_empty() {
            right.text = right.text.trim_start().to_owned();
            if left.kind == PieceKind::Same && !left.text.ends_with(' ') {
                left.text.push(' ');
            }
        }
    }
}

/// The words of an equal run next to the changes around it, to the end of their sentence where that is near.
fn shorten(text: &str, first: bool, last: bool) -> String {
    let words: Vec<&str> = text.split_inclusive(' ').collect();
    let kept = if first || last { CONTEXT_WORDS } else { 2 * CONTEXT_WORDS };
    if words.len() <= kept + SENTENCE_WORDS {
        return if words.len() == 1 { shorten_unspaced(text, first, last) } else { text.to_owned() };
    }
    let ends = |word: &&str| word.trim_end_matches([' ', '"', '”', '’', '»', ')']).ends_with(['.', '!', '?']);
    let to_end = words.iter().skip(CONTEXT_WORDS - 1).take(SENTENCE_WORDS).position(ends).unwrap_or(0);
    let head = words.iter().take(CONTEXT_WORDS + to_end).copied().collect::<String>();
    let tail = words.iter().skip(words.len() - CONTEXT_WORDS).copied().collect::<String>();
    // The dots stay on the line of the word before or after them.
    match (first, last) {
        (true, _) => format!("…\u{a0}{tail}"),
        (false, true) => format!("{}\u{a0}…", head.trim_end()),
        (false, false) => format!("{}\u{a0}… {tail}", head.trim_end()),
    }
}

/// The same for scripts without blanks.
fn shorten_unspaced(text: &str, first: bool, last: bool) -> String {
    let chars: Vec<char> = text.chars().collect();
    let side = CONTEXT_WORDS * 3;
    if chars.len() <= 2 * side {
        return text.to_owned();
    }
    let head: String = chars.iter().take(side).collect();
    let tail: String = chars.iter().skip(chars.len() - side).collect();
    match (first, last) {
        (true, _) => format!("…{tail}"),
        (false, true) => format!("{head}…"),
        (false, false) => format!("{head}…{tail}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::diff;
    use crate::model::article::{Block, BlockKind, Content};

    fn content(title: &str, paragraphs: &[&str]) -> Content {
        let block = |text: &&str| Block { kind: BlockKind::Paragraph, text: (*text).to_owned() };
        Content { title: Some(title.to_owned()), blocks: paragraphs.iter().map(block).collect(), ..Content::default() }
    }

    #[test]
    fn a_note_that_the_body_shows_is_said_once() {
        let note = "Correction: an earlier version misstated the price of the ferry.";
        let before = content("Port shut", &["Nothing new here."]);
        let mut after = content("Port shut", &["Nothing new here.", note]);
        after.notices = vec![note.to_owned()];
        let lines = |after: &Content| -> Vec<String> {
            read(&diff::diff(&before, after).to_html()).iter().map(Line::to_text).collect()
        };
        assert_eq!(lines(&after), [format!("{{+{note}+}}")]);
        after.blocks.pop();
        assert_eq!(lines(&after), [format!("notices: {{+{note}+}}")]);
    }

    #[test]
    fn what_the_diff_writes_reads_back_as_lines() {
        let before = content(
            "Port & harbour shut",
            &[
                "Nothing new here.",
                "The work costs 12 million crowns, half of it paid by the province, the harbour master told reporters on Monday in the old town hall of Velm.",
            ],
        );
        let after = content(
            "Port & quay shut",
            &[
                "Nothing new here.",
                "The work costs <19> million crowns, half of it paid by the province, the harbour master told reporters on Monday in the old town hall of Velm.",
            ],
        );
        let lines: Vec<(LineKind, String)> =
            read(&diff::diff(&before, &after).to_html()).iter().map(|line| (line.kind, line.to_text())).collect();
        assert_eq!(
            lines,
            [
                (LineKind::Headline, "Port & [-harbour-] {+quay+} shut".to_owned()),
                (
                    LineKind::Changed,
                    "The work costs [-12-] {+<19>+} million crowns, half of it paid by the\u{a0}…".to_owned()
                ),
            ]
        );
    }

    #[test]
    fn marks_stand_around_words_and_not_around_the_blanks_beside_them() {
        let said = |html: &str| read(html).iter().map(Line::to_text).collect::<String>();
        assert_eq!(
            said("<p>“All topics <del>that can be discussed </del>are open</p>"),
            "“All topics [-that can be discussed-] are open"
        );
        assert_eq!(said("<p>All<ins> the</ins> topics</p>"), "All {+the+} topics");
        assert_eq!(said("<p>in <del>May </del><ins>June </ins>they</p>"), "in [-May-] {+June+} they");
        assert_eq!(said("<p>a<ins> </ins>b</p>"), "a{+ +}b");
    }

    #[test]
    fn a_sentence_that_ends_near_is_not_cut() {
        let rest = "Nobody was at home, and the letters lay on the mat for a week before anyone came.";
        for (said, shown) in [
            ("are open, the head of the board told us at the airport. ", "at the airport.\u{a0}…"),
            ("are “open, the head of the board told us at noon.” ", "told us at noon.”\u{a0}…"),
            ("are open. The head of the board told us so, ", "the board told\u{a0}…"),
        ] {
            let line = &read(&format!("<p><ins>All</ins> {said}{rest}</p>"))[0];
            assert!(line.to_text().ends_with(shown), "{said} gave {}", line.to_text());
        }
    }

    #[test]
    fn text_that_looks_like_our_markup_stays_text() {
        let lines = read("<div class=\"diff\">\n<p><ins>&lt;del&gt;x&lt;/del&gt; &amp;lt;</ins></p>\n</div>");
        assert_eq!(lines[0].to_text(), "{+<del>x</del> &lt;+}");
    }

    #[test]
    fn broken_markup_gives_what_could_be_read() {
        for html in ["", "<", "<p", "<p>x", "</p>", "<p><ins>a</p><p>", "<x y=z>a</x>"] {
            assert!(read(html).len() <= 1, "{html}");
        }
    }
}
