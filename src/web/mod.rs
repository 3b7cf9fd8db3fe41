//! The web page: read-only, over the store's reader, but for the links by which mail is unsubscribed and the callbacks of
//! WebSub hubs. Everything from outside is escaped by the templates; nothing from a page runs (a content security policy without scripts says so to the browser too).

mod feeds;
mod guard;
mod outbox;
mod serving;
mod subscription;
mod views;
mod websub;

use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware;
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::jobs::Context;
use crate::jobs::websub::Inbox;

/// The newest context: a reload shows at the next request.
type Contexts = watch::Receiver<Arc<Context>>;

/// Serves until `stop` is cancelled; requests under way may end. What hubs push goes into `inbox`.
pub async fn serve(listener: TcpListener, contexts: Contexts, inbox: Inbox, stop: CancellationToken) {
    let app = Router::new()
        .route("/", get(views::articles))
        .route("/article/{id}", get(views::article))
        .route("/stories", get(views::stories))
        .route("/story/{id}", get(views::story))
        .route("/deliveries", get(outbox::deliveries))
        .route("/feeds/{name}", get(feeds::feed))
        .fallback(views::not_found)
        .layer(middleware::from_fn_with_state(contexts.clone(), guard::token))
        // Without the token: recipients of mail do not have it, and their links carry one of their own.
        .route("/unsubscribe/{channel}/{token}", get(subscription::ask).post(subscription::act))
        .route("/websub/{token}", get(websub::ask).post(websub::take))
        .route("/style.css", get(views::style))
        // It tells nothing but that the process answers.
        .route("/healthz", get(|| async { "ok\n" }))
        .layer(middleware::map_response(with_security_headers))
        .layer(Extension(inbox))
        .with_state(contexts);
    serving::serve(listener, app, stop).await;
}

async fn with_security_headers(mut response: Response) -> Response {
    const HEADERS: [(HeaderName, &str); 4] = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
