//! Author names out of bylines: «By X and Y, in Beijing» is X and Y. Better none than a wrong one.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use super::pattern::{Phrases, spaced_pattern as pattern};

/// Longest name, in characters.
const NAME_MAX_CHARS: usize = 60;
/// Most authors of one article.
const AUTHORS_MAX: usize = 20;

static BY: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::spaced(
        r"^\W*(?:(?:written|report(?:ed|ing)|story|posted|words|text|analysis|opinion|review(?:ed)?|published)\s+)?(?:(?:by|von|par|por|di|door|af|av)\b\s*[:：/]?|(?:автор|текст|tekst)\s*:|autor(?:a|es|in)?\s*:|yazan\s*:|نویسنده\s*:|(?:بقلم|كتبه|كتبت|מאת)\s*[:：/]?|(?:作者|文|記者|记者|기자)\s*[:：/]|本报记者\s)\s*",
    )
});

/// What follows a name in a byline and is none of it.
static AFTER_NAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:\s+[|•·–—/]\s+|\s+-\s+|\s*\||\s*;\s|\s+(?:in|at|for|from|of|à|aus)\s+\p{Lu}|\s+(?:updated|published|posted|on|am|publiziert|publicado|pubblicato|veröffentlicht)\b|\s+publié|\s+view\s|\s*\(|\s+\S+@\S+\.\S|\s*@|\s*<|\b\d|\s+(?:is|was)\s|\s+(?:edited|reviewed|translated|produced|photograph\w*|photos?|illustrat\w+|video|graphics?)\s+(?:\w+\s+)?by\b|\s+(?:(?:staff|senior|contributing|special|political|national|chief|sports|business|health|science|opinion|ap)\s+){1,3}(?:writer|reporter|correspondent|editor|columnist)|\s*,\s*(?:(?:\w+\s+){0,2}(?:reporter|writer|editor|correspondent|staff|columnist|contributor|journalist|producer|chief|analyst|ph\.?d|m\.?d|usa today|the\s.*|special to.*|opinion.*|senior.*|digital.*|news.*|business.*|political.*|for\s.*)\b))",
    )
});

/// The day or the clock that a byline goes on to, commas and all.
static DATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"[\s,–—|-]+(?:on\s+|am\s+|le\s+|el\s+)?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?\s+\d|\d{1,2}[./: ]|\d{4})",
    )
});

static SEPARATOR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\s*(?:\((?:avec|with|mit|con|com|met)\s|,\s*and\s|,|\s+and\s|\s+&\s|\s+und\s|\s+et\s|\s+y\s|\s+with\s|、|;|\s+и\s)\s*",
    )
});

/// Words that no person is called.
static NO_NAME: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::spaced(
        r"\b(?:staff|editors?|editorial|\w{0,8}admin(?:istrator)?|newsroom|(?:news)?desk|analysts?|technologists?|economists?|strategists?|professors?|lecturers?|researchers?|photographers?|videographers?|presenters?|journalists?|producers?|bureau|team|webmaster|writers?|columnists?|correspondents?|reporters?|contributors?|agenc(?:y|ies)|wires?|press\s?release|guest|sponsored|advertisement|subscribe|follow|share|comments?|read|minutes?|updated|published|posted|author|authors|articles?|stories|posts?|view|profile|by|email|twitter|facebook|google|unknown|anonymous|photo|image|getty|shutterstock|copyright|http|www|com|null|undefined|taboola|outbrain|redaktion|redacción|rédaction|redazione)\b|редакци|网络整理|综合|佚名|编辑部|未知|本站",
    )
});

/// The rest of a line that begins with "By".
pub(super) fn after_by(line: &str) -> Option<&str> {
    line.get(BY.end(line)?..).map(str::trim).filter(|rest| !rest.is_empty())
}

/// The publication itself, which is no author of its articles.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Outlet<'a> {
    /// As the page names its site.
    pub(super) site: Option<&'a str>,
    /// As its data for machines names the publisher.
    pub(super) publisher: Option<&'a str>,
    /// What its host is called, without the suffix.
    pub(super) label: &'a str,
}

/// What a publication's name may have more or less than it is called in a byline.
const OUTLET_WORDS: [&str; 30] = [
    "news",
    "international",
    "online",
    "magazine",
    "sport",
    "sports",
    "world",
    "media",
    "tv",
    "radio",
    "digital",
    "com",
    "uk",
    "us",
    "usa",
    "deutschland",
    "daily",
    "weekly",
    "report",
    "reports",
    "network",
    "staff",
    "desk",
    "bureau",
    "team",
    "newsroom",
    "editorial",
    "web",
    "org",
    "service",
];

