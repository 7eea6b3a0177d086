//! A journal in memory: for tests, and for looking at what a run would write.

use super::{Journal, Packet, Position, Row, Volatile};
use futures_util::future::{BoxFuture, ready};
use indexmap::IndexMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use uuid::Uuid;
use weft_node::{DISK_FULL, Problem, Result};

/// Keeps every row; forgets all of them when dropped.
#[derive(Default)]
pub struct Memory {
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    runs: IndexMap<Uuid, Vec<Row>>,
    volatile: Vec<Volatile>,
    chains: IndexMap<Uuid, [u8; 32]>,
    packets: u64,
    waits: u64,
    /// Packets after which the disk is full.
    room: Option<u64>,
}

impl Memory {
    pub fn new() -> Self {
        Memory::default()
    }

    /// A journal that already holds a run's rows, as after a crash.
    pub fn with(run: Uuid, rows: Vec<Row>) -> Self {
        let memory = Memory::default();
        memory.held().runs.insert(run, rows);
        memory
    }

    /// Takes this many more packets, then says that the disk is full.
    pub fn fill_after(&self, packets: u64) {
        self.held().room = Some(packets);
    }

    /// How often something was waited for.
    pub fn waits(&self) -> u64 {
        self.held().waits
    }

    /// What was told and not kept.
    pub fn told(&self) -> Vec<Volatile> {
        self.held().volatile.clone()
    }

    pub fn all(&self) -> Vec<(Uuid, Vec<Row>)> {
        self.held().runs.iter().map(|(run, rows)| (*run, rows.clone())).collect()
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, packet: Packet) -> Result<Position> {
        let mut held = self.held();
        if let Some(room) = &mut held.room {
            if *room == 0 {
                return Err(
                    Problem::new(DISK_FULL, "The disk has no room left.").help("Make room, then start the program again: the run goes on.")
                );
            }
            *room -= 1;
        }
        let rows = held.runs.entry(packet.run).or_default();
        if rows.len() as u64 != packet.first {
            return Err(super::damaged(format_args!("row {} of run {} came after row {}", packet.first, packet.run, rows.len())));
        }
        rows.extend(packet.rows);
        held.chains.insert(packet.run, packet.chain);
        held.packets += 1;
        Ok(Position(held.packets))
    }
}

impl Journal for Memory {
    fn append(&self, packet: Packet) -> Result<()> {
        self.take(packet).map(drop)
    }

    fn durable(&self, packet: Packet) -> BoxFuture<'_, Result<Position>> {
        self.held().waits += 1;
        Box::pin(ready(self.take(packet)))
    }

    fn rows(&self, run: Uuid) -> BoxFuture<'_, Result<Vec<Row>>> {
        Box::pin(ready(Ok(self.held().runs.get(&run).cloned().unwrap_or_default())))
    }

    fn chain(&self, run: Uuid) -> BoxFuture<'_, Result<[u8; 32]>> {
        Box::pin(ready(Ok(self.held().chains.get(&run).copied().unwrap_or_default())))
    }

    fn open_runs(&self) -> BoxFuture<'_, Result<Vec<Uuid>>> {
        let held = self.held();
        let open = held.runs.iter().filter(|(_, rows)| !matches!(rows.last(), None | Some(Row::RunFinished { .. })));
        Box::pin(ready(Ok(open.map(|(run, _)| *run).collect())))
    }

    fn volatile(&self, told: Volatile) {
        self.held().volatile.push(told);
    }
}
