//! Inflection: the keys under which a word is looked up, so that `negotiate` finds «negotiated» and `переговоры`
//! finds «переговоров», each in the article's language.
//!
//! Snowball's stemmers for the languages that have one. English keeps their inflectional steps alone: the derivational
//! ones make «important» an «import» and «organ» an «organization». Arabic and Hebrew words are also found behind the
//! conjunctions, prepositions and articles that are written together with them.

use rust_stemmers::{Algorithm, Stemmer};

use super::cut::folded;
use super::english::english;

/// The language whose inflections count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inflection {
    /// Words as they stand.
    None,
    /// English by its inflectional steps.
    English,
    /// Hebrew prefixes.
    Hebrew,
    /// Arabic prefixes and its stemmer.
    Arabic,
    /// Another Snowball stemmer: its place in [`SNOWBALL`].
    Snowball(usize),
}

/// Languages by their primary subtags, with their stemmers.
const SNOWBALL: &[(&str, Algorithm)] = &[
    ("da", Algorithm::Danish),
    ("nl", Algorithm::Dutch),
    ("fi", Algorithm::Finnish),
    ("fr", Algorithm::French),
    ("de", Algorithm::German),
    ("el", Algorithm::Greek),
    ("hu", Algorithm::Hungarian),
    ("it", Algorithm::Italian),
    ("no", Algorithm::Norwegian),
    ("nb", Algorithm::Norwegian),
    ("nn", Algorithm::Norwegian),
    ("pt", Algorithm::Portuguese),
    ("ro", Algorithm::Romanian),
    ("ru", Algorithm::Russian),
    ("es", Algorithm::Spanish),
    ("sv", Algorithm::Swedish),
    ("ta", Algorithm::Tamil),
    ("tr", Algorithm::Turkish),
];

impl Inflection {
    /// How many there are, for tables by [`Inflection::index`].
    pub(super) const COUNT: usize = SNOWBALL.len() + 4;

    /// The inflections of a language by its primary subtag.
    pub(super) fn of(language: &str) -> Self {
        match language {
            "en" => Self::English,
            "he" | "iw" | "yi" => Self::Hebrew,
            "ar" => Self::Arabic,
            _ => SNOWBALL.iter().position(|(tag, _)| *tag == language).map_or(Self::None, Self::Snowball),
        }
    }

    /// A number below [`Inflection::COUNT`].
    pub(super) fn index(self) -> usize {
        match self {
            Self::None => 0,
            Self::English => 1,
            Self::Hebrew => 2,
            Self::Arabic => 3,
            Self::Snowball(place) => 4 + place,
        }
    }
}

/// Finds keys, with its stemmer at hand.
pub(super) struct Inflector {
    inflection: Inflection,
    stemmer: Option<Stemmer>,
}

impl Inflector {
    /// For one language.
    pub(super) fn new(inflection: Inflection) -> Self {
        let algorithm = match inflection {
            Inflection::Arabic => Some(Algorithm::Arabic),
            Inflection::Snowball(place) => SNOWBALL.get(place).map(|(_, algorithm)| *algorithm),
            Inflection::None | Inflection::English | Inflection::Hebrew => None,
        };
        Self { inflection, stemmer: algorithm.map(Stemmer::create) }
    }

    /// The keys of a word in an article. It matches a query's word when they have one in common.
    pub(super) fn article_keys(&self, surface: &str, folded_word: &str) -> Vec<String> {
        let mut keys = self.stems(surface, folded_word);
        match self.inflection {
            Inflection::Arabic => keys.extend(without_prefixes(folded_word, ARABIC_PREFIXES, ARABIC_LETTERS_MIN)),
            Inflection::Hebrew => keys.extend(without_prefixes(folded_word, HEBREW_PREFIXES, HEBREW_LETTERS_MIN)),
            Inflection::Snowball(_) => keys.extend(self.noun_in_y(folded_word)),
            Inflection::None | Inflection::English => {}
        }
        keys
    }

    /// The keys of a word in a query.
    pub(super) fn query_keys(&self, surface: &str, folded_word: &str) -> Vec<String> {
        let mut keys = self.stems(surface, folded_word);
        if let (Inflection::Arabic, Some(bare)) = (self.inflection, folded_word.strip_prefix("ال"))
            && bare.chars().count() >= ARABIC_LETTERS_MIN
        {
            keys.push(bare.to_owned());
        }
        keys
    }

    /// The Russian stemmer leaves the `й` of «Китай».
    fn trimmed(&self, mut stem: String) -> String {
        if self.inflection == Inflection::of("ru") {
            stem.truncate(stem.trim_end_matches(['й', 'и', 'ь']).len());
        }
        stem
    }

    /// The Russian stemmer takes «Китая» for an adjective and cuts it to «кит»; its case ending is the `я` alone.
    fn noun_in_y(&self, folded_word: &str) -> Option<String> {
        let base = folded_word.strip_suffix(['я', 'ю']).filter(|_| self.inflection == Inflection::of("ru"))?;
        let long = base.chars().count() >= RUSSIAN_NOUN_LETTERS_MIN;
        (long && base.ends_with(['а', 'е', 'у'])).then(|| base.to_owned())
    }

