//! What SQL of a flow may not do, told to SQLite itself.

use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::{Connection, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Largest text or blob in one value.
const LONGEST_VALUE: i32 = 64 << 20;
const LONGEST_SQL: i32 = 1 << 20;
/// How long it may go on between two looks at the clock, in steps of SQLite's machine.
const STEPS: i32 = 1000;

/// Pragmas that only describe.
const DESCRIBING: &[&str] = &[
    "table_info",
    "table_xinfo",
    "table_list",
    "index_list",
    "index_info",
    "index_xinfo",
    "foreign_key_list",
    "foreign_key_check",
    "database_list",
    "collation_list",
    "function_list",
    "compile_options",
    "integrity_check",
    "quick_check",
];
/// Pragmas that describe as long as they are given no value.
const DESCRIBING_BARE: &[&str] =
    &["user_version", "schema_version", "application_id", "encoding", "page_count", "page_size", "freelist_count"];
/// Kinds of virtual tables that keep their data in the database itself.
const MODULES: &[&str] = &["fts5", "rtree", "geopoly"];
const FORBIDDEN_FUNCTIONS: &[&str] = &["load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"];

/// Opens while our own BEGIN and COMMIT pass.
#[derive(Clone, Default)]
pub(super) struct Gate(Arc<AtomicBool>);

impl Gate {
    pub fn through<T>(&self, work: impl FnOnce() -> T) -> T {
        self.0.store(true, Ordering::Relaxed);
        let done = work();
        self.0.store(false, Ordering::Relaxed);
        done
    }
}

/// Why a running query was stopped.
pub(super) struct Deadline {
    pub at: Instant,
    pub cancel: CancellationToken,
}

impl Deadline {
    pub fn is_over(&self) -> bool {
        self.cancel.is_cancelled() || Instant::now() >= self.at
    }
}

pub(super) fn arm(connection: &Connection, deadline: Arc<Deadline>) -> Result<Gate> {
    for (config, on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_WRITABLE_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true),
    ] {
        connection.set_db_config(config, on)?;
    }
    for (limit, most) in [
        (Limit::SQLITE_LIMIT_LENGTH, LONGEST_VALUE),
        (Limit::SQLITE_LIMIT_SQL_LENGTH, LONGEST_SQL),
        (Limit::SQLITE_LIMIT_EXPR_DEPTH, 200),
        (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 100),
        (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000),
        (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 50),
        (Limit::SQLITE_LIMIT_ATTACHED, 0),
        (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
    ] {
        connection.set_limit(limit, most)?;
    }
    // Whoever else writes is waited for, as long as there is time.
    connection.busy_timeout(deadline.at.saturating_duration_since(Instant::now()).min(Duration::from_secs(10)))?;
    connection.progress_handler(STEPS, Some(move || deadline.is_over()))?;
    let gate = Gate::default();
    let ours = gate.clone();
    connection.authorizer(Some(move |context: AuthContext<'_>| judge(&context, ours.0.load(Ordering::Relaxed))))?;
    Ok(gate)
}

fn judge(context: &AuthContext<'_>, ours: bool) -> Authorization {
    let among = |names: &[&str], name: &str| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    let allowed = match context.action {
        AuthAction::Attach { .. } | AuthAction::Detach { .. } | AuthAction::Unknown { .. } => false,
        // One transaction around everything; it is ours.
        AuthAction::Transaction { .. } | AuthAction::Savepoint { .. } => ours,
        AuthAction::Pragma { pragma_name, pragma_value } => {
            among(DESCRIBING, pragma_name) || (among(DESCRIBING_BARE, pragma_name) && pragma_value.is_none())
        }
        AuthAction::Function { function_name } => !among(FORBIDDEN_FUNCTIONS, function_name),
        AuthAction::CreateVtable { module_name, .. } => among(MODULES, module_name),
        _ => true,
    };
    if allowed { Authorization::Allow } else { Authorization::Deny }
}
