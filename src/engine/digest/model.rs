//! What a digest shows, as data for the templates.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use serde::Serialize;

use super::DigestInput;
use super::summary::{counted, subject, total};
use crate::engine::brief::{Brief, Line, LineKind, PieceKind, cut};
use crate::model::event::EventKind;
use crate::model::time::Timestamp;

/// Changed lines that one edit shows.
const LINES_MAX: usize = 8;
/// Edits that one item shows; more are rare, and the last ones count.
const EDITS_MAX: usize = 4;
/// Copies that one item names.
const COPIES_MAX: usize = 8;

/// A digest.
#[derive(Debug, Clone, Serialize)]
pub struct Model {
    /// The channel's id.
    pub channel: String,
    /// The subject.
    pub subject: String,
    /// What mail readers show after the subject.
    pub preview: String,
    /// `Monday 15 June 2026`
    pub day: String,
    /// The counts over all.
    pub counts: Vec<Count>,
    /// By topic.
    pub sections: Vec<Section>,
    /// Sources that fail or work again.
    pub sources: Vec<SourceItem>,
    /// Items that did not fit.
    pub more: usize,
    /// The web page, if there is one.
    pub web: Option<String>,
    /// The link by which the reader ends the subscription.
    pub unsubscribe: Option<String>,
    /// A mail of its own for one event.
    pub immediate: bool,
    /// Nothing happened at all.
    pub empty: bool,
}

/// `3 new`
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Count {
    /// `new`, `edited`, `removed` …: also the colour.
    pub what: &'static str,
    /// How many.
    pub n: usize,
}

/// One topic.
#[derive(Debug, Clone, Serialize)]
pub struct Section {
    /// Its name.
    pub name: String,
    /// Its counts, also of items that did not fit.
    pub counts: Vec<Count>,
    /// Its items, the most significant first.
    pub items: Vec<Item>,
    /// Its items that did not fit.
    pub more: usize,
}

/// One article, or the articles of one story.
#[derive(Debug, Clone, Serialize)]
pub struct Item {
    /// `new`, `edited` …, in this order.
    pub badges: Vec<&'static str>,
    /// The headline.
    pub headline: String,
    /// The article.
    pub url: Option<String>,
    /// Its page at the archive's web page.
    pub archive: Option<String>,
    /// The publication.
    pub source: String,
    /// `Mon 15 Jun, 14:00`: when it was seen.
    pub time: String,
    /// The beginning, for what is new.
    pub excerpt: String,
    /// Right-to-left scripts are set so.
    pub rtl: bool,
    /// What changed, in order.
    pub edits: Vec<Edit>,
    /// Edits before those.
    pub earlier_edits: usize,
    /// What its copies still say though it was taken back.
    pub withdrawn: Vec<String>,
    /// Copies that nothing else is said of.
    pub copies: Vec<Copy>,
    /// Copies that are not named.
    pub more_copies: usize,
    /// Articles of the same story that something happened to.
    pub related: Vec<Self>,
    #[serde(skip)]
    significance: f64,
    #[serde(skip)]
    seen: Timestamp,
}

/// One revision.
#[derive(Debug, Clone, Serialize)]
pub struct Edit {
    /// When it was seen.
    pub time: String,
    /// `Headline and figures changed, without a note`
    pub what: String,
    /// The page's own note.
    pub notice: Option<String>,
    /// The changed lines.
    pub lines: Vec<Vec<Run>>,
    /// Changed lines that are not shown.
    pub more: usize,
    /// Words that came.
    pub added: u64,
    /// Words that went.
    pub removed: u64,
}

/// Words with one fate.
#[derive(Debug, Clone, Serialize)]
pub struct Run {
    /// `same`, `added`, `removed` or `label`.
    pub kind: &'static str,
    /// The words.
    pub text: String,
}

/// A copy at another publication.
#[derive(Debug, Clone, Serialize)]
pub struct Copy {
    /// The publication.
    pub source: String,
    /// Its address.
    pub url: Option<String>,
    /// `word for word`, `shortened` …
    pub relation: &'static str,
    /// Whether the text is theirs.
    pub origin: bool,
}

/// A source that fails or works again.
#[derive(Debug, Clone, Serialize)]
pub struct SourceItem {
    /// Its name.
    pub name: String,
    /// Whether it works again.
    pub recovered: bool,
    /// It is a channel whose deliveries were given up.
    pub channel: bool,
    /// When that was seen.
    pub time: String,
    /// What the last failed poll said.
    pub error: Option<String>,
}

