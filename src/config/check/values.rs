//! Readers of single values. Each gives the value, or reports what is wrong with it and what to write instead.

use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use jiff::tz::TimeZone;
use toml::de::DeValue;

use super::super::raw::{Context, Node, nearest, wrong_type};
use crate::engine::schedule::{Wall, parse_duration};
use crate::model::ids::SlugError;
use crate::model::time::{SignedDuration, Timestamp};
use crate::model::url::WebUrl;

/// The shortest interval that may be asked for: below it a loop spins.
const INTERVAL_MIN: SignedDuration = SignedDuration::from_millis(100);

pub(super) fn string(context: &Context<'_>, node: &Node<'_>) -> Option<String> {
    let text = node.value.as_str().map(str::to_owned);
    if text.is_none() {
        wrong_type(context, node, "a string");
    }
    text
}

/// A string with something in it.
pub(super) fn text(context: &Context<'_>, node: &Node<'_>) -> Option<String> {
    let text = string(context, node)?;
    if text.trim().is_empty() {
        context.error(&node.place, "the value is empty", "write a value, or remove the line");
        return None;
    }
    Some(text)
}

pub(super) fn boolean(context: &Context<'_>, node: &Node<'_>) -> Option<bool> {
    let value = node.value.as_bool();
    if value.is_none() {
        wrong_type(context, node, "true or false");
    }
    value
}

pub(super) fn integer(context: &Context<'_>, node: &Node<'_>, min: i64, max: i64) -> Option<i64> {
    let DeValue::Integer(integer) = node.value else {
        wrong_type(context, node, "an integer");
        return None;
    };
    match i64::from_str_radix(integer.as_str(), integer.radix()) {
        Ok(value) if (min..=max).contains(&value) => Some(value),
        _ => {
            out_of_range(context, node, min, max);
            None
        }
    }
}

fn out_of_range(context: &Context<'_>, node: &Node<'_>, min: impl Display, max: impl Display) {
    let hint = format!("write a number from {min} to {max}");
    context.error(&node.place, "the number is out of range", hint);
}

/// A count from 1 to `max`.
pub(super) fn count(context: &Context<'_>, node: &Node<'_>, max: u16) -> Option<usize> {
    integer(context, node, 1, i64::from(max)).and_then(|count| usize::try_from(count).ok())
}

/// A number from `min` to `max`.
pub(super) fn number(context: &Context<'_>, node: &Node<'_>, min: f64, max: f64) -> Option<f64> {
    let value = match node.value {
        DeValue::Float(float) => float.as_str().parse().ok(),
        DeValue::Integer(integer) => integer.as_str().parse().ok(),
        _ => {
            wrong_type(context, node, "a number");
            return None;
        }
    };
    match value {
        Some(value) if (min..=max).contains(&value) => Some(value),
        _ => {
            out_of_range(context, node, min, max);
            None
        }
    }
}

/// A duration, zero included.
pub(super) fn duration(context: &Context<'_>, node: &Node<'_>) -> Option<SignedDuration> {
    let DeValue::String(text) = node.value else {
        let problem =
            context.problem(&node.place, format!("expected a duration such as \"15m\", found {}", node.type_name()));
        let hint = match node.value {
            DeValue::Integer(integer) => format!("write \"{}s\" for seconds", integer.as_str()),
            _ => "write \"30s\", \"15m\", \"2h\" or \"7d\"".to_owned(),
        };
        context.push(problem.hint(hint));
        return None;
    };
    parse_duration(text).map_err(|error| context.refused(&node.place, &error, "write a shorter one")).ok()
}

/// A duration at which something is repeated.
pub(super) fn interval(context: &Context<'_>, node: &Node<'_>) -> Option<SignedDuration> {
    let interval = duration(context, node)?;
    if interval < INTERVAL_MIN {
        context.error(&node.place, "the interval is shorter than 100 ms", "write \"100ms\" or more");
        return None;
    }
    Some(interval)
}

/// A duration longer than zero.
pub(super) fn timeout(context: &Context<'_>, node: &Node<'_>) -> Option<SignedDuration> {
    let timeout = duration(context, node)?;
    if timeout <= SignedDuration::ZERO {
        context.error(&node.place, "the time must be longer than zero", "write \"30s\"");
        return None;
    }
    Some(timeout)
}

