//! A large newsroom on loopback for measuring whole cycles: `load_newsroom SITES ARTICLES DIR [bare]` (`bare`: articles
//! without what real pages have around them) writes `DIR/wirewatch.toml`
//! and `DIR/feeds.txt` (address, host), prints its port, and answers until it is killed. `tests/bench/peer_cycle.py` is the
//! peer that does the same work in Python.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measuring tool that cannot go on has failed")]

use std::fmt::Write as _;
use std::path::PathBuf;

use wirewatch::demo::newsroom::{FeedFormat, Newsroom, Story};

fn main() {
    let mut args = std::env::args().skip(1);
    let sites: usize = args.next().unwrap().parse().unwrap();
    let articles: usize = args.next().unwrap().parse().unwrap();
    let dir = PathBuf::from(args.next().unwrap());
    let bare = args.next().is_some_and(|word| word == "bare");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let newsroom = Newsroom::new();
        for site in 0..sites {
            let host = format!("site{site}.test");
            newsroom.open(&format!("Paper {site}"), &host, FeedFormat::Rss);
            if !bare {
                newsroom.with_site(&host, |open| (open.head, open.menu) = furniture(site));
            }
            for article in 0..articles {
                newsroom.publish(&host, story(site, article));
            }
        }
        let serving = newsroom.serve().await.unwrap();
        std::fs::create_dir_all(&dir).unwrap();
        write_config(&dir, sites, serving.addr);
        println!("{}", serving.addr.port());
        std::future::pending::<()>().await;
    });
}

/// What stands around an article: with it a page weighs about 100 KB, the median of 97 real news pages.
fn furniture(site: usize) -> (String, String) {
    let mut head = String::from("<style>");
    for rule in 0..200 {
        writeln!(head, ".c{rule}-{site}{{margin:{rule}px;padding:4px 8px;color:#1a1a1a;display:flex;font-size:14px}}")
            .unwrap();
    }
    head.push_str("</style><script>window.__layout=[");
    for slot in 0..400 {
        write!(
            head,
            "{{\"slot\":{slot},\"unit\":\"/{site}/news/{slot}\",\"sizes\":[[300,250],[728,90]],\"lazy\":true}},"
        )
        .unwrap();
    }
    head.push_str("{}];</script>");
    let mut menu = String::from("<div class=\"menu\">");
    for section in 0..300 {
        writeln!(
            menu,
            "<div class=\"item level-{}\" data-track=\"menu-{section}\"><a class=\"link\" href=\"/section/{section}\">\
             <span class=\"label\">Section {section}</span></a></div>",
            section % 3
        )
        .unwrap();
    }
    menu.push_str("</div>");
    (head, menu)
}

/// Deterministic prose of about 600 words: every article its own. Words are drawn as often as words are (Zipf's law): few
/// common ones make half of the text, the rest is made of syllables.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank is small and positive")]
fn story(site: usize, article: usize) -> Story {
    let mut state = (site * 1_000 + article) as u64 + 1;
    let mut word = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let uniform = (state >> 33) as f64 / f64::from(1_u32 << 31);
        let rank = VOCABULARY.powf(uniform) as usize - 1;
        let made = || (0..3).map(|place| SYLLABLES[rank / SYLLABLES.len().pow(place) % SYLLABLES.len()]).collect();
        WORDS.get(rank).map_or_else(made, |word| (*word).to_owned())
    };
    let mut paragraphs = Vec::new();
    for _ in 0..12 {
        let mut text = String::new();
        for _ in 0..50 {
            text.push_str(&word());
            text.push(' ');
        }
        let mut chars = text.trim_end().chars();
        let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
        paragraphs.push(format!("{first}{}.", chars.as_str()));
    }
    let texts: Vec<&str> = paragraphs.iter().map(String::as_str).collect();
    let title = format!("{} {} {} {article} of paper {site}", word(), word(), word());
    Story::new(&format!("/2026/{article}"), &title, "Jo Arden", "2026-11-24T08:05:00Z", &texts)
}

fn write_config(dir: &std::path::Path, sites: usize, addr: std::net::SocketAddr) {
    let mut config = String::from(
        "[fetch]\ncontact = \"bench@wirewatch.invalid\"\nmin_delay = \"0s\"\nallow_private = [\"127.0.0.0/8\"]\n[fetch.resolve]\n",
    );
    let mut feeds = String::new();
    for site in 0..sites {
        writeln!(config, "\"site{site}.test\" = \"{addr}\"").unwrap();
        writeln!(feeds, "http://{addr}/feed site{site}.test").unwrap();
    }
    for site in 0..sites {
        writeln!(config, "[[source]]\nid = \"site{site}\"\nfeed = \"http://site{site}.test/feed\"").unwrap();
    }
    let store = format!("[store]\npath = \"watch.db\"\n{config}");
    std::fs::write(dir.join("wirewatch.toml"), store).unwrap();
    std::fs::write(dir.join("feeds.txt"), feeds).unwrap();
}

/// Words that the texts are made of.
const VOCABULARY: f64 = 20_000.0;

const SYLLABLES: [&str; 32] = [
    "ar", "ben", "cor", "da", "el", "fin", "ga", "hol", "in", "jar", "ka", "lem", "mor", "na", "or", "pel", "qui",
    "ra", "sin", "ta", "ul", "ven", "wes", "xa", "yor", "zen", "bri", "cla", "dro", "gre", "ste", "tri",
];

const WORDS: [&str; 64] = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "that",
    "minister",
    "harbour",
    "river",
    "council",
    "talks",
    "price",
    "market",
    "city",
    "school",
    "winter",
    "company",
    "report",
    "police",
    "court",
    "train",
    "bridge",
    "vote",
    "budget",
    "farm",
    "energy",
    "water",
    "hospital",
    "union",
    "border",
    "media",
    "said",
    "would",
    "after",
    "before",
    "under",
    "about",
    "year",
    "week",
    "people",
    "government",
    "trade",
    "bank",
    "house",
    "road",
    "team",
    "game",
    "film",
    "book",
    "science",
    "study",
    "doctor",
    "patient",
    "island",
    "storm",
    "fire",
    "plan",
    "project",
    "money",
    "family",
    "child",
    "worker",
    "leader",
    "country",
];
