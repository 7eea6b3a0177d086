//! Files of the workspace: read and written.

mod format;
pub mod read;
pub mod write;

use weft_node::NodeType;

/// In palette order.
pub static NODES: &[&NodeType] = &[&read::NODE, &write::NODE];
