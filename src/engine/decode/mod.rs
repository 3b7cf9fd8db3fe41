//! Bytes to text: which charset they are in, and the text they hold.
//!
//! Publishers' declarations lie often enough that the bytes have the last word: a byte order mark, the zeros of UTF-16
//! and UTF-32, then valid UTF-8 (which no other charset produces by accident in a text of any length), and only then
//! the header's and the document's own declaration, as far as the bytes decode by it. Never fails: what nothing decodes
//! is read as UTF-8 with its stray bytes taken as windows-1252.

mod code_pages;

use std::borrow::Cow;
use std::io::Read as _;

use encoding_rs::Encoding;

use code_pages::{CODE_PAGES, EBCDIC_PAGES};

/// Where a declaration of the charset is looked for, in bytes from the beginning.
const DECLARATION_WITHIN_BYTES: usize = 2048;

/// How much of a document the charset is detected from, in bytes.
const DETECTED_FROM_BYTES: usize = 1 << 16;

/// The text of an HTML page.
pub fn html<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    let head = head_of(bytes);
    decode(bytes, &[content_type.and_then(charset_parameter), meta_charset(&head), declared_encoding(&head)])
}

/// The text of an XML document, or of JSON.
pub fn xml<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    decode(bytes, &[content_type.and_then(charset_parameter), declared_encoding(&head_of(bytes))])
}

/// The inside of a gzip file, which servers hand out without saying that it is one; other bytes as they are. At most
/// one byte more than `bytes_max` comes out, so that the caller can tell and refuse.
pub fn gunzip(bytes: &[u8], bytes_max: usize) -> std::io::Result<Cow<'_, [u8]>> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut inside = Vec::new();
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    match flate2::read::MultiGzDecoder::new(bytes).take(limit).read_to_end(&mut inside) {
        // A file that is cut off or has rubbish at its end is read as far as it goes.
        Err(error) if inside.is_empty() => Err(error),
        _ => Ok(Cow::Owned(inside)),
    }
}