impl Outlet<'_> {
    /// A byline without a name of the outlet that would be read as two: «Jo Arden, Smith & Sons News».
    fn out_of(self, line: &str) -> Cow<'_, str> {
        let joins = |name: &&str| name.contains('&') || name.contains(" and ") || name.contains(',');
        let named = [self.site, self.publisher].into_iter().flatten().filter(joins);
        let found = named.into_iter().find_map(|name| line.split_once(name));
        found.map_or(Cow::Borrowed(line), |(before, after)| Cow::Owned(format!("{before}{after}")))
    }

    fn is(self, name: &str) -> bool {
        let own = words(name);
        let called = |known: &str| {
            let known = words(known);
            let shared = known.iter().zip(&own).take_while(|(a, b)| a == b).count();
            let rest = known.iter().skip(shared).chain(own.iter().skip(shared));
            shared > 0 && rest.into_iter().all(|word| OUTLET_WORDS.contains(&word.as_str()))
        };
        let joined: String = own.concat();
        (!self.label.is_empty() && joined == self.label)
            || [self.site, self.publisher].into_iter().flatten().any(called)
    }
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).skip_while(|word| word == "the").collect()
}

/// Agencies and outlets that stand behind a person's name («Jo Arden, CNN»); alone they are the author.
const BEHIND_A_NAME: [&str; 16] = [
    "ap",
    "associated press",
    "the associated press",
    "reuters",
    "afp",
    "cnn",
    "bbc",
    "bbc news",
    "upi",
    "dpa",
    "xinhua",
    "bloomberg",
    "npr",
    "usa today",
    "press association",
    "agence france-presse",
];

/// The name behind the word for a reporter or a columnist and a blank: «观察者网专栏作者 王文».
fn after_office(piece: &str) -> &str {
    let name = ["作者", "记者", "記者", "编辑"].iter().find_map(|word| piece.split_once(word));
    name.map(|(_, name)| name).filter(|name| name.starts_with(' ')).map_or(piece, str::trim_start)
}

/// The name before the word for a reporter, where that word ends the line: «김서연 기자».
pub(super) fn before_reporter(line: &str) -> Option<&str> {
    ["기자", "특파원", "記者", "记者"].iter().find_map(|word| line.trim().strip_suffix(word)).map(str::trim_end)
}

/// Clean names, in order, without repeats, out of what pages give as authors.
pub(super) fn clean<'a>(stated: impl Iterator<Item = &'a str>, outlet: Outlet<'_>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for line in stated {
        let line = super::metadata::squeeze(line);
        let line = after_by(&line).unwrap_or(&line);
        let line = outlet.out_of(before(&DATE, line));
        let line = with_commas(&line);
        let line = match inverted(&line).filter(|name| !outlet.is(name)) {
            Some(name) => Cow::Owned(name),
            None => line,
        };
        let (mut people, mut in_office) = (0, false);
        for piece in SEPARATOR.split(&line) {
            let piece = piece.trim();
            let folded = piece.to_lowercase();
            if people > 0 && matches!(folded.trim_end_matches('.'), "jr" | "sr" | "ii" | "iii") {
                if let Some(last) = names.last_mut() {
                    last.push(' ');
                    last.push_str(piece);
                }
                continue;
            }
            if people > 0 && (is_credential(piece) || BEHIND_A_NAME.contains(&folded.as_str())) {
                continue;
            }
            if people > 0 && BEHIND_A_NAME.iter().any(|known| is_first_word(known, &folded)) {
                continue;
            }
            let Some(name) = one(piece, outlet) else {
                // «…, Senior Technologist, Speech, Privacy, and Technology Project»: what follows an office goes on with it.
                // «The Post, Hamburg» says where the outlet is.
                in_office |= (people > 0 && NO_NAME.is_match(piece)) || outlet.is(piece);
                continue;
            };
            // «…, Köln» is where: nobody is named by one word beside people with two.
            if people > 0 && !name.contains(' ') && names.last().is_some_and(|last| last.contains(' ')) {
                continue;
            }
            if in_office && (NO_PERSON.is_match(&name) || !name.contains(' ')) {
                continue;
            }
            if people > 0 && BEHIND_A_NAME.contains(&name.to_lowercase().as_str()) {
                continue;
            }
            people += 1;
            let known = names.iter().any(|known| known.to_lowercase() == name.to_lowercase());
            if !known && names.len() < AUTHORS_MAX {
                names.push(name);
            }
        }
    }
    names
}