impl Model {
    /// Groups, merges, ranks; shows at most `max_items` items.
    pub fn of(input: &DigestInput<'_>, max_items: usize) -> Self {
        let view = View { zone: input.zone, web: input.web.map(|web| web.as_str().trim_end_matches('/').to_owned()) };
        let briefs: Vec<Brief> = input.events.iter().map(Brief::of).collect();
        let mut sections = sections(&briefs, &view);
        let sources = sources(&briefs, &view);
        let counts = total(&sections, &sources);
        let subject = subject(&sections, &sources, input);
        let leaders: Vec<String> =
            sections.iter().flat_map(|section| &section.items).take(3).map(|item| cut(&item.headline, 80)).collect();
        let more = trim(&mut sections, max_items);
        Self {
            channel: input.channel.to_owned(),
            subject,
            preview: leaders.join(" · "),
            day: view.format(input.at, "%A %-d %B %Y"),
            counts,
            empty: sections.is_empty() && sources.is_empty(),
            sections,
            sources,
            more,
            web: view.web,
            unsubscribe: input.unsubscribe.map(str::to_owned),
            immediate: input.immediate,
        }
    }

    /// Items shown.
    pub fn shown(&self) -> usize {
        self.sections.iter().map(|section| section.items.len()).sum()
    }
}

/// How times and addresses are told.
struct View<'a> {
    zone: &'a TimeZone,
    web: Option<String>,
}

impl View<'_> {
    fn format(&self, at: Timestamp, format: &str) -> String {
        at.to_zoned_datetime(self.zone.clone()).strftime(format).to_string()
    }

    fn time(&self, at: Timestamp) -> String {
        self.format(at, "%a %-d %b, %H:%M")
    }
}

/// Events by story; by article where there is none.
type Stories<'a> = BTreeMap<(i64, i64), Vec<&'a Brief>>;

/// The topics in the order of their most significant item.
fn sections(briefs: &[Brief], view: &View<'_>) -> Vec<Section> {
    let mut topics: BTreeMap<&str, (&str, Stories<'_>)> = BTreeMap::new();
    for brief in briefs {
        let (id, name) = match (brief.topics.first(), brief.kind) {
            (_, kind) if kind.is_about_the_service() => continue,
            (Some((id, name)), _) => (id.as_str(), name.as_str()),
            (None, _) => ("", "Other news"),
        };
        let key = (brief.story.unwrap_or(-1), if brief.story.is_some() { 0 } else { brief.article.unwrap_or(-1) });
        topics.entry(id).or_insert((name, BTreeMap::new())).1.entry(key).or_default().push(brief);
    }
    let mut sections: Vec<Section> = topics
        .into_values()
        .map(|(name, stories)| {
            let mut items: Vec<Item> = stories.into_values().filter_map(|events| story(&events, view)).collect();
            items.sort_by(|a, b| b.significance.total_cmp(&a.significance).then(b.seen.cmp(&a.seen)));
            Section { name: name.to_owned(), counts: counted(&items), items, more: 0 }
        })
        .collect();
    let weight = |section: &Section| section.items.first().map_or(0.0, |item| item.significance);
    sections.sort_by(|a, b| weight(b).total_cmp(&weight(a)).then_with(|| a.name.cmp(&b.name)));
    sections
}

/// One story's item: its leading article with the others under it.
fn story(events: &[&Brief], view: &View<'_>) -> Option<Item> {
    let mut articles: BTreeMap<Option<i64>, Vec<&Brief>> = BTreeMap::new();
    for event in events {
        articles.entry(event.article).or_default().push(event);
    }
    let newest = events.last()?;
    let is_origin = |id: Option<i64>| newest.members.iter().any(|member| member.origin && Some(member.id) == id);
    let mut items: Vec<(bool, Item)> =
        articles.into_iter().filter_map(|(id, events)| Some((is_origin(id), article(&events, view)?))).collect();
    items.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.seen.cmp(&b.1.seen)));
    let told: BTreeSet<i64> = events.iter().filter_map(|event| event.article).collect();
    let mut items = items.into_iter().map(|(_, item)| item);
    let mut lead = items.next()?;
    lead.related = items.collect();
    lead.significance = lead.related.iter().map(|item| item.significance).fold(lead.significance, f64::max);
    let mut copies: Vec<Copy> = newest
        .members
        .iter()
        .filter(|member| !told.contains(&member.id))
        .map(|member| Copy {
            source: cut(&member.source_name, 60),
            url: member.url.clone(),
            relation: relation(member.relation.as_deref()),
            origin: member.origin,
        })
        .collect();
    copies.sort_by_key(|copy| !copy.origin);
    lead.more_copies = copies.len().saturating_sub(COPIES_MAX);
    copies.truncate(COPIES_MAX);
    lead.copies = copies;
    Some(lead)
}

fn relation(word: Option<&str>) -> &'static str {
    match word {
        Some("identical") => "word for word",
        Some("edited") => "a few words differ",
        Some("excerpt") => "in part",
        Some("extended") => "with more text",
        Some("rewrite") => "rewritten",
        _ => "",
    }
}

/// The events that tell an edit, each edit once: one that leaves copies outdated is told twice.
fn edited<'a>(events: &[&'a Brief]) -> Vec<&'a Brief> {
    let mut numbers = BTreeSet::new();
    let tells = |event: &&&Brief| !event.lines.is_empty() || event.kind == EventKind::Revised;
    let is_first = |event: &&&Brief| event.revision.is_none_or(|number| numbers.insert(number));
    events.iter().filter(tells).filter(is_first).copied().collect()
}

