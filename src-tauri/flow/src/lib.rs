//! The flow document: read and written as text, edited, compared, merged and undone as a list of facts that changed,
//! held in a CRDT where the changes of several people meet, and shown to the rest of the program as a typed [`Flow`].
//!
//! Deliberately absent: any disk, network or clock. The store keeps the bytes, the files and the log.

pub mod check;
mod doc;
mod edit;
mod error;
pub mod expr;
pub mod facts;
mod finding;
mod format;
mod ids;
mod merge;
mod patch;
#[cfg(test)]
mod testing;
mod version;
mod view;
mod words;

pub use doc::{Applied, FlowDoc, Policy, Stamp};
pub use edit::{Edit, copy};
pub use error::FlowError;
pub use facts::{Change, Facts, Fields, Spans, diff, invert};
pub use finding::{Finding, Severity};
pub use format::{Data, Entry, Format, MAX_DEPTH, MAX_FILE, MAX_INT, Parsed, Place, Remarks, is_unfinished, parse, print};
pub use ids::{Ends, Entity, IN, Kind, OUT, in_words, is_id, make_id};
pub use merge::{Conflict, merge3};
pub use patch::{Patch, patches};
pub use version::version;
pub use view::{Block, Disabled, Durability, Edge, FORMAT, Flow, Join, Node, OnError, Order, Retry, Spot, duration};
pub use words::words;
