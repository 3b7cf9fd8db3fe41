//! Where a page's markup lacks the article: its body as the page states it for machines, in JSON-LD, in a script's state or in
//! a stream, or the AMP form that it names.

use super::blocks::{self, RawBlock};
use super::captions;
use super::dom::{self, Dom, NodeId, Tag};
use super::flight::{self, Flight};
use super::jsonld::JsonLd;
use super::marks::{self, Marks};
use super::metadata::Head;
use super::prune;
use super::story;
use super::{BlockTrace, Body, joined, letters, state};
use crate::engine::split;
use crate::model::article::{Block, BlockKind};
use crate::model::url::WebUrl;

/// A body shorter than this, in bytes, is lacking whatever is stated.
const LACKING_BYTES: usize = 300;
/// A body shorter than this is lacking where what is stated begins as it does and goes on.
const TEASER_BYTES: usize = 2_000;
/// What is stated is taken where it is so many times longer.
const GAIN: usize = 2;
/// A page is one of pictures where its text is shorter, in bytes, and so many captions have so many characters; so many are read.
const GALLERY_BYTES: usize = 500;
const CAPTIONS_MIN: usize = 3;
const CAPTION_MIN_CHARS: usize = 40;
const CAPTIONS_MAX: usize = 400;
/// How far up from its headline an article is, and how long an item of its list is at least, in characters.
const STORY_HEIGHT: usize = 5;
const ITEM_MIN_CHARS: u32 = 15;
/// Letters of a paragraph by which a text is known again.
const SAMPLE_CHARS: usize = 48;

/// The blocks of an article, and why each is in or out.
pub(super) type Read = (Vec<Block>, Vec<BlockTrace>);

fn length(blocks: &[Block]) -> usize {
    blocks.iter().map(|block| block.text.len()).sum()
}

/// Whether a body is so much longer than another that it has what that one lacks.
pub(super) fn is_longer(one: &[Block], other: &[Block]) -> bool {
    length(one) > length(other) * GAIN
}

/// The AMP form that a page names, where its own body is lacking.
pub(super) fn twin(shown: &[Block], head: &Head, url: &WebUrl) -> Option<WebUrl> {
    let named = head.amp.as_deref().filter(|_| length(shown) < LACKING_BYTES)?;
    url.join(named).ok().filter(|twin| split::may_be_twin(url, twin))
}

/// Longest wait, in seconds, after which a page sends its reader on.
const REFRESH_MAX_S: u32 = 5;

/// Where a page without a text of its own sends its reader: `<meta http-equiv=refresh content="0; url=…">`.
pub(super) fn moved(shown: &[Block], head: &Head, url: &WebUrl) -> Option<WebUrl> {
    let (wait, rest) = head.first(&["refresh"]).filter(|_| length(shown) < LACKING_BYTES)?.split_once([';', ','])?;
    wait.trim().parse::<u32>().ok().filter(|wait| *wait <= REFRESH_MAX_S)?;
    let (name, to) = rest.trim().split_once('=')?;
    let to = to.trim().trim_matches(['"', '\'']);
    url.join(to).ok().filter(|to| name.trim().eq_ignore_ascii_case("url") && to != url)
}

/// What the page shows, or what it states where it shows too little.
pub(super) fn rescue(shown: Read, page: &Dom<'_>, json: &JsonLd, about: &prune::About<'_>) -> Read {
    let length = length(&shown.0);
    if length >= TEASER_BYTES {
        return shown;
    }
    let is_better =
        |blocks: &[Block]| is_longer(blocks, &shown.0) && (length < LACKING_BYTES || goes_on(&shown.0, blocks));
    if let Some(body) = json.body.as_deref().filter(|body| body.len() > length) {
        let read = from_text(body, about, "articleBody in JSON-LD");
        if is_better(&read.0) {
            return read;
        }
    }
    if length < LACKING_BYTES || state_quotes(page, &shown.0) {
        let streamed = Flight::read(page).map(|flight| flight.values()).unwrap_or_default();
        if let Some(body) = state::body(page, &streamed, about.title) {
            let read = from_markup(&body, about, "the page's state for its scripts");
            if is_better(&read.0) {
                return read;
            }
        }
        let read = from_page(&flight::markup(&streamed), about, "the page as it is streamed to its scripts");
        if is_better(&read.0) {
            return read;
        }
    }
    shown
}

