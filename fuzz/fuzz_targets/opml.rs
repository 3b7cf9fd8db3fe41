//! Subscription lists: any text is read or refused, and what is read is written and read back the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirewatch::engine::opml;

fuzz_target!(|text: &str| {
    let Ok(sources) = opml::parse(text) else { return };
    let again = opml::parse(&opml::write("fuzzed", &sources));
    if sources.is_empty() {
        return;
    }
    assert_eq!(again.map(|again| again.len()), Ok(sources.len()));
});