    /// A word typed without the accent that its ending always has: the stemmers of Spanish and Portuguese know the ending
    /// with it alone.
    fn accented(&self, folded_word: &str) -> Option<String> {
        const ENDINGS: [(&str, &str, &str); 3] = [("es", "ion", "ión"), ("pt", "cao", "ção"), ("pt", "coes", "ções")];
        ENDINGS
            .iter()
            .filter(|(language, ..)| self.inflection == Inflection::of(language))
            .find_map(|(_, bare, accented)| folded_word.strip_suffix(bare).map(|base| format!("{base}{accented}")))
    }

    fn stems(&self, surface: &str, folded_word: &str) -> Vec<String> {
        match (self.inflection, &self.stemmer) {
            (Inflection::English, _) => vec![english(folded_word)],
            (Inflection::Arabic, Some(stemmer)) => {
                vec![folded_word.to_owned(), format!("~{}", stemmer.stem(folded_word))]
            }
            (_, Some(stemmer)) => {
                // Accents matter to the stemmers, and writers leave them out: both ways are keys.
                let plain = self.trimmed(stemmer.stem(folded_word).into_owned());
                if surface.is_ascii() {
                    let restored = self.accented(folded_word).map(|word| folded(&stemmer.stem(&word)));
                    return [plain].into_iter().chain(restored).collect();
                }
                let accented = self.trimmed(folded(&stemmer.stem(&surface.to_lowercase())));
                if accented == plain { vec![plain] } else { vec![plain, accented] }
            }
            (_, None) => vec![folded_word.to_owned()],
        }
    }
}

const RUSSIAN_NOUN_LETTERS_MIN: usize = 4;
const ARABIC_PREFIXES: &[&str] = &["ال", "لل", "و", "ف", "ب", "ك", "ل", "س"];
const ARABIC_LETTERS_MIN: usize = 2;
const HEBREW_PREFIXES: &[&str] = &["ו", "ה", "ב", "ל", "מ", "ש", "כ"];
const HEBREW_LETTERS_MIN: usize = 3;

/// A word without its first one, two or three prefixes, as long as enough letters are left.
fn without_prefixes(word: &str, prefixes: &[&str], letters_min: usize) -> Vec<String> {
    let mut found: Vec<&str> = vec![word];
    let mut from = 0;
    for _ in 0..3 {
        let until = found.len();
        for index in from..until {
            let Some(base) = found.get(index).copied() else { continue };
            for bare in prefixes.iter().filter_map(|prefix| base.strip_prefix(prefix)) {
                if bare.chars().count() >= letters_min && !found.contains(&bare) {
                    found.push(bare);
                }
            }
        }
        from = until;
    }
    found.into_iter().skip(1).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(language: &str, query: &str, article: &str) -> bool {
        let inflector = Inflector::new(Inflection::of(language));
        let keys = inflector.article_keys(article, &folded(article));
        inflector.query_keys(query, &folded(query)).iter().any(|key| keys.contains(key))
    }

    #[test]
    fn a_word_is_found_in_its_inflections() {
        for (language, query, article) in [
            ("en", "talks", "talk"),
            ("en", "talks", "talking"),
            ("en", "meet", "met"),
            ("en", "meet", "meetings"),
            ("en", "agree", "agreed"),
            ("en", "resume", "resuming"),
            ("en", "trade", "Trading"),
            ("en", "company", "companies"),
            ("en", "negotiate", "negotiated"),
            ("en", "stop", "stopped"),
            ("en", "tariff", "tariffs"),
            ("en", "die", "dying"),
            ("en", "tax", "taxes"),
            ("en", "meet", "meets"),
            ("de", "Verhandlung", "Verhandlungen"),
            ("fr", "négociation", "négociations"),
            ("fr", "negociation", "négociations"),
            ("es", "reunión", "reuniones"),
            ("es", "negociacion", "negociaciones"),
            ("es", "negociación", "negociacion"),
            ("pt", "negociacao", "negociações"),
            ("pt", "negociação", "negociacoes"),
            ("ru", "переговоры", "переговоров"),
            ("ru", "Китай", "Китая"),
            ("it", "negoziato", "negoziati"),
            ("sv", "samtal", "samtalen"),
            ("ar", "الصين", "والصين"),
            ("ar", "الصين", "للصين"),
            ("ar", "الصين", "بالصين"),
            ("ar", "محادثات", "المحادثات"),
            ("he", "סין", "וסין"),
            ("he", "סין", "בסין"),
            ("he", "שיחות", "והשיחות"),
        ] {
            assert!(same(language, query, article), "{query} should find {article} ({language})");
        }
    }

    #[test]
    fn a_word_is_not_found_in_its_derivations() {
        for (language, query, article) in [
            ("en", "import", "important"),
            ("en", "organ", "organization"),
            ("en", "accord", "according"),
            ("en", "unit", "united"),
            ("en", "new", "news"),
            ("en", "universe", "university"),
            ("en", "US", "use"),
            ("en", "police", "policies"),
            ("he", "סין", "מסך"),
            ("en", "china", "chinese"),
        ] {
            assert!(!same(language, query, article), "{query} should not find {article} ({language})");
        }
    }
}
