//! Verdicts on edits that a news archive meets. The numbers of traps refer to failures seen in other trackers.

use super::*;
use crate::model::article::{Block, BlockKind};
use crate::model::time::Published;

const REPORT: &[&str] = &[
    "Officials of both countries will meet in Velm on March 24 to discuss the fishing dispute, the foreign ministry said.",
    "No such talks have been held with Ardania, Corvia or any other neighbour.",
    "“All topics that can be discussed are on the table,” the minister, Ilse Brandt, told reporters. “We come with open hands.”",
    "The dispute has cost 12 lives since 2019, and both sides have lost boats.",
    "Brandt did not rule out a treaty. Western provinces have asked for one.",
];

fn content(paragraphs: &[&str]) -> Content {
    let block = |text: &&str| Block { kind: BlockKind::Paragraph, text: (*text).to_owned() };
    Content {
        title: Some("Velm talks set for March".into()),
        authors: vec!["Jo Renn".into()],
        blocks: paragraphs.iter().map(block).collect(),
        ..Content::default()
    }
}

fn edited(change: impl Fn(&mut Content)) -> Content {
    let mut content = content(REPORT);
    change(&mut content);
    content
}

fn replaced(at: usize, from: &str, to: &str) -> Content {
    edited(|content| {
        assert!(content.blocks[at].text.contains(from), "{from:?} is not in block {at}");
        content.blocks[at].text = content.blocks[at].text.replace(from, to);
    })
}

fn changed(after: &Content) -> Change {
    match compare(&content(REPORT), after) {
        Verdict::Changed(change) => *change,
        other => panic!("expected a change, found {other:?}"),
    }
}

/// Details as `kind: before → after (speaker)`.
fn told(change: &Change) -> Vec<String> {
    let side = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".into());
    let one = |detail: &Detail| {
        let speaker = detail.speaker.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        format!("{}: {} → {}{speaker}", detail.kind, side(&detail.before), side(&detail.after))
    };
    change.details.iter().map(one).collect()
}

fn check(after: &Content, expected: &[&str]) {
    assert_eq!(told(&changed(after)), expected);
}

fn cosmetic_rule(after: &Content) -> String {
    match compare(&content(REPORT), after) {
        Verdict::Cosmetic { rule } => rule,
        other => panic!("expected a cosmetic difference, found {other:?}"),
    }
}

#[test]
fn what_nobody_sees_is_unchanged() {
    assert_eq!(compare(&content(REPORT), &content(REPORT)), Verdict::Unchanged);
    let after = replaced(3, "12 lives", "12\u{a0}li\u{ad}ves ");
    assert_eq!(compare(&content(REPORT), &after), Verdict::Unchanged);
}

#[test]
fn markup_that_is_published_anew_is_cosmetic() {
    // Trap 10: a site changes its quotation marks, dashes and blanks everywhere.
    let after = edited(|content| {
        for block in &mut content.blocks {
            block.text = block.text.replace(['“', '”'], "\"");
        }
    });
    assert_eq!(cosmetic_rule(&after), "typography");
}

#[test]
fn a_moved_comma_is_cosmetic() {
    assert_eq!(cosmetic_rule(&replaced(3, "since 2019, and", "since 2019 and")), "punctuation");
    assert_eq!(cosmetic_rule(&replaced(0, "foreign ministry", "Foreign Ministry")), "case");
}

#[test]
fn paragraphs_split_anew_are_cosmetic() {
    let after = edited(|content| {
        content.blocks[4].text = "Brandt did not rule out a treaty.".into();
        let text = "Western provinces have asked for one.".into();
        content.blocks.push(Block { kind: BlockKind::Paragraph, text });
    });
    assert_eq!(cosmetic_rule(&after), "paragraphs");
}

