//! Files of the workspace, behind a folder handle that cannot be left.

mod path;
#[cfg(test)]
mod tests;

pub use path::WorkspacePath;

use crate::deny::{ask, cancelled, disk, or_cancelled};
use bytes::Bytes;
use cap_std::fs::{Dir, OpenOptions};
use futures_util::future::BoxFuture;
use futures_util::{StreamExt, TryStreamExt};
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;
use tokio_util::io::ReaderStream;
use weft_node::world::{Blobs, Caller, Files};
use weft_node::{BlobRef, NeedKind, Problem, Result};

/// Largest file a flow may read as a blob, or write.
pub const MAX_FILE: u64 = 2 << 30;

/// [`Files`] over one folder.
pub struct LocalFiles {
    root: Arc<Dir>,
    blobs: Arc<dyn Blobs>,
}

impl LocalFiles {
    /// # Errors
    /// Where the folder cannot be opened.
    pub fn open(root: &Path, blobs: Arc<dyn Blobs>) -> io::Result<Self> {
        Ok(LocalFiles { root: Arc::new(Dir::open_ambient_dir(root, cap_std::ambient_authority())?), blobs })
    }

    /// Runs what blocks apart; letting go of the run does not wait for the disk.
    async fn apart<T: Send + 'static>(&self, caller: &Caller, work: impl FnOnce(&Dir) -> Result<T> + Send + 'static) -> Result<T> {
        let root = self.root.clone();
        let cancel = caller.cancel.clone();
        let task = tokio::task::spawn_blocking(move || if cancel.is_cancelled() { Err(cancelled()) } else { work(&root) });
        or_cancelled(caller, async {
            task.await.unwrap_or_else(|_| Err(Problem::new("file.failed", "Reading or writing stopped unexpectedly.")))
        })
        .await
    }
}

impl Files for LocalFiles {
    fn read<'a>(&'a self, caller: &'a Caller, path: &'a str) -> BoxFuture<'a, Result<BlobRef>> {
        Box::pin(async move {
            let name = allowed(caller, NeedKind::ReadFile, path)?;
            let (file, size) = self.apart(caller, move |root| open(root, &name)).await?;
            if size > MAX_FILE {
                return Err(too_large(path, size, MAX_FILE));
            }
            let stream = ReaderStream::with_capacity(tokio::fs::File::from_std(file), 256 << 10);
            let mut read = 0;
            let stream = stream.map_err(|error| disk("read", path, &error)).map(move |chunk| {
                let chunk = chunk?;
                read += chunk.len() as u64;
                if read > MAX_FILE { Err(too_large(path, read, MAX_FILE)) } else { Ok(chunk) }
            });
            let file_name = path.rsplit('/').next();
            or_cancelled(caller, self.blobs.put_stream(stream.boxed(), media_type(path), file_name)).await
        })
    }

    fn read_bytes<'a>(&'a self, caller: &'a Caller, path: &'a str, limit: u64) -> BoxFuture<'a, Result<Bytes>> {
        Box::pin(async move {
            let name = allowed(caller, NeedKind::ReadFile, path)?;
            self.apart(caller, move |root| {
                let (file, size) = open(root, &name)?;
                if size > limit {
                    return Err(too_large(&name, size, limit));
                }
                let mut bytes = Vec::with_capacity(size as usize);
                // A file may grow while it is read.
                file.take(limit + 1).read_to_end(&mut bytes).map_err(|error| disk("read", &name, &error))?;
                if bytes.len() as u64 > limit { Err(too_large(&name, bytes.len() as u64, limit)) } else { Ok(bytes.into()) }
            })
            .await
        })
    }

    fn write<'a>(&'a self, caller: &'a Caller, path: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let name = allowed(caller, NeedKind::WriteFile, path)?;
            if bytes.len() as u64 > MAX_FILE {
                return Err(too_large(path, bytes.len() as u64, MAX_FILE));
            }
            self.apart(caller, move |root| replace(root, &name, &bytes)).await
        })
    }

    fn append<'a>(&'a self, caller: &'a Caller, path: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let name = allowed(caller, NeedKind::WriteFile, path)?;
            self.apart(caller, move |root| append(root, &name, &bytes)).await
        })
    }

    fn exists<'a>(&'a self, caller: &'a Caller, path: &'a str) -> BoxFuture<'a, Result<bool>> {
        Box::pin(async move {
            // Who may write a file may know whether it is there.
            let name = allowed(caller, NeedKind::WriteFile, path).or_else(|_| allowed(caller, NeedKind::ReadFile, path))?;
            self.apart(caller, move |root| match WorkspacePath::parse(&name)?.find(root) {
                Ok(_) => Ok(true),
                Err(path::Lost::Io(error)) if error.kind() == io::ErrorKind::NotFound => Ok(false),
                Err(lost) => Err(lost.problem("look at", &name)),
            })
            .await
        })
    }
}

