//! Runs a flow and hands every step to a [`journal`].
//!
//! | module | holds |
//! |---|---|
//! | `engine` | [`Engine`]: starts, resumes, cancels, decides; how many runs at once |
//! | `plan` | a flow version compiled once: numbers, levels of loops, free cycles |
//! | `core` | a run as bookkeeping: deliveries, joins, closing, order, lineage |
//! | `run` | a run as a future: steps, retries, loops, calls, replies, resume |
//! | [`journal`] | rows, and who keeps them |
//! | [`state`] | a run drawn from its rows |
//!
//! Deliberately absent: disk, network, clock. The engine persists only through its journal and acts only
//! through the world it is handed. The rules it follows are SEMANTICS.md, section by section.

mod catalog;
mod core;
mod engine;
pub mod identity;
pub mod journal;
mod plan;
mod public;
mod queue;
mod run;
mod settings;
pub mod state;

pub use catalog::Catalog;
pub use engine::{Engine, Tried};
pub use public::{Current, EngineParts, Flows, Limits, Reply, RunEnd, RunHandle, StartRun};
pub use run::read_stored;
