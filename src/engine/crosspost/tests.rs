//! Decisions on pairs. Sets with precision and recall are tried from outside.

use super::*;
use crate::model::article::{Block, BlockKind};

const REPORT: &[&str] = &[
    "Officials of Velm and Ardania met on Monday to settle a dispute over the herring grounds north of Eskholm, which both countries have fished for four hundred years and claimed for twenty.",
    "The talks opened with a quarrel about the seating and closed nine hours later with an agreement to meet again, according to two people who were in the room and asked not to be named.",
    "“All topics that can be discussed are on the table,” the Velm minister, Ilse Brandt, told reporters on the steps of the customs house. “We come with open hands, and we have brought our own maps.”",
    "The dispute has cost 12 lives since 2019, most of them in the winter of the great storms, and both sides have lost boats, nets and a good part of the trust that had kept the strait quiet.",
    "Under a draft that circulated on Sunday, Ardania would open the northern banks for 40 days a year; in return Velm would stop its patrols and pay 3 million crowns into a common fund for the families.",
];

fn content(paragraphs: &[&str]) -> Content {
    let block = |text: &&str| Block { kind: BlockKind::Paragraph, text: (*text).to_owned() };
    Content { blocks: paragraphs.iter().map(block).collect(), ..Content::default() }
}

fn text<'a>(article: i64, site: &'a str, content: &'a Content) -> Text<'a> {
    Text {
        article: Some(ArticleId(article)),
        revision: None,
        story: Some(StoryId(article)),
        site,
        url: "https://a.test/x",
        content,
        canonical_elsewhere: None,
        first_seen: Timestamp::from_second(article).unwrap(),
    }
}

fn relation(candidate: &Content, known: &Content) -> Option<Relation> {
    decide(&text(9, "copy.test", candidate), &[text(1, "origin.test", known)], &[]).join.map(|join| join.relation)
}

#[test]
fn copies_are_told_by_their_relation() {
    let known = content(REPORT);
    let typeset: Vec<String> = REPORT.iter().map(|text| text.replace(['“', '”'], "\"")).collect();
    let typeset: Vec<&str> = typeset.iter().map(String::as_str).collect();
    assert_eq!(relation(&content(&typeset), &known), Some(Relation::Identical));
    assert_eq!(relation(&content(&REPORT[..2]), &known), Some(Relation::Excerpt));
    assert_eq!(relation(&known, &content(&REPORT[..2])), Some(Relation::Extended));
    let edited: Vec<String> = REPORT.iter().map(|text| text.replace("nine hours", "ten hours")).collect();
    let edited: Vec<&str> = edited.iter().map(String::as_str).collect();
    assert_eq!(relation(&content(&edited), &known), Some(Relation::Edited));
}

#[test]
fn alerts_are_joined_only_word_for_word() {
    let alert = |place: &str| {
        content(&[&format!(
            "A strong earthquake struck near {place} on Monday, the institute said. No damage was reported."
        )])
    };
    assert_eq!(relation(&alert("Velm"), &alert("Velm")), Some(Relation::Identical));
    assert_eq!(relation(&alert("Velm"), &alert("Corvia")), None);
}

#[test]
fn a_page_with_other_numbers_is_no_copy() {
    let page = |a: u32, b: u32, c: u32| {
        let text = format!(
            "The index of the Velm exchange closed at {a} points on Friday after a session in which {b} shares rose and {c} fell, and brokers spoke of a calm day with little news from abroad, few orders from the funds and a market that waits for the numbers of the statistics office, which are due next week and will show how prices moved in the spring."
        );
        content(&[&text])
    };
    assert_eq!(relation(&page(4512, 120, 80), &page(4512, 120, 80)), Some(Relation::Identical));
    assert_eq!(relation(&page(4512, 120, 80), &page(4603, 99, 101)), None);
}

#[test]
fn a_late_article_merges_two_stories() {
    let whole = content(REPORT);
    let (first, last) = (content(&REPORT[..3]), content(&REPORT[2..]));
    let decision = decide(&text(9, "c.test", &whole), &[text(1, "a.test", &first), text(2, "b.test", &last)], &[]);
    let join = decision.join.unwrap();
    let mut stories: Vec<i64> = join.merge.iter().chain(&join.story).map(|story| story.0).collect();
    stories.sort_unstable();
    assert_eq!(stories, [1, 2]);
}

#[test]
fn the_revision_that_was_copied_is_named() {
    let (old, new) = (content(REPORT), content(&REPORT[1..]));
    let revision = |number, content| Text { revision: Some(RevisionNumber(number)), ..text(1, "a.test", content) };
    let join = decide(&text(9, "c.test", &old), &[revision(2, &new), revision(1, &old)], &[]).join.unwrap();
    assert_eq!((join.revision, join.relation), (Some(RevisionNumber(1)), Relation::Identical));
}

