//! What the writer knows of the database between two commits.

use super::witness::Tail;
use crate::journal::packets;
use crate::journal::run::Fold;
use crate::{Error, Result};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::HashMap;
use uuid::Uuid;

/// Folds of open runs kept in memory; others are folded again when they go on.
const FOLDS: usize = 16_384;

/// The end of the chain and the runs that go on.
#[derive(Default)]
pub(crate) struct State {
    pub tail: Tail,
    /// The last run number given.
    pub number: u64,
    pub folds: HashMap<Uuid, Fold>,
}

impl State {
    pub fn load(db: &Connection) -> Result<State> {
        let epoch = epoch(db)?.ok_or_else(|| Error::damaged("the database has no epoch"))?;
        let newest: i64 = db.query_row("SELECT coalesce(max(number), 0) FROM runs", [], |row| row.get(0))?;
        Ok(State { tail: tail(db, epoch)?, number: number(db, "number")?.max(newest as u64), folds: HashMap::new() })
    }

    /// The fold of a run; from memory or from its rows. None where the run is not known.
    pub fn fold(&mut self, db: &Connection, run: Uuid) -> Result<Option<&mut Fold>> {
        if !self.folds.contains_key(&run) {
            let Some(fold) = packets::load(db, run)? else { return Ok(None) };
            self.keep(run, fold);
        }
        Ok(self.folds.get_mut(&run))
    }

    pub fn keep(&mut self, run: Uuid, fold: Fold) {
        if self.folds.len() >= FOLDS {
            self.folds.clear();
        }
        self.folds.insert(run, fold);
    }
}

/// The last commit in the database.
pub(crate) fn tail(db: &Connection, epoch: Uuid) -> Result<Tail> {
    let last = db
        .query_row("SELECT id, last, hash FROM commits ORDER BY id DESC LIMIT 1", [], |row| {
            Ok(Tail { epoch, commit: row.get::<_, i64>(0)? as u64, seq: row.get::<_, i64>(1)? as u64, hash: row.get(2)? })
        })
        .optional()?;
    Ok(last.unwrap_or(Tail { epoch, ..Tail::default() }))
}

pub(crate) fn epoch(db: &Connection) -> Result<Option<Uuid>> {
    let bytes: Option<[u8; 16]> = db.query_row("SELECT value FROM meta WHERE name = 'epoch'", [], |row| row.get(0)).optional()?;
    Ok(bytes.map(Uuid::from_bytes))
}

/// A number of `meta`; 0 where it was never set.
pub(crate) fn number(db: &Connection, name: &str) -> Result<u64> {
    let value: Option<i64> = db.prepare_cached("SELECT value FROM meta WHERE name = ?1")?.query_row([name], |row| row.get(0)).optional()?;
    Ok(value.unwrap_or(0) as u64)
}

pub(crate) fn set_number(db: &Connection, name: &str, value: u64) -> Result<()> {
    db.execute("INSERT INTO meta VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET value = excluded.value", params![name, value as i64])?;
    Ok(())
}

/// A new stream of events begins: at creation, and when a loss was noticed.
pub(crate) fn set_epoch(db: &Connection, epoch: Uuid) -> Result<()> {
    db.execute("INSERT INTO meta VALUES('epoch', ?1) ON CONFLICT(name) DO UPDATE SET value = excluded.value", [epoch.as_bytes()])?;
    Ok(())
}
