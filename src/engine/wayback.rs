//! Asking an archive of the web to keep a page: what its answers mean, and when it is asked again. Pure.
//!
//! Spoken is the Save Page Now interface of the Internet Archive: `POST BASE/save/URL` begins a capture. It answers with
//! a job (as JSON to those who log in, else inside a page) whose fate `GET BASE/save/status/JOB` tells, or, as older and
//! smaller archives do, with the snapshot's address at once.

use serde::Deserialize;

use crate::model::time::{SignedDuration, Timestamp};

/// The wait after each failed attempt, in minutes: six attempts over about a day.
const WAITS_MIN: [i64; 6] = [2, 10, 60, 240, 720, 720];

/// A snapshot made later than this after the revision may show another text: it is not asked for any more.
pub const AGE_MAX: SignedDuration = SignedDuration::from_hours(48);

/// Between two looks at a capture under way.
const JOB_EVERY: SignedDuration = SignedDuration::from_secs(20);

/// Looks at one capture under way before it counts as failed.
const JOB_LOOKS_MAX: u32 = 30;

/// How long the archive is left alone after it said that it is asked too often, where it does not say how long.
pub const OVERLOADED_WAIT: SignedDuration = SignedDuration::from_mins(5);

/// The longest `Retry-After` that is believed.
const RETRY_AFTER_MAX: SignedDuration = SignedDuration::from_hours(12);

/// An answer, as far as it tells anything.
#[derive(Debug, Clone, Default)]
pub struct Said<'a> {
    /// The status.
    pub status: u16,
    /// `Content-Location`, or `Location` of a redirect.
    pub location: Option<&'a str>,
    /// `Retry-After`.
    pub retry_after: Option<SignedDuration>,
    /// The body's beginning.
    pub body: &'a str,
}

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// Kept, at this address.
    Kept(String),
    /// A capture is under way under this name.
    Job(String),
    /// The capture is still under way.
    UnderWay,
    /// The archive takes nothing more for so long.
    Overloaded(SignedDuration),
    /// It failed this time.
    Failed(String),
    /// It will not be kept: the archive may not or cannot.
    Refused(String),
}

/// The fields of both JSON answers.
#[derive(Debug, Deserialize)]
struct Json {
    job_id: Option<String>,
    status: Option<String>,
    status_ext: Option<String>,
    message: Option<String>,
    timestamp: Option<String>,
    original_url: Option<String>,
}

/// Reasons of the archive that no later attempt changes.
const FOR_GOOD: &[&str] = &[
    "blocked",
    "blocked-url",
    "blacklisted-url",
    "not-found",
    "gone",
    "invalid-url-syntax",
    "invalid-host-resolution",
    "filesize-limit",
    "too-many-daily-captures",
    "method-not-allowed",
];

/// Reads the answer to a request for `url` at the archive `base` (without a slash at its end).
pub fn read(base: &str, url: &str, said: &Said<'_>) -> Meaning {
    if said.status == 429 || said.status == 503 {
        return Meaning::Overloaded(said.retry_after.unwrap_or(OVERLOADED_WAIT).min(RETRY_AFTER_MAX));
    }
    if (200..400).contains(&said.status)
        && let Some(location) = said.location
        && let Some(snapshot) = snapshot(base, location)
    {
        return Meaning::Kept(snapshot);
    }
    if let Ok(json) = serde_json::from_str::<Json>(said.body) {
        return read_json(base, url, &json, said.status);
    }
    if (200..300).contains(&said.status)
        && let Some(job) = job_in_page(said.body)
    {
        return Meaning::Job(job);
    }
    match said.status {
        401 | 403 | 404 | 410 | 451 => Meaning::Refused(format!("the archive answers {}", said.status)),
        200..=399 => Meaning::Failed("the archive's answer names no snapshot".to_owned()),
        status => Meaning::Failed(format!("the archive answers {status}")),
    }
}

