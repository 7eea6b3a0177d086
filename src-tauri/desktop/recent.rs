//! Workspaces that were open before, newest first, in the user's configuration folder.

use std::path::{Path, PathBuf};

/// How many the menu offers.
const MOST: usize = 10;

fn file() -> Option<PathBuf> {
    Some(weft_api::user_folder()?.join("recent.json"))
}

/// Those that still exist.
pub fn list() -> Vec<PathBuf> {
    let Some(text) = file().and_then(|file| std::fs::read_to_string(file).ok()) else { return Vec::new() };
    let all: Vec<PathBuf> = serde_json::from_str(&text).unwrap_or_default();
    all.into_iter().filter(|folder| folder.is_dir()).take(MOST).collect()
}

pub fn newest() -> Option<PathBuf> {
    list().into_iter().next()
}

pub fn remember(folder: &Path) {
    let Ok(folder) = folder.canonicalize() else { return };
    let mut all = list();
    all.retain(|other| *other != folder);
    all.insert(0, folder);
    all.truncate(MOST);
    let Some(file) = file() else { return };
    if let (Some(parent), Ok(text)) = (file.parent(), serde_json::to_string_pretty(&all)) {
        // A list of folders is a convenience: losing it is no error to stop for.
        std::fs::create_dir_all(parent)
            .and_then(|()| std::fs::write(&file, text))
            .unwrap_or_else(|error| tracing::warn!(%error, "recent workspaces are not kept"));
    }
}

/// Where somebody who never had a workspace begins: made on the first start.
pub fn first_workspace() -> PathBuf {
    let home = std::env::var_os("HOME").map_or_else(|| PathBuf::from("."), PathBuf::from);
    let folder = home.join("Weftwork");
    std::fs::create_dir_all(folder.join("flows")).unwrap_or_else(|error| tracing::error!(%error, "the first workspace could not be made"));
    folder
}
