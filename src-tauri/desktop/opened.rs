//! The workspace the window shows, and changing it for another.

use crate::{menu, recent, webhooks};
use std::path::PathBuf;
use std::sync::Arc;
use tauri::{AppHandle, Manager};
use tauri_plugin_dialog::{DialogExt, MessageDialogKind};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use weft_api::types::{Host, Problem};
use weft_api::{Api, OpenError, Options};
use weft_server::SocketServing;

/// What is open now.
#[derive(Default)]
pub struct Opened {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    workspace: Option<Workspace>,
    /// Cancelled when the page listens anew or the workspace changes.
    listening: Option<CancellationToken>,
    failed: Option<String>,
}

struct Workspace {
    api: Arc<Api>,
    /// Serves a second process; none where the workspace is only read.
    _socket: Option<SocketServing>,
    webhooks: webhooks::Listening,
}

impl Opened {
    pub async fn api(&self) -> Result<Arc<Api>, Problem> {
        let inner = self.inner.lock().await;
        inner.workspace.as_ref().map(|workspace| workspace.api.clone()).ok_or_else(|| Problem {
            code: "workspace.not_found".into(),
            message: inner.failed.clone().unwrap_or_else(|| "No workspace is open.".into()),
            help: "Choose one with File, Open folder.".into(),
            node: None,
            field: None,
            item: None,
            details: None,
        })
    }

    /// A token that ends when somebody else begins to listen.
    pub async fn listen(&self) -> CancellationToken {
        let token = CancellationToken::new();
        if let Some(old) = self.inner.lock().await.listening.replace(token.clone()) {
            old.cancel();
        }
        token
    }
}

/// Opens a workspace in place of the one that is open; where that fails, says why and keeps the old one.
pub async fn switch(app: &AppHandle, folder: PathBuf, sample: bool) {
    let opened: Arc<Opened> = app.state::<Arc<Opened>>().inner().clone();
    let mut options = Options::new(&folder, Host::Desktop, weft_nodes::all());
    options.resume = true;
    options.sample = sample;
    let api = match Api::open(options.clone()).await {
        Err(OpenError::Held { .. }) => {
            // Somebody else owns it: it can be looked at.
            options.read_only = true;
            Api::open(options).await
        }
        other => other,
    };
    let mut inner = opened.inner.lock().await;
    match api {
        Ok(api) => {
            if let Some(old) = inner.listening.take() {
                old.cancel();
            }
            if let Some(old) = inner.workspace.take() {
                old.webhooks.stop();
                old.api.close().await;
            }
            let socket = weft_server::serve_socket(api.clone(), &api.socket_path()).await.ok().filter(|_| !api.is_read_only());
            let webhooks = webhooks::follow(api.clone());
            inner.workspace = Some(Workspace { api, _socket: socket, webhooks });
            inner.failed = None;
            drop(inner);
            recent::remember(&folder);
            if let Ok(menu) = menu::build(app) {
                app.set_menu(menu).ok();
            }
            if let Some(window) = app.get_webview_window("main") {
                window.reload().ok();
                window.set_title(&format!("{} - Weftwork", folder.file_name().unwrap_or_default().to_string_lossy())).ok();
            }
        }
        Err(error) => {
            inner.failed = Some(error.to_string());
            drop(inner);
            app.dialog().message(error.to_string()).kind(MessageDialogKind::Error).title("This folder could not be opened").show(|_| {});
        }
    }
}

/// Before the program ends: everything reaches the disk.
pub async fn close(app: &AppHandle) {
    let opened: Arc<Opened> = app.state::<Arc<Opened>>().inner().clone();
    let workspace = opened.inner.lock().await.workspace.take();
    if let Some(workspace) = workspace {
        workspace.webhooks.stop();
        workspace.api.close().await;
    }
}
