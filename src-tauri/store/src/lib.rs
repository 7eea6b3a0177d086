//! Owns the workspace folder and is the journal: what the program acknowledges is on the disk before it says so.
//!
//! | module | holds |
//! |---|---|
//! | `store` | opening a workspace: lock, database, chain against witness |
//! | [`writer`] | the one writer, its transactions, the chain over commits |
//! | `journal` | the engine's journal, and questions about runs |
//! | [`events`] | what happened, numbered, told after the commit |
//! | `blobs` | bytes by content |
//! | [`schema`] | the tables and their versions |
//! | `verify`, `sums` | whether everything is what was written |
//! | `tidy` | what is old goes |
//! | `readers` | connections that only read |
//! | `lock`, `reserve`, `layer`, `database` | the folder's own files |
//! | [`flows`](Flows) | documents: edits, undo, history, versions, permissions, pins |
//! | `files` | flow files: read, merged, written |
//! | [`settings`], [`user`], [`vault`] | `weft.toml`, the user's folder, secrets |
//!
//! Only this crate speaks SQL on the workspace's database.

mod blobs;
mod database;
mod disk;
mod error;
pub mod events;
mod files;
mod flows;
mod journal;
mod layer;
mod lock;
mod readers;
mod reserve;
pub mod schema;
pub mod settings;
mod store;
mod sums;
mod tidy;
pub mod user;
pub mod vault;
mod verify;
pub mod writer;

pub use blobs::BlobStore;
pub use database::Synchronous;
pub use error::{Error, Result};
pub use flows::{EditRequest, Edited, FlowSummary, Flows, Grants, HistoryPage, LogEntry, OpenFlow, Pins, told};
pub use journal::{RunInfo, RunStatus};
pub use layer::{Observer, Op};
pub use lock::Holder;
pub use readers::Readers;
pub use rusqlite;
pub use store::{Finding, Options, Rig, Store};
pub use tidy::{Keep, Tidied};

#[cfg(test)]
mod tests;
