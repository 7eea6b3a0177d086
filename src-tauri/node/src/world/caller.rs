//! Who asks: the step on whose behalf a door is opened.

use crate::Permissions;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The step that reaches outwards.
pub struct Caller {
    /// Id of the flow: its path under `flows/`.
    pub flow: String,
    pub run: Uuid,
    /// Identity of the step (SEMANTICS 6); retries share it.
    pub step: [u8; 16],
    pub node: String,
    /// 1 for the first.
    pub attempt: u32,
    pub permissions: Arc<Permissions>,
    /// Fires when the run is cancelled or the attempt's time is over: whoever waits must let go at once.
    pub cancel: CancellationToken,
    /// Milliseconds since 1970 at the step's start: what `Date` says in expressions.
    pub now_ms: i64,
    /// Name of the time zone expressions and date nodes use unless told otherwise: `Europe/Berlin`.
    pub time_zone: Arc<str>,
    /// Told how far the step is.
    pub on_progress: Option<Arc<dyn Fn(u32, u32) + Send + Sync>>,
}

impl Caller {
    /// `BLAKE3("key", step, item)`, in hexadecimal (SEMANTICS 6).
    pub fn idempotency_key(&self, item: usize) -> String {
        blake3::Hasher::new().update(b"key").update(&self.step).update(&(item as u64).to_le_bytes()).finalize().to_hex().to_string()
    }

    /// Seed of the step's random numbers for one item.
    pub fn seed(&self, item: usize) -> u64 {
        let hash = blake3::Hasher::new().update(b"seed").update(&self.step).update(&(item as u64).to_le_bytes()).finalize();
        u64::from_le_bytes(hash.as_bytes()[..8].try_into().expect("a hash has 32 bytes"))
    }

    /// A fresh id, the same on retry and resume: `n` tells several of one item apart.
    pub fn fresh_id(&self, item: usize, n: usize) -> Uuid {
        let hash = blake3::Hasher::new()
            .update(b"id")
            .update(&self.step)
            .update(&(item as u64).to_le_bytes())
            .update(&(n as u64).to_le_bytes())
            .finalize();
        uuid::Builder::from_random_bytes(hash.as_bytes()[..16].try_into().expect("a hash has 32 bytes")).into_uuid()
    }

    pub fn progress(&self, done: usize, of: usize) {
        if let Some(tell) = &self.on_progress {
            tell(done as u32, of as u32);
        }
    }
}
