use std::io::BufRead;
use wirewatch::engine::feed;
use wirewatch::model::url::WebUrl;
fn main() {
    let base = WebUrl::parse("http://127.0.0.1:8097/tests/x.xml").unwrap();
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let (path, ct) = line.split_once('\t').unwrap();
        let bytes = std::fs::read(path).unwrap();
        let ct = (!ct.is_empty()).then_some(ct);
        let out = match feed::parse(&bytes, ct, &base) {
            Ok((feed, problems)) => {
                serde_json::json!({"f": path, "format": feed.format, "title": feed.title, "link": feed.link.map(|l| l.to_string()), "language": feed.language,
               "updated": feed.updated.map(|u| u.instant().to_string()), "ttl": feed.ttl_s, "hub": feed.hub, "entries": feed.entries, "problems": problems})
            }
            Err(e) => serde_json::json!({"f": path, "err": e.to_string(), "entries": []}),
        };
        println!("{out}");
    }
}
