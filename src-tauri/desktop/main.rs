//! The window. The only code that knows Tauri: it hands calls and events between the page and the api, and draws
//! what the operating system owns (window, menu, folder dialog).
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod bridge;
mod menu;
mod opened;
mod recent;
mod webhooks;

use opened::Opened;
use std::path::PathBuf;
use std::sync::Arc;
use tauri::{Manager, WebviewUrl, WebviewWindowBuilder};

fn main() {
    // Scripts of flows run in this same program, started anew as a worker.
    if std::env::args_os().nth(1).is_some_and(|word| word == "worker") {
        weft_api::worker_main();
    }
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_env("WEFT_LOG").unwrap_or_else(|_| "warn".into()))
        .init();
    let asked = Asked::read(std::env::args_os().skip(1).map(PathBuf::from));

    let app = tauri::Builder::default()
        // A second start hands its folder to the first and ends.
        .plugin(tauri_plugin_single_instance::init(|app, arguments, folder| {
            let asked = Asked::read(arguments.into_iter().skip(1).map(PathBuf::from));
            if let Some(workspace) = asked.workspace {
                let workspace = PathBuf::from(folder).join(workspace);
                let app = app.clone();
                tauri::async_runtime::spawn(async move { opened::switch(&app, workspace, false).await });
            }
            if let Some(window) = app.get_webview_window("main") {
                window.unminimize().ok();
                window.set_focus().ok();
            }
        }))
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .plugin(tauri_plugin_dialog::init())
        .invoke_handler(tauri::generate_handler![bridge::call, bridge::events])
        .setup(move |app| {
            app.manage(Arc::new(Opened::default()));
            let handle = app.handle().clone();
            app.set_menu(menu::build(&handle)?)?;
            app.on_menu_event(menu::chosen);
            let workspace = asked.workspace.clone().or_else(recent::newest).unwrap_or_else(recent::first_workspace);
            // The page asks for the workspace at once, so it is open before the window is.
            tauri::async_runtime::block_on(opened::switch(&handle, workspace, asked.sample));
            WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
                .title("Weftwork")
                .inner_size(1440.0, 900.0)
                .min_inner_size(1024.0, 640.0)
                // Nothing but our own page, ever.
                .on_navigation(|url| {
                    matches!(url.scheme(), "tauri")
                        || url.host_str() == Some("tauri.localhost")
                        || cfg!(debug_assertions) && url.host_str() == Some("localhost")
                })
                .build()?;
            Ok(())
        })
        .build(tauri::generate_context!());
    let app = match app {
        Ok(app) => app,
        Err(error) => {
            eprintln!("weftwork: the window could not be opened: {error}.");
            std::process::exit(1);
        }
    };
    app.run(|app, event| {
        if let tauri::RunEvent::Exit = event {
            tauri::async_runtime::block_on(opened::close(app));
        }
    });
}

/// What the command line asks for: a workspace folder, and whether it is the sample.
struct Asked {
    workspace: Option<PathBuf>,
    sample: bool,
}

impl Asked {
    fn read(arguments: impl Iterator<Item = PathBuf>) -> Asked {
        let mut asked = Asked { workspace: None, sample: false };
        for argument in arguments {
            match argument.to_str() {
                Some("--sample") => asked.sample = true,
                Some(option) if option.starts_with("--") => {}
                _ => asked.workspace = Some(argument),
            }
        }
        asked
    }
}