#[test]
fn nothing_similar_means_no_story() {
    assert_eq!(decide(&text(9, "c.test", &content(REPORT)), &[], &[]), StoryDecision::default());
    assert_eq!(relation(&Content::default(), &Content::default()), None);
}

const OTHER: &[&str] = &[
    "The ferry to the outer islands will stop for the winter, the company said, after a season with more empty seats than at any time since the war and a bill for fuel that nobody on the board had foreseen.",
    "Islanders said they had not been asked. The school boat, which runs on the same pier, is to go on until the spring, and the doctor will cross by helicopter on the first Tuesday of each month.",
];

#[test]
fn a_round_up_that_has_an_excerpt_is_no_copy_of_the_story() {
    let (whole, excerpt) = (content(REPORT), content(&REPORT[..1]));
    let round_up = content(&[OTHER[0], REPORT[0], OTHER[1]]);
    let in_story = |article, content| Text { story: Some(StoryId(1)), ..text(article, "a.test", content) };
    let known = [in_story(1, &whole), Text { site: "b.test", ..in_story(2, &excerpt) }];
    assert_eq!(decide(&text(9, "c.test", &round_up), &known, &[]).join, None);
    // Without the whole text nothing tells the round-up from a longer version.
    let longer = content(&[REPORT[0], REPORT[1], OTHER[0]]);
    assert!(decide(&text(9, "c.test", &longer), &known[1..], &[]).join.is_some());
}

const THIRD: &[&str] = &[
    "A court in Halden has stopped the sale of the old shipyard to the Torsk group, whose offer of forty million was the highest of five. Judge Amalie Ruud found that the town had not asked its own auditors, as the law of 2009 demands.",
    "Torsk said that it would appeal. Two hundred people work at the yard, and their union called the ruling a disaster for the whole valley.",
];

/// Whether what it holds came before it or comes after it.
#[test]
fn a_text_that_holds_several_is_a_copy_of_none() {
    let (ferry, court) = (content(OTHER), content(THIRD));
    let round_up = content(&[OTHER[0], OTHER[1], THIRD[0], THIRD[1]]);
    let constituents = [text(1, "a.test", &ferry), text(2, "b.test", &court)];
    assert_eq!(decide(&text(9, "c.test", &round_up), &constituents, &[]).join, None);
    let known = [text(3, "c.test", &round_up)];
    let alone = decide(&text(9, "b.test", &court), &known, &[]);
    assert_eq!(alone.joined_holder(), Some(ArticleId(3)), "nothing is known of what else it holds");
    let company = Company { of: ArticleId(3), texts: vec![text(1, "a.test", &ferry)] };
    assert_eq!(decide(&text(9, "b.test", &court), &known, &[company]).join, None);
}

/// Nor does a copy of a constituent bring the round-up into its story.
#[test]
fn a_copy_merges_no_text_that_has_it_among_others() {
    let court = content(THIRD);
    let round_up = content(&[OTHER[0], OTHER[1], REPORT[0], REPORT[1], THIRD[0], THIRD[1]]);
    let known = [text(1, "a.test", &court), text(3, "c.test", &round_up)];
    let join = decide(&text(9, "b.test", &court), &known, &[]).join.unwrap();
    assert_eq!((join.story, join.merge), (Some(StoryId(1)), Vec::new()));
}

/// A reply quotes what it answers with comments between; that makes the text it answers no collection.
#[test]
fn a_reply_beside_an_excerpt_does_not_keep_it_from_its_whole() {
    let whole = content(REPORT);
    let excerpt = content(&REPORT[..2]);
    let reply = content(&[REPORT[3], OTHER[0], REPORT[4]]);
    let known = [text(1, "a.test", &whole)];
    let company = Company { of: ArticleId(1), texts: vec![text(4, "d.test", &reply)] };
    let join = decide(&text(9, "b.test", &excerpt), &known, &[company]).join;
    assert_eq!(join.and_then(|join| join.story), Some(StoryId(1)));
}

#[test]
fn a_long_disclaimer_under_short_texts_makes_no_copy() {
    let disclaimer = [REPORT[0], REPORT[1], REPORT[3]].join(" ");
    let (one, other) = (content(&[OTHER[0], OTHER[1], &disclaimer]), content(&[THIRD[0], THIRD[1], &disclaimer]));
    assert_eq!(relation(&one, &other), None);
}

#[test]
fn an_excerpt_goes_to_the_text_that_begins_with_it_and_merges_nothing() {
    let (whole, excerpt) = (content(REPORT), content(&REPORT[..2]));
    let round_up = content(&[OTHER[1], REPORT[0], REPORT[1], OTHER[0]]);
    for known in [
        [text(1, "a.test", &round_up), text(2, "b.test", &whole)],
        [text(2, "b.test", &whole), text(1, "a.test", &round_up)],
    ] {
        let join = decide(&text(9, "c.test", &excerpt), &known, &[]).join.unwrap();
        assert_eq!((join.story, join.merge), (Some(StoryId(2)), Vec::new()));
    }
}