/// A line up to the first place that a pattern fits.
fn before<'a>(pattern: &Regex, line: &'a str) -> &'a str {
    pattern.find(line).and_then(|found| line.get(..found.start())).unwrap_or(line)
}

/// Whether a text begins with a word and has more.
fn is_first_word(word: &str, text: &str) -> bool {
    text.strip_prefix(word).is_some_and(|rest| rest.starts_with(' '))
}

/// The words that part two people in some languages and say something else in others: they part names of two words at least.
const AND: [&str; 2] = [" e ", " en "];

/// A line in which such a word stands between two whole names, with a comma in its place.
fn with_commas(line: &str) -> Cow<'_, str> {
    let is_name = |text: &str| {
        let mut words = text.split_whitespace().peekable();
        let first = words.peek().is_some_and(|word| word.starts_with(char::is_uppercase));
        first && words.clone().count() > 1 && words.all(|word| word.starts_with(char::is_alphabetic))
    };
    let parted = AND.iter().find_map(|and| {
        let (first, second) = line.split_once(and)?;
        let last = first.rsplit(',').next().unwrap_or(first);
        let next = second.split(',').next().unwrap_or(second);
        (is_name(last.trim()) && is_name(next)).then(|| format!("{first}, {second}"))
    });
    parted.map_or(Cow::Borrowed(line), Cow::Owned)
}

/// «Arden, Jo» as an index has it: two single words, and nothing else.
fn inverted(line: &str) -> Option<String> {
    let (last, first) = line.split_once(',')?;
    let (last, first) = (last.trim(), first.trim());
    let is_word = |word: &str| {
        word.chars().count() > 1 && word.chars().all(char::is_alphabetic) && word.starts_with(char::is_uppercase)
    };
    let is_upper = |word: &str| word.chars().all(char::is_uppercase);
    (is_word(last) && is_word(first) && !(is_upper(first) && first.len() < 6) && last.is_ascii() == first.is_ascii())
        .then(|| format!("{first} {last}"))
}

/// What an office belongs to, behind the name of who holds it.
static NO_PERSON: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::spaced(
        r"\b(?:project|program(?:me)?|institut\w*|universit\w+|colleges?|schools?|centers?|centres?|departments?|foundation|committee|council|group|office|ministry|society|association|technology|policy|security|studies|affairs|speech|privacy|research|law|(?-i:\p{Lu}{3,})\s.*)\b",
    )
});

/// A name with another in brackets inside it: «Richard (R.J.) Eskow».
static NICKNAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?P<first>(?-i:\p{Lu})\S+)\s+\((?P<inner>[^()]{1,30})\)\s+(?P<last>(?-i:\p{Lu})[^()]{1,40})$")
});

/// Letters behind a name: «MS, RD», «Ph.D.».
fn is_credential(piece: &str) -> bool {
    let letters: String = piece.chars().filter(|c| *c != '.' && *c != '-').collect();
    (2..=5).contains(&letters.chars().count())
        && letters.chars().all(char::is_alphabetic)
        && (letters == "PhD" || letters == "Esq" || letters.chars().all(char::is_uppercase))
        && letters.chars().any(char::is_uppercase)
        && letters.is_ascii()
}

