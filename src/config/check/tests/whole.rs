use std::fs;

use proptest::prelude::*;

use super::super::super::load::load_in;
use super::super::super::{MailBy, PollTimes, problem};
use super::*;
use crate::config::STARTER;
use crate::model::time::SignedDuration;

#[test]
fn mail_goes_by_smtp_once_that_is_set() {
    let by = |text: &str| match &well(text).channels[0].target {
        ChannelTarget::Email(email) => email.by.clone(),
        other => panic!("{other:?}"),
    };
    let smtp = "[smtp]\nhost = \"mx\"\nfrom = \"w@a.test\"\n";
    assert_eq!(by(WELL), MailBy::Directory("digests".into()));
    assert_eq!(by(&format!("{WELL}{smtp}")), MailBy::Smtp);
    assert_eq!(by(&format!("{WELL}by = \"directory\"\n{smtp}")), MailBy::Directory("digests".into()));
    assert_eq!(by(&format!("{WELL}by = \"sendmail\"\n")), MailBy::Sendmail("/usr/sbin/sendmail".into()));
    assert_eq!(by(&format!("{WELL}sendmail = \"/bin/s\"\n{smtp}")), MailBy::Sendmail("/bin/s".into()));
}

/// A config that sets every key to something else than its default.
const EVERY_KEY: &str = r#"
[store]
path = "/srv/w.db"
keep_pages = "7d"
keep_observations = "8d"
keep_suppressed = "9d"
[fetch]
contact = "ada@a.test"
timeout = "5s"
max_body = "1MiB"
concurrency = 3
per_host = 1
min_delay = "0s"
robots = false
proxy = "http://127.0.0.1:3128"
allow_private = ["127.0.0.0/8"]
resolve = { "Site.test" = "127.0.1.1:8080", "b.test" = "::1" }
user_agent = "x/1"
[poll]
every = "200ms"
min = "150ms"
max = "1h"
[recheck]
schedule = ["1s until 1m"]
on_topic_until = "2d"
on_topic_every = "1h"
[smtp]
host = "mx.a.test"
tls = "tls"
from = "Wire <w@a.test>"
[web]
listen = "[::1]:1"
public_url = "https://w.a.test/"
websub = false
[archive]
wayback = true
wayback_url = "https://archive.a.test/"
wayback_every = "5s"
[[source]]
id = "a"
name = "A"
page = "https://a.test/"
links = ["main a"]
cron = "0 7 * * 1-5"
timezone = "Europe/Berlin"
content = "feed"
backlog = "notify"
headers = { X-Key = { env = "TOKEN" }, X-Plain = "p" }
auth = { bearer = { env = "TOKEN" } }
ignore = "^x"
timeout = "9s"
proxy = "socks5://127.0.0.1:9050"
user_agent = "y/2"
accept_language = "de"
cookies = true
[[source]]
id = "b"
sitemap = "https://b.test/news.xml"
robots = true
auth = { user = "ada", password = { env = "TOKEN" } }
[[topic]]
id = "t"
query = 'word'
sources = ["a"]
languages = ["en"]
min_score = 0.25
min_significance = 0.5
once_per = "revision"
weights = { title = 5, body_max = 2 }
notify = ["mail", "hook", "feed", "cmd"]
on = ["gone"]
[[channel]]
id = "mail"
type = "email"
to = ["a@a.test", "B <b@a.test>"]
from = "c@a.test"
cron = "@daily"
timezone = "Asia/Tokyo"
immediate = true
immediate_from = 0.6
immediate_in_digest = true
max_items = 5
send_empty = true
quiet = "22:00-07:00"
[[channel]]
id = "hook"
type = "webhook"
url = "http://127.0.0.1:9/hook"
secrets = [{ env = "TOKEN" }, { env = "TOKEN" }]
headers = { Authorization = { env = "TOKEN" } }
allow_private = "127.0.0.1"
timeout = "1s"
sources = true
channels = true
[[channel]]
id = "feed"
type = "feed"
directory = "feeds"
max_items = 9
[[channel]]
id = "cmd"
type = "command"
command = ["/bin/cat"]
timeout = "2s"
[[mute]]
source = "a"
author = "ADA"
story = 7
topic = "t"
until = 2026-09-01T07:00:00Z
"#;

