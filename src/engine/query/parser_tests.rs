//! What is said about mistakes, and the law that a printed query reads back.

use proptest::prelude::*;

use super::tests::starter;
use super::*;
use crate::model::topic::Field;

/// A query with its problems as a reader sees them.
fn complaints(text: &str) -> String {
    let problems = match Query::compile(text, &starter()) {
        Ok(query) => return format!("{text}\nreads as {}\n", query.expr()),
        Err(problems) => problems,
    };
    let mut told = format!("{text}\n");
    for problem in problems {
        let before = text.get(..problem.span.start).unwrap_or_default().chars().count();
        let under = text.get(problem.span.clone()).unwrap_or_default().chars().count().max(1);
        told.extend([" ".repeat(before), "^".repeat(under), format!(" {}\n", problem.message)]);
        if let Some(hint) = problem.hint {
            told.extend([" ".repeat(before), format!(" {hint}\n")]);
        }
        if let Some(mended) = problem.mended {
            told.extend([format!("corrected: {mended}\n")]);
        }
    }
    told
}

#[test]
fn mistakes_are_told_with_their_place_and_a_correction() {
    let queries = [
        "",
        "trade talks",
        "United States NEAR/5 China",
        "$us $china",
        "US and China",
        "US near/5 China",
        "US near China",
        "US NEAR China",
        "US NEAR/0 China",
        "US NEAR/x China AND ATLEAST China",
        "US NEAR/5000 China",
        "(US AND China",
        "US AND China)",
        "\"trade war",
        "US AND",
        "AND US",
        "US OR OR China",
        "$chna AND $tlks AND tittle:x",
        "http://a.test/",
        "neg* AND n*gotiate",
        "wom?n AND w*n",
        "=US* OR \"trade war*\"",
        "body:/x/ AND lead:/y/",
        "title:/[/ AND /a{1000}{1000}/",
        "/abc",
        "US NOT China",
        "US -China",
        "NOT China",
        "China OR NOT Japan",
        "US NEAR/5 NOT China",
        "(US AND China) NEAR/5 talks",
        "US NEAR/5 lang:en",
        "ATLEAST/2 (US AND China)",
        "2 (a, b)",
        "OF (a, b)",
        "4 OF (a, b)",
        "title:lead:x",
        "lead/40:title:x",
        "title:(a AND lead/40:x)",
        "lead/x:China AND lead/0:talks AND lead/4000:US",
        "title/8:China AND lead/:talks",
        "lead/40:/x/",
        "led/40:China AND titel/8:talks AND version/2:x",
        "title:(a AND lead:x)",
        "title: AND x",
        "a, b",
        "& AND …",
        "US && China || Japan",
        "()",
    ];
    let told: Vec<String> = queries.into_iter().map(complaints).collect();
    insta::assert_snapshot!(told.join("\n"));
}

/// As analysts write who come from a web search, a press archive or a programming language.
const FROM_ELSEWHERE: &[&str] = &[
    "US w/5 China",
    "US near5 China NEAR:12 talks",
    "US AROUND(5) China",
    "US adj3 China",
    "US NEAR/ 5 China",
    "\"US China\"~5 AND talks",
    "intitle:China AND site:reuters.com AND language:en",
    "headline:\"trade talks\"",
    "[US OR China] AND {talks}",
    "negotiat? OR US? OR China~1",
    "@us NEAR/5 @chna AND @nobody",
    "'trade talks' OR ‘trade war’",
    "‘trade talks’ and not opinion",
    "US +China -Japan",
    "US and (China or Taiwan) not Japan",
    "“US” “China” “talks”",
    "US AND \"China talks",
    "(US AND (China OR Taiwan)",
    "US AND China))",
    "US, China, talks",
    "2 of (US, China, talks)",
    "ATLEAST 2 China",
    "FIRST/50 China AND /F20/ (talks OR summit)",
    "FIRST(5) China AND FIRSTLY",
    "ingress/40:China AND body/9:talks",
    "US NEAR 5 China",
    "China*talks AND tal*",
    "US BEFORE China",
    "US before China",
    "US NEAR/8 (China AND talks)",
    "US NEAR/5 NOT China",
    "ATLEAST/2 (US AND China)",
    "title:(China AND body:talks)",
    "body:/talk.*/ AND China",
    "tilte:China",
    "date:2024 AND China",
    "Bank of China",
    "US && China || Japan",
    "US NOT China",
    "China OR NOT Japan",
    "$us $china",
    "9 OF (US, China)",
    "「米中」 AND talks",
    "US AND",
    "AND US OR OR China ()",
];

