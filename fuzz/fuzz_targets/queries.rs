//! Queries (the first three lines) on an article (the rest): any text compiles or is refused with problems that point into it; the set of topics finds what each query in
//! turn finds, and the explanation agrees.
#![no_main]

use std::collections::BTreeMap;
use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use wirewatch::engine::query::{
    Document, DocumentInput, Query, RawGroup, Terms, TopicSet, TopicSpec, Weights, evaluate, explain,
};
use wirewatch::model::article::{Block, BlockKind, Content};
use wirewatch::model::ids::TopicId;

fn terms() -> Terms {
    let group = |any: &[&str], none: &[&str]| RawGroup {
        any: any.iter().map(ToString::to_string).collect(),
        none: none.iter().map(ToString::to_string).collect(),
        languages: BTreeMap::new(),
    };
    let groups = [
        ("us".to_owned(), group(&["=US", "U.S.", "White House"], &[])),
        ("china".to_owned(), group(&["China", "Chinese", "中国"], &["China Airlines"])),
        ("talks".to_owned(), group(&["talks", "negotiat*", "phone call"], &[])),
    ];
    Terms::compile(groups.into()).expect("constant groups compile")
}

fuzz_target!(|input: &str| {
    let mut lines = input.lines();
    let terms = terms();
    let mut specs = Vec::new();
    for (index, text) in lines.by_ref().take(3).enumerate() {
        match Query::compile(text, &terms) {
            Ok(query) => specs.push(TopicSpec {
                id: TopicId::new(format!("t{index}")).expect("a constant id"),
                query: Arc::new(query),
                min_score: 0.0,
                weights: Weights::default(),
                sources: Vec::new(),
                languages: Vec::new(),
            }),
            Err(problems) => {
                assert!(!problems.is_empty());
                for problem in problems {
                    assert!(text.get(problem.span.clone()).is_some(), "{problem:?} points outside {text:?}");
                }
            }
        }
    }
    let content = Content {
        title: lines.next().map(str::to_owned),
        blocks: lines.map(|line| Block { kind: BlockKind::Paragraph, text: line.to_owned() }).collect(),
        ..Content::default()
    };
    let document = Document::new(DocumentInput {
        content: &content,
        url: "https://a.test/story",
        source_id: "a",
        source_name: "A Paper",
    });
    let each: Vec<_> = specs.iter().filter_map(|spec| evaluate(spec, &document)).collect();
    for spec in &specs {
        assert_eq!(explain(&spec.query, &document).matched, each.iter().any(|found| found.topic == spec.id));
    }
    assert_eq!(TopicSet::build(specs.into_iter()).matches(&document), each);
});