/// The paragraph by which a text is known again: its first of some length.
fn sample(shown: &[Block]) -> Option<&Block> {
    shown.iter().find(|block| block.text.chars().count() >= SAMPLE_CHARS)
}

/// Whether `stated` has the paragraph that the page shows first.
fn goes_on(shown: &[Block], stated: &[Block]) -> bool {
    let Some(sample) = sample(shown) else { return false };
    let wanted: String = letters(&sample.text).chars().take(SAMPLE_CHARS).collect();
    stated.iter().any(|block| letters(&block.text).contains(&wanted))
}

/// Whether a script quotes what the page shows: cheap, before any state is parsed. The run of plain letters is one that no
/// escaping changes.
fn state_quotes(page: &Dom<'_>, shown: &[Block]) -> bool {
    let Some(sample) = sample(shown) else { return false };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == ' ' || c == ',';
    let Some(run) = sample.text.split(|c| !is_plain(c)).max_by_key(|run| run.len()).filter(|run| run.len() >= 20)
    else {
        return false;
    };
    state::scripts(page).any(|script| script.contains(run))
}

/// What a page of pictures tells below them, where it has hardly another text.
pub(super) fn captions(shown: Read, page: &Dom<'_>, marks: &Marks) -> Read {
    let length = length(&shown.0);
    if length >= GALLERY_BYTES {
        return shown;
    }
    let is_caption = |id: &NodeId| page.tag(*id) == Some(Tag::Figcaption) && marks.dropped(*id) == Some(marks::FIGURE);
    let told = |id: NodeId| {
        let cut = blocks::cut(page, marks, id, marks.dropped(id));
        let text = cut.iter().map(|block| block.text.as_str()).collect::<Vec<_>>().join(" ");
        captions::without_credit(&text).to_owned()
    };
    let all = page.ids().filter(is_caption).take(CAPTIONS_MAX).map(told);
    let told: Vec<String> = all.filter(|text| text.chars().count() >= CAPTION_MIN_CHARS).collect();
    if told.len() < CAPTIONS_MIN || told.iter().map(String::len).sum::<usize>() <= length * GAIN {
        return shown;
    }
    let (mut blocks, mut trace) = shown;
    for text in told {
        if blocks.iter().all(|block| block.text != text) {
            trace.push(kept(&text, "below a picture of a page of pictures"));
            blocks.push(Block { kind: BlockKind::Paragraph, text });
        }
    }
    (blocks, trace)
}

/// The list of links that is all of an article: what it stands in holds the headline, and nothing else of length.
pub(super) fn links(shown: Read, page: &Dom<'_>, all: &[RawBlock], headline: Option<NodeId>) -> Read {
    let story =
        headline.and_then(|headline| page.ancestors(headline).take(STORY_HEIGHT).find(|at| story::is_story(page, *at)));
    let (Some(story), Some(headline), true) = (story, headline, shown.0.is_empty()) else { return shown };
    let is_item =
        |block: &&RawBlock| block.kind == BlockKind::Item && block.element > headline && block.chars >= ITEM_MIN_CHARS;
    let items: Vec<&RawBlock> = blocks::within(page, all, story).iter().filter(is_item).collect();
    let group = items.first().and_then(|first| first.group);
    let listed: Vec<&RawBlock> = items.into_iter().filter(|item| item.group == group).collect();
    if group.is_none() || listed.len() < CAPTIONS_MIN {
        return shown;
    }
    let trace = listed.iter().map(|item| kept(&item.text, "a list of links that is the article")).collect();
    (joined(listed.into_iter()), trace)
}

fn from_text(body: &str, about: &prune::About<'_>, rule: &str) -> Read {
    if body.contains("</p>") || body.contains("<br") {
        return from_markup(body, about, rule);
    }
    let lines = body.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty());
    let blocks: Vec<Block> = lines.map(|line| Block { kind: BlockKind::Paragraph, text: line.to_owned() }).collect();
    let trace = blocks.iter().map(|block| kept(&block.text, rule)).collect();
    (blocks, trace)
}

fn kept(text: &str, rule: &str) -> BlockTrace {
    BlockTrace { text: text.to_owned(), kept: true, rule: rule.to_owned() }
}