fn allowed(caller: &Caller, kind: NeedKind, path: &str) -> Result<String> {
    let path = WorkspacePath::parse(path)?;
    ask(caller, kind, path.as_str())?;
    Ok(path.as_str().to_owned())
}

fn too_large(path: &str, size: u64, limit: u64) -> Problem {
    Problem::new("file.too_large", format!("{path} has {size} bytes; at most {limit} fit here."))
        .help("Work with a smaller file, or read it as bytes.")
}

/// Opens a plain file for reading: no folder, device, pipe or socket.
fn open(root: &Dir, path: &str) -> Result<(std::fs::File, u64)> {
    let real = WorkspacePath::parse(path)?.find(root).map_err(|lost| lost.problem("read", path))?;
    let no_file = || Problem::new("file.no_file", format!("{path} is no plain file.")).help("Name a file, not a folder or device.");
    let looked = root.metadata(&real).map_err(|error| disk("read", path, &error))?;
    if !looked.is_file() {
        return Err(no_file());
    }
    let mut options = OpenOptions::new();
    options.read(true);
    // Should it have become a pipe since: opening one would wait for ever.
    #[cfg(unix)]
    cap_std::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    let file = root.open_with(&real, &options).map_err(|error| path::Lost::from(error).problem("read", path))?;
    let found = file.metadata().map_err(|error| disk("read", path, &error))?;
    if found.is_file() { Ok((file.into_std(), found.len())) } else { Err(no_file()) }
}

/// The folder and the name in it that a path to be written leads to.
fn place(root: &Dir, path: &str) -> Result<(Dir, std::ffi::OsString)> {
    let real = WorkspacePath::parse(path)?.find_or_place(root).map_err(|lost| lost.problem("write", path))?;
    let name = real.file_name().ok_or_else(|| Problem::new("file.no_file", format!("{path} is a folder.")))?.to_owned();
    let folder = match real.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => root.open_dir(folder),
        _ => root.try_clone(),
    };
    let folder = folder.map_err(|error| path::Lost::from(error).problem("write", path))?;
    match folder.symlink_metadata(&name) {
        Ok(there) if !there.is_file() => {
            Err(Problem::new("file.no_file", format!("{path} is no plain file.")).help("Name a file, not a folder or device."))
        }
        _ => Ok((folder, name)),
    }
}

fn replace(root: &Dir, path: &str, bytes: &[u8]) -> Result<()> {
    let (folder, name) = place(root, path)?;
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|_| Problem::new("file.failed", "The system gives no random numbers."))?;
    let temporary = format!(".{:016x}.part", u64::from_le_bytes(random));
    let written = (|| {
        let mut file = folder.open_with(&temporary, OpenOptions::new().write(true).create_new(true))?;
        if let Ok(before) = folder.metadata(&name) {
            file.set_permissions(before.permissions())?;
        }
        file.write_all(bytes)?;
        file.sync_all()?;
        folder.rename(&temporary, &folder, &name)?;
        sync_folder(&folder)
    })();
    written.map_err(|error| {
        // It may never have been made; what counts is the first error.
        folder.remove_file(&temporary).ok();
        disk("write", path, &error)
    })
}

fn append(root: &Dir, path: &str, bytes: &[u8]) -> Result<()> {
    let (folder, name) = place(root, path)?;
    let written = (|| {
        let mut file = folder.open_with(&name, OpenOptions::new().append(true).create(true))?;
        let length = file.metadata()?.len();
        if length + bytes.len() as u64 > MAX_FILE {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        if written.is_err() {
            // Half a line is worse than none.
            file.set_len(length)?;
        }
        written?;
        if length == 0 { sync_folder(&folder) } else { Ok(()) }
    })();
    written.map_err(|error| disk("write", path, &error))
}

fn sync_folder(folder: &Dir) -> io::Result<()> {
    // Folders cannot be synced on Windows; the rename is durable there by itself. The handle we hold may only be good for
    // looking names up, so it is opened again.
    if cfg!(unix) { folder.open(".")?.sync_all() } else { Ok(()) }
}

/// What a file's ending says it is.
pub fn media_type(path: &str) -> &'static str {
    let ending = path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("csv") => "text/csv",
        Some("tsv") => "text/tab-separated-values",
        Some("json") => "application/json",
        Some("jsonl" | "ndjson") => "application/x-ndjson",
        Some("txt" | "log") => "text/plain",
        Some("md") => "text/markdown",
        Some("html" | "htm") => "text/html",
        Some("xml") => "application/xml",
        Some("yaml" | "yml") => "application/yaml",
        Some("pdf") => "application/pdf",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("gif") => "image/gif",
        Some("svg") => "image/svg+xml",
        Some("webp") => "image/webp",
        Some("zip") => "application/zip",
        _ => "application/octet-stream",
    }
}
