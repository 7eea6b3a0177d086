//! The words with which every door says no, or lets go.

use std::future::Future;
use weft_node::world::Caller;
use weft_node::{CANCELLED, DISK_FULL, Need, NeedKind, PERMISSION_NEEDED, Problem, Result, Value};

/// Fails unless the caller's flow was given this.
pub(crate) fn ask(caller: &Caller, kind: NeedKind, target: &str) -> Result<()> {
    let need = Need::new(kind, target);
    if caller.permissions.allows(&need) { Ok(()) } else { Err(permission_needed(&[need])) }
}

/// The problem that lists what a flow would have to be given.
pub(crate) fn permission_needed(needs: &[Need]) -> Problem {
    let listed = needs.iter().map(|need| format!("{} {}", verb(need.kind), need.target)).collect::<Vec<_>>().join(" and to ");
    let details = Value::object([(
        "needs",
        needs
            .iter()
            .map(|need| {
                let kind = serde_json::to_value(need.kind).map_or(Value::Null, Value::from);
                Value::object([("kind", kind), ("target", Value::from(need.target.as_str()))])
            })
            .collect::<Vec<_>>()
            .into(),
    )]);
    Problem::new(PERMISSION_NEEDED, format!("This flow is not allowed to {listed}."))
        .help("Allow it once for this version of the flow, or name it literally in the node's settings.")
        .details(details)
}

fn verb(kind: NeedKind) -> &'static str {
    match kind {
        NeedKind::Host => "reach",
        NeedKind::ReadFile => "read",
        NeedKind::WriteFile => "write",
        NeedKind::Database => "use the database",
        NeedKind::Secret => "use the secret",
    }
}

pub(crate) fn cancelled() -> Problem {
    Problem::new(CANCELLED, "The run was stopped.")
}

/// Waits for what is asked, but lets go at once when the run is stopped.
pub(crate) async fn or_cancelled<T>(caller: &Caller, wait: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::select! {
        biased;
        () = caller.cancel.cancelled() => Err(cancelled()),
        done = wait => done,
    }
}

/// An error of the disk, in words; a full disk keeps its own code.
pub(crate) fn disk(doing: &str, path: &str, error: &std::io::Error) -> Problem {
    use std::io::ErrorKind as K;
    match error.kind() {
        K::StorageFull | K::QuotaExceeded => Problem::new(DISK_FULL, format!("There is no room left on the disk to {doing} {path}."))
            .help("Make room, then run again: nothing that was kept before is lost."),
        K::NotFound => Problem::new("file.missing", format!("There is no file {path} in the workspace."))
            .help("Check the spelling; paths start at the workspace folder and use /."),
        K::PermissionDenied | K::ReadOnlyFilesystem => Problem::new("file.denied", format!("The system does not let us {doing} {path}."))
            .help("Check who owns the file and its folder."),
        K::IsADirectory | K::NotADirectory => {
            Problem::new("file.no_file", format!("{path} is a folder, or leads through a file.")).help("Name a file.")
        }
        kind => Problem::new("file.failed", format!("Could not {doing} {path}: {kind}.")),
    }
}
