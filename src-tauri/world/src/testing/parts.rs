//! Blobs and a log in memory, and scripts that cannot run.

use bytes::Bytes;
use futures_util::future::BoxFuture;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use weft_node::world::{Blobs, Caller, Log, ScriptCall, ScriptError, Scripted, Scripts};
use weft_node::{BlobRef, Problem, Result};

/// [`Blobs`] in memory.
#[derive(Default)]
pub struct MemoryBlobs(Mutex<HashMap<String, Bytes>>);

impl Blobs for MemoryBlobs {
    fn put<'a>(&'a self, bytes: Bytes, media_type: &'a str, file_name: Option<&'a str>) -> BoxFuture<'a, Result<BlobRef>> {
        Box::pin(async move {
            let hash = blake3::hash(&bytes).to_hex().to_string();
            let size = bytes.len() as u64;
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(hash.clone(), bytes);
            Ok(BlobRef { hash, size, media_type: media_type.into(), file_name: file_name.map(str::to_owned) })
        })
    }

    fn read<'a>(&'a self, blob: &'a BlobRef) -> BoxFuture<'a, Result<Bytes>> {
        Box::pin(async move {
            let found = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&blob.hash).cloned();
            found.ok_or_else(|| Problem::new("blob.missing", "The bytes are not there any more."))
        })
    }

    fn read_range<'a>(&'a self, blob: &'a BlobRef, from: u64, len: u64) -> BoxFuture<'a, Result<Bytes>> {
        Box::pin(async move {
            let bytes = self.read(blob).await?;
            let from = bytes.len().min(usize::try_from(from).unwrap_or(usize::MAX));
            let to = bytes.len().min(from.saturating_add(usize::try_from(len).unwrap_or(usize::MAX)));
            Ok(bytes.slice(from..to))
        })
    }
}

/// [`Log`] that remembers.
#[derive(Default)]
pub struct MemoryLog(Mutex<Vec<String>>);

impl MemoryLog {
    pub fn said(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Log for MemoryLog {
    fn say(&self, _: &Caller, text: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(text.into());
    }
}

/// [`Scripts`] where there are no workers: every call says so.
pub struct NoScripts;

impl Scripts for NoScripts {
    fn call(&self, calls: Vec<ScriptCall>) -> BoxFuture<'_, Vec<Result<Scripted, ScriptError>>> {
        let refused = |_| {
            Err(ScriptError { code: "script.unavailable", message: "There are no script workers here.".into(), line: None, column: None })
        };
        Box::pin(async move { calls.into_iter().map(refused).collect() })
    }
}
