//! What can go wrong with a workspace folder, and what a person is told about it.

use crate::lock::Holder;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use weft_node::{DISK_FULL, Problem};

/// Cloneable, because everybody who shares a commit shares its failure.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    #[error("The workspace {} is held by {by}.", folder.display())]
    Held { folder: PathBuf, by: Holder },
    #[error("The disk that holds the workspace is full.")]
    DiskFull,
    #[error("The workspace can only be read: {why}")]
    ReadOnly { why: String },
    #[error("The workspace was written by a newer version of this program (format {found}, this one knows {known}).")]
    Newer { found: u32, known: u32 },
    #[error("The database engine is too old: {found}; 3.53.2 or later is needed.")]
    OldSqlite { found: String },
    #[error("The database of the workspace: {0}")]
    Sqlite(Arc<rusqlite::Error>),
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: Arc<std::io::Error> },
    #[error("The workspace's database or one of its blobs is damaged: {what}")]
    Damaged { what: String },
    #[error("The blob {hash} is not in this workspace.")]
    NoBlob { hash: String },
    #[error("There is no run {run} in this workspace.")]
    NoRun { run: uuid::Uuid },
    #[error("The workspace has been closed.")]
    Closed,
    /// What a write itself found wrong; nothing of it was kept.
    #[error("{0}")]
    Refused(Arc<Problem>),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub(crate) fn io(path: &Path, source: std::io::Error) -> Self {
        match source.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Error::DiskFull,
            std::io::ErrorKind::ReadOnlyFilesystem => Error::ReadOnly { why: "its disk is read-only.".into() },
            _ => Error::Io { path: path.to_owned(), source: Arc::new(source) },
        }
    }

    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Error::Damaged { what: what.into() }
    }

    /// Dotted and stable; each has a page under `docs/problems/`.
    pub fn code(&self) -> &str {
        match self {
            Error::Held { .. } => "workspace.held",
            Error::DiskFull => DISK_FULL,
            Error::ReadOnly { .. } => "workspace.read_only",
            Error::Newer { .. } => "workspace.newer",
            Error::OldSqlite { .. } => "store.old_sqlite",
            Error::Sqlite(_) => "store.sqlite",
            Error::Io { .. } => "store.io",
            Error::Damaged { .. } => "journal.damaged",
            Error::NoBlob { .. } => "blob.not_found",
            Error::NoRun { .. } => "run.not_found",
            Error::Closed => "store.closed",
            Error::Refused(problem) => &problem.code,
        }
    }

    fn help(&self) -> &'static str {
        match self {
            Error::Held { .. } => "Close it there, or look at it read-only here.",
            Error::DiskFull => "Make room on the disk; work goes on by itself a few seconds later. Nothing that was confirmed is lost.",
            Error::ReadOnly { .. } => "Allow writing to the folder, or copy the workspace to a place where you may write.",
            Error::Newer { .. } => "Update this program, or open the backup that the newer version left in .weft/backups.",
            Error::OldSqlite { .. } => "Install a build that brings its own database engine.",
            Error::Sqlite(_) | Error::Io { .. } => "Look at the disk and at the permissions of the folder, then open the workspace again.",
            Error::Damaged { .. } => "What is damaged is set aside; the rest goes on. Restore it from a backup, or delete it.",
            Error::NoBlob { .. } | Error::NoRun { .. } => {
                "Old runs and their files are removed after a while; the workspace's settings say when."
            }
            Error::Closed => "Open the workspace again.",
            Error::Refused(_) => "",
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match error.sqlite_error_code() {
            Some(Code::DiskFull) => Error::DiskFull,
            Some(Code::ReadOnly) => Error::ReadOnly { why: "its database cannot be written.".into() },
            Some(Code::DatabaseCorrupt | Code::NotADatabase) => Error::damaged(error.to_string()),
            _ => Error::Sqlite(Arc::new(error)),
        }
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Error::Refused(Arc::new(problem))
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(problem) => Arc::unwrap_or_clone(problem),
            other => Problem::new(other.code(), other.to_string()).help(other.help()),
        }
    }
}

/// A refusal with its code, what happened, and what to do about it.
pub(crate) fn refused(code: &str, message: impl Into<String>, help: &str) -> Error {
    Problem::new(code, message).help(help).into()
}

/// A file of ours that is not what it should be.
pub(crate) fn unreadable(path: &Path, why: impl std::fmt::Display) -> Error {
    refused("file.unreadable", format!("{} cannot be read: {why}", path.display()), "mend it, or put it away")
}
