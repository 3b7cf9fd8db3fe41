//! Feeds: any bytes are read or refused, and what is read is read the same again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirewatch::engine::feed::{self, FeedError};
use wirewatch::model::url::WebUrl;

fuzz_target!(|bytes: &[u8]| {
    let base = WebUrl::parse("https://a.test/feed").expect("a constant address");
    let read = feed::parse(bytes, None, &base);
    assert_ne!(read.as_ref().err(), Some(&FeedError::Defect));
    assert_eq!(read, feed::parse(bytes, None, &base));
});
