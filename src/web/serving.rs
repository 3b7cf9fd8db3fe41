//! Connections to the web page: how many there are at once, and how long one may last.
//!
//! Invariant: whoever opens connections and says nothing, or says it a byte a minute, takes the page's places for a while
//! and nothing else from the process: its descriptors and memory are for the sources.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1::Builder;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Connections at once; more wait to be taken.
const CONNECTIONS_MAX: usize = 256;
/// For the head of a request, from the moment it may come: also how long an idle connection is kept.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// For a connection with all its requests.
const LIFETIME_MAX: Duration = Duration::from_mins(2);
/// After a connection could not be taken (no descriptor is free), before the next try.
const AFTER_FAILURE: Duration = Duration::from_millis(200);
/// How long requests under way may take to end at a stop. A browser that holds a connection open without a request, or with
/// half of one, must not hold up the stop.
const STOP_GRACE: Duration = Duration::from_secs(2);

/// Serves until `stop` is cancelled; requests under way may end.
pub(super) async fn serve(listener: TcpListener, app: Router, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            taken = take(&listener, &places) => {
                connections.spawn(converse(taken, app.clone(), stop.clone()));
            }
            Some(_ended) = connections.join_next() => {}
        }
    }
    let ends = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(STOP_GRACE, ends).await.is_err() {
        tracing::debug!("connections to the web page that did not end are cut");
    }
}

/// The next connection, once there is a place for it.
async fn take(listener: &TcpListener, places: &Arc<Semaphore>) -> (TcpStream, OwnedSemaphorePermit) {
    let place = Arc::clone(places).acquire_owned().await.expect("the semaphore is never closed");
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, place),
            Err(error) => {
                tracing::debug!(%error, "a connection to the web page was not taken");
                tokio::time::sleep(AFTER_FAILURE).await;
            }
        }
    }
}

async fn converse((stream, place): (TcpStream, OwnedSemaphorePermit), app: Router, stop: CancellationToken) {
    let mut builder = Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(app)));
    // What a connection ends of is its other side's affair.
    tokio::select! {
        _ended = connection.as_mut() => {}
        () = tokio::time::sleep(LIFETIME_MAX) => {}
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            drop(connection.await);
        }
    }
    drop(place);
}
