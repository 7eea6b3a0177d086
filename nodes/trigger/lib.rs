//! What starts a run.

pub mod manual;
pub mod webhook;

use weft_node::NodeType;

/// In palette order.
pub static NODES: &[&NodeType] = &[&manual::NODE, &webhook::NODE];