fn read_json(base: &str, url: &str, json: &Json, status: u16) -> Meaning {
    let reason = || {
        let said = json.message.as_deref().or(json.status_ext.as_deref()).unwrap_or("no reason");
        format!("the archive says: {said}")
    };
    match (json.status.as_deref(), &json.timestamp, &json.job_id) {
        (Some("success"), Some(timestamp), _) if is_timestamp(timestamp) => {
            let original = json.original_url.as_deref().unwrap_or(url);
            Meaning::Kept(format!("{base}/web/{timestamp}/{original}"))
        }
        (Some("pending"), ..) => Meaning::UnderWay,
        (None, _, Some(job)) if is_job(job) => Meaning::Job(job.clone()),
        _ => {
            let code = json.status_ext.as_deref().unwrap_or_default().trim_start_matches("error:");
            if code == "user-session-limit" || code == "too-many-requests" {
                Meaning::Overloaded(OVERLOADED_WAIT)
            } else if FOR_GOOD.contains(&code) || matches!(status, 401 | 403) {
                Meaning::Refused(reason())
            } else {
                Meaning::Failed(reason())
            }
        }
    }
}

/// The whole address of a snapshot: what a header names, if it lies in the archive.
fn snapshot(base: &str, location: &str) -> Option<String> {
    let path = location.strip_prefix(base).unwrap_or(location);
    // A protocol-relative or foreign address is none of the archive's.
    let stamp = path.strip_prefix("/web/")?.split('/').next()?;
    is_timestamp(stamp.trim_end_matches(char::is_alphabetic).trim_end_matches('_')).then(|| format!("{base}{path}"))
}

fn is_timestamp(text: &str) -> bool {
    text.len() == 14 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A job's name goes into an address: only what such names are made of.
fn is_job(text: &str) -> bool {
    (1..=120).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The job that a page for people watches: `spn.watchJob("spn2-…"`.
fn job_in_page(page: &str) -> Option<String> {
    let from = page.get(page.find("spn2-")?..)?;
    let job: String = from.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    (is_job(&job) && job.len() > "spn2-".len()).then_some(job)
}

/// What becomes of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// It is done.
    Kept(String),
    /// The capture is under way under this name; its fate is asked at that time.
    Watch(String, Timestamp),
    /// It is asked for again, for the given reason; the attempt counts.
    Again(Timestamp, String),
    /// It is asked for again; the archive was busy, and no attempt counts.
    Later(Timestamp),
    /// It is given up, for the given reason.
    GiveUp(String),
}

/// How a request stands.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// When the revision was seen.
    pub since: Timestamp,
    /// Attempts so far, this one included.
    pub attempts: u32,
    /// The capture under way, if any.
    pub job: Option<&'a str>,
    /// Looks at it so far, this one included.
    pub looks: u32,
}

