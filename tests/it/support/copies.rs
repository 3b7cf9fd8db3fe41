//! Made copies and texts that only look like copies, from any articles, the same at each run.

use wirewatch::model::article::{Block, BlockKind, Content};

/// One made article.
pub(crate) struct Made {
    pub(crate) content: Content,
    pub(crate) url: String,
    /// Texts with one label are copies of one text.
    pub(crate) label: usize,
    /// How it was made.
    pub(crate) kind: &'static str,
}

/// A small generator of numbers (xorshift): the sets are the same everywhere.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end.max(1) as u64).unwrap()
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

const SITES: &[&str] = &[
    "ardent.test",
    "bayherald.test",
    "corvia-post.test",
    "dailyvelm.test",
    "eastwire.test",
    "fjordnews.test",
    "gazette.test",
    "hillpress.test",
    "islandtimes.test",
    "journal.test",
];

fn paragraphs(texts: Vec<String>) -> Vec<Block> {
    texts.into_iter().map(|text| Block { kind: BlockKind::Paragraph, text }).collect()
}

fn texts(content: &Content) -> Vec<String> {
    content.blocks.iter().map(|block| block.text.clone()).collect()
}

fn words(content: &Content) -> usize {
    content.blocks.iter().map(|block| block.text.split_whitespace().count()).sum()
}

/// Blocks in a row with about `share` of the words, beginning near `from` (both shares of the whole).
fn stretch(content: &Content, from: f64, share: f64) -> Vec<String> {
    let all = words(content) as f64;
    let (mut passed, mut taken) = (0.0, 0.0);
    let mut out = Vec::new();
    for block in &content.blocks {
        let count = block.text.split_whitespace().count() as f64;
        if passed >= from * all - 1.0 && taken < share * all {
            out.push(block.text.clone());
            taken += count;
        }
        passed += count;
    }
    out
}

fn edit(texts: &mut [String], per_cent: usize, dice: &mut Dice) {
    const OTHERS: &[&str] = &["also", "reportedly", "later", "new", "the", "officials", "largely", "recent"];
    for text in texts.iter_mut() {
        let mut out: Vec<String> = Vec::new();
        for word in text.split(' ') {
            match dice.below(300) {
                n if n < per_cent => {}
                n if n < 2 * per_cent => out.push((*dice.pick(OTHERS)).to_owned()),
                n if n < 3 * per_cent => {
                    out.push((*dice.pick(OTHERS)).to_owned());
                    out.push(word.to_owned());
                }
                _ => out.push(word.to_owned()),
            }
        }
        *text = out.join(" ");
    }
}

fn typeset(texts: &mut [String], dice: &mut Dice) {
    let variant = dice.below(4);
    for text in texts.iter_mut() {
        *text = match variant {
            0 => text.replace(['“', '”'], "\"").replace(['‘', '’'], "'").replace('—', " - "),
            1 => text.replace('’', "&#8217;").replace(['“', '”'], "&quot;"),
            2 => text.replace('’', "â€™").replace('“', "â€œ").replace('—', "â€”"),
            _ => text.replace(' ', "\u{a0}").replace(" - ", " – ").replace('"', "”"),
        };
    }
}

fn respell(texts: &mut [String]) {
    const PAIRS: &[(&str, &str)] = &[
        ("organization", "organisation"),
        ("labor", "labour"),
        ("center", "centre"),
        ("defense", "defence"),
        ("color", "colour"),
        ("favor", "favour"),
        ("recognize", "recognise"),
        ("program", "programme"),
        ("traveled", "travelled"),
        ("analyze", "analyse"),
        ("neighbor", "neighbour"),
        ("realize", "realise"),
        ("theater", "theatre"),
        ("honor", "honour"),
        ("criticize", "criticise"),
        ("gray", "grey"),
    ];
    for text in texts.iter_mut() {
        for (american, british) in PAIRS {
            *text = text.replace(american, british);
        }
    }
}

