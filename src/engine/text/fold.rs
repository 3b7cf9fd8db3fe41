//! Folding: what typesetting, case and accents add to a text without saying anything.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// How one character is written without typography: `None` drops it.
fn plain_char(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}' | '\u{2032}' | '\u{00B4}' | '\u{02BC}' | '\u{0060}'
        | '\u{FF07}' => "'",
        '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{201F}' | '\u{2033}' | '\u{00AB}' | '\u{00BB}' | '\u{300C}'
        | '\u{300D}' | '\u{300E}' | '\u{300F}' | '\u{FF02}' => "\"",
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}' => "-",
        '\u{2026}' => "...",
        _ => return None,
    })
}

/// Characters that show nothing: soft hyphens, zero-width marks, byte order marks, direction marks.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}')
}

/// Characters that an article is kept without: the invisible ones and controls. Joiners that shape Arabic and Indic words stay.
pub fn is_dropped(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' | '\u{61c}' | '\u{fffc}'
    ) || (c.is_control() && !c.is_whitespace())
}

/// Quotes straight, dashes as hyphens, an ellipsis as three full stops, invisible characters dropped, blanks of every
/// kind (no-break ones and line breaks too) as single spaces, none at the ends. Letters stay as they are.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    for c in text.chars() {
        if is_invisible(c) {
            continue;
        }
        if c.is_whitespace() {
            blank = true;
            continue;
        }
        if blank && !out.is_empty() {
            out.push(' ');
        }
        blank = false;
        match plain_char(c) {
            Some(written) => out.push_str(written),
            None => out.push(c),
        }
    }
    out
}

/// UTF-8 that was read as Windows-1252 somewhere on its way (`donâ€™t`, `Ã©`) and character references that were escaped
/// twice (`&amp;#8217;`, `&quot;`) as what they were meant to be. Text without either is borrowed.
pub fn mend(text: &str) -> Cow<'_, str> {
    let mended = if text.contains(['â', 'Ã', 'Â']) { mend_encoding(text) } else { Cow::Borrowed(text) };
    if mended.contains('&') { Cow::Owned(mend_references(&mended)) } else { mended }
}

fn mend_encoding(text: &str) -> Cow<'_, str> {
    let (bytes, _, failed) = encoding_rs::WINDOWS_1252.encode(text);
    if !failed && let Ok(whole) = std::str::from_utf8(&bytes) {
        return Cow::Owned(whole.to_owned());
    }
    // The rest of the text is right: only the commonest sequences are replaced.
    let mut mended = text.to_owned();
    for (broken, meant) in [
        ("â€™", "’"),
        ("â€˜", "‘"),
        ("â€œ", "“"),
        ("â€\u{9d}", "”"),
        ("â€“", "–"),
        ("â€”", "—"),
        ("â€¦", "…"),
        ("Ã©", "é"),
        ("Ã¨", "è"),
        ("Ã¼", "ü"),
        ("Ã¶", "ö"),
        ("Ã¤", "ä"),
        ("Ã±", "ñ"),
        ("Ã³", "ó"),
        ("Ã¡", "á"),
        ("Ã§", "ç"),
        ("Â\u{a0}", " "),
        ("Â£", "£"),
        ("Â«", "«"),
        ("Â»", "»"),
    ] {
        if mended.contains(broken) {
            mended = mended.replace(broken, meant);
        }
    }
    Cow::Owned(mended)
}

fn mend_references(text: &str) -> String {
    let mut mended = text.to_owned();
    for (escaped, meant) in [
        ("&amp;", "&"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&apos;", "'"),
        ("&#39;", "'"),
        ("&#8217;", "’"),
        ("&rsquo;", "’"),
        ("&#8216;", "‘"),
        ("&lsquo;", "‘"),
        ("&#8220;", "“"),
        ("&ldquo;", "“"),
        ("&#8221;", "”"),
        ("&rdquo;", "”"),
        ("&#8211;", "–"),
        ("&ndash;", "–"),
        ("&#8212;", "—"),
        ("&mdash;", "—"),
        ("&#8230;", "…"),
        ("&hellip;", "…"),
        ("&nbsp;", " "),
        ("&#160;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
    ] {
        if mended.contains(escaped) {
            mended = mended.replace(escaped, meant);
        }
    }
    mended
}

/// Letters that do not decompose but are commonly written without their stroke or ligature.
fn base_letters(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ł' => "l",
        'ħ' => "h",
        'ı' => "i",
        _ => return None,
    })
}

/// Lower case, compatibility forms resolved (`ﬁ`, full-width letters), accents of Latin, Greek and Cyrillic letters
/// removed, typography as by [`plain`] but blanks kept one for one. Marks of other scripts are part of their letters
/// and stay.
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return if text.bytes().any(|byte| byte.is_ascii_uppercase() || byte == b'`') {
            Cow::Owned(text.to_ascii_lowercase().replace('`', "'"))
        } else {
            Cow::Borrowed(text)
        };
    }
    let mut out = String::with_capacity(text.len());
    // Symbols of typography first: NFKD would take some of them apart (the acute accent becomes a blank and a mark).
    let written = text.chars().filter(|c| !is_invisible(*c)).flat_map(|c| {
        let plain = plain_char(c);
        plain.unwrap_or_default().chars().chain(plain.is_none().then_some(c))
    });
    for c in written.nfkd().flat_map(char::to_lowercase).nfkd() {
        if is_latin_mark(c) {
            continue;
        }
        // Compatibility forms may hide typography: an upright dash is a dash.
        match base_letters(c).or_else(|| plain_char(c)) {
            Some(base) => out.push_str(base),
            None if c.is_whitespace() => out.push(' '),
            None => out.push(c),
        }
    }
    // Composed again, or Hangul would stay as its single letters.
    Cow::Owned(out.nfc().collect())
}

fn is_latin_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}') && is_combining_mark(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn typography_is_written_plainly() {
        for (written, expected) in [
            ("“It’s – well…”\u{a0}he said", "\"It's - well...\" he said"),
            ("  a \n\t b\u{2009}c ", "a b c"),
            ("re\u{ad}port\u{200b}er", "reporter"),
            ("«Да»", "\"Да\""),
            ("Été", "Été"),
        ] {
            assert_eq!(plain(written), expected);
        }
    }

    #[test]
    fn case_and_accents_fold_away() {
        for (written, expected) in [
            ("Élysée PALACE", "elysee palace"),
            ("Łódź, Straße", "lodz, strasse"),
            ("ﬁnance ＡＢＣ", "finance abc"),
            ("Йод", "иод"),
            ("한국 がぎ", "한국 がぎ"),
            ("हिन्दी", "हिन्दी"),
            ("İstanbul", "istanbul"),
        ] {
            assert_eq!(fold(written), expected);
        }
    }

    #[test]
    fn broken_encodings_are_mended() {
        for (broken, meant) in [
            ("donâ€™t", "don’t"),
            ("cafÃ© 東京", "café 東京"),
            ("AT&amp;T said &amp;#8217;no&quot;", "AT&T said ’no\""),
            ("château", "château"),
        ] {
            assert_eq!(mend(broken), meant);
        }
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,40}") {
            let once = fold(&text).into_owned();
            prop_assert_eq!(fold(&once).into_owned(), once);
            let once = plain(&text);
            prop_assert_eq!(plain(&once), once);
        }
    }
}
