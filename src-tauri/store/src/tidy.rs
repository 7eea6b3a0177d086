//! What is old goes: runs, the blobs only they named, versions nobody runs; and their space goes back to the disk.
//!
//! In small pieces through the writer, so that nobody waits for it. An open run is never touched.

use crate::settings::SettingsFile;
use crate::store::Inner;
use crate::verify::Link;
use crate::writer::Tx;
use crate::writer::state::{number, set_number};
use crate::writer::thread::now_ms;
use crate::{Error, Finding, Result, Store};
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{PoisonError, Weak};
use std::time::Duration;
use uuid::Uuid;

/// How long runs are kept: whichever is less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    pub days: u32,
    /// Ended runs per flow.
    pub runs: u32,
}

impl Default for Keep {
    fn default() -> Self {
        Keep { days: 30, runs: 10_000 }
    }
}

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Runs, events, commits and pages taken in one piece.
const RUNS: usize = 50;
const EVENTS: usize = 2_000;
const COMMITS: u64 = 5_000;
const PAGES: u32 = 1_000;

/// What a round took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tidied {
    pub runs: usize,
    pub blobs: usize,
    pub versions: usize,
}

/// Rounds, ten minutes apart, until the store is dropped.
pub(crate) fn rounds(store: &Weak<Inner>, stop: &Receiver<()>) {
    let mut pause = Duration::from_secs(60);
    while stop.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
        let Some(inner) = store.upgrade() else { return };
        let store = Store { inner };
        // The file may have been edited since the last round.
        if let Ok((settings, _)) = SettingsFile::of(store.folder()).read() {
            store.set_keep(Keep { days: settings.runs.keep_days, runs: settings.runs.keep_per_flow });
        }
        if let Err(error) = store.tidy_now(now_ms()) {
            tracing::warn!(%error, "old runs could not be removed");
        }
        pause = Duration::from_secs(600);
    }
}

impl Store {
    /// How long runs are kept from now on; each round of the store's own takes it from `weft.toml` again.
    pub fn set_keep(&self, keep: Keep) {
        *self.inner.keep.lock().unwrap_or_else(PoisonError::into_inner) = keep;
    }

    /// One round as of `now` (milliseconds since 1970). Waits for the disk; the store does it by itself every ten minutes.
    pub fn tidy_now(&self, now: i64) -> Result<Tidied> {
        let keep = *self.inner.keep.lock().unwrap_or_else(PoisonError::into_inner);
        let mut tidied = Tidied::default();
        loop {
            let old = self.old_runs(keep, now)?;
            if old.is_empty() {
                break;
            }
            tidied.runs += old.len();
            self.writer().write_now(move |tx| old.iter().try_for_each(|(number, run)| remove_run(tx, *number, *run)))?;
        }
        let oldest = now - i64::from(keep.days) * DAY;
        while self.writer().write_now(move |tx| remove_events(tx, oldest))? {}
        tidied.versions = self.writer().write_now(move |tx| {
            let sql = "DELETE FROM versions WHERE kept = 0 AND at < ?1 AND hash NOT IN (SELECT version FROM runs)";
            Ok(tx.execute(sql, [now - HOUR])?)
        })?;
        while self.writer().write_now(move |tx| shorten_chain(tx, now - HOUR))? {}
        if self.list_inner_blobs()? {
            tidied.blobs = self.remove_blobs(now - HOUR)?;
        }
        while self.writer().write_now(vacuum)? {}
        Ok(tidied)
    }

