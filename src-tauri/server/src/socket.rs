//! The workspace's local socket: the same calls for a second process of the same person.

use crate::{ServerError, Shared, blobs, calls, door, events};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::UnixListener;
use tokio_util::sync::CancellationToken;
use weft_api::Api;

/// A served socket; its file goes when this is dropped.
pub struct SocketServing {
    path: PathBuf,
    stop: CancellationToken,
}

impl Drop for SocketServing {
    fn drop(&mut self) {
        self.stop.cancel();
        std::fs::remove_file(&self.path).ok();
    }
}

/// Serves calls and events on a Unix socket that only this user may open (0600).
///
/// The caller owns the workspace (its lock), so a socket file that lies there is left over from a killed owner.
///
/// # Errors
/// Where the socket cannot be made.
pub async fn serve_socket(api: Arc<Api>, path: &Path) -> Result<SocketServing, ServerError> {
    let failed = |error| ServerError::Listen { address: path.display().to_string(), error };
    std::fs::remove_file(path).ok();
    let listener = UnixListener::bind(path).map_err(failed)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
    let router = Router::new()
        .route("/api/{call}", post(calls::call))
        .route("/api/blob/{hash}", get(blobs::blob))
        .route("/api/events", get(events::local))
        .layer(DefaultBodyLimit::max(calls::MOST_BYTES))
        .with_state(Shared { api, door: Arc::new(door::Door::default()) });
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    tokio::spawn(async move {
        axum::serve(listener, router).with_graceful_shutdown(stopped.cancelled_owned()).await.ok();
    });
    Ok(SocketServing { path: path.into(), stop })
}
