//! The query language as a whole: what is found, what is not, what is said about mistakes.

use super::*;
use crate::model::article::{Block, BlockKind, Content};

pub(super) const STARTER: &[(&str, &[&str], &[&str], &[&str])] = &[
    ("us", &["=US", "U.S.", "United States", "Washington", "White House", "American"], &[], &[]),
    (
        "china",
        &["China", "Chinese", "Beijing", "Sino"],
        &["China Airlines", "bone china", "South China Morning Post"],
        &["中国", "北京"],
    ),
    (
        "talks",
        &[
            "talks",
            "negotiat*",
            "summit",
            "dialogue",
            "delegation",
            "meet",
            "phone call",
            "truce",
            "deal",
            "agreement",
            "accord",
        ],
        &[],
        &[],
    ),
];

pub(super) fn starter() -> Terms {
    let strings = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let groups = STARTER.iter().map(|(name, any, none, zh)| {
        let languages = if zh.is_empty() { Default::default() } else { [("zh".to_owned(), strings(zh))].into() };
        ((*name).to_owned(), RawGroup { any: strings(any), none: strings(none), languages })
    });
    Terms::compile(groups.collect()).unwrap()
}

fn query(text: &str) -> Query {
    Query::compile(text, &starter()).unwrap_or_else(|problems| panic!("{text}: {problems:#?}"))
}

fn article(language: &str, title: &str, body: &[&str]) -> Document {
    let block = |text: &&str| Block { kind: BlockKind::Paragraph, text: (*text).to_owned() };
    let content = Content {
        title: Some(title.to_owned()),
        language: Some(language.to_owned()),
        authors: vec!["Jane Roe".to_owned()],
        section: Some("World".to_owned()),
        tags: vec!["Trade war".to_owned(), "Asia".to_owned()],
        blocks: body.iter().map(block).collect(),
        ..Content::default()
    };
    Document::new(DocumentInput {
        content: &content,
        url: "https://news.test/world/us-china-talks-2026",
        source_id: "reuters-world",
        source_name: "Reuters World News",
    })
}

fn holds(text: &str, document: &Document) -> bool {
    let query = query(text);
    let single = score(&query, &Weights::default(), document);
    let spec = TopicSpec {
        id: crate::model::ids::TopicId::new("t").unwrap(),
        query: std::sync::Arc::new(query),
        min_score: 0.0,
        weights: Weights::default(),
        sources: Vec::new(),
        languages: Vec::new(),
    };
    let set = TopicSet::build([spec].into_iter()).matches(document);
    assert_eq!(set.first().map(|found| found.score), single, "{text}: the set and the single evaluation differ");
    single.is_some()
}

