//! What a site calls itself, by its links to its own front page: the words of its logo.

use super::dom::{Dom, Name, NodeId, Tag};
use super::metadata::squeeze;
use crate::model::url::WebUrl;

/// Links that are looked at.
const LINKS_MAX: usize = 12;
/// Longest name, in characters.
const NAME_MAX_CHARS: usize = 60;
/// Fewest letters of a name: «Home» and its like say nothing.
const NAME_MIN_LETTERS: usize = 5;

/// Whether an address is that of the front page of the site whose page this is.
pub(super) fn leads_home(page: &WebUrl, href: &str) -> bool {
    // Most links are told by this alone.
    let href = href.trim();
    let may_lead = href == "/" || href.len() <= page.host().len() + "https://www./index.html".len();
    may_lead
        && page
            .join(href)
            .is_ok_and(|to| to.site() == page.site() && to.as_url().path() == "/" && to.as_url().query().is_none())
}

/// The names by which links to the front page call it: their text, their title, and what their picture stands for.
pub(super) fn names(dom: &Dom<'_>, page: &WebUrl) -> Vec<String> {
    let is_link = |id: &NodeId| {
        dom.tag(*id) == Some(Tag::A) && dom.attribute(*id, Name::Href).is_some_and(|href| leads_home(page, href))
    };
    let mut names: Vec<String> = Vec::new();
    for link in dom.ids().filter(is_link).take(LINKS_MAX) {
        let text = Some(dom.text_content(link)).filter(|text| text.len() <= 4 * NAME_MAX_CHARS);
        let title = dom.attribute(link, Name::Title).map(str::to_owned);
        let pictures = dom.subtree(link).filter_map(|id| dom.attribute(id, Name::Alt)).map(str::to_owned);
        for name in text.into_iter().chain(title).chain(pictures).map(|name| squeeze(&name)) {
            let letters = name.chars().filter(|c| c.is_alphanumeric()).count();
            if letters >= NAME_MIN_LETTERS && name.chars().count() <= NAME_MAX_CHARS && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}
