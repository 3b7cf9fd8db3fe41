//! The headline and the metadata beside the body.

use serde_json::{Map, Value};

use super::{Compare, FieldChange, TitleChange, words};
use crate::model::article::Content;

/// The headline's change, word by word.
pub(super) fn title(before: &Content, after: &Content, compare: Compare) -> Option<TitleChange> {
    let key = |title: &Option<String>| title.as_deref().map(|title| compare.key(title).into_owned());
    if key(&before.title) == key(&after.title) {
        return None;
    }
    let text = |content: &Content| content.title.clone().unwrap_or_default();
    let spans = words::spans(&text(before), &text(after), compare);
    Some(TitleChange { before: before.title.clone(), after: after.title.clone(), spans })
}

/// The other fields that differ, in the order of the content.
pub(super) fn changed(before: &Content, after: &Content) -> Vec<FieldChange> {
    let (before, after) = (metadata(before), metadata(after));
    let mut changes = Vec::new();
    for (field, new) in &after {
        let old = before.get(field).unwrap_or(&Value::Null);
        if old != new {
            changes.push(FieldChange { field: field.clone(), before: old.clone(), after: new.clone() });
        }
    }
    changes
}

/// Everything but headline and body, by field name.
pub(super) fn metadata(content: &Content) -> Map<String, Value> {
    let bare = without_body(content);
    match serde_json::to_value(bare) {
        Ok(Value::Object(mut fields)) => {
            fields.remove("title");
            fields.remove("blocks");
            fields
        }
        // A content always serializes to an object.
        Ok(_) | Err(_) => Map::new(),
    }
}

fn without_body(content: &Content) -> Content {
    Content {
        title: None,
        authors: content.authors.clone(),
        published: content.published,
        modified: content.modified,
        language: content.language.clone(),
        site: content.site.clone(),
        section: content.section.clone(),
        tags: content.tags.clone(),
        image: content.image.clone(),
        origin: content.origin.clone(),
        notices: content.notices.clone(),
        blocks: Vec::new(),
    }
}
