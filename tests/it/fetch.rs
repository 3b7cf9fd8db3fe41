//! What a hostile server, page or name can do to the fetcher: nothing.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::LazyLock;
use std::time::Duration;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use wirewatch::config::{Auth, FetchConfig, Secret};
use wirewatch::io::http::{PostRequest, RequestOptions, Subject};
use wirewatch::model::fetch::Disposition;
use wirewatch::model::time::SignedDuration;

use crate::support::hostile::{Hostile, Seen, answer, drip, say_and_close, silence};
use crate::support::web::{config, http, told, url};

type Script = fn(&Seen, &mut TcpStream) -> io::Result<()>;

const BOMB_BYTES: usize = 64 << 20;

/// 64 MiB of zeros in 104 bytes of brotli.
const BROTLI_BOMB: &str = "cbffff3f002400e2b14072effff8ffff078004401c1680eefd1fffffff00900088c302d0bdffe3ffff1f0012\
                           00715800baf77ffcffff034002200e0b40f7fe8fffff7f004800c46101e8defff1ffff0f000980382c00ddfb\
                           3ffeffff012001108705a07bff670003";

/// 64 MiB of zeros, packed before any clock runs.
struct Bombs {
    gzip: Vec<u8>,
    zlib: Vec<u8>,
    zstd: Vec<u8>,
}