/// A size in bytes: `"8MiB"`, `"500kB"`.
pub(super) fn size(context: &Context<'_>, node: &Node<'_>) -> Option<u64> {
    let DeValue::String(text) = node.value else {
        let problem =
            context.problem(&node.place, format!("expected a size such as \"8MiB\", found {}", node.type_name()));
        let hint = match node.value {
            DeValue::Integer(integer) => format!("write \"{}B\" for bytes", integer.as_str()),
            _ => "write \"500kB\", \"8MiB\" or \"1GiB\"".to_owned(),
        };
        context.push(problem.hint(hint));
        return None;
    };
    parse_size(text).map_err(|error| context.refused(&node.place, &error, "write a smaller one")).ok()
}

fn parse_size(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{text}` is no size: write \"500kB\", \"8MiB\" or \"1GiB\"");
    let trimmed = text.trim();
    let at = trimmed.char_indices().find(|(_, c)| !c.is_ascii_digit()).map_or(trimmed.len(), |(at, _)| at);
    let (number, unit) = trimmed.split_at(at);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "b" => 1,
        "kb" | "k" => 1000,
        "mb" | "m" => 1_000_000,
        "gb" | "g" => 1_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        _ => return Err(wrong()),
    };
    number.checked_mul(factor).filter(|bytes| *bytes > 0).ok_or_else(wrong)
}

pub(super) fn url(context: &Context<'_>, node: &Node<'_>) -> Option<WebUrl> {
    let text = string(context, node)?;
    let credentials = text.split_once("://").is_some_and(|(_, rest)| {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        authority.contains('@')
    });
    if credentials {
        let problem = context.problem(&node.place, "the URL holds a user name or password");
        context.push(problem.hint("write them as `auth = { user = \"…\", password = { env = \"…\" } }`"));
        return None;
    }
    match WebUrl::parse(&text) {
        Ok(url) => Some(url),
        Err(error) => {
            let problem = context.problem(&node.place, error.to_string());
            let bare = !text.contains("://") && text.contains('.') && !text.contains(' ');
            let hint =
                if bare { format!("write \"https://{text}\"") } else { "write \"https://example.org/…\"".to_owned() };
            context.push(problem.hint(hint));
            None
        }
    }
}

/// `http://`, `https://` or `socks5://`.
pub(super) fn proxy(context: &Context<'_>, node: &Node<'_>) -> Option<String> {
    let text = string(context, node)?;
    let known = ["http", "https", "socks5", "socks5h"];
    match url::Url::parse(&text) {
        Ok(url) if known.contains(&url.scheme()) && url.has_host() => Some(text),
        _ => {
            let problem = context.problem(&node.place, format!("`{text}` is no proxy address"));
            context.push(problem.hint("write \"http://host:port\" or \"socks5://host:port\""));
            None
        }
    }
}

/// An id, or a reference to one.
pub(super) fn slug<T>(
    context: &Context<'_>,
    node: &Node<'_>,
    new: impl FnOnce(String) -> Result<T, SlugError>,
) -> Option<T> {
    let text = string(context, node)?;
    new(text.clone())
        .map_err(|error| {
            let mended = slug_of(&text);
            let hint = if mended.is_empty() {
                "write a short name, as in \"bbc-world\"".to_owned()
            } else {
                format!("write \"{mended}\"")
            };
            context.error(&node.place, error.to_string(), hint);
        })
        .ok()
}

/// The slug that a text would make: `BBC World` gives `bbc-world`.
fn slug_of(text: &str) -> String {
    let words: Vec<String> = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    words.join("-").chars().take(64).collect()
}

/// A list, each element read by `read`; a single value counts as a list of one. What is wrong with one element does not
/// hide the others.
pub(super) fn list<'a, T>(
    context: &Context<'_>,
    node: &Node<'a>,
    read: impl Fn(&Context<'_>, &Node<'a>) -> Option<T>,
) -> Option<Vec<T>> {
    let elements = node.elements().unwrap_or_else(|| vec![node.clone()]);
    let read: Vec<Option<T>> = elements.iter().map(|element| read(context, element)).collect();
    read.into_iter().collect()
}

pub(super) fn texts(context: &Context<'_>, node: &Node<'_>) -> Option<Vec<String>> {
    list(context, node, text)
}

/// One of some words.
pub(super) fn word<T: Copy>(context: &Context<'_>, node: &Node<'_>, words: &[(&str, T)]) -> Option<T> {
    let text = string(context, node)?;
    if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
        return Some(*value);
    }
    let names: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
    let hint = match nearest(&text, words.iter().map(|(word, _)| *word)) {
        Some(nearest) => format!("did you mean \"{nearest}\"?"),
        None => "write one of these".to_owned(),
    };
    context.error(&node.place, format!("`{text}` is none of {}", names.join(", ")), hint);
    None
}

