//! Texts like those of many newsrooms, made up: words as frequent as in a language (Zipf's law over 50,000), turns of
//! phrase that many writers use, furniture of sites, templates filled with other numbers, speeches that many quote, and
//! copies whole, edited and cut. The same number always gives the same text.

/// Words of the made language.
const WORDS: usize = 50_000;

/// Turns of phrase, of three to six words, that any text may use.
const PHRASES: usize = 20_000;

/// Sites. Each has a furniture of its own.
pub(crate) const SITES: u64 = 500;

/// Every so many articles one is a copy of an earlier one, is filled into a template, or quotes a speech.
const COPY_EVERY: u64 = 12;
const TEMPLATE_EVERY: u64 = 40;
const SPEECH_EVERY: u64 = 25;

/// Templates, and articles that quote one speech.
const TEMPLATES: u64 = 300;
const SPEECH_ARTICLES: u64 = 200;

/// A source of numbers that depends on its seed alone.
struct Dice(u64);

impl Dice {
    fn new(kind: u64, number: u64) -> Self {
        Self(
            kind.wrapping_mul(0xD6E8_FEB8_6659_FD93)
                ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15)
                ^ 0xA5A5_5A5A_1234_5678,
        )
    }

    fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The language.
pub(crate) struct Prose {
    words: Vec<String>,
    /// Cumulative weights by Zipf's law.
    ranks: Vec<f64>,
    phrases: Vec<Vec<usize>>,
}

/// One article of the made newsrooms.
pub(crate) struct Made {
    pub(crate) site: u64,
    pub(crate) title: String,
    pub(crate) text: String,
}

impl Prose {
    pub(crate) fn new() -> Self {
        let mut total = 0.0;
        let ranks = (1..=WORDS)
            .map(|rank| {
                total += 1.0 / (rank as f64 + 2.7);
                total
            })
            .collect();
        let words = (0..WORDS).map(word).collect();
        let mut prose = Self { words, ranks, phrases: Vec::new() };
        prose.phrases = (0..PHRASES as u64)
            .map(|number| {
                let mut dice = Dice::new(1, number);
                let length = 3 + dice.below(4);
                (0..length).map(|_| prose.rank(&mut dice)).collect()
            })
            .collect();
        prose
    }

    fn rank(&self, dice: &mut Dice) -> usize {
        let wanted = dice.share() * self.ranks.last().copied().unwrap_or_default();
        self.ranks.partition_point(|sum| *sum < wanted).min(WORDS - 1)
    }

    /// The article of a number.
    pub(crate) fn article(&self, number: u64) -> Made {
        let mut dice = Dice::new(2, number);
        let site = dice.below(SITES);
        let mut paragraphs = if number > COPY_EVERY && number.is_multiple_of(COPY_EVERY) {
            self.copy(number, &mut dice)
        } else {
            self.body(number)
        };
        // Half of the sites put their furniture round each text.
        if site.is_multiple_of(2) {
            paragraphs.push(self.paragraph(&mut Dice::new(3, site), 45));
        }
        let title = self.sentence(&mut dice, 9);
        Made { site, title, text: paragraphs.join("\n\n") }
    }

    /// A text of its own, a template filled in, or one that quotes a speech.
    fn body(&self, number: u64) -> Vec<String> {
        let mut dice = Dice::new(4, number);
        if number.is_multiple_of(TEMPLATE_EVERY) {
            return self.filled(&mut dice);
        }
        // From short reports to long reads: a median near 450 words.
        let words = (450.0 * (1.2 * (dice.share() + dice.share() + dice.share() - 1.5)).exp()) as usize;
        let mut paragraphs = self.paragraphs(&mut dice, words.max(40));
        if number % SPEECH_EVERY == 1 {
            let mut speech = Dice::new(5, number / SPEECH_ARTICLES);
            let quoted = format!("“{}”", self.paragraph(&mut speech, 80));
            let at = 1 + dice.below(paragraphs.len() as u64 - 1 + 1) as usize;
            paragraphs.insert(at.min(paragraphs.len()), quoted);
        }
        paragraphs
    }

    /// A market report: the words of its template, its own numbers.
    fn filled(&self, dice: &mut Dice) -> Vec<String> {
        let template = dice.below(TEMPLATES);
        let mut frame = Dice::new(6, template);
        self.paragraphs(&mut frame, 120)
            .into_iter()
            .map(|paragraph| {
                let numbers = format!(
                    " It stood at {}.{} after {} the day before.",
                    dice.below(9_000),
                    dice.below(100),
                    dice.below(9_000)
                );
                paragraph + &numbers
            })
            .collect()
    }

