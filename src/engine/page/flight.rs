//! The stream that Next.js (React's server components) writes into a page for its scripts: `self.__next_f.push([1,"…"])`.
//!
//! The strings of all pushes are one text, cut anywhere. It is made of rows, `ID:` and a payload to the line's end: JSON, or by a
//! letter before it something else (`I` a module, `H` a hint, `E` an error); `T` with a length in bytes is a long text, whose
//! line ends are its own. JSON names other rows in its strings: `$1f`, `$L1f` (later), `$1f:props:story` (a part of it). A list
//! that begins with `$` is an element: its tag or component, its key, its properties.
//!
//! Bounds: bytes of all pushes, rows, and those of every state: nodes, each anew behind each reference to it, and depth, over
//! references too.

use std::collections::{HashMap, HashSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::dom::Dom;
use super::rules::{attribute, escaped};
use super::state::{self, DEPTH_MAX, NODES_MAX};

/// Most bytes of all pushes together.
const STREAM_MAX_BYTES: usize = 8 << 20;
/// Most rows that are read.
const ROWS_MAX: usize = 20_000;
/// Bytes of text that count as a value, since one text may be named from many places.
const BYTES_A_NODE: usize = 256;
/// Most bytes of markup that are written.
const MARKUP_MAX_BYTES: usize = 4 << 20;

/// The rows of a page's stream.
pub(super) struct Flight {
    rows: HashMap<String, Value>,
    order: Vec<String>,
}

impl Flight {
    /// Reads the stream. None where the page has none.
    pub(super) fn read(dom: &Dom<'_>) -> Option<Self> {
        let stream = stream(dom);
        if stream.is_empty() {
            return None;
        }
        let (rows, order) = rows(&stream);
        (!rows.is_empty()).then_some(Self { rows, order })
    }

    /// The rows as values in which references are followed: what the first row leads to, then the rows that it does not.
    pub(super) fn values(&self) -> Vec<Value> {
        let mut follow = Follow { rows: &self.rows, seen: HashSet::new(), left: NODES_MAX };
        let mut values = Vec::new();
        let root = self.order.iter().filter(|id| *id == "0");
        for id in root.chain(self.order.iter().filter(|id| *id != "0")) {
            // A text alone is said where it is named.
            if let Some(row) = self.rows.get(id).filter(|row| !row.is_string())
                && !follow.seen.contains(id)
            {
                values.push(follow.value(row, 0));
            }
        }
        values
    }
}

/// The elements of values as markup, components by what they hold.
pub(super) fn markup(values: &[Value]) -> String {
    let mut out = String::new();
    for value in values {
        outside(value, 0, &mut out);
    }
    out
}

/// All that the page's scripts push, in their order.
fn stream(dom: &Dom<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    for script in state::scripts(dom) {
        let Some((_, mut rest)) = script.split_once("__next_f") else { continue };
        while let Some((_, pushed)) = rest.split_once(".push(") {
            rest = pushed;
            let Some(Value::Array(chunk)) = state::first(pushed) else { continue };
            let Some(text) = chunk.get(1).and_then(Value::as_str) else { continue };
            if out.len() + text.len() > STREAM_MAX_BYTES {
                return out;
            }
            match chunk.first().and_then(Value::as_u64) {
                Some(1) => out.extend_from_slice(text.as_bytes()),
                // A chunk that is cut inside a character, or holds no text.
                Some(3) => out.extend(STANDARD.decode(text).unwrap_or_default()),
                _ => {}
            }
            // What is inside the string is not looked through again.
            rest = rest.get(text.len().min(rest.len())..).unwrap_or(rest);
        }
    }
    out
}

/// Cuts a stream into rows.
fn rows(stream: &[u8]) -> (HashMap<String, Value>, Vec<String>) {
    let (mut rows, mut order) = (HashMap::new(), Vec::new());
    let mut rest = stream;
    while order.len() < ROWS_MAX {
        let Some(colon) = memchr::memchr(b':', rest.get(..rest.len().min(20)).unwrap_or_default()) else {
            // A line of something else is passed over.
            match memchr::memchr(b'\n', rest) {
                Some(end) => rest = rest.get(end + 1..).unwrap_or_default(),
                None => break,
            }
            continue;
        };
        let (id, payload) = (rest.get(..colon).unwrap_or_default(), rest.get(colon + 1..).unwrap_or_default());
        let (value, after) = row(payload);
        rest = after;
        let Some(id) = std::str::from_utf8(id).ok().filter(|id| id.bytes().all(|byte| byte.is_ascii_hexdigit())) else {
            continue;
        };
        if let Some(value) = value
            && rows.insert(id.to_owned(), value).is_none()
        {
            order.push(id.to_owned());
        }
    }
    (rows, order)
}

/// The value of a row, if it is JSON or text, and what follows the row.
fn row(payload: &[u8]) -> (Option<Value>, &[u8]) {
    if let Some(counted) = payload.strip_prefix(b"T")
        && let Some(comma) = memchr::memchr(b',', counted.get(..counted.len().min(10)).unwrap_or_default())
        && let Some(length) = counted
            .get(..comma)
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| usize::from_str_radix(digits, 16).ok())
    {
        let text = counted.get(comma + 1..).unwrap_or_default();
        let (text, after) = text.split_at(length.min(text.len()));
        return (Some(Value::String(String::from_utf8_lossy(text).into_owned())), after);
    }
    let end = memchr::memchr(b'\n', payload).unwrap_or(payload.len());
    let (line, after) = (payload.get(..end).unwrap_or_default(), payload.get(end + 1..).unwrap_or_default());
    (serde_json::from_slice(line).ok(), after)
}

