//! Where data goes: branches, joins, loops, other flows, and the reply.

pub mod call;
pub mod r#if;
pub mod r#loop;
pub mod merge;
pub mod respond;

use weft_node::NodeType;

/// In palette order.
pub static NODES: &[&NodeType] = &[&r#if::NODE, &merge::NODE, &r#loop::NODE, &call::NODE, &respond::NODE];
