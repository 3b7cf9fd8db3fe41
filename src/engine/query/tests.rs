//! The query language as a whole: what is found, what is not, what is said about mistakes.

use proptest::prelude::*;

use super::*;
use crate::model::article::{Block, BlockKind, Content};

/// A group's name, its terms, what takes hits back, terms for Chinese.
type Row = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

pub(super) const STARTER: &[Row] = &[
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
        let languages =
            if zh.is_empty() { std::collections::BTreeMap::default() } else { [("zh".to_owned(), strings(zh))].into() };
        ((*name).to_owned(), RawGroup { any: strings(any), none: strings(none), languages })
    });
    Terms::compile(groups.collect()).unwrap()
}

fn query(text: &str) -> Query {
    Query::compile(text, &starter()).unwrap_or_else(|problems| panic!("{text}: {problems:#?}"))
}

pub(super) fn article(language: &str, title: &str, body: &[&str]) -> Document {
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
#[expect(clippy::too_many_lines, reason = "a table")]
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
        // one place is not two, but for a compound that two groups list
        ("China NEAR/5 $china", "China sings", false),
        ("talks NEAR/5 talks", "The talks go on", false),
        ("中美 NEAR/5 美", "中美会谈", false),
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
        ("lead/1:China", true),
        ("lead/1:sang", false),
        ("lead/2:Japan", false),
        ("lead/3:Japan", true),
        ("lead/5:\"U.S. envoys\"", false),
        ("lead/6:\"U.S. envoys\"", true),
        ("lead/4:(China SENTENCE sang)", true),
        ("lead/4:(Japan NEAR/2 U.S.)", false),
        ("lead/5:(Japan NEAR/2 U.S.)", true),
        ("lead/4:(China AND Japan)", true),
        ("lead/4:(China AND NOT U.S.)", true),
        ("lead/5:(China AND NOT U.S.)", false),
        ("ATLEAST/2 lead/4:(China OR Japan)", true),
        ("ATLEAST/2 lead/2:(China OR Japan)", false),
        ("lead/10:Title", false),
        ("lead/120:Korea", false),
        ("lead/140:Korea", true),
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

/// The groups of a file under `config/terms`.
fn library(texts: &[&str]) -> Terms {
    let mut groups = std::collections::BTreeMap::new();
    for text in texts {
        let file: toml::Table = text.parse().unwrap();
        for (name, group) in file["terms"].as_table().unwrap() {
            let strings = |value: &toml::Value| -> Vec<String> {
                value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
            };
            let mut raw = RawGroup::default();
            for (key, value) in group.as_table().unwrap() {
                match key.as_str() {
                    "any" => raw.any = strings(value),
                    "none" => raw.none = strings(value),
                    language => {
                        raw.languages.insert(language.to_owned(), strings(value));
                    }
                }
            }
            assert_eq!(groups.insert(name.clone(), raw), None, "{name} is there twice");
        }
    }
    Terms::compile(groups).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

pub(super) fn whole_library() -> Terms {
    library(&[
        include_str!("../../../config/terms/states.toml"),
        include_str!("../../../config/terms/organisations.toml"),
        include_str!("../../../config/terms/diplomacy.toml"),
    ])
}

#[test]
fn states_are_not_found_in_what_only_sounds_like_them() {
    let terms = whole_library();
    for (group, title, expected) in [
        ("china", "A bone china cup", false),
        ("china", "Beijing's answer", true),
        ("united-states", "Tell us more", false),
        ("united-states", "South American leaders", false),
        ("united-states", "The U.S.A. and others", true),
        ("georgia", "A georgia peach", false),
        ("guinea", "Papua New Guinea votes", false),
        ("guinea", "Guinea votes", true),
        ("congo-kinshasa", "Fighting in the Democratic Republic of the Congo", true),
        ("turkey", "How to roast a turkey", false),
        ("turkey", "Turkey and Greece", true),
        ("chad", "Chad's army", true),
        ("south-korea", "Seoul and Pyongyang", true),
        ("jordan", "Michael Jordan returns", false),
        ("ireland", "A vote in Northern Ireland", false),
        ("sudan", "South Sudan's army", false),
        ("united-nations", "The UN Security Council met", true),
        ("united-nations", "An un-American idea", false),
        ("world-health-organization", "A man who knew", false),
        ("world-health-organization", "WHO warns of measles", true),
    ] {
        let query = Query::compile(&format!("${group}"), &terms).unwrap();
        assert_eq!(holds_compiled(&query, &article("en", title, &[])), expected, "${group} in {title:?}");
    }
}

fn holds_compiled(query: &Query, document: &Document) -> bool {
    score(query, &Weights::default(), document).is_some()
}

#[test]
fn the_first_words_of_chinese_are_two_characters_each() {
    let document = article("zh", "各方关注日内瓦", &["中美会谈继续，双方同意保持沟通。"]);
    for (text, expected) in
        [("lead/1:中美", true), ("lead/1:会谈", false), ("lead/2:会谈", true), ("lead/3:沟通", false)]
    {
        assert_eq!(holds(text, &document), expected, "{text}");
    }
}

#[test]
fn an_explanation_says_what_held_and_how_near_the_rest_was() {
    let filler = "Nothing else was said about it. ".repeat(12);
    let document = article(
        "en",
        "Trade talks resume",
        &[
            &format!("The United States sent a delegation to Geneva. {filler} China was not invited."),
            "Asked about it, China Airlines kept silent.",
        ],
    );
    let told: Vec<String> = [
        "$us NEAR/15 $china NEAR/15 $talks",
        "($us NEAR/5 $talks) AND NOT title:China AND ATLEAST/3 talks",
        "\"trade talks\" AND (lang:fr OR 2 OF (China, Japan, Geneva))",
        "$us SENTENCE $china AND url:/2026/",
        "title:talks NEAR/3 Geneva OR tag:asia",
        "lead/8:($us NEAR/8 delegation) AND lead/5:Geneva",
    ]
    .into_iter()
    .map(|text| format!("{text}\n{}", explain(&query(text), &document)))
    .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_score_puts_the_title_above_the_lead_above_the_rest() {
    let filler = "word ".repeat(130);
    let score_of = |title: &str, body: &[&str]| {
        score(&query("$us NEAR/15 $china NEAR/15 $talks"), &Weights::default(), &article("en", title, body))
            .unwrap_or(0.0)
    };
    let hit = "American and Chinese officials met for talks.";
    let rest = score_of("Nothing", &[&filler, hit]);
    let lead = score_of("Nothing", &[hit, &filler]);
    let title = score_of(hit, &["Nothing here.", &filler]);
    let all = score_of(hit, &[hit, &filler, hit, hit, hit, hit]);
    assert!(0.0 < rest && rest < lead && lead < title && title < all && all < 1.0, "{rest} {lead} {title} {all}");
    // More of the same counts less and less.
    let twice = score_of("Nothing", &[&filler, hit, hit]);
    let often = score_of("Nothing", &[&filler, &hit.repeat(20)]);
    assert!(rest < twice && twice < often && often < 0.7, "{rest} {twice} {often}");
    assert!((score_of("Nothing", &[&filler, &hit.repeat(40)]) - often).abs() < 1e-9);
}

#[test]
fn evidence_quotes_at_most_160_characters_around_the_term() {
    let long = format!("{} American and Chinese officials met. {}", "Äh, ".repeat(100), "und so weiter ".repeat(100));
    let document = article("en", "Title", &[&long]);
    let spec = TopicSpec {
        id: crate::model::ids::TopicId::new("t").unwrap(),
        query: std::sync::Arc::new(query("$us NEAR/15 $china NEAR/15 $talks")),
        min_score: 0.0,
        weights: Weights::default(),
        sources: Vec::new(),
        languages: Vec::new(),
    };
    let found = evaluate(&spec, &document).unwrap();
    let terms: Vec<&str> = found.evidence.iter().map(|evidence| evidence.term.as_str()).collect();
    assert_eq!(terms, ["American", "Chinese", "meet"]);
    for evidence in &found.evidence {
        assert!(evidence.text.chars().count() <= 160, "{}", evidence.text);
        assert!(evidence.text.contains("American and Chinese officials met"), "{}", evidence.text);
        assert!(evidence.text.starts_with('…') && evidence.text.ends_with('…'), "{}", evidence.text);
    }
}

#[test]
fn what_keeps_a_topic_from_matching_is_told_though_its_query_holds() {
    let document = article("en", "A fine day", &["American and Chinese officials met."]);
    let spec = TopicSpec {
        id: crate::model::ids::TopicId::new("t").unwrap(),
        query: std::sync::Arc::new(query("$us NEAR/15 $china NEAR/15 $talks")),
        min_score: 0.9,
        weights: Weights::default(),
        sources: vec![crate::model::ids::SourceId::new("wire").unwrap()],
        languages: vec!["de".to_owned()],
    };
    assert_eq!(evaluate(&spec, &document), None);
    let told = explain_topic(&spec, &document).to_string();
    for why in ["no match, though the query holds", "min_score, 0.9", "the sources wire", "the languages de"] {
        assert!(told.contains(why), "{why}: {told}");
    }
    let open = TopicSpec { min_score: 0.0, sources: Vec::new(), languages: Vec::new(), ..spec };
    assert_eq!(explain_topic(&open, &document).held_back, Vec::<String>::new());
}

#[test]
fn suggestions_are_words_of_the_matches_that_others_lack() {
    let matched: Vec<Document> = (0..6)
        .map(|index| {
            let body = format!(
                "American and Chinese officials met for talks on rare earths, day {index}. The weather was fine."
            );
            article("en", "Talks go on", &[&body])
        })
        .collect();
    let background: Vec<Document> =
        (0..20).map(|_| article("en", "A fine day", &["The weather was fine for officials."])).collect();
    let suggestions = suggest(&matched, &background, &query("$us NEAR/15 $china NEAR/15 $talks"));
    let terms: Vec<&str> = suggestions.iter().map(|suggestion| suggestion.term.as_str()).collect();
    assert_eq!(terms.first(), Some(&"rare earths"), "{terms:?}");
    assert!(!terms.iter().any(|term| ["China", "Chinese", "weather", "talks"].contains(term)), "{terms:?}");
}

/// Text of few words, so that queries meet it.
fn any_text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        6 => "[a-e]{1,2}",
        1 => Just("US".to_owned()), 1 => Just("China".to_owned()), 1 => Just("Chinese".to_owned()),
        1 => Just("China Airlines".to_owned()), 1 => Just("talks".to_owned()), 1 => Just("met".to_owned()),
        1 => Just("negotiators".to_owned()), 1 => Just("中国".to_owned()), 1 => Just("U.S.".to_owned()),
        1 => Just(". The".to_owned()), 1 => "\\PC{1,3}",
    ];
    prop::collection::vec(word, 0..30).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_set_finds_what_each_query_in_turn_finds(
        exprs in prop::collection::vec(super::parser_tests::any_query(), 1..12),
        title in any_text(),
        paragraphs in prop::collection::vec(any_text(), 0..4),
        language in prop_oneof![Just("en"), Just("zh"), Just("fr"), Just("xx")],
    ) {
        let terms = starter();
        let specs: Vec<TopicSpec> = exprs
            .iter()
            .enumerate()
            .filter_map(|(index, expr)| {
                Some(TopicSpec {
                    id: crate::model::ids::TopicId::new(format!("t{index}")).unwrap(),
                    query: std::sync::Arc::new(Query::compile(&expr.to_string(), &terms).ok()?),
                    min_score: if index % 3 == 0 { 0.4 } else { 0.0 },
                    weights: Weights::default(),
                    sources: Vec::new(),
                    languages: if index % 5 == 4 { vec!["en".to_owned()] } else { Vec::new() },
                })
            })
            .collect();
        let paragraphs: Vec<&str> = paragraphs.iter().map(String::as_str).collect();
        let document = article(language, &title, &paragraphs);
        let each: Vec<_> = specs.iter().filter_map(|spec| evaluate(spec, &document)).collect();
        for spec in &specs {
            let explained = explain(&spec.query, &document);
            prop_assert_eq!(explained.matched, score(&spec.query, &Weights::default(), &document).is_some());
        }
        prop_assert_eq!(TopicSet::build(specs.into_iter()).matches(&document), each);
    }

    #[test]
    fn no_text_makes_matching_panic(title in "\\PC{0,40}", body in "\\PC{0,200}", language in "[a-z]{0,3}") {
        let document = article(&language, &title, &[&body]);
        for text in ["$us NEAR/15 $china NEAR/15 $talks", "ATLEAST/2 a OR b SENTENCE c", "/./ OR é", "中 BEFORE/2 国", "lead/3:(a OR 中)"] {
            holds(text, &document);
        }
        drop(suggest(&[document], &[], &query("a")));
    }
}
