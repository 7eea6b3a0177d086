//! `.weft/witness`: the tail of the chain over commits, outside the database, so that a lost tail is noticed.
//!
//! Written after the commit and before the acknowledgements, so it is never ahead of durable rows: a witness that
//! knows a later commit than the database means loss. Two records at 0 and 4096 take turns; each fits one sector.

use crate::Result;
use crate::layer::Layer;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;
use uuid::Uuid;

const MAGIC: &[u8; 8] = b"weftwit1";
const RECORD: usize = 104;
const STRIDE: u64 = 4096;

/// The end of the chain over commits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tail {
    pub epoch: Uuid,
    /// Number of the commit, from 1.
    pub commit: u64,
    /// Highest seq so far.
    pub seq: u64,
    pub hash: [u8; 32],
}

impl Tail {
    fn encode(&self) -> [u8; RECORD] {
        let mut record = [0u8; RECORD];
        record[..8].copy_from_slice(MAGIC);
        record[8..24].copy_from_slice(self.epoch.as_bytes());
        record[24..32].copy_from_slice(&self.commit.to_le_bytes());
        record[32..40].copy_from_slice(&self.seq.to_le_bytes());
        record[40..72].copy_from_slice(&self.hash);
        let check = blake3::hash(&record[..72]);
        record[72..].copy_from_slice(check.as_bytes());
        record
    }

    fn decode(record: &[u8]) -> Option<Tail> {
        if record.len() < RECORD || &record[..8] != MAGIC || blake3::hash(&record[..72]).as_bytes() != &record[72..RECORD] {
            return None;
        }
        let number = |at: usize| u64::from_le_bytes(record[at..at + 8].try_into().expect("eight bytes"));
        Some(Tail {
            epoch: Uuid::from_bytes(record[8..24].try_into().expect("sixteen bytes")),
            commit: number(24),
            seq: number(32),
            hash: record[40..72].try_into().expect("thirty-two bytes"),
        })
    }
}

/// The newest readable record; none where there is no file or no record holds.
pub fn read(path: &Path) -> Option<Tail> {
    let bytes = std::fs::read(path).ok()?;
    [0, STRIDE as usize].iter().filter_map(|at| Tail::decode(bytes.get(*at..)?)).max_by_key(|tail| tail.commit)
}

/// Writes the witness, and syncs it every 100 ms on a thread of its own (or at every commit).
pub struct Witness {
    inner: Arc<Inner>,
    each: bool,
    thread: Option<std::thread::JoinHandle<()>>,
}

struct Inner {
    file: File,
    path: PathBuf,
    layer: Layer,
    unsynced: AtomicBool,
    closed: Mutex<bool>,
    wake: Condvar,
}

impl Witness {
    /// `each`: a sync per commit, which costs a fifth to a third of the throughput.
    pub fn open(folder: &Path, layer: Layer, each: bool) -> Result<Witness> {
        let path = folder.join(".weft/witness");
        let file = layer.open(&path)?;
        layer.sync_folder(&folder.join(".weft"))?;
        let inner =
            Arc::new(Inner { file, path, layer, unsynced: AtomicBool::new(false), closed: Mutex::new(false), wake: Condvar::new() });
        let thread = if each {
            None
        } else {
            let inner = inner.clone();
            Some(std::thread::Builder::new().name("witness".into()).spawn(move || inner.keep()).map_err(|e| crate::Error::io(folder, e))?)
        };
        Ok(Witness { inner, each, thread })
    }

    pub fn write(&self, tail: &Tail) -> Result<()> {
        self.inner.layer.write_at(&self.inner.file, &self.inner.path, (tail.commit & 1) * STRIDE, &tail.encode())?;
        if self.each {
            return self.inner.sync();
        }
        // Only the first write after a sync wakes the thread.
        if !self.inner.unsynced.swap(true, SeqCst) {
            self.inner.wake.notify_one();
        }
        Ok(())
    }

    /// Both records say this: what was there before is void (a new database, or a loss that was noticed).
    pub fn reset(&self, tail: &Tail) -> Result<()> {
        for at in [STRIDE, 0] {
            self.inner.layer.write_at(&self.inner.file, &self.inner.path, at, &tail.encode())?;
        }
        self.inner.sync()
    }
}

impl Inner {
    fn sync(&self) -> Result<()> {
        self.unsynced.store(false, SeqCst);
        self.layer.sync(&self.file, &self.path)
    }

    fn keep(&self) {
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        while !*closed {
            // Idle, it sleeps; a missed wake costs at most a second.
            closed = self.wake.wait_timeout(closed, Duration::from_secs(1)).unwrap_or_else(PoisonError::into_inner).0;
            while self.unsynced.load(SeqCst) && !*closed {
                closed = self.wake.wait_timeout(closed, Duration::from_millis(100)).unwrap_or_else(PoisonError::into_inner).0;
                if let Err(error) = self.sync() {
                    tracing::warn!(%error, "the witness of the journal could not be synced");
                }
            }
        }
        let _ = self.sync();
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        *self.inner.closed.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.inner.wake.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
