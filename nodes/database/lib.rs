//! SQL on database files of the workspace.

pub mod sqlite;

use weft_node::NodeType;

/// In palette order.
pub static NODES: &[&NodeType] = &[&sqlite::NODE];
