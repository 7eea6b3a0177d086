//! Our own writes of flow files: never over what somebody else wrote, and whole after any crash.
//!
//! The store says `next` before the rename and `is` after it. So after a crash a file that says `is` is written again from the
//! document, one that says `next` is done, and anything else came from somebody else.

use super::{APART, Next, RETRY};
use crate::disk::{self, Staged};
use crate::flows::{Inner, SeenText, Slot, locked};
use crate::writer::Tx;
use crate::{Error, Result};
use rusqlite::params;
use std::time::Instant;
use weft_flow::{Finding, MAX_FILE};

pub(crate) const NOT_WRITTEN: &str = "file.not_written";

/// Writes a flow's file where its document says more, at the pace the protocol allows.
pub(crate) fn write(inner: &Inner, id: &str) -> Next {
    let Ok(slot) = inner.slot(id) else { return Next::Done };
    let mut slot = locked(&slot);
    if let Some(left) = slot.last_write.map(|at| APART.saturating_sub(at.elapsed())).filter(|left| !left.is_zero()) {
        return Next::Check(left);
    }
    slot.write(inner)
}

/// The same at once: for closing, renaming, and new flows.
pub(crate) fn write_now(inner: &Inner, id: &str) {
    if let Ok(slot) = inner.slot(id) {
        locked(&slot).write(inner);
    }
}

/// The file says `next` now.
pub(super) fn settle(tx: &Tx<'_>, flow: i64) -> Result<()> {
    let sql = "UPDATE seen SET is_hash = next_hash, is_text = next_text, next_hash = NULL, next_text = NULL WHERE flow = ?1 AND next_hash IS NOT NULL";
    tx.prepare_cached(sql)?.execute([flow])?;
    Ok(())
}

impl Slot {
    fn write(&mut self, inner: &Inner) -> Next {
        if !self.dirty || self.key.is_none() || self.is_held_back() || inner.store.read_only().is_some() {
            return Next::Done;
        }
        match self.try_write(inner) {
            Ok(next) => {
                if self.file_findings.iter().any(|f| f.code == NOT_WRITTEN) {
                    self.file_findings.clear();
                    // Who looks hears of it with the next change, should this fail.
                    let _ = inner.tell_state(&self.id);
                }
                next
            }
            Err(error) => {
                tracing::warn!(%error, flow = %self.id, "the flow's file could not be written");
                let finding = Finding::warning(
                    NOT_WRITTEN,
                    format!("the file could not be written: {error}"),
                    "what you do is kept in the workspace; the file follows as soon as it can be written",
                );
                if !self.file_findings.iter().any(|f| f.code == NOT_WRITTEN) {
                    self.file_findings = vec![finding];
                    let _ = inner.tell_state(&self.id);
                }
                Next::Check(RETRY)
            }
        }
    }

    fn try_write(&mut self, inner: &Inner) -> Result<Next> {
        let path = self.path(inner);
        let io = |e| Error::io(&path, e);
        // Somebody else first.
        match disk::read_capped(&path, MAX_FILE as u64).map_err(io)? {
            Some(bytes) if Some(*blake3::hash(&bytes).as_bytes()) != self.seen => {
                self.take_in(inner, &bytes, false)?;
                if self.is_held_back() || !self.dirty {
                    return Ok(Next::Done);
                }
            }
            None if self.seen.is_some() => {
                self.vanished = Some(Instant::now());
                return Ok(Next::Done);
            }
            _ => {}
        }
        let key = self.key()?;
        let format = self.format();
        let next = SeenText::new(&self.doc(inner)?.text(format));
        if Some(next.hash) != self.seen {
            let before = self.seen;
            let marked = next.clone();
            inner.store.writer().write_now(move |tx| mark(tx, key, &marked))?;
            disk::make_folders(path.parent().expect("a file has a folder")).map_err(io)?;
            let staged = Staged::new(&path, next.text.as_bytes(), None).map_err(io)?;
            let now = disk::read_capped(&path, MAX_FILE as u64).map_err(io)?.map(|bytes| *blake3::hash(&bytes).as_bytes());
            if now != before {
                // Somebody wrote just now: what they wrote comes first.
                return Ok(Next::Write);
            }
            staged.commit().map_err(io)?;
            self.seen = Some(next.hash);
            self.last_write = Some(Instant::now());
        }
        inner.store.writer().write_now(move |tx| {
            settle(tx, key)?;
            tx.prepare_cached("UPDATE flows SET dirty = 0 WHERE key = ?1")?.execute([key])?;
            Ok(())
        })?;
        self.dirty = false;
        Ok(Next::Done)
    }
}

fn mark(tx: &Tx<'_>, flow: i64, next: &SeenText) -> Result<()> {
    let sql = "INSERT INTO seen VALUES (?1, x'', '', ?2, ?3) ON CONFLICT (flow) DO UPDATE SET next_hash = ?2, next_text = ?3";
    tx.prepare_cached(sql)?.execute(params![flow, next.hash, next.text])?;
    Ok(())
}
