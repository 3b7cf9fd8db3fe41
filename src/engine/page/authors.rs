//! Author names out of bylines: «By X and Y, in Beijing» is X and Y. Better none than a wrong one.

use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

/// Longest name, in characters.
const NAME_MAX_CHARS: usize = 60;
/// Most authors of one article.
const AUTHORS_MAX: usize = 20;

fn pattern(text: &str) -> Regex {
    RegexBuilder::new(text).case_insensitive(true).build().expect("the pattern is a constant, compiled by a test")
}

static BY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\W*(?:(?:written|reported|story|posted|words|text|analysis|opinion|review(?:ed)?|published)\s+)?(?:by|von|par|por|di|door|автор|作者|文)\b\s*[:：/]?\s*",
    )
});

/// What follows a name in a byline and is none of it.
static AFTER_NAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:\s+[|•·–—/]\s+|\s+-\s+|\s*\||\s*;\s|\s+(?:in|at|for|from|of)\s+\p{Lu}|\s+(?:updated|published|posted|on)\b|\s*\(|\s+@|\s*<|\b\d|\s+(?:is|was)\s|\s*,\s*(?:(?:\w+\s+){0,2}(?:reporter|writer|editor|correspondent|staff|columnist|contributor|journalist|producer|chief|analyst|ph\.?d|m\.?d|usa today|cnn|ap|reuters|bbc|associated press|the\s.*|special to.*|opinion.*|senior.*|digital.*|news.*|business.*|political.*|for\s.*)\b)).*$",
    )
});

static SEPARATOR: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\s*(?:,\s*and\s|,|\s+and\s|\s+&\s|\s+und\s|\s+et\s|\s+y\s|\s+with\s|、|;|\s+и\s)\s*"));

/// Words that no person is called.
static NO_NAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:staff|editors?|editorial|admin(?:istrator)?|newsroom|news\s?desk|team|webmaster|correspondents?|reporters?|contributors?|agenc(?:y|ies)|wires?|press\s?release|guest|sponsored|advertisement|subscribe|follow|share|comments?|read|minutes?|updated|published|posted|author|authors|by|email|twitter|facebook|google|unknown|anonymous|photo|image|getty|shutterstock|copyright|http|www|com|null|undefined|redaktion|redacción|rédaction|redazione|редакция)\b",
    )
});

/// The rest of a line that begins with "By".
pub(super) fn after_by(line: &str) -> Option<&str> {
    let found = BY.find(line)?;
    line.get(found.end()..).map(str::trim).filter(|rest| !rest.is_empty())
}

/// Clean names, in order, without repeats, out of what pages give as authors.
pub(super) fn clean<'a>(stated: impl Iterator<Item = &'a str>, site: Option<&str>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for line in stated {
        let line = super::metadata::squeeze(line);
        let line = after_by(&line).unwrap_or(&line).to_owned();
        for piece in SEPARATOR.split(&line) {
            let Some(name) = one(piece, site) else { continue };
            let known = names.iter().any(|known| known.to_lowercase() == name.to_lowercase());
            if !known && names.len() < AUTHORS_MAX {
                names.push(name);
            }
        }
    }
    names
}

fn one(piece: &str, site: Option<&str>) -> Option<String> {
    let piece = after_by(piece).unwrap_or(piece).trim();
    // «…, in Beijing» and «… for The Post» say where and for whom, not who.
    if ["in ", "at ", "for ", "from ", "near ", "with ", "of "].iter().any(|word| piece.starts_with(word)) {
        return None;
    }
    let cut = AFTER_NAME.replace(piece, "");
    let name = cut
        .trim_matches(|c: char| !c.is_alphanumeric() && c != '.' && c != ')' && c != '\'')
        .trim_end_matches([',', ':'])
        .trim();
    let chars = name.chars().count();
    let words = name.split_whitespace().count();
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    if !(2..=NAME_MAX_CHARS).contains(&chars) || words > 6 || letters * 2 < chars {
        return None;
    }
    if name.chars().any(|c| c.is_ascii_digit() || matches!(c, '@' | '/' | '{' | '<' | '?' | '!' | ':'))
        || NO_NAME.is_match(name)
    {
        return None;
    }
    if site.is_some_and(|site| same(site, name)) {
        return None;
    }
    // A name in a script with cases begins in upper case.
    let first = name.chars().next()?;
    if first.is_lowercase() && !name.chars().any(char::is_uppercase) {
        return None;
    }
    Some(if is_shouted(name) { titled(name) } else { name.to_owned() })
}

fn same(a: &str, b: &str) -> bool {
    let fold =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    fold(a) == fold(b)
}

fn is_shouted(name: &str) -> bool {
    name.contains(' ')
        && name.chars().any(char::is_alphabetic)
        && !name.chars().any(char::is_lowercase)
        && name.chars().any(char::is_uppercase)
}

fn titled(name: &str) -> String {
    let mut start = true;
    name.chars()
        .flat_map(|c| {
            let out: Vec<char> = if start { c.to_uppercase().collect() } else { c.to_lowercase().collect() };
            start = !c.is_alphabetic() && c != '\'' && c != '’';
            out
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_out_of_bylines() {
        for (line, expected) in [
            ("By Stephen Lendman", vec!["Stephen Lendman"]),
            ("By X Ray and Yan Li, in Beijing", vec!["X Ray", "Yan Li"]),
            ("Jo Arden, Sam Lee & Kim Roe", vec!["Jo Arden", "Sam Lee", "Kim Roe"]),
            ("JO ARDEN", vec!["Jo Arden"]),
            ("Jo Arden | The Post", vec!["Jo Arden"]),
            ("Jo Arden, Senior Reporter", vec!["Jo Arden"]),
            ("Von Anna Müller und Jan Weiß", vec!["Anna Müller", "Jan Weiß"]),
            ("作者：王伟", vec!["王伟"]),
            ("The Post", vec![]),
            ("Staff", vec![]),
            ("News Desk", vec![]),
            ("jo@post.test", vec![]),
            ("https://post.test/jo", vec![]),
            ("Updated 5 May", vec![]),
        ] {
            assert_eq!(clean(std::iter::once(line), Some("The Post")), expected, "{line}");
        }
    }
}
