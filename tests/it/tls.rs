//! TLS and HTTP/2 against a real server: whose certificate is taken, what is said of the others.

use std::net::SocketAddr;

use hyper::Version;
use wirewatch::config::FetchConfig;
use wirewatch::io::http::{Http, RequestOptions};

use crate::support::authority::{Authority, Kind};
use crate::support::tls::serve;
use crate::support::web::{config, http, told, url};

/// A client that trusts the test's authority beside the system's.
fn trusting(authority: &Authority, hosts: &[(&str, SocketAddr)]) -> Http {
    http(&FetchConfig { ca: Some(authority.pem.clone()), ..config(hosts) })
}

#[tokio::test]
async fn http_2_is_used_where_it_is_offered() {
    let authority = Authority::new();
    for (protocols, version) in [
        (["h2", "http/1.1"].as_slice(), Version::HTTP_2),
        (&["http/1.1"], Version::HTTP_11),
        (&["h2"], Version::HTTP_2),
        (&[], Version::HTTP_11),
    ] {
        let (addr, asked) = serve(&authority, "site.test", Kind::Good, protocols).await;
        let http = trusting(&authority, &[("site.test", addr)]);
        for path in ["/feed", "/page"] {
            let answered = http.get(&url(&format!("https://site.test{path}")), &RequestOptions::default()).await;
            assert_eq!(told(&answered), "fresh: 200 with 64 bytes", "{protocols:?}");
        }
        assert_eq!(*asked.lock().unwrap(), vec![(version, "site.test".to_owned()); 2], "{protocols:?}");
    }
}

#[tokio::test]
async fn a_certificate_that_is_none_for_the_site_is_refused_with_the_reason() {
    let (authority, stranger) = (Authority::new(), Authority::named("another"));
    let unknown = "unreachable: the server's certificate is signed by nobody whom this machine trusts (`fetch.ca_file` \
                   names one more authority)";
    for (signed_by, name, kind, said) in [
        (&authority, "other.test", Kind::Good, "the server's certificate is for another name; check the address"),
        (
            &authority,
            "site.test",
            Kind::Expired,
            "the server's certificate has expired; its publisher must renew it (or this machine's clock is wrong)",
        ),
        (
            &authority,
            "site.test",
            Kind::NotYet,
            "the server's certificate is not valid yet; is this machine's clock right?",
        ),
        (&authority, "site.test", Kind::SelfSigned, unknown),
        (&stranger, "site.test", Kind::Good, unknown),
    ] {
        let (addr, asked) = serve(signed_by, name, kind, &["h2", "http/1.1"]).await;
        let answered = trusting(&authority, &[("site.test", addr)])
            .get(&url("https://site.test/"), &RequestOptions::default())
            .await;
        assert_eq!(told(&answered).trim_start_matches("unreachable: "), said.trim_start_matches("unreachable: "));
        assert!(asked.lock().unwrap().is_empty(), "nothing was asked of it: {said}");
    }
}

#[tokio::test]
async fn headers_are_bounded_over_http_2_too() {
    let authority = Authority::new();
    let (addr, _) = serve(&authority, "site.test", Kind::Good, &["h2"]).await;
    let http = trusting(&authority, &[("site.test", addr)]);
    let refused = "unreachable: the answer breaks the rules of HTTP/2, or its headers are over 64 KiB";
    for (count, said) in [
        (0, "fresh: 200 with 64 bytes"),
        (30, "fresh: 200 with 64 bytes"),
        (70, refused),
        (2000, "toolarge: its headers are too many or too long"),
        // The client is of use after that.
        (0, "fresh: 200 with 64 bytes"),
    ] {
        let address = url(&format!("https://site.test/headers/{count}"));
        assert_eq!(told(&http.get(&address, &RequestOptions::default()).await), said, "{count} headers");
    }
}
