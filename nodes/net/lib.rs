//! Other machines: HTTP.

pub mod http;

use weft_node::NodeType;

/// In palette order.
pub static NODES: &[&NodeType] = &[&http::NODE];
