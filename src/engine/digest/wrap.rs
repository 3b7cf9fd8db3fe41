//! Lines of the text part.

/// Columns of the text part.
pub(super) const WIDTH: usize = 72;

/// Breaks a text at blanks, and the wide scripts, which have none, between their characters; each line begins with
/// `indent` blanks, the first one with `first` in their place.
pub(super) fn wrap(text: &str, first: &str, indent: usize) -> String {
    let mut wrapped = String::from(first);
    let mut column = width(first);
    let mut at_start = true;
    for word in text.split_whitespace() {
        for (at, unit) in units(word).into_iter().enumerate() {
            let (wide, blank) = (width(unit), usize::from(at == 0 && !at_start));
            if !at_start && column + blank + wide > WIDTH {
                wrapped.push('\n');
                wrapped.push_str(&" ".repeat(indent));
                column = indent;
            } else if blank > 0 {
                wrapped.push(' ');
                column += 1;
            }
            wrapped.push_str(unit);
            column += wide;
            at_start = false;
        }
    }
    wrapped
}

/// The parts of a word between which a line may end: none begins with a sign that closes or follows, none ends with one
/// that opens.
fn units(word: &str) -> Vec<&str> {
    const FOLLOWS: &str = ",.;:!?)]}…—”’»、。，．：；！？）］｝〉》」』】〕〗々ー・％";
    const OPENS: &str = "([{“‘«〈《「『【〔〖（［｛";
    let mut units = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, c) in word.char_indices() {
        let breaks = before.is_some_and(|before| {
            (has_no_blanks(before) || has_no_blanks(c)) && !FOLLOWS.contains(c) && !OPENS.contains(before)
        });
        if breaks {
            units.extend(word.get(start..at));
            start = at;
        }
        before = Some(c);
    }
    units.extend(word.get(start..).filter(|rest| !rest.is_empty()));
    units
}

/// Columns of a text: the wide scripts of East Asia take two each.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

/// Wide, and of a script without blanks between its words; Hangul has them.
fn has_no_blanks(c: char) -> bool {
    is_wide(c) && !matches!(c, '\u{1100}'..='\u{115F}' | '\u{AC00}'..='\u{D7A3}')
}

fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115F}' | '\u{2E80}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7A3}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE4F}' | '\u{FF00}'..='\u{FF60}' | '\u{20000}'..='\u{3FFFD}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_blanks_and_hang() {
        let text = wrap(&"word ".repeat(30), "1. ", 3);
        assert!(text.lines().all(|line| width(line) <= WIDTH), "{text}");
        assert!(text.lines().skip(1).all(|line| line.starts_with("   word")));
        assert_eq!(wrap(&"x".repeat(100), "", 2), "x".repeat(100));
    }

    #[test]
    fn scripts_without_blanks_break_between_their_characters() {
        let text = "双方代表团由财政特使和副总理率领，会谈将持续两天。".repeat(6);
        let wrapped = wrap(&text, "1. ", 3);
        assert!(wrapped.lines().count() > 4 && wrapped.lines().all(|line| width(line) <= WIDTH + 2), "{wrapped}");
        let back: String = wrapped.lines().map(str::trim_start).collect();
        assert_eq!(back, format!("1. {text}"), "nothing is added inside");
        let (comma, stop) = ("   ，", "   。");
        assert!(!wrapped.lines().any(|line| line.starts_with(comma) || line.starts_with(stop)), "{wrapped}");
        assert_eq!(units("“中美”GDP（一）x"), ["“中", "美”GDP", "（一）", "x"]);
        assert_eq!(units("한국과"), ["한국과"], "Korean has blanks to break at");
    }
}
