//! An https server on loopback with a certificate of the test's own authority; it speaks HTTP/2 and HTTP/1.1.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use hyper::body::Bytes;
use hyper::header::HeaderValue;
use hyper::{Request, Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::authority::{Authority, Kind};

/// What was asked of a server: by which version, for which host.
pub(crate) type Asked = Arc<Mutex<Vec<(Version, String)>>>;

/// Serves `name` with such a certificate; every answer is a feed, with long headers where the path asks for them. Ends with the test's runtime.
#[expect(clippy::disallowed_methods, reason = "the server is to run beside the test and end with it")]
pub(crate) async fn serve(authority: &Authority, name: &str, kind: Kind, protocols: &[&str]) -> (SocketAddr, Asked) {
    let mut config = authority.server_with(name, kind);
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let asked = Asked::default();
    let log = Arc::clone(&asked);
    tokio::spawn(async move {
        loop {
            let Ok((stream, _)) = listener.accept().await else { return };
            let (acceptor, log) = (acceptor.clone(), Arc::clone(&log));
            tokio::spawn(async move {
                // A client that refuses the certificate hangs up here.
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let answer = hyper::service::service_fn(move |request: Request<hyper::body::Incoming>| {
                    let host = request.uri().authority().map(ToString::to_string);
                    let host = host.or_else(|| Some(request.headers().get("host")?.to_str().ok()?.to_owned()));
                    log.lock().unwrap().push((request.version(), host.unwrap_or_default()));
                    let mut response = Response::new(http_body_util::Full::new(Bytes::from_static(FEED)));
                    // `/headers/100`: so many headers of a kilobyte each.
                    let path = request.uri().path();
                    let count = path.strip_prefix("/headers/").and_then(|count| count.parse().ok()).unwrap_or(0);
                    for _ in 0..count {
                        let value = HeaderValue::from_bytes(&[b'x'; 1000]).unwrap();
                        response.headers_mut().append("x-long", value);
                    }
                    async { Ok::<_, Infallible>(response) }
                });
                drop(Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), answer).await);
            });
        }
    });
    (addr, asked)
}

const FEED: &[u8] = b"<rss version=\"2.0\"><channel><title>Paper</title></channel></rss>";