/// Everything of a config but what the engine compiled.
fn shown(config: &Config) -> String {
    let mut lines = vec![
        format!("{:#?}", config.store),
        format!("{:#?}", config.fetch),
        format!("{:#?}", config.poll),
        format!(
            "{:?} {} {}",
            config.recheck.schedule.to_string(),
            config.recheck.on_topic_until,
            config.recheck.on_topic_every
        ),
        format!("{:#?}", config.smtp),
        format!("{:#?}", config.web),
        format!("{:#?}", config.wayback),
        format!("{:#?}", config.mutes),
    ];
    for source in &config.sources {
        lines.push(format!(
            "source {} {:?} {:?} {} {:?}",
            source.id, source.name, source.kind, source.url, source.links
        ));
        let every = match &source.times {
            PollTimes::Every(every) => format!("every {every}"),
            PollTimes::Adaptive(bounds) => format!("every {} to {}, first {}", bounds.min, bounds.max, bounds.usual),
            PollTimes::Cron(wall, zone) => format!("cron {wall} in {:?}", zone.iana_name()),
        };
        lines.push(format!("  {every}, {:?}, {:?}, {:?}", source.content, source.backlog, source.headers));
        lines.push(format!("  {:?}, ignore {:?}, robots {}", source.auth, source.ignore, source.robots));
        lines.push(format!("  {:?}, {:?}, {:?}", source.timeout, source.proxy, source.user_agent));
        lines.push(format!("  {:?}, cookies {}", source.accept_language, source.cookies));
    }
    for topic in &config.topics {
        lines.push(format!("topic {} {:?} {:?} {:?}", topic.id, topic.name, topic.sources, topic.languages));
        lines.push(format!("  {} {} {:?} {:?}", topic.min_score, topic.min_significance, topic.once_per, topic.on));
        lines.push(format!("  {:?} {:?}", topic.notify, topic.weights));
    }
    lines.extend(config.channels.iter().map(|channel| format!("{channel:#?}")));
    lines.join("\n")
}

#[test]
fn each_key_reaches_the_config() {
    let config = well(EVERY_KEY);
    insta::assert_snapshot!(shown(&config));
}

fn write_below(directory: &Path, name: &str, text: &str) {
    let path = directory.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn all_problems_of_all_files_come_in_one_run() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| write_below(directory.path(), name, text);
    write(
        "w.toml",
        "include = [\"terms/*.toml\", \"lost.toml\"]\nrules = \"rules\"\n[poll]\nevery = \"30m\"\n[terms]\nus = [\"U.S.\"]\n",
    );
    write("terms/a.toml", "[terms]\nchina = [\"China\"]\nus = [\"America\"]\n");
    write("conf.d/20-b.toml", "[[source]]\nid = \"a\"\nfeed = \"https://www.b.test/\"\n[poll]\nevery = \"1h\"\n");
    write(
        "conf.d/10-a.toml",
        "[[source]]\nid = \"a\"\nfeed = \"https://a.test/\"\n[[topic]]\nid = \"t\"\nquery = 'word\n",
    );
    write("conf.d/30-c.toml", "[[channel]]\nid = \"ä\"\ntyp = \"feed\"\n");
    write("conf.d/ignored.txt", "not toml");
    write("rules/a.test.toml", "body = \"p[\"\ntitl = \"h1\"\n");
    fs::write(directory.path().join("conf.d/40-d.toml"), b"name = \"\xff\"").unwrap();
    let problems = load_in(&directory.path().join("w.toml"), &environment()).unwrap_err();
    let shown = problems.to_string().replace(&directory.path().display().to_string(), "DIR");
    insta::assert_snapshot!(shown);
}

