//! Nodes of the database pack.

use weft_node::NodeType;

/// In palette order.
pub static NODES: &[&NodeType] = &[];
