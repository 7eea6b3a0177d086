//! The rows of one run on their way to the journal: gathered, chained in the run's own task, handed over in packets.

use crate::journal::{Durability, Journal, Packet, Row, Rows, Volatile};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;
use weft_node::{Problem, Result};

pub struct RowLog {
    run: Uuid,
    durability: Durability,
    journal: Arc<dyn Journal>,
    inner: Mutex<Inner>,
}

struct Inner {
    pending: Vec<Row>,
    /// Rows handed over so far.
    first: u64,
    chain: [u8; 32],
    /// The journal takes nothing any more.
    broken: Option<Problem>,
}

impl RowLog {
    /// Continues a run's chain after these rows of the journal, as they were encoded.
    pub fn new(run: Uuid, durability: Durability, journal: Arc<dyn Journal>, first: u64, chain: [u8; 32]) -> RowLog {
        RowLog { run, durability, journal, inner: Mutex::new(Inner { pending: Vec::new(), first, chain, broken: None }) }
    }

    pub fn durability(&self) -> Durability {
        self.durability
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn push(&self, row: Row) {
        self.inner().pending.push(row);
    }

    /// Why the journal takes nothing any more.
    pub fn broken(&self) -> Option<Problem> {
        self.inner().broken.clone()
    }

    /// Hands over what was gathered, without waiting.
    pub fn hand_over(&self) {
        let mut inner = self.inner();
        if inner.pending.is_empty() || inner.broken.is_some() {
            return;
        }
        if self.durability == Durability::None {
            let rows = std::mem::take(&mut inner.pending);
            return self.journal.volatile(Volatile::Rows { run: self.run, rows });
        }
        let packet = inner.packet(self.run);
        if let Err(problem) = self.journal.append(packet) {
            inner.broken = Some(problem);
        }
    }

    /// Hands over what was gathered, and waits for the disk where this run's durability asks for it at steps.
    ///
    /// # Errors
    /// What the journal says: `disk_full`.
    pub async fn durable_step(&self) -> Result<()> {
        if self.durability == Durability::Step {
            return self.durable().await;
        }
        self.hand_over();
        Ok(())
    }

    /// Hands over what was gathered, and waits for the disk.
    ///
    /// # Errors
    /// What the journal says: `disk_full`.
    pub async fn durable(&self) -> Result<()> {
        if self.durability == Durability::None {
            self.hand_over();
            return Ok(());
        }
        let waiting = {
            // Under the lock: packets reach the journal in their order.
            let mut inner = self.inner();
            if let Some(problem) = &inner.broken {
                return Err(problem.clone());
            }
            let packet = inner.packet(self.run);
            self.journal.durable(packet)
        };
        let done = waiting.await;
        if let Err(problem) = &done {
            self.inner().broken.get_or_insert_with(|| problem.clone());
        }
        done.map(drop)
    }
}

impl Inner {
    fn packet(&mut self, run: Uuid) -> Packet {
        let rows = std::mem::take(&mut self.pending);
        let bytes = Rows::encode(&rows);
        self.chain = Rows::chain(&self.chain, &bytes);
        let first = self.first;
        self.first += rows.len() as u64;
        Packet { run, rows, first, chain: self.chain, bytes }
    }
}