struct Follow<'a> {
    rows: &'a HashMap<String, Value>,
    seen: HashSet<String>,
    left: usize,
}

impl Follow<'_> {
    fn value(&mut self, value: &Value, depth: usize) -> Value {
        let text = value.as_str();
        let cost = 1 + text.map_or(0, str::len) / BYTES_A_NODE;
        if depth > DEPTH_MAX || self.left < cost {
            return Value::Null;
        }
        self.left -= cost;
        match value {
            Value::String(text) => self.text(text, depth),
            // The second place of an element is its tag, or names the module of its component.
            Value::Array(values) if is_element(values) => {
                let kept = |at: usize| values.get(at).cloned().unwrap_or_default();
                let properties = values.get(3).map_or(Value::Null, |value| self.value(value, depth + 1));
                Value::Array(vec![kept(0), kept(1), Value::Null, properties])
            }
            Value::Array(values) => Value::Array(values.iter().map(|value| self.value(value, depth + 1)).collect()),
            Value::Object(object) => {
                Value::Object(object.iter().map(|(key, value)| (key.clone(), self.value(value, depth + 1))).collect())
            }
            other => other.clone(),
        }
    }

    /// A string: itself, a row that it names, or a value that JSON cannot say.
    fn text(&mut self, text: &str, depth: usize) -> Value {
        let Some(named) = text.strip_prefix('$') else { return Value::String(text.to_owned()) };
        if named.starts_with('$') {
            return Value::String(named.to_owned());
        }
        if let Some(date) = named.strip_prefix('D') {
            return Value::String(date.to_owned());
        }
        let mut path = named.trim_start_matches(['L', '@']).split(':');
        let id = path.next().unwrap_or_default();
        let Some(mut found) = self.rows.get(id) else { return Value::Null };
        if !self.seen.contains(id) {
            self.seen.insert(id.to_owned());
        }
        for step in path {
            let part = match found {
                Value::Object(object) => object.get(step),
                Value::Array(values) if is_element(values) && step == "props" => values.get(3),
                Value::Array(values) => step.parse::<usize>().ok().and_then(|at| values.get(at)),
                _ => None,
            };
            match part {
                Some(part) => found = part,
                None => return Value::Null,
            }
        }
        if let Value::String(text) = found
            && !text.starts_with('$')
        {
            let cost = text.len() / BYTES_A_NODE;
            if self.left < cost {
                return Value::Null;
            }
            self.left -= cost;
            return Value::String(text.clone());
        }
        self.value(found, depth + 1)
    }
}

fn is_element(values: &[Value]) -> bool {
    values.len() >= 4 && values.first().and_then(Value::as_str) == Some("$")
}