#[test]
fn what_a_reply_quotes_whole_is_no_part_of_it() {
    let excerpt = content(&REPORT[..2]);
    let quoted: Vec<String> = REPORT[..2].iter().map(|text| format!("“{text}”")).collect();
    let reply = content(&[OTHER[0], &quoted[0], &quoted[1], OTHER[1]]);
    assert_eq!(relation(&reply, &excerpt), None);
    assert_eq!(relation(&excerpt, &reply), None);
}

fn titled(title: &str, paragraphs: &[&str]) -> Content {
    Content { title: Some(title.to_owned()), ..content(paragraphs) }
}

const LEAD: &str = "Readers in the valley of Rinde will remember the quarrel of 1998 about the mill race, which kept three parishes apart for a decade and cost the county its bridge.";
const OTHER_LEAD: &str = "What happens in a customs house far away seldom moves anybody at the Kontor in Lange Strasse; this time the coffee stayed untouched until the radio had been switched off.";

#[test]
fn copies_with_leads_of_their_own_are_known_by_their_headline() {
    let own = [&[LEAD, THIRD[1]], &REPORT[..4]].concat();
    let known = [&[OTHER_LEAD, OTHER[1]], &REPORT[..4]].concat();
    assert!(relation(&titled("Herring talks open", &own), &titled("Herring talks open", &known)).is_some());
    assert_eq!(relation(&titled("Herring talks open", &own), &titled("A far quarrel", &known)), None);
    let excerpt = titled("Herring talks open", &[LEAD, THIRD[1], REPORT[0], REPORT[1]]);
    let whole = titled("Herring talks open", &REPORT[..3]);
    let join = decide(&text(9, "copy.test", &excerpt), &[text(1, "origin.test", &whole)], &[]).join.unwrap();
    assert_eq!(join.evidence["rule"], "same headline and beginning");
    // A newsletter under the headline of its first text has much more.
    let newsletter = titled("Herring talks open", &[REPORT[0], OTHER[0], OTHER[1], THIRD[0], THIRD[1], LEAD]);
    assert_eq!(relation(&newsletter, &titled("Herring talks open", &[REPORT[0], REPORT[3]])), None);
}

/// Replies and round-ups that have a short text whole are many stories; it is no furniture for that.
#[test]
fn a_text_that_many_stories_hold_has_copies_still() {
    let court = titled("Court halts sale", THIRD);
    let holders: Vec<Content> = [LEAD, OTHER_LEAD, OTHER[0], OTHER[1], REPORT[0]]
        .iter()
        .map(|own| titled("The week", &[own, THIRD[0], THIRD[1], REPORT[3]]))
        .collect();
    let sites = ["b.test", "c.test", "d.test", "e.test", "f.test"];
    let mut known = vec![text(1, "a.test", &court)];
    known.extend((2..).zip(sites).zip(&holders).map(|((id, site), content)| text(id, site, content)));
    let copy = titled("Court halts sale", &[OTHER_LEAD, THIRD[0], THIRD[1]]);
    let join = decide(&text(9, "copy.test", &copy), &known, &[]).join.unwrap();
    assert_eq!(join.story, Some(StoryId(1)));
}

/// What the candidate is, what holds it, and what else is known to be like that.
#[test]
fn a_collection_is_told_from_a_whole_by_the_company_of_its_parts() {
    let round_up = titled("The day in brief", &[REPORT[0], REPORT[1], THIRD[0], THIRD[1]]);
    let (talks, court) = (titled("Herring talks open", &REPORT[..2]), titled("Court halts sale", THIRD));
    let court_with_lead = titled("Why it matters here", &[LEAD, THIRD[0], THIRD[1]]);
    let lead_of_another = titled("Why it matters here", &[LEAD, OTHER[0], OTHER[1]]);
    let whole = titled("Herring talks open", &[REPORT[0], REPORT[1], THIRD[0], THIRD[1]]);
    let beside = |holder: &Content, other: &Content, candidate: &Content| {
        let in_story = |article, content| Text { story: Some(StoryId(1)), ..text(article, "a.test", content) };
        let company = Company { of: ArticleId(1), texts: vec![in_story(2, other)] };
        let decision = decide(&text(9, "c.test", candidate), &[in_story(1, holder)], &[company]);
        decision.collections.first().map(|collection| collection.beside)
    };
    for (what, holder, other, candidate, expected) in [
        ("a round-up", &round_up, &talks, &court, Some(ArticleId(2))),
        ("a text with the headline of a part", &whole, &talks, &court, None),
        ("texts with one lead in front", &court_with_lead, &lead_of_another, &court, None),
        ("a copy of the candidate", &round_up, &court, &court, None),
    ] {
        assert_eq!(beside(holder, other, candidate), expected, "{what}");
    }
}
