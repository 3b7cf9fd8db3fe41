//! Mail by TLS: the log-in and the letters go over a secured connection to the server that was meant, or not at all.

use std::sync::Arc;

use wirewatch::jobs::deliver;
use wirewatch::model::channel::ChannelKind;

use crate::support::authority::Authority;
use crate::support::sink::Outbox;
use crate::support::smtp::{Act, Security, Smtp};

const PASSWORD: &str = "s3cret";

struct Desk {
    outbox: Outbox,
    _files: tempfile::TempDir,
}

/// A channel to two recipients over `smtp`, which is trusted by `pem` if that is given.
fn desk(smtp: &Smtp, tls: &str, pem: Option<&str>) -> Desk {
    let files = tempfile::tempdir().unwrap();
    let path = files.path().display();
    std::fs::write(files.path().join("password"), PASSWORD).unwrap();
    let ca_file = pem.map_or_else(String::new, |pem| {
        std::fs::write(files.path().join("ca.pem"), pem).unwrap();
        format!("ca_file = \"{path}/ca.pem\"\n")
    });
    let port = smtp.addr.port();
    let outbox = Outbox::new(&format!(
        "[smtp]\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"{tls}\"\nusername = \"ada\"\npassword = {{ file = \
         \"{path}/password\" }}\nfrom = \"Wirewatch <w@desk.test>\"\n{ca_file}[[channel]]\nid = \"desk\"\ntype = \
         \"email\"\nto = [\"a@desk.test\", \"b@desk.test\"]\ncron = \"0 7 * * *\"\n"
    ));
    Desk { outbox, _files: files }
}

impl Desk {
    /// Tries to send one digest; gives its status and what the last attempt said.
    async fn send(&self) -> (String, String) {
        let id = self.outbox.tell("desk", ChannelKind::Email, 1).await;
        deliver::drain(&self.outbox.context).await.unwrap();
        let record = self.outbox.record(&id);
        (record.status, record.last_error.unwrap_or_default())
    }
}

/// What a client says in the clear before anything else.
fn in_the_clear(smtp: &Smtp) -> Vec<String> {
    smtp.lines().into_iter().filter(|line| !line.secure).map(|line| line.text).collect()
}

#[tokio::test]
async fn starttls_and_tls_carry_the_login_and_the_mail() {
    let authority = Authority::new();
    let server = authority.server("127.0.0.1");
    for (tls, security, clear) in [
        ("starttls", Security::Starttls(Arc::clone(&server)), vec!["EHLO", "STARTTLS"]),
        ("tls", Security::Tls(Arc::clone(&server)), Vec::new()),
    ] {
        let smtp = Smtp::serve_by(security, |_, _| Act::Usual);
        assert_eq!(desk(&smtp, tls, Some(&authority.pem)).send().await, ("delivered".to_owned(), String::new()));
        let words: Vec<String> =
            in_the_clear(&smtp).iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect();
        assert_eq!(words, clear, "{tls}");
        assert_eq!(smtp.lines().iter().filter(|line| line.text.starts_with("AUTH PLAIN") && line.secure).count(), 1);
        assert_eq!((smtp.accepted().len(), smtp.connections()), (2, 1), "{tls}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_the_one_that_was_meant_hears_neither_password_nor_mail() {
    let (authority, other) = (Authority::new(), Authority::new());
    let cases = [
        ("unknown authority", authority.server("127.0.0.1"), None),
        ("another authority", authority.server("127.0.0.1"), Some(&other.pem)),
        ("another name", authority.server("mail.other.test"), Some(&authority.pem)),
    ];
    for (case, server, pem) in cases {
        for (tls, security) in
            [("starttls", Security::Starttls(Arc::clone(&server))), ("tls", Security::Tls(Arc::clone(&server)))]
        {
            let smtp = Smtp::serve_by(security, |_, _| Act::Usual);
            let (status, said) = desk(&smtp, tls, pem.map(String::as_str)).send().await;
            assert_eq!(status, "pending", "{case}, {tls}: {said}");
            assert!(said.contains("certificate"), "{case}, {tls}: {said}");
            let heard = smtp.lines();
            assert!(
                heard.iter().all(|line| !line.text.starts_with("AUTH") && !line.text.starts_with("MAIL")),
                "{heard:?}"
            );
            assert_eq!(smtp.accepted().len(), 0);
        }
    }
}

#[tokio::test]
async fn a_server_that_offers_no_starttls_gets_nothing_in_the_clear() {
    let smtp = Smtp::serve(|_, _| Act::Usual);
    let (status, said) = desk(&smtp, "starttls", None).send().await;
    assert_eq!(status, "pending", "{said}");
    assert!(said.contains("STARTTLS"), "{said}");
    assert!(in_the_clear(&smtp).iter().all(|line| line.starts_with("EHLO") || line.starts_with("QUIT")));
}

#[tokio::test]
async fn greylisting_refusal_and_a_cut_in_data_are_the_same_by_tls() {
    let authority = Authority::new();
    let smtp = Smtp::serve_by(Security::Tls(authority.server("127.0.0.1")), |line, before| match (line, before) {
        ("RCPT TO:<b@desk.test>", 0) => Act::Say("450 4.2.0 greylisted, come back"),
        (".", 1) => Act::HangUp,
        _ => Act::Usual,
    });
    let desk = desk(&smtp, "tls", Some(&authority.pem));
    let id = desk.outbox.tell("desk", ChannelKind::Email, 1).await;
    for _ in 0..4 {
        desk.outbox.tick().await;
        desk.outbox.later(3 * 3600);
    }
    assert_eq!(desk.outbox.record(&id).status, "delivered", "{:?}", desk.outbox.record(&id).last_error);
    let to: Vec<String> = smtp.accepted().into_iter().flat_map(|one| one.to).collect();
    assert_eq!(to, ["RCPT TO:<a@desk.test>", "RCPT TO:<b@desk.test>"]);
    let ids: std::collections::BTreeSet<String> = smtp
        .accepted()
        .iter()
        .filter_map(|one| one.message.lines().find(|line| line.starts_with("Message-ID")).map(str::to_owned))
        .collect();
    assert_eq!(ids.len(), 1, "one delivery has one Message-ID");
}
