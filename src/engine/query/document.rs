//! An article cut into words, once for any number of queries.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use super::cut::{cut, folded};
use super::inflect::{Inflection, Inflector};
use crate::engine::text::sentences::sentences;
use crate::model::article::Content;
use crate::model::topic::Field;

/// The lead: so many words of the body's beginning.
pub(super) const LEAD_WORDS: u32 = 120;

/// Positions count half words, so that a character of Chinese counts half.
pub(super) const WORD: u32 = 2;

/// Between two fields: further than NEAR reaches.
const FIELD_GAP: u32 = 10_000;

/// More words than this are not looked at: a book, or a trap.
const TOKENS_MAX: usize = 400_000;

/// Shortest text, in characters, whose language is guessed from its words.
const GUESS_MIN_CHARS: usize = 40;

/// What a document is made from.
#[derive(Debug, Clone, Copy)]
pub struct DocumentInput<'a> {
    /// The article's content.
    pub content: &'a Content,
    /// Its address.
    pub url: &'a str,
    /// Its source's id.
    pub source_id: &'a str,
    /// Its source's name.
    pub source_name: &'a str,
}

/// A word at its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    /// Index into [`Document::words`].
    pub(super) word: u32,
    /// Place, in half words.
    pub(super) at: u32,
    /// Place after it.
    pub(super) after: u32,
    /// Bytes of its segment's text.
    pub(super) start: u32,
    /// Bytes of its segment's text.
    pub(super) end: u32,
    /// Which sentence of the document.
    pub(super) sentence: u32,
    /// Which segment.
    pub(super) segment: u32,
}

/// A distinct word. Most are written as they fold and are their own key: what is the same is kept once.
#[derive(Debug)]
pub(super) struct Word {
    pub(super) surface: String,
    folded: Option<String>,
    key: Option<String>,
    more_keys: Vec<String>,
}

impl Word {
    fn new(surface: String, inflector: &Inflector) -> Self {
        let folded = Some(folded(&surface)).filter(|folded| *folded != surface);
        let mut word = Self { surface, folded, key: None, more_keys: Vec::new() };
        let mut keys = inflector.article_keys(&word.surface, word.folded());
        let first = if keys.is_empty() { None } else { Some(keys.swap_remove(0)) };
        word.key = first.filter(|key| key != word.folded());
        word.more_keys = keys;
        word
    }

    /// Without case and accents.
    pub(super) fn folded(&self) -> &str {
        self.folded.as_deref().unwrap_or(&self.surface)
    }

    /// What its inflections are found by.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        let first = self.key.as_deref().unwrap_or_else(|| self.folded());
        std::iter::once(first).chain(self.more_keys.iter().map(String::as_str))
    }
}

/// A title, a paragraph, a tag: a piece of text that no phrase reaches beyond.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) field: Field,
    pub(super) text: String,
    pub(super) ascii: bool,
    pub(super) tokens: Range<u32>,
}

/// An article, cut into words once for any number of queries.
#[derive(Debug)]
pub struct Document {
    pub(super) language: String,
    pub(super) inflection: Inflection,
    pub(super) source_id: String,
    pub(super) segments: Vec<Segment>,
    pub(super) tokens: Vec<Token>,
    pub(super) words: Vec<Word>,
    /// Where the lead ends, in half words.
    pub(super) lead_end: u32,
    index: OnceLock<WordIndex>,
}

/// The words of a document by what they are looked up by; made when a single query is evaluated.
#[derive(Debug, Default)]
pub(super) struct WordIndex {
    pub(super) by_surface: HashMap<String, u32>,
    pub(super) by_folded: HashMap<String, Vec<u32>>,
    pub(super) by_key: HashMap<String, Vec<u32>>,
    /// The tokens of each word.
    pub(super) places: Vec<Vec<u32>>,
}

