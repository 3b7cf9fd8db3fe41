//! Who wrote the article, agreed between what the page states for machines and what it shows its readers.
//!
//! The first statement that names a person wins, in the order of [`stated`]. The visible byline near the headline overrules it
//! in two cases: it names the same people and more, or the page shows none of the stated names to its readers (content systems
//! fill `author` with whoever typed the page in).

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::authors::{self, Outlet};
use super::dates;
use super::dom::{Dom, Name, NodeId, Tag};
use super::jsonld::JsonLd;
use super::marks::Marks;
use super::metadata::{Head, Near, Said, has_property, squeeze};
use super::pattern::any_of;

/// Longest element that may be a byline, in characters.
const BYLINE_MAX_CHARS: u32 = 120;
/// Nodes below an element that are looked at: a byline has a dozen.
const NODES_MAX: usize = 400;
/// Longest text that may name an author, blanks included, in bytes.
const LINE_MAX_BYTES: usize = 4_000;
/// Most people that a visible byline may add to those that are stated.
const ADDED_MAX: usize = 8;
/// Most elements marked as authors that are read.
const MARKED_MAX: usize = 12;

/// The authors, as clean names. `near` are the nodes around the headline.
pub(super) fn authors(said: &Said<'_>, outlet: Outlet<'_>, near: &Near) -> Vec<String> {
    let Said { dom, marks, head, json, .. } = *said;
    let marked = marked(dom, marks, outlet, near);
    let byline = byline(dom, marks, outlet, near);
    let first = stated(head, json, outlet);
    if first.is_empty() {
        let found = if !marked.is_empty() && !extends(&byline, &marked) { marked } else { byline };
        return if found.is_empty() { named(dom, marks, outlet) } else { found };
    }
    for shown in [&byline, &marked] {
        if extends(shown, &first) {
            return shown.clone();
        }
    }
    if !byline.is_empty() && !first.iter().any(|name| is_shown(dom, near, name)) {
        return byline;
    }
    first
}

/// Whether `longer` has all names of `shorter` and more.
fn extends(longer: &[String], shorter: &[String]) -> bool {
    let has = |name: &String| longer.iter().any(|known| folded(known) == folded(name));
    longer.len() > shorter.len() && longer.len() <= shorter.len() + ADDED_MAX && shorter.iter().all(has)
}

fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether the page shows a name near its headline, by its last word.
fn is_shown(dom: &Dom<'_>, near: &Near, name: &str) -> bool {
    let last = name.split_whitespace().last().unwrap_or(name).to_lowercase();
    let lines = near.in_order().filter_map(|id| dom.text(id)).filter(|text| text.len() <= LINE_MAX_BYTES);
    lines.into_iter().any(|text| text.to_lowercase().contains(&last))
}

/// What the page states for machines.
fn stated(head: &Head, json: &JsonLd, outlet: Outlet<'_>) -> Vec<String> {
    let from_json = authors::clean(json.authors.iter().map(String::as_str), outlet);
    if !from_json.is_empty() {
        return from_json;
    }
    [
        "author",
        "article:author",
        "og:author",
        "og:article:author",
        "parsely-author",
        "sailthru.author",
        "dc.creator",
        "dcterms.creator",
        "citation_author",
        "byl",
        "article.author",
        "twitter:creator:name",
    ]
    .into_iter()
    .map(|name| {
        let names: Vec<String> = head.all(name).filter(|name| !name.contains("://")).map(without_tags).collect();
        authors::clean(names.iter().map(String::as_str), outlet)
    })
    .find(|named| !named.is_empty())
    .unwrap_or_default()
}

/// A statement without the links that some systems write into it.
fn without_tags(text: &str) -> String {
    let mut inside = false;
    let is_kept = |c: &char| {
        let was_inside = inside;
        match c {
            '<' => inside = true,
            '>' => inside = false,
            _ => {}
        }
        !was_inside && *c != '<'
    };
    text.chars().filter(is_kept).collect()
}

