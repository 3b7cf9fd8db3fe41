//! `sources discover` from outside: what a site names, and where.

use std::io;
use std::net::TcpStream;

use crate::support::hostile::{Hostile, Seen, answer};
use crate::support::world::wirewatch;

const RSS: &[u8] =
    b"<rss version=\"2.0\"><channel><title>Paper</title><item><title>A</title><link>/a</link></item></channel></rss>";
const NEWS: &[u8] = b"<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">\
  <url><loc>http://site.test/a</loc><news:news><news:title>A</news:title></news:news></url></urlset>";
const ALL: &[u8] =
    b"<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\"><url><loc>http://site.test/a</loc></url></urlset>";
const INDEX: &[u8] = b"<sitemapindex><sitemap><loc>http://site.test/all.xml</loc></sitemap>\
  <sitemap><loc>http://site.test/map-news.xml</loc></sitemap></sitemapindex>";

const OK: &str = "HTTP/1.1 200 OK\ncontent-type: text/xml";
const MISSING: &str = "HTTP/1.1 404 Not Found";

/// What is found at `http://site.test/`, as `format path`.
fn found(script: fn(&Seen, &mut TcpStream) -> io::Result<()>) -> Vec<String> {
    let server = Hostile::serve(script);
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("wirewatch.toml");
    let text = format!(
        "[fetch]\nmin_delay = \"0s\"\nallow_private = [\"127.0.0.0/8\"]\nresolve = {{ \"site.test\" = \"{}\" }}\n",
        server.addr
    );
    std::fs::write(&config, text).unwrap();
    let output = wirewatch(&config, &["sources", "discover", "http://site.test/", "--json"]);
    let lines = String::from_utf8(output.stdout).unwrap();
    let show = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        format!("{} {}", line["format"].as_str().unwrap(), line["url"].as_str().unwrap())
    };
    lines.lines().map(show).collect()
}

#[test]
fn feeds_of_the_page_come_first_and_what_robots_txt_names_after_them() {
    let found = found(|seen, stream| {
        match seen.target.as_str() {
        "/" => answer(stream, OK, b"<html><link rel=alternate type=\"application/rss+xml\" href=\"/rss\">"),
        "/robots.txt" => answer(
            stream,
            OK,
            b"Sitemap: http://site.test/index.xml\nsitemap: http://site.test/feeds/world\nSitemap: http://site.test/gone.xml\n\
              Sitemap: http://site.test/rss\n",
        ),
        "/index.xml" => answer(stream, OK, INDEX),
        "/map-news.xml" => answer(stream, OK, NEWS),
        "/rss" | "/feeds/world" => answer(stream, OK, RSS),
        _ => answer(stream, MISSING, b""),
    }
    });
    assert_eq!(
        found,
        [
            "rss http://site.test/rss",
            "rss2.0 http://site.test/feeds/world",
            "news sitemap http://site.test/map-news.xml",
            "sitemap index http://site.test/index.xml",
        ]
    );
}

#[test]
fn the_usual_addresses_are_tried_where_only_sitemaps_are_named() {
    let found = found(|seen, stream| match seen.target.as_str() {
        "/" => answer(stream, OK, b"<html><p>no feed is named here"),
        "/robots.txt" => answer(stream, OK, b"Sitemap: http://site.test/all.xml"),
        "/all.xml" => answer(stream, OK, ALL),
        "/feed.xml" => answer(stream, OK, RSS),
        _ => answer(stream, MISSING, b""),
    });
    assert_eq!(found, ["rss2.0 http://site.test/feed.xml", "sitemap http://site.test/all.xml"]);
}

#[test]
fn a_site_that_names_nothing_is_said_so() {
    assert!(found(|_, stream| answer(stream, MISSING, b"")).is_empty());
    assert!(
        found(|seen, stream| match seen.target.as_str() {
            "/" => answer(stream, OK, b"<html><p>nothing"),
            _ => answer(stream, MISSING, b""),
        })
        .is_empty()
    );
}
