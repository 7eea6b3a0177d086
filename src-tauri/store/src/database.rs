//! `.weft/weft.db`: how its connections are set up.

use crate::{Error, Result};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// Nobody else writes; only readers in another process make the writer wait, and only briefly.
pub(crate) const BUSY: Duration = Duration::from_secs(5);

/// How much of a commit is on the disk when it returns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Synchronous {
    /// All of it.
    #[default]
    Full,
    /// What a power cut leaves of it: only for the test that shows that the power-loss rig notices.
    Normal,
}

/// SQLite's WAL-reset race is repaired from 3.53.2 on.
pub(crate) fn check_version() -> Result<()> {
    if rusqlite::version_number() < 3_053_002 {
        return Err(Error::OldSqlite { found: rusqlite::version().to_owned() });
    }
    Ok(())
}

/// The writing connection.
pub(crate) fn open(path: &Path, vfs: Option<&str>, synchronous: Synchronous) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = match vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs)?,
        None => Connection::open_with_flags(path, flags)?,
    };
    db.busy_timeout(BUSY)?;
    db.set_prepared_statement_cache_capacity(256);
    // Has to be said before the first table; space of deleted runs goes back to the disk in steps.
    db.pragma_update(None, "auto_vacuum", "incremental")?;
    db.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    db.pragma_update(None, "synchronous", if synchronous == Synchronous::Full { "FULL" } else { "NORMAL" })?;
    db.query_row("PRAGMA wal_autocheckpoint = 0", [], |_| Ok(()))?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "trusted_schema", false)?;
    Ok(db)
}