    fn old_runs(&self, keep: Keep, now: i64) -> Result<Vec<(u64, Uuid)>> {
        self.readers().now(|db| {
            let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)? as u64, Uuid::from_bytes(row.get(1)?)));
            // What ended within the last minute may be a called flow whose caller has not heard yet.
            let (oldest, ended) = (now - i64::from(keep.days) * DAY, now - MINUTE);
            let sql = "SELECT number, run FROM runs WHERE finished_at < ?1 ORDER BY number LIMIT ?2";
            let mut old = db.prepare(sql)?.query_map(params![oldest, RUNS as i64], read)?.collect::<Result<Vec<_>, _>>()?;
            let mut flows = db.prepare("SELECT flow FROM runs GROUP BY flow HAVING count(*) > ?1")?;
            let flows = flows.query_map([keep.runs], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
            let sql = "SELECT number, run FROM runs WHERE flow = ?1 AND finished_at < ?2 ORDER BY number DESC LIMIT ?3 OFFSET ?4";
            for flow in flows {
                let more = db
                    .prepare_cached(sql)?
                    .query_map(params![flow, ended, RUNS as i64, keep.runs], read)?
                    .collect::<Result<Vec<_>, _>>()?;
                old.extend(more);
            }
            old.sort_unstable();
            old.dedup();
            Ok(old)
        })
    }

    /// Blobs that lie inside stored batches are named by whoever names the batch. False: a batch cannot be read, so nobody knows what it names.
    fn list_inner_blobs(&self) -> Result<bool> {
        loop {
            let open = self.readers().now(|db| {
                Ok(db.query_row("SELECT hash FROM blob_refs WHERE whole = 0 LIMIT 1", [], |row| row.get::<_, String>(0)).optional()?)
            })?;
            let Some(hash) = open else { return Ok(true) };
            let batch = self.blobs().check(&hash).and_then(|bytes| {
                rmp_serde::from_slice::<weft_node::Batch>(&bytes).map_err(|error| Error::damaged(format!("the batch {hash}: {error}")))
            });
            let batch = match batch {
                Ok(batch) => batch,
                Err(error) => {
                    self.found(Finding { code: "blob.damaged", message: error.to_string(), run: None });
                    return Ok(false);
                }
            };
            let mut inner = BTreeMap::new();
            crate::journal::packets::of_items(&batch, &mut inner);
            self.writer().write_now(move |tx| {
                for name in inner.into_keys() {
                    tx.execute("INSERT OR IGNORE INTO blob_refs SELECT owner, ?2, 1 FROM blob_refs WHERE hash = ?1", params![hash, name])?;
                }
                Ok(tx.execute("UPDATE blob_refs SET whole = 1 WHERE hash = ?1", [hash])?)
            })?;
        }
    }

    fn remove_blobs(&self, older: i64) -> Result<usize> {
        let mut removed = 0;
        for hash in self.blobs().older(older)? {
            let wanted = hash.clone();
            let named =
                self.readers().now(move |db| Ok(db.prepare_cached("SELECT 1 FROM blob_refs WHERE hash = ?1")?.exists([wanted])?))?;
            if !named && self.blobs().remove(&hash, older)? {
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// Removes a run that has ended, at once.
    ///
    /// # Errors
    /// `run.not_found` also where it is still open.
    pub async fn remove_run(&self, run: Uuid) -> Result<()> {
        self.write(move |tx| {
            let found = tx.query_row("SELECT number FROM runs WHERE run = ?1 AND finished_at IS NOT NULL", [run.as_bytes()], |row| {
                row.get::<_, i64>(0)
            });
            let number = found.optional()?.ok_or(Error::NoRun { run })?;
            remove_run(tx, number as u64, run)
        })
        .await
    }
}

/// Its hashes stay, so that the chain over commits can still be checked.
fn remove_run(tx: &mut Tx<'_>, run_number: u64, run: Uuid) -> Result<()> {
    let id = run.as_bytes();
    let last: Option<i64> = tx.query_row("SELECT max(seq) FROM packets WHERE run = ?1", [id], |row| row.get(0))?;
    tx.prepare_cached("INSERT INTO gone SELECT seq, run, hash FROM packets WHERE run = ?1")?.execute([id])?;
    for sql in [
        "DELETE FROM packets WHERE run = ?1",
        "DELETE FROM runs WHERE run = ?1",
        "DELETE FROM blob_refs WHERE owner = ?1",
        "DELETE FROM damaged WHERE run = ?1",
    ] {
        tx.prepare_cached(sql)?.execute([id])?;
    }
    tx.prepare_cached("DELETE FROM reached WHERE number = ?1")?.execute([run_number as i64])?;
    if run_number > number(tx, "number")? {
        set_number(tx, "number", run_number)?;
    }
    raise_floor(tx, last.unwrap_or(0) as u64)
}

/// Events up to here are no longer complete: who asks from before is told `reset`.
fn raise_floor(tx: &Tx<'_>, seq: u64) -> Result<()> {
    if seq > number(tx, "floor")? {
        set_number(tx, "floor", seq)?;
    }
    Ok(())
}

/// True: there may be more.
fn remove_events(tx: &mut Tx<'_>, oldest: i64) -> Result<bool> {
    let last: Option<i64> = tx.query_row("SELECT max(last) FROM commits WHERE at < ?1", [oldest], |row| row.get(0))?;
    let Some(last) = last else { return Ok(false) };
    let mut old = Vec::new();
    {
        let mut select = tx.prepare_cached("SELECT seq, kind, body FROM events WHERE seq <= ?1 ORDER BY seq LIMIT ?2")?;
        let mut rows = select.query(params![last, EVENTS as i64])?;
        while let Some(row) = rows.next()? {
            old.push((row.get::<_, i64>(0)?, crate::writer::commit::event_hash(&row.get::<_, String>(1)?, &row.get::<_, String>(2)?)));
        }
    }
    for (seq, hash) in &old {
        tx.prepare_cached("INSERT INTO gone VALUES(?1, NULL, ?2)")?.execute(params![seq, hash])?;
        tx.prepare_cached("DELETE FROM events WHERE seq = ?1")?.execute([seq])?;
    }
    if let Some((seq, _)) = old.last() {
        raise_floor(tx, *seq as u64)?;
    }
    Ok(old.len() == EVENTS)
}

/// Commits of which nothing is left go, from the oldest on; the last one gone anchors the rest. True: there may be more.
fn shorten_chain(tx: &mut Tx<'_>, older: i64) -> Result<bool> {
    let live: Option<i64> =
        tx.query_row("SELECT min(seq) FROM (SELECT min(seq) AS seq FROM packets UNION ALL SELECT min(seq) FROM events)", [], |row| {
            row.get(0)
        })?;
    let anchor = Link::anchor(tx)?;
    // Young ones stay: the witness must find its commit again.
    let sql = "SELECT id, last, hash FROM commits WHERE id <= ?1 AND last < ?2 AND at < ?3 AND id < (SELECT max(id) FROM commits) ORDER BY id DESC LIMIT 1";
    let next = tx
        .query_row(sql, params![(anchor.id + COMMITS) as i64, live.unwrap_or(i64::MAX), older], |row| {
            Ok(Link { id: row.get::<_, i64>(0)? as u64, last: row.get::<_, i64>(1)? as u64, hash: row.get(2)? })
        })
        .optional()?;
    let Some(next) = next else { return Ok(false) };
    tx.execute("DELETE FROM commits WHERE id <= ?1", [next.id as i64])?;
    tx.execute("DELETE FROM gone WHERE seq <= ?1", [next.last as i64])?;
    next.set_anchor(tx)?;
    Ok(next.id == anchor.id + COMMITS)
}

/// True: there may be more.
fn vacuum(tx: &mut Tx<'_>) -> Result<bool> {
    let free: u32 = tx.query_row("PRAGMA freelist_count", [], |row| row.get(0))?;
    if free == 0 {
        return Ok(false);
    }
    let mut vacuum = tx.prepare(&format!("PRAGMA incremental_vacuum({PAGES})"))?;
    let mut rows = vacuum.query([])?;
    while rows.next()?.is_some() {}
    Ok(free > PAGES)
}