    /// An earlier text, whole, with a lead of its own, with words edited, or cut to a part.
    fn copy(&self, number: u64, dice: &mut Dice) -> Vec<String> {
        // Most copies follow soon; some months later.
        let back = if dice.below(10) == 0 { dice.below(number) } else { dice.below(number.min(2_000)) };
        let mut copied = number - 1 - back.min(number - 1);
        if copied.is_multiple_of(COPY_EVERY) {
            copied += 1;
        }
        let mut paragraphs = self.body(copied);
        match dice.below(5) {
            0 => {}
            1 => paragraphs.insert(0, self.paragraph(dice, 35)),
            2 => {
                for paragraph in &mut paragraphs {
                    *paragraph = paragraph.replacen(" and ", " as well as ", 1);
                }
            }
            3 => paragraphs.truncate((paragraphs.len() / 2).max(1)),
            _ => {
                let third = paragraphs.len() / 3;
                paragraphs = paragraphs.split_off(third);
                paragraphs.truncate(third.max(2));
            }
        }
        paragraphs
    }

    fn paragraphs(&self, dice: &mut Dice, words: usize) -> Vec<String> {
        let mut paragraphs = Vec::new();
        let mut left = words;
        while left > 0 {
            let length = (30 + dice.below(50) as usize).min(left.max(12));
            paragraphs.push(self.paragraph(dice, length));
            left = left.saturating_sub(length);
        }
        paragraphs
    }

    fn paragraph(&self, dice: &mut Dice, words: usize) -> String {
        let mut text = String::new();
        let mut left = words;
        while left > 0 {
            let length = (8 + dice.below(18) as usize).min(left.max(5));
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&self.sentence(dice, length));
            text.push('.');
            left = left.saturating_sub(length);
        }
        text
    }

    fn sentence(&self, dice: &mut Dice, words: usize) -> String {
        let mut text = String::new();
        let mut written = 0;
        while written < words {
            match dice.below(20) {
                // Every fifth word or so stands in a turn of phrase.
                0 => {
                    // The few of them are frequent too.
                    let at = (dice.share().powi(3) * PHRASES as f64) as usize;
                    for rank in self.phrases.get(at).into_iter().flatten() {
                        push(&mut text, self.words.get(*rank).map_or("", String::as_str), written == 0);
                        written += 1;
                    }
                }
                1 => {
                    push(&mut text, &dice.below(400).to_string(), false);
                    written += 1;
                }
                kind => {
                    let word = self.words.get(self.rank(dice)).map_or("", String::as_str);
                    push(&mut text, word, written == 0 || kind == 2);
                    written += 1;
                }
            }
        }
        text
    }
}

fn push(text: &mut String, word: &str, capital: bool) {
    if !text.is_empty() {
        text.push(' ');
    }
    let mut chars = word.chars();
    match chars.next() {
        Some(first) if capital => text.extend(first.to_uppercase().chain(chars)),
        Some(_) => text.push_str(word),
        None => {}
    }
}

/// The word of a rank: the frequent ones are short, as in languages, and none is another's beginning with a letter more.
fn word(rank: usize) -> String {
    const FREQUENT: [&str; 40] = [
        "the", "of", "to", "and", "in", "a", "that", "for", "is", "on", "with", "was", "as", "it", "at", "by", "be",
        "from", "have", "has", "are", "an", "his", "he", "not", "said", "who", "will", "but", "they", "their", "its",
        "this", "which", "had", "were", "more", "been", "or", "one",
    ];
    const ONSETS: [&str; 20] =
        ["b", "br", "c", "ch", "d", "f", "g", "gr", "h", "l", "m", "n", "p", "pr", "r", "s", "st", "t", "tr", "v"];
    const RIMES: [&str; 25] = [
        "a", "al", "an", "ar", "as", "e", "el", "en", "er", "es", "i", "il", "in", "ir", "is", "o", "ol", "on", "or",
        "os", "u", "ul", "un", "ur", "us",
    ];
    if let Some(word) = FREQUENT.get(rank) {
        return (*word).to_owned();
    }
    let syllables = if rank < 400 {
        2
    } else if rank < 8_000 {
        3
    } else {
        4
    };
    let mut rest = rank.wrapping_mul(2_654_435_761) % 6_250_000_000;
    let mut word = String::new();
    for _ in 0..syllables {
        word.push_str(ONSETS[rest % ONSETS.len()]);
        rest /= ONSETS.len();
        word.push_str(RIMES[rest % RIMES.len()]);
        rest /= RIMES.len();
    }
    word
}
