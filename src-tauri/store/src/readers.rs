//! A pool of connections that only read. Their transactions must be short: a long one keeps the log from being reset.

use crate::{Error, Result};
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Idle connections kept.
const IDLE: usize = 4;

#[derive(Clone)]
pub struct Readers {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    vfs: Option<String>,
    /// On a read-only disk without a log: nobody else writes, nothing may be made beside the file.
    immutable: bool,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub fn new(path: &Path, vfs: Option<String>, immutable: bool) -> Self {
        Readers { inner: Arc::new(Inner { path: path.to_owned(), vfs, immutable, idle: Mutex::default() }) }
    }

    /// Runs on the calling thread, which waits for the disk.
    pub fn now<T>(&self, job: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let idle = self.idle().pop();
        let db = match idle {
            Some(db) => db,
            None => self.open()?,
        };
        let result = job(&db);
        let mut idle = self.idle();
        if idle.len() < IDLE && !matches!(result, Err(Error::Sqlite(_) | Error::Damaged { .. })) {
            idle.push(db);
        }
        result
    }

    /// Runs on a thread for blocking work.
    pub async fn read<T: Send + 'static>(&self, job: impl FnOnce(&Connection) -> Result<T> + Send + 'static) -> Result<T> {
        let readers = self.clone();
        tokio::task::spawn_blocking(move || readers.now(job)).await.map_err(|_| Error::Closed)?
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.inner.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> Result<Connection> {
        let inner = &self.inner;
        let mut flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let db = if inner.immutable {
            Connection::open_with_flags(immutable_uri(&inner.path), flags)?
        } else {
            flags.remove(OpenFlags::SQLITE_OPEN_URI);
            match &inner.vfs {
                Some(vfs) => Connection::open_with_flags_and_vfs(&inner.path, flags, vfs.as_str())?,
                None => Connection::open_with_flags(&inner.path, flags)?,
            }
        };
        db.busy_timeout(Duration::from_secs(5))?;
        db.set_prepared_statement_cache_capacity(64);
        db.pragma_update(None, "query_only", true)?;
        Ok(db)
    }
}

fn immutable_uri(path: &Path) -> String {
    let mut uri = String::from("file:");
    for byte in path.to_string_lossy().bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => uri.push(byte as char),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri + "?immutable=1"
}
