//! One change of a document made durable: update bytes, row of the log, list row and event in one transaction.

use super::log::{self, compose, encode};
use super::slot::{Slot, in_flow};
use super::summary::told;
use super::{Inner, now_ms};
use crate::Result;
use crate::writer::Tx;
use rusqlite::params;
use serde_json::json;
use weft_flow::{Applied, Change, words};

/// A snapshot replaces so many updates, and old rows of the log go then.
const SNAPSHOT_EVERY: u32 = 200;

/// What a file said, with its hash.
#[derive(Clone)]
pub(crate) struct SeenText {
    pub hash: [u8; 32],
    pub text: String,
}

impl SeenText {
    pub fn new(text: &str) -> SeenText {
        SeenText { hash: *blake3::hash(text.as_bytes()).as_bytes(), text: text.into() }
    }

    /// Records it as what the file says.
    pub fn record(&self, tx: &Tx<'_>, flow: i64) -> Result<()> {
        tx.prepare_cached("INSERT OR REPLACE INTO seen VALUES (?1, ?2, ?3, NULL, NULL)")?.execute(params![flow, self.hash, self.text])?;
        Ok(())
    }
}

/// Who did what, for the log and for those who listen.
#[derive(Clone, Default)]
pub(crate) struct Commit {
    /// `edit`, `file`, `undo`, `redo`, `seed`, `rename`.
    pub kind: &'static str,
    pub author: String,
    pub label: String,
    pub client: Option<String>,
    pub gesture: Option<String>,
    /// Rows that this takes back.
    pub takes_back: Vec<i64>,
    /// The file said this: its edit is being taken in.
    pub seen: Option<SeenText>,
}

/// Everything of one commit that goes to the writer's thread.
pub(crate) struct Ready {
    flow: i64,
    id: String,
    rev: u32,
    device: String,
    dirty: bool,
    summary: String,
    words: String,
    /// The row of the log: of the whole gesture, where this goes on with one.
    changes: String,
    continues: Option<i64>,
    done: Vec<Change>,
    update: Vec<u8>,
    snapshot: Option<Vec<u8>>,
    what: Commit,
}

impl Slot {
    /// Makes what the document did durable. On an error the document in memory is forgotten: it did not happen.
    pub fn commit(&mut self, inner: &Inner, applied: &Applied, what: Commit) -> Result<()> {
        let ready = self.ready(inner, applied, what);
        let written = ready.and_then(|ready| inner.store.writer().write_now(move |tx| ready.write(tx)));
        match written {
            Ok(()) => self.committed(applied),
            Err(_) => self.forget(),
        }
        written
    }

    pub fn committed(&mut self, applied: &Applied) {
        if !applied.update.is_empty() {
            self.updates = if self.updates + 1 >= SNAPSHOT_EVERY { 0 } else { self.updates + 1 };
        }
    }

    /// Collects one commit; the caller writes it, alone or with others in one transaction.
    pub fn ready(&mut self, inner: &Inner, applied: &Applied, what: Commit) -> Result<Ready> {
        let flow = self.key()?;
        let rev = self.rev(inner)?;
        let changed = !applied.done.is_empty();
        let snapshot_due = changed && self.updates + 1 >= SNAPSHOT_EVERY;
        let id = self.id.clone();
        let doc = self.doc(inner)?;
        let view = doc.view();
        let mut changes = applied.done.clone();
        let continues = match &what.gesture {
            Some(gesture) if what.kind == "edit" => {
                let (author, gesture, now) = (what.author.clone(), gesture.clone(), now_ms());
                inner.store.readers().now(move |db| log::continued(db, flow, &author, &gesture, now))?
            }
            _ => None,
        };
        let continues = continues.map(|last| {
            changes = compose([last.changes, std::mem::take(&mut changes)]);
            last.seq
        });
        let words = words(&changes, doc.facts());
        let snapshot = if snapshot_due { Some(doc.snapshot().map_err(in_flow(&id))?) } else { None };
        let from_file = what.seen.as_ref().map(|seen| seen.hash);
        // What a file said is in the document now; it is not answered by writing the file anew.
        self.dirty |= changed && what.seen.is_none();
        if changed {
            self.summary.follow(&view);
            (self.summary.edited_at, self.summary.edited_by) = (now_ms(), what.author.clone());
        }
        if let Some(hash) = from_file {
            self.seen = Some(hash);
        }
        Ok(Ready {
            flow,
            rev,
            device: inner.device.clone(),
            dirty: self.dirty,
            summary: serde_json::to_string(&self.summary).expect("a summary is plain data"),
            words,
            changes: encode(&changes),
            continues,
            done: applied.done.clone(),
            update: applied.update.clone(),
            snapshot,
            id,
            what,
        })
    }
}

