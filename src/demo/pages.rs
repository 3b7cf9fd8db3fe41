//! The newsroom's feeds and pages: plausible markup with the noise of real sites. What rotates from load to load (view
//! counters, related lists, advertisement ids, "most read") is never part of an article.

use std::fmt::Write as _;

use super::newsroom::{FeedFormat, Site, Story};

const RELATED: [&str; 6] = [
    "Oil, gold and the dollar",
    "Ten questions on vaccines",
    "Pivot to where, exactly?",
    "The harbour that moved",
    "A year without winter",
    "Who owns the moon?",
];

/// Escapes text for HTML and XML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The site's feed: its content type and body.
pub(super) fn feed(site: &Site) -> (&'static str, String) {
    let listed: Vec<&Story> = site.stories.iter().rev().filter(|story| story.listed).collect();
    match site.format {
        FeedFormat::Rss => ("application/rss+xml; charset=utf-8", rss(site, &listed)),
        FeedFormat::Atom => ("application/atom+xml; charset=utf-8", atom(site, &listed)),
        FeedFormat::Json => ("application/feed+json", json(site, &listed)),
        FeedFormat::Sitemap => ("application/xml", sitemap(site, &listed)),
    }
}

fn address(site: &Site, story: &Story) -> String {
    format!("http://{}{}", site.host, story.path)
}

fn rss(site: &Site, stories: &[&Story]) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel><title>{}</title>\
         <link>http://{}/</link><language>en</language><description>News</description>\n",
        escape(&site.name),
        site.host
    );
    for story in stories {
        let when = story.published.parse::<jiff::Timestamp>().ok();
        let when = when.map(|at| at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()).unwrap_or_default();
        let url = address(site, story);
        let _infallible = writeln!(
            out,
            "<item><title>{}</title><link>{url}</link><guid isPermaLink=\"true\">{url}</guid><pubDate>{when}</pubDate>\
             <description>{}</description></item>",
            escape(&story.title),
            escape(story.paragraphs.first().map_or("", String::as_str)),
        );
    }
    out.push_str("</channel></rss>\n");
    out
}

fn atom(site: &Site, stories: &[&Story]) -> String {
    let updated = stories.first().map_or("2026-01-01T00:00:00Z", |story| story.published.as_str());
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>{}</title>\
         <id>http://{host}/</id><link href=\"http://{host}/\"/><updated>{updated}</updated>\n",
        escape(&site.name),
        host = site.host
    );
    for story in stories {
        let url = address(site, story);
        let _infallible = writeln!(
            out,
            "<entry><title>{}</title><id>{url}</id><link href=\"{url}\"/><published>{at}</published>\
             <updated>{at}</updated><author><name>{}</name></author></entry>",
            escape(&story.title),
            escape(&story.author),
            at = story.published,
        );
    }
    out.push_str("</feed>\n");
    out
}

fn json(site: &Site, stories: &[&Story]) -> String {
    let items: Vec<serde_json::Value> = stories
        .iter()
        .map(|story| {
            serde_json::json!({
                "id": address(site, story),
                "url": address(site, story),
                "title": story.title,
                "date_published": story.published,
                "authors": [{"name": story.author}],
                "content_text": story.paragraphs.first(),
            })
        })
        .collect();
    serde_json::json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.name,
        "home_page_url": format!("http://{}/", site.host),
        "items": items,
    })
    .to_string()
}

fn sitemap(site: &Site, stories: &[&Story]) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
         xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">\n",
    );
    for story in stories {
        let _infallible = writeln!(
            out,
            "<url><loc>{}</loc><lastmod>{at}</lastmod><news:news><news:publication><news:name>{}</news:name>\
             <news:language>en</news:language></news:publication><news:publication_date>{at}</news:publication_date>\
             <news:title>{}</news:title></news:news></url>",
            address(site, story),
            escape(&site.name),
            escape(&story.title),
            at = story.published,
        );
    }
    out.push_str("</urlset>\n");
    out
}

/// The front page: a list of links, with the feed named.
pub(super) fn front(site: &Site) -> String {
    let mut links = String::new();
    for story in site.stories.iter().rev().filter(|story| story.listed) {
        let _infallible =
            write!(links, "<li><a class=\"headline\" href=\"{}\">{}</a></li>", story.path, escape(&story.title));
    }
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><title>{name}</title><link rel=\"alternate\" \
         type=\"application/rss+xml\" title=\"{name}\" href=\"/feed\"></head><body><ul>{links}</ul></body></html>",
        name = escape(&site.name)
    )
}

/// An article's page. `noise` is another number at each load.
pub(super) fn article(site: &Site, story: &Story, noise: u64) -> String {
    let name = escape(&site.name);
    let title = escape(&story.title);
    let body: String = story.paragraphs.iter().fold(String::new(), |mut body, text| {
        let _infallible = writeln!(body, "<p>{}</p>", escape(text));
        body
    });
    let modified = story
        .modified
        .as_ref()
        .map_or_else(String::new, |at| format!("<meta property=\"article:modified_time\" content=\"{at}\">"));
    let credit = story.credit.as_ref().map_or_else(String::new, |(publication, url)| {
        format!(
            "<p class=\"credit\">The original source of this article is <a href=\"{url}\">{}</a></p>",
            escape(publication)
        )
    });
    let related = related_list(noise);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} - {name}</title>\n\
         <link rel=\"canonical\" href=\"{url}\"><meta property=\"og:type\" content=\"article\">\
         <meta property=\"og:site_name\" content=\"{name}\"><meta property=\"og:title\" content=\"{title}\">\n\
         <meta property=\"article:published_time\" content=\"{published}\">{modified}\
         <script>window.ads=[{noise}];</script>{head}</head>\n<body><nav><ul><li><a href=\"/\">Home</a></li>\
         <li><a href=\"/about\">About</a></li></ul>{menu}</nav>\n<main><article><h1>{title}</h1>\
         <p class=\"byline\">By <a rel=\"author\" href=\"/by\">{author}</a></p>\
         <div class=\"share\"><a href=\"#\">Facebook</a> <a href=\"#\">Email</a> <span>{views} views</span></div>\n\
         <div class=\"article-body\">\n{body}</div>\n{credit}\
         <p class=\"newsletter\">Subscribe to our newsletter</p><p>Copyright © {name}</p></article>\n\
         <aside class=\"related\"><h3>Related articles</h3><ul>{related}</ul></aside></main>\n\
         <footer><p>{noise} readers online</p></footer></body></html>\n",
        url = address(site, story),
        published = story.published,
        head = site.head,
        menu = site.menu,
        author = escape(&story.author),
        views = 1_000 + noise * 37,
    )
}

fn related_list(noise: u64) -> String {
    (0..3_u64).fold(String::new(), |mut out, offset| {
        let index = usize::try_from((noise + offset) % RELATED.len() as u64).unwrap_or(0);
        let _infallible = write!(out, "<li><a href=\"/r/{index}\">{}</a></li>", RELATED.get(index).unwrap_or(&""));
        out
    })
}