fn one(piece: &str, outlet: Outlet<'_>) -> Option<String> {
    let piece = after_by(piece).unwrap_or(piece).trim();
    let piece = before_reporter(piece).unwrap_or(piece);
    if let Some(found) = NICKNAME.captures(piece) {
        let name = one(&format!("{} {}", &found["first"], &found["last"]), outlet)?;
        let (first, last) = name.split_once(' ')?;
        return Some(format!("{first} ({}) {last}", &found["inner"]));
    }
    // «…, in Beijing» and «… for The Post» say where and for whom, not who.
    if ["in ", "at ", "for ", "from ", "near ", "with ", "of "].iter().any(|word| piece.starts_with(word)) {
        return None;
    }
    // «Jo Arden/Port Ellison» and «Reuters/Jo Arden» say where and for whom.
    let piece = match piece.split_once('/') {
        Some((agency, name)) if BEHIND_A_NAME.contains(&agency.trim().to_lowercase().as_str()) => name.trim(),
        Some((name, _)) if !piece.contains("://") && name.trim().contains(' ') => name.trim(),
        _ => piece,
    };
    // «The Post columnist Jo Arden» in scripts without cases: who it is stands last.
    let piece = after_office(piece);
    let cut = before(&AFTER_NAME, piece);
    // «Jo Arden. The Post» is a person and the outlet.
    let cut = cut.split_once(". ").filter(|(_, tail)| outlet.is(tail)).map_or(cut, |(name, _)| name);
    let name = cut
        .trim_matches(|c: char| !c.is_alphanumeric() && c != '.' && c != ')' && c != '\'')
        .trim_end_matches([',', ':'])
        .trim();
    let name = if name.contains('(') { name } else { name.trim_end_matches(')') };
    let chars = name.chars().count();
    let words = name.split_whitespace().count();
    let letters = name.chars().filter(|c| c.is_alphabetic() || is_mark(*c)).count();
    if !(2..=NAME_MAX_CHARS).contains(&chars) || words > 6 || letters * 2 < chars {
        return None;
    }
    if name.chars().any(|c| c.is_ascii_digit() || matches!(c, '@' | '/' | '{' | '<' | '?' | '!' | ':' | '_'))
        || NO_NAME.is_match(name)
    {
        return None;
    }
    if outlet.is(name) || is_chinese_outlet(name) {
        return None;
    }
    // The day of a dateline.
    if !name.contains(' ') && (WEEKDAYS.contains(&name.to_lowercase().as_str()) || super::months::is_full_name(name)) {
        return None;
    }
    // A name in a script with cases begins in upper case.
    let first = name.chars().next()?;
    if first.is_lowercase() && !name.chars().any(char::is_uppercase) {
        return None;
    }
    Some(if is_shouted(name) { titled(name) } else { name.to_owned() })
}

/// Whether a name in Chinese characters ends as those of newspapers, stations and portals do, and no person's.
fn is_chinese_outlet(name: &str) -> bool {
    const ENDS: [&str; 15] = [
        "网",
        "日报",
        "晚报",
        "早报",
        "晨报",
        "时报",
        "商报",
        "周报",
        "京报",
        "新闻社",
        "通讯社",
        "新华社",
        "电视台",
        "客户端",
        "网易",
    ];
    !name.is_ascii() && ENDS.iter().any(|end| name.ends_with(end))
}

