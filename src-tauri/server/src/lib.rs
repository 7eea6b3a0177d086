//! Carries calls over HTTP, events over a WebSocket, bytes in ranges; answers webhooks; serves the interface.
//!
//! Three doors lead to the same list of calls: a loopback port for browsers (token, exact Host and Origin), the
//! workspace's local socket (only its owner), and nothing else. Webhooks have a port, and so an origin, of their own.
//! Deliberately absent: any logic. What a call does stands in the api.

mod assets;
mod blobs;
mod calls;
mod client;
mod door;
mod events;
mod guard;
mod serve;
mod socket;
mod webhooks;

pub use client::{Client, ClientError};
pub use serve::{Serving, serve};
pub use socket::{SocketServing, serve_socket};
pub use webhooks::{Webhooks, serve_webhooks};

use std::sync::Arc;
use weft_api::Api;

/// What every handler holds.
#[derive(Clone)]
pub(crate) struct Shared {
    pub api: Arc<Api>,
    pub door: Arc<door::Door>,
}

/// Why a server could not be started.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    #[error("{0} is not a loopback address. This version listens on 127.0.0.1 or [::1] only.")]
    NotLoopback(std::net::SocketAddr),
    #[error("Could not listen on {address}: {error}. Choose another port with --port, or stop the program that has it.")]
    Listen { address: String, error: std::io::Error },
}
