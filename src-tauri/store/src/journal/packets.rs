//! Packets as the database keeps them: written once, checked whenever they are read.

use super::run::{self, Fold, RunInfo};
use crate::{Error, Result};
use rusqlite::{Connection, params};
use std::collections::BTreeMap;
use uuid::Uuid;
use weft_engine::journal::{Emission, Packet, Row, Rows, Stored};

pub(crate) fn insert(db: &Connection, seq: u64, packet: &Packet) -> Result<()> {
    let mut insert = db.prepare_cached("INSERT INTO packets VALUES(?1,?2,?3,?4,?5,?6)")?;
    insert.execute(params![
        seq as i64,
        packet.run.as_bytes(),
        packet.first as i64,
        packet.rows.len() as i64,
        packet.bytes,
        packet.chain
    ])?;
    Ok(())
}

/// Every row of a run, in order, with the chain of the run checked over them.
///
/// # Errors
/// [`Error::NoRun`]; [`Error::Damaged`] where a byte is not what was written or a packet is missing.
pub(crate) fn rows(db: &Connection, run: Uuid) -> Result<Vec<Row>> {
    let mut select = db.prepare_cached("SELECT first, n, body, hash FROM packets WHERE run = ?1 ORDER BY seq")?;
    let mut found = select.query([run.as_bytes()])?;
    let (mut rows, mut chain) = (Vec::new(), [0u8; 32]);
    while let Some(packet) = found.next()? {
        let odd = |what: &str| Error::damaged(format!("run {run} from row {}: {what}", rows.len()));
        let body = packet.get_ref(2)?.as_blob().map_err(|_| odd("not bytes"))?;
        chain = Rows::chain(&chain, body);
        if packet.get::<_, i64>(0)? as usize != rows.len() {
            return Err(odd("rows before it are missing"));
        }
        if packet.get_ref(3)?.as_blob().map_err(|_| odd("its hash is missing"))? != chain {
            return Err(odd("it is not what was written"));
        }
        let some = Rows::decode(body).map_err(|problem| odd(&problem.message))?;
        if some.len() != packet.get::<_, i64>(1)? as usize {
            return Err(odd("its number of rows differs"));
        }
        rows.extend(some);
    }
    if rows.is_empty() {
        return Err(Error::NoRun { run });
    }
    Ok(rows)
}

/// Folds a run again from its rows.
pub(crate) fn fold(db: &Connection, info: &RunInfo) -> Result<Fold> {
    let rows = rows(db, info.id)?;
    let Some(Row::RunCreated(created)) = rows.first() else {
        return Err(Error::damaged(format!("run {}: its first row does not create it", info.id)));
    };
    let mut fold = Fold::new(info.id, info.number, created);
    fold.apply(&rows);
    Ok(fold)
}

/// The fold of a run that is in the database.
pub(crate) fn load(db: &Connection, run: Uuid) -> Result<Option<Fold>> {
    run::find(db, run)?.map(|info| fold(db, &info)).transpose()
}

/// Blobs that rows name; false: a stored batch, whose items may name more.
pub(crate) fn blobs(rows: &[Row], into: &mut BTreeMap<String, bool>) {
    for row in rows {
        match row {
            Row::RunCreated(created) => created.pins.iter().flat_map(|(_, ports)| ports).for_each(|stored| of_stored(stored, into)),
            Row::ItemsDone { emissions, .. } | Row::StepFinished { emissions, .. } => {
                emissions.iter().for_each(|Emission { items, .. }| of_stored(items, into));
            }
            Row::IterationDone { result, .. } | Row::RunFinished { result: Some(result), .. } => of_stored(result, into),
            Row::Decision { decision: weft_engine::journal::Decided::Result(batch), .. } => of_items(batch, into),
            _ => {}
        }
    }
}

fn of_stored(stored: &Stored, into: &mut BTreeMap<String, bool>) {
    match stored {
        Stored::Inline(batch) => of_items(batch, into),
        Stored::Blob { blob, .. } => {
            into.insert(blob.hash.clone(), false);
        }
    }
}

pub(crate) fn of_items(items: &[weft_node::Item], into: &mut BTreeMap<String, bool>) {
    for blob in items.iter().filter_map(|item| item.blobs.as_ref()).flat_map(|blobs| blobs.values()) {
        into.entry(blob.hash.clone()).or_insert(true);
    }
}

/// Nodes that rows reached.
pub(crate) fn reached(rows: &[Row]) -> impl Iterator<Item = &str> {
    rows.iter().filter_map(|row| match row {
        Row::StepStarted { node, .. } | Row::StepFinished { node, .. } | Row::StepFailed { node, .. } => Some(node.as_str()),
        _ => None,
    })
}
