//! Topics against articles: all in one pass, and each query in turn.
//!
//! The articles are made of words with the frequencies of natural text; a topic is three alias groups of two to six
//! terms within 15 words of each other.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::print_stderr,
    reason = "a benchmark that a person reads, over small made numbers"
)]

use std::sync::Arc;

use wirewatch::engine::query::{
    Document, DocumentInput, Query, RawGroup, Terms, TopicSet, TopicSpec, Weights, evaluate,
};
use wirewatch::model::article::{Block, BlockKind, Content};
use wirewatch::model::ids::TopicId;

const WORDS_AN_ARTICLE: usize = 800;
const VOCABULARY: usize = 30_000;
const ARTICLES: usize = 50;

fn main() {
    divan::main();
}

/// A fixed sequence: the same bench every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / (1u64 << 31) as f64
    }

    fn below(&mut self, limit: usize) -> usize {
        ((self.roll() * limit as f64) as usize).min(limit - 1)
    }

    /// A word's rank: the nth is about as frequent as one over n.
    fn rank(&mut self) -> usize {
        ((VOCABULARY as f64).powf(self.roll()) as usize).min(VOCABULARY - 1)
    }
}

fn word(rank: usize) -> String {
    const SYLLABLES: [&str; 16] =
        ["ba", "ke", "lo", "mi", "nu", "pra", "sto", "ten", "vor", "wil", "zan", "dre", "fu", "ga", "hel", "jo"];
    let mut number = rank + 16;
    let mut word = String::new();
    while number > 0 {
        word.push_str(SYLLABLES[number % 16]);
        number /= 16;
    }
    word
}

fn articles() -> Vec<Document> {
    contents().iter().map(cut).collect()
}

fn cut(content: &Content) -> Document {
    Document::new(DocumentInput { content, url: "https://a.test/x", source_id: "a", source_name: "A" })
}

fn contents() -> Vec<Content> {
    let mut dice = Dice(7);
    let mut article = || {
        let blocks = (0..WORDS_AN_ARTICLE / 40).map(|_| {
            let words: Vec<String> = (0..40).map(|_| word(dice.rank())).collect();
            Block { kind: BlockKind::Paragraph, text: format!("{}.", words.join(" ")) }
        });
        let blocks = blocks.collect();
        let title = (0..9).map(|_| word(dice.rank())).collect::<Vec<_>>().join(" ");
        Content { title: Some(title), language: Some("en".to_owned()), blocks, ..Content::default() }
    };
    (0..ARTICLES).map(|_| article()).collect()
}

/// Terms of the world: few of the topics have anything to do with one article.
const MANY_TERMS: usize = 6_800;

/// Terms of one beat: each article holds words of most topics, as where all of them watch trade between two countries.
const FEW_TERMS: usize = 900;

/// Two thousand alias groups over so many terms; a topic joins three.
fn topics(count: usize, distinct: usize) -> Vec<TopicSpec> {
    let mut dice = Dice(11);
    let groups = (0..2_000).map(|index| {
        // One common word in a group of rarer ones, as in «talks, summit, delegation».
        let mut any: Vec<String> = (0..2 + dice.below(5)).map(|_| word(60 + dice.below(distinct))).collect();
        any.push(word(300 + dice.rank() % distinct));
        (format!("g{index}"), RawGroup { any, ..RawGroup::default() })
    });
    let terms = Terms::compile(groups.collect()).expect("groups");
    let topic = |index: usize| {
        let mut group = || dice.below(2_000);
        let text = format!("$g{} NEAR/15 $g{} NEAR/15 $g{}", group(), group(), group());
        TopicSpec {
            id: TopicId::new(format!("t{index}")).expect("a slug"),
            query: Arc::new(Query::compile(&text, &terms).expect("a query")),
            min_score: 0.0,
            weights: Weights::default(),
            sources: Vec::new(),
            languages: Vec::new(),
        }
    };
    (0..count).map(topic).collect()
}

#[divan::bench(args = [1_000, 10_000])]
fn all_topics_in_one_pass(bencher: divan::Bencher<'_, '_>, count: usize) {
    one_pass(bencher, topics(count, MANY_TERMS));
}

#[divan::bench(args = [1_000, 10_000])]
fn all_topics_of_one_beat_in_one_pass(bencher: divan::Bencher<'_, '_>, count: usize) {
    one_pass(bencher, topics(count, FEW_TERMS));
}

fn one_pass(bencher: divan::Bencher<'_, '_>, topics: Vec<TopicSpec>) {
    let count = topics.len();
    let set = TopicSet::build(topics.into_iter());
    let articles = articles();
    let candidates: usize = articles.iter().map(|article| set.candidate_count(article)).sum();
    let matches: usize = articles.iter().map(|article| set.matches(article).len()).sum();
    eprintln!("{count}: {} candidates, {} matches an article", candidates / ARTICLES, matches as f64 / ARTICLES as f64);
    let mut next = 0;
    bencher.bench_local(|| {
        next = (next + 1) % ARTICLES;
        set.matches(&articles[next]).len()
    });
}

#[divan::bench(args = [1_000, 10_000], sample_count = 20)]
fn each_query_in_turn(bencher: divan::Bencher<'_, '_>, count: usize) {
    let topics = topics(count, MANY_TERMS);
    let articles = articles();
    let mut next = 0;
    bencher.bench_local(|| {
        next = (next + 1) % ARTICLES;
        topics.iter().filter_map(|topic| evaluate(topic, &articles[next])).count()
    });
}

#[divan::bench(args = [10_000], sample_count = 10)]
fn compile_queries_and_build_the_set(bencher: divan::Bencher<'_, '_>, count: usize) {
    bencher.bench_local(|| TopicSet::build(topics(count, MANY_TERMS).into_iter()).len());
}

#[divan::bench]
fn cut_an_article(bencher: divan::Bencher<'_, '_>) {
    let contents = contents();
    let mut next = 0;
    bencher.bench_local(|| {
        next = (next + 1) % ARTICLES;
        cut(&contents[next])
    });
}
