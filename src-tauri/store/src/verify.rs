//! Everything checked against what was written: the chain over commits, each run's chain, table sums, indexes, blobs.
//!
//! It reads in short pieces, so that the writer's log can be reset between them, and may run beside everything else.

use crate::journal::packets;
use crate::journal::run::{self, RunInfo};
use crate::writer::commit::{commit_hash, entry, event_hash};
use crate::{Error, Finding, Result, Store, sums};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeMap;

/// Commits checked in one piece.
const PIECE: usize = 500;

/// The commit before the oldest one kept, or the last one checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Link {
    pub id: u64,
    pub last: u64,
    pub hash: [u8; 32],
}

impl Link {
    /// Where the chain of this database begins.
    pub fn anchor(db: &Connection) -> Result<Link> {
        let bytes: Option<Vec<u8>> = db.query_row("SELECT value FROM meta WHERE name = 'anchor'", [], |row| row.get(0)).optional()?;
        let Some(bytes) = bytes else { return Ok(Link::default()) };
        let bytes: [u8; 48] = bytes.try_into().map_err(|_| Error::damaged("the anchor of the chain"))?;
        let number = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"));
        Ok(Link { id: number(0), last: number(8), hash: bytes[16..].try_into().expect("thirty-two bytes") })
    }

    pub fn set_anchor(&self, db: &Connection) -> Result<()> {
        let bytes = [&self.id.to_le_bytes()[..], &self.last.to_le_bytes()[..], &self.hash[..]].concat();
        db.execute("INSERT INTO meta VALUES('anchor', ?1) ON CONFLICT(name) DO UPDATE SET value = excluded.value", [bytes])?;
        Ok(())
    }
}

impl Store {
    /// Checks everything and gives what is wrong; also to be had from [`Store::findings`]. Damaged runs are set aside.
    pub async fn verify(&self) -> Result<Vec<Finding>> {
        let store = self.clone();
        let found = tokio::task::spawn_blocking(move || store.verify_now()).await.map_err(|_| Error::Closed)??;
        for finding in &found {
            match finding.run {
                Some(run) => self.set_aside(run, finding.message.clone()).await,
                None => self.found(finding.clone()),
            }
        }
        Ok(found)
    }

    /// The same, on the calling thread, and without setting anything aside.
    pub fn verify_now(&self) -> Result<Vec<Finding>> {
        let mut found = Vec::new();
        self.verify_commits(&mut found)?;
        self.verify_runs(&mut found)?;
        let readers = self.readers();
        match readers.now(sums::verify) {
            Ok(tables) => found.extend(tables.into_iter().map(|table| damaged(format!("the table {table} is not what was written")))),
            Err(error) => found.push(unreadable(error)?),
        }
        let check = readers.now(|db| Ok(db.query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0))?));
        match check {
            Ok(said) if said == "ok" => {}
            Ok(said) => found.push(damaged(format!("the database: {said}"))),
            Err(error) => found.push(unreadable(error)?),
        }
        self.verify_blobs(&mut found)?;
        Ok(found)
    }

    fn verify_commits(&self, found: &mut Vec<Finding>) -> Result<()> {
        let mut link = Link::default();
        loop {
            match self.readers().now(|db| piece(db, link)) {
                Ok(Piece::Fits(next)) => link = next,
                Ok(Piece::End) => return Ok(()),
                Ok(Piece::Wrong(what)) => {
                    found.push(damaged(what));
                    return Ok(());
                }
                Err(error) => {
                    found.push(unreadable(error)?);
                    return Ok(());
                }
            }
        }
    }

    fn verify_runs(&self, found: &mut Vec<Finding>) -> Result<()> {
        let mut before = None;
        loop {
            let infos = match self.readers().now(|db| run::list(db, None, before, 200)) {
                Ok(infos) => infos,
                Err(error) => {
                    found.push(unreadable(error)?);
                    return Ok(());
                }
            };
            let Some(last) = infos.last() else { return Ok(()) };
            before = Some(last.number);
            for info in infos {
                match self.readers().now(|db| one_run(db, &info)) {
                    Ok(None) => {}
                    Ok(Some(what)) => found.push(Finding { code: "journal.damaged", message: what, run: Some(info.id) }),
                    Err(error) => found.push(unreadable(error)?),
                }
            }
        }
    }

    fn verify_blobs(&self, found: &mut Vec<Finding>) -> Result<()> {
        let mut after = String::new();
        loop {
            let from = after.clone();
            let hashes = self.readers().now(move |db| {
                let mut select = db.prepare_cached("SELECT DISTINCT hash FROM blob_refs WHERE hash > ?1 ORDER BY hash LIMIT 500")?;
                Ok(select.query_map([from], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?)
            });
            let hashes = match hashes {
                Ok(hashes) => hashes,
                Err(error) => {
                    found.push(unreadable(error)?);
                    return Ok(());
                }
            };
            let Some(last) = hashes.last() else { return Ok(()) };
            after.clone_from(last);
            for hash in hashes {
                if let Err(error) = self.blobs().check(&hash) {
                    found.push(Finding { code: "blob.damaged", message: error.to_string(), run: None });
                }
            }
        }
    }
}

