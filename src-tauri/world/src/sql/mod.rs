//! SQL on database files of the workspace: bound parameters, one transaction, an end in time, and nothing beside the file.

mod guard;
#[cfg(test)]
mod tests;
mod values;

use crate::deny::{ask, cancelled, disk};
use crate::files::WorkspacePath;
use cap_std::fs::Dir;
use futures_util::future::BoxFuture;
use guard::Deadline;
use rusqlite::{Connection, ErrorCode, OpenFlags, Statement};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use weft_node::world::{Caller, Sql, SqlParameters, SqlQuery, SqlRows, only_reads};
use weft_node::{DISK_FULL, NeedKind, Problem, Result};

/// How long a query may take, in milliseconds, unless it says otherwise.
pub const DEFAULT_TIMEOUT_MS: u64 = 30_000;
/// How many rows one query may give, unless it says otherwise.
pub const DEFAULT_ROWS: usize = 100_000;
/// How much all rows of a query may hold in memory, in bytes.
const MOST_MEMORY: usize = 256 << 20;
/// How long a stopped query is waited for, so that what is told is what is on the disk.
const LETTING_GO: Duration = Duration::from_millis(800);

/// [`Sql`] over the files of one folder.
pub struct LocalSql {
    root: Arc<Dir>,
    /// The same folder by its real path: SQLite opens by path.
    folder: Arc<Path>,
}

impl LocalSql {
    /// # Errors
    /// Where the folder cannot be opened.
    pub fn open(root: &Path) -> io::Result<Self> {
        let folder = std::fs::canonicalize(root)?;
        let root = Dir::open_ambient_dir(&folder, cap_std::ambient_authority())?;
        Ok(LocalSql { root: Arc::new(root), folder: folder.into() })
    }
}

impl Sql for LocalSql {
    fn query<'a>(&'a self, caller: &'a Caller, query: SqlQuery) -> BoxFuture<'a, Result<Vec<SqlRows>>> {
        Box::pin(async move {
            WorkspacePath::parse(&query.database)?;
            ask(caller, NeedKind::Database, &query.database)?;
            let allowed = Duration::from_millis(query.timeout_ms.unwrap_or(DEFAULT_TIMEOUT_MS));
            // Dropping this future (a timeout of the step) stops the query too.
            let cancel = caller.cancel.child_token();
            let _stop = cancel.clone().drop_guard();
            let deadline = Arc::new(Deadline { at: Instant::now() + allowed, cancel: cancel.clone() });
            let (root, folder) = (self.root.clone(), self.folder.clone());
            let mut task = tokio::task::spawn_blocking(move || {
                let file = locate(&root, &folder, &query)?;
                run(&file, &query, &deadline)
            });
            let over = async {
                tokio::select! {
                    () = caller.cancel.cancelled() => {}
                    () = tokio::time::sleep(allowed) => {}
                }
                tokio::time::sleep(LETTING_GO).await;
            };
            tokio::select! {
                done = &mut task => done.unwrap_or_else(|_| Err(Problem::new("sql.failed", "The query stopped unexpectedly."))),
                // Some single steps of SQLite are long; nobody waits for them.
                () = over => Err(stopped(&cancel)),
            }
        })
    }
}

/// Where the database file is; a new one only for SQL that writes.
fn locate(root: &Dir, folder: &Path, query: &SqlQuery) -> Result<PathBuf> {
    let path = WorkspacePath::parse(&query.database)?;
    let real = if only_reads(&query.sql) { path.find(root) } else { path.find_or_place(root) };
    let real = real.map_err(|lost| lost.problem("open", path.as_str()))?;
    match root.symlink_metadata(&real) {
        Ok(there) if !there.is_file() => Err(Problem::new("file.no_file", format!("{} is no file.", path.as_str()))),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(disk("open", path.as_str(), &error)),
        _ => Ok(folder.join(real)),
    }
}