fn from_markup(html: &str, about: &prune::About<'_>, rule: &str) -> Read {
    let dom = dom::parse(html);
    let marks = Marks::read(&dom);
    let all = blocks::cut(&dom, &marks, Dom::ROOT, None);
    let mut trace = prune::prune(&all, &[], about);
    for line in trace.iter_mut().filter(|line| line.kept) {
        rule.clone_into(&mut line.rule);
    }
    (joined(all.iter().zip(&trace).filter(|(_, line)| line.kept).map(|(block, _)| block)), trace)
}

/// As [`from_markup`], where the markup is a whole page, chrome and all.
fn from_page(html: &str, about: &prune::About<'_>, rule: &str) -> Read {
    let dom = dom::parse(html);
    let marks = Marks::read(&dom);
    let mut body = Body::of(&dom, &marks, (&blocks::cut(&dom, &marks, Dom::ROOT, None), None), about);
    for line in body.trace.iter_mut().filter(|line| line.kept) {
        rule.clone_into(&mut line.rule);
    }
    (body.blocks, body.trace)
}

#[cfg(test)]
mod tests {
    use crate::engine::page::tests::{read, texts};

    const FIRST: &str =
        "The harbour council met on Tuesday, and agreed to rebuild the \\\"old\\\" pier by spring, officials said.";
    const SECOND: &str =
        "It will cost nine million coins, more than was feared, and the ferry company is to pay a third of it.";
    const THIRD: &str =
        "Work begins in March, and the lamps along the quay are to be lit again before the summer, said the clerk.";

    fn page(scripts: &str, body: &str) -> String {
        format!(
            "<html><head><title>Pier to be rebuilt | The Lantern</title></head><body><div id=root>{body}</div>{scripts}</body></html>"
        )
    }

    fn expected() -> Vec<String> {
        [FIRST, SECOND, THIRD].iter().map(|text| text.replace('\\', "")).collect()
    }

