//! The loopback port for browsers.

use crate::{ServerError, Shared, assets, blobs, calls, door, events, guard};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use weft_api::Api;

/// A running server; it stops when this is dropped or told to.
pub struct Serving {
    pub address: SocketAddr,
    door: Arc<door::Door>,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl Serving {
    /// A link that opens the studio once, in one tab.
    pub fn link(&self) -> String {
        format!("http://{}/#code={}", self.address, self.door.code())
    }

    pub async fn stop(self) {
        self.stop.cancel();
        self.task.await.ok();
    }
}

/// Serves interface, calls and events on a loopback address; port 0 lets the system choose.
///
/// # Errors
/// Where the address is not loopback or cannot be had.
pub async fn serve(api: Arc<Api>, address: SocketAddr) -> Result<Serving, ServerError> {
    if !address.ip().is_loopback() {
        return Err(ServerError::NotLoopback(address));
    }
    let listener = TcpListener::bind(address).await.map_err(|error| ServerError::Listen { address: address.to_string(), error })?;
    let address = listener.local_addr().map_err(|error| ServerError::Listen { address: address.to_string(), error })?;
    let door = Arc::new(door::Door::default());
    let shared = Shared { api: api.clone(), door: door.clone() };
    // A link can also be asked for over the local socket (`weft serve --link`).
    let (link_door, link_address) = (door.clone(), address);
    api.offer_link(Arc::new(move || format!("http://{link_address}/#code={}", link_door.code())));
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    let router = router(shared, guard::Names::of(address));
    let task = tokio::spawn(async move {
        let served = axum::serve(listener, router).with_graceful_shutdown(stopped.cancelled_owned()).await;
        if let Err(error) = served {
            tracing::error!(%error, "the server stopped");
        }
    });
    Ok(Serving { address, door, stop, task })
}

fn router(shared: Shared, names: guard::Names) -> Router {
    let behind_token = Router::new()
        .route("/api/{call}", post(calls::call))
        .route("/api/blob/{hash}", get(blobs::blob))
        .route_layer(middleware::from_fn_with_state(shared.clone(), guard::token));
    Router::new()
        .route("/api/door", post(knock))
        .route("/api/events", get(events::browser))
        .merge(behind_token)
        .fallback(get(assets::asset))
        .layer(tower_http::compression::CompressionLayer::new())
        .layer(DefaultBodyLimit::max(calls::MOST_BYTES))
        .layer(middleware::from_fn(guard::json_only))
        .layer(middleware::from_fn_with_state(names, guard::names))
        .with_state(shared)
}

async fn knock(State(shared): State<Shared>, Json(knock): Json<door::Knock>) -> Response {
    match shared.door.open(&knock.code) {
        Some(opened) => Json(opened).into_response(),
        None => guard::refuse(
            StatusCode::UNAUTHORIZED,
            "door.closed",
            "This link was used before or is too old. `weft serve --link` prints a new one.",
        ),
    }
}