/// All events about one article as one item.
fn article(events: &[&Brief], view: &View<'_>) -> Option<Item> {
    let (first, newest) = (events.first()?, events.last()?);
    let has = |kind: EventKind| events.iter().any(|event| event.kind == kind);
    let last_of = |kinds: [EventKind; 2]| events.iter().rev().map(|event| event.kind).find(|kind| kinds.contains(kind));
    let presence = last_of([EventKind::Gone, EventKind::Restored]);
    let edited = edited(events);
    let badges = [
        (presence == Some(EventKind::Gone), "removed"),
        (has(EventKind::Matched), "new"),
        (has(EventKind::Crossposted), "republished"),
        (has(EventKind::Revised), "edited"),
        (presence == Some(EventKind::Restored), "restored"),
        (has(EventKind::Diverged), "outdated"),
        (has(EventKind::Ping), "test"),
    ];
    let is_new = has(EventKind::Matched) || has(EventKind::Crossposted) || presence.is_some();
    let excerpt = if is_new { newest.excerpt.clone() } else { String::new() };
    let edits: Vec<Edit> = edited.iter().rev().take(EDITS_MAX).rev().map(|brief| edit(brief, view)).collect();
    Some(Item {
        badges: badges.into_iter().filter(|(shown, _)| *shown).map(|(_, badge)| badge).collect(),
        headline: cut(&newest.headline, 240),
        url: newest.url.clone(),
        archive: view.web.as_ref().zip(newest.article).map(|(web, id)| format!("{web}/article/{id}")),
        source: cut(&newest.source_name, 80),
        time: view.time(if presence == Some(EventKind::Gone) { newest.at } else { first.at }),
        rtl: newest.language.as_deref().is_some_and(is_rtl),
        excerpt,
        earlier_edits: edited.len() - edits.len(),
        edits,
        withdrawn: events.iter().flat_map(|event| &event.withdrawn).take(5).map(|text| cut(text, 300)).collect(),
        copies: Vec::new(),
        more_copies: 0,
        related: Vec::new(),
        significance: events.iter().map(|event| event.significance).fold(0.0, f64::max),
        seen: first.at,
    })
}

fn is_rtl(language: &str) -> bool {
    matches!(language.split('-').next(), Some("ar" | "fa" | "he" | "ur" | "ps" | "ckb" | "dv" | "yi"))
}

fn edit(brief: &Brief, view: &View<'_>) -> Edit {
    let lines: Vec<Vec<Run>> = brief.lines.iter().take(LINES_MAX).map(runs).collect();
    let what = brief.changed_words();
    Edit {
        time: view.time(brief.at),
        what: if what.is_empty() { "text changed".to_owned() } else { what },
        notice: brief.notice.as_deref().map(|notice| cut(notice, 400)),
        more: brief.lines.len() - lines.len(),
        lines,
        added: brief.added_words,
        removed: brief.removed_words,
    }
}

fn runs(line: &Line) -> Vec<Run> {
    let label = match line.kind {
        LineKind::Headline => Some("Headline: "),
        LineKind::Moved => Some("Moved: "),
        LineKind::Field | LineKind::Changed => None,
    };
    let label = label.map(|text| Run { kind: "label", text: text.to_owned() });
    let pieces = line.pieces.iter().map(|piece| {
        let kind = match piece.kind {
            PieceKind::Same => "same",
            PieceKind::Removed => "removed",
            PieceKind::Added => "added",
        };
        Run { kind, text: piece.text.clone() }
    });
    label.into_iter().chain(pieces).collect()
}

fn sources(briefs: &[Brief], view: &View<'_>) -> Vec<SourceItem> {
    let mut newest: BTreeMap<&str, &Brief> = BTreeMap::new();
    for brief in briefs {
        if brief.kind.is_about_the_service() {
            newest.insert(&brief.source_name, brief);
        }
    }
    let item = |brief: &&Brief| SourceItem {
        name: brief.source_name.clone(),
        recovered: matches!(brief.kind, EventKind::SourceRecovered | EventKind::ChannelRecovered),
        channel: brief.kind.is_about_a_channel(),
        time: view.time(brief.at),
        error: brief.error.as_deref().map(|error| cut(error, 300)),
    };
    newest.values().map(item).collect()
}

/// Takes away the least significant items until `max` are left; gives how many went.
fn trim(sections: &mut [Section], max: usize) -> usize {
    let mut weights: Vec<f64> =
        sections.iter().flat_map(|section| section.items.iter().map(|item| item.significance)).collect();
    if weights.len() <= max {
        return 0;
    }
    weights.sort_by(|a, b| b.total_cmp(a));
    let bar = weights.get(max.saturating_sub(1)).copied().unwrap_or(0.0);
    let mut ties = max - weights.iter().filter(|weight| **weight > bar).count();
    let gone = weights.len() - max;
    for section in sections {
        let before = section.items.len();
        section.items.retain(|item| {
            let keeps = item.significance > bar || (item.significance >= bar && ties > 0);
            if keeps && item.significance <= bar {
                ties -= 1;
            }
            keeps
        });
        section.more = before - section.items.len();
    }
    gone
}