#[test]
fn shared_rules_and_conf_d_come_together() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| write_below(directory.path(), name, text);
    write("w.toml", "rules = \"rules\"\n[poll]\nevery = \"30m\"\n");
    write("rules/b.test.toml", "body = \".story\"\n");
    write("conf.d/2.toml", "[[source]]\nid = \"second\"\nfeed = \"https://www.b.test/\"\n[poll]\nevery = \"2h\"\n");
    write("conf.d/1.toml", "poll.every = \"1h\"\n[[source]]\nid = \"first\"\nfeed = \"https://a.test/\"\n");
    let config = load_in(&directory.path().join("w.toml"), &environment()).unwrap();
    let ids: Vec<&str> = config.sources.iter().map(|source| source.id.as_str()).collect();
    assert_eq!(ids, ["first", "second"]);
    let page = crate::model::url::WebUrl::parse("https://news.b.test/x").unwrap();
    assert!(!config.rules_for(None, &page).rules.is_empty());
    // The last file counts where several set one value, and what a config says itself before what it includes.
    assert_eq!(config.poll.every, SignedDuration::from_hours(2));
    write("w.toml", "include = [\"more/*.toml\"]\n[poll]\nevery = \"30m\"\n");
    write("more/1.toml", "[poll]\nevery = \"3h\"\nmax = \"5h\"\n");
    for name in ["conf.d/1.toml", "conf.d/2.toml"] {
        write(name, "");
    }
    let config = load_in(&directory.path().join("w.toml"), &environment()).unwrap();
    assert_eq!(config.poll.every, SignedDuration::from_mins(30));
    assert_eq!(config.poll.max, SignedDuration::from_hours(5));
    assert_eq!(config.store.path, directory.path().join("wirewatch.db"));
}

#[test]
fn rules_are_by_the_pages_site_and_a_sources_own_win() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| write_below(directory.path(), name, text);
    write(
        "w.toml",
        "[[source]]\nid = \"plain\"\nfeed = \"https://feeds.test/\"\n[[source]]\nid = \"own\"\nfeed = \"https://feeds.test/2\"\n[source.rules]\nbody = \".own\"\n",
    );
    write("rules/b.toml", "site = \"www.B.test\"\nbody = \".story\"\nremove = \".ad\"\n");
    write("rules/a-part.toml", "site = \"blogs.b.test\"\ntitle = \"h2\"\n");
    write("rules/umlaut.toml", "site = \"müller.test\"\nbody = \".text\"\n");
    let config = load_in(&directory.path().join("w.toml"), &environment()).unwrap();
    let from = |source: usize, page: &str| -> Vec<String> {
        let page = crate::model::url::WebUrl::parse(page).unwrap();
        let found = config.rules_for(config.sources.get(source).map(AsRef::as_ref), &page);
        assert_eq!(found.rules.is_empty(), found.from.is_empty());
        let shown = |name: &String| name.rsplit(['/', '\\']).next().unwrap().to_owned();
        found.from.iter().map(shown).collect()
    };
    assert_eq!(from(0, "https://www.b.test/x"), ["b.toml"]);
    assert_eq!(from(0, "https://blogs.b.test/x"), ["b.toml", "a-part.toml"]);
    assert_eq!(from(1, "https://b.test/x"), ["b.toml", "[source.rules] of own"]);
    assert_eq!(from(1, "https://c.test/x"), ["[source.rules] of own"]);
    assert_eq!(from(0, "https://xn--mller-kva.test/x"), ["umlaut.toml"]);
    for none in ["https://feeds.test/x", "https://bb.test/x", "https://b.test.c.test/x"] {
        assert!(from(0, none).is_empty(), "{none}");
    }
}