/// Authors by microdata and `rel=author`: those near the headline if there are any, never those of comments.
fn marked(dom: &Dom<'_>, marks: &Marks, outlet: Outlet<'_>, near: &Near) -> Vec<String> {
    let is_other = |id| matches!(marks.dropped(id), Some("comments" | "related links" | "advertisement"));
    let is_marked = |id: &NodeId| is_author_element(dom, *id) && !is_other(*id);
    let closest: Vec<NodeId> = near.in_order().filter(is_marked).take(MARKED_MAX).collect();
    let chosen = if closest.is_empty() { dom.ids().filter(is_marked).take(MARKED_MAX).collect() } else { closest };
    let texts: Vec<String> = chosen.into_iter().map(|id| line(dom, id)).collect();
    authors::clean(texts.iter().map(String::as_str), outlet)
}

/// What elements say that are named for the author, wherever they stand, if all of them say the same.
fn named(dom: &Dom<'_>, marks: &Marks, outlet: Outlet<'_>) -> Vec<String> {
    let is_other = |id| matches!(marks.dropped(id), Some("comments" | "related links" | "advertisement" | "aside"));
    let is_line = |id: &NodeId| {
        let chars = marks.sums(*id).text;
        chars > 0 && chars <= BYLINE_MAX_CHARS && !is_other(*id) && is_named(dom, *id) && !is_in_figure(dom, *id)
    };
    let mut found: Vec<String> = Vec::new();
    let is_labelled = |id: &NodeId| dom.text(*id).is_some_and(|text| text.trim_start().starts_with("作者"));
    for id in dom.ids().filter(|id| is_line(id) || (is_labelled(id) && !is_other(*id))).take(MARKED_MAX) {
        let line = dom.text(id).map_or_else(|| line(dom, id), squeeze);
        let names = match chinese(&line) {
            Some(names) => authors::clean(names.iter().map(String::as_str), outlet),
            None => authors::clean(std::iter::once(line.as_str()), outlet),
        };
        if !found.is_empty() && !names.is_empty() && names != found {
            return Vec::new();
        }
        found = if names.is_empty() { found } else { names };
    }
    found
}

fn is_author_element(dom: &Dom<'_>, id: NodeId) -> bool {
    let is_marked = |(name, _)| matches!(name, Name::Itemprop | Name::Property | Name::Rel);
    if !dom.attributes(id).any(is_marked) {
        return false;
    }
    if has_property(dom, id, "author") {
        // The name inside, where the element holds more than that.
        return !dom.subtree(id).skip(1).take(NODES_MAX).any(|below| has_property(dom, below, "name"));
    }
    if has_property(dom, id, "name") {
        return dom.ancestors(id).skip(1).take(3).any(|at| has_property(dom, at, "author"));
    }
    dom.tag(id) == Some(Tag::A)
        && dom.attribute(id, Name::Rel).is_some_and(|rel| rel.split_ascii_whitespace().any(|rel| rel == "author"))
}

/// The text of an element as one line. Pages set names and what follows in elements of their own without a blank between
/// them: «Jo Arden<span>Staff Writer</span>».
fn line(dom: &Dom<'_>, id: NodeId) -> String {
    let mut out = String::new();
    for text in dom.subtree(id).filter_map(|at| dom.text(at)) {
        if out.len() + text.len() > LINE_MAX_BYTES {
            break;
        }
        let glued = out.chars().next_back().is_some_and(char::is_lowercase)
            && text.chars().next().is_some_and(|c| c.is_uppercase() || c == '@' || c.is_ascii_digit());
        if glued {
            out.push(' ');
        }
        out.push_str(text);
    }
    squeeze(&out)
}

