//! The menu bar: what the window does besides the page. Everything else has its place in the page.

use crate::{opened, recent};
use std::path::PathBuf;
use tauri::menu::{Menu, MenuBuilder, MenuEvent, MenuItemBuilder, SubmenuBuilder};
use tauri::{AppHandle, Wry};
use tauri_plugin_dialog::DialogExt;

pub fn build(app: &AppHandle) -> tauri::Result<Menu<Wry>> {
    let open = MenuItemBuilder::with_id("open", "Open folder...").accelerator("CmdOrCtrl+O").build(app)?;
    let mut recent_menu = SubmenuBuilder::new(app, "Open recent");
    for (at, folder) in recent::list().iter().enumerate() {
        let item = MenuItemBuilder::with_id(format!("recent:{at}"), folder.display().to_string()).build(app)?;
        recent_menu = recent_menu.item(&item);
    }
    let quit = MenuItemBuilder::with_id("quit", "Quit").accelerator("CmdOrCtrl+Q").build(app)?;
    let file = SubmenuBuilder::new(app, "File").item(&open).item(&recent_menu.build()?).separator().item(&quit).build()?;
    let reload = MenuItemBuilder::with_id("reload", "Reload the page").build(app)?;
    let full = MenuItemBuilder::with_id("full", "Full screen").accelerator("F11").build(app)?;
    let view = SubmenuBuilder::new(app, "View").item(&reload).item(&full).build()?;
    MenuBuilder::new(app).item(&file).item(&view).build()
}

pub fn chosen(app: &AppHandle, event: MenuEvent) {
    use tauri::Manager;
    let window = app.get_webview_window("main");
    match event.id().as_ref() {
        "open" => {
            let app = app.clone();
            app.clone().dialog().file().pick_folder(move |folder| {
                if let Some(folder) = folder.and_then(|folder| folder.into_path().ok()) {
                    go(&app, folder);
                }
            });
        }
        "quit" => app.exit(0),
        "reload" => {
            window.map(|window| window.reload());
        }
        "full" => {
            if let Some(window) = window {
                let on = window.is_fullscreen().unwrap_or(false);
                window.set_fullscreen(!on).ok();
            }
        }
        id => {
            let folder =
                id.strip_prefix("recent:").and_then(|at| at.parse::<usize>().ok()).and_then(|at| recent::list().into_iter().nth(at));
            if let Some(folder) = folder {
                go(app, folder);
            }
        }
    }
}

fn go(app: &AppHandle, folder: PathBuf) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move { opened::switch(&app, folder, false).await });
}
