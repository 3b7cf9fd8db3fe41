//! Laws and examples of diffs.

use proptest::prelude::*;

use super::*;
use crate::model::article::Block;

fn content(title: &str, paragraphs: &[&str]) -> Content {
    let block = |text: &&str| Block { kind: BlockKind::Paragraph, text: (*text).to_owned() };
    Content { title: Some(title.to_owned()), blocks: paragraphs.iter().map(block).collect(), ..Content::default() }
}

const HARBOUR: &[&str] = &[
    "The harbour of Velm will close for three weeks from Monday, the port authority said.",
    "Dredgers are to deepen the northern channel, which silted up in the storms of January.",
    "“We have no choice,” the harbour master, Ilse Brandt, told reporters. “Every ship over nine metres waits outside.”",
    "Fishing boats may use the old basin in the meantime.",
    "The work costs 12 million crowns, half of it paid by the province.",
];

fn edited(change: impl Fn(&mut Vec<String>)) -> Content {
    let mut paragraphs: Vec<String> = HARBOUR.iter().map(|text| (*text).to_owned()).collect();
    change(&mut paragraphs);
    content("Velm closes its harbour", &paragraphs.iter().map(String::as_str).collect::<Vec<_>>())
}

fn check(after: &Content) -> Diff {
    let before = edited(|_| {});
    let diff = diff(&before, after);
    assert_eq!(diff.apply(&before).as_ref(), Some(after));
    diff
}

fn ops(diff: &Diff) -> String {
    let op = |change: &BodyChange| match change {
        BodyChange::Same { .. } => "=".to_owned(),
        BodyChange::Moved { before, .. } => format!("m{before}"),
        BodyChange::Added { .. } => "+".to_owned(),
        BodyChange::Removed { .. } => "-".to_owned(),
        BodyChange::Edited { before, after, moved, .. } => {
            format!("e{}:{}{}", before.len(), after.len(), if *moved { "m" } else { "" })
        }
    };
    diff.body.iter().map(op).collect::<Vec<_>>().join(" ")
}

#[test]
fn equal_contents_have_no_difference() {
    assert!(check(&edited(|_| {})).is_empty());
}

#[test]
fn a_changed_word_is_one_change() {
    let diff = check(&edited(|texts| texts[4] = texts[4].replace("12 million", "19 million")));
    assert_eq!(ops(&diff), "= = = = e1:1");
    assert_eq!((diff.removed_texts(), diff.added_texts()), (vec!["12".to_owned()], vec!["19".to_owned()]));
    assert_eq!((diff.removed_words(), diff.added_words()), (1, 1));
}

#[test]
fn a_moved_paragraph_is_a_move_and_adds_no_words() {
    let diff = check(&edited(|texts| {
        let last = texts.remove(4);
        texts.insert(0, last);
    }));
    assert_eq!(ops(&diff), "m4 = = = =");
    assert_eq!((diff.removed_words(), diff.added_words()), (0, 0));
    assert!(!diff.is_empty());
}

#[test]
fn a_paragraph_moved_and_edited_is_still_itself() {
    let diff = check(&edited(|texts| {
        let second = texts.remove(1).replace("January", "February");
        texts.push(second);
    }));
    assert_eq!(ops(&diff), "= = = = e1:1m");
    assert_eq!(diff.added_texts(), ["February"]);
}

#[test]
fn a_removed_paragraph_stands_where_it_was() {
    let diff = check(&edited(|texts| drop(texts.remove(3))));
    assert_eq!(ops(&diff), "= = = - =");
    assert_eq!(diff.removed_texts(), ["Fishing boats may use the old basin in the meantime."]);
}

#[test]
fn a_split_paragraph_keeps_its_words() {
    let diff = check(&edited(|texts| {
        texts[2] = "“We have no choice,” the harbour master, Ilse Brandt, told reporters.".into();
        texts.insert(3, "“Every ship over nine metres waits outside.”".into());
    }));
    assert_eq!(ops(&diff), "= = e1:2 = =");
    assert_eq!((diff.removed_words(), diff.added_words()), (0, 0));
}

#[test]
fn joined_paragraphs_keep_their_words() {
    let diff = check(&edited(|texts| {
        let second = texts.remove(1);
        texts[0] = format!("{} {second}", texts[0]);
    }));
    assert_eq!(ops(&diff), "e2:1 = = =");
    assert_eq!((diff.removed_words(), diff.added_words()), (0, 0));
}

#[test]
fn a_new_sentence_is_shown_whole() {
    let diff = check(&edited(|texts| {
        texts[0] = format!("{} Ferries go on. The port is the country’s third largest.", texts[0]);
    }));
    assert_eq!(diff.added_texts(), ["Ferries go on. The port is the country’s third largest."]);
    let diff = check(&edited(|texts| {
        texts[2] = texts[2].replace("“We have no choice,” the", "“We have now no other choice,” the");
    }));
    assert_eq!(diff.added_words(), 2);
}