/// The visible line near the headline that begins with "By", else what is named as a byline, else links to authors' pages.
fn byline(dom: &Dom<'_>, marks: &Marks, outlet: Outlet<'_>, near: &Near) -> Vec<String> {
    let mut named = Vec::new();
    let mut linked: Vec<String> = Vec::new();
    for id in near.in_order() {
        let Some(tag) = dom.tag(id) else { continue };
        if !(tag.is_block() || matches!(tag, Tag::Span | Tag::A | Tag::Small | Tag::Cite | Tag::Em | Tag::I)) {
            continue;
        }
        let chars = marks.sums(id).text;
        // A box of several lines is read line by line, and a caption's credit is no byline.
        if chars > BYLINE_MAX_CHARS
            || chars == 0
            || matches!(marks.dropped(id), Some("related links" | "comments"))
            || (marks.dropped(id) == Some("figure or caption") && (is_in_figure(dom, id) || !is_named(dom, id)))
            || dom.subtree(id).len() > NODES_MAX
            || dom.subtree(id).skip(1).any(|below| dom.tag(below).is_some_and(Tag::is_block))
        {
            continue;
        }
        let text = line(dom, id);
        if let Some(found) = chinese(&text).map(|names| authors::clean(names.iter().map(String::as_str), outlet))
            && !found.is_empty()
        {
            return found;
        }
        if let Some(after) =
            authors::after_by(&text).or_else(|| after_inner_by(&text)).or_else(|| before_reporter(&text))
        {
            let found = authors::clean(std::iter::once(after), outlet);
            if !found.is_empty() {
                return found;
            }
        }
        if named.is_empty() && is_named(dom, id) {
            named = authors::clean(std::iter::once(text.as_str()), outlet);
        }
        if named.is_empty() && is_named_beside_headline(dom, id) {
            named = authors::clean(std::iter::once(text.as_str()), outlet);
            // A place or a paper may be of one word there.
            named.retain(|name| name.contains(' '));
        }
        if tag == Tag::A && chars <= 40 && dom.attribute(id, Name::Href).is_some_and(leads_to_author) {
            linked.extend(authors::clean(std::iter::once(text.as_str()), outlet));
        }
    }
    if named.is_empty() || extends(&linked, &named) {
        named = linked;
    }
    named
}

/// Whether an element stands in a picture's markup, not only in something named as a credit.
fn is_in_figure(dom: &Dom<'_>, id: NodeId) -> bool {
    dom.ancestors(id).take(8).any(|at| matches!(dom.tag(at), Some(Tag::Figure | Tag::Figcaption | Tag::Picture)))
}

/// A short line that ends in the word for a reporter.
fn before_reporter(text: &str) -> Option<&str> {
    authors::before_reporter(text).filter(|name| (2..=20).contains(&name.chars().count()))
}

/// «05/10/2018 - Publicado por: Clarissa Borba - Categoria: …»
fn after_inner_by(text: &str) -> Option<&str> {
    const WORDS: [&str; 7] =
        ["ublicado por", "ubblicato da", "osted by", "ritten by", "ublished by", "rstellt von", "ublié par"];
    static ANY: LazyLock<AhoCorasick> = LazyLock::new(|| any_of(WORDS));
    let said = ANY.is_match(text).then(|| WORDS.iter().find_map(|word| text.split_once(word))).flatten();
    said
        // «Wednesday January 18, 2017 11:44 AM PST by Jo Arden»
        .or_else(|| text.split_once(" by ").filter(|(before, _)| dates::parse(before, None).is_some()))
        .map(|(_, rest)| rest.trim_start_matches([':', ' ']))
        .filter(|rest| !rest.is_empty())
}

