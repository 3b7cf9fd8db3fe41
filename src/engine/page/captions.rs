//! What is said below an image, told by the credit that it ends with: «… on Friday. (AP Photo/Jo Arden)», «Jo Arden/Getty Images».
//! Most sites have a name for such lines in their markup; many put them between the paragraphs as one more.

/// Longest caption, in characters.
const CAPTION_MAX_CHARS: u32 = 400;
/// Longest where only an agency's name says so: reports end with one too.
const AGENCY_CAPTION_MAX_CHARS: u32 = 220;
/// A credit is within so many bytes of the end.
const CREDIT_MAX_BYTES: usize = 90;

/// How a line ends that says who took a picture, in Chinese and Japanese, and how long it is at most, in characters.
const SIGNS: [&str; 4] = ["摄", "攝", "摄影", "撮影"];
const SIGNED_MAX_CHARS: u32 = 60;

/// How a credit begins in brackets, in lower case.
const OPENINGS: [&str; 17] = [
    "ap photo",
    "ap/",
    "afp/",
    "reuters/",
    "epa/",
    "getty",
    "photo",
    "image",
    "picture",
    "foto",
    "bild",
    "credit",
    "courtesy",
    "file photo",
    "screenshot",
    "screengrab",
    "illustration",
];
/// Labels of a credit, as they are written at its beginning, each with what parts it from the name.
const LABELS: [&str; 21] = [
    "Photo by ",
    "Photos by ",
    "Photo: ",
    "Photos: ",
    "Photograph: ",
    "Photograph by ",
    "Photography by ",
    "Image: ",
    "Image via ",
    "Image by ",
    "Picture: ",
    "Pictures: ",
    "Photo courtesy ",
    "Photo credit",
    "Image credit",
    "Foto: ",
    "Fotos: ",
    "Bild: ",
    "Photo : ",
    "Crédito: ",
    "Фото: ",
];
/// Who pictures are bought from, in lower case.
const AGENCIES: [&str; 18] = [
    "getty images",
    "getty",
    "reuters",
    "afp",
    "ap",
    "ap photo",
    "ap images",
    "ap file",
    "associated press",
    "epa",
    "epa-efe",
    "shutterstock",
    "istock",
    "alamy",
    "nurphoto",
    "imago",
    "picture alliance",
    "submitted photo",
];

/// A caption without the credit that it ends with.
pub(super) fn without_credit(text: &str) -> &str {
    let text = text.trim_end();
    if !credits_image(text, 0) {
        return text;
    }
    let starts = LABELS.iter().filter_map(|label| text.rfind(label)).chain(text.rfind('('));
    let start = starts.filter(|at| text.len() - at <= CREDIT_MAX_BYTES).min();
    start.and_then(|at| text.get(..at)).map_or(text, str::trim_end)
}

/// Whether a text is the credit of an image, or a caption that ends with one.
pub(super) fn credits_image(text: &str, chars: u32) -> bool {
    if chars > CAPTION_MAX_CHARS {
        return false;
    }
    let text = text.trim_end();
    let start = text.len().saturating_sub(CREDIT_MAX_BYTES);
    let start = (start..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    let tail = text.get(start..).unwrap_or_default();
    let is_signed = chars <= SIGNED_MAX_CHARS && SIGNS.iter().any(|sign| text.ends_with(sign));
    is_signed
        || is_in_brackets(tail)
        || is_labelled(tail, start == 0)
        || (chars <= AGENCY_CAPTION_MAX_CHARS && is_of_agency(tail))
}

fn is_in_brackets(tail: &str) -> bool {
    // «Delegates leave the hall [Harbour Images]».
    if let Some((before, name)) = tail.strip_suffix(']').and_then(|rest| rest.rsplit_once('[')) {
        let is_name = name.split_whitespace().take(5).count() < 5
            && name.split_whitespace().all(|word| word.starts_with(char::is_uppercase));
        return is_name && !before.trim_end().is_empty() && !before.trim_end().ends_with(['.', '!', '?', '”', '"']);
    }
    let Some((before, inner)) = tail.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')) else { return false };
    let folded = inner.to_lowercase();
    let is_opened = OPENINGS.iter().any(|opening| folded.starts_with(opening));
    // Names parted by slashes behind the end of a sentence: «… seen from above. (NASA/JPL)».
    let is_path = || inner.contains('/') && inner.split('/').all(|part| part.trim().starts_with(char::is_uppercase));
    let ends = before.trim_end().ends_with(['.', '!', '?', '”', '"']);
    is_opened || (ends && is_path())
}

/// Whether it ends with a label and a name, at its beginning or behind a sentence.
fn is_labelled(tail: &str, is_whole: bool) -> bool {
    // Few texts have any of these letters at their end.
    if !["hoto", "mage", "icture", "oto", "ild: ", "dito: ", "ото: "].iter().any(|letters| tail.contains(letters)) {
        return false;
    }
    LABELS.iter().any(|label| {
        let Some((before, name)) = tail.rsplit_once(label) else { return false };
        let before = before.trim_end();
        let is_apart = if before.is_empty() {
            is_whole
        } else {
            before.ends_with(['.', '!', '?', '”', '"', ')', '|', '/', '('])
        };
        let is_name = label.contains(':') || name.trim_start().starts_with(|c: char| !c.is_lowercase());
        is_apart && is_name && !name.contains(". ")
    })
}

/// Whether it ends with an agency's name behind a sign that parts it from a photographer's.
fn is_of_agency(tail: &str) -> bool {
    if !tail.contains(['/', '|', '©']) {
        return false;
    }
    let folded = tail.to_lowercase();
    let folded = folded.trim_end_matches([')', '.', ' ']);
    AGENCIES
        .iter()
        .any(|agency| folded.strip_suffix(agency).is_some_and(|before| before.trim_end().ends_with(['/', '|', '©'])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caption_ends_with_its_credit() {
        for (text, is_caption) in [
            ("The pier at dawn on Friday. (AP Photo/Jo Arden)", true),
            ("The pier, left, and the quay. (Photo by Jo Arden/Harbour Images)", true),
            ("Jo Arden/The Lantern/Getty Images", true),
            ("Delegates leave the hall. Photograph: Jo Arden/Reuters", true),
            ("The pier at dawn. Photo by Jo Arden", true),
            ("Photo: Jo Arden", true),
            ("The sea from above. (NASA/JPL-Caltech)", true),
            ("The ferry in port | AFP", true),
            ("Jo Arden © Getty Images", true),
            ("Der Hafen am Morgen. Foto: dpa", true),
            ("Delegates leave the hall [Harbour Images]", true),
            ("隧道南口。王海 摄", true),
            ("“They [the council] will pay,” she said of [it]", false),
            ("He was shown a photo by his clerk, who had kept it.", false),
            ("“It was a photo by a friend,” he told Reuters", false),
            ("The talks go on, both sides said. (Reuters)", false),
            ("The minister was not at home, he said. —PTI", false),
            ("Whoever signs (he/she) is bound by it.", false),
            ("Who signs is bound by it (and by the council).", false),
        ] {
            let chars = u32::try_from(text.chars().count()).unwrap();
            assert_eq!(credits_image(text, chars), is_caption, "{text}");
        }
        for (text, bare) in [
            ("The pier at dawn. Photograph: Jo Arden/Reuters", "The pier at dawn."),
            ("The pier at dawn. (AP Photo/Jo Arden)", "The pier at dawn."),
            ("The pier (left) at dawn.", "The pier (left) at dawn."),
        ] {
            assert_eq!(without_credit(text), bare);
        }
    }
}