#[test]
fn counters_clocks_and_prompts_are_cosmetic() {
    let with = |line: &str| {
        edited(|content| content.blocks.insert(0, Block { kind: BlockKind::Paragraph, text: line.to_owned() }))
    };
    for (before, after, expected) in [
        ("1,204 views", "9,871 views", "counter"),
        ("3 hours ago", "4 hours ago", "time"),
        ("Updated 10:31 GMT", "Updated 10:46 GMT", "time"),
        ("By Jo Renn | 12 comments", "By Jo Renn | 15 comments", "counter"),
        ("Read more: Crab prices fall", "Read more: A boat sinks", "prompt"),
    ] {
        let verdict = compare(&with(before), &with(after));
        assert_eq!(verdict, Verdict::Cosmetic { rule: expected.to_owned() }, "{before} → {after}");
    }
    // Trap 13: session and archive parameters in links.
    let (one, two) = (with("See https://a.test/x?session=1"), with("See https://a.test/x?session=2"));
    assert_eq!(compare(&one, &two), Verdict::Cosmetic { rule: "link".into() });
}

#[test]
fn metadata_alone_is_cosmetic() {
    let after = edited(|content| content.image = Some("https://a.test/other.jpg".into()));
    assert_eq!(cosmetic_rule(&after), "metadata");
}

#[test]
fn a_number_in_a_sentence_always_counts() {
    // Trap 6: trackers that ignore digits hide the death toll and the date of the talks.
    check(&replaced(3, "12 lives", "19 lives"), &["figure: 12 → 19"]);
    check(&replaced(0, "March 24", "April 9"), &["date: March 24 → April 9"]);
    check(&replaced(3, "2019", "2018"), &["date: 2019 → 2018"]);
    check(&replaced(3, "12 lives", "12 million lives"), &["figure: – → million"]);
}

#[test]
fn what_follows_the_word_posted_still_counts() {
    // Trap 6: «posted losses» was taken for a time stamp up to the next full stop.
    let with = |text: &str| edited(|content| content.blocks[3].text = text.to_owned());
    let before = with("The firm posted losses of 3bn and will cut 900 jobs.");
    let after = with("The firm posted profits of 3bn and will hire 900 staff.");
    let Verdict::Changed(change) = compare(&before, &after) else { panic!("a change") };
    assert_eq!(told(&change), ["body: losses → profits", "body: cut → hire", "body: jobs → staff"]);
}

#[test]
fn a_headline_alone_is_a_change() {
    // Trap 4: an unchanged body ended the comparison.
    let after = edited(|content| content.title = Some("Velm talks set for April".into()));
    check(&after, &["headline: Velm talks set for March → Velm talks set for April", "date: March → April"]);
}

#[test]
fn negations_names_and_spellings_are_told_apart() {
    check(&replaced(4, "did not rule out", "did rule out"), &["negation: not → –"]);
    check(&replaced(1, "Corvia", "Torvia"), &["name: Corvia → Torvia"]);
    check(&replaced(4, "Western", "Eastern"), &["name: Western → Eastern"]);
    check(&replaced(1, "neighbour", "nieghbour"), &["typo: neighbour → nieghbour"]);
    check(&replaced(1, "neighbour", "neighbor"), &["typo: neighbour → neighbor"]);
    check(&replaced(4, "asked for", "demanded"), &["body: asked for → demanded"]);
}

#[test]
fn a_paragraph_removed_and_a_quotation_altered_are_two_changes() {
    let after = edited(|content| {
        content.blocks[2].text = content.blocks[2].text.replace("topics that can be discussed are", "topics are");
        content.blocks.remove(1);
    });
    let change = changed(&after);
    assert_eq!(
        told(&change),
        [
            "body: No such talks have been held with Ardania, Corvia or any other neighbour. → –",
            "quote: All topics that can be discussed are on the table, → All topics are on the table, (Ilse Brandt)",
        ]
    );
    assert_eq!(change.kinds, [ChangeKind::Body, ChangeKind::Quote]);
    assert!(!change.acknowledged);
}