fn damaged(what: String) -> Finding {
    Finding { code: "store.damaged", message: format!("The workspace's database is damaged: {what}."), run: None }
}

/// What SQLite itself cannot read is a finding; what the disk refuses is an error.
fn unreadable(error: Error) -> Result<Finding> {
    match error {
        Error::Damaged { what } => Ok(damaged(what)),
        Error::Sqlite(error) => Ok(damaged(error.to_string())),
        other => Err(other),
    }
}

enum Piece {
    Fits(Link),
    End,
    Wrong(String),
}

/// Checks the commits after `link`, as many as fit into one short transaction.
fn piece(db: &Connection, link: Link) -> Result<Piece> {
    let tx = db.unchecked_transaction()?;
    // Retention may have taken what was to come next: then the chain begins later.
    let anchor = Link::anchor(&tx)?;
    let mut link = if anchor.id > link.id { anchor } else { link };
    let mut commits = Vec::new();
    {
        let mut select = tx.prepare_cached("SELECT id, last, at, hash FROM commits WHERE id > ?1 ORDER BY id LIMIT ?2")?;
        let mut rows = select.query(params![link.id as i64, PIECE as i64])?;
        while let Some(row) = rows.next()? {
            commits.push((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64, row.get::<_, i64>(2)?, row.get::<_, Vec<u8>>(3)?));
        }
    }
    let Some(last) = commits.last().map(|commit| commit.1) else {
        let beyond: i64 = tx.query_row(
            "SELECT (SELECT count(*) FROM packets WHERE seq > ?1) + (SELECT count(*) FROM events WHERE seq > ?1)",
            [link.last as i64],
            |row| row.get(0),
        )?;
        return Ok(if beyond == 0 { Piece::End } else { Piece::Wrong(format!("{beyond} rows lie beyond the last commit")) });
    };
    let mut entries = entries(&tx, link.last, last)?;
    for (id, last, at, hash) in commits {
        if id != link.id + 1 {
            return Ok(Piece::Wrong(format!("commit {} is missing", link.id + 1)));
        }
        let rest = entries.split_off(&(last + 1));
        let bytes: Vec<u8> = entries.into_values().flatten().collect();
        entries = rest;
        if commit_hash(&link.hash, id, last, at, &bytes)[..] != hash[..] {
            return Ok(Piece::Wrong(format!("commit {id} (rows {} to {last}) is not what was written", link.last + 1)));
        }
        link = Link { id, last, hash: hash.try_into().map_err(|_| Error::damaged("a hash"))? };
    }
    Ok(Piece::Fits(link))
}

/// What the chain takes up of `(after, last]`, by seq.
fn entries(db: &Connection, after: u64, last: u64) -> Result<BTreeMap<u64, Vec<u8>>> {
    let range = params![after as i64, last as i64];
    let mut entries: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
    let mut add =
        |seq: i64, run: Option<[u8; 16]>, hash: &[u8; 32]| entry(entries.entry(seq as u64).or_default(), seq as u64, run.as_ref(), hash);
    for table in ["packets", "gone"] {
        let mut select = db.prepare_cached(&format!("SELECT seq, run, hash FROM {table} WHERE seq > ?1 AND seq <= ?2"))?;
        let mut rows = select.query(range)?;
        while let Some(row) = rows.next()? {
            add(row.get(0)?, row.get(1)?, &row.get(2)?);
        }
    }
    let mut select = db.prepare_cached("SELECT seq, kind, body FROM events WHERE seq > ?1 AND seq <= ?2")?;
    let mut rows = select.query(range)?;
    while let Some(row) = rows.next()? {
        add(row.get(0)?, None, &event_hash(&row.get::<_, String>(1)?, &row.get::<_, String>(2)?));
    }
    Ok(entries)
}

/// What is wrong with a run: its rows, or its line in lists.
fn one_run(db: &Connection, info: &RunInfo) -> Result<Option<String>> {
    let tx = db.unchecked_transaction()?;
    // It may have gone on, or been taken by retention, since the list was read.
    let Some(info) = run::find(&tx, info.id)? else { return Ok(None) };
    match packets::fold(&tx, &info) {
        Ok(fold) if fold.info == info => Ok(None),
        Ok(_) => Ok(Some(format!("the line of run {} does not fit its rows", info.id))),
        Err(Error::Damaged { what }) => Ok(Some(what)),
        Err(Error::NoRun { run }) => Ok(Some(format!("the rows of run {run} are missing"))),
        Err(error) => Err(error),
    }
}
