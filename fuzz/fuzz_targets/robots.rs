//! robots.txt: any bytes are read, and there is a verdict on any path. The file itself may always be fetched.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirewatch::io::http::RobotsTxt;
use wirewatch::model::url::WebUrl;

fuzz_target!(|input: (&[u8], &str)| {
    let (file, path) = input;
    let robots = RobotsTxt::parse(file, "wirewatch");
    let itself = WebUrl::parse("https://a.test/robots.txt").expect("a constant address");
    assert!(robots.allows(&itself));
    if let Ok(url) = itself.join(path) {
        robots.allows(&url);
    }
    assert!(robots.sitemaps().len() <= file.len());
});