fn reparagraph(texts: &[String], dice: &mut Dice) -> Vec<String> {
    let whole = texts.join(" ");
    let mut out = vec![String::new()];
    for sentence in whole.split_inclusive(". ") {
        if dice.below(3) == 0 && !out.last().unwrap().is_empty() {
            out.push(String::new());
        }
        out.last_mut().unwrap().push_str(sentence);
    }
    out.into_iter().map(|text| text.trim().to_owned()).collect()
}

const LOCAL: &[&str] = &[
    "Residents of Lower Marsh will hear echoes of their own dispute in the news from abroad this week, as the county council prepares to vote on the old ferry landing and what should become of the sheds beside it after the summer.",
    "For families on our side of the bay the matter is anything but distant, said Nora Quill, who has run the bakery on Tanner Street for thirty years and sends a parcel to her cousins every month.",
    "The Tribune asked four readers what they make of it. Their answers appear on Thursday’s letters page, together with a map and a short guide to the places that are named below.",
];

const DISCLAIMER: &str = "This report contains forward-looking statements within the meaning of applicable securities law. Such statements involve known and unknown risks, uncertainties and other factors that may cause actual results to differ materially from those expressed or implied. Words such as expects, anticipates, intends, plans, believes and similar expressions identify such statements. The publisher undertakes no obligation to update any statement to reflect events after the date on which it was made, and past performance is no guarantee of future results. Nothing herein is an offer to sell or a solicitation of an offer to buy any security in any jurisdiction. Readers should consult their own advisers on legal, tax, financial and accounting matters before they act on any information given here. Content from third parties is reproduced under licence and remains the property of its owners; reproduction in whole or in part without written permission is prohibited. By using this site you accept the terms of use, the privacy notice and the cookie policy, each of which may be amended from time to time without notice.";

const FRAME_HEAD: &str = "Good morning and welcome to the Harbour Letter, the daily note in which our desk gathers what moved the coast overnight, what to expect before noon and what the tide tables say. Write to us if something is missing; we read everything and answer most of it by the evening.";
const FRAME_TAIL: &str = "That is all for today. If you liked this letter, pass it on to a friend who sails, and tell them that the first month is free. The Harbour Letter is written by the night desk and edited by the day desk; mistakes are ours alone. Tomorrow we look at the price of rope, the state of the eastern pier and the results of the regatta, and we print the best of your photographs.";

/// The copies of one article; the first is the original.
fn copies(article: &Content, label: usize, dice: &mut Dice, out: &mut Vec<Made>) {
    let base = texts(article);
    let mut push = |kind: &'static str, title: Option<&str>, blocks: Vec<String>, dice: &mut Dice| {
        let site = (*dice.pick(SITES)).to_owned();
        let title = title.map_or_else(|| article.title.clone(), |title| Some(title.to_owned()));
        let url = format!("https://{site}/{label}/{}", out.len());
        let content = Content { title, blocks: paragraphs(blocks), ..Content::default() };
        out.push(Made { content, url, label, kind });
    };
    push("original", None, base.clone(), dice);
    push("verbatim", None, base.clone(), dice);
    let mut framed = base.clone();
    framed.insert(0, "Listen to this article. Sign in to save it for later and to follow the topic.".into());
    framed.push(
        "Follow us for more stories from around the region, and support independent reporting with a small gift."
            .into(),
    );
    push("framed", None, framed, dice);
    push("headline", Some("What it means for all of us"), base.clone(), dice);
    push("top third", None, stretch(article, 0.0, 0.34), dice);
    push("middle third", Some("A closer look"), stretch(article, 0.33, 0.36), dice);
    push("last half", None, stretch(article, 0.5, 0.6), dice);
    push("reparagraphed", None, reparagraph(&base, dice), dice);
    let mut typed = base.clone();
    typeset(&mut typed, dice);
    push("typeset", None, typed, dice);
    let mut spelled = base.clone();
    respell(&mut spelled);
    push("respelled", None, spelled, dice);
    let mut local: Vec<String> = LOCAL.iter().take(1 + dice.below(2)).map(|text| (*text).to_owned()).collect();
    local.extend(base.clone());
    push("local lead", Some("Why the news from abroad matters here"), local, dice);
    let mut agency = base.clone();
    agency[0] = format!("VELM (Eastwire) — {}", agency[0]);
    agency.push("(Reporting by Jo Renn; additional reporting by Tam Orley; editing by Ilse Brandt)".into());
    push("agency line", None, agency, dice);
    let mut few = base.clone();
    edit(&mut few, 3, dice);
    push("edited 3 %", None, few, dice);
    let mut more = base.clone();
    edit(&mut more, 7, dice);
    push("edited 7 %", Some("A changed headline for a changed text"), more, dice);
    let mut part = stretch(article, 0.0, 0.4);
    edit(&mut part, 3, dice);
    typeset(&mut part, dice);
    part.push("Read the whole story in tomorrow’s paper.".into());
    push("top part, edited", Some("In short"), part, dice);
    let mut half = vec![LOCAL[dice.below(LOCAL.len())].to_owned()];
    half.extend(stretch(article, 0.0, 0.55));
    push("local lead, half", Some("Local view"), half, dice);
}