/// Days that a dateline begins with.
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Signs that shape the letter before them, in scripts of India and Southeast Asia.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
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

    const POST: Outlet<'_> = Outlet { site: Some("The Post"), publisher: Some("Post International"), label: "thepost" };

    #[test]
    fn names_come_out_of_bylines() {
        for (line, expected) in [
            ("By Stephen Lendman", vec!["Stephen Lendman"]),
            ("By X Ray and Yan Li, in Beijing", vec!["X Ray", "Yan Li"]),
            ("Jo Arden, Sam Lee & Kim Roe", vec!["Jo Arden", "Sam Lee", "Kim Roe"]),
            ("JO ARDEN", vec!["Jo Arden"]),
            ("Jo Arden | The Post", vec!["Jo Arden"]),
            ("Jo Arden, Senior Reporter", vec!["Jo Arden"]),
            ("Jo Arden, Ap National Political Writer", vec!["Jo Arden"]),
            ("Jo Arden Staff Writer", vec!["Jo Arden"]),
            ("Jo Arden, AP National Political Writer", vec!["Jo Arden"]),
            ("Jo Arden View More Articles", vec!["Jo Arden"]),
            ("View More Articles", vec![]),
            ("Jo Arden and Sam Lee, Associated Press", vec!["Jo Arden", "Sam Lee"]),
            ("By Jo Arden, CNN", vec!["Jo Arden"]),
            ("Jo Arden, MS, RD", vec!["Jo Arden"]),
            ("By Jo Arden, Senior Staff Technologist, ACLU Speech, Privacy, and Technology Project", vec!["Jo Arden"]),
            ("Jo Arden, CNN Senior Supreme Court Analyst", vec!["Jo Arden"]),
            ("Jo Arden, Senior Analyst, and Sam Lee", vec!["Jo Arden", "Sam Lee"]),
            ("Jo Arden (avec Sam Lee et Anna Roche)", vec!["Jo Arden", "Sam Lee", "Anna Roche"]),
            ("Written by Jo Arden Edited by Sam Lee", vec!["Jo Arden"]),
            ("Richard (R.J.) Eskow", vec!["Richard (R.J.) Eskow"]),
            ("Jo Arden (The Post)", vec!["Jo Arden"]),
            ("Jo Arden, Jr., and Sam Lee, Ph.D.", vec!["Jo Arden Jr.", "Sam Lee"]),
            ("Jo Arden. Post International", vec!["Jo Arden"]),
            ("Jo Arden, The Post", vec!["Jo Arden"]),
            ("By Jo Arden and Sam Lee Monday, November 18, 2019, 04:05 pm PT", vec!["Jo Arden", "Sam Lee"]),
            ("By Jo Arden , Sam Lee on Monday, November 18th, 2019 at 11:08 a.m.", vec!["Jo Arden", "Sam Lee"]),
            ("Jo Arden jo@post.test (509) 459", vec!["Jo Arden"]),
            ("Jo Arden@JoArden", vec!["Jo Arden"]),
            ("Von Anna Müller und Jan Weiß, Köln", vec!["Anna Müller", "Jan Weiß"]),
            ("Von Anna Müller und Jan Weiß", vec!["Anna Müller", "Jan Weiß"]),
            ("Von Anna Müller publiziert am 30. Juli 2018", vec!["Anna Müller"]),
            ("作者：王伟", vec!["王伟"]),
            ("김서연 기자", vec!["김서연"]),
            ("记者", vec![]),
            ("Автор: Анна Белова", vec!["Анна Белова"]),
            ("Par Anna Roche publié le 3 mai", vec!["Anna Roche"]),
            ("Редакция", vec![]),
            ("अमित शर्मा", vec!["अमित शर्मा"]),
            ("Reuters", vec!["Reuters"]),
            ("The Post", vec![]),
            ("Post News Weekly", vec![]),
            ("thepost", vec![]),
            ("Post News Bureau", vec![]),
            ("siteadmin", vec![]),
            ("Staff", vec![]),
            ("News Desk", vec![]),
            ("jo@post.test", vec![]),
            ("https://post.test/jo", vec![]),
            ("Updated 5 May", vec![]),
        ] {
            assert_eq!(clean(std::iter::once(line), POST), expected, "{line}");
        }
    }

    #[test]
    fn bylines_of_more_forms_give_names() {
        for (line, expected) in [
            ("Текст: Анна Белова", vec!["Анна Белова"]),
            ("Af Lars Jensen", vec!["Lars Jensen"]),
            ("Av Kari Nordmann", vec!["Kari Nordmann"]),
            ("Di Anna Rossi e Marco Bianchi", vec!["Anna Rossi", "Marco Bianchi"]),
            ("Door Jan de Vries en Piet Bakker", vec!["Jan de Vries", "Piet Bakker"]),
            ("Por Artur da Costa e Silva", vec!["Artur da Costa e Silva"]),
            ("Par Anne Roche et Jean-Luc Petit à Pékin", vec!["Anne Roche", "Jean-Luc Petit"]),
            ("Reporting by Jo Arden; Editing by Sam Lee", vec!["Jo Arden"]),
            ("By Jo Arden/Port Ellison", vec!["Jo Arden"]),
            ("Reuters/Jo Arden", vec!["Jo Arden"]),
            ("Arden, Jo", vec!["Jo Arden"]),
            ("Arden, CNN", vec!["Arden"]),
            ("The Post, Hamburg, Germany", vec![]),
            ("Wednesday January 18, 2017", vec![]),
            ("January", vec![]),
            ("April Glaser", vec!["April Glaser"]),
            ("Taboolaby Taboola", vec![]),
            ("本报记者 王伟", vec!["王伟"]),
            ("作者：未知", vec![]),
            ("证券时报网", vec![]),
            ("新京报", vec![]),
            ("网易", vec![]),
            ("观察者网专栏作者 王文", vec!["王文"]),
        ] {
            assert_eq!(clean(std::iter::once(line), POST), expected, "{line}");
        }
    }

    #[test]
    fn an_author_who_shares_a_word_with_the_outlet_stays() {
        let outlet = Outlet { site: Some("Regan Cooks"), publisher: None, label: "regancooks" };
        assert_eq!(clean(std::iter::once("Regan"), outlet), ["Regan"]);
    }
}