#[test]
fn a_headline_holds_or_not() {
    for (query, title, expected) in [
        // words, inflections, case, accents
        ("talks", "The TALK goes on", true),
        ("talks", "A talkative man", false),
        ("élysée", "At the Elysee", true),
        ("Elysee", "À l’Élysée", true),
        ("China", "china's wall", true),
        ("=US", "US and China", true),
        ("=US", "They told us all", false),
        ("=US", "US$5 billion", false),
        ("US$", "US$5 billion", true),
        ("=US", "The U.S. and China", true),
        ("U.S.", "The US and China", true),
        ("U.S.", "They told us all", false),
        ("=us", "They told us all", true),
        ("=Apple", "An apple a day", false),
        ("negotiat*", "Renegotiating is no negotiation", true),
        ("negotiat*", "Renegotiating", false),
        ("\"trade war\"", "A trade-war truce", true),
        ("\"trade war\"", "War on trade", false),
        ("\"trade war\"", "Trade wars", false),
        ("=\"Trade War\"", "The Trade War", true),
        ("=\"Trade War\"", "The trade war", false),
        ("trade-war", "The trade war", true),
        // operators
        ("China AND talks", "China talks", true),
        ("China AND NOT talks", "China talks", false),
        ("NOT talks AND China", "China sings", true),
        ("China OR Japan", "Japan sings", true),
        ("China AND (Japan OR Korea)", "China and Korea", true),
        ("China OR Japan AND Korea", "China", true),
        ("(China OR Japan) AND Korea", "China", false),
        ("China NEAR/2 talks", "China holds talks", true),
        ("China NEAR/2 talks", "Talks in China", true),
        ("China NEAR/2 talks", "China will hold talks", false),
        ("China BEFORE/3 talks", "China will hold talks", true),
        ("talks BEFORE/3 China", "China will hold talks", false),
        ("a NEAR/2 b NEAR/2 c", "a x b x c", true),
        ("a NEAR/2 b NEAR/2 c", "a x b x x x b x c", false),
        ("a BEFORE/2 b BEFORE/2 c", "a b c", true),
        ("a BEFORE/2 b BEFORE/2 c", "c b a", false),
        ("talks NEAR/5 talks", "talks", false),
        ("talks NEAR/5 talks", "talks about talks", true),
        ("ATLEAST/2 China", "China and China", true),
        ("ATLEAST/3 China", "China and China", false),
        ("ATLEAST/2 $china", "China and Beijing", true),
        ("2 OF (a, b, c)", "a and c", true),
        ("2 OF (a, b, c)", "c", false),
        ("3 OF (a, b, c AND d)", "a b c d", true),
        // groups
        ("$china", "China Airlines posts a loss", false),
        ("$china", "China Airlines flies to China", true),
        ("$china", "A cup of bone china", false),
        ("$china", "The South China Morning Post said", false),
        ("$us", "They told us", false),
        // fields
        ("title:China", "China", true),
        ("body:China", "China", false),
        ("lead:China", "China", false),
        ("title:(China NEAR/2 talks)", "China holds talks", true),
        ("author:Roe", "x", true),
        ("author:\"jane roe\"", "x", true),
        ("source:reuters-world", "x", true),
        ("source:Reuters", "x", true),
        ("section:world", "x", true),
        ("tag:\"trade war\"", "x", true),
        ("tag:\"war asia\"", "x", false),
        ("url:talks", "x", true),
        ("lang:en", "x", true),
        ("lang:fr", "x", false),
        ("Roe", "x", false),
        // patterns
        ("/chin[ae]/i", "CHINA", true),
        ("title:/^China/", "China sings", true),
        ("title:/^China/", "In China", false),
        ("url:/us-china-talks-20\\d\\d/", "x", true),
        ("source:/^reuters/", "x", true),
        ("/world\\/us/", "x", true),
        // the starter topic
        ("$us NEAR/15 $china NEAR/15 $talks", "Trump says US and China will resume trade talks", true),
        ("$us NEAR/15 $china NEAR/15 $talks", "China Airlines posts a loss", false),
        ("$us NEAR/15 $china NEAR/15 $talks", "Putin and Trump hold talks in Helsinki", false),
    ] {
        assert_eq!(holds(query, &article("en", title, &[])), expected, "{query} in {title:?}");
    }
}

#[test]
fn sentences_paragraphs_and_the_lead_are_places() {
    let filler = "word ".repeat(130);
    let document = article(
        "en",
        "Title here",
        &["China sang. Japan danced. U.S. envoys met.", &filler, "Korea hummed and Peru played."],
    );
    for (text, expected) in [
        ("China SENTENCE sang", true),
        ("China SENTENCE Japan", false),
        ("China PARAGRAPH Japan", true),
        ("China PARAGRAPH Korea", false),
        ("Korea SENTENCE Peru SENTENCE hummed", true),
        ("Title SENTENCE China", false),
        ("here NEAR/5 China", false),
        ("lead:China", true),
        ("lead:Korea", false),
        ("body:Korea", true),
        ("body:China", true),
        ("=US SENTENCE met", true),
        ("\"sang Japan\"", true),
        ("China NEAR/400 Korea", true),
        ("(China OR Mars) NEAR/3 Japan", true),
        ("(China NEAR/2 sang) NEAR/3 Japan", true),
    ] {
        assert_eq!(holds(text, &document), expected, "{text}");
    }
}

#[test]
fn other_scripts_and_languages_are_searched() {
    for (language, query, title, expected) in [
        ("zh", "中国", "外交部：中国同意", true),
        ("zh", "中美会谈", "双方在日内瓦举行中美会谈并发表声明", true),
        ("zh", "美国 NEAR/2 中国", "美国和对中国", true),
        ("zh", "美国 NEAR/2 中国", "美国和对其他的中国", false),
        ("zh", "$china", "北京的天气", true),
        ("en", "$china", "北京的天气", false),
        ("ja", "会談", "米中首脳会談が開かれた", true),
        ("ko", "중국", "미국과 중국의 정상회담", true),
        ("ar", "الصين", "واشنطن والصين تتفقان", true),
        ("ar", "الصين AND امريكا", "محادثات بين أمريكا وبالصين", true),
        ("he", "סין", "שיחות בין ארה״ב לסין", true),
        ("he", "ארה\"ב", "שיחות בין ארה״ב לסין", true),
        ("ru", "Китай AND переговоры", "Переговоров с Китаем не будет", true),
        ("fr", "négociation", "Les negociations reprennent", true),
        ("de", "Verhandlung", "Verhandlungen mit China", true),
        ("tr", "Türkiye", "Türkiye'nin kararı", true),
    ] {
        assert_eq!(holds(query, &article(language, title, &[])), expected, "{query} in {title:?}");
    }
}
