//! What a running node may reach, and nothing else.

use crate::world::{Caller, World};
use crate::{BlobRef, Need, Problem, Result, Value};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use std::sync::Arc;

/// Handed to every `run`. Cheap to clone; the copy for an item knows the item's position.
#[derive(Clone)]
pub struct Context {
    pub caller: Arc<Caller>,
    pub world: Arc<dyn World>,
    pub scope: Arc<dyn Scope>,
    /// Position of the item in the first input port; none in a batch node.
    pub index: Option<usize>,
}

/// The names an expression sees (SEMANTICS 9), given by the engine for one activation.
pub trait Scope: Send + Sync {
    /// An object with `ctx`, `item`, `data`, `items`, `index`, `nodes` and `blobs`, as SEMANTICS 9 says; for an item's position, or for the whole activation.
    /// Only the roots asked for are built (empty = all).
    fn names(&self, index: Option<usize>, roots: &[&str]) -> Result<Value>;

    /// Runs a node's own script with those names: a function body that returns.
    fn script<'a>(&'a self, source: &'a str, index: Option<usize>) -> BoxFuture<'a, Result<Value>>;
}

impl Context {
    /// The same for every attempt of this item, also after a restart: hand it to services that honour one.
    pub fn idempotency_key(&self) -> String {
        self.caller.idempotency_key(self.index.unwrap_or(0))
    }

    pub fn names(&self) -> Result<Value> {
        self.scope.names(self.index, &[])
    }

    pub async fn script(&self, source: &str) -> Result<Value> {
        self.scope.script(source, self.index).await
    }

    /// Bytes of a blob, whole. More than `limit` bytes is an error.
    pub async fn blob(&self, blob: &BlobRef, limit: u64) -> Result<Bytes> {
        if blob.size > limit {
            return Err(Problem::new("blob.too_large", format!("{} bytes are more than the {limit} that fit here.", blob.size)));
        }
        self.world.blobs().read(blob).await
    }

    /// Whether the run was told to stop; long computations ask now and then.
    pub fn is_cancelled(&self) -> bool {
        self.caller.cancel.is_cancelled()
    }

    /// Tells how far the step is: items done, of how many. Cheap; shown at most ten times a second.
    pub fn progress(&self, done: usize, of: usize) {
        self.caller.progress(done, of);
    }

    /// Whether this flow holds a permission.
    pub fn allows(&self, need: &Need) -> bool {
        self.caller.permissions.allows(need)
    }
}
