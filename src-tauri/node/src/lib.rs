//! What a node is: the trait it implements, the item that travels, and the context through which alone it
//! reaches the world.
//!
//! | module | holds |
//! |---|---|
//! | [`value`] | JSON values: cheap to copy, ordered, exact |
//! | `item` | items, batches, lineage, blob references |
//! | `kind` | [`NodeType`]: a node type as plain data, and the two traits a node implements |
//! | `io` | what a node is given and gives back |
//! | [`settings`] | what a schema says of a field, and how settings become the struct |
//! | [`world`] | the doors outwards, one small trait each |
//! | `context` | what a running node holds in its hand |
//!
//! Deliberately absent: any disk, network, clock or process.

pub mod condition;
mod context;
mod host;
mod io;
mod item;
mod kind;
mod permission;
mod problem;
pub mod settings;
pub mod value;
pub mod world;

pub use condition::{Condition, Match};
pub use context::{Context, Scope};
pub use host::{host_named, host_of};
pub use io::{Input, Outputs};
pub use item::{Batch, BlobRef, Item, Lineage};
pub use kind::*;
pub use permission::{Need, NeedKind, Permissions};
pub use problem::{CANCELLED, DISK_FULL, PERMISSION_NEEDED, Problem, Result, TIMEOUT};
pub use settings::PerItem;
pub use value::{Map, Number, Value};