/// The names in a line in Chinese behind the word for who wrote or reported: «澎湃新闻记者 段彦超 廖艳», «…来源：证券时报网作者：李在山».
/// Blanks part them, and what follows is labelled in its turn.
fn chinese(text: &str) -> Option<Vec<String>> {
    let is_sign = |c: char| c.is_whitespace() || matches!(c, ':' | '：' | '/');
    let rest = ["作者", "记者", "記者", "通讯员"].iter().find_map(|word| {
        let (before, rest) = text.split_once(word)?;
        let is_short = !before.contains(['，', '。', '！', '？']) && rest.starts_with(is_sign);
        is_short.then(|| rest.trim_start_matches(is_sign))
    })?;
    if rest.contains(['，', '。', '！', '？']) {
        return None;
    }
    let names = rest.split(|c: char| c.is_whitespace() || matches!(c, '、' | '|' | '/'));
    // «作者：记者王伟»
    let names = names.map(|name| ["记者", "記者"].iter().find_map(|office| name.strip_prefix(office)).unwrap_or(name));
    let names = names.filter(|name| !name.is_empty()).take_while(|name| is_chinese_name(name));
    Some(names.map(str::to_owned).collect())
}

/// Whether a word is as long as a name in Chinese characters.
fn is_chinese_name(word: &str) -> bool {
    (2..=4).contains(&word.chars().count()) && word.chars().all(|c| matches!(c, '\u{4e00}'..='\u{9fff}' | '·'))
}

fn is_named(dom: &Dom<'_>, id: NodeId) -> bool {
    [Name::Class, Name::Id, Name::DataTestid, Name::DataComponent].into_iter().any(|name| {
        dom.attribute(id, name).filter(|value| may_name(value)).is_some_and(|value| {
            let squeezed: String =
                value.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
            BYLINE_NAMES.is_match(&squeezed)
                || value
                    .split_ascii_whitespace()
                    .any(|name| AUTHOR_NAMES.iter().any(|known| name.eq_ignore_ascii_case(known)))
        })
    })
}

/// What an author is called by the names of elements, in the languages of content systems.
const AUTHOR_NAMES: [&str; 7] = ["author", "authors", "username", "autor", "autores", "autore", "auteur"];

/// What stands in such a name of somebody who is not the article's author.
const OTHER_AUTHORS: [&str; 6] = ["comment", "quote", "related", "teaser", "inline", "reply"];

/// Whether an element near the headline may hold its author's name for its markup: names such as `c-article-meta__author` end
/// in the word, and in HTML an address is how to reach who wrote, or where something takes place.
fn is_named_beside_headline(dom: &Dom<'_>, id: NodeId) -> bool {
    let says = |at, fits: fn(&str) -> bool| {
        let class = dom.attribute(at, Name::Class).filter(|class| may_name(class)).map(str::to_ascii_lowercase);
        class.is_some_and(|class| {
            class
                .split_ascii_whitespace()
                .any(|name| fits(name) && !OTHER_AUTHORS.iter().any(|other| name.contains(other)))
        })
    };
    let ends = |name: &str| {
        ["author", "authors", "author-name", "author__name", "author_name"].iter().any(|end| name.ends_with(end))
    };
    let holds = |name: &str| name.contains("author") || name.contains("autor");
    let is_address = |at| dom.tag(at) == Some(Tag::Address);
    says(id, ends)
        || ((is_address(id) || is_address(dom.parent(id))) && dom.ancestors(id).take(4).any(|at| says(at, holds)))
}

/// What content systems call a byline, without hyphens and underscores.
static BYLINE_NAMES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    any_of(["byline", "authorname", "writername", "articleauthor", "postauthor", "entryauthor", "storyauthor"])
});

/// Tells nearly all names apart before they are folded, by the letters that are in them.
fn may_name(value: &str) -> bool {
    let has = |letters: u32, wanted: &str| letters_of(wanted) & !letters == 0;
    let letters = letters_of(value);
    ["byline", "author", "autor", "auteur", "username", "writername"].iter().any(|wanted| has(letters, wanted))
}

/// A bit for each letter of ASCII that a text has, whatever its case.
fn letters_of(text: &str) -> u32 {
    text.bytes().filter(u8::is_ascii_alphabetic).fold(0, |letters, byte| letters | 1 << (byte & 31))
}