fn run(file: &Path, query: &SqlQuery, deadline: &Arc<Deadline>) -> Result<Vec<SqlRows>> {
    let reads = only_reads(&query.sql);
    // No URI names: `file:...?mode=` means nothing. No links: the path is the real one.
    let mut flags = OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW | OpenFlags::SQLITE_OPEN_READ_WRITE;
    if !reads {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let failed = |error: rusqlite::Error| if deadline.is_over() { stopped(&deadline.cancel) } else { problem(&error) };
    let connection = Connection::open_with_flags(file, flags).map_err(failed)?;
    let gate = guard::arm(&connection, deadline.clone()).map_err(failed)?;
    gate.through(|| connection.execute_batch(if reads { "BEGIN" } else { "BEGIN IMMEDIATE" })).map_err(failed)?;
    let done = all(&connection, query, deadline);
    // A stop that came before the commit undoes everything; one that comes later is too late.
    let commit = done.is_ok() && !deadline.is_over();
    // What ends the transaction is not interrupted: it is short, and half of it would be nothing.
    connection.progress_handler(0, None::<fn() -> bool>).map_err(failed)?;
    let ended = gate.through(|| connection.execute_batch(if commit { "COMMIT" } else { "ROLLBACK" }));
    let done = done?;
    ended.map_err(|error| problem(&error))?;
    if commit { Ok(done) } else { Err(stopped(&deadline.cancel)) }
}

fn all(connection: &Connection, query: &SqlQuery, deadline: &Deadline) -> Result<Vec<SqlRows>> {
    let failed = |error: rusqlite::Error| if deadline.is_over() { stopped(&deadline.cancel) } else { problem(&error) };
    let mut left = Left { rows: query.max_rows.unwrap_or(DEFAULT_ROWS), most: query.max_rows.unwrap_or(DEFAULT_ROWS), memory: MOST_MEMORY };
    let mut results = Vec::with_capacity(query.parameters.len());
    // A statement can only be prepared when those before it have run; the second time round they are all there.
    let mut batch = rusqlite::Batch::new(connection, &query.sql);
    let mut prepared: Vec<Statement<'_>> = Vec::new();
    for (round, parameters) in query.parameters.iter().enumerate() {
        let before = connection.total_changes();
        let mut rows = SqlRows::default();
        let mut used = 0;
        let mut at = 0;
        loop {
            if round == 0 {
                match rusqlite::fallible_iterator::FallibleIterator::next(&mut batch).map_err(failed)? {
                    Some(statement) => prepared.push(statement),
                    None => break,
                }
            }
            let Some(statement) = prepared.get_mut(at) else { break };
            values::bind(statement, parameters)?;
            used = used.max(statement.parameter_count());
            rows.rows = step(statement, &mut left, &mut rows.warnings, &failed)?;
            at += 1;
        }
        if let SqlParameters::Positional(given) = parameters
            && given.len() > used
        {
            return Err(Problem::new("sql.parameters", format!("The SQL has {used} parameters, but {} are given.", given.len()))
                .field("settings/parameters")
                .help("Give one value for each parameter of the SQL."));
        }
        rows.changes = connection.total_changes().saturating_sub(before);
        results.push(rows);
    }
    if prepared.is_empty() && !query.parameters.is_empty() {
        return Err(Problem::new("sql.failed", "There is no SQL to run.").field("settings/sql").help("Write a statement."));
    }
    Ok(results)
}

/// What may still come.
struct Left {
    rows: usize,
    most: usize,
    memory: usize,
}

fn step(
    statement: &mut Statement<'_>,
    left: &mut Left,
    warnings: &mut Vec<String>,
    failed: &dyn Fn(rusqlite::Error) -> Problem,
) -> Result<Vec<weft_node::Value>> {
    let columns = values::columns(statement);
    let mut bytes = false;
    let mut given = Vec::new();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(failed)? {
        let row = values::row(row, &columns, &mut bytes).map_err(failed)?;
        let too_many = |what: String| Problem::new("sql.too_many_rows", what).help("Add a LIMIT, or let the SQL sum up.");
        left.rows = left.rows.checked_sub(1).ok_or_else(|| too_many(format!("The query gives more than {} rows.", left.most)))?;
        left.memory = left.memory.checked_sub(row.weight()).ok_or_else(|| too_many("The rows do not fit in memory.".into()))?;
        given.push(row);
    }
    if bytes {
        warnings.push("Bytes in a column were written as base64 text.".into());
    }
    Ok(given)
}

fn stopped(cancel: &CancellationToken) -> Problem {
    if cancel.is_cancelled() {
        return cancelled();
    }
    Problem::new("sql.timeout", "The query took too long and was stopped; nothing was changed.")
        .help("Add a LIMIT or an index, or look for a join without an end.")
}

/// SQLite's words, without the SQL text around them.
fn problem(error: &rusqlite::Error) -> Problem {
    let (code, words) = match error {
        rusqlite::Error::SqliteFailure(code, words) => (Some(code.code), words.clone().unwrap_or_else(|| code.to_string())),
        rusqlite::Error::SqlInputError { error, msg, .. } => (Some(error.code), msg.clone()),
        other => (None, other.to_string()),
    };
    let failed = |what: &str| Problem::new("sql.failed", format!("{what}: {words}."));
    match code {
        Some(ErrorCode::DiskFull) => Problem::new(DISK_FULL, "There is no room left on the disk for the database.").help("Make room, then run again."),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            Problem::new("sql.busy", "Somebody else is writing to the database.").help("Try again, or let one node do all the writing.").retryable()
        }
        Some(ErrorCode::AuthorizationForStatementDenied) => Problem::new("sql.forbidden", format!("SQL of a flow may not do this: {words}."))
            .field("settings/sql")
            .help("ATTACH, extensions, BEGIN and COMMIT, and pragmas that change something are not available; all statements are one transaction."),
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => failed("The file is no healthy SQLite database").help("Check that the right file is named."),
        Some(ErrorCode::ReadOnly) => failed("The database cannot be written").help("Check who owns the file and its folder."),
        Some(ErrorCode::CannotOpen) => failed("The database file could not be opened").help("Check the path: it starts at the workspace folder."),
        Some(ErrorCode::ConstraintViolation) => failed("The data breaks a rule of the table").help("Mend the data, or say what to do: insert or ignore, on conflict."),
        Some(ErrorCode::TooBig) => failed("A text or blob is too large").help("At most 64 MiB fit in one value."),
        _ => failed("The SQL failed").field("settings/sql").help("Mend the SQL."),
    }
}
