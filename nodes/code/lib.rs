//! Nodes of the code pack.

use weft_node::NodeType;

/// In palette order.
pub static NODES: &[&NodeType] = &[];
