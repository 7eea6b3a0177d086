//! JavaScript of flows, run in killable worker processes.

use crate::{Problem, Result, Value};
use futures_util::future::BoxFuture;
use std::sync::Arc;

/// Runs JavaScript. No call sees another's globals; none reaches a file, socket, process or clock of its own.
pub trait Scripts: Send + Sync {
    /// One result per call, in order. A call that runs over its time or memory fails alone.
    fn call(&self, calls: Vec<ScriptCall>) -> BoxFuture<'_, Vec<Result<Scripted, ScriptError>>>;
}

/// A script: compiled once per worker and source.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Script {
    pub source: Arc<str>,
    pub kind: ScriptKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScriptKind {
    /// `return (source);` 100 ms.
    Expression,
    /// A function body, may `return`, may `await` nothing. 30 s.
    Code,
}

#[derive(Clone, Debug)]
pub struct ScriptCall {
    pub script: Script,
    /// The names the script sees, as members of one object (`ctx`, `item`, ...). `undefined` members are left out.
    pub names: Value,
    /// What `Date` says.
    pub now_ms: i64,
    /// Seed of `Math.random`.
    pub seed: u64,
}

/// What a script gave: a value, or `undefined`.
#[derive(Clone, Debug, PartialEq)]
pub enum Scripted {
    Value(Value),
    Undefined,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ScriptError {
    /// `script.syntax`, `script.thrown`, `script.timeout`, `script.memory`, `script.unavailable`, `script.cancelled`.
    pub code: &'static str,
    /// `TypeError: cannot read property 'x' of undefined`.
    pub message: String,
    /// Place in the source, from 1.
    pub line: Option<u32>,
    pub column: Option<u32>,
}

impl From<ScriptError> for Problem {
    fn from(error: ScriptError) -> Self {
        let place = match (error.line, error.column) {
            (Some(line), Some(column)) => format!(" (line {line}, column {column})"),
            (Some(line), None) => format!(" (line {line})"),
            _ => String::new(),
        };
        let help = match error.code {
            "script.timeout" => "An expression has 100 ms, a code node 30 s: do less at once, or use a code node.",
            "script.memory" => "A script has 64 MiB: work on fewer items at once.",
            "script.unavailable" => "The script workers could not be started; see the log.",
            _ => "Mend the script; it sees the names of the expression help.",
        };
        Problem::new(error.code, format!("{}{place}", error.message)).help(help)
    }
}
