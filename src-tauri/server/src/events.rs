//! `GET /api/events`: a WebSocket whose first message says who asks and since when; then events, one a message.

use crate::Shared;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use futures_util::StreamExt;
use serde::Deserialize;
use std::time::Duration;
use weft_api::types::Cursor;

#[derive(Deserialize)]
struct Hello {
    #[serde(default)]
    token: String,
    since: Option<Cursor>,
}

/// A tab that says nothing for this long is none.
const PATIENCE: Duration = Duration::from_secs(10);
const PING: Duration = Duration::from_secs(25);

/// For browsers: the first message carries the token, because a WebSocket has no headers of its own.
pub async fn browser(State(shared): State<Shared>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.max_message_size(64 * 1024).on_upgrade(|socket| tell(shared, socket, true))
}

/// For the local socket, which only its owner reaches.
pub async fn local(State(shared): State<Shared>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.max_message_size(64 * 1024).on_upgrade(|socket| tell(shared, socket, false))
}

async fn tell(shared: Shared, mut socket: WebSocket, ask_token: bool) {
    let hello = match tokio::time::timeout(PATIENCE, socket.recv()).await {
        Ok(Some(Ok(Message::Text(text)))) => serde_json::from_str::<Hello>(&text).ok(),
        _ => None,
    };
    let Some(hello) = hello.filter(|hello| !ask_token || shared.door.knows(&hello.token)) else {
        // 4401: the page asks for a new link instead of trying again.
        let close = axum::extract::ws::CloseFrame { code: 4401, reason: "no access".into() };
        socket.send(Message::Close(Some(close))).await.ok();
        return;
    };
    let mut events = std::pin::pin!(shared.api.events(hello.since));
    let mut ping = tokio::time::interval(PING);
    loop {
        tokio::select! {
            event = events.next() => {
                let Some(event) = event else { return };
                let text = serde_json::to_string(&event).expect("events are JSON");
                if socket.send(Message::Text(text.into())).await.is_err() {
                    return;
                }
            }
            heard = socket.recv() => match heard {
                Some(Ok(Message::Close(_))) | Some(Err(_)) | None => return,
                Some(Ok(_)) => {}
            },
            _ = ping.tick() => {
                if socket.send(Message::Ping(Vec::new().into())).await.is_err() {
                    return;
                }
            }
        }
    }
}
