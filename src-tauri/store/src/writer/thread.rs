//! The writer's thread: when it commits, when it checkpoints, and what it does when the disk fails it.

use super::Door;
use super::commit::{Committed, Message, commit};
use super::queue::Woken;
use super::state::State;
use super::witness::Witness;
use crate::layer::Layer;
use crate::reserve::Reserve;
use crate::sums::Sums;
use crate::{Error, Result};
use rusqlite::Connection;
use rusqlite::hooks::Wal;
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Rows nobody waits for start no commit for so long.
const LAZY: Duration = Duration::from_millis(5);
/// After so long without work the log is emptied.
const IDLE: Duration = Duration::from_secs(1);

thread_local! {
    /// Pages in the log, told by SQLite after each commit of this thread.
    static PAGES: Cell<u32> = const { Cell::new(0) };
}

/// Opens the database for writing, anew after an error that its connection does not survive.
pub(crate) type Opener = Box<dyn Fn() -> Result<(Connection, Sums)> + Send>;

pub(crate) struct Thread {
    open: Opener,
    db: Option<(Connection, Sums)>,
    state: State,
    witness: Witness,
    reserve: Reserve,
    /// How long a commit takes, smoothed.
    usual: Duration,
    /// When the disk was last asked for room.
    asked: Option<Instant>,
    /// The log is checkpointed when it has more pages than this.
    due: u32,
    /// 16 MB of log are checkpointed between two commits; at four times that, readers are waited for.
    log_pages: u32,
}

impl Thread {
    pub fn new(
        open: Opener,
        db: (Connection, Sums),
        state: State,
        witness: Witness,
        folder: &std::path::Path,
        layer: Layer,
        log_pages: u32,
    ) -> Thread {
        db.0.wal_hook(Some(count));
        let reserve = Reserve::new(folder, layer);
        Thread { open, db: Some(db), state, witness, reserve, usual: Duration::ZERO, asked: None, due: log_pages, log_pages }
    }

    pub fn seq(&self) -> u64 {
        self.state.tail.seq
    }

    pub fn run(mut self, door: &Door) {
        let _ = self.reserve.fill();
        let mut messages = Vec::new();
        let mut dirty = true;
        loop {
            let idle = if dirty || door.full.load(SeqCst) || self.db.is_none() { IDLE } else { Duration::from_secs(3_600) };
            match door.queue.wait(LAZY, idle) {
                Woken::Closed => break,
                Woken::Idle => {
                    self.recover(door);
                    self.checkpoint("TRUNCATE");
                    dirty = false;
                    continue;
                }
                Woken::Work => {}
            }
            // A slow disk: sleep a little, so that one commit carries what would else need two.
            if self.usual > Duration::from_micros(500) {
                std::thread::sleep((self.usual / 4).min(LAZY));
            }
            door.queue.take(&mut messages);
            self.round(door, &mut messages);
            dirty = true;
            if PAGES.get() > self.due {
                self.checkpoint("RESTART");
            }
            if door.full.load(SeqCst) {
                self.recover(door);
            }
        }
    }

    /// Commits, witnesses, answers, tells.
    fn round(&mut self, door: &Door, messages: &mut Vec<Message>) {
        let start = Instant::now();
        let listened = door.events.receiver_count() > 0;
        let mut result = self.commit(messages, listened);
        if matches!(result, Err(Error::DiskFull)) {
            door.full.store(true, SeqCst);
            tracing::warn!("the disk of the workspace is full: runs stop, edits are refused");
            // Steps that ran keep their rows: the reserve is their room. Edits can wait.
            self.reserve.release();
            self.asked = Some(Instant::now());
            let (packets, writes) = std::mem::take(messages).into_iter().partition(|message| matches!(message, Message::Packet { .. }));
            *messages = packets;
            answer_all(writes, &Err(Error::DiskFull));
            result = self.commit(messages, listened);
        }
        if !messages.is_empty() {
            self.usual = (self.usual * 15 + start.elapsed().min(Duration::from_millis(20))) / 16;
            door.usual.store(self.usual.as_micros() as u64, SeqCst);
        }
        match result {
            Ok(committed) => self.tell(door, messages, committed),
            Err(error) => {
                tracing::error!(%error, "a commit of the journal failed");
                answer_all(std::mem::take(messages), &Err(error));
            }
        }
    }

