//! The one door outwards: each thing a node may do to the world is a small trait a test can replace.
//!
//! Denied by default: every door asks the [`Caller`]'s permissions. Nothing here opens anything itself.

mod caller;
mod doors;
mod script;
mod sql;

pub use caller::Caller;
pub use doors::*;
pub use script::*;
pub use sql::only_reads;

use std::sync::Arc;

/// Everything outside, as the engine hands it to steps. Implemented by `weft-world`, and by tests.
pub trait World: Send + Sync {
    fn egress(&self) -> &dyn Egress;
    fn files(&self) -> &dyn Files;
    fn sql(&self) -> &dyn Sql;
    fn blobs(&self) -> &dyn Blobs;
    fn scripts(&self) -> Arc<dyn Scripts>;
    fn clock(&self) -> &dyn Clock;
    fn log(&self) -> &dyn Log;
}