/// A charset: one of the Encoding Standard's, or one of the pages it leaves out.
#[derive(Clone, Copy)]
enum Charset {
    Standard(&'static Encoding),
    CodePage(&'static str),
    Ebcdic(&'static str),
}

fn decode<'a>(bytes: &'a [u8], declared: &[Option<String>]) -> Cow<'a, str> {
    if let Some(text) = by_marks(bytes) {
        return text.into();
    }
    let declared: Vec<Charset> = declared.iter().flatten().filter_map(|label| charset(label)).collect();
    let seven_bit = declared.iter().find(|charset| is_seven_bit(**charset));
    match std::str::from_utf8(bytes) {
        Ok(text) if seven_bit.is_none() => return text.into(),
        _ => {}
    }
    if let Some(text) = declared.iter().find_map(|charset| decode_strictly(bytes, *charset)) {
        return text.into();
    }
    // No declaration holds for every byte. UTF-8 with some damage is told apart from a legacy charset by its intact
    // sequences.
    if is_mostly_utf8(bytes) {
        return utf8_with_stray_bytes(bytes).into();
    }
    if let Some(Charset::Standard(encoding)) = declared.first().filter(|first| !is_utf8(**first)) {
        return encoding.decode_without_bom_handling(bytes).0;
    }
    detect(bytes).decode_without_bom_handling(bytes).0
}

/// Decodes what says by its first bytes what it is.
fn by_marks(bytes: &[u8]) -> Option<String> {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => Some(match std::str::from_utf8(rest) {
            Ok(text) => text.to_owned(),
            Err(_) => utf8_with_stray_bytes(rest),
        }),
        [0, 0, 0xfe, 0xff, rest @ ..] => Some(utf32(rest, u32::from_be_bytes)),
        [0xff, 0xfe, 0, 0, rest @ ..] => Some(utf32(rest, u32::from_le_bytes)),
        [0, 0, 0, b'<' | b'{', ..] => Some(utf32(bytes, u32::from_be_bytes)),
        [b'<' | b'{', 0, 0, 0, ..] => Some(utf32(bytes, u32::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => Some(encoding_rs::UTF_16BE.decode_without_bom_handling(rest).0.into_owned()),
        [0xff, 0xfe, rest @ ..] => Some(encoding_rs::UTF_16LE.decode_without_bom_handling(rest).0.into_owned()),
        [0, b'<' | b'{', 0, _, ..] => Some(encoding_rs::UTF_16BE.decode_without_bom_handling(bytes).0.into_owned()),
        [b'<' | b'{', 0, _, 0, ..] => Some(encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0.into_owned()),
        [0x4c, 0x6f, 0xa7, 0x94, ..] => Some(ebcdic_document(bytes)),
        _ => None,
    }
}

fn utf32(bytes: &[u8], word: fn([u8; 4]) -> u32) -> String {
    let (words, _) = bytes.as_chunks::<4>();
    words.iter().map(|bytes| char::from_u32(word(*bytes)).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// The charset of a label, whatever its spelling.
fn charset(label: &str) -> Option<Charset> {
    let label = label.trim().to_ascii_lowercase().replace('_', "-");
    let aliased = match label.as_str() {
        "utf8mb4" | "u8" => "utf-8",
        "macroman" | "mac" => "macintosh",
        "maccyrillic" | "mac-cyrillic" => "x-mac-cyrillic",
        "ms-ansi" => "windows-1252",
        "ms-cyrl" => "windows-1251",
        "ms-ee" => "windows-1250",
        "ms-greek" => "windows-1253",
        "ms-turk" => "windows-1254",
        "ms-hebr" => "windows-1255",
        "ms-arab" => "windows-1256",
        "winbaltrim" => "windows-1257",
        "cp874" => "windows-874",
        "gb2312" | "gbk" | "cp936" | "ms936" => "gb18030",
        "cp932" => "shift_jis",
        "cp949" | "ms949" => "euc-kr",
        "cp950" | "ms950" => "big5",
        other => other,
    };
    if let Some(page) = CODE_PAGES.iter().find(|page| page.labels.contains(&aliased)) {
        return Some(Charset::CodePage(page.upper));
    }
    if let Some(page) = EBCDIC_PAGES.iter().find(|page| page.labels.contains(&aliased)) {
        return Some(Charset::Ebcdic(page.characters));
    }
    let number = aliased.strip_prefix("windows").or_else(|| aliased.strip_prefix("cp"));
    let windows = number.map(|number| format!("windows-{}", number.trim_start_matches('-')));
    Encoding::for_label(aliased.as_bytes())
        .or_else(|| Encoding::for_label(aliased.replace('-', "_").as_bytes()))
        .or_else(|| Encoding::for_label(windows?.as_bytes()))
        .map(Charset::Standard)
}

fn is_utf8(charset: Charset) -> bool {
    matches!(charset, Charset::Standard(encoding) if encoding == encoding_rs::UTF_8)
}

/// Charsets whose texts are valid UTF-8 by their bytes and mean something else.
fn is_seven_bit(charset: Charset) -> bool {
    match charset {
        Charset::Standard(encoding) => encoding == encoding_rs::ISO_2022_JP,
        Charset::CodePage(_) | Charset::Ebcdic(_) => false,
    }
}

/// The text, if every byte is one of this charset's.
fn decode_strictly(bytes: &[u8], charset: Charset) -> Option<String> {
    match charset {
        // Documents that are UTF-16 have been recognised by their zeros: the label alone is wrong.
        Charset::Standard(encoding) if encoding == encoding_rs::UTF_16BE || encoding == encoding_rs::UTF_16LE => None,
        Charset::Standard(encoding) => {
            encoding.decode_without_bom_handling_and_without_replacement(bytes).map(Cow::into_owned)
        }
        Charset::CodePage(upper) => Some(by_code_page(bytes, upper)),
        // A document in EBCDIC begins with its own bytes; one that does not is ASCII with a wrong label.
        Charset::Ebcdic(_) => None,
    }
}

fn by_code_page(bytes: &[u8], upper: &str) -> String {
    let upper: Vec<char> = upper.chars().collect();
    bytes
        .iter()
        .map(|byte| match byte.checked_sub(0x80) {
            None => char::from(*byte),
            Some(index) => upper.get(usize::from(index)).copied().unwrap_or(char::REPLACEMENT_CHARACTER),
        })
        .collect()
}

/// A document in EBCDIC: its declaration is readable in every page, and names the one to read the rest by.
fn ebcdic_document(bytes: &[u8]) -> String {
    let by = |characters: &str, bytes: &[u8]| -> String {
        let characters: Vec<char> = characters.chars().collect();
        bytes.iter().filter_map(|byte| characters.get(usize::from(*byte))).collect()
    };
    let Some(usual) = EBCDIC_PAGES.first() else { return String::new() };
    let head = by(usual.characters, bytes.get(..DECLARATION_WITHIN_BYTES).unwrap_or(bytes));
    match declared_encoding(&head).and_then(|label| charset(&label)) {
        Some(Charset::Ebcdic(characters)) => by(characters, bytes),
        _ => by(usual.characters, bytes),
    }
}

/// The beginning of a document, as far as ASCII goes.
fn head_of(bytes: &[u8]) -> String {
    let head = bytes.get(..DECLARATION_WITHIN_BYTES).unwrap_or(bytes);
    head.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { ' ' }).collect()
}

/// `charset` of a Content-Type.
fn charset_parameter(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']).to_owned())
    })
}

/// `encoding` of an XML declaration, wherever in the head it stands.
fn declared_encoding(head: &str) -> Option<String> {
    let declaration = head.split_once("<?xml")?.1.split_once("?>")?.0;
    quoted_after(declaration.split_once("encoding")?.1)
}

/// `charset` of a `<meta>`, in either form.
fn meta_charset(head: &str) -> Option<String> {
    let lower = head.to_ascii_lowercase();
    lower.split("<meta").skip(1).find_map(|tag| {
        let tag = tag.split('>').next().unwrap_or_default();
        let after = tag.split_once("charset")?.1.trim_start().strip_prefix('=')?;
        let label = after.trim_start().trim_start_matches(['"', '\'']);
        let label = label.split(['"', '\'', ';', ' ', '/']).next().unwrap_or_default();
        (!label.is_empty()).then(|| label.to_owned())
    })
}

fn quoted_after(text: &str) -> Option<String> {
    let value = text.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value.get(1..)?.split_once(quote).map(|(label, _)| label.to_owned())
}

/// Whether a text that is not valid UTF-8 was meant as UTF-8: more of its multi-byte sequences are whole than broken.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut whole, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    whole > broken
}