/// Whether an address is that of one author's page.
fn leads_to_author(href: &str) -> bool {
    const PARTS: [&str; 10] = [
        "/author/",
        "/authors/",
        "/by/",
        "/people/",
        "/profile/",
        "/contributor/",
        "/contributors/",
        "/journalist/",
        "/autor/",
        "/auteur/",
    ];
    static ANY: LazyLock<AhoCorasick> = LazyLock::new(|| any_of(PARTS));
    ANY.is_match(href) && PARTS.iter().any(|part| href.split_once(part).is_some_and(|(_, rest)| rest.len() > 2))
}

#[cfg(test)]
mod tests {
    use crate::engine::page::tests::read;

    fn page(head: &str, below: &str, tail: &str) -> String {
        let prose = "<p>The council met on Tuesday, and agreed to rebuild the pier by spring, officials of the harbour said.</p>";
        format!(
            "<html><head><meta property=og:site_name content='The Lantern'>{head}</head><body><article><h1>Harbour talks end without a pact</h1>{below}{prose}{prose}</article>{tail}</body></html>"
        )
    }

    #[test]
    fn what_readers_see_settles_what_is_stated() {
        let json = |author: &str| {
            format!(
                "<script type='application/ld+json'>{{\"@type\":\"NewsArticle\",\"headline\":\"x\",\"author\":{author}}}</script>"
            )
        };
        let meta = |name: &str| format!("<meta name=author content='{name}'>");
        for (name, html, expected) in [
            ("stated alone", page(&json(r#"{"name":"Jo Arden"}"#), "", ""), vec!["Jo Arden"]),
            (
                "the byline names more",
                page(&json(r#"{"name":"Jo Arden"}"#), "<p>By Jo Arden, Sam Lee</p>", ""),
                vec!["Jo Arden", "Sam Lee"],
            ),
            (
                "links name more",
                page(
                    &json(r#"{"name":"Jo Arden"}"#),
                    "<p>By <span><a rel=author href=/a/1>Jo Arden</a></span>, <span><a rel=author href=/a/2>Sam Lee</a></span></p>",
                    "",
                ),
                vec!["Jo Arden", "Sam Lee"],
            ),
            ("who typed it in", page(&meta("Kim Roe"), "<p>By Jo Arden</p>", ""), vec!["Jo Arden"]),
            (
                "stated and shown",
                page(&meta("Jo Arden"), "<p>By Sam Lee for The Lantern</p><p>Jo Arden reports</p>", ""),
                vec!["Jo Arden"],
            ),
            (
                "the outlet is no author",
                page(
                    &json(r#"{"@type":"Organization","name":"The Lantern"}"#),
                    "<ul class=authors><li><a class=author href=/author/jo/>Jo Arden</a></li></ul>",
                    "",
                ),
                vec!["Jo Arden"],
            ),
            (
                "a named line",
                page("", "<div class='c-byline__item'>Jo Arden<span>Staff Writer</span></div>", ""),
                vec!["Jo Arden"],
            ),
            (
                "a line that says more",
                page("", "<small><b>05/10/2018</b> - Publicado por: Jo Arden - Categoria: Porto</small>", ""),
                vec!["Jo Arden"],
            ),
            (
                "readers' comments",
                page(
                    "",
                    "<p><a rel=author href=/a/1>Jo Arden</a></p>",
                    "<div class=comments><cite itemprop=author>Karol</cite></div>",
                ),
                vec!["Jo Arden"],
            ),
            ("comments alone", page("", "", "<div class=comments><cite itemprop=author>Karol</cite></div>"), vec![]),
            ("a picture's credit", page("", "<figure><figcaption>By Sam Lee/Agency</figcaption></figure>", ""), vec![]),
        ] {
            assert_eq!(read(&html).authors, expected, "{name}");
        }
    }

    #[test]
    fn the_byline_below_the_headline_is_told_from_what_stands_around_it() {
        for (name, html, expected) in [
            (
                "behind the day",
                page(
                    "",
                    "<div class=byline>Wednesday January 18, 2017 11:44 AM PST by <a href=/jo>Jo Arden</a></div>",
                    "",
                ),
                vec!["Jo Arden"],
            ),
            (
                "a talk in the headline",
                page("", "", "").replace("Harbour talks end without a pact", "Harbour 2026 - Keynote by Sam Lee"),
                vec![],
            ),
            (
                "teasers of other stories above",
                format!(
                    "<body>{}{}{}",
                    "<p>By <a rel=author href=/a/2>Sam Lee</a></p>".repeat(40),
                    "<li>Port</li>".repeat(80),
                    page("", "<p class=x>Words: <a rel=author href=/a/1>Jo Arden</a></p>", "")
                ),
                vec!["Jo Arden"],
            ),
        ] {
            assert_eq!(read(&html).authors, expected, "{name}");
        }
    }

    #[test]
    fn markup_beside_the_headline_names_who_wrote() {
        for (below, expected) in [
            ("<div class=info_autor><address>Jo Arden | Velm</address></div>", vec!["Jo Arden"]),
            ("<div class=author-info__box><address><span>Jo Arden</span></address></div>", vec!["Jo Arden"]),
            ("<address>Town Hall, New York</address>", vec![]),
            ("<div class=c-article-meta__author>Jo Arden</div>", vec!["Jo Arden"]),
            ("<span class=autor>Jo de Arden</span>", vec!["Jo de Arden"]),
            ("<span class=pull-quote__author>Sam Lee</span>", vec![]),
        ] {
            assert_eq!(read(&page("", below, "")).authors, expected, "{below}");
        }
    }

    #[test]
    fn authors_are_read_in_other_vocabularies_and_scripts() {
        for (name, html, expected) in [
            (
                "RDFa",
                page("", "<div property='schema:author' typeof=Person><span property=name>Jo Arden</span></div>", ""),
                vec!["Jo Arden"],
            ),
            ("in Arabic", page("", "<p>بقلم سامي حداد</p>", ""), vec!["سامي حداد"]),
            ("in Hebrew", page("", "<p>מאת: דנה לוי</p>", ""), vec!["דנה לוי"]),
            (
                "broken JSON",
                page(
                    "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"description\":\"says \"yes\" to it\",\"author\":[{\"@type\":\"Person\",\"name\":\"Jo Arden\"}],\"publisher\":{\"name\":\"The Lantern\"}}</script>",
                    "",
                    "",
                ),
                vec!["Jo Arden"],
            ),
        ] {
            assert_eq!(read(&html).authors, expected, "{name}");
        }
    }

    #[test]
    fn lines_in_chinese_and_signatures_name_authors() {
        for (name, html, expected) in [
            (
                "reporters in Chinese",
                page("", "<p>晨报网记者 王伟 李娜娜 欧阳明</p>", ""),
                vec!["王伟", "李娜娜", "欧阳明"],
            ),
            (
                "behind its source in Chinese",
                page("", "<div>2026-03-19 12:11来源：晨报网作者：王伟</div>", ""),
                vec!["王伟"],
            ),
            (
                "labelled below the text in Chinese",
                page("", "", "<table><tr><td><font> 作者：\n记者王伟\n</font></td></tr></table>"),
                vec!["王伟"],
            ),
            ("a sentence in Chinese", page("", "<p>记者 在码头看到，工人已经开始工作</p>", ""), vec![]),
            (
                "signed below the text",
                page("", "", "").replace("</article>", "<p>Par Jo Arden</p></article>"),
                vec!["Jo Arden"],
            ),
        ] {
            let found = read(&html);
            assert_eq!(found.authors, expected as Vec<&str>, "{name}");
        }
    }
}