impl Document {
    /// Cuts an article into words.
    pub fn new(input: DocumentInput<'_>) -> Self {
        let content = input.content;
        let language = language_of(content);
        let mut builder = Builder::new(&language);
        builder.add(Field::Title, content.title.as_deref().unwrap_or_default());
        builder.gap();
        let body_start = builder.at;
        for block in &content.blocks {
            builder.add(Field::Body, &block.text);
        }
        builder.gap();
        let authors = content.authors.iter().map(|text| (Field::Author, text.as_str()));
        let sources = [input.source_id, input.source_name].map(|text| (Field::Source, text));
        let sections = content.section.iter().map(|text| (Field::Section, text.as_str()));
        let tags = content.tags.iter().map(|text| (Field::Tag, text.as_str()));
        let url = percent_encoding::percent_decode_str(input.url).decode_utf8_lossy();
        let rest = [(Field::Url, url.as_ref()), (Field::Lang, language.as_str())];
        for (field, text) in authors.chain(sources).chain(sections).chain(tags).chain(rest) {
            builder.add(field, text);
            builder.gap();
        }
        Self {
            inflection: Inflection::of(&language),
            source_id: input.source_id.to_owned(),
            segments: builder.segments,
            tokens: builder.tokens,
            words: builder.words,
            lead_end: body_start + LEAD_WORDS * WORD,
            language,
            index: OnceLock::new(),
        }
    }

    /// A document that is a headline alone, as in a topic's examples.
    pub fn headline(text: &str) -> Self {
        let content = Content { title: Some(text.to_owned()), ..Content::default() };
        Self::new(DocumentInput { content: &content, url: "", source_id: "", source_name: "" })
    }

    /// The language whose inflections count, as a primary subtag.
    pub fn language(&self) -> &str {
        &self.language
    }

    pub(super) fn index(&self) -> &WordIndex {
        self.index.get_or_init(|| {
            let mut index = WordIndex { places: vec![Vec::new(); self.words.len()], ..WordIndex::default() };
            for (id, word) in (0_u32..).zip(&self.words) {
                index.by_surface.insert(word.surface.clone(), id);
                index.by_folded.entry(word.folded().to_owned()).or_default().push(id);
                for key in word.keys() {
                    index.by_key.entry(key.to_owned()).or_default().push(id);
                }
            }
            for (at, token) in (0_u32..).zip(&self.tokens) {
                if let Some(places) = index.places.get_mut(token.word as usize) {
                    places.push(at);
                }
            }
            index
        })
    }

    /// The field of a token; the body's beginning is the lead.
    pub(super) fn field(&self, token: u32) -> Field {
        let Some(token) = self.tokens.get(token as usize) else { return Field::Body };
        match self.segments.get(token.segment as usize).map(|segment| segment.field) {
            Some(Field::Body) if token.at < self.lead_end => Field::Lead,
            Some(field) => field,
            None => Field::Body,
        }
    }

    /// Whether a token of the body lies in its first words.
    pub(super) fn is_in_first(&self, words: u32, token: u32) -> bool {
        let body_start = self.lead_end - LEAD_WORDS * WORD;
        let end = words.saturating_mul(WORD).saturating_add(body_start);
        self.tokens.get(token as usize).is_some_and(|token| token.after <= end)
    }

    pub(super) fn has_body(&self) -> bool {
        self.segments.iter().any(|segment| segment.field == Field::Body)
    }
}

struct Builder<'a> {
    inflector: Inflector,
    segments: Vec<Segment>,
    tokens: Vec<Token>,
    words: Vec<Word>,
    ids: HashMap<Cow<'a, str>, u32>,
    at: u32,
    sentence: u32,
}

impl<'a> Builder<'a> {
    fn new(language: &str) -> Self {
        Self {
            inflector: Inflector::new(Inflection::of(language)),
            segments: Vec::new(),
            tokens: Vec::new(),
            words: Vec::new(),
            ids: HashMap::new(),
            at: 0,
            sentence: 0,
        }
    }

    fn gap(&mut self) {
        self.at = self.at.saturating_add(FIELD_GAP);
    }