#[test]
fn the_headline_and_metadata_stand_beside_the_body() {
    let mut after = edited(|_| {});
    after.title = Some("Velm closes its harbour for a month".into());
    after.authors = vec!["Jo Renn".into()];
    let diff = check(&after);
    let title = diff.title.as_ref().unwrap();
    assert_eq!(title.spans.last().unwrap(), &Span { op: SpanKind::Insert, text: " for a month".into() });
    assert_eq!(diff.fields.iter().map(|field| field.field.as_str()).collect::<Vec<_>>(), ["authors"]);
    assert_eq!((diff.added_words(), diff.added_texts()), (3, vec![]));
}

#[test]
fn typography_can_be_left_out_of_account() {
    let before = edited(|_| {});
    let after = edited(|texts| {
        texts[2] = texts[2].replace(['“', '”'], "\"").replace("nine", "ten");
        texts[4] = texts[4].replace("12 million", "12\u{a0}million");
    });
    let diff = diff_plain(&before, &after);
    assert_eq!(ops(&diff), "= = e1:1 = =");
    assert_eq!((diff.removed_texts(), diff.added_texts()), (vec!["nine".to_owned()], vec!["ten".to_owned()]));
}

fn much_edited() -> Diff {
    let mut after = edited(|texts| {
        texts[4] = texts[4].replace("12 million", "19 <b>million</b>");
        texts.remove(3);
    });
    after.title = Some("Velm closes its port".into());
    check(&after)
}

#[test]
fn html_marks_words_and_escapes_everything() {
    insta::assert_snapshot!(much_edited().to_html());
}

#[test]
fn unified_text_marks_words_inside_lines() {
    insta::assert_snapshot!(much_edited().to_unified());
}

#[test]
fn a_terminal_gets_one_column_or_two() {
    insta::assert_snapshot!("one_column", much_edited().to_terminal(72, false));
    insta::assert_snapshot!("two_columns", much_edited().to_terminal(130, false));
    let coloured = much_edited().to_terminal(72, true);
    assert!(
        coloured.contains("\u{1b}[31;9m12 \u{1b}[0m") || coloured.contains("\u{1b}[31;9m12\u{1b}[0m"),
        "{coloured:?}"
    );
}

#[test]
fn a_page_cannot_steer_the_terminal() {
    let before = content("a", &["one two three four"]);
    let after = content("a\u{1b}[2J", &["one two \u{1b}]0;owned\u{7} four"]);
    let shown = diff(&before, &after).to_terminal(80, false);
    assert!(!shown.contains(['\u{1b}', '\u{7}']), "{shown:?}");
}

#[test]
fn json_reads_back() {
    let diff = much_edited();
    let json = serde_json::to_string(&diff).unwrap();
    assert_eq!(serde_json::from_str::<Diff>(&json).unwrap(), diff);
}

fn any_block() -> impl Strategy<Value = Block> {
    let kind = prop_oneof![3 => Just(BlockKind::Paragraph), 1 => Just(BlockKind::Quote), 1 => Just(BlockKind::Code)];
    let words = prop::collection::vec(
        prop::sample::select(vec![
            "a", "b", "the", "cat", "sat", "Mat", "12", "“no”", "\u{2029}", "...", "é", "東京", "\n\n",
        ]),
        0..14,
    );
    (kind, words).prop_map(|(kind, words)| Block { kind, text: words.join(" ") })
}

fn any_content() -> impl Strategy<Value = Content> {
    let title = prop::option::of("[a-c ]{0,6}");
    let authors = prop::collection::vec("[A-B]", 0..3);
    (title, authors, prop::collection::vec(any_block(), 0..9), prop::option::of("[xy]"))
        .prop_map(|(title, authors, blocks, site)| Content { title, authors, site, blocks, ..Content::default() })
}

proptest! {
    #[test]
    fn a_diff_applied_to_before_gives_after(before in any_content(), after in any_content()) {
        let diff = diff(&before, &after);
        prop_assert_eq!(diff.apply(&before), Some(after));
    }

    #[test]
    fn shuffled_blocks_add_no_words(content in any_content(), seed in 0_usize..1000) {
        let mut after = content.clone();
        let count = after.blocks.len().max(1);
        after.blocks.rotate_left(seed % count);
        let diff = diff(&content, &after);
        prop_assert_eq!(diff.apply(&content), Some(after));
        prop_assert_eq!((diff.added_words(), diff.removed_words()), (0, 0));
    }

    #[test]
    fn renderings_never_panic(before in any_content(), after in any_content(), width in 0_usize..200) {
        let diff = diff(&before, &after);
        prop_assert!(!diff.to_html().is_empty());
        let _lines = (diff.to_unified(), diff.to_terminal(width, true));
    }
}
