//! A world without an outside: the time runs, blobs lie in memory, everything else is refused.

use bytes::Bytes;
use futures_util::future::BoxFuture;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use weft_node::world::*;
use weft_node::{BlobRef, Problem, Result, Value};

#[derive(Default)]
pub struct Quiet {
    blobs: Mutex<HashMap<String, Bytes>>,
}

fn refused<T>() -> Result<T> {
    Err(Problem::new("test.refused", "There is no outside here."))
}

impl World for Quiet {
    fn egress(&self) -> &dyn Egress {
        self
    }
    fn files(&self) -> &dyn Files {
        self
    }
    fn sql(&self) -> &dyn Sql {
        self
    }
    fn blobs(&self) -> &dyn Blobs {
        self
    }
    fn scripts(&self) -> Arc<dyn Scripts> {
        Arc::new(Echo)
    }
    fn clock(&self) -> &dyn Clock {
        self
    }
    fn log(&self) -> &dyn Log {
        self
    }
}

impl Egress for Quiet {
    fn send<'a>(&'a self, _: &'a Caller, _: HttpRequest) -> BoxFuture<'a, Result<HttpResponse>> {
        Box::pin(async { refused() })
    }
}

impl Files for Quiet {
    fn read<'a>(&'a self, _: &'a Caller, _: &'a str) -> BoxFuture<'a, Result<BlobRef>> {
        Box::pin(async { refused() })
    }
    fn read_bytes<'a>(&'a self, _: &'a Caller, _: &'a str, _: u64) -> BoxFuture<'a, Result<Bytes>> {
        Box::pin(async { refused() })
    }
    fn write<'a>(&'a self, _: &'a Caller, _: &'a str, _: Bytes) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { refused() })
    }
    fn append<'a>(&'a self, _: &'a Caller, _: &'a str, _: Bytes) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { refused() })
    }
    fn exists<'a>(&'a self, _: &'a Caller, _: &'a str) -> BoxFuture<'a, Result<bool>> {
        Box::pin(async { refused() })
    }
}

impl Sql for Quiet {
    fn query<'a>(&'a self, _: &'a Caller, _: SqlQuery) -> BoxFuture<'a, Result<Vec<SqlRows>>> {
        Box::pin(async { refused() })
    }
}

impl Clock for Quiet {
    fn now_ms(&self) -> i64 {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64
    }
    fn until<'a>(&'a self, at_ms: i64) -> BoxFuture<'a, ()> {
        let wait = (at_ms - self.now_ms()).max(0) as u64;
        Box::pin(tokio::time::sleep(Duration::from_millis(wait)))
    }
    fn time_zone(&self) -> String {
        "UTC".into()
    }
}

impl Log for Quiet {
    fn say(&self, _: &Caller, _: &str) {}
}

/// Gives back what the script was shown of `ctx.loop.index < n` questions: enough to be a condition.
struct Echo;

impl Scripts for Echo {
    fn call(&self, calls: Vec<ScriptCall>) -> BoxFuture<'_, Vec<Result<Scripted, ScriptError>>> {
        let one = |call: ScriptCall| {
            let index = call.names.at("ctx.loop.index").and_then(Value::as_i64);
            let limit = call.script.source.rsplit('<').next().and_then(|n| n.trim().parse::<i64>().ok());
            match (index, limit) {
                (Some(index), Some(limit)) => Ok(Scripted::Value(Value::Bool(index < limit))),
                _ => Ok(Scripted::Value(call.names)),
            }
        };
        Box::pin(async move { calls.into_iter().map(one).collect() })
    }
}

impl Blobs for Quiet {
    fn put<'a>(&'a self, bytes: Bytes, media_type: &'a str, file_name: Option<&'a str>) -> BoxFuture<'a, Result<BlobRef>> {
        Box::pin(async move {
            let hash = blake3::hash(&bytes).to_hex().to_string();
            let blob = BlobRef {
                hash: hash.clone(),
                size: bytes.len() as u64,
                media_type: media_type.into(),
                file_name: file_name.map(Into::into),
            };
            self.blobs.lock().unwrap().insert(hash, bytes);
            Ok(blob)
        })
    }
    fn read<'a>(&'a self, blob: &'a BlobRef) -> BoxFuture<'a, Result<Bytes>> {
        Box::pin(async move { self.blobs.lock().unwrap().get(&blob.hash).cloned().map_or_else(refused, Ok) })
    }
    fn read_range<'a>(&'a self, blob: &'a BlobRef, from: u64, len: u64) -> BoxFuture<'a, Result<Bytes>> {
        Box::pin(async move {
            let bytes = Blobs::read(self, blob).await?;
            let from = (from as usize).min(bytes.len());
            Ok(bytes.slice(from..(from + len as usize).min(bytes.len())))
        })
    }
}
