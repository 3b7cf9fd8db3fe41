mod whole;

use std::path::Path;

use super::super::load::{Environment, load_text_in};
use super::super::{ChannelTarget, Config};

/// Something that checks, to put one wrong thing into.
const WELL: &str = r#"
[[source]]
id = "a"
feed = "https://a.test/rss"
[[topic]]
id = "t"
query = 'word'
[[channel]]
id = "desk"
type = "email"
to = "desk@a.test"
directory = "digests"
"#;

fn environment() -> Environment {
    Environment::of([
        ("TOKEN".to_owned(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned()),
        ("EMPTY".to_owned(), String::new()),
        ("NO_BASE64".to_owned(), "whsec_!!".to_owned()),
        ("SHORT".to_owned(), format!("whsec_{}A==", "A".repeat(29))),
        ("LONG".to_owned(), format!("whsec_{}A=", "A".repeat(86))),
        ("LONGEST".to_owned(), format!(" whsec_{}A== ", "A".repeat(85))),
        ("BARE".to_owned(), "A".repeat(32)),
        ("WORDS".to_owned(), "a long enough secret for anybody".to_owned()),
    ])
}

fn well(text: &str) -> Config {
    load_text_in(text, Path::new("w.toml"), &environment()).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Each problem of a text as `line:column message (hint)`.
fn problems(text: &str) -> Vec<String> {
    let found = match load_text_in(text, Path::new("w.toml"), &environment()) {
        Ok(config) => config.warnings,
        Err(problems) => problems.iter().cloned().collect(),
    };
    found
        .iter()
        .map(|problem| {
            let hint = problem.hint.as_deref().expect("each problem says what to do");
            format!("{}:{} {} ({hint})", problem.line, problem.column, problem.message)
        })
        .collect()
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(problems(text), expected, "{text}");
}

#[test]
fn an_unknown_key_is_named_with_the_nearest_known() {
    check("[poll]\nevry = \"30m\"", &["2:1 unknown key `evry` in [poll] (did you mean `every`?)"]);
    check("[pol]\nevery = \"30m\"", &["1:2 unknown key `pol` in the top level (did you mean `poll`?)"]);
    check("[poll]\nxyzzy = 1", &["2:1 unknown key `xyzzy` in [poll] (known here: `every`, `max`, `min`)"]);
    check(
        "[[source]]\nid = \"a\"\nfeed = \"https://a.test/\"\ninterval = \"5m\"\n[source.rules]\ntitel = \"h1\"",
        &[
            "4:1 unknown key `interval` in [[source]] (did you mean `every`?)",
            "6:1 unknown key `titel` in [[source]].rules (did you mean `title`?)",
        ],
    );
    check(
        "[[channel]]\nid = \"a\"\ntype = \"webhook\"\nurl = \"https://a.test/\"\nsecret = { envv = \"TOKEN\" }",
        &[
            "5:10 the secret needs exactly one of `env`, `file` and `credential` (write { env = \"NAME\" }, { file = \
             \"PATH\" } or { credential = \"NAME\" })",
            "5:12 unknown key `envv` in the secret (did you mean `env`?)",
        ],
    );
}

#[test]
fn a_wrong_type_says_what_is_expected() {
    check(
        "[poll]\nevery = 30",
        &["2:9 expected a duration such as \"15m\", found an integer (write \"30s\" for seconds)"],
    );
    check(
        "[fetch]\nca_file = \"/dev/null\"",
        &[
            "2:11 /dev/null holds no certificate in PEM (name a file with the certificate of your own authority, as in -----BEGIN CERTIFICATE-----)",
        ],
    );
    check("[poll]\nmin = \"1h\"", &["2:7 `min` is longer than `every` (write at most `every`, which is \"30m\")"]);
    check(
        "[poll]\nevery = \"2h\"\nmax = \"1h\"",
        &["3:7 `max` is shorter than `every` (write at least `every`, which is \"2h\")"],
    );
    check("[poll]\nevery = \"30\"", &["2:9 `30` has no unit (write \"30s\" for seconds or \"30m\" for minutes)"]);
    check(
        "[fetch]\nrobots = \"yes\"",
        &["2:10 expected true or false, found a string (write true or false, without quotes)"],
    );
    check("[fetch]\nconcurrency = 0", &["2:15 the number is out of range (write a number from 1 to 1000)"]);
    check(
        "[fetch]\nmax_body = 8",
        &["2:12 expected a size such as \"8MiB\", found an integer (write \"8B\" for bytes)"],
    );
    check("[fetch]\nmax_body = \"8 apples\"", &["2:12 `8 apples` is no size (write \"500kB\", \"8MiB\" or \"1GiB\")"]);
    check(
        "fetch = 3",
        &[
            "1:9 expected a table, found an integer (write `key = value` lines under a `[heading]`, or `{ key = value }`)",
        ],
    );
    check("source = 3", &["1:10 `source` is an integer (write `[[source]]`: there may be several)"]);
    check("[source]\nid = \"a\"", &["1:1 `source` is a table (write `[[source]]`: there may be several)"]);
}

#[test]
fn what_is_missing_is_said_with_what_to_add() {
    check(
        "[[source]]\nname = \"A\"",
        &[
            "1:1 [[source]] has no `id` (add `id = \"bbc-world\"`)",
            "1:1 [[source]] has no address (add `feed = \"https://…\"`, `sitemap = \"https://…\"` or `page = \"https://…\"`)",
        ],
    );
    check(
        "[[source]]\nid = \"a\"\npage = \"https://a.test/\"",
        &["1:1 [[source]] has no `links` (add `links = [\"main a[href]\"]`)"],
    );
    check("[[channel]]\nid = \"a\"", &["1:1 [[channel]] has no `type` (add `type = \"email\"`)"]);
    check("[[topic]]\nid = \"a\"", &["1:1 [[topic]] has no `query` (add `query = '$us NEAR/15 $china'`)"]);
    check(
        "[smtp]\nusername = \"ada\"",
        &[
            "1:1 [smtp] has no `host` (add `host = \"smtp.example.org\"`)",
            "1:1 [smtp] has no `password` (add `password = { env = \"WIREWATCH_SMTP_PASSWORD\" }`)",
            "1:1 [smtp] has no `from` (add `from = \"wirewatch@example.org\"`)",
        ],
    );
}

#[test]
fn ids_are_slugs_and_come_once() {
    check(
        "[[source]]\nid = \"BBC World\"\nfeed = \"https://a.test/\"",
        &[
            "2:6 `BBC World` is no id: use 1 to 64 of a-z, 0-9, `-`, `_` and `.`, beginning with a letter or digit (write \
           \"bbc-world\")",
        ],
    );
    for (table, rest, other) in [
        ("source", "feed = \"https://a.test/\"", "feed = \"https://b.test/\""),
        ("topic", "query = 'word'", "query = 'word'"),
        ("channel", "type = \"feed\"", "type = \"feed\""),
    ] {
        let one = |rest: &str| format!("[[{table}]]\nid = \"a\"\n{rest}\n");
        let expected = ["5:6 the id `a` is given twice (it is given at w.toml:2 already)"];
        check(&format!("{}{}", one(rest), one(other)), &expected);
    }
}

#[test]
fn times_are_checked() {
    let source = |times: &str| format!("[[source]]\nid = \"a\"\nfeed = \"https://a.test/\"\n{times}");
    check(
        &source("cron = \"0 25 * * *\""),
        &["4:8 `25` is no hour: use 0 to 23 (\"0 7 * * 1-5\" is seven o'clock from Monday to Friday)"],
    );
    check(
        &source("cron = \"0 7 * * *\"\ntimezone = \"Europe/Berln\""),
        &["5:12 `Europe/Berln` is no time zone (did you mean \"Europe/Berlin\"?)"],
    );
    check(
        &source("cron = \"0 7 * * *\"\ntimezone = \"Berlin\""),
        &["5:12 `Berlin` is no time zone (did you mean \"Europe/Berlin\"?)"],
    );
    check(
        &source("every = \"5m\"\ncron = \"0 7 * * *\""),
        &["5:8 a source has `every` or `cron`, not both (remove one of them)"],
    );
    check(
        &source("timezone = \"UTC\""),
        &["4:12 `timezone` is for `cron` (an interval needs no time zone: remove it, or add `cron`)"],
    );
    check(&source("every = \"10ms\""), &["4:9 the interval is shorter than 100 ms (write \"100ms\" or more)"]);
    check(
        "[recheck]\nschedule = [\"15m until 5h\", \"30m\", \"1h until 2h\"]",
        &[
            "2:29 `30m` is no step (write \"15m until 5h\")",
            "2:36 the ages must ascend: `1h until 2h` comes after `15m until 5h` (write the steps from young to old: \"15m until 5h\", \"2h until 48h\")",
        ],
    );
}

#[test]
fn addresses_selectors_and_patterns_are_checked() {
    let source = |rest: &str| format!("[[source]]\nid = \"a\"\n{rest}");
    check(
        &source("feed = \"a.test/rss\""),
        &["3:8 `a.test/rss` is no URL: relative URL without a base (write \"https://a.test/rss\")"],
    );
    check(
        &source("feed = \"ftp://a.test/\""),
        &["3:8 `ftp:` is not fetched: only http and https are (write \"https://example.org/…\")"],
    );
    check(
        &source("feed = \"https://ada:pw@a.test/\""),
        &[
            "3:8 the URL holds a user name or password (write them as `auth = { user = \"…\", password = { env = \"…\" } }`)",
        ],
    );
    check(
        &source("feed = \"https://a.test/\"\nsitemap = \"https://a.test/s.xml\""),
        &[
            "4:11 a source has one address (keep one of `feed`, `sitemap` and `page`; make the other a [[source]] of its own)",
        ],
    );
    check(
        &source("feed = \"https://a.test/\"\nlinks = [\"a\"]"),
        &["4:9 `links` is for a source with `page` (a feed or a sitemap lists its links itself: remove it)"],
    );
    let found =
        problems(&source("page = \"https://a.test/\"\nlinks = [\"main a\", \"a[\"]\n[source.rules]\nbody = \"p >\""));
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("4:20 `a[` is no CSS selector: "), "{found:?}");
    assert!(found[1].starts_with("6:8 `p >` is no CSS selector: "), "{found:?}");
    check(
        &source("feed = \"https://a.test/\"\nignore = [\"^ok\", \"(\"]"),
        &[
            "4:18 the pattern is no regular expression: unclosed group (put a backslash before a sign that means itself: '\\(', '\\?')",
        ],
    );
    check(
        &source(
            "feed = \"https://a.test/\"\nheaders = { Host = \"x\", \"a b\" = \"y\", X-Ok = \"z\", X-Bad = \"a\\nb\" }",
        ),
        &[
            "4:13 `Host` is set by wirewatch itself (remove it)",
            "4:25 `a b` is no header name (use letters, digits and `-`, as in `X-Key`)",
            "4:58 the value cannot stand in a header: it holds a line break or another control character (write it on one line)",
        ],
    );
    check(
        "[fetch]\nallow_private = [\"127.0.0.0/8\", \"::1\", \"lan\"]\nresolve = { \"https://a.test\" = \"127.0.0.1\" }\nproxy = \"localhost\"",
        &[
            "2:40 `lan` is no network (write \"127.0.0.0/8\" or \"fd00::/8\")",
            "3:13 `https://a.test` is no host name (write the name alone, without scheme and port)",
            "4:9 `localhost` is no proxy address (write \"http://host:port\" or \"socks5://host:port\")",
        ],
    );
}

#[test]
fn names_of_what_is_not_declared_are_refused() {
    let topic = |rest: &str| WELL.replace("query = 'word'", &format!("query = 'word'\n{rest}"));
    check(&topic("notify = [\"desk\", \"dest\"]"), &["8:19 no [[channel]] has the id `dest` (did you mean \"desk\"?)"]);
    check(&topic("sources = [\"b\"]"), &["8:12 no [[source]] has the id `b` (did you mean \"a\"?)"]);
    check(&topic("notify = [\"nobody\"]"), &["8:11 no [[channel]] has the id `nobody` (declared: desk)"]);
    check(&topic("languages = [\"en-US\"]"), &["8:14 `en-US` is no language code (write \"en\")"]);
    check(
        &topic("on = [\"match\", \"edits\"]"),
        &["8:16 `edits` is none of \"match\", \"revision\", \"gone\" (write one of these)"],
    );
    check(&topic("min_score = 3"), &["8:13 the number is out of range (write a number from 0 to 1)"]);
    check(&format!("{WELL}[[mute]]\ntopic = \"u\""), &["14:9 no [[topic]] has the id `u` (did you mean \"t\"?)"]);
    check(
        &format!("{WELL}[[mute]]\nuntil = 2026-09-01"),
        &["13:1 [[mute]] says nothing to mute (add `source`, `topic`, `author` or `story`)"],
    );
}

#[test]
fn a_password_in_clear_is_a_warning_unless_it_stays_on_the_machine() {
    let smtp = |host: &str, tls: &str| {
        format!(
            "[smtp]\nhost = \"{host}\"\ntls = \"{tls}\"\nusername = \"ada\"\npassword = {{ env = \"TOKEN\" }}\nfrom = \"a@a.test\"{WELL}"
        )
    };
    check(
        &smtp("mail.test", "none"),
        &["3:7 the password goes over the network where everybody can read it (write \"starttls\" or \"tls\")"],
    );
    for (host, tls) in [("mail.test", "starttls"), ("localhost", "none"), ("127.0.0.1", "none")] {
        check(&smtp(host, tls), &[]);
    }
}

#[test]
fn a_webhook_secret_is_what_standard_webhooks_says() {
    const MAKE_ONE: &str = "(make one: `echo whsec_$(openssl rand -base64 32)`)";
    let hook = |rest: &str| format!("[[channel]]\nid = \"h\"\ntype = \"webhook\"\nurl = \"https://a.test/\"\n{rest}");
    let refused = [
        ("NO_BASE64", format!("the secret begins with `whsec_`, and what follows is not base64 {MAKE_ONE}")),
        ("SHORT", format!("the secret is 22 bytes long: Standard Webhooks asks for 24 to 64 {MAKE_ONE}")),
        ("LONG", format!("the secret is 65 bytes long: Standard Webhooks asks for 24 to 64 {MAKE_ONE}")),
        ("WORDS", format!("the secret is not `whsec_` and the base64 of 24 to 64 bytes {MAKE_ONE}")),
        ("BARE", "the secret is base64 without the `whsec_` of Standard Webhooks (put `whsec_` before it)".to_owned()),
    ];
    for (name, said) in &refused {
        check(&hook(&format!("secret = {{ env = \"{name}\" }}")), &[&format!("5:10 {said}")]);
    }
    // In a list the caret stands under the one that is wrong, and blanks around a secret are none of it.
    let list = hook("secrets = [{ env = \"LONGEST\" }, { env = \"SHORT\" }]");
    check(&list, &[&format!("5:33 {}", refused[1].1)]);

    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("secret");
    std::fs::write(&file, "whsec_!!\n").unwrap();
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    check(&hook(&format!("secret = {{ file = \"{}\" }}", file.display())), &[&format!("5:10 {}", refused[0].1)]);
}

#[test]
fn secrets_come_from_outside_and_must_be_there() {
    let hook = |secret: &str| {
        format!("[[channel]]\nid = \"h\"\ntype = \"webhook\"\nurl = \"https://a.test/\"\nsecret = {secret}")
    };
    let config = well(&hook("{ env = \"TOKEN\" }"));
    let ChannelTarget::Webhook(webhook) = &config.channels[0].target else { panic!("no webhook") };
    assert_eq!(webhook.secrets[0].expose(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    assert!(!format!("{config:?}").contains("MfKQ9r8"));
    check(
        &hook("\"hunter2\""),
        &[
            "5:10 a secret is not written into the config (write { env = \"NAME\" }, { file = \"PATH\" } or { credential = \
         \"NAME\" })",
        ],
    );
    check(&hook("{ env = \"TOKE\" }"), &["5:18 the variable `TOKE` is not set (did you mean `TOKEN`?)"]);
    check(&hook("{ env = \"EMPTY\" }"), &["5:18 the variable `EMPTY` is empty (set it: `export EMPTY=…`)"]);
    check(
        &hook("{ file = \"/nowhere/x\" }"),
        &[
            "5:19 cannot read /nowhere/x: No such file or directory (os error 2) (name a file that the service may read)",
        ],
    );
    check(
        &hook("{ credential = \"hook\" }"),
        &["5:25 the credential `hook` is not there: $CREDENTIALS_DIRECTORY is not set (it is set for a unit with \
         `LoadCredential=hook:/path/of/the/secret`)"],
    );
    check(
        &hook("{ credential = \"../etc/passwd\" }"),
        &["5:25 `../etc/passwd` is no name of a credential (write the name alone, without a path)"],
    );
}

#[test]
fn channels_ask_for_what_their_type_needs() {
    let channel = |rest: &str| format!("[[channel]]\nid = \"c\"\n{rest}");
    check(
        &channel("type = \"mail\""),
        &["3:8 `mail` is none of \"email\", \"webhook\", \"feed\", \"command\" (did you mean \"email\"?)"],
    );
    check(
        &channel("type = \"email\"\nto = \"desk\"\nby = \"smtp\""),
        &[
            "4:6 `desk` is no mail address (write \"desk@example.org\" or \"The desk \
         <desk@example.org>\")",
            "5:6 the channel sends by SMTP, and there is no [smtp] (add [smtp] with `host` and `from`)",
        ],
    );
    check(
        &channel("type = \"email\"\nto = \"a@b.test\"\nquiet = \"nights\"\nimmediate = [\"gon\"]\nby = \"directory\""),
        &[
            "5:9 `nights` is no span of the day (write \"22:00-07:00\")",
            "6:14 `gon` is none of \"match\", \"revision\", \"gone\", \"restored\", \"crosspost\", \"diverged\", \
         \"article.matched\", \"article.revised\", \"article.gone\", \"article.restored\", \"story.crossposted\", \
         \"story.diverged\", \"source.failing\", \"source.recovered\", \"delivery.failed\", \"channel.failing\", \
         \"channel.recovered\" (did you mean \"gone\"?)",
        ],
    );
    check(
        &channel("type = \"command\"\ncommand = \"notify --json\""),
        &["4:11 the command is one text with blanks, and no shell reads it (write [\"notify\", \"--json\"])"],
    );
    check(
        &channel("type = \"webhook\"\nurl = \"https://a.test/\"\ncron = \"@daily\"\nformat = \"slack\""),
        &[
            "5:1 unknown key `cron` in [[channel]] (known here: `allow_private`, `channels`, `format`, `headers`, `id`, `secret`, \
         `secrets`, `sources`, `timeout`, `type`, `url`)",
        ],
    );
}

#[test]
fn what_works_but_deserves_a_look_is_a_warning() {
    check(
        "[[channel]]\nid = \"c\"\ntype = \"email\"\nto = \"a@b.test\"",
        &["3:8 there is no [smtp]: this channel's mail is only written to files (add [smtp], or say `directory = \
         \"digests\"` to mean it; the files go to digests)"],
    );
    check(
        "[[channel]]\nid = \"c\"\ntype = \"webhook\"\nurl = \"https://a.test/\"",
        &[
            "1:1 this webhook is not signed: whoever knows its URL can forge one (add `secret = { env = \"…\" }`, the same \
         on both sides)",
        ],
    );
    let twins =
        "[[source]]\nid = \"a\"\nfeed = \"https://a.test/\"\n[[source]]\nid = \"b\"\nsitemap = \"https://A.test\"";
    check(twins, &["6:11 another source has this address already (it is at w.toml:3: remove one of them)"]);
    check(
        "[web]\nlisten = \"0.0.0.0:80\"",
        &[
            "2:10 whoever reaches this address can read the archive (set `token`, or listen on 127.0.0.1 behind a proxy \
         that asks who it is)",
        ],
    );
}

#[test]
fn a_broken_line_does_not_hide_other_problems() {
    check(
        "[poll]\nevery = \n[fetch]\ntimeot = \"3s\"\n",
        &[
            "2:9 string values must be quoted, expected literal string (write text in quotes: key = \"value\")",
            "4:1 unknown key `timeot` in [fetch] (did you mean `timeout`?)",
        ],
    );
    check(
        "[poll]\nevery = \"1h\"\nevery = \"2h\"\n",
        &["3:1 duplicate key (the key or table is set above already: keep one of them)"],
    );
}

/// Texts with their problems, for a snapshot.
fn each(texts: &[&str]) -> String {
    let shown = |text: &&str| [text, "\n    ", &problems(text).join("\n    "), "\n\n"].concat();
    texts.iter().map(shown).collect()
}

#[test]
fn queries_are_checked_at_their_very_words() {
    insta::assert_snapshot!(each(&[
        "topic = [{ id = \"t\", query = 'US China' }]",
        "topic = [{ id = \"t\", query = '$us NEAR/15 $chna' }]",
        "topic = [{ id = \"t\", query = \"(a AND \\\"b c\\\" OR\" }]",
        "[[topic]]\nid = \"t\"\nquery = \'\'\'\na AND\n  negotia NEAR b\'\'\'",
        "topic = [{ id = \"t\", query = 'ne*' }]",
        "topic = [{ id = \"t\", query = 'body:/x/' }]",
        "topic = [{ id = \"t\", query = '3 OF (a, b)' }]",
        "topic = [{ id = \"t\", query = '' }]",
    ]));
}

#[test]
fn groups_are_checked_at_their_terms() {
    insta::assert_snapshot!(each(&[
        "[terms]\na = [\"$b\"]\nb = [\"$a\"]\n[[topic]]\nid = \"t\"\nquery = '$a AND'",
        "[terms]\na = [\"x\", \"$nope\"]",
        "[terms]\na = [\"x\", \"y*\"]",
        "[terms]\na = []\nb = { none = [\"x\"] }\nc = { any = [\"x\"], chinese = [\"y\"] }\n\"d e\" = [\"x\"]\nf = 3",
    ]));
}

#[test]
fn examples_hold_a_query_to_its_word() {
    let topic = |examples: &str| {
        format!(
            "[terms]\nchina = {{ any = [\"China\"], none = [\"China Airlines\"] }}\n[[topic]]\nid = \"t\"\nquery = '$china AND \
             talks'\nexamples = {examples}"
        )
    };
    check(&topic("{ yes = [\"China resumes talks\"], no = [\"China Airlines talks\"] }"), &[]);
    check(
        &topic("{ yes = [\"China Airlines talks\"], no = [\"No word\", \"Talks in China\"] }"),
        &[
            "6:21 the topic does not match this example (`$china`: found once (China), but `none` takes it \
             away: China Airlines)",
            "6:63 the topic matches this example (it finds `talks`, `China`: narrow the query, or take the words away with \
             NOT or a group's `none`)",
        ],
    );
}

#[test]
fn examples_reach_the_minimum_score_as_articles_must() {
    let topic = |min_score: &str, examples: &str| {
        format!("[[topic]]\nid = \"t\"\nquery = 'China AND talks'\nmin_score = {min_score}\nexamples = {examples}")
    };
    let examples = "{ yes = [\"China resumes talks\"], no = [\"Talks in China\"] }";
    check(
        &topic("0.5", examples),
        &[
            "5:51 the topic matches this example (it finds `talks`, `China`: narrow the query, or take the words away with \
             NOT or a group's `none`)",
        ],
    );
    check(
        &topic("0.99", examples),
        &["5:21 the topic does not match this example (the query holds, but its score, 0.84, is under the topic's \
             min_score, 0.99: lower it, or widen the query)"],
    );
}