/// Texts that are no copies of anything: each has its own label.
fn strangers(articles: &[Content], donors: &[Content], dice: &mut Dice) -> Vec<Made> {
    let first_label = articles.len();
    let mut out: Vec<Made> = Vec::new();
    let mut push = |kind: &'static str, site: &str, title: String, blocks: Vec<String>| {
        let label = first_label + out.len();
        let url = format!("https://{site}/stranger/{label}");
        let content = Content { title: Some(title), blocks: paragraphs(blocks), ..Content::default() };
        out.push(Made { content, url, label, kind });
    };
    for (at, article) in articles.iter().enumerate() {
        // Each stranger has a part of a donor for itself, so that strangers share no text but what is put in.
        let own = stretch(&donors[at % donors.len()], (at / donors.len()) as f64 * 0.3, 0.26);
        let site = *dice.pick(SITES);
        match at % 6 {
            0 => {
                // One event, two articles: background and a quotation in common.
                let mut blocks = own.clone();
                blocks.extend(stretch(article, 0.3, 0.12));
                push("same event", site, format!("Another report {at}"), blocks);
            }
            1 => {
                let mut blocks = vec![FRAME_HEAD.to_owned()];
                blocks.extend(own.clone());
                blocks.push(FRAME_TAIL.to_owned());
                push("column", "harbour-letter.test", format!("The Harbour Letter, {}", at + 1), blocks);
            }
            2 => {
                let mut blocks = own.clone();
                blocks.push(DISCLAIMER.to_owned());
                push("disclaimer", site, format!("Company news {at}"), blocks);
            }
            3 => {
                // A reply: about half of it quotes the other text, in quotation marks, with answers between.
                let quoted = stretch(article, 0.1, 0.35);
                let mut blocks =
                    vec!["It is rare that one agrees with so little of what a colleague writes.".to_owned()];
                for (quote, answer) in quoted.iter().zip(own.iter().cycle()) {
                    blocks.push(format!("“{}”", quote.replace(['“', '”', '"'], "'")));
                    blocks.push(answer.clone());
                }
                blocks.extend(own.iter().skip(quoted.len()).cloned());
                push("reply", site, format!("A reply {at}"), blocks);
            }
            4 => {
                let (place, size, deep) = (dice.pick(PLACES), 30 + dice.below(40), 5 + dice.below(90));
                let hour = dice.below(24);
                push(
                    "alert",
                    "quakes.test",
                    format!("Quake near {place}"),
                    vec![format!(
                        "A magnitude {}.{} earthquake struck near {place} at {hour:02}:{:02}, the seismological institute said. It was {deep} km deep. No damage was reported so far.",
                        size / 10,
                        size % 10,
                        dice.below(60)
                    )],
                );
            }
            _ => {
                let (place, team) = (dice.pick(PLACES), dice.pick(PLACES));
                let (one, two, crowd) = (dice.below(9), dice.below(9), 1000 + dice.below(9000));
                push(
                    "template",
                    "scores.test",
                    format!("{place} {one}:{two} {team}"),
                    vec![
                        format!(
                            "{place} played {team} on Saturday before a crowd of {crowd} and the match ended {one}:{two}."
                        ),
                        format!(
                            "The first half saw {} shots on goal, {} corners and {} fouls, according to the statistics that the league publishes after each match day.",
                            dice.below(20),
                            dice.below(12),
                            dice.below(25)
                        ),
                        format!(
                            "{place} now has {} points and stands in place {} of the table, while {team} has {} points. The next match day is on the {}th, when {place} travels to {}. This report was generated from the league's data and checked by the sports desk.",
                            dice.below(60),
                            1 + dice.below(18),
                            dice.below(60),
                            4 + dice.below(24),
                            dice.pick(PLACES)
                        ),
                    ],
                );
            }
        }
    }
    out
}

