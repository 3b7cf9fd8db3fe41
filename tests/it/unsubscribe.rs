//! Whoever gets a mail can end it, with one click of the mail program or on the page behind the link.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;

use tokio_util::sync::CancellationToken;
use wirewatch::jobs::deliver;
use wirewatch::jobs::websub;
use wirewatch::model::channel::ChannelKind;

use crate::support::sink::Outbox;
use crate::support::smtp::{Act, Smtp};

fn desk(smtp: &Smtp, web: &str) -> Outbox {
    Outbox::new(&format!(
        "[web]\nlisten = \"127.0.0.1:0\"\n{web}\n[smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nfrom = \"w@desk.test\"\n\
         [[channel]]\nid = \"desk\"\ntype = \"email\"\nto = [\"Ada <Ada@desk.test>\", \"bo@desk.test\"]\n",
        smtp.addr.port()
    ))
}

/// A header with its continuation lines joined; empty where there is none.
fn header(message: &str, name: &str) -> String {
    let head = message.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ");
    let found = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    found.unwrap_or_default().to_owned()
}

/// Each recipient of the mails since, with the link in the mail's head.
fn links(smtp: &Smtp, since: usize) -> Vec<(String, String)> {
    let accepted = smtp.accepted();
    let link = |message: &str| header(message, "List-Unsubscribe").trim_matches(['<', '>']).to_owned();
    accepted[since..].iter().map(|one| (one.to.concat(), link(&one.message))).collect()
}

async fn told(outbox: &Outbox, article: i64) -> u64 {
    outbox.tell("desk", ChannelKind::Email, article).await;
    deliver::drain(&outbox.context).await.unwrap()
}

/// The web page of an outbox; its server ends with the test.
#[expect(clippy::disallowed_methods, reason = "the server is to run beside the test and end with it")]
async fn serve(outbox: &Outbox) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let (_, contexts) = tokio::sync::watch::channel(std::sync::Arc::clone(&outbox.context));
    tokio::spawn(wirewatch::web::serve(listener, contexts, websub::inbox().0, CancellationToken::new()));
    addr
}

/// One request; the status and the whole answer.
async fn ask(addr: SocketAddr, method: &str, path: &str, body: &str) -> (u16, String) {
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: desk.test\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answered = tokio::task::spawn_blocking(move || {
        let mut stream = std::net::TcpStream::connect(addr).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    let answer = answered.await.unwrap();
    (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
}

const ONE_CLICK: &str = "List-Unsubscribe=One-Click";
const ADA: &str = "RCPT TO:<Ada@desk.test>";
const BO: &str = "RCPT TO:<bo@desk.test>";

#[tokio::test]
async fn one_click_ends_the_mail_for_its_recipient_and_a_look_at_the_link_does_not() {
    let smtp = Smtp::serve(|_, _| Act::Usual);
    let token = tempfile::tempdir().unwrap();
    std::fs::write(token.path().join("token"), "the archive is not for everybody").unwrap();
    let guarded =
        format!("token = {{ file = \"{}/token\" }}\npublic_url = \"https://desk.test/w/\"", token.path().display());
    let outbox = desk(&smtp, &guarded);
    assert_eq!(told(&outbox, 1).await, 1);
    let sent = links(&smtp, 0);
    assert_eq!(sent.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), [ADA, BO]);
    for one in smtp.accepted() {
        assert_eq!(header(&one.message, "List-Unsubscribe-Post"), ONE_CLICK);
    }
    let paths: Vec<String> =
        sent.iter().map(|(_, link)| link.strip_prefix("https://desk.test/w").unwrap().to_owned()).collect();
    assert_ne!(paths[0], paths[1]);

    let addr = serve(&outbox).await;
    assert_eq!(ask(addr, "GET", "/", "").await.0, 401, "the archive asks for its token");
    for method in ["GET", "HEAD"] {
        let (status, page) = ask(addr, method, &paths[0], "").await;
        assert_eq!(status, 200);
        assert!(
            method == "HEAD" || (page.contains("<form method=\"post\">") && page.contains("ada@desk.test")),
            "{page}"
        );
    }
    assert_eq!(ask(addr, "POST", &paths[0], "").await.0, 400, "an empty post says nothing");
    let forged = format!("{}{}", &paths[0][..paths[0].len() - 1], if paths[0].ends_with('0') { "1" } else { "0" });
    for (method, path) in
        [("GET", forged.as_str()), ("POST", &forged), ("POST", "/unsubscribe/ops/00"), ("POST", "/unsubscribe/desk/x")]
    {
        assert_eq!(ask(addr, method, path, ONE_CLICK).await.0, 404, "{method} {path}");
    }
    told(&outbox, 2).await;
    assert_eq!(links(&smtp, 2), sent, "nothing has changed so far, the links included");

    assert_eq!(ask(addr, "POST", &paths[0], ONE_CLICK).await.0, 200);
    assert_eq!(ask(addr, "POST", &paths[0], ONE_CLICK).await.0, 200, "twice is as good");
    assert!(ask(addr, "GET", &paths[0], "").await.1.contains("Subscribe again"));
    assert_eq!(told(&outbox, 3).await, 1);
    assert_eq!(links(&smtp, 4), [sent[1].clone()]);

    assert_eq!(ask(addr, "POST", &paths[1], ONE_CLICK).await.0, 200);
    assert_eq!(told(&outbox, 4).await, 1, "sent to nobody is no failure");
    assert_eq!(smtp.accepted().len(), 5);
    assert_eq!(ask(addr, "POST", &paths[0], "subscribe=again").await.0, 200);
    told(&outbox, 5).await;
    assert_eq!(links(&smtp, 5), [sent[0].clone()]);
}

#[tokio::test]
async fn without_a_public_address_there_is_a_mail_address_and_over_http_a_link_for_people() {
    let smtp = Smtp::serve(|_, _| Act::Usual);
    told(&desk(&smtp, ""), 1).await;
    let mailto = "mailto:w@desk.test?subject=unsubscribe%20desk";
    assert!(links(&smtp, 0).iter().all(|(_, link)| link == mailto), "{:?}", links(&smtp, 0));
    told(&desk(&smtp, "public_url = \"http://desk.lan:8780\""), 1).await;
    assert!(links(&smtp, 2).iter().all(|(_, link)| link.starts_with("http://desk.lan:8780/unsubscribe/desk/")));
    assert!(smtp.accepted().iter().all(|one| header(&one.message, "List-Unsubscribe-Post").is_empty()));
}