#[test]
fn quotations_dropped_and_added_name_their_speakers() {
    check(&replaced(2, " “We come with open hands.”", ""), &["quote: We come with open hands. → – (Ilse Brandt)"]);
    check(
        &replaced(3, "boats.", "boats. “Enough,” said Tam Orley."),
        &["body: – → “Enough,” said Tam Orley.", "quote: – → Enough, (Tam Orley)"],
    );
    // Quotation marks around a word of the writer's make it somebody else's.
    check(&replaced(3, "dispute", "“dispute”"), &["quote: – → dispute"]);
}

#[test]
fn a_moved_paragraph_is_a_small_change() {
    let after = edited(|content| {
        let last = content.blocks.pop().unwrap();
        content.blocks.insert(2, last);
    });
    let change = changed(&after);
    assert_eq!(change.kinds, [ChangeKind::Body]);
    assert!(change.significance < 0.2, "{}", change.significance);
    assert_eq!(change.reasons, ["a paragraph moved"]);
}

#[test]
fn a_note_acknowledges_and_is_quoted() {
    let note = "Correction: An earlier version of this article gave the toll as 12.";
    let mut after = replaced(3, "12 lives", "19 lives");
    assert!(!changed(&after).acknowledged);
    after.blocks.push(Block { kind: BlockKind::Paragraph, text: note.into() });
    let change = changed(&after);
    assert!(change.acknowledged);
    assert_eq!(change.notice.as_deref(), Some(note));
    assert_eq!(change.kinds, [ChangeKind::Figure, ChangeKind::Correction]);
    // The same where extraction found the note outside the body.
    let outside = edited(|content| content.notices.push(note.into()));
    check(&outside, &[&format!("correction: – → {note}")]);
}

#[test]
fn a_modified_date_that_moves_acknowledges() {
    let day = |text: &str| Published::parse_stored(text);
    let mut before = content(REPORT);
    before.modified = day("2026-03-01T10:00:00Z");
    let mut after = replaced(3, "12 lives", "19 lives");
    for (modified, expected) in [("2026-03-01T10:00:00Z", false), ("2026-03-01T11:00:00Z", true), ("2026-03-01", false)]
    {
        after.modified = day(modified);
        let Verdict::Changed(change) = compare(&before, &after) else { panic!("a change") };
        assert_eq!(change.acknowledged, expected, "{modified}");
    }
}

#[test]
fn noise_beside_an_edit_is_not_told() {
    let with_views = |mut content: Content, views: &str| {
        content.blocks.push(Block { kind: BlockKind::Paragraph, text: views.to_owned() });
        content
    };
    let before = with_views(content(REPORT), "1,204 views");
    let after = with_views(replaced(3, "12 lives", "19 lives"), "9,871 views");
    let Verdict::Changed(change) = compare(&before, &after) else { panic!("a change") };
    assert_eq!(told(&change), ["figure: 12 → 19"]);
    assert_eq!((change.diff.added_words(), change.diff.removed_words()), (1, 1));
}

#[test]
fn a_byline_is_a_change_of_its_own() {
    let after = edited(|content| content.authors = vec!["Jo Renn".into(), "Tam Orley".into()]);
    check(&after, &["byline: Jo Renn → Jo Renn, Tam Orley"]);
}

#[test]
fn a_change_back_is_a_change() {
    // Trap 5: what is compared is what was seen last, so a revert is seen.
    let after = replaced(3, "12 lives", "19 lives");
    let Verdict::Changed(change) = compare(&after, &content(REPORT)) else { panic!("a change") };
    assert_eq!(told(&change), ["figure: 19 → 12"]);
}

#[test]
fn what_matters_more_scores_more() {
    let score = |content: Content| changed(&content).significance;
    let typo = score(replaced(1, "neighbour", "nieghbour"));
    let word = score(replaced(4, "asked for", "demanded"));
    let figure = score(replaced(3, "12 lives", "19 lives"));
    let negation = score(replaced(4, "did not rule out", "did rule out"));
    assert!(typo < word && word < figure && figure < negation, "{typo} {word} {figure} {negation}");
    assert!(negation <= 1.0);
}