impl Ready {
    pub fn write(self, tx: &mut Tx<'_>) -> Result<()> {
        let flow = self.flow;
        if let Some(seen) = &self.what.seen {
            seen.record(tx, flow)?;
        }
        tx.prepare_cached("UPDATE flows SET summary = ?2, dirty = ?3 WHERE key = ?1")?.execute(params![flow, self.summary, self.dirty])?;
        for seq in &self.what.takes_back {
            tx.prepare_cached("UPDATE edits SET state = 'undone' WHERE seq = ?1")?.execute([seq])?;
        }
        if self.done.is_empty() {
            // An undo that found everything changed: it is off the stack all the same.
            if !self.what.takes_back.is_empty() {
                tx.tell("flow_state", json!({ "flow": self.id }))?;
            }
            return Ok(());
        }
        if !self.update.is_empty() && self.snapshot.is_none() {
            tx.prepare_cached("INSERT INTO updates (flow, bytes) VALUES (?1, ?2)")?.execute(params![flow, self.update])?;
        }
        self.log(tx)?;
        if let Some(snapshot) = &self.snapshot {
            keep_snapshot(tx, flow, snapshot)?;
        }
        let body = json!({ "flow": self.id, "rev": self.rev, "author": self.what.author, "client": self.what.client, "changes": told(&self.done) });
        tx.tell("flow_changed", body)?;
        tx.tell("flow_state", json!({ "flow": self.id }))?;
        Ok(())
    }

    fn log(&self, tx: &Tx<'_>) -> Result<()> {
        let (flow, what, now) = (self.flow, &self.what, now_ms());
        if what.kind == "edit" {
            tx.prepare_cached("UPDATE edits SET state = 'passed' WHERE flow = ?1 AND author = ?2 AND kind = 'undo' AND state = 'done'")?
                .execute(params![flow, what.author])?;
        }
        if let Some(seq) = self.continues {
            tx.prepare_cached("UPDATE edits SET changes = ?2, words = ?3, at = ?4, rev = ?5 WHERE seq = ?1")?.execute(params![
                seq,
                self.changes,
                self.words,
                now,
                self.rev
            ])?;
            return Ok(());
        }
        tx.prepare_cached(
            "INSERT INTO edits (flow, rev, author, device, at, kind, label, words, changes, state, gesture) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'done', ?10)",
        )?
        .execute(params![flow, self.rev, what.author, self.device, now, what.kind, what.label, self.words, self.changes, what.gesture])?;
        Ok(())
    }
}

/// The document whole, its updates gone, and rows of the log beyond what is kept.
pub(crate) fn keep_snapshot(tx: &Tx<'_>, flow: i64, snapshot: &[u8]) -> Result<()> {
    tx.prepare_cached("INSERT OR REPLACE INTO snapshots VALUES (?1, ?2)")?.execute(params![flow, snapshot])?;
    tx.prepare_cached("DELETE FROM updates WHERE flow = ?1")?.execute([flow])?;
    tx.prepare_cached(
        "DELETE FROM edits WHERE flow = ?1 AND seq <= (SELECT seq FROM edits WHERE flow = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)",
    )?
    .execute(params![flow, log::KEPT])?;
    Ok(())
}