/// Properties that say what an element is.
const KEPT: [(&str, &str); 7] = [
    ("className", "class"),
    ("id", "id"),
    ("itemProp", "itemprop"),
    ("role", "role"),
    ("href", "href"),
    ("dateTime", "datetime"),
    ("aria-hidden", "aria-hidden"),
];

/// The elements in a row's data; what stands outside of them is for the router.
fn outside(value: &Value, depth: usize, out: &mut String) {
    if depth > DEPTH_MAX {
        return;
    }
    match value {
        Value::Array(values) if is_element(values) => element(value, depth, out),
        Value::Array(values) => values.iter().for_each(|value| outside(value, depth + 1, out)),
        Value::Object(object) => object.values().for_each(|value| outside(value, depth + 1, out)),
        _ => {}
    }
}

fn element(value: &Value, depth: usize, out: &mut String) {
    if depth > DEPTH_MAX || out.len() > MARKUP_MAX_BYTES {
        return;
    }
    match value {
        Value::String(text) => out.push_str(&escaped(text)),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::Array(values) if is_element(values) => {
            let properties = values.get(3).and_then(Value::as_object);
            let tag = values.get(1).and_then(Value::as_str).filter(|tag| is_tag(tag));
            match tag {
                Some("script" | "style" | "svg") => {}
                Some(tag) => {
                    open(tag, properties, out);
                    children(properties, depth, out);
                    out.push_str("</");
                    out.push_str(tag);
                    out.push('>');
                }
                None => children(properties, depth, out),
            }
        }
        Value::Array(values) => values.iter().for_each(|value| element(value, depth + 1, out)),
        _ => {}
    }
}