#[test]
fn what_other_engines_write_is_read_and_told() {
    let told: Vec<String> = FROM_ELSEWHERE.iter().map(|text| complaints(text)).collect();
    insta::assert_snapshot!(told.join("\n"));
}

/// Each of these mistakes leaves something to look for, and so has a correction, which reads without a problem.
#[test]
fn every_suggested_query_reads() {
    for text in FROM_ELSEWHERE {
        let Err(problems) = Query::compile(text, &starter()) else { continue };
        let mended = problems.iter().find_map(|problem| problem.mended.as_deref());
        let mended = mended.unwrap_or_else(|| panic!("{text}: no correction of the whole"));
        if let Err(problems) = Query::compile(mended, &starter()) {
            panic!("{text}: {mended}: {problems:?}");
        }
    }
}

#[test]
fn operators_bind_as_documented() {
    let told: Vec<String> = [
        "a OR b AND c",
        "NOT a AND b",
        "NOT a NEAR/3 b",
        "a BEFORE/2 b NEAR/3 c",
        "a NEAR/3 b BEFORE/2 c SENTENCE d PARAGRAPH e",
        "a PARAGRAPH (b SENTENCE c)",
        "ATLEAST/2 a NEAR/3 b",
        "ATLEAST/2 (a NEAR/3 b)",
        "title:a NEAR/3 title:b",
        "title:(a OR b)",
        "ATLEAST/2 title:$china",
        "lead/40:a NEAR/3 Lead/2:(b OR c)",
        "2 OF (a, b OR c, d NEAR/2 e) AND f",
        "((a))",
        "(a AND b) AND c",
        "a NEAR/8 b NEAR/9 c",
        "=US OR U.S. OR =\"Trade War\" OR “trade  war”",
        "TITLE:china AND /a\\/b/i",
        "-",
    ]
    .into_iter()
    .map(complaints)
    .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_query_that_blows_up_is_refused() {
    let deep = format!("{}a{}", "(".repeat(10_000), ")".repeat(10_000));
    let nots = format!("{}a", "NOT ".repeat(10_000));
    let long = "a AND ".repeat(20_000);
    for text in [deep, nots, long, "title:".repeat(3_000), "lead/9:".repeat(3_000), "ATLEAST/2 ".repeat(3_000)] {
        assert!(Query::compile(&text, &starter()).is_err(), "{text:.40}");
    }
}

fn any_term() -> impl Strategy<Value = Expr> {
    let word =
        prop_oneof!["[a-z]{1,8}", "[A-Z][a-z]{1,6}", "[a-z]{2,5}-[a-z]{2,5}", "U\\.S\\.", "中国", "[a-z]{4,6}\\*"]
            .prop_filter("an operator's name", |text| {
                !["and", "or", "not", "near", "before", "of", "sentence", "paragraph", "atleast"]
                    .contains(&text.to_lowercase().as_str())
            });
    let phrase = "[a-z]{1,6}( [A-Za-z]{1,6}){0,3}";
    prop_oneof![
        4 => word.prop_map(|text| Expr::Term(Term { text, kind: TermKind::Word })),
        1 => "[A-Z]{2,4}".prop_map(|text| Expr::Term(Term { text, kind: TermKind::Exact })),
        1 => phrase.prop_map(|text| Expr::Term(Term { text, kind: TermKind::Phrase })),
        1 => phrase.prop_map(|text| Expr::Term(Term { text, kind: TermKind::ExactPhrase })),
        2 => prop_oneof![Just("us"), Just("china"), Just("talks")].prop_map(|name| Expr::Group(name.to_owned())),
    ]
}

fn any_place() -> impl Strategy<Value = Expr> {
    any_term().prop_recursive(3, 12, 3, |inner| {
        let link = prop_oneof![Just(Link::Near), Just(Link::Before), Just(Link::Sentence), Just(Link::Paragraph)];
        prop_oneof![
            (link, prop::collection::vec((inner.clone(), 1..30_u32), 2..4)).prop_map(|(link, items)| {
                let gaps = match link {
                    Link::Near | Link::Before => items.iter().skip(1).map(|(_, gap)| *gap).collect(),
                    Link::Sentence | Link::Paragraph => Vec::new(),
                };
                Expr::Chain { link, items: items.into_iter().map(|(item, _)| item).collect(), gaps }
            }),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::Or),
            (1..4_u32, inner).prop_map(|(count, inner)| Expr::AtLeast(count, Box::new(inner))),
        ]
    })
}

