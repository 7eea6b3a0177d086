//! The list of database versions and how an older database becomes a newer one: backup, one transaction, version last.

use crate::layer::{Layer, private_folder};
use crate::{Error, Result};
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// What one version adds to the one before.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    pub version: u32,
    pub sql: &'static [&'static str],
}

/// Ascending. A released entry is never changed again; a new one is added.
pub const MIGRATIONS: &[Migration] = &[Migration { version: 1, sql: &[include_str!("journal.sql"), include_str!("documents.sql")] }];

/// The version a database has; 0 = empty.
pub fn version(db: &Connection) -> Result<u32> {
    Ok(db.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

/// Brings the database to the last version of the list. Killed at any moment it is at the old one or the new one.
///
/// # Errors
/// [`Error::Newer`] where the database is beyond the list.
pub fn migrate(db: &mut Connection, folder: &Path, layer: &Layer, list: &[Migration]) -> Result<()> {
    let known = list.last().map_or(0, |last| last.version);
    let found = version(db)?;
    if found > known {
        return Err(Error::Newer { found, known });
    }
    if found == known {
        return Ok(());
    }
    if found > 0 {
        backup(db, folder, layer, found)?;
    }
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for migration in list.iter().filter(|migration| migration.version > found) {
        for sql in migration.sql {
            tx.execute_batch(sql)?;
        }
    }
    crate::sums::renew(&tx)?;
    tx.pragma_update(None, "user_version", known)?;
    Ok(tx.commit()?)
}

/// A whole copy in `.weft/backups/weft-v1.db`, durable before anything is changed.
fn backup(db: &Connection, folder: &Path, layer: &Layer, version: u32) -> Result<()> {
    let backups = folder.join(".weft/backups");
    private_folder(&backups)?;
    let (temporary, path) = (backups.join(format!("weft-v{version}.tmp")), backups.join(format!("weft-v{version}.db")));
    let _ = std::fs::remove_file(&temporary);
    {
        let mut copy = Connection::open(&temporary)?;
        let backup = rusqlite::backup::Backup::new(db, &mut copy)?;
        backup.run_to_completion(1_000, std::time::Duration::ZERO, None)?;
    }
    layer.sync(&layer.open(&temporary)?, &temporary)?;
    layer.rename(&temporary, &path)?;
    layer.sync_folder(&backups)
}
