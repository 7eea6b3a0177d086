//! Calls and events between the page and the api: one command, one channel.

use crate::opened::Opened;
use futures_util::StreamExt;
use std::sync::Arc;
use tauri::State;
use tauri::ipc::Channel;
use weft_api::types::{Cursor, Event, Problem};

/// Every call of the list, by name.
#[tauri::command]
pub async fn call(opened: State<'_, Arc<Opened>>, name: String, params: serde_json::Value) -> Result<serde_json::Value, Problem> {
    let api = opened.api().await?;
    weft_api::call(&api, &name, params).await
}

/// Events since a cursor, until the page goes.
#[tauri::command]
pub async fn events(opened: State<'_, Arc<Opened>>, since: Option<Cursor>, channel: Channel<Event>) -> Result<(), Problem> {
    let api = opened.api().await?;
    let old = opened.listen().await;
    tauri::async_runtime::spawn(async move {
        let mut events = std::pin::pin!(api.events(since));
        loop {
            tokio::select! {
                // Another workspace, or a page that listens anew.
                () = old.cancelled() => return,
                event = events.next() => {
                    let Some(event) = event else { return };
                    if channel.send(event).is_err() {
                        return;
                    }
                }
            }
        }
    });
    Ok(())
}
