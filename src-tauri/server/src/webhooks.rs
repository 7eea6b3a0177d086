//! Webhooks: a loopback port, and so an origin, of their own.

use crate::ServerError;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use weft_api::{Api, WebhookRequest};

/// Largest body any webhook may allow itself.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// A listening webhook port; it closes when this is dropped.
pub struct Webhooks {
    pub address: SocketAddr,
    stop: CancellationToken,
}

impl Drop for Webhooks {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Answers the webhooks of flows in use.
///
/// # Errors
/// Where the address is not loopback or cannot be had.
pub async fn serve_webhooks(api: Arc<Api>, address: SocketAddr) -> Result<Webhooks, ServerError> {
    if !address.ip().is_loopback() {
        return Err(ServerError::NotLoopback(address));
    }
    let failed = |error| ServerError::Listen { address: address.to_string(), error };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let router = Router::new().fallback(answer).layer(DefaultBodyLimit::max(MOST_BYTES)).with_state(api.clone());
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    tokio::spawn(async move {
        axum::serve(listener, router).with_graceful_shutdown(stopped.cancelled_owned()).await.ok();
    });
    api.webhooks_listen_at(Some(format!("http://{address}")));
    Ok(Webhooks { address, stop })
}

async fn answer(State(api): State<Arc<Api>>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let request = WebhookRequest {
        method: method.as_str().to_owned(),
        path: uri.path().to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        headers: headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect(),
        body,
    };
    let reply = api.webhook(request).await;
    let mut response = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(name, value);
    }
    // What a flow answers is not the studio's page, even if somebody opens it in a browser.
    response = response.header("content-security-policy", "sandbox").header("x-content-type-options", "nosniff");
    response.body(Body::from(reply.body)).unwrap_or_else(|_| {
        let mut plain = Response::new(Body::from("The flow answered with a header that cannot be sent."));
        *plain.status_mut() = axum::http::StatusCode::INTERNAL_SERVER_ERROR;
        plain
    })
}