    fn add(&mut self, field: Field, text: &'a str) {
        let pieces = cut(text);
        if pieces.is_empty() {
            return;
        }
        let ends = sentence_ends(text);
        let mut ends = ends.iter().copied().peekable();
        let first = u32::try_from(self.tokens.len()).unwrap_or(u32::MAX);
        let segment = u32::try_from(self.segments.len()).unwrap_or(u32::MAX);
        self.sentence += 1;
        for piece in pieces {
            if self.tokens.len() >= TOKENS_MAX {
                break;
            }
            while ends.next_if(|end| *end <= piece.start).is_some() {
                self.sentence += 1;
            }
            let after = self.at + if piece.wide { 1 } else { WORD };
            let (start, end) = (offset(piece.start), offset(piece.end));
            let word = self.word(piece.surface);
            self.tokens.push(Token { word, at: self.at, after, start, end, sentence: self.sentence, segment });
            self.at = after;
        }
        let tokens = first..u32::try_from(self.tokens.len()).unwrap_or(u32::MAX);
        self.segments.push(Segment { field, text: text.to_owned(), ascii: text.is_ascii(), tokens });
    }

    fn word(&mut self, surface: Cow<'a, str>) -> u32 {
        if let Some(id) = self.ids.get(&surface) {
            return *id;
        }
        let id = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        self.words.push(Word::new(surface.clone().into_owned(), &self.inflector));
        self.ids.insert(surface, id);
        id
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Where the sentences of a text end, in bytes.
fn sentence_ends(text: &str) -> Vec<usize> {
    let begin = text.as_ptr().addr();
    sentences(text).iter().map(|sentence| sentence.as_ptr().addr() - begin + sentence.len()).collect()
}

/// The content's language; where it says none, what its script and words tell; else English.
fn language_of(content: &Content) -> String {
    if let Some(language) = content.language.as_deref().map(str::trim).filter(|language| !language.is_empty()) {
        let primary = language.split(['-', '_']).next().unwrap_or(language).to_ascii_lowercase();
        return match primary.as_str() {
            "cmn" | "yue" | "zho" | "chi" => "zh".to_owned(),
            _ => primary,
        };
    }
    let title = content.title.as_deref().unwrap_or_default();
    let first = content.blocks.first().map_or("", |block| block.text.as_str());
    let text = format!("{title} {first}");
    guess(&text).to_owned()
}

fn guess(text: &str) -> &'static str {
    let count = |belongs: fn(char) -> bool| text.chars().filter(|c| belongs(*c)).count();
    let letters = count(char::is_alphabetic);
    let much = |belongs| count(belongs) * 3 > letters;
    if letters == 0 {
        return "en";
    }
    if count(|c| matches!(c, '\u{3040}'..='\u{30FF}')) * 8 > letters {
        return "ja";
    }
    if much(|c| matches!(c, '\u{AC00}'..='\u{D7AF}')) {
        return "ko";
    }
    if much(|c| matches!(c, '\u{4E00}'..='\u{9FFF}')) {
        return "zh";
    }
    if much(|c| matches!(c, '\u{05D0}'..='\u{05EA}')) {
        return "he";
    }
    if much(|c| matches!(c, '\u{0370}'..='\u{03FF}')) {
        return "el";
    }
    let detected =
        whatlang::detect(text).filter(|found| found.is_reliable() && text.chars().count() >= GUESS_MIN_CHARS);
    let code = detected.map(|found| found.lang().code());
    match code {
        Some("fra") => "fr",
        Some("deu") => "de",
        Some("spa") => "es",
        Some("ita") => "it",
        Some("por") => "pt",
        Some("nld") => "nl",
        Some("rus") => "ru",
        Some("ukr") => "uk",
        Some("ara") => "ar",
        Some("swe") => "sv",
        Some("dan") => "da",
        Some("nob") => "nb",
        Some("fin") => "fi",
        Some("hun") => "hu",
        Some("ron") => "ro",
        Some("tur") => "tr",
        Some("pol") => "pl",
        _ if much(|c| matches!(c, '\u{0600}'..='\u{06FF}')) => "ar",
        _ if much(|c| matches!(c, '\u{0400}'..='\u{04FF}')) => "ru",
        _ => "en",
    }
}
