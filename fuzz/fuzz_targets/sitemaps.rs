//! Sitemaps: any bytes are read or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirewatch::engine::sitemap;
use wirewatch::model::url::WebUrl;

fuzz_target!(|bytes: &[u8]| {
    let base = WebUrl::parse("https://a.test/sitemap.xml").expect("a constant address");
    drop(sitemap::parse(bytes, None, &base));
});