pub(super) fn time_zone(context: &Context<'_>, node: &Node<'_>) -> Option<TimeZone> {
    let name = string(context, node)?;
    let zone = TimeZone::get(&name).ok();
    if zone.is_none() {
        let known: Vec<String> = jiff::tz::db().available().map(|known| known.to_string()).collect();
        let city =
            known.iter().find(|known| known.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(&name)));
        let near = city.map(String::as_str).or_else(|| nearest(&name, known.iter().map(String::as_str)));
        let problem = context.problem(&node.place, format!("`{name}` is no time zone"));
        context.push(match near {
            Some(near) => problem.hint(format!("did you mean \"{near}\"?")),
            None => problem.hint("write an IANA name such as \"Europe/Berlin\" or \"UTC\""),
        });
    }
    zone
}

pub(super) fn cron(context: &Context<'_>, node: &Node<'_>) -> Option<Wall> {
    let line = string(context, node)?;
    Wall::parse(&line)
        .map_err(|error| {
            let problem = context.problem(&node.place, error);
            context.push(problem.hint("\"0 7 * * 1-5\" is seven o'clock from Monday to Friday"));
        })
        .ok()
}

/// A regular expression.
pub(super) fn pattern(context: &Context<'_>, node: &Node<'_>) -> Option<regex::Regex> {
    let text = text(context, node)?;
    regex::RegexBuilder::new(&text)
        .size_limit(1 << 20)
        .build()
        .map_err(|error| {
            let reason = error.to_string();
            let last = reason.lines().last().unwrap_or_default().trim().trim_start_matches("error: ").to_owned();
            let message = format!("the pattern is no regular expression: {last}");
            context.error(&node.place, message, "put a backslash before a sign that means itself: '\\(', '\\?'");
        })
        .ok()
}

/// A network, or one address.
pub(super) fn network(context: &Context<'_>, node: &Node<'_>) -> Option<IpNet> {
    let text = string(context, node)?;
    let net = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    if net.is_none() {
        let problem = context.problem(&node.place, format!("`{text}` is no network"));
        context.push(problem.hint("write \"127.0.0.0/8\" or \"fd00::/8\""));
    }
    net
}

/// An address with a port; `default_port` where the text has none.
pub(super) fn socket(context: &Context<'_>, node: &Node<'_>, default_port: Option<u16>) -> Option<SocketAddr> {
    let text = string(context, node)?;
    let with_default = || {
        let address: IpAddr = text.parse().ok()?;
        Some(SocketAddr::new(address, default_port?))
    };
    let address = text.parse().ok().or_else(with_default);
    if address.is_none() {
        let problem = context.problem(&node.place, format!("`{text}` is no address with a port"));
        context.push(problem.hint("write \"127.0.0.1:8780\" or \"[::1]:8780\""));
    }
    address
}

/// An instant, or a day (its first moment in UTC).
pub(super) fn instant(context: &Context<'_>, node: &Node<'_>) -> Option<Timestamp> {
    let text = match node.value {
        DeValue::Datetime(datetime) => datetime.to_string(),
        DeValue::String(text) => text.clone().into_owned(),
        _ => {
            wrong_type(context, node, "a date");
            return None;
        }
    };
    let day = || {
        let day: jiff::civil::Date = text.parse().ok()?;
        TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok()
    };
    let instant = text.parse().ok().or_else(day);
    if instant.is_none() {
        let problem = context.problem(&node.place, format!("`{text}` is no date"));
        context.push(problem.hint("write 2026-09-01 or 2026-09-01T07:00:00Z"));
    }
    instant
}

/// A mail address, bare or with a name before it.
pub(super) fn mail_address(context: &Context<'_>, node: &Node<'_>) -> Option<String> {
    let text = text(context, node)?;
    if text.parse::<lettre::message::Mailbox>().is_err() {
        let problem = context.problem(&node.place, format!("`{text}` is no mail address"));
        context.push(problem.hint("write \"desk@example.org\" or \"The desk <desk@example.org>\""));
        return None;
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_their_units() {
        for (text, bytes) in
            [("8MiB", 8 << 20), ("500kB", 500_000), ("1 GiB", 1 << 30), ("10b", 10), ("2mb", 2_000_000)]
        {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
        }
        for text in ["", "8", "MiB", "8 apples", "0B", "-1MB", "99999999999999999999GiB", "99999999999GiB"] {
            assert!(parse_size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_name_makes_an_id() {
        assert_eq!(slug_of("BBC World"), "bbc-world");
        assert_eq!(slug_of("Frankfurter Allgemeine (FAZ)"), "frankfurter-allgemeine-faz");
    }
}
