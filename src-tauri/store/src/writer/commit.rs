//! One commit: everything that was handed over, in one transaction, chained to the commit before.

use super::state::State;
use super::witness::Tail;
use crate::events::{Cursor, Event, What};
use crate::journal::{packets, run, run::Fold};
use crate::sums::Sums;
use crate::{Error, Result};
use rusqlite::{Connection, params};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use tokio::sync::oneshot;
use uuid::Uuid;
use weft_engine::journal::{Packet, Row};

/// What is handed over to the writer.
pub(crate) enum Message {
    Packet { packet: Packet, done: Option<oneshot::Sender<Result<u64>>> },
    Write(Box<dyn Job>),
}

/// A write that is not a packet.
pub(crate) trait Job: Send {
    /// Called at most once.
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<()>;
    /// Called once, after the commit (or its failure).
    fn answer(self: Box<Self>, committed: Result<()>);
}

/// A transaction that a document's write takes part in. It is a `rusqlite::Connection`; never commit or roll back through it.
pub struct Tx<'a> {
    db: &'a Connection,
    draft: &'a mut Draft,
}

impl std::ops::Deref for Tx<'_> {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        self.db
    }
}

impl Tx<'_> {
    /// Adds an event; listeners hear it after the commit. Gives its seq.
    pub fn tell(&mut self, kind: &str, body: serde_json::Value) -> Result<u64> {
        let text = serde_json::to_string(&body).expect("a JSON value is always JSON");
        self.draft.tail.seq += 1;
        let seq = self.draft.tail.seq;
        self.db.prepare_cached("INSERT INTO events VALUES(?1,?2,?3)")?.execute(params![seq as i64, kind, text])?;
        entry(&mut self.draft.entries, seq, None, &event_hash(kind, &text));
        self.draft.told.push((seq, What::Document { kind: kind.to_owned(), body: Arc::new(body) }));
        Ok(seq)
    }
}

/// What a commit will have made.
#[derive(Default)]
struct Draft {
    tail: Tail,
    number: u64,
    entries: Vec<u8>,
    told: Vec<(u64, What)>,
}

/// What became of each message, in their order, and what to tell.
#[derive(Default)]
pub(crate) struct Committed {
    /// Packets refused one by one; the others are durable.
    pub refused: HashMap<usize, Error>,
    pub seqs: Vec<u64>,
    pub told: Vec<Event>,
}

/// Whose hash the chain over commits takes up: a packet (run, hash of its run's chain) or an event (hash of its text).
pub(crate) fn entry(entries: &mut Vec<u8>, seq: u64, run: Option<&[u8; 16]>, hash: &[u8; 32]) {
    entries.push(u8::from(run.is_none()));
    entries.extend_from_slice(&seq.to_le_bytes());
    entries.extend_from_slice(run.unwrap_or(&[0; 16]));
    entries.extend_from_slice(hash);
}

pub(crate) fn event_hash(kind: &str, text: &str) -> [u8; 32] {
    *blake3::Hasher::new().update(kind.as_bytes()).update(&[0]).update(text.as_bytes()).finalize().as_bytes()
}

pub(crate) fn commit_hash(before: &[u8; 32], id: u64, last: u64, at: i64, entries: &[u8]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(before).update(&id.to_le_bytes()).update(&last.to_le_bytes()).update(&at.to_le_bytes()).update(entries);
    *hasher.finalize().as_bytes()
}

/// Writes all messages in one transaction. On an error nothing was written, and `state` is as it was.
pub(crate) fn commit(
    db: &Connection,
    sums: &Sums,
    state: &mut State,
    messages: &mut [Message],
    at: i64,
    listened: bool,
) -> Result<Committed> {
    let result = write(db, sums, state, messages, at, listened);
    if result.is_err() {
        // Folds have seen rows that were not kept, sums have counted them.
        state.folds.clear();
        sums.back_to(BTreeMap::new());
    }
    result
}

fn write(db: &Connection, sums: &Sums, state: &mut State, messages: &mut [Message], at: i64, listened: bool) -> Result<Committed> {
    let mut draft = Draft { tail: state.tail, number: state.number, ..Draft::default() };
    let (mut refused, mut seqs) = (HashMap::new(), Vec::with_capacity(messages.len()));
    let mut reached: BTreeMap<(String, String), u64> = BTreeMap::new();
    db.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    // Rolls back on every early return; SQLite may have done so itself.
    let undo = Undo { db, done: false };
    for (index, message) in messages.iter_mut().enumerate() {
        seqs.push(draft.tail.seq + 1);
        match message {
            Message::Packet { packet, .. } => match packet_in(undo.db, state, &mut draft, packet, &mut reached)? {
                Ok(()) => {}
                Err(error) => {
                    refused.insert(index, error);
                }
            },
            Message::Write(job) => {
                let (tail, entries, told, mark) = (draft.tail, draft.entries.len(), draft.told.len(), sums.mark());
                undo.db.prepare_cached("SAVEPOINT write")?.execute([])?;
                if let Err(error) = run(&mut **job, &mut Tx { db: undo.db, draft: &mut draft }) {
                    if undo.db.is_autocommit() || matches!(error, Error::DiskFull) {
                        return Err(error);
                    }
                    undo.db.prepare_cached("ROLLBACK TO write")?.execute([])?;
                    sums.back_to(mark);
                    draft.tail = tail;
                    draft.entries.truncate(entries);
                    draft.told.truncate(told);
                    refused.insert(index, error);
                }
                undo.db.prepare_cached("RELEASE write")?.execute([])?;
            }
        }
    }
    if refused.len() == messages.len() {
        sums.back_to(BTreeMap::new());
        return Ok(Committed { refused, seqs, told: Vec::new() });
    }
    for ((flow, node), number) in reached {
        let sql = "INSERT INTO reached VALUES(?1,?2,?3) ON CONFLICT DO UPDATE SET number = max(number, excluded.number)";
        undo.db.prepare_cached(sql)?.execute(params![flow, node, number as i64])?;
    }
    draft.tail.commit += 1;
    draft.tail.hash = commit_hash(&state.tail.hash, draft.tail.commit, draft.tail.seq, at, &draft.entries);
    let tail = draft.tail;
    undo.db.prepare_cached("INSERT INTO commits VALUES(?1,?2,?3,?4)")?.execute(params![
        tail.commit as i64,
        tail.seq as i64,
        at,
        tail.hash
    ])?;
    sums.keep(undo.db)?;
    undo.keep()?;
    (state.tail, state.number) = (tail, draft.number);
    if listened {
        tell_rows(messages, &refused, &seqs, &mut draft.told);
    }
    let told = draft.told.into_iter().map(|(seq, what)| Event { at: Some(Cursor { epoch: tail.epoch, seq }), what }).collect();
    Ok(Committed { refused, seqs, told })
}