/// Any query that makes sense: a positive part, and whatever else.
pub(super) fn any_query() -> impl Strategy<Value = Expr> {
    let fields = prop_oneof![Just(Field::Title), Just(Field::Lead), Just(Field::Body), Just(Field::Tag)];
    let part = prop_oneof![
        4 => any_place(),
        1 => (fields, any_place()).prop_map(|(field, inner)| Expr::Field(field, Box::new(inner))),
        1 => (1..200_u32, any_place()).prop_map(|(words, inner)| Expr::First(words, Box::new(inner))),
        1 => "[a-z]{1,3}[/.]?[a-z]{1,2}".prop_map(|pattern| Expr::Regex { pattern, ignore_case: true }),
        1 => prop::collection::vec(any_place(), 2..4).prop_map(|items| Expr::Of(2, items)),
    ];
    let whole = part.prop_recursive(3, 16, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::Or),
            (inner.clone(), inner).prop_map(|(yes, no)| Expr::And(vec![yes, Expr::Not(Box::new(no))])),
        ]
    });
    whole.prop_filter("a query of bounded size", |expr| expr.to_string().len() < 2_000)
}

proptest! {
    #[test]
    fn a_printed_query_reads_back(expr in any_query()) {
        let printed = expr.to_string();
        let read = Query::compile(&printed, &starter());
        let read = read.map_err(|problems| TestCaseError::fail(format!("{printed}: {problems:?}")))?;
        prop_assert_eq!(read.expr(), &expr, "{}", printed);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,80}") {
        check_spans(&text);
    }

    #[test]
    fn no_row_of_pieces_makes_the_parser_panic(pieces in prop::collection::vec(prop_oneof![
        Just("("), Just(")"), Just(","), Just("AND"), Just("OR"), Just("NOT"), Just("NEAR/3"), Just("BEFORE/2"),
        Just("SENTENCE"), Just("PARAGRAPH"), Just("ATLEAST/2"), Just("2 OF"), Just("OF"), Just("title:"), Just("/a/"),
        Just("lead/9:"), Just("lead/x:"), Just("FIRST/3"), Just("/F3/"), Just("w/5"), Just("@us"), Just("["), Just("]"), Just("intitle:"), Just("'a b'"), Just("wom?n"), Just("\"a b\"~3"),
        Just("\""), Just("$us"), Just("$x"), Just("word"), Just("=US"), Just("and"), Just("near"), Just("-x"), Just("NEAR"),
    ], 0..14)) {
        check_spans(&pieces.join(" "));
    }
}

fn check_spans(text: &str) {
    if let Err(problems) = Query::compile(text, &starter()) {
        assert!(!problems.is_empty());
        for problem in problems {
            assert!(text.get(problem.span.clone()).is_some(), "{text:?}: {problem:?} is out of the text");
            assert!(!problem.message.is_empty());
            if let Some(mended) = &problem.mended {
                assert!(Query::compile(mended, &starter()).is_ok(), "{text:?}: {mended:?} does not read");
            }
        }
    }
}