const PLACES: &[&str] = &[
    "Velm", "Ardby", "Corvia", "Dunmere", "Eskholm", "Fennick", "Garrow", "Halden", "Inver", "Jarrow", "Kestle", "Lund",
];

/// A stream of copies and strangers of the given articles, in an order that no timetable has. A quarter of the articles
/// lends its text to the strangers and has no copies; so there are at most three strangers for each of them.
pub(crate) fn made_set(articles: &[Content], seed: u64) -> Vec<Made> {
    let mut dice = Dice(seed);
    let mut out = Vec::new();
    let (donors, articles) = articles.split_at(articles.len() / 4 + 1);
    for (label, article) in articles.iter().enumerate() {
        copies(article, label, &mut dice, &mut out);
    }
    out.extend(strangers(articles, donors, &mut dice));
    for at in (1..out.len()).rev() {
        out.swap(at, dice.below(at + 1));
    }
    out
}

const SMALL: &[&str] = &[
    "the", "of", "and", "in", "to", "a", "that", "for", "on", "with", "as", "by", "at", "from", "it", "was", "were",
    "had", "which", "after", "but", "not", "this", "their", "will", "would", "into", "over", "about", "before",
];

const SYLLABLES: &[&str] = &[
    "ba", "ren", "tol", "mi", "sar", "ke", "dun", "lo", "fen", "gra", "hol", "ip", "jun", "kor", "la", "mor", "nes",
    "ol", "per", "qui", "ras", "ste", "tun", "ur", "vel", "wen", "yor", "zam",
];

fn word(dice: &mut Dice) -> String {
    (0..2 + dice.below(2)).map(|_| *dice.pick(SYLLABLES)).collect()
}

fn name(dice: &mut Dice) -> String {
    let word = word(dice);
    format!("{}{}", word[..1].to_uppercase(), &word[1..])
}

fn sentence(dice: &mut Dice, names: &[String]) -> String {
    let mut words: Vec<String> = Vec::new();
    for at in 0..9 + dice.below(14) {
        words.push(match dice.below(14) {
            0 => dice.pick(names).clone(),
            1 if at > 0 => (2 + dice.below(900)).to_string(),
            2..7 => (*dice.pick(SMALL)).to_owned(),
            _ => word(dice),
        });
    }
    let text = words.join(" ");
    if dice.below(8) == 0 {
        return format!("“{text},” said {}.", dice.pick(names));
    }
    format!("{}{}.", text[..1].to_uppercase(), &text[1..])
}

/// Articles in a language of made words among English small ones, about `words` long.
pub(crate) fn made_articles(count: usize, words: usize, seed: u64) -> Vec<Content> {
    let mut dice = Dice(seed);
    let mut article = || {
        let names: Vec<String> = (0..8).map(|_| name(&mut dice)).collect();
        let mut blocks = Vec::new();
        while blocks.len() * 45 < words {
            let text: Vec<String> = (0..3).map(|_| sentence(&mut dice, &names)).collect();
            blocks.push(text.join(" "));
        }
        let title = format!("{} {} {}", dice.pick(&names), word(&mut dice), word(&mut dice));
        Content { title: Some(title), blocks: paragraphs(blocks), ..Content::default() }
    };
    (0..count).map(|_| article()).collect()
}