/// A write that panics is refused like one that fails: the writer is everybody's.
fn run(job: &mut dyn Job, tx: &mut Tx<'_>) -> Result<()> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| job.run(tx)))
        .unwrap_or_else(|_| Err(weft_node::Problem::new("store.panic", "A write to the workspace failed for an unexpected reason.").into()))
}

/// Only now: a commit that fails for want of room is tried again with the same packets.
fn tell_rows(messages: &mut [Message], refused: &HashMap<usize, Error>, seqs: &[u64], told: &mut Vec<(u64, What)>) {
    for (index, message) in messages.iter_mut().enumerate() {
        if let (Message::Packet { packet, .. }, false) = (message, refused.contains_key(&index)) {
            let rows = Arc::new(std::mem::take(&mut packet.rows));
            told.push((seqs[index], What::Rows { run: packet.run, first: packet.first, rows }));
        }
    }
    told.sort_by_key(|(seq, _)| *seq);
}

struct Undo<'a> {
    db: &'a Connection,
    done: bool,
}

impl Undo<'_> {
    fn keep(mut self) -> Result<()> {
        self.db.prepare_cached("COMMIT")?.execute([])?;
        self.done = true;
        Ok(())
    }
}

impl Drop for Undo<'_> {
    fn drop(&mut self) {
        if !self.done && !self.db.is_autocommit() {
            let _ = self.db.execute_batch("ROLLBACK");
        }
    }
}

/// Outer error: the whole commit fails. Inner: only this packet is refused.
fn packet_in(
    db: &Connection,
    state: &mut State,
    draft: &mut Draft,
    packet: &Packet,
    reached: &mut BTreeMap<(String, String), u64>,
) -> Result<Result<()>> {
    let run = packet.run;
    let gap = |next: u64| Error::damaged(format!("run {run} hands over row {} where row {next} is due", packet.first));
    let mut created = None;
    if packet.first == 0 {
        let Some(Row::RunCreated(row)) = packet.rows.first() else { return Ok(Err(gap(0))) };
        if let Some(fold) = state.fold(db, run)? {
            return Ok(Err(gap(fold.next)));
        }
        draft.number += 1;
        created = Some(Fold::new(run, draft.number, row));
    }
    let new = created.is_some();
    if let Some(fold) = created {
        state.keep(run, fold);
    }
    let fold = match state.fold(db, run) {
        Ok(Some(fold)) if fold.next == packet.first => fold,
        Ok(Some(fold)) => return Ok(Err(gap(fold.next))),
        Ok(None) => return Ok(Err(Error::NoRun { run })),
        // A damaged run takes no more rows; the others go on.
        Err(error @ Error::Damaged { .. }) => return Ok(Err(error)),
        Err(error) => return Err(error),
    };
    draft.tail.seq += 1;
    let seq = draft.tail.seq;
    packets::insert(db, seq, packet)?;
    entry(&mut draft.entries, seq, Some(run.as_bytes()), &packet.chain);
    let changed = fold.apply(&packet.rows);
    if new {
        run::insert(db, &fold.info)?;
    } else if changed {
        run::update(db, &fold.info)?;
    }
    for node in packets::reached(&packet.rows) {
        // Most packets reach nodes that another packet of this commit reached too.
        reached.insert((fold.info.flow.clone(), node.to_owned()), fold.info.number);
    }
    let ended = fold.info.finished_at.is_some();
    if ended {
        state.folds.remove(&run);
    }
    blob_refs(db, run, &packet.rows)?;
    Ok(Ok(()))
}

fn blob_refs(db: &Connection, run: Uuid, rows: &[Row]) -> Result<()> {
    let mut named = BTreeMap::new();
    packets::blobs(rows, &mut named);
    for (hash, whole) in named {
        db.prepare_cached("INSERT OR IGNORE INTO blob_refs VALUES(?1,?2,?3)")?.execute(params![run.as_bytes(), hash, whole])?;
    }
    Ok(())
}