/// UTF-8 whose stray bytes were pasted in from windows-1252.
fn utf8_with_stray_bytes(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.push_str(&encoding_rs::WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
    text
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes.get(..DETECTED_FROM_BYTES).unwrap_or(bytes), bytes.len() <= DETECTED_FROM_BYTES);
    detector.guess(None, chardetng::Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn document(encoding: &str, text: &str) -> String {
        format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?><t>{text}</t>")
    }

    fn check(label: &str, encoding: &'static Encoding, text: &str) {
        let document = document(label, text);
        let (bytes, _, _) = encoding.encode(&document);
        assert_eq!(xml(&bytes, None), document, "{label}");
    }

    #[test]
    fn declared_charsets_are_read() {
        check("windows-1251", encoding_rs::WINDOWS_1251, "Привет, мир");
        check("windows_1251", encoding_rs::WINDOWS_1251, "Привет, мир");
        check("KOI8-R", encoding_rs::KOI8_R, "Привет, мир");
        check("Big5", encoding_rs::BIG5, "中文新聞報導");
        check("gb2312", encoding_rs::GBK, "中文新闻报道");
        check("EUC-JP", encoding_rs::EUC_JP, "日本語のニュース");
        check("iso-2022-jp", encoding_rs::ISO_2022_JP, "日本語のニュース");
        check("iso-8859-1", encoding_rs::WINDOWS_1252, "café “quoted”");
        assert_eq!(xml(b"<?xml encoding='cp437'?>\x80", None), "<?xml encoding='cp437'?>Ç");
    }

    #[test]
    fn wide_charsets_are_read_with_and_without_their_mark() {
        let text = document("utf-16", "é 日本");
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let words: Vec<u8> = text.chars().flat_map(|c| (c as u32).to_be_bytes()).collect();
        for (mark, bytes) in [(&[0xfe, 0xff][..], big), (&[0xff, 0xfe], little), (&[0, 0, 0xfe, 0xff], words)] {
            assert_eq!(xml(&bytes, None), text);
            assert_eq!(xml(&[mark, &bytes[..]].concat(), None), text);
        }
    }

    #[test]
    fn the_bytes_win_over_a_wrong_declaration() {
        for label in ["iso-8859-1", "us-ascii", "utf-16", "nonsense"] {
            let text = document(label, "naïve – 日本");
            assert_eq!(xml(text.as_bytes(), Some("text/xml; charset=windows-1252")), text);
        }
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode("<t>Привет, мир, как дела сегодня</t>");
        assert_eq!(xml(&bytes, Some("text/xml; charset=utf-8")), "<t>Привет, мир, как дела сегодня</t>");
    }

    #[test]
    fn the_header_is_asked_before_the_document() {
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode("<?xml encoding=\"iso-8859-1\"?>Привет");
        assert!(xml(&bytes, Some("application/xml; charset=\"windows-1251\"")).ends_with("Привет"));
    }

    #[test]
    fn a_stray_byte_does_not_spoil_the_rest() {
        assert_eq!(xml(b"caf\xc3\xa9 \x93na\xc3\xafve\x94 \xe2\x80\x94", None), "café “naïve” —");
    }

    #[test]
    fn a_page_names_its_charset_in_a_meta_tag() {
        for meta in [
            "<meta charset=windows-1251>",
            "<META http-equiv=\"Content-Type\" content=\"text/html; charset=windows-1251\">",
        ] {
            let text = format!("<html>{meta}Привет");
            let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(&text);
            assert_eq!(html(&bytes, Some("text/html")), text);
        }
    }

    proptest! {
        #[test]
        fn utf8_is_always_read_as_itself(text in "\\PC{0,60}", label in "[a-z0-9-]{0,12}") {
            prop_assume!(!label.starts_with("iso-2022") && !text.starts_with('\u{feff}'));
            let text = document(&label, &text);
            prop_assert_eq!(&*xml(text.as_bytes(), None), text.as_str());
        }

        #[test]
        fn random_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            xml(&bytes, Some("text/xml; charset=utf-32"));
            html(&bytes, None);
        }
    }
}
