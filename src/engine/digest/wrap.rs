//! Lines of the text part.

/// Columns of the text part.
pub(super) const WIDTH: usize = 72;

/// Breaks a text at blanks; each line begins with `indent` blanks, the first one with `first` in their place.
pub(super) fn wrap(text: &str, first: &str, indent: usize) -> String {
    let mut wrapped = String::from(first);
    let mut column = width(first);
    let mut at_start = true;
    for word in text.split_whitespace() {
        let wide = width(word);
        if !at_start && column + 1 + wide > WIDTH {
            wrapped.push('\n');
            wrapped.push_str(&" ".repeat(indent));
            column = indent;
        } else if !at_start {
            wrapped.push(' ');
            column += 1;
        }
        wrapped.push_str(word);
        column += wide;
        at_start = false;
    }
    wrapped
}

/// Columns of a text: the wide scripts of East Asia take two each.
pub(super) fn width(text: &str) -> usize {
    let wide = |c: char| matches!(c, '\u{1100}'..='\u{115F}' | '\u{2E80}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7A3}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE4F}' | '\u{FF00}'..='\u{FF60}' | '\u{20000}'..='\u{3FFFD}');
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
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
}