    fn commit(&mut self, messages: &mut [Message], listened: bool) -> Result<Committed> {
        if messages.is_empty() {
            return Ok(Committed::default());
        }
        if self.db.is_none() {
            self.reopen()?;
        }
        let (db, sums) = self.db.as_mut().expect("just opened");
        let result = commit(db, sums, &mut self.state, messages, now_ms(), listened);
        if result.is_ok()
            && let Err(error) = self.witness.write(&self.state.tail)
        {
            // The rows are on the disk all the same; only the loss of this tail would go unnoticed.
            tracing::warn!(%error, "the witness of the journal could not be written");
        }
        if matches!(result, Err(Error::Sqlite(_) | Error::Io { .. } | Error::Damaged { .. })) {
            // A page whose sync failed may be marked clean though it never reached the disk: nothing of this connection is trusted.
            self.db = None;
        }
        result
    }

    fn reopen(&mut self) -> Result<()> {
        let (db, sums) = (self.open)()?;
        let state = State::load(&db)?;
        self.witness.write(&state.tail)?;
        db.wal_hook(Some(count));
        self.state = state;
        self.db = Some((db, sums));
        Ok(())
    }

    fn tell(&self, door: &Door, messages: &mut Vec<Message>, mut committed: Committed) {
        // First: who hears that it is done may ask for the cursor at once.
        door.seq.store(self.state.tail.seq, SeqCst);
        for (index, message) in messages.drain(..).enumerate() {
            let refused = committed.refused.remove(&index);
            if let (Some(error), Message::Packet { packet, done: None }) = (&refused, &message) {
                // Comes out at the run's next wait: its position no longer fits.
                tracing::warn!(%error, run = %packet.run, "rows were refused");
            }
            answer(message, refused.map_or(Ok(committed.seqs.get(index).copied().unwrap_or(0)), Err));
        }
        for event in committed.told {
            let _ = door.events.send(Arc::new(event));
        }
    }

    /// Once there is room again, the reserve is filled and everything is taken as before.
    fn recover(&mut self, door: &Door) {
        if !door.full.load(SeqCst) || self.asked.is_some_and(|asked| asked.elapsed() < IDLE) {
            return;
        }
        self.asked = Some(Instant::now());
        if self.reserve.refill().is_ok() {
            door.full.store(false, SeqCst);
            tracing::info!("there is room on the disk again");
        }
    }

    fn checkpoint(&mut self, mode: &str) {
        let Some((db, _)) = &self.db else { return };
        // Readers are not waited for, except when the log has grown far: then a quarter of a second.
        let patience = if PAGES.get() > 4 * self.log_pages { Duration::from_millis(250) } else { Duration::ZERO };
        let _ = db.busy_timeout(patience);
        let busy = db.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| row.get::<_, i64>(0)).unwrap_or(1);
        if busy == 0 {
            PAGES.set(0);
            self.due = self.log_pages;
        } else {
            // A reader holds it: again when it has grown by as much once more.
            self.due = PAGES.get() + self.log_pages;
        }
        let _ = db.busy_timeout(crate::database::BUSY);
    }
}

fn count(_: &Wal, pages: std::ffi::c_int) -> rusqlite::Result<()> {
    PAGES.set(pages as u32);
    Ok(())
}

fn answer(message: Message, result: Result<u64>) {
    match message {
        Message::Packet { done, .. } => {
            if let Some(done) = done {
                let _ = done.send(result);
            }
        }
        Message::Write(job) => job.answer(result.map(|_| ())),
    }
}

fn answer_all(messages: Vec<Message>, result: &Result<u64>) {
    for message in messages {
        answer(message, result.clone());
    }
}

/// Milliseconds since 1970 by the machine's clock: the journal's own time, never a flow's.
pub(crate) fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_millis() as i64)
}