#[test]
fn problems_of_rules_are_told_at_their_place() {
    let told = |files: &[(&str, &str)]| -> Vec<String> {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("rules")).unwrap();
        fs::write(directory.path().join("w.toml"), "").unwrap();
        for (name, text) in files {
            fs::write(directory.path().join("rules").join(name), text).unwrap();
        }
        let problems = load_in(&directory.path().join("w.toml"), &environment()).unwrap_err();
        let shown = |one: &problem::Problem| {
            let file = one.file.file_name().unwrap().to_string_lossy().into_owned();
            let message = one.message.replace(&directory.path().display().to_string(), "DIR");
            format!("{file}:{}:{} {message}", one.line, one.column)
        };
        problems.iter().map(shown).collect()
    };
    let site = "site = \"a.test\"\n";
    for (files, expected) in [
        (vec![("a.toml", "site = \"a.test\"\nbody = \"p[\"\n")], vec!["a.toml:2:8 `p[` is no CSS selector"]),
        (vec![("a.toml", "site = \"a.test\"\nbdy = \"p\"\n")], vec!["a.toml:2:1 unknown key `bdy`"]),
        (vec![("a.toml", "site = \"https://a.test/x\"\n")], vec!["a.toml:1:8 `https://a.test/x` is no site"]),
        (vec![("a.toml", "site = \"co.uk\"\n")], vec!["a.toml:1:8 `co.uk` is no site"]),
        (vec![("news.toml", "body = \"p\"\n")], vec!["news.toml:1:1 the file does not say whose pages it is for"]),
        (
            vec![("a.toml", site), ("b.toml", site)],
            vec!["b.toml:1:8 the rules of a.test stand in DIR/rules/a.toml already"],
        ),
        (vec![("a.toml", "site = \"a.test\nbody = \"p\"\n")], vec!["a.toml:1:"]),
    ] {
        let told = told(&files);
        assert_eq!(told.len(), expected.len(), "{told:?}");
        assert!(told.iter().zip(&expected).all(|(told, expected)| told.starts_with(expected)), "{told:?}");
    }
}

#[test]
#[cfg(unix)]
fn a_secret_that_everybody_may_read_is_a_warning() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let secret = directory.path().join("token");
    fs::write(&secret, "s3cret\n").unwrap();
    let config = directory.path().join("w.toml");
    fs::write(&config, "[web]\ntoken = { file = \"token\" }\n").unwrap();
    for (mode, warnings) in [(0o600, 0), (0o644, 1)] {
        fs::set_permissions(&secret, fs::Permissions::from_mode(mode)).unwrap();
        let config = load_in(&config, &environment()).unwrap();
        assert_eq!(config.warnings.len(), warnings, "{}", problem::render_plain(&config.warnings));
        let token = config.web.and_then(|web| web.token);
        assert_eq!(token.map(|token| token.expose().to_owned()).as_deref(), Some("s3cret"));
    }
}

proptest! {
    #[test]
    fn a_starter_config_with_a_hole_or_a_foreign_sign_never_panics(
        hole in any::<prop::sample::Index>(),
        length in 0_usize..40,
        sign in "\\PC{0,3}|[\\[\\]{}\"'=,#\\n\\\\]{1,3}",
    ) {
        let characters: Vec<char> = STARTER.chars().collect();
        let start = hole.index(characters.len());
        let after = (start + length).min(characters.len());
        let text: String = characters[..start].iter().copied().chain(sign.chars()).chain(characters[after..].iter().copied()).collect();
        let lines = text.matches('\n').count() + 1;
        let found = match load_text_in(&text, Path::new("w.toml"), &environment()) {
            Ok(config) => config.warnings,
            Err(problems) => problems.iter().cloned().collect(),
        };
        for problem in &found {
            prop_assert!((1..=lines).contains(&problem.line), "{problem:?}");
            prop_assert!(problem.hint.is_some(), "{problem:?}");
        }
        prop_assert!(!problem::render_plain(&found).is_empty());
    }
}