fn is_tag(tag: &str) -> bool {
    tag.len() <= 20 && tag.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn open(tag: &str, properties: Option<&Map<String, Value>>, out: &mut String) {
    out.push('<');
    out.push_str(tag);
    for (property, name) in KEPT {
        if let Some(value) = properties.and_then(|all| all.get(property)).and_then(Value::as_str) {
            attribute(name, value, out);
        }
    }
    out.push('>');
}

fn children(properties: Option<&Map<String, Value>>, depth: usize, out: &mut String) {
    let Some(properties) = properties else { return };
    let html = properties.get("dangerouslySetInnerHTML").and_then(|inner| inner.get("__html")).and_then(Value::as_str);
    if let Some(html) = html {
        out.push_str(html);
    }
    if let Some(children) = properties.get("children") {
        element(children, depth + 1, out);
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use crate::engine::page::tests::{read, texts};

    const TEXTS: [&str; 3] = [
        "The harbour council met on Tuesday, and agreed to rebuild the “old” pier by spring, its clerk said.",
        "It will cost nine million coins, more than was feared — and the ferry company is to pay a third of it.",
        "Work begins in March, and the lamps along the quay are to be lit again before the summer, said the clerk.",
    ];

    /// The modules, hints and errors that stand in every stream.
    const FRAME: &str = concat!(
        "1:\"$Sreact.fragment\"\n",
        "2:I[4343,[\"177\",\"static/chunks/app/layout-53b1.js\"],\"Providers\"]\n",
        "3:I[5244,[],\"\"]\n",
        "4:I[8393,[\"931\",\"static/chunks/app/[slug]/page-09aa.js\"],\"Story\"]\n",
        ":HL[\"/_next/static/css/6ec3.css\",\"style\"]\n",
        "0:{\"P\":null,\"b\":\"Zx81\",\"c\":[\"\",\"pier\"],\"f\":[[[\"\",{\"children\":[\"__PAGE__\",{}]}],[\"$\",\"$1\",\"c\",",
        "{\"children\":[[\"$\",\"html\",null,{\"lang\":\"en\",\"children\":[\"$\",\"body\",null,{\"className\":\"bg-white\",",
        "\"children\":[\"$\",\"$L2\",null,{\"children\":\"$L5\"}]}]}]]}]]]}\n",
        "6:{\"metadata\":[[\"$\",\"title\",\"0\",{\"children\":\"Pier to be rebuilt | The Lantern\"}]],\"error\":null}\n",
    );

    fn json(value: &serde_json::Value) -> String {
        serde_json::to_string(value).unwrap()
    }

    /// A page whose stream is cut into chunks of so many characters, wherever that falls.
    fn page(stream: &str, size: usize) -> String {
        let chars: Vec<char> = stream.chars().collect();
        let mut scripts = String::from("<script>(self.__next_f=self.__next_f||[]).push([0])</script>");
        for chunk in chars.chunks(size) {
            let text = json(&chunk.iter().collect::<String>().into()).replace('<', "\\u003c");
            write!(scripts, "<script>self.__next_f.push([1,{text}])</script>").unwrap();
        }
        format!(
            "<html><head><title>Pier to be rebuilt | The Lantern</title></head><body><div id=root>Loading</div>{scripts}</body></html>"
        )
    }

    #[test]
    fn the_article_is_read_from_the_properties_of_a_component() {
        let html = TEXTS.map(|text| format!("<p>{text}</p>")).concat();
        let inline = serde_json::json!(["$", "$L4", null, {"article": {
            "title": "Pier to be rebuilt", "publishedAt": "$D2026-03-19T08:00:00.000Z", "body": html}}]);
        let apart = serde_json::json!(["$", "$L4", null, {"article": {
            "title": "Pier to be rebuilt", "publishedAt": "$D2026-03-19T08:00:00.000Z", "body": "$7"}}]);
        let named = serde_json::json!(["$", "$L4", null, {"article": "$8:story"}]);
        let story = serde_json::json!({"story": {"headline": "Pier to be rebuilt", "blocks": TEXTS.map(|text| {
            serde_json::json!({"type": "paragraph", "text": text})
        })}});
        for (name, rows) in [
            ("in place", format!("5:{}\n", json(&inline))),
            ("a text of its own", format!("7:T{:x},{html}5:{}\n", html.len(), json(&apart))),
            ("a part of another row", format!("5:{}\n8:{}\n", json(&named), json(&story))),
        ] {
            for size in [1, 37, 400, 100_000] {
                assert_eq!(texts(&read(&page(&format!("{FRAME}{rows}"), size))), TEXTS, "{name}, cut at {size}");
            }
        }
    }

    #[test]
    fn the_article_is_read_from_the_elements() {
        let link = |text: &str| serde_json::json!(["$", "li", text, {"children": ["$", "$L3", null, {"href": "/x", "children": text}]}]);
        let paragraphs: Vec<serde_json::Value> = TEXTS
            .iter()
            .map(|text| serde_json::json!(["$", "p", null, {"children": [text.get(..4), text.get(4..)]}]))
            .collect();
        let tree = serde_json::json!([
            ["$", "nav", null, {"children": ["$", "ul", null, {"children": [link("World"), link("Harbour")]}]}],
            ["$", "article", null, {"className": "story", "children": [
                ["$", "h1", null, {"children": "Pier to be rebuilt"}],
                ["$", "$L9", null, {"children": paragraphs}],
                ["$", "div", null, {"dangerouslySetInnerHTML": {"__html": "<p>Follow us on Twitter</p>"}}],
            ]}],
            ["$", "footer", null, {"children": "© The Lantern"}],
        ]);
        let stream = format!("{FRAME}5:{}\n", json(&tree));
        for size in [11, 700] {
            assert_eq!(texts(&read(&page(&stream, size))), TEXTS, "cut at {size}");
        }
    }

    #[test]
    fn hostile_streams_are_bounded() {
        let loops = "0:[\"$1\",\"$1\"]\n1:[\"$0\",\"$0\",\"$2:a:b\"]\n2:\"$2\"\n".to_owned();
        let (mut wide, mut chain) = (String::new(), String::new());
        for at in 0..200 {
            writeln!(wide, "{at:x}:[\"${0:x}\",\"${0:x}\"]", at + 1).unwrap();
        }
        for at in 0..5_000 {
            writeln!(chain, "{at:x}:{{\"a\":[\"${:x}\"]}}", at + 1).unwrap();
        }
        let deep = format!("0:{}1{}\n", "[".repeat(120), "]".repeat(120));
        let long = "0:Tffffffff,short".to_owned();
        for stream in [loops, wide, deep, chain, long, ":::".repeat(1_000), "\n".repeat(100_000)] {
            assert!(read(&page(&stream, 1_000)).blocks.iter().all(|block| block.text.len() < 100), "{stream:.40}");
        }
    }
}
