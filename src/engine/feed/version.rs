//! What a document turned out to hold, and what it says about itself as a whole: its format and its rhythm.

use super::draft::Draft;
use super::names::Element;
use crate::model::entry::Entry;
use crate::model::url::WebUrl;

/// What a document in XML turned out to hold.
#[expect(clippy::struct_excessive_bools, reason = "each says one thing that was met")]
#[derive(Debug, Default)]
pub(super) struct Read {
    /// `rss2.0`, `atom1.0` …; empty if no element of a feed was met.
    pub(super) version: String,
    pub(super) feed: Draft,
    pub(super) entries: Vec<Entry>,
    /// Entries that were begun, whole or not.
    pub(super) begun: usize,
    pub(super) ttl: Option<u64>,
    pub(super) update_period_s: Option<u64>,
    pub(super) update_frequency: Option<u64>,
    pub(super) hub: Option<WebUrl>,
    pub(super) self_url: Option<WebUrl>,
    /// The document ended inside of an entry, which was left out.
    pub(super) cut: bool,
    /// The document ended with elements open.
    pub(super) unclosed: bool,
    pub(super) too_deep: bool,
    pub(super) too_many: bool,
    /// The first element, as written.
    pub(super) root: Option<String>,
}

impl Read {
    /// A namespace tells versions apart that have the same root.
    pub(super) fn note_namespace(&mut self, address: &str, prefix: &str) {
        if !prefix.is_empty() {
            return;
        }
        let lower = address.to_ascii_lowercase();
        let version = if lower.contains("my.netscape.com/rdf/simple/0.9") || lower.contains("channel.netscape.com/rdf")
        {
            "rss0.90"
        } else if lower.contains("purl.org/rss/1.0") && !lower.contains("modules") {
            "rss1.0"
        } else if lower.contains("www.w3.org/2005/atom") {
            "atom1.0"
        } else if lower.contains("purl.org/atom/ns") {
            "atom0.3"
        } else {
            return;
        };
        self.note_root(version);
    }

    /// The first that is said counts.
    pub(super) fn note_root(&mut self, version: &str) {
        if self.version.is_empty() {
            version.clone_into(&mut self.version);
        }
    }

    pub(super) fn note_rss(&mut self, stated: Option<String>) {
        let stated = stated.unwrap_or_default();
        let stated = stated.trim();
        let version = if stated.starts_with('2') {
            "rss2.0".to_owned()
        } else if stated.starts_with("0.9") || stated.starts_with("1.0") {
            format!("rss{}", stated.chars().take(4).collect::<String>())
        } else {
            "rss".to_owned()
        };
        // RSS may declare Atom as its default namespace for one element's sake.
        if !self.version.starts_with("rss") {
            self.version = version;
        }
    }

    pub(super) fn note_atom(&mut self, stated: Option<String>) {
        if self.version.starts_with("atom1") {
            return;
        }
        match stated.as_deref().map(str::trim) {
            Some("0.1" | "0.2" | "0.3") => self.version = format!("atom{}", stated.unwrap_or_default().trim()),
            _ => self.note_root("atom"),
        }
    }

    /// `ttl` in minutes, and the syndication module's period and frequency.
    pub(super) fn note_rhythm(&mut self, element: Element, text: &str) {
        match element {
            Element::Ttl => self.ttl = text.parse::<u64>().ok().and_then(|minutes| minutes.checked_mul(60)),
            Element::UpdatePeriod => {
                let seconds = match text.to_ascii_lowercase().as_str() {
                    "hourly" => 3_600,
                    "daily" => 86_400,
                    "weekly" => 604_800,
                    "monthly" => 2_592_000,
                    "yearly" => 31_536_000,
                    _ => return,
                };
                self.update_period_s = Some(seconds);
            }
            _ => self.update_frequency = text.parse().ok().filter(|frequency| *frequency > 0),
        }
    }

    /// How long the feed says that it keeps, in seconds.
    pub(super) fn ttl_s(&self) -> Option<u64> {
        let hint = || Some((self.update_period_s? / self.update_frequency.unwrap_or(1)).max(1));
        self.ttl.filter(|seconds| *seconds > 0).or_else(hint)
    }
}
