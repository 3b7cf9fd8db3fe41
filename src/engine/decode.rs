//! Bytes to text: which charset they are in, and the text they hold.

/// The text of an HTML page.
pub fn html(bytes: &[u8], content_type: Option<&str>) -> String {
    xml(bytes, content_type)
}

/// The text of an XML document.
pub fn xml(bytes: &[u8], _content_type: Option<&str>) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