    #[test]
    fn the_body_is_read_from_the_state_where_the_markup_lacks_it() {
        let html = format!("<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>");
        let text =
            |one: &str| format!(r#"{{"nodeType":"paragraph","content":[{{"nodeType":"text","value":"{one}"}}]}}"#);
        let split = |one: &str| {
            let (a, b) = one.split_once(", ").unwrap_or((one, ""));
            format!(r#"{{"type":"paragraph","children":[{{"text":"{a}, "}},{{"text":"{b}","bold":true}}]}}"#)
        };
        let arc = |one: &str| format!(r#"{{"type":"text","content":"{one}"}}"#);
        let all = |one: &dyn Fn(&str) -> String| [one(FIRST), one(SECOND), one(THIRD)].join(",");
        for (name, scripts) in [
            (
                "JSON-LD",
                format!(r#"<script type="application/ld+json">{{"@type":"NewsArticle","headline":"Pier to be rebuilt","articleBody":"{FIRST}\n{SECOND}\n{THIRD}"}}</script>"#),
            ),
            (
                "Next.js, HTML",
                format!(r#"<script id="__NEXT_DATA__" type="application/json">{{"props":{{"pageProps":{{"story":{{"title":"Pier to be rebuilt","publishedAt":"2026-03-19","body":"{html}"}}}}}}}}</script>"#),
            ),
            (
                "Next.js, rich text",
                format!(r#"<script id="__NEXT_DATA__" type="application/json">{{"a":{{"headline":"Pier to be rebuilt","body":{{"nodeType":"document","content":[{}]}}}}}}</script>"#, all(&text)),
            ),
            (
                "an assignment",
                format!(r#"<script>window.__PRELOADED_STATE__ = {{"x":undefined,"article":{{"title":"Pier to be rebuilt","blocks":[{}]}}}};window.y=1</script>"#, all(&split)),
            ),
            (
                "JSON in a string",
                format!("<script>window.__INITIAL_STATE__ = JSON.parse({});</script>", serde_json::to_string(&format!(r#"{{"title":"Pier to be rebuilt","body":"{html}"}}"#)).unwrap()),
            ),
            (
                "Arc",
                format!(r#"<script>window.Fusion=window.Fusion||{{}};Fusion.arcSite="lantern";Fusion.globalContent={{"headlines":{{"basic":"Pier to be rebuilt"}},"content_elements":[{},{{"type":"image","caption":"The pier"}},{{"type":"interstitial_link","content":"Read more"}}]}};Fusion.x=1;</script>"#, all(&arc)),
            ),
            (
                "Nuxt",
                format!(r#"<script type="application/json" id="__NUXT_DATA__">[["ShallowReactive",1],{{"data":2}},{{"story":3}},{{"title":4,"body":5,"author":6}},"Pier to be rebuilt","{html}","Jo Arden"]</script>"#),
            ),
            (
                "two articles, one of them the page's",
                format!(r#"<script type="application/json">[{{"title":"Another","date":"x","body":"{0}{0}{0}"}},{{"title":"Pier to be rebuilt","body":"{html}"}}]</script>"#, "<p>Another story of some length, which is none of this page, goes on and on about other things.</p>".repeat(4)),
            ),
        ] {
            assert_eq!(texts(&read(&page(&scripts, ""))), expected(), "{name}");
        }
    }

    #[test]
    fn a_teaser_is_continued_by_what_is_stated_and_an_article_is_not_replaced() {
        let body = format!("<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p><p>{SECOND} {THIRD}</p>");
        let state =
            format!(r#"<script type="application/json">{{"title":"Pier to be rebuilt","body":"{body}"}}</script>"#);
        let shown = |text: &str| format!("<article><h1>Pier to be rebuilt</h1>{text}</article>");
        let plain = |text: &str| format!("<p>{}</p>", text.replace('\\', ""));
        let teaser = read(&page(&state, &shown(&plain(FIRST))));
        assert_eq!(texts(&teaser).len(), 4);
        // Other words than what is stated: the page's own stand.
        let other =
            "The pier of another town is a wonder of wood and rope, and all who see it say so, every day of the year.";
        let own = read(&page(
            &state,
            &shown(
                &(plain(other)
                    + &plain(&format!("{other} So they say."))
                    + &plain(&format!("Truly, {other} They do."))),
            ),
        ));
        assert_eq!(texts(&own).len(), 3);
    }

    #[test]
    fn texts_of_the_interface_are_no_article() {
        let words = "We and our partners use your data, as the policy of privacy says, and you agree to it. ".repeat(8);
        let scripts = format!(
            r#"<script type="application/json">{{"messages":{{"privacy":"{words}","body":"{words}"}},"x":{{"title":"Privacy","body":"{words}"}}}}</script>"#
        );
        assert!(texts(&read(&page(&scripts, "<p>Loading</p>"))).iter().all(|text| !text.contains("partners")));
    }

    #[test]
    fn deep_and_damaged_states_are_passed_over() {
        for script in [
            "{".repeat(100_000),
            format!("{}1{}", "[".repeat(100), "]".repeat(100)),
            "window.__NUXT__={\"a\":".to_owned(),
        ] {
            assert!(read(&page(&format!("<script type=\"application/json\">{script}</script>"), "")).blocks.is_empty());
        }
    }

    #[test]
    fn a_page_of_pictures_is_told_below_them_and_an_article_is_not() {
        let caption = |at: usize| {
            format!(
                "<figure><img src='{at}.jpg'><figcaption>On day {at} the first ferry of the morning leaves the northern quay. <span class=credit>Photograph: Jo Arden/The Lantern</span></figcaption></figure>"
            )
        };
        let pictures: String = (0..5).map(caption).collect();
        let plain = |text: &str| format!("<p>{}</p>", text.replace('\\', ""));
        let gallery = read(&page("", &format!("<article><h1>Pier to be rebuilt</h1>{pictures}</article>")));
        assert_eq!(texts(&gallery).len(), 5);
        assert!(texts(&gallery).iter().all(|text| text.ends_with("quay.")));
        let told =
            [FIRST, SECOND, THIRD, FIRST, SECOND].map(plain).concat() + &plain(&format!("{THIRD} So it was said."));
        let article = read(&page("", &format!("<article><h1>Pier to be rebuilt</h1>{told}{pictures}</article>")));
        assert_eq!(texts(&article).len(), 4);
    }

    #[test]
    fn a_list_of_links_is_an_article_where_it_is_all_of_one() {
        let item =
            |at: usize| format!("<li><a href='/{at}'>The island lamps are mended again</a> (The Lantern {at})</li>");
        let list: String = (0..4).map(item).collect();
        let own = |around: &str| {
            page("", &format!("<{around}><h1>Pier to be rebuilt</h1><div><ul>{list}</ul></div></{around}>"))
        };
        assert_eq!(texts(&read(&own("article"))).len(), 4);
        assert!(texts(&read(&own("main"))).is_empty());
    }
}
