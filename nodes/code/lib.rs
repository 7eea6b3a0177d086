//! Code of the author's own.

pub mod javascript;

use weft_node::NodeType;

/// In palette order.
pub static NODES: &[&NodeType] = &[&javascript::NODE];
