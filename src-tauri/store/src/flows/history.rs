//! The log in words, newest first, and the difference of two versions.

use super::{Flows, locked, log};
use crate::Result;
use crate::error::refused;
use rusqlite::params;
use weft_flow::{Change, words};

/// A row of the history.
#[derive(Clone, Debug, PartialEq)]
pub struct LogEntry {
    /// Number of the edit in the workspace; versions are named by it.
    pub seq: i64,
    pub flow: String,
    pub author: String,
    /// Milliseconds since 1970.
    pub at: i64,
    /// `edit`, `file`, `undo`, `redo`, `seed`, `rename`.
    pub kind: String,
    pub words: String,
    pub undone: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct HistoryPage {
    pub entries: Vec<LogEntry>,
    /// Ask for what is before this one.
    pub next: Option<i64>,
}

const SELECT: &str = "SELECT e.seq, f.id, e.author, e.at, e.kind, e.words, e.state = 'undone' FROM edits e JOIN flows f ON f.key = e.flow";

impl Flows {
    /// At most `limit` (1 to 1,000) rows before `before`, of one flow or of all.
    pub fn history(&self, flow: Option<&str>, before: Option<i64>, limit: usize) -> Result<HistoryPage> {
        let key = flow.map(|id| locked(&*self.inner.slot(id)?).key()).transpose()?;
        let limit = limit.clamp(1, 1_000);
        let before = before.unwrap_or(i64::MAX);
        let mut entries = self.inner.store.readers().now(move |db| {
            let of = if key.is_some() { "e.flow = ?3" } else { "?3 IS NULL" };
            let mut select = db.prepare_cached(&format!("{SELECT} WHERE e.seq < ?1 AND {of} ORDER BY e.seq DESC LIMIT ?2"))?;
            let entry = |row: &rusqlite::Row<'_>| {
                Ok(LogEntry {
                    seq: row.get(0)?,
                    flow: row.get(1)?,
                    author: row.get(2)?,
                    at: row.get(3)?,
                    kind: row.get(4)?,
                    words: row.get(5)?,
                    undone: row.get(6)?,
                })
            };
            Ok(select.query_map(params![before, limit as i64 + 1, key], entry)?.collect::<rusqlite::Result<Vec<_>>>()?)
        })?;
        let more = entries.len() > limit;
        entries.truncate(limit);
        let next = if more { entries.last().map(|e| e.seq) } else { None };
        Ok(HistoryPage { entries, next })
    }

    /// What changed from version `a` to version `b` (numbers of edits; none = now), and the same in words.
    pub fn diff(&self, id: &str, a: Option<i64>, b: Option<i64>) -> Result<(Vec<Change>, String)> {
        let slot = self.inner.slot(id)?;
        let mut slot = locked(&slot);
        let key = slot.key()?;
        let (from, to) = (a.unwrap_or(i64::MAX), b.unwrap_or(i64::MAX));
        let (low, high) = (from.min(to), from.max(to));
        let changes = self.inner.store.readers().now(move |db| {
            for seq in [low, high].into_iter().filter(|seq| *seq != i64::MAX) {
                let known: bool =
                    db.query_row("SELECT EXISTS (SELECT 1 FROM edits WHERE flow = ?1 AND seq = ?2)", params![key, seq], |row| row.get(0))?;
                if !known {
                    return Err(refused(
                        "flow.no_version",
                        format!("there is no version {seq} of this flow"),
                        "take one of its history; old ones are given up",
                    ));
                }
            }
            log::between(db, key, low, high)
        })?;
        let changes = if from <= to { changes } else { weft_flow::invert(&changes) };
        let words = words(&changes, slot.doc(&self.inner)?.facts());
        Ok((changes, words))
    }
}
