//! The files of flows: read when they change, written when their documents did, never answered by overwriting what
//! somebody else wrote.
//!
//! | file | holds |
//! |---|---|
//! | `thread` | when a file is looked at or written |
//! | `check` | what a file says now, and what follows from it |
//! | `write` | our own writes, and the marks by which a crash is survived |
//! | `resolve` | what a person chooses where file and document cannot be joined |
//!
//! What a file last said (`seen`) is kept in the store: it is the base of every merge.

mod check;
mod resolve;
#[cfg(test)]
mod tests;
mod thread;
mod write;

pub(crate) use check::meet_all;
pub(crate) use thread::{Thread, Wake};
pub(crate) use write::write_now;

use std::time::Duration;

/// A file is looked at when nothing was heard of it for so long.
pub(crate) const QUIET: Duration = Duration::from_millis(150);
/// Own writes of one file are at least this far apart.
pub(crate) const APART: Duration = Duration::from_millis(500);
/// An edit waits so long for the next one before it is written.
pub(crate) const GATHER: Duration = Duration::from_millis(200);
/// A file that ends early is given so long to be finished.
pub(crate) const UNFINISHED: Duration = Duration::from_secs(2);
/// A file that vanished is given so long to turn up under another name.
pub(crate) const VANISHED: Duration = Duration::from_secs(5);
/// What could not be written is tried again after this.
pub(crate) const RETRY: Duration = Duration::from_secs(5);

/// What is to be done with a file next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Next {
    Done,
    /// Look again after this long.
    Check(Duration),
    /// Its document says more than it does.
    Write,
}
