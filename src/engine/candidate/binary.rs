//! What is no text at all: its declared type says so, or its first bytes.

/// Content types that are never an article's page, by their beginning.
const NO_TEXT: [&str; 6] = ["image/", "audio/", "video/", "font/", "application/pdf", "application/zip"];

/// Characters of a declared type that are repeated to people.
const KIND_CHARS: usize = 60;

/// Bytes of a body that are looked at to tell whether it is text.
const SNIFFED_BYTES: usize = 1024;

/// One control byte in so many is more than text has: chance alone gives one in ten.
const CONTROLS_ONE_IN: usize = 20;

/// What an answer or a file is instead of text, by its declared type and its first kilobyte.
pub(super) fn not_text(content_type: Option<&str>, body: &[u8]) -> Option<String> {
    let declared = content_type.unwrap_or_default().to_ascii_lowercase();
    if NO_TEXT.iter().any(|kind| declared.starts_with(kind)) {
        let kind: String = declared.split(';').next().unwrap_or_default().trim().chars().take(KIND_CHARS).collect();
        return Some(format!("it is {kind}, not a page"));
    }
    let head = body.get(..SNIFFED_BYTES).unwrap_or(body);
    let wide = head.starts_with(&[0xFF, 0xFE]) || head.starts_with(&[0xFE, 0xFF]);
    // UTF-16 without a mark has a zero in every second byte at most; binary formats have them in runs.
    let binary = head.starts_with(b"%PDF-") || head.starts_with(b"PK\x03\x04") || head.starts_with(b"\x89PNG");
    let zeros = || head.windows(3).any(|three| three == [0, 0, 0]);
    (binary || (!wide && (zeros() || has_many_controls(head)))).then(|| "it is binary, not a page".to_owned())
}

/// Compressed or encrypted data has few zeros, and its control bytes tell it. UTF-16 without a mark and the escapes of
/// ISO-2022 are text.
fn has_many_controls(head: &[u8]) -> bool {
    if head.starts_with(b"<\0") || head.starts_with(b"\0<") {
        return false;
    }
    let is_control = |byte: &&u8| **byte < 0x20 && !matches!(**byte, b'\t' | b'\n' | 0x0C | b'\r' | 0x0E | 0x0F | 0x1B);
    head.iter().filter(is_control).count() * CONTROLS_ONE_IN > head.len()
}
