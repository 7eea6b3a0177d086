//! The workspace itself: what it is called, who holds it, which files lie in it.

use crate::Api;
use crate::problem::problem;
use crate::types::*;
use std::sync::Arc;

pub async fn get(api: &Arc<Api>, _: Nothing) -> Result<Workspace, Problem> {
    let folder = api.folder();
    let (settings, _) = api.settings()?;
    let own = folder.file_name().map_or_else(|| "Workspace".into(), |name| name.to_string_lossy().into_owned());
    Ok(Workspace {
        name: settings.name.unwrap_or(own),
        path: folder.display().to_string(),
        read_only: api.read_only(),
        author: api.author.clone(),
        version: env!("CARGO_PKG_VERSION").into(),
        host: api.host,
        webhook_origin: api.webhook_origin(),
    })
}

/// A folder has so many entries at most in the list of a path field.
const MOST_FILES: usize = 2_000;

pub async fn files(api: &Arc<Api>, wanted: FilePrefix) -> Result<FileNames, Problem> {
    let parts: Vec<String> = wanted.folder.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    if parts.iter().any(|part| part.starts_with('.') || part.contains(['\\', '\0'])) {
        return Err(problem("workspace.outside", format!("{} is no folder of the workspace.", wanted.folder), "Name a folder inside it."));
    }
    let (folder, top) = (parts.iter().fold(api.folder().to_path_buf(), |at, part| at.join(part)), api.folder().to_path_buf());
    tokio::task::spawn_blocking(move || {
        // A link may lead anywhere; only what really lies in the workspace is listed.
        let inside = folder.canonicalize().ok().zip(top.canonicalize().ok()).is_some_and(|(folder, top)| folder.starts_with(top));
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten().take(if inside { MOST_FILES } else { 0 }) {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Ok(kind) = entry.file_type() else { continue };
            if name.starts_with('.') || kind.is_symlink() {
                continue;
            }
            let path = parts.iter().map(String::as_str).chain([name.as_str()]).collect::<Vec<_>>().join("/");
            files.push(FileName { path, folder: kind.is_dir(), size: entry.metadata().map_or(0.0, |data| data.len() as f64) });
        }
        files.sort_by(|a, b| (!a.folder, &a.path).cmp(&(!b.folder, &b.path)));
        Ok(FileNames { files })
    })
    .await
    .map_err(|error| problem("internal", format!("The folder could not be listed: {error}."), ""))?
}

pub async fn link(api: &Arc<Api>, _: Nothing) -> Result<Text, Problem> {
    let text = api.link().ok_or_else(|| {
        problem("workspace.no_server", "The program that has this workspace open is no server.", "Close it and start one with: weft serve")
    })?;
    Ok(Text { text })
}
