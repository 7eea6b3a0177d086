//! Rows of the log: what an author can undo and redo, gestures that count as one, changes composed.

use crate::{Error, Result};
use rusqlite::{Connection, Row, params};
use std::collections::BTreeMap;
use weft_flow::{Change, Data, Entity};

/// Edits of one gesture that follow each other within this time are undone as one.
pub(crate) const GESTURE_MS: i64 = 10_000;
/// Entries kept of a flow.
pub(crate) const KEPT: i64 = 10_000;

pub(crate) struct Entry {
    pub seq: i64,
    pub at: i64,
    pub label: String,
    pub changes: Vec<Change>,
    pub gesture: Option<String>,
}

const COLUMNS: &str = "seq, at, label, changes, gesture";

fn entry(row: &Row<'_>) -> rusqlite::Result<(Entry, String)> {
    Ok((Entry { seq: row.get(0)?, at: row.get(1)?, label: row.get(2)?, changes: Vec::new(), gesture: row.get(4)? }, row.get(3)?))
}

pub(crate) fn decode(changes: &str) -> Result<Vec<Change>> {
    serde_json::from_str(changes).map_err(|e| Error::damaged(format!("a row of the edit log: {e}")))
}

pub(crate) fn encode(changes: &[Change]) -> String {
    serde_json::to_string(changes).expect("changes are plain data")
}

fn rows(db: &Connection, sql: &str, args: impl rusqlite::Params) -> Result<Vec<Entry>> {
    let mut select = db.prepare_cached(sql)?;
    let mut out = Vec::new();
    for found in select.query_map(args, entry)? {
        let (mut entry, changes) = found?;
        entry.changes = decode(&changes)?;
        out.push(entry);
    }
    Ok(out)
}

/// The last thing this author did and has not undone: all rows of its gesture, newest first.
pub(crate) fn undoable(db: &Connection, flow: i64, author: &str) -> Result<Vec<Entry>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM edits WHERE flow = ?1 AND author = ?2 AND state = 'done' AND kind IN ('edit', 'redo') ORDER BY seq DESC LIMIT ?3"
    );
    let mut group = rows(db, &sql, params![flow, author, 1])?;
    if group.first().is_some_and(|e| e.gesture.is_some()) {
        group = rows(db, &sql, params![flow, author, 200])?;
        let joined = group.windows(2).take_while(|w| w[0].gesture == w[1].gesture && w[0].at - w[1].at <= GESTURE_MS).count() + 1;
        group.truncate(joined);
    }
    Ok(group)
}

/// The last undo of this author that nothing followed.
pub(crate) fn redoable(db: &Connection, flow: i64, author: &str) -> Result<Option<Entry>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM edits WHERE flow = ?1 AND author = ?2 AND state = 'done' AND kind = 'undo' ORDER BY seq DESC LIMIT 1"
    );
    Ok(rows(db, &sql, params![flow, author])?.pop())
}

/// The last row of a flow where it can take up another edit of the same gesture: this author's, and nobody wrote since.
pub(crate) fn continued(db: &Connection, flow: i64, author: &str, gesture: &str, now: i64) -> Result<Option<Entry>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM edits WHERE flow = ?1 AND seq = (SELECT max(seq) FROM edits WHERE flow = ?1)
         AND author = ?2 AND gesture = ?3 AND kind = 'edit' AND state = 'done' AND at >= ?4"
    );
    Ok(rows(db, &sql, params![flow, author, gesture, now - GESTURE_MS])?.pop())
}

/// All that happened after `a` up to `b`, as one change per field.
pub(crate) fn between(db: &Connection, flow: i64, a: i64, b: i64) -> Result<Vec<Change>> {
    let mut select = db.prepare_cached("SELECT changes FROM edits WHERE flow = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq")?;
    let mut all = Vec::new();
    for changes in select.query_map(params![flow, a, b], |row| row.get::<_, String>(0))? {
        all.push(decode(&changes?)?);
    }
    Ok(compose(all))
}

/// Changes one after the other as one: from the first state to the last.
pub(crate) fn compose(all: impl IntoIterator<Item = Vec<Change>>) -> Vec<Change> {
    let mut out: BTreeMap<(Entity, String), (Option<Data>, Option<Data>)> = BTreeMap::new();
    for change in all.into_iter().flatten() {
        let key = (change.entity, change.field);
        out.entry(key).and_modify(|(_, after)| after.clone_from(&change.after)).or_insert((change.before, change.after));
    }
    let differing = out.into_iter().filter(|(_, (before, after))| before != after);
    differing.map(|((entity, field), (before, after))| Change { entity, field, before, after }).collect()
}