static BOMBS: LazyLock<Bombs> = LazyLock::new(|| {
    let zeros = vec![0; BOMB_BYTES];
    Bombs { gzip: gzip(&zeros), zlib: zlib(&zeros), zstd: zstd::encode_all(&zeros[..], 3).unwrap() }
});

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn zlib(body: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn raw_deflate(body: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn encoded(stream: &mut TcpStream, encoding: &str, body: &[u8]) -> io::Result<()> {
    answer(stream, &format!("HTTP/1.1 200 OK\ncontent-encoding: {encoding}"), body)
}

/// What a server does, and what the fetcher says to that. A text that ends with `…` is a beginning.
const ATTACKS: &[(&str, Script, &str)] = &[
    ("a gzip bomb", |_, s| encoded(s, "gzip", &BOMBS.gzip), TOO_LARGE),
    ("a gzip bomb by its old name", |_, s| encoded(s, "x-gzip", &BOMBS.gzip), TOO_LARGE),
    ("a brotli bomb", |_, s| encoded(s, "br", &hex(BROTLI_BOMB)), TOO_LARGE),
    ("a zstd bomb", |_, s| encoded(s, "zstd", &BOMBS.zstd), TOO_LARGE),
    ("a deflate bomb", |_, s| encoded(s, "deflate", &BOMBS.zlib), TOO_LARGE),
    ("gzip in gzip", |_, s| encoded(s, "gzip, gzip", &gzip(&BOMBS.gzip)), TOO_LARGE),
    ("an unknown compression", |_, s| encoded(s, "compress", b"x"), NOT_UNDERSTOOD),
    ("noise called gzip", |_, s| encoded(s, "gzip", b"\x1f\x8bnoise noise noise"), BROKEN),
    ("noise called br", |_, s| encoded(s, "br", b"\xff\xfe\xfdnoise"), BROKEN),
    ("noise called zstd", |_, s| encoded(s, "zstd", b"noise"), BROKEN),
    ("noise called deflate", |_, s| encoded(s, "deflate", b"\xff\xfenoise"), BROKEN),
    ("a zstd window of a gigabyte", |_, s| encoded(s, "zstd", b"\x28\xb5\x2f\xfd\x00\xa0\x01\x00\x00"), BROKEN),
    ("encodings without end", |_, s| encoded(s, &"gzip,".repeat(1000), &BOMBS.gzip), NOT_UNDERSTOOD),
    ("brotli cut short", |_, s| encoded(s, "br", &hex("cbffff3f002400e2b140")), BROKEN),
    ("gzip cut short", |_, s| encoded(s, "gzip", gzip(b"0123456789").get(..15).unwrap_or_default()), BROKEN),
    (
        "an endless body in chunks",
        |_, s| {
            s.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")?;
            drip(s, b"8\r\n01234567\r\n", Duration::ZERO)
        },
        TOO_LARGE,
    ),
    (
        "an endless body without a length",
        |_, s| {
            s.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
            drip(s, &[b'x'; 4096], Duration::ZERO)
        },
        TOO_LARGE,
    ),
    (
        "an endless chunk size",
        |_, s| {
            s.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;")?;
            drip(s, &[b'x'; 4096], Duration::ZERO)
        },
        BROKEN,
    ),
    (
        "endless trailers",
        |_, s| {
            s.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n")?;
            drip(s, b"trailer: x\r\n", Duration::ZERO)
        },
        BROKEN,
    ),
    (
        "a promise of ten gigabytes",
        |_, s| say_and_close(s, b"HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\nx"),
        TOO_LARGE,
    ),
    (
        "a length beyond the body",
        |_, s| say_and_close(s, b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort"),
        BROKEN,
    ),
    (
        "chunks cut short",
        |_, s| say_and_close(s, b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab"),
        BROKEN,
    ),
    (
        "a chunk size that is no number",
        |_, s| say_and_close(s, b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\nab\r\n0\r\n\r\n"),
        BROKEN,
    ),
    (
        "a chunk size beyond all numbers",
        |_, s| say_and_close(s, b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffffff\r\nab"),
        BROKEN,
    ),
    ("a negative length", |_, s| say_and_close(s, b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\nx"), "unreachable: …"),
    (
        "two lengths",
        |_, s| say_and_close(s, b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxy"),
        "unreachable: …",
    ),
    (
        "one byte at a time",
        |_, s| {
            s.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")?;
            drip(s, b"x", Duration::from_millis(50))
        },
        TIMED_OUT,
    ),
    (
        "a head one byte at a time",
        |_, s| {
            s.write_all(b"HTTP/1.1 200 OK\r\nx: ")?;
            drip(s, b"x", Duration::from_millis(50))
        },
        TIMED_OUT,
    ),
    ("silence", |_, s| silence(s), TIMED_OUT),
    (
        "silence after the head",
        |_, s| {
            s.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n")?;
            silence(s)
        },
        TIMED_OUT,
    ),
    (
        "interim answers for ever",
        |_, s| drip(s, b"HTTP/1.1 102 Processing\r\n\r\n", Duration::from_millis(1)),
        TIMED_OUT,
    ),
    (
        "a header of a megabyte",
        |_, s| {
            let long = format!("HTTP/1.1 200 OK\r\nx: {}\r\ncontent-length: 0\r\n\r\n", "x".repeat(1 << 20));
            say_and_close(s, long.as_bytes())
        },
        HEADERS,
    ),
    (
        "an endless header",
        |_, s| {
            s.write_all(b"HTTP/1.1 200 OK\r\nx: ")?;
            drip(s, &[b'x'; 4096], Duration::ZERO)
        },
        HEADERS,
    ),
    (
        "ten thousand headers",
        |_, s| say_and_close(s, format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(10_000)).as_bytes()),
        HEADERS,
    ),
    (
        "headers within the parser's bound but over ours",
        |_, s| {
            let line = format!("x: {}\r\n", "y".repeat(2000));
            say_and_close(s, format!("HTTP/1.1 200 OK\r\n{}\r\n", line.repeat(60)).as_bytes())
        },
        "toolarge: 120300 bytes of headers",
    ),
    ("another protocol", |_, s| say_and_close(s, b"SSH-2.0-OpenSSH_9.2\r\n"), "unreachable: …"),
    ("HTTP before headers were invented", |_, s| say_and_close(s, b"<html>hello</html>"), "unreachable: …"),
    ("nothing at all", |_, s| say_and_close(s, b""), "unreachable: …"),
    ("half a head", |_, s| say_and_close(s, b"HTTP/1.1 200 OK\r\ncontent-ty"), "unreachable: …"),
    (
        "a change of protocol",
        |_, s| say_and_close(s, b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"),
        "status: the server says 101",
    ),
    ("a status beyond HTTP", |_, s| answer(s, "HTTP/1.1 999 No", b""), "status: the server says 999"),
    ("a status that is no number", |_, s| answer(s, "HTTP/1.1 2xx OK", b""), "unreachable: …"),
    ("304 to a plain request", |_, s| answer(s, "HTTP/1.1 304 Not Modified", b""), "status: the server says 304"),
    (
        "a part of the page",
        |_, s| answer(s, "HTTP/1.1 206 Partial Content\ncontent-range: bytes 0-1/9", b"ab"),
        "status: the server says 206",
    ),
    (
        "a redirect to itself",
        |_, s| answer(s, "HTTP/1.1 301 Moved\nlocation: /", b""),
        "unreachable: it redirects in a loop…",
    ),
    (
        "a redirect there and back",
        |seen, s| {
            let other = if seen.target == "/" { "/b" } else { "/" };
            answer(s, &format!("HTTP/1.1 302 Found\nlocation: {other}"), b"")
        },
        "unreachable: it redirects in a loop…",
    ),
    (
        "redirects without end",
        |seen, s| answer(s, &format!("HTTP/1.1 302 Found\nlocation: {}x", seen.target), b""),
        "toolarge: it redirects more than 8 times",
    ),
    ("a redirect to nowhere", |_, s| answer(s, "HTTP/1.1 302 Found", b""), "status: the server says 302"),
    ("a redirect to a file", |_, s| answer(s, "HTTP/1.1 302 Found\nlocation: file:///etc/passwd", b""), NO_WEB_PAGE),
    ("a redirect to FTP", |_, s| answer(s, "HTTP/1.1 302 Found\nlocation: ftp://site.test/", b""), NO_WEB_PAGE),
    (
        "a redirect to gopher",
        |_, s| answer(s, "HTTP/1.1 302 Found\nlocation: gopher://site.test:70/_x", b""),
        NO_WEB_PAGE,
    ),
    ("a redirect to a script", |_, s| answer(s, "HTTP/1.1 302 Found\nlocation: javascript:alert(1)", b""), NO_WEB_PAGE),
    ("a redirect to data", |_, s| answer(s, "HTTP/1.1 302 Found\nlocation: data:text/html,x", b""), NO_WEB_PAGE),
    (
        "a redirect to a mail server",
        |_, s| answer(s, "HTTP/1.1 302 Found\nlocation: http://site.test:25/", b""),
        "forbidden: port 25 is not one that web servers use",
    ),
    (
        "a redirect of ten kilobytes",
        |_, s| answer(s, &format!("HTTP/1.1 302 Found\nlocation: /{}", "x".repeat(10_000)), b""),
        NO_WEB_PAGE,
    ),
    (
        "a body behind a refusal without end",
        |_, s| {
            s.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n")?;
            drip(s, &[b'x'; 4096], Duration::ZERO)
        },
        "blocked: blocked (403: the server refuses)",
    ),
];

const TOO_LARGE: &str = "toolarge: the body is larger than 262144 bytes (`max_body` in [fetch] raises the bound)";
const NOT_UNDERSTOOD: &str = "unreachable: the Content-Encoding…";
const BROKEN: &str = "unreachable: the body …";
const TIMED_OUT: &str = "unreachable: not finished within 0.5 s (`timeout` raises the bound)";
const HEADERS: &str = "toolarge: its headers are too many or too long";
const NO_WEB_PAGE: &str = "forbidden: it redirects to no web page…";

#[tokio::test(flavor = "multi_thread")]
async fn every_attack_ends_in_its_own_words() {
    LazyLock::force(&BOMBS);
    let mut running = tokio::task::JoinSet::new();
    for (name, script, expected) in ATTACKS {
        running.spawn(async move {
            let server = Hostile::serve(script);
            let http = http(&config(&[("site.test", server.addr)]));
            // Who plays for time gets little; the others all that a busy machine needs.
            let timeout = (*expected == TIMED_OUT).then_some(SignedDuration::from_millis(500));
            let options = RequestOptions { timeout, ..RequestOptions::default() };
            let result = http.get(&url("http://site.test/"), &options).await;
            (*name, told(&result), *expected)
        });
    }
    let mut wrong = Vec::new();
    while let Some(ended) = running.join_next().await {
        let (name, said, expected) = ended.unwrap();
        let right = match expected.strip_suffix('…') {
            Some(beginning) => said.starts_with(beginning),
            None => said == expected,
        };
        if !right {
            wrong.push(format!("{name}: {said}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn what_a_tolerant_client_reads_is_read() {
    let rows: &[(Script, &str)] = &[
        (|_, s| encoded(s, "gzip", &gzip(b"hello")), "fresh: 200 with 5 bytes"),
        (|_, s| encoded(s, "GZip", &gzip(b"hello")), "fresh: 200 with 5 bytes"),
        (|_, s| encoded(s, "x-gzip", &gzip(b"hello")), "fresh: 200 with 5 bytes"),
        (|_, s| encoded(s, "deflate, gzip", &gzip(&zlib(b"hello"))), "fresh: 200 with 5 bytes"),
        (|_, s| encoded(s, "gzip", &[gzip(b"hello"), b"padding".to_vec()].concat()), "fresh: 200 with 5 bytes"),
        (|_, s| encoded(s, "gzip", b"<rss/>"), "fresh: 200 with 6 bytes"),
        (|_, s| encoded(s, "br", b"<rss version='2.0'/>"), "fresh: 200 with 20 bytes"),
        (|_, s| encoded(s, "zstd", b"<rss/>"), "fresh: 200 with 6 bytes"),
        (|_, s| encoded(s, "gzip", &[gzip(b"hello "), gzip(b"again")].concat()), "fresh: 200 with 11 bytes"),
        (|_, s| encoded(s, "deflate", &zlib(b"hello")), "fresh: 200 with 5 bytes"),
        (|_, s| encoded(s, "deflate", &raw_deflate(b"hello")), "fresh: 200 with 5 bytes"),
        (|_, s| encoded(s, "zstd", &zstd::encode_all(&b"hello"[..], 3)?), "fresh: 200 with 5 bytes"),
        (|_, s| encoded(s, "gzip", b""), "fresh: 200 with 0 bytes"),
        (|_, s| encoded(s, "utf-8", b"hello"), "fresh: 200 with 5 bytes"),
        (|_, s| encoded(s, "identity", b"hello"), "fresh: 200 with 5 bytes"),
        (|_, s| answer(s, "HTTP/1.1 204 No Content", b""), "fresh: 204 with 0 bytes"),
        (|_, s| say_and_close(s, b"HTTP/1.0 200 OK\r\n\r\nuntil the end"), "fresh: 200 with 13 bytes"),
        (|_, s| say_and_close(s, b"HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok"), "fresh: 200 with 2 bytes"),
        (|_, s| answer(s, "HTTP/1.1 200 OK\nbad header line\nx: y", b"ok"), "fresh: 200 with 2 bytes"),
        (|_, s| answer(s, "HTTP/1.1 200 OK\nx: \u{1f600}", b"ok"), "fresh: 200 with 2 bytes"),
        (|_, s| say_and_close(s, b"HTTP/1.1 200 OK\ncontent-length: 2\n\nok"), "fresh: 200 with 2 bytes"),
    ];
    for (script, expected) in rows {
        let server = Hostile::serve(script);
        let http = http(&config(&[("site.test", server.addr)]));
        let result = http.get(&url("http://site.test/"), &RequestOptions::default()).await;
        assert_eq!(told(&result), *expected, "{:?}", server.seen());
    }
}

/// Every way to write an address that leads inside, as the host of a URL.
const INSIDE: &[&str] = &[
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "017700000001",
    "0177.0.0.01",
    "0",
    "localhost",
    "a.localhost",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[fe80::1]",
    "[fec0::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "169.254.169.254",
    "100.100.100.200",
    "168.63.129.16",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "100.64.0.1",
    "198.18.0.1",
    "192.0.2.1",
    "224.0.0.1",
    "255.255.255.255",
    "%31%32%37.0.0.1",
    "①②⑦.0.0.1",
];

fn guarded(hosts: &[(&str, SocketAddr)]) -> FetchConfig {
    // The attacker's server must be reachable in a test; the victim's address must not.
    FetchConfig { allow_private: vec!["127.0.1.1/32".parse().unwrap()], ..config(hosts) }
}

#[tokio::test]
async fn no_spelling_of_an_inside_address_is_connected_to() {
    let victim = Hostile::serve(|_, s| answer(s, "HTTP/1.1 200 OK", b"secret"));
    let http = http(&guarded(&[]));
    for host in INSIDE {
        let target = url(&format!("http://{host}:{}/", victim.addr.port()));
        let said = told(&http.get(&target, &RequestOptions::default()).await);
        assert!(said.starts_with("forbidden: "), "{host}: {said}");
    }
    assert_eq!(victim.connections(), 0);
}

#[tokio::test]
async fn no_redirect_leads_inside() {
    let victim = Hostile::serve(|_, s| answer(s, "HTTP/1.1 200 OK", b"secret"));
    let port = victim.addr.port();
    let attacker = Hostile::serve_at("127.0.1.1", move |seen, s| {
        let host = INSIDE.get(seen.target.trim_matches('/').parse::<usize>().unwrap_or(0)).unwrap_or(&"");
        answer(s, &format!("HTTP/1.1 302 Found\nlocation: http://{host}:{port}/"), b"")
    });
    let http = http(&guarded(&[("evil.test", attacker.addr)]));
    for (number, host) in INSIDE.iter().enumerate() {
        let said = told(&http.get(&url(&format!("http://evil.test/{number}")), &RequestOptions::default()).await);
        assert!(said.starts_with("forbidden: "), "{host}: {said}");
    }
    assert_eq!((attacker.seen().len(), victim.connections()), (INSIDE.len(), 0));
}

#[tokio::test]
async fn no_name_leads_inside() {
    let victim = Hostile::serve(|_, s| answer(s, "HTTP/1.1 200 OK", b"secret"));
    let http = http(&guarded(&[("inside.test", victim.addr), ("meta.test", "169.254.169.254:80".parse().unwrap())]));
    for host in ["inside.test", "INSIDE.test", "inside.test.", "meta.test"] {
        let said = told(&http.get(&url(&format!("http://{host}/")), &RequestOptions::default()).await);
        assert!(said.contains("is not a public address"), "{host}: {said}");
    }
    let post = PostRequest {
        url: url("http://inside.test/"),
        headers: Vec::new(),
        body: Vec::new(),
        timeout: SignedDuration::from_mins(1),
        allow_private: Vec::new(),
    };
    assert!(http.post(post.clone()).await.unwrap_err().to_string().contains("is not a public address"));
    assert_eq!(victim.connections(), 0);
    let open = PostRequest { allow_private: vec!["127.0.0.1/32".parse().unwrap()], ..post };
    assert_eq!(http.post(open).await.unwrap().body, "secret");
    let said = told(&http.get(&url("http://inside.test/"), &RequestOptions::default()).await);
    assert!(said.starts_with("forbidden: "), "what a webhook may reach, a fetch may not: {said}");
}

#[tokio::test]
async fn a_page_under_robots_asks_for_no_robots_txt_inside() {
    let victim = Hostile::serve(|_, s| answer(s, "HTTP/1.1 200 OK", b""));
    let to = victim.addr;
    let attacker = Hostile::serve_at("127.0.1.1", move |seen, s| match seen.target.as_str() {
        "/robots.txt" => answer(s, &format!("HTTP/1.1 302 Found\nlocation: http://{to}/robots.txt"), b""),
        _ => answer(s, "HTTP/1.1 200 OK", b"page"),
    });
    let http = http(&guarded(&[("evil.test", attacker.addr)]));
    let options = RequestOptions { robots: true, subject: Subject::Page, ..RequestOptions::default() };
    let said = told(&http.get(&url("http://evil.test/x"), &options).await);
    assert!(said.starts_with("unreachable: the site's robots.txt could not be read"), "{said}");
    assert_eq!((attacker.targets(), victim.connections()), (vec!["/robots.txt".to_owned()], 0));
}

fn with_secrets() -> RequestOptions {
    RequestOptions {
        headers: vec![("X-Api-Key".to_owned(), Secret::new("k3y")), ("Cookie".to_owned(), Secret::new("own=1"))],
        auth: Some(Auth::Basic { user: "u".to_owned(), password: Secret::new("p") }),
        cookies: true,
        ..RequestOptions::default()
    }
}

/// The headers of a request that must not leave their origin.
fn secrets(seen: &Seen) -> Vec<&'static str> {
    let names = ["authorization", "cookie", "proxy-authorization", "referer", "x-api-key"];
    names.into_iter().filter(|name| seen.header(name).is_some()).collect()
}

#[tokio::test]
async fn secrets_and_cookies_never_leave_their_origin() {
    let there = Hostile::serve(|seen, s| match seen.target.as_str() {
        "/away" => answer(s, "HTTP/1.1 302 Found\nlocation: http://a.test/back\nset-cookie: theirs=1", b""),
        _ => answer(s, "HTTP/1.1 200 OK", b"done"),
    });
    let here = Hostile::serve(|seen, s| match seen.target.as_str() {
        "/start" => answer(s, "HTTP/1.1 302 Found\nlocation: /next\nset-cookie: session=abc; Domain=test; Path=/", b""),
        "/next" => answer(s, "HTTP/1.1 302 Found\nlocation: http://b.test/away", b""),
        _ => answer(s, "HTTP/1.1 200 OK", b"done"),
    });
    let http = http(&config(&[("a.test", here.addr), ("b.test", there.addr)]));
    let result = http.get(&url("http://a.test/start"), &with_secrets()).await;
    assert_eq!(told(&result), "fresh: 200 with 4 bytes");
    let (here, there) = (here.seen(), there.seen());
    assert_eq!(secrets(&here[0]), ["authorization", "cookie", "x-api-key"]);
    assert_eq!(here[0].header("authorization"), Some("Basic dTpw"));
    assert_eq!(secrets(&there[0]), Vec::<&str>::new());
    // Back at its origin the chain still has the cookie that this origin set, but not the source's secrets.
    assert_eq!(here[2].target, "/back");
    assert_eq!(here[2].header("cookie"), Some("session=abc"));
    assert_eq!((here[2].header("authorization"), here[2].header("x-api-key")), (None, None));
}

#[tokio::test]
async fn secrets_of_a_source_go_to_its_own_origin_only_and_cookies_end_with_the_request() {
    let server = Hostile::serve(|_, s| answer(s, "HTTP/1.1 200 OK\nset-cookie: id=1", b"done"));
    let http = http(&config(&[("feeds.test", server.addr), ("www.test", server.addr)]));
    let options = RequestOptions { home: Some(url("http://feeds.test/rss")), ..with_secrets() };
    for target in ["http://feeds.test/rss", "http://www.test/page", "http://feeds.test:8081/"] {
        drop(http.get(&url(target), &options).await);
    }
    let plain = RequestOptions { cookies: true, ..RequestOptions::default() };
    for _ in 0..2 {
        drop(http.get(&url("http://www.test/"), &plain).await);
    }
    let seen = server.seen();
    assert_eq!(secrets(&seen[0]).len(), 3);
    for later in seen.iter().skip(1) {
        assert_eq!(secrets(later), Vec::<&str>::new(), "{later:?}");
    }
}

#[tokio::test]
async fn a_cookie_wall_is_passed_only_with_cookies_on() {
    let server = Hostile::serve(|seen, s| match seen.header("cookie") {
        Some("seen=1") => answer(s, "HTTP/1.1 200 OK", b"content"),
        _ => answer(s, "HTTP/1.1 302 Found\nlocation: /\nset-cookie: seen=1; HttpOnly", b""),
    });
    let http = http(&config(&[("site.test", server.addr)]));
    let with = RequestOptions { cookies: true, ..RequestOptions::default() };
    assert_eq!(told(&http.get(&url("http://site.test/"), &with).await), "fresh: 200 with 7 bytes");
    let without = RequestOptions::default();
    let said = told(&http.get(&url("http://site.test/"), &without).await);
    assert_eq!(said, "unreachable: it redirects in a loop by way of http://site.test/");
}

#[tokio::test]
async fn a_cookie_flood_is_bounded() {
    let server = Hostile::serve(|seen, s| {
        if seen.target == "/end" {
            return answer(s, "HTTP/1.1 200 OK", b"");
        }
        let cookies: Vec<String> = (0..90).map(|n| format!("set-cookie: c{n}={}", "x".repeat(500))).collect();
        answer(s, &format!("HTTP/1.1 302 Found\nlocation: /end\n{}", cookies.join("\n")), b"")
    });
    let http = http(&config(&[("site.test", server.addr)]));
    let with = RequestOptions { cookies: true, ..RequestOptions::default() };
    drop(http.get(&url("http://site.test/"), &with).await);
    assert_eq!(server.seen()[1].header("cookie").unwrap().split("; ").count(), 32);
}

#[tokio::test]
async fn a_named_host_keeps_its_name_in_the_request_and_in_the_tls_hello() {
    let server = Hostile::serve(|_, s| answer(s, "HTTP/1.1 200 OK", b""));
    let http = http(&config(&[("site.test", server.addr)]));
    let result = http.get(&url("http://site.test/x"), &RequestOptions::default()).await;
    assert_eq!(told(&result), "fresh: 200 with 0 bytes");
    assert_eq!(server.seen()[0].header("host"), Some("site.test"));
    let other = format!("http://site.test:{}/", server.addr.port());
    assert_eq!(told(&http.get(&url(&other), &RequestOptions::default()).await), "fresh: 200 with 0 bytes");

    let hello = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let at = hello.local_addr().unwrap();
    let listening = std::thread::spawn(move || {
        let (mut stream, _) = hello.accept().unwrap();
        let mut bytes = [0; 4096];
        let count = io::Read::read(&mut stream, &mut bytes).unwrap();
        bytes.get(..count).unwrap().windows(11).any(|window| window == b"secure.test")
    });
    let http = crate::support::web::http(&config(&[("secure.test", at)]));
    let said = told(&http.get(&url("https://secure.test/"), &RequestOptions::default()).await);
    assert!(said.starts_with("unreachable: "), "{said}");
    assert!(listening.join().unwrap(), "the TLS hello names the host");
}

#[tokio::test]
async fn a_proxy_is_told_names_and_no_inside_address() {
    let proxy = Hostile::serve(|_, s| answer(s, "HTTP/1.1 200 OK", b"by proxy"));
    let settings = FetchConfig { allow_private: Vec::new(), ..config(&[]) };
    let http = http(&settings);
    let options = RequestOptions { proxy: Some(format!("http://u:pw@{}", proxy.addr)), ..RequestOptions::default() };
    let result = http.get(&url("http://public.test/x"), &options).await;
    assert_eq!(told(&result), "fresh: 200 with 8 bytes", "a proxy may be private: the operator named it");
    assert_eq!(proxy.targets(), ["http://public.test/x"]);
    for host in INSIDE {
        let said = told(&http.get(&url(&format!("http://{host}/")), &options).await);
        assert!(said.starts_with("forbidden: "), "{host}: {said}");
    }
    assert_eq!(proxy.seen().len(), 1);
    let named = RequestOptions { proxy: Some("http://localhost:1".to_owned()), ..RequestOptions::default() };
    let said = told(&http.get(&url("http://public.test/x"), &named).await);
    assert_eq!(said, "unreachable: the connection was refused", "the proxy's own name resolves unguarded");
}

#[tokio::test]
async fn a_socks_proxy_gets_the_name() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut bytes = [0; 512];
        let greeted = io::Read::read(&mut stream, &mut bytes).unwrap();
        assert!(greeted >= 3 && bytes.starts_with(&[5]));
        stream.write_all(&[5, 0]).unwrap();
        let count = io::Read::read(&mut stream, &mut bytes).unwrap();
        bytes.get(..count).unwrap().to_vec()
    });
    let http = http(&FetchConfig { allow_private: Vec::new(), ..config(&[]) });
    let options = RequestOptions { proxy: Some(format!("socks5://{addr}")), ..RequestOptions::default() };
    drop(http.get(&url("http://public.test/x"), &options).await);
    let request = asked.join().unwrap();
    assert!(request.windows(11).any(|window| window == b"public.test"), "{request:?}");
}

#[tokio::test]
async fn a_post_follows_no_redirect_and_reads_little() {
    let server = Hostile::serve(|seen, s| match seen.target.as_str() {
        "/moved" => answer(s, "HTTP/1.1 307 Moved\nlocation: /elsewhere", b"over there"),
        "/busy" => answer(s, "HTTP/1.1 429 Slow\nretry-after: 7", b""),
        "/endless" => {
            s.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
            drip(s, &[b'x'; 4096], Duration::ZERO)
        }
        "/broken" => say_and_close(s, b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nok"),
        _ => answer(s, "HTTP/1.1 204 No Content", b""),
    });
    let http = http(&config(&[("hook.test", server.addr)]));
    let mut told = Vec::new();
    for path in ["/ok", "/moved", "/busy", "/endless", "/broken"] {
        let request = PostRequest {
            url: url(&format!("http://hook.test{path}")),
            headers: vec![("webhook-id".to_owned(), "d1".to_owned())],
            body: b"{}".to_vec(),
            timeout: SignedDuration::from_mins(1),
            allow_private: Vec::new(),
        };
        let answer = http.post(request).await.unwrap();
        told.push((answer.status, answer.retry_after.map(|wait| wait.as_secs()), answer.body.len()));
    }
    assert_eq!(told, [(204, None, 0), (307, None, 10), (429, Some(7), 0), (200, None, 2000), (200, None, 0)]);
    let seen = server.seen();
    assert_eq!(seen.len(), 5, "the redirect was not followed");
    assert_eq!((seen[0].method.as_str(), seen[0].body.as_slice()), ("POST", &b"{}"[..]));
    assert_eq!(seen[0].header("webhook-id"), Some("d1"));
}

#[tokio::test]
async fn a_refused_name_does_not_show_as_a_network_fault() {
    let http = http(&config(&[]));
    let result = http.get(&url("http://no-such-name.invalid/"), &RequestOptions::default()).await;
    let said = told(&result);
    assert!(said.starts_with("unreachable: the name no-such-name.invalid does not resolve ("), "{said}");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let said = told(&http.get(&url(&format!("http://{closed}/")), &RequestOptions::default()).await);
    assert_eq!(said, "unreachable: the connection was refused");
    assert!(matches!(result, Err(error) if error.disposition() == Disposition::RetryLater));
}
