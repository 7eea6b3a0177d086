//! The webhook port: opened when the user puts a flow with a webhook in use, closed when none is left. No other port is.

use futures_util::StreamExt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use weft_api::Api;
use weft_api::types::Happened;
use weft_server::{Webhooks, serve_webhooks};

const PORT: u16 = 7778;

/// Keeps the port open exactly while it is needed.
pub struct Listening(CancellationToken);

impl Listening {
    pub fn stop(&self) {
        self.0.cancel();
    }
}

pub fn follow(api: Arc<Api>) -> Listening {
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    tauri::async_runtime::spawn(async move {
        let mut open: Option<Webhooks> = None;
        let mut events = std::pin::pin!(api.events(None));
        loop {
            match (api.webhooks_in_use().await, &open) {
                (true, None) => {
                    let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, PORT));
                    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
                    // Another workspace may have the usual port.
                    open = match serve_webhooks(api.clone(), wanted).await {
                        Ok(webhooks) => Some(webhooks),
                        Err(_) => serve_webhooks(api.clone(), any)
                            .await
                            .inspect_err(|error| tracing::error!(%error, "webhooks do not listen"))
                            .ok(),
                    };
                }
                (false, Some(_)) => {
                    open = None;
                    api.webhooks_listen_at(None);
                }
                _ => {}
            }
            loop {
                tokio::select! {
                    () = stopped.cancelled() => return,
                    event = events.next() => match event.map(|event| event.what) {
                        None => return,
                        Some(Happened::FlowState { .. } | Happened::FlowsChanged | Happened::Reset) => break,
                        Some(_) => {}
                    },
                }
            }
        }
    });
    Listening(stop)
}
