//! What happened, numbered `(epoch, seq)`, told after the commit and asked for again after a broken connection.

use crate::Result;
use rusqlite::{Connection, params};
use std::sync::Arc;
use uuid::Uuid;
use weft_engine::journal::{Row, Rows, Volatile};

/// How many events a slow listener may be behind before it has to ask `since`.
pub const BEHIND: usize = 1_024;

/// A place in the stream of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub epoch: Uuid,
    pub seq: u64,
}

#[derive(Clone, Debug)]
pub struct Event {
    /// None: volatile, neither kept nor repeated.
    pub at: Option<Cursor>,
    pub what: What,
}

#[derive(Clone, Debug)]
pub enum What {
    /// Rows of a run; `first` is the position of the first one in the run.
    Rows {
        run: Uuid,
        first: u64,
        rows: Arc<Vec<Row>>,
    },
    /// What a document, a pin, a permission ... told with [`Tx::tell`](crate::writer::Tx::tell).
    Document {
        kind: String,
        body: Arc<serde_json::Value>,
    },
    Volatile(Volatile),
}

/// A piece of the stream.
#[derive(Clone, Debug)]
pub enum Since {
    /// Where `more`, ask again from the last event's cursor.
    Events { events: Vec<Event>, more: bool },
    /// The stream does not reach back so far, or is another one: everything has to be asked for anew.
    Reset,
}

/// Events after `seq`, packets and documents merged. `floor`: up to there retention has taken some.
pub(crate) fn since(db: &Connection, epoch: Uuid, from: Cursor, limit: usize) -> Result<Since> {
    let tx = db.unchecked_transaction()?;
    let floor = crate::writer::state::number(&tx, "floor")?;
    let last = crate::writer::state::tail(&tx, epoch)?.seq;
    if from.epoch != epoch || from.seq < floor || from.seq > last {
        return Ok(Since::Reset);
    }
    let mut events = Vec::new();
    let (after, most) = (from.seq as i64, limit as i64 + 1);
    {
        let mut packets = tx.prepare_cached("SELECT seq, run, first, body FROM packets WHERE seq > ?1 ORDER BY seq LIMIT ?2")?;
        let mut found = packets.query(params![after, most])?;
        while let Some(row) = found.next()? {
            let body: Vec<u8> = row.get(3)?;
            let rows = Rows::decode(&body)?;
            let what = What::Rows { run: Uuid::from_bytes(row.get(1)?), first: row.get::<_, i64>(2)? as u64, rows: Arc::new(rows) };
            events.push(Event { at: Some(Cursor { epoch, seq: row.get::<_, i64>(0)? as u64 }), what });
        }
        let mut documents = tx.prepare_cached("SELECT seq, kind, body FROM events WHERE seq > ?1 ORDER BY seq LIMIT ?2")?;
        let mut found = documents.query(params![after, most])?;
        while let Some(row) = found.next()? {
            let body: String = row.get(2)?;
            let body = serde_json::from_str(&body)
                .map_err(|e| crate::Error::damaged(format!("event {}: {e}", row.get::<_, i64>(0).unwrap_or(0))))?;
            let what = What::Document { kind: row.get(1)?, body: Arc::new(body) };
            events.push(Event { at: Some(Cursor { epoch, seq: row.get::<_, i64>(0)? as u64 }), what });
        }
    }
    events.sort_by_key(|event| event.at.map(|at| at.seq));
    let more = events.len() > limit;
    events.truncate(limit);
    Ok(Since::Events { events, more })
}
