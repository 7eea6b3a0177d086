//! The journal as the engine sees it: rows handed over in packets, durable when asked for.
//!
//! The engine never touches a disk. The store implements [`Journal`]; tests use [`Memory`](memory::Memory).

pub mod memory;
mod row;

pub use row::*;

use futures_util::future::BoxFuture;
use uuid::Uuid;
use weft_node::{Problem, Result};

/// Rows of one run, in order, as one transaction. Encoded and chained in the run's own task, so that the writer only copies.
#[derive(Clone, Debug)]
pub struct Packet {
    pub run: Uuid,
    pub rows: Vec<Row>,
    /// Position of the first row in the run, from 0.
    pub first: u64,
    /// Hash of the run's chain after these rows: `BLAKE3(previous, encoded rows)`; 32 zero bytes before the first.
    pub chain: [u8; 32],
    /// The rows as stored: `Rows::encode`.
    pub bytes: Vec<u8>,
}

/// Where a packet stands: `seq` is the commit-ordered number of the packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(pub u64);

/// Where the engine writes, and reads back after a crash.
pub trait Journal: Send + Sync {
    /// Hands rows over without waiting. They reach the disk soon, in order, before anything handed over later by the same run.
    /// Errors of such rows come out at the next [`Journal::durable`].
    ///
    /// # Errors
    /// Where the journal takes nothing any more (`disk_full`, read-only).
    fn append(&self, packet: Packet) -> Result<()>;

    /// Hands rows over and waits until they, and everything this run handed over before, are on the disk.
    /// They are handed over by the call itself, before the future is first polled: another packet of the run may follow at once.
    fn durable(&self, packet: Packet) -> BoxFuture<'_, Result<Position>>;

    /// Every row of a run, in order.
    fn rows(&self, run: Uuid) -> BoxFuture<'_, Result<Vec<Row>>>;

    /// The hash of a run's chain after its last packet, for whoever goes on with it; 32 zero bytes where it has none.
    fn chain(&self, run: Uuid) -> BoxFuture<'_, Result<[u8; 32]>>;

    /// Runs that are created and not finished, oldest first.
    fn open_runs(&self) -> BoxFuture<'_, Result<Vec<Uuid>>>;

    /// Tells listeners something that is not kept: progress, and everything of runs with `durability: none`.
    fn volatile(&self, told: Volatile);
}

/// What is told and not written.
#[derive(Clone, Debug)]
pub enum Volatile {
    Progress {
        run: Uuid,
        step: StepId,
        node: String,
        done: u32,
        of: u32,
    },
    /// Rows of a run that keeps none (`durability: none`).
    Rows {
        run: Uuid,
        rows: Vec<Row>,
    },
}

/// A row or packet that cannot be read back.
pub fn damaged(what: impl std::fmt::Display) -> Problem {
    Problem::new("journal.damaged", format!("The journal holds something that cannot be read: {what}."))
        .help("The run is set aside; the others go on. Restore the workspace from a backup, or delete the run.")
}