/// Decides after an answer.
pub fn next(standing: Standing<'_>, meaning: Meaning, now: Timestamp) -> Next {
    let after = |wait: SignedDuration| now.checked_add(wait).unwrap_or(Timestamp::MAX);
    let again = |reason: String| {
        let wait = usize::try_from(standing.attempts).ok().and_then(|made| WAITS_MIN.get(made.saturating_sub(1)));
        let Some(wait) = wait else { return Next::GiveUp(reason) };
        let at = after(SignedDuration::from_mins(*wait));
        if at.duration_since(standing.since) > AGE_MAX { Next::GiveUp(reason) } else { Next::Again(at, reason) }
    };
    match meaning {
        Meaning::Kept(snapshot) => Next::Kept(snapshot),
        Meaning::Job(job) => Next::Watch(job, after(JOB_EVERY)),
        Meaning::UnderWay => match standing.job {
            Some(job) if standing.looks < JOB_LOOKS_MAX => Next::Watch(job.to_owned(), after(JOB_EVERY)),
            Some(_) | None => again("the capture does not end".to_owned()),
        },
        Meaning::Overloaded(wait) => {
            let at = after(wait);
            if at.duration_since(standing.since) > AGE_MAX {
                Next::GiveUp("the archive was busy for too long".to_owned())
            } else {
                Next::Later(at)
            }
        }
        Meaning::Failed(reason) => again(reason),
        Meaning::Refused(reason) => Next::GiveUp(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://archive.test";
    const URL: &str = "https://a.test/talks?id=1";

    fn check(said: &Said<'_>, expected: &Meaning) {
        assert_eq!(read(BASE, URL, said), *expected, "{said:?}");
    }

    #[test]
    fn every_form_of_answer_is_understood() {
        let kept = Meaning::Kept(format!("{BASE}/web/20261126101500/{URL}"));
        let of = |status, body| Said { status, body, ..Said::default() };
        for location in [format!("{BASE}/web/20261126101500/{URL}"), format!("/web/20261126101500/{URL}")] {
            for status in [200, 302] {
                check(&Said { status, location: Some(&location), ..Said::default() }, &kept);
            }
        }
        let done = r#"{"status":"success","timestamp":"20261126101500","original_url":"https://a.test/talks?id=1","job_id":"spn2-1"}"#;
        check(&of(200, done), &kept);
        check(&of(200, r#"{"url":"u","job_id":"spn2-ab12"}"#), &Meaning::Job("spn2-ab12".to_owned()));
        check(
            &of(200, "<script>spn.watchJob(\"spn2-ab12\", \"/_static/\",6000);"),
            &Meaning::Job("spn2-ab12".to_owned()),
        );
        check(&of(200, r#"{"status":"pending","resources":[]}"#), &Meaning::UnderWay);
        let blocked =
            r#"{"status":"error","status_ext":"error:blocked-url","message":"This URL is in the block list."}"#;
        check(&of(200, blocked), &Meaning::Refused("the archive says: This URL is in the block list.".to_owned()));
        let timeout = r#"{"status":"error","status_ext":"error:browsing-timeout"}"#;
        check(&of(200, timeout), &Meaning::Failed("the archive says: error:browsing-timeout".to_owned()));
        check(&of(429, ""), &Meaning::Overloaded(OVERLOADED_WAIT));
        let asked = SignedDuration::from_secs(90);
        check(&Said { status: 503, retry_after: Some(asked), ..Said::default() }, &Meaning::Overloaded(asked));
        check(&of(500, "oops"), &Meaning::Failed("the archive answers 500".to_owned()));
        check(&of(403, "no"), &Meaning::Refused("the archive answers 403".to_owned()));
    }

    #[test]
    fn an_address_outside_the_archive_is_no_snapshot() {
        for location in
            ["https://evil.test/web/20261126101500/x", "//evil.test/web/20261126101500/x", "/login", "/web/now/x"]
        {
            let said = Said { status: 302, location: Some(location), ..Said::default() };
            check(&said, &Meaning::Failed("the archive's answer names no snapshot".to_owned()));
        }
        let job = r#"{"job_id":"../../admin?x=1"}"#;
        check(
            &Said { status: 200, body: job, ..Said::default() },
            &Meaning::Failed("the archive says: no reason".to_owned()),
        );
    }

    #[test]
    fn attempts_are_bounded_by_number_and_age() {
        let since = Timestamp::UNIX_EPOCH;
        let standing = |attempts| Standing { since, attempts, job: None, looks: 0 };
        let failed = || Meaning::Failed("500".to_owned());
        let minutes = |minutes| since.checked_add(SignedDuration::from_mins(minutes)).unwrap();
        assert_eq!(next(standing(1), failed(), since), Next::Again(minutes(2), "500".to_owned()));
        assert_eq!(next(standing(3), failed(), since), Next::Again(minutes(60), "500".to_owned()));
        assert_eq!(next(standing(7), failed(), since), Next::GiveUp("500".to_owned()));
        assert_eq!(next(standing(2), failed(), minutes(48 * 60)), Next::GiveUp("500".to_owned()));
        let busy = Meaning::Overloaded(OVERLOADED_WAIT);
        assert_eq!(next(standing(1), busy.clone(), since), Next::Later(minutes(5)));
        let late = next(standing(1), busy, minutes(48 * 60));
        assert_eq!(late, Next::GiveUp("the archive was busy for too long".to_owned()));
    }

    #[test]
    fn a_capture_that_does_not_end_is_left() {
        let since = Timestamp::UNIX_EPOCH;
        let standing = |looks| Standing { since, attempts: 1, job: Some("spn2-1"), looks };
        assert!(matches!(next(standing(1), Meaning::UnderWay, since), Next::Watch(job, _) if job == "spn2-1"));
        assert!(matches!(next(standing(JOB_LOOKS_MAX), Meaning::UnderWay, since), Next::Again(..)));
    }
}
