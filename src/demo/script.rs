//! What the demo's newsroom publishes, edits, copies and removes. The people, the papers and the talks are made up.

use super::newsroom::{FeedFormat, Newsroom, Presence, Story};

/// A wire agency whose texts others copy.
pub(super) const WIRE: &str = "wire.test";
/// A paper that copies the wire.
pub(super) const HARBOUR: &str = "harbour.test";
/// A paper that writes its own.
pub(super) const LEDGER: &str = "ledger.test";
/// Where the webhook sink answers.
pub(super) const HOOKS: &str = "hooks.test";

/// Signs the demo's webhooks.
pub(super) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// The talks, at the wire.
pub(super) const TALKS: &str = "/2026/us-china-talks-resume";
/// The same text at the Harbour Post.
pub(super) const TALKS_COPY: &str = "/world/washington-beijing-back-at-the-table";
/// An article of the Ledger that is removed.
pub(super) const MEMO: &str = "/politics/leaked-memo-on-china-summit";
/// An article on nothing that is watched.
pub(super) const FERRY: &str = "/local/ferry-timetable";

const TALKS_TEXT: [&str; 6] = [
    "GENEVA — Officials from the United States and China will resume trade talks on Thursday, ending a silence of five months, both governments said.",
    "The delegations are led by Treasury envoy Mara Ellison and Vice Premier Sun Weilan. They are to meet for two days in a hotel above the lake.",
    "“All topics that can be discussed are on the table,” Ms Ellison told reporters at the airport. “We did not come here to read out statements.”",
    "The two sides last met in June, when a first round ended after 90 minutes without an agreement on tariffs worth $34 billion.",
    "Beijing has asked for an end to limits on chip exports. Washington wants purchases of farm goods to return to the level of 2024.",
    "A diplomat who knows both positions said that a truce until the spring was the most that anyone expected.",
];

/// Opens the sites and publishes what the first poll finds.
pub(super) fn open(newsroom: &Newsroom) {
    newsroom.open("Capital Wire", WIRE, FeedFormat::Rss);
    newsroom.open("Harbour Post", HARBOUR, FeedFormat::Atom);
    newsroom.open("The Daily Ledger", LEDGER, FeedFormat::Json);
    newsroom.publish(
        WIRE,
        Story::new(
            TALKS,
            "US and China to resume trade talks in Geneva",
            "Jo Arden",
            "2026-11-24T08:05:00Z",
            &TALKS_TEXT,
        ),
    );
    newsroom.publish(
        LEDGER,
        Story::new(
            MEMO,
            "Leaked memo shows White House doubts before China summit",
            "Petra Lindqvist",
            "2026-11-24T08:20:00Z",
            &[
                "A memo written for the White House chief of staff warns that the American delegation goes into the talks with China without a common position.",
                "The three-page paper, seen by the Ledger, says the Treasury and the Commerce Department have asked for opposite things.",
                "“We should not expect Beijing to choose between our drafts for us,” it says.",
                "A spokesman declined to comment on what he called internal notes.",
            ],
        ),
    );
    newsroom.publish(
        HARBOUR,
        Story::new(
            FERRY,
            "Winter timetable for the island ferry begins on Sunday",
            "Sam Okafor",
            "2026-11-24T07:30:00Z",
            &[
                "The ferry to the outer islands will sail four times a day from Sunday, one sailing fewer than in summer.",
                "The company said the last boat back leaves at 18:40 and that bicycles travel free until March.",
                "Tickets that were bought for the cancelled noon sailing stay valid for any other.",
            ],
        ),
    );
}

/// The Harbour Post prints the wire's text under its own headline, with credit.
pub(super) fn copy(newsroom: &Newsroom) {
    let mut copy = Story::new(
        TALKS_COPY,
        "Washington and Beijing back at the table",
        "Jo Arden",
        "2026-11-24T09:10:00Z",
        &TALKS_TEXT,
    );
    copy.paragraphs.push("The Harbour Post will report from Geneva throughout the week.".to_owned());
    copy.credit = Some(("Capital Wire".to_owned(), format!("http://{WIRE}{TALKS}")));
    newsroom.publish(HARBOUR, copy);
}

/// The wire changes a quotation and a figure, and says nothing about it.
pub(super) fn edit_silently(newsroom: &Newsroom) {
    newsroom.edit(WIRE, TALKS, |story| {
        for text in &mut story.paragraphs {
            *text = text
                .replace("“All topics that can be discussed are on the table,”", "“All topics are on the table,”")
                .replace("$34 billion", "$43 billion");
        }
    });
}

/// The Ledger's memo disappears.
pub(super) fn remove(newsroom: &Newsroom) {
    newsroom.edit(LEDGER, MEMO, |story| {
        story.presence = Presence::Status(404);
        story.listed = false;
    });
}
