//! The words beside a date that say what it is of: of publishing, or of a change.

/// Whether a line says that it is about a change.
pub(super) fn says_changed(line: &str) -> bool {
    let folded = line.to_lowercase();
    [
        "updated",
        "modified",
        "aktualisier",
        "mis à jour",
        "actualizado",
        "aggiornato",
        "atualizado",
        "bijgewerkt",
        "обновлено",
        "更新",
        "آخر تحديث",
    ]
    .iter()
    .any(|word| folded.contains(word))
}

/// Whether a line begins by saying that something was published.
pub(super) fn says_published(line: &str) -> bool {
    let folded = line.to_lowercase();
    [
        "publi",
        "pubbl",
        "posted",
        "veröffentlicht",
        "опубликовано",
        "gepubliceerd",
        "发布日期",
        "发布时间",
        "发表日期",
        "发表时间",
    ]
    .iter()
    .any(|word| folded.starts_with(word))
}

/// Whether a text begins with a label that says of nothing but when an article was published.
pub(super) fn is_labelled(text: &str) -> bool {
    let text = text.trim_start();
    let end = text.char_indices().nth(LABEL_MAX_CHARS).map_or(text.len(), |(end, _)| end);
    let begins = text.get(..end).unwrap_or_default().to_lowercase();
    ONLY_LABELS.iter().any(|label| begins.starts_with(label))
}

/// No label of [`ONLY_LABELS`] is longer, in characters.
const LABEL_MAX_CHARS: usize = 24;

/// What stands before the day of publishing and before nothing else.
const ONLY_LABELS: [&str; 34] = [
    "发布日期",
    "发布时间",
    "发表日期",
    "发表时间",
    "發佈日期",
    "게시일",
    "公開日",
    "掲載日",
    "published on ",
    "published:",
    "date published",
    "publication date",
    "publishing date",
    "veröffentlicht am ",
    "veröffentlicht:",
    "erschienen am ",
    "veröffentlichungsdatum",
    "publié le ",
    "date de publication",
    "publicado el ",
    "publicado em ",
    "fecha de publicación",
    "data de publicação",
    "pubblicato il ",
    "data di pubblicazione",
    "data pubblicazione",
    "gepubliceerd op ",
    "opublikowano",
    "data publikacji",
    "publicerad ",
    "publisert ",
    "дата публикации",
    "опубликовано",
    "تاريخ النشر",
];

/// A line from its words of publishing on, where words of a change stand before them.
pub(super) fn published_part(line: &str) -> Option<&str> {
    let at = PUBLISHED.iter().filter_map(|word| line.find(word)).min().filter(|at| *at > 0)?;
    let (before, part) = line.split_at_checked(at)?;
    says_changed(before).then_some(part)
}

/// The words of publishing inside a line.
const PUBLISHED: [&str; 10] = [
    "irst published",
    "ublished",
    "riginally published",
    "osted",
    "eröffentlicht",
    "ublicado",
    "ublié",
    "ubblicato",
    "публиковано",
    "发布",
];

/// How a line begins that says when or by whom it was published.
pub(super) const LABELS: [&str; 22] = [
    "by ",
    "von ",
    "par ",
    "por ",
    "di ",
    "publi",
    "pubbl",
    "posted",
    "written",
    "updated",
    "first published",
    "published",
    "veröffentlicht",
    "erstellt",
    "stand",
    "date",
    "datum",
    "fecha",
    "data",
    "опубликовано",
    "입력",
    "기사입력",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_says_that_a_day_is_that_of_publishing() {
        for label in [
            "VERÖFFENTLICHT AM 07.06.2019",
            " Published on 7 June 2019",
            "Publicado el 7/6/2019",
            "发布日期: 2019-06-07",
        ] {
            assert!(is_labelled(label), "{label}");
        }
        for other in
            ["Published 12 books", "Veröffentlichte Werke", "Date: 7 June 2019", "Am 7.6.2019 veröffentlicht", ""]
        {
            assert!(!is_labelled(other), "{other}");
        }
    }
}
