//! Whole pages: what must come out, and what no page may do to us.

#![expect(clippy::disallowed_methods, reason = "a bound on hostile pages is a bound in time")]

mod corpus;

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::engine::normalize::normalize;

pub(super) fn read(html: &str) -> Content {
    read_at(html, "https://www.lantern.test/2026/03/harbour-talks/?from=feed")
}

pub(super) fn read_at(html: &str, url: &str) -> Content {
    let url = WebUrl::parse(url).unwrap();
    let (rules, learned) = (SiteRules::default(), Learned::default());
    normalize(extract(&PageInput { html, url: &url, rules: &rules, entry: None, learned: &learned })).into_content()
}

pub(super) fn next_of(html: &str, url: &str) -> Option<String> {
    let url = WebUrl::parse(url).unwrap();
    let (rules, learned) = (SiteRules::default(), Learned::default());
    let input = PageInput { html, url: &url, rules: &rules, entry: None, learned: &learned };
    extract(&input).next_page().map(ToString::to_string)
}

pub(super) fn texts(content: &Content) -> Vec<&str> {
    content.blocks.iter().map(|block| block.text.as_str()).collect()
}

#[test]
fn a_page_of_a_common_system_gives_its_article_and_nothing_else() {
    let content = read(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/pages/wordpress.html")));
    assert_eq!(
        texts(&content),
        [
            "Delegates from both coasts left Port Ellison on Thursday without the pact that they had come to sign, after three days of talks.",
            "“We will be back,” said Mira Ellison, who led the northern side, as the last ferry of the day was called.",
            "What was left open",
            "Who pays for the pier.",
            "Who mends the lamps.",
            "The harbour council is a body of nine, and five of them must agree before a stone is moved, its clerk said.",
            "Correction: An earlier version of this article gave the wrong number of delegates.",
        ]
    );
    assert_eq!(content.title.as_deref(), Some("Harbour talks end without a pact"));
    assert_eq!(content.authors, ["Jo Arden", "Sam Lee"]);
    assert_eq!(content.published.map(|at| at.day().to_string()).as_deref(), Some("2026-03-19"));
    assert_eq!(content.site.as_deref(), Some("The Lantern"));
    assert_eq!(content.language.as_deref(), Some("en"));
    assert_eq!(content.origin.and_then(|origin| origin.name).as_deref(), Some("The Ferry Post"));
    assert_eq!(content.notices.len(), 1);
}

#[test]
fn the_time_of_a_post_is_no_word_of_it() {
    let post = |at: usize| {
        format!(
            "<p><span>1{at}:05</span> On day {at} the harbour council agreed to rebuild the pier by spring, officials said.</p>"
        )
    };
    let posts = |to: usize| (0..to).map(post).collect::<String>();
    for (html, first) in [
        (posts(5), "On day 0"),
        (
            posts(2) + "<p>It will cost nine million coins, more than was feared, and the ferry company is to pay.</p>",
            "10:05 On day 0",
        ),
    ] {
        let found = read(&format!("<body><article><h1>Pier</h1><div class=qt>{html}</div></article></body>"));
        assert!(texts(&found).first().is_some_and(|text| text.starts_with(first)), "{:?}", texts(&found));
    }
}

#[test]
fn sections_and_sentences_of_a_text_are_no_notes_below_it() {
    let line = |at: usize| {
        format!("<p>On day {at} the harbour council agreed to rebuild the pier by spring, officials said.</p>")
    };
    let text: String = (0..5).map(line).collect();
    for (name, html, expected) in [
        (
            "a section about something",
            format!(
                "{text}<h3>About the ceasefire</h3><p>The ceasefire was signed in Doha on Friday, and is to last for ninety days.</p>"
            ),
            7,
        ),
        (
            "a publisher of itself",
            format!(
                "{text}<h3>About Acme Maritime</h3><p>Acme Maritime builds ferries in Gdansk, and has nine hundred employees on both coasts.</p>"
            ),
            5,
        ),
        (
            "a sentence that leads elsewhere",
            format!(
                "{text}<p>For more information, see the page of the council on the closure of the pier.</p>{}{}",
                line(7),
                line(8)
            ),
            8,
        ),
        (
            "a contact",
            format!("{text}<p>For more information, see the page of the council on the closure of the pier.</p>"),
            5,
        ),
        ("a label between short paragraphs", format!("{text}<div>Related</div>{}{}", line(7), line(8)), 7),
    ] {
        let found = read(&format!("<body><article><h1>Pier</h1><div class=qt>{html}</div></article></body>"));
        assert_eq!(texts(&found).len(), expected, "{name}: {:?}", texts(&found));
    }
}

#[test]
fn a_body_split_by_an_advertisement_is_read_whole() {
    let chunk = |word: &str| {
        format!(
            "<div class=\"grid chunk\"><p>The {word} council met on Tuesday, and agreed to rebuild the pier by spring, officials said.</p><p>It will cost {word} coins, more than was feared, and less than was asked for.</p></div>"
        )
    };
    let html = format!(
        "<body><article><h1>Pier</h1><div>{}<div class=\"ad\">Buy</div>{}</div></article></body>",
        chunk("first"),
        chunk("second")
    );
    assert_eq!(texts(&read(&html)).len(), 4);
    // Each piece in an element without a name, in one with it.
    let piece = |at: usize| {
        format!(
            "<div id=text-{at} class='column piece--text'><section><p>The council met on day {at}, and agreed to rebuild the pier by spring, officials said.</p><p>It will cost {at} coins, more than was feared.</p></section></div>"
        )
    };
    let pieces: String = (1..6).map(piece).collect();
    let html = format!("<body><div id=detail><h1>Pier</h1>{pieces}</div></body>");
    assert_eq!(texts(&read(&html)).len(), 10);
}

#[test]
fn blocks_are_told_by_what_they_say() {
    let prose =
        "<p>The council met on Tuesday, and agreed to rebuild the pier by spring, officials of the harbour said.</p>";
    let long = prose.repeat(4).replace("Tuesday", "Monday, as it does each week of the year");
    let item = "<h2>1. A month ago a sailor drew the lamps of the old pier, and showed them to all who came by.</h2>";
    for (name, html, expected) in [
        (
            "below an agency's sign-off",
            format!(
                "{long}<p>{prose}</p><p>(Reporting by Jo Arden; Editing by Sam Lee)</p><p>PORT ELLISON Ships stood still on Wednesday as a storm went over the island and the quay, said the pilots.</p>"
            ),
            2,
        ),
        ("an item that is a sentence", format!("{item}<h2>Number two</h2>{prose}"), 3),
        ("a heading over nothing", format!("{prose}<h2>Number two</h2>"), 1),
        ("where the story goes on", format!("{prose}<p>Story Continued Below</p>{long}"), 2),
        ("numbers of pages", format!("{prose}{long}<p>Pages: 1 2 3 4</p>"), 2),
        ("the agency's standards", format!("{prose}{long}<p>Our Standards: The Agency Trust Principles.</p>"), 2),
        (
            "news of a paper",
            format!("{prose}{long}<p>The Wire reports that the council pays singers anything to come on board.</p>"),
            3,
        ),
        ("an opinion", format!("<header class='article-header comment'><h1>Pier</h1></header>{prose}{long}"), 2),
    ] {
        let content = read(&format!("<body><article><h1>Pier</h1>{html}</article></body>"));
        assert_eq!(texts(&content).len(), expected, "{name}: {:?}", texts(&content));
    }
}

#[test]
fn blocks_are_told_by_where_they_stand() {
    let prose =
        "<p>The council met on Tuesday, and agreed to rebuild the pier by spring, officials of the harbour said.</p>";
    let long = prose.repeat(4).replace("Tuesday", "Monday, as it does each week of the year");
    let longer = |day: &str| {
        prose
            .replace("Tuesday", day)
            .replace("said.", "said after a vote of which none knew how it would end until that night.")
    };
    let links = "<ul><li><a href=/a>Mira Ellison of the north</a><li><a href=/b>Sam Lee of the south</a></ul>";
    for (name, html, expected) in [
        (
            "a heading that begins as a prompt",
            format!("{prose}<h2>Help us grow</h2>{}{}", longer("Friday"), longer("Sunday")),
            4,
        ),
        ("the author's signature", format!("{prose}{long}<p>Par Jo Arden</p>"), 2),
        (
            "a list that a sentence announces",
            format!("{prose}<p>Those who spoke for the council on the quay that day were these:</p>{links}{long}"),
            5,
        ),
        ("a list that nothing announces", format!("{prose}{links}{long}"), 2),
        ("a list below a label", format!("{prose}<p>Related:</p>{links}{long}"), 2),
        (
            "an announced address",
            format!(
                "{prose}<p>The plan of the pier is open to all who read of it here:</p><p><a href=https://pier.test/>https://pier.test/plan</a></p>{long}"
            ),
            4,
        ),
        (
            "a headline that is a link",
            format!("{prose}<p><a href=/x>Lamps of the quay to be lit again before summer</a></p>{long}"),
            2,
        ),
        (
            "a sentence that is a link",
            format!(
                "{prose}<p><a href=/x>The plan of the pier is open to all who ask the council for it.</a></p>{long}"
            ),
            3,
        ),
        (
            "below a picture",
            format!("{prose}<div><img src=/a.png><p>The pier as it stood last summer</p></div>{long}"),
            2,
        ),
        ("a picture's credit", format!("<p>Image: The Lantern</p>{prose}{long}"), 2),
        (
            "sections by the name of what stands beside them",
            ["Friday", "Sunday", "Monday", "Saturday"]
                .map(|day| format!("<div class='section section--ads'>{}</div>", longer(day)))
                .concat()
                .replacen("<div", "<div class=article-body><div", 1),
            4,
        ),
        (
            "a body named as such around small pieces",
            format!(
                "<div class=article-content><div><div class=piece><div>{prose}</div></div><div class=piece><div>{long}</div></div></div><div>Photo: pier at dawn</div></div>"
            ),
            2,
        ),
        ("a field without a label", format!("<div class='field field-label-hidden'>{prose}{long}</div>"), 2),
        ("readers' opinions in Arabic", format!("{prose}{long}<p>الآراء الواردة أدناه لا تعبر عن رأي الموقع</p>"), 2),
    ] {
        let content = read(&format!("<body><article><h1>Pier</h1>{html}</article></body>"));
        assert_eq!(texts(&content).len(), expected, "{name}: {:?}", texts(&content));
    }
}

#[test]
fn tables_keep_their_rows_and_preformatted_prose_is_unwrapped() {
    let prose =
        "<p>The council met on Tuesday, and agreed to rebuild the pier by spring, officials of the harbour said.</p>";
    let table = "<table><tr><th>Item</th><th>Coins</th></tr><tr><td>Pier</td><td>9m</td></tr></table>";
    let html =
        format!("<body><article><h1>Pier</h1><div class=article-body>{prose}{table}{prose}</div></article></body>");
    assert!(texts(&read(&html)).contains(&"Item | Coins\nPier | 9m"), "{:?}", texts(&read(&html)));
    let wrapped = "The harbour council met on Tuesday,\nand agreed to rebuild the old pier by\nspring, its clerk said on the quay.\n\nIt will cost nine million coins, more\nthan was feared, and the ferry company\nis to pay a third of the whole sum.";
    assert_eq!(
        texts(&read(&format!("<body><article><h1>Pier</h1><pre>\n{wrapped}\n</pre></article></body>"))),
        [
            "The harbour council met on Tuesday, and agreed to rebuild the old pier by spring, its clerk said on the quay.",
            "It will cost nine million coins, more than was feared, and the ferry company is to pay a third of the whole sum.",
        ]
    );
    let code = "fn main() {\n    let pier = Pier::new();\n    pier.build();\n    println!(\"{pier}\");\n}";
    let html = format!("<body><article><h1>Pier</h1>{prose}<pre>{code}</pre>{prose} x</article></body>");
    assert!(texts(&read(&html)).iter().any(|text| text.lines().count() == 5));
}

#[test]
fn an_empty_title_in_a_drawing_closes_nothing_else() {
    let prose =
        "<p>The council met on Tuesday, and agreed to rebuild the pier by spring, officials of the harbour said.</p>";
    let icon = "<svg viewBox='0 0 9 9'><title/><path d=M0/><style/></svg>";
    let html = format!(
        "<body><article><h1>Pier</h1><div class=article-body>{prose}<div class=share>{icon} Share</div>{}</div></article><div class=more>{}</div></body>",
        prose.replace("Tuesday", "Friday"),
        prose.replace("harbour", "island")
    );
    assert_eq!(texts(&read(&html)).len(), 2, "{:?}", texts(&read(&html)));
}

#[test]
fn read_with_what_was_left_out_alone_a_page_gives_the_same() {
    let url = WebUrl::parse("https://harbour.test/pier").unwrap();
    let rules = SiteRules::default();
    let html = "<body><article><h1>The pier</h1><p>The harbour council met on Tuesday, and agreed to rebuild the old pier by \
                spring, its clerk said.</p><h2>From the archive</h2><p>The harbour was dug by prisoners.</p></article></body>";
    let read = |learned: &Learned| {
        let read = extract(&PageInput { html, url: &url, rules: &rules, entry: None, learned });
        (read.repeated_blocks(), read.into_content())
    };
    let known = ["The harbour was dug by prisoners.", "Nothing of this page"].map(block_hash);
    let (left_out, content) = read(&Learned::from_hashes(known));
    assert_eq!(left_out, [known[0]]);
    assert_eq!(read(&Learned::from_hashes(left_out.iter().copied())), (left_out.clone(), content.clone()));
    // Another page is read as this one was: what stands in it is not left out there either.
    let kept = content.blocks[0].text.as_str();
    let learned = Learned::from_hashes([block_hash(kept)]).as_for(&content, &left_out);
    assert_eq!(read(&learned), (left_out, content));
}

#[test]
fn scripts_without_blanks_or_from_right_to_left_are_read() {
    for text in [
        "两国代表周四在港口城市结束了为期三天的会谈，没有签署任何协议，双方都表示会谈将继续进行。",
        "両国の代表は木曜日、港町での三日間の協議を終えたが、合意文書には署名しなかったと関係者は述べた。",
        "أنهى مندوبون من الجانبين محادثات استمرت ثلاثة أيام في المدينة الساحلية، ولم يوقعوا أي اتفاق، بحسب مسؤولين.",
        "Делегаты обеих сторон в четверг завершили трёхдневные переговоры в портовом городе, не подписав соглашения.",
        "दोनों पक्षों के प्रतिनिधियों ने गुरुवार को बंदरगाह शहर में तीन दिन की वार्ता बिना समझौते के समाप्त की, अधिकारियों ने कहा।",
    ] {
        let html = format!(
            "<body><nav><a href=/>x</a></nav><div class=\"article-body\"><p>{text}</p><p>{text}!</p></div></body>"
        );
        assert_eq!(read(&html).blocks.first().map(|block| block.text.as_str()), Some(text));
    }
}

#[test]
fn hostile_pages_are_read_in_bounded_time() {
    let line = "<p>The harbour council met on Tuesday, and agreed to rebuild the pier, officials said.</p>";
    for (name, html) in [
        ("nested elements", format!("{}{}", "<div>".repeat(100_000), line.repeat(20))),
        (
            "a class of its own for each paragraph",
            (0..40_000).map(|at| format!("<p class=sponsored-{at}>{line}</p>")).collect::<Vec<_>>().concat(),
        ),
        ("nested tables", format!("{}{}", "<table><tr><td>".repeat(20_000), line)),
        ("unclosed inline elements", format!("<p>{}", "<b>x".repeat(50_000))),
        ("named bodies", format!("<div class='article-body'>{line}").repeat(5_000)),
        (
            "nested authors",
            format!("<h1>x</h1>{}{}<b itemprop=name>x", "<div itemprop=author>".repeat(250), "<i>".repeat(200_000)),
        ),
        ("blanks in nested lines", format!("<h1>x</h1>{}{}x", "<span class=byline>".repeat(250), " ".repeat(4 << 20))),
        (
            "one text named from many places",
            format!(
                "<script type=application/json>[[\"Reactive\",1],{{{}}},\"{}\"]</script>",
                (0..100_000).map(|n| n.to_string()).fold(String::from("\"a\":2"), |all, n| all + ",\"k" + &n + "\":2"),
                "word ".repeat(200_000)
            ),
        ),
        (
            "a stream of many rows",
            format!(
                "<script>self.__next_f.push([1,\"{}\"])</script>",
                (0..60_000)
                    .map(|n| format!("{n:x}:[\\\"${:x}\\\",\\\"${:x}\\\"]\\n", n + 1, n + 2))
                    .collect::<Vec<_>>()
                    .concat()
            ),
        ),
        ("nested named bodies", format!("{}<p>{}</p>", "<div class=article-body>".repeat(30_000), "word ".repeat(400))),
        ("nested headings", format!("{}{}", "<h2 class=post-title>".repeat(20_000), "word ".repeat(40_000))),
        ("empty assignments", format!("<script>window.__NUXT__={}</script>", "a={b;".repeat(400_000))),
        ("bare brackets", "<".repeat(500_000)),
        ("open quotes", "<a b=\"".repeat(100_000)),
        ("open scripts", "<script>".repeat(100_000)),
    ] {
        let began = Instant::now();
        drop(read(&html));
        // Generous: this is a debug build on a machine that does other things. A quadratic step takes minutes.
        assert!(began.elapsed() < Duration::from_secs(30), "{name}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_extraction_panic(html in "(<[a-z/!\\-]{0,8}[ a-z=\"']{0,12}>?|[ -~]|[\\u{80}-\\u{2fff}]|&[a-z#0-9]{0,6};?){0,200}") {
        let content = read(&html);
        let again = crate::engine::normalize::Normalized::from_content(content.clone()).into_content();
        prop_assert_eq!(again, content);
    }
}
