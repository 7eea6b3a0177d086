//! Names that come from nothing but what a step is (SEMANTICS 6): ids of steps, of called runs, and seeds.

use crate::journal::{Cause, StepId};
use std::time::Duration;
use uuid::Uuid;
use weft_flow::Retry;

/// `BLAKE3(run, node, scope, cause)[..16]`; texts go in with their length (u32, little end first), so that no two inputs run together.
pub fn step_id(run: Uuid, node: &str, scope: &[(String, u32)], cause: &Cause) -> StepId {
    let mut hash = blake3::Hasher::new();
    let text = |hash: &mut blake3::Hasher, text: &str| {
        hash.update(&(text.len() as u32).to_le_bytes()).update(text.as_bytes());
    };
    hash.update(run.as_bytes());
    text(&mut hash, node);
    hash.update(&(scope.len() as u32).to_le_bytes());
    for (node, iteration) in scope {
        text(&mut hash, node);
        hash.update(&iteration.to_le_bytes());
    }
    match cause {
        Cause::Start => hash.update(&[0]),
        Cause::Join => hash.update(&[1]),
        Cause::Delivery { edge, step, emission } => {
            hash.update(&[2]);
            text(&mut hash, edge);
            hash.update(&step.0).update(&emission.to_le_bytes())
        }
    };
    StepId(sixteen(&hash))
}

/// The run that a call step starts for this item (0 where it is one run for all of them).
pub fn child_run(step: StepId, item: usize) -> Uuid {
    let mut hash = blake3::Hasher::new();
    hash.update(b"run").update(&step.0).update(&(item as u64).to_le_bytes());
    uuid::Builder::from_random_bytes(sixteen(&hash)).into_uuid()
}

/// How long to wait before this attempt (2 = the first retry): `min(cap, base * factor^(n-1))`, between half and all of it by
/// the step's own chance, and at least what the other side asked for.
pub fn retry_delay(retry: &Retry, step: StepId, attempt: u32, asked: Option<Duration>) -> Duration {
    let nth = attempt.saturating_sub(2).min(1_000) as i32;
    let full = (retry.base.as_secs_f64() * retry.factor.powi(nth)).min(retry.cap.as_secs_f64());
    let mut hash = blake3::Hasher::new();
    hash.update(b"jitter").update(&step.0).update(&attempt.to_le_bytes());
    let chance =
        f64::from(u32::from_le_bytes(hash.finalize().as_bytes()[..4].try_into().expect("a hash has 32 bytes"))) / f64::from(u32::MAX);
    Duration::from_secs_f64((full * (0.5 + chance / 2.0)).clamp(0.0, 31_622_400.0)).max(asked.unwrap_or_default())
}

fn sixteen(hash: &blake3::Hasher) -> [u8; 16] {
    hash.finalize().as_bytes()[..16].try_into().expect("a hash has 32 bytes")
}
