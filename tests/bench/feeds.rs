//! How long feeds take to read: a small one, a full one, an old one in another charset, one that has to be mended.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]

use divan::Bencher;
use divan::counter::BytesCount;
use wirewatch::engine::feed;
use wirewatch::model::url::WebUrl;

fn main() {
    divan::main();
}

fn bench(bencher: Bencher<'_, '_>, bytes: &[u8]) {
    let base = WebUrl::parse("https://a.test/").unwrap();
    bencher.counter(BytesCount::new(bytes.len())).bench(|| feed::parse(divan::black_box(bytes), None, &base).unwrap());
}

/// A feed of so many entries, each with so many sentences.
fn rss(entries: usize, sentences: usize) -> String {
    let text = "The council <b>agreed</b> on the plan &amp; asked for “more” time, said José. ".repeat(sentences);
    let items: Vec<String> = (0..entries)
        .map(|n| {
            format!(
                "<item><title>Headline {n} &amp; more</title><link>https://a.test/{n}?x=1&amp;y=2</link>\
                 <guid isPermaLink=\"false\">g{n}</guid><pubDate>Mon, 01 Jan 2024 10:00:00 GMT</pubDate>\
                 <category>World</category><description><![CDATA[<p>{text}</p>]]></description></item>"
            )
        })
        .collect();
    let items = items.concat();
    format!("<rss version=\"2.0\"><channel><title>News</title><link>https://a.test/</link>{items}</channel></rss>")
}

#[divan::bench(args = [(30, 3), (30, 60), (500, 3)])]
fn well_formed(bencher: Bencher<'_, '_>, (entries, sentences): (usize, usize)) {
    bench(bencher, rss(entries, sentences).as_bytes());
}

#[divan::bench]
fn in_a_legacy_charset(bencher: Bencher<'_, '_>) {
    let text = format!("<?xml version=\"1.0\" encoding=\"windows-1252\"?>{}", rss(30, 3));
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(&text);
    bench(bencher, &bytes);
}

#[divan::bench]
fn damaged(bencher: Bencher<'_, '_>) {
    let text = rss(30, 3).replace("&amp;", "&").replace("</guid>", "").replace("<![CDATA[", "").replace("]]>", "");
    bench(bencher, text.as_bytes());
}
